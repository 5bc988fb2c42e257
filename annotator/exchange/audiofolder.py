"""Writes a corpus as a Hugging Face `audiofolder`: clips with a `metadata.csv` in one folder per part.

Load it with `datasets.load_dataset(OUT)`: the parts stand in the front matter of `README.md`, so that folds and
parts of any name are splits. `load_dataset("audiofolder", data_dir=OUT)` knows only the words train, validation
(or dev, valid, val) and test: parts of those names are its splits too; any others it loads together as `train`,
complete, and the column `part` tells them apart. Without a split in the options everything is `train`, as the
library itself names a data set that is not divided.

Checked against datasets 3.6.
"""

import csv
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from annotator.domain.corpus import Segment, Value
from annotator.domain.progress import Job
from annotator.domain.scheme import Item, Scheme
from annotator.domain.scores import score_values, scores_of
from annotator.domain.timeline import to_seconds
from annotator.exchange.bundle import ExportData, ExportOptions, ExportResult
from annotator.exchange.clips import clip_name
from annotator.exchange.columns import Column, number_column, text_column
from annotator.exchange.filters import NO_LABEL
from annotator.exchange.labels import Label, column_names, oriented
from annotator.exchange.writing import Export, Written, write_clips, write_export

WHOLE = "train"  # the part that holds everything where there is no split

#: Words by which the library knows a part (datasets.data_files.SPLIT_KEYWORDS, 3.6), with the name it gives it.
_KNOWN = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("validation", "valid", "dev", "val"), "validation"),
    **dict.fromkeys(("test", "testing", "eval", "evaluation"), "test"),
}
_FIXED = ("audio", "file_name", "segment", "part", "recording", "start", "end", "text", "speaker")
#: Identifiers of licences that the hub knows and that data sets have.
_LICENCES = frozenset({
    "apache-2.0", "mit", "cc", "cc0-1.0", "cc-by-2.0", "cc-by-2.5", "cc-by-3.0", "cc-by-4.0", "cc-by-sa-3.0",
    "cc-by-sa-4.0", "cc-by-nc-2.0", "cc-by-nc-3.0", "cc-by-nc-4.0", "cc-by-nd-4.0", "cc-by-nc-nd-3.0",
    "cc-by-nc-nd-4.0", "cc-by-nc-sa-2.0", "cc-by-nc-sa-3.0", "cc-by-nc-sa-4.0", "odbl", "odc-by", "pddl",
    "cdla-sharing-1.0", "cdla-permissive-1.0", "cdla-permissive-2.0", "bsd-3-clause", "gpl-3.0", "etalab-2.0",
})  # fmt: skip
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


@dataclass(frozen=True, slots=True)
class PartFolder:
    """A part, the folder its clips are in and the split the library makes of it."""

    part: str
    folder: str
    split: str


def layout(parts: Sequence[str]) -> tuple[PartFolder, ...]:
    """Folders and splits for parts, such that the library never puts a clip into a wrong split or leaves one out.

    >>> [(one.folder, one.split) for one in layout(["train", "dev", "test"])]
    [('train', 'train'), ('dev', 'validation'), ('test', 'test')]
    >>> [(one.folder, one.split) for one in layout(["train", "unseen shows"])]
    [('part1', 'train'), ('part2', 'unseen_shows')]
    """
    if all(part in _KNOWN for part in parts) and len({_KNOWN[part] for part in parts}) == len(parts):
        return tuple(PartFolder(part, part, _KNOWN[part]) for part in parts)
    names = [re.sub(r"[^A-Za-z0-9_]+", "_", part).strip("_") for part in parts]
    if not all(names) or len({name.lower() for name in names}) < len(parts):
        names = [f"part{number}" for number in range(1, len(parts) + 1)]
    words = {word for name in names for word in re.split(r"[\d_]+", name.lower())}
    # One part whose folder the library knows by a word would have it leave out all others.
    plain = words.isdisjoint(_KNOWN)
    return tuple(
        PartFolder(part, name if plain else f"part{number}", name)
        for number, (part, name) in enumerate(zip(parts, names, strict=True), start=1)
    )


