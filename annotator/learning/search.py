"""Choosing a model's settings within a training side, by folds of it that keep groups together.

The choice never sees what the result is computed from: it is made anew for every fold, from its training side alone
(nested cross-validation: S. Varma and R. Simon, BMC Bioinformatics 7:91, 2006).
"""

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.domain.progress import Job, Progress, part
from annotator.domain.translation import tr
from annotator.learning.metrics import MAIN
from annotator.learning.problem import Problem
from annotator.learning.recipe import LEARNS, Recipe, fit, predict

INNER_FOLDS = 3


@dataclass(frozen=True, slots=True)
class Chosen:
    """Settings with the metric they reached within the training side; `score` is `None` where nothing was compared."""

    settings: dict[str, Any]
    by: str
    score: float | None
    candidates: int


def choose(problem: Problem, rows: NDArray[np.intp], recipe: Recipe) -> Job[Chosen]:
    """The settings of the model's grid that do best within `rows`; the first of equals.

    Nothing is chosen, and the model's own settings stand, where the grid has one entry or the rows are one group.
    """
    grid = recipe.model.grid(LEARNS[problem.task]) if recipe.model.grid else {}
    candidates = [dict(zip(grid, values, strict=True)) for values in product(*grid.values())]
    folds = inner_folds(problem, rows, recipe.seed) if recipe.search and len(candidates) > 1 else []
    by = MAIN[problem.task]
    if not folds:
        return Chosen({}, by, None, len(candidates))
    scores = []
    for n, settings in enumerate(candidates):
        doing = tr("Settings {n} of {total}", n=n + 1, total=len(candidates))
        yield Progress(n, len(candidates), doing)
        job = _score(problem, folds, recipe, settings)
        scores.append((yield from part(job, n, n + 1, len(candidates), text=doing)))
    best = int(np.nanargmax(scores)) if not np.isnan(scores).all() else 0
    return Chosen(candidates[best], by, None if np.isnan(scores[best]) else scores[best], len(candidates))


def inner_folds(
    problem: Problem, rows: NDArray[np.intp], seed: int
) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Up to three pairs of (train, test) within `rows`, no group on both sides, every class in every training side.

    Empty where that cannot be.
    """
    groups = problem.groups[rows]
    n_folds = min(INNER_FOLDS, len(np.unique(groups)))
    if problem.task == "classification":
        counts = np.bincount(problem.target[rows])
        n_folds = min(n_folds, int(counts[counts > 0].min()))
    if n_folds < 2:
        return []
    from sklearn.model_selection import GroupKFold, StratifiedGroupKFold

    target = problem.target[rows]
    if problem.task == "classification":
        kind = StratifiedGroupKFold(n_folds, shuffle=True, random_state=seed)
        pairs = list(kind.split(rows, target, groups))
        everything = set(target.tolist())
        if any(set(target[train].tolist()) != everything for train, _ in pairs):
            return []
    else:
        pairs = list(GroupKFold(n_folds, shuffle=True, random_state=seed).split(rows, groups=groups))
    return [(rows[train], rows[test]) for train, test in pairs]


def _score(
    problem: Problem,
    folds: list[tuple[NDArray[np.intp], NDArray[np.intp]]],
    recipe: Recipe,
    settings: dict[str, Any],
) -> Job[float]:
    scorer, sums = problem.scorer, []
    for n, (train, test) in enumerate(folds):
        estimator = yield from part(fit(problem, train, recipe, settings), n, n + 1, len(folds))
        sums.append(scorer.sums(problem.target[test], predict(problem, estimator, problem.X[test])))
    return float(scorer.main(np.sum(sums, axis=0)))
