"""The picture of a waveform with its segments, put together column by column in numpy.

Why not QGraphicsItems, a curve or one QPainter call a shape: every pixel of this picture follows from its column (is
there a segment, a grid line, how loud is it) and its row. Comparing a column of row numbers with a row of edges makes
the whole picture in a few vector operations, at a cost that depends on the pixels alone: 0.5 ms for 1,300 x 360 and
2 ms for 2,600 x 800 device pixels, whether 5 or 5,000 segments are in view. One QPainter call for each segment costs
more than that from some hundred segments on, a filled curve of as many points 2 ms and more.

The picture holds numbers of colours (`Ink`), not colours: the theme is looked up once, in a table of 256.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from annotator.gui.segment.segments import ShownSegments
from annotator.gui.segment.wave import Columns

#: Segments narrower than this many device pixels are drawn without edges.
_EDGED = 5


class Ground(IntEnum):
    """What a column shows behind the wave."""

    BEYOND = 0  # outside the recording
    PLAIN = 1
    GRID = 2
    SEGMENT = 3
    SELECTED = 4
    EDGE = 5
    SELECTED_EDGE = 6
    PROPOSED = 7
    PROPOSED_EDGE = 8


class Ink(IntEnum):
    """First numbers of the ranges in the table of colours: ground, then peaks and body over each ground."""

    GROUND = 0
    PEAK = 16
    BODY = 32
    AXIS = 48  # the zero line over each ground
    BAND = 64  # the strip over a segment: without a speaker, then eight colours of speakers
    BAND_SELECTED = 80
    EMPTY_BAND = 96
    RATED = 97  # the line under a segment that is rated


@dataclass(frozen=True)
class Raster:
    """Columns of a picture: `count` of them, `width` samples each from sample `start` on."""

    start: float
    width: float
    count: int

    def edges(self) -> NDArray[np.float64]:
        """Samples at which columns meet, (count + 1,)."""
        return self.start + np.arange(self.count + 1) * self.width

    def column(self, samples: NDArray[np.float64] | float) -> NDArray[np.int64]:
        """Column of each sample; may lie outside."""
        return np.floor((np.asarray(samples, np.float64) - self.start) / self.width).astype(np.int64)


@dataclass(frozen=True)
class Layer:
    """Spans to draw: starts and ends in order of time, `reach` their latest end so far, colour numbers."""

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    reach: NDArray[np.int64]
    colours: NDArray[np.int64]
    selected: int | None = None

    @staticmethod
    def of(shown: ShownSegments) -> "Layer":
        """The segments on screen."""
        return Layer(shown.starts, shown.ends, shown.reach, shown.colours, shown.index_of(shown.selection))

    @staticmethod
    def proposed(spans: NDArray[np.int64]) -> "Layer":
        """Spans (n, 2) that a method proposes."""
        starts, ends = spans[:, 0], spans[:, 1]
        return Layer(starts, ends, ends, np.zeros(len(spans), np.int64))

    def owners(self, raster: Raster) -> NDArray[np.int64]:
        """The last segment to touch each column, -1 where none does: what is thinner than a column is never lost."""
        if not len(self.starts):
            return np.full(raster.count, -1, np.int64)
        edges = raster.edges()
        last = np.searchsorted(self.starts, edges[1:], "left") - 1
        touched = (last >= 0) & (self.reach[last] > edges[:-1])
        return np.where(touched, last, -1)


def ground(
    raster: Raster, samples: int, layer: Layer, lines: NDArray[np.float64], *, proposed: bool
) -> NDArray[np.uint8]:
    """What every column shows behind the wave, (count,): numbers of `Ground`.

    `lines` are samples at which the grid has a line, `samples` the length of the recording.
    """
    columns = np.full(raster.count, Ground.PLAIN, np.uint8)
    columns[_inside(raster.column(lines), raster.count)] = Ground.GRID
    columns[layer.owners(raster) >= 0] = Ground.PROPOSED if proposed else Ground.SEGMENT
    first, last = raster.column(layer.starts), raster.column(layer.ends)
    edge = Ground.PROPOSED_EDGE if proposed else Ground.EDGE
    wide = (last - first >= _EDGED) & (last > 0) & (first < raster.count)
    columns[_inside(first[wide], raster.count)] = edge
    columns[_inside(last[wide] - 1, raster.count)] = edge
    if layer.selected is not None:
        begin, end = (
            int(first[layer.selected]),
            max(int(last[layer.selected]), int(first[layer.selected]) + 1),
        )
        columns[max(begin, 0) : max(end, 0)] = Ground.SELECTED
        columns[_inside(np.array([begin, end - 1]), raster.count)] = Ground.SELECTED_EDGE
    columns[raster.edges()[:-1] >= samples] = Ground.BEYOND
    return columns


def band(raster: Raster, layer: Layer, height: int) -> NDArray[np.uint8]:
    """The strip above the wave, (height, count): each segment in its speaker's colour, with a gap between two."""
    owner = layer.owners(raster)
    columns = np.where(
        owner >= 0, Ink.BAND + layer.colours[owner] if len(layer.colours) else 0, Ink.EMPTY_BAND
    )
    last = raster.column(layer.ends)
    wide = last - raster.column(layer.starts) >= _EDGED
    columns[_inside(last[wide] - 1, raster.count)] = Ink.EMPTY_BAND
    if layer.selected is not None:
        begin = int(raster.column(layer.starts[layer.selected]))
        end = max(int(last[layer.selected]) - 1, begin + 1)
        columns[max(begin, 0) : max(end, 0)] = Ink.BAND_SELECTED + layer.colours[layer.selected]
    return np.broadcast_to(columns.astype(np.uint8), (height, raster.count))


