"""How a model is trained: with which weights and settings, and on which rows."""

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from annotator.domain.progress import Job
from annotator.learning.metrics import Task
from annotator.learning.models import Model, check_fits
from annotator.learning.problem import Problem

ClassWeight: TypeAlias = Literal["balanced", "none"]

#: What a model must be able to learn for targets of several values.
LEARNS: dict[Task, Literal["classification", "regression"]] = {
    "classification": "classification", "regression": "regression", "labels": "classification", "shares": "regression",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything but the data that a training depends on.

    Parameters
    ----------
    model, seed
        What is trained; the same seed gives the same estimator.
    class_weight
        `balanced` weighs classes inversely to their share of the training data, in the models that have weights;
        `none` counts every segment alike.
    search
        Whether settings are chosen from the model's grid by folds of the training side that keep groups together.
    start
        Weights of another network to start from, see `CNN`; for the model `cnn` alone.
    """

    model: Model
    seed: int = 0
    class_weight: ClassWeight = "balanced"
    search: bool = False
    start: Any = None

    def build(self, task: Task, settings: dict[str, Any] | None = None) -> Any:
        """An untrained estimator; `settings` are names and values as in the model's grid.

        >>> from annotator.learning.models import MODELS
        >>> Recipe(MODELS["svm"], class_weight="none").build("classification", {"svc__C": 10.0})[-1].class_weight
        """
        check_fits(self.model, LEARNS[task])
        estimator = self.model.build(LEARNS[task], self.seed)
        if self.class_weight == "none":
            weights = [name for name in estimator.get_params() if name.rpartition("__")[2] == "class_weight"]
            estimator.set_params(**dict.fromkeys(weights))
        estimator.set_params(**(settings or {}))
        if self.start is not None:
            estimator.set_params(start=self.start)
        if task in ("classification", "regression"):
            return estimator
        if self.model.network:
            return estimator.set_params(task=task)
        from annotator.learning.per_label import PerLabel

        return PerLabel(estimator, task)


def fit(
    problem: Problem, rows: NDArray[np.intp], recipe: Recipe, settings: dict[str, Any] | None
) -> Job[Any]:
    """An estimator trained on some rows of a problem, with the extra rows that were made from them.

    One that learns in passes (`fitting`) tells of each, and can be stopped after it.
    """
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    X, target = problem.training(rows)
    estimator = recipe.build(problem.task, settings)
    # Where there are fewer segments than neighbours asked for, all of them are neighbours.
    neighbours = [name for name in estimator.get_params() if name.rpartition("__")[2] == "n_neighbors"]
    estimator.set_params(**{name: min(estimator.get_params()[name], len(X)) for name in neighbours})
    if hasattr(estimator, "fitting"):
        return (yield from estimator.fitting(X, target, problem.training_groups(rows)))
    # One thread: sums in another order round differently, and matrices of this size gain little from more.
    with threadpool_limits(limits=1):
        return estimator.fit(X, target)


def predict(problem: Problem, estimator: Any, X: NDArray[np.float64]) -> NDArray[Any]:
    """What an estimator says of rows of features, in the form of the problem's target."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1):
        predicted = np.asarray(estimator.predict(X))
    return predicted.astype(problem.target.dtype, copy=False)
