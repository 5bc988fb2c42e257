"""What a split would be like before it is made, its groups by size, and why a group holds together."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from annotator.app.grouping import Tie, why_tied
from annotator.app.plan import Planned, SplitPlan, plan_split, refuse_missing
from annotator.app.session import Session
from annotator.app.split import PartSummary, summarise
from annotator.domain.corpus import Recording, Segment, Split, group_value
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job, Progress
from annotator.domain.translation import tr
from annotator.splits.groups import natural


@dataclass(frozen=True, slots=True)
class GroupSummary:
    """One group: what it holds, its part, and two of its segments that are as far from one another as can be.

    `first` and `other` differ in a value of the keys where the group holds several, else in their recording; `other` is
    `None` where the group is a single segment. `values` counts the values of the chosen keys that the group joins.
    """

    name: str
    segments: int
    seconds: float
    recordings: int
    values: int
    part: str
    first: str
    other: str | None


@dataclass(frozen=True)
class SplitPreview:
    """What a plan would give. `problem` says why `make_split` would refuse it for its classes.

    The parts were placed with less effort than the split will be, so that its deviation is an upper bound.
    """

    plan: SplitPlan
    segments: int
    groups: tuple[GroupSummary, ...]
    parts: Mapping[str, PartSummary]
    deviation: float
    warnings: tuple[str, ...]
    problem: str = ""


def preview_split(session: Session, plan: SplitPlan) -> Job[SplitPreview]:
    """Ties and places everything as `make_split` would, within a second for ten thousand segments; stores nothing."""
    made = yield from plan_split(session, replace(plan, allow_missing=True), quick=True)
    problem = ""
    if plan.shares is not None and not plan.allow_missing:
        try:
            refuse_missing(made.groups, made.columns, made.shares, folds=plan.folds)
        except AnnotatorError as error:
            problem = error.message
    yield Progress(3, 3, tr("Counting"))
    split = Split(
        id="",
        name="",
        method=made.placed.method,
        seed=plan.seed,
        group_keys=plan.group_keys,
        parts=made.parts,
        groups=made.group_names,
        options=plan.options(made.shares),
        created="",
    )
    return SplitPreview(
        plan=plan,
        segments=len(made.segments),
        groups=_groups(made),
        parts=summarise(split, made.segments, made.recordings, made.columns),
        deviation=made.placed.deviation,
        warnings=made.warnings,
        problem=problem,
    )


def _groups(made: Planned) -> tuple[GroupSummary, ...]:
    """All groups, the largest first."""
    members: dict[int, list[int]] = defaultdict(list)
    for number, group in enumerate(made.groups.index.tolist()):
        members[group].append(number)
    names = list(made.shares)
    found = [
        _group(
            made.groups.names[group],
            [made.segments[number] for number in numbers],
            made.recordings,
            made.plan.group_keys,
            names[int(made.placed.parts[numbers[0]])],
        )
        for group, numbers in members.items()
    ]
    return tuple(sorted(found, key=lambda group: (-group.segments, natural(group.name))))


def _group(
    name: str,
    segments: Sequence[Segment],
    recordings: Mapping[str, Recording],
    keys: Sequence[str],
    part: str,
) -> GroupSummary:
    by_values: dict[tuple[str | None, ...], Segment] = {}
    by_recording: dict[str, Segment] = {}
    for segment in segments:
        recording = recordings[segment.recording_id]
        by_values[tuple(group_value(recording, segment, key) for key in keys)] = segment
        by_recording[recording.id] = segment
    first, other = segments[0], None
    values_of_first = tuple(group_value(recordings[first.recording_id], first, key) for key in keys)
    elsewhere = [segment for values, segment in by_values.items() if values != values_of_first]
    abroad = [segment for home, segment in by_recording.items() if home != first.recording_id]
    if len(segments) > 1:
        other = (elsewhere or abroad or [segments[-1]])[-1]
    for recording_id in by_recording:  # a group of whole recordings is called by their keys
        name = name.replace(recording_id, recordings[recording_id].name)
    return GroupSummary(
        name=name,
        segments=len(segments),
        seconds=sum(segment.samples / recordings[segment.recording_id].sample_rate for segment in segments),
        recordings=len(by_recording),
        values=len(by_values),
        part=part,
        first=first.id,
        other=None if other is None else other.id,
    )


@dataclass(frozen=True)
class Why:
    """The chain of ties within a group, with the segments to listen to."""

    group: str
    ties: tuple[Tie, ...]
    places: Mapping[str, tuple[Segment, Recording]]


def explain_group(session: Session, group: GroupSummary, plan: SplitPlan) -> Job[Why]:
    """Why the two ends of a group are tied; see `annotator.app.grouping.why_tied`."""
    yield Progress(0, 1, tr("Looking for what ties them"))
    if group.other is None:
        raise AnnotatorError(tr('"{name}" is a single segment: nothing ties it.', name=group.name))
    ties = why_tied(session, group.first, group.other, plan.group_keys, texts=plan.texts)
    ids = sorted({segment for tie in ties for segment in (tie.a, tie.b)})
    with session.reading() as reader:
        recordings = {recording.id: recording for recording in reader.recordings()}
        segments = reader.segments(ids=ids)
    places = {s.id: (s, recordings[s.recording_id]) for s in segments if s.recording_id in recordings}
    return Why(group.name, ties, places)
