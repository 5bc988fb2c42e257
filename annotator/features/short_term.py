"""34 short-term features and their changes from frame to frame, as mean and standard deviation: 136 values.

Frames of 50 ms every 25 ms, not windowed, of the signal without its mean and scaled to its peak. Definitions and
constants are those of pyAudioAnalysis 0.3.14, its peculiarities included, so that published results can be repeated:
the mel filters are laid over the bins as if these reached to the sampling rate, and of all bins that round to one
semitone the highest alone gives its energy, divided by a count that belongs to another semitone. Values agree to
1e-9 relative with those of the program at 22,050 Hz, where a frame has 1,102 samples and a step 551.

References
----------
T. Giannakopoulos, "pyAudioAnalysis: An open-source Python library for audio signal analysis", PLoS ONE 10(12):
e0144610, 2015. T. Giannakopoulos & A. Pikrakis, "Introduction to audio analysis", Academic Press, 2014.
"""

from functools import cache

import numpy as np

from annotator.features.transform import FilterBank, Float32s, Float64s, cepstrum, filter_bank

SAMPLE_RATE = 22050
FRAME = 1102
STEP = 551
N_MFCC = 13
N_CHROMA = 12

_BINS = FRAME // 2
_PARTS = 10
_ROLLOFF_SHARE = 0.9
_TINY = float(np.finfo(np.float64).eps)
_LOWEST_NOTE = 27.5
_FRAMES_AT_ONCE = 32
#: Bins that the rolloff is looked for in at once; divides the 551.
_RUN = 29

_NAMES = (
    "zcr", "energy", "energy_entropy", "centroid", "spread", "entropy", "flux", "rolloff",
    *(f"mfcc_{n:02d}" for n in range(1, N_MFCC + 1)),
    *(f"chroma_{n:02d}" for n in range(1, N_CHROMA + 1)),
    "chroma_std",
)  # fmt: skip

COLUMNS = tuple(
    f"{delta}{name}_{statistic}"
    for statistic in ("mean", "std")
    for delta in ("", "delta_")
    for name in _NAMES
)


def compute(signal: Float32s) -> Float64s:
    """The values of a mono clip at 22,050 Hz in the order of `COLUMNS`, (136,); finite, silence included.

    Clips shorter than a frame are padded with zeros.

    >>> len(COLUMNS), compute(np.zeros(3000, dtype=np.float32))[:2].tolist()
    (136, [0.0, 0.0])
    """
    frames = descriptors(signal)
    with_deltas = np.zeros((len(frames), 2 * len(_NAMES)))
    with_deltas[:, : len(_NAMES)] = frames
    np.subtract(frames[1:], frames[:-1], out=with_deltas[1:, len(_NAMES) :])
    return np.concatenate([with_deltas.mean(axis=0), with_deltas.std(axis=0)])


def descriptors(signal: Float32s) -> Float64s:
    """The short-term features frame by frame, (frames, 34), without their changes."""
    centred = np.zeros(max(len(signal), FRAME))
    np.subtract(signal, signal.mean(dtype=np.float64), out=centred[: len(signal)])
    centred /= np.abs(centred).max() + 1e-10
    frames = np.lib.stride_tricks.sliding_window_view(centred, FRAME)[::STEP]
    sums = _Sums(len(frames))
    for first in range(0, len(frames), _FRAMES_AT_ONCE):
        sums.add(first, frames[first : first + _FRAMES_AT_ONCE])
    chroma = sums.chroma / np.where(sums.power == 0, _TINY, sums.power)[:, None]
    return np.column_stack(
        [
            _zero_crossings(centred, len(frames)) / (FRAME - 1),
            sums.energy / FRAME,
            _entropy(sums.energy_parts, sums.energy),
            *_centroid_and_spread(sums.moments, sums.loudest),
            _entropy(sums.power_parts, sums.power),
            sums.flux,
            sums.rolloff,
            cepstrum(np.log10(sums.mel + _TINY), N_MFCC),
            chroma,
            chroma.std(axis=1),
        ]
    )


class _Sums:
    """What is summed over the samples and the bins of every frame; only this is done block by block."""

    def __init__(self, n_frames: int) -> None:
        self.energy, self.power, self.loudest, self.flux, self.rolloff = np.empty((5, n_frames))
        self.energy_parts, self.power_parts = np.empty((2, n_frames, _PARTS))
        self.moments = np.empty((n_frames, 3))
        self.mel = np.empty((n_frames, len(_mel_filters().weights)))
        self.chroma = np.empty((n_frames, N_CHROMA))
        self._spectrum = np.empty((min(_FRAMES_AT_ONCE, n_frames), _BINS + 1), dtype=np.complex128)
        # The shares of the bins in each frame's magnitude, after those of the frame before the block.
        self._shares = np.empty((len(self._spectrum) + 1, _BINS))

    def add(self, first: int, frames: Float64s) -> None:
        """Sums up the frames (frames, 1102) from number `first` on."""
        rows, n = slice(first, first + len(frames)), len(frames)
        np.fft.rfft(frames, axis=1, out=self._spectrum[:n])
        kept = self._spectrum[:n, :_BINS]
        power = np.square(kept.real)
        power += np.square(kept.imag)
        power /= _BINS**2
        magnitude = np.sqrt(power)
        np.matmul(magnitude, _moment_weights(), out=self.moments[rows])
        np.max(magnitude, axis=1, out=self.loudest[rows])
        self.mel[rows] = _mel_filters().apply(magnitude)
        self.chroma[rows] = _chroma_weights().apply(power)
        self._add_flux(rows, magnitude)
        self.power[rows], self.power_parts[rows] = _in_parts(magnitude)
        self.rolloff[rows] = _rolloff(power, self.power[rows])
        self.energy[rows], self.energy_parts[rows] = _in_parts(frames)

    def _add_flux(self, rows: slice, magnitude: Float64s) -> None:
        n = len(magnitude)
        total = self.moments[rows, :1] + _BINS * _TINY
        shares = np.divide(magnitude, total, out=self._shares[1 : n + 1])
        if rows.start == 0:
            self._shares[0] = shares[0]
        change = shares - self._shares[:n]
        self._shares[0] = shares[-1]
        np.einsum("ij,ij->i", change, change, out=self.flux[rows])


