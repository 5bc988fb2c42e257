"""Prosody of speech: pitch, intensity, voice quality and rate, in the manner of the Geneva minimalistic set.

At 16 kHz, every 10 ms. Where a clip has no voice, everything that needs one is 0.

- f0_*: pitch in semitones above 27.5 Hz over voiced frames: mean, standard deviation, percentiles, their range from
  the 20th to the 80th, and the mean slope of rising and of falling stretches in semitones per second.
- intensity_*: level of 40 ms frames in dB below full scale, no lower than -90: the same figures.
- voiced_share: share of voiced frames. hnr_*: harmonics-to-noise ratio in dB of voiced frames.
- jitter: mean difference of consecutive periods by the mean period. shimmer: mean difference in dB of the peaks of
  consecutive periods. Both from periods marked in the waveform.
- voiced_per_second, voiced_length_*, unvoiced_length_*: voiced stretches per second, length of voiced and unvoiced
  ones in seconds. peaks_per_second: peaks of the smoothed intensity, about the rate of syllables.

References
----------
F. Eyben et al., "The Geneva minimalistic acoustic parameter set (GeMAPS) for voice research and affective
computing", IEEE Trans. Affective Computing 7(2), 2016 (choice). A. de Cheveigne & H. Kawahara, "YIN, a fundamental
frequency estimator for speech and music", JASA 111(4), 2002 (pitch). P. Boersma, "Accurate short-term analysis of the
fundamental frequency and the harmonics-to-noise ratio", IFA Proceedings 17, 1993 (HNR).
"""

import numpy as np
from numpy.typing import NDArray

from annotator.features.transform import Float32s, Float64s

SAMPLE_RATE = 16000
STEP = 160

_STATISTICS = ("mean", "std", "p20", "p50", "p80", "range")

COLUMNS = (
    *(f"f0_{name}" for name in _STATISTICS), "f0_rising_slope", "f0_falling_slope",
    *(f"intensity_{name}" for name in _STATISTICS),
    "voiced_share", "hnr_mean", "hnr_std", "jitter", "shimmer",
    "voiced_per_second", "voiced_length_mean", "voiced_length_std",
    "unvoiced_length_mean", "unvoiced_length_std", "peaks_per_second",
)  # fmt: skip

_WINDOW = 640
_LONGEST, _SHORTEST = SAMPLE_RATE // 75, SAMPLE_RATE // 500
_N_FFT = 1024
_FRAMES_AT_ONCE = 64
#: YIN's threshold for the first dip, and the greatest dip that still counts as voiced.
_CLEAR, _VOICED = 0.15, 0.30
_LOWEST_LEVEL = -90.0
#: Frames this far below the loud ones are not voiced, whatever their periodicity.
_SILENCE_BELOW = 40.0
_LOWEST_NOTE = 27.5
#: A stretch of voice has at least this many frames.
_FEWEST_FRAMES = 3
#: Consecutive periods and peaks that differ by more are taken for mistakes of marking, as Praat does by default.
_PERIOD_FACTOR, _PEAK_FACTOR = 1.3, 1.6


def compute(signal: Float32s) -> Float64s:
    """The values of a mono clip at 16 kHz in the order of `COLUMNS`, (25,); finite, silence included.

    >>> tone = np.sin(2 * np.pi * 220 * np.arange(16000) / 16000).astype(np.float32)
    >>> values = dict(zip(COLUMNS, compute(tone).tolist()))
    >>> round(values["f0_mean"], 2), round(values["intensity_p50"], 1), round(values["voiced_share"], 1)
    (36.0, -3.0, 1.0)
    """
    samples = signal.astype(np.float64)
    level = _levels(samples)
    period, harmonicity = _periods(samples)
    voiced = (period > 0) & (level > max(_LOWEST_LEVEL, float(np.percentile(level, 95)) - _SILENCE_BELOW))
    stretches = [run for run in _runs(voiced) if run.stop - run.start >= _FEWEST_FRAMES]
    voiced = np.zeros(len(level), dtype=np.bool_)
    for run in stretches:
        voiced[run] = True
    pitch = np.zeros(len(level))
    pitch[voiced] = 12 * np.log2(SAMPLE_RATE / period[voiced] / _LOWEST_NOTE)
    return np.array(
        [
            *_statistics(pitch[voiced]),
            *_slopes(pitch, stretches),
            *_statistics(level),
            voiced.mean(),
            *_mean_std(harmonicity[voiced]),
            *_perturbation(samples, period, stretches),
            *_rate(voiced, stretches, _smoothed(level), len(samples) / SAMPLE_RATE),
        ]
    )


