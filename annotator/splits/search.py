"""Assigning groups to parts by moves and swaps: fast at any size, but never proven to be the best."""

import numpy as np
from numpy.typing import NDArray

from annotator.splits.targets import Targets

#: Candidates weighed against one another at once: bounds the memory and keeps the arrays in the processor's
#: cache.
_MOVES_AT_ONCE = 2_000
_SWAPS_AT_ONCE = 4_000
#: Random batches without any improvement after which a descent counts as finished.
_PATIENCE = 3
#: Restarts times groups: a hundred groups are tried 150 times over, ten thousand once, which is already near
#: perfect.
_RESTART_BUDGET = 15_000
_MOST_RESTARTS = 400
#: Gains below this are rounding.
_EPSILON = 1e-12


def search(
    targets: Targets, rng: np.random.Generator, fixed: NDArray[np.intp] | None = None
) -> NDArray[np.intp]:
    """(groups,) part of every group, as good as moves and swaps can make it.

    A greedy start (each group, those with the largest share of anything first, goes to the part that lacks
    most of what it holds) descends by the best move of a group to another part, or else the best exchange of
    two groups, until neither helps. Restarts move a few groups of the best assignment at random and descend
    again (iterated local search: Lourenço, Martin & Stützle 2003). Groups with a part in `fixed` (-1 for none) stay
    there.
    """
    where = np.full(targets.n_groups, -1, dtype=np.intp) if fixed is None else fixed.copy()
    free = np.flatnonzero(where < 0)
    best = _descend(targets, _greedy(targets, where, rng), free, rng)
    best_cost = targets.cost(best)
    for _ in range(min(_MOST_RESTARTS, _RESTART_BUDGET // len(free)) if len(free) else 0):
        shaken = best.copy()
        n_shaken = int(rng.integers(2, 6))
        shaken[rng.choice(free, size=n_shaken)] = rng.integers(targets.n_parts, size=n_shaken)
        found = _descend(targets, shaken, free, rng)
        found_cost = targets.cost(found)
        if found_cost <= best_cost:
            best, best_cost = found, found_cost
    return best


def _greedy(targets: Targets, where: NDArray[np.intp], rng: np.random.Generator) -> NDArray[np.intp]:
    order = rng.permutation(np.flatnonzero(where < 0))
    order = order[np.argsort(-targets.table[order].max(axis=1), kind="stable")]
    lacking = targets.shares[:, None] - targets.loads(where)
    for group in order:
        amounts = targets.table[group]
        part = (lacking @ amounts).argmax()
        lacking[part] -= amounts
        where[group] = part
    return where


def _descend(
    targets: Targets, where: NDArray[np.intp], free: NDArray[np.intp], rng: np.random.Generator
) -> NDArray[np.intp]:
    """Improves `where` in place by moves and swaps of free groups until neither helps."""
    state = _State(targets, where, free)
    while state.improve_by_move(rng) or state.improve_by_swap(rng):
        pass
    return where


class _State:
    """An assignment under change, with what the parts hold kept up to date."""

    def __init__(self, targets: Targets, where: NDArray[np.intp], free: NDArray[np.intp]) -> None:
        self.targets = targets
        self.free = free
        self.where = where
        self.excess = targets.loads(where) - targets.shares[:, None]
        self.holders = targets.holders(where)

    def place(self, group: int, part: int) -> None:
        targets, old = self.targets, self.where[group]
        self.excess[old] -= targets.table[group]
        self.excess[part] += targets.table[group]
        self.holders[old] -= targets.present[group]
        self.holders[part] += targets.present[group]
        self.where[group] = part

    def improve_by_move(self, rng: np.random.Generator) -> bool:
        """Makes the best of the moves weighed; False where none helps."""
        for groups in self.groups_to_move(rng):
            gains = self.move_costs(groups)
            best = int(gains.argmin())
            if gains.flat[best] < -_EPSILON:
                row, part = divmod(best, self.targets.n_parts)
                self.place(int(groups[row]), part)
                return True
        return False

    def groups_to_move(self, rng: np.random.Generator) -> list[NDArray[np.intp]]:
        """Batches of candidates: all groups where they are few or a part lacks something, else a sample."""
        n_free = len(self.free)
        if n_free > _MOVES_AT_ONCE * _PATIENCE and self.holders.all():
            return [self.free[rng.integers(n_free, size=_MOVES_AT_ONCE)] for _ in range(_PATIENCE)]
        return np.array_split(self.free, -(-n_free // _MOVES_AT_ONCE)) if n_free else []

    def improve_by_swap(self, rng: np.random.Generator) -> bool:
        """Makes the best of the exchanges weighed; False where none helps."""
        for left, right in self.pairs_to_swap(rng):
            apart = self.where[left] != self.where[right]
            left, right = left[apart], right[apart]
            if not len(left):
                continue
            gains = self.swap_costs(left, right)
            best = int(gains.argmin())
            if gains[best] < -_EPSILON:
                one, other = int(left[best]), int(right[best])
                part = int(self.where[one])
                self.place(one, int(self.where[other]))
                self.place(other, part)
                return True
        return False

    def pairs_to_swap(self, rng: np.random.Generator) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
        n_free = len(self.free)
        if n_free * (n_free - 1) // 2 <= _SWAPS_AT_ONCE * _PATIENCE:
            left, right = np.triu_indices(n_free, k=1)
            return [(self.free[left], self.free[right])]
        return [
            (
                self.free[rng.integers(n_free, size=_SWAPS_AT_ONCE)],
                self.free[rng.integers(n_free, size=_SWAPS_AT_ONCE)],
            )
            for _ in range(_PATIENCE)
        ]

    def move_costs(self, groups: NDArray[np.intp]) -> NDArray[np.float64]:
        """(groups, parts) change of the cost when a group goes to a part."""
        targets, excess = self.targets, self.excess
        source, amounts = self.where[groups], targets.table[groups]
        now = np.abs(excess).sum(axis=1)
        left = np.abs(excess[source] - amounts).sum(axis=1) - now[source]
        entered = np.abs(excess + amounts[:, None, :]).sum(axis=2) - now
        change: NDArray[np.float64] = (left[:, None] + entered) / excess.size
        if self.holders.min() < 2:
            has = targets.present[groups]
            lost = has & (self.holders[source] == 1)
            gained = has[:, None, :] & (self.holders == 0)
            change += self.absence_change(gained.astype(np.intp) - lost[:, None, :])
        change[np.arange(len(groups)), source] = 0
        return change

    def swap_costs(self, left: NDArray[np.intp], right: NDArray[np.intp]) -> NDArray[np.float64]:
        """(pairs,) change of the cost when two groups change places."""
        targets, excess = self.targets, self.excess
        p, q = self.where[left], self.where[right]
        now = np.abs(excess).sum(axis=1)
        amounts = targets.table[right] - targets.table[left]
        after_p, after_q = np.abs(excess[p] + amounts), np.abs(excess[q] - amounts)
        change: NDArray[np.float64] = after_p.sum(axis=1) + after_q.sum(axis=1) - now[p] - now[q]
        change /= excess.size
        if self.holders.min() < 2:
            come = targets.present[right].astype(np.intp) - targets.present[left]
            held_p, held_q = self.holders[p], self.holders[q]
            then = (held_p + come > 0).astype(np.intp) + (held_q - come > 0)
            change += self.absence_change(then - (held_p > 0) - (held_q > 0))
        return change

    def absence_change(self, more_parts: NDArray[np.intp]) -> NDArray[np.float64]:
        """Change of the absence costs when each row (last axis) is in so many parts more."""
        targets = self.targets
        n_held = (self.holders > 0).sum(axis=0)
        costs = targets.absence[targets.rows, n_held + more_parts] - targets.absence[targets.rows, n_held]
        return np.asarray(costs.sum(axis=-1))
