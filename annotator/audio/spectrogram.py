"""Spectrograms as pictures: how loud each band of frequencies is, column by column, in steps of half a decibel.

Conventions:

- Column `k` is one short-time spectrum: the window begins at sample `k * hop` of what is given, is a periodic Hann
  window, and is scaled so that a sine of full scale reaches 0 dB in a linear spectrogram.
- On the mel scale (O'Shaughnessy 1987: 2595 log10(1 + f / 700)) the bins are summed under triangles of height 1, evenly
  spaced from 0 Hz to half the sampling rate.
- A level is a number from 0 to 255: 255 is 0 dB, each step down half a decibel, so 0 is -127.5 dB or less. Levels do
  not depend on how they are shown: `colours` gives the range and the colours, and costs next to nothing.

The transform runs in 32 bits and in blocks of columns that stay in the processor's cache.
"""

from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from annotator.audio.source import AudioSource

Scale: TypeAlias = Literal["linear", "mel"]
Levels: TypeAlias = NDArray[np.uint8]

#: Lowest level that is told from silence, in dB relative to a sine of full scale.
FLOOR = -127.5
#: Bands of a mel spectrogram.
MEL_BANDS = 128

_STEPS = 255
_BLOCK = 64  # columns transformed at once
_FILTERS_AT_ONCE = 16  # neighbours share one matrix product, small enough not to start threads
_DECIBELS = 10.0 / np.log(10.0)
_WINDOW_SECONDS = (
    0.023  # short enough for the edges of syllables, long enough to part the harmonics of a voice
)


@dataclass(frozen=True, slots=True)
class Analysis:
    """How a spectrogram is made: `window` samples a spectrum, `hop` samples from one to the next."""

    scale: Scale
    window: int
    hop: int

    @property
    def rows(self) -> int:
        """Bands, or bins up to half the sampling rate, the lowest first."""
        return MEL_BANDS if self.scale == "mel" else self.window // 2 + 1


def window_for(sample_rate: int) -> int:
    """Length of a window of some 23 ms: a power of two.

    >>> window_for(44100), window_for(16000), window_for(8000)
    (1024, 512, 256)
    """
    return 1 << max(6, round(float(np.log2(_WINDOW_SECONDS * sample_rate))))


