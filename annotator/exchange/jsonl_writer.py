"""Writes a corpus as JSON Lines: one segment a line with all that is known of it, and the schemes beside."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from annotator.domain.corpus import Segment, Value
from annotator.domain.progress import Job, Progress
from annotator.domain.scheme import Scheme
from annotator.domain.translation import tr
from annotator.exchange.bundle import ExportData, ExportOptions, ExportResult
from annotator.exchange.labels import oriented, oriented_shares
from annotator.exchange.writing import Export, Written, write_export

_LAYOUT = (
    "`segments.jsonl` has one segment a line: its place, its text, `labels` to train on, everything that was settled"
    " (`consensus`) and every rater's answers (`ratings`). `start` and `end` are seconds in `file`. `values` read so"
    " that high is pleasant, excited or dominant; `raw` is what the rater chose. `schemes.json` explains the items."
)
_SEGMENTS_PER_STEP = 1_000


def write_jsonl(data: ExportData, out: Path, options: ExportOptions) -> Job[ExportResult]:
    """Writes `segments.jsonl` and `schemes.json` into the folder `out`; all tiers and splits unless one is chosen."""
    return (yield from write_export("jsonl", data, out, options, _write))


def _write(export: Export, folder: Path) -> Job[Written]:
    with (folder / "segments.jsonl").open("w", encoding="utf-8", newline="\n") as file:
        for done, segment in enumerate(export.segments):
            if done % _SEGMENTS_PER_STEP == 0:
                yield Progress(done, len(export.segments), tr("Writing {name}", name="segments.jsonl"))
            file.write(json.dumps(record(export, segment), ensure_ascii=False) + "\n")
    schemes = [scheme.to_dict() for scheme in export.data.schemes]
    text = json.dumps(schemes, ensure_ascii=False, indent=2) + "\n"
    (folder / "schemes.json").write_text(text, encoding="utf-8", newline="\n")
    return Written((_LAYOUT,))


def record(export: Export, segment: Segment) -> dict[str, Any]:
    """All that is known of a segment, as plain data."""
    data = export.data
    recording = data.recording_of[segment.recording_id]
    start, end = export.place(segment)
    found: dict[str, Any] = {
        "segment": segment.id,
        "recording": recording.id,
        "file": export.paths[recording.id],
        "start": start,
        "end": end,
        "start_sample": segment.start,
        "end_sample": segment.end,
        "sample_rate": recording.sample_rate,
        "tier": data.tier_names[segment.tier_id],
        "text": segment.text,
        "speaker": export.speaker(segment),
        "status": segment.status,
        "groups": dict(sorted(recording.groups.items())),
        "splits": {s.name: s.parts[segment.id] for s in export.splits if segment.id in s.parts},
    }
    if export.options.clips:
        found["clip"] = export.clip(segment)
        begin, stop = export.heard(segment)
        if export.options.context:
            found["clip_samples"] = [begin, stop]
    found["labels"] = {
        scheme.name: _label(export, segment, scheme)
        for scheme in data.schemes
        if segment.id in export.labels.get(scheme.name, {})
    }
    found["consensus"] = [
        {
            "scheme": one.scheme,
            "method": one.method,
            "values": _oriented(data.scheme_of[one.scheme], one.values),
            "shares": _shares(data.scheme_of[one.scheme], one.distributions),
            "counts": dict(one.counts),
            "ties": list(one.ties),
            "uncertainty": dict(one.uncertainty),
        }
        for one in export.consensus.get(segment.id, ())
    ]
    found["ratings"] = [
        {
            "rater": export.raters[one.rater_id],
            "scheme": one.scheme,
            "repeat": one.repeat,
            "values": _oriented(data.scheme_of[one.scheme], one.values),
            "raw": dict(one.values),
            "confidence": one.confidence,
            "comment": one.comment,
            "flagged": one.flagged,
            "started": one.started,
            "finished": one.finished,
            "listens": one.listens,
        }
        for one in export.answers.get(segment.id, ())
    ]
    return found


def _label(export: Export, segment: Segment, scheme: Scheme) -> dict[str, Any]:
    label = export.labels[scheme.name][segment.id]
    return {
        "method": label.method,
        "values": _oriented(scheme, label.values),
        "shares": _shares(scheme, label.distributions),
    }


def _oriented(scheme: Scheme, values: Mapping[str, Value]) -> dict[str, Value]:
    return {item.name: oriented(item, values[item.name]) for item in scheme.items if item.name in values}


def _shares(scheme: Scheme, given: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    return {item.name: oriented_shares(item, given[item.name]) for item in scheme.items if item.name in given}
