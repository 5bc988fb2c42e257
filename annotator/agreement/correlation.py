"""Correlation between raters: the mean over all pairs of raters, each pair on the units both rated.

Conventions
-----------
`pearson` is the product-moment correlation, `spearman` that of mid-ranks among the units that the pair shares. Both
ignore differences in level and in use of the scale, which `ccc` and the absolute intraclass correlations do not: a
rater who is always one step above the others correlates perfectly. A pair counts from three shared units on, unless
one of the two never varies there. The variant is `pair` with two raters, `mean of pairs` with more.
"""

from collections.abc import Callable, Iterator
from itertools import combinations

import numpy as np

from annotator.agreement.coefficient import (
    Coefficient,
    Sample,
    Weighing,
    columns,
    estimate,
    one_number,
    quotient,
    why_nothing_to_compare,
)
from annotator.agreement.ratings import Floats, Ratings
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
    """Mean of Spearman's rank correlations over the pairs of raters, without an interval.

    Ranks change with every resample, so that no weighted sums give the interval.

    >>> round(spearman(Ratings.from_matrix([[1, 2], [2, 3], [3, 9], [4, 4]])).value, 4)
    0.8
    """
    reason, variant = _reason_and_variant(ratings)
    if reason:
        return Coefficient("spearman", variant, None, reason)
    from scipy.stats import rankdata

    present, values, units = _table(ratings)
    found = []
    for a, b in _pairs(present):
        both = (present[:, a] * present[:, b]) > 0
        if np.count_nonzero(both) < FEWEST_SHARED:
            continue
        x, y = rankdata(values[both, a]), rankdata(values[both, b])
        if np.ptp(x) > 0 and np.ptp(y) > 0:
            found.append(float(np.corrcoef(x, y)[0, 1]))
    n_units, n_ratings = len(units), int(present.sum())
    if not found:
        return Coefficient("spearman", variant, None, _undefined(present), n_units, n_ratings)
    no_interval = tr(
        "Ranks are not resampled; the interval of Pearson's correlation shows the size of the doubt."
    )
    return Coefficient("spearman", variant, float(np.mean(found)), no_interval, n_units, n_ratings)


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
    pairs = list(_pairs(present))
    a, b = np.array(pairs).T
    both = present[:, a] * present[:, b]
    x, y = values[:, a] * both, values[:, b] * both
    terms = columns(both, x, y, x**2, y**2, x * y)

    def correlation(weighing: Weighing) -> Floats:
        n, sx, sy, sxx, syy, sxy = np.split(weighing.total(terms), 6, axis=1)
        vx, vy = n * sxx - sx**2, n * syy - sy**2
        varies = (vx > 1e-12 * n * sxx) & (vy > 1e-12 * n * syy)
        r = np.divide(
            n * sxy - sx * sy, np.sqrt(np.abs(vx * vy)), out=np.zeros_like(n),
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
