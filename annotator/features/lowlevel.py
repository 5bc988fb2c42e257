"""Low-level descriptors of speech and music: level, noisiness, spectral shape and cepstrum.

Every descriptor is computed per frame of 2,048 samples at 22,050 Hz, every 512 samples, and summarised over frames
by its mean and its (population) standard deviation. Definitions and constants are those of librosa 0.11's functions
of the same name with default arguments. Values agree with librosa's to 1e-5 relative; where a value in dB comes near
zero (means of MFCC, contrast of a flat spectrum) to 2e-5 dB absolute.

References
----------
Bandwidth, centroid, rolloff: G. Peeters, "A large set of audio features for sound description", IRCAM 2004.
Flatness: S. Dubnov, "Generalization of spectral flatness measure", IEEE Signal Processing Letters 11(8), 2004.
Contrast: D.-N. Jiang et al., "Music type classification by spectral contrast feature", ICME 2002.
MFCC: S. Davis & P. Mermelstein, IEEE Trans. ASSP 28(4), 1980, with Slaney's filters (Auditory Toolbox, 1998).
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from annotator.features.sound import N_FFT, N_MFCC, SAMPLE_RATE, Sound
from annotator.features.transform import Float32s, Float64s, bin_frequencies, decibels

_ROLLOFF_SHARE = 0.85
#: Bins that the rolloff is looked for in at once; divides the 1,024 below the last.
_RUN = 32
#: Share of the total by which a running sum of 1,025 numbers in 32 bits may be off: ten times sqrt(1025) * 2**-24, the
#: size of its error (N. Higham & T. Mary, SIAM J. Sci. Comput. 41(5), 2019).
_ROLLOFF_DOUBT = 2e-5
_CONTRAST_LOWEST = 200.0
_CONTRAST_BANDS = 7
_CONTRAST_QUANTILE = 0.02
_SMALLEST_POWER = 1e-10


def _columns() -> tuple[str, ...]:
    descriptors = ["zcr", "rms", "energy", "centroid", "bandwidth", "rolloff", "flatness"]
    descriptors += [f"contrast_{band}" for band in range(1, _CONTRAST_BANDS + 1)]
    descriptors += [f"mfcc_{n:02d}" for n in range(1, N_MFCC + 1)]
    return tuple(f"{name}_{statistic}" for name in descriptors for statistic in ("mean", "std"))


COLUMNS = _columns()


def compute(signal: Float32s) -> Float64s:
    """The low-level descriptors of one clip.

    Parameters
    ----------
    signal
        Mono samples at 22,050 Hz, full scale 1; (n,) with n >= 1. Clips shorter than a frame are padded with zeros.

    Returns
    -------
    ndarray
        Values in the order of `COLUMNS`, (108,); finite for every finite signal, silence included.

    Examples
    --------
    >>> tone = np.sin(2 * np.pi * 1000 * np.arange(22050) / 22050).astype(np.float32)
    >>> values = dict(zip(COLUMNS, compute(tone).tolist()))
    >>> round(values["rms_mean"], 1), round(values["zcr_mean"] * SAMPLE_RATE / 2, -2)
    (0.7, 1000.0)
    """
    return compute_shared(Sound(signal))


def compute_shared(sound: Sound) -> Float64s:
    """`compute` of a clip whose transform other sets use as well."""
    frames = descriptors(sound)
    return np.stack([frames.mean(axis=0), frames.std(axis=0)], axis=1).ravel()


def descriptors(sound: Sound) -> Float64s:
    """The descriptors frame by frame, (frames, 54), in the order in which `COLUMNS` names them."""
    moments = np.empty((sound.n_frames, 3))
    rolloff = np.empty(sound.n_frames)
    power_means = np.empty((sound.n_frames, 2))
    extremes = np.empty((sound.n_frames, 2 * _CONTRAST_BANDS))

    # Only sums over bins are taken block by block; what works on one number per frame waits for all frames.
    for rows, magnitude, power in sound.blocks():
        # In 64 bits, or the difference of two moments would lose the bandwidth of narrow sounds.
        moments[rows] = magnitude.astype(np.float64) @ _moment_weights()
        rolloff[rows] = _rolloff(magnitude)
        extremes[rows] = _extremes(magnitude)
        power_means[rows] = _power_means(power)

    contrast = _contrast(extremes)
    level = [sound.zero_crossing_rate, np.sqrt(sound.energy), sound.energy]
    shape = [*_centroid_and_bandwidth(moments), rolloff, _flatness(power_means)]
    return np.column_stack([*level, *shape, contrast, sound.mfcc])


@cache
def _moment_weights() -> Float64s:
    frequency = bin_frequencies(SAMPLE_RATE, N_FFT)
    return np.stack([np.ones_like(frequency), frequency, frequency**2], axis=1)


def _centroid_and_bandwidth(moments: Float64s) -> tuple[Float64s, Float64s]:
    """Mean frequency of each frame weighted by magnitude, and the spread around it, in Hz; 0 for silence."""
    total, first, second = moments.T
    total = np.where(total < np.finfo(np.float32).tiny, 1.0, total)
    centroid = first / total
    return centroid, np.sqrt(np.maximum(second / total - centroid**2, 0.0))


def _rolloff(magnitude: Float32s) -> Float64s:
    """Frequency in Hz of the first bin up to which each frame holds its share of the summed magnitude."""
    # First in which run of bins, then in which bin of it: a running sum over all bins waits for every addition
    # before the next. It adds in 32 bits, so near the threshold its roundings decide: those frames are summed so.
    frame = np.arange(len(magnitude))
    runs = magnitude[:, :-1].reshape(len(magnitude), -1, _RUN)
    reached = np.zeros((len(magnitude), runs.shape[1] + 1))
    np.cumsum(np.einsum("ijk->ij", runs), axis=1, dtype=np.float64, out=reached[:, 1:])
    total = reached[:, -1:] + magnitude[:, -1:]
    threshold = _ROLLOFF_SHARE * total
    run = (reached[:, 1:] >= threshold).argmax(axis=1)
    within = np.empty((len(magnitude), 1 + _RUN))
    within[:, 0] = reached[frame, run]
    within[:, 1:] = runs[frame, run]
    np.cumsum(within, axis=1, out=within)
    step = (within >= threshold).argmax(axis=1)  # 0 where no run reaches the threshold
    place = run * _RUN + step - 1
    near = np.abs(within - threshold) < _ROLLOFF_DOUBT * total
    unsure = np.flatnonzero(near.any(axis=1) | (step == 0))
    if len(unsure):
        running = np.cumsum(magnitude[unsure], axis=1)
        place[unsure] = (running >= np.float32(_ROLLOFF_SHARE) * running[:, -1:]).argmax(axis=1)
    rolloff: Float64s = bin_frequencies(SAMPLE_RATE, N_FFT)[place]
    return rolloff


@cache
def _smallest_powers() -> Float32s:
    """One for every bin: against a single number numpy compares at half the speed."""
    return np.full(N_FFT // 2 + 1, _SMALLEST_POWER, dtype=np.float32)


def _power_means(power: Float32s) -> Float32s:
    """Mean logarithm and mean of each frame's power, (frames, 2), raised to the smallest power that counts."""
    raised = np.maximum(power, _smallest_powers())
    sums = np.empty((len(power), 2), dtype=np.float32)
    np.add.reduce(raised, axis=1, out=sums[:, 1])
    np.add.reduce(np.log(raised, out=raised), axis=1, out=sums[:, 0])
    return sums / np.float32(power.shape[1])


