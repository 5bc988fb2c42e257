"""Sound told from silence by its level: for clean speech, and for music with breaks between the pieces.

The level is the power of 10 ms frames in steps of 5 ms without their mean, so that neither an offset of the recorder
nor the rumble of a room counts as sound.
The noise floor is a low percentile of the level in every 10 s, the least of the two minutes around (a breath must do
where there is no pause); the level of the sound is a high percentile in the loudest 10 s of the file. Digital silence
counts for neither. Both being relative, a quiet copy is cut like the loud one.
"""

from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from annotator.audio.source import AudioSource
from annotator.domain.progress import Job, Progress
from annotator.domain.translation import tr
from annotator.segmentation.activity import Activity, smoothed_level
from annotator.segmentation.options import Options
from annotator.segmentation.sound import mono_blocks

DEFAULTS = Options(min_pause=0.25, min_length=0.1, onset=0.4, offset=0.25)
"""Thresholds are shares of the way from the noise floor to the level of the sound, in dB."""

_STEP = 0.005  # seconds
_STEPS = 2  # in a frame
_SMOOTHING = 3  # frames
_BLOCK = 1000  # frames over which percentiles are taken
_REACH = 6  # blocks before and after whose noise floor counts as well
_FLOOR, _SOUND = 3.0, 90.0  # percentiles
_SILENT = 10 ** (-95 / 10)  # power of digital silence: just above the dither of 16 bits
_NARROWEST = 8.0  # dB: steady noise or a held chord varies by less, and is one sound rather than many
_WIDEST = 60.0  # dB below the sound at which anything is silence
_READ = 600  # frames read at a time: six seconds, which stay in the processor's cache


def analyse(source: AudioSource, cache: Path | None = None) -> Job[Activity]:  # noqa: ARG001 (too quick to need one)
    """How far the level of every 10 ms stands out of the noise floor, 0 (silence) to 1 (as loud as the sound).

    Reads the file once in blocks; nothing is cached. An entirely silent file has probability 0 throughout.
    """
    step = max(1, round(_STEP * source.sample_rate))
    hop = _STEPS * step
    text = tr("Measuring the level of {name}", name=source.path.name)
    parts: list[NDArray[np.float32]] = []
    done = 0
    for sound in mono_blocks(source, _READ * hop):
        parts.append(_power(sound, step))
        done += len(sound)
        yield Progress(done, source.samples, text)
    power = np.concatenate([np.empty(0, dtype=np.float32), *parts])
    level = smoothed_level(power, _SMOOTHING)
    return Activity(_prominence(power, level), level, float(hop), source.samples, source.sample_rate)


def _power(sound: NDArray[np.float32], step: int) -> NDArray[np.float32]:
    """Power of each frame of `_STEPS` steps, each without its mean; (frames,). The last may be shorter."""
    whole = len(sound) // step * step
    steps = sound[:whole].reshape(-1, step)
    mean = steps @ np.full(step, 1 / step, dtype=np.float32)
    steps = steps - mean[:, None]
    power = np.einsum("ij,ij->i", steps, steps) / np.float32(step)
    if whole < len(sound):
        power = np.append(power, sound[whole:].var())
    frames = np.pad(power, (0, -len(power) % _STEPS), mode="edge").reshape(-1, _STEPS)
    mean_power: NDArray[np.float32] = frames.mean(axis=1, dtype=np.float32)
    return mean_power


def _prominence(power: NDArray[np.float32], level: NDArray[np.float32]) -> NDArray[np.float32]:
    """Share (frames,), 0..1, of the way from the noise floor to the level of the sound."""
    audible = power > _SILENT
    if not audible.any():
        return np.zeros(len(power), dtype=np.float32)
    edges = [*range(0, len(power), _BLOCK), len(power)]
    heard = [power[a:b][audible[a:b]] for a, b in pairwise(edges)]
    floors, sounds = (
        np.array([10 * np.log10(np.percentile(block, q)) if len(block) else nothing for block in heard])
        for q, nothing in ((_FLOOR, np.inf), (_SOUND, -np.inf))
    )
    sound = sounds.max()
    around = np.lib.stride_tricks.sliding_window_view(
        np.pad(floors, _REACH, constant_values=np.inf), 2 * _REACH + 1
    )
    floors = np.clip(around.min(axis=1), sound - _WIDEST, sound - _NARROWEST)
    floor = np.interp(np.arange(len(power)), (np.arange(len(floors)) + 0.5) * _BLOCK, floors)
    share: NDArray[np.float32] = np.clip((level - floor) / (sound - floor), 0, 1).astype(np.float32)
    return share
