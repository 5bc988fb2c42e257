"""Decodes a file once to learn what it really holds."""

import hashlib
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from annotator.audio.container import file_sha256, require_file
from annotator.audio.pcm import Native, full_scale
from annotator.audio.source import open_decoding
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job, Progress
from annotator.domain.translation import tr


@dataclass(frozen=True, slots=True)
class Probe:
    """What a file holds: frames counted by decoding, never taken from a header.

    `sha256` is that of the file's bytes, `pcm_hash` that of its sound (see `PcmHash`). `warning` is a sentence where
    header or file promise more than could be decoded, else empty.
    """

    sample_rate: int
    samples: int
    channels: int
    sha256: str
    pcm_hash: str
    warning: str


class PcmHash:
    """SHA-256 of sound, the same for the same samples in whatever file they are kept.

    Hashed are the sampling rate and the number of channels (two unsigned 32-bit integers), then all frames,
    interleaved, as 32-bit floats of full scale 1, all little-endian, with -0 as +0. Integers of up to 24 bits are
    exact in such floats, so WAV, FLAC and float WAV of one sound agree.

    >>> short, long = PcmHash(8000, 1), PcmHash(8000, 1)
    >>> short.update(np.array([[16384]], np.int16))
    >>> long.update(np.array([[0.5]], np.float64))
    >>> short.hexdigest() == long.hexdigest()
    True
    """

    def __init__(self, sample_rate: int, channels: int) -> None:
        self._digest = hashlib.sha256(np.array([sample_rate, channels], "<u4").tobytes())

    def update(self, frames: Native) -> None:
        """Adds frames as `AudioSource.native` or `.read` gives them, shape (n, channels)."""
        values = full_scale(frames)
        if frames.dtype.kind == "f":
            values = values + np.float32(0)  # -0 + 0 = +0
        self._digest.update(np.ascontiguousarray(values, "<f4").data)

    def hexdigest(self) -> str:
        """64 hexadecimal digits."""
        return self._digest.hexdigest()


def probe(path: Path, *, cache: Path | None = None) -> Job[Probe]:
    """Reads and decodes a whole file.

    Parameters
    ----------
    path
        Any audio file, or a video with sound.
    cache
        The corpus's cache folder: a format that needs a decoded copy leaves it there on the way, so that the file
        is decoded only once.

    Raises
    ------
    AnnotatorError
        The file is missing, a folder, empty, not readable, or holds no sound. A file that is merely cut off or
        damaged is accepted with the length that can be decoded, and a warning.
    """
    require_file(path)
    sha256 = yield from file_sha256(path)
    decoding = yield from open_decoding(path, cache=cache)
    with closing(decoding), closing(decoding.blocks()) as blocks:
        samples = 0
        pcm_hash = PcmHash(decoding.sample_rate, decoding.channels)
        for block in blocks:
            samples += len(block)
            pcm_hash.update(block)
            yield Progress(decoding.fraction, 1.0, tr("Decoding {name}", name=path.name))
        if samples == 0:
            raise AnnotatorError(
                tr('"{path}" holds no sound: not one sample could be decoded.', path=path),
                tr("Copy or download it again."),
            )
        return Probe(
            sample_rate=decoding.sample_rate,
            samples=samples,
            channels=decoding.channels,
            sha256=sha256,
            pcm_hash=pcm_hash.hexdigest(),
            warning=decoding.warning,
        )
