"""Agreement on continuous traces: numbers that raters gave all the while a sound played.

Conventions
-----------
A table of traces is (k, n): k raters, n time steps of one segment at `rate` steps a second, NaN where a rater gave
nothing. Steps of one segment are no independent evidence, so intervals of figures over many segments resample
segments, see `pool`; those of the mean trace at one moment are between the raters.

* `lags`: how many seconds each rater comes after the others. People react with a delay of their own; agreement step by
  step takes that for disagreement. The lag is where the correlation with the mean of the others is highest, within
  bounds, repeated until nobody moves: annotations of emotion are aligned like that in [1]_. Only differences between
  raters can be told: the delay that all share cannot.
* `figures`: interval alpha, and the mean over all pairs of raters of Lin's concordance and of Pearson's correlation, on
  the steps that both gave. A rater who never moved has no correlation and counts in alpha alone.
* `over_time`: the same in windows.
* `mean_trace`: the mean over the raters at each step with its 95 % interval (Student's t).

References
----------
.. [1] S. Mariooryad, C. Busso, "Correcting time-continuous emotional labels by modeling the reaction lag of
   evaluators", IEEE Trans. Affective Computing 6(2), 2015 (alignment of labels that come late); for the shift by
   cross-correlation: C. H. Knapp, G. C. Carter, "The generalized correlation method for estimation of time delay",
   IEEE Trans. Acoustics, Speech, Signal Processing 24(4), 1976.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from annotator.agreement.coefficient import ROUNDING
from annotator.agreement.ratings import Floats, Indices, Ratings
from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr

#: Seconds within which lags are looked for, to either side.
MOST_LAG = 5.0

#: Share of the steps that must overlap for a lag to be considered, and how often all are looked at again at most.
_OVERLAP = 0.5
_ROUNDS = 10

#: A lag must raise the correlation by this much: less is the flat top of a slow trace.
_GAIN = 0.01

#: Steps that a pair must share before it is correlated.
FEWEST_SHARED = 3


@dataclass(frozen=True, eq=False)
class TraceFigures:
    """Agreement of one table: values that are undefined are NaN; `n_steps` with two raters or more, `n_raters` seen."""

    alpha: float
    ccc: float
    pearson: float
    n_steps: int
    n_raters: int


@dataclass(frozen=True, eq=False)
class OverTime:
    """(w,) figures in windows whose middles lie at `seconds`."""

    seconds: Floats
    alpha: Floats
    ccc: Floats
    pearson: Floats


@dataclass(frozen=True, eq=False)
class MeanTrace:
    """(n,) mean at each step, the ends of its 95 % interval (NaN with one rater), standard deviation, and raters."""

    value: Floats
    low: Floats
    high: Floats
    spread: Floats
    raters: Indices


def lags(traces: ArrayLike, rate: float, *, most: float = MOST_LAG) -> Floats:
    """(k,) seconds by which each rater comes after the others, NaN for those who never moved or gave too little.

    Parameters
    ----------
    traces
        (k, n) one row a rater.
    rate
        Steps a second.
    most
        Seconds within which lags are looked for, to either side; 0 finds none.

    >>> sound = np.sin(np.arange(200) / 9)
    >>> lags([sound[20:180], sound[20:180], sound[16:176]], 2).tolist()  # the third comes four steps later
    [0.0, 0.0, 2.0]
    """
    table = _checked(traces, rate)
    if most < 0:
        raise AnnotatorError(tr("The longest lag must not be negative: {seconds:g}.", seconds=most))
    k, n = table.shape
    reach = min(round(most * rate), max(n - FEWEST_SHARED, 0))
    shifts = np.zeros(k, dtype=np.intp)
    moves = np.array([_varies(row) for row in table], dtype=np.bool_)
    if reach and moves.sum() >= 2:
        for _ in range(_ROUNDS):
            better = _best_shifts(table, shifts, moves, reach)
            better = np.clip(better - round(float(np.median(better[moves]))), -reach, reach)
            if (better == shifts).all():
                break
            shifts = better
    found = shifts / rate
    found[~moves] = np.nan
    return found


def shifted(traces: ArrayLike, rate: float, seconds: ArrayLike) -> Floats:
    """(k, n) the traces without their lags: what a rater gave at t + lag stands at t; NaN where that leaves nothing.

    A lag of NaN counts as none.

    >>> shifted([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], 2, [0.5, 0.0]).tolist()
    [[2.0, 3.0, nan], [4.0, 5.0, 6.0]]
    """
    table = _checked(traces, rate)
    steps = np.round(np.nan_to_num(np.asarray(seconds, dtype=np.float64)) * rate).astype(np.intp)
    return _shift(table, steps)


def figures(traces: ArrayLike) -> TraceFigures:
    """Agreement over a whole table.

    >>> found = figures([[0.0, 1.0, 2.0, 3.0], [1.0, 2.0, 3.0, 4.0]])
    >>> round(found.alpha, 3), round(found.ccc, 3), round(found.pearson, 3), found.n_steps
    (0.708, 0.714, 1.0, 4)
    """
    table = _checked(traces, 1.0)
    given = ~np.isnan(table)
    m = given.sum(axis=0)
    paired = m >= 2
    ccc, pearson = _pair_means(table)
    return TraceFigures(
        _alpha(table[:, paired]), ccc, pearson, int(paired.sum()), int((given.sum(axis=1) > 0).sum())
    )


def over_time(traces: ArrayLike, rate: float, *, window: float = 10.0, hop: float = 1.0) -> OverTime:
    """Figures in windows of `window` seconds, one every `hop` seconds, all within the segment.

    >>> rows = np.tile(np.arange(40.0), (2, 1))
    >>> found = over_time(rows, 2, window=5, hop=5)
    >>> found.seconds.tolist(), found.alpha.tolist()
    ([2.5, 7.5, 12.5, 17.5], [1.0, 1.0, 1.0, 1.0])
    """
    table = _checked(traces, rate)
    size, step = round(window * rate), max(round(hop * rate), 1)
    if size < 2:
        raise AnnotatorError(
            tr("A window of {seconds:g} s holds fewer than two steps.", seconds=window),
            tr("At {rate:g} steps a second it must last {least:g} s at least.", rate=rate, least=2 / rate),
        )
    starts = np.arange(0, table.shape[1] - size + 1, step)
    found = [figures(table[:, start : start + size]) for start in starts.tolist()]
    return OverTime(
        (starts + size / 2) / rate,
        *(
            np.array([getattr(one, name) for one in found], dtype=float)
            for name in ("alpha", "ccc", "pearson")
        ),
    )


def mean_trace(traces: ArrayLike) -> MeanTrace:
    """The mean over the raters at each step, with the 95 % interval of a mean of so many.

    >>> found = mean_trace([[0.0, 1.0], [1.0, np.nan]])
    >>> found.value.tolist(), found.raters.tolist(), np.isnan(found.low).tolist()
    ([0.5, 1.0], [2, 1], [False, True])
    """
    from scipy.stats import t

    table = _checked(traces, 1.0)
    given = ~np.isnan(table)
    m = given.sum(axis=0)
    sums = np.where(given, table, 0.0).sum(axis=0)
    value = np.divide(sums, m, out=np.full(len(m), np.nan), where=m > 0)
    squares = np.where(given, (table - value) ** 2, 0.0).sum(axis=0)
    spread = np.sqrt(np.divide(squares, m - 1, out=np.full(len(m), np.nan), where=m > 1))
    half = t.ppf(0.975, np.maximum(m - 1, 1)) * spread / np.sqrt(np.maximum(m, 1))
    return MeanTrace(value, value - half, value + half, spread, m)


def pool(tables: Iterable[ArrayLike]) -> Ratings:
    """Many segments' tables as ratings whose units are the time steps, clustered by segment: for alpha, its interval.

    Steps that fewer than two raters gave are left out.

    >>> pool([[[1.0, 2.0], [1.0, np.nan]], [[3.0], [4.0]]]).clusters.tolist()
    [0, 1]
    """
    units, raters, values, clusters = [], [], [], []
    first = 0
    for segment, traces in enumerate(tables):
        table = _checked(traces, 1.0)
        table = table[:, (~np.isnan(table)).sum(axis=0) >= 2]
        seat, step = np.nonzero(~np.isnan(table))
        units.append(first + step)
        raters.append(seat)
        values.append(table[seat, step])
        clusters.append(np.full(table.shape[1], segment))
        first += table.shape[1]
    if not units:
        return Ratings(*(np.zeros(0, dtype=np.intp),) * 2, np.zeros(0))
    joined = [np.concatenate(parts) for parts in (units, raters, values, clusters)]
    return Ratings(joined[0], joined[1], joined[2], 0, joined[3].astype(np.intp))


def _checked(traces: ArrayLike, rate: float) -> Floats:
    table = np.asarray(traces, dtype=np.float64)
    if table.ndim != 2:
        raise AnnotatorError(
            tr("A table of raters by steps is needed, not an array of {n} dimensions.", n=table.ndim)
        )
    if not rate > 0:
        raise AnnotatorError(tr("The rate of traces must be above 0 steps a second: {rate:g}.", rate=rate))
    if np.isinf(table).any():
        raise AnnotatorError(tr("A trace holds a number that is not finite."))
    return table


def _varies(row: Floats) -> bool:
    given = row[~np.isnan(row)]
    return len(given) >= FEWEST_SHARED and float(np.ptp(given)) > ROUNDING * max(
        1.0, float(np.abs(given).max())
    )


def _shift(table: Floats, steps: Indices) -> Floats:
    moved = np.full_like(table, np.nan)
    for row, (trace, by) in enumerate(zip(table, steps.tolist(), strict=True)):
        if by >= 0:
            moved[row, : len(trace) - by] = trace[by:]
        else:
            moved[row, -by:] = trace[:by]
    return moved


def _best_shifts(table: Floats, shifts: Indices, moves: np.ndarray, reach: int) -> Indices:
    """The shift of each rater at which it correlates best with the mean of the others as they are shifted now."""
    now = _shift(table, shifts)
    given = ~np.isnan(now) & moves[:, None]
    filled = np.where(given, now, 0.0)
    others = given.sum(axis=0) - given
    sums = filled.sum(axis=0) - filled
    reference = np.divide(sums, others, out=np.full(table.shape, np.nan), where=others > 0)
    r = _lagged_correlation(table, reference, reach)
    best = shifts.copy()
    for rater in np.flatnonzero(moves).tolist():
        curve = r[rater]
        if np.isnan(curve).all():
            continue
        top = int(np.nanargmax(curve))
        held = curve[reach + shifts[rater]]
        if np.isnan(held) or curve[top] > held + _GAIN:
            best[rater] = top - reach
    return best


def _lagged_correlation(x: Floats, y: Floats, reach: int) -> Floats:
    """(k, 2 reach + 1) Pearson's correlation of row i of x, `d` steps earlier, with row i of y, d from -reach to reach.

    All lags at once as products of Fourier transforms; missing steps count in neither sum.
    """
    n = x.shape[1]
    size = 2 * n
    lag = np.arange(-reach, reach + 1)

    def spectrum(rows: Floats) -> np.ndarray:
        return np.fft.rfft(rows, size, axis=1)

    def lagged(a: np.ndarray, b: np.ndarray) -> Floats:
        full: Floats = np.fft.irfft(a * np.conj(b), size, axis=1)
        return full[:, lag % size]

    def parts(rows: Floats) -> list[np.ndarray]:
        here = ~np.isnan(rows)
        middle = np.divide(
            np.where(here, rows, 0.0).sum(axis=1),
            here.sum(axis=1),
            out=np.zeros(len(rows)),
            where=here.any(axis=1),
        )
        centred = np.where(here, rows - middle[:, None], 0.0)
        return [spectrum(here.astype(np.float64)), spectrum(centred), spectrum(centred**2)]

    (mx, sx, qx), (my, sy, qy) = parts(x), parts(y)
    count = np.round(lagged(mx, my))
    sum_x, sum_y = lagged(sx, my), lagged(mx, sy)
    var_x = count * lagged(qx, my) - sum_x**2
    var_y = count * lagged(mx, qy) - sum_y**2
    enough = count >= np.maximum(_OVERLAP * count.max(axis=1, keepdims=True), FEWEST_SHARED)
    sound = enough & (var_x > 1e-9 * count**2) & (var_y > 1e-9 * count**2)
    r: Floats = np.divide(
        count * lagged(sx, sy) - sum_x * sum_y, np.sqrt(np.abs(var_x * var_y)),
        out=np.full(count.shape, np.nan), where=sound,
    )  # fmt: skip
    return r


def _alpha(table: Floats) -> float:
    """Interval alpha in its closed form; see `alpha`."""
    given = ~np.isnan(table)
    m = given.sum(axis=0)
    n = int(m.sum())
    if n < 2:
        return float("nan")
    x = np.where(given, table - np.nanmean(table), 0.0)
    s, q = x.sum(axis=0), (x**2).sum(axis=0)
    observed = float((2 * (m * q - s**2) / (m - 1)).sum()) / n
    expected = 2 * (n * float(q.sum()) - float(s.sum()) ** 2) / (n * (n - 1))
    return 1 - observed / expected if expected > ROUNDING * max(float(q.sum()) / n, 1e-300) else float("nan")


def _pair_means(table: Floats) -> tuple[float, float]:
    """Mean over the pairs of raters of concordance and of correlation, NaN where no pair has one."""
    given = ~np.isnan(table)
    if not given.any():
        return float("nan"), float("nan")
    mask = given.astype(np.float64)
    x = np.where(given, table - np.nanmean(table), 0.0)
    n = mask @ mask.T
    sums, squares, products = x @ mask.T, x**2 @ mask.T, x @ x.T
    vx, vy = n * squares - sums**2, n * squares.T - sums.T**2
    cov = n * products - sums * sums.T
    upper = np.triu(np.ones(n.shape, dtype=np.bool_), k=1) & (n >= FEWEST_SHARED)
    apart = vx + vy + (sums - sums.T) ** 2
    moved = upper & (vx > ROUNDING * n * squares) & (vy > ROUNDING * n * squares.T)
    # Who never moved, while the other did, agrees by 0; two who never moved cannot be told.
    told = upper & ((vx > ROUNDING * n * squares) | (vy > ROUNDING * n * squares.T)) & (apart > 0)
    ccc = float(np.mean(2 * cov[told] / apart[told])) if told.any() else float("nan")
    r = float(np.mean(cov[moved] / np.sqrt(vx[moved] * vy[moved]))) if moved.any() else float("nan")
    return ccc, r
