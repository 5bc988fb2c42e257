"""Stored samples with exact random access: a file that libsndfile reads as it is, or an array in memory.

Frames come as the file stores them ("native"): `int16` for up to 16 bits, `int32` (left-aligned, as libsndfile
gives them) for 24 and 32 bits, `float32`, `float64`.
"""

import os
from collections.abc import Generator
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import numpy as np
import soundfile
from numpy.typing import NDArray

from annotator.audio.container import Defects, promised_frames

Native: TypeAlias = NDArray[Any]
"""Frames of shape (n, channels) in `int16`, `int32`, `float32` or `float64`."""

Blocks: TypeAlias = Generator[Native, None, None]
"""Frames that follow one another, from the start of the sound; to be closed by who stops early."""

BLOCK = 1 << 18
"""Frames a linear decoder gives at a time (about 6 s): large for numpy, small for a progress bar."""

#: Kind of array for each encoding whose frames can be sought exactly.
NATIVE_TYPES = {
    "PCM_S8": "int16",
    "PCM_U8": "int16",
    "PCM_16": "int16",
    "ULAW": "int16",
    "ALAW": "int16",
    "PCM_24": "int32",
    "PCM_32": "int32",
    "FLOAT": "float32",
    "DOUBLE": "float64",
}
_SOUGHT_EXACTLY = frozenset({"WAV", "WAVEX", "RF64", "W64", "AIFF", "AU", "CAF", "FLAC", "NIST"})
_SMALL_STEP = 256
_FLAC_TAIL = 1 << 16  # frames; no block of a FLAC file is longer


class Decoding(Protocol):
    """The decoded sound of one file from start to end, once."""

    sample_rate: int
    channels: int
    subtype: str

    @property
    def expected(self) -> int:
        """Frames there will probably be, for progress and for reserving memory."""
        ...

    @property
    def fraction(self) -> float:
        """Share of the file decoded so far, 0..1."""
        ...

    @property
    def warning(self) -> str:
        """What was wrong with the file, known once all blocks were read; empty where nothing was."""
        ...

    def blocks(self) -> Blocks:
        """Native frames from the start, each block of `BLOCK` frames but the last."""
        ...

    def close(self) -> None:
        """Lets go of the file."""
        ...


def full_scale(frames: Native) -> NDArray[np.float32]:
    """Native frames as float32 with full scale 1: exact for up to 24 bits, rounded beyond.

    >>> full_scale(np.array([[-32768, 16384]], np.int16))
    array([[-1. ,  0.5]], dtype=float32)
    """
    if frames.dtype.kind == "f":
        return frames.astype(np.float32, copy=False)
    scale = np.float32(1 / -float(np.iinfo(frames.dtype).min))
    return np.multiply(frames, scale, dtype=np.float32, casting="unsafe")


def exact_file(path: Path) -> "PcmFile | None":
    """`path` as a `PcmFile` where libsndfile reads it with exact seeks to its very end, else `None`."""
    try:
        with _opened(path) as sound:
            fits = sound.format in _SOUGHT_EXACTLY and sound.subtype in NATIVE_TYPES and sound.frames > 0
            if fits:
                # A seek is exact by arithmetic in all but FLAC, where the last blocks must be decoded to know.
                tail = min(_FLAC_TAIL if sound.format == "FLAC" else 1, sound.frames)
                sound.seek(sound.frames - tail)
                fits = len(sound.read(tail, dtype=NATIVE_TYPES[sound.subtype])) == tail
    except soundfile.LibsndfileError:
        return None
    return PcmFile(path) if fits else None


def _opened(path: Path) -> Any:
    # By descriptor, not by name: soundfile takes names ending in .raw for headerless samples.
    return soundfile.SoundFile(os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0)), closefd=True)


