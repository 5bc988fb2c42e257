"""Moves the edges of spans to where the level really rises and falls.

A voice detector answers every 32 ms and hears a little into the pause. Around each edge this looks at the level in
steps of a few milliseconds. The level at which sound counts as begun lies a fifth of the way from the quiet to the loud
part of that neighbourhood; the edge goes to the inner end of the last stretch of quiet below it. Where the
neighbourhood has too little contrast (noise, music below the voice) the level tells nothing, and the edge stays.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotator.segmentation.activity import Activity

# Chosen on synthetic speech with known times, clean and in noise: of many settings those on the flat top.
_OUTWARD = 0.2  # seconds searched into the pause
_INWARD = 0.1  # seconds searched into the sound
_RISE = 0.2  # share of the way from quiet to loud
_RANGE = 50.0  # dB below the loud part that still count
_CONTRAST = 20.0  # dB between quiet and loud without which an edge stays
_QUIET = 0.032  # seconds of quiet that end a sound: longer than the closure within a glottal period

Samples = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """Starts and ends of spans in samples, and which of them the level has told; each (spans,)."""

    starts: Samples
    ends: Samples
    start_told: NDArray[np.bool_]
    end_told: NDArray[np.bool_]


def refined(starts: Samples, ends: Samples, activity: Activity) -> Edges:
    """Starts and ends (spans,) moved to where the level rises and falls, at most to the middle of pause and sound."""
    if not len(starts):
        return Edges(starts, ends, np.zeros(0, dtype=bool), np.zeros(0, dtype=bool))
    step = activity.step
    outward, inward = (max(1, round(s * activity.sample_rate / step)) for s in (_OUTWARD, _INWARD))
    quiet = max(1, round(_QUIET * activity.sample_rate / step))
    offsets = np.arange(-outward, inward)
    middles = (starts + ends) // 2
    pauses = np.concatenate(([0], (ends[:-1] + starts[1:]) // 2, [activity.samples]))

    # Levels from outside to inside, at most from the middle of the pause to the middle of the sound.
    first = np.floor(starts / step).astype(np.int64)
    steps = _within(first[:, None] + offsets, pauses[:-1], middles, activity)
    column = _rise(activity.level[steps], quiet)
    risen = np.rint((first - outward + column) * step).astype(np.int64)
    start_told = column >= 0
    inside = np.maximum(ends - starts - 1, 0) // 2
    moved_starts = np.where(start_told, np.clip(risen, pauses[:-1], starts + inside), starts)

    last = np.ceil(ends / step).astype(np.int64) - 1
    steps = _within(last[:, None] - offsets, middles, pauses[1:], activity)
    column = _rise(activity.level[steps], quiet)
    fallen = np.rint((last + outward - column + 1) * step).astype(np.int64)
    end_told = column >= 0
    moved_ends = np.where(end_told, np.clip(fallen, ends - inside, pauses[1:]), ends)
    return Edges(moved_starts, moved_ends, start_told, end_told)


def _within(steps: Samples, low: Samples, high: Samples, activity: Activity) -> Samples:
    """Step numbers kept between the samples `low` and `high` of each row: beyond, the outermost step repeats."""
    top = len(activity.level) - 1
    lowest = np.clip(np.floor(low / activity.step), 0, top)
    highest = np.clip(np.ceil(high / activity.step) - 1, lowest, top)
    kept: Samples = np.clip(steps, lowest[:, None], highest[:, None]).astype(np.int64)
    return kept


def _rise(levels: NDArray[np.float32], quiet_steps: int) -> Samples:
    """Column at which sound begins in each row of levels (spans, steps), or -1 where there is too little contrast."""
    quiet, loud = np.percentile(levels, [10, 90], axis=1)
    quiet = np.maximum(quiet, loud - _RANGE)
    below = levels <= (quiet + _RISE * (loud - quiet))[:, None]
    count = np.cumsum(np.pad(below, ((0, 0), (1, 0))), axis=1)
    still = count[:, quiet_steps:] - count[:, :-quiet_steps] == quiet_steps
    latest = still.shape[1] - 1 - np.argmax(still[:, ::-1], axis=1)
    column = np.where(still.any(axis=1), latest + quiet_steps, np.argmax(~below, axis=1))
    return np.where(loud - quiet < _CONTRAST, -1, column)
