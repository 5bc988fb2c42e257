"""Trains and tests a model on the parts of a split, and puts beside it what gives the figures a meaning.

Beside the pooled result with its interval stand: the result of every part, always saying the most frequent class,
guessing, what people reach against one another, and what a random split that ignores groups would have claimed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from annotator.domain.progress import Job, Progress, part
from annotator.domain.translation import tr
from annotator.learning.baselines import chance_metrics, majority_metrics
from annotator.learning.ceiling import human_ceiling
from annotator.learning.curve import learning_curve
from annotator.learning.folds import comparable_k, folds_of, random_folds
from annotator.learning.forecast import Forecast
from annotator.learning.importance import importance
from annotator.learning.intervals import bootstrap, overall
from annotator.learning.metrics import Scorer, per_class
from annotator.learning.models import Model, check_fits
from annotator.learning.problem import Problem, Votes
from annotator.learning.ratios import Floats
from annotator.learning.recipe import LEARNS, ClassWeight, Recipe, fit
from annotator.learning.rounds import Outcome, run_fold
from annotator.learning.search import choose
from annotator.learning.several import per_label, share_sums
from annotator.learning.sureness import Scores, calibrated

__all__ = ["Evaluation", "Prediction", "Problem", "Votes", "bootstrap", "evaluate"]


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the model said of one test segment.

    `score` tells how sure it was: the calibrated probability of the predicted class; `None` for numbers, and where the
    model gives nothing of the kind. `truth_score` is the probability it gave to the true class. Several
    labels are named with commas between; of shares the largest is named. `error` is then the number of labels that
    are wrong, or the divergence of the shares.
    """

    segment_id: str
    part: str
    truth: str | float
    predicted: str | float
    score: float | None
    truth_score: float | None = None
    error: float | None = None


