"""What a method has heard: the slow half of segmentation, kept so that the quick half can be repeated."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LOWEST_LEVEL = -100.0
"""Level of digital silence in dB below full scale, where the logarithm is cut off."""


@dataclass(frozen=True, slots=True, eq=False)
class Activity:
    """How sure a method is of sound, frame by frame, and how loud it is in finer steps.

    Frame `i` covers samples `i * hop` to `(i + 1) * hop` of the recording; the last one may reach beyond its end.

    Parameters
    ----------
    probability
        (frames,), 0..1: how sure the method is that the frame is sound (or speech).
    level
        (frames * k,), `k` steps a frame: smoothed mean power in dB below full scale.
    hop
        Length of a frame in samples of the recording, not necessarily whole.
    samples, sample_rate
        Length of the recording in samples, and samples a second.
    lag
        Seconds by which the method reports ends too late.
    """

    probability: NDArray[np.float32]
    level: NDArray[np.float32]
    hop: float
    samples: int
    sample_rate: int
    lag: float = 0.0

    def __post_init__(self) -> None:
        frames, steps = len(self.probability), len(self.level)
        if (
            self.probability.ndim != 1
            or self.level.ndim != 1
            or steps % max(frames, 1)
            or (steps > 0) != (frames > 0)
        ):
            raise ValueError(f"{steps} steps of the level are not a whole number for each of {frames} frames")
        if frames and not (frames - 1) * self.hop < self.samples <= frames * self.hop + 1:
            raise ValueError(f"{frames} frames of {self.hop:g} samples do not cover {self.samples} samples")

    @property
    def step(self) -> float:
        """Length of one step of `level`, in samples of the recording."""
        return self.hop * len(self.probability) / len(self.level)


def smoothed_level(power: NDArray[np.float32], steps: int) -> NDArray[np.float32]:
    """Mean power over a centred window of `steps` (odd), in dB with full scale as 0; the ends are repeated outwards.

    >>> smoothed_level(np.array([1, 1, 0, 3, 0], dtype=np.float32), 3).round(1)
    array([ 0. , -1.8,  1.2,  0. ,  0. ], dtype=float32)
    """
    if not len(power):
        return np.empty(0, dtype=np.float32)
    total = np.cumsum(np.pad(power, (steps // 2 + 1, steps // 2), mode="edge"), dtype=np.float64)
    # Differences of a running sum can come out a hair below zero; the lowest level takes care of it.
    mean = np.maximum((total[steps:] - total[:-steps]) / steps, 10 ** (LOWEST_LEVEL / 10)).astype(np.float32)
    np.log10(mean, out=mean)
    mean *= 10
    return np.maximum(mean, np.float32(LOWEST_LEVEL), out=mean)
