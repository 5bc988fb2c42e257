"""Krippendorff's alpha for any number of raters, missing ratings, and four levels of measurement.

Conventions
-----------
Alpha is 1 minus the ratio of observed to expected disagreement. Units with fewer than two ratings leave no
pair and are set aside. With m ratings in a unit and n in all units that remain,

    observed = sum over units of (sum over pairs of their ratings d(a, b)) / (m - 1) / n
    expected = (sum over all pairs of ratings d(a, b)) / (n (n - 1))

where d is 0 or 1 (`nominal`), the squared difference (`interval`), the squared difference of mid-ranks
(`ordinal`), or the squared ratio of difference to sum (`ratio`). For squared differences both sums follow
from each unit's number m, sum S and sum of squares Q of ratings, since the sum of (a - b)^2 over ordered
pairs is 2 (m Q - S^2): memory and time grow with the ratings, not with the square of distinct values. The
ordinal distance of categories c < k, (n_c / 2 + n_(c+1) + ... + n_k / 2)^2, is exactly such a squared difference.

References
----------
.. [1] K. Krippendorff, "Computing Krippendorff's alpha-reliability", University of Pennsylvania, 2011.
.. [2] K. Krippendorff, "Content Analysis: An Introduction to Its Methodology", 4th ed., ch. 12, 2018.
"""

from collections.abc import Callable
from typing import Literal

import numpy as np

from annotator.agreement.coefficient import (
    Coefficient,
    Formula,
    Sample,
    Weighing,
    columns,
    estimate,
    one_category,
    one_number,
    quotient,
    rated,
    why_nothing_to_compare,
)
from annotator.agreement.kappa import counts_sample
from annotator.agreement.ratings import Floats, Ratings
from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr

AlphaLevel = Literal["nominal", "ordinal", "interval", "ratio"]

#: Rows of the ratio distances between distinct values that are in memory at once.
_RATIO_ROWS = 256


def krippendorff_alpha(
    ratings: Ratings, level: AlphaLevel = "nominal", *, sample: Sample | None = None
) -> Coefficient:
    """Krippendorff's alpha [1]_.

    Parameters
    ----------
    ratings
        Category codes for `nominal` and `ordinal`, any numbers for `interval`, numbers from 0 for `ratio`.
    level
        Level of measurement. `ratio` has no short cut: its time grows with the square of the number of
        distinct values (its memory does not), and it has no bootstrap interval.
    sample
        `counts_sample(ratings)` or `moments_sample(ratings)` where already at hand.

    >>> alpha = krippendorff_alpha(Ratings.from_matrix([[1, 1], [2, 3], [3, 3]]), "interval")
    >>> round(alpha.value, 4), alpha.n_units
    (0.8276, 3)
    """
    if level not in ("nominal", "ordinal", "interval", "ratio"):
        raise AnnotatorError(
            tr('Unknown level "{name}".', name=level), tr("Valid: nominal, ordinal, interval, ratio.")
        )
    reason = why_nothing_to_compare(ratings)
    if reason:
        return Coefficient("krippendorff_alpha", level, None, reason)
    paired = ratings.per_unit[ratings.per_unit >= 2]
    n_units, n_ratings = len(paired), int(paired.sum())
    if level == "ratio":
        return _ratio_alpha(ratings, n_units, n_ratings)
    formulas: dict[str, Formula] = {"nominal": _nominal, "ordinal": _ordinal, "interval": _interval}
    default = moments_sample if level == "interval" else counts_sample
    return estimate(
        "krippendorff_alpha",
        level,
        sample or default(ratings),
        formulas[level],
        n_units=n_units,
        n_ratings=n_ratings,
        undefined=one_number() if level == "interval" else one_category(),
    )


def moments_sample(ratings: Ratings) -> Sample:
    """What interval alpha and one-way ICC know of each rated unit: number, sum, sum of squares."""
    units = rated(ratings)
    return Sample(ratings.moments[units], units)


def _nominal(counts: Floats) -> Callable[[Weighing], Floats]:
    m = counts.sum(axis=1)
    paired = m >= 2
    differing = (counts * (m[:, None] - counts)).sum(axis=1)
    observed = differing / np.maximum(m - 1, 1)
    terms = columns(observed, np.where(paired, m, 0), counts * paired[:, None])

    def alpha(weighing: Weighing) -> Floats:
        totals = weighing.total(terms)
        n, by_category = totals[:, 1], totals[:, 2:]
        expected = n**2 - (by_category**2).sum(axis=1)
        return 1 - quotient(totals[:, 0] * (n - 1), expected, n**2)

    return alpha


def _interval(moments: Floats) -> Callable[[Weighing], Floats]:
    m, s, q = moments.T
    paired = m >= 2
    observed = (m * q - s**2) / np.maximum(m - 1, 1)
    terms = columns(observed, moments * paired[:, None])

    def alpha(weighing: Weighing) -> Floats:
        disagreement, n, total, squares = weighing.total(terms).T
        return 1 - quotient(disagreement * (n - 1), n * squares - total**2, n * squares)

    return alpha


def _ordinal(counts: Floats) -> Callable[[Weighing], Floats]:
    m = counts.sum(axis=1, keepdims=True)
    paired = m >= 2
    per_pair = counts * paired / np.maximum(m - 1, 1)
    n_units, k = counts.shape
    terms = columns(counts * paired, m * per_pair)

    def alpha(weighing: Weighing) -> Floats:
        totals = weighing.total(terms)
        by_category = totals[:, :k]
        n = by_category.sum(axis=1)
        # Mid-ranks of the categories in each resample, from -1/2 to 1/2; their mean over the ratings is 0.
        ranks = quotient((np.cumsum(by_category, axis=1) - by_category / 2).T, np.tile(n, (k, 1))) - 0.5
        within = weighing.total_each(
            lambda some: (per_pair @ ranks[:, some]) * (counts @ ranks[:, some]), n_units
        )
        squares = ranks.T**2
        observed = (totals[:, k:] * squares).sum(axis=1) - within
        expected = n * (by_category * squares).sum(axis=1)
        return 1 - quotient(observed * (n - 1), expected, n**2)

    return alpha


def _ratio_alpha(ratings: Ratings, n_units: int, n_ratings: int) -> Coefficient:
    if (ratings.values < 0).any():
        raise AnnotatorError(
            tr("{value:g} is below 0: not a ratio scale.", value=ratings.values.min()),
            tr("Choose the interval level."),
        )
    inside = ratings.per_unit[ratings.units] >= 2
    units, values = ratings.units[inside], ratings.values[inside]
    order = np.argsort(units, kind="stable")
    units, values = units[order], values[order]
    observed = 0.0
    for group in np.split(values, np.flatnonzero(np.diff(units)) + 1):
        observed += _ratio_distance(group[:, None], group).sum() / (len(group) - 1)
    distinct, times = np.unique(values, return_counts=True)
    expected = 0.0
    for start in range(0, len(distinct), _RATIO_ROWS):
        rows = slice(start, start + _RATIO_ROWS)
        expected += float(times[rows] @ _ratio_distance(distinct[rows, None], distinct) @ times)
    if expected == 0:
        return Coefficient("krippendorff_alpha", "ratio", None, one_number(), n_units, n_ratings)
    alpha = 1 - observed * (n_ratings - 1) / expected
    return Coefficient("krippendorff_alpha", "ratio", float(alpha), "", n_units, n_ratings)


def _ratio_distance(a: Floats, b: Floats) -> Floats:
    total = a + b
    ratio: Floats = np.divide(a - b, total, out=np.zeros_like(total), where=total > 0)
    return ratio**2
