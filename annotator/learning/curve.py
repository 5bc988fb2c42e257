"""Are more labels worth it? The model trained on growing shares of the training side, tested on the same segments.

Whole groups are added, as they would be in practice: new songs, new speakers. Each order of groups is drawn anew for
every fold and repeat, and smaller shares are contained in larger ones (C. Perlich et al., JMLR 4:211-255, 2003).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.domain.progress import Job, Progress, part
from annotator.domain.translation import tr
from annotator.learning.folds import Fold
from annotator.learning.intervals import bootstrap_main, sums_by_group
from annotator.learning.metrics import MAIN
from annotator.learning.problem import Problem
from annotator.learning.ratios import Floats
from annotator.learning.recipe import Recipe
from annotator.learning.rounds import Outcome, run_fold

#: Shares of the training side, the last of which is what the result itself was trained on.
SHARES = (0.125, 0.25, 0.5, 0.75, 1.0)
REPEATS = 3

#: Fewer training groups than this are not cut into shares of whole groups: single segments are added instead.
_FEW_GROUPS = 8


def learning_curve(
    problem: Problem, outcomes: Sequence[Outcome], recipe: Recipe, *, replicates: int
) -> Job[dict[str, Any]]:
    """The main metric at growing shares of the training side of each outcome, with the settings chosen there.

    Returns
    -------
    dict
        `metric`; `unit`, what was added as a whole: `groups` or `segments`; `points`, each with `share`, `n_train`
        and `n_groups` (means over folds), `value` (mean over repeats) and `ci`; `doubling`, what twice the labels
        would add if the last points went on in a straight line over the logarithm of their number, and its `reason`
        where that is undefined.
    """
    rows = np.concatenate([outcome.fold.test for outcome in outcomes])
    fewest = min(_n_groups(problem, outcome.fold.train) for outcome in outcomes)
    unit = "groups" if fewest >= _FEW_GROUPS else "segments"
    n_steps, doing = len(SHARES) * REPEATS, tr("Learning curve")
    points = []
    for place, share in enumerate(SHARES):
        sums, sizes, n_groups = [], [], []
        for repeat in range(1 if share == 1.0 else REPEATS):
            step = place * REPEATS + repeat
            yield Progress(step, n_steps, doing)
            predicted = []
            for number, outcome in enumerate(outcomes):
                order = np.random.default_rng([recipe.seed, repeat, number])
                train = _share_of(problem, outcome.fold.train, share, unit, order)
                sizes.append(len(train))
                n_groups.append(_n_groups(problem, train))
                if share == 1.0:
                    predicted.append(outcome.predicted)
                    continue
                again = _again(problem, recipe, outcome, train)
                at = step + number / len(outcomes)
                job = part(again, at, at + 1 / len(outcomes), n_steps, text=doing)
                predicted.append((yield from job))
            sums.append(sums_by_group(problem, rows, np.concatenate(predicted)))
        points.append(_point(problem, share, sizes, n_groups, np.array(sums), replicates, recipe.seed))
    return {"metric": MAIN[problem.task], "unit": unit, "points": points, "doubling": _doubling(points)}


def _again(problem: Problem, recipe: Recipe, outcome: Outcome, train: NDArray[np.intp]) -> Job[NDArray[Any]]:
    settings = outcome.chosen.settings if outcome.chosen else {}
    fold = Fold(outcome.fold.part, train, outcome.fold.test)
    tested = yield from run_fold(problem, recipe, fold, settings=settings)
    return tested.predicted


def _point(
    problem: Problem,
    share: float,
    sizes: list[int],
    n_groups: list[int],
    sums: Floats,
    replicates: int,
    seed: int,
) -> dict[str, Any]:
    scorer = problem.scorer
    value = float(np.mean(scorer.main(sums.sum(axis=1))))
    # The repeats are averaged as sums: their spread is that of the orders, not of the segments tested.
    ci = bootstrap_main(scorer, sums.mean(axis=0), replicates=replicates, seed=seed)
    if ci is not None and not np.isnan(value):
        ci = (min(ci[0], value), max(ci[1], value))
    return {
        "share": share,
        "n_train": float(np.mean(sizes)),
        "n_groups": float(np.mean(n_groups)),
        "value": None if np.isnan(value) else value,
        "ci": [None, None] if ci is None or np.isnan(value) else list(ci),
    }


def _doubling(points: list[dict[str, Any]]) -> dict[str, Any]:
    """Least squares over the points from half the labels on."""
    last = [point for point in points if point["share"] >= 0.5 and point["value"] is not None]
    sizes = np.log2([point["n_train"] for point in last]) if last else np.empty(0)
    if len(last) < 2 or np.ptp(sizes) < 0.1:
        return {"gain": None, "reason": tr("too few points have a value")}
    slope = np.polyfit(sizes, [point["value"] for point in last], 1)[0]
    return {"gain": float(slope)}


def _share_of(
    problem: Problem, train: NDArray[np.intp], share: float, unit: str, rng: np.random.Generator
) -> NDArray[np.intp]:
    """A share of the training rows, sorted: the first of all groups or segments in a random order."""
    if share == 1.0:
        return train
    if unit == "segments":
        order = rng.permutation(train)
        return np.sort(order[: max(2, round(share * len(train)))])
    groups = rng.permutation(np.unique(problem.groups[train]))
    kept = groups[: max(1, round(share * len(groups)))]
    return train[np.isin(problem.groups[train], kept)]


def _n_groups(problem: Problem, rows: NDArray[np.intp]) -> int:
    return len(np.unique(problem.groups[rows]))
