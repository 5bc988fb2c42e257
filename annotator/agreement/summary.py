"""What the figures mean, in sentences for people without statistics."""

from collections.abc import Mapping, Sequence

from annotator.agreement.coefficient import Coefficient
from annotator.domain.translation import tr, tr_n

#: Percent agreement from which, and alpha below which, the two seem to contradict each other.
PARADOX_PERCENT = 0.8
PARADOX_ALPHA = 0.4


def band(value: float) -> str:
    """The word of Landis & Koch (Biometrics 33, 1977) for a coefficient: a convention, not a test.

    >>> band(0.3), band(-0.1)
    ('fair', 'poor')
    """
    if value < 0:
        return tr("poor")
    words = (tr("slight"), tr("fair"), tr("moderate"), tr("substantial"))
    for limit, word in zip((0.2, 0.4, 0.6, 0.8), words, strict=True):
        if value <= limit:
            return word
    return tr("almost perfect")


def summarise(
    *,
    n_items: int,
    n_raters: int,
    n_single: int,
    percent: Coefficient,
    difference: float | None,
    prevalence: Mapping[str, float],
    coefficients: Sequence[Coefficient],
) -> str:
    """A few sentences: how often raters agree, what remains beyond chance, and what that is good for.

    `coefficients` holds Krippendorff's alpha first; others are spoken of where they explain it.
    """
    alpha = coefficients[0]
    by_name = {(c.name, c.variant): c for c in coefficients}
    sentences = [_single(n_single, n_items)] if n_single else []
    if percent.value is not None and n_raters > 1:
        sentences.append(
            tr("Two raters of the same segment give the same answer {share} of the time.",
               share=_percent(percent.value))
        )  # fmt: skip
    if difference is not None:
        sentences.append(
            tr("Two raters of the same segment lie {difference:.2g} apart on average.", difference=difference)
        )
    sentences.append(_beyond_chance(alpha))
    paradox = percent.value is not None and percent.value >= PARADOX_PERCENT
    if paradox and alpha.value is not None and alpha.value < PARADOX_ALPHA:
        sentences.append(_paradox(prevalence, by_name.get(("gwet_ac1", "nominal"))))
    sentences.extend(_single_and_mean(by_name.get(("icc", "1,1")), by_name.get(("icc", "1,k"))))
    return " ".join(sentences)


def _single(n_single: int, n_items: int) -> str:
    return tr_n(
        "{n} of {total} segments has a single rating and says nothing about agreement.",
        "{n} of {total} segments have a single rating and say nothing about agreement.",
        n_single,
        total=n_items,
    )


def _beyond_chance(alpha: Coefficient) -> str:
    if alpha.value is None:
        return tr("Agreement beyond chance cannot be computed. {reason}", reason=alpha.reason)
    if alpha.ci is None:
        text = tr(
            'Agreement beyond chance (Krippendorff\'s alpha: 1 perfect, 0 chance) is {value:.2f}, by custom "{band}".',
            value=alpha.value,
            band=band(alpha.value),
        )
        return f"{text} {alpha.reason}".strip()
    return tr(
        "Agreement beyond chance (Krippendorff's alpha: 1 perfect, 0 chance) is {value:.2f}, by custom"
        ' "{band}"; the ratings are compatible with values from {low:.2f} to {high:.2f} (95 % interval).',
        value=alpha.value,
        band=band(alpha.value),
        low=alpha.ci[0],
        high=alpha.ci[1],
    )


def _paradox(prevalence: Mapping[str, float], ac1: Coefficient | None) -> str:
    category = max(prevalence, key=lambda name: prevalence[name])
    text = tr(
        'The two do not contradict each other: {share} of all ratings are "{category}", so raters who answered'
        " blindly in these proportions would agree {chance} of the time, and few ratings are left to show whether"
        " they can tell the difference.",
        share=_percent(prevalence[category]),
        chance=_percent(sum(share**2 for share in prevalence.values())),
        category=category,
    )
    if ac1 is None or ac1.value is None:
        return text
    more = tr("Gwet's AC1, which is less sensitive to this, is {value:.2f}.", value=ac1.value)
    return f"{text} {more}"


def _single_and_mean(single: Coefficient | None, mean: Coefficient | None) -> list[str]:
    if single is None or mean is None or single.value is None or mean.value is None:
        return []
    return [
        tr(
            "The reliability of one rater's answer is {single:.2f} (ICC 1,1), that of the mean of a segment's"
            " {k:.3g} raters {mean:.2f} (ICC 1,k): use the first for labels of single raters, the second for"
            " averaged ones.",
            single=single.value,
            k=single.n_ratings / single.n_units,
            mean=mean.value,
        )
    ]


def _percent(share: float) -> str:
    return tr("{percent:.0f} %", percent=100 * share)
