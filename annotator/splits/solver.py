"""Assigning groups to parts: train, dev and test, or folds.

Segments are first added up to a table of groups x rows, where row 0 is the amount of audio and every further
row is one class; from there on the number of segments no longer matters. All amounts are shares of their
row's total, so that a part's load can be compared with the part's share directly.

What makes a split good, most important first:

1. no part is empty;
2. every class is in at least two parts where it has two groups or more, so that, with folds, no training side
   ever lacks it;
3. every class is in as many different parts as it has groups, at most all of them;
4. the `deviation` is small: the mean over all parts and rows of ``|share of the row in the part - part's
   share|``. 0 is a perfect split; 0.02 says that sizes and classes miss their shares by two hundredths of the
   total on average.

Small problems are solved as a mixed integer programme (HiGHS through `scipy.optimize.milp`), limited by nodes
and never by time, so that the same seed gives the same split however busy the machine is. Larger ones, and
those which the programme does not finish, go through a search of moves and swaps (`annotator.splits.search`);
the better one counts.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr
from annotator.splits.anneal import anneal
from annotator.splits.exact import solve_exactly
from annotator.splits.groups import Groups
from annotator.splits.search import search
from annotator.splits.targets import Targets

#: Largest groups x parts x rows that go through integer programming: up to here it ends within two or three
#: seconds, most often with the proof that nothing better exists; far beyond, the search finds the better split.
_EXACT_SIZE = 600

#: Most free groups that are annealed: where there are more, moves and swaps alone come near enough to perfect.
_MOST_ANNEALED = 1000

#: How far the shares may be from 1 in total, so that three folds can be written as 0.33 each.
_SHARE_TOLERANCE = 0.0101


Method: TypeAlias = Literal["milp", "annealing", "greedy+swaps", "one each"]


@dataclass(frozen=True)
class Assignment:
    """Which part every segment is in.

    Parameters
    ----------
    parts
        (n,) index of the part of every segment, in the order of `shares`; equal for all segments of a group.
    deviation
        Mean over the parts and over size and classes of ``|share in the part - share asked for|``; 0 is
        perfect.
    method
        ``"milp"``, ``"annealing"`` or ``"greedy+swaps"``: what found the assignment; ``"one each"`` where every part
        is one group.
    """

    parts: NDArray[np.intp]
    deviation: float
    method: Method


def assign(
    groups: Groups,
    *,
    shares: Mapping[str, float],
    classes: NDArray[np.intp] | Sequence[NDArray[np.intp]] | None,
    n_classes: int = 0,
    weights: NDArray[np.float64] | None = None,
    seed: int = 0,
    fixed: NDArray[np.intp] | None = None,
    quick: bool = False,
) -> Assignment:
    """Distributes groups over parts so that sizes and classes come as near to the shares as they can.

    Parameters
    ----------
    groups
        The group of each of n segments; a group is never divided.
    shares
        Share of every part by name, adding up to 1. Folds are parts with equal shares.
    classes
        (n,) class of every segment, 0..n_classes-1, or -1 where it has none; several such columns are all spread
        evenly, each for itself; `None` balances sizes alone.
    n_classes
        Number of classes of a single column; 0 counts them.
    weights
        (n,) what each segment counts, above 0: its seconds, say. By default every segment counts 1.
    fixed
        (groups,) part in which a group must stay, -1 where it is free: only free groups are placed.
    seed
        Chooses among assignments that are equally good. The same seed always gives the same assignment, in
        whatever order the segments come.
    quick
        Moves and swaps alone, in a fraction of the time: good, not the best that can be found.

    Raises
    ------
    AnnotatorError
        Where the shares make no sense, or there are fewer groups than parts.

    Examples
    --------
    >>> from annotator.splits.groups import connect
    >>> speakers = connect({"speaker": ["Ann", "Ann", "Bo", "Cy", "Cy", "Di"]})
    >>> moods = np.array([0, 1, 0, 1, 0, 1])
    >>> split = assign(speakers, shares={"train": 0.5, "test": 0.5}, classes=moods)
    >>> ann, _, bo, cy, _, di = split.parts.tolist()
    >>> ann != cy, bo != di, round(split.deviation, 3)
    (True, True, 0.111)
    """
    part_shares = _checked_shares(shares)
    n_groups, n_parts = len(groups.names), len(part_shares)
    if n_groups < n_parts and fixed is None:
        raise AnnotatorError(
            tr(
                "There are {parts} parts but only {groups} groups, and a group is never divided.",
                parts=n_parts,
                groups=n_groups,
            ),
            tr("Ask for fewer parts, add recordings, or choose a group key with more values."),
        )
    columns = [] if classes is None else [classes] if isinstance(classes, np.ndarray) else list(classes)
    targets = Targets(_table(groups, columns, n_classes, weights), part_shares)
    rng = np.random.default_rng(seed)
    if fixed is not None:
        if fixed.shape != (n_groups,) or (n_groups and not -1 <= fixed.min() <= fixed.max() < n_parts):
            raise ValueError(f"fixed must be {n_groups} parts -1..{n_parts - 1}")
        where, method = _searched(targets, rng, fixed, quick=quick)
        return Assignment(where[groups.index], targets.deviation(where), method)
    if n_groups == n_parts and np.ptp(part_shares) == 0:
        where = rng.permutation(n_groups)
        return Assignment(where[groups.index], targets.deviation(where), "one each")
    small = n_groups * n_parts * targets.n_rows <= _EXACT_SIZE and not quick
    exact = solve_exactly(targets, rng) if small else None
    if exact is not None and exact.proven:
        where, method = exact.where, "milp"
    else:
        where, method = _searched(targets, rng, quick=quick)
        if exact is not None and targets.cost(exact.where) <= targets.cost(where):
            where, method = exact.where, "milp"
    where = _shuffle_equal_parts(where, part_shares, rng)
    return Assignment(where[groups.index], targets.deviation(where), method)


def _searched(
    targets: Targets, rng: np.random.Generator, fixed: NDArray[np.intp] | None = None, *, quick: bool
) -> tuple[NDArray[np.intp], Method]:
    """The best that can be found without proof, and what found it."""
    where = search(targets, rng, fixed)
    free = np.arange(targets.n_groups) if fixed is None else np.flatnonzero(fixed < 0)
    if quick or len(free) > _MOST_ANNEALED:
        return where, "greedy+swaps"
    annealed = anneal(targets, where, rng, free)
    return annealed, "greedy+swaps" if annealed is where else "annealing"


def _checked_shares(shares: Mapping[str, float]) -> NDArray[np.float64]:
    if len(shares) < 2:
        raise AnnotatorError(
            tr("A split needs at least two parts."), tr("Write them as train=0.7,dev=0.15,test=0.15.")
        )
    for name, share in shares.items():
        if not (math.isfinite(share) and share > 0):
            raise AnnotatorError(
                tr('The share of part "{name}" is {share}.', name=name, share=share),
                tr("Every part needs a share above 0."),
            )
    total = math.fsum(shares.values())
    if abs(total - 1) > _SHARE_TOLERANCE:
        raise AnnotatorError(
            tr("The shares of the parts add up to {total}, not to 1.", total=f"{total:g}"),
            tr("Write them as train=0.7,dev=0.15,test=0.15."),
        )
    return np.array(list(shares.values()), dtype=np.float64) / total


def _table(
    groups: Groups,
    columns: Sequence[NDArray[np.intp]],
    n_classes: int,
    weights: NDArray[np.float64] | None,
) -> NDArray[np.float64]:
    """(groups, 1 + classes) amounts: row sums first, then for each column one row per class that occurs."""
    n, n_groups = len(groups.index), len(groups.names)
    units = None if weights is None else _whole_units(weights, n)
    sizes = np.bincount(groups.index, weights=units, minlength=n_groups).astype(np.float64)
    counted = [
        _class_amounts(groups, classes, n_classes if len(columns) == 1 else 0, units) for classes in columns
    ]
    return np.concatenate([sizes[:, None], *counted], axis=1)


def _class_amounts(
    groups: Groups, classes: NDArray[np.intp], n_classes: int, units: NDArray[np.float64] | None
) -> NDArray[np.float64]:
    """(groups, classes) amounts of the classes that occur."""
    n, n_groups = len(groups.index), len(groups.names)
    if classes.shape != (n,):
        raise ValueError(f"classes has shape {classes.shape}, expected ({n},)")
    n_classes = n_classes or int(classes.max(initial=-1)) + 1
    if n and not -1 <= classes.min() <= classes.max() < n_classes:
        raise ValueError(f"classes must be -1..{n_classes - 1}")
    # Unlabelled segments land in column 0, which is then left out.
    cells = groups.index * (n_classes + 1) + (classes + 1)
    counts = np.bincount(cells, weights=units, minlength=n_groups * (n_classes + 1)).astype(np.float64)
    table = counts.reshape(n_groups, n_classes + 1)[:, 1:]
    return table[:, table.any(axis=0)]


def _whole_units(weights: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    """Weights as whole multiples of a tiny unit, whose sums are exact.

    Sums of fractions depend on the order of the terms in their last digits, and with them would the split.
    """
    if weights.shape != (n,) or not (np.isfinite(weights).all() and (weights > 0).all()):
        raise ValueError(f"weights must be {n} finite numbers above 0")
    largest = float(weights.max(initial=1.0))
    return np.maximum(np.rint(weights / largest * 2.0 ** (52 - n.bit_length())), 1.0)


def _shuffle_equal_parts(
    where: NDArray[np.intp], shares: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.intp]:
    """Exchanges parts that have the same share at random: they are equally good in any order."""
    renamed = np.arange(len(shares))
    for share in np.unique(shares):
        same = np.flatnonzero(shares == share)
        renamed[same] = rng.permutation(same)
    return renamed[where]
