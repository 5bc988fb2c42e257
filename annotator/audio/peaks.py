"""Peak pyramids: least, greatest and mean square of the sound at growing block sizes, for drawing any length at once.

Blocks of `BASE` frames are computed from every sample, as it is stored (16-bit integers stay so): the channels are
laid out one after the other, and each block is then one long row, which numpy reduces as fast as memory allows. A
reduction of interleaved frames would run over rows of two and take twenty times as long. Larger blocks are made of
sixteen smaller ones.

A pyramid is a cache: `PeakPyramid.load` gives `None` where the saved file is missing, damaged or of other sound, and
`measuring.build` then makes it anew.
"""

import struct
import sys
import zlib
from bisect import bisect_right
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from annotator.audio.aside import written_aside
from annotator.audio.pcm import Native, full_scale

BASE = 256
"""Frames in a block of the finest level."""

_FACTOR = 16
SIZES: tuple[int, ...] = (256, 4096, 65536)
"""Frames in a block of each level; a screen of ten hours reads 25,000 of the largest."""

_RESERVED = 1 << 23  # blocks reserved on the word of a header; more are reserved when they come

# magic, version, sampling rate, channels, kind of sample, base, levels, samples, CRC-32 of what follows
_HEADER = struct.Struct("<8sIIIIIIQI4x")
_MAGIC = b"ANNPEAKS"
_VERSION = 1
KINDS = (np.dtype("<i2"), np.dtype("<f4"))
"""Kinds of samples that a pyramid keeps: integers of up to 16 bits, and all others."""


