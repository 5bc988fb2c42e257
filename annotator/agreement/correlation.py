"""Correlation between raters: the mean over all pairs of raters, each pair on the units both rated.

Conventions
-----------
`pearson` is the product-moment correlation, `spearman` that of mid-ranks among the units that the pair shares. Both
ignore differences in level and in use of the scale, which `ccc` and the absolute intraclass correlations do not: a
rater who is always one step above the others correlates perfectly. A pair counts from three shared units on, unless
one of the two never varies there. The variant is `pair` with two raters, `mean of pairs` with more.

References
----------
.. [1] B. Efron, "Nonparametric estimates of standard error: the jackknife, the bootstrap and other methods",
   Biometrika 68(3), 1981. For two raters and independent normal units the standard error comes close to that of
   D. G. Bonett, T. A. Wright, "Sample size requirements for estimating Pearson, Kendall and Spearman correlations",
   Psychometrika 65(1), 2000, which knows neither clusters nor several pairs.
.. [2] R. A. Fisher, "On the probable error of a coefficient of correlation deduced from a small sample", Metron 1,
   1921.
"""

from collections.abc import Callable, Iterator
from itertools import combinations

import numpy as np

from annotator.agreement.coefficient import (
    ROUNDING,
    Coefficient,
    Sample,
    Weighing,
    columns,
    estimate,
    one_number,
    quotient,
    why_nothing_to_compare,
)
from annotator.agreement.ratings import Floats, Indices, Ratings
from annotator.domain.translation import tr

#: Raters up to which every pair is correlated.
MOST_RATERS = 10

FEWEST_SHARED = 3


def pearson(ratings: Ratings) -> Coefficient:
    """Mean of Pearson's correlations over the pairs of raters.

    >>> round(pearson(Ratings.from_matrix([[1, 2], [2, 3], [3, 5], [4, 4]])).value, 4)
    0.8
    """
    reason, variant = _reason_and_variant(ratings)
    if reason:
        return Coefficient("pearson", variant, None, reason)
    present, values, units = _table(ratings)
    return estimate(
        "pearson", variant, Sample(columns(present, values), units), _pearson, n_ratings=int(present.sum()),
        undefined=_undefined(present),
    )  # fmt: skip


def spearman(ratings: Ratings) -> Coefficient:
    """Mean of Spearman's rank correlations over the pairs of raters.

    The interval is that of Fisher's z [2]_ with the standard error of the infinitesimal jackknife [1]_: how much each
    unit moves the mean of the correlations, by its own ranks and by shifting those of all others; within
    `ratings.clusters` these are summed first. Ranks change with every resample, so that no weighted sums would
    bootstrap it.

    >>> found = spearman(Ratings.from_matrix([[1, 2], [2, 3], [3, 9], [4, 4], [5, 9]]))
    >>> round(found.value, 4), found.ci_method
    (0.8208, 'analytic')
    """
    reason, variant = _reason_and_variant(ratings)
    if reason:
        return Coefficient("spearman", variant, None, reason)
    present, values, units = _table(ratings)
    steps = np.unique(values, return_inverse=True)[1].reshape(values.shape)
    found, moved = [], np.zeros(len(units))
    for a, b in _pairs(present):
        both = np.flatnonzero(present[:, a] * present[:, b])
        if len(both) >= FEWEST_SHARED:
            r, influence = rank_correlation(steps[both, a], steps[both, b])
            if not np.isnan(r):
                found.append(r)
                moved[both] += influence / len(both)
    n_units, n_ratings = len(units), int(present.sum())
    if not found:
        return Coefficient("spearman", variant, None, _undefined(present), n_units, n_ratings)
    value = float(np.mean(found))
    moved /= len(found)
    groups = np.arange(len(units)) if ratings.clusters is None else ratings.clusters[units]
    ci, why = _fisher_interval(value, np.bincount(groups, moved)[np.unique(groups)])
    return Coefficient(
        "spearman", variant, value, why, n_units, n_ratings, ci=ci, ci_method="analytic" if ci else ""
    )


def rank_correlation(x: Indices, y: Indices) -> tuple[float, Floats]:
    """Correlation of the mid-ranks of two rows of codes, and the (n,) influence of every unit on it.

    The influence is that of the statistic as a function of the distribution: of C / sqrt(A B), with C the mean product
    and A, B the mean squares of the ranks less their middle. NaN where one of the two never varies.

    >>> round(rank_correlation(np.array([0, 1, 2, 3]), np.array([0, 2, 1, 3]))[0], 3)
    0.8
    """
    a, b = _middle_ranks(x), _middle_ranks(y)
    aa, bb, ab = float(np.mean(a * a)), float(np.mean(b * b)), float(np.mean(a * b))
    if aa <= 0 or bb <= 0:
        return float("nan"), np.zeros(len(x))
    r = ab / (aa * bb) ** 0.5
    d_ab = a * b - ab + _shift(x, a, b) + _shift(y, b, a)
    d_aa = a * a - aa + 2 * _shift(x, a, a)
    d_bb = b * b - bb + 2 * _shift(y, b, b)
    return r, d_ab / (aa * bb) ** 0.5 - r / 2 * (d_aa / aa + d_bb / bb)


