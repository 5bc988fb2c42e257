"""A recording as one channel, block by block from start to end, at its own or another sampling rate."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from annotator.audio.source import AudioSource

_READ = 1 << 18  # samples read at a time, about 6 s


def mono_blocks(source: AudioSource, size: int = _READ) -> Iterator[NDArray[np.float32]]:
    """The mean of the channels in blocks (n,) of `size` samples; the last may be shorter."""
    position = 0
    # A file found damaged on the way ends there, and `samples` says so only then.
    while len(block := source.mono(position, position + size)):
        yield block
        position += len(block)


def resampled_blocks(
    source: AudioSource, rate: int, size: int, multiple: int
) -> Iterator[NDArray[np.float32]]:
    """The mean of the channels at `rate` in blocks (n,) of `size` samples.

    The last block may be shorter; zeros fill it up to a whole number of `multiple`, of which `size` is one.
    """
    held = np.empty(0, dtype=np.float32)
    given = 0
    for sound in _resampled(source, rate):
        held = np.concatenate((held, sound))
        while len(held) >= size:
            yield held[:size]
            held = held[size:]
            given += size
    rest = -(-source.samples * rate // (source.sample_rate * multiple)) * multiple - given
    if rest > 0:
        last = np.zeros(rest, dtype=np.float32)
        last[: len(held)] = held[:rest]  # rounding may have made one sample too many
        yield last


def _resampled(source: AudioSource, rate: int) -> Iterator[NDArray[np.float32]]:
    if source.sample_rate == rate:
        yield from mono_blocks(source)
        return
    import soxr

    stream = soxr.ResampleStream(source.sample_rate, rate, 1, dtype="float32")
    for block in mono_blocks(source):
        yield stream.resample_chunk(block)
    yield stream.resample_chunk(np.empty(0, dtype=np.float32), last=True)
