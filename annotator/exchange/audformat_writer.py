"""Writes an audformat database: `db.yaml` with a CSV file for each table.

audEERING, audformat 1.x. A table for each item, with a column for each rater; `ITEM.gold_standard` with what was
settled and the share of each category, and `ITEM.PART` the same for each part of the split. `segments` has the text,
`files` what is known of each recording. Index: `file, start, end`.
"""

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from annotator.domain.corpus import Segment, Value
from annotator.domain.progress import Job, Progress
from annotator.domain.scheme import Item, Scheme
from annotator.domain.translation import tr
from annotator.exchange.bundle import ExportData, ExportOptions, ExportResult
from annotator.exchange.filters import SAME_PLACE
from annotator.exchange.labels import oriented
from annotator.exchange.layers import unique_names
from annotator.exchange.tables import cell
from annotator.exchange.writing import Export, Written, write_export
from annotator.exchange.yaml_text import to_yaml

GOLD = "gold_standard"
_KINDS = {"human": "human", "adjudicator": "human", "machine": "machine", "reference": "ground truth"}
_PARTS = {"train": "train", "dev": "dev", "devel": "dev", "validation": "dev", "valid": "dev", "test": "test"}
_SHARE = "share"

_LAYOUT = (
    "An audformat database: `audformat.Database.load(FOLDER)`. A table for each item with a column for each rater,"
    " `ITEM.gold_standard` with what was settled and the shares, `ITEM.PART` the same for each part of the split,"
    " `segments` with text and speaker, `files` with what is known of each recording. High values are pleasant, excited"
    " or dominant."
)


@dataclass
class _Table:
    """A table: its columns, each with scheme and rater, and a row of values for each segment."""

    columns: dict[str, dict[str, str]]
    rows: list[tuple[Segment, Sequence[Value]]]
    split: str = ""


@dataclass
class _Database:
    schemes: dict[str, dict[str, Any]] = field(default_factory=dict)
    raters: dict[str, dict[str, str]] = field(default_factory=dict)
    tables: dict[str, _Table] = field(default_factory=dict)


def write_audformat(data: ExportData, out: Path, options: ExportOptions) -> Job[ExportResult]:
    """Writes the database into the folder `out`. Of segments at the very same place the first is written."""
    return (yield from write_export("audformat", data, out, options, _write, only=same_place))


def same_place(export: Export) -> dict[str, tuple[str, str]]:
    """Segments at the very place of an earlier one: rows of a table have to be at places of their own."""
    first: dict[tuple[str, int, int], str] = {}
    doubled = {}
    for segment in export.segments:
        place = (segment.recording_id, segment.start, segment.end)
        if first.setdefault(place, segment.id) != segment.id:
            doubled[segment.id] = (SAME_PLACE, first[place])
    return doubled


def _write(export: Export, folder: Path) -> Job[Written]:
    database = _Database()
    _add_segments(export, database)
    for done, (scheme, item, name) in enumerate(export.items):
        yield Progress(done, len(export.items), tr("Writing {name}", name=f"db.{name}.csv"))
        _add_item(export, database, scheme, item, name)
    names = dict(zip(database.tables, _file_names(database.tables), strict=True))
    for name, table in database.tables.items():
        _write_table(export, folder / f"db.{names[name]}.csv", table)
    files = _write_files(export, folder / "db.files.csv")
    head = _header(export, database, names, files)
    (folder / "db.yaml").write_text(to_yaml(head), encoding="utf-8", newline="\n")
    return Written((_LAYOUT,))


def _add_segments(export: Export, database: _Database) -> None:
    columns = {name: {"scheme_id": name} for name in ("segment", "text", "speaker", "tier")}
    if export.options.clips:
        columns["clip"] = {"scheme_id": "clip"}
    splits = [f"split.{split.name}" for split in export.splits]
    columns |= {name: {"scheme_id": name} for name in splits}
    for name in columns:
        database.schemes[name] = {"dtype": "str"}
    rows: list[tuple[Segment, Sequence[Value]]] = []
    for s in export.segments:
        told: list[Value] = [s.id, s.text, export.speaker(s), export.data.tier_names[s.tier_id]]
        told += [export.clip(s)] if export.options.clips else []
        told += [split.parts.get(s.id, "") for split in export.splits]
        rows.append((s, told))
    database.tables["segments"] = _Table(columns, rows)


def _add_item(export: Export, database: _Database, scheme: Scheme, item: Item, name: str) -> None:
    scheme_id = name if name not in database.schemes else f"item.{name}"
    given: dict[str, dict[str, Value]] = {}  # rater's column -> segment id -> value
    kinds: dict[str, str] = {}
    for segment in export.segments:
        for one in export.answers.get(segment.id, ()):
            value = oriented(item, one.values.get(item.name)) if one.scheme == scheme.name else None
            if value is not None:
                rater = export.raters[one.rater_id]
                column = rater if one.repeat == 0 else f"{rater}.again{one.repeat}"
                given.setdefault(column, {})[segment.id] = value
                kinds[column] = rater
    labels = export.labels.get(scheme.name, {})
    settled = [s for s in export.segments if s.id in labels and item.name in labels[s.id].values]
    if not given and not settled:
        return
    database.schemes[scheme_id] = _scheme(item)
    if given:
        types = {export.raters[rater.id]: _KINDS[rater.kind] for rater in export.data.raters}
        columns = sorted(given, key=_natural)
        for column in columns:
            database.raters[kinds[column]] = {"type": types[kinds[column]]}
        rated = [s for s in export.segments if any(s.id in values for values in given.values())]
        database.tables[scheme_id] = _Table(
            {column: {"scheme_id": scheme_id, "rater_id": kinds[column]} for column in columns},
            [(s, [given[column].get(s.id) for column in columns]) for s in rated],
        )
    if settled:
        _add_gold(export, database, scheme, item, scheme_id, settled)


