"""Writes a corpus as four CSV tables: segments.csv, ratings.csv, consensus.csv, splits.csv."""

from pathlib import Path

from annotator.domain.progress import Job
from annotator.exchange.bundle import ExportData, ExportOptions, ExportResult
from annotator.exchange.tables import corpus_tables, table_rows, write_table
from annotator.exchange.writing import Export, Written, write_export

LAYOUT = (
    "`segments.csv` has a row for each segment, `ratings.csv` for each answer of a rater, `consensus.csv` for each"
    " settled value, `splits.csv` for each segment of a split; `segment` joins them. `start` and `end` are seconds in"
    " `file`. `value` reads so that high is pleasant, excited or dominant; `raw_value` is what the rater chose."
)


def write_csv(data: ExportData, out: Path, options: ExportOptions) -> Job[ExportResult]:
    """Writes the four tables into the folder `out`; without a tier or split in the options, of all tiers and splits."""
    return (yield from write_export("csv", data, out, options, _write))


def _write(export: Export, folder: Path) -> Job[Written]:
    for table in corpus_tables(export):
        rows = yield from table_rows(export, table)
        write_table(folder / f"{table.name}.csv", table, rows)
    return Written((LAYOUT,))
