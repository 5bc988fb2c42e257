"""From frame by frame activity to segments: pure functions, quick enough to run on every tick of a slider."""

import math
from bisect import bisect_left, insort
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from annotator.segmentation.activity import Activity
from annotator.segmentation.edges import refined
from annotator.segmentation.options import Options

_DIP = 0.05  # seconds over which the level is averaged to find the deepest place in sound without a pause

Samples = NDArray[np.int64]


def spans_from_probabilities(activity: Activity, options: Options) -> list[tuple[int, int]]:
    """Segments that a method's activity makes under `options`.

    Frames at least `offset` sure and reaching `onset` somewhere are sound; its edges move to where the level rises
    and falls. A pause of `clear_pause` ends a segment; a shorter one, down to `min_pause`, where enough sounds on
    both sides of it, longest pauses first. What is then shorter than `min_length` is left out, what is longer than
    `max_length` is cut: at the longest pause that was closed, or where there is none at the lowest level within the
    middle half. Padding is added, at most to the middle of a pause.

    With `min_length` 0, and no `max_length` where there is a `clear_pause`, a longer `min_pause` never gives more
    segments. (Otherwise it can: pieces that were each too short to keep join into one that is not, and what is too long
    is cut at its longest pauses, whatever stands on both sides of them.)

    Parameters
    ----------
    activity
        What a method heard.
    options
        Lengths and thresholds.

    Returns
    -------
    list of (start, end)
        Samples of the recording, half-open, sorted, without overlap, each at least `min_length` and at most
        `max_length` long.

    Examples
    --------
    >>> sure = np.repeat(np.array([0, 1, 0, 1, 0], dtype=np.float32), [50, 100, 20, 100, 50])
    >>> heard = Activity(sure, sure * 60 - 70, hop=160, samples=320 * 160, sample_rate=16000)
    >>> spans_from_probabilities(heard, Options(min_pause=0.15))
    [(8000, 24000), (27200, 43200)]
    >>> spans_from_probabilities(heard, Options(min_pause=0.25))
    [(8000, 43200)]
    """
    rate = activity.sample_rate
    shortest = max(1, math.ceil(options.min_length * rate))
    longest = activity.samples
    if options.max_length:
        longest = math.floor((options.max_length - 2 * options.padding) * rate)

    runs = _runs(activity, options.onset, options.offset, options.refine)
    clusters = runs.groups(_breaks(runs, options, rate), shortest)
    pieces = list(_Cutter(activity, runs, shortest, longest).cut(clusters))
    starts = np.array([start for start, _ in pieces], dtype=np.int64)
    ends = np.array([end for _, end in pieces], dtype=np.int64)
    starts, ends = padded(starts, ends, round(options.padding * rate), activity.samples)
    return list(zip(starts.tolist(), ends.tolist(), strict=True))


def padded(starts: Samples, ends: Samples, padding: int, samples: int) -> tuple[Samples, Samples]:
    """Spans grown by `padding` samples on both sides, at most to the middle of a pause and within the recording.

    >>> starts, ends = padded(np.array([2, 20]), np.array([10, 30]), 8, samples=100)
    >>> starts.tolist(), ends.tolist()
    ([0, 15], [15, 38])
    """
    if not len(starts):
        return starts, ends
    middle = (ends[:-1] + starts[1:]) // 2
    return (
        np.maximum(starts - padding, np.concatenate(([0], middle))),
        np.minimum(ends + padding, np.concatenate((middle, [samples]))),
    )


def spans_within(
    activity: Activity, options: Options, stretch: tuple[int, int] | None
) -> list[tuple[int, int]]:
    """The same of a stretch [start, end) of the recording alone, as if all around it were silent; `None` for all.

    >>> sure = np.repeat(np.array([0, 1, 0, 1, 0], dtype=np.float32), [50, 100, 50, 100, 50])
    >>> heard = Activity(sure, sure * 60 - 70, hop=160, samples=350 * 160, sample_rate=16000)
    >>> spans_within(heard, Options(), (10_000, 40_000))
    [(10000, 24000), (32000, 40000)]
    """
    if stretch is None:
        return spans_from_probabilities(activity, options)
    first, last = stretch
    frames = np.arange(len(activity.probability)) * activity.hop
    inside = (frames + activity.hop > first) & (frames < last)
    masked = replace(activity, probability=np.where(inside, activity.probability, 0).astype(np.float32))
    least = max(1, math.ceil(options.min_length * activity.sample_rate))
    clipped = [
        (max(start, first), min(end, last)) for start, end in spans_from_probabilities(masked, options)
    ]
    return [(start, end) for start, end in clipped if end - start >= least]


@dataclass(frozen=True, slots=True, eq=False)
class _Runs:
    """Stretches of uninterrupted sound, (runs,) starts and ends in samples; pauses between them, (runs - 1,).

    A pause whose edges the level has not told counts as a frame shorter than it looks.
    """

    starts: Samples
    ends: Samples
    pauses: Samples

    def groups(self, breaks: Samples, shortest: int) -> list[tuple[int, int]]:
        """First and last run of each group of runs between breaks (numbers of pauses), groups too short left out."""
        if not len(self.starts):
            return []
        first = np.concatenate(([0], breaks + 1))
        last = np.concatenate((breaks, [len(self.starts) - 1]))
        kept = self.ends[last] - self.starts[first] >= shortest
        return list(zip(first[kept].tolist(), last[kept].tolist(), strict=True))