def _zero_crossings(signal: Float64s, n_frames: int) -> Float64s:
    """Changes of sign within each frame; one to or from exactly zero counts half."""
    sign = (signal > 0).view(np.int8) - (signal < 0).view(np.int8)
    places = np.flatnonzero(sign[1:] != sign[:-1])
    running = np.concatenate([[0], np.cumsum(np.abs(sign[places + 1] - sign[places]), dtype=np.intp)])
    starts = STEP * np.arange(n_frames)
    before_end, before_start = np.searchsorted(places, starts + FRAME - 1), np.searchsorted(places, starts)
    within: Float64s = (running[before_end] - running[before_start]) / 2
    return within


def _in_parts(values: Float64s) -> tuple[Float64s, Float64s]:
    """Sum of the squares of each row, and the sums of ten equal parts of it; a remainder belongs to no part."""
    length = values.shape[1] // _PARTS
    whole, rest = (
        values[:, : _PARTS * length].reshape(len(values), _PARTS, length),
        values[:, _PARTS * length :],
    )
    # Squares are summed as they are made: a sum over short rows of finished squares takes several times as long.
    parts: Float64s = np.einsum("ijk,ijk->ij", whole, whole)
    total: Float64s = parts.sum(axis=1) + np.einsum("ij,ij->i", rest, rest)
    return total, parts


def _entropy(parts: Float64s, total: Float64s) -> Float64s:
    """Entropy in bits of how the total is shared by the parts."""
    share = parts / (total[:, None] + _TINY)
    entropy: Float64s = -(share * np.log2(share + _TINY)).sum(axis=1)
    return entropy


@cache
def _moment_weights() -> Float64s:
    frequency = np.arange(1, _BINS + 1) / _BINS
    return np.stack([np.ones(_BINS), frequency, frequency**2], axis=1)


def _centroid_and_spread(moments: Float64s, loudest: Float64s) -> tuple[Float64s, Float64s]:
    """Mean frequency weighted by magnitude and the spread around it, as shares of half the sampling rate."""
    total, first, second = moments.T / np.where(loudest == 0, _TINY, loudest)
    centroid = first / (total + _TINY)
    spread = np.maximum(second - 2 * centroid * first + centroid**2 * total, 0.0) / (total + _TINY)
    return centroid, np.sqrt(spread)


def _rolloff(power: Float64s, total: Float64s) -> Float64s:
    """Share of the bins up to the one where the running sum of power passes its share of the total."""
    threshold = (_ROLLOFF_SHARE * total - _TINY)[:, None]
    # First in which run of bins, then in which bin of it: a running sum over all bins costs as much as half the rest.
    runs = power.reshape(len(power), _BINS // _RUN, _RUN)
    reached = np.cumsum(np.einsum("ijk->ij", runs), axis=1)
    run = (reached > threshold).argmax(axis=1)
    frame = np.arange(len(power))
    before = np.where(run > 0, reached[frame, run - 1], 0.0)[:, None]
    passed = np.cumsum(runs[frame, run], axis=1) + before > threshold
    passed[:, -1] = True
    rolloff: Float64s = (run * _RUN + passed.argmax(axis=1)) / _BINS
    return rolloff


@cache
def _mel_filters() -> FilterBank:
    """13 filters every 66.7 Hz from 133.33 Hz and 27 spaced by factors of 1.071, (40, 551)."""
    linear = 133.33 + np.arange(13) * 200 / 3
    edges = np.concatenate([linear, linear[-1] * 1.0711703 ** np.arange(1, 30)])
    frequency = np.arange(_BINS) / _BINS * SAMPLE_RATE
    last_below = np.floor(edges * _BINS / SAMPLE_RATE)
    weights = np.zeros((len(edges) - 2, _BINS))
    bins = np.arange(_BINS)
    for row, (low, centre, high) in enumerate(zip(edges, edges[1:], edges[2:], strict=False)):
        height = 2 / (high - low)
        rising = (bins > last_below[row]) & (bins <= last_below[row + 1])
        falling = (bins > last_below[row + 1]) & (bins <= last_below[row + 2])
        weights[row, rising] = height / (centre - low) * (frequency[rising] - low)
        weights[row, falling] = height / (high - centre) * (high - frequency[falling])
    return filter_bank(weights, double=True)


@cache
def _chroma_weights() -> FilterBank:
    """Weight of every bin's power in the pitch classes from A upwards, (12, 551)."""
    frequency = np.arange(1, _BINS + 1) * SAMPLE_RATE / (2 * _BINS)
    semitone = np.round(12 * np.log2(frequency / _LOWEST_NOTE)).astype(int)
    highest_bin = {note: place for place, note in enumerate((semitone % _BINS).tolist())}
    notes, counts = np.unique(semitone, return_counts=True)
    alike = dict(zip(notes.tolist(), counts.tolist(), strict=True))
    weights = np.zeros((N_CHROMA, _BINS))
    for note, place in highest_bin.items():
        weights[note % N_CHROMA, place] += 1 / alike[int(semitone[semitone[note]])]
    return filter_bank(weights, double=True)
