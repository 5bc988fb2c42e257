"""What a split is to be like, and where every segment would go: the step before anything is stored."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from annotator.app.classes import Column, class_title, columns_of, labelled
from annotator.app.grouping import tie_groups
from annotator.app.info import group_counts
from annotator.app.session import Session
from annotator.app.targets import working_segments
from annotator.domain.corpus import RECORDING_KEY, Recording, Segment, group_value
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job, Progress
from annotator.domain.registry import closest
from annotator.domain.translation import tr, tr_n
from annotator.splits.groups import Groups
from annotator.splits.solver import Assignment, assign


@dataclass(frozen=True)
class SplitPlan:
    """What is asked of a split; `annotator.app.split.make_split` explains the fields."""

    shares: Mapping[str, float] | None
    group_keys: tuple[str, ...]
    stratify: str | None = None
    tier: str | None = None
    seed: int = 0
    folds: bool = False
    balance: tuple[str, ...] = ()
    by: Literal["segments", "seconds"] = "segments"
    texts: bool = False
    allow_missing: bool = False

    def options(self, shares: Mapping[str, float]) -> dict[str, Any]:
        """What a stored split keeps of it, with the shares that its parts got."""
        return {
            "shares": dict(shares),
            "folds": self.folds or self.shares is None,
            "leave_one_out": self.shares is None,
            "stratify": self.stratify,
            "balance": list(self.balance),
            "by": self.by,
            "texts": self.texts,
            "tier": self.tier,
        }


@dataclass(frozen=True)
class Planned:
    """A plan carried out: the part of every segment. Nothing is stored yet."""

    plan: SplitPlan
    shares: dict[str, float]
    segments: list[Segment]
    recordings: dict[str, Recording]
    columns: list[Column]
    groups: Groups
    placed: Assignment

    @property
    def parts(self) -> dict[str, str]:
        """Part by segment."""
        names = list(self.shares)
        return {
            segment.id: names[part] for segment, part in zip(self.segments, self.placed.parts, strict=True)
        }

    @property
    def group_names(self) -> dict[str, str]:
        """Name of the group by segment."""
        return {
            segment.id: self.groups.names[group]
            for segment, group in zip(self.segments, self.groups.index, strict=True)
        }

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is worth knowing of the groups and classes."""
        return () if self.plan.shares is None else group_warnings(self.groups, self.columns, self.shares)


def fold_shares(folds: int) -> dict[str, float]:
    """Equal shares for k folds, named `fold1` to `foldk`.

    >>> fold_shares(2)
    {'fold1': 0.5, 'fold2': 0.5}
    """
    if folds < 2:
        raise AnnotatorError(tr("A split needs at least 2 folds, not {n}.", n=folds))
    width = len(str(folds))
    return {f"fold{n:0{width}d}": 1 / folds for n in range(1, folds + 1)}


def plan_split(session: Session, plan: SplitPlan, *, quick: bool = False) -> Job[Planned]:
    """Ties the working segments into groups and places these; `quick` spends less on it, for a preview.

    Raises
    ------
    AnnotatorError
        Where a key or item is unknown, there are fewer groups than parts, or a class would be missing from a part
        and the plan does not allow it.
    """
    if not plan.group_keys:
        raise AnnotatorError(tr("A split needs at least one group key."), tr("Name it with --group."))
    yield Progress(0, 3, tr("Collecting segments"))
    with session.reading() as reader:
        recordings = {recording.id: recording for recording in reader.recordings()}
        segments = working_segments(reader, plan.tier)
        columns = columns_of(reader, segments, recordings, plan.stratify, plan.balance)
        links = reader.links()
    refuse_unknown_keys(plan.group_keys, recordings, segments)
    yield Progress(1, 3, tr("Tying groups together"))
    groups = tie_groups(segments, recordings, plan.group_keys, links, texts=plan.texts)
    yield Progress(2, 3, tr("Placing {n} groups", n=len(groups.names)))
    shares = dict(plan.shares) if plan.shares is not None else fold_shares(len(groups.names))
    if plan.shares is not None and not plan.allow_missing and len(groups.names) >= len(shares):
        refuse_missing(groups, columns, shares, folds=plan.folds)
    placed = assign(
        groups,
        shares=shares,
        classes=[column.codes for column in columns],
        weights=seconds_of(segments, recordings) if plan.by == "seconds" else None,
        seed=plan.seed,
        quick=quick,
    )
    return Planned(plan, shares, segments, recordings, columns, groups, placed)


