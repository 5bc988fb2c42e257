"""Which segments are trained on and which are tested, as the split says or, for comparison, ignoring its groups."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr
from annotator.learning.problem import Problem


@dataclass(frozen=True)
class Fold:
    """Rows to train on and rows to test on; `pooled` folds count in the overall result."""

    part: str
    train: NDArray[np.intp]
    test: NDArray[np.intp]
    pooled: bool = True


def folds_of(problem: Problem) -> list[Fold]:
    """The folds that a problem's split asks for.

    With `problem.folds`, each part is the test side once and all others are trained on. Otherwise part `train` is
    trained on and every other part tested; `test`, or where there is none the last part, gives the overall result.
    Without a part `train`, all parts but the last are trained on and the last is tested.

    Raises
    ------
    AnnotatorError
        Where a training side, or what the overall result is computed from, has no segments.
    """
    rows = {part: np.flatnonzero(problem.parts == part) for part in problem.part_order}
    everything = np.arange(len(problem.y))
    if problem.folds:
        folds = [Fold(part, np.setdiff1d(everything, test), test) for part, test in rows.items()]
        # A part without segments is shown with its empty result, and does not ask for training.
        _require(*(fold.train for fold in folds if len(fold.test)))
        return folds
    if len(rows) < 2:
        raise AnnotatorError(
            tr(
                'The split has one part only, "{part}": nothing is left to test on.',
                part=problem.part_order[0],
            ),
            tr("Make a split with at least two parts, or with folds."),
        )
    tested = list(rows)[-1:]
    if "train" in rows:
        tested = [part for part in rows if part != "train"]
    train = np.concatenate([rows[part] for part in rows if part == "train" or part not in tested])
    decisive = "test" if "test" in tested else tested[-1]
    _require(train, rows[decisive])
    return [Fold(part, train, rows[part], pooled=part == decisive) for part in tested]


def random_folds(target: NDArray[Any], *, stratify: bool, k: int, seed: int) -> list[Fold]:
    """`k` random folds, for classes with each class spread evenly over them; groups are ignored.

    >>> folds = random_folds(np.array([0, 0, 0, 0, 1, 1]), stratify=True, k=2, seed=0)
    >>> [int((fold.test >= 4).sum()) for fold in folds]
    [1, 1]
    """
    order = np.random.default_rng(seed).permutation(len(target))
    if stratify:
        order = order[np.argsort(target[order], kind="stable")]
    folds = []
    for number in range(k):
        test = np.sort(order[number::k])
        folds.append(Fold(str(number + 1), np.setdiff1d(order, test), test))
    return folds


def comparable_k(problem: Problem, folds: list[Fold]) -> int:
    """Number of random folds whose test side is about as large as the split's: 2 to 10, and to the number of rows."""
    k = (
        len(folds)
        if problem.folds
        else round(len(problem.y) / sum(len(fold.test) for fold in folds if fold.pooled))
    )
    return max(2, min(k, 10, len(problem.y)))


def _require(*sides: NDArray[np.intp]) -> None:
    if not sides or not all(len(side) for side in sides):
        raise AnnotatorError(
            tr("All segments that have a value of the target are on one side of the split."),
            tr("Rate segments of the other parts, or make a new split that is stratified by the target."),
        )
