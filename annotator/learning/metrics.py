"""How well predictions agree with a reference: accuracy, UAR and macro F1, or CCC, Pearson's r and RMSE.

Several labels a segment, and shares of labels, have metrics of their own: see `several`.

Every metric is computed from sums that add up over rows (a confusion matrix, or moments), so that parts, groups and
bootstrap replicates are evaluated by adding, thousands at once: all functions work on the last axes of stacks.

- accuracy: share of rows predicted right.
- uar, unweighted average recall: mean over the classes present in the reference of the share found of each
  (B. Schuller et al., The INTERSPEECH 2009 emotion challenge); scikit-learn's balanced accuracy.
- macro_f1: mean over the classes in reference or predictions of 2 TP / (2 TP + FP + FN).
- ccc: 2 cov / (var + var + difference of means squared), with population moments (L. Lin, Biometrics 45, 1989).
- pearson: cov / sqrt(var var). rmse: root of the mean squared difference.

What is undefined is NaN here and `None`, with its reason, in results.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from annotator.domain.translation import tr
from annotator.learning.ratios import Floats, by_label, mean_defined, ratio, with_reasons
from annotator.learning.several import label_counts, labels_metrics, share_sums, shares_metrics

#: One label of several, a number, several labels at once, or a share of each label.
Task: TypeAlias = Literal["classification", "regression", "labels", "shares"]

METRICS: dict[Task, tuple[str, ...]] = {
    "classification": ("accuracy", "uar", "macro_f1"),
    "regression": ("ccc", "pearson", "rmse"),
    "labels": ("macro_f1", "micro_f1", "hamming"),
    "shares": ("cosine", "kl"),
}

#: The metric that choices are made by and that curves and importances are told in; larger is better for all four.
MAIN: dict[Task, str] = {
    "classification": "uar", "regression": "ccc", "labels": "macro_f1", "shares": "cosine",
}  # fmt: skip


def classification_metrics(confusion: Floats) -> Floats:
    """(accuracy, uar, macro_f1) of confusion matrices, (..., k, k) -> (..., 3); NaN where there are no rows.

    >>> classification_metrics(np.array([[3.0, 1.0], [1.0, 1.0]])).tolist()
    [0.6666666666666666, 0.625, 0.625]
    """
    hits = np.diagonal(confusion, axis1=-2, axis2=-1)
    actual, guessed = confusion.sum(axis=-1), confusion.sum(axis=-2)
    return np.stack(
        [
            ratio(hits.sum(axis=-1), actual.sum(axis=-1)),
            mean_defined(ratio(hits, actual)),
            mean_defined(ratio(2 * hits, actual + guessed)),
        ],
        axis=-1,
    )


def moments(truth: Floats, predicted: Floats) -> Floats:
    """n, sums of truth, prediction, their squares and their product: (n,) and (n,) -> (n, 6), one row each.

    Sums of these rows are what `regression_metrics` reads. Subtract a common centre from both beforehand, or large
    means cost digits.
    """
    return np.stack(
        [np.ones_like(truth), truth, predicted, truth**2, predicted**2, truth * predicted], axis=-1
    )


def regression_metrics(sums: Floats) -> Floats:
    """(ccc, pearson, rmse) of summed moments, (..., 6) -> (..., 3); NaN where undefined.

    >>> truth, predicted = np.array([1.0, 2.0, 3.0]), np.array([2.0, 3.0, 4.0])
    >>> regression_metrics(moments(truth, predicted).sum(axis=0)).round(6).tolist()
    [0.571429, 1.0, 1.0]
    """
    n, t, p, tt, pp, tp = np.moveaxis(sums, -1, 0)
    mean_t, mean_p = ratio(t, n), ratio(p, n)
    # A constant leaves a variance of rounding errors, which must count as none.
    var_t = _clean(ratio(tt, n) - mean_t**2, ratio(tt, n))
    var_p = _clean(ratio(pp, n) - mean_p**2, ratio(pp, n))
    covariance = ratio(tp, n) - mean_t * mean_p
    spread = np.sqrt(var_t * var_p)
    ccc = ratio(2 * covariance, var_t + var_p + (mean_t - mean_p) ** 2)
    pearson = np.clip(ratio(covariance, spread), -1.0, 1.0)
    rmse = np.sqrt(np.maximum(ratio(tt - 2 * tp + pp, n), 0.0))
    return np.stack([ccc, pearson, rmse], axis=-1)


_OF_SUMS: dict[Task, Callable[[Floats], Floats]] = {
    "classification": classification_metrics,
    "regression": regression_metrics,
    "labels": labels_metrics,
    "shares": shares_metrics,
}


@dataclass(frozen=True)
class Scorer:
    """Turns rows into sums and sums into metrics, alike for classes (codes 0..n_classes-1) and for numbers.

    `centre` is subtracted from numbers before their moments are taken. Several labels are rows of 0 and 1, shares
    rows that sum to 1, (n, n_classes) each.
    """

    task: Task
    n_classes: int = 0
    centre: float = 0.0

    @property
    def names(self) -> tuple[str, ...]:
        """The metrics in the order in which `metrics` gives them."""
        return METRICS[self.task]

    def sums(self, truth: NDArray[Any], predicted: NDArray[Any]) -> Floats:
        """What the metrics are computed from: a confusion matrix (reference x prediction), summed moments (6,), counts
        of every label (n_classes, 4) or summed likenesses (3,)."""
        sums: Floats = self.grouped_sums(truth, predicted, np.zeros(len(truth), dtype=np.intp), 1)[0]
        return sums

    def grouped_sums(
        self, truth: NDArray[Any], predicted: NDArray[Any], groups: NDArray[np.intp], n_groups: int
    ) -> Floats:
        """The sums of every group 0..n_groups-1, each as `sums` gives them.

        >>> codes, groups = np.array([0, 1, 1]), np.array([0, 0, 1])
        >>> Scorer("classification", 2).grouped_sums(codes, np.array([0, 0, 1]), groups, 2).tolist()
        [[[1.0, 0.0], [1.0, 0.0]], [[0.0, 0.0], [0.0, 1.0]]]
        """
        if self.task == "classification":
            k = self.n_classes
            cells = (groups * k + truth) * k + predicted
            return np.bincount(cells, minlength=n_groups * k * k).reshape(n_groups, k, k).astype(np.float64)
        if self.task == "regression":
            rows = moments(truth - self.centre, predicted - self.centre)
        else:
            rows = label_counts(truth, predicted) if self.task == "labels" else share_sums(truth, predicted)
        sums = np.zeros((n_groups, *rows.shape[1:]))
        np.add.at(sums, groups, rows)
        return sums

    def metrics(self, sums: Floats) -> Floats:
        """Metrics of (stacks of) sums, last axis in the order of `names`."""
        return _OF_SUMS[self.task](sums)

    def main(self, sums: Floats) -> Floats:
        """The metric that choices are made by, of (stacks of) sums; larger is better."""
        values: Floats = self.metrics(sums)[..., self.main_index]
        return values

    @property
    def main_index(self) -> int:
        """Place of that metric among `names`."""
        return self.names.index(MAIN[self.task])

    def reason(self, sums: Floats) -> str:
        """Why a metric of these sums is undefined, where one is."""
        n = sums.sum() if self.task in ("classification", "labels") else sums[0]
        if n == 0:
            return tr("no segments to evaluate")
        return tr("reference or predictions do not vary")

    def named(self, sums: Floats) -> dict[str, Any]:
        """Metrics by name, `None` where undefined, then with the causes under `reasons`.

        >>> Scorer("classification", 2).named(np.array([[2.0, 0.0], [0.0, 2.0]]))
        {'accuracy': 1.0, 'uar': 1.0, 'macro_f1': 1.0}
        """
        values = dict(zip(self.names, self.metrics(sums).tolist(), strict=True))
        return with_reasons(values, dict.fromkeys(self.names, self.reason(sums)))


def per_class(confusion: Floats, labels: tuple[str, ...]) -> list[dict[str, Any]]:
    """Precision, recall, F1 and support of every class of one confusion matrix, as `by_label` gives them."""
    return by_label(labels, np.diagonal(confusion), confusion.sum(axis=0), confusion.sum(axis=1))


def _clean(variance: Floats, mean_square: Floats) -> Floats:
    return np.where(variance > 1e-12 * mean_square, variance, 0.0)
