"""Making named, frozen splits in which no group stands on two sides."""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from annotator.app.classes import Column, classes_of, columns_of, labelled
from annotator.app.grouping import tie_groups
from annotator.app.plan import (
    SplitPlan,
    fold_shares,
    group_warnings,
    lacking_keys,
    plan_split,
    refuse_unknown_keys,
    seconds_of,
)
from annotator.app.session import Session, find_split
from annotator.app.targets import Target, working_segments
from annotator.domain.corpus import Recording, Segment, Split, new_id, now
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job
from annotator.domain.translation import tr, tr_n
from annotator.splits.groups import Groups

__all__ = [
    "PartSummary",
    "SplitReport",
    "SplitResult",
    "count_groups",
    "fold_shares",
    "make_planned",
    "make_split",
    "parse_shares",
    "refuse_unknown_keys",
    "report_split",
    "result_of",
    "seconds_of",
    "store_split",
    "summarise",
]


@dataclass(frozen=True, slots=True)
class PartSummary:
    """What one part holds."""

    segments: int
    groups: int
    seconds: float
    classes: dict[str, int]


@dataclass(frozen=True, slots=True)
class SplitResult:
    """A split that was made: its parts and how far it is from the shares that were asked for."""

    name: str
    parts: dict[str, PartSummary]
    deviation: float
    seed: int
    method: str
    group_keys: tuple[str, ...]
    missing: dict[str, int]
    warnings: tuple[str, ...]


def parse_shares(text: str) -> dict[str, float]:
    """Shares from `train=0.7,dev=0.15,test=0.15`; they must add up to 1.

    >>> parse_shares("train=0.8,test=0.2")
    {'train': 0.8, 'test': 0.2}
    """
    shares: dict[str, float] = {}
    for piece in text.split(","):
        name, _, share = piece.partition("=")
        try:
            shares[name.strip()] = float(share)
        except ValueError:
            raise AnnotatorError(
                tr('"{piece}" is no part with its share.', piece=piece),
                tr("Write train=0.7,dev=0.15,test=0.15."),
            ) from None
    if len(shares) < 2 or any(not name or share <= 0 for name, share in shares.items()):
        raise AnnotatorError(
            tr('"{text}" does not name two or more parts with shares above 0.', text=text),
            tr("Write train=0.7,dev=0.15,test=0.15."),
        )
    if not math.isclose(sum(shares.values()), 1.0, abs_tol=1e-6):
        raise AnnotatorError(
            tr("The shares add up to {total:g}, not to 1.", total=sum(shares.values())),
            tr("Write train=0.7,dev=0.15,test=0.15."),
        )
    return shares


def make_split(
    session: Session,
    name: str,
    *,
    shares: Mapping[str, float] | None,
    group_keys: Sequence[str],
    stratify: str | None = None,
    tier: str | None = None,
    seed: int = 0,
    folds: bool = False,
    balance: Sequence[str] = (),
    by: Literal["segments", "seconds"] = "segments",
    texts: bool = False,
    allow_missing: bool = False,
) -> Job[SplitResult]:
    """Assigns all working segments to parts and stores the split under a new name.

    Recordings that decode to the same audio, or of which a link says that they sound nearly the same, and segments that
    share sound, are tied together whatever their keys. A segment without a value of any key stays with its recording.

    Parameters
    ----------
    shares
        Share of every part by name; `None` leaves one group out: as many folds as there are groups.
    group_keys
        Keys whose values must not stand on two sides: `speaker`, `song`, ..., or `recording`.
    stratify
        Item whose categories (or thirds, for numbers) should be spread evenly; several with commas between them.
    folds
        Whether the parts are folds, each of which is to be the test side once.
    balance
        Group keys, such as `gender`, whose values should be spread evenly too.
    by
        What the shares are shares of.
    texts
        Whether segments that say nearly the same are tied too.
    allow_missing
        Whether a category may be missing from a part, or with folds from the training side of the only one that tests
        it, because too few groups hold it; by default such a split is refused.
    """
    plan = SplitPlan(
        shares=shares,
        group_keys=tuple(group_keys),
        stratify=stratify,
        tier=tier,
        seed=seed,
        folds=folds,
        balance=tuple(balance),
        by=by,
        texts=texts,
        allow_missing=allow_missing,
    )
    return (yield from make_planned(session, name, plan))


def make_planned(session: Session, name: str, plan: SplitPlan) -> Job[SplitResult]:
    """`make_split` of a plan."""
    _refuse_name(session, name)
    made = yield from plan_split(session, plan)
    split = Split(
        id=new_id(),
        name=name,
        method=made.placed.method,
        seed=plan.seed,
        group_keys=plan.group_keys,
        parts=made.parts,
        groups=made.group_names,
        options={**plan.options(made.shares), "deviation": made.placed.deviation},
        created=now(),
    )
    store_split(session, split, tr("Make the split {name}", name=name))
    return result_of(split, made.segments, made.recordings, made.columns, made.groups.missing, made.warnings)


def _refuse_name(session: Session, name: str) -> None:
    if not name.strip():
        raise AnnotatorError(tr("A split needs a name."))
    with session.reading() as reader:
        if name in reader.split_names():
            raise AnnotatorError(
                tr('The corpus has a split "{name}" already, and splits are frozen.', name=name),
                tr("Choose another name."),
            )


