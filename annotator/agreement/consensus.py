"""What raters say together: one settled value per unit, and how it came about.

Conventions
-----------
Every function takes `Ratings` and returns `Settled`, one entry per unit in the order of the units. A unit
without a rating is undecided, not tied. No counting rule returns a category or an ordered step that nobody chose;
`mean` and `ewe`, which say so in their names, return new numbers. `dawid_skene`, a model and not a count, has a
module of its own.

* `majority`: the most frequent value; two values level at the top are a tie, flagged and settled by `ties`.
* `plurality`: the most frequent value where more than a given share chose it, else "no agreement".
* `soft`: the share of each category is the label; the most frequent category stands beside it.
* `mean`: arithmetic mean of numbers.
* `median`: middle value; where an even number of ratings has two different middles, the lower (or upper) one,
  flagged as a tie. Their mean would be a value nobody gave.
* `ewe`: mean weighted by how well each rater correlates with the others [1]_.

References
----------
.. [1] M. Grimm, K. Kroschel, "Evaluation of natural emotions using self assessment manikins", Proc. IEEE
   Workshop on Automatic Speech Recognition and Understanding (ASRU), 2005 (evaluator weighted estimator).
"""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from annotator.agreement.disagreement import spread
from annotator.agreement.ratings import Flags, Floats, Indices, Ratings, validate_once
from annotator.domain.errors import AnnotatorError
from annotator.domain.registry import closest
from annotator.domain.translation import tr

TiePolicy = Literal["undecided", "first", "random"]
"""What becomes of values level at the top: no value; the first in the order of the scale; one of them, drawn. The
shares are kept whatever is chosen, so that a tie can always be used as a soft label."""

TIE_POLICIES: tuple[TiePolicy, ...] = get_args(TiePolicy)

#: Units that a rater must share with others before a correlation with them means anything [1]_.
FEWEST_SHARED = 3


@dataclass(frozen=True, eq=False)
class Settled:
    """The consensus of every unit.

    `value` (n_units,) is a code or number, NaN where undecided; `counts` (n_units,) the ratings it rests on;
    `distribution` (n_units, n_categories) the share (for a model the probability) of each category, with no
    columns for numbers and rows of 0 where there is no rating; `ties` (n_units,) whether two values were level;
    `warnings` what speaks against trusting the result, in sentences.
    """

    value: Floats
    counts: Indices
    distribution: Floats
    ties: Flags
    warnings: tuple[str, ...] = ()

    @property
    def undecided(self) -> Flags:
        """(n_units,) whether there is no value, for a tie or for want of ratings."""
        return np.isnan(self.value)


def majority(
    ratings: Ratings, *, above: float = 0.0, ties: TiePolicy = "undecided", seed: int = 0
) -> Settled:
    """The most frequent value of each unit, codes or numbers alike.

    Parameters
    ----------
    ratings
        One rating per rater and unit.
    above
        Share of the unit's ratings that the winner must exceed, 0..1; 0.5 asks for an absolute majority.
    ties
        `undecided` leaves a tie without a value, `first` takes the first of the level values in the order of the
        scale, `random` draws one with `seed`. A tie stays flagged whatever becomes of it.

    >>> settled = majority(Ratings.from_matrix([[2, 2, 0], [0, 1, np.nan]], n_categories=3))
    >>> settled.value.tolist(), settled.ties.tolist()
    ([2.0, nan], [False, True])
    """
    if not 0 <= above < 1:
        raise AnnotatorError(tr("The share to exceed must be from 0 to below 1, not {share:g}.", share=above))
    if ties not in TIE_POLICIES:
        raise AnnotatorError(
            tr('There is no way of settling ties called "{name}".', name=ties), closest(ties, [*TIE_POLICIES])
        )
    units, values, votes = _votes(ratings)
    most = np.zeros(ratings.n_units, dtype=np.intp)
    np.maximum.at(most, units, votes)
    leading = votes == most[units]
    level = np.bincount(units[leading], minlength=ratings.n_units)
    won = leading & (votes > above * ratings.per_unit[units])
    if ties == "undecided":
        won &= level[units] == 1
    else:
        rng = np.random.default_rng(seed) if ties == "random" else None
        won &= _one_of_each(leading, level, rng)
    value = np.full(ratings.n_units, np.nan)
    value[units[won]] = values[won]
    return Settled(value, ratings.per_unit, _distribution(ratings), level > 1)


def plurality(ratings: Ratings, *, above: float = 0.5) -> Settled:
    """The most frequent value where more than the share `above` of at least two ratings chose it.

    All else is "no agreement" and has no value: one rating agrees with nobody.

    >>> plurality(Ratings.from_matrix([[2, 2, 0], [0, 1, 2], [1, np.nan, np.nan]], n_categories=3)).value.tolist()
    [2.0, nan, nan]
    """
    settled = majority(ratings, above=above)
    value = np.where(settled.counts >= 2, settled.value, np.nan)
    return Settled(value, settled.counts, settled.distribution, settled.ties)


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


