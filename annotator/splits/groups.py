"""Groups: the sets of segments that must stay together when a corpus is split.

A group is a connected component: two segments belong together when they share the value of a chosen key
(speaker, song, show, ...), when a link says so (identical audio, overlapping windows), or when a chain of
such ties leads from one to the other.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr

#: Values that the name of a group lists before it only counts the rest.
_NAMED_VALUES = 3
#: Key under which segments without a value are named.
_UNGROUPED = "ungrouped"
_NUMBER = re.compile("[0-9]+")


@dataclass(frozen=True)
class Groups:
    """The group of every segment.

    Parameters
    ----------
    index
        (n,) group of every segment, 0..len(names)-1.
    names
        Readable, unique name of every group, such as ``"speaker SM1"``; groups are numbered in the order
        of keys and values.
    missing
        For every key that lacks values: the number of segments without one.
    """

    index: NDArray[np.intp]
    names: tuple[str, ...]
    missing: dict[str, int]


def connect(
    keys: Mapping[str, Sequence[str | None]],
    links: Iterable[tuple[int, int]] = (),
    fallback: Sequence[str] | None = None,
) -> Groups:
    """Connected components of segments over keys and links.

    Parameters
    ----------
    keys
        For every chosen key the value of each of n segments; `None` or an empty text where it has none, which
        ties the segment to nothing.
    links
        Pairs of segments (indices 0..n-1) that belong together for another reason.
    fallback
        For each segment the name of what holds it where it has no value of any key, its recording for instance:
        segments without any value that have the same fallback stay together. Without it, a segment that nothing
        ties is its own group.

    Raises
    ------
    AnnotatorError
        Where neither a key nor a fallback is given.

    Examples
    --------
    Ann sings two songs, and one of them with Bo; Cy has a song of his own; the last segment's singer is
    unknown:

    >>> singers = ["Ann", "Ann", "Bo", "Cy", None]
    >>> groups = connect({"singer": singers, "song": ["s1", "s2", "s2", "s3", None]})
    >>> groups.index.tolist(), groups.names
    ([0, 0, 0, 1, 2], ('singer Ann + Bo', 'singer Cy', 'ungrouped 1'))
    >>> groups.missing
    {'singer': 1, 'song': 1}
    """
    n = _number_of_segments(keys, fallback)
    factors = [factorise(key, values) for key, values in keys.items()]
    missing = {factor.key: int((factor.codes < 0).sum()) for factor in factors}
    if fallback is not None:
        lacking = np.ones(n, dtype=np.bool_)
        for factor in factors:
            lacking &= factor.codes < 0
        held = [name if lacks else None for name, lacks in zip(fallback, lacking.tolist(), strict=True)]
        factors.append(factorise(_UNGROUPED, held))
    component = _components(n, factors, links)
    numbers, names = _names(component, factors)
    return Groups(
        index=numbers[component],
        names=names,
        missing={key: count for key, count in missing.items() if count},
    )


def overlap_links(
    recordings: Sequence[str], starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> list[tuple[int, int]]:
    """Links for `connect` that tie segments of one recording which share sound, in O(n log n).

    Each segment is linked to the one that lasts longest among those that began before it, where the two overlap; any
    overlap is then part of a chain of links.

    >>> overlap_links(["a", "a", "a", "b"], np.array([0, 5, 10, 0]), np.array([10, 8, 20, 20]))
    [(0, 1)]
    """
    codes = factorise("recording", recordings).codes
    order = np.lexsort((starts, codes))
    offset = codes[order] * (ends.max(initial=0) + 1)  # one time line for all recordings, one after the other
    start, end = starts[order] + offset, ends[order] + offset
    reach = np.maximum.accumulate(end)
    longest = np.maximum.accumulate(np.where(end == reach, np.arange(len(order)), 0))
    later = np.flatnonzero(reach[:-1] > start[1:]) + 1
    return list(zip(order[longest[later - 1]].tolist(), order[later].tolist(), strict=True))


def natural(text: str) -> tuple[str, str]:
    """Sorting key that puts numbers within a text in the order of their values.

    >>> sorted(["SM10", "SM2", "SF3"], key=natural)
    ['SF3', 'SM2', 'SM10']
    """
    # The text itself decides between "1" and "01", which are different values.
    return _NUMBER.sub(_with_length, text), text


def _with_length(number: re.Match[str]) -> str:
    digits = number[0].lstrip("0")
    return f"{len(digits):04d}{digits}"


@dataclass(frozen=True)
class Factor:
    """A key with its values numbered: `codes` is (n,), -1 where a segment has no value."""

    key: str
    values: list[str]
    codes: NDArray[np.intp]


def factorise(key: str, values: Sequence[str | None]) -> Factor:
    """Numbers the values of a key in the order in which they appear; `None` and empty texts are no values.

    >>> factorise("speaker", ["Bo", None, "Ann", "Bo"]).codes.tolist()
    [0, -1, 1, 0]
    """
    numbers: dict[str, int] = {}
    codes = [numbers.setdefault(value, len(numbers)) if value else -1 for value in values]
    return Factor(key, list(numbers), np.array(codes, dtype=np.intp))


def _number_of_segments(keys: Mapping[str, Sequence[str | None]], fallback: Sequence[str] | None) -> int:
    lengths = {len(values) for values in keys.values()}
    if fallback is not None:
        lengths.add(len(fallback))
    if not lengths:
        raise AnnotatorError(
            tr("No group key was chosen."), tr("Name at least one, such as speaker, song or recording.")
        )
    if len(lengths) > 1:
        raise ValueError(f"keys and fallback differ in length: {sorted(lengths)}")
    return lengths.pop()


def _components(n: int, factors: Sequence[Factor], links: Iterable[tuple[int, int]]) -> NDArray[np.intp]:
    """(n,) component of every segment, in the graph of segments and values."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    pairs = np.array(list(links), dtype=np.intp).reshape(-1, 2)
    if pairs.size and not 0 <= pairs.min() <= pairs.max() < n:
        raise ValueError(f"links must be pairs of segments 0..{n - 1}")
    starts, ends = [pairs[:, 0]], [pairs[:, 1]]
    n_nodes = n
    for factor in factors:
        having = np.flatnonzero(factor.codes >= 0)
        starts.append(having)
        ends.append(n_nodes + factor.codes[having])
        n_nodes += len(factor.values)
    start, end = np.concatenate(starts), np.concatenate(ends)
    graph = coo_array((np.ones(len(start)), (start, end)), shape=(n_nodes, n_nodes))
    return np.asarray(connected_components(graph, directed=False)[1][:n], dtype=np.intp)


