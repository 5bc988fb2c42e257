"""Agreement on categories: percent agreement, Cohen's and Fleiss' kappa, Scott's pi, Gwet's AC1 and AC2.

Conventions
-----------
All functions take `Ratings` with category codes and return a `Coefficient`. Kappas compare the observed
agreement with that expected by chance: 1 is perfect, 0 no better than chance. Where every rating is the same
category there is nothing to tell chance from skill, and all of them are undefined, AC1 included.

Metrics
-------
* `percent_agreement`: mean over units of the share of rater pairs that gave the same category.
* `cohen_kappa`: two raters, each with a distribution of their own; plain, linear, quadratic or own weights.
* `fleiss_kappa`: any raters, one common distribution; `generalised` where their number differs.
* `scott_pi`: two raters with one common distribution.
* `gwet_ac1`: as Fleiss, with an expectation that stays low when nearly all ratings are one category.
* `gwet_ac2`: AC1 with partial credit for categories that lie close on an ordered scale.

References
----------
.. [1] J. Cohen, "A coefficient of agreement for nominal scales", Educ. Psychol. Meas. 20(1), 1960.
.. [2] J. Cohen, "Weighted kappa", Psychol. Bull. 70(4), 1968.
.. [3] J. L. Fleiss, J. Cohen, B. S. Everitt, "Large sample standard errors of kappa and weighted kappa",
   Psychol. Bull. 72(5), 1969.
.. [4] J. L. Fleiss, "Measuring nominal scale agreement among many raters", Psychol. Bull. 76(5), 1971.
.. [5] K. L. Gwet, "Computing inter-rater reliability and its variance in the presence of high agreement",
   Br. J. Math. Stat. Psychol. 61(1), 2008.
.. [6] K. L. Gwet, "Handbook of Inter-Rater Reliability", 4th ed., 2014 (missing ratings; AC2).
.. [7] W. A. Scott, "Reliability of content analysis: the case of nominal scale coding", Public Opin. Q. 19(3),
   1955.
"""

from collections.abc import Callable
from dataclasses import replace
from statistics import NormalDist
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from annotator.agreement.coefficient import (
    ROUNDING,
    Coefficient,
    Formula,
    Sample,
    Weighing,
    columns,
    estimate,
    one_category,
    quotient,
    rated,
    why_nothing_to_compare,
    why_two_raters_needed,
)
from annotator.agreement.ratings import Floats, Ratings
from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr

Weights = Literal["nominal", "linear", "quadratic"]


def percent_agreement(ratings: Ratings, *, sample: Sample | None = None) -> Coefficient:
    """Share of pairs of raters of one unit that gave the same category, averaged over units with two or more.

    >>> percent_agreement(Ratings.from_table([[80, 10], [5, 5]])).value
    0.85
    """
    return _of_counts("percent_agreement", "nominal", ratings, sample, _percent_agreement)


def fleiss_kappa(ratings: Ratings, *, sample: Sample | None = None) -> Coefficient:
    """Fleiss' kappa [4]_; variant `nominal` with equally many ratings for every unit, else `generalised`.

    The generalised form is Gwet's [6]_: observed agreement is the mean over units with at least two ratings,
    the chance distribution the mean over all rated units of their category shares.

    >>> round(fleiss_kappa(Ratings.from_counts([[3, 0], [0, 3], [2, 1]])).value, 12)
    0.55
    """
    present = ratings.per_unit[ratings.per_unit > 0]
    equal = len(present) > 0 and present.min() == present.max()
    return _of_counts("fleiss_kappa", "nominal" if equal else "generalised", ratings, sample, _fleiss)


def gwet_ac1(ratings: Ratings, *, sample: Sample | None = None) -> Coefficient:
    """Gwet's AC1 [5]_, with missing ratings as in [6]_, over all categories of the scale.

    >>> round(gwet_ac1(Ratings.from_table([[118, 5], [2, 0]])).value, 4)
    0.9408
    """
    return _of_counts("gwet_ac1", "nominal", ratings, sample, _ac1)


