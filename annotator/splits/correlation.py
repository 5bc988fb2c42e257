"""How alike two stretches of sound are, sample by sample, at the same speed and at another."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotator.splits.fingerprint import RATE

#: Seconds of sound that are correlated, and around the expected offset.
_CORRELATED, _SLACK = 20.0, 0.3
#: Seconds that are correlated at another speed: in so short a stretch a speed that is off by half a step does no harm.
_AT_SPEED = 1.2
#: Speeds tried around the one that is expected: so far to either side, in such steps.
_SPEEDS, _SPEED_STEP = 0.0075, 0.0006
#: Times more samples before a sound is read at another speed.
_FINER = 4
#: Below this no finer step helps.
_HOPELESS = 0.5


def correlation(
    a: NDArray[np.float32], b: NDArray[np.float32], start: float, end: float, offset: float
) -> tuple[float, float]:
    """Normalised cross-correlation of a stretch of two waveforms, and by how much the best offset differs.

    Parameters
    ----------
    a, b
        (n,) and (m,) mono samples at `RATE`.
    start, end
        The stretch in seconds of `a`; the middle twenty seconds are compared.
    offset
        Expected time in `b` less that in `a`, in seconds, right to 0.3 s.

    Returns
    -------
    tuple
        The largest absolute correlation, 0..1, of the differences of neighbouring samples (so that hum and rumble count
        for little), and the seconds to add to `offset`.
    """
    from scipy.signal import correlate

    excess = max((end - start - _CORRELATED) / 2, 0.0)
    first, last = round((start + excess) * RATE), round((end - excess) * RATE)
    slack = round(_SLACK * RATE)
    shift = round(offset * RATE)
    one = _brightened(a[max(first, 0) : last])
    begin = max(first, 0) + shift - slack
    other = _brightened(b[max(begin, 0) : max(last + shift + slack, 0)])
    other = np.concatenate([np.zeros(max(-begin, 0), np.float32), other])
    if len(other) < len(one):
        other = np.concatenate([other, np.zeros(len(one) + 2 * slack - len(other), np.float32)])
    energy = float(one @ one)
    if not len(one) or not energy:
        return 0.0, 0.0
    products = correlate(other, one, mode="valid", method="fft")
    squares = np.concatenate([[0.0], np.cumsum(other.astype(np.float64) ** 2)])
    energies = squares[len(one) :] - squares[: -len(one)]
    # Where b is almost silent rounding would make any correlation.
    loud = energies > 1e-6 * squares[-1]
    alike = np.where(loud, np.abs(products) / np.sqrt(np.maximum(energies, 1e-30) * energy), 0.0)
    best = int(alike.argmax())
    return float(alike[best]), (best - slack) / RATE


def _brightened(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.diff(sound, prepend=sound[:1]) if len(sound) else sound


@dataclass(frozen=True, slots=True)
class AtSpeed:
    """`alike` as `correlation` gives it, the `speed` of b by that of a, and the time in b (s) of the middle in a."""

    alike: float
    speed: float
    middle: float


def correlation_at_speed(
    a: NDArray[np.float32], b: NDArray[np.float32], middle_a: float, middle_b: float, speed: float
) -> AtSpeed:
    """Correlation of `a`, played a little faster or slower, with `b`, as when a tape runs at another speed.

    Parameters
    ----------
    a, b
        (n,) and (m,) mono samples at `RATE`.
    middle_a, middle_b
        The same moment in both, in seconds, right to 0.3 s: a second around it is compared.
    speed
        How much faster `b` is, right to 0.7 %. All frequencies are higher by as much.

    Examples
    --------
    >>> noise = np.cumsum(np.random.default_rng(0).normal(size=3 * RATE)).astype(np.float32)
    >>> faster = np.interp(np.arange(0, len(noise), 1.02), np.arange(len(noise)), noise).astype(np.float32)
    >>> found = correlation_at_speed(noise, faster, 1.5, 1.5, 1.0225)
    >>> found.alike > 0.75, round(found.speed, 2), round(found.middle, 2)
    (True, 1.02, 1.47)
    """
    from scipy.signal import resample_poly

    half = round(_AT_SPEED / 2 * RATE)
    slack = round(_SLACK * RATE)
    first = round(middle_b * RATE) - half - slack
    window = np.zeros(2 * (half + slack), np.float32)
    held = b[max(first, 0) : max(first + len(window), 0)]
    window[max(-first, 0) : max(-first, 0) + len(held)] = held
    # Between neighbours so far apart a straight line would blur what is to be compared.
    begin = max(round(middle_a * RATE) - half - slack, 0)
    fine = resample_poly(a[begin : round(middle_a * RATE) + half + slack], _FINER, 1)
    best = AtSpeed(0.0, speed, middle_b)
    for span, step in ((_SPEEDS, _SPEED_STEP), (_SPEED_STEP, _SPEED_STEP / 4)):
        for factor in np.arange(best.speed - span, best.speed + span, step).tolist():
            moments = (middle_a * RATE - begin + np.arange(-half, half) * factor) * _FINER
            played = np.interp(moments, np.arange(len(fine)), fine, left=0.0, right=0.0).astype(np.float32)
            alike, lag = correlation(played, window, 0.0, 2 * half / RATE, _SLACK)
            if alike > best.alike:
                best = AtSpeed(alike, factor, middle_b + lag)
        if best.alike < _HOPELESS:
            break
    return best
