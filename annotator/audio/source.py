"""Random access to the decoded samples of a file, whatever its format.

WAV, FLAC, AIFF and their like are read in place. Formats in which a seek is inexact or slow (Ogg, MP3, m4a, mp4,
webm, ...) are decoded once from start to end, into the cache or into memory, so that the samples seen, heard and
exported are the same ones; see `ffmpeg` for what is decoded.
"""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Self
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray

from annotator.audio.container import file_sha256, require_file
from annotator.audio.copies import CopyingDecoding, Told, copy_path, open_copy
from annotator.audio.ffmpeg import FfmpegDecoding
from annotator.audio.pcm import BLOCK, Blocks, Decoding, Native, PcmArray, PcmFile, exact_file, full_scale
from annotator.domain.progress import Job, Progress, finish
from annotator.domain.translation import tr

_SUFFIXES = (
    "wav wave bwf rf64 w64 flac aif aiff aifc au snd caf ogg oga opus spx mp3 mp2 m4a m4b aac mp4 m4v mov 3gp webm "
    "mka mkv avi wma wmv asf ac3 eac3 amr ape wv tta mpg mpeg ts"
)
AUDIO_SUFFIXES: frozenset[str] = frozenset("." + suffix for suffix in _SUFFIXES.split())
"""Endings, in lower case, of files that are looked for in folders; the content decides, not the name."""


class AudioSource:
    """Decoded samples of one file with sample-exact random access; a context manager.

    One thread at a time may read; open a source for each thread. `samples` counts the frames that can be decoded.
    In a FLAC file damaged in its middle the damage is found when it is reached: `samples` then falls to the frames
    before it, and `warning` says so.

    Parameters
    ----------
    path
        The file as the user knows it.
    store
        Where its decoded frames are: the file itself, a decoded copy, or memory.
    """

    def __init__(self, path: Path, store: PcmFile | PcmArray) -> None:
        self.path = path
        self._store = store
        self.sample_rate = store.sample_rate
        self.channels = store.channels
        self.subtype = store.subtype
        """Encoding of the samples in libsndfile's words: `PCM_16`, `PCM_24`, `FLOAT`, ..."""

    @property
    def samples(self) -> int:
        """Frames that can be decoded."""
        return self._store.samples

    @property
    def warning(self) -> str:
        """One sentence where header or file promise more than can be decoded, else empty."""
        return self._store.warning

    def native(self, start: int, stop: int) -> Native:
        """Frames of [start, stop) as they are stored: `int16`, `int32` (left-aligned), `float32` or `float64`.

        Clipped to the file, shape (n, channels). NaN and infinity come as 0.
        """
        return self._store.frames(start, stop)

    def read(self, start: int, stop: int) -> NDArray[np.float32]:
        """Frames of [start, stop), clipped to the file: shape (n, channels), full scale 1.

        Exact for up to 24 bits. Float files may exceed 1.
        """
        return full_scale(self.native(start, stop))

    def mono(self, start: int, stop: int) -> NDArray[np.float32]:
        """The mean of the channels over [start, stop), clipped to the file: shape (n,)."""
        frames = self.read(start, stop)
        total = frames[:, 0].copy()
        for channel in range(1, self.channels):  # far faster than `mean(axis=1)` over rows of two
            total += frames[:, channel]
        total /= self.channels
        return total

    def blocks(self, size: int = BLOCK) -> Iterator[NDArray[np.float32]]:
        """All frames from the start, in blocks of `size` (the last may be shorter), as `read` gives them."""
        return map(full_scale, self.native_blocks(size))

    def native_blocks(self, size: int = BLOCK) -> Blocks:
        """The same as they are stored (see `native`)."""
        start = 0
        while len(block := self.native(start, start + size)):
            yield block
            start += len(block)

    def close(self) -> None:
        """Lets go of the file; closing twice does no harm."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_source(path: Path, *, cache: Path | None = None) -> AudioSource:
    """Opens a file for random access.

    Parameters
    ----------
    path
        Any audio file, or a video with sound.
    cache
        The corpus's cache folder. Formats that cannot be sought exactly are decoded once into `cache/pcm`; this
        takes seconds for an hour of sound: run `prepare` first where someone waits. Without a cache,
        or one that cannot be written, they are decoded into memory (2 bytes a sample: an hour of stereo is 640 MB).

    Raises
    ------
    AnnotatorError
        The file is missing, a folder, empty, not readable, or holds no sound.
    """
    decoding = finish(open_decoding(path, cache=cache))
    if isinstance(decoding, PcmFile):
        return AudioSource(path, decoding)
    with closing(decoding):
        if isinstance(decoding, CopyingDecoding):
            for _ in decoding.blocks():
                pass
            copied = decoding.copy()
            return AudioSource(path, copied) if copied is not None else open_source(path)
        return AudioSource(path, _in_memory(path, decoding))


def is_read_in_place(path: Path) -> bool:
    """Whether `open_source` takes no longer than opening the file; others are decoded first. Raises as it does."""
    require_file(path)
    direct = exact_file(path)
    if direct is not None:
        direct.close()
    return direct is not None


#: Decoded sounds in memory that are in use, by file and the time it was written: two readers share one.
_held: WeakValueDictionary[tuple[Path, int, int], PcmArray] = WeakValueDictionary()


def _in_memory(path: Path, decoding: Decoding) -> PcmArray:
    state = path.stat()
    key = (path.resolve(), state.st_size, state.st_mtime_ns)
    held = _held.get(key)
    if held is None:
        frames = np.concatenate(list(decoding.blocks()))
        held = _held[key] = PcmArray(frames, decoding.sample_rate, decoding.subtype, decoding.warning)
    return held


def prepare(path: Path, cache: Path, uncached: Told | None = None) -> Job[None]:
    """Decodes a file into the cache where its format needs it, so that `open_source` is quick afterwards.

    Where it cannot be kept there, `uncached` is told why. Closed at a `yield` it leaves nothing behind. Raises
    `AnnotatorError` as `open_source` does.
    """
    decoding = yield from open_decoding(path, cache=cache, uncached=uncached)
    with closing(decoding):
        if isinstance(decoding, PcmFile):
            return
        with closing(decoding.blocks()) as blocks:
            for _ in blocks:
                yield Progress(decoding.fraction, 1.0, tr("Decoding {name}", name=path.name))


def open_decoding(path: Path, *, cache: Path | None = None, uncached: Told | None = None) -> Job[Decoding]:
    """Opens a file for one pass from start to end over the same samples that `open_source` gives.

    With a cache, a format that needs a decoded copy is read from it, or leaves one there once all blocks were
    read; where it cannot, `uncached` is told why. Raises `AnnotatorError` as `open_source` does.
    """
    require_file(path)
    direct = exact_file(path)
    if direct is not None:
        return direct
    if cache is None:
        return FfmpegDecoding(path)
    target = copy_path(cache, (yield from file_sha256(path)))
    return open_copy(target, path.name) or CopyingDecoding(FfmpegDecoding(path), target, uncached)