def draw_lanes(
    picture: NDArray[np.uint8],
    ground: NDArray[np.uint8],
    columns: Columns | None,
    *,
    gain: float,
    thickness: float,
    gap: int = 0,
) -> None:
    """Draws the waves of all channels below one another over `ground` into a picture (rows, count) of `Ink`.

    `gain` scales full scale to half a lane, `thickness` is the least height of the trace and `gap` the space between
    lanes, both in rows.
    """
    picture[:] = ground
    if columns is None:
        return
    height, channels = len(picture), columns.low.shape[1]
    known = ground != Ground.BEYOND
    for channel in range(channels):
        top = round(channel * (height + gap) / channels)
        bottom = round((channel + 1) * (height + gap) / channels) - gap
        if bottom - top >= 3:
            _draw_lane(picture[top:bottom], known, columns, channel, gain, thickness)


def _draw_lane(
    picture: NDArray[np.uint8],
    known: NDArray[np.bool_],
    columns: Columns,
    channel: int,
    gain: float,
    thickness: float,
) -> None:
    """Raises the numbers of one channel's rows from the ground to axis, peaks and body."""
    height = len(picture)
    middle, reach = height / 2, height / 2 * gain

    def rows(offset: NDArray[np.float32]) -> NDArray[np.int16]:
        return np.where(known, np.clip(np.floor(middle + offset + 0.5), 0, height), 0).astype(np.int16)

    high, low = columns.high[:, channel] * reach, columns.low[:, channel] * reach
    # Half the least thickness on both sides, so that silence is a line and a sample a dot.
    above, below = rows(-high - thickness / 2), rows(-low + thickness / 2)
    axis = int(middle)
    picture[axis, known & ((axis < above) | (axis >= below))] += np.uint8(Ink.AXIS)
    _raise(picture, above, below, Ink.PEAK)
    if columns.body is not None:
        # The body stays within the peaks where the sound is one-sided.
        body = columns.body[:, channel] * reach
        above = rows(-np.minimum(high, body) - thickness / 2)
        below = rows(np.minimum(-low, body) + thickness / 2)
    _raise(picture, above, below, Ink.BODY - Ink.PEAK)


def _raise(picture: NDArray[np.uint8], above: NDArray[np.int16], below: NDArray[np.int16], by: int) -> None:
    """Adds `by` to the rows from `above` (included) to `below` (excluded) of every column."""
    top, bottom = int(above.min()), int(below.max())
    rows = np.arange(top, bottom, dtype=np.int16)[:, None]
    inside = rows >= above
    inside &= rows < below
    picture[top:bottom] += inside.view(np.uint8) * np.uint8(by)


def _inside(columns: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    return columns[(columns >= 0) & (columns < count)]
