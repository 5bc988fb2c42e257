"""Speech told from everything else by a neural voice activity detector, on recordings of any length and format."""

import os
import uuid
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from annotator.audio.container import file_sha256
from annotator.audio.source import AudioSource
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job
from annotator.domain.translation import tr
from annotator.segmentation.activity import LOWEST_LEVEL, Activity, smoothed_level
from annotator.segmentation.options import Options
from annotator.segmentation.silero import FRAME, LAG, LANE, RATE, Listener
from annotator.segmentation.sound import resampled_blocks

DEFAULTS = Options(min_pause=0.12, clear_pause=0.36, min_length=0.25, onset=0.7, offset=0.7)
"""What did best on synthetic speech with known times, clean and with noise or music 10 dB below it."""

_STEPS = 8  # steps of the level in each frame: 4 ms
_SMOOTHING = 7  # steps, 28 ms: longer than the period of a low voice
_VERSION = 1  # of what is stored; raised with every change of the figures in it


def analyse(source: AudioSource, cache: Path | None = None) -> Job[Activity]:
    """Probability of speech in every 32 ms, and the level in every 4 ms.

    Parameters
    ----------
    source
        Any sampling rate and number of channels; read once from start to end, in blocks.
    cache
        The corpus's cache folder. What was heard is kept in `cache/vad`, under the SHA-256 of the file, and read from
        there the next time; a damaged or shortened file there is made again.

    Raises
    ------
    AnnotatorError
        Where the cache cannot be written.
    """
    if cache is None:
        table = yield from _listen(source)
    else:
        sha256 = yield from file_sha256(source.path)
        stored = cache / "vad" / f"{sha256}-{_VERSION}.npy"
        known = _read(stored, _frames(source))
        if known is None:
            table = yield from _listen(source)
            _write(stored, table)
        else:
            table = known
    return Activity(
        probability=np.ascontiguousarray(table[:, 0]),
        level=table[:, 1:].ravel(),
        hop=FRAME * source.sample_rate / RATE,
        samples=source.samples,
        sample_rate=source.sample_rate,
        lag=LAG,
    )


def _frames(source: AudioSource) -> int:
    """Frames of the network that cover the recording."""
    return -(-source.samples * RATE // (FRAME * source.sample_rate))


def _listen(source: AudioSource) -> Job[NDArray[np.float32]]:
    """Table (frames, 1 + _STEPS): the probability of speech, then the levels within the frame in dB."""
    text = tr("Listening for speech in {name}", name=source.path.name)
    listener = Listener(max(1, _frames(source)), text)
    speech = [np.empty(0, dtype=np.float32)]
    power = [np.empty(0, dtype=np.float32)]
    for block in resampled_blocks(source, RATE, LANE * FRAME, FRAME):
        listener.add(block)
        steps = block.reshape(-1, FRAME // _STEPS)
        power.append(np.einsum("ij,ij->i", steps, steps) / np.float32(FRAME // _STEPS))
        yield listener.progress
        if listener.full:
            speech.append((yield from listener.hear()))
    if listener.frames:
        speech.append((yield from listener.hear()))
    level = smoothed_level(np.concatenate(power), _SMOOTHING)
    return np.column_stack((np.concatenate(speech), level.reshape(-1, _STEPS)))


def _read(stored: Path, frames: int) -> NDArray[np.float32] | None:
    """What was heard before, or `None` where there is nothing or nothing to rely on."""
    try:
        table = np.load(stored, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    if not isinstance(table, np.ndarray) or table.dtype != np.float32 or table.shape != (frames, 1 + _STEPS):
        return None
    speech, level = table[:, 0], table[:, 1:]
    sound = np.all((speech >= 0) & (speech <= 1)) and np.all((level >= LOWEST_LEVEL) & np.isfinite(level))
    return table if sound else None


def _write(stored: Path, table: NDArray[np.float32]) -> None:
    """Writes aside and moves into place, so that no reader ever meets half a file."""
    partial = stored.with_name(f"{stored.stem}.{uuid.uuid4().hex}.partial")
    try:
        stored.parent.mkdir(parents=True, exist_ok=True)
        try:
            with partial.open("wb") as file:
                np.save(file, table, allow_pickle=False)
            os.replace(partial, stored)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise AnnotatorError(
            tr(
                'What was heard cannot be kept in "{folder}": {reason}.',
                folder=stored.parent,
                reason=error.strerror or error,
            ),
            tr("Free some space there, or give yourself permission to write."),
        ) from None
