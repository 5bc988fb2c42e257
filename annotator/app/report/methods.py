"""The paragraph on methods for a paper, its references, and what the figures cannot say."""

from collections.abc import Iterable, Sequence

from annotator.agreement.coefficient import Coefficient
from annotator.app.agreement import SchemeAgreement
from annotator.domain.translation import tr

#: Key -> reference, in the order in which they are listed.
REFERENCES = {
    "krippendorff": "Krippendorff, K. (2018). Content Analysis: An Introduction to Its Methodology (4th ed.). SAGE.",
    "cohen": "Cohen, J. (1960). A coefficient of agreement for nominal scales. Educational and Psychological"
    " Measurement, 20(1), 37-46.",
    "weighted": "Cohen, J. (1968). Weighted kappa: Nominal scale agreement with provision for scaled disagreement or"
    " partial credit. Psychological Bulletin, 70(4), 213-220.",
    "scott": "Scott, W. A. (1955). Reliability of content analysis: The case of nominal scale coding. Public Opinion"
    " Quarterly, 19(3), 321-325.",
    "fleiss": "Fleiss, J. L. (1971). Measuring nominal scale agreement among many raters. Psychological Bulletin,"
    " 76(5), 378-382.",
    "ac1": "Gwet, K. L. (2008). Computing inter-rater reliability and its variance in the presence of high agreement."
    " British Journal of Mathematical and Statistical Psychology, 61(1), 29-48.",
    "ac2": "Gwet, K. L. (2014). Handbook of Inter-Rater Reliability (4th ed.). Advanced Analytics.",
    "icc": "Shrout, P. E., & Fleiss, J. L. (1979). Intraclass correlations: Uses in assessing rater reliability."
    " Psychological Bulletin, 86(2), 420-428.",
    "ccc": "Lin, L. I.-K. (1989). A concordance correlation coefficient to evaluate reproducibility. Biometrics,"
    " 45(1), 255-268.",
    "masi": "Passonneau, R. (2006). Measuring agreement on set-valued items (MASI) for semantic and pragmatic"
    " annotation. Proceedings of LREC.",
    "bootstrap": "Efron, B., & Tibshirani, R. J. (1993). An Introduction to the Bootstrap. Chapman & Hall.",
    "jackknife": "Efron, B. (1981). Nonparametric estimates of standard error: The jackknife, the bootstrap and other"
    " methods. Biometrika, 68(3), 589-599.",
    "clusters": "Davison, A. C., & Hinkley, D. V. (1997). Bootstrap Methods and their Application. Cambridge"
    " University Press.",
    "landis": "Landis, J. R., & Koch, G. G. (1977). The measurement of observer agreement for categorical data."
    " Biometrics, 33(1), 159-174.",
    "bonett": "Bonett, D. G. (2002). Sample size requirements for estimating intraclass correlations with desired"
    " precision. Statistics in Medicine, 21(9), 1331-1335.",
}


def titles(coefficients: Iterable[Coefficient]) -> list[str]:
    """What each coefficient is called in a table."""
    return [title(c.name, c.variant) for c in coefficients]


def title(name: str, variant: str) -> str:
    """What a coefficient is called, with its variant.

    >>> title("icc", "1,k"), title("gwet_ac1", "nominal")
    ('ICC(1,k), mean of k raters', "Gwet's AC1")
    """
    if name == "icc":
        kind = tr("mean of k raters") if variant.endswith("k") else tr("single rater")
        return tr("ICC({variant}), {kind}", variant=variant, kind=kind)
    names = {
        "krippendorff_alpha": tr("Krippendorff's alpha"),
        "cohen_kappa": tr("Cohen's kappa"),
        "weighted_kappa": tr("Weighted kappa"),
        "fleiss_kappa": tr("Fleiss' kappa"),
        "scott_pi": tr("Scott's pi"),
        "gwet_ac1": tr("Gwet's AC1"),
        "gwet_ac2": tr("Gwet's AC2"),
        "ccc": tr("Concordance correlation"),
        "pearson": tr("Pearson's correlation"),
        "spearman": tr("Spearman's correlation"),
        "percent_agreement": tr("Percent agreement"),
    }
    plain = names.get(name, name)
    silent = variant == "nominal" and name != "krippendorff_alpha"
    return plain if silent or name == "ccc" else f"{plain}, {tr(variant)}"


