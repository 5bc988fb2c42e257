"""What is to be learned: features, targets, the parts of a split, and the ratings behind the targets."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr
from annotator.learning.metrics import Scorer, Task


@dataclass(frozen=True)
class Votes:
    """The ratings that the targets were settled from, one entry each, at most one per rater and segment.

    Parameters
    ----------
    rows
        Row of the problem that is rated, (n,).
    raters
        Index of the rater, (n,).
    values
        The label chosen (object array of str) or the number given (float64), (n,); of several labels or shares what
        was given to each (float64), (n, labels).
    threshold
        Of several labels: the share of raters from which on a segment has a label.
    """

    rows: NDArray[np.intp]
    raters: NDArray[np.intp]
    values: NDArray[Any]
    threshold: float = 0.5

    def __post_init__(self) -> None:
        if not len(self.rows) == len(self.raters) == len(self.values):
            raise ValueError("rows, raters and values of votes must be equally long")
        pairs = np.stack([self.rows, self.raters], axis=1)
        if len(np.unique(pairs, axis=0)) < len(pairs):
            raise ValueError("a rater votes at most once for a row")


@dataclass(frozen=True)
class Extra:
    """Rows that only ever help to train: changed copies of segments, or pieces of them.

    Parameters
    ----------
    X
        Their features, (m, columns), finite.
    rows
        The row of the problem that each was made from, (m,): it is trained on where that one is, never tested.
    """

    X: NDArray[np.float64]
    rows: NDArray[np.intp]


@dataclass(frozen=True)
class Problem:
    """Segments with features, target and part.

    Parameters
    ----------
    X
        Features, (n, columns), finite.
    y
        Target of every segment: labels (object array of str) or numbers (float64), (n,); several labels (0 and 1) or
        shares of them (float64), (n, labels).
    parts
        Part of the split that every segment is in, (n,).
    part_order
        The parts in the order they were asked for.
    folds
        Whether each part is to be the test side once (cross-validation), or the parts have roles (train, dev, test).
    groups
        Group (song, speaker, ...) of every segment, 0..; groups are resampled as wholes.
    labels
        The categories in their order, at least those that occur; empty where the target is a number.
    segment_ids
        Identifier of every segment.
    votes
        Ratings to compute the human ceiling from, if there are.
    extra
        Rows that are trained on beside those of the segments they were made from.
    soft
        Whether rows of several labels are shares that sum to 1.

    Raises
    ------
    ValueError
        Where the arrays do not fit together.
    AnnotatorError
        Where there is nothing to learn or a feature is not finite.
    """

    X: NDArray[np.float64]
    y: NDArray[Any]
    parts: NDArray[np.str_]
    part_order: tuple[str, ...]
    folds: bool
    groups: NDArray[np.intp]
    labels: tuple[str, ...]
    segment_ids: tuple[str, ...]
    votes: Votes | None = None
    extra: Extra | None = None
    soft: bool = False
    target: NDArray[Any] = field(init=False, repr=False)
    """Class codes (intp) or numbers (float64), (n,), or what each label has (float64), (n, labels)."""

    def __post_init__(self) -> None:
        n = len(self.y)
        lengths = {len(self.X), len(self.parts), len(self.groups), len(self.segment_ids)}
        if lengths != {n}:
            raise ValueError(f"X, y, parts, groups and segment_ids must be equally long, got {lengths | {n}}")
        unknown = set(np.unique(self.parts).tolist()) - set(self.part_order)
        if unknown:
            raise ValueError(f"parts {sorted(unknown)} are not in part_order {self.part_order}")
        object.__setattr__(self, "target", self._as_target())
        if n == 0:
            raise AnnotatorError(
                tr("No segment of the split has a value of the target."),
                tr("Rate the segments, or settle their consensus first."),
            )
        if (self.target == self.target[0]).all():
            raise AnnotatorError(
                tr(
                    'All {n} segments have the same value, "{value}": there is nothing to learn.',
                    n=n,
                    value=self._said(0),
                ),
                tr("Choose another target, or rate more segments."),
            )
        finite = np.isfinite(self.X)
        if not finite.all():
            row, column = np.argwhere(~finite)[0]
            raise AnnotatorError(
                tr(
                    "Feature {column} of segment {segment} is not a finite number.",
                    column=int(column) + 1,
                    segment=self.segment_ids[row],
                ),
                tr("Compute the features again, or leave this segment out."),
            )

    @property
    def task(self) -> Task:
        """What is to be predicted."""
        if self.y.ndim == 1:
            return "classification" if self.labels else "regression"
        return "shares" if self.soft else "labels"

    @property
    def scorer(self) -> Scorer:
        """What computes this problem's metrics."""
        if self.labels:
            return Scorer(self.task, n_classes=len(self.labels))
        return Scorer("regression", centre=float(self.target.mean()))

    def training(self, rows: NDArray[np.intp]) -> tuple[NDArray[np.float64], NDArray[Any]]:
        """Features and targets to train on where `rows` may be used, with the extra rows made from them."""
        if self.extra is None:
            everything = np.array_equal(
                rows, np.arange(len(self.X))
            )  # what needs no copy, which may be large
            return (self.X, self.target) if everything else (self.X[rows], self.target[rows])
        made = np.flatnonzero(np.isin(self.extra.rows, rows))
        X = np.concatenate([self.X[rows], self.extra.X[made]])
        return X, np.concatenate([self.target[rows], self.target[self.extra.rows[made]]])

    def training_groups(self, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """The group of every row that `training` gives."""
        if self.extra is None:
            return self.groups[rows]
        made = np.flatnonzero(np.isin(self.extra.rows, rows))
        return np.concatenate([self.groups[rows], self.groups[self.extra.rows[made]]])

    def _said(self, row: int) -> str:
        if self.y.ndim == 1:
            return str(self.y[row])
        return ", ".join(label for label, value in zip(self.labels, self.y[row], strict=True) if value) or "-"

    def _as_target(self) -> NDArray[Any]:
        if not self.labels or self.y.ndim == 2:
            return np.asarray(self.y, dtype=np.float64)
        codes = {label: code for code, label in enumerate(self.labels)}
        if len(codes) < len(self.labels):
            raise ValueError(f"labels occur twice in {self.labels}")
        unknown = set(self.y) - set(codes)
        if unknown:
            raise ValueError(f"targets {sorted(map(str, unknown))} are not among the labels {self.labels}")
        return np.array([codes[label] for label in self.y], dtype=np.intp)
