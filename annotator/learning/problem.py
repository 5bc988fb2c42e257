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
        The label chosen (object array of str) or the number given (float64), (n,).
    """

    rows: NDArray[np.intp]
    raters: NDArray[np.intp]
    values: NDArray[Any]

    def __post_init__(self) -> None:
        if not len(self.rows) == len(self.raters) == len(self.values):
            raise ValueError("rows, raters and values of votes must be equally long")
        pairs = np.stack([self.rows, self.raters], axis=1)
        if len(np.unique(pairs, axis=0)) < len(pairs):
            raise ValueError("a rater votes at most once for a row")


@dataclass(frozen=True)
class Problem:
    """Segments with features, target and part.

    Parameters
    ----------
    X
        Features, (n, columns), finite.
    y
        Target of every segment: labels (object array of str) or numbers (float64), (n,).
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
    target: NDArray[Any] = field(init=False, repr=False)
    """Class codes (intp) or numbers (float64), (n,)."""

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
                    value=self.y[0],
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
        """Whether labels or numbers are to be predicted."""
        return "classification" if self.labels else "regression"

    @property
    def scorer(self) -> Scorer:
        """What computes this problem's metrics."""
        if self.labels:
            return Scorer("classification", n_classes=len(self.labels))
        return Scorer("regression", centre=float(self.target.mean()))

    def _as_target(self) -> NDArray[Any]:
        if not self.labels:
            return np.asarray(self.y, dtype=np.float64)
        codes = {label: code for code, label in enumerate(self.labels)}
        if len(codes) < len(self.labels):
            raise ValueError(f"labels occur twice in {self.labels}")
        unknown = set(self.y) - set(codes)
        if unknown:
            raise ValueError(f"targets {sorted(map(str, unknown))} are not among the labels {self.labels}")
        return np.array([codes[label] for label in self.y], dtype=np.intp)
