"""Agreement of two segmentations beyond chance: Krippendorff's alpha for unitizing, and pairs of like segments.

K. Krippendorff: On the reliability of unitizing continuous data. Sociological Methodology 25, 1995, 47-76.

Observed disagreement compares every unit with the units and gaps of the other that it shares time with: two units that
overlap disagree by the squares of the distances of their starts and of their ends, a unit that lies within a gap by
the square of its length. Expected disagreement is the mean over all ways in which the same units could lie. Alpha is
1 - observed / expected: 1 for the same boundaries, 0 for chance, below 0 for worse.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Continuum:
    """What two segmentations make of one recording: spans in whole units of time, sorted, within 0..length."""

    length: int
    first: Sequence[Span]
    second: Sequence[Span]


def alpha_unitizing(recordings: Sequence[Continuum]) -> float | None:
    """Alpha of two segmentations of one or more recordings; gaps end with their recording.

    Parameters
    ----------
    recordings
        Spans of one segmentation must not overlap; milliseconds are fine enough.

    Returns
    -------
    `None` where it is undefined: neither has a segment, or every one covers its whole recording.

    Raises
    ------
    ValueError
        Where spans are empty, overlap, or leave the recording.

    Examples
    --------
    >>> same = [(100, 300), (400, 700)]
    >>> alpha_unitizing([Continuum(1000, same, same)])
    1.0
    >>> round(alpha_unitizing([Continuum(1000, same, [(110, 300), (400, 690)])]), 3)
    0.998
    """
    length = sum(recording.length for recording in recordings)
    first = [_sections(recording.length, recording.first) for recording in recordings]
    second = [_sections(recording.length, recording.second) for recording in recordings]
    observed = sum(
        _distance(one, other)
        for ours, theirs in zip(first, second, strict=True)
        for one, other in _meeting(ours, theirs)
    )
    everything = [section for sections in (*first, *second) for section in sections]
    expected = _expected(everything, length)
    return 1 - observed / length**2 / expected if expected > 0 else None


@dataclass(frozen=True, slots=True)
class _Section:
    """A unit or a gap of one segmentation."""

    start: int
    end: int
    unit: bool


def _sections(length: int, spans: Sequence[Span]) -> list[_Section]:
    """Units with the gaps between them."""
    sections = []
    at = 0
    for start, end in spans:
        if not at <= start < end <= length:
            raise ValueError(f"({start}, {end}) is empty, overlaps the span before, or leaves 0..{length}")
        if start > at:
            sections.append(_Section(at, start, unit=False))
        sections.append(_Section(start, end, unit=True))
        at = end
    if at < length:
        sections.append(_Section(at, length, unit=False))
    return sections


def _meeting(first: Sequence[_Section], second: Sequence[_Section]) -> Iterator[tuple[_Section, _Section]]:
    """Pairs of sections that share time."""
    i = j = 0
    while i < len(first) and j < len(second):
        yield first[i], second[j]
        ours, theirs = first[i].end, second[j].end
        i += ours <= theirs
        j += theirs <= ours


def _distance(one: _Section, other: _Section) -> float:
    """The squared difference of two sections that share time."""
    if one.unit and other.unit:
        return float((one.start - other.start) ** 2 + (one.end - other.end) ** 2)
    if not one.unit and not other.unit:
        return 0.0
    unit, gap = (one, other) if one.unit else (other, one)
    within = gap.start <= unit.start and unit.end <= gap.end
    return float((unit.end - unit.start) ** 2) if within else 0.0


def _expected(sections: Sequence[_Section], length: int) -> float:
    """Expected disagreement of two observers who together made these sections of a continuum of `length`."""
    units = np.array([s.end - s.start for s in sections if s.unit], dtype=np.float64)
    gaps = np.sort([float(s.end - s.start) for s in sections if not s.unit])
    if not len(units):
        return 0.0
    # Sum over the gaps that hold a unit of the number of places it can take there.
    first = np.searchsorted(gaps, units)
    totals = np.concatenate((np.cumsum(gaps[::-1])[::-1], [0.0]))
    places = totals[first] - (len(gaps) - first) * (units - 1)
    among = (len(units) - 1) / 3 * (2 * units**3 - 3 * units**2 + units)
    pairs = 2.0 * length * (2.0 * length - 1) - np.sum(units * (units - 1))
    return float(2 / length * np.sum(among + units**2 * places) / pairs)


@dataclass(frozen=True, slots=True)
class Matches:
    """Segments of two segmentations that are alike: how many, how much each pair shares, and who is left over.

    `mean_iou` is the mean intersection over union of the pairs, `None` where there are none.
    """

    matched: int
    only_first: int
    only_second: int
    mean_iou: float | None


def match_segments(
    first: Sequence[tuple[float, float]], second: Sequence[tuple[float, float]], *, least: float = 0.5
) -> Matches:
    """Pairs segments that share more than `least` (at least 0.5) of the time that either of them covers.

    More than half makes partners unique where segments of one side do not overlap. Spans are sorted by start.

    >>> match_segments([(0, 10), (20, 30)], [(1, 10), (20, 24), (24, 30)])
    Matches(matched=2, only_first=0, only_second=1, mean_iou=0.75)
    """
    shares = [_share(first[i], second[j]) for i, j in partners(first, second, least=least)]
    mean = float(np.mean(shares)) if shares else None
    return Matches(len(shares), len(first) - len(shares), len(second) - len(shares), mean)


def partners(
    first: Sequence[tuple[float, float]], second: Sequence[tuple[float, float]], *, least: float = 0.5
) -> list[tuple[int, int]]:
    """Numbers of the pairs of spans that share more than `least` (at least 0.5) of the time that either covers.

    Each span is in one pair at most. Spans are sorted by start.

    >>> partners([(0, 10), (20, 30)], [(1, 10), (12, 15), (20, 24), (24, 30)])
    [(0, 0), (1, 3)]
    """
    if not 0.5 <= least <= 1:
        raise ValueError(f"least must be 0.5 to 1, not {least}")
    pairs: list[tuple[int, int]] = []
    i = j = 0
    while i < len(first) and j < len(second):
        fresh = not pairs or (i > pairs[-1][0] and j > pairs[-1][1])
        if fresh and _share(first[i], second[j]) > least:
            pairs.append((i, j))
        one, other = first[i][1], second[j][1]
        i += one <= other
        j += other <= one
    return pairs


def _share(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Intersection over union, 0 where the spans do not meet."""
    shared = min(one[1], other[1]) - max(one[0], other[0])
    return max(shared, 0) / (max(one[1], other[1]) - min(one[0], other[0]))


def overlap_free(spans: Sequence[tuple[float, float]]) -> bool:
    """Whether no two of the spans, sorted by start, share time."""
    return all(one[1] <= other[0] for one, other in pairwise(spans))
