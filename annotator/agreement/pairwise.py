"""Every rater against every other, against the rest, and against themselves.

Conventions
-----------
One measure serves all three comparisons, so that their figures can be laid side by side:

* categories: Cohen's kappa, `cohen_kappa` `nominal`;
* ordered categories: quadratically weighted kappa, `weighted_kappa` `quadratic`, over the whole scale;
* numbers: concordance correlation, `ccc` `interval`.

The last two are one formula, 1 - mean (x - y)^2 / its expectation were x and y independent. A pair is
compared on the units both rated. "The rest" of a rater is every other rater of the same unit; each unit counts
once, shared equally among its other raters, so that with two raters the figure is their pairwise value.
Undefined entries are NaN in the arrays; `why_undefined` tells the reason.

References
----------
As in `kappa` and `icc`; the equality of quadratically weighted kappa and concordance: J. L. Fleiss, J. Cohen,
"The equivalence of weighted kappa and the intraclass correlation coefficient", Educ. Psychol. Meas. 33, 1973.
"""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from annotator.agreement.coefficient import one_category, one_number, quotient
from annotator.agreement.ratings import Flags, Floats, Indices, Ratings, validate_once
from annotator.domain.translation import tr

Level = Literal["nominal", "ordinal", "interval"]

#: Name and variant of the measure at each level.
MEASURES: dict[Level, tuple[str, str]] = {
    "nominal": ("cohen_kappa", "nominal"),
    "ordinal": ("weighted_kappa", "quadratic"),
    "interval": ("ccc", "interval"),
}

#: Units by raters in one dense block, up to which all is one block (nothing need be sorted then), and the share of
#: cells filled from which dense products are faster.
_BLOCK_CELLS = 1 << 18
_ONE_BLOCK = 1 << 20
_DENSE_FROM = 0.05


@dataclass(frozen=True, eq=False)
class Pairwise:
    """(k, k) measure of every pair of raters, NaN where undefined, and (k, k) number of units both rated."""

    values: Floats
    shared: Indices


@dataclass(frozen=True, eq=False)
class PerRater:
    """(k,) measure of each rater, NaN where undefined, and (k,) number of units it rests on."""

    values: Floats
    n: Indices


def pairwise(ratings: Ratings, level: Level) -> Pairwise:
    """The measure of `level` for all pairs of raters at once, as matrix products over one-hot ratings.

    Memory grows with raters squared, not with categories squared. Raises `AnnotatorError` where a rater rated
    a unit twice.

    >>> r = Ratings.from_matrix([[0, 0, 1], [1, 1, 0], [0, 1, 1], [1, 1, np.nan]], n_categories=2)
    >>> result = pairwise(r, "nominal")
    >>> result.values.round(2).tolist()
    [[1.0, 0.5, -0.8], [0.5, 1.0, -0.5], [-0.8, -0.5, 1.0]]
    >>> result.shared[0].tolist()
    [4, 4, 3]
    """
    validate_once(ratings)
    return _pairwise_kappa(ratings) if level == "nominal" else _pairwise_concordance(ratings)


def versus_rest(ratings: Ratings, level: Level) -> PerRater:
    """The measure of `level` between each rater and all other raters of the same units.

    >>> r = Ratings.from_matrix([[0, 0], [1, 1], [0, 1], [1, 1]], n_categories=2)
    >>> versus_rest(r, "nominal").values.tolist()
    [0.5, 0.5]
    """
    validate_once(ratings)
    used = ratings.per_unit[ratings.units] >= 2
    units, raters, others = (
        ratings.units[used],
        ratings.raters[used],
        ratings.per_unit[ratings.units[used]] - 1,
    )
    if level == "nominal":
        codes = ratings.codes[used]

        def share(category: int) -> Floats:
            theirs: Floats = (ratings.counts[units, category] - (codes == category)) / others
            return theirs

        return _kappa_by_rater(raters, ratings.n_raters, codes, ratings.n_categories, share)
    x = ratings.centred[used]
    _, sums, squares = ratings.moments[units].T
    return _concordance_by_rater(raters, ratings.n_raters, x, (sums - x) / others, (squares - x**2) / others)


def self_agreement(ratings: Ratings, repeats: Ratings, level: Level) -> PerRater:
    """The measure of `level` between each rater's first answers and those to the same units asked again.

    A repeat of a unit whose first answer is missing is left out; several repeats of one unit all count.

    >>> first = Ratings([0, 1, 2], [0, 0, 0], [0, 1, 1], n_categories=2)
    >>> again = Ratings([2, 0, 1], [0, 0, 0], [1, 0, 1], n_categories=2)
    >>> self_agreement(first, again, "nominal").values.tolist()
    [1.0]
    """
    validate_once(ratings)
    n_raters = max(ratings.n_raters, repeats.n_raters)
    keys = ratings.units * n_raters + ratings.raters
    order = np.argsort(keys)
    asked = repeats.units * n_raters + repeats.raters
    place = np.searchsorted(keys[order], asked)
    known = place < len(keys)
    known[known] = keys[order][place[known]] == asked[known]
    first, raters = order[place[known]], repeats.raters[known]
    if level == "nominal":
        again = repeats.codes[known]
        return _kappa_by_rater(
            raters, n_raters, ratings.codes[first], ratings.n_categories, lambda c: (again == c) * 1.0
        )
    # One centre for both, or their difference in level would be lost.
    x = ratings.centred[first]
    y = x + (repeats.values[known] - ratings.values[first])
    return _concordance_by_rater(raters, n_raters, x, y, y**2)