def gwet_ac2(
    ratings: Ratings, weights: Literal["linear", "quadratic"] = "quadratic", *, sample: Sample | None = None
) -> Coefficient:
    """Gwet's AC2 [6]_: AC1 in which two categories agree by 1 - (steps between them / longest distance) ^ 1 or 2.

    >>> round(gwet_ac2(Ratings.from_counts([[2, 0, 0], [0, 1, 1], [0, 0, 2], [1, 1, 0]]), "linear").value, 4)
    0.4483
    """
    disagreement, variant = _disagreement(ratings.n_categories, weights)
    credit = 1 - disagreement / max(disagreement.max(), 1.0)

    def value(observed: Floats, shares: Floats) -> Floats:
        return _ac2(observed, shares, credit)

    return _of_counts("gwet_ac2", variant, ratings, sample, value, credit)


def scott_pi(ratings: Ratings) -> Coefficient:
    """Scott's pi [7]_ of two raters over the units both rated: kappa with the mean of their two distributions.

    >>> round(scott_pi(Ratings.from_table([[20, 5], [10, 15]])).value, 6)
    0.393939
    """
    reason = why_two_raters_needed(ratings)
    if reason:
        return Coefficient("scott_pi", "nominal", None, reason)
    units = np.flatnonzero(ratings.per_unit == 2)
    return estimate(
        "scott_pi", "nominal", Sample(ratings.counts[units], units), _from_observed_and_shares(_fleiss),
        n_ratings=2 * len(units), undefined=one_category(),
    )  # fmt: skip


def counts_sample(ratings: Ratings) -> Sample:
    """What the coefficients of counts know of each rated unit: its count in every category."""
    units = rated(ratings)
    every = len(units) == ratings.n_units
    return Sample(ratings.counts if every else ratings.counts[units], units)


def cohen_kappa(ratings: Ratings, weights: Weights | ArrayLike = "nominal") -> Coefficient:
    """Cohen's kappa of two raters over the units both rated, with its large-sample 95 % interval.

    Parameters
    ----------
    ratings
        Ratings by exactly two raters; otherwise the value is undefined.
    weights
        `nominal` (any difference counts alike [1]_), `linear` or `quadratic` in the steps between categories
        of the full ordered scale, or a (k, k) matrix of disagreements with 0 on the diagonal [2]_.

    Returns
    -------
    Coefficient
        Named `cohen_kappa` (nominal) or `weighted_kappa`. The analytic interval uses the standard error of
        [3]_ and takes units as independent; it is cut off at -1 and 1.

    >>> round(cohen_kappa(Ratings.from_table([[20, 5], [10, 15]])).value, 12)
    0.4
    """
    disagreement, variant = _disagreement(ratings.n_categories, weights)
    name = "cohen_kappa" if variant == "nominal" else "weighted_kappa"
    reason = why_two_raters_needed(ratings)
    if reason:
        return Coefficient(name, variant, None, reason)
    units, _, pairs = ratings.complete_block()
    result = estimate(
        name, variant, Sample(pairs, units), _cohen(disagreement), n_ratings=2 * len(units),
        undefined=one_category(),
    )  # fmt: skip
    if result.value is None or len(units) < 2:
        return result
    error = cohen_standard_error(_table(pairs, ratings.n_categories), disagreement)
    half = NormalDist().inv_cdf(0.975) * error
    ci = (max(result.value - half, -1.0), min(result.value + half, 1.0))
    return replace(result, ci=ci, ci_method="analytic")


def cohen_standard_error(table: Floats, disagreement: Floats) -> float:
    """Large-sample standard error of (weighted) kappa [3]_ from a (k, k) table and disagreement weights."""
    n = table.sum()
    shares = table / n
    first, second = shares.sum(axis=1), shares.sum(axis=0)
    weights = 1 - disagreement / disagreement.max()
    observed, expected = (weights * shares).sum(), first @ weights @ second
    kappa = (observed - expected) / (1 - expected)
    margins = (weights @ second)[:, None] + (first @ weights)[None, :]
    spread = (shares * (weights - margins * (1 - kappa)) ** 2).sum()
    variance = (spread - (kappa - expected * (1 - kappa)) ** 2) / (n * (1 - expected) ** 2)
    return float(np.sqrt(max(variance, 0.0)))


def agreement_per_unit(counts: Floats, credit: Floats | None = None) -> tuple[Floats, Floats]:
    """Share of agreeing rater pairs of each unit (0 where there is no pair), and 1 where there is one.

    `credit` (k, k) says how far two categories agree; wholly or not at all where it is not given.

    >>> agreement_per_unit(np.array([[2.0, 1.0], [1.0, 0.0]]))[0].round(3).tolist()
    [0.333, 0.0]
    """
    m = counts @ np.ones(counts.shape[1])
    agreeing = (counts * (counts if credit is None else counts @ credit)).sum(axis=1) - m
    agreement: Floats = agreeing / np.maximum(m * (m - 1), 1)  # without a pair, none agree
    return agreement, (m >= 2).astype(np.float64)


