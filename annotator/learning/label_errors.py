"""Segments whose label is likely wrong: a model that never heard their group is sure of another one.

Sure means: at least as sure as it is on average where that other label is right (C. Northcutt, L. Jiang, I. Chuang,
"Confident learning", JAIR 70, 2021), and rather right than wrong.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from annotator.learning.evaluate import Prediction

_RATHER_RIGHT = 0.5


@dataclass(frozen=True, slots=True)
class Doubt:
    """A prediction that speaks against a label; `threshold` is the sureness from which on that counts."""

    prediction: Prediction
    probability: float
    threshold: float


def likely_errors(predictions: Sequence[Prediction]) -> list[Doubt] | None:
    """The doubts, the surest first; `None` where the model gave no probabilities.

    >>> def said(truth, predicted, score, truth_score):
    ...     return Prediction("s", "1", truth, predicted, score, truth_score)
    >>> found = likely_errors([said("a", "a", 0.9, 0.9), said("b", "b", 0.7, 0.7), said("b", "a", 0.95, 0.05)])
    >>> [(one.prediction.truth, one.probability, one.threshold) for one in found]
    [('b', 0.95, 0.9)]
    """
    sure: dict[str | float, list[float]] = {}
    for one in predictions:
        if one.score is None or one.truth_score is None:
            return None
        sure.setdefault(one.truth, []).append(one.truth_score)
    thresholds = {label: max(float(np.mean(scores)), _RATHER_RIGHT) for label, scores in sure.items()}
    doubts = [
        Doubt(one, one.score, thresholds.get(one.predicted, 1.0))
        for one in predictions
        if one.predicted != one.truth and one.score is not None
    ]
    certain = [doubt for doubt in doubts if doubt.probability >= doubt.threshold]
    return sorted(certain, key=lambda doubt: (-doubt.probability, doubt.prediction.segment_id))
