"""Slower and faster with the pitch kept: waveform similarity overlap-add, block by block.

The sound is taken apart into stretches of a few periods, which are put together again at another pace. Each new
stretch begins where the source looks most like what would have come next, so that periods meet in phase
(W. Verhelst and M. Roelands, "An overlap-add technique based on waveform similarity (WSOLA) for high quality
time-scale modification of speech", ICASSP 1993, 554-557).
"""

import numpy as np
from numpy.typing import NDArray

Frames = NDArray[np.float32]

_HOP = 0.02  # seconds from one stretch to the next: two periods of the deepest voice
_REACH = 0.01  # seconds to either side in which the best place is looked for: together one period of 50 Hz

#: Speeds in which speech stays intelligible and one repeated or left-out period does not stand out.
SLOWEST, FASTEST = 0.5, 2.0


def stretched_length(samples: int, speed: float) -> int:
    """Frames that `samples` frames become at `speed`: rounded, and never none of some.

    >>> stretched_length(1000, 0.5), stretched_length(1000, 1.5), stretched_length(1, 2.0), stretched_length(0, 2.0)
    (2000, 667, 1, 0)
    """
    return max(round(samples / speed), min(samples, 1))


class Stretcher:
    """Plays a sound of known length at another speed: give it the blocks in order, take what comes out.

    What comes out does not depend on how the sound was cut into blocks. Altogether it is exactly `length` frames.
    Its first and its last 20 ms are those of the source, untouched: a sound begins and ends as it does at speed 1.
    At speed 1 blocks pass through as they are.

    Parameters
    ----------
    samples
        Frames that will be given.
    sample_rate
        In hertz.
    channels
        They stay together: all are cut at the same places.
    speed
        0.5 (twice as long) to 2 (half as long).

    Examples
    --------
    >>> tone = np.sin(np.arange(8000, dtype=np.float32) / 20)[:, None]
    >>> slow = Stretcher(8000, sample_rate=8000, channels=1, speed=0.5)
    >>> len(slow(tone[:5000])) + len(slow(tone[5000:])), slow.length
    (16000, 16000)
    """

    def __init__(self, samples: int, *, sample_rate: int, channels: int, speed: float) -> None:
        if not SLOWEST <= speed <= FASTEST:
            raise ValueError(f"speed must be between {SLOWEST} and {FASTEST}, not {speed}")
        self._samples, self._speed = samples, speed
        #: Frames that come out altogether.
        self.length = stretched_length(samples, speed)
        self._hop = min(round(_HOP * sample_rate), samples // 3, self.length // 3)
        self._reach = round(_REACH * sample_rate)
        # A raised cosine: with its mirror image it sums to one, and neither has a corner.
        self._rise = (0.5 - 0.5 * np.cos(np.pi * (np.arange(self._hop) + 0.5) / max(self._hop, 1))).astype(
            np.float32
        )[:, None]
        self._kept: Frames = np.zeros((0, channels), np.float32)
        self._first = 0  # place in the source of the first kept frame
        self._done = 0  # frames put out
        self._next = 0  # place in the source that would come next at speed 1

    def __call__(self, block: Frames) -> Frames:
        """Takes the next frames, shape (n, channels); gives those that are settled, shape (m, channels), m >= 0."""
        if self._speed == 1.0:
            return block
        self._kept = np.concatenate([self._kept, block])
        pieces = [np.zeros((0, block.shape[1]), np.float32)]
        while self._done < self.length and self._given >= self._needed():
            pieces.append(self._step())
            self._done += len(pieces[-1])
        self._forget()
        return np.concatenate(pieces)

    @property
    def _given(self) -> int:
        return self._first + len(self._kept)

    @property
    def _ideal(self) -> int:
        """Where the next stretch would begin if its middle were to fall exactly in time; it fits into the source."""
        wanted = round((self._done + self._hop) * self._speed) - self._hop
        return min(max(wanted, 0), self._samples - 2 * self._hop)

    def _ending(self) -> bool:
        """Whether the next step is the last: one blend, then the source's own end."""
        return self.length - self._done < 3 * self._hop or self._hop == 0

    def _needed(self) -> int:
        """How much of the source the next step looks at."""
        if self._ending():
            return self._samples
        if self._done == 0:
            return self._hop
        return min(max(self._next, self._ideal + self._reach) + self._hop, self._samples)

    def _step(self) -> Frames:
        hop = self._hop
        if hop == 0:  # three frames or fewer: nothing to compare
            return self._kept[np.linspace(0, self._samples - 1, self.length).round().astype(np.intp)]
        if self._done == 0:
            self._next = hop
            return self._taken(0, hop)
        if self._ending():
            begin = self._samples - (self.length - self._done)
            return np.concatenate([self._blend(begin), self._taken(begin + hop, self._samples)])
        begin = self._best()
        blended = self._blend(begin)
        self._next = begin + hop
        return blended

    def _blend(self, begin: int) -> Frames:
        """From what would come next over to the stretch at `begin`."""
        before = self._taken(self._next, self._next + self._hop)
        after = self._taken(begin, begin + self._hop)
        return before + self._rise * (after - before)

    def _best(self) -> int:
        """The place near the ideal one that looks most like what would come next."""
        low = max(self._ideal - self._reach, 0)
        high = min(self._ideal + self._reach, self._samples - 2 * self._hop)
        template = self._taken(self._next, self._next + self._hop).astype(np.float64)
        ground = self._taken(low, high + self._hop).astype(np.float64)
        size = len(ground)
        spectrum = np.fft.rfft(ground, size, axis=0) * np.conj(np.fft.rfft(template, size, axis=0))
        likeness = np.fft.irfft(spectrum, size, axis=0)[: high - low + 1].sum(axis=1)
        energy = np.concatenate([[0.0], np.cumsum((ground**2).sum(axis=1))])
        energy = energy[self._hop :] - energy[: -self._hop]
        # Twenty bits below the loudest everything is silence: there, and where nothing is alike, time decides.
        floor = 1e-12 * max(float(energy.max()), 1e-12)
        score = likeness / np.sqrt(np.maximum(energy, floor))
        best = int(score.argmax())
        return low + best if score[best] > 1e-6 else self._ideal

    def _taken(self, start: int, stop: int) -> Frames:
        return self._kept[start - self._first : stop - self._first]

    def _forget(self) -> None:
        """Lets go of what no later step looks at."""
        if self._hop:
            earliest = min(self._next, self._ideal - self._reach, self._samples - 3 * self._hop)
            unused = max(earliest - self._first, 0)
            self._kept = self._kept[unused:].copy()
            self._first += unused
