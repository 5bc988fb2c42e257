"""Splits and a corpus that grows: what is placed stays where it is, and two versions can be compared."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from annotator.app.classes import columns_of
from annotator.app.grouping import tie_groups
from annotator.app.session import Session, find_split
from annotator.app.split import SplitResult, result_of, seconds_of, store_split
from annotator.app.targets import working_segments
from annotator.domain.corpus import Segment, Split, new_id, now
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job, Progress
from annotator.domain.translation import tr, tr_n
from annotator.splits.groups import Groups
from annotator.splits.solver import assign
from annotator.storage.reader import Reader


@dataclass(frozen=True, slots=True)
class SplitComparison:
    """Two splits segment by segment: in the same part, in another, only in the second, only in the first.

    `moves` counts the segments that moved by part in the first and part in the second, the most first.
    """

    a: str
    b: str
    unchanged: int
    moved: int
    added: int
    removed: int
    moves: tuple[tuple[str, str, int], ...] = ()


def compare_splits(session: Session, a: str, b: str) -> SplitComparison:
    """How far two splits, or two versions of one, agree."""
    with session.reading() as reader:
        one, other = find_split(reader, a), find_split(reader, b)
    shared = one.parts.keys() & other.parts.keys()
    moved = Counter(
        (one.parts[segment], other.parts[segment])
        for segment in shared
        if one.parts[segment] != other.parts[segment]
    )
    return SplitComparison(
        a=a,
        b=b,
        unchanged=len(shared) - moved.total(),
        moved=moved.total(),
        added=len(other.parts.keys() - shared),
        removed=len(one.parts.keys() - shared),
        moves=tuple(
            (before, after, n)
            for (before, after), n in sorted(moved.items(), key=lambda move: (-move[1], move[0]))
        ),
    )


def extend_split(session: Session, name: str) -> Job[SplitResult]:
    """Places what came into the corpus after a split was made, and stores the result as its next version.

    The newest version of the split is taken: `NAME`, `NAME-2`, `NAME-3`, ... No segment of it moves. New segments of an
    old group go where the group is; new groups are placed so that sizes and classes come as near to the shares as they
    can. New segments that tie groups of different parts together fit nowhere: they are left out, with a warning. All
    versions stay.

    Raises
    ------
    AnnotatorError
        Where nothing new came, or where each part of the split is one group.
    """
    yield Progress(0, 3, tr("Collecting segments"))
    with session.reading() as reader:
        old, version = _newest_version(reader, name)
        options = old.options
        recordings = {recording.id: recording for recording in reader.recordings()}
        everything = working_segments(reader, options.get("tier"))
        links = reader.links()
        columns = columns_of(
            reader, everything, recordings, options.get("stratify"), options.get("balance", ())
        )
    if options.get("leave_one_out"):
        raise AnnotatorError(
            tr('In the split "{name}" each group is a fold: a new group needs a new fold.', name=old.name),
            tr("Make a new split."),
        )
    if all(segment.id in old.parts for segment in everything):
        raise AnnotatorError(
            tr('Nothing came into the corpus since the split "{name}" was made.', name=old.name),
            tr("Add and segment recordings first."),
        )
    yield Progress(1, 3, tr("Tying groups together"))
    texts = bool(options.get("texts"))
    groups = tie_groups(everything, recordings, old.group_keys, links, texts=texts)
    fixed, torn = _where_groups_are(old, everything, groups)
    yield Progress(2, 3, tr("Placing {n} new groups", n=int((fixed < 0).sum())))
    shares: Mapping[str, float] = options["shares"]
    placed = assign(
        groups,
        shares=shares,
        classes=[column.codes for column in columns],
        weights=seconds_of(everything, recordings) if options.get("by") == "seconds" else None,
        seed=old.seed,
        fixed=fixed,
    )
    parts, names = dict(old.parts), dict(old.groups)
    group_names = _names_of_groups(old, everything, groups)
    left_out = 0
    for segment, group, part in zip(everything, groups.index, placed.parts, strict=True):
        if segment.id in old.parts:
            continue
        if torn[group]:
            left_out += 1
        else:
            parts[segment.id] = old.part_names[part]
            names[segment.id] = group_names[group]
    split = Split(
        id=new_id(),
        name=f"{name}-{version + 1}",
        method=placed.method,
        seed=old.seed,
        group_keys=old.group_keys,
        parts=parts,
        groups=names,
        options={**options, "extends": old.name, "version": version + 1, "deviation": placed.deviation},
        created=now(),
    )
    store_split(session, split, tr("Extend the split {name}", name=old.name))
    warnings = [
        tr_n(
            "{n} new segment ties groups of different parts together and is in no part.",
            "{n} new segments tie groups of different parts together and are in no part.",
            left_out,
        )
    ] if left_out else []  # fmt: skip
    return result_of(split, everything, recordings, columns, groups.missing, warnings)


def _newest_version(reader: Reader, name: str) -> tuple[Split, int]:
    """The newest version of a split and its number; the first is 1."""
    old, version = find_split(reader, name), 1
    names = set(reader.split_names())
    while f"{name}-{version + 1}" in names:
        later = find_split(reader, f"{name}-{version + 1}")
        if later.options.get("extends") != old.name:
            raise AnnotatorError(
                tr('The next version would be called "{name}", which is another split.', name=later.name),
                tr("Make a new split."),
            )
        old, version = later, version + 1
    return old, version


def _where_groups_are(
    old: Split, segments: Sequence[Segment], groups: Groups
) -> tuple[np.ndarray, np.ndarray]:
    """(groups,) part that holds each group, -1 for a new one, and (groups,) whether several parts do."""
    numbers = {part: number for number, part in enumerate(old.part_names)}
    fixed = np.full(len(groups.names), -1, dtype=np.intp)
    torn = np.zeros(len(groups.names), dtype=bool)
    for segment, group in zip(segments, groups.index, strict=True):
        part = old.parts.get(segment.id)
        if part is not None:
            torn[group] |= fixed[group] not in (-1, numbers[part])
            fixed[group] = numbers[part]
    return fixed, torn


def _names_of_groups(old: Split, segments: Sequence[Segment], groups: Groups) -> list[str]:
    """(groups,) the old name of each group that was there, else its name now, made unique."""
    before: dict[int, str] = {}
    for segment, group in zip(segments, groups.index.tolist(), strict=True):
        if segment.id in old.groups:
            before.setdefault(group, old.groups[segment.id])
    taken = set(old.groups.values())
    names: list[str] = []
    for group, name in enumerate(groups.names):
        unique, n = name, 1
        while group not in before and unique in taken:
            n += 1
            unique = f"{name} ({n})"
        names.append(before.get(group, unique))
        taken.add(names[-1])
    return names
