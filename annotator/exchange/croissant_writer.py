"""Writes a Croissant description (`croissant.json`, version 1.1) beside CSV tables and clips.

MLCommons, "Croissant Format Specification" 1.1 and "Croissant RAI Specification" 1.0. Every file has its check sum; the
record sets are the tables, the parts of the split and, where there are clips, the segments with their sound.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any

from annotator.domain.corpus import Rater
from annotator.domain.demographics import demographics as in_numbers
from annotator.domain.progress import Job
from annotator.exchange.bundle import ExportData, ExportOptions, ExportResult
from annotator.exchange.card import scale
from annotator.exchange.csv_writer import LAYOUT
from annotator.exchange.tables import Holds, corpus_tables, table_rows, write_table
from annotator.exchange.writing import CLIPS, Export, Written, write_export

_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "description": {"@container": "@language"},
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "name": {"@container": "@language"},
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_TYPES: Mapping[Holds, str] = {
    "text": "sc:Text", "number": "sc:Float", "count": "sc:Integer", "flag": "sc:Integer", "value": "sc:Text",
}  # fmt: skip
_PARTS = {
    "train": "TrainingSplit", "dev": "ValidationSplit", "validation": "ValidationSplit",
    "valid": "ValidationSplit", "test": "TestSplit",
}  # fmt: skip
_LAYOUT = "`croissant.json` describes the files below for Croissant 1.1 with its fields for responsible AI."


def write_croissant(data: ExportData, out: Path, options: ExportOptions) -> Job[ExportResult]:
    """Writes tables and their description into the folder `out`; of all tiers and splits unless one is chosen."""
    return (yield from write_export("croissant", data, out, options, _write))


def _write(export: Export, folder: Path) -> Job[Written]:
    distribution: list[dict[str, Any]] = []
    records: list[dict[str, Any]] = []
    for table in corpus_tables(export):
        rows = yield from table_rows(export, table)
        if not rows and table.name != "segments":
            continue
        name = f"{table.name}.csv"
        write_table(folder / name, table, rows)
        distribution.append(_file_object(folder, name))
        fields = [_field(table.name, name, column, _TYPES[holds]) for column, holds in table.columns.items()]
        records.append(_record_set(table.name, fields))
    if export.options.clips:
        distribution.append(_clip_set(export.options.clips))
        records.append(_clip_records(export.options.clips))
    if export.split is not None:
        records.append(_part_records(export.split.part_names))
    about = _about(export) | {"distribution": distribution, "recordSet": records}
    text = json.dumps(about, ensure_ascii=False, indent=2) + "\n"
    (folder / "croissant.json").write_text(text, encoding="utf-8", newline="\n")
    return Written((_LAYOUT, LAYOUT))


def _file_object(folder: Path, name: str) -> dict[str, Any]:
    content = (folder / name).read_bytes()
    return {
        "@type": "cr:FileObject",
        "@id": name,
        "name": name,
        "contentUrl": name,
        "contentSize": f"{len(content)} B",
        "encodingFormat": "text/csv",
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def _clip_set(clips: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileSet",
        "@id": CLIPS,
        "name": CLIPS,
        "description": "The sound of each segment; manifest.json has the check sum of every file.",
        "encodingFormat": "audio/wav" if clips == "wav" else "audio/flac",
        "includes": f"{CLIPS}/*.{clips}",
    }


def _record_set(name: str, fields: list[dict[str, Any]]) -> dict[str, Any]:
    return {"@type": "cr:RecordSet", "@id": name, "name": name, "field": fields}


def _field(record: str, file: str, column: str, data_type: str) -> dict[str, Any]:
    return {
        "@type": "cr:Field",
        "@id": f"{record}/{column}",
        "name": column,
        "dataType": data_type,
        "source": {"fileObject": {"@id": file}, "extract": {"column": column}},
    }


def _clip_records(clips: str) -> dict[str, Any]:
    """The sound of every segment, by the segment's key, which is the clip's name."""
    source = {"fileSet": {"@id": CLIPS}}
    key = {
        "@type": "cr:Field",
        "@id": "sounds/segment",
        "name": "segment",
        "dataType": "sc:Text",
        "source": {
            **source,
            "extract": {"fileProperty": "filename"},
            "transform": {"regex": rf"^(.*)\.{clips}$"},
        },
    }
    sound = {
        "@type": "cr:Field",
        "@id": "sounds/audio",
        "name": "audio",
        "dataType": "sc:AudioObject",
        "source": {**source, "extract": {"fileProperty": "content"}},
    }
    return _record_set("sounds", [key, sound])


def _part_records(parts: tuple[str, ...]) -> dict[str, Any]:
    """The parts of the split as an enumeration, with the words that Croissant has for some of them."""
    fields = [
        {"@type": "cr:Field", "@id": "parts/name", "name": "name", "dataType": "sc:Text"},
        {"@type": "cr:Field", "@id": "parts/url", "name": "url", "dataType": "sc:URL"},
    ]
    rows = [
        {"parts/name": part, "parts/url": f"http://mlcommons.org/croissant/{_PARTS.get(part, 'Split')}"}
        for part in parts
    ]
    made = _record_set("parts", fields)
    return made | {"dataType": "cr:Split", "key": {"@id": "parts/name"}, "data": rows}


def _about(export: Export) -> dict[str, Any]:
    data, about = export.data, export.data.about
    made: dict[str, Any] = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": [
            "http://mlcommons.org/croissant/1.1",
            "http://mlcommons.org/croissant/RAI/1.0",
        ],
        "name": about.title or data.name,
        "description": about.description or f"{len(export.segments)} labelled segments of sound.",
    }
    told = {"license": about.licence, "url": about.url, "citeAs": about.citation}
    made |= {key: value for key, value in told.items() if value}
    if about.creators:
        made["creator"] = [
            {"@type": "sc:Person", "name": name.strip()} for name in about.creators.split(";") if name.strip()
        ]
    if about.languages:
        made["inLanguage"] = list(about.languages)
    made["version"] = about.version or "1.0.0"
    if about.published:
        made["datePublished"] = about.published
    return made | _responsible(export)


def _responsible(export: Export) -> dict[str, str]:
    """The fields on how the data came about, as far as the corpus knows."""
    data, about = export.data, export.data.about
    people = people_of(data)
    used = [scheme for scheme in data.schemes if any(a.scheme == scheme.name for a in data.annotations)]
    counts: Counter[str] = Counter()
    chosen = {segment.id for segment in export.segments}
    human = {rater.id for rater in people}
    for one in data.annotations:
        if one.segment_id in chosen and one.rater_id in human and not one.withdrawn and one.repeat == 0:
            counts[one.segment_id] += 1
    made = {}
    if used:
        protocol = [
            f"{scheme.title} (emotion {scheme.judged}): {scheme.question} "
            + "; ".join(f"{item.title or item.name}: {scale(item)}" for item in scheme.items)
            for scheme in used
        ]
        made["rai:dataAnnotationProtocol"] = " ".join(" ".join(text.split()) for text in protocol)
    if counts:
        per_item = sorted(counts.values())
        made["rai:annotationsPerItem"] = (
            f"{per_item[0]} to {per_item[-1]} answers a segment, median {median(per_item):g},"
            f" on {len(counts)} segments"
        )
        made["rai:dataAnnotationPlatform"] = "Annotator"
    if people:
        made["rai:annotatorDemographics"] = demographics(export.data)
    machines = [rater.name for rater in data.raters if rater.kind == "machine"]
    if machines:
        made["rai:machineAnnotationTools"] = ", ".join(machines)
    if about.collection:
        made["rai:dataCollection"] = about.collection
    if about.limits:
        made["rai:dataLimitations"] = about.limits
    return made


def people_of(data: ExportData) -> list[Rater]:
    """The people whose answers stand."""
    spoke = {one.rater_id for one in data.annotations if not one.withdrawn}
    return [rater for rater in data.raters if rater.kind == "human" and rater.id in spoke]


def demographics(data: ExportData) -> str:
    """Who rated, in numbers and never by name, from what people chose to tell.

    Ages as a range, genders and languages as counts of what more than one person said.
    """
    people = people_of(data)
    told = in_numbers(people)
    said = [f"{len(people)} raters"]
    if age := told["age"]:
        said.append(f"aged {age['least']} to {age['most']}, median {age['median']:g} ({age['n']} told)")
    for key in ("gender", "languages"):
        if counts := told[key]:
            listed = sorted(counts.items(), key=lambda count: (-count[1], count[0]))
            said.append(f"{key}: {', '.join(f'{name} {n}' for name, n in listed)}")
    return "; ".join(said)