def why_undefined(n: int, level: Level) -> str:
    """The reason for a NaN that rests on `n` units.

    >>> why_undefined(1, "nominal")
    'Needs at least two segments in common; there are 1.'
    """
    if n < 2:
        return tr("Needs at least two segments in common; there are {n}.", n=n)
    return one_number() if level == "interval" else one_category()


def _pairwise_kappa(ratings: Ratings) -> Pairwise:
    shape = (ratings.n_raters, ratings.n_raters)
    shared, agreeing, expected = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    margins = [np.zeros(shape) for _ in range(ratings.n_categories)]
    for inside, lay_out in _blocks(ratings):
        codes = ratings.codes[inside]
        # Single precision counts exactly up to 2^24, more units than a block has.
        present = lay_out(np.ones(len(codes), dtype=np.float32))
        shared += _product(present, present)
        for category, margin in enumerate(margins):
            chosen = lay_out((codes == category).astype(np.float32))
            agreeing += _product(chosen, chosen)
            margin += _product(chosen, present)  # how often a chose it on the units shared with b
    for margin in margins:
        expected += margin * margin.T
    values = quotient(agreeing * shared - expected, shared**2 - expected, shared**2)
    return Pairwise(_from_two_on(values, shared), shared.astype(np.intp))


def _pairwise_concordance(ratings: Ratings) -> Pairwise:
    shape = (ratings.n_raters, ratings.n_raters)
    shared, sums, squares, products = (np.zeros(shape) for _ in range(4))
    for inside, lay_out in _blocks(ratings):
        x = ratings.centred[inside]
        present, value, square = lay_out(np.ones(len(x))), lay_out(x), lay_out(x**2)
        shared += _product(present, present)
        sums += _product(value, present)
        squares += _product(square, present)
        products += _product(value, value)
    values = _concordance(shared, sums, sums.T, squares, squares.T, products)
    return Pairwise(_from_two_on(values, shared), shared.astype(np.intp))


def _kappa_by_rater(
    raters: Indices, n_raters: int, codes: Indices, n_categories: int, share: Callable[[int], Floats]
) -> PerRater:
    """Kappa of each rater's codes with the shares that the other side gives each category."""
    n = np.bincount(raters, minlength=n_raters)
    agreeing, expected = np.zeros(n_raters), np.zeros(n_raters)
    for category in range(n_categories):
        mine, theirs = (codes == category) * 1.0, share(category)
        agreeing += np.bincount(raters, mine * theirs, n_raters)
        expected += np.bincount(raters, mine, n_raters) * np.bincount(raters, theirs, n_raters)
    squared = n.astype(np.float64) ** 2
    return PerRater(_from_two_on(quotient(agreeing * n - expected, squared - expected, squared), n), n)


def _concordance_by_rater(
    raters: Indices, n_raters: int, x: Floats, y: Floats, y_squared: Floats
) -> PerRater:
    """Concordance of each rater's numbers with the other side's mean and mean square on the same units."""
    n = np.bincount(raters, minlength=n_raters)
    sums: list[Floats] = [
        np.bincount(raters, weights=column, minlength=n_raters).astype(np.float64)
        for column in (x, y, x**2, y_squared, x * y)
    ]
    return PerRater(_from_two_on(_concordance(n.astype(np.float64), *sums), n), n)


def _concordance(n: Floats, x: Floats, y: Floats, xx: Floats, yy: Floats, xy: Floats) -> Floats:
    """1 - mean squared difference over its expectation under independence, from sums over n pairs."""
    squares = n * (xx + yy)
    return 1 - quotient(squares - 2 * n * xy, squares - 2 * x * y, squares)


def _from_two_on(values: Floats, n: NDArray[Any]) -> Floats:
    return np.where(n >= 2, values, np.nan)


def _product(a: Any, b: Any) -> Floats:
    result = a.T @ b
    return np.asarray(result if isinstance(result, np.ndarray) else result.toarray(), dtype=np.float64)


def _blocks(ratings: Ratings) -> Iterator[tuple[Indices | slice, Callable[[NDArray[Any]], Any]]]:
    """Blocks of units: which ratings are in it, and how to lay one number for each out as units by raters.

    Sparse and in one piece where few cells are filled (many raters with few units each), else dense.
    """
    n_units, n_raters = ratings.n_units, ratings.n_raters
    if len(ratings.values) < _DENSE_FROM * n_units * n_raters:
        from scipy.sparse import coo_array

        shape = (n_units, n_raters)
        yield slice(None), lambda x: coo_array((x, (ratings.units, ratings.raters)), shape=shape).tocsr()
        return
    if n_units * n_raters <= _ONE_BLOCK:
        yield slice(None), _dense(ratings.units, ratings.raters, (n_units, n_raters))
        return
    step = max(1, min(n_units, _BLOCK_CELLS // max(n_raters, 1)))
    order = np.argsort(ratings.units, kind="stable")
    edges = np.searchsorted(ratings.units[order], np.arange(0, n_units + step, step))
    for start, stop in itertools.pairwise(edges):
        inside = order[start:stop]
        yield inside, _dense(ratings.units[inside] % step, ratings.raters[inside], (step, n_raters))


def _dense(rows: Indices, raters: Indices, shape: tuple[int, int]) -> Callable[[NDArray[Any]], NDArray[Any]]:
    def lay_out(x: NDArray[Any]) -> NDArray[Any]:
        matrix = np.zeros(shape, dtype=x.dtype)
        matrix[rows, raters] = x
        return matrix

    return lay_out


def pairs_of(shared: Indices) -> tuple[Indices, Indices]:
    """Pairs a < b of raters with at least one unit in common."""
    some: Flags = np.triu(shared > 0, k=1)
    first, second = np.nonzero(some)
    return first, second
