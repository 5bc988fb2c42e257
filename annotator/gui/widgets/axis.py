"""Round figures for axes."""

import math


def step(length: float) -> float:
    """A round step that cuts a length into four to ten.

    >>> step(0.9), step(7.0)
    (0.1, 1.0)
    """
    if length <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(length))
    return next(power * share for share in (1.0, 0.5, 0.2, 0.1) if length / (power * share) >= 4 - 1e-9)


def ticks(low: float, high: float, by: float = 0.0) -> list[float]:
    """Multiples of a step (a round one, where none is given) from `low` to `high`.

    >>> ticks(-1.0, 1.0)
    [-1.0, -0.5, 0.0, 0.5, 1.0]
    """
    by = by or step(high - low)
    first, last = math.ceil(low / by - 1e-9), math.floor(high / by + 1e-9)
    return [n * by for n in range(first, last + 1)]
