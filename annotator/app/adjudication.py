"""Decisions of one person where the raters differ: the queue, and the decisions themselves.

A decision is an annotation by a rater of the kind `adjudicator`, so that who decided what and when is kept like any
other answer, and a consensus of the method `adjudicated`, which goes before every other method.
"""

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from annotator.agreement.consensus import entropy
from annotator.agreement.disagreement import spread
from annotator.app.policy import require_open
from annotator.app.ratings_table import RatingsTable, categories_of, encode, level_of, rating_table
from annotator.app.session import Session, find_scheme
from annotator.domain.corpus import Annotation, Consensus, Rater, Recording, Segment, Value, new_id
from annotator.domain.errors import AnnotatorError
from annotator.domain.registry import closest
from annotator.domain.scheme import Item, Scheme
from annotator.domain.translation import tr
from annotator.storage.reader import Reader
from annotator.storage.rows import Kind, consensus_id
from annotator.storage.writer import Transaction

#: The consensus method of decisions.
ADJUDICATED = "adjudicated"

#: The kind of rater who decides.
ADJUDICATOR: Final = "adjudicator"


@dataclass(frozen=True, slots=True)
class Opinion:
    """One rater's first answer in full, revealed to whoever decides."""

    rater: str
    values: Mapping[str, Value]
    confidence: float | None
    comment: str
    listens: int


@dataclass(frozen=True, slots=True)
class Case:
    """A segment to decide on.

    `score` is the widest disagreement among its items, 0 (none) to 1: of categories the share of rater pairs that
    differ, of scales the standard deviation over half the length of the scale, at most 1. `divided` names the items
    with any disagreement, `opinions` holds the raters' answers by name, `decision` what has been decided, if it has.
    """

    segment: Segment
    recording: Recording
    score: float
    divided: tuple[str, ...]
    opinions: tuple[Opinion, ...]
    decision: Mapping[str, Value] | None


@dataclass(frozen=True, slots=True)
class Docket:
    """What there is to decide: the cases in the order of the queue, and how far the work has come.

    `divided` counts all segments on which the raters differ enough (or that are decided), `decided` those of them that
    are decided, also where `cases` is shorter; `raters` are the names of all whose answers are revealed.
    """

    scheme: Scheme
    cases: tuple[Case, ...]
    divided: int
    decided: int
    raters: tuple[str, ...]

    @property
    def remaining(self) -> int:
        """How many segments still wait for a decision."""
        return self.divided - self.decided


def adjudication_queue(
    session: Session,
    scheme: str | None = None,
    *,
    item: str | None = None,
    most: int = 200,
    decided: bool = False,
) -> tuple[Case, ...]:
    """The segments on which raters differ, the worst first; parameters as of `read_docket`."""
    return read_docket(session, scheme, item=item, most=most, decided=decided).cases


def read_docket(
    session: Session,
    scheme: str | None = None,
    *,
    item: str | None = None,
    most: int = 200,
    decided: bool = False,
    above: float = 0.0,
) -> Docket:
    """The queue with its counts.

    Parameters
    ----------
    item
        Rank by this item alone.
    most
        Longest queue.
    decided
        Whether segments that are decided already stand in the queue too, in their place: as many again at most.
    above
        Only segments with a score above this, 0..1, or decided already.
    """
    if not 0 <= above < 1:
        raise AnnotatorError(tr("The score to exceed must be from 0 to below 1, not {score:g}.", score=above))
    with session.reading() as reader:
        require_open(reader)
        drawn = find_scheme(reader, scheme)
        instrument = drawn.measured()
        items = (instrument.item(item),) if item else instrument.items
        table = rating_table(reader, instrument.name, "none")
        done = {row.segment_id: row.values for row in reader.consensus(instrument.name, ADJUDICATED)}
        scores = np.array([_apart(table, each) for each in items]).reshape(len(items), len(table.segment_ids))
        worst = scores.max(axis=0, initial=0.0)
        settled = np.array([key in done for key in table.segment_ids], dtype=np.bool_)
        order = np.argsort(-worst, kind="stable")
        open_cases = order[(worst[order] > above) & ~settled[order]][:most]
        closed = order[settled[order]][: most if decided else 0]
        chosen = np.isin(np.arange(len(order)), np.concatenate([open_cases, closed]))
        queue = order[chosen[order]].tolist()
        keys = [table.segment_ids[unit] for unit in queue]
        segments = {segment.id: segment for segment in reader.segments(ids=keys)}
        recordings = {recording.id: recording for recording in reader.recordings()}
        opinions = _opinions(reader, drawn, keys, set(table.rater_names))
    cases = tuple(
        Case(
            segment=segments[key],
            recording=recordings[segments[key].recording_id],
            score=float(worst[unit]),
            divided=tuple(each.name for each, found in zip(items, scores[:, unit], strict=True) if found > 0),
            opinions=opinions[key],
            decision=done.get(key),
        )
        for unit, key in zip(queue, keys, strict=True)
    )
    return Docket(
        instrument, cases, int(((worst > above) | settled).sum()), int(settled.sum()), table.rater_names
    )


