"""Hints about how each rater works: for a talk, never a verdict."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from annotator.agreement.habits import Habit, habits
from annotator.app.ratings_table import RatingsTable, categories_of, level_of, rating_table
from annotator.app.session import Session, find_scheme
from annotator.domain.corpus import Annotation
from annotator.domain.scheme import Item
from annotator.domain.timeline import to_seconds
from annotator.domain.translation import tr
from annotator.storage.reader import Reader

#: A rating that took less than this share of its segment's length cannot have heard it out.
_HEARD = 0.9

#: Share of ratings too fast to have listened from which it is worth a word, and how many must be timed.
_TOO_OFTEN = 0.1
_FEWEST_TIMED = 15


@dataclass(frozen=True, slots=True)
class RaterItem:
    """One rater's habits on one item."""

    item: str
    habit: Habit


@dataclass(frozen=True, slots=True)
class RaterHints:
    """What stands out about one rater under one scheme: in words, and the figures behind them.

    `n_timed` ratings have a known time from first hearing to answer; `too_fast` is the share of them that took less
    time than their segment lasts. `median_seconds` is the middle of these times.
    """

    rater: str
    n: int
    n_timed: int
    too_fast: float | None
    median_seconds: float | None
    items: tuple[RaterItem, ...]
    hints: tuple[str, ...]


def rater_hints(session: Session, scheme: str) -> tuple[RaterHints, ...]:
    """The habits of every rater of a scheme, by name."""
    with session.reading() as reader:
        instrument = find_scheme(reader, scheme).measured()
        table = rating_table(reader, instrument.name, "none")
        given = [a for a in reader.annotations(scheme=instrument.name) if a.repeat == 0]
        names = {rater.id: rater.name for rater in reader.raters()}
        lengths = _lengths(reader)
    order = _order(table, given, names)
    by_rater: dict[str, list[RaterItem]] = {name: [] for name in table.rater_names}
    for item in instrument.items:
        wanted = (table.repeats == 0) & ~np.isnan(table.column(item))
        for found in habits(
            table.of(item), level_of(item), length=item.maximum - item.minimum, order=order[wanted]
        ):
            by_rater[table.rater_names[found.rater]].append(RaterItem(item.name, found))
    items = {item.name: item for item in instrument.items}
    hints = []
    for name in table.rater_names:
        own = [a for a in given if names[a.rater_id] == name]
        seconds, shares = _times(own, lengths)
        fast = float(np.mean(shares < _HEARD)) if len(shares) else None
        words = [tr(
            "{percent:.0f} % of {n} timed ratings took less time than their segment lasts.",
            percent=100 * fast, n=len(shares),
        )] if fast is not None and fast > _TOO_OFTEN and len(shares) >= _FEWEST_TIMED else []  # fmt: skip
        for entry in by_rater[name]:
            words += [_in_words(items[entry.item], entry.habit, hint) for hint in entry.habit.hints]
        hints.append(
            RaterHints(
                name, len(own), len(shares), fast, float(np.median(seconds)) if len(seconds) else None,
                tuple(by_rater[name]), tuple(words),
            )
        )  # fmt: skip
    return tuple(hints)


def _in_words(item: Item, habit: Habit, hint: str) -> str:
    name = item.title or item.name
    if hint == "bias" and habit.bias is not None:
        way = tr("higher") if habit.bias > 0 else tr("lower")
        return tr("{item}: answers {points:.2g} points {way} than the others on the same segments.",
                  item=name, points=abs(habit.bias), way=way)  # fmt: skip
    if hint == "narrow" and habit.range_used is not None:
        return tr("{item}: uses {percent:.0f} % of the spread that the others use on the same segments.",
                  item=name, percent=100 * habit.range_used)  # fmt: skip
    if hint == "one_answer":
        categories = categories_of(item)
        answer = categories[int(habit.commonest)] if categories else f"{habit.commonest:g}"
        return tr('{item}: {percent:.0f} % of the answers are "{answer}"; the others give it in {others:.0f} %.',
                  item=name, percent=100 * habit.commonest_share, answer=answer,
                  others=100 * (habit.commonest_share_others or 0.0))  # fmt: skip
    drift = habit.drift or 0.0
    if level_of(item) == "nominal":
        return tr("{item}: the share of others who disagree moved by {points:+.0f} percent points from the first to"
                  " the last third.", item=name, points=100 * drift)  # fmt: skip
    return tr("{item}: moved by {points:+.2g} points against the others from the first to the last third.",
              item=name, points=drift)  # fmt: skip


def _lengths(reader: Reader) -> dict[str, float]:
    rates = {recording.id: recording.sample_rate for recording in reader.recordings()}
    return {
        s.id: to_seconds(s.samples, rates[s.recording_id])
        for s in reader.segments()
        if s.recording_id in rates
    }


def _order(table: RatingsTable, given: Sequence[Annotation], names: dict[str, str]) -> np.ndarray:
    """(n,) rank in time of every row of the table."""
    finished = {(a.segment_id, names[a.rater_id]): a.finished for a in given}
    keys = zip(table.units.tolist(), table.raters.tolist(), strict=True)
    times = np.array(
        [finished.get((table.segment_ids[u], table.rater_names[r]), "") for u, r in keys], dtype=str
    )
    ranks = np.empty(len(times), dtype=np.intp)
    ranks[np.argsort(times, kind="stable")] = np.arange(len(times))
    return ranks


def _times(given: Sequence[Annotation], lengths: dict[str, float]) -> tuple[np.ndarray, np.ndarray]:
    """Seconds that ratings took, and that time as a share of their segment's length."""
    taken = [
        (
            (datetime.fromisoformat(a.finished) - datetime.fromisoformat(a.started)).total_seconds(),
            lengths[a.segment_id],
        )
        for a in given
        if a.started and a.finished and a.segment_id in lengths
    ]
    seconds, whole = np.array(taken, dtype=np.float64).reshape(len(taken), 2).T
    return seconds, seconds / np.maximum(whole, 1e-9)
