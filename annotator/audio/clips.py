"""Cutting segments out as files of their own, sample by sample the same."""

import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import soundfile

from annotator.audio.aside import written_aside
from annotator.audio.pcm import BLOCK, NATIVE_TYPES, Native, clipped
from annotator.audio.source import AudioSource
from annotator.audio.treatment import Treated, Treatment, treat
from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr

#: Encoding of a clip for each encoding of its source: the same where the format has it, else the nearest.
_ENCODINGS = {
    ".wav": {
        "PCM_S8": "PCM_U8",
        "PCM_U8": "PCM_U8",
        "PCM_16": "PCM_16",
        "ULAW": "ULAW",
        "ALAW": "ALAW",
        "PCM_24": "PCM_24",
        "PCM_32": "PCM_32",
        "FLOAT": "FLOAT",
        "DOUBLE": "DOUBLE",
    },
    ".flac": {
        "PCM_S8": "PCM_S8",
        "PCM_U8": "PCM_S8",
        "PCM_16": "PCM_16",
        "ULAW": "PCM_16",
        "ALAW": "PCM_16",
        "PCM_24": "PCM_24",
        "PCM_32": "PCM_24",
        "FLOAT": "PCM_24",
        "DOUBLE": "PCM_24",
    },
}
_WAV_LIMIT = (1 << 32) - (1 << 16)  # bytes of samples that fit a WAV's 32-bit sizes beside its header
_FLAC_CHANNELS = 8
_FLAC_RATE = 655_350


def write_clip(
    source: AudioSource,
    start: int,
    stop: int,
    path: Path,
    *,
    heard: Sequence[tuple[int, int]] | None = None,
) -> None:
    """Writes [start, stop) of a source to `path`, overwriting; the ending `.wav` or `.flac` chooses the format.

    Rate, channels and bit depth are kept, and every sample is bit-identical, with these exceptions forced by FLAC,
    which holds integers of at most 24 bits: 32-bit and float sources are rounded to 24 bits there, and floats beyond
    full scale are clipped. Lossy sources were decoded to 16 bits (see `ffmpeg`) and stay so. A WAV of more than
    4 GiB is written as RF64. The file appears under its name only when it is complete.

    With `heard`, stretches of the source, everything outside them becomes silence: positions stay what they are, and
    FLAC keeps silence in next to no space.

    Raises
    ------
    AnnotatorError
        The span is empty or not in the recording, the format cannot be written, or the disk refuses.
    """
    encodings = _ENCODINGS.get(path.suffix.lower())
    if encodings is None:
        raise AnnotatorError(
            tr('"{path}": clips cannot be written in this format.', path=path), tr("Choose .wav or .flac.")
        )
    if (start, stop) != clipped(start, stop, source.samples) or start == stop:
        raise _outside(source, start, stop)
    if path.suffix.lower() == ".flac":
        _check_flac(source.path.name, source.channels, source.sample_rate)
    subtype = encodings[source.subtype]
    kind = "FLAC" if path.suffix.lower() == ".flac" else _wav_kind(source, stop - start)
    with written_aside(path) as partial:
        with _opened(partial, kind, subtype, source.sample_rate, source.channels) as sound:
            for position in range(start, stop, BLOCK):
                frames = source.native(position, min(position + BLOCK, stop))
                if heard is not None:
                    frames = _only(frames, position, heard)
                deeper = subtype == "PCM_24" and source.subtype != "PCM_24"
                sound.write(to_24_bits(frames) if deeper else frames)
        if kind != "FLAC" and subtype in ("FLOAT", "DOUBLE"):
            _forget_time(partial)


@contextmanager
def _opened(
    path: Path, kind: str, subtype: str, sample_rate: int, channels: int
) -> Iterator[soundfile.SoundFile]:
    """A file to write sound to.

    By a handle of ours: soundfile has each file that it opened by name flushed to the disk when it is closed, which
    takes longer than encoding a short clip.
    """
    with (
        path.open("wb+") as file,
        soundfile.SoundFile(file, "w", sample_rate, channels, subtype, format=kind) as sound,
    ):
        yield sound


def write_treated_clip(
    source: AudioSource, start: int, stop: int, path: Path, treatment: Treatment
) -> Treated:
    """Writes [start, stop) after its treatment, as `write_clip` does: in 16 bits where the source has no more, else 24.

    Values are rounded, not dithered, so that the same sound gives the same bytes.
    """
    if (start, stop) != clipped(start, stop, source.samples) or start == stop:
        raise _outside(source, start, stop)
    treated = treat(source.read(start, stop), source.sample_rate, treatment)
    subtype = "PCM_16" if NATIVE_TYPES[source.subtype] == "int16" else "PCM_24"
    flac = path.suffix.lower() == ".flac"
    if flac:
        _check_flac(source.path.name, treated.frames.shape[1], treated.sample_rate)
    bits = 15 if subtype == "PCM_16" else 23
    steps = np.clip(np.rint(treated.frames * 2.0**bits), -(2**bits), 2**bits - 1).astype(np.int32)
    frames = steps.astype(np.int16) if subtype == "PCM_16" else steps << 8
    kind = "FLAC" if flac else "WAV"
    with (
        written_aside(path) as partial,
        _opened(partial, kind, subtype, treated.sample_rate, frames.shape[1]) as sound,
    ):
        sound.write(frames)
    return treated


def _forget_time(path: Path) -> None:
    """Zeroes the time of day that libsndfile writes into the `PEAK` chunk of WAV files of floats."""
    with path.open("rb+") as file:
        position, size = 12, path.stat().st_size
        while position + 8 <= size:
            file.seek(position)
            name, length = struct.unpack("<4sI", file.read(8))
            if name == b"PEAK":
                file.seek(position + 12)
                file.write(bytes(4))
            if name in (b"PEAK", b"data"):
                return
            position += 8 + length + length % 2


def _outside(source: AudioSource, start: int, stop: int) -> AnnotatorError:
    return AnnotatorError(
        tr(
            "Samples {start} to {stop} are not in {name}, which has {samples}.",
            start=start,
            stop=stop,
            name=source.path.name,
            samples=source.samples,
        ),
        tr("Move the segment into the recording."),
    )


def _check_flac(name: str, channels: int, rate: int) -> None:
    if channels > _FLAC_CHANNELS or rate > _FLAC_RATE:
        raise AnnotatorError(
            tr("{name} has more channels or a higher rate than FLAC can hold.", name=name),
            tr("Export as WAV."),
        )


def _only(frames: Native, start: int, heard: Sequence[tuple[int, int]]) -> Native:
    """Frames that begin at sample `start`, silent outside the given stretches."""
    kept = np.zeros_like(frames)
    for first, last in heard:
        stretch = slice(max(first - start, 0), max(last - start, 0))
        kept[stretch] = frames[stretch]
    return kept


def to_24_bits(frames: Native) -> Native:
    """Frames of more than 24 bits rounded to 24 and clipped at full scale, as left-aligned `int32`.

    >>> to_24_bits(np.array([[0.5, 2.0, -1.0]], np.float32)) >> 8
    array([[ 4194304,  8388607, -8388608]], dtype=int32)
    """
    scale = 2.0**23 if frames.dtype.kind == "f" else 2.0**-8
    steps = np.clip(np.rint(frames * scale), -(2**23), 2**23 - 1)
    return steps.astype(np.int32) << 8


def _wav_kind(source: AudioSource, frames: int) -> str:
    width = np.dtype(NATIVE_TYPES[source.subtype]).itemsize
    return "WAV" if frames * source.channels * width < _WAV_LIMIT else "RF64"
