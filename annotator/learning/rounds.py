"""One round of training and testing: a model fitted on one side of a fold, and what it says of the other."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.domain.translation import tr
from annotator.learning.folds import Fold
from annotator.learning.metrics import Floats
from annotator.learning.problem import Problem
from annotator.learning.recipe import Recipe, fit, predict
from annotator.learning.search import Chosen, choose


@dataclass(frozen=True)
class Outcome:
    """Predictions for the test side of a fold and what made them.

    `estimator` is `None` where nothing was trained: no test segments, or one class only. `scores` says how sure each
    prediction is, `truth_scores` the probability of the true class where the model gives one.
    """

    fold: Fold
    predicted: NDArray[Any]
    scores: list[float | None]
    truth_scores: list[float | None] = field(default_factory=list)
    note: str = ""
    chosen: Chosen | None = None
    estimator: Any = None


def run_fold(
    problem: Problem, recipe: Recipe, fold: Fold, *, settings: dict[str, Any] | None = None
) -> Outcome:
    """Trains on one side of a fold and tests on the other.

    Settings that are not given are chosen on the training side, where a search is asked for.
    """
    if not len(fold.test):
        return Outcome(fold, problem.target[fold.test], [], note=tr("no segments to evaluate"))
    target = problem.target[fold.train]
    if problem.task == "classification" and (target == target[0]).all():
        # Most classifiers refuse one class; what any would have to answer is known.
        note = tr('all training segments are "{label}"', label=problem.labels[target[0]])
        n = len(fold.test)
        truths = [float(code == target[0]) for code in problem.target[fold.test]]
        return Outcome(fold, np.full(n, target[0]), [1.0] * n, list(truths), note)
    chosen = choose(problem, fold.train, recipe) if settings is None and recipe.search else None
    estimator = fit(problem, fold.train, recipe, chosen.settings if chosen else settings)
    predicted = predict(problem, estimator, problem.X[fold.test])
    scores, truth_scores = _scores(problem, estimator, fold.test)
    unseen = (
        sorted(set(problem.target[fold.test].tolist()) - set(target.tolist())) if target.ndim == 1 else []
    )
    note = ""
    if problem.task == "classification" and unseen:
        note = tr(
            "not in the training data: {labels}", labels=", ".join(problem.labels[code] for code in unseen)
        )
    return Outcome(fold, predicted, scores, truth_scores, note, chosen, estimator)


def _scores(
    problem: Problem, estimator: Any, rows: NDArray[np.intp]
) -> tuple[list[float | None], list[float | None]]:
    """How sure the estimator is of each row, and what it gives the true class."""
    nothing: list[float | None] = [None] * len(rows)
    if problem.task != "classification":
        return nothing, nothing
    if hasattr(estimator, "predict_proba"):
        full = class_probabilities(estimator, problem.X[rows], len(problem.labels))
        return list(full.max(axis=1).tolist()), list(
            full[np.arange(len(rows)), problem.target[rows]].tolist()
        )
    if not hasattr(estimator, "decision_function"):
        return nothing, nothing
    distances = np.asarray(estimator.decision_function(problem.X[rows]))
    return list((np.abs(distances) if distances.ndim == 1 else distances.max(axis=1)).tolist()), nothing


def class_probabilities(estimator: Any, X: Floats, n_classes: int) -> Floats:
    """Probability of every class, (n, columns) -> (n, n_classes); 0 for a class absent from the training."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    full = np.zeros((len(X), n_classes))
    with threadpool_limits(limits=1):
        full[:, estimator.classes_] = estimator.predict_proba(X)
    return full
