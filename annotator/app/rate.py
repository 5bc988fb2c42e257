"""Raters and their answers."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from annotator.app.policy import Policy, read_policy
from annotator.app.session import Session, find_scheme
from annotator.domain.corpus import PRACTICE, Annotation, Rater, Recording, Segment, Task, Tier, Value, new_id
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job, Progress
from annotator.domain.registry import closest
from annotator.domain.scheme import Scheme
from annotator.domain.translation import tr
from annotator.storage.reader import Reader
from annotator.storage.rows import Kind
from annotator.storage.writer import Transaction

#: The rater who stands for the labels that a data set came with.
REFERENCE = "reference"

#: In a rater's profile: for each scheme that shuffles its items, the order in which this rater saw them.
SHOWN = "shown"

Entry: TypeAlias = tuple[str, int]
"""What a rater is asked: a segment's key, and 0, or the number of the repeat where it is asked again on purpose, or
`PRACTICE`."""


def ensure_rater(transaction: Transaction, name: str, kind: str = "human") -> Rater:
    """The rater of that name, added where there is none."""
    name = name.strip()
    if not name:
        raise AnnotatorError(tr("A rater needs a name."), tr("Give a name or a pseudonym."))
    for rater in transaction.raters():
        if rater.name == name:
            return rater
    rater = Rater(new_id(), name, kind)  # type: ignore[arg-type]
    transaction.put(rater)
    return rater


def add_rater(session: Session, name: str) -> Rater:
    """Adds a rater; one that exists is given as it is."""
    return session.transact(tr("Add rater {name}", name=name), lambda t: ensure_rater(t, name)).result


def find_rater(reader: Reader, name: str) -> Rater:
    """The rater of that name; the error lists all of them."""
    raters = {rater.name: rater for rater in reader.raters()}
    if name not in raters:
        raise AnnotatorError(tr('The corpus has no rater "{name}".', name=name), closest(name, list(raters)))
    return raters[name]


def answer(
    session: Session,
    *,
    segment_id: str,
    rater: Rater,
    scheme: str,
    values: Mapping[str, object],
    repeat: int = 0,
    confidence: float | None = None,
    comment: str = "",
    started: str = "",
    listens: int = 0,
    flagged: bool = False,
    shown: Sequence[str] | None = None,
) -> Annotation:
    """Stores one answer durably, as a new revision of what this rater said before.

    `flagged` asks to talk about the segment. `shown` are the names of the items in the order in which this rater saw
    them, where a scheme shuffles them: kept with the rater, once.

    Raises `AnnotatorError` where a value is not on its scale or the segment is unknown.
    """

    def write(transaction: Transaction) -> Annotation:
        checked = find_scheme(transaction, scheme).check(values)
        if not transaction.segments(ids=[segment_id]):
            raise AnnotatorError(tr("The segment to be rated is not in the corpus any more."))
        given = Annotation(
            id=new_id(), segment_id=segment_id, rater_id=rater.id, scheme=scheme, values=checked, repeat=repeat,
            confidence=confidence, comment=comment, started=started, listens=listens, flagged=flagged,
        )  # fmt: skip
        if shown is not None:
            _keep_order(transaction, rater, scheme, shown)
        return transaction.record([given])[0]

    return session.transact(tr("Rate a segment"), write, rater=rater.id).result


def _keep_order(transaction: Transaction, rater: Rater, scheme: str, shown: Sequence[str]) -> None:
    """Which button stands first draws answers: the order must be known, also once keys have changed by a merge."""
    row = transaction.held(Kind.RATER, rater.id)
    if row is None or row["profile"].get(SHOWN, {}).get(scheme) == list(shown):
        return
    orders = {**row["profile"].get(SHOWN, {}), scheme: list(shown)}
    transaction.put_rows(Kind.RATER, [{**row, "profile": {**row["profile"], SHOWN: orders}}])


def own_entries(reader: Reader, rater: Rater, scheme: str) -> dict[Entry, Annotation]:
    """A rater's current answers, those to repeats and to practise too; nothing of any other rater is read."""
    found = reader.annotations(scheme=scheme, rater_id=rater.id, practice=True)
    return {(annotation.segment_id, annotation.repeat): annotation for annotation in found}


def task_entries(rater: Rater, tasks: Iterable[Task], scheme: str) -> list[Entry] | None:
    """What the lead has assigned to a rater under a scheme, each entry once; `None` where nothing was assigned."""
    own = [task for task in tasks if task.rater_id == rater.id and task.scheme == scheme]
    return list(dict.fromkeys(entry for task in own for entry in task.entries)) if own else None


def seeded_order(segment_ids: Iterable[str], rater: Rater, scheme: str) -> list[str]:
    """A random order that is always the same for one rater and scheme, and another one for everybody else.

    Each segment's place depends on its key alone: segments that come or go leave the others in their order, so a
    rater who comes back after a correction goes on where they were. Nothing has to be stored.

    >>> ann, bob = Rater("1", "Ann"), Rater("2", "Bob")
    >>> order = seeded_order("abcdef", ann, "emotify-9")
    >>> order != seeded_order("abcdef", bob, "emotify-9"), seeded_order("abcdf", ann, "emotify-9") == [
    ...     segment for segment in order if segment != "e"]
    (True, True)
    """
    return sorted(segment_ids, key=lambda segment: _draw(rater.id, scheme, segment))


def item_seed(rater: Rater, scheme: str) -> int:
    """Seed of the order in which a rater sees the items of a scheme that shuffles them: always the same."""
    return int.from_bytes(_draw(rater.id, scheme)[:4])


