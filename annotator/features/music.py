"""Seventeen descriptors of music: dynamics, timbre, rhythm and tonality, in the manner of the MIRtoolbox.

Means over frames of 93 ms every 23 ms, but for `low_energy_rate`, `tempo`, `pulse_clarity` and `mode`, which describe
the whole clip. What a silent frame leaves undefined counts as 0.

- rms, zcr: root mean square; sign changes per sample. low_energy_rate: share of frames below the mean RMS.
- rolloff: frequency in Hz up to which 85 % of the energy lies. brightness: share of the energy above 1,500 Hz.
- centroid, spread, skewness, kurtosis: mean (Hz), standard deviation (Hz), third and fourth standardised moment of
  frequency weighted by magnitude. flatness: geometric by arithmetic mean of the powers. entropy: Shannon's, of
  the magnitudes, as share of its maximum.
- roughness: beating of all pairs of the ten greatest spectral peaks, relative to the frame's energy in peaks.
- tempo: beats per minute of the period that the onsets repeat with. pulse_clarity: their correlation at that period.
- chroma_strength: share of the strongest pitch class. mode: correlation of the mean chroma with the best major key
  minus that with the best minor key. tonal_change: distance between the tonal centroids of consecutive frames.

References
----------
O. Lartillot & P. Toiviainen, "A Matlab toolbox for musical feature extraction from audio", DAFx 2007 (choice).
W. Sethares, "Local consonance and the relationship between timbre and scale", JASA 94(3), 1993 (roughness).
D. Ellis, "Beat tracking by dynamic programming", J. New Music Research 36(1), 2007 (onsets, preference for 120 bpm).
O. Lartillot et al., "Multi-feature modeling of pulse clarity", ISMIR 2008. C. Krumhansl, "Cognitive foundations of
musical pitch", Oxford, 1990 (key profiles). C. Harte et al., "Detecting harmonic change in musical audio", 2006.
"""

from functools import cache

import numpy as np

from annotator.features.chroma import N_CHROMA, chroma
from annotator.features.sound import HOP, N_FFT, SAMPLE_RATE, Sound
from annotator.features.transform import Float32s, Float64s, bin_frequencies, decibels

COLUMNS = (
    "rms", "low_energy_rate", "zcr", "rolloff", "brightness", "centroid", "spread", "skewness", "kurtosis",
    "flatness", "entropy", "roughness", "tempo", "pulse_clarity", "chroma_strength", "mode", "tonal_change",
)  # fmt: skip

_ROLLOFF_SHARE = 0.85
_BRIGHT_HERTZ = 1500.0
_SMALLEST_POWER = 1e-10
_PEAKS = 10
_SLOWEST, _PREFERRED, _FASTEST = 40.0, 120.0, 200.0
_MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
_MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)


def compute(signal: Float32s) -> Float64s:
    """The values of a mono clip at 22,050 Hz in the order of `COLUMNS`, (17,); finite, silence included.

    >>> clicks = np.zeros(8 * 22050, dtype=np.float32)
    >>> clicks[:: 22050 // 2] = 1.0
    >>> bool(abs(compute(clicks)[COLUMNS.index("tempo")] - 120) < 2)
    True
    """
    return compute_shared(Sound(signal))


def compute_shared(sound: Sound) -> Float64s:
    """`compute` of a clip whose transform other sets use as well."""
    rms = np.sqrt(sound.energy)
    tempo, clarity = _pulse(sound)
    return np.array(
        [
            rms.mean(),
            (rms < rms.mean()).mean(),
            sound.zero_crossing_rate.mean(),
            *_timbre(sound),
            tempo,
            clarity,
            *_tonality(chroma(sound).astype(np.float64)),
        ]
    )


def _timbre(sound: Sound) -> Float64s:
    """Mean over frames of rolloff, brightness, four moments, flatness, entropy and roughness, (9,)."""
    total = np.zeros(9)
    for _, magnitude32, power32 in sound.blocks():
        magnitude, power = magnitude32.astype(np.float64), power32.astype(np.float64)
        rows = [
            *_energy_shares(power),
            *_moments(magnitude),
            *_evenness(magnitude, power),
            _roughness(magnitude),
        ]
        total += np.stack(rows).sum(axis=1)
    return total / sound.n_frames


def _energy_shares(power: Float64s) -> tuple[Float64s, Float64s]:
    frequency = bin_frequencies(SAMPLE_RATE, N_FFT)
    running = np.cumsum(power, axis=1)
    whole = running[:, -1]
    rolloff = frequency[(running >= _ROLLOFF_SHARE * whole[:, None]).argmax(axis=1)]
    dark = running[:, np.searchsorted(frequency, _BRIGHT_HERTZ) - 1]
    return rolloff, _share(whole - dark, whole)


