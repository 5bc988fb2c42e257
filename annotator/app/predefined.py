"""Parts that a data set came with, taken over from its own list."""

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from annotator.app.classes import columns_of
from annotator.app.grouping import tie_groups
from annotator.app.session import Session
from annotator.app.split import SplitResult, freeze, refuse_unknown_keys, result_of, store_split
from annotator.app.targets import working_segments
from annotator.domain.corpus import RECORDING_KEY, Link, Recording, Segment, Split, new_id, now
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job, Progress
from annotator.domain.translation import tr, tr_n


def take_over_parts(
    session: Session,
    name: str,
    table: Path,
    *,
    group_keys: Sequence[str] = (RECORDING_KEY,),
    stratify: str | None = None,
    tier: str | None = None,
) -> Job[SplitResult]:
    """Stores the parts that a table gives as a split, as they are: audit it to see whether they leak.

    Parameters
    ----------
    table
        CSV with the columns `file` (path, file name, or name without ending) and `part`.
    group_keys
        What the audit is to take for leaks when it crosses.
    stratify
        Items whose classes are counted and audited, with commas between them.

    Raises
    ------
    AnnotatorError
        Where the table cannot be read, lacks a column, gives a file two parts, or fits no recording.
    """
    yield Progress(0, 2, tr("Reading {name}", name=table.name))
    listed = _read(table)
    with session.reading() as reader:
        recordings = {recording.id: recording for recording in reader.recordings()}
        segments = working_segments(reader, tier)
        columns = columns_of(reader, segments, recordings, stratify)
        links = reader.links()
    refuse_unknown_keys(group_keys, recordings, segments)
    home = {recording.id: _part_of(recording, listed) for recording in recordings.values()}
    parts = {s.id: part for s in segments if (part := home[s.recording_id]) is not None}
    if not parts:
        raise AnnotatorError(
            tr("No file of {table} is in the corpus.", table=table),
            tr("Its column file must hold the paths or names of recordings, such as {name}.",
               name=next(iter(recordings.values())).name),
        )  # fmt: skip
    yield Progress(1, 2, tr("Tying groups together"))
    groups = tie_groups(segments, recordings, group_keys, links)
    counts = Counter(parts.values())
    split = Split(
        id=new_id(),
        name=name,
        method="table",
        seed=0,
        group_keys=tuple(group_keys),
        parts=parts,
        groups={s.id: groups.names[g] for s, g in zip(segments, groups.index, strict=True) if s.id in parts},
        options={
            "shares": {
                part: counts[part] / len(parts) for part in dict.fromkeys(listed.values()) if part in counts
            },
            "folds": False,
            "stratify": stratify,
            "tier": tier,
            "table": table.name,
            "deviation": 0.0,
        },
        created=now(),
    )
    store_split(session, split, tr("Take over the parts of {name}", name=table.name))
    without = len(segments) - len(parts)
    warnings = [
        tr_n(
            "{n} segment is of no file in the table and is in no part.",
            "{n} segments are of no file in the table and are in no part.",
            without,
        )
    ] if without else []  # fmt: skip
    return result_of(split, segments, recordings, columns, groups.missing, warnings)


def split_of_parts(
    name: str,
    parts: Mapping[str, str],
    segments: Sequence[Segment],
    recordings: dict[str, Recording],
    links: Sequence[Link],
    *,
    table: str,
    order: Sequence[str] = (),
) -> Split:
    """The split that a data set comes with, as it is: part by segment; `order` is that of the parts."""
    groups = tie_groups(segments, recordings, (RECORDING_KEY,), links)
    counts = Counter(parts.values())
    return freeze(
        Split(
            id=new_id(),
            name=name,
            method="table",
            seed=0,
            group_keys=(RECORDING_KEY,),
            parts=parts,
            groups={s.id: groups.names[g] for s, g in zip(segments, groups.index, strict=True)},
            options={
                "shares": {
                    part: counts[part] / len(parts) for part in order or sorted(counts) if part in counts
                },
                "folds": False,
                "stratify": None,
                "tier": None,
                "table": table,
                "deviation": 0.0,
            },
            created=now(),
        )
    )


def _part_of(recording: Recording, listed: dict[str, str]) -> str | None:
    path = Path(recording.path)
    for name in (path.as_posix(), f"{path.parent.name}/{path.name}", path.name, path.stem):
        if name in listed:
            return listed[name]
    return None


def _read(table: Path) -> dict[str, str]:
    """Part by file, as the table writes it."""
    try:
        with table.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            columns = [(column or "").strip() for column in reader.fieldnames or []]
            reader.fieldnames = columns
            rows = list(reader)
    except FileNotFoundError:
        raise AnnotatorError(tr("There is no table {path}.", path=table)) from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise AnnotatorError(
            tr("The table {path} cannot be read: {reason}.", path=table, reason=error)
        ) from None
    for needed in ("file", "part"):
        if needed not in columns:
            raise AnnotatorError(
                tr('The table {path} has no column "{column}".', path=table, column=needed),
                tr("It has: {columns}.", columns=", ".join(columns) or tr("nothing")),
            )
    listed: dict[str, str] = {}
    for row in rows:
        file, part = (row["file"] or "").strip().replace("\\", "/"), (row["part"] or "").strip()
        if not file or not part:
            continue
        if listed.setdefault(file, part) != part:
            raise AnnotatorError(
                tr('The table {path} puts "{file}" into "{a}" and into "{b}".',
                   path=table, file=file, a=listed[file], b=part)
            )  # fmt: skip
    return listed
