"""One round of training and testing: a model fitted on one side of a fold, and what it says of the other."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.domain.progress import Job, part
from annotator.domain.translation import tr
from annotator.learning.calibration import gives_logits, logits
from annotator.learning.folds import Fold
from annotator.learning.problem import Problem
from annotator.learning.ratios import Floats
from annotator.learning.recipe import Recipe, fit, predict
from annotator.learning.search import Chosen, choose


@dataclass(frozen=True)
class Outcome:
    """Predictions for the test side of a fold and what made them.

    `trained` is false where there was nothing to train on: no test segments, or one class only. `estimator` is what
    was trained, as long as it is kept. `logits` are what probabilities of the classes are made of, (n, classes);
    `None` where the model gives nothing of the kind.
    """

    fold: Fold
    predicted: NDArray[Any]
    logits: Floats | None = None
    note: str = ""
    chosen: Chosen | None = None
    trained: bool = False
    estimator: Any = None


def run_fold(
    problem: Problem, recipe: Recipe, fold: Fold, *, settings: dict[str, Any] | None = None
) -> Job[Outcome]:
    """Trains on one side of a fold and tests on the other.

    Settings that are not given are chosen on the training side, where a search is asked for.
    """
    if not len(fold.test):
        return Outcome(fold, problem.target[fold.test], note=tr("no segments to evaluate"))
    target = problem.target[fold.train]
    if problem.task == "classification" and (target == target[0]).all():
        # Most classifiers refuse one class; what any would have to answer is known.
        note = tr('all training segments are "{label}"', label=problem.labels[target[0]])
        return Outcome(fold, np.full(len(fold.test), target[0]), note=note)
    chosen = None
    if settings is None and recipe.search:
        chosen = yield from part(choose(problem, fold.train, recipe), 0.0, 0.8)
        settings = chosen.settings
    fitting = fit(problem, fold.train, recipe, settings)
    estimator = yield from part(fitting, 0.0 if chosen is None else 0.8, 1.0)
    predicted = predict(problem, estimator, problem.X[fold.test])
    unseen = (
        sorted(set(problem.target[fold.test].tolist()) - set(target.tolist())) if target.ndim == 1 else []
    )
    note = ""
    if problem.task == "classification" and unseen:
        note = tr(
            "not in the training data: {labels}", labels=", ".join(problem.labels[code] for code in unseen)
        )
    found = None
    if problem.task == "classification" and gives_logits(estimator):
        found = logits(estimator, problem.X[fold.test], len(problem.labels))
    return Outcome(fold, predicted, found, note, chosen, True, estimator)
