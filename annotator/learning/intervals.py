"""95 % intervals from resampling groups with replacement.

They tell how a figure would vary with other songs or speakers tested, for the models as trained.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.domain.translation import tr
from annotator.learning.metrics import Scorer
from annotator.learning.problem import Problem
from annotator.learning.ratios import Floats

#: Bootstrap replicates evaluated at once, which bounds the memory for many groups.
_REPLICATES_AT_ONCE = 100


def bootstrap(scorer: Scorer, group_sums: Floats, *, replicates: int, seed: int) -> Floats:
    """95 % percentile intervals from resampling groups with replacement (B. Efron, Annals of Statistics 7(1), 1979).

    They tell how the figure would vary with other songs or speakers tested, for the models as trained.

    Parameters
    ----------
    scorer
        Turns sums into metrics.
    group_sums
        Sums of every group, (groups, ...).
    replicates, seed
        Number of replicates and what makes them repeatable.

    Returns
    -------
    ndarray
        (metrics, 2), the lower and upper bound, widened where needed to hold the estimate; NaN with fewer than two
        groups, or where no replicate is defined.
    """
    estimates = scorer.metrics(group_sums.sum(axis=0))
    if len(group_sums) < 2:
        return np.full((len(estimates), 2), np.nan)
    drawn = _drawn(scorer, group_sums, replicates, seed)
    bounds = [percentiles(drawn[:, metric], estimate) for metric, estimate in enumerate(estimates.tolist())]
    return np.array(bounds)


def bootstrap_main(
    scorer: Scorer, group_sums: Floats, *, replicates: int, seed: int, less: Floats | None = None
) -> tuple[float, float] | None:
    """The interval of the main metric or, with `less`, of how much it falls from `group_sums` to each of `less`.

    `less` is (repeats, groups, ...): the mean over the repeats is taken, and each replicate draws the same groups
    for both. `None` where it is undefined.
    """
    if len(group_sums) < 2:
        return None

    def main_of(sums: Floats) -> Floats:
        drawn: Floats = _drawn(scorer, sums, replicates, seed)
        return drawn[:, scorer.main_index]

    values, estimate = main_of(group_sums), float(scorer.main(group_sums.sum(axis=0)))
    if less is not None:
        values = values - np.mean([main_of(sums) for sums in less], axis=0)
        estimate -= float(np.mean(scorer.main(less.sum(axis=1))))
    low, high = percentiles(values, estimate)
    return None if np.isnan(low) else (low, high)


def percentiles(drawn: Floats, estimate: float) -> tuple[float, float]:
    """The 2.5th and 97.5th percentile of what is defined, widened to hold the estimate; NaN where nothing is."""
    defined = drawn[~np.isnan(drawn)]
    if not len(defined) or np.isnan(estimate):
        return np.nan, np.nan
    low, high = np.percentile(defined, [2.5, 97.5])
    return min(float(low), estimate), max(float(high), estimate)


def overall(
    problem: Problem, rows: NDArray[np.intp], predicted: NDArray[Any], replicates: int, seed: int
) -> dict[str, dict[str, Any]]:
    """Every metric of the predictions for `rows` with its interval, ready for JSON."""
    scorer = problem.scorer
    group_sums = sums_by_group(problem, rows, predicted)
    total = group_sums.sum(axis=0)
    estimates = scorer.metrics(total)
    intervals = bootstrap(scorer, group_sums, replicates=replicates, seed=seed)
    result: dict[str, dict[str, Any]] = {}
    for name, value, (low, high) in zip(scorer.names, estimates.tolist(), intervals.tolist(), strict=True):
        if np.isnan(value):
            result[name] = {"value": None, "ci": [None, None], "reason": scorer.reason(total)}
        elif np.isnan(low):
            result[name] = {
                "value": value,
                "ci": [None, None],
                "reason": tr("an interval needs at least two groups"),
            }
        else:
            result[name] = {"value": value, "ci": [low, high]}
    return result


def sums_by_group(problem: Problem, rows: NDArray[np.intp], predicted: NDArray[Any]) -> Floats:
    """What the metrics are computed from, for every group among `rows`, (groups, ...)."""
    _, groups = np.unique(problem.groups[rows], return_inverse=True)
    return problem.scorer.grouped_sums(problem.target[rows], predicted, groups, int(groups.max()) + 1)


def _drawn(scorer: Scorer, group_sums: Floats, replicates: int, seed: int) -> Floats:
    """Metrics of every replicate, (replicates, metrics); the same groups are drawn for the same seed and number."""
    n_groups = len(group_sums)
    rng = np.random.default_rng(seed)
    values = []
    for first in range(0, replicates, _REPLICATES_AT_ONCE):
        size = min(_REPLICATES_AT_ONCE, replicates - first)
        weights = rng.multinomial(n_groups, np.full(n_groups, 1 / n_groups), size=size)
        values.append(scorer.metrics(np.tensordot(weights.astype(np.float64), group_sums, axes=1)))
    return np.concatenate(values)
