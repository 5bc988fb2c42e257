"""How well the boundaries of two segmentations of one recording agree.

Boundaries are compared kind by kind: a start only with a start, an end only with an end. Two boundaries match where
they lie at most `tolerance` apart; each takes part in at most one match, and as many matches are made as can be. Then

- precision = matches / boundaries of the estimate,
- recall = matches / boundaries of the reference,
- F = 2 * matches / (boundaries of both), their harmonic mean (van Rijsbergen 1979, chapter 7, with equal weights).

The convention is that of music structure segmentation (Turnbull et al. 2007, ISMIR), except that starts and ends are
kept apart, so that a segment begun where another should have ended counts for nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class BoundaryScores:
    """Agreement of boundaries, 0..1 each; `None` where it is undefined because there are no boundaries to count.

    `deviation` is the median distance of matched boundaries, in the unit of the spans.
    """

    precision: float | None
    recall: float | None
    f: float | None
    matches: int
    deviation: float | None


def boundary_scores(
    reference: Sequence[tuple[float, float]], estimate: Sequence[tuple[float, float]], *, tolerance: float
) -> BoundaryScores:
    """Precision, recall and F of the boundaries of `estimate` against `reference`.

    Parameters
    ----------
    reference, estimate
        (start, end) of each segment, start before end, in any order; samples or seconds, the same for both.
    tolerance
        Largest distance of matching boundaries, in the same unit; 0 or more.

    Raises
    ------
    ValueError
        Where a span is empty, reversed or not finite, or the tolerance is negative.

    Examples
    --------
    >>> boundary_scores([(0.0, 1.0), (2.0, 3.0)], [(0.1, 1.0), (2.0, 3.5)], tolerance=0.2)
    BoundaryScores(precision=0.75, recall=0.75, f=0.75, matches=3, deviation=0.0)
    """
    if not tolerance >= 0:
        raise ValueError(f"tolerance must be 0 or more, not {tolerance}")
    true, found = _validated(reference, "reference"), _validated(estimate, "estimate")
    distances = [
        distance
        for kind in (0, 1)
        for distance in _match(np.sort(true[:, kind]), np.sort(found[:, kind]), tolerance)
    ]
    n_true, n_found, matches = true.size, found.size, len(distances)
    return BoundaryScores(
        precision=matches / n_found if n_found else None,
        recall=matches / n_true if n_true else None,
        f=2 * matches / (n_true + n_found) if n_true + n_found else None,
        matches=matches,
        deviation=float(np.median(distances)) if distances else None,
    )


def _validated(spans: Sequence[tuple[float, float]], name: str) -> NDArray[np.float64]:
    array = np.asarray(spans, dtype=np.float64).reshape(-1, 2)
    if not np.isfinite(array).all() or (array[:, 0] >= array[:, 1]).any():
        raise ValueError(f"{name} must hold (start, end) with finite start < end")
    return array


def _match(reference: NDArray[np.float64], estimate: NDArray[np.float64], tolerance: float) -> list[float]:
    """Distances of a largest one-to-one matching of two sorted lists of positions.

    Taking the earliest pair within reach is optimal: whatever else the two could be matched with comes later, and is
    no harder to reach for those that follow.
    """
    distances: list[float] = []
    i = j = 0
    while i < len(reference) and j < len(estimate):
        distance = float(reference[i] - estimate[j])
        if abs(distance) <= tolerance:
            distances.append(abs(distance))
        i += distance <= tolerance
        j += distance >= -tolerance
    return distances
