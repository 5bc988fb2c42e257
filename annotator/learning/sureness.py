"""How sure a model is of what it said of the tested segments."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from annotator.learning.calibration import cross_fitted, fit_temperature, log_loss, probabilities
from annotator.learning.problem import Problem
from annotator.learning.rounds import Outcome

#: Probability of the predicted and of the true class, row by row of a test side.
Scores: TypeAlias = tuple[list[float | None], list[float | None]]


def calibrated(problem: Problem, outcomes: Sequence[Outcome]) -> tuple[dict[str, Scores], dict[str, Any]]:
    """Probabilities by part, each part calibrated on the others, and what the calibration did.

    The second is empty where the model gives no probabilities: `temperature` (fitted on all parts, what a model
    trained on all of them should use), `log_loss` and `log_loss_raw` of the parts together.
    """
    scores: dict[str, Scores] = {one.fold.part: _certain(problem, one) for one in outcomes}
    saying = [one for one in outcomes if one.logits is not None]
    if problem.task != "classification" or not saying:
        return scores, {}
    found = [one.logits for one in saying if one.logits is not None]
    truths = [problem.target[one.fold.test] for one in saying]
    temperatures = cross_fitted(found, truths)
    for outcome, given, truth, temperature in zip(saying, found, truths, temperatures, strict=True):
        shares = probabilities(given, temperature)
        rows = np.arange(len(truth))
        scores[outcome.fold.part] = (
            shares[rows, outcome.predicted.astype(np.intp)].tolist(),
            shares[rows, truth].tolist(),
        )
    n = sum(map(len, truths))
    after = sum(len(t) * log_loss(f, t, by) for f, t, by in zip(found, truths, temperatures, strict=True)) / n
    before = sum(len(t) * log_loss(f, t) for f, t in zip(found, truths, strict=True)) / n
    overall = fit_temperature(np.concatenate(found), np.concatenate(truths))
    return scores, {
        "method": "temperature",
        "temperature": overall,
        "log_loss": after,
        "log_loss_raw": before,
    }


def _certain(problem: Problem, outcome: Outcome) -> Scores:
    """A single class in training is predicted for sure; without probabilities nothing is said."""
    test = outcome.fold.test
    if problem.task == "classification" and not outcome.trained:
        right = problem.target[test] == outcome.predicted
        return [1.0] * len(test), right.astype(float).tolist()
    return [None] * len(test), [None] * len(test)
