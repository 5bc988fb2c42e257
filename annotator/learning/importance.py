"""Which kinds of features a model leans on: what it loses where their values are shuffled among the tested segments.

All values of a family (all MFCC, all chroma, ...) are shuffled together, the same way: single values of a family stand
in for one another, so that shuffling one of them alone would show nothing (L. Breiman, Machine Learning 45, 2001;
B. Gregorutti et al., Computational Statistics & Data Analysis 90, 2015).
"""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.domain.progress import Job, Progress
from annotator.domain.translation import tr
from annotator.learning.intervals import bootstrap_main, sums_by_group
from annotator.learning.metrics import MAIN
from annotator.learning.problem import Problem
from annotator.learning.recipe import predict
from annotator.learning.rounds import Outcome

_REPEATS = 5
_STATISTICS = r"(_(mean|std|p\d+|range|(rising|falling)_slope))+$|_sma.*$"


def family_of(column: str) -> str:
    """The kind of feature that a column belongs to: its name without set, number and statistic.

    >>> [family_of(name) for name in ("mfcc_03_mean", "lowlevel.zcr_std", "chroma_12", "f0_p20", "delta_flux_std")]
    ['mfcc', 'zcr', 'chroma', 'f0', 'delta_flux']
    >>> [family_of(name) for name in ("opensmile.F0semitoneFrom27.5Hz_sma3nz_percentile20.0", "mfcc1V_sma3nz_amean")]
    ['F0semitoneFrom27.5Hz', 'mfcc']
    """
    # A point before a digit belongs to a number.
    name = re.sub(_STATISTICS, "", re.sub(r"^.*\.(?=\D)", "", column))
    return re.sub(r"_\d+$|(?<=^e)\d{4}$|(?<=^mfcc)\dV?$", "", name)


def importance(
    problem: Problem, outcomes: Sequence[Outcome], columns: Sequence[str], *, seed: int, replicates: int
) -> Job[dict[str, Any]]:
    """How much the main metric falls where a family of features is shuffled.

    Returns
    -------
    dict
        `metric`; `families`, the most important first, each with `family`, `columns` (their number), `value` (the
        fall, mean of five shuffles) and `ci` (resampling groups).
    """
    families: dict[str, list[int]] = {}
    for number, column in enumerate(columns):
        families.setdefault(family_of(column), []).append(number)
    rows = np.concatenate([outcome.fold.test for outcome in outcomes])
    whole = sums_by_group(problem, rows, np.concatenate([outcome.predicted for outcome in outcomes]))
    scorer = problem.scorer
    entries: list[dict[str, Any]] = []
    for step, (family, members) in enumerate(families.items()):
        yield Progress(step, len(families), tr("Importance of {family}", family=family))
        rng = np.random.default_rng([seed, step])
        shuffled = np.array(
            [
                sums_by_group(
                    problem, rows, np.concatenate([_without(problem, one, members, rng) for one in outcomes])
                )
                for _ in range(_REPEATS)
            ]
        )
        value = float(scorer.main(whole.sum(axis=0)) - np.mean(scorer.main(shuffled.sum(axis=1))))
        ci = bootstrap_main(scorer, whole, replicates=replicates, seed=seed, less=shuffled)
        entries.append(
            {
                "family": family,
                "columns": len(members),
                "value": None if np.isnan(value) else value,
                "ci": [None, None] if ci is None else list(ci),
            }
        )
    entries.sort(key=lambda entry: (entry["value"] is None, -(entry["value"] or 0.0), entry["family"]))
    return {"metric": MAIN[problem.task], "families": entries}


def _without(
    problem: Problem, outcome: Outcome, members: list[int], rng: np.random.Generator
) -> NDArray[Any]:
    """What a model says of its test side where some columns belong to other segments of it."""
    if not outcome.trained:
        return outcome.predicted
    X = problem.X[outcome.fold.test].copy()
    X[:, members] = X[rng.permutation(len(X))][:, members]
    return predict(problem, outcome.estimator, X)
