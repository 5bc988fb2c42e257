"""Making named, frozen splits in which no group stands on two sides."""

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.app.info import group_counts
from annotator.app.session import Session, find_split
from annotator.app.targets import Target, find_target, working_segments
from annotator.domain.corpus import RECORDING_KEY, Recording, Segment, Split, group_value, new_id, now
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job, Progress
from annotator.domain.registry import closest
from annotator.domain.translation import tr, tr_n
from annotator.splits.groups import Groups, connect, overlap_links
from annotator.splits.solver import assign
from annotator.storage.writer import Transaction

#: Bins of a numeric item for stratification: thirds of the values that occur.
NUMERIC_BINS = 3


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


def fold_shares(folds: int) -> dict[str, float]:
    """Equal shares for k folds, named `fold1` to `foldk`.

    >>> fold_shares(2)
    {'fold1': 0.5, 'fold2': 0.5}
    """
    if folds < 2:
        raise AnnotatorError(tr("A split needs at least 2 folds, not {n}.", n=folds))
    width = len(str(folds))
    return {f"fold{n:0{width}d}": 1 / folds for n in range(1, folds + 1)}


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
    shares: Mapping[str, float],
    group_keys: Sequence[str],
    stratify: str | None = None,
    tier: str | None = None,
    seed: int = 0,
    folds: bool = False,
) -> Job[SplitResult]:
    """Assigns all working segments to parts and stores the split under a new name.

    Recordings that decode to the same audio, and segments that share sound, are tied together whatever their keys.
    A segment without a value of any key stays with its recording.

    Parameters
    ----------
    group_keys
        Keys whose values must not stand on two sides: `speaker`, `song`, ..., or `recording`.
    stratify
        Item whose categories (or thirds, for numbers) should be spread evenly.
    folds
        Whether the parts are folds, each of which is to be the test side once.
    """
    if not name.strip():
        raise AnnotatorError(tr("A split needs a name."))
    if not group_keys:
        raise AnnotatorError(tr("A split needs at least one group key."), tr("Name it with --group."))
    yield Progress(0, 3, tr("Collecting segments"))
    with session.reading() as reader:
        if name in reader.split_names():
            raise AnnotatorError(
                tr('The corpus has a split "{name}" already, and splits are frozen.', name=name),
                tr("Choose another name."),
            )
        recordings = {recording.id: recording for recording in reader.recordings()}
        segments = working_segments(reader, tier)
        target = find_target(reader, stratify) if stratify else None
    _refuse_unknown_keys(group_keys, recordings, segments)
    yield Progress(1, 3, tr("Tying groups together"))
    groups = tie_groups(segments, recordings, group_keys)
    yield Progress(2, 3, tr("Placing {n} groups", n=len(groups.names)))
    codes, classes = classes_of(segments, target)
    placed = assign(
        groups, shares=shares, classes=codes if classes else None, n_classes=len(classes), seed=seed
    )
    names = list(shares)
    parts = {segment.id: names[part] for segment, part in zip(segments, placed.parts, strict=True)}
    split = Split(
        id=new_id(),
        name=name,
        method=placed.method,
        seed=seed,
        group_keys=tuple(group_keys),
        parts=parts,
        groups={s.id: groups.names[g] for s, g in zip(segments, groups.index, strict=True)},
        options={
            "shares": dict(shares),
            "folds": folds,
            "stratify": stratify,
            "tier": tier,
            "deviation": placed.deviation,
            "digest": _digest(parts),
        },
        created=now(),
    )

    def write(transaction: Transaction) -> None:
        transaction.put(split)

    session.transact(tr("Make the split {name}", name=name), write)
    return SplitResult(
        name=name,
        parts=summarise(split, segments, recordings, target),
        deviation=placed.deviation,
        seed=seed,
        method=placed.method,
        group_keys=tuple(group_keys),
        missing=dict(groups.missing),
        warnings=_warnings(groups, classes, codes, shares),
    )


def count_groups(session: Session, group_keys: Sequence[str], tier: str | None = None) -> tuple[int, int]:
    """Into how many groups `make_split` would tie the working segments by these keys, and how many segments."""
    with session.reading() as reader:
        recordings = {recording.id: recording for recording in reader.recordings()}
        segments = working_segments(reader, tier)
    return len(tie_groups(segments, recordings, group_keys).names), len(segments)


@dataclass(frozen=True, slots=True)
class SplitReport:
    """A stored split and what it holds now; `result.warnings` also tell what has changed since it was made."""

    split: Split
    result: SplitResult


def report_split(session: Session, name: str) -> SplitReport:
    """Counts again what a stored split holds, as the corpus is now."""
    changes: list[str] = []
    with session.reading() as reader:
        split = find_split(reader, name)
        recordings = {recording.id: recording for recording in reader.recordings()}
        held = reader.segments(ids=split.parts)
        segments = [segment for segment in held if segment.recording_id in recordings]
        stratify = split.options.get("stratify")
        target = None
        try:
            target = find_target(reader, str(stratify)) if stratify else None
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
    codes, classes = classes_of(segments, target)
    result = SplitResult(
        name=split.name,
        parts=summarise(split, segments, recordings, target),
        deviation=float(split.options.get("deviation", 0.0)),
        seed=split.seed,
        method=split.method,
        group_keys=split.group_keys,
        missing=groups.missing,
        warnings=(*changes, *_warnings(groups, classes, codes, dict.fromkeys(split.part_names, 0.0))),
    )
    return SplitReport(split, result)


