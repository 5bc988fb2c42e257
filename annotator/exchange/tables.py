"""A corpus as tables: segments, ratings, consensus, splits, and scores where a scheme has factors. CSV and Parquet
write them whole; formats that cannot hold ratings or splits have them beside their own files.

A scale reads so that high is pleasant, excited, dominant, and `raw_value` is what the rater chose on it.
"""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from annotator.domain.corpus import Segment, Value
from annotator.domain.progress import Job, Progress
from annotator.domain.scores import score_values, scores_of
from annotator.domain.timeline import to_seconds
from annotator.domain.translation import tr
from annotator.exchange.labels import oriented, oriented_shares
from annotator.exchange.writing import Export

#: What a column holds: `value` is an answer, a text or a number as the item has it.
Holds = Literal["text", "number", "count", "flag", "value"]

_PLACE: Mapping[str, Holds] = {"segment": "text", "file": "text", "start": "number", "end": "number"}
_SEGMENTS_PER_STEP = 1_000


@dataclass(frozen=True, slots=True)
class Table:
    """A table with the rows that each segment has in it; every row begins with the segment's place."""

    name: str
    columns: Mapping[str, Holds]
    rows: Callable[[Segment], Iterable[Sequence[Value]]]


def corpus_tables(export: Export) -> tuple[Table, ...]:
    """Segments, ratings, consensus, splits; scores where a scheme has factors."""
    tables = (_segments(export), _ratings(export), _consensus(export), _splits(export))
    return (*tables, _scores(export)) if any(map(scores_of, export.data.schemes)) else tables


def table_rows(export: Export, table: Table) -> Job[list[Sequence[Value]]]:
    """All rows of a table, with the place of their segments."""
    found: list[Sequence[Value]] = []
    for done, segment in enumerate(export.segments):
        if done % _SEGMENTS_PER_STEP == 0:
            yield Progress(done, len(export.segments), tr("Writing {name}", name=table.name))
        found += table.rows(segment)
    return found


def write_tables(export: Export, folder: Path, *names: str) -> Job[tuple[str, ...]]:
    """Writes the named tables as CSV, those without any row not, and gives the names of the files."""
    written = []
    for table in corpus_tables(export):
        if table.name in names:
            rows = yield from table_rows(export, table)
            if rows:
                write_table(folder / f"{table.name}.csv", table, rows)
                written.append(f"{table.name}.csv")
    return tuple(written)