def pseudonyms(names: Iterable[str], *, seed: int = 0) -> dict[str, str]:
    """A number in place of each name, drawn so that the order of the alphabet tells nothing.

    >>> sorted(pseudonyms(["Ann", "Bo"]).values())
    ['Rater 1', 'Rater 2']
    """
    drawn = sorted(names)
    random.Random(seed).shuffle(drawn)
    return {name: tr("Rater {n}", n=n) for n, name in enumerate(drawn, start=1)}


def decide(
    session: Session,
    *,
    segment_id: str,
    scheme: str,
    values: Mapping[str, object],
    adjudicator: str,
    comment: str = "",
) -> Consensus:
    """Settles a segment by decision; items that are not in `values` stay as the raters settled them.

    Of traces the means are decided, see `Scheme.measured`. Annotation and consensus are written together and taken
    back together. Raises `AnnotatorError` where a value is not on its scale, nothing is decided, or the segment is
    gone.
    """

    def write(transaction: Transaction) -> Consensus:
        instrument = find_scheme(transaction, scheme).measured()
        checked = {name: v for name, v in instrument.check(values).items() if v is not None}
        if not checked:
            raise AnnotatorError(tr("Nothing is decided."), tr("Give a value for at least one item."))
        if not transaction.segments(ids=[segment_id]):
            raise AnnotatorError(tr("The segment to be decided on is not in the corpus any more."))
        judge = ensure_adjudicator(transaction, adjudicator)
        (decision,) = transaction.record(
            [Annotation(new_id(), segment_id, judge.id, instrument.name, checked, comment=comment)]
        )
        raters = {rater.id for rater in transaction.raters() if rater.kind == "human"}
        drawn = find_scheme(transaction, scheme)
        given = [
            replace(found, values=drawn.measured_values(found.values))
            for found in transaction.annotations(scheme=instrument.name, segment_ids=[segment_id])
            if found.rater_id in raters and found.repeat == 0
        ]  # fmt: skip
        made = _decision(decision, instrument, checked, given)
        transaction.put(made)
        return made

    return session.transact(tr("Decide on a segment"), write).result


def withdraw_decision(session: Session, segment_id: str, scheme: str) -> None:
    """Takes a decision back: the segment is settled by its raters again."""

    def write(transaction: Transaction) -> None:
        name = find_scheme(transaction, scheme).name
        judges = {rater.id for rater in transaction.raters() if rater.kind == ADJUDICATOR}
        held = transaction.annotations(scheme=name, segment_ids=[segment_id])
        transaction.record(
            [
                Annotation(new_id(), segment_id, found.rater_id, name, found.values, withdrawn=True)
                for found in held
                if found.rater_id in judges
            ]
        )
        transaction.remove(Kind.CONSENSUS, [consensus_id(segment_id, name, ADJUDICATED)])

    session.transact(tr("Take a decision back"), write)


@dataclass(frozen=True, slots=True)
class Adjudicated:
    """How many segments are now settled by the decisions of one person.

    `undecided` are those that the person left open on some item. A decision is never tied.
    """

    scheme: str
    method: str
    segments: int
    adjudicator: str
    undecided: int
    ties: int = 0


