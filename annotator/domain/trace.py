"""Continuous traces: what a rater answered while the sound played, one number per time step.

A trace is a list of numbers at a fixed rate from the start of its segment, `None` where nothing was given. Step k
stands for the time k / rate and holds until the next one. It is stored as it was drawn; `corrected` takes the rater's
delay out where figures are made of it.
"""

import json
from collections.abc import Sequence
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from annotator.domain.corpus import Trace, Value
from annotator.domain.translation import tr, tr_n

#: Steps a second where a scheme does not say.
DEFAULT_RATE = 10.0

_DUST = 1e-6  # of a step: what multiplying and dividing by a rate may leave behind


def steps(seconds: float, rate: float) -> int:
    """How many steps a trace of so many seconds has: those that begin within them.

    >>> steps(2.5, 10), steps(0.31, 10)
    (25, 4)
    """
    return max(ceil(seconds * rate - _DUST), 0)


def parse_trace(value: object, minimum: float, maximum: float) -> Trace | None:
    """A trace from a list or from JSON text; `None` where no step holds a number.

    Raises `ValueError` whose text is the part that is no number on the scale.

    >>> parse_trace("[0.5, null, 1]", -1, 1)
    [0.5, None, 1.0]
    """
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except json.JSONDecodeError:
            raise ValueError(value) from None
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if not isinstance(value, list | tuple):
        raise ValueError(str(value))
    trace: Trace = []
    for step in value:
        if step is None or step != step:
            trace.append(None)
            continue
        if isinstance(step, bool) or not isinstance(step, int | float) or not minimum <= step <= maximum:
            raise ValueError(str(step))
        trace.append(float(step))
    return trace if any(step is not None for step in trace) else None


def numbers(trace: Sequence[float | None]) -> NDArray[np.float64]:
    """(n,) the steps of a trace, NaN where nothing was given."""
    return np.array([np.nan if step is None else step for step in trace], dtype=np.float64)


def from_numbers(values: NDArray[np.float64]) -> Trace:
    """The trace of an array, `None` for NaN; rounded to 4 decimals, finer than any hand."""
    return [None if step != step else step for step in np.round(values, 4).tolist()]


def resampled(
    trace: Sequence[float | None],
    rate: float,
    new_rate: float,
    *,
    length: int | None = None,
    lag: float = 0.0,
) -> NDArray[np.float64]:
    """A trace at another rate, by straight lines between its steps.

    Parameters
    ----------
    length
        Steps of the result; as many as the trace lasts where not given.
    lag
        Seconds by which the rater came late: the result at time t is what was given at t + lag.

    Returns
    -------
    (length,) numbers; NaN where the trace has ended, or where a step that is needed was not given.

    >>> resampled([0.0, 1.0, None, 0.0], 1, 2).tolist()
    [0.0, 0.5, 1.0, nan, nan, nan, 0.0, 0.0]
    >>> resampled([0.0, 0.2, 0.4], 10, 10, lag=0.1).tolist()
    [0.2, 0.4, nan]
    """
    given = numbers(trace)
    if length is None:
        length = steps(len(given) / rate, new_rate)
    result = np.full(length, np.nan)
    if not len(given):
        return result
    place = (np.arange(length) / new_rate + lag) * rate
    place = np.where(np.abs(place - np.round(place)) < _DUST, np.round(place), place)
    inside = (place >= 0) & (place < len(given))
    before = np.floor(place[inside]).astype(np.intp)
    after = np.minimum(before + 1, len(given) - 1)  # the last step holds
    share = place[inside] - before
    # A place on a step needs only that step, whatever its neighbour lacks.
    result[inside] = np.where(share == 0, given[before], given[before] * (1 - share) + given[after] * share)
    return result


def corrected(trace: Sequence[float | None], rate: float, lag: float) -> Trace:
    """The trace without the rater's delay of `lag` seconds: as long as before, empty at its end.

    >>> corrected([0.1, 0.2, 0.3, 0.4], 2, 1.0)
    [0.3, 0.4, None, None]
    """
    return from_numbers(resampled(trace, rate, rate, length=len(trace), lag=lag)) if lag else list(trace)


def mean(trace: Sequence[float | None]) -> float | None:
    """The mean of the steps that were given; `None` where there is none.

    >>> mean([0.5, None, 1.0])
    0.75
    """
    given = [step for step in trace if step is not None]
    return sum(given) / len(given) if given else None


def in_short(value: Value) -> str:
    """An answer in a line of text: a trace by its length and mean, other numbers to 4 significant digits.

    >>> in_short([0.5, None, 1.0]), in_short(0.1234567), in_short("happy"), in_short(None)
    ('3 steps, mean 0.75', '0.1235', 'happy', '?')
    """
    if value is None:
        return "?"
    if isinstance(value, list):
        middle = mean(value)
        told = tr("no number") if middle is None else tr("mean {value}", value=f"{middle:.4g}")
        return tr_n("{n} step, {told}", "{n} steps, {told}", len(value), told=told)
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def covered(trace: Sequence[float | None], length: int) -> float:
    """Which share of `length` steps was given, from 0 to 1.

    >>> covered([0.5, None], 4)
    0.25
    """
    return sum(step is not None for step in trace[:length]) / length if length else 0.0


def at(trace: Sequence[float | None], rate: float, seconds: float) -> float | None:
    """What was given at a time: the step that holds then.

    >>> at([0.1, 0.2], 10, 0.15)
    0.2
    """
    step = floor(seconds * rate + _DUST)
    return trace[step] if 0 <= step < len(trace) else None


def stacked(
    traces: Sequence[Sequence[float | None]], rate: float, *, new_rate: float | None = None, lag: float = 0.0
) -> NDArray[np.float64]:
    """(traces, steps) several traces of one segment side by side, as long as the longest, without their delay.

    >>> stacked([[0.1, 0.2], [0.3]], 10).tolist()
    [[0.1, 0.2], [0.3, nan]]
    """
    new_rate = new_rate or rate
    length = max((steps(len(trace) / rate, new_rate) for trace in traces), default=0)
    if not length:
        return np.empty((len(traces), 0))
    return np.stack([resampled(trace, rate, new_rate, length=length, lag=lag) for trace in traces])
