"""Short-time power spectra of a whole recording through a bank of filters, block by block.

Frame `t` is centred on sample `t * hop` at `RATE`; what lies before the recording is silent.
"""

from collections.abc import Iterable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from annotator.audio.source import AudioSource
from annotator.domain.progress import Job, Progress
from annotator.segmentation.sound import resampled_blocks

RATE = 16000
"""Samples a second at which recordings are analysed."""

_FRAMES = 512  # transformed at once
_KNEE = 1000.0  # Hz: below, the scale is linear

Powers = NDArray[np.float32]


def filtered(source: AudioSource, bank: Powers, *, n_fft: int, hop: int, text: str) -> Job[Powers]:
    """Power that each filter of a bank lets through, in every frame of a recording.

    Parameters
    ----------
    bank
        (n_fft // 2 + 1, bands), weights of the bins.
    n_fft, hop
        Length of a frame and step between frames, in samples at `RATE`.
    text
        What to say while working.

    Returns
    -------
    (frames, bands), one frame for every started `hop`.
    """
    parts = [np.empty((0, bank.shape[1]), dtype=np.float32)]
    done = 0
    total = max(1, -(-source.samples * RATE // source.sample_rate))
    blocks = _counted(resampled_blocks(source, RATE, _FRAMES * hop, hop))
    held = np.zeros(n_fft // 2, dtype=np.float32)
    for block, last in blocks:
        held = np.concatenate((held, block, np.zeros(n_fft if last else 0, dtype=np.float32)))
        frames = (len(block) + done) // hop - sum(map(len, parts))
        if not last:
            frames = min(frames, (len(held) - n_fft) // hop + 1)
        parts.append(filtered_sound(held[: (frames - 1) * hop + n_fft], bank, n_fft=n_fft, hop=hop))
        held = held[frames * hop :]
        done += len(block)
        yield Progress(min(done, total), total, text)
    return np.concatenate(parts)


def filtered_sound(sound: Powers, bank: Powers, *, n_fft: int, hop: int) -> Powers:
    """The same of sound (n,) at hand, whose first frame begins with its first sample; (frames, bands)."""
    import scipy.fft

    if len(sound) < n_fft:
        return np.empty((0, bank.shape[1]), dtype=np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(sound, n_fft)[::hop]
    window = np.hanning(n_fft + 1)[:-1].astype(np.float32)
    result = np.empty((len(frames), bank.shape[1]), dtype=np.float32)
    for first in range(0, len(frames), _FRAMES):
        spectrum = scipy.fft.rfft(frames[first : first + _FRAMES] * window, axis=1)
        result[first : first + _FRAMES] = (spectrum.real**2 + spectrum.imag**2) @ bank
    return result


def _counted(blocks: Iterable[Powers]) -> Iterable[tuple[Powers, bool]]:
    """Each block, and whether it is the last."""
    before: Powers | None = None
    for block in blocks:
        if before is not None:
            yield before, False
        before = block
    if before is not None:
        yield before, True


@cache
def mel_bank(n_fft: int, bands: int, low: float = 50.0, high: float = 7600.0) -> Powers:
    """Triangles of equal area, evenly spaced on a scale that is linear to 1 kHz and logarithmic above.

    The scale is that of M. Slaney, Auditory Toolbox (Interval technical report 1998-010). (n_fft // 2 + 1, bands).

    >>> mel_bank(512, 20).shape
    (257, 20)
    """
    ends = _mel(np.array([low, high]))
    edges = _hertz(np.linspace(ends[0], ends[1], bands + 2))
    bins = np.arange(n_fft // 2 + 1) * RATE / n_fft
    rising = (bins[:, None] - edges[:-2]) / np.diff(edges)[:-1]
    falling = (edges[2:] - bins[:, None]) / np.diff(edges)[1:]
    bank = np.maximum(0, np.minimum(rising, falling)) * 2 / (edges[2:] - edges[:-2])
    result: Powers = bank.astype(np.float32)
    return result


def _mel(hertz: NDArray[np.float64]) -> NDArray[np.float64]:
    above = np.log(np.maximum(hertz, _KNEE) / _KNEE) * 27 / np.log(6.4)
    return np.where(hertz < _KNEE, hertz * 3 / 200, _KNEE * 3 / 200 + above)


def _hertz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    knee = _KNEE * 3 / 200
    return np.where(
        mel < knee, mel * 200 / 3, _KNEE * np.exp((np.maximum(mel, knee) - knee) * np.log(6.4) / 27)
    )


@cache
def chroma_bank(n_fft: int, low: float = 110.0, high: float = 3520.0) -> Powers:
    """Which of the twelve pitch classes (A first, A4 = 440 Hz) a bin belongs to, (n_fft // 2 + 1, 12).

    Gaussians of half a semitone, so that an instrument a little out of tune still counts.
    """
    bins = np.arange(n_fft // 2 + 1) * RATE / n_fft
    pitch = 12 * np.log2(np.maximum(bins, 1.0) / 440)
    away = (pitch[:, None] - np.arange(12) + 6) % 12 - 6
    bank = np.exp(-2 * away**2) * ((bins >= low) & (bins <= high))[:, None]
    result: Powers = bank.astype(np.float32)
    return result


def decibels(power: Powers, span: float = 80.0) -> Powers:
    """Level in dB, at most `span` below the loudest; all equal where there is only silence.

    >>> decibels(np.array([1.0, 0.1, 0.0], dtype=np.float32)).round().tolist()
    [0.0, -10.0, -80.0]
    """
    loudest = max(float(power.max(initial=0)), 1e-10)
    level: Powers = 10 * np.log10(np.maximum(power, loudest * 10 ** (-span / 10)))
    return level


def cosines(bands: int, count: int) -> Powers:
    """The first `count` cosines after the constant one (type II transform, orthonormal), (bands, count)."""
    angle = np.pi / bands * (np.arange(bands) + 0.5)
    table = np.sqrt(2 / bands) * np.cos(angle[:, None] * np.arange(1, count + 1))
    result: Powers = table.astype(np.float32)
    return result
