"""Changing the sound of a clip on purpose: fewer channels, another rate, another loudness."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotator.domain.errors import UsageError
from annotator.domain.translation import tr

_RATES = (1_000, 768_000)
_LOUDNESS = (-70.0, 0.0)
_BLOCK = 0.4  # seconds of a gating block in ITU-R BS.1770
_CEILING = 10 ** (-1 / 20)  # -1 dBFS: room for what a later lossy encoder adds


@dataclass(frozen=True, slots=True)
class Treatment:
    """What is done to the sound of clips; nothing unless asked for.

    Parameters
    ----------
    sample_rate
        Samples per second, 1,000 to 768,000.
    mono
        The mean of the channels.
    loudness
        Integrated loudness in LUFS, -70 to 0 (ITU-R BS.1770-4, EBU R 128).
    """

    sample_rate: int | None = None
    mono: bool = False
    loudness: float | None = None

    def __post_init__(self) -> None:
        if self.sample_rate is not None and not _RATES[0] <= self.sample_rate <= _RATES[1]:
            raise UsageError(
                tr("{rate} is no sampling rate for clips.", rate=self.sample_rate),
                tr("Give a number from {low:g} to {high:g}.", low=_RATES[0], high=_RATES[1]),
            )
        if self.loudness is not None and not _LOUDNESS[0] <= self.loudness <= _LOUDNESS[1]:
            raise UsageError(
                tr("{loudness} LUFS is no loudness for clips.", loudness=self.loudness),
                tr("Give a number from {low:g} to {high:g}.", low=_LOUDNESS[0], high=_LOUDNESS[1]),
            )

    def __bool__(self) -> bool:
        return self != Treatment()


@dataclass(frozen=True, slots=True)
class Treated:
    """Sound after its treatment: `frames` of shape (n, channels), full scale 1; `limited` where it could not be made as
    loud as asked without going beyond -1 dBFS."""

    frames: NDArray[np.float64]
    sample_rate: int
    limited: bool = False


def treat(frames: NDArray[np.float32], sample_rate: int, treatment: Treatment) -> Treated:
    """Mono, then the sampling rate, then the loudness of frames of shape (n, channels).

    A clip shorter than the 0.4 s of a gating block is measured as one block; silence stays as it is.

    >>> treat(np.zeros((800, 2), np.float32), 8000, Treatment(sample_rate=16000, mono=True)).frames.shape
    (1600, 1)
    """
    sound = frames.astype(np.float64)
    if treatment.mono:
        sound = sound.mean(axis=1, keepdims=True)
    rate = treatment.sample_rate or sample_rate
    if rate != sample_rate:
        import soxr

        sound = soxr.resample(sound, sample_rate, rate, quality="VHQ")
    if treatment.loudness is None:
        return Treated(sound, rate)
    return _made_as_loud(sound, rate, treatment.loudness)


def measure_loudness(sound: NDArray[np.float64], sample_rate: int) -> float:
    """Integrated loudness in LUFS; minus infinity where there is nothing to hear."""
    import pyloudnorm

    if not sound.any():
        return float("-inf")
    block = min(_BLOCK, len(sound) / sample_rate)
    meter = pyloudnorm.Meter(sample_rate, block_size=block)
    # The library weighs five channels; a further one would count for nothing at all.
    weighed = sound if sound.shape[1] <= 5 else sound.mean(axis=1, keepdims=True)
    return float(meter.integrated_loudness(weighed))


def _made_as_loud(sound: NDArray[np.float64], rate: int, loudness: float) -> Treated:
    measured = measure_loudness(sound, rate)
    if not np.isfinite(measured):
        return Treated(sound, rate)
    gain = 10 ** ((loudness - measured) / 20)
    peak = float(np.abs(sound).max())
    most = max(_CEILING / peak, 1.0) if peak > 0 else gain
    return Treated(sound * min(gain, most), rate, limited=gain > most)
