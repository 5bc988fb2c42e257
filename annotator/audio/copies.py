"""Decoded copies in the corpus's cache, for formats that cannot be sought in exactly.

A copy is an RF64 file (a WAV without the 4 GiB limit) named after the SHA-256 of the original. Its comment says what
was wrong with the original. It is written aside and moved into place when it is complete; deleting it is safe.
"""

import json
import shutil
import time
from collections.abc import Callable, Generator
from contextlib import closing
from pathlib import Path
from typing import TypeAlias

import soundfile

from annotator.audio.aside import PARTIAL, written_aside
from annotator.audio.container import Defects, promised_frames
from annotator.audio.ffmpeg import FfmpegDecoding, warning_of
from annotator.audio.pcm import Blocks, Native, PcmFile
from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr

Told: TypeAlias = Callable[[AnnotatorError], None]
"""Is told why something could not be kept in the cache."""

_ABANDONED = 3600.0  # s without a write after which a partial file can only be what a crash left behind


def copy_path(cache: Path, sha256: str) -> Path:
    """Where the decoded copy of the file with this SHA-256 lies.

    >>> copy_path(Path("talks.corpus/cache"), "ab12").as_posix()
    'talks.corpus/cache/pcm/ab12.wav'
    """
    return cache / "pcm" / f"{sha256}.wav"


def open_copy(copy: Path, name: str) -> PcmFile | None:
    """The decoded copy of the file called `name`; `None` where there is none, or none that is whole."""
    try:
        with soundfile.SoundFile(copy) as sound:
            frames, sample_rate, comment = sound.frames, sound.samplerate, sound.comment
        defects = Defects(**json.loads(comment))
    except (soundfile.LibsndfileError, ValueError, TypeError):
        return None
    if frames < (promised_frames(copy) or 0):
        return None
    return PcmFile(copy, warning_of(defects, name, frames, sample_rate))


class CopyingDecoding:
    """A decoding (see `pcm.Decoding`) that leaves a decoded copy when its last block was read.

    A disk that is full or may not be written to costs the copy and nothing else: all blocks come all the same, and
    `copy` gives `None`.

    Parameters
    ----------
    decoding
        What is decoded; closed with this.
    copy
        Where the copy goes.
    uncached
        Called, at most once, with the reason why there will be no copy.
    """

    def __init__(self, decoding: FfmpegDecoding, copy: Path, uncached: Told | None = None) -> None:
        self._decoding = decoding
        self._copy = copy
        self._uncached = uncached
        self._copied = False
        self.sample_rate = decoding.sample_rate
        self.channels = decoding.channels
        self.subtype = decoding.subtype
        self.expected = decoding.expected

    @property
    def fraction(self) -> float:
        """Share of the file decoded so far, 0..1."""
        return self._decoding.fraction

    @property
    def warning(self) -> str:
        """What was wrong with the file, known once all blocks were read."""
        return self._decoding.warning

    def blocks(self) -> Blocks:
        """Native frames from the start; the copy is in place when the last was read, or not at all."""
        with closing(self._writing()) as writing:
            able = self._give(writing, None)
            for block in self._decoding.blocks():
                able = able and self._give(writing, block)
                yield block
            self._copied = able and self._give(writing, None)

    def _give(self, writing: Generator[None, Native | None, None], block: Native | None) -> bool:
        """Hands on a block, or `None` before the first and after the last; `False` where it cannot be written."""
        try:
            writing.send(block)
        except StopIteration:
            return True
        except AnnotatorError as error:
            if self._uncached is not None:
                self._uncached(error)
            return False
        return True

    def _writing(self) -> Generator[None, Native | None, None]:
        """Takes block after block, then `None`, and puts the copy in place."""
        folder = self._copy.parent
        self._make_room(folder)
        _remove_abandoned(folder)
        with (
            written_aside(self._copy, durable=True) as partial,
            soundfile.SoundFile(
                partial, "w", self.sample_rate, self.channels, self.subtype, format="RF64"
            ) as sound,
        ):
            while (block := (yield)) is not None:
                sound.write(block)
            sound.comment = json.dumps(self._decoding.defects.as_dict())

    def _make_room(self, folder: Path) -> None:
        """Makes the folder; asks first whether there is space, as filling up the disk would hinder others."""
        needed = self.expected * self.channels * (2 if self.subtype == "PCM_16" else 4)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            free = shutil.disk_usage(folder).free
        except OSError as error:
            raise AnnotatorError(
                tr(
                    'The cache folder "{folder}" cannot be made: {reason}.',
                    folder=folder,
                    reason=error.strerror,
                ),
                tr("Give yourself permission to write there."),
            ) from error
        if free < needed:
            raise AnnotatorError(
                tr(
                    'There is no space for the decoded sound in "{folder}": {needed} MB are needed, {free} MB free.',
                    folder=folder,
                    needed=needed // 10**6 + 1,
                    free=free // 10**6,
                ),
                tr("Free some space; until then the sound is kept in memory."),
            )

    def copy(self) -> PcmFile | None:
        """The finished copy, opened; `None` where it could not be written."""
        return PcmFile(self._copy, self.warning) if self._copied else None

    def close(self) -> None:
        """Lets go of the original."""
        self._decoding.close()


def _remove_abandoned(folder: Path) -> None:
    for leftover in folder.glob(f".*{PARTIAL}"):
        try:
            if time.time() - leftover.stat().st_mtime > _ABANDONED:
                leftover.unlink()
        except FileNotFoundError:
            continue  # its writer finished or another process tidied up first
