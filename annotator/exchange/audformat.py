"""Reads audformat data bases: `db.yaml` with raters, schemes, tables and splits, and one file for each table.

audEERING, audformat 1.4 documentation ("Header", "Tables", "Conventions"). A table is about files (`file`) or stretches
of them (`file,start,end`); each of its columns has a scheme and, often, a rater; a table with a `split_id` lists what
is in that part.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from annotator.domain.errors import AnnotatorError
from annotator.domain.scheme import Item
from annotator.domain.translation import tr
from annotator.exchange.bundle import TO_THE_END, Findings, Imported, ImportedPart, ImportedSegment
from annotator.exchange.labelled import REFERENCE, Answers, Stretch, category, scheme_of, slug
from annotator.exchange.table import read_table
from annotator.exchange.textfile import read_text
from annotator.exchange.timed import possible
from annotator.exchange.within import files_within

HEADER = "db.yaml"

#: Headers are nested five deep, a little more with meta data of one's own.
_DEEPEST = 50

_TEXT = frozenset({"transcription", "transcript", "text", "transliteration"})
_GROUPS = frozenset({"speaker", "song", "artist", "album", "show", "episode", "actor", "session", "gender"})
_KINDS = {"human": "human", "machine": "machine"}
#: Schemes of our own exports that have no meaning elsewhere: ids, and names of clips.
_OWN = frozenset({"segment", "clip"})
_REPEAT = re.compile(r"(.+)\.again(\d{1,3})")
_LENGTH = re.compile(r"(?:(\d{1,6}) days? )?\+?(\d{1,9}):(\d\d):(\d\d(?:\.\d+)?)")


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    scheme: str
    rater: str
    repeat: int = 0


@dataclass(slots=True)
class _Database:
    header: Mapping[str, Any]
    folder: Path
    findings: Findings
    answers: Answers
    segments: dict[Stretch, dict[str, str]] = field(default_factory=dict)  # text, speaker, tier
    groups: dict[str, dict[str, str]] = field(default_factory=dict)
    parts: list[ImportedPart] = field(default_factory=list)
    files: dict[str, None] = field(default_factory=dict)  # in the order of their appearance

    def kinds(self) -> dict[str, str]:
        """Kinds of the raters who are no people."""
        raters = _member(self.header, "raters")
        kinds = {str(name): _KINDS.get(_text(entry, "type"), "reference") for name, entry in raters.items()}
        return {REFERENCE: "reference"} | {name: kind for name, kind in kinds.items() if kind != "human"}

    def item(self, scheme_id: str) -> Item | None:
        """The item that a scheme describes; `None` where it leaves labels or range to the values."""
        schemes = _member(self.header, "schemes")
        scheme = schemes.get(f"item.{scheme_id}", schemes.get(scheme_id))
        labels = scheme.get("labels") if isinstance(scheme, dict) else None
        if isinstance(labels, list | dict) and labels:
            return category(scheme_id, [str(label) for label in labels])
        kind = _text(scheme, "dtype")
        low, high = (_number(scheme, end) for end in ("minimum", "maximum"))
        if kind == "bool":
            return Item(scheme_id, "boolean", title=scheme_id)
        if kind in ("int", "float") and low is not None and high is not None and low < high:
            steps = "integer" if kind == "int" else "number"
            return Item(scheme_id, steps, title=scheme_id, minimum=low, maximum=high)  # type: ignore[arg-type]
        return None

    def table(self, name: str, table: Mapping[str, Any]) -> None:
        """Takes in one table."""
        columns = self._columns(name, table)
        split, part = self._part(name, table)
        for row, stretch, cells in self._rows(name):
            self.files.setdefault(stretch.file)
            if split:
                self.parts.append(ImportedPart(split, part, stretch.file, stretch.start, stretch.end))
            for column in columns:
                value = cells.get(column.name, "")
                if value != "":
                    self._cell(stretch, column, value, cells.get(f"{column.name}.confidence", ""), row)

    def _cell(self, stretch: Stretch, column: _Column, value: str, confidence: str, row: int) -> None:
        kind, _, name = column.scheme.partition(".")
        whole = stretch.start is None
        if column.scheme in _OWN:
            return
        if kind == "split" and name:
            self.parts.append(ImportedPart(name, value, stretch.file, stretch.start, stretch.end))
        elif kind == "group" and name:
            self.groups.setdefault(stretch.file, {})[name] = value
        elif column.scheme in _TEXT:
            self.segments.setdefault(stretch, {})["text"] = " ".join(value.split())
        elif column.scheme in _GROUPS and whole:
            self.groups.setdefault(stretch.file, {})[column.scheme] = value
        elif column.scheme in ("speaker", "tier"):
            self.segments.setdefault(stretch, {})[column.scheme] = value
        else:
            sure = float(confidence) if re.fullmatch(r"[01](\.\d+)?", confidence) else None
            self.answers.add(
                stretch, column.rater or REFERENCE, column.scheme.removeprefix("item."), value,
                row=row, confidence=sure, repeat=column.repeat,
            )  # fmt: skip

    def _columns(self, table_name: str, table: Mapping[str, Any]) -> list[_Column]:
        """Columns that are read; `emotion.confidence` and shares such as `emotion.happy` belong to `emotion`."""
        found, unread = [], []
        described = {str(name): entry for name, entry in _member(table, "columns").items()}
        for name, entry in described.items():
            again = _REPEAT.fullmatch(name)
            if again is None and any(name.startswith(f"{other}.") for other in described):
                if not name.endswith(".confidence"):
                    unread.append(name)
            elif _text(entry, "scheme_id"):
                repeat = int(again[2]) if again else 0
                found.append(_Column(name, _text(entry, "scheme_id"), _text(entry, "rater_id"), repeat))
            else:
                unread.append(name)
        if unread:
            self.findings.warn(
                tr('Columns of the table "{table}" that are no answers were not read: {names}.',
                   table=table_name, names=", ".join(unread))
            )  # fmt: skip
        return found

    def _part(self, name: str, table: Mapping[str, Any]) -> tuple[str, str]:
        """(split, part) that a table stands for; empty where it is no part. `emotion.train` is of the split emotion."""
        part = _text(table, "split_id")
        told = _member(self.header, "schemes")
        if not part or any(str(scheme).startswith("split.") for scheme in told):
            return "", ""  # where segments are told their parts, tables by part say nothing new
        split = name.removesuffix(f".{part}") if name != part else ""
        return split if split and split != name else slug(_text(self.header, "name"), "audformat"), part

    def _rows(self, name: str) -> Iterator[tuple[int, Stretch, dict[str, str]]]:
        for line, cells in self._cells(name):
            file = cells.pop("file", "")
            start, end = cells.pop("start", ""), cells.pop("end", "")
            try:
                times = _seconds(start), _seconds(end)
            except ValueError as error:
                self.findings.drop(line, tr('"{text}" is not a time.', text=str(error)[:60]))
                continue
            if not file:
                self.findings.drop(line, tr("no file is named."))
            elif times[0] is None or (times[0] == 0 and times[1] is None):
                yield line, Stretch(file), cells
            elif times[1] is None:
                yield line, Stretch(file, times[0], TO_THE_END), cells
            elif possible(times[0], times[1], file, self.findings, line):
                yield line, Stretch(file, *times), cells

    def _cells(self, name: str) -> Iterator[tuple[int, dict[str, str]]]:
        base = self.folder / f"db.{name}.csv"
        if "/" in name or "\\" in name:
            raise AnnotatorError(tr('The table "{name}" would lie outside the data base.', name=name))
        if base.is_file():
            for row in read_table(base, self.findings).rows:
                yield row.line, dict(row.cells)
        elif base.with_suffix(".parquet").is_file():
            yield from enumerate(_parquet(base.with_suffix(".parquet")), start=2)
        else:
            self.findings.drop(
                0, tr('The table "{name}" has no file {file} beside the header.', name=name, file=base.name)
            )


def read_audformat(path: Path) -> Imported:
    """Ratings by rater, gold standards, texts, speakers, and the parts of splits; `path` is the folder or its header.

    Items are named as their schemes. Columns of the schemes speaker, song, session, ... are group keys in tables of
    whole files; texts and speakers of stretches make segments. Tables kept as Python pickles are never opened. Raises
    `AnnotatorError` where the header is missing or damaged, or holds nothing usable.
    """
    findings = Findings()
    place = path / HEADER if path.is_dir() else path
    header = _header(place, findings)
    name = slug(_text(header, "name"), "audformat")
    database = _Database(header, place.parent, findings, Answers(findings, name))
    for table_name, table in _member(header, "tables").items():
        database.findings = database.answers.findings = Findings()
        database.table(str(table_name), table if isinstance(table, dict) else {})
        findings.add(database.findings, str(table_name))
    if _member(header, "misc_tables"):
        findings.warn(tr("Tables that are about no files were not read: {names}.",
                         names=", ".join(map(str, _member(header, "misc_tables")))))  # fmt: skip
    answers = database.answers
    if not (answers.values() or database.segments or database.parts or database.groups):
        raise AnnotatorError(
            tr("{path} holds nothing that can be used.", path=path),
            " ".join([*findings.dropped, *findings.warnings][:3]),
        )
    known = {item: made for item in answers.values() if (made := database.item(item)) is not None}
    audio = files_within(place.parent, database.files, findings)
    return Imported(
        tuple(
            ImportedSegment(
                one.file,
                one.start or 0.0,
                TO_THE_END if one.end is None else one.end,
                said.get("text", ""),
                said.get("speaker", ""),
                tier=said.get("tier", ""),
            )
            for one, said in database.segments.items()
        ),
        answers.ratings(),
        schemes=scheme_of(name, answers, findings, known),
        raters=database.kinds(),
        parts=tuple(database.parts),
        groups={file: keys for file, keys in database.groups.items() if keys},
        audio=audio,
        warnings=findings.warnings,
        dropped=findings.dropped,
        tier=name,
    )


def _header(path: Path, findings: Findings) -> Mapping[str, Any]:
    import yaml

    text = read_text(path, findings)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        _check_events(path, yaml.parse(text, Loader=loader))
        header = yaml.load(text, Loader=loader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())[:200]
        raise AnnotatorError(tr("{path} is damaged: {error}.", path=path, error=reason)) from None
    if not isinstance(header, dict) or not isinstance(header.get("tables"), dict):
        raise AnnotatorError(
            tr("{path} is no header of audformat with tables.", path=path),
            tr("Give the folder that holds db.yaml."),
        )
    return header


def _check_events(path: Path, events: Iterable[Any]) -> None:
    """Refuses what makes a small file grow, and nesting that would break the loader, which calls itself."""
    import yaml

    depth = 0
    for event in events:
        if isinstance(event, yaml.AliasEvent):
            raise AnnotatorError(
                tr(
                    "{path} repeats parts of itself by reference, which no header of audformat does.",
                    path=path,
                )
            )
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _DEEPEST:
            raise AnnotatorError(tr("{path} is nested too deeply.", path=path))


def _member(entry: Any, name: str) -> dict[Any, Any]:
    value = entry.get(name) if isinstance(entry, dict) else None
    return value if isinstance(value, dict) else {}


def _text(entry: Any, name: str) -> str:
    value = entry.get(name) if isinstance(entry, dict) else None
    return str(value) if isinstance(value, str | int | float) else ""


def _number(entry: Any, name: str) -> float | None:
    value = entry.get(name) if isinstance(entry, dict) else None
    return float(value) if isinstance(value, int | float) and abs(value) < 1e15 else None


def _seconds(text: str) -> float | None:
    """Seconds of a length of time as pandas writes it; `None` for none. Raises `ValueError`."""
    if text in ("", "NaT"):
        return None
    match = _LENGTH.fullmatch(text)
    if match is None:
        raise ValueError(text)
    days, hours, minutes, seconds = match.groups()
    return (int(days or 0) * 24 + int(hours)) * 3600 + int(minutes) * 60 + float(seconds)


def _parquet(path: Path) -> Iterator[dict[str, str]]:
    import pyarrow as pa
    import pyarrow.parquet as parquet

    try:
        table = parquet.read_table(path)
        for name in ("start", "end"):
            if name in table.column_names:
                length = table.column(name).cast(pa.duration("us")).cast(pa.int64())
                table = table.set_column(table.column_names.index(name), name, length)
        rows = table.to_pylist()
    except (pa.ArrowException, OSError, ValueError) as error:
        reason = str(error).split("\n")[0][:120]
        raise AnnotatorError(tr("{path} is damaged: {error}.", path=path, error=reason)) from None
    for row in rows:
        cells = {str(name): "" if value is None else str(value) for name, value in row.items()}
        for name in ("start", "end"):
            if cells.get(name):
                cells[name] = _clock(int(cells[name]))
        yield cells


def _clock(microseconds: int) -> str:
    seconds, rest = divmod(microseconds, 1_000_000)
    minutes, second = divmod(seconds, 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{second:02d}.{rest:06d}"


def is_audformat(path: Path) -> bool:
    """Whether a folder is such a data base, or a file its header."""
    return (path / HEADER).is_file() if path.is_dir() else path.name == HEADER
