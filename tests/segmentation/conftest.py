"""Speech-like sound with known times, made here: no recording and no voice engine is needed."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray
from scipy.signal import lfilter

from annotator.audio.source import AudioSource, open_source

# First three formants in Hz of a, e, i, o, u, rounded from Peterson & Barney (1952), men.
_VOWELS = ((730, 1090, 2440), (530, 1840, 2480), (270, 2290, 3010), (570, 840, 2410), (300, 870, 2240))
_WIDTHS = (80, 90, 120)  # Hz


def syllables(seconds: float, rate: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Babbled syllables without a pause: a gliding pulse train through formants, with hiss between the vowels."""
    parts = []
    left = round(seconds * rate)
    while left > 0:
        n = min(left, round(rng.uniform(0.14, 0.22) * rate))
        pitch = rng.uniform(95, 150) * np.linspace(1.1, 0.9, n)
        sound = (np.diff(np.floor(np.cumsum(pitch) / rate), prepend=0) > 0) * 1.0 + rng.normal(0, 0.01, n)
        for formant, width in zip(_VOWELS[rng.integers(len(_VOWELS))], _WIDTHS, strict=True):
            radius = np.exp(-np.pi * width / rate)
            sound = lfilter(
                [1 - radius], [1, -2 * radius * np.cos(2 * np.pi * formant / rate), radius**2], sound
            )
        hiss = round(0.03 * rate)
        sound = sound / np.abs(sound).max() * np.hanning(n + 2)[1:-1] ** 0.3
        sound[:hiss] += rng.normal(0, 0.05, len(sound[:hiss]))
        parts.append(sound)
        left -= n
    return np.concatenate(parts)


@dataclass(frozen=True)
class Speech:
    """Sound (n,) at `rate` with the spans in samples at which it speaks."""

    sound: NDArray[np.float32]
    spans: list[tuple[int, int]]
    rate: int

    def mixed(self, other: NDArray[np.float64], decibels: float) -> NDArray[np.float32]:
        """The sound with `other` (n,) as many decibels below the speech."""
        power = np.mean(np.concatenate([self.sound[a:b] for a, b in self.spans]) ** 2)
        gain = np.sqrt(power / np.mean(other**2) * 10 ** (-decibels / 10))
        return (self.sound + gain * other).astype(np.float32)


def _speak(
    count: int, *, rate: int = 16000, seed: int = 0, pause: tuple[float, float] = (0.5, 1.2)
) -> Speech:
    """`count` utterances of one to three seconds with pauses of `pause` seconds around them."""
    rng = np.random.default_rng(seed)
    parts: list[NDArray[np.float64]] = [np.zeros(round(rng.uniform(*pause) * rate))]
    spans = []
    at = len(parts[0])
    for _ in range(count):
        spoken = syllables(rng.uniform(1, 3), rate, rng) * rng.uniform(0.1, 0.2)
        silent = np.zeros(round(rng.uniform(*pause) * rate))
        spans.append((at, at + len(spoken)))
        parts += [spoken, silent]
        at += len(spoken) + len(silent)
    return Speech(np.concatenate(parts).astype(np.float32), spans, rate)


@pytest.fixture(scope="session")
def make_speech() -> Callable[..., Speech]:
    """Makes utterances with pauses between, in digital silence."""
    return _speak


@pytest.fixture(scope="session")
def speech() -> Speech:
    """Twelve utterances at 16 kHz."""
    return _speak(12)


@pytest.fixture
def store(tmp_path: Path) -> Callable[..., AudioSource]:
    """Writes sound (n,) or (n, channels) to a WAV file of the test and opens it."""

    def write(sound: NDArray[np.float32], rate: int = 16000, name: str = "sound.wav") -> AudioSource:
        path = tmp_path / name
        soundfile.write(path, sound, rate, subtype="FLOAT")
        return open_source(path)

    return write
