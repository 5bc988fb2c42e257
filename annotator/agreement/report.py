"""Everything that can be said of the agreement on one item of a scheme.

Which coefficients are reported follows from the level of the item and the raters:

=========  =====================================================================================
Level      Coefficients
=========  =====================================================================================
nominal    Krippendorff's alpha, Gwet's AC1, with two raters Cohen's kappa and Scott's pi, with more
           Fleiss' kappa; with two categories also one-way intraclass correlations (0 and 1 as numbers)
ordinal    Krippendorff's alpha, Gwet's AC2, one-way intraclass correlations of the steps, Pearson's and
           Spearman's correlation, with two raters linearly and quadratically weighted kappa
interval   Krippendorff's alpha (also as a ratio, where the scale starts at a true zero), intraclass
           correlations, Pearson's and Spearman's correlation, with two raters the concordance
=========  =====================================================================================

A coefficient that cannot be computed stands in the report with the reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from annotator.agreement.alpha import krippendorff_alpha, moments_sample
from annotator.agreement.bootstrap import with_intervals
from annotator.agreement.coefficient import Coefficient
from annotator.agreement.correlation import pearson, spearman
from annotator.agreement.disagreement import mean_difference, worst_units
from annotator.agreement.distances import ratio_alpha
from annotator.agreement.icc import block_sample, ccc, icc
from annotator.agreement.kappa import (
    cohen_kappa,
    counts_sample,
    fleiss_kappa,
    gwet_ac1,
    gwet_ac2,
    percent_agreement,
    scott_pi,
)
from annotator.agreement.pairwise import (
    MEASURES,
    Level,
    pairs_of,
    pairwise,
    self_agreement,
    versus_rest,
    why_undefined,
)
from annotator.agreement.planning import Outlook, outlook
from annotator.agreement.ratings import Ratings, validate_once
from annotator.agreement.summary import summarise
from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr

#: With more raters than this a table of all pairs is no longer read by anyone; crowds get `raters` only.
MOST_PAIRED_RATERS = 300


@dataclass(frozen=True)
class CategoryReport:
    """One category against all others: its share of the ratings and its own nominal alpha."""

    category: str
    prevalence: float
    alpha: Coefficient


@dataclass(frozen=True)
class PairReport:
    """Two raters on the units both rated; `value` is `None` for the `reason` given."""

    a: str
    b: str
    n_shared: int
    value: float | None
    reason: str


@dataclass(frozen=True)
class RaterReport:
    """One rater: ratings given, agreement with all others and with themselves, each with what it rests on."""

    rater: str
    n: int
    vs_rest: float | None
    n_vs_rest: int
    vs_rest_reason: str
    self_agreement: float | None
    n_repeats: int
    self_agreement_reason: str


@dataclass(frozen=True)
class ItemReport:
    """The agreement on one item; `to_dict` gives it as plain data.

    `percent_agreement`, of categories, and `mean_difference`, of ordered categories and numbers, are the
    uncorrected figures; `worst` holds (unit, disagreement, number of ratings) of the units that divide the
    raters most; `measure` is the name and variant of the figures in `pairwise` and `raters`; `outlook` says what 2 to
    10 raters would bring.
    """

    item: str
    level: Level
    n_items: int
    n_raters: int
    n_ratings: int
    n_single: int
    ratings_per_item: tuple[int, float, int]
    percent_agreement: Coefficient
    mean_difference: float | None
    prevalence: dict[str, float]
    coefficients: tuple[Coefficient, ...]
    per_category: tuple[CategoryReport, ...]
    measure: tuple[str, str]
    pairwise: tuple[PairReport, ...]
    pairwise_reason: str
    raters: tuple[RaterReport, ...]
    worst: tuple[tuple[int, float, int], ...]
    summary: str
    outlook: tuple[Outlook, ...] = ()

    def coefficient(self, name: str, variant: str) -> Coefficient | None:
        """The coefficient of that name and variant, `None` where it is not reported."""
        return next((c for c in self.coefficients if (c.name, c.variant) == (name, variant)), None)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON; numbers unrounded, undefined ones `None` beside a reason."""
        percent = self.percent_agreement
        return {
            "item": self.item,
            "level": self.level,
            "n_items": self.n_items,
            "n_raters": self.n_raters,
            "n_ratings": self.n_ratings,
            "n_single": self.n_single,
            "ratings_per_item": dict(zip(("min", "median", "max"), self.ratings_per_item, strict=True)),
            "percent_agreement": percent.value,
            "percent_agreement_ci": list(percent.ci) if percent.ci else [None, None],
            "percent_agreement_reason": percent.reason,
            "mean_difference": self.mean_difference,
            "prevalence": self.prevalence,
            "coefficients": [c.to_dict() for c in self.coefficients],
            "per_category": [
                {"category": c.category, "prevalence": c.prevalence, **c.alpha.to_dict()}
                for c in self.per_category
            ],
            "measure": {"name": self.measure[0], "variant": self.measure[1]},
            "pairwise": [
                {"a": p.a, "b": p.b, "n_shared": p.n_shared, "value": p.value, "reason": p.reason}
                for p in self.pairwise
            ],
            "pairwise_reason": self.pairwise_reason,
            "raters": [
                {
                    "rater": r.rater,
                    "n": r.n,
                    "vs_rest": r.vs_rest,
                    "n_vs_rest": r.n_vs_rest,
                    "vs_rest_reason": r.vs_rest_reason,
                    "self_agreement": r.self_agreement,
                    "n_repeats": r.n_repeats,
                    "self_agreement_reason": r.self_agreement_reason,
                }
                for r in self.raters
            ],
            "worst": [{"unit": unit, "score": score, "n": n} for unit, score, n in self.worst],
            "outlook": [
                {"raters": o.raters, "width": o.width, "mean_reliability": o.mean_reliability}
                for o in self.outlook
            ],
            "summary": self.summary,
        }