def write_audiofolder(data: ExportData, out: Path, options: ExportOptions) -> Job[ExportResult]:
    """Writes clips (WAV unless the options say FLAC) and labels into the folder `out`.

    Where anything is labelled, segments without any label are left out and counted. A part without segments gets
    no folder. Without a split the tier must be clear; see `select`.
    """
    clips = options.clips or "wav"
    # The clips have places of their own, by part.
    asked = replace(options, clips=None)

    def write(export: Export, folder: Path) -> Job[Written]:
        places = _places(export)
        targets = {
            segment.id: folder / place.folder / clip_name(segment, clips)
            for place, members in places
            for segment in members
        }
        warnings = yield from write_clips(export, export.segments, targets)
        rows = [segment for _, members in places for segment in members]
        columns = _columns(export, places, rows, [targets[segment.id].name for segment in rows])
        first = 0
        for place, members in places:
            last = first + len(members)
            _write_metadata(folder / place.folder / "metadata.csv", columns, slice(first, last))
            first = last
        notes = tuple(f"{column.name}: {column.note}." for column in columns if column.note)
        return Written(
            layout=_layout(places, columns),
            warnings=(*notes, *warnings),
            front_matter=_front_matter(data, places, len(rows)),
        )

    return (
        yield from write_export(
            "audiofolder",
            data,
            out,
            asked,
            write,
            only=unlabelled,
            recorded=replace(options, clips=clips),
        )
    )


_Places = Sequence[tuple[PartFolder, Sequence[Segment]]]


def unlabelled(export: Export) -> dict[str, tuple[str, str]]:
    """Segments without any label, where others have one."""
    labelled = {id_ for found in export.labels.values() for id_ in found}
    if not labelled:
        return {}
    return {segment.id: (NO_LABEL, "") for segment in export.segments if segment.id not in labelled}


def _places(export: Export) -> list[tuple[PartFolder, list[Segment]]]:
    """The folder of every part that has segments, with these."""
    split = export.split
    members: dict[str, list[Segment]] = {part: [] for part in (split.part_names if split else (WHOLE,))}
    for segment in export.segments:
        members[split.parts[segment.id] if split else WHOLE].append(segment)
    return [(place, members[place.part]) for place in layout(tuple(members)) if members[place.part]]


def _columns(
    export: Export, places: _Places, rows: Sequence[Segment], file_names: Sequence[str]
) -> list[Column]:
    """Columns over the rows of all parts; those without any value are left out."""
    data = export.data
    sizes = [len(members) for _, members in places]
    recordings = [data.recording_of[segment.recording_id] for segment in rows]
    paths = export.paths
    rates = [recording.sample_rate for recording in recordings]
    groups = {
        key: _free_name(f"group.{key}" if key in _FIXED else key)
        for key in data.group_keys
        if key != "speaker"
    }
    parts = [place.part for place, members in places for _ in members]
    columns = [
        text_column("file_name", file_names, sizes),
        text_column("segment", [segment.id for segment in rows], sizes),
        text_column("part", parts, sizes),
        text_column("recording", [paths[recording.id] for recording in recordings], sizes),
        number_column("start", [to_seconds(s.start, rate) for s, rate in zip(rows, rates, strict=True)]),
        number_column("end", [to_seconds(s.end, rate) for s, rate in zip(rows, rates, strict=True)]),
        text_column("text", [segment.text for segment in rows], sizes),
        text_column(
            "speaker",
            [export.speaker(segment) for segment in rows],
            sizes,
        ),
        *(
            text_column(name, [r.groups.get(key, "") for r in recordings], sizes)
            for key, name in groups.items()
        ),
    ]
    schemes = [scheme for scheme in data.schemes if scheme.name in export.labels]
    names = column_names(schemes, [*_FIXED, *groups.values()])
    for scheme in schemes:
        found = [export.labels[scheme.name].get(segment.id) for segment in rows]
        for item in scheme.items:
            columns += _label_columns(item, _free_name(names[scheme.name, item.name]), found, sizes)
        columns += _score_columns(scheme, {*names.values(), *_FIXED, *groups.values()}, found)
    return [column for column in columns if column is not None]


