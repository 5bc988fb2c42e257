"""How each rater uses the instrument: a hint for a talk, never a verdict.

Conventions
-----------
Every figure compares a rater with the other raters of the same units, so that whoever was given the sadder songs is
not taken for a gloomy person. A hint is given where a difference is both large enough to matter and, at three standard
errors, unlikely to be chance; with `FEWEST` compared ratings at least. A rater may have good reasons for every one.

* `bias`: mean difference from the median of the others (numbers and steps), so that one who lies far off does not make
  all the others look biased the other way.
* `range_used`: standard deviation of the rater's answers over that of all other answers to the same units.
* `commonest`: the share of the rater's most frequent answer, and the share the others give it on the same units.
* `drift`: mean difference from that median in the last third of the rater's ratings less that in the first third; of
  categories the same with the share of others who chose another category.
"""

from dataclasses import dataclass

import numpy as np

from annotator.agreement.pairwise import Level
from annotator.agreement.ratings import Floats, Indices, Ratings, validate_once

#: Compared ratings below which nothing is said.
FEWEST = 15

#: Standard errors from which a difference is not put down to chance.
_ERRORS = 3.0

#: Bias and drift that matter: this share of the scale (or of all ratings, for categories).
_MATTERS = 0.1

_NARROW = 0.6
_ONE_ANSWER = 0.8
_ONE_ANSWER_MORE = 0.25


@dataclass(frozen=True, slots=True)
class Habit:
    """One rater's use of one item; figures that cannot be told are `None`.

    `hints` names what stands out: `bias`, `narrow`, `one_answer`, `drift`.
    """

    rater: int
    n: int
    bias: float | None
    range_used: float | None
    commonest: float
    commonest_share: float
    commonest_share_others: float | None
    drift: float | None
    hints: tuple[str, ...]


def habits(ratings: Ratings, level: Level, *, length: float, order: Indices | None = None) -> list[Habit]:
    """The habits of every rater with a rating.

    Parameters
    ----------
    length
        Length of the scale, highest less lowest value; ignored for categories.
    order
        (n,) ranks of the ratings in time, for `drift`.

    >>> table = np.column_stack([np.arange(30) % 9, np.arange(30) % 9, np.arange(30) % 9 + 2])
    >>> found = habits(Ratings.from_matrix(table), "interval", length=10)
    >>> found[2].bias, found[2].hints
    (2.0, ('bias',))
    """
    validate_once(ratings)
    others = ratings.per_unit[ratings.units] - 1
    away = away_from_others(ratings, level)
    return [
        _habit(ratings, level, rater, away, others, 1.0 if level == "nominal" else length, order)
        for rater in np.flatnonzero(ratings.per_rater).tolist()
    ]


def away_from_others(ratings: Ratings, level: Level) -> Floats:
    """(n,) how far each rating lies from the others of its unit, NaN where there is none: of categories the share of
    the others who chose another one, else the difference from their median.

    >>> away_from_others(Ratings.from_matrix([[1, 1, 4], [2, np.nan, np.nan]]), "interval").tolist()
    [-1.5, -1.5, 3.0, nan]
    """
    others = ratings.per_unit[ratings.units] - 1
    away = np.full(len(ratings.values), np.nan)
    some = others > 0
    if level == "nominal":
        same = ratings.counts[ratings.units, ratings.codes] - 1
        away[some] = 1 - same[some] / others[some]
    else:
        away[some] = (ratings.values - _median_of_others(ratings, others))[some]
    return away


def _median_of_others(ratings: Ratings, others: Indices) -> Floats:
    """(n,) median of the ratings that others gave the same unit; without others, the rating itself."""
    order = np.lexsort((ratings.values, ratings.units))
    values, units, left = ratings.values[order], ratings.units[order], others[order]
    first = (np.cumsum(ratings.per_unit) - ratings.per_unit)[units]
    own = np.arange(len(order)) - first
    middles = []
    for middle in (np.maximum(left - 1, 0) // 2, left // 2):
        # Places among the others, counted past the rating itself.
        place = np.where(left > 0, middle + (middle >= own), 0)
        middles.append(values[first + place])
    median = np.empty(len(order))
    median[order] = (middles[0] + middles[1]) / 2
    return median


def _habit(
    ratings: Ratings,
    level: Level,
    rater: int,
    away: Floats,
    others: Indices,
    length: float,
    order: Indices | None,
) -> Habit:
    mine = np.flatnonzero(ratings.raters == rater)
    compared = mine[others[mine] > 0]
    theirs = _theirs(ratings, rater, compared)
    values, counts = np.unique(ratings.values[mine], return_counts=True)
    commonest = float(values[counts.argmax()])
    share = float(np.mean(ratings.values[mine] == commonest))
    hints = []
    bias = range_used = drift = share_others = None
    if len(compared) >= FEWEST:
        share_others = float(np.mean(theirs == commonest))
        if share >= _ONE_ANSWER and share - share_others >= _ONE_ANSWER_MORE:
            hints.append("one_answer")
        if level != "nominal":
            bias = float(away[compared].mean())
            if _stands_out(away[compared], np.zeros(1), length):
                hints.insert(0, "bias")
            spread = float(theirs.std())
            range_used = float(ratings.values[compared].std()) / spread if spread > 0 else None
            if range_used is not None and range_used < _NARROW:
                hints.append("narrow")
        if order is not None and len(compared) >= 3 * FEWEST:
            first, _, last = np.array_split(away[compared[np.argsort(order[compared], kind="stable")]], 3)
            drift = float(last.mean() - first.mean())
            if _stands_out(last, first, length):
                hints.append("drift")
    return Habit(rater, len(mine), bias, range_used, commonest, share, share_others, drift, tuple(hints))


def _theirs(ratings: Ratings, rater: int, compared: Indices) -> Floats:
    """All ratings by others of the units that this rater's `compared` ratings are about."""
    units = np.zeros(ratings.n_units, dtype=np.bool_)
    units[ratings.units[compared]] = True
    others: Floats = ratings.values[units[ratings.units] & (ratings.raters != rater)]
    return others


def _stands_out(a: Floats, b: Floats, length: float) -> bool:
    """Whether two means differ by enough to matter and by more than three standard errors."""
    difference = abs(float(a.mean() - b.mean()))
    error = (a.var() / max(len(a) - 1, 1) + b.var() / max(len(b) - 1, 1)) ** 0.5
    return difference > _MATTERS * length and difference > _ERRORS * float(error)
