"""Frame means of spectrogram, mel spectrogram and MFCC with short frames of 512 samples at 22,050 Hz.

As librosa 0.11 computes them with `n_fft=512` and its defaults otherwise: magnitudes of `stft` every 128 samples;
power of `melspectrogram` in 128 bands and 20 `mfcc` every 512 samples.
"""

import numpy as np

from annotator.features.transform import (
    Float32s,
    Float64s,
    cepstrum,
    decibels,
    frame_count,
    magnitude_blocks,
    mel_bank,
)

SAMPLE_RATE = 22050
N_FFT = 512
N_MELS = 128
N_MFCC = 20

_SPECTROGRAM_HOP = 128
_MEL_HOP = 512

SPECTROGRAM_COLUMNS = tuple(f"bin_{n:03d}" for n in range(N_FFT // 2 + 1))
MEL_COLUMNS = tuple(f"mel_{n:03d}" for n in range(1, N_MELS + 1))
MFCC_COLUMNS = tuple(f"mfcc_{n:02d}" for n in range(1, N_MFCC + 1))


def spectrogram(signal: Float32s) -> Float64s:
    """Mean magnitude in every bin from 0 Hz to half the sampling rate, (257,).

    >>> tone = np.sin(2 * np.pi * 22050 / 8 * np.arange(22050) / 22050).astype(np.float32)
    >>> int(spectrogram(tone).argmax())
    64
    """
    total = np.zeros(len(SPECTROGRAM_COLUMNS))
    for _, magnitude in magnitude_blocks(signal, n_fft=N_FFT, hop=_SPECTROGRAM_HOP):
        total += magnitude.sum(axis=0, dtype=np.float64)
    return total / frame_count(len(signal), _SPECTROGRAM_HOP)


def mel(signal: Float32s) -> Float64s:
    """Mean power in every mel band, (128,); bands narrower than a bin are 0."""
    mean: Float64s = _mel_frames(signal).mean(axis=0, dtype=np.float64)
    return mean


def mfcc(signal: Float32s) -> Float64s:
    """Mean of every mel-frequency cepstral coefficient, (20,)."""
    frames = cepstrum(decibels(_mel_frames(signal).astype(np.float64)), N_MFCC)
    mean: Float64s = frames.mean(axis=0)
    return mean


def _mel_frames(signal: Float32s) -> Float32s:
    bank = mel_bank(SAMPLE_RATE, N_FFT, N_MELS)
    frames = np.empty((frame_count(len(signal), _MEL_HOP), N_MELS), dtype=np.float32)
    for rows, magnitude in magnitude_blocks(signal, n_fft=N_FFT, hop=_MEL_HOP):
        frames[rows] = bank.apply(np.square(magnitude))
    return frames