def seconds_of(segments: Sequence[Segment], recordings: Mapping[str, Recording]) -> np.ndarray:
    """(n,) length of every segment in seconds."""
    return np.array([segment.samples / recordings[segment.recording_id].sample_rate for segment in segments])


def refuse_unknown_keys(
    group_keys: Sequence[str], recordings: Mapping[str, Recording], segments: Sequence[Segment]
) -> None:
    """Raises `AnnotatorError` for a group key that nothing in the corpus has."""
    known = [*group_counts(recordings.values(), segments), RECORDING_KEY]
    for key in group_keys:
        if key not in known:
            raise AnnotatorError(tr('No recording has the group key "{key}".', key=key), closest(key, known))


def refuse_missing(groups: Groups, columns: Sequence[Column], parts: Collection[str], *, folds: bool) -> None:
    """Raises `AnnotatorError`, with the numbers, where a category cannot be in every part that needs it.

    Each part of train, dev and test needs every class: a score on a part without it says nothing about the class.
    With folds a class needs two groups. Then every training side holds it, and the folds together test it; fewer groups
    than folds are reported and no more.
    """
    needed = 2 if folds else len(parts)
    lacking = [
        (name, holders)
        for name, column, holders in _holders(groups, columns)
        if column.needed and holders < needed
    ]
    if not lacking:
        return
    named = ", ".join(
        tr_n("{name} ({n} group)", "{name} ({n} groups)", holders, name=class_title(name))
        for name, holders in lacking
    )
    if folds:
        message = tr(
            "Folds need each class in at least 2 groups, or it would be tested without ever being trained on. "
            "Too few groups have: {classes}.",
            classes=named,
        )
    else:
        message = tr(
            "{n} parts need each class in at least {n} groups, or it would be missing from a part. "
            "Too few groups have: {classes}.",
            n=len(parts),
            classes=named,
        )
    raise AnnotatorError(
        message,
        tr(
            "Add recordings of other groups that have it, ask for fewer parts or for folds, do not spread it, "
            "or allow it with --allow-missing."
        ),
    )


def group_warnings(groups: Groups, columns: Sequence[Column], parts: Collection[str]) -> tuple[str, ...]:
    """Keys without values, and classes in fewer groups than there are parts."""
    warnings = [
        tr_n('{n} segment has no value of "{key}".', '{n} segments have no value of "{key}".', n, key=key)
        for key, n in groups.missing.items()
    ]
    for name, _, holders in _holders(groups, columns):
        if holders < len(parts):
            warnings.append(
                tr_n(
                    'The class "{name}" is in {n} group only, fewer than the {parts} parts: some parts lack it.',
                    'The class "{name}" is in {n} groups only, fewer than the {parts} parts: some parts lack it.',
                    holders,
                    name=class_title(name),
                    parts=len(parts),
                )
            )
    return tuple(warnings)


def _holders(groups: Groups, columns: Sequence[Column]) -> list[tuple[str, Column, int]]:
    """Every class that occurs, with its column and the number of groups that hold it."""
    counted = [
        (name, column, len(np.unique(groups.index[column.codes == code])))
        for name, column, code in labelled(columns)
    ]
    return [(name, column, holders) for name, column, holders in counted if holders]


def lacking_keys(
    segments: Sequence[Segment], recordings: Mapping[str, Recording], group_keys: Sequence[str]
) -> dict[str, int]:
    """How many segments lack each key, of the keys that some lack."""
    lacking = {
        key: sum(group_value(recordings[s.recording_id], s, key) is None for s in segments)
        for key in group_keys
    }
    return {key: n for key, n in lacking.items() if n}
