"""Voices described by the spectrum of what they say: how its cosines lie on average, and how they move together.

This knows nothing of people and hears the room and the microphone as well as the voice. It tells the guests of a talk
show from one another well enough to begin with; a network trained on speakers (as an ONNX file) does it better.

The mean and the covariance of mel-frequency cepstral coefficients over a segment describe it whatever its words are
(H. Gish and M. Schmidt: Text-independent speaker identification. IEEE Signal Processing Magazine 11(4), 1994, 18-32).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotator.audio.source import AudioSource
from annotator.domain.progress import Job, Progress
from annotator.domain.translation import tr
from annotator.segmentation.spectrum import RATE, cosines, decibels, filtered_sound, mel_bank

VERSION = 1
"""Raised whenever the same sound gives other vectors."""

_FFT, _HOP = 512, 160  # samples: 32 and 10 ms
_BANDS, _CEPSTRA = 40, 13
_SPAN = 70.0  # dB below the loudest that count
_PAUSE = 35.0  # dB below the loudest frame from which a frame is a pause
_FEWEST = 2 * _CEPSTRA  # frames without which a covariance means nothing
_MOVEMENT = 0.7  # weight of the covariances beside the means

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Timbre:
    """Mean (13,) and covariance (13, 13) of the cepstra of a segment."""

    mean: Floats
    covariance: Floats


def listen(source: AudioSource, spans: Sequence[tuple[int, int]]) -> Job[list[Timbre | None]]:
    """The timbre of each span [start, end) in samples; `None` where hardly anything sounds."""
    import soxr

    text = tr("Listening to the voices in {name}", name=source.path.name)
    heard: list[Timbre | None] = []
    for number, (start, end) in enumerate(spans):
        sound = source.mono(start, end)
        if source.sample_rate != RATE and len(sound):
            sound = soxr.resample(sound, source.sample_rate, RATE)
        heard.append(timbre(sound))
        yield Progress(number + 1, len(spans), text)
    return heard


def timbre(sound: NDArray[np.float32]) -> Timbre | None:
    """The timbre of sound (n,) at 16 kHz, pauses left out; `None` where hardly anything sounds."""
    power = filtered_sound(sound.astype(np.float32), mel_bank(_FFT, _BANDS), n_fft=_FFT, hop=_HOP)
    level = 10 * np.log10(power.sum(axis=1) + 1e-10)
    if not len(level) or level.max() < -90:
        return None
    frames = (decibels(power, _SPAN) @ cosines(_BANDS, _CEPSTRA))[level > level.max() - _PAUSE]
    if len(frames) < _FEWEST:
        return None
    return Timbre(frames.mean(axis=0).astype(np.float64), np.cov(frames.T).astype(np.float64))


def vectors(timbres: Sequence[Timbre]) -> Floats:
    """A vector for each timbre, (n, 104): near one another where the voices are alike.

    Means and covariances are seen in units of how the cepstra vary within segments, which is what is being said.
    """
    if not timbres:
        return np.empty((0, _CEPSTRA + _CEPSTRA * (_CEPSTRA + 1) // 2))
    means = np.array([one.mean for one in timbres])
    covariances = np.array([one.covariance for one in timbres])
    variances, directions = np.linalg.eigh(covariances.mean(axis=0))
    scaled = directions / np.sqrt(np.maximum(variances, 1e-6))
    rows, columns = np.triu_indices(_CEPSTRA)
    moving = (scaled.T @ covariances @ scaled)[:, rows, columns]
    moving *= np.where(rows == columns, np.sqrt(0.5), 1.0)
    still = (means - means.mean(axis=0)) @ scaled
    return np.hstack((still, _MOVEMENT * (moving - moving.mean(axis=0))))
