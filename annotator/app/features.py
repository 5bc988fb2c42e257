"""Describing segments by numbers."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from annotator.app.embeddings import ask_for
from annotator.app.session import Session
from annotator.app.targets import working_segments
from annotator.audio.aside import require_place, written_aside
from annotator.domain.corpus import Recording, Segment
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job, Progress
from annotator.domain.timeline import to_seconds
from annotator.domain.translation import tr
from annotator.features.describe import Run, describe_run
from annotator.features.extract import Clip, extract
from annotator.features.sets import FEATURE_SETS, FeatureSet


@dataclass(frozen=True, slots=True)
class FeatureTable:
    """What was written: `columns` counts the features, `seconds` the audio they describe, `rows` those of the table."""

    set: str
    segments: int
    columns: int
    seconds: float
    file: str
    rows: int


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

    Columns: `segment`, `recording`, `start`, `end` (seconds), then the features by name. A set of frames (`logmel`)
    has a row for each frame, whose `start` and `end` are the frame's step.
    """
    ask_for(set_name)
    feature_set = FEATURE_SETS[set_name]
    file = file.absolute()
    require_place(file)
    with session.reading() as reader:
        segments = working_segments(reader, tier)
        recordings = {recording.id: recording for recording in reader.recordings()}
    clips = clips_of(session, segments, recordings)
    n_columns = len(feature_set.columns)
    if feature_set.frame_seconds:
        frames = _write_frames(session, file, feature_set, segments, recordings, clips)
        seconds, rows = yield from frames
        return FeatureTable(feature_set.name, len(segments), n_columns, seconds, str(file), rows)
    values = yield from extract(feature_set, clips, cache=session.cache)
    seconds = _write(file, feature_set, segments, recordings, values)
    return FeatureTable(feature_set.name, len(segments), n_columns, seconds, str(file), len(segments))


def _write_frames(
    session: Session,
    file: Path,
    feature_set: FeatureSet,
    segments: Sequence[Segment],
    recordings: dict[str, Recording],
    clips: Sequence[Clip],
) -> Job[tuple[float, int]]:
    """Writes the frames of one clip after the other, so that memory holds one clip; gives seconds and rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    step, seconds, rows = feature_set.frame_seconds, 0.0, 0
    names = ["segment", "recording", "start", "end", *feature_set.columns]
    types = [pa.string(), pa.string(), pa.float64(), pa.float64(), *[pa.float32()] * len(feature_set.columns)]
    schema = pa.schema(list(zip(names, types, strict=True)))
    with written_aside(file) as aside, pq.ParquetWriter(aside, schema) as writer:
        for n, (segment, clip) in enumerate(zip(segments, clips, strict=True)):
            yield Progress(n, len(clips), tr("Features of {name}", name=clip.path.name))
            run = Run(clip.path, clip.audio_key, ((clip.start, clip.stop),))
            (values,) = describe_run(feature_set, run, session.cache)
            recording = recordings[segment.recording_id]
            begin, end = (to_seconds(at, recording.sample_rate) for at in (segment.start, segment.end))
            starts = begin + step * np.arange(len(values))
            columns = [
                pa.array([segment.id] * len(values), pa.string()),
                pa.array([recording.path] * len(values), pa.string()),
                pa.array(starts),
                pa.array(np.minimum(starts + step, end)),
                *(pa.array(column.astype(np.float32)) for column in values.T),
            ]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))
            seconds, rows = seconds + end - begin, rows + len(values)
    return seconds, rows


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
