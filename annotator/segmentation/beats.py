"""Beats and bars of music.

Onsets are rises of the level in the bands of a mel spectrum. The tempo is the lag at which onsets best agree with
themselves, near tempos preferred at which people tap along; beats are the series that best meets both the onsets and
that tempo, found by dynamic programming.

D. P. W. Ellis: Beat tracking by dynamic programming. Journal of New Music Research 36(1), 2007, 51-60.
"""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from annotator.audio.source import AudioSource
from annotator.domain.progress import Job, Progress
from annotator.domain.translation import tr
from annotator.segmentation.options import MethodOptions, check_choice, check_number
from annotator.segmentation.spectrum import RATE, decibels, filtered, mel_bank
from annotator.segmentation.windows import RESTS

_HOP = 160  # samples: 10 ms
_FFT = 512
_BANDS = 40
_SPAN = 50.0  # dB below the loudest that count
_LOW_BANDS = 6  # below about 250 Hz: where bass and bass drum mark the bar
_TEMPO = 0.5  # seconds: 120 beats a minute, the lag preferred
_SPREAD = 0.9  # octaves
_FASTEST, _SLOWEST = 0.25, 1.5  # seconds between beats
_TIGHT = 100.0  # how dear a beat away from the tempo is
_BARS = (4, 3)  # beats in a bar that are tried, the likelier first

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Bars(MethodOptions):
    """Which beats begin a window.

    Parameters
    ----------
    bars
        Bars in a window; 0 for a window from each beat to the next.
    meter
        Beats in a bar; 0 to find out whether it is three or four.
    rest
        `keep` also gives what stands before the first and after the last whole window.
    """

    bars: int = 1
    meter: int = 0
    rest: Literal["drop", "keep"] = "drop"

    def __post_init__(self) -> None:
        check_number("bars", self.bars, 0, 1000)
        check_number("meter", self.meter, 0, 32)
        check_choice("rest", self.rest, RESTS)


@dataclass(frozen=True, slots=True, eq=False)
class Onsets:
    """How strongly something begins in every frame of `hop` seconds: in all bands, and in the low ones; (frames,)."""

    strength: Floats
    low: Floats
    hop: float = _HOP / RATE


@dataclass(frozen=True, slots=True, eq=False)
class Pulse:
    """Where the beats of a recording are: frames (beats,) among its onsets."""

    onsets: Onsets
    beats: NDArray[np.intp]
    samples: int
    sample_rate: int


def analyse(source: AudioSource, cache: Path | None = None) -> Job[Pulse]:  # noqa: ARG001 (too quick to need one)
    """Listens for beats."""
    text = tr("Looking for beats in {name}", name=source.path.name)
    power = yield from filtered(source, mel_bank(_FFT, _BANDS), n_fft=_FFT, hop=_HOP, text=text)
    onsets = onset_strength(power)
    found = beats(onsets)
    yield Progress(1, 1, text)
    return Pulse(onsets, found, source.samples, source.sample_rate)


def cut(pulse: Pulse, options: Bars, stretch: tuple[int, int] | None) -> list[tuple[int, int]]:
    """Windows from bar to bar, or from beat to beat, that lie within the stretch; none where nothing beats."""
    onsets, found = pulse.onsets, pulse.beats
    marks = [round(frame * onsets.hop * pulse.sample_rate) for frame in found.tolist()]
    chosen = marks[_first(onsets, found, options) :: _beats_in(onsets, found, options)]
    return _between(chosen, stretch or (0, pulse.samples), options)


def onset_strength(power: NDArray[np.float32]) -> Onsets:
    """Onsets of mel spectra (frames, bands), each without its mean over half a second and at a deviation of 1."""
    if not len(power):
        return Onsets(np.zeros(0), np.zeros(0))
    level = decibels(power, _SPAN)
    # The bar is marked by what is loud and low: its bands are compared by amplitude, which decibels would level out.
    low = np.sqrt(power[:, :_LOW_BANDS])
    return Onsets(_levelled(_rise(level)), _levelled(_rise(low)))


def _rise(bands: NDArray[np.float32]) -> NDArray[np.float32]:
    """How far the bands rise from frame to frame, falling ones left out, (frames,)."""
    rise: NDArray[np.float32] = np.maximum(np.diff(bands, axis=0, prepend=bands[:1]), 0).mean(axis=1)
    return rise


def _levelled(rise: NDArray[np.float32]) -> Floats:
    from scipy.ndimage import uniform_filter1d

    level = rise.astype(np.float64)
    level = np.maximum(level - uniform_filter1d(level, 51, mode="nearest"), 0)
    deviation = level.std()
    return level / deviation if deviation > 0 else level


