"""Columns must read back with one type in every part, through the reader that the Hugging Face library uses."""

import csv
import io
import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.exchange.columns import Column, number_column, text_column

numbers = ["1", "01", "1.5", "-3", "1e5", "inf"]
tricky = st.sampled_from(
    ["", "", *numbers, "True", "false", "None", "NA", "nan", "-", " ", "a", "angry", "ü,\n", '"']
)


def read_parts(column: Column, sizes: list[int]) -> list["pd.Series[object]"]:
    first = 0
    parts = []
    for size in sizes:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerows(
            [[column.name, "last"], *([cell, "x"] for cell in column.cells[first : first + size])]
        )
        parts.append(pd.read_csv(io.StringIO(text.getvalue()))[column.name])
        first += size
    return parts


@settings(deadline=None)
@given(parts=st.lists(st.lists(tricky, min_size=1, max_size=4), min_size=1, max_size=4))
def test_texts_have_one_type_in_all_parts_and_stay_distinct(parts: list[list[str]]) -> None:
    values = [value for part in parts for value in part]
    sizes = [len(part) for part in parts]
    column = text_column("name", values, sizes)
    if column is None:
        assert not any(values)
        return
    found = read_parts(column, sizes)
    assert len({part.dtype for part in found}) == 1
    read = [None if pd.isna(value) else str(value) for part in found for value in part]
    assert read == [cell or None for cell in column.cells]
    if "-" not in values:  # a dash that was there is not told from the sign for nothing
        assert len(set(column.cells)) == len(set(values))
    if not column.note:
        assert list(column.cells) == values


@settings(deadline=None)
@given(parts=st.lists(st.lists(st.none() | st.floats(allow_nan=False), min_size=1), min_size=1, max_size=4))
def test_numbers_are_floats_in_all_parts(parts: list[list[float | None]]) -> None:
    values = [value for part in parts for value in part]
    found = read_parts(number_column("n", values), [len(part) for part in parts])
    assert {str(part.dtype) for part in found} == {"float64"}
    for value, read in zip(values, (one for part in found for one in part), strict=True):
        assert (value is None and math.isnan(read)) or value == pytest.approx(read, rel=1e-14)


def test_long_parts_are_read_in_chunks() -> None:
    column = text_column("text", ["a", *[""] * 10_000], [10_001])
    assert column is not None
    assert column.cells[-1] == "-"
