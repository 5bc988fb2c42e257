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
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from annotator.domain.corpus import Segment, Value, group_value
from annotator.domain.progress import Job
from annotator.domain.scheme import Item, Scheme
from annotator.domain.scores import score_values, scores_of
from annotator.domain.timeline import to_seconds
from annotator.exchange.bundle import ExportData, ExportOptions, ExportResult
from annotator.exchange.clips import clip_name, write_clips
from annotator.exchange.columns import Column, number_column, text_column
from annotator.exchange.folder import Filled, write_folder
from annotator.exchange.labels import Label, column_names, methods_used, oriented, settle
from annotator.exchange.selection import NO_LABEL, Selection, relative_paths, select

WHOLE = "train"  # the part that holds everything where there is no split

#: Words by which the library knows a part (datasets.data_files.SPLIT_KEYWORDS, 3.6), with the name it gives it.
_KNOWN = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("validation", "valid", "dev", "val"), "validation"),
    **dict.fromkeys(("test", "testing", "eval", "evaluation"), "test"),
}
_FIXED = ("audio", "file_name", "segment", "part", "recording", "start", "end", "text", "speaker")
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
    content = _Content.of(data, select(data, options, one_tier=True))
    clips = options.clips or "wav"

    def fill(folder: Path) -> Job[Filled]:
        targets = {
            segment.id: folder / place.folder / clip_name(segment, clips)
            for place, members in content.places
            for segment in members
        }
        in_file_order = [segment for segment in content.selection.segments if segment.id in targets]
        yield from write_clips(data, in_file_order, targets)
        columns = _columns(data, content, [targets[segment.id].name for segment in content.rows])
        first = 0
        for place, members in content.places:
            last = first + len(members)
            _write_metadata(folder / place.folder / "metadata.csv", columns, slice(first, last))
            first = last
        (folder / "README.md").write_text(_readme(data, content, columns), encoding="utf-8", newline="\n")
        notes = tuple(f"{column.name}: {column.note}." for column in columns if column.note)
        return Filled(len(content.rows), content.counts, content.excluded, notes)

    return (
        yield from write_folder(out, format_name="audiofolder", corpus=data.name, options=options, fill=fill)
    )


@dataclass(frozen=True, slots=True)
class _Content:
    """What is exported: the labels by scheme and segment id, and the segments of every part that has any."""

    selection: Selection
    labels: Mapping[str, Mapping[str, Label]]
    places: tuple[tuple[PartFolder, tuple[Segment, ...]], ...]
    counts: Mapping[str, int]
    excluded: Mapping[str, int]

    @staticmethod
    def of(data: ExportData, selection: Selection) -> "_Content":
        chosen = {segment.id for segment in selection.segments}
        labels = {
            scheme: {id_: label for id_, label in found.items() if id_ in chosen}
            for scheme, found in settle(data).items()
        }
        labels = {scheme: found for scheme, found in labels.items() if found}
        labelled = {id_ for found in labels.values() for id_ in found} or chosen
        excluded = dict(selection.excluded)
        if len(labelled) < len(chosen):
            excluded[NO_LABEL] = len(chosen) - len(labelled)
        split = selection.split
        members: dict[str, list[Segment]] = {part: [] for part in (split.part_names if split else (WHOLE,))}
        for segment in selection.segments:
            if segment.id in labelled:
                members[split.parts[segment.id] if split else WHOLE].append(segment)
        places = ((place, tuple(members[place.part])) for place in layout(tuple(members)))
        return _Content(
            selection=selection,
            labels=labels,
            places=tuple((place, found) for place, found in places if found),
            counts={part: len(found) for part, found in members.items()},
            excluded=excluded,
        )

    @property
    def rows(self) -> list[Segment]:
        """All segments, part after part: the order of the metadata."""
        return [segment for _, members in self.places for segment in members]


def _columns(data: ExportData, content: _Content, file_names: Sequence[str]) -> list[Column]:
    """Columns over the rows of all parts; those without any value are left out."""
    rows = content.rows
    sizes = [len(members) for _, members in content.places]
    recordings = [data.recording_of[segment.recording_id] for segment in rows]
    paths = relative_paths(data.recordings)
    rates = [recording.sample_rate for recording in recordings]
    groups = {
        key: _free_name(f"group.{key}" if key in _FIXED else key)
        for key in data.group_keys
        if key != "speaker"
    }
    parts = [place.part for place, members in content.places for _ in members]
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
            [
                group_value(recording, segment, "speaker") or ""
                for recording, segment in zip(recordings, rows, strict=True)
            ],
            sizes,
        ),
        *(
            text_column(name, [r.groups.get(key, "") for r in recordings], sizes)
            for key, name in groups.items()
        ),
    ]
    schemes = [scheme for scheme in data.schemes if scheme.name in content.labels]
    names = column_names(schemes, [*_FIXED, *groups.values()])
    for scheme in schemes:
        found = [content.labels[scheme.name].get(segment.id) for segment in rows]
        for item in scheme.measured().items:
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


def _readme(data: ExportData, content: _Content, columns: Sequence[Column]) -> str:
    """The dataset card, in English as the places where data sets are published are."""
    total = len(content.rows)
    size = next((name for limit, name in _SIZES if total < limit), "1M<n<10M")
    lines = [
        "---",
        f"pretty_name: {_quoted(data.name)}",
        "license: unknown",
        "size_categories:",
        f"- {size}",
        "task_categories:",
        "- audio-classification",
        "configs:",
        "- config_name: default",
        "  data_files:",
    ]
    for place, _ in content.places:
        lines += [f"  - split: {place.split}", f"    path: {_quoted(place.folder + '/**')}"]
    lines += [
        "---",
        "",
        f"# {data.name}",
        "",
        "Before you publish it, set `license` and `language` above.",
        "",
    ]
    lines += ["| Part | Split | Folder | Clips |", "|---|---|---|---|"]
    lines += [
        f"| {place.part} | {place.split} | `{place.folder}/` | {len(found)} |"
        for place, found in content.places
    ]
    lines += ["", "`start` and `end` are seconds in `recording`."]
    for scheme in data.schemes:
        if scheme.name in content.labels:
            lines += ["", *_scheme_lines(scheme, content.labels[scheme.name])]
    if any(column.note for column in columns):
        lines += [
            "",
            "So that every part has the same column types, some texts are not as in the corpus: `-` is a missing",
            "value, `(None)` stands for `None`, and `actor-01` in the column `actor` for `01`.",
        ]
    return "\n".join(lines) + "\n"


def _scheme_lines(scheme: Scheme, labels: Mapping[str, Label]) -> list[str]:
    methods = ", ".join(f"{method} ({count})" for method, count in methods_used(labels.values()).items())
    lines = [f"## {scheme.title}", ""]
    lines += [f"Emotion {scheme.judged}. {scheme.source}".rstrip(), "", f"Labels by: {methods}.", ""]
    for item in scheme.measured().items:
        scale = f"{item.minimum:g} to {item.maximum:g}, high is {_high_end(item)}" if item.numeric else ""
        lines.append(f"- `{item.name}`: {scale or ', '.join(item.categories)}")
    return lines


def _high_end(item: Item) -> str:
    return (item.high if item.direction > 0 else item.low) or f"more {item.name}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # a JSON string is a YAML string
