"""Writes Lhotse manifests: `recordings.jsonl.gz` and `supervisions.jsonl.gz`.

Lhotse's documentation, "Recording", "SupervisionSegment": start and **duration**; what the classes have no field for is
in `custom`. With a split, the supervisions of each part stand in a file of their own too.
"""

import gzip
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from annotator.domain.corpus import Recording, Segment
from annotator.domain.progress import Job, Progress
from annotator.domain.timeline import to_seconds
from annotator.domain.translation import tr
from annotator.exchange.bundle import ExportData, ExportOptions, ExportResult
from annotator.exchange.jsonl_writer import record
from annotator.exchange.kaldi_writer import plain_ids
from annotator.exchange.writing import Export, Written, write_export

_LAYOUT = (
    "`recordings.jsonl.gz` and `supervisions.jsonl.gz` are manifests for Lhotse; with a split,"
    " `supervisions_PART.jsonl.gz` holds those of each part. Labels, consensus and each rater's answers are in"
    " `custom`; high is pleasant, excited or dominant. Paths are relative to this folder."
)
#: Fields of a segment's record that a supervision has places of its own for.
_OWN = frozenset({"segment", "recording", "file", "start", "end", "text", "speaker", "sample_rate"})


def write_lhotse(data: ExportData, out: Path, options: ExportOptions) -> Job[ExportResult]:
    """Writes the manifests into the folder `out`."""
    return (yield from write_export("lhotse", data, out, options, _write))


def _write(export: Export, folder: Path) -> Job[Written]:
    yield Progress(0, 1, tr("Writing {name}", name="recordings.jsonl.gz"))
    _write_lines(folder / "recordings.jsonl.gz", map(_recording(export), export.recordings))
    supervisions = []
    for done, segment in enumerate(export.segments):
        if done % 1_000 == 0:
            yield Progress(done, len(export.segments), tr("Writing {name}", name="supervisions.jsonl.gz"))
        supervisions.append(_supervision(export, segment))
    _write_lines(folder / "supervisions.jsonl.gz", supervisions)
    if export.split is not None:
        _write_parts(export, folder, supervisions)
    return Written((_LAYOUT,))


def _write_parts(export: Export, folder: Path, supervisions: Sequence[Mapping[str, Any]]) -> None:
    assert export.split is not None
    names = export.split.part_names
    for part, name in zip(names, plain_ids(names), strict=True):
        members = [
            supervision
            for segment, supervision in zip(export.segments, supervisions, strict=True)
            if export.part(segment) == part
        ]
        if members:
            _write_lines(folder / f"supervisions_{name}.jsonl.gz", members)


def _recording(export: Export) -> Any:
    def made(recording: Recording) -> dict[str, Any]:
        channels = list(range(recording.channels))
        return {
            "id": recording.id,
            "sources": [{"type": "file", "channels": channels, "source": export.paths[recording.id]}],
            "sampling_rate": recording.sample_rate,
            "num_samples": recording.samples,
            "duration": to_seconds(recording.samples, recording.sample_rate),
            "channel_ids": channels,
        }

    return made


def _supervision(export: Export, segment: Segment) -> dict[str, Any]:
    recording = export.data.recording_of[segment.recording_id]
    start, end = export.place(segment)
    told = record(export, segment)
    made: dict[str, Any] = {
        "id": segment.id,
        "recording_id": recording.id,
        "start": start,
        "duration": to_seconds(segment.samples, recording.sample_rate),
        "channel": 0 if recording.channels == 1 else list(range(recording.channels)),
    }
    if segment.text:
        made["text"] = segment.text
    if told["speaker"]:
        made["speaker"] = told["speaker"]
    if len(export.data.about.languages) == 1:
        made["language"] = export.data.about.languages[0]
    made["custom"] = {key: value for key, value in told.items() if key not in _OWN} | {"end": end}
    return made


def _write_lines(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    # Neither time nor name in the head of the file: the same rows give the same bytes.
    with path.open("wb") as raw, gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as file:
        file.write(text.encode())
