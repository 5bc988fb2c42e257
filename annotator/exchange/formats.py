"""The formats by name. Other packages add theirs through the entry point group `annotator.formats`."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from annotator.domain.progress import Job
from annotator.domain.registry import Registry
from annotator.exchange.audiofolder import write_audiofolder
from annotator.exchange.bundle import ExportData, ExportOptions, ExportResult, Imported
from annotator.exchange.csv_reader import read_csv
from annotator.exchange.csv_writer import write_csv
from annotator.exchange.ctm import read_ctm
from annotator.exchange.elan import read_elan
from annotator.exchange.jsonl_writer import write_jsonl
from annotator.exchange.parquet_writer import write_parquet
from annotator.exchange.subtitles import read_srt, read_vtt
from annotator.exchange.textgrid import read_textgrid
from annotator.exchange.whisper import read_whisper


@dataclass(frozen=True, slots=True)
class Format:
    """A format with its reader, its writer or both; `suffixes` are those of files it can be read from."""

    name: str
    title: str
    suffixes: tuple[str, ...]
    read: Callable[[Path], Imported] | None = None
    write: Callable[[ExportData, Path, ExportOptions], Job[ExportResult]] | None = None


FORMATS: Registry[Format] = Registry("annotator.formats", "format")

for _format in (
    Format(
        "csv", "CSV tables of segments, ratings, consensus and splits", (".csv", ".tsv"), read_csv, write_csv
    ),
    Format("srt", "SubRip subtitles", (".srt",), read_srt),
    Format("vtt", "WebVTT subtitles", (".vtt",), read_vtt),
    Format("textgrid", "Praat TextGrid", (".textgrid",), read_textgrid),
    Format("elan", "ELAN annotations", (".eaf",), read_elan),
    Format("whisper", "JSON of Whisper and its relatives", (".json",), read_whisper),
    Format("ctm", "NIST CTM: a time for every word", (".ctm",), read_ctm),
    Format("jsonl", "JSON Lines: one segment a line with all that is known of it", (), write=write_jsonl),
    Format("parquet", "Parquet tables of segments, ratings, consensus and splits", (), write=write_parquet),
    Format("audiofolder", "Hugging Face audiofolder: clips with metadata.csv", (), write=write_audiofolder),
):
    FORMATS.add(_format.name, _format)
