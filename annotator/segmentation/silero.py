"""The Silero voice activity detector run over a long recording, many stretches of it side by side.

The network (MIT licence) hears 32 ms of 16 kHz sound at a time, with the 4 ms before them and a memory of its own. To
be quick, a section of the recording is cut into lanes that go through the network in one batch, each with its memory.
The first lane takes over the memory from the end of the section before; each other starts a second early to fill its
memory, since what lies further back changes little.

Silero Team: Silero VAD, pre-trained enterprise-grade voice activity detector, https://github.com/snakers4/silero-vad.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.domain.progress import Job, Progress
from annotator.segmentation.network import TOGETHER, WIDTH, network

RATE = 16000
"""Samples a second that the network hears."""
FRAME = 512
"""Samples that get one probability: 32 ms."""
LAG = 0.064
"""Seconds by which it reports an end too late: the median on clean and slightly noisy speech."""

LANE = 480
"""Frames of a lane in a full section."""
_LANES = 64  # more are hardly quicker
_WARM_UP = 32  # frames
_CONTEXT = 64  # samples before each frame
_FAINT, _NORMAL = -40.0, -25.0  # dB: speech much below the first is missed; it is raised to the second
_SILENT = -90.0  # dB: nothing there to raise


class Listener:
    """Collects a section of sound, then hears it; the next section continues where it ended.

    Parameters
    ----------
    frames
        Length of the whole recording, at least 1: for progress, and so that a short one takes little memory.
    text
        What to say while hearing.
    """

    def __init__(self, frames: int, text: str) -> None:
        self._total = frames
        self._text = text
        self._heard = 0
        self._room = min(frames, _LANES * LANE)
        self._sound = np.zeros(_CONTEXT + (_WARM_UP + self._room) * FRAME, dtype=np.float32)
        self._memory = np.zeros((2, WIDTH), dtype=np.float32)
        self.frames = 0
        """Frames added and not yet heard."""

    @property
    def full(self) -> bool:
        """Whether the section must be heard before more is added."""
        return self.frames >= self._room

    @property
    def progress(self) -> Progress:
        """How much of the recording was heard in earlier sections."""
        return Progress(self._heard, self._total, self._text)

    def add(self, sound: NDArray[np.float32]) -> None:
        """Appends sound at 16 kHz, a whole number of frames."""
        start = self._position(self.frames)
        self._sound[start : start + len(sound)] = sound
        self.frames += len(sound) // FRAME

    def hear(self) -> Job[NDArray[np.float32]]:
        """Hears the section: the probability of speech of each frame added."""
        count, self.frames = self.frames, 0
        lanes = min(max(1, count // (4 * _WARM_UP)), _LANES)
        length = -(-count // lanes)
        # The last lane ends with the section, and may therefore overlap with the one before.
        origins = np.minimum(np.arange(lanes) * length, count - length)
        windows = np.lib.stride_tricks.sliding_window_view(self._sound, _CONTEXT + FRAME)
        gain = self._gain(count)
        heard = np.empty((lanes, length), dtype=np.float32)
        hidden, cell = np.zeros((2, lanes, WIDTH), dtype=np.float32)
        listening = network()
        for first, last in _blocks(_WARM_UP if lanes > 1 else 0, length, max(1, TOGETHER // lanes)):
            if first == 0:
                hidden[0], cell[0] = self._memory
            places = origins + _WARM_UP + np.arange(first, last)[:, None]
            sound = (windows[places * FRAME] * gain).reshape(-1, _CONTEXT + FRAME)
            with _threads().limit(limits=1, user_api="blas"):
                encoded = listening.encode(sound).reshape(last - first, lanes, -1)
                for step, gates in enumerate(encoded, first):
                    hidden, cell = listening.remember(gates, hidden, cell)
                    if step >= 0:
                        heard[:, step] = listening.speech(hidden)
            yield Progress(self._heard + max(first, 0) * lanes, self._total, self._text)
        self._heard += count
        self._memory = np.array((hidden[-1], cell[-1]))
        self._sound[: self._position(0)] = self._sound[count * FRAME : self._position(count)].copy()
        probability = np.empty(count, dtype=np.float32)
        for origin, lane in zip(origins, heard, strict=True):
            probability[origin : origin + length] = lane
        return probability

    def _position(self, frame: int) -> int:
        """Where a frame of the section begins in the buffer, which starts with the end of the section before."""
        return _CONTEXT + (_WARM_UP + frame) * FRAME

    def _gain(self, count: int) -> np.float32:
        """Factor that raises a faint section to a normal level; 1 for all others."""
        frames = self._sound[self._position(0) : self._position(count)].reshape(count, FRAME)
        loud = float(np.percentile(np.einsum("ij,ij->i", frames, frames) / FRAME, 95))
        level = 10 * np.log10(max(loud, 1e-12))
        return np.float32(10 ** ((_NORMAL - level) / 20) if _SILENT < level < _FAINT else 1.0)


@cache
def _threads() -> Any:
    """Keeps products of matrices on one thread: these are so small that a second one only waits, at full cost."""
    from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

    return ThreadpoolController()


def _blocks(warm_up: int, length: int, size: int) -> Iterator[tuple[int, int]]:
    """Steps from -warm_up to length in blocks of at most `size`, none across 0.

    >>> list(_blocks(3, 5, 2))
    [(-3, -1), (-1, 0), (0, 2), (2, 4), (4, 5)]
    """
    for start, stop in ((-warm_up, 0), (0, length)):
        for first in range(start, stop, size):
            yield first, min(first + size, stop)
