"""Writes a corpus as four CSV tables: segments.csv, ratings.csv, consensus.csv, splits.csv.

UTF-8, comma, `\\n`; times in seconds, unrounded, and in samples. Raters are R1, R2, ...; a
scale reads so that high is pleasant, excited, dominant, and `raw_value` is what the rater chose on it.
"""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from annotator.domain.corpus import Annotation, Consensus, Rater, Segment, Split, Value, group_value
from annotator.domain.progress import Job, Progress
from annotator.domain.timeline import to_seconds
from annotator.domain.translation import tr
from annotator.exchange.bundle import ClipFormat, ExportData, ExportOptions, ExportResult
from annotator.exchange.clips import clip_name, write_clips
from annotator.exchange.folder import Filled, write_folder
from annotator.exchange.labels import oriented, oriented_shares
from annotator.exchange.selection import Selection, relative_paths, select

_CLIPS = "clips"
_PLACE = ("segment", "file", "start", "end")
_SEGMENTS_PER_STEP = 1_000


def write_csv(data: ExportData, out: Path, options: ExportOptions) -> Job[ExportResult]:
    """Writes the four tables, and `clips/` where the options ask for it, into the folder `out`.

    Without a tier or split in the options, all tiers and all splits are written.
    """
    selection = select(data, options)

    def fill(folder: Path) -> Job[Filled]:
        for table in _tables(data, selection, options):
            yield from _write_table(folder, table, data, selection.segments)
        if options.clips is not None:
            targets = {s.id: folder / _CLIPS / clip_name(s, options.clips) for s in selection.segments}
            yield from write_clips(data, selection.segments, targets)
        return Filled(len(selection.segments), selection.parts, selection.excluded)

    return (yield from write_folder(out, format_name="csv", corpus=data.name, options=options, fill=fill))


def pseudonyms(raters: Sequence[Rater]) -> dict[str, str]:
    """Names that may leave the house, by rater id: people are R1, R2, ... in the order of their ids.

    Reference labels and models are no people and keep their names.

    >>> pseudonyms([Rater("b", "Anna"), Rater("a", "Bo"), Rater("c", "reference", "reference")])
    {'a': 'R1', 'b': 'R2', 'c': 'reference'}
    """
    people = sorted(rater.id for rater in raters if rater.kind == "human")
    names = {id_: f"R{number}" for number, id_ in enumerate(people, start=1)}
    return names | {rater.id: rater.name for rater in raters if rater.kind != "human"}


def cell(value: Value) -> str:
    """A value as text that reads back as the same value; empty for `None`, 1 and 0 for boxes.

    >>> [cell(value) for value in (None, True, 0.1, 3, "sad")]
    ['', '1', '0.1', '3', 'sad']
    """
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, bool) else str(value)


@dataclass(frozen=True, slots=True)
class _Table:
    """A table with the rows that each segment has in it; every row begins with the segment's place."""

    name: str
    columns: Sequence[str]
    rows: Callable[[Segment], Iterable[Sequence[str]]]


def _tables(data: ExportData, selection: Selection, options: ExportOptions) -> tuple[_Table, ...]:
    return (
        _segments_table(data, options.clips),
        _ratings_table(data),
        _consensus_table(data),
        _splits_table((selection.split,) if selection.split else data.splits),
    )


def _segments_table(data: ExportData, clips: ClipFormat | None) -> _Table:
    columns = [
        "start_sample",
        "end_sample",
        "tier",
        "text",
        "speaker",
        "status",
        *(["clip"] if clips else []),
    ]
    keys = [key for key in data.group_keys if key != "speaker"]
    groups = [f"group.{key}" if key in {*_PLACE, *columns} else key for key in keys]

    def rows(segment: Segment) -> Iterator[list[str]]:
        recording = data.recording_of[segment.recording_id]
        yield [
            str(segment.start),
            str(segment.end),
            data.tier_names[segment.tier_id],
            segment.text,
            group_value(recording, segment, "speaker") or "",
            segment.status,
            *([f"{_CLIPS}/{clip_name(segment, clips)}"] if clips else []),
            *(recording.groups.get(key, "") for key in keys),
        ]

    return _Table("segments.csv", [*columns, *groups], rows)


