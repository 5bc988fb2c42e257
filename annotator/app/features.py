"""Describing segments by numbers."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from annotator.app.session import Session
from annotator.app.targets import working_segments
from annotator.domain.corpus import Recording, Segment
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job
from annotator.domain.timeline import to_seconds
from annotator.domain.translation import tr
from annotator.features.extract import Clip, extract
from annotator.features.sets import FEATURE_SETS, FeatureSet


@dataclass(frozen=True, slots=True)
class FeatureTable:
    """What was written: `columns` counts the features, `seconds` the audio they describe."""

    set: str
    segments: int
    columns: int
    seconds: float
    file: str


def clips_of(session: Session, segments: Sequence[Segment], recordings: dict[str, Recording]) -> list[Clip]:
    """Where the sound of each segment is; raises `AnnotatorError` naming the first audio file that is missing."""
    clips: list[Clip] = []
    for segment in segments:
        recording = recordings[segment.recording_id]
        path = session.audio_path(recording)
        if not path.is_file():
            raise AnnotatorError(
                tr("The audio file {path} of this corpus is missing.", path=path),
                tr("Put it back, or move corpus and audio together."),
            )
        clips.append(Clip(path, recording.sha256, segment.start, segment.end))
    return clips


def write_features(
    session: Session, set_name: str, file: Path, *, tier: str | None = None
) -> Job[FeatureTable]:
    """Computes a feature set for all working segments and writes it as Parquet.

    Columns: `segment`, `recording`, `start`, `end` (seconds), then the features by name.
    """
    feature_set = FEATURE_SETS[set_name]
    file = file.absolute()
    if file.is_dir() or not file.parent.is_dir():
        raise AnnotatorError(
            tr("{file} cannot be written.", file=file), tr("Give a file in a folder that exists.")
        )
    with session.reading() as reader:
        segments = working_segments(reader, tier)
        recordings = {recording.id: recording for recording in reader.recordings()}
    clips = clips_of(session, segments, recordings)
    values = yield from extract(feature_set, clips, cache=session.cache)
    seconds = _write(file, feature_set, segments, recordings, values)
    return FeatureTable(feature_set.name, len(segments), len(feature_set.columns), seconds, str(file))


def _write(
    file: Path,
    feature_set: FeatureSet,
    segments: Sequence[Segment],
    recordings: dict[str, Recording],
    values: Any,
) -> float:
    import pandas as pd

    rates = [recordings[segment.recording_id].sample_rate for segment in segments]
    frame = pd.DataFrame(values, columns=list(feature_set.columns))
    starts = [to_seconds(segment.start, rate) for segment, rate in zip(segments, rates, strict=True)]
    ends = [to_seconds(segment.end, rate) for segment, rate in zip(segments, rates, strict=True)]
    frame.insert(0, "segment", [segment.id for segment in segments])
    frame.insert(1, "recording", [recordings[segment.recording_id].path for segment in segments])
    frame.insert(2, "start", starts)
    frame.insert(3, "end", ends)
    aside = file.with_name(f".{file.name}.part")
    try:
        frame.to_parquet(aside, index=False)
        os.replace(aside, file)
    except OSError as error:
        raise AnnotatorError(
            tr("{file} cannot be written: {reason}.", file=file, reason=error.strerror or error),
            tr("Choose a place where you may write."),
        ) from None
    finally:
        aside.unlink(missing_ok=True)
    return sum(ends) - sum(starts)
