"""What needs no learning: always the most frequent class (or the mean), and guessing by the training shares.

Both are computed, not simulated: the metrics are taken of the sums that such predictions give on average. For
accuracy, UAR and RMSE (squared) this is the expected value itself; for macro F1, CCC and Pearson's r, which are
ratios, it is the value that the expectation approaches as segments become many.
"""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.domain.translation import tr
from annotator.learning.folds import Fold
from annotator.learning.metrics import Task
from annotator.learning.problem import Problem
from annotator.learning.ratios import Floats
from annotator.learning.several import floored


def majority_metrics(problem: Problem, folds: Iterable[Fold]) -> dict[str, Any]:
    """Metrics of predicting, in every fold, the most frequent class or the mean of its training side.

    Several labels: those that most training segments have. Shares: the mean of the training side.

    Pearson's r is left undefined: over several folds the constants differ, but what they correlate with is only
    which segments were left out.
    """
    scorer = problem.scorer
    sums = []
    for fold in folds:
        train, test = problem.target[fold.train], problem.target[fold.test]
        constant = _constant(problem, train)
        sums.append(scorer.sums(test, np.broadcast_to(constant, test.shape)))
    result = scorer.named(np.sum(sums, axis=0))
    if "pearson" in result:
        result["pearson"] = None
        result["reasons"] = {**result.get("reasons", {}), "pearson": tr("a constant has no correlation")}
    return result


def chance_metrics(problem: Problem, folds: Iterable[Fold]) -> dict[str, Any]:
    """Metrics expected of drawing every prediction at random from the targets of the fold's training side."""
    expected = _EXPECTED[problem.task]
    return problem.scorer.named(np.sum([expected(problem, fold) for fold in folds], axis=0))


def _constant(problem: Problem, train: NDArray[Any]) -> Any:
    if problem.task == "classification":
        return np.bincount(train).argmax()
    mean = train.mean(axis=0)
    return (mean > 0.5).astype(np.float64) if problem.task == "labels" else mean


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


def _expected_counts(problem: Problem, fold: Fold) -> Floats:
    """Counts as `several.label_counts` orders them, every label drawn by its share of the training side."""
    said = problem.target[fold.train].mean(axis=0)
    yes = problem.target[fold.test].sum(axis=0)
    no = len(fold.test) - yes
    counts: Floats = np.stack([yes * said, no * said, yes * (1 - said), no * (1 - said)], axis=-1)
    return counts


def _expected_likenesses(problem: Problem, fold: Fold) -> Floats:
    """Sums as `several.share_sums` orders them, the prediction being the shares of a random training segment."""
    train, test = problem.target[fold.train], problem.target[fold.test]
    p, q = floored(test), floored(train)
    divergence = (p * np.log(p)).sum() - (p @ np.log(q).mean(axis=0)).sum()
    directions = [side / np.linalg.norm(side, axis=1, keepdims=True) for side in (test, train)]
    cosine = (directions[0] @ directions[1].mean(axis=0)).sum()
    return np.array([len(test), cosine, divergence])


_EXPECTED: dict[Task, Callable[[Problem, Fold], Floats]] = {
    "classification": _expected_confusion,
    "regression": _expected_moments,
    "labels": _expected_counts,
    "shares": _expected_likenesses,
}
