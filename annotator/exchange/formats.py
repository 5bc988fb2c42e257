"""The formats by name. Other packages add theirs through the entry point group `annotator.formats`."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from annotator.domain.progress import Job
from annotator.domain.registry import Registry
from annotator.exchange.audacity import is_audacity, read_audacity
from annotator.exchange.audacity_writer import write_audacity
from annotator.exchange.audformat import is_audformat, read_audformat
from annotator.exchange.audformat_writer import same_place, write_audformat
from annotator.exchange.audiofolder import unlabelled, write_audiofolder
from annotator.exchange.audiofolder_reader import is_audiofolder, read_audiofolder
from annotator.exchange.bundle import ExportData, ExportOptions, ExportResult, Imported
from annotator.exchange.croissant_writer import write_croissant
from annotator.exchange.csv_reader import is_csv_folder, read_csv
from annotator.exchange.csv_writer import write_csv
from annotator.exchange.ctm import read_ctm
from annotator.exchange.cvat import is_cvat, read_cvat
from annotator.exchange.elan import read_elan
from annotator.exchange.elan_writer import write_elan
from annotator.exchange.jams import read_jams
from annotator.exchange.jams_writer import write_jams
from annotator.exchange.jsonl_writer import write_jsonl
from annotator.exchange.kaldi_writer import write_kaldi
from annotator.exchange.labelstudio import is_labelstudio, read_labelstudio
from annotator.exchange.lhotse_writer import write_lhotse
from annotator.exchange.nova import read_nova
from annotator.exchange.parquet_writer import write_parquet
from annotator.exchange.rttm import read_rttm
from annotator.exchange.subtitles import read_srt, read_vtt
from annotator.exchange.subtitles_writer import write_srt, write_vtt
from annotator.exchange.textgrid import read_textgrid
from annotator.exchange.textgrid_writer import write_textgrid
from annotator.exchange.whisper import read_whisper
from annotator.exchange.writing import Unfit

Writer = Callable[[ExportData, Path, ExportOptions], Job[ExportResult]]


@dataclass(frozen=True, slots=True)
class Format:
    """A format with its reader, its writer or both; `suffixes` are those of files it can be read from.

    Where several formats share a suffix, or what is read is a folder, `recognise` tells by the content. `unfit`
    says which segments the writer cannot hold, so that they can be counted before.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    read: Callable[[Path], Imported] | None = None
    write: Writer | None = None
    unfit: Unfit | None = None
    recognise: Callable[[Path], bool] | None = None


FORMATS: Registry[Format] = Registry("annotator.formats", "format")

#: Writers of formats that may have a reader too, with their titles.
_WRITERS: dict[str, tuple[str, Writer | None]] = {
    "elan": ("ELAN annotations", write_elan),
    "textgrid": ("Praat TextGrid", write_textgrid),
    "audacity": ("Audacity label tracks", write_audacity),
    "srt": ("SubRip subtitles", write_srt),
    "vtt": ("WebVTT subtitles", write_vtt),
    "jams": ("JAMS: annotations of music in JSON", write_jams),
    "audformat": ("audformat database", write_audformat),
    "jsonl": ("JSON Lines: one segment a line with all that is known of it", write_jsonl),
    "parquet": ("Parquet tables of segments, ratings, consensus and splits", write_parquet),
    "croissant": ("Croissant 1.1 with its fields for responsible AI", write_croissant),
    "kaldi": ("Kaldi data directory", write_kaldi),
    "lhotse": ("Lhotse manifests", write_lhotse),
}

_UNFIT: dict[str, Unfit] = {"audformat": same_place, "audiofolder": unlabelled}

for _format in (
    Format(
        "csv",
        "CSV tables of segments, ratings, consensus and splits",
        (".csv", ".tsv"),
        read_csv,
        write_csv,
        recognise=lambda path: is_csv_folder(path) if path.is_dir() else not is_cvat(path),
    ),
    Format("srt", "SubRip subtitles", (".srt",), read_srt),
    Format("vtt", "WebVTT subtitles", (".vtt",), read_vtt),
    Format("textgrid", "Praat TextGrid", (".textgrid",), read_textgrid),
    Format("elan", "ELAN annotations", (".eaf",), read_elan),
    Format("whisper", "JSON of Whisper and its relatives", (".json",), read_whisper),
    Format("ctm", "NIST CTM: a time for every word", (".ctm",), read_ctm),
    Format("audacity", "Audacity label tracks", (".txt",), read_audacity, recognise=is_audacity),
    Format("rttm", "RTTM: who speaks when", (".rttm",), read_rttm),
    Format("audformat", "audformat data base", (".yaml", ".yml"), read_audformat, recognise=is_audformat),
    Format("jams", "JAMS: moods, tags and segments of music", (".jams",), read_jams),
    Format("labelstudio", "JSON of Label Studio", (".json",), read_labelstudio, recognise=is_labelstudio),
    Format("cvat", "CVAT Generic TSV 1.0", (".tsv",), read_cvat, recognise=is_cvat),
    Format("nova", "NOVA and SSI annotations", (".annotation",), read_nova),
    Format(
        "audiofolder",
        "Hugging Face audiofolder: clips with metadata.csv",
        (),
        read_audiofolder,
        write_audiofolder,
        recognise=is_audiofolder,
    ),
):
    _, _write = _WRITERS.pop(_format.name, ("", _format.write))
    FORMATS.add(_format.name, replace(_format, write=_write, unfit=_UNFIT.get(_format.name)))

for _name, (_title, _write) in _WRITERS.items():
    FORMATS.add(_name, Format(_name, _title, (), write=_write, unfit=_UNFIT.get(_name)))
