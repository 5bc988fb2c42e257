"""Finding what stands in more than one part: values, copies of recordings, and overlapping segments."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Crossing:
    """A value that is in several parts: with the number of its segments and an example row in each."""

    code: int
    parts: list[int]
    counts: list[int]
    rows: list[int]


def crossings(codes: NDArray[np.intp], part: NDArray[np.intp]) -> Iterator[Crossing]:
    """Values that segments of two or more parts have, in the order of their codes.

    Parameters
    ----------
    codes
        (n,) value of each segment, -1 for none.
    part
        (n,) part of each segment, -1 for none.

    Examples
    --------
    >>> [found] = crossings(np.array([0, 0, 1, 1, 0]), np.array([0, 1, 1, 1, 0]))
    >>> found
    Crossing(code=0, parts=[0, 1], counts=[2, 1], rows=[0, 1])
    """
    rows = np.flatnonzero((codes >= 0) & (part >= 0))
    n_parts = int(part.max(initial=0)) + 1
    cells, first, counts = np.unique(
        codes[rows] * n_parts + part[rows], return_index=True, return_counts=True
    )
    begin, end = _stretches(cells // n_parts)
    several = end - begin > 1
    for start, stop in zip(begin[several], end[several], strict=True):
        yield Crossing(
            code=int(cells[start] // n_parts),
            parts=(cells[start:stop] % n_parts).tolist(),
            counts=counts[start:stop].tolist(),
            rows=rows[first[start:stop]].tolist(),
        )


@dataclass(frozen=True, slots=True)
class Copies:
    """A sound that several recordings hold, with one row for each of its recordings (and parts)."""

    code: int
    recordings: list[int]
    rows: list[int]

    def pair(self, part: NDArray[np.intp]) -> tuple[int, int] | None:
        """Two rows of different recordings in different parts; `None` where there are none."""
        places = [(home, int(part[row]), row) for home, row in zip(self.recordings, self.rows, strict=True)]
        home, side, row = places[0]
        for other_home, other_side, other_row in places:
            if other_home != home and other_side != side:
                return row, other_row
        # Everything shares its recording or its part with the first row. A pair can then only be the first
        # recording elsewhere and another recording here.
        elsewhere = next((r for _, other_side, r in places if other_side != side), None)
        another = next((r for other_home, _, r in places if other_home != home), None)
        return (another, elsewhere) if another is not None and elsewhere is not None else None


def copies(
    sounds: NDArray[np.intp], recordings: NDArray[np.intp], part: NDArray[np.intp]
) -> Iterator[Copies]:
    """Sounds (codes, -1 for unknown) that two or more recordings hold; rows with part -1 do not count."""
    rows = np.flatnonzero((sounds >= 0) & (part >= 0))
    n_parts, n_recordings = int(part.max(initial=0)) + 1, int(recordings.max(initial=0)) + 1
    cells, first = np.unique(
        (sounds[rows] * n_recordings + recordings[rows]) * n_parts + part[rows], return_index=True
    )
    if not len(cells):
        return
    holder = cells // n_parts
    begin, end = _stretches(holder // n_recordings)
    several = holder[begin] != holder[end - 1]
    for start, stop in zip(begin[several], end[several], strict=True):
        yield Copies(
            code=int(holder[start] // n_recordings),
            recordings=(holder[start:stop] % n_recordings).tolist(),
            rows=rows[first[start:stop]].tolist(),
        )


def overlaps(
    places: NDArray[np.intp], starts: NDArray[np.int64], ends: NDArray[np.int64], part: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Pairs of rows that share samples of one place (recording or sound) and are in different parts.

    Each segment is paired with at most one earlier segment of every other part: the one that lasts longest.
    So all segments that overlap are found, but not all pairs, of which there can be n².

    >>> part = np.array([0, 1, 1])
    >>> earlier, later = overlaps(np.zeros(3, int), np.array([0, 5, 10]), np.array([10, 9, 15]), part)
    >>> earlier.tolist(), later.tolist()
    ([0], [1])
    """
    rows = np.flatnonzero((places >= 0) & (part >= 0))
    order = rows[np.lexsort((starts[rows], places[rows]))]
    # One time line for all places, one after the other.
    offset = places[order] * (ends.max(initial=0) + 1)
    start, end, side = starts[order] + offset, ends[order] + offset, part[order]
    position = np.arange(len(order))
    earlier, later = [position[:0]], [position[:0]]
    for other in np.unique(side):
        reach = np.where(side == other, end, -1)
        furthest = np.maximum.accumulate(reach)
        last = np.maximum.accumulate(np.where(reach == furthest, position, 0))
        hit = np.flatnonzero((side != other) & (furthest > start))
        earlier.append(last[hit])
        later.append(hit)
    return order[np.concatenate(earlier)], order[np.concatenate(later)]


def _stretches(values: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """First position, and the one after the last, of every stretch of equal neighbours."""
    change = np.flatnonzero(np.diff(values)) + 1
    return np.r_[0, change], np.r_[change, len(values)]
