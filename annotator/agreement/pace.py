"""Agreement against rating time: do quick answers, or slow ones, lie further from the others?

The ratings whose time is known are put into bands of equally many, quickest first. In each band `apart` is the mean
distance of its ratings from the others of the same units (`habits.away_from_others`, without its sign), with the 95 %
interval of a mean that takes ratings as independent. A trend is no proof: hard segments take longer, and divide people.
"""

from dataclasses import dataclass

import numpy as np

from annotator.agreement.habits import away_from_others
from annotator.agreement.pairwise import Level
from annotator.agreement.ratings import Floats, Ratings

#: Ratings a band must hold; with fewer there are fewer bands, or none.
FEWEST = 10


@dataclass(frozen=True, slots=True)
class Pace:
    """`n` ratings that took from `quickest` to `slowest` seconds lie `apart` from the others on average."""

    quickest: float
    slowest: float
    n: int
    apart: float
    ci: tuple[float, float]


def by_pace(
    ratings: Ratings, level: Level, seconds: Floats, *, bands: int = 5, rater: int | None = None
) -> tuple[Pace, ...]:
    """The bands from the quickest ratings to the slowest; empty with fewer than `2 * FEWEST` timed ratings.

    Parameters
    ----------
    seconds
        (n,) time that each rating took, NaN where it is not known.
    rater
        Only the ratings of this one, by index.

    >>> table = np.column_stack([np.arange(40) % 5, np.arange(40) % 5 + (np.arange(40) < 20)])
    >>> seconds = np.repeat(np.arange(40.0), 2)
    >>> [(p.quickest, p.apart) for p in by_pace(Ratings.from_matrix(table), "interval", seconds, bands=2)]
    [(0.0, 1.0), (20.0, 0.0)]
    """
    away = np.abs(away_from_others(ratings, level))
    known = ~np.isnan(away) & ~np.isnan(seconds)
    if rater is not None:
        known &= ratings.raters == rater
    rows = np.flatnonzero(known)
    if len(rows) < 2 * FEWEST:
        return ()
    rows = rows[np.argsort(seconds[rows], kind="stable")]
    return tuple(
        _band(seconds[part], away[part]) for part in np.array_split(rows, min(bands, len(rows) // FEWEST))
    )


def _band(seconds: Floats, away: Floats) -> Pace:
    mean, error = float(away.mean()), float(away.std(ddof=1)) / len(away) ** 0.5
    return Pace(
        float(seconds[0]),
        float(seconds[-1]),
        len(away),
        mean,
        (max(mean - 1.96 * error, 0.0), mean + 1.96 * error),
    )
