"""How long an evaluation will take: known from trials on few segments before it starts, then from its own pace."""

import time
from collections.abc import Sequence

import numpy as np

from annotator.domain.progress import finish
from annotator.learning.curve import REPEATS, SHARES
from annotator.learning.folds import Fold
from annotator.learning.problem import Problem
from annotator.learning.recipe import LEARNS, Recipe
from annotator.learning.rounds import run_fold
from annotator.learning.search import INNER_FOLDS

#: Fewer segments to train on than this need no forecast.
_FEWEST = 2000

#: Most segments that are trained on for a forecast.
_MOST_TRIED = 2000


class Forecast:
    """Seconds left of trainings that follow one another.

    Parameters
    ----------
    problem, recipe
        What is trained.
    folds
        All trainings, in their order.
    curve
        Whether a learning curve over the first `curve` of them comes afterwards.
    """

    def __init__(self, problem: Problem, recipe: Recipe, folds: Sequence[Fold], *, curve: int) -> None:
        self._growth = 1.0 if recipe.model.growth is None else recipe.model.growth
        grid = recipe.model.grid(LEARNS[problem.task]) if recipe.search and recipe.model.grid else {}
        n_settings = int(np.prod([len(values) for values in grid.values()])) if grid else 0
        inner = n_settings * INNER_FOLDS * self._work(1 - 1 / INNER_FOLDS)
        costs = [self._work(len(fold.train)) for fold in folds]
        self._costs = [cost * (1 + inner) for cost in costs]
        again = REPEATS * sum(self._work(share) for share in SHARES if share < 1)
        self._afterwards = again * sum(costs[:curve])
        self._per_cost = self._tried(problem, recipe, folds)
        self._n_done = 0
        self._started = time.monotonic()

    def _work(self, n: float) -> float:
        return float(n**self._growth)

    def _tried(self, problem: Problem, recipe: Recipe, folds: Sequence[Fold]) -> float | None:
        largest = max(folds, key=lambda fold: len(fold.train))
        if recipe.model.growth is None or len(largest.train) < _FEWEST or not len(largest.test):
            return None
        rows = np.random.default_rng(recipe.seed).permutation(largest.train)
        many = min(len(rows) // 8, _MOST_TRIED)
        few = many // 10
        seconds = []
        for n in (few, few, many):  # the first imports what the others are not to be blamed for
            test = largest.test[: max(n * len(largest.test) // len(rows), 1)]
            began = time.monotonic()
            finish(run_fold(problem, recipe, Fold(largest.part, rows[:n], test), settings={}))
            seconds.append(time.monotonic() - began)
        # What every training takes, however small, says nothing about a large one.
        grown = max(seconds[2] - seconds[1], 0.1 * seconds[2])
        return grown / (self._work(many) - self._work(few))

    def done(self) -> None:
        """One training more is done."""
        self._n_done += 1
        spent = sum(self._costs[: self._n_done])
        if self._per_cost is not None and spent > 0:
            self._per_cost = (time.monotonic() - self._started) / spent

    @property
    def left(self) -> float | None:
        """Seconds left; `None` where all of it takes moments."""
        if self._per_cost is None:
            return None
        return self._per_cost * (sum(self._costs[self._n_done :]) + self._afterwards)
