"""Writes a JAMS file for each recording.

Humphrey et al. (2014), "JAMS: A JSON Annotated Music Specification for Reproducible MIR Research", ISMIR; schema 0.3.
One annotation object for each rater and item: valence and arousal of one scheme together in `mood_thayer`, everything
else in `tag_open`, as JAMS has no namespace for it: a category by its name, a ticked box by the item's, a number as
`ITEM=VALUE`. Soft labels are tags whose confidence is their share. The text is in `segment_open`.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from annotator.domain.corpus import Recording, Segment, Value
from annotator.domain.progress import Job, Progress
from annotator.domain.scheme import Item, Scheme
from annotator.domain.timeline import to_seconds
from annotator.domain.translation import tr
from annotator.exchange.bundle import ExportData, ExportOptions, ExportResult
from annotator.exchange.labels import oriented, oriented_shares
from annotator.exchange.tables import write_tables
from annotator.exchange.writing import Export, Written, write_export

VERSION = "0.3.4"

_LAYOUT = (
    "A JAMS file for each recording, named like it: the text in `segment_open`, each rater's answers and what was"
    " settled in `mood_thayer` ([valence, arousal]) and `tag_open`. The `sandbox` of each annotation names scheme,"
    " item, rater and segments. High values are pleasant, excited or dominant. The tables join everything by segment."
)

_Values = Mapping[str, Mapping[str, Value]]  # segment id -> item -> value


def write_jams(data: ExportData, out: Path, options: ExportOptions) -> Job[ExportResult]:
    """Writes a `.jams` for each recording, and tables of ratings, consensus and splits, into the folder `out`."""
    return (yield from write_export("jams", data, out, options, _write))


def _write(export: Export, folder: Path) -> Job[Written]:
    for done, (recording, stem, segments) in enumerate(export.documents()):
        yield Progress(done, len(export.recordings), tr("Writing {name}", name=f"{stem.name}.jams"))
        path = folder / f"{stem}.jams"
        path.parent.mkdir(parents=True, exist_ok=True)
        made = {
            "file_metadata": _file(recording),
            "annotations": list(_annotations(export, segments)),
            "sandbox": {"file": export.paths[recording.id], "groups": dict(sorted(recording.groups.items()))},
        }
        path.write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")
    yield from write_tables(export, folder, "segments", "ratings", "consensus", "splits")
    return Written((_LAYOUT,))


def _file(recording: Recording) -> dict[str, Any]:
    return {
        "title": recording.groups.get("song") or recording.groups.get("title") or recording.name,
        "artist": recording.groups.get("artist", ""),
        "release": recording.groups.get("album", ""),
        "duration": to_seconds(recording.samples, recording.sample_rate),
        "identifiers": {"sha256": recording.sha256},
        "jams_version": VERSION,
    }


def _annotations(export: Export, segments: Sequence[Segment]) -> Iterator[dict[str, Any]]:
    tiers: dict[str, list[Segment]] = {}
    for segment in segments:
        tiers.setdefault(segment.tier_id, []).append(segment)
    for id_, members in tiers.items():
        tier = export.data.tier_names[id_]
        texts = [_observation(export, s, s.text) for s in members]
        speakers = [export.speaker(segment) for segment in members]
        parts = [{split.name: split.parts.get(s.id) for split in export.splits} for s in members]
        told: dict[str, Any] = {"tier": tier, "segments": [s.id for s in members], "speakers": speakers}
        told["splits"] = parts
        told["samples"] = [[segment.start, segment.end] for segment in members]
        yield _annotation("segment_open", texts, told, export.data.about.collection or "segmentation")
        for scheme in export.data.schemes:
            for by, values in _answers(export, scheme, members):
                yield from _of_scheme(export, scheme, by, members, values, tier)
            yield from _settled(export, scheme, members, tier)


def _answers(
    export: Export, scheme: Scheme, segments: Sequence[Segment]
) -> Iterable[tuple[dict[str, Any], _Values]]:
    """What each rater said, with who they are: values by segment and item."""
    found: dict[tuple[str, int], dict[str, Mapping[str, Value]]] = {}
    for segment in segments:
        for one in export.answers.get(segment.id, ()):
            if one.scheme == scheme.name:
                found.setdefault((export.raters[one.rater_id], one.repeat), {})[segment.id] = one.values
    for (rater, repeat), values in sorted(found.items()):
        yield {"rater": rater, "repeat": repeat}, values


def _settled(
    export: Export, scheme: Scheme, segments: Sequence[Segment], tier: str
) -> Iterator[dict[str, Any]]:
    labels = export.labels.get(scheme.name)
    if not labels:
        return
    values = {segment.id: labels[segment.id].values for segment in segments if segment.id in labels}
    yield from _of_scheme(export, scheme, {"rater": "consensus"}, segments, values, tier)
    for item in scheme.items:
        tagged, ids = [], []
        for segment in segments:
            label = labels.get(segment.id)
            shares = oriented_shares(item, label.distributions.get(item.name, {})) if label else {}
            for category, share in shares.items():
                tagged.append(_observation(export, segment, _tag(item, category), share))
                ids.append(segment.id)
        if tagged:
            told = {"scheme": scheme.name, "item": item.name, "rater": "consensus", "shares": True}
            yield _annotation("tag_open", tagged, {**told, "tier": tier, "segments": ids}, scheme.title)


def _of_scheme(
    export: Export,
    scheme: Scheme,
    by: Mapping[str, Any],
    segments: Sequence[Segment],
    values: _Values,
    tier: str,
) -> Iterator[dict[str, Any]]:
    """The annotations of one rater: the plane of valence and arousal as one, every other item as one of its own."""
    plane = _plane(scheme)
    groups: list[tuple[str, tuple[Item, ...], Callable[[tuple[Value, ...]], Any]]] = []
    if plane:
        groups.append(("mood_thayer", plane, list))
    groups += [
        ("tag_open", (item,), lambda answer, item=item: _tag(item, answer[0]))  # type: ignore[misc]
        for item in scheme.items
        if item not in plane
    ]
    for namespace, items, make in groups:
        observed, ids = [], []
        for segment in segments:
            given = values.get(segment.id, {})
            answer = tuple(oriented(item, given.get(item.name)) for item in items)
            if None in answer or (items[0].type == "boolean" and not answer[0]):
                continue
            observed.append(_observation(export, segment, make(answer)))
            ids.append(segment.id)
        if observed:
            told = {"scheme": scheme.name, "item": " ".join(item.name for item in items), **by}
            yield _annotation(namespace, observed, {**told, "tier": tier, "segments": ids}, scheme.title)


def _plane(scheme: Scheme) -> tuple[Item, ...]:
    """The items of valence and arousal where a scheme has both as numbers."""
    by_name = {item.name: item for item in scheme.items if item.numeric}
    return (by_name["valence"], by_name["arousal"]) if {"valence", "arousal"} <= by_name.keys() else ()


def _tag(item: Item, value: Value) -> str:
    if item.type == "boolean":
        ticked = value is True or value == item.categories[1]
        return item.name if ticked else f"no {item.name}"
    return f"{item.name}={value}" if item.numeric else str(value)


def _observation(
    export: Export, segment: Segment, value: Any, confidence: float | None = None
) -> dict[str, Any]:
    rate = export.data.recording_of[segment.recording_id].sample_rate
    return {
        "time": to_seconds(segment.start, rate),
        "duration": to_seconds(segment.samples, rate),
        "value": value,
        "confidence": confidence,
    }


def _annotation(
    namespace: str, observations: Sequence[Mapping[str, Any]], told: Mapping[str, Any], source: str
) -> dict[str, Any]:
    rater = str(told.get("rater", ""))
    return {
        "namespace": namespace,
        "data": list(observations),
        "annotation_metadata": {
            # A curator needs a name and an address; raters go by their pseudonyms, which have none.
            "curator": {"name": rater or "Annotator", "email": ""},
            "annotator": {"id": rater} if rater else {},
            "version": "",
            "corpus": "",
            "annotation_tools": "Annotator",
            "annotation_rules": source,
            "validation": "",
            "data_source": "consensus" if rater == "consensus" else "manual annotation",
        },
        "time": 0.0,
        "duration": max((float(o["time"]) + float(o["duration"]) for o in observations), default=0.0),
        "sandbox": dict(told),
    }
