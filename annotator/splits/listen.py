"""Fingerprints of the recordings of a corpus, kept in its cache."""

import hashlib
import os
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from annotator.audio.aside import written_aside
from annotator.audio.source import AudioSource, open_source
from annotator.splits.fingerprint import RATE, Fingerprint, fingerprint

#: Goes into the names of cached fingerprints; another number wherever they are made in another way.
_VERSION = 1
#: Seconds that are decoded at once.
_BLOCK = 60


def sound_of(source: AudioSource) -> NDArray[np.float32]:
    """(n,) mono samples at `RATE` of a whole recording."""
    import soxr

    if source.sample_rate == RATE:
        return source.mono(0, source.samples)
    stream = soxr.ResampleStream(source.sample_rate, RATE, 1, dtype="float32", quality="MQ")
    block = _BLOCK * source.sample_rate
    pieces: list[NDArray[np.float32]] = []
    for start in range(0, source.samples, block):
        last = start + block >= source.samples
        pieces.append(stream.resample_chunk(source.mono(start, start + block), last=last))
    return np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.float32)


def hear(path: Path, cache: Path | None) -> NDArray[np.float32]:
    """The sound of a file, as `sound_of` gives it."""
    with open_source(path, cache=cache) as source:
        return sound_of(source)


def fingerprint_of(path: Path, pcm_hash: str, cache: Path | None) -> Fingerprint:
    """The fingerprint of a file, from the cache where it is there.

    Parameters
    ----------
    pcm_hash
        Hash of the decoded audio: the name in the cache.
    cache
        The corpus's cache folder; without it nothing is kept.
    """
    kept = None if cache is None else _place(cache, pcm_hash)
    if kept is not None:
        try:
            with np.load(kept, allow_pickle=False) as held:
                return Fingerprint(held["times"], held["bins"], int(held["frames"]))
        except (OSError, ValueError, KeyError, zipfile.BadZipFile, EOFError):
            pass  # not there, or not whole: it is made again
    made = fingerprint(hear(path, cache))
    if kept is not None:
        os.makedirs(kept.parent, exist_ok=True)
        with written_aside(kept) as partial, open(partial, "wb") as file:
            np.savez(file, times=made.times, bins=made.bins, frames=made.frames)
    return made


def _place(cache: Path, pcm_hash: str) -> Path:
    name = hashlib.sha256(f"{_VERSION}\n{pcm_hash}".encode()).hexdigest()
    return cache / "fingerprints" / name[:2] / f"{name}.npz"
