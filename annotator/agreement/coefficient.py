"""What a coefficient is: a value or the reason why there is none, and how it follows from the units.

Every coefficient is written once, as a formula over *weighted* units. Counting every unit once gives the
estimate; counting units as often as a resample drew them gives its bootstrap distribution, a thousand
resamples in one matrix product.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, TypeAlias

import numpy as np

from annotator.agreement.ratings import Floats, Indices, Ratings, validate_once
from annotator.domain.translation import tr

#: Doubles in memory at once: 2^21, 16 MB.
BLOCK = 1 << 21

#: Differences below this share of their terms are rounding, not variance.
ROUNDING = 1e-12

#: Records that are looked at to see whether many are equal.
_LOOKED_AT = 1000


@dataclass(frozen=True, eq=False)
class Weighing:
    """How often each record counts, for b resamples at once.

    Parameters
    ----------
    weights
        (b, n_groups) how often each resample drew each group of records.
    members
        (n_groups, n_records) sparse matrix: how many units of a group have a record; `None` where every
        record is its own group.
    """

    weights: Floats
    members: Any = None

    def total(self, terms: Floats) -> Floats:
        """(b, p) weighted sums of the (n_records, p) terms."""
        return self.weights @ (terms if self.members is None else self.members @ terms)

    def total_each(self, terms: Callable[[slice], Floats], n_records: int) -> Floats:
        """(b,) weighted sum of one column of terms per resample, where they depend on what the resample drew.

        `terms` gives them for a slice of the resamples, (n_records, length of the slice), so that not all of
        them are in memory at once.
        """
        sums = np.empty(len(self.weights))
        step = max(1, BLOCK // max(n_records, 1))
        for start in range(0, len(sums), step):
            some = slice(start, start + step)
            grouped = terms(some) if self.members is None else self.members @ terms(some)
            sums[some] = np.einsum("bg,gb->b", self.weights[some], grouped)
        return sums


Formula: TypeAlias = Callable[[Floats], Callable[[Weighing], Floats]]
"""Takes the (n_records, p) records, prepares what no weighing changes, and gives the function from a weighing to
the (b,) values, NaN where a resample leaves the coefficient undefined."""


@dataclass(frozen=True, eq=False)
class Sample:
    """All that a coefficient knows of the units: one record each.

    Parameters
    ----------
    records
        (n, p) for example the unit's count in every category.
    units
        (n,) index of the unit in the ratings.
    """

    records: Floats
    units: Indices

    @cached_property
    def distinct(self) -> tuple[Floats, Indices]:
        """Distinct records (m, p) and the (n,) index of every unit's.

        Units with equal records are exchangeable, so a resample need only know how many of each it drew. Where a look
        at some of them says that hardly any two are equal, all stay as they are: sorting them would be in vain.
        """
        some = self.records[:: max(1, len(self.records) // _LOOKED_AT)]
        if len(some) >= _LOOKED_AT and len(np.unique(some, axis=0)) > 0.9 * len(some):
            return self.records, np.arange(len(self.records))
        order = np.lexsort(self.records.T)
        ordered = self.records[order]
        starts = np.ones(len(order), dtype=np.bool_)
        starts[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
        index = np.empty(len(order), dtype=np.intp)
        index[order] = np.cumsum(starts) - 1
        return ordered[starts], index


@dataclass(frozen=True)
class Coefficient:
    """A measure of agreement with its name and variant, or the `reason` why it is undefined.

    `n_units` and `n_ratings` count what entered it. `ci` is the 95 % interval; `ci_method` says whether it is
    `analytic` (units taken as independent) or `bootstrap`.
    """

    name: str
    variant: str
    value: float | None
    reason: str = ""
    n_units: int = 0
    n_ratings: int = 0
    ci: tuple[float, float] | None = None
    ci_method: Literal["", "analytic", "bootstrap"] = ""
    sample: Sample | None = field(default=None, repr=False, compare=False)
    formula: Formula | None = field(default=None, repr=False, compare=False)

    def to_dict(self) -> dict[str, Any]:
        """Plain data; undefined numbers are `None`."""
        return {
            "name": self.name,
            "variant": self.variant,
            "value": self.value,
            "ci": list(self.ci) if self.ci else [None, None],
            "reason": self.reason,
            "n_units": self.n_units,
            "n_ratings": self.n_ratings,
            "ci_method": self.ci_method,
        }


def estimate(
    name: str,
    variant: str,
    sample: Sample,
    formula: Formula,
    *,
    n_ratings: int,
    undefined: str,
    n_units: int | None = None,
) -> Coefficient:
    """The coefficient with every unit counted once; `undefined` is the reason where the formula gives NaN."""
    value = float(formula(sample.records)(once(len(sample.records)))[0])
    known = len(sample.records) if n_units is None else n_units
    if np.isnan(value):
        return Coefficient(name, variant, None, undefined, known, n_ratings)
    return Coefficient(name, variant, value, "", known, n_ratings, sample=sample, formula=formula)


def columns(*parts: Floats) -> Floats:
    """(n, p) the (n,) and (n, k) parts side by side, each column contiguous: half the time in `Weighing.total`."""
    return np.vstack([part.T for part in parts]).T


def once(n_records: int) -> Weighing:
    """Every record counted once."""
    return Weighing(np.ones((1, n_records)))


def quotient(numerator: Floats, denominator: Floats, scale: Floats | float = 1.0) -> Floats:
    """`numerator / denominator`, NaN where the denominator is mere rounding beside its terms, of size `scale`."""
    sound = denominator > ROUNDING * np.abs(scale)
    result: Floats = np.divide(numerator, denominator, out=np.full(denominator.shape, np.nan), where=sound)
    return result


def why_nothing_to_compare(ratings: Ratings) -> str:
    """The reason why these ratings say nothing about agreement; empty where they do.

    Raises `AnnotatorError` where a rater rated a unit twice.

    >>> why_nothing_to_compare(Ratings.from_matrix([[1], [2]]))
    'Only one rater has rated; agreement needs at least two.'
    """
    validate_once(ratings)
    if not len(ratings.values):
        return tr("There are no ratings yet.")
    if np.count_nonzero(ratings.per_rater) < 2:
        return tr("Only one rater has rated; agreement needs at least two.")
    if ratings.per_unit.max() < 2:
        return tr("No segment has been rated by more than one rater.")
    return ""


def why_two_raters_needed(ratings: Ratings) -> str:
    """The reason why a coefficient for exactly two raters is undefined; empty where it is not."""
    reason = why_nothing_to_compare(ratings)
    n_raters = np.count_nonzero(ratings.per_rater)
    if not reason and n_raters > 2:
        return tr("Defined for two raters only, and there are {n}; see the pairwise values.", n=n_raters)
    return reason


def one_category() -> str:
    """Reason: everyone always gave the same answer."""
    return tr(
        "All ratings compared are the same category: chance alone would give this agreement, so nothing can"
        " be said beyond it."
    )


def one_number() -> str:
    """Reason: everyone always gave the same number."""
    return tr("All ratings compared are the same number, so there is no variation to agree about.")


def rated(ratings: Ratings) -> Indices:
    """Units with at least one rating."""
    return np.flatnonzero(ratings.per_unit)
