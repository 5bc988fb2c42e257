"""Krippendorff's alpha with any table of distances between values: sets of labels, and ratio scales with few values.

The formula of `alpha` with d read from a table. Its records are the counts of every value in every unit, so it is
meant for values of which there are not too many: `MOST_VALUES`.

References
----------
.. [1] R. Passonneau, "Measuring agreement on set-valued items (MASI) for semantic and pragmatic annotation",
   Proc. LREC, 2006.
"""

from collections.abc import Callable, Sequence

import numpy as np

from annotator.agreement.coefficient import (
    Coefficient,
    Formula,
    Weighing,
    columns,
    estimate,
    one_category,
    one_number,
    quotient,
    why_nothing_to_compare,
)
from annotator.agreement.kappa import counts_sample
from annotator.agreement.ratings import Floats, Ratings
from annotator.domain.translation import tr

#: Different values up to which their counts in every unit are kept.
MOST_VALUES = 512


def masi_distance(a: frozenset[str], b: frozenset[str]) -> float:
    """1 - Jaccard x monotonicity [1]_: 1 for equal sets, 2/3 for a subset, 1/3 for an overlap, 0 for nothing shared.

    Two empty sets are equal.

    >>> masi_distance(frozenset("ab"), frozenset("ab")), round(masi_distance(frozenset("ab"), frozenset("a")), 3)
    (0.0, 0.667)
    """
    if a == b:
        return 0.0
    shared = len(a & b)
    monotone = 2 / 3 if a <= b or b <= a else 1 / 3
    return 1 - shared / len(a | b) * monotone


def masi_alpha(ratings: Ratings, sets: Sequence[frozenset[str]]) -> Coefficient:
    """Alpha over the sets of labels that raters chose, with MASI distances; variant `masi`.

    `ratings` holds indices into `sets`, its categories.

    >>> votes = Ratings.from_matrix([[0, 0], [1, 2], [2, 2]], n_categories=3)
    >>> round(masi_alpha(votes, [frozenset("a"), frozenset("b"), frozenset("bc")]).value, 4)
    0.6667
    """
    if len(sets) > MOST_VALUES:
        reason = tr("There are {n} different choices, too many to compare each with each.", n=len(sets))
        return Coefficient("krippendorff_alpha", "masi", None, reason)
    table = np.array([[masi_distance(a, b) for b in sets] for a in sets]).reshape(len(sets), len(sets))
    return alpha_with_distances(ratings, table, "masi", undefined=one_category())


def ratio_alpha(ratings: Ratings) -> Coefficient:
    """Alpha of numbers from 0 by the squared ratio of difference to sum, as `alpha.krippendorff_alpha`, resampled."""
    values, codes = np.unique(ratings.values, return_inverse=True)
    if len(values) > MOST_VALUES:
        reason = tr("There are {n} different numbers, too many to compare each with each.", n=len(values))
        return Coefficient("krippendorff_alpha", "ratio", None, reason)
    coded = Ratings(ratings.units, ratings.raters, codes.astype(np.float64), len(values), ratings.clusters)
    total = np.add.outer(values, values)
    share = np.divide(np.subtract.outer(values, values), total, out=np.zeros_like(total), where=total > 0)
    return alpha_with_distances(coded, share**2, "ratio", undefined=one_number())


def alpha_with_distances(ratings: Ratings, distances: Floats, variant: str, *, undefined: str) -> Coefficient:
    """Alpha of category codes whose distances stand in a symmetric (k, k) table with 0 on the diagonal."""
    reason = why_nothing_to_compare(ratings)
    if reason:
        return Coefficient("krippendorff_alpha", variant, None, reason)
    paired = ratings.per_unit[ratings.per_unit >= 2]
    return estimate(
        "krippendorff_alpha", variant, counts_sample(ratings), _formula(distances),
        n_units=len(paired), n_ratings=int(paired.sum()), undefined=undefined,
    )  # fmt: skip


def _formula(distances: Floats) -> Formula:
    def formula(counts: Floats) -> Callable[[Weighing], Floats]:
        m = counts.sum(axis=1)
        paired = m >= 2
        observed = (counts * (counts @ distances)).sum(axis=1) / np.maximum(m - 1, 1)
        terms = columns(observed * paired, np.where(paired, m, 0), counts * paired[:, None])

        def alpha(weighing: Weighing) -> Floats:
            totals = weighing.total(terms)
            n, by_value = totals[:, 1], totals[:, 2:]
            expected = ((by_value @ distances) * by_value).sum(axis=1)
            return 1 - quotient(totals[:, 0] * (n - 1), expected, n**2)

        return alpha

    return formula