@lru_cache(maxsize=2)
def _runs(activity: Activity, onset: float, offset: float, refine: bool) -> _Runs:
    """Hysteresis: frames from `offset` on that hold at least one frame from `onset` on; ends earlier by the lag.

    Kept, since a slider that moves asks again and again for the same.
    """
    sound = (activity.probability >= offset).astype(np.int8)
    changes = np.flatnonzero(np.diff(sound, prepend=0, append=0))
    first, last = changes[::2], changes[1::2]
    sure = np.concatenate(([0], np.cumsum(activity.probability >= onset)))
    kept = sure[last] > sure[first]
    starts = np.rint(first[kept] * activity.hop).astype(np.int64)
    ends = np.rint(last[kept] * activity.hop).astype(np.int64)
    # A run no longer than the lag is kept as its first frame, so that it is there to be joined.
    lag, frame = round(activity.lag * activity.sample_rate), max(1, math.floor(activity.hop))
    ends = np.minimum(np.maximum(ends - lag, starts + frame), activity.samples)
    if not refine:
        return _Runs(starts, ends, starts[1:] - ends[:-1])
    edges = refined(starts, ends, activity)
    told = edges.end_told[:-1] & edges.start_told[1:]
    pauses = edges.starts[1:] - edges.ends[:-1]
    return _Runs(edges.starts, edges.ends, np.maximum(pauses - np.where(told, 0, frame), 0))


def _breaks(runs: _Runs, options: Options, rate: int) -> Samples:
    """Numbers of the pauses that end a segment, ascending.

    The longest come first. One shorter than `clear_pause` needs sound on both sides, the more the shorter it is: what
    is meant are sentences, and a short pause between two long stretches rather stands between sentences than one that
    leaves a word alone.
    """
    least, clear = (math.ceil(pause * rate) for pause in (options.min_pause, options.clear_pause))
    pauses = runs.pauses
    certain = np.flatnonzero(pauses >= max(least, clear))
    brief = np.flatnonzero((pauses >= least) & (pauses < clear))
    breaks: list[int] = certain.tolist()
    usual = max(options.usual_length * rate, 1.0)
    for number in brief[np.argsort(-pauses[brief], kind="stable")].tolist():
        place = bisect_left(breaks, number)
        first = breaks[place - 1] + 1 if place else 0
        last = breaks[place] if place < len(breaks) else len(pauses)
        before = runs.ends[number] - runs.starts[first]
        after = runs.ends[last] - runs.starts[number + 1]
        if pauses[number] >= clear * (1 - min(before, after) / usual):
            insort(breaks, number)
    return np.array(breaks, dtype=np.int64)


class _Cutter:
    """Cuts groups of runs until none is longer than `longest` samples, and none shorter than `shortest`."""

    def __init__(self, activity: Activity, runs: _Runs, shortest: int, longest: int) -> None:
        self.activity = activity
        self.runs = runs
        self.shortest = shortest
        self.longest = longest

    def cut(self, clusters: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        """Spans of the groups of runs (first, last), in order."""
        starts, ends = self.runs.starts, self.runs.ends
        todo = clusters[::-1]
        while todo:
            first, last = todo.pop()
            start, end = int(starts[first]), int(ends[last])
            if end - start <= self.longest:
                yield start, end
                continue
            gap = self._longest_pause(first, last)
            if gap is None:
                yield from self._cut_sound(start, end)
            else:
                todo += [(gap + 1, last), (first, gap)]

    def _longest_pause(self, first: int, last: int) -> int | None:
        """The run before the longest pause between two runs that leaves enough sound on both sides."""
        starts, ends = self.runs.starts, self.runs.ends
        before, after = ends[first:last], starts[first + 1 : last + 1]
        fits = (before - starts[first] >= self.shortest) & (ends[last] - after >= self.shortest)
        if not fits.any():
            return None
        return first + int(np.argmax(np.where(fits, after - before, -1)))

    def _cut_sound(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Pieces of sound without a usable pause, cut where the level is lowest."""
        todo = [(start, end)]
        while todo:
            start, end = todo.pop()
            if end - start <= self.longest:
                yield start, end
            else:
                middle = self._lowest(start, end)
                todo += [(middle, end), (start, middle)]

    def _lowest(self, start: int, end: int) -> int:
        """Sample with the lowest level in the middle half of [start, end)."""
        margin = max((end - start) // 4, self.shortest)
        low, high = start + margin, end - margin
        step = self.activity.step
        first = min(int(low / step), len(self._mean_level) - 1)
        last = max(first + 1, math.ceil(high / step))
        lowest = round((first + int(np.argmin(self._mean_level[first:last])) + 0.5) * step)
        return min(max(lowest, low), high)

    @cached_property
    def _mean_level(self) -> NDArray[np.float64]:
        """Level (steps,) averaged over `_DIP` seconds, so that a closed mouth within a word is not a pause."""
        mean = self.activity.level.astype(np.float64)
        half = round(_DIP * self.activity.sample_rate / self.activity.step / 2)
        # Twice a rectangle is a triangle, which is lowest at the middle of a dip and not all through it.
        for _ in range(2):
            total = np.cumsum(np.pad(mean, (half + 1, half), mode="edge"))
            mean = (total[2 * half + 1 :] - total[: -2 * half - 1]) / (2 * half + 1)
        return mean
