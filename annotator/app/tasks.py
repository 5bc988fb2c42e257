"""Handing out work: which segments each rater is asked, in which order, and which of them twice."""

import heapq
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from annotator.app.known import ANCHORS, known_answers, with_known
from annotator.app.rate import Entry, ensure_rater
from annotator.app.session import Session, find_scheme, find_tier
from annotator.domain.corpus import PRACTICE, Rater, Recording, Segment, Task, group_value, new_id
from annotator.domain.errors import AnnotatorError, UsageError
from annotator.domain.translation import tr, tr_n
from annotator.storage.reader import Reader
from annotator.storage.writer import Transaction

#: Keys whose values are spread evenly over the raters and kept apart in their orders; the first that is known counts.
SPREAD_KEYS = ("speaker", "actor", "song", "artist", "show")

#: More repeats than this could not stand far from the first time the same segment is asked.
MOST_REPEATS = 0.3

#: Random picks of the next segment before looking for one in turn.
_TRIES = 16


@dataclass(frozen=True, slots=True)
class Handed:
    """What one rater has after an assignment: all segments (anchors among them) and repeats of their task, what they
    practise on, and how many entries came just now."""

    rater: str
    segments: int
    repeats: int
    added: int
    anchors: int = 0
    practice: int = 0


@dataclass(frozen=True, slots=True)
class Assigned:
    """What an assignment handed out."""

    scheme: str
    tier: str
    overlap: int
    seed: int
    segments: int
    tasks: tuple[Handed, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """A segment as an order sees it: what it was cut from, and whose voice or song it is."""

    segment: str
    recording: str
    group: str


def assign(
    session: Session,
    raters: Sequence[str],
    *,
    overlap: int,
    scheme: str | None = None,
    tier: str | None = None,
    repeat: float = 0.0,
    anchors: str | None = None,
    practice: str | None = None,
    seed: int = 0,
) -> Assigned:
    """Gives every segment of a tier to `overlap` of the raters, in one undoable step.

    Loads differ by at most one segment, and each rater gets as many segments of every speaker or song as the
    others. Each has a random order of their own, in which neighbours are from different recordings, and where
    possible of different speakers or songs. Names that the corpus does not know become raters. What was handed
    out before stays where it is: only what is missing is added, at the end.

    Parameters
    ----------
    overlap
        Raters for each segment, 1 to the number of raters.
    repeat
        Share of each rater's new segments, 0 to 0.3, that is asked a second time in the last third of the order:
        what self-agreement is measured on.
    anchors, practice
        Where the lead knows the answer: a tier with reference answers, or a table of them. Anchors are asked of every
        rater, unseen among the others; practice comes first, with the expected answer after each, and counts nowhere.
    seed
        The same seed on the same corpus gives the same tasks.
    """
    names = [name.strip() for name in raters]
    _check(names, overlap, repeat)

    def write(transaction: Transaction) -> Assigned:
        instrument = find_scheme(transaction, scheme)
        home = find_tier(transaction, tier or _only_other(transaction, anchors, practice))
        checks = known_answers(transaction, anchors, instrument)
        exercises = known_answers(transaction, practice, instrument)
        if checks.keys() & exercises.keys():
            raise UsageError(
                tr("Some segments are both anchors and practice."),
                tr("Who has practised on a segment knows its answer: give others."),
            )
        pieces = {
            key: piece
            for key, piece in _pieces(transaction, home.id).items()
            if key not in checks and key not in exercises
        }
        if not pieces:
            raise AnnotatorError(
                tr('The tier "{tier}" has no segments to assign.', tier=home.name), tr("Segment first.")
            )
        people = [ensure_rater(transaction, name) for name in names]
        tasks = [task for task in transaction.tasks() if task.scheme == instrument.name]
        held = {rater.id: _task_of(rater, instrument.name, tasks, seed) for rater in people}
        given = {task.rater_id: {segment for segment, _ in task.entries} for task in tasks}
        shares = distribute(pieces, [rater.id for rater in people], overlap, given, seed)
        handed = []
        for rater in people:
            task = held[rater.id]
            rng = random.Random(f"{seed}\n{rater.name}\n{instrument.name}")
            more = _entries(shares[rater.id], task.entries, pieces, repeat, rng)
            made = with_known(task, more, checks, exercises, rng)
            if made != task or task not in tasks:
                transaction.put(made)
            handed.append(_handed(rater, task, made))
        return Assigned(instrument.name, home.name, overlap, seed, len(pieces), tuple(handed))

    name = tr_n("Assign segments to {n} rater", "Assign segments to {n} raters", len(names))
    return session.transact(name, write).result


def _only_other(reader: Reader, *sources: str | None) -> str | None:
    """The one tier whose segments are not those of a source, where there is just one."""
    others = [tier.name for tier in reader.tiers() if tier.name not in sources]
    return others[0] if len(others) == 1 else None


def _handed(rater: Rater, before: Task, after: Task) -> Handed:
    numbers = Counter("practice" if n == PRACTICE else "again" if n else "first" for _, n in after.entries)
    anchors = len(after.options.get(ANCHORS, {}))
    added = len(after.entries) - len(before.entries)
    return Handed(rater.name, numbers["first"], numbers["again"], added, anchors, numbers["practice"])


def _check(names: Sequence[str], overlap: int, repeat: float) -> None:
    twice = [name for name, n in Counter(names).items() if n > 1]
    if not names or not all(names):
        raise UsageError(tr("Name at least one rater."), tr("Write them as Ann,Bo,Cem."))
    if twice:
        raise UsageError(tr("{name} is named twice.", name=twice[0]), tr("Name each rater once."))
    if not 1 <= overlap <= len(names):
        raise UsageError(
            tr("{n} raters cannot give {overlap} ratings to a segment.", n=len(names), overlap=overlap),
            tr("Give an overlap from 1 to the number of raters."),
        )
    if not 0 <= repeat <= MOST_REPEATS:
        raise UsageError(
            tr("{share:g} is no share of repeats.", share=repeat),
            tr("Give a number from 0 to {most:g}.", most=MOST_REPEATS),
        )


def _pieces(reader: Reader, tier_id: str) -> dict[str, Piece]:
    """The segments of a tier by key, in an order that does not depend on keys drawn at random."""
    recordings = {recording.id: recording for recording in reader.recordings()}
    there = [s for s in reader.segments(tier_id=tier_id) if s.recording_id in recordings]
    there.sort(key=lambda s: (recordings[s.recording_id].path, s.start, s.end, s.id))
    return {s.id: Piece(s.id, s.recording_id, _group(recordings[s.recording_id], s)) for s in there}


def _group(recording: Recording, segment: Segment) -> str:
    for key in SPREAD_KEYS:
        value = group_value(recording, segment, key)
        if value is not None:
            return f"{key} {value}"
    return f"recording {recording.path}"


def _task_of(rater: Rater, scheme: str, tasks: Iterable[Task], seed: int) -> Task:
    for task in tasks:
        if task.rater_id == rater.id:
            return task
    return Task(new_id(), rater.id, scheme, (), seed)


def distribute(
    pieces: Mapping[str, Piece],
    raters: Sequence[str],
    overlap: int,
    given: Mapping[str, set[str]],
    seed: int,
) -> dict[str, list[str]]:
    """For each rater the segments that are new to them, so that every segment has `overlap` raters in the end.

    `given` holds what each rater (also those who get nothing now) was asked before. Whoever has least is asked
    next, and among those whoever has least of the segment's group.

    >>> pieces = {name: Piece(name, "r", "speaker " + name[0]) for name in ("a1", "a2", "b1", "b2")}
    >>> shares = distribute(pieces, ["Ann", "Bo"], 1, {}, seed=0)
    >>> sorted(len(share) for share in shares.values()), {name[0] for name in shares["Ann"]} == {"a", "b"}
    ([2, 2], True)
    """
    rng = random.Random(f"{seed}\nwho")
    load = Counter({rater: len(given.get(rater, set()) & pieces.keys()) for rater in raters})
    seen = Counter(segment for segments in given.values() for segment in segments)
    in_group = Counter(
        (rater, pieces[segment].group)
        for rater in raters
        for segment in given.get(rater, set())
        if segment in pieces
    )
    shares: dict[str, list[str]] = {rater: [] for rater in raters}
    for segment in _by_group(pieces, rng):
        group = pieces[segment].group
        free = [rater for rater in raters if segment not in given.get(rater, set())]
        free.sort(key=lambda rater: (load[rater], in_group[rater, group], rng.random()))
        for rater in free[: max(overlap - seen[segment], 0)]:
            shares[rater].append(segment)
            load[rater] += 1
            in_group[rater, group] += 1
    held = {rater: given.get(rater, set()) | set(share) for rater, share in shares.items()}
    while way := _way_down(shares, held, load):
        for giver, taker in pairwise(way):
            segment = next(segment for segment in shares[giver] if segment not in held[taker])
            _hand_on(segment, shares[giver], shares[taker], held[giver], held[taker])
        load[way[0]] -= 1
        load[way[-1]] += 1
    return shares


def _way_down(
    shares: Mapping[str, Sequence[str]], held: Mapping[str, set[str]], load: Mapping[str, int]
) -> list[str] | None:
    """Raters from one of the most loaded to one with at least two segments fewer, each of whom can hand a segment
    on to the next; `None` where loads are as even as they can be.

    Going round the raters evens out loads by itself, unless some of them were asked for a segment before and
    cannot be asked again.
    """
    most = max(load.values(), default=0)
    ways = [[rater] for rater in shares if load[rater] == most]
    met = {way[0] for way in ways}
    for way in ways:
        for taker in shares:
            if taker in met or all(segment in held[taker] for segment in shares[way[-1]]):
                continue
            if load[taker] <= most - 2:
                return [*way, taker]
            met.add(taker)
            ways.append([*way, taker])
    return None


def _hand_on(
    segment: str, from_share: list[str], to_share: list[str], from_held: set[str], to_held: set[str]
) -> None:
    from_share.remove(segment)
    from_held.remove(segment)
    to_share.append(segment)
    to_held.add(segment)


def _by_group(pieces: Mapping[str, Piece], rng: random.Random) -> list[str]:
    """All segments, one group after the other, both in random order: so each group goes round all raters."""
    groups: dict[str, list[str]] = {}
    for piece in pieces.values():
        groups.setdefault(piece.group, []).append(piece.segment)
    order = list(groups.values())
    rng.shuffle(order)
    for members in order:
        rng.shuffle(members)
    return [segment for members in order for segment in members]


def _entries(
    segments: Sequence[str],
    before: Sequence[Entry],
    pieces: Mapping[str, Piece],
    repeat: float,
    rng: random.Random,
) -> tuple[Entry, ...]:
    """New segments in one rater's order, with those that are asked again in its last third."""
    if not segments:
        return ()
    last = next((pieces[segment] for segment, _ in reversed(before) if segment in pieces), None)
    order = spread([(pieces[segment], 0) for segment in segments], rng, last)
    again = round(repeat * len(order))
    early = order[: max(again, len(order) // 3)]
    cut = max(again, 2 * len(order) // 3)
    repeats = [(piece, 1) for piece, _ in rng.sample(early, again)]
    late = spread(order[cut:] + repeats, rng, order[cut - 1][0] if cut else last)
    return tuple((piece.segment, number) for piece, number in order[:cut] + late)


def spread(
    entries: Sequence[tuple[Piece, int]], rng: random.Random, last: Piece | None = None
) -> list[tuple[Piece, int]]:
    """A random order in which no two neighbours are from one recording, unless one recording holds too many.

    Neighbours of one group are avoided where a few random picks find a way. `last` is what stands before.

    Two of one recording must meet only where it holds more than half of what is left; it is therefore taken
    whenever it does, and anything else is free.
    """
    pool = list(entries)
    rng.shuffle(pool)
    left = Counter(piece.recording for piece, _ in pool)
    heap = [(-n, recording) for recording, n in left.items()]
    heapq.heapify(heap)
    order: list[tuple[Piece, int]] = []
    while pool:
        while -heap[0][0] != left[heap[0][1]]:  # counts that have changed since they were pushed
            _, recording = heapq.heappop(heap)
            if left[recording]:
                heapq.heappush(heap, (-left[recording], recording))
        most, crowded = -heap[0][0], heap[0][1]
        must = crowded if 2 * most > len(pool) and (last is None or last.recording != crowded) else None
        place = _next_place(pool, must, last, rng)
        chosen = pool[place]
        pool[place] = pool[-1]
        pool.pop()
        left[chosen[0].recording] -= 1
        last = chosen[0]
        order.append(chosen)
    return order


def _next_place(
    pool: Sequence[tuple[Piece, int]], must: str | None, last: Piece | None, rng: random.Random
) -> int:
    """Where in the pool the next one is: from recording `must` where given, else from another than the last."""

    def fits(piece: Piece) -> bool:
        if must is not None:
            return piece.recording == must
        return last is None or piece.recording != last.recording

    fallback: int | None = None
    for _ in range(_TRIES):
        place = rng.randrange(len(pool))
        piece = pool[place][0]
        if fits(piece):
            if last is None or piece.group != last.group:
                return place
            fallback = place
    if fallback is not None:
        return fallback
    return next((place for place, (piece, _) in enumerate(pool) if fits(piece)), len(pool) - 1)