def _add_gold(
    export: Export,
    database: _Database,
    scheme: Scheme,
    item: Item,
    scheme_id: str,
    settled: Sequence[Segment],
) -> None:
    """What was settled, whole and by part."""
    labels = export.labels[scheme.name]
    database.raters[GOLD] = {"type": "vote"}
    columns = {scheme_id: {"scheme_id": scheme_id, "rater_id": GOLD}}
    shares = {s.id: labels[s.id].distributions.get(item.name, {}) for s in settled}
    categories = item.categories if any(shares.values()) and not item.numeric else ()
    if categories:
        database.schemes[_SHARE] = {"dtype": "float", "minimum": 0.0, "maximum": 1.0}
        columns |= {f"{scheme_id}.{c}": {"scheme_id": _SHARE, "rater_id": GOLD} for c in categories}
    rows: list[tuple[Segment, Sequence[Value]]] = []
    for s in settled:
        of_segment = [shares[s.id].get(c, 0.0) if shares[s.id] else None for c in categories]
        rows.append((s, [oriented(item, labels[s.id].values[item.name]), *of_segment]))
    database.tables[f"{scheme_id}.{GOLD}"] = _Table(columns, rows)
    for part in export.split.part_names if export.split else ():
        members = [row for row in rows if export.part(row[0]) == part]
        if members:
            database.tables[f"{scheme_id}.{part}"] = _Table(columns, members, part)


def _scheme(item: Item) -> dict[str, Any]:
    """An item as audformat describes it; means of whole numbers need fractions."""
    if item.numeric:
        return {"dtype": "float", "minimum": item.minimum, "maximum": item.maximum}
    return {"dtype": "bool"} if item.type == "boolean" else {"dtype": "str", "labels": list(item.labels)}


def _natural(column: str) -> list[tuple[int, str]]:
    """R2 before R10."""
    return [(int(text) if text.isdigit() else -1, text) for text in re.split(r"(\d+)", column)]


def _file_names(tables: Iterable[str]) -> list[str]:
    return unique_names(re.sub(r'[\s/\\:*?"<>|]+', "_", name) for name in tables)


def _write_table(export: Export, path: Path, table: _Table) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["file", "start", "end", *table.columns])
        for segment, values in table.rows:
            rate = export.data.recording_of[segment.recording_id].sample_rate
            times = [_timedelta(at, rate) for at in (segment.start, segment.end)]
            writer.writerow([export.paths[segment.recording_id], *times, *map(_cell, values)])


def _timedelta(sample: int, rate: int) -> str:
    """A time as pandas writes it, to the nanosecond: the sample can be told from it.

    >>> _timedelta(3, 8000), _timedelta(90_000 * 8000, 8000)
    ('0 days 00:00:00.000375000', '1 days 01:00:00.000000000')
    """
    nanoseconds = (sample * 1_000_000_000 + rate // 2) // rate
    seconds, fraction = divmod(nanoseconds, 1_000_000_000)
    days, rest = divmod(seconds, 86_400)
    return f"{days} days {rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}.{fraction:09d}"


def _cell(value: Value) -> str:
    return str(value) if isinstance(value, bool) else cell(value)


def _write_files(export: Export, path: Path) -> dict[str, dict[str, str]]:
    """What is known of each recording; gives the columns."""
    keys = export.data.group_keys
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["file", *(f"group.{key}" for key in keys)])
        for recording in export.recordings:
            groups = [recording.groups.get(key, "") for key in keys]
            writer.writerow([export.paths[recording.id], *groups])
    return {f"group.{key}": {"scheme_id": f"group.{key}"} for key in keys}


def _header(
    export: Export, database: _Database, file_names: dict[str, str], files: dict[str, dict[str, str]]
) -> dict[str, Any]:
    data = export.data
    rates = {recording.sample_rate for recording in export.recordings}
    channels = {recording.channels for recording in export.recordings}
    media: dict[str, Any] = {"type": "audio"}
    if len(rates) == len(channels) == 1:
        media |= {"channels": channels.pop(), "sampling_rate": rates.pop()}
    schemes = database.schemes | {name: {"dtype": "str"} for name in files}
    parts = export.split.part_names if export.split else ()
    used = {table.split for table in database.tables.values()}
    tables = {
        file_names[name]: {
            "type": "segmented",
            "media_id": "sound",
            **({"split_id": table.split} if table.split else {}),
            "columns": table.columns,
        }
        for name, table in database.tables.items()
    }
    tables["files"] = {"type": "filewise", "media_id": "sound", "columns": files}
    return {
        "name": data.about.title or data.name,
        "source": data.about.url,
        "usage": "unrestricted" if data.about.licence.upper().startswith("CC0") else "other",
        "languages": [code for code in data.about.languages if re.fullmatch(r"[a-z]{2,3}", code)],
        **({"description": data.about.description} if data.about.description else {}),
        **({"author": data.about.creators} if data.about.creators else {}),
        **({"license": data.about.licence} if data.about.licence else {}),
        "media": {"sound": media},
        "raters": database.raters,
        "schemes": schemes,
        "splits": {part: {"type": _PARTS.get(part, "other")} for part in parts if part in used},
        "tables": tables,
    }