@dataclass(frozen=True)
class Evaluation:
    """The result of `evaluate`; `to_dict` gives it as the command line prints it.

    `predictions` holds one entry per segment that the overall result and the confusion matrix are computed from.
    `learning_curve` and `importance` are empty where they were not asked for. `calibration` tells the temperature
    fitted on all tested parts (see `calibration`), and the log loss before and after, each part scaled by what the
    other parts said.
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
    task: str = "classification"
    learning_curve: dict[str, Any] = field(default_factory=dict)
    importance: dict[str, Any] = field(default_factory=dict)
    calibration: dict[str, Any] = field(default_factory=dict)

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
            "task": self.task,
            "calibration": self.calibration,
            **({"learning_curve": self.learning_curve} if self.learning_curve else {}),
            **({"importance": self.importance} if self.importance else {}),
        }


def evaluate(
    problem: Problem,
    *,
    model: Model,
    seed: int = 0,
    replicates: int = 1000,
    class_weight: ClassWeight = "balanced",
    search: bool = False,
    curve: bool = False,
    columns: Sequence[str] = (),
    start: Any = None,
) -> Job[Evaluation]:
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
    class_weight, search, start
        See `Recipe`. With a search every fold says which settings it chose.
    curve
        Whether to train on growing shares of the training side as well, see `learning_curve`.
    columns
        Names of the features, where their importance by family is asked for, see `importance`.

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
    check_fits(model, LEARNS[problem.task])
    recipe = Recipe(model, seed, class_weight, search, start)
    scorer = problem.scorer
    folds = folds_of(problem)
    shuffled = random_folds(
        problem.target, stratify=problem.task == "classification", k=comparable_k(problem, folds), seed=seed
    )
    n_folds = len(folds) + len(shuffled)
    n_steps = n_folds * (1 + 2 * curve + bool(columns))
    forecast = Forecast(problem, recipe, [*folds, *shuffled], curve=len(folds) if curve else 0)

    entries: list[dict[str, Any]] = []
    everything: list[Outcome] = []
    for step, fold in enumerate(folds):
        doing = tr("Testing on part {part}", part=fold.part)
        yield Progress(step, n_steps, doing, forecast.left)
        testing = part(
            run_fold(problem, recipe, fold), step, step + 1, n_steps, text=doing, left=forecast.left
        )
        outcome = yield from testing
        forecast.done()
        entries.append(_entry(scorer, problem, outcome))
        # Some estimators hold their whole training side.
        everything.append(outcome if columns else replace(outcome, estimator=None))
    tested = [outcome for outcome in everything if outcome.fold.pooled]

    leaky = []
    doing = tr("Testing on a random split that ignores groups")
    for step, fold in enumerate(shuffled, start=len(folds)):
        yield Progress(step, n_steps, doing, forecast.left)
        testing = part(
            run_fold(problem, recipe, fold), step, step + 1, n_steps, text=doing, left=forecast.left
        )
        outcome = yield from testing
        forecast.done()
        leaky.append(scorer.sums(problem.target[fold.test], outcome.predicted))

    with_test = [outcome for outcome in tested if len(outcome.fold.test)]
    grown: dict[str, Any] = {}
    if curve:
        job = learning_curve(problem, with_test, recipe, replicates=replicates)
        grown = yield from part(job, n_folds, 3 * n_folds, n_steps)
    families: dict[str, Any] = {}
    if columns:
        weighed = importance(problem, with_test, columns, seed=seed, replicates=replicates)
        families = yield from part(weighed, n_steps - n_folds, n_steps, n_steps)

    yield Progress(n_steps, n_steps, tr("Computing intervals"))
    pooled = [fold for fold in folds if fold.pooled and len(fold.test)]
    rows = np.concatenate([fold.test for fold in pooled])
    predicted = np.concatenate([outcome.predicted for outcome in tested])
    sums = scorer.sums(problem.target[rows], predicted)
    confusion, classes = _by_class(problem, sums)
    scores, calibration = calibrated(problem, everything)
    return Evaluation(
        folds=entries,
        overall=overall(problem, rows, predicted, replicates, seed),
        majority=majority_metrics(problem, pooled),
        chance=chance_metrics(problem, pooled),
        human_ceiling=human_ceiling(problem, rows),
        ungrouped={**scorer.named(np.sum(leaky, axis=0)), "k": len(shuffled)},
        confusion=confusion,
        per_class=classes,
        predictions=_predictions(problem, tested, scores),
        task=problem.task,
        learning_curve=grown,
        importance=families,
        calibration=calibration,
    )


def fit_all(
    problem: Problem,
    *,
    model: Model,
    seed: int = 0,
    class_weight: ClassWeight = "balanced",
    search: bool = False,
    start: Any = None,
) -> Job[Any]:
    """The model trained on every segment of the problem, whatever its part; classes are codes of `problem.labels`."""
    check_fits(model, LEARNS[problem.task])
    rows, recipe = np.arange(len(problem.y)), Recipe(model, seed, class_weight, search, start)
    chosen = yield from part(choose(problem, rows, recipe), 0.0, 0.8)
    return (yield from part(fit(problem, rows, recipe, chosen.settings), 0.8 if search else 0.0, 1.0))


def _entry(scorer: Scorer, problem: Problem, outcome: Outcome) -> dict[str, Any]:
    fold = outcome.fold
    metrics = scorer.named(scorer.sums(problem.target[fold.test], outcome.predicted))
    reasons = metrics.pop("reasons", None)
    entry = {"part": fold.part, "n_train": len(fold.train), "n_test": len(fold.test), "metrics": metrics}
    if reasons:
        entry["reasons"] = reasons
    if outcome.note:
        entry["note"] = outcome.note
    if outcome.chosen is not None:
        entry["chosen"] = asdict(outcome.chosen)
    return entry


def _by_class(problem: Problem, sums: Floats) -> tuple[dict[str, list[Any]], list[dict[str, Any]]]:
    if problem.task == "labels":
        return {"labels": [], "matrix": []}, per_label(sums, problem.labels)
    if problem.task != "classification":
        return {"labels": [], "matrix": []}, []
    matrix = {"labels": list(problem.labels), "matrix": sums.astype(int).tolist()}
    return matrix, per_class(sums, problem.labels)


def _predictions(
    problem: Problem, outcomes: Sequence[Outcome], scores: Mapping[str, Scores]
) -> tuple[Prediction, ...]:
    def readable(value: Any) -> str | float:
        if problem.task == "regression":
            return float(value)
        if problem.task == "classification":
            return problem.labels[int(value)]
        if problem.task == "shares":
            return problem.labels[int(np.argmax(value))]
        return ", ".join(label for label, has in zip(problem.labels, value, strict=True) if has) or "-"

    found = []
    for outcome in outcomes:
        test = outcome.fold.test
        sure, truth_scores = scores[outcome.fold.part]
        errors = _errors(problem, problem.target[test], outcome.predicted)
        rows = zip(test, outcome.predicted, sure, truth_scores, errors, strict=True)
        for row, guess, score, truth_score, error in rows:
            truth = readable(problem.target[row])
            segment, part = problem.segment_ids[row], outcome.fold.part
            found.append(Prediction(segment, part, truth, readable(guess), score, truth_score, error))
    return tuple(found)


def _errors(problem: Problem, truth: Floats, predicted: Floats) -> Sequence[float | None]:
    if problem.task == "labels":
        return list(map(float, (truth != predicted).sum(axis=1)))
    if problem.task == "shares":
        return list(map(float, share_sums(truth, predicted)[:, 2]))
    return [None] * len(truth)
