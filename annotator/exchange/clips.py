"""The sound of segments as files, one recording opened at a time."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path

from annotator.audio.clips import write_clip
from annotator.domain.corpus import Recording, Segment
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job, Progress
from annotator.domain.translation import tr
from annotator.exchange.bundle import ClipFormat, ExportData

_HEX = re.compile(r"[0-9a-f]+")


def clip_name(segment: Segment, clips: ClipFormat) -> str:
    """File name of a segment's clip, made of hexadecimal digits.

    A name that holds a word such as train or test would make the Hugging Face library guess the wrong part.

    >>> clip_name(Segment("0f" * 16, "r", "t", 0, 10), "wav")
    '0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f.wav'
    """
    stem = segment.id if _HEX.fullmatch(segment.id) else hashlib.sha256(segment.id.encode()).hexdigest()[:32]
    return f"{stem}.{clips}"


def write_clips(data: ExportData, segments: Sequence[Segment], targets: Mapping[str, Path]) -> Job[None]:
    """Writes the sound of every segment to its target by segment id; the folders are made.

    Segments of one recording must stand together. Raises `AnnotatorError` where a file no longer is what the
    corpus knows.
    """
    for folder in {path.parent for path in targets.values()}:
        folder.mkdir(parents=True, exist_ok=True)
    done = 0
    for recording_id, of_recording in groupby(segments, key=lambda segment: segment.recording_id):
        recording = data.recording_of[recording_id]
        with data.open_audio(recording) as source:
            _check_unchanged(recording, source.sample_rate, source.samples)
            for segment in of_recording:
                yield Progress(done, len(segments), tr("Writing clips of {name}", name=recording.name))
                write_clip(source, segment.start, segment.end, targets[segment.id])
                done += 1


def _check_unchanged(recording: Recording, sample_rate: int, samples: int) -> None:
    if (sample_rate, samples) != (recording.sample_rate, recording.samples):
        raise AnnotatorError(
            tr(
                "{name} is not the file that was added: its length or sampling rate differs.",
                name=recording.name,
            ),
            tr("Put the original file back."),
        )
