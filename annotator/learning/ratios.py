"""Shares of counts that may be undefined, and the rows in which they are told: shared by all tasks' metrics."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from annotator.domain.translation import tr

Floats: TypeAlias = NDArray[np.float64]


def ratio(numerator: Floats, denominator: Floats) -> Floats:
    """Elementwise quotient; NaN where the denominator is 0.

    >>> ratio(np.array([1.0, 1.0]), np.array([2.0, 0.0])).tolist()
    [0.5, nan]
    """
    result = np.full(np.broadcast_shapes(np.shape(numerator), np.shape(denominator)), np.nan)
    np.divide(numerator, denominator, out=result, where=np.asarray(denominator) != 0)
    return result


def mean_defined(values: Floats) -> Floats:
    """Mean over the last axis of what is not NaN; NaN where nothing is."""
    defined = ~np.isnan(values)
    return ratio(np.where(defined, values, 0.0).sum(axis=-1), defined.sum(axis=-1))


def with_reasons(values: dict[str, float], reasons: dict[str, str]) -> dict[str, Any]:
    """`values` with `None` for NaN, and the `reasons` of those.

    >>> with_reasons({"ccc": 0.5, "pearson": float("nan")}, {"pearson": "no spread"})
    {'ccc': 0.5, 'pearson': None, 'reasons': {'pearson': 'no spread'}}
    """
    undefined = [name for name, value in values.items() if np.isnan(value)]
    result: dict[str, Any] = {name: None if name in undefined else value for name, value in values.items()}
    if undefined:
        result["reasons"] = {name: reasons[name] for name in undefined}
    return result


def by_label(labels: Sequence[str], hits: Floats, guessed: Floats, actual: Floats) -> list[dict[str, Any]]:
    """Precision, recall, F1 and support of every label, from how often it was hit, predicted and there: (labels,) each.

    Precision is undefined for a label never predicted, recall for one that does not occur, F1 for one of both kinds.
    """
    precision, recall, f1 = ratio(hits, guessed), ratio(hits, actual), ratio(2 * hits, actual + guessed)
    reasons = {
        "precision": tr("never predicted"),
        "recall": tr("does not occur in the test data"),
        "f1": tr("neither occurs nor is predicted"),
    }
    rows = []
    for k, label in enumerate(labels):
        values = {"precision": float(precision[k]), "recall": float(recall[k]), "f1": float(f1[k])}
        rows.append({"label": label, **with_reasons(values, reasons), "support": int(actual[k])})
    return rows
