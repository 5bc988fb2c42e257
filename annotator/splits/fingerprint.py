"""Landmarks of sound: pairs of spectral peaks that survive another bitrate, gain, noise and cutting.

The peaks of the spectrum between 30 and 1950 Hz, about twenty a second, are what every copy of a sound keeps: whatever
codec, level or telephone line it went through. Two peaks near one another, as (frequency, difference of frequencies,
difference of times), make a hash that only few other places of a corpus share (Wang 2003, "An industrial-strength audio
search algorithm", ISMIR). Frequencies are kept to a fraction of a bin, so that a fingerprint can be compared as if the
sound had been played a little higher or lower.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: Samples a second of the sound that is looked at: what a telephone carries, and a little less.
RATE = 4000
#: Samples between two frames (16 ms) and in each of them (128 ms).
HOP = 64
_WINDOW = 512
#: Bins that are looked at: 31 Hz to 1.95 kHz.
_LOWEST, _HIGHEST = 4, 250
#: A peak is the largest value within so many frames and bins ...
_PEAK = (11, 9)
#: ... and stands out of its surroundings of so many frames and bins ...
_SURROUNDINGS = (61, 31)
#: ... by so much (natural logarithm of the amplitude).
_PROMINENCE = 0.7
#: Amplitude below the loudest of a stretch at which everything counts as silence.
_SILENCE = 1e-5
#: At most so many peaks in so many frames (half a second).
_DENSITY, _SPACE = 10, 32
#: Frames that are analysed at once, and beside them so that peaks near the border are found as everywhere.
_CHUNK, _MARGIN = 64 * _SPACE, 2 * _SPACE
#: Peaks that make a hash are so many frames (48 ms to 1 s) and at most so many bins apart.
_NEAREST, _FURTHEST = 3, 62
_SPREAD = 50
#: Followers of a peak that are looked at for partners.
_LOOK_AHEAD = 40
#: Frames that count as the same distance in time, so that a tempo of 2 % more does not matter.
_COARSE = 3


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Spectral peaks of a recording, in order of time.

    Parameters
    ----------
    times
        (n,) frame of each peak, in steps of `HOP` samples at `RATE`.
    bins
        (n,) frequency of each peak in bins of `RATE` / 512 Hz, with fractions.
    frames
        Length of the recording in frames.
    """

    times: NDArray[np.int32]
    bins: NDArray[np.float32]
    frames: int


def fingerprint(sound: NDArray[np.float32]) -> Fingerprint:
    """The peaks of a sound.

    Parameters
    ----------
    sound
        (n,) mono samples at `RATE`.

    Examples
    --------
    >>> time = np.arange(2 * RATE) / RATE
    >>> beeps = np.sin(2 * np.pi * 500 * time) * (time % 0.5 < 0.2)
    >>> found = fingerprint(beeps.astype(np.float32))
    >>> found.frames, set(np.round(found.bins * RATE / 512, -1).tolist()) >= {500.0}
    (126, True)
    """
    n_frames = len(sound) // HOP + 1
    padded = np.pad(sound, (_WINDOW // 2, _WINDOW))
    times: list[NDArray[np.int32]] = []
    bins: list[NDArray[np.float32]] = []
    for start in range(0, n_frames, _CHUNK):
        stop = min(start + _CHUNK, n_frames)
        first, last = max(start - _MARGIN, 0), min(stop + _MARGIN, n_frames)
        time, frequency = _peaks(_spectrum(padded, first, last), start - first, stop - first)
        times.append((time + first).astype(np.int32))
        bins.append(frequency)
    return Fingerprint(np.concatenate(times), np.concatenate(bins), n_frames)


def _spectrum(padded: NDArray[np.float32], first: int, last: int) -> NDArray[np.float32]:
    """(frames, bins) logarithm of the amplitude."""
    from scipy import fft

    window = np.hanning(_WINDOW).astype(np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[first * HOP : last * HOP : HOP]
    # One bin more on either side: the neighbours of a peak tell where between the bins it lies.
    amplitude = np.abs(fft.rfft(frames * window, axis=1)[:, _LOWEST - 1 : _HIGHEST + 1])
    loudest = float(amplitude.max(initial=0.0))
    spectrum: NDArray[np.float32] = np.log(amplitude + np.float32(_SILENCE * loudest or 1.0))
    return spectrum


def _peaks(
    spectrum: NDArray[np.float32], start: int, stop: int
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Frames and bins of the peaks in frames [start, stop), the most prominent of each half second."""
    from scipy import ndimage

    inner = spectrum[:, 1:-1]
    largest = inner == ndimage.maximum_filter(inner, size=_PEAK)
    prominence = inner - ndimage.uniform_filter(inner, size=_SURROUNDINGS)
    time, column = np.nonzero(largest & (prominence > _PROMINENCE))
    kept = (time >= start) & (time < stop)
    time, column = time[kept], column[kept]
    space = (time - start) // _SPACE
    order = np.lexsort((-prominence[time, column], space))
    chosen = np.sort(order[_rank(space[order]) < _DENSITY])
    time, column = time[chosen], column[chosen]
    below, peak, above = (spectrum[time, column + shift] for shift in (0, 1, 2))
    curvature = below - 2 * peak + above  # at a peak below 0, or 0 on a plateau
    shift = np.where(curvature < 0, 0.5 * (below - above) / np.minimum(curvature, -1e-9), 0.0)
    return time, (column + _LOWEST + np.clip(shift, -0.5, 0.5)).astype(np.float32)


def hashes(
    found: Fingerprint, *, partners: int, pitch: float = 1.0
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Hashes of pairs of peaks, and the frame of the earlier peak of each.

    Parameters
    ----------
    partners
        Each peak is paired with at most so many that follow it, the nearest in time first: the pairs of fewer
        partners are among those of more.
    pitch
        Factor by which all frequencies are taken to be higher.
    """
    times, bins = found.times, np.rint(found.bins * pitch).astype(np.int64)
    earlier, later = [np.zeros(0, dtype=np.intp)], [np.zeros(0, dtype=np.intp)]
    for ahead in range(1, min(_LOOK_AHEAD, len(times) - 1) + 1):
        apart = times[ahead:] - times[:-ahead]
        near = (apart >= _NEAREST) & (apart <= _FURTHEST)
        near &= np.abs(bins[ahead:] - bins[:-ahead]) <= _SPREAD
        earlier.append(np.flatnonzero(near))
        later.append(earlier[-1] + ahead)
    first, second = np.concatenate(earlier), np.concatenate(later)
    order = np.argsort(first, kind="stable")  # within each, the nearest first: that is how they were added
    order = order[_rank(first[order]) < partners]
    first, second = first[order], second[order]
    value = (bins[first] << 16) | ((bins[second] - bins[first] + 64) << 8)
    return value | ((times[second] - times[first]) // _COARSE), times[first]


def _rank(sorted_values: NDArray[np.intp]) -> NDArray[np.intp]:
    """Place of each entry among its equals, from 0."""
    position = np.arange(len(sorted_values))
    new = np.r_[True, np.diff(sorted_values) != 0][: len(sorted_values)]
    return position - np.maximum.accumulate(np.where(new, position, 0))
