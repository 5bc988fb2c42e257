"""Computes the peak pyramid of a recording from every sample, and says range by range how far it is.

A long recording that is read as fast as the disk gives it is outlined first: the peaks of its largest blocks alone take
a third of the time, and the whole of it is then on the screen while the finer blocks are made.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.audio.copies import Told
from annotator.audio.flac import flac_blocks
from annotator.audio.pcm import NATIVE_TYPES, Native, PcmFile, full_scale
from annotator.audio.peaks import KINDS, SIZES, PeakPyramid
from annotator.audio.source import AudioSource, open_decoding
from annotator.domain.progress import Job, Progress
from annotator.domain.translation import tr

_LONG = 1 << 26  # frames (25 minutes at 44.1 kHz) from which one would see the waveform grow
_PAGE = 1 << 22  # frames (95 s) made before a long recording is outlined: what is in view close up
_HANDS = 2  # threads that outline a stretch at a time each
_STRETCH = 1 << 21  # frames
_PIECE = (
    1 << 19
)  # frames of it read at once: larger blocks of memory are now and then given back and taken anew
_FOLDS = 256  # rows in which a block of the largest size is laid out to be outlined
_LARGEST = SIZES[-1]


def build(
    what: AudioSource | Path,
    *,
    cache: Path | None = None,
    started: Callable[[PeakPyramid], None] | None = None,
    uncached: Told | None = None,
) -> Job[PeakPyramid]:
    """Computes the pyramid of a recording from every sample.

    Parameters
    ----------
    what
        An open source, or a path: a file that has to be decoded then shows while it decodes.
    cache
        For a path: the corpus's cache, where the decoded copy is taken from or left.
    started
        Called with the empty pyramid, which grows from then on: whoever draws it may draw everything before its
        `valid` after each `Progress`. Called a second time, with another one, where the file turns out to be damaged.
        As somebody is watching, a long file that need not be decoded is outlined after its first minute and a half.
    uncached
        Told why the decoded copy could not be left in the cache; the pyramid is made all the same.

    Raises
    ------
    AnnotatorError
        The file cannot be read (see `open_source`).
    """
    if isinstance(what, AudioSource):
        pyramid = PeakPyramid(what.sample_rate, what.channels, what.samples, _kind(what.subtype))
        yield from _fill(pyramid, what.native_blocks(), what.path.name, started)
        return pyramid
    decoding = yield from open_decoding(what, cache=cache, uncached=uncached)
    with closing(decoding):
        form = (decoding.sample_rate, decoding.channels)
        if isinstance(decoding, PcmFile) and decoding.format == "FLAC":
            pyramid = PeakPyramid(*form, decoding.expected, _kind(decoding.subtype))
            with closing(flac_blocks(what, *form, decoding.subtype)) as blocks:
                yield from _fill(pyramid, blocks, what.name, started)
            if pyramid.samples == decoding.expected:
                return pyramid
        pyramid = PeakPyramid(*form, decoding.expected, _kind(decoding.subtype))
        ahead = None
        if isinstance(decoding, PcmFile) and decoding.format != "FLAC":
            watched_for_long = started is not None and decoding.expected >= _LONG
            ahead = _outline(pyramid, what) if watched_for_long else None
        with closing(decoding.blocks()) as blocks:
            yield from _fill(pyramid, blocks, what.name, started, ahead)
        return pyramid


def _fill(
    pyramid: PeakPyramid,
    blocks: Iterator[Native],
    name: str,
    started: Callable[[PeakPyramid], None] | None,
    ahead: Iterator[None] | None = None,
) -> Job[None]:
    """Appends all blocks; once the first page is there, what is `ahead` is done before the rest."""
    if started is not None:
        started(pyramid)
    for block in blocks:
        pyramid.append(block)
        progress = Progress(pyramid.valid, max(pyramid.samples, 1), tr("Measuring {name}", name=name))
        yield progress
        if ahead is not None and pyramid.valid >= _PAGE:
            for _ in ahead:
                yield progress
    pyramid.finish()


def _outline(pyramid: PeakPyramid, path: Path) -> Iterator[None]:
    """Outlines what follows `valid`. Threads each read a stretch at a time: numpy lets them run side by side."""
    with ExitStack() as opened:
        files = [opened.enter_context(closing(PcmFile(path))) for _ in range(_HANDS)]
        outline_of = partial(_outline_of, pyramid.kind)
        pool = opened.enter_context(ThreadPoolExecutor(_HANDS))
        while pyramid.outlined < (end := files[0].samples):
            starts = range(pyramid.outlined, min(pyramid.outlined + _HANDS * _STRETCH, end), _STRETCH)
            for start, (low, high, frames) in zip(starts, pool.map(outline_of, files, starts), strict=True):
                if frames < min(_STRETCH, end - start):
                    return  # the file was cut short meanwhile: the pass over all of it finds where it ends
                pyramid.outline(low, high, frames)
            pyramid.overview_complete = pyramid.outlined >= end
            yield


def _outline_of(kind: np.dtype[Any], file: PcmFile, start: int) -> tuple[NDArray[Any], NDArray[Any], int]:
    """Peaks of the largest blocks in a stretch of the file, (blocks, channels), and its frames."""
    lows, highs = [np.empty((0, file.channels), kind)], [np.empty((0, file.channels), kind)]
    n_frames = 0
    while n_frames < _STRETCH and len(frames := file.frames(start + n_frames, start + n_frames + _PIECE)):
        sound = frames if frames.dtype == kind else full_scale(frames)
        lows += _largest(np.minimum, sound)
        highs += _largest(np.maximum, sound)
        n_frames += len(frames)
    return np.concatenate(lows), np.concatenate(highs), n_frames


def _largest(combine: np.ufunc, sound: Native) -> list[NDArray[Any]]:
    """Peaks of the largest blocks in (n, channels), and of what is left: (blocks, channels) each."""
    channels = sound.shape[1]
    whole = len(sound) // _LARGEST
    # Whole rows are compared with one another, channels side by side as they lie; only what is left is taken apart.
    rows = sound[: whole * _LARGEST].reshape(whole, _FOLDS, _LARGEST // _FOLDS * channels)
    folded = combine.reduce(rows, axis=1).reshape(whole, _LARGEST // _FOLDS, channels)
    rest = sound[whole * _LARGEST :]
    return [combine.reduce(folded, axis=1), *([combine.reduce(rest, axis=0)[None]] if len(rest) else [])]


def _kind(subtype: str) -> np.dtype[Any]:
    return KINDS[0] if NATIVE_TYPES[subtype] == "int16" else KINDS[1]
