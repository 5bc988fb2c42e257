"""Describes clips of recordings by a feature set: decoded, resampled, computed on all cores, kept in the cache."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import Empty

import numpy as np
from numpy.typing import NDArray

from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job, Progress
from annotator.domain.translation import tr
from annotator.features.cache import FeatureCache, Span
from annotator.features.describe import Run
from annotator.features.processes import describing
from annotator.features.sets import FeatureSet

#: Seconds between signs of life while a long file is decoded.
_PATIENCE = 0.2


@dataclass(frozen=True, slots=True)
class Clip:
    """Samples [start, stop) of the audio file `path`, whose SHA-256 is `audio_key`."""

    path: Path
    audio_key: str
    start: int
    stop: int


def extract(
    feature_set: FeatureSet, clips: Sequence[Clip], *, cache: Path | None
) -> Job[NDArray[np.float64]]:
    """Values of a feature set for every clip.

    Parameters
    ----------
    feature_set
        What to compute.
    clips
        In any order; equal clips are computed once.
    cache
        The corpus's cache folder: values found there are not computed again, and new ones are kept as soon as a
        file is finished, or when the job is stopped. `None` keeps nothing.

    Returns
    -------
    ndarray
        (len(clips), len(feature_set.columns)), finite, in the precision of the set.

    Raises
    ------
    AnnotatorError
        Where the values would take more than half of the machine's memory, or a file cannot be read or is shorter
        than a clip.
    """
    values = _table(len(clips), feature_set)
    store = FeatureCache(cache, feature_set) if cache is not None else None
    wanted = _rows_by_span(clips)
    missing: dict[str, list[Span]] = {}
    done = n_missing = 0
    for audio_key, rows in wanted.items():
        known = store.load(audio_key) if store else {}
        for span in rows.keys() & known.keys():
            values[rows[span]] = known[span]
            done += len(rows[span])
        left = [span for span in rows if span not in known]
        if left:
            missing[audio_key] = left
            n_missing += len(left)
        yield Progress(done, len(clips), tr("Looking up features computed before"))

    paths = {clip.audio_key: clip.path for clip in clips}
    runs = [Run(paths[key], key, tuple(spans)) for key, spans in missing.items()]
    fresh: dict[str, dict[Span, NDArray[np.float64]]] = {key: {} for key in missing}
    try:
        with describing(feature_set, runs, cache) as results:
            while n_missing:
                try:
                    result = results.get(timeout=_PATIENCE)
                except Empty:
                    yield Progress(done, len(clips), tr("Computing features"))
                    continue
                if isinstance(result, Exception):
                    raise result
                for run, span, row in result:
                    rows_of_span = wanted[run.audio_key][span]
                    values[rows_of_span] = row
                    fresh[run.audio_key][span] = values[rows_of_span[0]]
                    n_missing -= 1
                    if store and len(fresh[run.audio_key]) == len(missing[run.audio_key]):
                        store.add(run.audio_key, fresh.pop(run.audio_key))
                    done += len(rows_of_span)
                yield Progress(done, len(clips), tr("Features of {name}", name=run.path.name))
    finally:
        if store:
            for audio_key, part in fresh.items():
                if part:
                    store.add(audio_key, part)
    return values


def _table(n: int, feature_set: FeatureSet) -> NDArray[np.float64]:
    """Room for the values of `n` clips; not more than training on them, which copies most, leaves room for."""
    n_columns, size = len(feature_set.columns), np.dtype(feature_set.dtype).itemsize
    needed, memory = n * n_columns * size, physical_memory()
    if memory is not None and needed > memory / 2:
        raise AnnotatorError(
            tr(
                "{n} segments of {columns} values each take {needed:.1f} GB, more than half of the {memory:.1f} GB of"
                " memory of this machine.",
                n=n, columns=n_columns, needed=needed / 1e9, memory=memory / 1e9,
            ),
            tr("Choose fewer segments or another feature set; images of sound are smaller with --pad SECONDS."),
        )  # fmt: skip
    return np.empty((n, n_columns), dtype=feature_set.dtype)


def physical_memory() -> int | None:
    """Bytes of memory that the machine has; `None` where the system does not tell (Windows)."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None


def _rows_by_span(clips: Sequence[Clip]) -> dict[str, dict[Span, list[int]]]:
    """For each audio, the rows of the result that each span fills."""
    wanted: dict[str, dict[Span, list[int]]] = {}
    for row, clip in enumerate(clips):
        wanted.setdefault(clip.audio_key, {}).setdefault((clip.start, clip.stop), []).append(row)
    return wanted
