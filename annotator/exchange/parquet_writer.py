"""Writes a corpus as four Parquet tables with typed columns: the same as `csv_writer` does.

An answer can be a text or a number: `value` holds it as text, `value_number` as a number where it is one.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from annotator.domain.corpus import Value
from annotator.domain.progress import Job
from annotator.exchange.bundle import ExportData, ExportOptions, ExportResult
from annotator.exchange.tables import Holds, Table, cell, corpus_tables, table_rows
from annotator.exchange.writing import Export, Written, write_export

_LAYOUT = (
    "`segments.parquet` has a row for each segment, `ratings.parquet` for each answer of a rater, `consensus.parquet`"
    " for each settled value, `splits.parquet` for each segment of a split; `segment` joins them. `start` and `end` are"
    " seconds in `file`. `value` reads so that high is pleasant, excited or dominant, `value_number` is the same as a"
    " number; `raw_value` is what the rater chose."
)


def write_parquet(data: ExportData, out: Path, options: ExportOptions) -> Job[ExportResult]:
    """Writes the four tables into the folder `out`; without a tier or split in the options, of all tiers and splits."""
    return (yield from write_export("parquet", data, out, options, _write))


def _write(export: Export, folder: Path) -> Job[Written]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    for table in corpus_tables(export):
        rows = yield from table_rows(export, table)
        columns = dict(_columns(table, rows))
        made = pa.table({name: pa.array(values, _type(holds)) for name, (holds, values) in columns.items()})
        pq.write_table(made, folder / f"{table.name}.parquet", compression="zstd")
    return Written((_LAYOUT,))


def _type(holds: Holds) -> Any:
    import pyarrow as pa

    return {"text": pa.string(), "number": pa.float64(), "count": pa.int64(), "flag": pa.bool_()}[holds]


def _columns(
    table: Table, rows: Sequence[Sequence[Value]]
) -> Iterator[tuple[str, tuple[Holds, list[Value]]]]:
    for position, (name, holds) in enumerate(table.columns.items()):
        values = [row[position] for row in rows]
        if holds != "value":
            yield name, (holds, values)
            continue
        yield name, ("text", [None if value is None else cell(value) for value in values])
        yield f"{name}_number", ("number", [_number(value) for value in values])


def _number(value: Value) -> float | None:
    return None if value is None or isinstance(value, str | list) else float(value)
