"""Hints about how each rater works: for a talk, never a verdict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from annotator.agreement.habits import Habit, habits
from annotator.agreement.pace import Pace, by_pace
from annotator.app.known import AnchorReport
from annotator.app.ratings_table import categories_of, level_of, rating_table
from annotator.app.session import Session, find_scheme
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


@dataclass(frozen=True)
class RaterBook:
    """The hints on every rater, agreement against rating time (by item, then by rater, of all of them under ""), and
    how those who were given anchors answered them."""

    hints: tuple[RaterHints, ...]
    pace: Mapping[str, Mapping[str, tuple[Pace, ...]]]
    anchors: tuple[AnchorReport, ...] = ()


def rater_hints(session: Session, scheme: str) -> tuple[RaterHints, ...]:
    """The habits of every rater of a scheme, by name."""
    return rater_book(session, scheme).hints


def rater_book(session: Session, scheme: str) -> RaterBook:
    """All that is known of how the raters of a scheme work."""
    with session.reading() as reader:
        instrument = find_scheme(reader, scheme).measured()
        table = rating_table(reader, instrument.name, "none", ids=True)
        times = reader.answer_times(instrument.name)
        lengths = _lengths(reader)
    started, finished = (_moments([times[key][end] for key in table.ids]) for end in (0, 1))
    order = np.empty(len(finished), dtype=np.intp)
    order[np.argsort(np.nan_to_num(finished), kind="stable")] = np.arange(len(finished))
    seconds = finished - started  # from the first hearing to the answer
    shares = seconds / np.array([lengths.get(key, np.nan) for key in table.segment_ids])[table.units]
    by_rater: dict[str, list[RaterItem]] = {name: [] for name in table.rater_names}
    pace: dict[str, dict[str, tuple[Pace, ...]]] = {}
    for item in instrument.items:
        wanted = np.flatnonzero((table.repeats == 0) & ~np.isnan(table.column(item)))
        ratings, level = table.of(item), level_of(item)
        for found in habits(ratings, level, length=item.maximum - item.minimum, order=order[wanted]):
            by_rater[table.rater_names[found.rater]].append(RaterItem(item.name, found))
        pace[item.name] = {"": by_pace(ratings, level, seconds[wanted])} | {
            name: by_pace(ratings, level, seconds[wanted], rater=seat)
            for seat, name in enumerate(table.rater_names)
        }
    items = {item.name: item for item in instrument.items}
    hints = []
    for seat, name in enumerate(table.rater_names):
        own = (table.repeats == 0) & (table.raters == seat)
        timed = np.flatnonzero(own & ~np.isnan(shares))
        fast = float(np.mean(shares[timed] < _HEARD)) if len(timed) else None
        words = [tr(
            "{percent:.0f} % of {n} timed ratings took less time than their segment lasts.",
            percent=100 * fast, n=len(timed),
        )] if fast is not None and fast > _TOO_OFTEN and len(timed) >= _FEWEST_TIMED else []  # fmt: skip
        for entry in by_rater[name]:
            words += [_in_words(items[entry.item], entry.habit, hint) for hint in entry.habit.hints]
        hints.append(
            RaterHints(
                name, int(own.sum()), len(timed), fast, float(np.median(seconds[timed])) if len(timed) else None,
                tuple(by_rater[name]), tuple(words),
            )
        )  # fmt: skip
    return RaterBook(tuple(hints), pace)


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


def _moments(texts: Sequence[str]) -> np.ndarray:
    """(n,) seconds since 1970 of times as they are stored, NaN where they are not known."""
    return np.array(
        [datetime.fromisoformat(text).timestamp() if text else np.nan for text in texts], dtype=np.float64
    )