def report_item(
    ratings: Ratings,
    *,
    item: str,
    level: Level,
    categories: Sequence[str] = (),
    rater_names: Sequence[str],
    repeats: Ratings | None = None,
    ratio: bool = False,
    replicates: int = 1000,
    seed: int = 0,
) -> ItemReport:
    """Everything that can be said of the agreement on one item.

    Parameters
    ----------
    ratings
        First answers, one per rater and unit; category codes unless `level` is `interval`.
    item
        Name of the item.
    level
        `nominal`, `ordinal` or `interval`.
    categories
        Names of the codes, in the order of the scale; ignored for `interval`.
    rater_names
        Name of each rater by index.
    repeats
        Answers given when the same rater was asked the same unit again; they enter self-agreement only.
    ratio
        Whether 0 means nothing of what is rated, so that twice the number is twice as much.
    replicates, seed
        Resamples and seed of the bootstrap over units, or over `ratings.clusters` where given.

    Raises
    ------
    AnnotatorError
        Where a rater rated a unit twice, or names do not match the codes.

    >>> votes = Ratings.from_table([[20, 5], [10, 15]])
    >>> report = report_item(votes, item="tense", level="nominal", categories=["no", "yes"],
    ...                      rater_names=["Ann", "Bo"])
    >>> report.to_dict()["percent_agreement"], round(report.coefficient("cohen_kappa", "nominal").value, 3)
    (0.7, 0.4)
    """
    _validate(ratings, level, categories, rater_names)
    present = ratings.per_unit[ratings.per_unit > 0]
    coefficients = _coefficients(ratings, level, ratio)
    percent = _percent(ratings, level)
    percent, *coefficients = with_intervals(
        [percent, *coefficients], clusters=ratings.clusters, replicates=replicates, seed=seed
    )
    prevalence = {} if level == "interval" else _prevalence(ratings, categories)
    difference = None if level == "nominal" else mean_difference(ratings)
    n_raters = int(np.count_nonzero(ratings.per_rater))
    pairs, no_pairs = _pairs(ratings, level, rater_names, n_raters)
    n_single = int(np.count_nonzero(present == 1))
    worst, scores = worst_units(ratings, level)
    return ItemReport(
        item=item,
        level=level,
        n_items=len(present),
        n_raters=n_raters,
        n_ratings=len(ratings.values),
        n_single=n_single,
        ratings_per_item=(int(present.min()), float(np.median(present)), int(present.max()))
        if len(present)
        else (0, 0.0, 0),
        percent_agreement=percent,
        mean_difference=difference,
        prevalence=prevalence,
        coefficients=tuple(coefficients),
        per_category=_per_category(ratings, level, categories, prevalence),
        measure=MEASURES[level],
        pairwise=pairs,
        pairwise_reason=no_pairs,
        raters=_raters(ratings, repeats, level, rater_names),
        worst=tuple(
            (int(u), float(s), int(n)) for u, s, n in zip(worst, scores, ratings.per_unit[worst], strict=True)
        ),
        summary=summarise(
            n_items=len(present),
            n_raters=n_raters,
            n_single=n_single,
            percent=percent,
            difference=difference,
            prevalence=prevalence,
            coefficients=coefficients,
        ),
        outlook=outlook(coefficients[0]),
    )


def _validate(ratings: Ratings, level: Level, categories: Sequence[str], rater_names: Sequence[str]) -> None:
    if level not in MEASURES:
        raise AnnotatorError(
            tr('Unknown level "{name}".', name=level), tr("Valid: {names}.", names=", ".join(MEASURES))
        )
    if level != "interval" and not 0 < len(categories) == ratings.n_categories:
        raise AnnotatorError(
            tr("{n} categories are named, and the ratings have {codes}.",
               n=len(categories), codes=ratings.n_categories),
            tr("Name every category of the scale, also those never chosen."),
        )  # fmt: skip
    if len(rater_names) < ratings.n_raters:
        raise AnnotatorError(
            tr("{n} raters are named, and there are {raters}.", n=len(rater_names), raters=ratings.n_raters)
        )
    validate_once(ratings)


