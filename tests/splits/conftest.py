"""Sound made on the spot, and what happens to sound on its way into a corpus."""

import io
from collections.abc import Callable
from fractions import Fraction

import av
import numpy as np
import pytest
import soxr

Sound = np.ndarray


def music(seed: int, seconds: float, rate: int = 16000) -> Sound:
    """Three voices with overtones, each seed with a tempo, a tuning and a rhythm of its own."""
    rng = np.random.default_rng(seed)
    sound = rng.normal(0, 0.002, round(seconds * rate))
    tuning = rng.uniform(0.94, 1.06)
    for voice in (1, 2, 3):
        start = 0
        while start < len(sound):
            length = round(rng.uniform(0.2, 0.7) * rate)
            time = np.arange(min(2 * length, len(sound) - start)) / rate
            pitch = 110 * tuning * voice * 2 ** (rng.integers(0, 24) / 12)
            note = sum(np.sin(2 * np.pi * pitch * k * time) / k for k in (1, 2, 3))
            sound[start : start + len(time)] += 0.1 * np.exp(-6 * time) * note
            start += length
    return (0.5 * sound / np.abs(sound).max()).astype(np.float32)


def speech(seed: int, seconds: float, rate: int = 16000) -> Sound:
    """Syllables: a gliding buzz through two moving resonances, with pauses."""
    rng = np.random.default_rng(seed)
    n = round(seconds * rate)
    steps = int(seconds / 0.18) + 2
    at = np.linspace(0, n, steps)
    pitch, first, second, loud = (
        np.interp(np.arange(n), at, rng.uniform(*span, steps))
        for span in ((90, 220), (300, 800), (900, 1900), (-0.3, 1))
    )
    phase = 2 * np.pi * np.cumsum(pitch) / rate
    sound = np.zeros(n)
    for k in range(1, 16):
        gain = sum(1 / (1 + ((k * pitch - formant) / 120) ** 2) for formant in (first, second))
        sound += gain * np.sin(k * phase)
    sound *= loud.clip(0)
    return (0.3 * sound / np.abs(sound).max() + rng.normal(0, 0.0005, n)).astype(np.float32)


def as_mp3(sound: Sound, rate: int) -> Sound:
    """Through an MP3 encoder at 64 kbit/s and back."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp3") as container:
        stream = container.add_stream("libmp3lame", rate=rate)
        stream.bit_rate, stream.layout, stream.format = 64000, "mono", "fltp"
        for start in range(0, len(sound), 1152):
            frame = _frame(sound[start : start + 1152], rate, start)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    buffer.seek(0)
    with av.open(buffer) as container:
        return np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])


def faster(sound: Sound, rate: int, tempo: float = 1.02) -> Sound:
    """At another tempo and the same pitch."""
    graph = av.filter.Graph()
    source = graph.add_abuffer(format="fltp", sample_rate=rate, layout="mono", time_base=Fraction(1, rate))
    stretch, sink = graph.add("atempo", str(tempo)), graph.add("abuffersink")
    source.link_to(stretch)
    stretch.link_to(sink)
    graph.configure()
    pieces = []
    for start in [*range(0, len(sound), 4096), None]:
        source.push(None if start is None else _frame(sound[start : start + 4096], rate, start))
        try:
            while True:
                pieces.append(sink.pull().to_ndarray()[0])
        except (av.BlockingIOError, av.EOFError):
            continue
    return np.concatenate(pieces)


def _frame(sound: Sound, rate: int, start: int) -> av.AudioFrame:
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound[None], np.float32), "fltp", "mono")
    frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
    return frame


def perturbed(sound: Sound, rate: int, seed: int = 0) -> dict[str, tuple[Sound, int]]:
    """Six copies that sound nearly the same, each with its sampling rate."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(0, np.sqrt(np.mean(sound.astype(float) ** 2) / 100), len(sound))
    length = min(5 * rate, len(sound))
    start = int(rng.integers(0, len(sound) - length + 1))
    return {
        "mp3": (as_mp3(sound, rate), rate),
        "gain": (0.25 * sound, rate),
        "excerpt": (sound[start : start + length], rate),
        "8 kHz": (soxr.resample(sound, rate, 8000), 8000),
        "noise": ((sound + noise).astype(np.float32), rate),
        "tempo": (faster(sound, rate), rate),
    }


@pytest.fixture(scope="session")
def make_music() -> Callable[..., Sound]:
    return music


@pytest.fixture(scope="session")
def make_speech() -> Callable[..., Sound]:
    return speech


@pytest.fixture(scope="session")
def perturb() -> Callable[..., dict[str, tuple[Sound, int]]]:
    return perturbed