def levels(sound: NDArray[np.float32], sample_rate: int, analysis: Analysis) -> Levels:
    """The spectrogram of some sound.

    Parameters
    ----------
    sound
        Mono samples, (n,), full scale 1. What is shorter than one window gives no column.
    sample_rate
        In Hz.
    analysis
        Scale, window and hop.

    Returns
    -------
    Levels
        (columns, rows), `1 + (n - window) // hop` columns; see the head of this module.

    Examples
    --------
    >>> tone = np.sin(2 * np.pi * 1000 * np.arange(8000) / 8000).astype(np.float32)
    >>> found = levels(tone, 8000, Analysis("linear", 256, 128))
    >>> found.shape, int(found[0].argmax()), int(found[0].max())
    ((61, 129), 32, 255)
    """
    columns = max(0, 1 + (len(sound) - analysis.window) // analysis.hop)
    if not columns:
        return np.empty((0, analysis.rows), np.uint8)
    return _levels(_frames(sound, analysis), sample_rate, analysis)


def _frames(sound: NDArray[np.float32], analysis: Analysis) -> NDArray[np.float32]:
    """The stretches of sound under each window as a view, (columns, window)."""
    return np.lib.stride_tricks.sliding_window_view(sound, analysis.window)[:: analysis.hop]


def _levels(frames: NDArray[np.float32], sample_rate: int, analysis: Analysis) -> Levels:
    import scipy.fft

    window = _window(analysis.window)
    bank = _bank(sample_rate, analysis.window) if analysis.scale == "mel" else None
    result = np.empty((len(frames), analysis.rows), np.uint8)
    # Held from block to block: arrays of this size are otherwise asked of the system, and paged in, every time.
    windowed = np.empty((_BLOCK, analysis.window), np.float32)
    powers, imaginary = np.empty((2, _BLOCK, analysis.window // 2 + 1), np.float32)
    mel = np.empty((_BLOCK, MEL_BANDS), np.float32)
    for first in range(0, len(frames), _BLOCK):
        block = frames[first : first + _BLOCK]
        count = len(block)
        spectrum = scipy.fft.rfft(np.multiply(block, window, out=windowed[:count]), axis=1)
        power = np.square(spectrum.real, out=powers[:count])
        power += np.square(spectrum.imag, out=imaginary[:count])
        if bank is not None:
            bands = mel[:count]
            for filters, bins, weights in bank:
                np.matmul(power[:, bins], weights, out=bands[:, filters])
            power = bands
        np.maximum(power, np.float32(1e-13), out=power)
        np.log(power, out=power)
        power *= np.float32(2 * _DECIBELS)
        power += np.float32(_STEPS + 0.5)  # so that cutting off the fraction rounds
        np.clip(power, 0, _STEPS, out=power)
        result[first : first + count] = power
    return result


@cache
def _window(size: int) -> NDArray[np.float32]:
    """Periodic Hann window under which a sine of full scale has power 1 in its bin."""
    window: NDArray[np.float64] = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size)
    scaled: NDArray[np.float32] = (window * (2 / window.sum())).astype(np.float32)
    scaled.setflags(write=False)
    return scaled


@cache
def mel_edges(sample_rate: int) -> NDArray[np.float64]:
    """Where the triangles of the mel bands begin, peak and end, in Hz: band `b` peaks at entry `b + 1`.

    >>> mel_edges(16000)[[0, -1]].round(6).tolist()
    [0.0, 8000.0]
    """
    top = 2595 * np.log10(1 + sample_rate / 2 / 700)
    edges: NDArray[np.float64] = 700 * (10 ** (np.linspace(0, top, MEL_BANDS + 2) / 2595) - 1)
    edges.setflags(write=False)
    return edges


@cache
def _bank(sample_rate: int, window: int) -> tuple[tuple[slice, slice, NDArray[np.float32]], ...]:
    """The mel triangles as (bands, bins, weights (bins, bands)) of neighbours, each only over the bins they touch."""
    edges = mel_edges(sample_rate)
    ramps = edges[:, None] - np.arange(window // 2 + 1) * (sample_rate / window)
    widths = np.diff(edges)[:, None]
    weights = np.maximum(0.0, np.minimum(-ramps[:-2] / widths[:-1], ramps[2:] / widths[1:]))
    strips = []
    for first in range(0, MEL_BANDS, _FILTERS_AT_ONCE):
        bands = slice(first, first + _FILTERS_AT_ONCE)
        touched = np.flatnonzero(weights[bands].any(axis=0))
        # With more bands than the transform resolves, a strip can be empty: its bands stay silent.
        bins = slice(int(touched[0]), int(touched[-1]) + 1) if len(touched) else slice(0, 1)
        strips.append((bands, bins, np.ascontiguousarray(weights[bands, bins].T, np.float32)))
    return tuple(strips)


def read_levels(source: AudioSource, first: int, columns: int, analysis: Analysis) -> Levels:
    """Columns [first, first + columns) of a recording's spectrogram, (columns, rows); silence beyond its ends.

    Column `k` is centred on sample `(k + 1/2) * hop`. Where columns lie further apart than their windows are long,
    only what is under the windows is read.
    """
    window, hop = analysis.window, analysis.hop
    begin = first * hop + (hop - window) // 2
    if hop <= 8 * window:
        return levels(
            _read(source, begin, begin + (columns - 1) * hop + window), source.sample_rate, analysis
        )
    frames = np.stack([_read(source, begin + k * hop, begin + k * hop + window) for k in range(columns)])
    return _levels(frames, source.sample_rate, analysis)


def _read(source: AudioSource, start: int, stop: int) -> NDArray[np.float32]:
    """Mono samples [start, stop), zeros where there is no recording."""
    sound = np.zeros(stop - start, np.float32)
    found = source.mono(max(start, 0), max(stop, 0))
    offset = max(-start, 0)
    sound[offset : offset + len(found)] = found
    return sound


def colours(level: Levels, table: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Levels (columns, rows) as a picture of 0xffRRGGBB, (rows, columns), the highest frequency on top.

    `table` holds the colour of each of the 256 levels (see `colour_table`).
    """
    picture: NDArray[np.uint32] = table.take(np.ascontiguousarray(level.T[::-1]))
    return picture


def colour_table(stops: NDArray[np.uint8], low: float, high: float) -> NDArray[np.uint32]:
    """The 256 colours of levels: the first of `stops` (n, 3) at `low` dB and less, the last at `high` dB and more.

    >>> table = colour_table(np.array([[0, 0, 0], [255, 255, 255]], np.uint8), -80.0, 0.0)
    >>> [hex(table[level]) for level in (0, 175, 255)]
    ['0xff000000', '0xff808080', '0xffffffff']
    """
    decibels = FLOOR + np.arange(_STEPS + 1) / 2
    place = np.clip((decibels - low) / (high - low), 0, 1) * (len(stops) - 1)
    red, green, blue = (
        np.interp(place, np.arange(len(stops)), stops[:, n]).round().astype(np.uint32) for n in range(3)
    )
    table: NDArray[np.uint32] = np.uint32(0xFF000000) | red << np.uint32(16) | green << np.uint32(8) | blue
    return table