def _coefficients(ratings: Ratings, level: Level, ratio: bool) -> list[Coefficient]:
    two = np.count_nonzero(ratings.per_rater) == 2
    moments = moments_sample(ratings)
    mean_of_k = [icc(ratings, "1,1", sample=moments), icc(ratings, "1,k", sample=moments)]
    if level == "interval":
        block = block_sample(ratings)
        return [
            krippendorff_alpha(ratings, "interval", sample=moments),
            *mean_of_k,
            *(icc(ratings, form, sample=block) for form in ("2,1", "2,k", "3,1", "3,k")),
            *([ccc(ratings)] if two else []),
            *([ratio_alpha(ratings)] if ratio else []),
            pearson(ratings),
            spearman(ratings),
        ]
    # The analytic intervals of intraclass correlations assume normal numbers, which codes are not.
    mean_of_k = [replace(c, ci=None, ci_method="") for c in mean_of_k]
    counts = counts_sample(ratings)
    if level == "ordinal":
        weighted = [cohen_kappa(ratings, "linear"), cohen_kappa(ratings, "quadratic")] if two else []
        return [
            krippendorff_alpha(ratings, "ordinal", sample=counts),
            *weighted,
            gwet_ac2(ratings, "quadratic", sample=counts),
            *mean_of_k,
            pearson(ratings),
            spearman(ratings),
        ]
    return [
        krippendorff_alpha(ratings, "nominal", sample=counts),
        *([cohen_kappa(ratings), scott_pi(ratings)] if two else [fleiss_kappa(ratings, sample=counts)]),
        gwet_ac1(ratings, sample=counts),
        *(mean_of_k if ratings.n_categories == 2 else []),
    ]


def _percent(ratings: Ratings, level: Level) -> Coefficient:
    if level == "interval":
        reason = tr("Numbers on a scale are hardly ever equal; see how far two raters lie apart on average.")
        return Coefficient("percent_agreement", "interval", None, reason)
    return percent_agreement(ratings)


def _prevalence(ratings: Ratings, categories: Sequence[str]) -> dict[str, float]:
    shares = ratings.counts.sum(axis=0) / max(len(ratings.values), 1)
    return dict(zip(categories, shares.tolist(), strict=True))


def _per_category(
    ratings: Ratings, level: Level, categories: Sequence[str], prevalence: dict[str, float]
) -> tuple[CategoryReport, ...]:
    if level == "interval":
        return ()
    reports = []
    for code, category in enumerate(categories):
        chosen = Ratings(ratings.units, ratings.raters, (ratings.codes == code) * 1.0, n_categories=2)
        reports.append(CategoryReport(category, prevalence[category], krippendorff_alpha(chosen)))
    return tuple(reports)


def _pairs(
    ratings: Ratings, level: Level, names: Sequence[str], n_raters: int
) -> tuple[tuple[PairReport, ...], str]:
    if n_raters > MOST_PAIRED_RATERS:
        return (), tr(
            "Pairs are not listed for more than {most} raters; there are {n}.",
            most=MOST_PAIRED_RATERS,
            n=n_raters,
        )
    result = pairwise(ratings, level)
    first, second = pairs_of(result.shared)
    reports = []
    for a, b in zip(first.tolist(), second.tolist(), strict=True):
        n = int(result.shared[a, b])
        value, reason = _defined(float(result.values[a, b]), n, level)
        reports.append(PairReport(names[a], names[b], n, value, reason))
    return tuple(reports), ""


def _raters(
    ratings: Ratings, repeats: Ratings | None, level: Level, names: Sequence[str]
) -> tuple[RaterReport, ...]:
    rest = versus_rest(ratings, level)
    again = self_agreement(ratings, repeats, level) if repeats is not None else None
    reports = []
    for rater in np.flatnonzero(ratings.per_rater).tolist():
        n_rest = int(rest.n[rater])
        vs_rest, rest_reason = _defined(float(rest.values[rater]), n_rest, level)
        n_again = int(again.n[rater]) if again is not None else 0
        itself, self_reason = (
            _defined(float(again.values[rater]), n_again, level)
            if again is not None and n_again
            else (None, tr("No segment was given to this rater twice."))
        )
        n = int(ratings.per_rater[rater])
        reports.append(
            RaterReport(names[rater], n, vs_rest, n_rest, rest_reason, itself, n_again, self_reason)
        )
    return tuple(reports)


def _defined(value: float, n: int, level: Level) -> tuple[float | None, str]:
    return (None, why_undefined(n, level)) if np.isnan(value) else (value, "")
