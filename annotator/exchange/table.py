"""CSV tables of any make: delimiter found out, header names trimmed, line numbers kept for reports."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr
from annotator.exchange.bundle import Findings
from annotator.exchange.textfile import read_text

_DELIMITERS = ",;\t|"
#: A trace of an hour is one cell, longer than the library would take.
csv.field_size_limit(1 << 30)

_SAMPLE_ROWS = 50

#: How statistics programs and spreadsheets write an empty cell.
_MISSING = frozenset({"NA", "N/A", "#N/A", "NaN", "nan"})


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line it starts on and its cells by column, trimmed."""

    line: int
    cells: dict[str, str]

    def get(self, column: str | None) -> str:
        """The cell of a column, empty where there is no such column."""
        return self.cells.get(column, "") if column is not None else ""


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A table with its column names in order, trimmed, and the rows that have no more cells than it has columns."""

    path: Path
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def column(self, names: Sequence[str]) -> str | None:
        """The first column with one of these names, in their order of preference, whatever its case."""
        lower = {column.lower(): column for column in reversed(self.columns)}
        return next((lower[name] for name in names if name in lower), None)


def read_table(path: Path, findings: Findings) -> CsvTable:
    """Reads a table; rows with more cells than columns are dropped, missing trailing cells are empty.

    Raises `AnnotatorError` where the file is no table or two columns have one name.
    """
    text = read_text(path, findings)
    delimiter = _sniff(text)
    lines = _lines(text, delimiter, path)
    columns = tuple(name.strip() for name in lines[0][1])
    while columns and not columns[-1]:  # spreadsheets end rows with empty columns
        columns = columns[:-1]
    _check_columns(columns, path)
    rows = []
    missing = 0
    for line, raw in lines[1:]:
        cells = [cell.strip() for cell in raw]
        if not any(cells):
            continue
        if any(cells[len(columns) :]):
            findings.drop(
                line,
                tr(
                    "{found} cells where the header has {needed} columns.",
                    found=len(cells),
                    needed=len(columns),
                ),
            )
            continue
        if not _MISSING.isdisjoint(cells):
            missing += sum(cell in _MISSING for cell in cells)
            cells = ["" if cell in _MISSING else cell for cell in cells]
        rows.append(Row(line, dict(zip_longest(columns, cells[: len(columns)], fillvalue=""))))
    if missing:
        findings.warn(tr("{n} cells that say NA or NaN were read as empty.", n=missing))
    if delimiter == ";":
        rows = _with_decimal_points(rows, findings)
    return CsvTable(path, columns, tuple(rows))


def _sniff(text: str) -> str:
    """The delimiter that cuts most rows into as many cells as the header; a comma where there is one column.

    `csv.Sniffer` is not used: it guesses wrongly on short tables with sentences in them.

    >>> _sniff("file;rater;value\\na.wav;R1;0,5\\nb.wav;R1;0,7\\n")
    ';'
    """

    def score(delimiter: str) -> tuple[int, int]:
        rows = csv.reader(io.StringIO(text), delimiter=delimiter, strict=False)
        try:
            sizes = [len(row) for row, _ in zip(rows, range(_SAMPLE_ROWS), strict=False) if row]
        except csv.Error:
            return 0, 0
        return (sum(size == sizes[0] for size in sizes), sizes[0]) if sizes and sizes[0] > 1 else (0, 0)

    return max(_DELIMITERS, key=score)


def _lines(text: str, delimiter: str, path: Path) -> list[tuple[int, list[str]]]:
    """Rows that are not blank, each with the number of the line it starts on (quoted cells may span lines)."""
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    found = []
    line = 1
    try:
        for row in reader:
            if row:
                found.append((line, row))
            line = reader.line_num + 1
    except csv.Error as error:
        raise AnnotatorError(
            tr("{path}, line {line}: {error}.", path=path, line=line, error=error),
            tr("Check the quotation marks."),
        ) from None
    return found


def _check_columns(columns: Sequence[str], path: Path) -> None:
    for number, name in enumerate(columns):
        if name and name in columns[:number]:
            raise AnnotatorError(
                tr('{path} has two columns named "{name}".', path=path, name=name),
                tr("Rename or remove one of them."),
            )


def _with_decimal_points(rows: list[Row], findings: Findings) -> list[Row]:
    """Numbers such as `3,5`, which spreadsheets in many countries write beside semicolons, with a point."""
    changed = 0
    for row in rows:
        for column, cell in row.cells.items():
            whole, comma, decimals = cell.partition(",")
            if comma and decimals.isdecimal() and whole.removeprefix("-").isdecimal():
                row.cells[column] = f"{whole}.{decimals}"
                changed += 1
    if changed:
        findings.warn(tr("{n} numbers with a decimal comma were read with a decimal point.", n=changed))
    return rows