def _flatness(power_means: Float64s) -> Float64s:
    """Geometric by arithmetic mean of each frame's power: near 1 for noise, near 0 for tones, 1 for silence."""
    log_mean, mean = power_means.T
    flatness: Float64s = np.exp(log_mean) / mean
    return flatness


@cache
def _contrast_bands() -> tuple[tuple[slice, int], ...]:
    """Bins of each octave band with the number of bins averaged into its peak and into its valley.

    A band reaches from one bin below its lower edge to its upper edge, the highest one to half the sampling rate;
    all but the highest leave their last bin to the next band, after the number to average has been taken.
    """
    frequency = bin_frequencies(SAMPLE_RATE, N_FFT)
    edges = np.concatenate([[0.0], _CONTRAST_LOWEST * 2.0 ** np.arange(_CONTRAST_BANDS)])
    bands = []
    for band in range(_CONTRAST_BANDS):
        inside = np.flatnonzero((frequency >= edges[band]) & (frequency <= edges[band + 1]))
        highest = band == _CONTRAST_BANDS - 1
        first = int(inside[0]) - (1 if band else 0)
        last = len(frequency) if highest else int(inside[-1]) + 1
        averaged = max(1, int(np.rint(_CONTRAST_QUANTILE * (last - first))))
        bands.append((slice(first, last if highest else last - 1), averaged))
    return tuple(bands)


@cache
def _extreme_weights() -> tuple[NDArray[np.intp], Float32s]:
    """Which of the sorted bins count, (n,), and what they are multiplied with, (n, 2 x bands).

    The products are the mean of each band's smallest magnitudes, then of its largest.
    """
    weights = np.zeros((N_FFT // 2 + 1, 2 * _CONTRAST_BANDS), dtype=np.float32)
    for band, (bins, averaged) in enumerate(_contrast_bands()):
        weights[bins.start : bins.start + averaged, band] = 1 / averaged
        weights[bins.stop - averaged : bins.stop, _CONTRAST_BANDS + band] = 1 / averaged
    used = np.flatnonzero(weights.any(axis=1))
    return used, weights[used]


def _extremes(magnitude: Float32s) -> Float32s:
    """Mean of the smallest magnitudes of each band, then of the largest of each, (frames, 2 x bands)."""
    ordered = magnitude.copy()
    for bins, _ in _contrast_bands():
        # A full sort: numpy's is vectorised and beats its partition at these lengths by two times and more.
        ordered[:, bins].sort(axis=1)
    used, weights = _extreme_weights()
    return ordered[:, used] @ weights


def _contrast(extremes: Float64s) -> Float64s:
    """Level of each band's peak above its valley in dB, (frames, bands)."""
    return decibels(extremes[:, _CONTRAST_BANDS:]) - decibels(extremes[:, :_CONTRAST_BANDS])
