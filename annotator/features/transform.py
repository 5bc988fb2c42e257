"""One short-time Fourier transform for all features, with its windows and filter banks.

Conventions, those of librosa 0.11 with its defaults, so that published recipes give the same numbers here:

- A signal of `n` samples has `1 + n // hop` frames; frame `t` is centred on sample `t * hop`. Beyond both ends the
  signal is zero.
- The window is a periodic Hann window of `n_fft` samples. The transform runs in 64 bits, so that quiet bins beside
  loud ones keep their digits; magnitudes are 32-bit.
- Windows and filter banks are made once and closed for writing.
- Arrays are (frames, bins): a frame's bins lie together in memory, which is what the reductions over them need.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

Float32s: TypeAlias = NDArray[np.float32]
Float64s: TypeAlias = NDArray[np.float64]
Real = TypeVar("Real", np.float32, np.float64)

#: Frames transformed at once: few enough for the processor's cache, and for matrix products below the size (m * n * k =
#: 262,144 in OpenBLAS) from which threads would be started for each: the widest is of 372 bins and 16 filters.
_BLOCK = 44

_THREAD = threading.local()

#: Neighbouring filters that share one matrix product.
_FILTERS_AT_ONCE = 16

# Slaney's mel scale (Auditory Toolbox, Interval technical report 1998-010): linear to 1 kHz, logarithmic above.
_LINEAR_STEP = 200.0 / 3
_KNEE_HERTZ = 1000.0
_KNEE_MEL = _KNEE_HERTZ / _LINEAR_STEP
_LOG_STEP = np.log(6.4) / 27.0


def frame_count(samples: int, hop: int) -> int:
    """Number of centred frames of a signal of `samples` samples.

    >>> frame_count(1, 512), frame_count(22050, 512)
    (1, 44)
    """
    return 1 + samples // hop


@cache
def hann(size: int) -> Float64s:
    """Periodic Hann window of `size` samples.

    >>> hann(4).round(6).tolist()
    [0.0, 0.5, 1.0, 0.5]
    """
    window: Float64s = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size)
    window.setflags(write=False)
    return window


@cache
def bin_frequencies(sample_rate: int, n_fft: int) -> Float64s:
    """Centre frequency of every bin in Hz, (n_fft // 2 + 1,).

    >>> bin_frequencies(8000, 4).tolist()
    [0.0, 2000.0, 4000.0]
    """
    frequencies = np.arange(n_fft // 2 + 1, dtype=np.float64) * (sample_rate / n_fft)
    frequencies.setflags(write=False)
    return frequencies


def magnitude_blocks(signal: Float32s, *, n_fft: int, hop: int) -> Iterator[tuple[slice, Float32s]]:
    """Magnitude spectra of consecutive blocks of frames.

    Parameters
    ----------
    signal
        Mono samples, (n,) with n >= 1.
    n_fft, hop
        Window length and step in samples.

    Yields
    ------
    tuple
        The frames of this block as a slice, and their magnitudes, (frames, n_fft // 2 + 1).

    Examples
    --------
    >>> tone = np.sin(2 * np.pi * 1000 * np.arange(8000) / 8000).astype(np.float32)
    >>> (frames, magnitudes), *_ = magnitude_blocks(tone, n_fft=256, hop=64)
    >>> frames, int(magnitudes[10].argmax())
    (slice(0, 44, None), 32)
    """
    window = hann(n_fft)
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(signal, n_fft // 2), n_fft)[::hop]
    windowed, spectrum, narrow = _scratch(n_fft)
    for first in range(0, len(frames), _BLOCK):
        size = min(_BLOCK, len(frames) - first)
        np.multiply(frames[first : first + size], window, out=windowed[:size])
        np.fft.rfft(windowed[:size], axis=1, out=spectrum[:size])
        np.copyto(narrow[:size], spectrum[:size], casting="same_kind")
        yield slice(first, first + size), np.abs(narrow[:size])


def _scratch(n_fft: int) -> tuple[Float64s, NDArray[np.complex128], NDArray[np.complex64]]:
    """Memory for the transform of one block, the same for all blocks and clips of a thread: fresh pages cost as much as
    the transform itself. Nothing is kept in it from one block to the next."""
    made: dict[int, tuple[Float64s, NDArray[np.complex128], NDArray[np.complex64]]]
    made = _THREAD.__dict__.setdefault("scratch", {})
    if n_fft not in made:
        bins = (_BLOCK, n_fft // 2 + 1)
        made[n_fft] = np.empty((_BLOCK, n_fft)), np.empty(bins, np.complex128), np.empty(bins, np.complex64)
    return made[n_fft]


def mel_to_hertz(mel: Float64s) -> Float64s:
    """Frequency in Hz of points on Slaney's mel scale.

    >>> mel_to_hertz(np.array([3.0, 15.0, 42.0])).round(6).tolist()
    [200.0, 1000.0, 6400.0]
    """
    above = _KNEE_HERTZ * np.exp(_LOG_STEP * np.maximum(mel - _KNEE_MEL, 0.0))
    return np.where(mel < _KNEE_MEL, mel * _LINEAR_STEP, above)


def hertz_to_mel(hertz: float) -> float:
    """Point on Slaney's mel scale of a frequency in Hz.

    >>> hertz_to_mel(200.0), hertz_to_mel(6400.0)
    (3.0, 42.0)
    """
    if hertz < _KNEE_HERTZ:
        return hertz / _LINEAR_STEP
    return float(_KNEE_MEL + np.log(hertz / _KNEE_HERTZ) / _LOG_STEP)


@dataclass(frozen=True)
class FilterBank:
    """Filters over the bins of a transform.

    `weights` is (filters, bins). Each filter covers few bins, so `apply` multiplies neighbouring filters with the
    bins they touch instead of all with all.

    >>> bank = mel_bank(8000, 256, 20)
    >>> power = np.ones((3, 129), dtype=np.float32)
    >>> np.allclose(bank.apply(power), power @ bank.weights.T)
    True
    """

    weights: Float64s
    _strips: tuple[tuple[slice, slice, NDArray[np.floating[Any]]], ...]

    def apply(self, spectra: NDArray[Real]) -> NDArray[Real]:
        """Output of every filter in the precision of the spectra: (frames, bins) -> (frames, filters)."""
        bands = np.empty((len(spectra), len(self.weights)), dtype=spectra.dtype)
        for filters, bins, weights in self._strips:
            np.matmul(spectra[:, bins], weights, out=bands[:, filters])
        return bands


@cache
def mel_bank(sample_rate: int, n_fft: int, n_mels: int) -> FilterBank:
    """Triangular filters, evenly spaced on the mel scale from 0 Hz to half the sampling rate, each of area 1.

    Made once for one transform.

    >>> mel_bank(22050, 2048, 128).weights.shape
    (128, 1025)
    """
    edges = mel_to_hertz(np.linspace(0.0, hertz_to_mel(sample_rate / 2), n_mels + 2))
    ramps = edges[:, None] - bin_frequencies(sample_rate, n_fft)
    widths = np.diff(edges)[:, None]
    rising, falling = -ramps[:-2] / widths[:-1], ramps[2:] / widths[1:]
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    return filter_bank(triangles * (2.0 / (edges[2:] - edges[:-2]))[:, None])


def filter_bank(weights: Float64s, *, double: bool = False) -> FilterBank:
    """A bank of the filters `weights`, (filters, bins), neighbours of which should touch neighbouring bins.

    `double` is for spectra of 64 bits.
    """
    strips: list[tuple[slice, slice, NDArray[np.floating[Any]]]] = []
    for first in range(0, len(weights), _FILTERS_AT_ONCE):
        filters = slice(first, min(first + _FILTERS_AT_ONCE, len(weights)))
        touched = np.flatnonzero(weights[filters].any(axis=0))
        # With more filters than the transform resolves, a strip can be empty: its bands stay 0.
        bins = slice(int(touched[0]), int(touched[-1]) + 1) if len(touched) else slice(0, 1)
        strips.append((filters, bins, weights[filters, bins].T.astype(np.float64 if double else np.float32)))
    weights.setflags(write=False)
    return FilterBank(weights, tuple(strips))


def cepstrum(log_power: Float64s, n: int) -> Float64s:
    """First `n` coefficients of the orthonormal DCT-II of each row, (frames, bands) -> (frames, n).

    >>> cepstrum(np.ones((1, 4)), 2).round(6).tolist()
    [[2.0, 0.0]]
    """
    cosines = _cosines(log_power.shape[1], n)
    coefficients = np.empty((len(log_power), n))
    # In blocks, or BLAS would start threads; a library's DCT takes longer to import than many a corpus to describe.
    for first in range(0, len(log_power), _BLOCK):
        np.matmul(log_power[first : first + _BLOCK], cosines, out=coefficients[first : first + _BLOCK])
    return coefficients


@cache
def _cosines(bands: int, n: int) -> Float64s:
    """The orthonormal DCT-II as a matrix, (bands, n); K. Rao and P. Yip, "Discrete Cosine Transform", 1990."""
    angles = np.pi / bands * np.outer(np.arange(bands) + 0.5, np.arange(n))
    cosines: Float64s = np.sqrt(2.0 / bands) * np.cos(angles)
    cosines[:, 0] /= np.sqrt(2.0)
    cosines.setflags(write=False)
    return cosines


def decibels(power: Float64s, *, floor: float = 1e-10, span: float = 80.0) -> Float64s:
    """10 log10 of `power`, no lower than `floor`, and no more than `span` dB below its own maximum.

    >>> decibels(np.array([1.0, 0.1, 0.0])).round(6).tolist()
    [0.0, -10.0, -80.0]
    """
    level = (10.0 / np.log(10.0)) * np.log(np.maximum(power, floor))
    clipped: Float64s = np.maximum(level, level.max() - span)
    return clipped
