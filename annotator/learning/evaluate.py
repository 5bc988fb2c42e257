"""Trains and tests a model on the parts of a split, and puts beside it what gives the figures a meaning.

Beside the pooled result with its interval stand: the result of every part, always saying the most frequent class,
guessing, what people reach against one another, and what a random split that ignores groups would have claimed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.domain.progress import Job, Progress
from annotator.domain.translation import tr
from annotator.learning.baselines import chance_metrics, majority_metrics
from annotator.learning.ceiling import human_ceiling
from annotator.learning.folds import Fold, comparable_k, folds_of, random_folds
from annotator.learning.metrics import Floats, Scorer, per_class
from annotator.learning.models import Model, check_fits
from annotator.learning.problem import Problem, Votes

__all__ = ["Evaluation", "Prediction", "Problem", "Votes", "bootstrap", "evaluate"]

#: Bootstrap replicates evaluated at once, which bounds the memory for many groups.
_REPLICATES_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the model said of one test segment.

    `score` tells how sure it was: the probability of the predicted class where the model gives one, else the
    distance to its boundary; `None` for numbers.
    """

    segment_id: str
    part: str
    truth: str | float
    predicted: str | float
    score: float | None


@dataclass(frozen=True)
class Evaluation:
    """The result of `evaluate`; `to_dict` gives it as the command line prints it.

    `predictions` holds one entry per segment that the overall result and the confusion matrix are computed from.
    """

    folds: list[dict[str, Any]]
    overall: dict[str, dict[str, Any]]
    majority: dict[str, Any]
    chance: dict[str, Any]
    human_ceiling: dict[str, Any]
    ungrouped: dict[str, Any]
    confusion: dict[str, list[Any]]
    per_class: list[dict[str, Any]]
    predictions: tuple[Prediction, ...]

    def cell(self, truth: str, predicted: str) -> tuple[str, ...]:
        """Segments in one cell of the confusion matrix."""
        return tuple(p.segment_id for p in self.predictions if (p.truth, p.predicted) == (truth, predicted))

    def to_dict(self) -> dict[str, Any]:
        """Everything but the predictions, ready for JSON."""
        return {
            "folds": self.folds,
            "overall": self.overall,
            "majority": self.majority,
            "chance": self.chance,
            "human_ceiling": self.human_ceiling,
            "ungrouped": self.ungrouped,
            "confusion": self.confusion,
            "per_class": self.per_class,
        }


def evaluate(problem: Problem, *, model: Model, seed: int = 0, replicates: int = 1000) -> Job[Evaluation]:
    """Trains and tests a model as the split of a problem says.

    Parameters
    ----------
    problem
        Features, targets, parts; see `folds_of` for what is trained on and what is tested.
    model
        One of `MODELS`.
    seed
        Makes training, the random split and the bootstrap repeatable.
    replicates
        Bootstrap replicates behind each 95 % interval.

    Returns
    -------
    Evaluation
        `overall` pools the predictions of all tested parts (with train/dev/test: of the test part). `ungrouped` is
        the same model on all segments in random folds with about the same share of test segments.

    Raises
    ------
    AnnotatorError
        Where the model cannot learn this kind of target, or a side of the split is empty.

    Examples
    --------
    >>> from annotator.domain.progress import finish
    >>> from annotator.learning.models import MODELS
    >>> rows = np.arange(12)
    >>> problem = Problem(
    ...     X=(rows % 2)[:, None] * 1.0, y=np.where(rows % 2, "sad", "happy").astype(object),
    ...     parts=np.where(rows < 6, "a", "b"), part_order=("a", "b"), folds=True, groups=rows // 3,
    ...     labels=("happy", "sad"), segment_ids=tuple(map(str, rows)))
    >>> evaluation = finish(evaluate(problem, model=MODELS["logistic-regression"]))
    >>> evaluation.overall["uar"]["value"], evaluation.chance["uar"], evaluation.confusion["matrix"]
    (1.0, 0.5, [[6, 0], [0, 6]])
    """
    check_fits(model, problem.task)
    scorer = problem.scorer
    folds = folds_of(problem)
    shuffled = random_folds(
        problem.target, stratify=problem.task == "classification", k=comparable_k(problem, folds), seed=seed
    )
    n_steps = len(folds) + len(shuffled)

    entries, tested = [], []
    for step, fold in enumerate(folds):
        yield Progress(step, n_steps, tr("Testing on part {part}", part=fold.part))
        outcome = _run(problem, model, fold, seed)
        entries.append(_entry(scorer, problem, outcome))
        if fold.pooled:
            tested.append(outcome)

    leaky = []
    for step, fold in enumerate(shuffled, start=len(folds)):
        yield Progress(step, n_steps, tr("Testing on a random split that ignores groups"))
        outcome = _run(problem, model, fold, seed)
        leaky.append(scorer.sums(problem.target[fold.test], outcome.predicted))

    yield Progress(n_steps, n_steps, tr("Computing intervals"))
    pooled = [fold for fold in folds if fold.pooled and len(fold.test)]
    rows = np.concatenate([fold.test for fold in pooled])
    predicted = np.concatenate([outcome.predicted for outcome in tested])
    sums = scorer.sums(problem.target[rows], predicted)
    confusion, classes = _by_class(problem, sums)
    return Evaluation(
        folds=entries,
        overall=_overall(problem, rows, predicted, replicates, seed),
        majority=majority_metrics(problem, pooled),
        chance=chance_metrics(problem, pooled),
        human_ceiling=human_ceiling(problem, rows),
        ungrouped={**scorer.named(np.sum(leaky, axis=0)), "k": len(shuffled)},
        confusion=confusion,
        per_class=classes,
        predictions=_predictions(problem, tested),
    )


