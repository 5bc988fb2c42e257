"""How many raters are enough: the width of the interval to expect with 2 to 10 raters, from the data so far.

The variance of the reliability of one rating, estimated from n units with k ratings each, is for large n [1]_

    V(k) = 2 (1 - r)^2 (1 + (k - 1) r)^2 / (k (k - 1) n)

with r the reliability. The interval seen now, whose width also carries what the formula does not know (clusters, the
kind of coefficient, unequal numbers of ratings), is scaled by sqrt(V(k) / V(k now)). Reliability of the mean of k
raters follows from that of one by the formula of Spearman and Brown [2]_. Both take it that further raters are like
those so far.

References
----------
.. [1] D. G. Bonett, "Sample size requirements for estimating intraclass correlations with desired precision",
   Stat. Med. 21(9), 2002.
.. [2] W. Brown, "Some experimental results in the correlation of mental abilities", Br. J. Psychol. 3, 1910;
   C. Spearman, "Correlation calculated from faulty data", same issue.
"""

from dataclasses import dataclass

from annotator.agreement.coefficient import Coefficient


@dataclass(frozen=True, slots=True)
class Outlook:
    """With so many raters per segment: expected width of the 95 % interval, and reliability of their mean."""

    raters: int
    width: float
    mean_reliability: float


def outlook(alpha: Coefficient, *, most: int = 10) -> tuple[Outlook, ...]:
    """What 2 to `most` raters per unit would bring; empty where `alpha` has no value or no interval.

    >>> now = Coefficient("krippendorff_alpha", "nominal", 0.5, n_units=100, n_ratings=300, ci=(0.4, 0.6))
    >>> [round(o.width, 3) for o in outlook(now)][:3], round(outlook(now)[0].mean_reliability, 3)
    ([0.26, 0.2, 0.177], 0.667)
    """
    if alpha.value is None or alpha.ci is None or not alpha.n_units:
        return ()
    now = max(alpha.n_ratings / alpha.n_units, 2.0)
    r = min(max(alpha.value, 0.0), 0.999)
    width = alpha.ci[1] - alpha.ci[0]
    return tuple(
        Outlook(k, width * (_spread(r, k) / _spread(r, now)), k * r / (1 + (k - 1) * r))
        for k in range(2, most + 1)
    )


def _spread(r: float, k: float) -> float:
    """Square root of V(k), without what does not depend on k."""
    return float((1 + (k - 1) * r) / (k * (k - 1)) ** 0.5)
