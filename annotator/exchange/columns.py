"""Columns of a CSV file whose types a reader that guesses them gets right in every part.

The Hugging Face library reads `metadata.csv` with `pandas.read_csv` in chunks of 10,000 rows and refuses a data
set in which two parts guess different types for one column: an empty text column becomes numbers, a speaker "01"
becomes 1, a label "None" becomes missing. So numbers are always written as fractions, and texts are written so
that every chunk of every part can only be text, with a note where that took a change.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from annotator.domain.translation import tr

CHUNK_ROWS = 10_000
MISSING = "-"

#: What pandas reads as missing (the `na_values` of `pandas.read_csv`), beside the empty cell.
_READ_AS_MISSING = frozenset({
    "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA", "NULL",
    "NaN", "None", "n/a", "nan", "null",
})  # fmt: skip
_WHOLE = re.compile(r"0|-?[1-9]\d{0,17}")


@dataclass(frozen=True, slots=True)
class Column:
    """A column ready to be written, in the order of the rows; `note` says what was changed and why."""

    name: str
    cells: tuple[str, ...]
    note: str = ""


def number_column(name: str, values: Sequence[float | None]) -> Column:
    """Numbers as fractions, empty where missing: read back as 64-bit floats whatever the part holds.

    >>> number_column("valence", [1, None, 0.1]).cells
    ('1.0', '', '0.1')
    """
    return Column(name, tuple("" if value is None else str(float(value)) for value in values))


def text_column(name: str, values: Sequence[str], part_sizes: Sequence[int]) -> Column | None:
    """Texts (empty: missing) of rows that stand in parts of the given sizes, one after the other.

    Returns `None` where there is no text at all. Where it is needed, values are changed so that they read back as
    text: those that mean "missing" are put in parentheses, a gap becomes `-`, and numbers are written with the
    column's name before them, unless the whole column holds nothing but whole numbers.

    >>> text_column("actor", ["01", "02"], [1, 1]).cells
    ('actor-01', 'actor-02')
    >>> text_column("text", ["Hello", "", ""], [2, 1]).cells
    ('Hello', '-', '-')
    """
    if not any(values):
        return None
    if all(map(_WHOLE.fullmatch, values)):
        return Column(name, tuple(values))
    notes = []
    safe = tuple(f"({value})" if value in _READ_AS_MISSING else value for value in values)
    if safe != tuple(values):
        notes.append(tr("values that mean missing are in parentheses"))
    chunks = _chunks(part_sizes)
    if not _all_text(safe, chunks):
        filled = tuple(value or MISSING for value in safe)
        if filled != safe:
            notes.append(tr("a missing value is {sign}", sign=MISSING))
        if not _all_text(filled, chunks):
            filled = tuple(value if value == MISSING else f"{name}-{value}" for value in filled)
            notes.append(tr("values begin with the name of the column, as numbers would lose leading zeros"))
        safe = filled
    return Column(name, safe, "; ".join(notes))


def _chunks(part_sizes: Sequence[int]) -> list[slice]:
    chunks = []
    first = 0
    for size in part_sizes:
        chunks += [
            slice(at, min(at + CHUNK_ROWS, first + size)) for at in range(first, first + size, CHUNK_ROWS)
        ]
        first += size
    return chunks


def _all_text(values: Sequence[str], chunks: Sequence[slice]) -> bool:
    return all(any(_only_text(value) for value in values[chunk]) for chunk in chunks)


def _only_text(value: str) -> bool:
    """Whether a value cannot be taken for a number, a truth value or nothing."""
    if not value or value.lower() in ("true", "false"):
        return False
    try:
        float(value)
    except ValueError:
        return True
    return False
