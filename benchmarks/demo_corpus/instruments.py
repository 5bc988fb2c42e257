"""The sounds of the four artists, and drums. Every instrument gives one note at a peak of about 1."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RATE = 22050

Signal = NDArray[np.float64]
Instrument = Callable[[float, float], Signal]
"""Frequency in hertz and length in seconds to the samples of the note, which may ring on."""


def _times(seconds: float) -> Signal:
    return np.arange(int(seconds * RATE)) / RATE


def _shaped(sound: Signal, attack: float, release: float) -> Signal:
    """Fades in and out over so many seconds, so that no note clicks."""
    rise, fall = (max(1, int(t * RATE)) for t in (attack, release))
    sound[:rise] *= np.linspace(0, 1, rise)[: len(sound)]
    sound[-fall:] *= np.linspace(1, 0, fall)[-len(sound) :]
    return sound


def plucked(brightness: float) -> Instrument:
    """A string: noise that circles in a damped loop (Karplus and Strong, Computer Music Journal 7(2), 1983).

    The loop's filter is symmetric, so that it delays by whole samples; the fraction of a sample that the
    pitch still needs is interpolated linearly.
    """

    def note(frequency: float, seconds: float) -> Signal:
        from scipy.signal import lfilter

        length = int((seconds + 1.0) * RATE)
        delay = RATE / frequency - 1
        whole = int(delay)
        damping = 0.5 - 0.38 * brightness
        loop = np.convolve([damping / 2, 1 - damping, damping / 2], [1 - delay + whole, delay - whole])
        loop *= 10 ** (-3 / (frequency * 2.2))
        feedback = np.concatenate([[1.0], np.zeros(whole - 1), -loop])
        burst = np.zeros(length)
        pluck = np.random.default_rng(whole).standard_normal(whole + 1)
        felt = np.hanning(5 if brightness > 0.5 else 11)
        struck = np.convolve(pluck, felt / felt.sum(), "same")
        burst[: whole + 1] = struck - struck.mean()  # what is constant would circle for seconds
        sound = np.asarray(lfilter([1.0], feedback, burst), dtype=np.float64)
        # The body's give: without it the first milliseconds stick out far above the tone.
        rounded = np.tanh(2.5 * sound / np.abs(sound).max())
        return _shaped(rounded, 0.001, 0.4)

    return note


def organ(stops: tuple[float, ...]) -> Instrument:
    """Sines at whole multiples of the pitch, `stops` loud, each doubled by one slightly out of tune."""

    def note(frequency: float, seconds: float) -> Signal:
        t = _times(seconds + 0.12)
        sound = np.zeros_like(t)
        for multiple, loudness in enumerate(stops, start=1):
            if loudness and multiple * frequency < 0.45 * RATE:
                for detune, phase in ((1.0, 0.3), (1.0017, 1.9)):
                    angle = 2 * np.pi * multiple * frequency * detune * t
                    sound += loudness * np.sin(angle + phase * multiple)
        return _shaped(sound / (2 * sum(stops)), 0.03, 0.12)

    return note


def bell(ratio: float, depth: float, ring: float) -> Instrument:
    """Frequency modulation after Chowning (J. Audio Eng. Soc. 21(7), 1973): brightness and loudness die away.

    `ratio` is the modulator's frequency over the carrier's, `depth` the first index of modulation, `ring` the
    seconds in which the note falls by 20 dB.
    """

    def note(frequency: float, seconds: float) -> Signal:
        t = _times(max(seconds, ring) + 0.3)
        fading = 10 ** (-t / ring)
        modulator = depth * fading**1.5 * np.sin(2 * np.pi * frequency * ratio * t)
        return _shaped(fading * np.sin(2 * np.pi * frequency * t + modulator), 0.002, 0.25)

    return note


def square(vibrato: float, softness: float) -> Instrument:
    """Odd harmonics up to the band's limit, `softness` times duller than a true square wave."""

    def note(frequency: float, seconds: float) -> Signal:
        t = _times(seconds * 0.92)
        wobble = vibrato * np.sin(2 * np.pi * 5.5 * t) * np.minimum(t / 0.3, 1)
        angle = 2 * np.pi * frequency * t + wobble
        sound = np.zeros_like(t)
        for multiple in range(1, int(0.45 * RATE / frequency) + 1, 2):
            sound += np.sin(multiple * angle) / multiple ** (1 + softness)
        return _shaped(0.8 * sound * np.exp(-0.9 * t), 0.004, 0.03)

    return note


def kick(rng: np.random.Generator) -> Signal:  # noqa: ARG001 - drums are called alike
    """A sine that falls from 150 to 50 Hz."""
    t = _times(0.22)
    return np.sin(2 * np.pi * (50 * t - 100 * 0.03 * np.exp(-t / 0.03))) * np.exp(-t / 0.07)


def snare(rng: np.random.Generator) -> Signal:
    """Noise over a short tone."""
    t = _times(0.16)
    return (0.5 * rng.standard_normal(len(t)) + 0.5 * np.sin(2 * np.pi * 190 * t)) * np.exp(-t / 0.045)


def hat(rng: np.random.Generator) -> Signal:
    """Differenced noise, very short."""
    t = _times(0.05)
    return np.diff(rng.standard_normal(len(t) + 1)) * 0.35 * np.exp(-t / 0.012)


@dataclass(frozen=True, slots=True)
class Band:
    """The instruments of an artist, with the loudness of each, and whether they have drums."""

    lead: Instrument
    chords: Instrument
    bass: Instrument
    balance: tuple[float, float, float]
    drums: bool = False


BANDS = {
    "a": Band(plucked(0.9), plucked(0.45), plucked(0.2), (1.0, 0.42, 0.7)),
    "b": Band(
        organ((1, 0.8, 0.5, 0.4, 0, 0.25, 0, 0.2)), organ((1, 0.5, 0.2)), organ((1, 0.6)), (1.0, 0.55, 0.7)
    ),
    "c": Band(bell(3.5, 2.2, 0.9), bell(1.0, 1.2, 0.7), bell(1.0, 0.6, 1.0), (0.9, 0.4, 0.6)),
    "d": Band(square(0.12, 0.15), square(0.0, 0.6), square(0.0, 1.0), (0.7, 0.28, 0.7), drums=True),
}
