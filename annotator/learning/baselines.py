"""What needs no learning: always the most frequent class (or the mean), and guessing by the training shares.

Both are computed, not simulated: the metrics are taken of the sums that such predictions give on average. For
accuracy, UAR and RMSE (squared) this is the expected value itself; for macro F1, CCC and Pearson's r, which are
ratios, it is the value that the expectation approaches as segments become many.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np

from annotator.domain.translation import tr
from annotator.learning.folds import Fold
from annotator.learning.metrics import Floats
from annotator.learning.problem import Problem


def majority_metrics(problem: Problem, folds: Iterable[Fold]) -> dict[str, Any]:
    """Metrics of predicting, in every fold, the most frequent class or the mean of its training side.

    Pearson's r is left undefined: over several folds the constants differ, but what they correlate with is only
    which segments were left out.
    """
    scorer = problem.scorer
    sums = []
    for fold in folds:
        train, test = problem.target[fold.train], problem.target[fold.test]
        constant = np.bincount(train).argmax() if problem.task == "classification" else train.mean()
        sums.append(scorer.sums(test, np.full(len(test), constant)))
    result = scorer.named(np.sum(sums, axis=0))
    if "pearson" in result:
        result["pearson"] = None
        result["reasons"] = {**result.get("reasons", {}), "pearson": tr("a constant has no correlation")}
    return result


def chance_metrics(problem: Problem, folds: Iterable[Fold]) -> dict[str, Any]:
    """Metrics expected of drawing every prediction at random from the targets of the fold's training side."""
    expected = _expected_confusion if problem.task == "classification" else _expected_moments
    return problem.scorer.named(np.sum([expected(problem, fold) for fold in folds], axis=0))


def _expected_confusion(problem: Problem, fold: Fold) -> Floats:
    n_classes = len(problem.labels)
    shares = np.bincount(problem.target[fold.train], minlength=n_classes) / len(fold.train)
    return np.outer(np.bincount(problem.target[fold.test], minlength=n_classes), shares)


def _expected_moments(problem: Problem, fold: Fold) -> Floats:
    """Sums as `metrics.moments` orders them, with the prediction's moments those of the training targets."""
    centre = problem.scorer.centre
    train, test = problem.target[fold.train] - centre, problem.target[fold.test] - centre
    n, mean = len(test), train.mean()
    return np.array([n, test.sum(), n * mean, (test**2).sum(), n * (train**2).mean(), test.sum() * mean])
