"""The input of every coefficient: who gave which unit which value.

Conventions
-----------
A *unit* is what is rated (a segment), a *rating* one rater's value for one unit. Ratings are kept in long
form, one entry per rating, so memory grows with the ratings given and a missing rating costs nothing.
Categories are codes `0..n_categories-1`, in the order of the scale where there is one; an unused category
still belongs to the scale. A unit with a single rating says nothing about agreement.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr

Floats: TypeAlias = NDArray[np.float64]
Indices: TypeAlias = NDArray[np.intp]
Flags: TypeAlias = NDArray[np.bool_]

#: Up to this many cells of a units x raters table per rating, counting them is faster than sorting the ratings.
_FULL_TABLE = 8


@dataclass(frozen=True, eq=False)
class Ratings:
    """Ratings in long form; any rater may miss any unit.

    Parameters
    ----------
    units
        (n,) index of the rated unit, from 0.
    raters
        (n,) index of the rater, from 0.
    values
        (n,) category code or number; finite. Leave a missing rating out.
    n_categories
        Length of the scale, above 0 for codes `0..n_categories-1`; 0 for numbers.
    clusters
        (n_units,) index of the song or speaker each unit belongs to, for the bootstrap.

    Raises
    ------
    AnnotatorError
        Where lengths differ, an index is negative or not whole, a value is not finite or not a code.

    >>> r = Ratings([0, 0, 1], [0, 1, 0], [2, 2, 1], n_categories=3)
    >>> r.n_units, r.n_raters, r.counts.tolist()
    (2, 2, [[0.0, 0.0, 2.0], [0.0, 1.0, 0.0]])
    """

    units: Indices
    raters: Indices
    values: Floats
    n_categories: int = 0
    clusters: Indices | None = None

    def __post_init__(self) -> None:
        set_field = object.__setattr__
        set_field(self, "units", _indices(self.units, "units"))
        set_field(self, "raters", _indices(self.raters, "raters"))
        set_field(self, "values", np.asarray(self.values, dtype=np.float64))
        if self.clusters is not None:
            set_field(self, "clusters", _indices(self.clusters, "clusters"))
        validate(self)

    @staticmethod
    def from_matrix(
        matrix: ArrayLike, *, n_categories: int = 0, clusters: ArrayLike | None = None
    ) -> "Ratings":
        """Ratings from a (n_units, n_raters) matrix with NaN for missing.

        >>> Ratings.from_matrix([[1, 2], [np.nan, 3]]).values.tolist()
        [1.0, 2.0, 3.0]
        """
        table = np.asarray(matrix, dtype=np.float64)
        if table.ndim != 2:
            raise AnnotatorError(
                tr("A table of units by raters is needed, not an array of {n} dimensions.", n=table.ndim)
            )
        units, raters = np.nonzero(~np.isnan(table))
        groups = None if clusters is None else np.asarray(clusters)
        return Ratings(units, raters, table[units, raters], n_categories, groups)

    @staticmethod
    def from_counts(counts: ArrayLike) -> "Ratings":
        """Ratings from a (n_units, n_categories) table of votes whose raters are not known.

        The votes of a unit go to raters 0, 1, 2, ... in order of category: right for every coefficient that
        does not ask who gave which rating (Fleiss' kappa, AC1, alpha, one-way ICC), meaningless for others.

        >>> Ratings.from_counts([[2, 0], [1, 1]]).values.tolist()
        [0.0, 0.0, 0.0, 1.0]
        """
        table = _whole(counts, "counts")
        n_units, n_categories = table.shape
        units = np.repeat(np.arange(n_units), table.sum(axis=1))
        codes = np.repeat(np.tile(np.arange(n_categories), n_units), table.ravel())
        first = np.cumsum(table.sum(axis=1)) - table.sum(axis=1)
        return Ratings(units, np.arange(len(units)) - first[units], codes.astype(np.float64), n_categories)

    @staticmethod
    def from_table(table: ArrayLike) -> "Ratings":
        """Ratings of two raters from their (n_categories, n_categories) contingency table.

        >>> Ratings.from_table([[1, 0], [0, 1]]).values.tolist()
        [0.0, 0.0, 1.0, 1.0]
        """
        cells = _whole(table, "table")
        rows, columns = np.divmod(np.repeat(np.arange(cells.size), cells.ravel()), cells.shape[1])
        return Ratings.from_matrix(np.column_stack([rows, columns]), n_categories=len(cells))

    def only(self, rows: Flags) -> "Ratings":
        """Some of the ratings, of as many units.

        >>> r = Ratings.from_matrix([[1, 2], [3, 4]])
        >>> r.only(r.raters == 0).values.tolist()
        [1.0, 3.0]
        """
        made = Ratings(
            self.units[rows], self.raters[rows], self.values[rows], self.n_categories, self.clusters
        )
        object.__setattr__(made, "n_units", self.n_units)
        return made

    @cached_property
    def n_units(self) -> int:
        """Number of units, also those without a rating where `clusters` names them."""
        if self.clusters is not None:
            return len(self.clusters)
        return int(self.units.max()) + 1 if len(self.units) else 0

    @cached_property
    def n_raters(self) -> int:
        """One more than the highest rater index."""
        return int(self.raters.max()) + 1 if len(self.raters) else 0

    @cached_property
    def codes(self) -> Indices:
        """(n,) values as category codes; raises `AnnotatorError` for numbers."""
        if self.n_categories == 0:
            raise AnnotatorError(
                tr("These ratings are numbers, not categories."),
                tr("Give the number of categories, or choose the interval level."),
            )
        return self.values.astype(np.intp)

    @cached_property
    def per_unit(self) -> Indices:
        """(n_units,) number of ratings of each unit."""
        return np.bincount(self.units, minlength=self.n_units)

    @cached_property
    def per_rater(self) -> Indices:
        """(n_raters,) number of ratings by each rater."""
        return np.bincount(self.raters, minlength=self.n_raters)

    @cached_property
    def counts(self) -> Floats:
        """(n_units, n_categories) how many raters gave each unit each category."""
        cells = np.bincount(
            self.codes * self.n_units + self.units, minlength=self.n_units * self.n_categories
        )
        return cells.reshape(self.n_categories, self.n_units).T.astype(np.float64)

    @cached_property
    def centred(self) -> Floats:
        """(n,) values less the given value nearest to their mean, so that squares lose no digits.

        A value that occurs, not the mean itself: whole numbers stay whole and their sums exact.
        """
        if not len(self.values):
            return self.values
        centre = self.values[np.argmin(np.abs(self.values - self.values.mean()))]
        difference: Floats = self.values - centre
        return difference

    @cached_property
    def moments(self) -> Floats:
        """(n_units, 3) number, sum and sum of squares of each unit's centred values."""
        sums = [
            np.bincount(self.units, weights=power, minlength=self.n_units)
            for power in (self.centred, self.centred**2)
        ]
        return np.column_stack([self.per_unit, *sums])

    @cached_property
    def rated_twice(self) -> tuple[int, int] | None:
        """A unit and the rater who rated it more than once; `None` where there is none."""
        pairs = self.units * max(self.n_raters, 1) + self.raters
        if self.n_units * self.n_raters <= _FULL_TABLE * len(pairs):
            twice = np.flatnonzero(np.bincount(pairs) > 1)
        else:
            ordered = np.sort(pairs)
            twice = ordered[1:][ordered[1:] == ordered[:-1]]
        return (int(twice[0]) // self.n_raters, int(twice[0]) % self.n_raters) if len(twice) else None

    def complete_block(self) -> tuple[Indices, Indices, Floats]:
        """The units that every rater rated: (n,) units, (k,) raters, (n, k) values.

        >>> Ratings.from_matrix([[1, 2], [np.nan, 3], [4, 5]]).complete_block()[2].tolist()
        [[1.0, 2.0], [4.0, 5.0]]
        """
        raters = np.flatnonzero(self.per_rater)
        units = np.flatnonzero(self.per_unit == max(len(raters), 1))
        inside = np.flatnonzero(self.per_unit[self.units] == max(len(raters), 1))
        row, seat = np.zeros(self.n_units, dtype=np.intp), np.zeros(self.n_raters, dtype=np.intp)
        row[units], seat[raters] = np.arange(len(units)), np.arange(len(raters))
        values = np.empty((len(units), len(raters)))
        values[row[self.units[inside]], seat[self.raters[inside]]] = self.values[inside]
        return units, raters, values

    @cached_property
    def table(self) -> Floats | None:
        """(n_units, n_raters) centred values, NaN where missing; `None` where that would be mostly holes."""
        if self.n_units * self.n_raters > _FULL_TABLE * max(len(self.values), 1):
            return None
        table = np.full((self.n_units, self.n_raters), np.nan)
        table[self.units, self.raters] = self.centred
        return table


def validate(ratings: Ratings) -> None:
    """Raises `AnnotatorError` where the arrays do not describe ratings; see `Ratings`."""
    n = len(ratings.values)
    if ratings.values.ndim != 1 or len(ratings.units) != n or len(ratings.raters) != n:
        raise AnnotatorError(
            tr(
                "Units ({units}), raters ({raters}) and values ({values}) must be as many.",
                units=len(ratings.units),
                raters=len(ratings.raters),
                values=n,
            )
        )
    if not np.isfinite(ratings.values).all():
        raise AnnotatorError(
            tr("A rating is not a finite number."), tr("Leave missing ratings out of the long form.")
        )
    if ratings.n_categories > 0:
        codes = ratings.codes
        wrong = (codes < 0) | (codes >= ratings.n_categories) | (codes != ratings.values)
        if wrong.any():
            raise AnnotatorError(
                tr("{value:g} is not one of the codes of {n} categories.", value=ratings.values[wrong][0],
                   n=ratings.n_categories),
                tr("Give whole numbers from 0 to {last}.", last=ratings.n_categories - 1),
            )  # fmt: skip
    if ratings.clusters is not None and n and ratings.units.max() >= len(ratings.clusters):
        raise AnnotatorError(
            tr("Unit {unit} has no cluster: only {n} are given.", unit=int(ratings.units.max()),
               n=len(ratings.clusters)),
            tr("Give the cluster of every unit, or none."),
        )  # fmt: skip


def validate_once(ratings: Ratings) -> None:
    """Raises `AnnotatorError` where a rater rated a unit twice: repeats are no second opinion."""
    if ratings.rated_twice is not None:
        unit, rater = ratings.rated_twice
        raise AnnotatorError(
            tr("Rater {rater} rated unit {unit} twice.", rater=rater, unit=unit),
            tr("Keep one rating; give the others as repeats."),
        )


def _indices(values: Any, name: str) -> Indices:
    array = np.asarray(values)
    if array.ndim != 1 or (array.size and (array.dtype.kind not in "iu" or array.min() < 0)):
        raise AnnotatorError(tr("{name} must be a row of whole numbers from 0.", name=name))
    return array.astype(np.intp, copy=False)


def _whole(values: ArrayLike, name: str) -> Indices:
    table = np.asarray(values)
    if table.ndim != 2 or (table < 0).any() or (table % 1 != 0).any():
        raise AnnotatorError(tr("{name} must be a table of whole numbers from 0.", name=name))
    return table.astype(np.intp)
