"""What can be drawn of a recording: the loudest, quietest and mean power of the sound in every column of a picture."""

from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotator.audio.pcm import Native, full_scale
from annotator.audio.peaks import BASE, PeakPyramid
from annotator.audio.source import AudioSource

_CHUNK = 1 << 16  # frames of which the fine blocks are made and kept together
_FINE = 16  # frames in a fine block
_KEPT = 64  # chunks kept: more than a view of 4,000 columns needs


@dataclass(frozen=True)
class Columns:
    """Least, greatest and root mean square per column and channel, full scale 1, each (columns, channels).

    `body` is `None` so close that a column holds too few samples for a mean to say anything. Columns outside the
    sound are 0.
    """

    low: NDArray[np.float32]
    high: NDArray[np.float32]
    body: NDArray[np.float32] | None


class Wave:
    """One recording as columns at any zoom.

    Far out they come from the pyramid, which may still be growing. Closer than one of its blocks a column, they are
    made of blocks of 16 frames, cut from the file in chunks that are kept while they are near; closer still, of the
    samples themselves. Until the file can be read (`source`), the pyramid's finest blocks must do.
    """

    def __init__(self, peaks: PeakPyramid, source: AudioSource | None = None) -> None:
        self.peaks = peaks
        self.source = source
        self._chunks: OrderedDict[int, tuple[NDArray[np.float32], ...]] = OrderedDict()

    @property
    def channels(self) -> int:
        """Channels of the recording."""
        return self.peaks.channels

    def loudest(self) -> float:
        """The greatest magnitude known so far; 0 where nothing is known."""
        known = self.peaks.outlined
        if not known:
            return 0.0
        low, high, _ = self.peaks.summary(0, known, 1 if known > self.peaks.valid else 512)
        return float(max(-low.min(), high.max()))

    def columns(self, start: float, width: float, count: int) -> Columns:
        """`count` columns of `width` samples each, from sample `start` on (both may be fractions)."""
        if width >= BASE or self.source is None:
            first = int(start)
            last = max(int(start + width * count), first + 1)
            low, high, square = self.peaks.summary(first, last, count)
            return Columns(low, high, np.sqrt(square))
        edges = start + np.arange(count + 1) * width
        if width >= 2 * _FINE:
            return self._from_blocks(edges)
        if width >= 1:
            return self._from_samples(edges)
        return self._between_samples(edges)

    def _from_blocks(self, edges: NDArray[np.float64]) -> Columns:
        first = int(edges[0]) // _FINE
        last = max(int(np.ceil(edges[-1] / _FINE)) + 1, first + 1)
        low, high, square = self._blocks(first, last)
        begins = np.floor(edges / _FINE).astype(np.int64) - first
        # One block more than its share: neighbouring columns meet, and the trace has no gaps.
        return Columns(
            _reduced(np.minimum, low, begins, 1),
            _reduced(np.maximum, high, begins, 1),
            np.sqrt(_reduced(np.add, square, begins, 0) / np.maximum(np.diff(begins), 1)[:, None]),
        )

    def _from_samples(self, edges: NDArray[np.float64]) -> Columns:
        first = int(edges[0])
        sound = self.source.read(first, int(edges[-1]) + 2)
        begins = np.floor(edges).astype(np.int64) - first
        return Columns(_reduced(np.minimum, sound, begins, 1), _reduced(np.maximum, sound, begins, 1), None)

    def _between_samples(self, edges: NDArray[np.float64]) -> Columns:
        """Straight lines from sample to sample, each of which lies over several columns."""
        first = int(edges[0])
        sound = self.source.read(first, int(edges[-1]) + 2)
        if not len(sound):
            empty = np.zeros((len(edges) - 1, self.channels), np.float32)
            return Columns(empty, empty, None)
        times = np.arange(first, first + len(sound))
        line = np.column_stack([np.interp(edges, times, channel, right=0.0) for channel in sound.T])
        line = line.astype(np.float32)
        return Columns(np.minimum(line[:-1], line[1:]), np.maximum(line[:-1], line[1:]), None)

    def _blocks(self, first: int, last: int) -> tuple[NDArray[np.float32], ...]:
        """Least, greatest and mean square of the fine blocks [first, last), 0 beyond the end."""
        each = _CHUNK // _FINE
        numbers = range(first // each, (last - 1) // each + 1)
        parts = [self._chunk(number) for number in numbers]
        offset = numbers[0] * each
        return tuple(
            np.concatenate([part[kind] for part in parts])[first - offset : last - offset]
            for kind in range(3)
        )

    def _chunk(self, number: int) -> tuple[NDArray[np.float32], ...]:
        if number in self._chunks:
            self._chunks.move_to_end(number)
            return self._chunks[number]
        made = _fine_blocks(self.source.native(number * _CHUNK, (number + 1) * _CHUNK), self.channels)
        self._chunks[number] = made
        if len(self._chunks) > _KEPT:
            self._chunks.popitem(last=False)
        return made


def _fine_blocks(frames: Native, channels: int) -> tuple[NDArray[np.float32], ...]:
    """Least, greatest and mean square of one chunk's blocks; a chunk cut short by the end is filled up with silence."""
    if len(frames) < _CHUNK:
        kind = frames.dtype if len(frames) else np.dtype(np.int16)
        filled = np.zeros((_CHUNK, channels), kind)
        filled[: len(frames)] = frames
        frames = filled
    # Halving along the rows in place of a reduction over a short axis, which numpy does slowly.
    low = high = frames.reshape(-1, _FINE * channels)
    while low.shape[1] > channels:
        half = low.shape[1] // 2
        low, high = np.minimum(low[:, :half], low[:, half:]), np.maximum(high[:, :half], high[:, half:])
    square = np.square(full_scale(frames)).reshape(-1, _FINE * channels)
    while square.shape[1] > channels:
        half = square.shape[1] // 2
        square = square[:, :half] + square[:, half:]
    return full_scale(low), full_scale(high), square / np.float32(_FINE)


def _reduced(
    combine: np.ufunc, values: NDArray[np.float32], begins: NDArray[np.int64], more: int
) -> NDArray[np.float32]:
    """`combine` over values [begins[k], begins[k+1] + more) for every k; 0 where there are none."""
    count = len(begins) - 1
    result = np.zeros((count, values.shape[1]), np.float32)
    inside = int(np.searchsorted(begins[:-1], len(values)))
    if not inside:
        return result
    starts = begins[:inside]
    stops = np.minimum(np.maximum(begins[1 : inside + 1] + more, starts + 1), len(values))
    pairs = np.stack([starts, stops], axis=1).ravel()
    pairs = pairs[:-1] if pairs[-1] >= len(values) else pairs
    result[:inside] = combine.reduceat(values, pairs, axis=0)[::2]
    return result
