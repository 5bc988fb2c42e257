"""Segments whose answer the lead knows: to practise on before the task, and unseen within it as a check of attention.

Answers are known from whoever stands for a reference: the labels a data set came with, an adjudicator, or a table that
the lead gives. A task keeps them in its options. Practice comes first and its expected answers are shown after each;
anchors look like any other segment, and what was expected there goes into no package.
"""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean
from typing import Any, TypeAlias

from annotator.app.importing import take_ratings
from annotator.app.rate import REFERENCE, Entry, ensure_rater
from annotator.app.session import Session, find_scheme, find_tier
from annotator.domain.corpus import PRACTICE, Task, Value
from annotator.domain.errors import AnnotatorError
from annotator.domain.registry import closest
from annotator.domain.scheme import Item, Scheme
from annotator.domain.translation import tr, tr_n
from annotator.storage.reader import Reader
from annotator.storage.rows import Kind
from annotator.storage.writer import Transaction

Known: TypeAlias = Mapping[str, Mapping[str, Value]]
"""Expected values by item, by the key of the segment."""

#: Names of the entries in a task's options.
ANCHORS, PRACTISED = "anchors", "practice"

#: An answer on a scale is near the expected one within this share of the scale.
_NEAR = 0.25


def known_answers(transaction: Transaction, source: str | None, scheme: Scheme) -> Known:
    """What the lead knows of the segments of a tier, or of those in a table of ratings; nothing without a source.

    A table is taken in, its answers as those of the rater `reference`. Raises `AnnotatorError` where the source is
    neither a tier nor a file, or knows no answer.
    """
    if source is None:
        return {}
    tiers = {tier.name for tier in transaction.tiers()}
    if source not in tiers and Path(source).is_file():
        known = _from_table(transaction, Path(source), scheme)
    elif source not in tiers:
        raise AnnotatorError(
            tr('"{source}" is no tier of the corpus and no file.', source=source),
            closest(source, sorted(tiers)),
        )
    else:
        tier = find_tier(transaction, source)
        known = _references(transaction, [s.id for s in transaction.segments(tier_id=tier.id)], scheme)
    if not known:
        raise AnnotatorError(
            tr('No answer to "{scheme}" is known for the segments of {source}.', scheme=scheme.name, source=source),
            tr("Give the tier of segments with reference answers, or a table with columns file, start, end and"
               " one for each item."),
        )  # fmt: skip
    return known


def _from_table(transaction: Transaction, path: Path, scheme: Scheme) -> Known:
    ensure_rater(transaction, REFERENCE, "reference")
    before = len(transaction.changes)
    dropped = take_ratings(transaction, path, rater=REFERENCE, scheme=scheme.name).dropped
    if dropped:
        raise AnnotatorError(
            tr("{name} has answers that cannot be used: {reason}", name=path.name, reason=dropped[0]),
            tr("Every row must name a stretch of a recording and give values on the scale."),
        )
    rows = [change.after for change in transaction.changes[before:] if change.kind is Kind.ANNOTATION]
    return {row["segment_id"]: dict(row["values"]) for row in rows}


def _references(reader: Reader, segments: Sequence[str], scheme: Scheme) -> Known:
    """Decisions of adjudicators go before reference labels."""
    kinds = {rater.id: rater.kind for rater in reader.raters()}
    known: dict[str, Mapping[str, Value]] = {}
    for wanted in ("reference", "adjudicator"):
        for given in reader.annotations(scheme=scheme.name, segment_ids=segments):
            if kinds.get(given.rater_id) == wanted and given.repeat == 0:
                known[given.segment_id] = dict(given.values)
    return known


def with_known(
    task: Task, more: Sequence[Entry], anchors: Known, practice: Known, rng: random.Random
) -> Task:
    """A task with further entries, among which unseen anchors stand in random places, and practice at its front.

    What the task has already is not asked again.
    """
    held = set(task.entries)
    fresh = sorted(segment for segment in anchors if (segment, 0) not in held)
    first = sorted((segment, PRACTICE) for segment in practice if (segment, PRACTICE) not in held)
    rng.shuffle(fresh)
    rng.shuffle(first)
    before = [entry for entry in task.entries if entry[1] == PRACTICE]
    after = [entry for entry in task.entries if entry[1] != PRACTICE]
    options = dict(task.options)
    for name, known in ((ANCHORS, anchors), (PRACTISED, practice)):
        if known:
            options[name] = {**options.get(name, {}), **known}
    entries = (*before, *first, *after, *_interleaved(more, fresh, rng))
    return replace(task, entries=entries, options=options)


