"""Looking closer: the segments that divide certain raters, or on which a certain answer was given.

Everything works on what `measure_agreement` has in memory, so that one look after another costs milliseconds; only the
segments that are shown are read from the corpus.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from annotator.agreement.disagreement import worst_units
from annotator.agreement.ratings import Floats, Ratings
from annotator.agreement.report import ItemReport
from annotator.app.agreement import Divided, SchemeAgreement
from annotator.app.ratings_table import categories_of, decode
from annotator.app.session import Session
from annotator.domain.corpus import Value
from annotator.domain.scheme import Item
from annotator.domain.translation import tr

#: Whole-number scales of up to so many steps are looked at step by step, longer and continuous ones in so many bands.
_MOST_STEPS = 11
_BANDS = 9


@dataclass(frozen=True, slots=True)
class Focus:
    """What is looked at: certain raters (one against the others, or some among themselves), a certain answer (its place
    among `answer_bands`). Nothing of it: everything."""

    raters: tuple[str, ...] = ()
    answer: int | None = None

    def __bool__(self) -> bool:
        return bool(self.raters) or self.answer is not None


@dataclass(frozen=True)
class Bands:
    """The answers to an item, or bands of its scale: their names, and of bands the inner `edges`."""

    names: tuple[str, ...]
    edges: tuple[float, ...] = ()

    def place(self, values: Floats) -> Floats:
        """(n,) place of each value, which is a code where there are no edges."""
        return np.searchsorted(self.edges, values, side="right").astype(np.float64) if self.edges else values


def answer_bands(item: Item) -> Bands:
    """The answers to an item where they can be listed, else equally wide bands of its scale.

    >>> answer_bands(Item("mood", "category", labels=("sad", "calm"))).names
    ('sad', 'calm')
    >>> answer_bands(Item("valence", "number", minimum=-1, maximum=1)).names[0]
    '-1 .. -0.78'
    """
    names = categories_of(item)
    if names and len(names) <= (_MOST_STEPS if item.numeric else len(names)):
        return Bands(names)
    # The codes of whole-number scales begin at 0.
    low, high = (0.0, item.maximum - item.minimum) if item.type == "integer" else (item.minimum, item.maximum)
    ends = np.linspace(low, high, _BANDS + 1)
    shown = ends + (item.minimum if item.type == "integer" else 0.0)
    return Bands(tuple(f"{a:.2g} .. {b:.2g}" for a, b in pairwise(shown)), tuple(ends[1:-1].tolist()))


def rater_shares(agreement: SchemeAgreement, item: Item) -> tuple[tuple[str, ...], Floats, np.ndarray]:
    """Raters with answers, (raters, bands) how often each gave which, as shares of their answers, and the counts."""
    ratings, bands = agreement.ratings[item.name], answer_bands(item)
    k = len(bands.names)
    place = bands.place(ratings.values).astype(np.intp)
    counts = np.bincount(ratings.raters * k + place, minlength=ratings.n_raters * k).reshape(-1, k)
    present = np.flatnonzero(counts.sum(axis=1))
    counts = counts[present]
    names = tuple(agreement.rater_names[n] for n in present.tolist())
    return names, counts / counts.sum(axis=1, keepdims=True), counts


def focus_text(item: Item, focus: Focus) -> str:
    """What is looked at, in words."""
    parts = []
    if len(focus.raters) == 1:
        parts.append(tr("{rater} against the others", rater=focus.raters[0]))
    elif focus.raters:
        parts.append(tr(" and ").join(focus.raters))
    if focus.answer is not None:
        parts.append(tr("answer {answer}", answer=answer_bands(item).names[focus.answer]))
    return ", ".join(parts)


def focused_segments(
    session: Session,
    agreement: SchemeAgreement,
    item: Item,
    report: ItemReport,
    focus: Focus,
    *,
    most: int = 20,
) -> tuple[Divided, ...]:
    """The segments that divide the raters most within a focus, widest first; works for derived items as well."""
    ratings = agreement.ratings[item.name]
    seats = [agreement.rater_names.index(name) for name in focus.raters if name in agreement.rater_names]
    if len(seats) < len(focus.raters):
        return ()
    chosen = None if focus.answer is None else answer_bands(item).place(ratings.values) == focus.answer
    units, scores = worst_units(ratings, report.level, most, raters=seats, chosen=chosen)
    keys = [agreement.segment_ids[unit] for unit in units.tolist()]
    with session.reading() as reader:
        segments = {segment.id: segment for segment in reader.segments(ids=keys)}
        recordings = {recording.id: recording for recording in reader.recordings()}
    answers = _answers(agreement, item, ratings, units)
    return tuple(
        Divided(segments[key], recordings[segments[key].recording_id], score, answers[unit])
        for unit, key, score in zip(units.tolist(), keys, scores.tolist(), strict=True)
        if key in segments and segments[key].recording_id in recordings
    )


def segment_answers(
    agreement: SchemeAgreement, items: tuple[Item, ...], segment_id: str
) -> Mapping[str, tuple[Value, ...]]:
    """What every rater said of one segment on some items, by rater; those who answered all of them."""
    unit = agreement.segment_ids.index(segment_id)
    said: dict[str, list[Value]] = {}
    for item in items:
        for rater, value in _answers(agreement, item, agreement.ratings[item.name], np.array([unit]))[unit]:
            said.setdefault(rater, []).append(value)
    return {rater: tuple(values) for rater, values in said.items() if len(values) == len(items)}


def _answers(
    agreement: SchemeAgreement, item: Item, ratings: Ratings, units: np.ndarray
) -> dict[int, tuple[tuple[str, Value], ...]]:
    """Who gave what, by rater, for some units."""
    found: dict[int, list[tuple[str, Value]]] = {unit: [] for unit in units.tolist()}
    for row in np.flatnonzero(np.isin(ratings.units, units)).tolist():
        rater = agreement.rater_names[ratings.raters[row]]
        found[int(ratings.units[row])].append((rater, decode(item, float(ratings.values[row]))))
    return {unit: tuple(sorted(given, key=lambda one: one[0])) for unit, given in found.items()}
