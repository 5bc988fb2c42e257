"""Sections and phrases of music: where the sound before differs from the sound after, and each is like itself.

Timbre and harmony of short frames are compared with one another; a checkerboard with soft edges is moved along the
diagonal of the matrix of similarities and is darkest at boundaries. Only the band of the matrix under the
checkerboard is ever computed, so that memory grows with the length of the recording and not with its square.

J. Foote: Automatic audio segmentation using a measure of audio novelty. ICME 2000, 452-455.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from annotator.audio.source import AudioSource
from annotator.domain.progress import Job, Progress
from annotator.domain.translation import tr
from annotator.segmentation.options import LONGEST, MethodOptions, check_choice, check_number
from annotator.segmentation.spectrum import RATE, chroma_bank, cosines, decibels, filtered, mel_bank

LEVELS = ("section", "phrase")
"""Long and short parts of a piece."""

_HOP = 2000  # samples: 125 ms
_FFT = 4096
_BANDS, _TIMBRE = 40, 12
_SILENT = 1e-8  # mean power of a band below which a frame has no harmony
_REACH = {"section": 8.0, "phrase": 3.0}  # seconds compared before and after
_SHORTEST = {"section": 8.0, "phrase": 3.0}
_PROMINENCE = 0.2  # of the greatest novelty there could be


@dataclass(frozen=True, slots=True)
class Sections(MethodOptions):
    """What counts as a part.

    Parameters
    ----------
    level
        `section` (verse, chorus; compares 8 s before with 8 s after) or `phrase` (3 s).
    min_length
        Shortest part in seconds; 0 for 8 s and 3 s.
    """

    level: Literal["section", "phrase"] = "section"
    min_length: float = 0.0

    def __post_init__(self) -> None:
        check_choice("level", self.level, LEVELS)
        check_number("min_length", self.min_length, 0.0, LONGEST)


@dataclass(frozen=True, slots=True, eq=False)
class Novelty:
    """How different a recording is before and after each frame, (frames,) for every level of `LEVELS`."""

    levels: Mapping[str, NDArray[np.float64]]
    samples: int
    sample_rate: int


def analyse(source: AudioSource, cache: Path | None = None) -> Job[Novelty]:  # noqa: ARG001 (too quick to need one)
    """Compares a recording with itself."""
    text = tr("Comparing the sound of {name} with itself", name=source.path.name)
    bank = np.hstack((mel_bank(_FFT, _BANDS), chroma_bank(_FFT)))
    power = yield from filtered(source, bank, n_fft=_FFT, hop=_HOP, text=text)
    levels = {}
    if source.samples:
        described = _described(power)
        for level in LEVELS:
            levels[level] = yield from _novelty(described, round(_REACH[level] * RATE / _HOP), text)
    return Novelty(levels, source.samples, source.sample_rate)


def cut(novelty: Novelty, options: Sections, stretch: tuple[int, int] | None) -> list[tuple[int, int]]:
    """Parts from boundary to boundary, which together are the whole recording, or the whole of a stretch of it."""
    if not novelty.samples:
        return []
    shortest = (options.min_length or _SHORTEST[options.level]) * RATE / _HOP
    peaks = _peaks(novelty.levels[options.level], shortest)
    marks = [round(frame * _HOP * novelty.sample_rate / RATE) for frame in peaks]
    first, last = stretch or (0, novelty.samples)
    return list(pairwise([first, *(mark for mark in marks if first < mark < last), last]))


def _described(power: NDArray[np.float32]) -> NDArray[np.float32]:
    """Timbre and harmony of every frame as one vector of length 1 (or 0 in silence), (frames, features)."""
    timbre = decibels(power[:, :_BANDS]) @ cosines(_BANDS, _TIMBRE)
    timbre = (timbre - timbre.mean(axis=0)) / np.maximum(timbre.std(axis=0), 1e-3)
    chroma = power[:, _BANDS:]
    loud = chroma.sum(axis=1, keepdims=True)
    shares = np.where(loud > _SILENT, chroma / np.maximum(loud, _SILENT), np.float32(1 / 12))
    harmony = np.sqrt(shares).astype(np.float32)
    harmony -= harmony.mean(axis=0)
    return np.hstack((_unit(timbre), _unit(harmony))) / np.float32(np.sqrt(2))


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    length = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))[:, None]
    unit: NDArray[np.float32] = np.where(length > 1e-6, vectors / np.maximum(length, 1e-6), 0).astype(
        np.float32
    )
    return unit


def _novelty(vectors: NDArray[np.float32], reach: int, text: str) -> Job[NDArray[np.float64]]:
    """Mean likeness within the frames before and after minus that between them, about -1..2, at each frame's start."""
    from scipy.signal import fftconvolve

    frames = np.pad(vectors, ((reach, reach), (0, 0)), mode="edge").astype(np.float64)
    size = 2 * reach
    place = np.arange(size) - reach + 0.5
    taper = np.exp(-0.5 * (2 * place / reach) ** 2)
    side = np.sign(place)
    total = np.zeros(len(vectors))
    for lag in range(size):
        alike = np.einsum("ij,ij->i", frames[: len(frames) - lag], frames[lag:])
        weight = (taper * side)[: size - lag] * (taper * side)[lag:]
        # Both halves of the matrix are alike: off the diagonal everything counts twice.
        part = fftconvolve(alike, weight[::-1], mode="valid")[: len(vectors)]
        total += part if lag == 0 else 2 * part
        if lag % 16 == 0:
            yield Progress(1, 1, text)
    novelty: NDArray[np.float64] = total / (taper[reach:].sum() ** 2 * 2)
    return novelty


def _peaks(novelty: NDArray[np.float64], shortest: float) -> list[int]:
    """Frames of prominent peaks at least `shortest` frames apart and away from both ends."""
    from scipy.signal import find_peaks

    peaks, _ = find_peaks(novelty, distance=max(1, round(shortest)), prominence=_PROMINENCE)
    return [int(peak) for peak in peaks if shortest <= peak <= len(novelty) - shortest]