def ewe(ratings: Ratings) -> Settled:
    """The evaluator weighted estimator [1]_: the mean of each unit's numbers weighted by `ewe_weights`.

    Where all raters of a unit weigh nothing, the plain mean.

    >>> table = [[1, 1, 3], [2, 2, 2], [3, 3, 1], [4, 4, 2]]
    >>> ewe(Ratings.from_matrix(table)).value.tolist()
    [1.0, 2.0, 3.0, 4.0]
    """
    weights = ewe_weights(ratings)[ratings.raters]
    total = np.bincount(ratings.units, weights, ratings.n_units)
    sums = np.bincount(ratings.units, weights * ratings.values, ratings.n_units)
    plain = mean(ratings)
    value = np.divide(sums, total, out=plain.value.copy(), where=total > 0)
    return Settled(value, plain.counts, plain.distribution, plain.ties)


def ewe_weights(ratings: Ratings) -> Floats:
    """(n_raters,) Pearson's correlation of each rater with the mean of the other raters of the same units.

    Negative correlations weigh 0. A rater who shares fewer than three units with others, or always gave the same
    number, has no correlation and weighs as much as the others do on average; where nobody has one, all weigh 1.

    >>> ewe_weights(Ratings.from_matrix([[1, 1, 3], [2, 2, 2], [3, 3, 1], [4, 4, 2]])).round(3).tolist()
    [0.775, 0.775, 0.0]
    """
    validate_once(ratings)
    used = ratings.per_unit[ratings.units] >= 2
    units, raters, x = ratings.units[used], ratings.raters[used], ratings.centred[used]
    m, sums, _ = ratings.moments[units].T
    others = (sums - x) / (m - 1)

    def total(column: Floats) -> Floats:
        return np.bincount(raters, column, ratings.n_raters).astype(np.float64)

    n = total(np.ones(len(x)))
    means = [total(column) / np.maximum(n, 1) for column in (x, others)]
    dx, dy = x - means[0][raters], others - means[1][raters]
    spread = np.sqrt(total(dx**2) * total(dy**2))
    # A spread that is mere rounding beside the numbers is none.
    known = (n >= FEWEST_SHARED) & (spread > 1e-12 * (1 + np.sqrt(total(x**2) * total(others**2))))
    correlation = np.divide(total(dx * dy), spread, out=np.zeros_like(spread), where=known)
    weights = np.maximum(correlation, 0.0)
    return np.where(known, weights, weights[known].mean() if known.any() else 1.0)


def shares_apart(ratings: Ratings, settled: Settled) -> Floats:  # noqa: ARG001
    """(n_units,) uncertainty of a value that was counted or modelled: `entropy` of its distribution, 0 certain .. 1 all
    categories level; NaN without a rating.

    >>> votes = Ratings.from_matrix([[0, 0], [0, 1]], n_categories=2)
    >>> shares_apart(votes, majority(votes)).tolist()
    [0.0, 1.0]
    """
    return np.where(settled.counts > 0, entropy(settled.distribution), np.nan)


def numbers_apart(ratings: Ratings, settled: Settled) -> Floats:
    """(n_units,) uncertainty of a value on a scale: standard deviation (divisor n - 1) of the ratings, in points or
    steps; NaN with fewer than two.

    >>> points = Ratings.from_matrix([[1, 3], [2, np.nan]])
    >>> numbers_apart(points, mean(points)).round(3).tolist()
    [1.414, nan]
    """
    return np.where(settled.counts >= 2, spread(ratings, "interval"), np.nan)


def entropy(shares: Floats) -> Floats:
    """(n,) Shannon entropy of the rows of (n, k) shares over that of k level ones: 0 unanimous, 1 all level.

    >>> entropy(np.array([[1.0, 0.0], [0.5, 0.5]])).tolist()
    [0.0, 1.0]
    """
    terms = shares * np.log(shares, out=np.zeros_like(shares), where=shares > 0)
    result: Floats = np.abs(terms.sum(axis=1)) / np.log(max(shares.shape[1], 2))
    return result


def _one_of_each(leading: Flags, level: Indices, rng: np.random.Generator | None) -> Flags:
    """Of the leading values of each unit the first, or one drawn, all as likely."""
    places = np.flatnonzero(leading)
    start = np.cumsum(level) - level
    place = np.zeros(len(level), dtype=np.intp) if rng is None else _draw(level, rng)
    chosen = np.zeros(len(leading), dtype=np.bool_)
    some = level > 0
    chosen[places[start[some] + place[some]]] = True
    return chosen


def _draw(level: Indices, rng: np.random.Generator) -> Indices:
    return (rng.random(len(level)) * level).astype(np.intp)


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