class PcmFile:
    """A file that libsndfile seeks in exactly (WAV, FLAC, AIFF, ...).

    `samples` is what can be decoded. A FLAC file damaged in its middle is found out only when the place is reached;
    `samples` then falls to the frames before it and `warning` says so.

    Parameters
    ----------
    path
        The file.
    warning
        What is wrong with it, where that is already known.
    """

    def __init__(self, path: Path, warning: str = "") -> None:
        self._path = path
        self._warning = warning
        self._sound = _opened(path)
        self._position = 0
        self._tail: Native | None = None
        self.sample_rate: int = self._sound.samplerate
        self.channels: int = self._sound.channels
        self.subtype: str = self._sound.subtype
        self.format: str = self._sound.format
        self.samples: int = self._sound.frames
        self._promised = promised_frames(path) or self.samples

    @property
    def expected(self) -> int:
        """Frames in the file."""
        return self.samples

    @property
    def fraction(self) -> float:
        """Share of the file before the place last read."""
        return self._position / max(self.samples, 1)

    @property
    def warning(self) -> str:
        """What is wrong with the file as far as is known now; empty where nothing is."""
        return self._warning or Defects(self._promised).sentence(
            self._path.name, self.samples, self.sample_rate
        )

    def frames(self, start: int, stop: int) -> Native:
        """Native frames of [start, stop) as far as they lie in the file."""
        start, stop = clipped(start, stop, self.samples)
        try:
            found = self._read(start, stop)
        except soundfile.LibsndfileError:
            self.samples = self._decodable()
            start, stop = clipped(start, stop, self.samples)
            found = self._read(start, stop)
        self._position = start + len(found)
        return found

    def blocks(self) -> Blocks:
        """Native frames from the start, each block of `BLOCK` frames but the last."""
        position = 0
        while len(block := self.frames(position, position + BLOCK)):
            position += len(block)
            yield block

    def close(self) -> None:
        """Closes the file."""
        self._sound.close()

    def _read(self, start: int, stop: int) -> Native:
        """Frames of [start, stop), which lies in the file."""
        if self.format != "FLAC":
            return self._read_on(start, stop)
        # A seek into the last block makes libFLAC decode the whole file (5 s for an hour), so the end is kept.
        bound = max(0, self._sound.frames - _FLAC_TAIL)
        if stop <= bound:
            return self._read_on(start, stop)
        if self._tail is None:
            self._tail = self._read_on(bound, self._sound.frames)
        tail = self._tail[max(start - bound, 0) : stop - bound]
        return np.concatenate([self._read_on(start, bound), tail]) if start < bound else tail.copy()

    def _read_on(self, start: int, stop: int) -> Native:
        if start >= stop:
            return np.empty((0, self.channels), NATIVE_TYPES[self.subtype])
        if self._sound.tell() != start:  # seeking to where it stands costs time too
            self._sound.seek(start)
        found: Native = self._sound.read(stop - start, dtype=NATIVE_TYPES[self.subtype], always_2d=True)
        return without_nonsense(found)

    def _decodable(self) -> int:
        """Frames before the first damage, to within `_SMALL_STEP`, reading from the start.

        A libsndfile handle that met an error stays broken, so each step opens the file anew.
        """
        good = 0
        for step in (BLOCK, 4096, _SMALL_STEP):
            self._reopen()
            try:
                while good < self.samples:
                    good += len(self._read(good, min(good + step, self.samples)))
            except soundfile.LibsndfileError:
                continue
        self._reopen()
        return good

    def _reopen(self) -> None:
        self._sound.close()
        self._sound = _opened(self._path)


class PcmArray:
    """Decoded frames in memory, with the same access as `PcmFile`."""

    def __init__(self, frames: Native, sample_rate: int, subtype: str, warning: str) -> None:
        self._frames = frames
        self.sample_rate = sample_rate
        self.samples, self.channels = frames.shape
        self.subtype = subtype
        self.warning = warning

    def frames(self, start: int, stop: int) -> Native:
        """Native frames of [start, stop) as far as there are any."""
        start, stop = clipped(start, stop, self.samples)
        return self._frames[start:stop].copy()

    def close(self) -> None:
        """Nothing to let go of but memory."""


def clipped(start: int, stop: int, samples: int) -> tuple[int, int]:
    """[start, stop) cut to [0, samples); empty where they do not meet.

    >>> clipped(-5, 3, 10), clipped(12, 20, 10), clipped(4, 2, 10)
    ((0, 3), (10, 10), (4, 4))
    """
    start = min(max(start, 0), samples)
    return start, max(start, min(stop, samples))


def without_nonsense(frames: Native) -> Native:
    """Float frames with silence where a sample is infinite or not a number: one such would spoil every sum."""
    if frames.dtype.kind == "f" and not np.isfinite(frames).all():
        np.nan_to_num(frames, copy=False, nan=0.0, posinf=0.0, neginf=0.0)
    return frames