def adopt_decisions(session: Session, scheme: str | None, rater: str) -> Adjudicated:
    """Takes everything that one rater has answered as decisions; that rater is an adjudicator from now on.

    For decisions made elsewhere and imported. Raises `AnnotatorError` where the rater is unknown or answered nothing.
    """

    def write(transaction: Transaction) -> Adjudicated:
        instrument = find_scheme(transaction, scheme)
        raters = {found.name: found for found in transaction.raters()}
        if rater not in raters:
            raise AnnotatorError(
                tr('The corpus has no rater "{name}".', name=rater), closest(rater, [*raters])
            )
        judge = raters[rater]
        answers = transaction.annotations(scheme=instrument.name)
        decisions = [found for found in answers if found.rater_id == judge.id and found.repeat == 0]
        if not decisions:
            raise AnnotatorError(
                tr("{name} has decided nothing with {scheme}.", name=rater, scheme=instrument.name),
                tr("Import the decisions as ratings of {name} first.", name=rater),
            )
        others = {found.id for found in raters.values() if found.kind == "human" and found.id != judge.id}
        given: dict[str, list[Annotation]] = defaultdict(list)
        for found in answers:
            if found.rater_id in others and found.repeat == 0:
                given[found.segment_id].append(
                    replace(found, values=instrument.measured_values(found.values))
                )
        transaction.put(replace(judge, kind=ADJUDICATOR))
        transaction.put(
            *(
                _decision(
                    found, instrument.measured(),
                    {n: v for n, v in instrument.measured_values(found.values).items() if v is not None},
                    given[found.segment_id],
                )
                for found in decisions
            )
        )  # fmt: skip
        open_still = sum(
            any(value is None for value in instrument.measured_values(found.values).values())
            for found in decisions
        )
        return Adjudicated(instrument.name, ADJUDICATED, len(decisions), rater, open_still)

    return session.transact(tr("Take the answers of {name} as decisions", name=rater), write).result


def ensure_adjudicator(transaction: Transaction, name: str) -> Rater:
    """The adjudicator of that name, added where there is none.

    Names of raters are unique, and a decision is no rating: where someone rates and decides, the adjudicator is a
    second rater, `NAME (adjudicator)`.
    """
    name = name.strip()
    if not name:
        raise AnnotatorError(tr("An adjudicator needs a name."), tr("Give a name or a pseudonym."))
    raters = {rater.name: rater for rater in transaction.raters()}
    for wanted in (name, f"{name} (adjudicator)"):
        found = raters.get(wanted)
        if found is None:
            made = Rater(new_id(), wanted, ADJUDICATOR)
            transaction.put(made)
            return made
        if found.kind == ADJUDICATOR:
            return found
    raise AnnotatorError(
        tr('"{name}" is a rater, not an adjudicator.', name=f"{name} (adjudicator)"),
        tr("Choose another name."),
    )


def _decision(
    decision: Annotation, scheme: Scheme, values: Mapping[str, Value], given: Sequence[Annotation]
) -> Consensus:
    """The consensus row: what was decided, beside shares, counts and spread of what the raters had said.

    The sources are the decision itself, then the answers that it was made on.
    """
    distributions: dict[str, dict[str, float]] = {}
    counts: dict[str, int] = {}
    uncertainty: dict[str, float] = {}
    for name in values:
        item = scheme.item(name)
        said = [answer.values[name] for answer in given if answer.values.get(name) is not None]
        counts[name] = len(said)
        if item.numeric and len(said) >= 2:
            uncertainty[name] = float(np.std([encode(item, value) for value in said], ddof=1))
        if said and item.type != "number":
            codes = np.array([encode(item, value) for value in said], dtype=np.intp)
            shares = np.bincount(codes, minlength=len(categories_of(item))) / len(said)
            pairs = zip(categories_of(item), shares.tolist(), strict=True)
            distributions[name] = {category: share for category, share in pairs if share > 0}
            if not item.numeric:
                uncertainty[name] = float(entropy(shares[None, :])[0])
    return Consensus(
        decision.segment_id, scheme.name, ADJUDICATED, dict(values), distributions, counts, (), uncertainty,
        (decision.id, *(answer.id for answer in given)),
    )  # fmt: skip


def _apart(table: RatingsTable, item: Item) -> np.ndarray:
    """(n_segments,) disagreement on one item from 0 to 1; 0 where there is nothing to compare."""
    apart = np.zeros(len(table.segment_ids))
    found = np.nan_to_num(spread(table.of(item), "nominal" if level_of(item) == "nominal" else "interval"))
    if item.numeric:
        found = np.minimum(found / ((item.maximum - item.minimum) / 2), 1.0)
    apart[: len(found)] = found
    return apart


def _opinions(
    reader: Reader, scheme: Scheme, segment_ids: list[str], names: set[str]
) -> dict[str, tuple[Opinion, ...]]:
    raters = {rater.id: rater.name for rater in reader.raters() if rater.name in names}
    found: dict[str, list[Opinion]] = {segment: [] for segment in segment_ids}
    for given in reader.annotations(scheme=scheme.name, segment_ids=segment_ids):
        if given.rater_id in raters and given.repeat == 0:
            values = scheme.measured_values(given.values)
            found[given.segment_id].append(
                Opinion(raters[given.rater_id], values, given.confidence, given.comment, given.listens)
            )
    return {segment: tuple(sorted(opinions, key=lambda o: o.rater)) for segment, opinions in found.items()}
