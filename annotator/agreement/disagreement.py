"""How far the ratings of each unit lie apart, in the unit's own terms: which segments to listen to again.

* `spread`: for categories the share of rater pairs that differ (0 all alike .. 1 all different), for ordered
  categories and numbers the standard deviation of the ratings (divisor m - 1), in steps or points of the scale.
* `mean_difference`: how far two raters of one unit lie apart on average.
"""

from collections.abc import Sequence

import numpy as np

from annotator.agreement.habits import away_from_others
from annotator.agreement.kappa import agreement_per_unit
from annotator.agreement.pairwise import Level
from annotator.agreement.ratings import Flags, Floats, Indices, Ratings


def spread(ratings: Ratings, level: Level) -> Floats:
    """(n_units,) disagreement of each unit's ratings, NaN with fewer than two of them.

    >>> spread(Ratings.from_matrix([[1, 1, 1], [1, 2, 3]]), "interval").tolist()
    [0.0, 1.0]
    """
    m = ratings.per_unit
    apart = np.full(ratings.n_units, np.nan)
    paired = m >= 2
    if level == "nominal":
        apart[paired] = 1 - agreement_per_unit(ratings.counts)[0][paired]
        return apart
    _, sums, _ = ratings.moments.T
    means = np.divide(sums, m, out=np.zeros(len(m)), where=m > 0)
    squares = np.bincount(ratings.units, (ratings.centred - means[ratings.units]) ** 2, ratings.n_units)
    apart[paired] = np.sqrt(squares[paired] / (m[paired] - 1))
    return apart


def worst_units(
    ratings: Ratings,
    level: Level,
    most: int = 20,
    *,
    raters: Sequence[int] = (),
    chosen: Flags | None = None,
) -> tuple[Indices, Floats]:
    """Up to `most` units with any disagreement, the widest first, of equals that with more ratings.

    Parameters
    ----------
    raters
        One rater: how far that rater lies from the others of the unit (`habits.away_from_others`, without its sign).
        Two or more: only their ratings are compared. None: everybody's.
    chosen
        (n,) only units on which one of these ratings was given, by one of `raters` where they are named.

    >>> table = Ratings.from_matrix([[1, 1], [1, 3], [2, 3]])
    >>> worst_units(table, "interval")[0].tolist()
    [1, 2]
    >>> worst_units(table, "interval", chosen=table.values == 2)[0].tolist()
    [2]
    """
    theirs = np.isin(ratings.raters, raters) if len(raters) else np.ones(len(ratings.values), dtype=np.bool_)
    if len(raters) == 1:
        apart = np.zeros(ratings.n_units)
        apart[ratings.units[theirs]] = np.nan_to_num(np.abs(away_from_others(ratings, level)[theirs]))
    else:
        apart = np.nan_to_num(spread(ratings.only(theirs) if len(raters) else ratings, level))
    if chosen is not None:
        wanted = np.zeros(ratings.n_units, dtype=np.bool_)
        wanted[ratings.units[theirs & chosen]] = True
        apart[~wanted] = 0.0
    order = np.lexsort((-ratings.per_unit, -apart))
    worst = order[apart[order] > 0][:most]
    return worst, apart[worst]


def mean_difference(ratings: Ratings) -> float | None:
    """Mean over units of the mean absolute difference between two of their ratings; `None` without a pair.

    In each unit the sorted values x_0 .. x_(m-1) give the sum over pairs as sum (2 i - m + 1) x_i.

    >>> mean_difference(Ratings.from_matrix([[1, 2, 4], [5, 5, np.nan]]))
    1.0
    """
    m = ratings.per_unit
    paired = m >= 2
    if not paired.any():
        return None
    table = ratings.table
    if table is not None:
        # Rows of a few numbers each are sorted faster side by side; NaN, where a rater has none, goes to the end.
        ordered = np.sort(table, axis=1)
        terms = (2 * np.arange(table.shape[1]) - m[:, None] + 1) * ordered
        sums = np.nansum(terms, axis=1)
    else:
        order = np.lexsort((ratings.centred, ratings.units))
        units = ratings.units[order]
        position = np.arange(len(order)) - (np.cumsum(m) - m)[units]
        sums = np.bincount(units, (2 * position - m[units] + 1) * ratings.centred[order], ratings.n_units)
    return float(np.mean(2 * sums[paired] / (m[paired] * (m[paired] - 1))))
