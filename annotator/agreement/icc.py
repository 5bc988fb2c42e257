"""Agreement on numbers by analysis of variance: intraclass correlations, and the concordance of two raters.

Conventions
-----------
Intraclass correlations are named as by Shrout & Fleiss [1]_. The first figure is the model: 1, the raters of
each unit are other people, or not known; 2, the same raters rate every unit and stand for others like them
(absolute agreement); 3, the same raters rate every unit and are the only ones of interest (consistency). The
second says whose reliability: `1` of a single rating, `k` of the mean of a unit's k ratings.

One-way forms take any number of ratings per unit from 2 on; with unequal numbers k is replaced by
k0 = (N - sum m^2 / N) / (n - 1), as usual in unbalanced analysis of variance [2]_. Two-way forms use the
units that every rater rated. Negative values mean that the units differ less than chance would have them.

References
----------
.. [1] P. E. Shrout, J. L. Fleiss, "Intraclass correlations: uses in assessing rater reliability",
   Psychol. Bull. 86(2), 1979.
.. [2] A. Donner, "A review of inference procedures for the intraclass correlation coefficient in the one-way
   random effects model", Int. Stat. Rev. 54(1), 1986.
.. [3] K. O. McGraw, S. P. Wong, "Forming inferences about some intraclass correlation coefficients",
   Psychol. Methods 1(1), 1996 (intervals).
.. [4] L. I.-K. Lin, "A concordance correlation coefficient to evaluate reproducibility", Biometrics 45(1),
   1989.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import numpy as np

from annotator.agreement.alpha import moments_sample
from annotator.agreement.coefficient import (
    ROUNDING,
    Coefficient,
    Formula,
    Sample,
    Weighing,
    columns,
    estimate,
    once,
    one_number,
    quotient,
    why_nothing_to_compare,
    why_two_raters_needed,
)
from annotator.agreement.ratings import Floats, Ratings
from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr

Form = Literal["1,1", "1,k", "2,1", "2,k", "3,1", "3,k"]
FORMS: tuple[Form, ...] = ("1,1", "1,k", "2,1", "2,k", "3,1", "3,k")


def icc(ratings: Ratings, form: Form = "1,1", *, sample: Sample | None = None) -> Coefficient:
    """Intraclass correlation in one of the six forms of Shrout & Fleiss [1]_.

    Balanced data bring an analytic interval [3]_ (normal, independent units).

    Parameters
    ----------
    ratings
        Numbers; two-way forms use the units that every rater rated.
    form
        `1,1`, `1,k`, `2,1`, `2,k`, `3,1` or `3,k`.
    sample
        For one-way forms `moments_sample(ratings)`, for two-way `block_sample(ratings)`, where at hand.

    >>> table = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    >>> [round(icc(Ratings.from_matrix(table), form).value, 3) for form in FORMS]
    [0.166, 0.443, 0.29, 0.62, 0.715, 0.909]
    """
    if form not in FORMS:
        raise AnnotatorError(
            tr('Unknown form "{name}".', name=form), tr("Valid: {names}.", names="; ".join(FORMS))
        )
    reason = why_nothing_to_compare(ratings)
    if reason:
        return Coefficient("icc", form, None, reason)
    return _one_way(ratings, form, sample) if form[0] == "1" else _two_way(ratings, form, sample)


def ccc(ratings: Ratings) -> Coefficient:
    """Lin's concordance correlation [4]_ of two raters over the units both rated.

    2 cov(x, y) / (var x + var y + (mean x - mean y)^2), variances with divisor n as in [4]_: it is the
    correlation lowered by differences in level and spread, and equals quadratically weighted kappa.

    >>> round(ccc(Ratings.from_matrix([[1, 2], [2, 3], [3, 4]])).value, 4)
    0.5714
    """
    reason = why_two_raters_needed(ratings)
    if reason:
        return Coefficient("ccc", "interval", None, reason)
    sample = block_sample(ratings)
    n = len(sample.records)
    if n < 2:
        return Coefficient("ccc", "interval", None, _too_few_units(n), n, 2 * n)
    return estimate("ccc", "interval", sample, _concordance, n_ratings=2 * n, undefined=one_number())


def block_sample(ratings: Ratings) -> Sample:
    """What two-way forms know of each unit that every rater rated: the row of its ratings, centred."""
    units, _, block = ratings.complete_block()
    return Sample(block - (block.mean() if block.size else 0.0), units)


def _one_way(ratings: Ratings, form: Form, sample: Sample | None) -> Coefficient:
    m = ratings.per_unit[ratings.per_unit >= 2]
    n, n_ratings = len(m), int(m.sum())
    if n < 2:
        return Coefficient("icc", form, None, _too_few_units(n), n, n_ratings)
    result = estimate(
        "icc", form, sample or moments_sample(ratings), _one_way_formula(form),
        n_units=n, n_ratings=n_ratings, undefined=one_number() if form == "1,1" else _equal_means(),
    )  # fmt: skip
    if result.value is None or m.min() < m.max():
        return result
    k = float(m[0])
    between, within, _ = _one_way_squares(ratings.moments[ratings.per_unit >= 2])(once(n))
    return _with_f_interval(result, between[0], within[0], n, k, n * (k - 1))


def _one_way_squares(moments: Floats) -> Callable[[Weighing], tuple[Floats, Floats, Floats]]:
    """Mean squares between and within units, and k0, of each resample."""
    m, s, q = moments.T
    paired = m >= 2
    squares = np.divide(s**2, m, out=np.zeros(len(m)), where=paired)
    terms = columns(np.ones(len(m)), m, m**2, s, squares, q - squares) * paired[:, None]

    def mean_squares(weighing: Weighing) -> tuple[Floats, Floats, Floats]:
        n, total, total2, sums, between, within = weighing.total(terms).T
        mean_between = quotient(between - quotient(sums**2, total), n - 1)
        mean_within = quotient(within, total - n)
        return mean_between, mean_within, quotient(total - quotient(total2, total), n - 1)

    return mean_squares


def _one_way_formula(form: Form) -> Formula:
    def formula(moments: Floats) -> Callable[[Weighing], Floats]:
        mean_squares = _one_way_squares(moments)
        scale = moments[:, 2].max()

        def correlation(weighing: Weighing) -> Floats:
            between, within, k0 = mean_squares(weighing)
            if form == "1,k":
                return quotient(between - within, between, scale)
            return quotient(between - within, between + (k0 - 1) * within, scale)

        return correlation

    return formula


def _two_way(ratings: Ratings, form: Form, sample: Sample | None) -> Coefficient:
    sample = sample or block_sample(ratings)
    n, k = sample.records.shape
    if n < 2:
        reason = tr(
            "Needs two segments rated by every one of the {k} raters, and there are {n}.",
            k=k,
            n=n,
        )
        return Coefficient("icc", form, None, reason, n, n * k)
    result = estimate(
        "icc", form, sample, _two_way_formula(form), n_ratings=n * k,
        undefined=one_number() if form.endswith("1") else _equal_means(),
    )  # fmt: skip
    if result.value is None:
        return result
    rows, raters, error, _ = (x[0] for x in _two_way_squares(sample.records)(once(n)))
    if form[0] == "3":
        return _with_f_interval(result, rows, error, n, k, (n - 1) * (k - 1))
    return _with_agreement_interval(result, rows, raters, error, n, k)


def _two_way_squares(block: Floats) -> Callable[[Weighing], tuple[Floats, Floats, Floats, Floats]]:
    """Mean squares of units, raters and the rest, and the number of units, of each resample."""
    k = block.shape[1]
    terms = columns(np.ones(len(block)), block.sum(axis=1) ** 2, (block**2).sum(axis=1), block)

    def mean_squares(weighing: Weighing) -> tuple[Floats, Floats, Floats, Floats]:
        totals = weighing.total(terms)
        n, rows, squares, by_rater = totals[:, 0], totals[:, 1], totals[:, 2], totals[:, 3:]
        mean_part = by_rater.sum(axis=1) ** 2 / (n * k)
        between = rows / k - mean_part
        raters = (by_rater**2).sum(axis=1) / n - mean_part
        error = squares - mean_part - between - raters
        mean_error = quotient(np.maximum(error, 0), (n - 1) * (k - 1))
        return quotient(between, n - 1), raters / (k - 1), mean_error, n

    return mean_squares


def _two_way_formula(form: Form) -> Formula:
    def formula(block: Floats) -> Callable[[Weighing], Floats]:
        k = block.shape[1]
        mean_squares = _two_way_squares(block)
        scale = (block**2).max()

        def correlation(weighing: Weighing) -> Floats:
            rows, raters, error, n = mean_squares(weighing)
            if form == "2,1":
                return quotient(rows - error, rows + (k - 1) * error + k * (raters - error) / n, scale)
            if form == "2,k":
                return quotient(rows - error, rows + (raters - error) / n, scale)
            if form == "3,1":
                return quotient(rows - error, rows + (k - 1) * error, scale)
            return quotient(rows - error, rows, scale)

        return correlation

    return formula


def _with_f_interval(
    result: Coefficient, effect: float, error: float, n: int, k: float, error_freedom: float
) -> Coefficient:
    """The interval of forms 1 and 3, from the F ratio of units to error."""
    from scipy.special import fdtri

    if error <= 0:
        return replace(result, ci=(1.0, 1.0), ci_method="analytic")
    f = effect / error
    low = f / fdtri(n - 1, error_freedom, 0.975)
    high = f * fdtri(error_freedom, n - 1, 0.975)
    if result.variant.endswith("k"):
        ci = (1 - 1 / low, 1 - 1 / high)
    else:
        ci = ((low - 1) / (low + k - 1), (high - 1) / (high + k - 1))
    return replace(result, ci=(float(ci[0]), float(ci[1])), ci_method="analytic")


def _with_agreement_interval(
    result: Coefficient, rows: float, raters: float, error: float, n: int, k: int
) -> Coefficient:
    """The interval of form 2, with Satterthwaite's degrees of freedom."""
    from scipy.special import fdtri

    if error <= 0 or rows <= ROUNDING * error:
        return result  # no F ratio of units to error to build on: left to the bootstrap
    # Where next to no degrees of freedom are left, limits are infinite or undefined, and refused below.
    with np.errstate(divide="ignore", invalid="ignore"):
        single = (rows - error) / (rows + (k - 1) * error + k * (raters - error) / n)
        a = k * single * raters / error
        b = n * (1 + (k - 1) * single) - k * single
        freedom = (n - 1) * (k - 1) * (a + b) ** 2 / ((n - 1) * a**2 + b**2)
        f_low, f_high = fdtri(n - 1, freedom, 0.975), fdtri(freedom, n - 1, 0.975)
        rest = k * raters + (k * n - k - n) * error
        low = n * (rows - f_low * error) / (f_low * rest + n * rows)
        high = n * (rows - error / f_high) / (rest / f_high + n * rows)  # f_high may be infinite
    if result.variant == "2,k":
        if 1 + (k - 1) * low <= ROUNDING:
            return result  # no mean of k raters has so low a reliability: left to the bootstrap
        low, high = (k * x / (1 + (k - 1) * x) for x in (low, high))
    if result.value is None or not low <= result.value <= high:
        return result  # too few units for the approximation
    return replace(result, ci=(float(low), float(high)), ci_method="analytic")


def _concordance(block: Floats) -> Callable[[Weighing], Floats]:
    x, y = block.T
    terms = columns(np.ones(len(x)), x, y, x**2 + y**2, (x - y) ** 2)

    def concordance(weighing: Weighing) -> Floats:
        n, sum_x, sum_y, squares, differences = weighing.total(terms).T
        return 1 - quotient(differences, squares - 2 * sum_x * sum_y / n, squares)

    return concordance


def _too_few_units(n: int) -> str:
    return tr("Needs at least two segments with ratings by two raters, and there are {n}.", n=n)


def _equal_means() -> str:
    return tr("All segments have the same mean rating, so the mean tells none of them apart.")