def _groups_again(split: Split, segments: Sequence[Segment], recordings: Mapping[str, Recording]) -> Groups:
    """The groups as the split keeps them, and how many of its segments lack each key now."""
    numbers: dict[str, int] = {}
    index = [numbers.setdefault(split.groups[segment.id], len(numbers)) for segment in segments]
    lacking = {
        key: sum(group_value(recordings[s.recording_id], s, key) is None for s in segments)
        for key in split.group_keys
    }
    missing = {key: n for key, n in lacking.items() if n}
    return Groups(np.array(index, dtype=np.intp), tuple(numbers), missing)


def tie_groups(
    segments: Sequence[Segment], recordings: Mapping[str, Recording], group_keys: Sequence[str]
) -> Groups:
    """The connected groups of segments over keys, identical audio and shared sound."""
    keys = {key: [group_value(recordings[s.recording_id], s, key) for s in segments] for key in group_keys}
    links = _identical_links(segments, recordings)
    places = [segment.recording_id for segment in segments]
    starts = np.array([segment.start for segment in segments], dtype=np.int64)
    ends = np.array([segment.end for segment in segments], dtype=np.int64)
    return connect(keys, [*links, *overlap_links(places, starts, ends)], places)


def _identical_links(
    segments: Sequence[Segment], recordings: Mapping[str, Recording]
) -> list[tuple[int, int]]:
    """Ties the first segments of recordings that hold the same decoded audio."""
    by_audio: dict[str, dict[str, int]] = defaultdict(dict)
    members: dict[str, list[int]] = defaultdict(list)
    for n, segment in enumerate(segments):
        recording = recordings[segment.recording_id]
        by_audio[recording.pcm_hash].setdefault(recording.id, n)
        members[recording.id].append(n)
    links: list[tuple[int, int]] = []
    for copies in by_audio.values():
        if len(copies) > 1:  # the same sound under several names: all their segments go together
            everything = [n for recording_id in copies for n in members[recording_id]]
            links += [(everything[0], other) for other in everything[1:]]
    return links


def _refuse_unknown_keys(
    group_keys: Sequence[str], recordings: Mapping[str, Recording], segments: Sequence[Segment]
) -> None:
    known = [*group_counts(recordings.values(), segments), RECORDING_KEY]
    for key in group_keys:
        if key not in known:
            raise AnnotatorError(tr('No recording has the group key "{key}".', key=key), closest(key, known))


def classes_of(
    segments: Sequence[Segment], target: Target | None
) -> tuple[NDArray[np.intp], tuple[str, ...]]:
    """(n,) class of every segment, -1 where it has none, and the names of the classes."""
    if target is None:
        return np.zeros(len(segments), dtype=np.intp), ()
    if target.item.numeric:
        return _binned(segments, target)
    labels = [label for label in target.labels if label in {target.label(s.id) for s in segments}]
    codes = {label: n for n, label in enumerate(labels)}
    found = [codes.get(target.label(segment.id) or "", -1) for segment in segments]
    return np.array(found, dtype=np.intp), tuple(labels)


def _binned(segments: Sequence[Segment], target: Target) -> tuple[NDArray[np.intp], tuple[str, ...]]:
    raw = [target.values.get(segment.id) for segment in segments]
    values = np.array([np.nan if value is None else float(value) for value in raw])
    if np.isnan(values).all():
        return np.full(len(segments), -1, dtype=np.intp), ()
    edges = np.unique(np.nanquantile(values, np.arange(1, NUMERIC_BINS) / NUMERIC_BINS))
    codes = np.where(np.isnan(values), -1, np.searchsorted(edges, values, side="right"))
    bounds = [-math.inf, *edges.tolist(), math.inf]
    return codes.astype(np.intp), tuple(
        f"{bounds[n]:.3g}..{bounds[n + 1]:.3g}" for n in range(len(bounds) - 1)
    )


def summarise(
    split: Split,
    segments: Sequence[Segment],
    recordings: Mapping[str, Recording],
    target: Target | None,
) -> dict[str, PartSummary]:
    """Counts per part, in the order in which the parts were asked for."""
    codes, names = classes_of(segments, target)
    members: dict[str, list[int]] = {part: [] for part in split.part_names}
    for n, segment in enumerate(segments):
        if segment.id in split.parts:
            members.setdefault(split.parts[segment.id], []).append(n)
    summaries: dict[str, PartSummary] = {}
    for part, indices in members.items():
        counts: Counter[Any] = Counter(codes[n] for n in indices)
        summaries[part] = PartSummary(
            segments=len(indices),
            groups=len({split.groups[segments[n].id] for n in indices}),
            seconds=sum(
                segments[n].samples / recordings[segments[n].recording_id].sample_rate for n in indices
            ),
            classes={name: counts.get(code, 0) for code, name in enumerate(names)},
        )
    return summaries


def _digest(parts: Mapping[str, str]) -> str:
    """SHA-256 of the assignment, so that a copy can be recognised."""
    text = "\n".join(f"{segment}\t{part}" for segment, part in sorted(parts.items()))
    return hashlib.sha256(text.encode()).hexdigest()


def _warnings(
    groups: Groups, classes: Sequence[str], codes: NDArray[np.intp], shares: Mapping[str, float]
) -> tuple[str, ...]:
    warnings = [
        tr('{n} segments have no value of "{key}".', n=n, key=key) for key, n in groups.missing.items()
    ]
    for code, name in enumerate(classes):
        holders = len(np.unique(groups.index[codes == code]))
        if holders < len(shares):
            warnings.append(
                tr(
                    'The class "{name}" is in {n} groups only, fewer than the {parts} parts: some parts lack it.',
                    name=name,
                    n=holders,
                    parts=len(shares),
                )
            )
    return tuple(warnings)
