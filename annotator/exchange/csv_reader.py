"""Reads ratings and segments from CSV tables.

Three shapes hold ratings; the column names tell them apart, whatever their case and order:

- long: `item` and `value`, one row per answer;
- one column per rater: `item` without `value`, every further column is a rater;
- one column per item: neither, every further column is an item.

All need `segment` or `file`; `start` and `end` (seconds or `h:mm:ss.mmm`), `rater`, `scheme`, `repeat`, `confidence`
and `comment` are optional. A table with `start`, `end` and `text` or `tier` but no rater, item or value holds segments;
one with `part`, and `split` where there are several, holds the parts of splits. Further columns of `segments.csv` in an
exported folder are group keys.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from annotator.domain.errors import AnnotatorError
from annotator.domain.timeline import parse_clock
from annotator.domain.translation import tr
from annotator.exchange.bundle import Findings, Imported, ImportedPart, ImportedRating, ImportedSegment
from annotator.exchange.table import CsvTable, Row, read_table

_SEGMENT = ("segment", "segment_id")
_FILE = ("file", "file_name", "filename", "path", "recording")
_START = ("start", "start_seconds")
_END = ("end", "end_seconds", "stop")
_RATER = ("rater", "annotator", "rater_id", "annotator_id")
#: An export turns scales so that high is pleasant; what the rater chose stands beside it and is what comes back.
_VALUE = ("raw_value", "value", "rating")

#: The tables of an exported folder that can come back; a consensus is computed, not imported.
TABLES = ("segments.csv", "ratings.csv", "splits.csv")

#: Columns of exported tables that are never an item or a rater.
_ABOUT = {
    *_SEGMENT, *_FILE, *_START, *_END, *_RATER, *_VALUE, "item", "scheme", "repeat", "revision", "confidence",
    "comment", "started", "finished", "listens", "start_sample", "end_sample", "tier", "text", "speaker",
    "status", "clip", "clip_start", "clip_end", "flagged", "shown_at",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Shape:
    """Which column holds what; `None` where the table does not have it."""

    segment: str | None
    file: str | None
    start: str | None
    end: str | None
    rater: str | None
    item: str | None
    value: str | None
    scheme: str | None
    repeat: str | None
    confidence: str | None
    comment: str | None
    answers: tuple[str, ...]  # columns named after raters or items

    @staticmethod
    def of(table: CsvTable) -> "_Shape":
        return _Shape(
            segment=table.column(_SEGMENT),
            file=table.column(_FILE),
            start=table.column(_START),
            end=table.column(_END),
            rater=table.column(_RATER),
            item=table.column(("item",)),
            value=table.column(_VALUE),
            scheme=table.column(("scheme",)),
            repeat=table.column(("repeat",)),
            confidence=table.column(("confidence",)),
            comment=table.column(("comment",)),
            answers=tuple(name for name in table.columns if name and name.lower() not in _ABOUT),
        )


@dataclass(frozen=True, slots=True)
class _Thing:
    """What a row is about: a segment, a file or a stretch of a file, `None` where no times are given."""

    segment: str
    file: str
    start: float | None
    end: float | None


_Key: TypeAlias = tuple[_Thing, str, str, int]  # what is rated, rater, scheme, repeat


class _BadRowError(Exception):
    """Why a row is left out."""


def read_csv(path: Path) -> Imported:
    """Ratings, segments or parts of a table, or of the tables of an exported folder; rows left out are reported.

    Raises `AnnotatorError` where the columns do not make one of the known shapes (naming those found and those
    needed), or where no row is usable.
    """
    return _read_folder(path) if path.is_dir() else _read_table(path)


def _read_table(path: Path, *, exported: bool = False) -> Imported:
    findings = Findings()
    table = read_table(path, findings)
    shape = _Shape.of(table)
    if _holds_segments(table, shape):
        segments = _segments(table, shape, findings)
        groups = _groups(table, shape) if exported else {}
        if shape.answers and not exported:
            findings.warn(
                tr(
                    "Columns that segments do not have were not read: {names}.",
                    names=", ".join(shape.answers),
                )
            )
        found = Imported((*segments,), (), findings.warnings, findings.dropped, groups=groups)
        return _checked(path, found)
    if _holds_parts(table, shape):
        parts = _parts(table, shape, findings)
        return _checked(path, Imported(parts=(*parts,), warnings=findings.warnings, dropped=findings.dropped))
    _check_shape(table, shape)
    ratings = _ratings(table, shape, findings)
    return _checked(path, Imported((), (*ratings,), findings.warnings, findings.dropped))


def is_csv_folder(path: Path) -> bool:
    """Whether a folder holds tables as they are exported."""
    return any((path / name).is_file() for name in TABLES[:2])


def _read_folder(folder: Path) -> Imported:
    found = [(name, folder / name) for name in TABLES if (folder / name).is_file()]
    read = [(name, _read_table(path, exported=True)) for name, path in found if _has_rows(path)]
    if not read:
        raise AnnotatorError(
            tr("{folder} holds no table that can be imported.", folder=folder),
            tr("Give a table, or a folder with segments.csv, ratings.csv or splits.csv."),
        )
    return Imported(
        segments=tuple(one for _, table in read for one in table.segments),
        ratings=tuple(one for _, table in read for one in table.ratings),
        parts=tuple(one for _, table in read for one in table.parts),
        warnings=tuple(f"{name}: {text}" for name, table in read for text in table.warnings),
        dropped=tuple(f"{name}: {text}" for name, table in read for text in table.dropped),
        groups={file: keys for _, table in read for file, keys in table.groups.items()},
    )


def _has_rows(path: Path) -> bool:
    """Whether a table has more than its header; an export writes all tables, also those without a row."""
    with path.open("rb") as file:
        file.readline()
        return bool(file.read(1))


def _checked(path: Path, imported: Imported) -> Imported:
    if imported.segments or imported.ratings or imported.parts:
        return imported
    if imported.dropped:
        raise AnnotatorError(tr("No row of {path} can be used.", path=path), " ".join(imported.dropped[:3]))
    raise AnnotatorError(tr("{path} has a header but no rows.", path=path))


def _holds_segments(table: CsvTable, shape: _Shape) -> bool:
    if shape.rater or shape.item or shape.value or not (shape.file and shape.start and shape.end):
        return False
    return table.column(("text", "tier")) is not None or not shape.answers


def _holds_parts(table: CsvTable, shape: _Shape) -> bool:
    if shape.rater or shape.item or shape.value or not (shape.segment or shape.file):
        return False
    return table.column(("part",)) is not None


def _check_shape(table: CsvTable, shape: _Shape) -> None:
    if not (shape.segment or shape.file):
        missing = tr("no column says which segment or file is rated")
    elif bool(shape.start) != bool(shape.end):
        missing = tr("of start and end there is only one")
    elif shape.value and not shape.item:
        missing = tr("no column says which item the values belong to")
    elif not (shape.value or shape.answers):
        missing = tr("no column holds answers")
    else:
        return
    raise AnnotatorError(
        tr(
            "{path}: {missing}. Its columns are: {columns}.",
            path=table.path,
            missing=missing,
            columns=", ".join(table.columns),
        ),
        tr(
            "Needed are segment or file (with start and end where parts of a file were rated) and either item and "
            "value, or item and one column per rater, or one column per item; a column rater says who answered."
        ),
    )


def _thing(row: Row, shape: _Shape) -> _Thing:
    segment, file = row.get(shape.segment), row.get(shape.file)
    if not (segment or file):
        raise _BadRowError(tr("no segment or file is named."))
    start, end = row.get(shape.start), row.get(shape.end)
    if not (start or end):
        return _Thing(segment, file, None, None)
    if not (start and end):
        raise _BadRowError(tr("of start and end there is only one."))
    return _Thing(segment, file, *_times(start, end))


def _times(start: str, end: str) -> tuple[float, float]:
    try:
        first, last = parse_clock(start), parse_clock(end)
    except AnnotatorError as error:
        raise _BadRowError(error.message) from None
    if not first < last < math.inf:
        raise _BadRowError(tr("the start {start} is not before the end {end}.", start=start, end=end))
    return first, last


def _answers(row: Row, shape: _Shape) -> Iterator[tuple[str, str, str]]:
    """(rater, item, value) of every answer in a row."""
    rater = row.get(shape.rater)
    if shape.rater and not rater:
        raise _BadRowError(tr("no rater is named."))
    if not shape.item:
        yield from ((rater, name, row.get(name)) for name in shape.answers if row.get(name))
        return
    item = row.get(shape.item)
    if not item:
        raise _BadRowError(tr("no item is named."))
    if shape.value:
        # An empty cell in a long table is a row that someone wrote: the rater could not tell.
        yield rater, item, row.get(shape.value)
    else:
        yield from ((name, item, row.get(name)) for name in shape.answers if row.get(name))


def _ratings(table: CsvTable, shape: _Shape, findings: Findings) -> list[ImportedRating]:
    collected = _Collector(findings)
    for row in table.rows:
        try:
            thing, repeat = _thing(row, shape), _repeat(row.get(shape.repeat))
            for rater, item, value in _answers(row, shape):
                key = (thing, rater, row.get(shape.scheme), repeat)
                collected.add(row.line, key, item, value)
                collected.note(key, _confidence(row.get(shape.confidence)), row.get(shape.comment))
        except _BadRowError as why:
            findings.drop(row.line, str(why))
    return collected.ratings()


class _Collector:
    """Answers about the same thing by the same rater make one rating; a second answer to an item is left out."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._answers: dict[_Key, dict[str, tuple[int, str]]] = {}
        self._notes: dict[_Key, tuple[float | None, str]] = {}

    def add(self, line: int, key: _Key, item: str, value: str) -> None:
        answers = self._answers.setdefault(key, {})
        if item not in answers:
            answers[item] = (line, value)
            return
        thing, rater = key[:2]
        self._findings.drop(
            line,
            tr(
                "{rater} has answered {item} for {target} on line {first} already.",
                rater=rater or tr("the rater"),
                item=item,
                target=thing.segment or thing.file,
                first=answers[item][0],
            ),
        )

    def note(self, key: _Key, confidence: float | None, comment: str) -> None:
        """What a rating says besides; the first of its rows that says something counts."""
        if confidence is not None or comment:
            self._notes.setdefault(key, (confidence, comment))

    def ratings(self) -> list[ImportedRating]:
        return [self._rating(key, answers) for key, answers in self._answers.items()]

    def _rating(self, key: _Key, answers: dict[str, tuple[int, str]]) -> ImportedRating:
        thing, rater, scheme, repeat = key
        confidence, comment = self._notes.get(key, (None, ""))
        return ImportedRating(
            target=thing.segment or thing.file,
            start_seconds=thing.start,
            end_seconds=thing.end,
            rater=rater,
            values={item: value for item, (_, value) in answers.items()},
            row=min(line for line, _ in answers.values()),
            file=thing.file,
            scheme=scheme,
            repeat=repeat,
            confidence=confidence,
            comment=comment,
        )