def _moments(magnitude: Float64s) -> tuple[Float64s, Float64s, Float64s, Float64s]:
    frequency = bin_frequencies(SAMPLE_RATE, N_FFT)
    weight = _share(magnitude, magnitude.sum(axis=1, keepdims=True))
    centroid = weight @ frequency
    away = frequency - centroid[:, None]
    square = np.square(away)
    spread = np.sqrt(np.einsum("ij,ij->i", weight, square))
    third = np.einsum("ij,ij,ij->i", weight, square, away)
    fourth = np.einsum("ij,ij,ij->i", weight, square, square)
    return centroid, spread, _share(third, spread**3), _share(fourth, spread**4)


def _evenness(magnitude: Float64s, power: Float64s) -> tuple[Float64s, Float64s]:
    raised = np.maximum(power, _SMALLEST_POWER)
    flatness = np.exp(np.log(raised).mean(axis=1)) / raised.mean(axis=1)
    share = _share(magnitude, magnitude.sum(axis=1, keepdims=True))
    information = -share * np.log(np.maximum(share, np.finfo(np.float64).tiny))
    return flatness, information.sum(axis=1) / np.log(magnitude.shape[1])


def _roughness(magnitude: Float64s) -> Float64s:
    """Sethares' dissonance of the greatest peaks of each frame, divided by their summed squares."""
    middle = magnitude[:, 1:-1]
    peaks = np.where((middle > magnitude[:, :-2]) & (middle >= magnitude[:, 2:]), middle, 0.0)
    places = np.argpartition(peaks, -_PEAKS, axis=1)[:, -_PEAKS:]
    height = np.take_along_axis(peaks, places, axis=1)
    frequency = bin_frequencies(SAMPLE_RATE, N_FFT)[places + 1]
    first, second = np.triu_indices(_PEAKS, 1)
    lower = np.minimum(frequency[:, first], frequency[:, second])
    distance = 0.24 / (0.021 * lower + 19.0) * np.abs(frequency[:, first] - frequency[:, second])
    beating = height[:, first] * height[:, second] * (np.exp(-3.5 * distance) - np.exp(-5.75 * distance))
    return _share(beating.sum(axis=1), np.square(height).sum(axis=1))


def _pulse(sound: Sound) -> tuple[float, float]:
    """Tempo in beats per minute and how clear it is, 0..1; both 0 where nothing repeats."""
    rate = SAMPLE_RATE / HOP
    rise = np.maximum(np.diff(decibels(sound.mel.astype(np.float64)), axis=0), 0.0).mean(axis=1)
    onsets = rise - rise.mean() if len(rise) else rise
    lags = np.arange(int(np.ceil(60 * rate / _FASTEST)), int(60 * rate / _SLOWEST) + 1)
    lags = lags[lags < len(onsets) - 1]
    energy = float(onsets @ onsets)
    if not len(lags) or energy <= 1e-12:
        return 0.0, 0.0
    n_fft = 1 << (2 * len(onsets) - 1).bit_length()
    correlation = np.fft.irfft(np.abs(np.fft.rfft(onsets, n_fft)) ** 2, n_fft)[: len(onsets)] / energy
    preference = np.exp(-0.5 * np.log2(60 * rate / lags / _PREFERRED) ** 2)
    best = int((correlation[lags] * preference).argmax())
    lag = int(lags[best])
    clarity = float(np.clip(correlation[lag], 0.0, 1.0))
    if clarity == 0.0:
        return 0.0, 0.0
    before, at, after = correlation[lag - 1 : lag + 2]
    bend = before + after - 2 * at
    shift = (before - after) / (2 * bend) if bend < 0 else 0.0
    return 60 * rate / (lag + float(np.clip(shift, -0.5, 0.5))), clarity


def _tonality(classes: Float64s) -> tuple[float, float, float]:
    """Chroma strength, mode and tonal change of chroma (frames, 12)."""
    share = _share(classes, classes.sum(axis=1, keepdims=True))
    centroids = share @ _tonal_space()
    change = np.linalg.norm(np.diff(centroids, axis=0), axis=1)
    mean = share.mean(axis=0)
    if np.ptp(mean) < 1e-12:
        mode = 0.0
    else:
        major, minor = (
            max(np.corrcoef(mean, np.roll(profile, key))[0, 1] for key in range(N_CHROMA))
            for profile in (_MAJOR, _MINOR)
        )
        mode = float(major - minor)
    return float(share.max(axis=1).mean()), mode, float(change.mean()) if len(change) else 0.0


@cache
def _tonal_space() -> Float64s:
    """Place of every pitch class on the circles of fifths, minor thirds and major thirds, (12, 6)."""
    note = np.arange(N_CHROMA)
    circles = []
    for radius, step in ((1.0, 7 * np.pi / 6), (1.0, 3 * np.pi / 2), (0.5, 2 * np.pi / 3)):
        circles += [radius * np.sin(note * step), radius * np.cos(note * step)]
    return np.stack(circles, axis=1)


def _share(part: Float64s, whole: Float64s) -> Float64s:
    """Quotient; 0 where the whole is 0."""
    result = np.zeros(np.broadcast_shapes(part.shape, whole.shape))
    return np.divide(part, whole, out=result, where=np.broadcast_to(whole > 1e-30, result.shape))