def _of_counts(
    name: str,
    variant: str,
    ratings: Ratings,
    sample: Sample | None,
    value: Callable[[Floats, Floats], Floats],
    credit: Floats | None = None,
) -> Coefficient:
    reason = why_nothing_to_compare(ratings)
    if reason:
        return Coefficient(name, variant, None, reason)
    return estimate(
        name,
        variant,
        sample or counts_sample(ratings),
        _from_observed_and_shares(value, credit),
        n_units=int(np.count_nonzero(ratings.per_unit >= 2)),
        n_ratings=int(ratings.per_unit[ratings.per_unit >= 2].sum()),
        undefined=one_category(),
    )


def _from_observed_and_shares(
    value: Callable[[Floats, Floats], Floats], credit: Floats | None = None
) -> Formula:
    """A formula of observed agreement (b,), NaN without any pair, and chance distribution (b, k)."""

    def formula(counts: Floats) -> Callable[[Weighing], Floats]:
        m = counts @ np.ones((counts.shape[1], 1))
        terms = columns(*agreement_per_unit(counts, credit), np.ones(len(counts)), counts / m)

        def weighed(weighing: Weighing) -> Floats:
            totals = weighing.total(terms)
            return value(quotient(totals[:, 0], totals[:, 1]), totals[:, 3:] / totals[:, 2:3])

        return weighed

    return formula


def _percent_agreement(observed: Floats, _: Floats) -> Floats:
    return observed


def _fleiss(observed: Floats, shares: Floats) -> Floats:
    expected = (shares**2).sum(axis=1)
    return quotient(observed - expected, 1 - expected)


def _ac1(observed: Floats, shares: Floats) -> Floats:
    diversity = (shares * (1 - shares)).sum(axis=1)
    expected = diversity / max(shares.shape[1] - 1, 1)
    return np.where(diversity > ROUNDING, (observed - expected) / (1 - expected), np.nan)


def _ac2(observed: Floats, shares: Floats, credit: Floats) -> Floats:
    k = shares.shape[1]
    diversity = (shares * (1 - shares)).sum(axis=1)
    expected = credit.sum() * diversity / max(k * (k - 1), 1)
    return np.where(diversity > ROUNDING, quotient(observed - expected, 1 - expected), np.nan)


def _cohen(disagreement: Floats) -> Formula:
    k = len(disagreement)

    def formula(pairs: Floats) -> Callable[[Weighing], Floats]:
        first, second = pairs[:, 0].astype(np.intp), pairs[:, 1].astype(np.intp)
        one_hot = np.eye(k)
        terms = columns(disagreement[first, second], one_hot[first], one_hot[second])

        def kappa(weighing: Weighing) -> Floats:
            totals = weighing.total(terms)
            observed, rows, margin = totals[:, 0], totals[:, 1 : k + 1], totals[:, k + 1 :]
            n = rows.sum(axis=1)
            expected = ((rows @ disagreement) * margin).sum(axis=1) / n
            return 1 - quotient(observed, expected, n * disagreement.max())

        return kappa

    return formula


def _disagreement(n_categories: int, weights: Weights | ArrayLike) -> tuple[Floats, str]:
    steps = np.abs(np.subtract.outer(np.arange(n_categories), np.arange(n_categories))).astype(np.float64)
    if isinstance(weights, str):
        named = {"nominal": (steps > 0).astype(np.float64), "linear": steps, "quadratic": steps**2}
        if weights not in named:
            raise AnnotatorError(
                tr('Unknown weights "{name}".', name=weights), tr("Valid: {names}.", names=", ".join(named))
            )
        return named[weights], weights
    given = np.asarray(weights, dtype=np.float64)
    if given.shape != steps.shape or np.diagonal(given).any() or not (given >= 0).all():
        raise AnnotatorError(
            tr("Disagreement weights must be a table of {n} by {n} numbers from 0, with 0 on the diagonal.",
               n=n_categories)
        )  # fmt: skip
    return given, "custom"


def _table(pairs: Floats, k: int) -> Floats:
    codes = pairs.astype(np.intp)
    return np.bincount(codes[:, 0] * k + codes[:, 1], minlength=k * k).reshape(k, k).astype(np.float64)