def paragraph(agreement: SchemeAgreement, *, replicates: int, seed: int) -> str:
    """Two or three sentences on how agreement was measured, in the past tense, with citations."""
    used = [c for report in agreement.items for c in report.coefficients]
    used += [agreement.sets] if agreement.sets else []
    n_units = max(report.n_items for report in agreement.items)
    n_raters = max(report.n_raters for report in agreement.items)
    cited = _cited(used)
    figures = "; ".join(
        dict.fromkeys(
            title(c.name, c.variant) + ("" if c.name == "spearman" else _brackets(cited[c.name]))
            for c in used
        )
    )
    drawn = (
        tr("{key} groups, the units of resampling", key=agreement.cluster_key)
        if agreement.cluster_key
        else tr("segments")
    )
    judged = tr("felt by the rater") if agreement.scheme.judged == "felt" else tr("expressed by the sound")
    return " ".join(
        (
            tr(
                "{n} segments were rated by {raters} raters with {scheme} (emotion {judged}).",
                n=n_units, raters=n_raters, scheme=agreement.scheme.title, judged=judged,
            ),
            tr("Agreement was measured by: {figures}.", figures=figures),
            tr(
                "95 % intervals are percentile intervals of {replicates} bootstrap resamples of {drawn} (seed {seed};"
                " Efron & Tibshirani, 1993; Davison & Hinkley, 1997); missing ratings were left out, two-way"
                " intraclass correlations used the segments that every rater rated, and repeated ratings entered"
                " self-agreement alone.",
                replicates=replicates, drawn=drawn, seed=seed,
            ),
            *(
                [tr(
                    "The interval of Spearman's correlation is that of Fisher's z with the standard error of the"
                    " infinitesimal jackknife (Efron, 1981) over {drawn}.", drawn=drawn,
                )]
                if any(c.name == "spearman" and c.ci for c in used) else []
            ),
        )
    )  # fmt: skip


def references(agreements: Sequence[SchemeAgreement]) -> list[str]:
    """The works that the report rests on."""
    used = [c for a in agreements for r in a.items for c in r.coefficients]
    used += [a.sets for a in agreements if a.sets]
    wanted = {"bootstrap", "clusters", "landis", "bonett", *(_KEYS.get(c.name, "") for c in used)}
    if any(c.variant == "masi" for c in used):
        wanted.add("masi")
    return [text for key, text in REFERENCES.items() if key in wanted]


def limits() -> list[str]:
    """What the figures cannot say."""
    return [
        tr(
            "A coefficient says how alike these raters answered, not whether they are right: people can share an error."
        ),
        tr(
            "Low agreement on felt emotion need not be error; people feel differently, and shares then are the label."
        ),
        tr(
            "Figures of different coefficients, or of corpora with other shares of the categories, are not comparable."
        ),
        tr("The words of Landis & Koch (poor ... almost perfect) are a convention, not a test."),
        tr(
            "Intervals tell the doubt from the choice of segments, not from the choice of raters, except for ICC(2)."
        ),
        tr("Hints about raters start a talk; listening to the segments behind them decides."),
        tr("The outlook on more raters takes it that they will be like those so far."),
    ]


_KEYS = {
    "krippendorff_alpha": "krippendorff",
    "cohen_kappa": "cohen",
    "weighted_kappa": "weighted",
    "scott_pi": "scott",
    "fleiss_kappa": "fleiss",
    "gwet_ac1": "ac1",
    "gwet_ac2": "ac2",
    "icc": "icc",
    "ccc": "ccc",
    "spearman": "jackknife",
}


def _cited(used: Iterable[Coefficient]) -> dict[str, str]:
    """Author and year of each coefficient, from its reference."""
    found = {}
    for c in used:
        text = REFERENCES.get(_KEYS.get(c.name, ""), "")
        year = text.partition("(")[2].partition(")")[0]
        authors = text.partition(" (")[0].split(", ")
        names = " & ".join(name.removeprefix("& ") for name in authors if "." not in name)
        found[c.name] = f"{names}, {year}" if text else ""
    return found


def _brackets(text: str) -> str:
    return f" ({text})" if text else ""