def _ratings_table(data: ExportData) -> _Table:
    names = pseudonyms(data.raters)
    orders = {rater.id: rater.profile.get("shown", {}) for rater in data.raters}
    order = {scheme.name: number for number, scheme in enumerate(data.schemes)}
    answers: dict[str, list[Annotation]] = {}
    for one in data.annotations:
        if not one.withdrawn:
            answers.setdefault(one.segment_id, []).append(one)

    def rows(segment: Segment) -> Iterator[list[str]]:
        found = answers.get(segment.id, [])
        for one in sorted(found, key=lambda a: (order[a.scheme], a.rater_id, a.repeat, a.id)):
            for item in data.scheme_of[one.scheme].items:
                if item.name not in one.values:
                    continue
                value = one.values[item.name]
                yield [
                    names[one.rater_id],
                    one.scheme,
                    item.name,
                    cell(oriented(item, value)),
                    cell(value),
                    str(one.repeat),
                    str(one.revision),
                    cell(one.confidence),
                    one.comment,
                    one.started,
                    one.finished,
                    str(one.listens),
                    cell(one.flagged),
                    _place_shown(orders[one.rater_id].get(one.scheme, ()), item.name),
                ]

    columns = ["rater", "scheme", "item", "value", "raw_value", "repeat", "revision", "confidence", "comment"]
    return _Table("ratings.csv", [*columns, "started", "finished", "listens", "flagged", "shown_at"], rows)


def _place_shown(order: Sequence[str], item: str) -> str:
    """At which place, from 1, the rater saw the item, where the scheme shuffles its items."""
    return str(order.index(item) + 1) if item in order else ""


def _consensus_table(data: ExportData) -> _Table:
    order = {scheme.name: number for number, scheme in enumerate(data.schemes)}
    settled: dict[str, list[Consensus]] = {}
    for one in data.consensus:
        settled.setdefault(one.segment_id, []).append(one)

    def rows(segment: Segment) -> Iterator[list[str]]:
        for one in sorted(settled.get(segment.id, []), key=lambda one: (order[one.scheme], one.method)):
            for item in data.scheme_of[one.scheme].items:
                shares = oriented_shares(item, one.distributions.get(item.name, {}))
                if item.name not in one.values and not shares:
                    continue
                yield [
                    one.scheme,
                    one.method,
                    item.name,
                    cell(oriented(item, one.values.get(item.name))),
                    cell(one.counts.get(item.name)),
                    cell(item.name in one.ties),
                    json.dumps(shares, ensure_ascii=False) if shares else "",
                ]

    columns = ["scheme", "method", "item", "value", "n", "tie", "distribution"]
    return _Table("consensus.csv", columns, rows)


def _splits_table(splits: Sequence[Split]) -> _Table:
    def rows(segment: Segment) -> Iterator[list[str]]:
        for split in sorted(splits, key=lambda split: split.name):
            if segment.id in split.parts:
                yield [split.name, split.parts[segment.id], split.groups.get(segment.id, "")]

    return _Table("splits.csv", ["split", "part", "group"], rows)


def _write_table(folder: Path, table: _Table, data: ExportData, segments: Sequence[Segment]) -> Job[None]:
    paths = relative_paths(data.recordings)
    with (folder / table.name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*_PLACE, *table.columns])
        for done, segment in enumerate(segments):
            if done % _SEGMENTS_PER_STEP == 0:
                yield Progress(done, len(segments), tr("Writing {name}", name=table.name))
            rate = data.recording_of[segment.recording_id].sample_rate
            times = [str(to_seconds(at, rate)) for at in (segment.start, segment.end)]
            place = [segment.id, paths[segment.recording_id], *times]
            writer.writerows([*place, *row] for row in table.rows(segment))