class _Level:
    """Blocks of one size: least and greatest sample and sum of squares (full scale 1), shape (channels, blocks)."""

    def __init__(self, blocks: int, channels: int, kind: np.dtype[Any]) -> None:
        self.low: NDArray[Any] = np.zeros((channels, blocks), kind)
        self.high: NDArray[Any] = np.zeros((channels, blocks), kind)
        self.energy: NDArray[np.float32] = np.zeros((channels, blocks), np.float32)

    def arrays(self) -> tuple[NDArray[Any], ...]:
        """Energies first: so every array in a saved file begins at a multiple of its item size."""
        return self.energy, self.low, self.high

    def reserve(self, blocks: int) -> None:
        """Makes room; who is reading the old arrays keeps them."""
        present = self.low.shape[1]
        if blocks > present:
            more = ((0, 0), (0, max(blocks, present * 3 // 2) - present))
            self.energy, self.low, self.high = (np.pad(array, more) for array in self.arrays())

    def cut(self, blocks: int) -> None:
        self.energy, self.low, self.high = (array[:, :blocks] for array in self.arrays())


class PeakPyramid:
    """Least, greatest and mean square of each channel over blocks of 256, 4,096 and 65,536 frames.

    Exact: least and greatest are those of every sample in a block (32- and 64-bit samples as float32); sums of squares
    have float32 precision (about 1e-6 relative). A pyramid may be read by one thread while another appends to it:
    everything before `valid` is final, and so are the peaks before `outlined` in blocks of 65,536 frames;
    `overview_complete` says that these reach to the end.

    Parameters
    ----------
    sample_rate, channels
        Of the recording.
    samples
        Frames there will be; a guess while the recording is decoded, right once `complete` is true.
    kind
        Sample type of the blocks, `int16` or `float32`.
    """

    def __init__(self, sample_rate: int, channels: int, samples: int, kind: np.dtype[Any]) -> None:
        self.sample_rate = sample_rate
        self.channels = channels
        self.samples = samples
        self.valid = 0
        self.outlined = 0
        self.overview_complete = False
        self.complete = False
        self.kind = np.dtype(kind)
        self._levels = [_Level(min(_blocks(samples, size), _RESERVED), channels, self.kind) for size in SIZES]

    def append(self, frames: Native) -> None:
        """Adds the frames that follow, shape (n, channels), native or float32.

        Every call but the last brings a multiple of 65,536 frames.
        """
        if self.valid % SIZES[-1]:
            raise ValueError("frames were appended after the end of the recording")
        if frames.dtype != self.kind:
            frames = full_scale(frames)
        first = self.valid // BASE
        whole = len(frames) // BASE * BASE
        self._put(first, frames[:whole])
        rest = frames[whole:]
        if len(rest):
            last = first + whole // BASE
            # The last frame again and again changes no peak; the energy must not count it more than once.
            self._put(last, np.pad(rest, ((0, BASE - len(rest)), (0, 0)), mode="edge"))
            self._levels[0].energy[:, last] = np.square(full_scale(rest)).sum(axis=0)
        self._raise_levels(first, first + _blocks(len(frames), BASE))
        self.valid += len(frames)
        self.outlined = max(self.outlined, self.valid)
        self.samples = max(self.samples, self.valid)

    def outline(self, low: NDArray[Any], high: NDArray[Any], frames: int) -> None:
        """Adds peaks of the largest blocks, (blocks, channels), that follow `outlined`; `append` makes all the rest.

        They stand for `frames` frames: a multiple of 65,536, but at the end of the recording.
        """
        first, level = self.outlined // SIZES[-1], self._levels[-1]
        level.reserve(first + len(low))
        level.low[:, first : first + len(low)] = low.T
        level.high[:, first : first + len(high)] = high.T
        self.outlined += frames

    def finish(self) -> None:
        """Says that the recording ends at `valid`."""
        self.samples = self.outlined = self.valid
        self.overview_complete = True
        for size, level in zip(SIZES, self._levels, strict=True):
            level.cut(_blocks(self.valid, size))
        self.complete = True

    def summary(
        self, start: int, stop: int, columns: int
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        """Least, greatest and mean square of [start, stop) in `columns` equal parts, each of shape (columns, channels).

        The coarsest level with at least one whole block in a column is read. Column k stands for the samples from
        start + k w to start + (k + 1) w, w = (stop - start) / columns, widened outwards to block boundaries: exact
        where these fall on block boundaries, else no peak is ever missed, but one less than a block outside may be
        included. Below one block of 256 frames a column (`w < BASE`) this is coarse: read the file instead.
        Columns that begin at or after `valid` are 0, but for the least and greatest of columns of 65,536 frames and
        more, which are known as far as `outlined`.

        >>> pyramid = PeakPyramid(8000, 1, 512, np.dtype(np.int16))
        >>> pyramid.append(np.repeat([[-16384], [8192]], 256, axis=0).astype(np.int16))
        >>> pyramid.finish()
        >>> low, high, mean_square = pyramid.summary(0, 512, 2)
        >>> low.ravel(), high.ravel(), mean_square.ravel()
        (array([-0.5 ,  0.25], dtype=float32), array([-0.5 ,  0.25], dtype=float32),
         array([0.25  , 0.0625], dtype=float32))
        """
        if not 0 <= start < stop or columns < 1:
            raise ValueError(f"no columns in [{start}, {stop})")
        width = (stop - start) / columns
        number = max(bisect_right(SIZES, width) - 1, 0)
        size = SIZES[number]
        valid = max(self.valid, self.outlined) if size == SIZES[-1] else self.valid
        level = self._levels[number]
        energy, low, high = level.arrays()

        # Column k is [edges[k], edges[k + 1]) / columns: in integers, so that block boundaries are met exactly.
        edges = start * columns + np.arange(columns + 1) * (stop - start)
        shown = int(np.searchsorted(edges[:-1], valid * columns))  # columns that begin before `valid`
        begins = edges[:-1][:shown] // (columns * size)
        ends = np.minimum(-(-edges[1:][:shown] // (columns * size)), _blocks(valid, size))
        results = [np.zeros((columns, self.channels), np.float32) for _ in range(3)]
        if shown:
            counted = np.minimum(ends * size, valid) - begins * size
            results[0][:shown] = full_scale(_over(np.minimum, low, begins, ends)).T
            results[1][:shown] = full_scale(_over(np.maximum, high, begins, ends)).T
            results[2][:shown] = (_over(np.add, energy, begins, ends) / counted).T
        return results[0], results[1], results[2]

    def save(self, path: Path) -> None:
        """Writes a complete pyramid, aside first and then into place."""
        if not self.complete:
            raise ValueError("the pyramid is not complete")
        path.parent.mkdir(parents=True, exist_ok=True)
        arrays = [np.ascontiguousarray(array) for level in self._levels for array in level.arrays()]
        checksum = 0
        for array in arrays:
            checksum = zlib.crc32(array.data, checksum)
        kind = KINDS.index(self.kind)
        header = _HEADER.pack(
            _MAGIC, _VERSION, self.sample_rate, self.channels, kind, BASE, len(SIZES), self.samples, checksum
        )
        with written_aside(path) as partial, partial.open("wb") as file:
            file.write(header)
            for array in arrays:
                file.write(array.data)

    @staticmethod
    def load(path: Path, *, sample_rate: int, channels: int, samples: int) -> "PeakPyramid | None":
        """A saved pyramid, memory-mapped; `None` where there is none, or it is damaged or of another recording."""
        try:
            with path.open("rb") as file:
                fields = _HEADER.unpack(file.read(_HEADER.size))
            content = np.memmap(path, np.uint8, "r", offset=_HEADER.size)
        except (OSError, ValueError, struct.error):
            return None
        kind = fields[4]
        checksum = zlib.crc32(content.data)
        expected = (_MAGIC, _VERSION, sample_rate, channels, kind, BASE, len(SIZES), samples, checksum)
        if fields != expected or kind >= len(KINDS):
            return None
        pyramid = PeakPyramid(sample_rate, channels, 0, KINDS[kind])
        position = 0
        for size, level in zip(SIZES, pyramid._levels, strict=True):
            shape = (channels, _blocks(samples, size))
            views = []
            for array in level.arrays():
                stop = position + shape[1] * channels * array.itemsize
                views.append(content[position:stop].view(array.dtype).reshape(shape))
                position = stop
            level.energy, level.low, level.high = views
        pyramid.samples = pyramid.valid = pyramid.outlined = samples
        pyramid.overview_complete = pyramid.complete = True
        return pyramid

    def _put(self, first: int, frames: Native) -> None:
        """Makes the finest blocks from `first` on out of whole blocks of frames."""
        stop = first + len(frames) // BASE
        if stop == first:
            return
        level = self._levels[0]
        level.reserve(stop)
        planar = _planar(frames)
        # A reduction along an axis takes longer to begin each row of 256 than `reduceat` takes for all of it.
        starts = np.arange(0, planar.size, BASE)
        for combine, peaks in ((np.minimum, level.low), (np.maximum, level.high)):
            peaks[:, first:stop] = combine.reduceat(planar.ravel(), starts).reshape(self.channels, -1)
        rows = planar.reshape(self.channels, -1, BASE)
        floats = rows.astype(np.float32, copy=False)
        energy = np.vecdot(floats, floats)
        if rows.dtype.kind != "f":
            energy *= np.float32(1 / float(np.iinfo(rows.dtype).min) ** 2)
        level.energy[:, first:stop] = energy

    def _raise_levels(self, begin: int, end: int) -> None:
        """Makes the coarser blocks over the finest blocks [begin, end)."""
        for finer, level in pairwise(self._levels):
            energy, low, high = (array[:, begin:end] for array in finer.arrays())
            begin, end = begin // _FACTOR, -(-end // _FACTOR)
            level.reserve(end)
            level.low[:, begin:end] = _grouped(low, mode="edge").min(axis=2)
            level.high[:, begin:end] = _grouped(high, mode="edge").max(axis=2)
            level.energy[:, begin:end] = _grouped(energy, mode="constant").sum(axis=2)


def _blocks(frames: int, size: int) -> int:
    """Blocks of a size that hold so many frames, the last perhaps in part."""
    return -(-frames // size)


def _planar(frames: Native) -> Native:
    """Frames (n, channels) as contiguous channels (channels, n); what is so already is not copied."""
    if frames.T.flags.c_contiguous:
        return frames.T
    if frames.dtype == np.int16 and frames.shape[1] == 2 and sys.byteorder == "little":
        # A stereo frame read as one 32-bit number holds the left sample in its lower half and the right one in its
        # upper half; taking halves is twice as fast as copying every other sample.
        both = np.ascontiguousarray(frames).view(np.int32)[:, 0]
        planar = np.empty((2, len(frames)), np.int16)
        planar[0] = both  # an assignment to fewer bits keeps the lower ones
        planar[1] = both >> 16
        return planar
    copied: Native = np.ascontiguousarray(frames.T)
    return copied


def _grouped(blocks: Native, *, mode: Literal["edge", "constant"]) -> Native:
    """Blocks (channels, n) in groups (channels, n / 16, 16), the last filled up with its last block or with zeros."""
    missing = -blocks.shape[1] % _FACTOR
    if missing:
        blocks = np.pad(blocks, ((0, 0), (0, missing)), mode=mode)
    return blocks.reshape(len(blocks), -1, _FACTOR)


def _over(
    combine: np.ufunc, blocks: Native, begins: NDArray[np.int64], ends: NDArray[np.int64]
) -> NDArray[Any]:
    """`combine` over the blocks [begins[k], ends[k]) of each column k, none of them empty: (channels, columns)."""
    window = blocks[:, begins[0] : ends[-1]]
    # `reduceat` takes no index behind the last block, which an end may be: one more block, never reduced.
    window = np.concatenate([window, window[:, -1:]], axis=1)
    bounds = np.stack([begins, ends], axis=1).ravel() - begins[0]
    kind = np.float64 if combine is np.add else window.dtype
    columns: NDArray[Any] = combine.reduceat(window, bounds, axis=1, dtype=kind)[:, ::2]
    return columns