def beats(onsets: Onsets) -> NDArray[np.intp]:
    """Frames of the beats, (beats,); none where there are no onsets or fewer than three beats.

    >>> clicks = np.zeros(1000)
    >>> clicks[40::50] = 10.0
    >>> beats(Onsets(clicks, clicks))[:4].tolist()
    [40, 90, 140, 190]
    """
    from scipy.ndimage import gaussian_filter1d

    none = np.zeros(0, dtype=np.intp)
    strength = onsets.strength
    if len(strength) < 3 * _SLOWEST / onsets.hop or not strength.any():
        return none
    period = _period(strength, onsets.hop)
    score = gaussian_filter1d(strength, period / 32, mode="constant")
    last, previous = _chain(score, period)
    found = [last]
    while previous[found[-1]] >= 0:
        found.append(int(previous[found[-1]]))
    marks = np.array(found[::-1], dtype=np.intp)
    # Before the music starts and after it has ended there is nothing to tap along with.
    heard = np.flatnonzero(score[marks] > 0.5 * np.sqrt(np.mean(score[marks] ** 2)))
    marks = marks[heard[0] : heard[-1] + 1] if len(heard) else none
    return marks if len(marks) >= 3 else none


def _period(strength: Floats, hop: float) -> float:
    """Frames from beat to beat."""
    from scipy.signal import correlate

    longest = round(4 * _SLOWEST / hop)
    size = len(strength)
    whole = correlate(strength, strength, mode="full", method="fft")[size - 1 :]
    lags = np.arange(min(longest, size))
    alike = np.zeros(longest + 1)
    alike[: len(lags)] = whole[: len(lags)] / (size - lags)
    low, high = round(_FASTEST / hop), round(_SLOWEST / hop)
    lag = np.arange(low, high)
    preferred = np.exp(-0.5 * (np.log2(lag * hop / _TEMPO) / _SPREAD) ** 2)
    # A beat is also where twice and four times its period agree: that keeps off-beats from being taken for beats.
    support = alike[lag] + 0.5 * alike[2 * lag] + 0.25 * alike[4 * lag]
    best = int(np.argmax(support * preferred))
    return float(lag[best] + _vertex(alike[lag[best] - 1 : lag[best] + 2]))


def _vertex(values: Floats) -> float:
    """Where the parabola through three values is highest, -0.5..0.5 from the middle one."""
    left, middle, right = values
    bend = left - 2 * middle + right
    return float(np.clip(0.5 * (left - right) / bend, -0.5, 0.5)) if bend < 0 else 0.0


def _chain(score: Floats, period: float) -> tuple[int, NDArray[np.intp]]:
    """The last beat of the best series, and for every frame the beat before it (-1 for none)."""
    back = np.arange(-round(2 * period), -round(period / 2) + 1)
    cost = -_TIGHT * np.log(-back / period) ** 2
    reach = -int(back[0])
    total = np.concatenate((np.full(reach, -np.inf), score))
    previous = np.full(len(score), -1, dtype=np.intp)
    for frame in range(len(score)):
        before = total[frame + reach + back[0] : frame + reach + back[-1] + 1] + cost
        best = int(np.argmax(before))
        if before[best] > 0:
            total[frame + reach] += before[best]
            previous[frame] = frame + back[best]
    total = total[reach:]
    inner = np.flatnonzero((total[1:-1] > total[:-2]) & (total[1:-1] >= total[2:])) + 1
    if not len(inner):
        return int(np.argmax(total)), previous
    strong = inner[total[inner] > 0.5 * np.median(total[inner])]
    return int(strong[-1]), previous


def _meter(onsets: Onsets, found: NDArray[np.intp], meter: int) -> tuple[float, int]:
    """How far the first beats of bars of `meter` stand out, in standard errors, and the first of them."""
    strength = _at(onsets.low, found) + 0.5 * _at(onsets.strength, found)
    best = (-np.inf, 0)
    for phase in range(min(meter, len(found))):
        first = np.zeros(len(strength), dtype=bool)
        first[phase::meter] = True
        if first.all():
            continue
        apart = strength[first].mean() - strength[~first].mean()
        error = strength.std() * np.sqrt(1 / first.sum() + 1 / (~first).sum())
        best = max(best, (float(apart / error) if error > 0 else 0.0, -phase))
    return best[0], -best[1]


def _at(strength: Floats, found: NDArray[np.intp]) -> Floats:
    """Strongest onset within 30 ms of every beat."""
    around = found[:, None] + np.arange(-3, 4)
    near: Floats = strength[np.clip(around, 0, len(strength) - 1)].max(axis=1)
    return near


def _beats_in(onsets: Onsets, found: NDArray[np.intp], options: Bars) -> int:
    """Beats in a window."""
    if not options.bars:
        return 1
    meter = options.meter or max(_BARS, key=lambda beats: _meter(onsets, found, beats)[0])
    return int(options.bars * meter)


def _first(onsets: Onsets, found: NDArray[np.intp], options: Bars) -> int:
    """The first beat that begins a window."""
    if not options.bars:
        return 0
    meter = options.meter or _beats_in(onsets, found, Bars(bars=1))
    return _meter(onsets, found, int(meter))[1]


def _between(marks: list[int], stretch: tuple[int, int], options: Bars) -> list[tuple[int, int]]:
    """Spans from mark to mark within a stretch."""
    first, last = stretch
    if options.rest == "keep" and marks:
        marks = [first, *marks, last]
    inside = sorted({mark for mark in marks if first <= mark <= last})
    return list(pairwise(inside))
