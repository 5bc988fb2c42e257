"""What raters say together: one settled value per unit, and how it came about.

Conventions
-----------
Every function takes `Ratings` and returns `Settled`, one entry per unit in the order of the units. A unit
without a rating is undecided, not tied. No method returns a category or an ordered step that nobody chose;
only `mean`, which says so in its name, returns new numbers.

* `majority`: the most frequent value; two values level at the top leave the unit undecided, flagged as a tie.
* `soft`: the share of each category is the label; the most frequent category stands beside it.
* `mean`: arithmetic mean of numbers.
* `median`: middle value; where an even number of ratings has two different middles, the lower (or upper) one,
  flagged as a tie. Their mean would be a value nobody gave.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from annotator.agreement.ratings import Flags, Floats, Indices, Ratings, validate_once
from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr


@dataclass(frozen=True, eq=False)
class Settled:
    """The consensus of every unit.

    `value` (n_units,) is a code or number, NaN where undecided; `counts` (n_units,) the ratings it rests on;
    `distribution` (n_units, n_categories) the share of each category, with no columns for numbers and rows of
    0 where there is no rating; `ties` (n_units,) whether two values were level.
    """

    value: Floats
    counts: Indices
    distribution: Floats
    ties: Flags

    @property
    def undecided(self) -> Flags:
        """(n_units,) whether there is no value, for a tie or for want of ratings."""
        return np.isnan(self.value)


def majority(ratings: Ratings, *, above: float = 0.0) -> Settled:
    """The most frequent value of each unit, codes or numbers alike.

    Parameters
    ----------
    ratings
        One rating per rater and unit.
    above
        Share of the unit's ratings that the winner must exceed, 0..1; 0.5 asks for an absolute majority.

    >>> settled = majority(Ratings.from_matrix([[2, 2, 0], [0, 1, np.nan]], n_categories=3))
    >>> settled.value.tolist(), settled.ties.tolist()
    ([2.0, nan], [False, True])
    """
    if not 0 <= above < 1:
        raise AnnotatorError(tr("The share to exceed must be from 0 to below 1, not {share:g}.", share=above))
    units, values, votes = _votes(ratings)
    most = np.zeros(ratings.n_units, dtype=np.intp)
    np.maximum.at(most, units, votes)
    leading = votes == most[units]
    ties = np.bincount(units[leading], minlength=ratings.n_units) > 1
    won = leading & ~ties[units] & (votes > above * ratings.per_unit[units])
    value = np.full(ratings.n_units, np.nan)
    value[units[won]] = values[won]
    return Settled(value, ratings.per_unit, _distribution(ratings), ties)


def soft(ratings: Ratings) -> Settled:
    """The share of each category; `value` is the most frequent one, NaN and flagged where two are level.

    >>> soft(Ratings.from_matrix([[0, 0, 1, 0]], n_categories=2)).distribution.tolist()
    [[0.75, 0.25]]
    """
    if ratings.n_categories == 0:
        raise AnnotatorError(tr("Shares need categories; these ratings are numbers."), tr("Use the mean."))
    return majority(ratings)


def mean(ratings: Ratings) -> Settled:
    """The arithmetic mean of each unit's numbers; for codes, of equally spaced steps.

    >>> mean(Ratings.from_matrix([[1, 2], [4, np.nan]])).value.tolist()
    [1.5, 4.0]
    """
    validate_once(ratings)
    sums = np.bincount(ratings.units, ratings.values, ratings.n_units)
    n = ratings.per_unit
    value = np.divide(sums, n, out=np.full(len(n), np.nan), where=n > 0)
    return Settled(value, n, _distribution(ratings), np.zeros(len(n), dtype=np.bool_))


def median(ratings: Ratings, *, even: Literal["lower", "upper"] = "lower") -> Settled:
    """The middle value of each unit; of two different middles the lower or upper one, flagged as a tie.

    >>> median(Ratings.from_matrix([[1, 2, 9], [3, 4, np.nan]])).value.tolist()
    [2.0, 3.0]
    """
    validate_once(ratings)
    ordered = ratings.values[np.lexsort((ratings.values, ratings.units))]
    n = ratings.per_unit
    some = n > 0
    first = (np.cumsum(n) - n)[some]
    low, high = ordered[first + (n[some] - 1) // 2], ordered[first + n[some] // 2]
    value, ties = np.full(len(n), np.nan), np.zeros(len(n), dtype=np.bool_)
    value[some] = low if even == "lower" else high
    ties[some] = low < high
    return Settled(value, n, _distribution(ratings), ties)


def _votes(ratings: Ratings) -> tuple[Indices, Floats, Indices]:
    """Each different value of each unit: the unit, the value, how many gave it."""
    validate_once(ratings)
    order = np.lexsort((ratings.values, ratings.units))
    units, values = ratings.units[order], ratings.values[order]
    starts = np.ones(len(order), dtype=np.bool_)
    starts[1:] = (units[1:] != units[:-1]) | (values[1:] != values[:-1])
    first = np.flatnonzero(starts)
    return units[first], values[first], np.diff(np.append(first, len(order)))


def _distribution(ratings: Ratings) -> Floats:
    if ratings.n_categories == 0:
        return np.zeros((ratings.n_units, 0))
    return ratings.counts / np.maximum(ratings.per_unit, 1)[:, None]