def _draw(*parts: str) -> bytes:
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=8).digest()


@dataclass(frozen=True)
class Workload:
    """What one rater may do in a corpus, what they are asked now and what they have answered.

    Of answers it holds this rater's own alone: whoever shows a workload cannot show another's rating.

    Parameters
    ----------
    tiers
        Every tier with its number of segments.
    schemes
        Every scheme.
    recordings
        Every recording, by key.
    tier, scheme
        What is being rated with what; `None` where the corpus has none.
    entries
        What is asked, in the order in which this rater meets it.
    segments
        The segments of the entries, by key.
    answers
        This rater's current answers.
    assigned
        Whether entries and order are the lead's; else all segments of the tier are asked. What is to be practised on
        comes first.
    expected
        What the lead expects of the answers given to practise, to be told after each.
    policy
        What the lead lets this rater see.
    """

    tiers: tuple[tuple[str, int], ...]
    schemes: tuple[Scheme, ...]
    recordings: Mapping[str, Recording]
    tier: str | None
    scheme: Scheme | None
    entries: tuple[Entry, ...]
    segments: Mapping[str, Segment]
    answers: Mapping[Entry, Annotation]
    assigned: bool
    expected: Mapping[Entry, Mapping[str, Value]] = field(default_factory=dict)
    policy: Policy = field(default_factory=Policy)


def read_workload(
    session: Session,
    rater: Rater,
    *,
    tier: str | None = None,
    scheme: str | None = None,
    in_order: bool = False,
) -> Job[Workload]:
    """What a rater is to rate.

    Parameters
    ----------
    tier, scheme
        Names. Where a name is not given or not in the corpus, what the rater's tasks ask for is taken, else the
        first scheme and the tier with the most segments.
    in_order
        Whether segments that nobody assigned come in the order of the recordings instead of a random one.
    """
    yield Progress(0, 2, tr("Reading the segments"))
    with session.reading() as reader:
        recordings = {recording.id: recording for recording in reader.recordings()}
        everywhere = [segment for segment in reader.segments() if segment.recording_id in recordings]
        tiers, schemes, tasks = reader.tiers(), reader.schemes(), reader.tasks()
        policy = read_policy(reader)
        yield Progress(1, 2, tr("Reading the segments"))
        named = _choose_scheme(schemes, tasks, rater, scheme)
        answers = own_entries(reader, rater, named.name) if named else {}
    assigned = task_entries(rater, tasks, named.name) if named else None
    counts = Counter(segment.tier_id for segment in everywhere)
    chosen = _choose_tier(tiers, everywhere, assigned, tier)
    known = _known_to_lead(rater, tasks, named)
    segments = {
        s.id: s for s in everywhere if chosen is not None and (s.tier_id == chosen.id or s.id in known)
    }
    if assigned is not None:
        entries = [entry for entry in assigned if entry[0] in segments]
        entries.sort(key=lambda entry: entry[1] != PRACTICE)
    elif in_order or named is None:
        entries = [(segment, 0) for segment in _recorded_order(segments.values(), recordings)]
    else:
        entries = [(segment, 0) for segment in seeded_order(segments, rater, named.name)]
    return Workload(
        tiers=tuple((t.name, counts[t.id]) for t in tiers),
        schemes=tuple(schemes),
        recordings=recordings,
        tier=chosen.name if chosen else None,
        scheme=named,
        entries=tuple(entries),
        segments={segment: segments[segment] for segment, _ in entries},
        answers=answers,
        assigned=assigned is not None,
        expected=_expected(rater, tasks, named),
        policy=policy,
    )


def _own_tasks(rater: Rater, tasks: Iterable[Task], scheme: Scheme | None) -> list[Task]:
    return [t for t in tasks if t.rater_id == rater.id and scheme is not None and t.scheme == scheme.name]


def _known_to_lead(rater: Rater, tasks: Iterable[Task], scheme: Scheme | None) -> set[str]:
    """Segments to practise on and anchors: asked whatever tier they lie on."""
    own = _own_tasks(rater, tasks, scheme)
    return {
        segment for task in own for name in ("anchors", "practice") for segment in task.options.get(name, ())
    }


def _expected(rater: Rater, tasks: Iterable[Task], scheme: Scheme | None) -> dict[Entry, Mapping[str, Value]]:
    return {
        (segment, PRACTICE): values
        for task in _own_tasks(rater, tasks, scheme)
        for segment, values in task.options.get("practice", {}).items()
    }


def _choose_scheme(schemes: list[Scheme], tasks: list[Task], rater: Rater, name: str | None) -> Scheme | None:
    by_name = {scheme.name: scheme for scheme in schemes}
    wanted = [name, *(task.scheme for task in tasks if task.rater_id == rater.id)]
    return next((by_name[scheme] for scheme in wanted if scheme in by_name), schemes[0] if schemes else None)


def _choose_tier(
    tiers: list[Tier], segments: Iterable[Segment], assigned: list[Entry] | None, name: str | None
) -> Tier | None:
    """The tier of that name; else the one with the most assigned, or where nothing was, with the most segments."""
    for tier in tiers:
        if tier.name == name:
            return tier
    wanted = None if assigned is None else {segment for segment, _ in assigned}
    counts = Counter(s.tier_id for s in segments if wanted is None or s.id in wanted)
    return max(tiers, key=lambda tier: counts[tier.id], default=None)


def _recorded_order(segments: Iterable[Segment], recordings: Iterable[str]) -> list[str]:
    place = {recording: n for n, recording in enumerate(recordings)}
    return [s.id for s in sorted(segments, key=lambda s: (place[s.recording_id], s.start, s.end, s.id))]
