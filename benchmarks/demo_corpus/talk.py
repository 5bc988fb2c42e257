"""Speaks a show with espeak-ng: one call for each sentence, mixed into one track with pauses and a room."""

import io
import shutil
import subprocess
import sys
from dataclasses import dataclass
from xml.sax.saxutils import escape

import numpy as np
import soundfile as sf
from numpy.typing import NDArray

from demo_corpus.shows import PAUSE, Line, Show, Speaker

RATE = 16000
#: Samples in a millisecond. Sentences begin and end on whole ones, which a transcript can write exactly.
MS = RATE // 1000

Signal = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a mood changes a voice, for a strength of 1.

    `pitch` is added to the speaker's, `span` is espeak-ng's pitch range (50 is usual), `speed` multiplies
    words per minute, `level` is the RMS of the sentence in dBFS, `tilt` lifts (or lowers) what lies above
    1 kHz, in dB: a raised voice has a flatter spectrum. `pause` is the pause within a sentence, in ms.
    """

    pitch: int
    span: int
    speed: float
    level: float
    tilt: float
    pause: int


PLAIN = Delivery(0, 50, 1.0, -29.0, 0.0, 250)
DELIVERIES = {
    "happy": Delivery(14, 90, 1.08, -27.0, 2.0, 200),
    "tense": Delivery(6, 75, 1.22, -23.5, 6.0, 150),
    "sad": Delivery(-12, 22, 0.80, -34.0, -6.0, 480),
    "calm": Delivery(-4, 40, 0.92, -31.5, -3.0, 380),
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """A spoken line and where it stands in the track, in samples, end excluded."""

    line: Line
    start: int
    end: int


def deliver(mood: str, strength: float) -> Delivery:
    """The delivery of a mood, played more or less strongly than written."""
    full = DELIVERIES[mood]

    def between(plain: float, played: float) -> float:
        return plain + strength * (played - plain)

    return Delivery(
        pitch=round(between(PLAIN.pitch, full.pitch)),
        span=round(between(PLAIN.span, full.span)),
        speed=between(PLAIN.speed, full.speed),
        level=between(PLAIN.level, full.level),
        tilt=between(PLAIN.tilt, full.tilt),
        pause=round(between(PLAIN.pause, full.pause)),
    )


def find_voice_engine() -> str:
    """Path of espeak-ng; ends the program with what to install where it is absent."""
    path = shutil.which("espeak-ng")
    if path is None:
        sys.exit(
            "espeak-ng is not on the PATH. Install it (Debian: apt install espeak-ng) and run this again."
        )
    return path


def speak(speaker: Speaker, line: Line) -> Signal:
    """The sentence at 16 kHz, without silence at either end, at its delivery's level and colour."""
    delivery = deliver(line.mood, line.strength)
    words = escape(line.text).replace(PAUSE, f' <break time="{delivery.pause}ms"/>')
    command = [find_voice_engine(), "-m", "-z", "--stdout", "-v", speaker.voice]
    command += ["-p", str(int(np.clip(speaker.pitch + delivery.pitch, 0, 99)))]
    command += ["-s", str(round(speaker.speed * delivery.speed))]
    command.append(f'<speak><prosody range="{delivery.span}">{words}</prosody></speak>')
    wav = subprocess.run(command, check=True, capture_output=True).stdout
    sound, rate = sf.read(io.BytesIO(_with_true_length(wav)), dtype="float64")
    return _colour(_trim(_resample(sound, rate)), delivery)


def _with_true_length(wav: bytes) -> bytes:
    """The WAV with the length that espeak-ng could not know while it wrote to a pipe."""
    start = wav.index(b"data") + 8
    return wav[: start - 4] + (len(wav) - start).to_bytes(4, "little") + wav[start:]


def _resample(sound: Signal, rate: int) -> Signal:
    from scipy.signal import resample_poly

    divisor = int(np.gcd(rate, RATE))
    return np.asarray(resample_poly(sound, RATE // divisor, rate // divisor), dtype=np.float64)


def _trim(sound: Signal) -> Signal:
    """Cut to what is louder than -46 dB below the peak, lengthened to whole milliseconds."""
    loud = np.flatnonzero(np.abs(sound) > np.abs(sound).max() * 10 ** (-46 / 20))
    kept = sound[loud[0] : loud[-1] + 1]
    return np.pad(kept, (0, -len(kept) % MS))


def _colour(sound: Signal, delivery: Delivery) -> Signal:
    """Tilts the spectrum about 1 kHz, rolls it off above 5.5 kHz like a broadcast line, sets the level."""
    spectrum = np.fft.rfft(sound)
    frequency = np.fft.rfftfreq(len(sound), 1 / RATE)
    shelf = 1 / (1 + (1000 / np.maximum(frequency, 1)) ** 2)
    line = 1 / np.sqrt(1 + (frequency / 5500) ** 12)
    coloured = np.fft.irfft(spectrum * line * 10 ** (delivery.tilt * shelf / 20), len(sound))
    gain = 10 ** (delivery.level / 20) / float(np.sqrt(np.mean(coloured**2)))
    return gain * coloured


def record(show: Show, seed: int) -> tuple[Signal, list[Sentence]]:
    """The whole show and the place of every sentence in it.

    Pauses are longer where the speaker changes, longest where the mood does as well, and never alike.
    """
    rng = np.random.default_rng(seed)
    voices = {speaker.name: speaker for speaker in show.speakers}
    sentences: list[Sentence] = []
    pieces: list[tuple[int, Signal]] = []
    at = 600 * MS
    for line, following in zip(show.lines, (*show.lines[1:], None), strict=True):
        sound = speak(voices[line.speaker], line)
        sentences.append(Sentence(line, at, at + len(sound)))
        pieces.append((at, sound))
        at += len(sound) + MS * _pause(line, following, rng)
    track = np.zeros(at)
    for start, sound in pieces:
        track[start : start + len(sound)] += sound
    return _in_a_room(track, rng), sentences


def _pause(line: Line, following: Line | None, rng: np.random.Generator) -> int:
    """Milliseconds of silence after a line."""
    if following is None:
        return 700
    low, high = (380, 620) if line.speaker == following.speaker else (480, 900)
    if line.mood != following.mood:
        high += 150
    return int(rng.integers(low, high))


def _in_a_room(track: Signal, rng: np.random.Generator) -> Signal:
    """Adds a short, faint echo and the hum and hiss of a quiet studio at about -72 dBFS."""
    length = int(0.12 * RATE)
    echo = rng.standard_normal(length) * np.exp(-np.arange(length) / (0.025 * RATE))
    echo *= 0.10 / np.sqrt(np.sum(echo**2))
    echo[: 4 * MS] = 0
    size = len(track) + length
    wet = np.fft.irfft(np.fft.rfft(track, size) * np.fft.rfft(echo, size), size)[: len(track)]
    spectrum = np.fft.rfft(rng.standard_normal(len(track)))
    frequency = np.fft.rfftfreq(len(track), 1 / RATE)
    noise = np.fft.irfft(spectrum / np.sqrt(1 + (frequency / 400) ** 2), len(track))
    noise *= 10 ** (-72 / 20) / np.sqrt(np.mean(noise**2))
    hum = 1e-4 * np.sin(2 * np.pi * 50 * np.arange(len(track)) / RATE)
    return track + wet + noise + hum
