"""Strength of the twelve pitch classes in each frame, tuned to the clip; the definitions of librosa 0.11.

References
----------
D. Ellis, "Chroma feature analysis and synthesis", Columbia University, 2007.
Peaks between bins by a parabola: J. O. Smith, "Spectral audio signal processing", 2011.
"""

from functools import cache

import numpy as np

from annotator.features.sound import N_FFT, SAMPLE_RATE, Sound
from annotator.features.transform import Float32s, bin_frequencies

N_CHROMA = 12

_CENTRE_OCTAVE, _OCTAVE_WIDTH = 5.0, 2.0
_LOWEST_PEAK, _HIGHEST_PEAK = 150.0, 4000.0
_PEAK_SHARE = np.float32(0.1)
_TUNING_STEPS = 100
#: Frames multiplied at once: below the size from which the matrix product would start threads.
_FRAMES_AT_ONCE = 16


def chroma(sound: Sound) -> Float32s:
    """Energy of the pitch classes C, C#, ... B, the strongest of each frame 1: (frames, 12); silence is 0.

    >>> a440 = np.sin(2 * np.pi * 440 * np.arange(22050) / 22050).astype(np.float32)
    >>> int(chroma(Sound(a440)).mean(axis=0).argmax())
    9
    """
    weights = chroma_weights(tuning(sound))
    classes = np.empty((sound.n_frames, N_CHROMA), dtype=np.float32)
    for rows, _, power in sound.blocks():
        for first in range(0, len(power), _FRAMES_AT_ONCE):
            part = power[first : first + _FRAMES_AT_ONCE]
            np.matmul(part, weights, out=classes[rows][first : first + len(part)])
    strongest = classes.max(axis=1, keepdims=True)
    classes /= np.where(strongest < np.finfo(np.float32).tiny, np.float32(1), strongest)
    return classes


@cache
def chroma_weights(tuning_step: int) -> Float32s:
    """Weight of every bin in every pitch class for one of 100 tunings, (1025, 12); see `tuning`.

    A bin counts for a class by a Gaussian of its distance in semitones, and less the farther it is from the
    centre octave.
    """
    a440 = 440.0 * 2.0 ** ((tuning_step / _TUNING_STEPS - 0.5) / N_CHROMA)
    octaves = np.log2(np.arange(1, N_FFT) * (SAMPLE_RATE / N_FFT) / (a440 / 16))
    # The bin at 0 Hz is placed one and a half octaves below the next.
    pitch = np.concatenate([[N_CHROMA * (octaves[0] - 1.5)], N_CHROMA * octaves])
    width = np.concatenate([np.maximum(np.diff(pitch), 1.0), [1.0]])
    half = N_CHROMA // 2
    distance = np.remainder(pitch[:, None] - np.arange(N_CHROMA) + half, N_CHROMA) - half
    weights = np.exp(-0.5 * (2 * distance / width[:, None]) ** 2)
    weights /= np.linalg.norm(weights, axis=1, keepdims=True)
    weights *= np.exp(-0.5 * ((pitch / N_CHROMA - _CENTRE_OCTAVE) / _OCTAVE_WIDTH) ** 2)[:, None]
    from_c: Float32s = np.roll(weights, -3, axis=1)[: N_FFT // 2 + 1].astype(np.float32)
    from_c.setflags(write=False)
    return from_c


def tuning(sound: Sound) -> int:
    """How far the tones of a clip lie from those tuned to 440 Hz: the number of 1/100 semitones above -50.

    The most frequent deviation among the louder half of all spectral peaks; 50, no deviation, where there are none.
    """
    pitch, height = _peaks(sound)
    if not len(pitch):
        return _TUNING_STEPS // 2
    loud = pitch[height >= np.median(height)]
    above = np.mod(np.float32(N_CHROMA) * np.log2(loud / np.float32(440.0 / 16)), np.float32(1))
    # Deviations of half a semitone and more count from the next one down.
    steps = ((above.astype(np.float64) + 0.5) * _TUNING_STEPS).astype(np.intp) % _TUNING_STEPS
    return int(np.bincount(steps, minlength=_TUNING_STEPS).argmax())


@cache
def _searched() -> tuple[int, int]:
    """First and last bin of those that peaks are looked for in, with one more at each side."""
    frequency = bin_frequencies(SAMPLE_RATE, N_FFT)
    inside = np.flatnonzero((frequency >= _LOWEST_PEAK) & (frequency < _HIGHEST_PEAK))
    return int(inside[0]) - 1, int(inside[-1]) + 1


def _peaks(sound: Sound) -> tuple[Float32s, Float32s]:
    """Frequency in Hz and height of the spectral peaks of at least a tenth of their frame's greatest power."""
    first, last = _searched()
    searched = np.empty((sound.n_frames, last + 1 - first), dtype=np.float32)
    peak = np.zeros(searched.shape, dtype=np.bool_)
    for rows, _, power in sound.blocks():
        near, found = searched[rows], peak[rows, 1:-1]
        near[:] = power[:, first : last + 1]
        np.greater(near[:, 1:-1], near[:, :-2], out=found)
        found &= near[:, 1:-1] >= near[:, 2:]
        found &= near[:, 1:-1] > _PEAK_SHARE * power.max(axis=1, keepdims=True)
    cells, flat = np.flatnonzero(peak), searched.ravel()
    before, at, after = flat[cells - 1], flat[cells], flat[cells + 1]
    curvature, slope = after + before - 2 * at, (after - before) / 2
    # A flat or lopsided triple has no parabola with its top in between.
    shift = np.zeros_like(at)
    np.divide(-slope, curvature, out=shift, where=np.abs(slope) < np.abs(curvature))
    place = cells % searched.shape[1] + first + shift
    frequency = (place * (SAMPLE_RATE / N_FFT)).astype(np.float32)
    height = (at + np.float32(0.5) * slope * shift).astype(np.float32)
    return frequency, height
