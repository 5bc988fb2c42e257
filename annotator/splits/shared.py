"""What two recordings share by a link: which segments lie over one another, and whether one is a copy of the other."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from annotator.domain.corpus import Link

#: A link over so much of the shorter recording makes it a copy or an excerpt of the other.
_COPY = 0.5


def is_copy(link: Link, lengths: Mapping[str, int]) -> bool:
    """Whether a link covers at least half of one of its recordings, whose samples `lengths` gives.

    >>> is_copy(Link("x", "y", 1.0, 0, 50, 0, 50), {"x": 1000, "y": 90})
    True
    """
    return (
        link.end_a - link.start_a >= _COPY * lengths[link.a]
        or link.end_b - link.start_b >= _COPY * lengths[link.b]
    )


def on_one_line(
    link: Link, in_b: NDArray[np.bool_], starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Spans of segments of both recordings, in samples of a and clipped to what the two share.

    Parameters
    ----------
    in_b
        (n,) whether a segment is of recording b; the others are of a.
    starts, ends
        (n,) samples of each segment's own recording. A segment outside the link comes back with an end not after its
        start.

    Examples
    --------
    >>> link = Link("x", "y", 1.0, 100, 200, 0, 50)
    >>> on_one_line(link, np.array([False, True]), np.array([90, 25]), np.array([150, 80]))
    (array([100, 150]), array([150, 200]))
    """
    scale = (link.end_a - link.start_a) / max(link.end_b - link.start_b, 1)

    def mapped(samples: NDArray[np.int64]) -> NDArray[np.int64]:
        moved = np.where(in_b, np.rint((samples - link.start_b) * scale) + link.start_a, samples)
        return np.clip(moved, link.start_a, link.end_a).astype(np.int64)

    return mapped(starts), mapped(ends)
