"""What a file is before anything is decoded: whether it can be opened, its hash, and what its header promises."""

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job, Progress
from annotator.domain.timeline import clock, to_seconds
from annotator.domain.translation import tr, tr_n

_HASH_BLOCK = 1 << 22
_UNKNOWN_SIZES = (0, 0xFFFFFFFF)  # what writers to a pipe put where they cannot know the size
_PLAIN_WAV = (
    1,
    3,
    6,
    7,
    0xFFFE,
)  # integers, floats, A-law, mu-law, extensible: a frame is `block align` bytes
_LARGEST_OGG_PAGE = 65307
_KNOWN_HASHES = 4096


def require_file(path: Path) -> None:
    """Raises `AnnotatorError` unless `path` is a file that can be read and holds something."""
    if path.is_dir():
        raise AnnotatorError(
            tr('"{path}" is a folder, not an audio file.', path=path), tr("Name a file inside it.")
        )
    try:
        with path.open("rb") as file:
            empty = not file.read(1)
    except FileNotFoundError:
        raise AnnotatorError(
            tr('"{path}" does not exist.', path=path), tr("Check the spelling, or whether it was moved.")
        ) from None
    except PermissionError:
        raise AnnotatorError(
            tr('"{path}" may not be read.', path=path), tr("Give yourself permission to read the file.")
        ) from None
    except OSError as error:
        raise AnnotatorError(
            tr('"{path}" cannot be read: {reason}.', path=path, reason=error.strerror or error),
            tr("Check the disk or the network drive it lies on."),
        ) from None
    if empty:
        raise AnnotatorError(
            tr('"{path}" is empty (0 bytes).', path=path),
            tr("Copy or download it again: the copy did not work."),
        )


def digest(path: Path) -> str:
    """SHA-256 of a file's bytes as they are now; `file_sha256` shows its progress and remembers."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


_hashes: dict[tuple[str, int, int], str] = {}


def file_sha256(path: Path) -> Job[str]:
    """SHA-256 of a file's bytes, remembered while this process runs and the file keeps its size and time."""
    status = path.stat()
    known = (str(path.resolve()), status.st_size, status.st_mtime_ns)
    if known in _hashes:
        return _hashes[known]
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_HASH_BLOCK):
            digest.update(block)
            yield Progress(file.tell(), max(status.st_size, 1), tr("Reading {name}", name=path.name))
    if len(_hashes) >= _KNOWN_HASHES:
        _hashes.clear()
    return _hashes.setdefault(known, digest.hexdigest())


@dataclass(frozen=True, slots=True)
class Defects:
    """Where a file holds less than it says.

    Parameters
    ----------
    promised
        Frames that the header speaks of; `None` where it says nothing that can be trusted.
    damaged
        Places inside the sound that could not be decoded and were left out.
    endless
        The format marks its end and the mark is missing.
    """

    promised: int | None = None
    damaged: int = 0
    endless: bool = False

    def as_dict(self) -> dict[str, object]:
        """The same as plain values, to be written down."""
        return asdict(self)

    def sentence(self, name: str, decoded: int, sample_rate: int, tolerance: int = 0) -> str:
        """A warning for people, or nothing; up to `tolerance` missing frames are no reason to warn.

        >>> Defects(promised=16000).sentence("a.wav", 8000, 16000)
        'a.wav promises 0:01.000 but only 0:00.500 could be decoded: it is cut off or damaged.'
        >>> Defects(promised=8000).sentence("a.wav", 8000, 16000)
        ''
        """
        if self.promised is not None and decoded < self.promised - tolerance:
            return tr(
                "{name} promises {promised} but only {decoded} could be decoded: it is cut off or damaged.",
                name=name,
                promised=clock(to_seconds(self.promised, sample_rate)),
                decoded=clock(to_seconds(decoded, sample_rate)),
            )
        if self.damaged:
            return tr_n(
                "{name} is damaged: {n} piece could not be decoded and was left out.",
                "{name} is damaged: {n} pieces could not be decoded and were left out.",
                self.damaged,
                name=name,
            )
        if self.endless:
            return tr(
                "{name} has no mark at its end: it is probably cut off after {decoded}.",
                name=name,
                decoded=clock(to_seconds(decoded, sample_rate)),
            )
        return ""


def promised_frames(path: Path) -> int | None:
    """Frames that a WAV, RF64 or AIFF header speaks of; `None` for other files and unknown lengths.

    libsndfile quietly lowers its own count to what the file holds, so the header is read here.
    """
    with path.open("rb") as file:
        head = file.read(12)
        if head[:4] in (b"RIFF", b"RF64") and head[8:] == b"WAVE":
            return _promised_by_wav(file)
        if head[:4] == b"FORM" and head[8:] in (b"AIFF", b"AIFC"):
            return _promised_by_aiff(file)
    return None


def _chunks(file: BinaryIO, length: struct.Struct) -> Iterator[tuple[bytes, int]]:
    """Name and size of each chunk after a 12-byte RIFF or FORM header; the file stands at the chunk's body."""
    position = 12
    while True:
        file.seek(position)
        head = file.read(8)
        if len(head) < 8:
            return
        (size,) = length.unpack(head[4:])
        yield head[:4], size
        position += 8 + size + (size & 1)


def _promised_by_wav(file: BinaryIO) -> int | None:
    frame_bytes = 0
    long_size = 0
    for name, size in _chunks(file, struct.Struct("<I")):
        if name == b"ds64":
            (long_size,) = struct.unpack("<8xQ", _exactly(file, 16))
        elif name == b"fmt ":
            tag, align = struct.unpack("<H10xH", _exactly(file, 14))
            frame_bytes = align if tag in _PLAIN_WAV else 0
        elif name == b"data":
            data = long_size if size == 0xFFFFFFFF else size
            return data // frame_bytes if frame_bytes and data not in _UNKNOWN_SIZES else None
    return None


def _promised_by_aiff(file: BinaryIO) -> int | None:
    for name, _ in _chunks(file, struct.Struct(">I")):
        if name == b"COMM":
            frames: int = struct.unpack(">xxI", _exactly(file, 6))[0]
            return frames
    return None


def _exactly(file: BinaryIO, count: int) -> bytes:
    """`count` bytes, zeros standing for what lies behind the end of a cut header."""
    return file.read(count).ljust(count, b"\0")


def mp3_counts_its_frames(path: Path) -> bool:
    """Whether an MP3 begins with a Xing, Info or VBRI header; without one its length is a guess from its size."""
    with path.open("rb") as file:
        head = file.read(10)
        start = 0
        if head[:3] == b"ID3" and len(head) == 10:
            # The size of an ID3v2 tag has seven bits a byte (id3.org, ID3v2.4 section 3.1).
            a, b, c, d = head[6:]
            start = 10 + (a << 21 | b << 14 | c << 7 | d)
        file.seek(start)
        first_frame = file.read(2048)
    return any(mark in first_frame for mark in (b"Xing", b"Info", b"VBRI"))


@dataclass(frozen=True, slots=True)
class OggEnd:
    """What the last page of an Ogg file says: its granule position, and whether it is marked as the last."""

    granule: int
    marked: bool


def ogg_end(path: Path) -> OggEnd:
    """Reads the last page header (RFC 3533, section 6); for Vorbis its granule counts all frames of the stream."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - 2 * _LARGEST_OGG_PAGE))
        tail = file.read()
    header = tail[tail.rfind(b"OggS\0") :][:14]
    if len(header) < 14:
        return OggEnd(granule=-1, marked=False)
    flags, granule = struct.unpack("<5xBq", header)
    return OggEnd(granule, bool(flags & 4))