def _interleaved(entries: Sequence[Entry], anchors: Sequence[str], rng: random.Random) -> list[Entry]:
    """Anchors spread evenly, each at a random place of its stretch, so that nobody can count to them.

    >>> _interleaved([("a", 0), ("b", 0), ("c", 0), ("d", 0)], ["x", "y"], random.Random(1))
    [('a', 0), ('x', 0), ('b', 0), ('c', 0), ('y', 0), ('d', 0)]
    """
    order: list[Entry] = []
    edges = [round(n * len(entries) / len(anchors)) for n in range(len(anchors) + 1)] if anchors else [0, 0]
    for n, anchor in enumerate(anchors):
        stretch = entries[edges[n] : edges[n + 1]]
        # Never right at the front: there an odd one would be noticed.
        place = rng.randint(min(1, len(stretch)), len(stretch))
        order += [*stretch[:place], (anchor, 0), *stretch[place:]]
    return order if anchors else list(entries)


def near(item: Item, given: Value, expected: Value) -> bool:
    """Whether an answer is what was expected; on scales, whether it is within a quarter of the scale.

    >>> near(Item("valence", "number", minimum=-1, maximum=1), 0.5, 0.1)
    True
    """
    if given is None or expected is None or not item.numeric:
        return given == expected
    return abs(float(given) - float(expected)) <= _NEAR * (item.maximum - item.minimum)


# How raters did


@dataclass(frozen=True, slots=True)
class AnchorFigure:
    """How one rater did on the anchors, on one item: the share of expected answers, or of scales the mean distance in
    points; "cannot tell" is a wrong answer to a question whose answer is known, and no point on a scale."""

    rater: str
    item: str
    n: int
    correct: float | None
    mean_error: float | None

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        figure = {"correct": self.correct} if self.mean_error is None else {"mean_error": self.mean_error}
        return {"n": self.n, **figure}


@dataclass(frozen=True, slots=True)
class AnchorReport:
    """Each rater with anchors: how many were asked and are answered, and a figure for each item."""

    rater: str
    asked: int
    answered: int
    figures: tuple[AnchorFigure, ...]


def anchor_report(session: Session, scheme: str) -> tuple[AnchorReport, ...]:
    """How the raters answered where the lead knows the answer, by name: for a talk, never a verdict."""
    with session.reading() as reader:
        instrument = find_scheme(reader, scheme)
        names = {rater.id: rater.name for rater in reader.raters()}
        asked: dict[str, dict[str, Mapping[str, Value]]] = {}
        for task in reader.tasks():
            if task.scheme == instrument.name and task.options.get(ANCHORS) and task.rater_id in names:
                asked.setdefault(task.rater_id, {}).update(task.options[ANCHORS])
        given = {
            rater: {
                a.segment_id: a.values
                for a in reader.annotations(scheme=instrument.name, rater_id=rater)
                if a.repeat == 0
            }
            for rater in asked
        }
    reports = []
    for rater, anchors in asked.items():
        pairs = [(given[rater][s], expected) for s, expected in anchors.items() if s in given[rater]]
        figures = tuple(
            figure for item in instrument.items if (figure := _figure(names[rater], item, pairs)) is not None
        )
        reports.append(AnchorReport(names[rater], len(anchors), len(pairs), figures))
    return tuple(sorted(reports, key=lambda report: report.rater))


def _figure(
    rater: str, item: Item, pairs: Sequence[tuple[Mapping[str, Value], Mapping[str, Value]]]
) -> AnchorFigure | None:
    known = [
        (said.get(item.name), truth[item.name]) for said, truth in pairs if truth.get(item.name) is not None
    ]
    if item.numeric:
        errors = [
            abs(float(said) - float(truth)) for said, truth in known if said is not None and truth is not None
        ]
        return AnchorFigure(rater, item.name, len(errors), None, fmean(errors)) if errors else None
    if not known:
        return None
    return AnchorFigure(rater, item.name, len(known), fmean(said == truth for said, truth in known), None)


def add_anchors(data: dict[str, Any], reports: Iterable[AnchorReport]) -> None:
    """Puts the figures into the raters of an agreement's plain data, as `anchors`."""
    figures = {(figure.rater, figure.item): figure for report in reports for figure in report.figures}
    for item in data["items"]:
        for rater in item["raters"]:
            found = figures.get((rater["rater"], item["item"]))
            if found is not None:
                rater["anchors"] = found.to_dict()


def in_words(report: AnchorReport) -> str:
    """One rater's anchors in a sentence."""
    told = [
        tr("{item} {percent:.0f} % as expected", item=figure.item, percent=100 * (figure.correct or 0.0))
        if figure.mean_error is None
        else tr("{item} off by {points:.2g} points", item=figure.item, points=figure.mean_error)
        for figure in report.figures
    ]
    answered = tr_n(
        "{rater}: {answered} of {n} anchor answered.", "{rater}: {answered} of {n} anchors answered.",
        report.asked, rater=report.rater, answered=report.answered,
    )  # fmt: skip
    return " ".join(filter(None, (answered, ", ".join(told))))
