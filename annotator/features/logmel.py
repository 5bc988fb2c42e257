"""Log-mel tensors, as networks take them: levels in mel bands of 25 ms frames every 5 ms."""

import numpy as np

from annotator.features.transform import Float32s, Float64s, hann, mel_bank

N_MELS = 128
SAMPLE_RATE = 16000
COLUMNS = tuple(f"mel_{n:03d}" for n in range(1, N_MELS + 1))

STEP_SECONDS = 0.005
_FRAME_SECONDS = 0.025
_FLOOR = 1e-10

#: What silence gives in every band, in dB.
LOWEST = -100.0

_FRAMES_AT_ONCE = 64


def logmel(signal: Float32s, sample_rate: int, *, n_mels: int = N_MELS) -> Float32s:
    """Levels in dB of every frame and band: (frames, n_mels), one frame for every 5 ms begun.

    Frame `t` begins at `t` x 5 ms; what lies beyond the end counts as silence, so that 3 s give 600 frames. Hann
    window, power, Slaney's mel filters from 0 Hz to half the sampling rate, 10 log10, no lower than -100 dB.

    Parameters
    ----------
    signal
        Mono samples, full scale 1, (n,) with n >= 1.
    sample_rate
        Of the signal, in Hz; at least 400.
    n_mels
        Number of bands.

    Examples
    --------
    >>> logmel(np.zeros(48000, dtype=np.float32), 16000).shape
    (600, 128)
    """
    size, step = round(_FRAME_SECONDS * sample_rate), round(STEP_SECONDS * sample_rate)
    n_fft = 1 << (size - 1).bit_length()
    n_frames = -(-len(signal) // step)
    padded = np.zeros((n_frames - 1) * step + size)
    padded[: len(signal)] = signal[: len(padded)]
    frames = np.lib.stride_tricks.sliding_window_view(padded, size)[::step]
    bank, window = mel_bank(sample_rate, n_fft, n_mels), hann(size)
    levels = np.empty((n_frames, n_mels), dtype=np.float32)
    for first in range(0, n_frames, _FRAMES_AT_ONCE):
        rows = slice(first, min(first + _FRAMES_AT_ONCE, n_frames))
        magnitude = np.abs(np.fft.rfft(frames[rows] * window, n_fft, axis=1)).astype(np.float32)
        levels[rows] = bank.apply(np.square(magnitude))
    np.maximum(levels, np.float32(_FLOOR), out=levels)
    return np.float32(10) * np.log10(levels, out=levels)


def compute(signal: Float32s) -> Float64s:
    """The tensor of a mono clip at 16,000 Hz, (frames, 128).

    >>> compute(np.zeros(8000, dtype=np.float32)).shape
    (100, 128)
    """
    return logmel(signal, SAMPLE_RATE).astype(np.float64)