def write_table(path: Path, table: Table, rows: Iterable[Sequence[Value]]) -> None:
    """UTF-8, comma, `\\n`; times in seconds, unrounded."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(list(table.columns))
        writer.writerows([cell(value) for value in row] for row in rows)


def cell(value: Value) -> str:
    """A value as text that reads back as the same value; empty for `None`, 1 and 0 for boxes, a JSON list of a trace.

    >>> [cell(value) for value in (None, True, 0.1, 3, "sad", [0.5, None])]
    ['', '1', '0.1', '3', 'sad', '[0.5, null]']
    """
    if value is None:
        return ""
    if isinstance(value, list):
        return json.dumps(value)
    return str(int(value)) if isinstance(value, bool) else str(value)


def _placed(
    export: Export,
    name: str,
    columns: Mapping[str, Holds],
    rows: Callable[[Segment], Iterable[Sequence[Value]]],
) -> Table:
    def placed(segment: Segment) -> Iterator[Sequence[Value]]:
        place: list[Value] = [segment.id, export.paths[segment.recording_id], *export.place(segment)]
        return ([*place, *row] for row in rows(segment))

    return Table(name, {**_PLACE, **columns}, placed)


def _segments(export: Export) -> Table:
    data, options = export.data, export.options
    columns: dict[str, Holds] = {
        "start_sample": "count",
        "end_sample": "count",
        "tier": "text",
        "text": "text",
        "speaker": "text",
        "status": "text",
    }
    if options.clips:
        columns |= {"clip": "text"}
        if options.context:
            columns |= {"clip_start": "number", "clip_end": "number"}
    keys = [key for key in data.group_keys if key != "speaker"]
    groups = [f"group.{key}" if key in {*_PLACE, *columns} else key for key in keys]

    def rows(segment: Segment) -> Iterator[Sequence[Value]]:
        recording = data.recording_of[segment.recording_id]
        yield [
            segment.start,
            segment.end,
            data.tier_names[segment.tier_id],
            segment.text,
            export.speaker(segment),
            segment.status,
            *_clip(export, segment),
            *(recording.groups.get(key, "") for key in keys),
        ]

    return _placed(export, "segments", columns | dict.fromkeys(groups, "text"), rows)


def _clip(export: Export, segment: Segment) -> Iterator[Value]:
    """The clip and, where it holds more than the segment, where the segment is in it (seconds)."""
    if export.options.clips is None:
        return
    yield export.clip(segment)
    if export.options.context:
        rate = export.data.recording_of[segment.recording_id].sample_rate
        begin = export.heard(segment)[0]
        yield to_seconds(segment.start - begin, rate)
        yield to_seconds(segment.end - begin, rate)


def _ratings(export: Export) -> Table:
    traced = {} if export.traced is export.data else {one.id: one.values for one in export.traced.annotations}
    orders = {rater.id: rater.profile.get("shown", {}) for rater in export.data.raters}

    def rows(segment: Segment) -> Iterator[Sequence[Value]]:
        for one in export.answers.get(segment.id, ()):
            values = traced.get(one.id, one.values)
            schemes = (corpus.scheme_of[one.scheme] for corpus in (export.traced, export.data))
            for item in dict.fromkeys(item for scheme in schemes for item in scheme.items):
                if item.name not in values:
                    continue
                value = values[item.name]
                yield [
                    export.raters[one.rater_id],
                    one.scheme,
                    item.name,
                    oriented(item, value),
                    value,
                    one.repeat,
                    one.revision,
                    one.confidence,
                    one.comment,
                    one.started,
                    one.finished,
                    one.listens,
                    one.flagged,
                    _place_shown(orders[one.rater_id].get(one.scheme, ()), item.name),
                ]

    columns: dict[str, Holds] = {
        "rater": "text", "scheme": "text", "item": "text", "value": "value", "raw_value": "value", "repeat": "count",
        "revision": "count", "confidence": "number", "comment": "text", "started": "text", "finished": "text",
        "listens": "count", "flagged": "flag", "shown_at": "count",
    }  # fmt: skip
    return _placed(export, "ratings", columns, rows)


def _place_shown(order: Sequence[str], item: str) -> int | None:
    """At which place, from 1, the rater saw the item, where the scheme shuffles its items."""
    return order.index(item) + 1 if item in order else None


def _consensus(export: Export) -> Table:
    traced = (
        {}
        if export.traced is export.data
        else {(one.segment_id, one.scheme, one.method): one.values for one in export.traced.consensus}
    )

    def rows(segment: Segment) -> Iterator[Sequence[Value]]:
        for one in export.consensus.get(segment.id, ()):
            values = traced.get((one.segment_id, one.scheme, one.method), one.values)
            schemes = (corpus.scheme_of[one.scheme] for corpus in (export.traced, export.data))
            for item in dict.fromkeys(item for scheme in schemes for item in scheme.items):
                shares = oriented_shares(item, one.distributions.get(item.name, {}))
                if item.name not in values and not shares:
                    continue
                yield [
                    one.scheme,
                    one.method,
                    item.name,
                    oriented(item, values.get(item.name)),
                    one.counts.get(item.name),
                    item.name in one.ties,
                    json.dumps(shares, ensure_ascii=False) if shares else "",
                    one.uncertainty.get(item.name),
                ]

    columns: dict[str, Holds] = {
        "scheme": "text", "method": "text", "item": "text", "value": "value", "n": "count", "tie": "flag",
        "distribution": "text", "uncertainty": "number",
    }  # fmt: skip
    return _placed(export, "consensus", columns, rows)


def _scores(export: Export) -> Table:
    """Factor scores of ratings, with their rater, and of what is settled, with its method."""
    data = export.data
    scores = {scheme.name: scores_of(scheme) for scheme in data.schemes}

    def rows(segment: Segment) -> Iterator[Sequence[Value]]:
        answers = (
            (one.scheme, export.raters[one.rater_id], "", one.repeat, one.values)
            for one in export.answers.get(segment.id, ())
        )
        settled = (
            (one.scheme, "", one.method, 0, one.values) for one in export.consensus.get(segment.id, ())
        )
        for scheme, rater, method, repeat, values in (*answers, *settled):
            made = score_values(data.scheme_of[scheme], values)
            for score in scores[scheme]:
                yield [scheme, score.name, score.kind, rater, method, repeat, made[score.name]]

    columns: dict[str, Holds] = {
        "scheme": "text", "score": "text", "kind": "text", "rater": "text", "method": "text", "repeat": "count",
        "value": "number",
    }  # fmt: skip
    return _placed(export, "scores", columns, rows)


def _splits(export: Export) -> Table:
    def rows(segment: Segment) -> Iterator[Sequence[Value]]:
        for split in export.splits:
            if segment.id in split.parts:
                yield [split.name, split.parts[segment.id], split.groups.get(segment.id, "")]

    return _placed(export, "splits", {"split": "text", "part": "text", "group": "text"}, rows)