def _confidence(text: str) -> float | None:
    """A confidence from 0 to 1; anything else is none."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 <= number <= 1 else None


def _repeat(text: str) -> int:
    try:
        number = int(text or "0")
    except ValueError:
        number = -1
    if number < 0:
        raise _BadRowError(tr('"{text}" is not the number of a repeat.', text=text))
    return number


def _segments(table: CsvTable, shape: _Shape, findings: Findings) -> list[ImportedSegment]:
    text, speaker = table.column(("text",)), table.column(("speaker",))
    tier, status = table.column(("tier",)), table.column(("status",))
    found = []
    for row in table.rows:
        try:
            file, start, end = row.get(shape.file), row.get(shape.start), row.get(shape.end)
            if not file:
                raise _BadRowError(tr("no file is named."))
            if not (start and end):
                raise _BadRowError(tr("start or end is missing."))
            found.append(
                ImportedSegment(
                    file, *_times(start, end), row.get(text), row.get(speaker), row.line,
                    tier=row.get(tier), status=row.get(status),
                )
            )  # fmt: skip
        except _BadRowError as why:
            findings.drop(row.line, str(why))
    return found


def _groups(table: CsvTable, shape: _Shape) -> dict[str, dict[str, str]]:
    """Group keys by file; a key with the name of another column is exported as `group.KEY`."""
    found: dict[str, dict[str, str]] = {}
    for row in table.rows:
        keys = {name.removeprefix("group."): row.get(name) for name in shape.answers if row.get(name)}
        found.setdefault(row.get(shape.file), {}).update(keys)
    return {file: keys for file, keys in found.items() if file and keys}


def _parts(table: CsvTable, shape: _Shape, findings: Findings) -> list[ImportedPart]:
    part, split = table.column(("part",)), table.column(("split",))
    found = []
    for row in table.rows:
        try:
            thing = _thing(row, shape)
        except _BadRowError as why:
            findings.drop(row.line, str(why))
            continue
        if row.get(part):
            name = row.get(split) or table.path.stem
            found.append(ImportedPart(name, row.get(part), thing.file, thing.start, thing.end, thing.segment))
        else:
            findings.drop(row.line, tr("no part is named."))
    return found