def _middle_ranks(codes: Indices) -> Floats:
    """(n,) mid-ranks as shares of n, less a half; by counting, as codes are small whole numbers."""
    counts = np.bincount(codes)
    ranks: Floats = ((np.cumsum(counts) - counts / 2) / len(codes) - 0.5)[codes]
    return ranks


def _shift(codes: Indices, ranks: Floats, other: Floats) -> Floats:
    """(n,) what one more unit at each code does to the mean of `ranks * other` by moving the ranks of the others."""
    by_code = np.bincount(codes, other)
    above: Floats = (by_code.sum() - np.cumsum(by_code) + by_code / 2)[codes]
    return above / len(codes) - float(np.mean((ranks + 0.5) * other))


def _fisher_interval(value: float, moved: Floats) -> tuple[tuple[float, float] | None, str]:
    """95 % interval on the scale of Fisher's z, or the reason why there is none."""
    if len(moved) < 2:
        return None, tr("There is no interval: all ratings belong to one song, speaker or segment.")
    if abs(value) >= 1 - ROUNDING:
        return None, tr("There is no interval: every pair of raters ranks the segments alike.")
    error = float((moved @ moved * len(moved) / (len(moved) - 1)) ** 0.5) / (1 - value**2)
    middle = float(np.arctanh(value))
    return (float(np.tanh(middle - 1.96 * error)), float(np.tanh(middle + 1.96 * error))), ""


def _reason_and_variant(ratings: Ratings) -> tuple[str, str]:
    n_raters = int(np.count_nonzero(ratings.per_rater))
    variant = "pair" if n_raters == 2 else "mean of pairs"
    reason = why_nothing_to_compare(ratings)
    if not reason and n_raters > MOST_RATERS:
        reason = tr(
            "Pairs are correlated for up to {most} raters, and there are {n}.", most=MOST_RATERS, n=n_raters
        )
    return reason, variant


def _table(ratings: Ratings) -> tuple[Floats, Floats, np.ndarray]:
    """Whether each rater rated each unit that has two ratings (1 or 0), the centred value or 0, and the units."""
    units = np.flatnonzero(ratings.per_unit >= 2)
    raters = np.flatnonzero(ratings.per_rater)
    row, seat = np.full(ratings.n_units, -1), np.full(ratings.n_raters, -1)
    row[units], seat[raters] = np.arange(len(units)), np.arange(len(raters))
    inside = row[ratings.units] >= 0
    place = row[ratings.units[inside]], seat[ratings.raters[inside]]
    present, values = np.zeros((2, len(units), len(raters)))
    present[place], values[place] = 1.0, ratings.centred[inside]
    return present, values, units


def _pairs(present: Floats) -> Iterator[tuple[int, int]]:
    return combinations(range(present.shape[1]), 2)


def _pearson(records: Floats) -> Callable[[Weighing], Floats]:
    present, values = np.hsplit(records, 2)
    a, b = np.array(list(_pairs(present))).T
    if present.all():  # sums of a rater are the same in every pair
        k = present.shape[1]
        terms = columns(present[:, :1], values, values**2, values[:, a] * values[:, b])

        def sums(totals: Floats) -> list[Floats]:
            n, x, xx, xy = np.split(totals, [1, 1 + k, 1 + 2 * k], axis=1)
            return [np.broadcast_to(n, xy.shape), x[:, a], x[:, b], xx[:, a], xx[:, b], xy]
    else:
        both = present[:, a] * present[:, b]
        x, y = values[:, a] * both, values[:, b] * both
        terms = columns(both, x, y, x**2, y**2, x * y)

        def sums(totals: Floats) -> list[Floats]:
            return np.split(totals, 6, axis=1)

    def correlation(weighing: Weighing) -> Floats:
        n, sx, sy, sxx, syy, sxy = sums(weighing.total(terms))
        vx, vy = n * sxx - sx**2, n * syy - sy**2
        varies = (vx > 1e-12 * n * sxx) & (vy > 1e-12 * n * syy)
        r = np.divide(
            n * sxy - sx * sy, np.sqrt(np.abs(vx * vy)), out=np.zeros_like(sxy),
            where=varies & (n >= FEWEST_SHARED),
        )  # fmt: skip
        counted = (varies & (n >= FEWEST_SHARED)).sum(axis=1).astype(np.float64)
        return quotient(r.sum(axis=1), counted)

    return correlation


def _undefined(present: Floats) -> str:
    most = max((int((present[:, a] * present[:, b]).sum()) for a, b in _pairs(present)), default=0)
    if most < FEWEST_SHARED:
        return tr("No two raters share three segments.")
    return one_number()