def fit_all(problem: Problem, *, model: Model, seed: int = 0) -> Any:
    """The model trained on every segment of the problem, whatever its part; classes are codes of `problem.labels`."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    check_fits(model, problem.task)
    with threadpool_limits(limits=1):
        return model.build(problem.task, seed).fit(problem.X, problem.target)


@dataclass(frozen=True)
class _Outcome:
    """Predictions for the test side of a fold, how sure each is, and what was special about the training."""

    fold: Fold
    predicted: NDArray[Any]
    scores: list[float | None]
    note: str = ""


def _run(problem: Problem, model: Model, fold: Fold, seed: int) -> _Outcome:
    from threadpoolctl import threadpool_limits

    if not len(fold.test):
        return _Outcome(fold, problem.target[fold.test], [], tr("no segments to evaluate"))
    target = problem.target[fold.train]
    if problem.task == "classification" and (target == target[0]).all():
        # Most classifiers refuse one class; what any would have to answer is known.
        note = tr('all training segments are "{label}"', label=problem.labels[target[0]])
        return _Outcome(fold, np.full(len(fold.test), target[0]), [1.0] * len(fold.test), note)
    # One thread: sums in another order round differently, and matrices of this size gain little from more.
    with threadpool_limits(limits=1):
        estimator = model.build(problem.task, seed)
        estimator.fit(problem.X[fold.train], target)
        predicted = np.asarray(estimator.predict(problem.X[fold.test]))
        scores = _scores(problem, estimator, fold.test)
    unseen = sorted(set(problem.target[fold.test].tolist()) - set(target.tolist()))
    note = ""
    if problem.task == "classification" and unseen:
        note = tr(
            "not in the training data: {labels}", labels=", ".join(problem.labels[code] for code in unseen)
        )
    return _Outcome(fold, predicted, scores, note)


def _scores(problem: Problem, estimator: Any, rows: NDArray[np.intp]) -> list[float | None]:
    if problem.task == "regression":
        return [None] * len(rows)
    if hasattr(estimator, "predict_proba"):
        return list(estimator.predict_proba(problem.X[rows]).max(axis=1).tolist())
    if not hasattr(estimator, "decision_function"):
        return [None] * len(rows)
    distances = np.asarray(estimator.decision_function(problem.X[rows]))
    return list((np.abs(distances) if distances.ndim == 1 else distances.max(axis=1)).tolist())


def _entry(scorer: Scorer, problem: Problem, outcome: _Outcome) -> dict[str, Any]:
    fold = outcome.fold
    metrics = scorer.named(scorer.sums(problem.target[fold.test], outcome.predicted))
    reasons = metrics.pop("reasons", None)
    entry = {"part": fold.part, "n_train": len(fold.train), "n_test": len(fold.test), "metrics": metrics}
    if reasons:
        entry["reasons"] = reasons
    if outcome.note:
        entry["note"] = outcome.note
    return entry


def _overall(
    problem: Problem, rows: NDArray[np.intp], predicted: NDArray[Any], replicates: int, seed: int
) -> dict[str, dict[str, Any]]:
    scorer = problem.scorer
    _, groups = np.unique(problem.groups[rows], return_inverse=True)
    n_groups = int(groups.max()) + 1
    group_sums = scorer.grouped_sums(problem.target[rows], predicted, groups, n_groups)
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
    n_groups = len(group_sums)
    estimates = scorer.metrics(group_sums.sum(axis=0))
    if n_groups < 2:
        return np.full((len(estimates), 2), np.nan)
    rng = np.random.default_rng(seed)
    values = []
    for first in range(0, replicates, _REPLICATES_AT_ONCE):
        size = min(_REPLICATES_AT_ONCE, replicates - first)
        weights = rng.multinomial(n_groups, np.full(n_groups, 1 / n_groups), size=size)
        values.append(scorer.metrics(np.tensordot(weights.astype(np.float64), group_sums, axes=1)))
    drawn = np.concatenate(values)
    bounds = np.full((len(estimates), 2), np.nan)
    for metric, estimate in enumerate(estimates):
        defined = drawn[~np.isnan(drawn[:, metric]), metric]
        if len(defined) and not np.isnan(estimate):
            low, high = np.percentile(defined, [2.5, 97.5])
            bounds[metric] = min(low, estimate), max(high, estimate)
    return bounds


def _by_class(problem: Problem, sums: Floats) -> tuple[dict[str, list[Any]], list[dict[str, Any]]]:
    if problem.task == "regression":
        return {"labels": [], "matrix": []}, []
    matrix = {"labels": list(problem.labels), "matrix": sums.astype(int).tolist()}
    return matrix, per_class(sums, problem.labels)


def _predictions(problem: Problem, outcomes: Sequence[_Outcome]) -> tuple[Prediction, ...]:
    def readable(value: Any) -> str | float:
        return problem.labels[value] if problem.labels else float(value)

    return tuple(
        Prediction(
            segment_id=problem.segment_ids[row],
            part=outcome.fold.part,
            truth=readable(problem.target[row]),
            predicted=readable(guess),
            score=score,
        )
        for outcome in outcomes
        for row, guess, score in zip(outcome.fold.test, outcome.predicted, outcome.scores, strict=True)
    )
