"""The best assignment of groups to parts by integer programming, for problems that are small enough."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotator.splits.targets import Targets

#: Nodes of the search tree that may be explored. A limit of time would give another split on a slower
#: machine.
_MOST_NODES = 200


@dataclass(frozen=True)
class Exact:
    """What the solver found: the part of every group, and whether nothing better exists."""

    where: NDArray[np.intp]
    proven: bool


def solve_exactly(targets: Targets, rng: np.random.Generator) -> Exact | None:
    """Integer programme for the deviation, with the spread of the classes as constraints.

    Binary ``x[g, p]`` puts group g in part p; ``d[r, p]`` is the absolute difference of row r in part p, and
    the sum of all d is minimised. A class with at least as many groups as parts must be in every part; one
    with fewer may have at most one group in a part.

    Returns
    -------
    Exact or None
        `None` where no assignment can spread all classes at once, or none was found within the limit of
        nodes.
    """
    from scipy import sparse
    from scipy.optimize import Bounds, LinearConstraint, milp

    # The solver gives one of the best assignments; which one depends on the order in which it sees the
    # groups.
    order = rng.permutation(targets.n_groups)
    table, present, shares = targets.table[order], targets.present[order], targets.shares
    n_groups, n_rows, n_parts = targets.n_groups, targets.n_rows, targets.n_parts
    n_binary, n_slack = n_groups * n_parts, n_rows * n_parts

    each_part = sparse.eye_array(n_parts)
    difference = sparse.eye_array(n_slack)
    placed = sparse.kron(sparse.eye_array(n_groups), np.ones((1, n_parts)))
    load = sparse.kron(sparse.csr_array(table.T), each_part)
    holders = sparse.kron(sparse.csr_array(present.T.astype(np.float64)), each_part)
    wanted = np.tile(shares, n_rows)
    everywhere = np.repeat(present.sum(axis=0) >= n_parts, n_parts)
    constraints = [
        LinearConstraint(sparse.hstack([placed, sparse.csr_array((n_groups, n_slack))]), 1, 1),
        LinearConstraint(sparse.hstack([load, -difference]), -np.inf, wanted),
        LinearConstraint(sparse.hstack([load, difference]), wanted, np.inf),
        LinearConstraint(
            sparse.hstack([holders, sparse.csr_array((n_slack, n_slack))]),
            np.where(everywhere, 1.0, 0.0),
            np.where(everywhere, np.inf, 1.0),
        ),
    ]
    upper = np.ones(n_binary + n_slack)
    if np.ptp(shares) == 0:
        # Equal parts can be exchanged: the largest group goes to the first, the next to the first or second,
        # and so on, which spares the solver every assignment that differs in the order of the parts alone.
        for rank, group in enumerate(np.argsort(-table[:, 0], kind="stable")[: n_parts - 1]):
            upper[group * n_parts + rank + 1 : (group + 1) * n_parts] = 0
    result = milp(
        np.repeat([0.0, 1.0], [n_binary, n_slack]),
        constraints=constraints,
        bounds=Bounds(0, upper),
        integrality=np.repeat([1, 0], [n_binary, n_slack]),
        options={"node_limit": _MOST_NODES, "mip_rel_gap": 1e-6},
    )
    if result.x is None:
        return None
    where = np.empty(n_groups, dtype=np.intp)
    where[order] = result.x[:n_binary].reshape(n_groups, n_parts).argmax(axis=1)
    return Exact(where, proven=result.status == 0)
