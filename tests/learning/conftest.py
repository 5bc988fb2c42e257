"""Problems whose answer is known."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from annotator.learning.evaluate import Problem


@pytest.fixture
def make_problem() -> Callable[..., Problem]:
    """A problem of features and targets; by default in three folds of whole groups of four rows."""

    def make(X: Any, y: Any, **given: Any) -> Problem:
        n = len(y)
        groups = given.pop("groups", np.arange(n) // 4)
        parts = given.pop("parts", np.array([f"fold{group % 3}" for group in groups]))
        is_number = np.asarray(y).dtype.kind == "f"
        defaults: dict[str, Any] = {
            "part_order": tuple(sorted(set(parts.tolist()))),
            "folds": True,
            "labels": () if is_number else tuple(sorted(set(map(str, y)))),
            "segment_ids": tuple(f"s{row}" for row in range(n)),
        }
        return Problem(
            X=np.asarray(X, dtype=np.float64),
            y=np.asarray(y, dtype=np.float64 if is_number else object),
            parts=parts,
            groups=groups,
            **(defaults | given),
        )

    return make
