"""One clip and what several feature sets need of it, each thing computed once, when first asked for."""

from collections.abc import Iterator
from functools import cached_property

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
N_FFT = 2048
HOP = 512
N_MELS = 128
N_MFCC = 40

#: Frames (five minutes) up to which spectra are kept; those of longer clips are computed again for each use, so that
#: memory stays bounded whatever the length.
_KEPT_FRAMES = 300 * SAMPLE_RATE // HOP

#: Samples nearer to zero than this count as zero, which is positive.
_ZERO = np.float32(1e-10)


class Sound:
    """A mono clip at 22,050 Hz in frames of 2,048 samples every 512, with the shared short-time transform.

    Parameters
    ----------
    signal
        Full scale 1, (n,) with n >= 1.

    Examples
    --------
    >>> sound = Sound(np.zeros(22050, dtype=np.float32))
    >>> sound.n_frames, sound.mel.shape, float(sound.energy.max())
    (44, (44, 128), 0.0)
    """

    def __init__(self, signal: Float32s) -> None:
        self.signal = signal
        self.n_frames = frame_count(len(signal), HOP)
        self._magnitudes: list[tuple[slice, Float32s]] | None = None

    def blocks(self) -> Iterator[tuple[slice, Float32s, Float32s]]:
        """Frames of a block with their magnitudes and their powers, (frames, 1025) each; magnitudes are shared."""
        if self._magnitudes is None and self.n_frames <= _KEPT_FRAMES:
            self._magnitudes = list(self._transformed())
        for rows, magnitude in self._magnitudes or self._transformed():
            yield rows, magnitude, np.square(magnitude)

    def _transformed(self) -> Iterator[tuple[slice, Float32s]]:
        return magnitude_blocks(self.signal, n_fft=N_FFT, hop=HOP)

    @cached_property
    def mel(self) -> Float32s:
        """Power in 128 mel bands, (frames, 128)."""
        bank = mel_bank(SAMPLE_RATE, N_FFT, N_MELS)
        mel = np.empty((self.n_frames, N_MELS), dtype=np.float32)
        for rows, _, power in self.blocks():
            mel[rows] = bank.apply(power)
        return mel

    @cached_property
    def mfcc(self) -> Float64s:
        """The first 40 mel-frequency cepstral coefficients of the levels in dB, (frames, 40)."""
        return cepstrum(decibels(self.mel.astype(np.float64)), N_MFCC)

    @cached_property
    def energy(self) -> Float64s:
        """Mean square of every frame; a frame is a whole number of hops, so each sample is squared once."""
        per_frame = N_FFT // HOP
        padded = np.zeros((self.n_frames + per_frame - 1) * HOP, dtype=np.float32)
        inside = min(len(self.signal), len(padded) - N_FFT // 2)
        padded[N_FFT // 2 : N_FFT // 2 + inside] = self.signal[:inside]
        hops = padded.reshape(-1, HOP)
        sums = np.einsum("ij,ij->i", hops, hops)
        within = np.lib.stride_tricks.sliding_window_view(sums, per_frame)
        mean_squares: Float64s = within.sum(axis=1, dtype=np.float64) / N_FFT
        return mean_squares

    @cached_property
    def zero_crossing_rate(self) -> Float64s:
        """Sign changes within each frame per sample; the ends are held, so that the padding adds no crossing."""
        negative = self.signal < -_ZERO
        crossings = np.flatnonzero(negative[1:] != negative[:-1]) + 1
        centres = HOP * np.arange(self.n_frames)
        before_end = np.searchsorted(crossings, centres + N_FFT // 2, side="left")
        # A change between a frame's first sample and the one before it is not inside the frame.
        before_start = np.searchsorted(crossings, centres - N_FFT // 2, side="right")
        rate: Float64s = (before_end - before_start) / N_FFT
        return rate