def _in_order(values: Sequence[str]) -> list[int]:
    return sorted(range(len(values)), key=lambda code: natural(values[code]))


def _names(
    component: NDArray[np.intp], factors: Sequence[Factor]
) -> tuple[NDArray[np.intp], tuple[str, ...]]:
    """Number of every component, and the names in the order of the numbers.

    A component is named after its values of the first key of which it has any. Groups are numbered in the
    order of keys and values, so that neither depends on the order of the segments.
    """
    numbers = np.full(int(component.max(initial=-1)) + 1, -1, dtype=np.intp)
    names: dict[str, None] = {}

    def give(group: int, name: str) -> None:
        # Two names can only meet where a value itself looks like several: "Ann + Bo".
        unique, n = name, 1
        while unique in names:
            n += 1
            unique = f"{name} ({n})"
        numbers[group] = len(names)
        names[unique] = None

    for factor in factors:
        having = np.flatnonzero(factor.codes >= 0)
        group_of = np.empty(len(factor.values), dtype=np.intp)
        group_of[factor.codes[having]] = component[having]
        members: dict[int, list[str]] = {}
        for code in _in_order(factor.values):
            members.setdefault(int(group_of[code]), []).append(factor.values[code])
        for group, values in members.items():
            if numbers[group] < 0:
                more = " …" if len(values) > _NAMED_VALUES else ""
                give(group, f"{factor.key} {' + '.join(values[:_NAMED_VALUES])}{more}")
    for n, group in enumerate(np.flatnonzero(numbers < 0).tolist(), start=1):
        give(group, f"{_UNGROUPED} {n}")
    return numbers, tuple(names)