def _score_columns(
    scheme: Scheme, taken: set[str], labels: Sequence[Label | None]
) -> Iterator[Column | None]:
    """Factor scores of the settled values."""
    made = [score_values(scheme, label.values) if label else {} for label in labels]
    for score in scores_of(scheme):
        values = [row.get(score.name) for row in made]
        if any(value is not None for value in values):
            name = score.name if score.name not in taken else f"{scheme.name}.{score.name}"
            yield number_column(_free_name(name), values)


def _free_name(name: str) -> str:
    """A column name that the library does not take for the name of an audio file."""
    return re.sub(r"file_name(s?)$", r"filename\1", name)


def _label_columns(
    item: Item, name: str, labels: Sequence[Label | None], sizes: Sequence[int]
) -> Iterator[Column | None]:
    """The settled value of one item, then the share of each category where shares are known."""
    values: list[Any] = [oriented(item, label.values.get(item.name)) if label else None for label in labels]
    if item.numeric:
        if any(value is not None for value in values):
            yield number_column(name, values)
        return
    yield text_column(name, [_category(item, value) for value in values], sizes)
    shares = [label.distributions.get(item.name, {}) if label else {} for label in labels]
    # "no" is what "yes" leaves.
    categories = ("yes",) if item.type == "boolean" else item.categories
    if any(shares):
        for category in categories:
            yield number_column(f"{name}.{category}", [s.get(category, 0.0) if s else None for s in shares])


def _category(item: Item, value: Value) -> str:
    if value is None:
        return ""
    return item.categories[bool(value)] if isinstance(value, bool | int | float) else str(value)


def _write_metadata(path: Path, columns: Sequence[Column], rows: slice) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([column.name for column in columns])
        writer.writerows(zip(*(column.cells[rows] for column in columns), strict=True))


def _front_matter(data: ExportData, places: _Places, total: int) -> tuple[str, ...]:
    """What the places where data sets are published read: YAML between the dashes of `README.md`."""
    about = data.about
    size = next((name for limit, name in _SIZES if total < limit), "1M<n<10M")
    lines = [f"pretty_name: {_quoted(about.title or data.name)}"]
    if about.languages:
        lines += ["language:", *(f"- {_quoted(code)}" for code in about.languages)]
    lines += [f"license: {_licence(about.licence)}"]
    if about.licence and _licence(about.licence) == "other":
        lines += [f"license_name: {_quoted(about.licence)}"]
    lines += [
        "size_categories:",
        f"- {size}",
        "task_categories:",
        "- audio-classification",
        "configs:",
        "- config_name: default",
        "  data_files:",
    ]
    for place, _ in places:
        lines += [f"  - split: {place.split}", f"    path: {_quoted(place.folder + '/**')}"]
    return tuple(lines)


def _licence(licence: str) -> str:
    """A licence in the words of the hub: identifiers in lower case, `unknown` without one, `other` for the rest.

    >>> _licence("CC-BY-4.0"), _licence(""), _licence("ask us")
    ('cc-by-4.0', 'unknown', 'other')
    """
    if not licence:
        return "unknown"
    return licence.lower() if licence.lower() in _LICENCES else "other"


def _layout(places: _Places, columns: Sequence[Column]) -> tuple[str, ...]:
    lines = ["| Part | Split | Folder | Clips |", "|---|---|---|---|"]
    lines += [
        f"| {place.part} | {place.split} | `{place.folder}/` | {len(found)} |" for place, found in places
    ]
    said = ["\n".join(lines)]
    said.append(
        "`metadata.csv` in each folder has a row for each clip. `start` and `end` are seconds in `recording`; each clip"
        " is the sound between them."
    )
    if any(column.note for column in columns):
        said.append(
            "So that every part has the same column types, some texts are not as in the corpus: `-` is a missing value,"
            " `(None)` stands for `None`, and `actor-01` in the column `actor` for `01`."
        )
    return tuple(said)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # a JSON string is a YAML string
