"""Plays a score: notes with small human unevenness, a hall, and the level of its mood."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from demo_corpus.instruments import BANDS, RATE, Signal, hat, kick, snare
from demo_corpus.pieces import SCALES, Piece

#: RMS of a piece in dBFS at a strength of 1, unless its peaks forbid it.
LEVELS = {"happy": -20.0, "tense": -17.5, "sad": -27.0, "calm": -26.0}
PEAK = 0.75
TAIL = 1.2
"""Seconds that the last note may ring."""


@dataclass(frozen=True, slots=True)
class Note:
    """A note: where and how long in beats, MIDI pitch, loudness from 0 to 1."""

    at: float
    beats: float
    pitch: int
    loudness: float


def pitch_of(degree: str, piece: Piece) -> int:
    """MIDI pitch of a melody degree such as `5`, `0` or `#4`."""
    scale = SCALES[piece.scale]
    octave, step = divmod(int(degree.lstrip("#")) - 1, len(scale))
    return piece.tonic + 12 * octave + scale[step] + degree.count("#")


def melody_of(piece: Piece) -> list[Note]:
    """The notes of the melody; `ValueError` where a bar is not full."""
    notes: list[Note] = []
    for bar, written in enumerate(piece.melody.split("/")):
        at = Fraction(0)
        for token in written.split():
            degree, length = token.split(":")
            beats = Fraction(length)
            if degree != "r":
                stress = 1.0 if at == 0 else 0.9 if at.denominator == 1 else 0.78
                notes.append(
                    Note(float(bar * piece.beats + at), float(beats), pitch_of(degree, piece), stress)
                )
            at += beats
        if at != piece.beats:
            raise ValueError(f"{piece.title}, bar {bar + 1}: {float(at):g} of {piece.beats} beats")
    return notes


def chord_of(token: str, piece: Piece) -> list[int]:
    """Pitches of a chord from its root, which lies between F# below middle C and the F above."""
    degree, seventh = int(token[0]), token.endswith("7") and len(token) > 1
    pitches = [pitch_of(str(degree + 2 * third), piece) for third in range(4 if seventh else 3)]
    shift = 12 * ((pitches[0] - 54) // 12)
    return [pitch - shift for pitch in pitches]


def chords_of(piece: Piece) -> list[tuple[float, float, list[int]]]:
    """Every chord with its place and length in beats."""
    chords = []
    for bar, tokens in enumerate(piece.chords.split()):
        shares = tokens.split(",")
        length = piece.beats / len(shares)
        for n, token in enumerate(shares):
            chords.append((bar * piece.beats + n * length, length, chord_of(token, piece)))
    return chords


def accompaniment_of(piece: Piece) -> tuple[list[Note], list[Note]]:
    """Chord notes and bass notes in the piece's figure."""
    upper: list[Note] = []
    bass: list[Note] = []
    for at, length, pitches in chords_of(piece):
        root = pitches[0] - 12
        halves = range(int(length * 2))
        match piece.figure:
            case "hold":
                upper += [Note(at, length, pitch, 0.8) for pitch in pitches]
                bass.append(Note(at, length, root, 0.9))
            case "arpeggio":
                ladder = [*pitches, pitches[0] + 12, *reversed(pitches[1:])]
                upper += [Note(at + n / 2, 1.5, ladder[n % len(ladder)], 0.7) for n in halves]
                bass.append(Note(at, length, root, 0.8))
            case "oompah":
                for beat in range(int(length)):
                    if beat % 2 == 0:
                        bass.append(Note(at + beat, 0.9, root if beat % 4 == 0 else root - 5, 0.9))
                    else:
                        upper += [Note(at + beat, 0.6, pitch, 0.8) for pitch in pitches]
            case "pulse":
                for n in halves:
                    stress = 1.0 if n % 4 == 0 else 0.75
                    bass.append(Note(at + n / 2, 0.45, root - (12 if root > 45 else 0), stress))
                    if n % 4 in (0, 3):
                        upper += [Note(at + n / 2, 0.4, pitch, stress) for pitch in pitches]
            case unknown:
                raise ValueError(f"{piece.title}: unknown figure {unknown}")
    return upper, bass


def play(piece: Piece, seed: int) -> Signal:
    """The piece at 22.05 kHz, mono."""
    rng = np.random.default_rng([seed, ord(piece.artist), piece.number])
    band = BANDS[piece.artist]
    beat = 60 / piece.tempo
    bars = len(piece.chords.split())
    track = np.zeros(int((bars * piece.beats * beat + TAIL) * RATE))
    parts = (melody_of(piece), *accompaniment_of(piece))
    for notes, instrument, loudness in zip(
        parts, (band.lead, band.chords, band.bass), band.balance, strict=True
    ):
        for note in notes:
            frequency = 440 * 2 ** ((note.pitch - 69) / 12)
            sound = instrument(frequency, note.beats * beat)
            _add(track, sound * loudness * note.loudness * rng.uniform(0.88, 1.0), note.at * beat, rng)
    if band.drums and piece.mood != "sad":
        _drum(track, piece, beat, bars, rng)
    return _level(_in_a_hall(track, rng), piece)


def _add(track: Signal, sound: Signal, seconds: float, rng: np.random.Generator) -> None:
    """Mixes a note in, up to 8 ms late."""
    start = int((seconds + rng.uniform(0, 0.008)) * RATE)
    stop = min(start + len(sound), len(track))
    track[start:stop] += sound[: stop - start]


def _drum(track: Signal, piece: Piece, beat: float, bars: int, rng: np.random.Generator) -> None:
    """A plain backbeat; under tension a kick on every beat and twice the hats."""
    driving = piece.mood == "tense"
    for n in range(bars * piece.beats):
        if driving or n % 2 == 0:
            _add(track, 0.8 * kick(rng), n * beat, rng)
        if n % 2 == 1:
            _add(track, 0.45 * snare(rng), n * beat, rng)
        for share in range(4 if driving else 2):
            _add(track, 0.3 * hat(rng), (n + share / (4 if driving else 2)) * beat, rng)


def _in_a_hall(track: Signal, rng: np.random.Generator) -> Signal:
    """Adds a quiet echo that falls by 60 dB in 0.9 s, and fades the end."""
    t = np.arange(int(0.9 * RATE)) / RATE
    echo = rng.standard_normal(len(t)) * 10 ** (-3 * t / 0.9)
    echo *= 0.22 / np.sqrt(np.sum(echo**2))
    size = len(track) + len(echo)
    wet = np.fft.irfft(np.fft.rfft(track, size) * np.fft.rfft(echo, size), size)[: len(track)]
    fade = int(0.5 * RATE)
    sound = track + wet
    sound[-fade:] *= np.linspace(1, 0, fade) ** 2
    return sound


def _level(sound: Signal, piece: Piece) -> Signal:
    wanted = -23 + piece.strength * (LEVELS[piece.mood] + 23)
    gain = 10 ** (wanted / 20) / float(np.sqrt(np.mean(sound**2)))
    return sound * min(gain, PEAK / float(np.abs(sound).max()))
