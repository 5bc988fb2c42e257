"""Describing segments by numbers."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from annotator.app.embeddings import ask_for
from annotator.app.session import Session
from annotator.app.targets import working_segments
from annotator.audio.aside import require_place, written_aside
from annotator.domain.corpus import Recording, Segment
from annotator.domain.progress import Job, Progress
from annotator.domain.timeline import to_seconds
from annotator.domain.translation import tr
from annotator.features.describe import Describer, Run
from annotator.features.extract import Clip, extract
from annotator.features.sets import FEATURE_SETS, FeatureSet

#: Rows of a table of clips that are written together.
_ROWS_AT_ONCE = 10_000

_Write: TypeAlias = Callable[[list[str], list[str], NDArray[Any], NDArray[Any], NDArray[Any]], None]


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
        clips.append(Clip(session.audio_file(recording), recording.sha256, segment.start, segment.end))
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
        n_rows = yield from _write_frames(session, file, feature_set, segments, recordings, clips)
    else:
        values = yield from extract(feature_set, clips, cache=session.cache)
        n_rows = yield from _write_clips(file, feature_set, segments, recordings, values)
    seconds = sum(end - start for start, end in _times(segments, recordings))
    return FeatureTable(feature_set.name, len(segments), n_columns, seconds, str(file), n_rows)


def _write_clips(
    file: Path,
    feature_set: FeatureSet,
    segments: Sequence[Segment],
    recordings: dict[str, Recording],
    values: NDArray[np.float64],
) -> Job[int]:
    """Writes a row for each segment, some thousand at a time, so that memory holds the values once; gives rows."""
    times = _times(segments, recordings)
    with _table(file, feature_set, np.float64) as write:
        for first in range(0, len(segments), _ROWS_AT_ONCE):
            yield Progress(first, len(segments), tr("Writing the table"))
            some = slice(first, first + _ROWS_AT_ONCE)
            names = [recordings[segment.recording_id].path for segment in segments[some]]
            starts, ends = np.array(times[some]).T
            write([segment.id for segment in segments[some]], names, starts, ends, values[some])
    return len(segments)


def _write_frames(
    session: Session,
    file: Path,
    feature_set: FeatureSet,
    segments: Sequence[Segment],
    recordings: dict[str, Recording],
    clips: Sequence[Clip],
) -> Job[int]:
    """Writes the frames of one clip after the other, so that memory holds one clip; gives rows."""
    step, n_rows = feature_set.frame_seconds, 0
    times = _times(segments, recordings)
    describing = closing(Describer(feature_set, session.cache))
    with _table(file, feature_set, np.float32) as write, describing as describer:
        for n, (segment, clip, (begin, end)) in enumerate(zip(segments, clips, times, strict=True)):
            yield Progress(n, len(clips), tr("Features of {name}", name=clip.path.name))
            (values,) = describer.rows(Run(clip.path, clip.audio_key, ((clip.start, clip.stop),)))
            starts = begin + step * np.arange(len(values))
            ends = np.minimum(starts + step, end)
            name = recordings[segment.recording_id].path
            write([segment.id] * len(values), [name] * len(values), starts, ends, values)
            n_rows += len(values)
    return n_rows


def _times(segments: Sequence[Segment], recordings: dict[str, Recording]) -> list[tuple[float, float]]:
    """Start and end of each segment in seconds."""
    rates = [recordings[segment.recording_id].sample_rate for segment in segments]
    return [
        (to_seconds(segment.start, rate), to_seconds(segment.end, rate))
        for segment, rate in zip(segments, rates, strict=True)
    ]


@contextmanager
def _table(file: Path, feature_set: FeatureSet, kind: type[np.floating[Any]]) -> Iterator[_Write]:
    """A Parquet file written some rows at a time: segments, recordings, starts, ends (n,) and values (n, columns)."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    number = pa.from_numpy_dtype(kind)
    names = ["segment", "recording", "start", "end", *feature_set.columns]
    types = [pa.string(), pa.string(), pa.float64(), pa.float64(), *[number] * len(feature_set.columns)]
    schema = pa.schema(list(zip(names, types, strict=True)))
    with written_aside(file) as aside, pq.ParquetWriter(aside, schema) as writer:

        def write(
            segments: list[str],
            paths: list[str],
            starts: NDArray[Any],
            ends: NDArray[Any],
            values: NDArray[Any],
        ) -> None:
            columns = [
                pa.array(segments, pa.string()),
                pa.array(paths, pa.string()),
                pa.array(starts),
                pa.array(ends),
                *(pa.array(column.astype(kind, copy=False)) for column in values.T),
            ]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))

        yield write