def _frames(samples: Float64s, size: int) -> Float64s:
    """Frames of `size` samples around every step, (frames, size); beyond the ends the signal is zero."""
    n_frames = 1 + len(samples) // STEP
    padded = np.zeros(_WINDOW // 2 + n_frames * STEP + size)
    padded[_WINDOW // 2 : _WINDOW // 2 + len(samples)] = samples
    return np.lib.stride_tricks.sliding_window_view(padded, size)[::STEP][:n_frames]


def _levels(samples: Float64s) -> Float64s:
    frames = _frames(samples, _WINDOW)
    # Divided by the samples there are, so that a steady tone keeps its level up to both ends.
    present = _frames(np.ones(len(samples)), _WINDOW).sum(axis=1)
    power = np.einsum("ij,ij->i", frames, frames) / np.maximum(present, 1.0)
    level: Float64s = 10 * np.log10(np.maximum(power, 10 ** (_LOWEST_LEVEL / 10)))
    return level


def _periods(samples: Float64s) -> tuple[Float64s, Float64s]:
    """Period of every frame in samples, 0 where it has none, and its harmonics-to-noise ratio in dB."""
    frames = _frames(samples, _WINDOW + _LONGEST + 1)
    period, harmonicity = np.zeros(len(frames)), np.zeros(len(frames))
    for first in range(0, len(frames), _FRAMES_AT_ONCE):
        rows = slice(first, min(first + _FRAMES_AT_ONCE, len(frames)))
        period[rows], harmonicity[rows] = _yin(frames[rows])
    return period, harmonicity


def _yin(frames: Float64s) -> tuple[Float64s, Float64s]:
    """YIN of frames (n, window + longest period + 1): period, 0 where none is clear, and HNR in dB."""
    n_lags = _LONGEST + 2
    window = frames[:, :_WINDOW]
    spectrum = np.fft.rfft(frames, _N_FFT, axis=1)
    product = np.conj(np.fft.rfft(window, _N_FFT, axis=1)) * spectrum
    correlation = np.fft.irfft(product, _N_FFT, axis=1)[:, :n_lags]
    running = np.concatenate([np.zeros((len(frames), 1)), np.cumsum(np.square(frames), axis=1)], axis=1)
    energy = running[:, _WINDOW : _WINDOW + n_lags] - running[:, :n_lags]
    difference = np.maximum(energy[:, :1] + energy - 2 * correlation, 0.0)
    total = np.cumsum(difference[:, 1:], axis=1)
    lag = np.arange(1, n_lags)
    dip = np.ones_like(difference)
    np.divide(difference[:, 1:] * lag, total, out=dip[:, 1:], where=total > 1e-12)

    searched = dip[:, _SHORTEST : _LONGEST + 1]
    valley = (searched <= dip[:, _SHORTEST - 1 : _LONGEST]) & (
        searched < dip[:, _SHORTEST + 1 : _LONGEST + 2]
    )
    clear = valley & (searched < _CLEAR)
    deepest = np.where(valley, searched, np.inf).argmin(axis=1)
    chosen = np.where(clear.any(axis=1), clear.argmax(axis=1), deepest) + _SHORTEST
    row = np.arange(len(frames))
    voiced = valley.any(axis=1) & (dip[row, chosen] < _VOICED)
    before, at, after = dip[row, chosen - 1], dip[row, chosen], dip[row, chosen + 1]
    bend = before + after - 2 * at
    shift = np.zeros(len(frames))
    np.divide(before - after, 2 * bend, out=shift, where=bend > 1e-12)
    scale = np.sqrt(energy[:, 0] * energy[row, chosen])
    likeness = np.zeros(len(frames))
    np.divide(correlation[row, chosen], scale, out=likeness, where=scale > 1e-12)
    likeness = np.clip(likeness, 1e-4, 1 - 1e-4)
    return np.where(voiced, chosen + np.clip(shift, -0.5, 0.5), 0.0), 10 * np.log10(likeness / (1 - likeness))


def _runs(mask: NDArray[np.bool_]) -> list[slice]:
    """Stretches of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    return [slice(int(start), int(stop)) for start, stop in edges.reshape(-1, 2)]


def _statistics(values: Float64s) -> tuple[float, ...]:
    if not len(values):
        return (0.0,) * len(_STATISTICS)
    low, middle, high = (float(value) for value in np.percentile(values, [20, 50, 80]))
    return float(values.mean()), float(values.std()), low, middle, high, high - low


def _mean_std(values: Float64s | list[float]) -> tuple[float, float]:
    return (float(np.mean(values)), float(np.std(values))) if len(values) else (0.0, 0.0)


def _slopes(pitch: Float64s, stretches: list[slice]) -> tuple[float, float]:
    """Mean change of pitch where it rises and where it falls, in semitones per second."""
    changes = np.concatenate([np.empty(0), *(np.diff(_smoothed(pitch[run])) for run in stretches)])
    per_second = changes * (SAMPLE_RATE / STEP)
    return _mean_std(per_second[per_second > 0])[0], _mean_std(per_second[per_second < 0])[0]


def _perturbation(samples: Float64s, period: Float64s, stretches: list[slice]) -> tuple[float, float]:
    """Jitter and shimmer."""
    periods, jumps, steps = [np.empty(0)], [np.empty(0)], [np.empty(0)]
    for run in stretches:
        marks, peaks = _marks(samples, period[run], run.start)
        cycles, levels = np.diff(marks), 20 * np.log10(np.maximum(peaks, 1e-9))
        before, after = cycles[:-1], cycles[1:]
        alike = np.maximum(before, after) <= _PERIOD_FACTOR * np.minimum(before, after)
        periods.append(cycles)
        jumps.append(np.abs(after - before)[alike])
        change = np.abs(np.diff(levels))
        steps.append(change[change <= 20 * np.log10(_PEAK_FACTOR)])
    mean_jump, mean_period = (_mean_std(np.concatenate(values))[0] for values in (jumps, periods))
    jitter = mean_jump / mean_period if mean_period else 0.0
    return jitter, _mean_std(np.concatenate(steps))[0]


def _marks(samples: Float64s, period: Float64s, first_frame: int) -> tuple[Float64s, Float64s]:
    """Place of the peak of every cycle of a voiced stretch, between samples, and its height."""
    start, stop = first_frame * STEP, min((first_frame + len(period)) * STEP, len(samples))
    stretch = samples[start:stop]
    if np.abs(stretch.min(initial=0.0)) > stretch.max(initial=0.0):
        stretch = -stretch
    places, heights = [], []
    low, high = 0, round(period[0])
    while high < len(stretch) - 1:
        place = low + int(stretch[low:high].argmax())
        before, at, after = stretch[max(place - 1, 0)], stretch[place], stretch[place + 1]
        bend = before + after - 2 * at
        shift = min(max((before - after) / (2 * bend), -0.5), 0.5) if bend < 0 else 0.0
        places.append(place + shift)
        heights.append(at - 0.25 * (before - after) * shift)
        length = period[min(place // STEP, len(period) - 1)]
        low, high = place + int(0.8 * length), place + int(np.ceil(1.2 * length)) + 1
    return np.array(places), np.array(heights)


def _rate(
    voiced: NDArray[np.bool_], stretches: list[slice], level: Float64s, seconds: float
) -> tuple[float, ...]:
    step = STEP / SAMPLE_RATE
    middle = level[1:-1]
    peaks = (middle > level[:-2]) & (middle >= level[2:]) & (middle > level.max() - _SILENCE_BELOW / 2)
    return (
        len(stretches) / seconds,
        *_mean_std([(run.stop - run.start) * step for run in stretches]),
        *_mean_std([(run.stop - run.start) * step for run in _runs(~voiced)]),
        int(peaks.sum()) / seconds,
    )


def _smoothed(values: Float64s, width: int = 5) -> Float64s:
    """Moving average over `width` values, fewer at the ends."""
    if len(values) < width:
        return values
    ones = np.ones(width)
    smoothed: Float64s = np.convolve(values, ones, "same") / np.convolve(np.ones(len(values)), ones, "same")
    return smoothed
