"""One estimator for each label: several labels a segment, or shares of labels."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, clone


class PerLabel(BaseEstimator):  # type: ignore[misc]
    """Binary relevance: every label learned on its own (Zhang & Zhou, IEEE TKDE 26(8), 2014).

    Parameters
    ----------
    estimator
        An untrained classifier (`labels`) or regressor (`shares`), copied for each label.
    task
        `labels`: 0 and 1; `shares`: predictions below 0 become 0, and each row is made to sum to 1.

    Examples
    --------
    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> X, Y = np.array([[0.0], [1.0]]), np.array([[0.0, 1.0], [1.0, 1.0]])
    >>> PerLabel(KNeighborsClassifier(1), "labels").fit(X, Y).predict(X).tolist()
    [[0.0, 1.0], [1.0, 1.0]]
    """

    def __init__(self, estimator: Any, task: str = "labels") -> None:
        self.estimator = estimator
        self.task = task

    def fit(self, X: NDArray[np.float64], Y: NDArray[np.float64]) -> "PerLabel":
        """Trains one estimator for each column of Y, (n, labels); a column that does not vary stays what it is."""
        self.n_features_in_ = X.shape[1]
        self.constants_ = [float(column[0]) if (column == column[0]).all() else None for column in Y.T]
        self.estimators_: list[Any] = [
            None
            if constant is not None
            else clone(self.estimator).fit(X, column.astype(np.intp) if self.task == "labels" else column)
            for constant, column in zip(self.constants_, Y.T, strict=True)
        ]
        return self

    def predict(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        """0 and 1, or shares: (n, columns) -> (n, labels)."""
        columns = [
            np.full(len(X), constant) if constant is not None else np.asarray(one.predict(X), np.float64)
            for one, constant in zip(self.estimators_, self.constants_, strict=True)
        ]
        found: NDArray[np.float64] = np.column_stack(columns)
        if self.task == "labels":
            return found
        found = np.maximum(found, 0.0)
        total = found.sum(axis=1, keepdims=True)
        return np.where(total > 0, found / np.where(total > 0, total, 1.0), 1.0 / found.shape[1])

    @property
    def gives_probabilities(self) -> bool:
        """Whether `label_probabilities` has an answer."""
        return self.task == "labels" and hasattr(self.estimator, "predict_proba")

    def label_probabilities(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probability that each label applies, (n, columns) -> (n, labels)."""
        columns = [
            np.full(len(X), constant) if constant is not None else one.predict_proba(X)[:, 1]
            for one, constant in zip(self.estimators_, self.constants_, strict=True)
        ]
        return np.column_stack(columns)
