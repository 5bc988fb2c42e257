"""Simulated annealing: out of the dead ends in which moves and swaps leave an assignment.

Many walks go side by side, each a column of the same few arrays, so that one step of all of them costs little
more than one of a single walk (Kirkpatrick, Gelatt & Vecchi 1983, "Optimization by simulated annealing"). The number
of steps is fixed: the result depends on the seed alone and not on the machine.
"""

import numpy as np
from numpy.typing import NDArray

from annotator.splits.targets import Targets

#: Walks side by side; steps of each in a round; rounds, each of which sets out from the best of the one before.
_WALKS, _STEPS, _ROUNDS = 64, 12_000, 3
#: Temperature at the beginning and at the end of a round, in units of the median miss of a part and row at its start.
_HOT, _COLD = 6.0, 0.6
#: Share of the steps that move one group; the others exchange two.
_MOVES = 0.3
#: Steps for which random numbers are drawn at once.
_BLOCK = 500
#: A row with so many groups for each part is in no danger of vanishing from one.
_PLENTY = 4
#: A deviation that cannot be told from a perfect split, and an improvement that is more than rounding.
_PERFECT, _EPSILON = 1e-9, 1e-12


def anneal(
    targets: Targets, where: NDArray[np.intp], rng: np.random.Generator, free: NDArray[np.intp] | None = None
) -> NDArray[np.intp]:
    """(groups,) an assignment at least as good as `where`, never one in which a row is in fewer parts.

    Parameters
    ----------
    where
        (groups,) part of each group, such as `search` gives it.
    free
        Groups that may leave their part; all by default.
    """
    free = np.arange(targets.n_groups) if free is None else free
    best, best_cost = where, targets.cost(where)
    for _ in range(_ROUNDS):
        if len(free) < 2 or targets.deviation(best) < _PERFECT:
            break
        found = _Walks(targets, best, free, rng).walk()
        found_cost = targets.cost(found)
        if found_cost < best_cost:
            best, best_cost = found, found_cost
    return best


class _Walks:
    """All walks of a round. Walk w keeps the groups in ``where[w]`` and its parts in rows ``w * n_parts + part``."""

    def __init__(
        self,
        targets: Targets,
        start: NDArray[np.intp],
        free: NDArray[np.intp],
        rng: np.random.Generator,
    ) -> None:
        self.free, self.rng, self.n_parts = free, rng, targets.n_parts
        # One group more, which is nothing: to exchange a group with it is to move the group.
        self.nothing = targets.n_groups
        self.table = np.vstack([targets.table, np.zeros(targets.n_rows)])
        self.where = np.tile(np.r_[start, 0], (_WALKS, 1))
        excess = targets.loads(start) - targets.shares[:, None]
        self.temperature = float(np.median(np.abs(excess)))
        self.excess = np.tile(excess, (_WALKS, 1))
        self.change = np.zeros(_WALKS)
        self.least = np.zeros(_WALKS)
        self.best = self.where.copy()
        scarce = np.flatnonzero(targets.present.sum(axis=0) < _PLENTY * targets.n_parts)
        self.guarded = len(scarce) > 0
        self.present = np.vstack([targets.present[:, scarce], np.zeros(len(scarce), bool)]).astype(np.int32)
        self.holders = np.tile(targets.holders(start)[:, scarce].astype(np.int32), (_WALKS, 1))

    def walk(self) -> NDArray[np.intp]:
        """The best assignment that any of the walks came by."""
        for first in range(0, _STEPS, _BLOCK):
            shape, n_free = (_BLOCK, _WALKS), len(self.free)
            one = self.free[self.rng.integers(n_free, size=shape)]
            other = self.free[self.rng.integers(n_free, size=shape)]
            onwards = self.rng.integers(1, self.n_parts, size=shape)
            alone = self.rng.random(shape) < _MOVES
            cooled = (first + np.arange(_BLOCK)[:, None]) / _STEPS
            # A step that costs so much is taken with the probability exp(-cost / temperature).
            allowed = self.temperature * _HOT * (_COLD / _HOT) ** cooled
            allowed = allowed * self.rng.standard_exponential(shape)
            for step in range(_BLOCK):
                self._step(one[step], other[step], onwards[step], alone[step], allowed[step])
        return self.best[int(self.least.argmin()), :-1]

    def _step(
        self,
        one: NDArray[np.intp],
        other: NDArray[np.intp],
        onwards: NDArray[np.intp],
        alone: NDArray[np.bool_],
        allowed: NDArray[np.float64],
    ) -> None:
        """One step of all walks: a group changes places with another, or goes to the part `onwards` from its own."""
        walks = np.arange(_WALKS)
        source, target = self.where[walks, one], self.where[walks, other]
        alone = alone | (source == target)
        target = np.where(alone, (source + onwards) % self.n_parts, target)
        other = np.where(alone, self.nothing, other)
        leaving, entering = walks * self.n_parts + source, walks * self.n_parts + target
        amounts = self.table[one] - self.table[other]
        before_a, before_b = self.excess[leaving], self.excess[entering]
        after_a, after_b = before_a - amounts, before_b + amounts
        cost = (np.abs(after_a) + np.abs(after_b) - np.abs(before_a) - np.abs(before_b)).sum(axis=1)
        taken = cost < allowed
        if self.guarded:
            taken &= self._nothing_vanishes(one, other, leaving, entering)
        go = np.flatnonzero(taken)
        if not len(go):
            return
        self.excess[leaving[go]], self.excess[entering[go]] = after_a[go], after_b[go]
        self.where[go, one[go]], self.where[go, other[go]] = target[go], source[go]
        if self.guarded:
            come = self.present[other[go]] - self.present[one[go]]
            self.holders[leaving[go]] += come
            self.holders[entering[go]] -= come
        self.change[go] += cost[go]
        better = go[self.change[go] < self.least[go] - _EPSILON]
        if len(better):
            self.least[better] = self.change[better]
            self.best[better] = self.where[better]

    def _nothing_vanishes(
        self,
        one: NDArray[np.intp],
        other: NDArray[np.intp],
        leaving: NDArray[np.intp],
        entering: NDArray[np.intp],
    ) -> NDArray[np.bool_]:
        """(walks,) whether each scarce row stays in as many parts as before."""
        come = self.present[other] - self.present[one]
        held_a, held_b = self.holders[leaving], self.holders[entering]
        parts_then = (held_a + come > 0).astype(np.int8) + (held_b - come > 0)
        parts_now = (held_a > 0).astype(np.int8) + (held_b > 0)
        return np.asarray((parts_then >= parts_now).all(axis=1))