def store_split(session: Session, split: Split, operation: str) -> None:
    """Freezes a split, with a digest of its content by which a copy can be recognised."""
    _refuse_name(session, split.name)
    frozen = freeze(split)
    session.transact(operation, lambda transaction: transaction.put(frozen))


def freeze(split: Split) -> Split:
    """A split with a digest of its content, by which a copy of it can be recognised."""
    return replace(split, options={**split.options, "digest": _digest(split.parts)})


def result_of(
    split: Split,
    segments: Sequence[Segment],
    recordings: Mapping[str, Recording],
    columns: Sequence[Column],
    missing: Mapping[str, int],
    warnings: Sequence[str],
) -> SplitResult:
    """What a split holds, counted over segments of which some may be in no part."""
    return SplitResult(
        name=split.name,
        parts=summarise(split, segments, recordings, columns),
        deviation=float(split.options.get("deviation", 0.0)),
        seed=split.seed,
        method=split.method,
        group_keys=split.group_keys,
        missing=dict(missing),
        warnings=tuple(warnings),
    )


def count_groups(
    session: Session, group_keys: Sequence[str], tier: str | None = None, *, texts: bool = False
) -> tuple[int, int]:
    """Into how many groups `make_split` would tie the working segments by these keys, and how many segments."""
    with session.reading() as reader:
        recordings = {recording.id: recording for recording in reader.recordings()}
        segments = working_segments(reader, tier)
        links = reader.links()
    return len(tie_groups(segments, recordings, group_keys, links, texts=texts).names), len(segments)


@dataclass(frozen=True, slots=True)
class SplitReport:
    """A stored split and what it holds now; `result.warnings` also tell what has changed since it was made.

    `later` counts the segments that came later and are in no part.
    """

    split: Split
    result: SplitResult
    later: int = 0


def report_split(session: Session, name: str) -> SplitReport:
    """Counts again what a stored split holds, as the corpus is now."""
    changes: list[str] = []
    with session.reading() as reader:
        split = find_split(reader, name)
        recordings = {recording.id: recording for recording in reader.recordings()}
        held = reader.segments(ids=split.parts)
        segments = [segment for segment in held if segment.recording_id in recordings]
        columns: list[Column] = []
        try:
            columns = columns_of(
                reader, segments, recordings, split.options.get("stratify"), split.options.get("balance", ())
            )
        except AnnotatorError as error:
            changes.append(tr("Its classes cannot be counted. {reason}", reason=error.message))
        try:
            working = working_segments(reader, split.options.get("tier"))
        except AnnotatorError:
            working = []
    if len(segments) < len(split.parts):
        lost = len(split.parts) - len(segments)
        changes.append(
            tr_n("{n} of its segments is no longer in the corpus.",
                 "{n} of its segments are no longer in the corpus.", lost)
        )  # fmt: skip
    later = sum(segment.id not in split.parts for segment in working)
    if later:
        changes.append(
            tr_n(
                "{n} segment that came later is in no part.",
                "{n} segments that came later are in no part.",
                later,
            )
        )
    groups = _groups_again(split, segments, recordings)
    few = () if split.options.get("leave_one_out") else group_warnings(groups, columns, split.part_names)
    warnings = (*changes, *few)
    return SplitReport(
        split, result_of(split, segments, recordings, columns, groups.missing, warnings), later
    )


def _groups_again(split: Split, segments: Sequence[Segment], recordings: Mapping[str, Recording]) -> Groups:
    """The groups as the split keeps them, and how many of its segments lack each key now."""
    numbers: dict[str, int] = {}
    index = [numbers.setdefault(split.groups[segment.id], len(numbers)) for segment in segments]
    missing = lacking_keys(segments, recordings, split.group_keys)
    return Groups(np.array(index, dtype=np.intp), tuple(numbers), missing)


def summarise(
    split: Split,
    segments: Sequence[Segment],
    recordings: Mapping[str, Recording],
    classes: Target | Sequence[Column] | None,
) -> dict[str, PartSummary]:
    """Counts per part, in the order in which the parts were asked for."""
    if isinstance(classes, Target):
        codes, labels = classes_of(segments, classes)
        classes = [Column(classes.item.name, codes, labels)]
    counted = labelled(classes or ())
    members: dict[str, list[int]] = {part: [] for part in split.part_names}
    for n, segment in enumerate(segments):
        if segment.id in split.parts:
            members.setdefault(split.parts[segment.id], []).append(n)
    summaries: dict[str, PartSummary] = {}
    for part, indices in members.items():
        rows = np.array(indices, dtype=np.intp)
        summaries[part] = PartSummary(
            segments=len(indices),
            groups=len({split.groups[segments[n].id] for n in indices}),
            seconds=sum(
                segments[n].samples / recordings[segments[n].recording_id].sample_rate for n in indices
            ),
            classes={name: int((column.codes[rows] == code).sum()) for name, column, code in counted},
        )
    return summaries


def _digest(parts: Mapping[str, str]) -> str:
    """SHA-256 of the assignment, so that a copy can be recognised."""
    text = "\n".join(f"{segment}\t{part}" for segment, part in sorted(parts.items()))
    return hashlib.sha256(text.encode()).hexdigest()
