"""Published tables whose coefficients are known."""

import numpy as np
import pytest

from annotator.agreement.ratings import Ratings


@pytest.fixture
def krippendorff_example() -> Ratings:
    """Four coders, twelve units, five values, with missing ratings (Krippendorff 2011, example C)."""
    coders = [
        "1 2 3 3 2 1 4 1 2 . . .",
        "1 2 3 3 2 2 4 1 2 5 . 3",
        ". 3 3 3 2 3 4 2 2 5 1 .",
        "1 2 3 3 2 4 4 1 2 5 1 .",
    ]
    return Ratings.from_matrix(
        np.array([[np.nan if c == "." else float(c) for c in row.split()] for row in coders]).T
    )


@pytest.fixture
def krippendorff_codes(krippendorff_example: Ratings) -> Ratings:
    """The same as category codes 0 to 4."""
    r = krippendorff_example
    return Ratings(r.units, r.raters, r.values - 1, n_categories=5)


@pytest.fixture
def fleiss_counts() -> list[list[int]]:
    """Ten units, fourteen raters, five categories."""
    return [
        [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
        [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
    ]  # fmt: skip


@pytest.fixture
def shrout_fleiss() -> Ratings:
    """Six units rated by the same four judges (Shrout & Fleiss 1979, table 2)."""
    return Ratings.from_matrix(
        [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    )
