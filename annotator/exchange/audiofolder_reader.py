"""Reads the Hugging Face `audiofolder` layout: clips, their metadata and their parts.

Hugging Face datasets documentation, "Create an audio dataset": `metadata.csv`, `.jsonl` or `.parquet` in each folder of
a part with a column `file_name`, or, without metadata, one folder per label.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from annotator.audio.files import audio_files
from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr, tr_n
from annotator.exchange.bundle import TO_THE_END, Findings, Imported, ImportedPart, ImportedSegment
from annotator.exchange.labelled import REFERENCE, Answers, Stretch, scheme_of
from annotator.exchange.table import read_table
from annotator.exchange.textfile import read_text
from annotator.exchange.within import inside, is_there

TIER = "whole"
_SCHEME = "audiofolder"
_METADATA = ("metadata.csv", "metadata.jsonl", "metadata.parquet")

#: Words by which the library knows a part (datasets.data_files.SPLIT_KEYWORDS, 3.6), with the name it gives it.
_PARTS = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("validation", "valid", "dev", "val"), "validation"),
    **dict.fromkeys(("test", "testing", "eval", "evaluation"), "test"),
}
_PART = "part"
_SAID = ("text", "transcription", "sentence")
_GROUPS = frozenset(
    {"song", "artist", "album", "speaker", "show", "episode", "actor", "session", "gender", "genre"}
)

#: Columns that tell about the clip and are no answers: those of our own exports among them.
_ABOUT = frozenset({"file_name", "audio", "segment", _PART, "recording", "start", "end", "text", "transcription",
                    "sentence", "duration", "sampling_rate", "id", "path"})  # fmt: skip


@dataclass(slots=True)
class _Found:
    findings: Findings
    answers: Answers
    audio: dict[str, Path] = field(default_factory=dict)
    groups: dict[str, dict[str, str]] = field(default_factory=dict)
    parts: dict[str, str] = field(default_factory=dict)
    said: list[ImportedSegment] = field(default_factory=list)


def read_audiofolder(path: Path) -> Imported:
    """Clips as recordings, columns of labels as answers of the rater `reference`, folders or `part` as a split.

    A column `text`, `transcription` or `sentence` is what is said in the clip. Columns speaker, song, artist, ...
    become group keys. Shares of our own exports (`emotion.happy`) are not read.
    Raises `AnnotatorError` where there is no clip with metadata or in a folder of its label.
    """
    if not path.exists():
        raise AnnotatorError(tr("There is no folder {folder}.", folder=path))
    folder = path if path.is_dir() else path.parent
    findings = Findings()
    found = _Found(findings, Answers(findings, _SCHEME))
    tables = sorted(table for name in _METADATA for table in folder.rglob(name))
    for table in tables:
        found.findings = found.answers.findings = Findings()
        _take_table(table, folder, found)
        findings.add(found.findings, table.relative_to(folder).as_posix())
    found.findings = found.answers.findings = findings
    if not tables:
        _take_folders(folder, found)
    if not found.audio:
        raise AnnotatorError(
            tr("{folder} holds no clip that can be used.", folder=folder),
            " ".join(findings.dropped[:3])
            or tr("It needs metadata.csv with file_name, or one folder per label."),
        )
    return Imported(
        tuple(found.said),
        found.answers.ratings(),
        schemes=scheme_of(_SCHEME, found.answers, findings),
        raters={REFERENCE: "reference"},
        parts=tuple(ImportedPart(_SCHEME, part, name) for name, part in found.parts.items()),
        groups={name: keys for name, keys in found.groups.items() if keys},
        audio=found.audio,
        warnings=findings.warnings,
        dropped=findings.dropped,
        tier=TIER,
    )


def _take_table(table: Path, folder: Path, found: _Found) -> None:
    rows = list(_rows(table, found.findings))
    names = list(dict.fromkeys(name for _, row in rows for name in row))
    if rows and "file_name" not in names:
        found.findings.warn(tr('{path} has no column "file_name" and was not read.', path=table))
        return
    labels = [
        name for name in names if name not in _ABOUT and name not in _GROUPS and not _is_share(name, names)
    ]
    missing = 0
    for line, row in rows:
        name = row.get("file_name", "")
        clip = inside(folder, (table.parent.relative_to(folder) / name).as_posix()) if name else None
        if clip is None:
            found.findings.drop(line, tr('"{name}" lies outside the data set.', name=name[:200]))
            continue
        if not is_there(clip):
            missing += 1
            continue
        key = clip.relative_to(folder).as_posix()
        found.audio[key] = clip
        found.groups[key] = {group: row[group] for group in sorted(_GROUPS) if row.get(group)}
        part = row.get(_PART) or _part_of(table.parent.relative_to(folder))
        if part:
            found.parts[key] = part
        text = next((row[name] for name in _SAID if row.get(name)), "")
        if text:
            found.said.append(
                ImportedSegment(key, 0.0, TO_THE_END, text, row.get("speaker", ""), line, tier=TIER)
            )
        for label in labels:
            if row.get(label):
                found.answers.add(Stretch(key), REFERENCE, label, row[label], row=line)
    if missing:
        found.findings.drop(0, tr_n("{n} clip is not there.", "{n} clips are not there.", missing))


def _take_folders(folder: Path, found: _Found) -> None:
    """Clips labelled by the folder that holds them, below that of their part."""
    for clip in audio_files(folder):
        inner = clip.relative_to(folder).parts[:-1]
        part = _part_of(Path(*inner))
        labels = inner[1:] if part else inner
        if not labels:
            found.findings.drop(0, tr("{name} is in no folder and so without a label.", name=clip.name))
            continue
        key = clip.relative_to(folder).as_posix()
        found.audio[key] = clip
        found.answers.add(Stretch(key), REFERENCE, "label", labels[-1])
        if part:
            found.parts[key] = part


def _part_of(place: Path) -> str:
    """The part that a folder stands for: that of the first word which the library knows."""
    for name in place.parts[:1]:
        if name.lower() in _PARTS:
            return _PARTS[name.lower()]
        if re.fullmatch(r"(fold|part)[_-]?\d+", name.lower()):
            return name
    return ""


def _is_share(name: str, names: list[str]) -> bool:
    """Whether a column is the share of one category of another, as in our own exports."""
    return any(name.startswith(f"{other}.") for other in names)


def _rows(table: Path, findings: Findings) -> Iterator[tuple[int, dict[str, str]]]:
    if table.suffix == ".csv":
        for row in read_table(table, findings).rows:
            yield row.line, dict(row.cells)
    elif table.suffix == ".jsonl":
        for line, text in enumerate(read_text(table, findings).split("\n"), start=1):
            if not text.strip():
                continue
            try:
                entry = json.loads(text, parse_int=float)
            except (ValueError, RecursionError):
                findings.drop(line, tr('"{text}" is no JSON.', text=text[:60]))
                continue
            yield line, _cells(entry)
    else:
        import pyarrow as pa
        import pyarrow.parquet as parquet

        try:
            rows = parquet.read_table(table).to_pylist()
        except (pa.ArrowException, OSError, ValueError) as error:
            reason = str(error).split("\n")[0][:120]
            raise AnnotatorError(tr("{path} is damaged: {error}.", path=table, error=reason)) from None
        for line, entry in enumerate(rows, start=1):
            yield line, _cells(entry)


def _cells(entry: Any) -> dict[str, str]:
    """Members of an object that are texts, numbers or truth values, as a table would have them."""
    if not isinstance(entry, dict):
        return {}
    return {
        str(name): f"{value:g}"
        if isinstance(value, float) and value.is_integer() and abs(value) < 1e15
        else str(value)
        for name, value in entry.items()
        if isinstance(value, str | int | float)
    }


def is_audiofolder(path: Path) -> bool:
    """Whether a folder has clips with metadata, or in folders."""
    return path.is_dir() and (
        any(next(path.rglob(name), None) for name in _METADATA) or bool(audio_files(path))
    )
