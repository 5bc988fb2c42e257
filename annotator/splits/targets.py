"""What an assignment of groups to parts aims at, and what it costs to miss it."""

import numpy as np
from numpy.typing import NDArray


class Targets:
    """How much every group holds, what the parts should hold, and what an assignment costs.

    Parameters
    ----------
    amounts
        (groups, rows) amount of every row in each group; every row has a total above 0. Row 0 is the size,
        which every group has; the others are classes.
    shares
        (parts,) share that each part should have of every row, adding up to 1.
    """

    def __init__(self, amounts: NDArray[np.float64], shares: NDArray[np.float64]) -> None:
        self.table = amounts / amounts.sum(axis=0)
        self.present = amounts > 0
        self.shares = shares
        self.n_groups, self.n_rows = self.table.shape
        self.n_parts = len(shares)
        self.rows = np.arange(self.n_rows)
        self.absence = self._absence_costs()

    def _absence_costs(self) -> NDArray[np.float64]:
        """(rows, parts + 1) cost of a row being in 0, 1, 2, ... parts only.

        Every step outweighs all that matter less: a deviation is below 2; then a class in fewer parts than it
        could be; then a class with several groups in a single part; then an empty part.
        """
        n_held = np.arange(self.n_parts + 1)
        possible = np.minimum(self.present.sum(axis=0), self.n_parts)[:, None]
        lacking = 4.0
        single = lacking * self.n_rows * (self.n_parts + 1)
        empty = single * (self.n_rows + 1)
        cost: NDArray[np.float64] = lacking * np.maximum(possible - n_held, 0) + single * (
            (n_held < 2) & (possible > 1)
        )
        cost[0] = empty * np.maximum(possible[0] - n_held, 0)
        return cost

    def loads(self, where: NDArray[np.intp]) -> NDArray[np.float64]:
        """(parts, rows) share of every row in each part."""
        return np.stack([self.table[where == part].sum(axis=0) for part in range(self.n_parts)])

    def holders(self, where: NDArray[np.intp]) -> NDArray[np.intp]:
        """(parts, rows) number of groups in each part that hold something of the row."""
        return np.stack([self.present[where == part].sum(axis=0) for part in range(self.n_parts)])

    def deviation(self, where: NDArray[np.intp]) -> float:
        """Mean over parts and rows of ``|share of the row in the part - part's share|``."""
        return float(np.abs(self.loads(where) - self.shares[:, None]).mean())

    def cost(self, where: NDArray[np.intp]) -> float:
        """The deviation and the costs of what is absent from parts."""
        n_held = (self.holders(where) > 0).sum(axis=0)
        return self.deviation(where) + float(self.absence[self.rows, n_held].sum())
