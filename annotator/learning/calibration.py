"""From what a classifier says to probabilities that mean what they say: temperature scaling.

A classifier's log-probabilities (or distances to its boundaries) are divided by one number, fitted on predictions for
segments that it was not trained on, so that among all it calls 70 % sure, 70 % are right (C. Guo, G. Pleiss, Y. Sun,
K. Weinberger, "On calibration of modern neural networks", ICML 2017). One number cannot overfit, and the order of the
classes stays as it was. In cross-validation each part gets the number fitted on the other parts.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.learning.ratios import Floats

_SMALLEST_PROBABILITY = 1e-4
_RANGE = (0.02, 50.0)

#: Fewer predictions than this say nothing about how sure to be.
_FEWEST = 10


def gives_logits(estimator: Any) -> bool:
    """Whether there is anything to make probabilities from."""
    return hasattr(estimator, "predict_proba") or hasattr(estimator, "decision_function")


def logits(estimator: Any, X: Floats, n_classes: int) -> Floats:
    """Log-probabilities, or distances where the classifier gives none: (n, columns) -> (n, n_classes).

    A class absent from the training has minus infinity.
    """
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    with threadpool_limits(limits=1):
        if hasattr(estimator, "predict_proba"):
            found = np.log(np.maximum(estimator.predict_proba(X), _SMALLEST_PROBABILITY))
        else:
            distance = np.asarray(estimator.decision_function(X))
            found = np.stack([-distance / 2, distance / 2], axis=1) if distance.ndim == 1 else distance
    full = np.full((len(X), n_classes), -np.inf)
    full[:, estimator.classes_] = found
    return full


def probabilities(found: Floats, temperature: float) -> Floats:
    """Softmax of logits divided by the temperature, (n, classes).

    >>> probabilities(np.array([[0.0, np.log(4.0)]]), 2.0).round(3).tolist()
    [[0.333, 0.667]]
    """
    scaled = found / temperature
    raised = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    result: Floats = raised / raised.sum(axis=1, keepdims=True)
    return result


def log_loss(found: Floats, truth: NDArray[np.intp], temperature: float = 1.0) -> float:
    """Mean negative log-probability of the true classes, none below one in ten thousand: smaller is better."""
    given = probabilities(found, temperature)[np.arange(len(truth)), truth]
    return float(-np.log(np.maximum(given, _SMALLEST_PROBABILITY)).mean())


def fit_temperature(found: Floats, truth: NDArray[np.intp]) -> float:
    """The temperature under which the true classes are likeliest; 1 where there is too little to go by.

    >>> sure = np.log(np.array([[0.99, 0.01]] * 10))
    >>> round(float(probabilities(sure, fit_temperature(sure, np.array([0] * 7 + [1] * 3)))[0, 0]), 2)
    0.7
    """
    if len(truth) < _FEWEST:
        return 1.0
    from scipy.optimize import minimize_scalar

    def loss(logarithm: float) -> float:
        return log_loss(found, truth, float(np.exp(logarithm)))

    best = minimize_scalar(loss, bounds=tuple(np.log(_RANGE)), method="bounded", options={"xatol": 1e-6})
    return float(np.exp(best.x))


def cross_fitted(found: Sequence[Floats], truths: Sequence[NDArray[np.intp]]) -> list[float]:
    """For each part the temperature fitted on all other parts; 1 where there is no other."""
    temperatures = []
    for left_out in range(len(found)):
        others = [n for n in range(len(found)) if n != left_out and len(found[n])]
        temperatures.append(
            fit_temperature(
                np.concatenate([found[n] for n in others]), np.concatenate([truths[n] for n in others])
            )
            if others
            else 1.0
        )
    return temperatures
