"""Makes the sounds, transcripts and ratings of the demo corpus anew, in `datasets/demo/` or elsewhere.

    python benchmarks/make_demo_corpus.py [--out DIR] [--seed N]

Needs espeak-ng on the PATH. With the same espeak-ng and libsndfile every file comes out the same, byte for
byte. `README.md`, `corpus.toml` and `mood.toml` are written by hand and stay as they are.
"""

import argparse
import csv
import itertools
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import soundfile as sf
from demo_corpus import instruments, music, talk
from demo_corpus.moods import Stimulus
from demo_corpus.pieces import ARTISTS, PIECES
from demo_corpus.raters import HEADER, Panel
from demo_corpus.shows import SHOWS, Show

DEMO = Path(__file__).resolve().parents[1] / "datasets" / "demo"
SEED = 7


def make_talk(folder: Path, seed: int) -> list[Stimulus]:
    """Writes both shows with their transcripts; gives their sentences."""
    stimuli: list[Stimulus] = []
    for show in SHOWS:
        track, sentences = talk.record(show, seed)
        path = folder / f"{show.file}.flac"
        sf.write(path, track, talk.RATE, subtype="PCM_16", compression_level=1.0)
        (folder / f"{show.file}{show.transcript}").write_text(transcript(show, sentences), encoding="utf-8")
        stimuli += [
            Stimulus(path.name, s.line.mood, s.line.strength, s.start / talk.RATE, s.end / talk.RATE)
            for s in sentences
        ]
        describe(path)
    return stimuli


def transcript(show: Show, sentences: Sequence[talk.Sentence]) -> str:
    """The show's text as WebVTT with voice tags, or as SRT with the speaker's name before a colon."""
    if show.transcript == ".vtt":
        cues = [f"{_span(s, '.')}\n<v {s.line.speaker}>{s.line.written}</v>\n" for s in sentences]
        return "WEBVTT\n\n" + "\n".join(cues)
    return "\n".join(
        f"{n}\n{_span(s, ',')}\n{s.line.speaker}: {s.line.written}\n"
        for n, s in enumerate(sentences, start=1)
    )


def _span(sentence: talk.Sentence, point: str) -> str:
    times = []
    for sample in (sentence.start, sentence.end):
        seconds, ms = divmod(sample // talk.MS, 1000)
        times.append(f"00:{seconds // 60:02d}:{seconds % 60:02d}{point}{ms:03d}")
    return " --> ".join(times)


def make_music(folder: Path, seed: int) -> list[Stimulus]:
    """Writes the pieces and the table of songs; gives the pieces."""
    for piece in PIECES:
        path = folder / piece.file
        sound = music.play(piece, seed)
        sf.write(path, sound, instruments.RATE, format="OGG", subtype="VORBIS", compression_level=0.7)
        path.write_bytes(with_serial(path.read_bytes(), ord(piece.artist) * 256 + piece.number))
        describe(path)
    rows = [(piece.file, piece.title, ARTISTS[piece.artist]) for piece in PIECES]
    write_table(folder / "songs.csv", ("file", "song", "artist"), rows)
    return [Stimulus(piece.file, piece.mood, piece.strength) for piece in PIECES]


def with_serial(ogg: bytes, serial: int) -> bytes:
    """The Ogg stream under a serial number of ours in place of the random one (RFC 3533, section 6).

    Without this no two runs would give the same file.
    """
    pages = bytearray(ogg)
    at = 0
    while at < len(pages):
        n_segments = pages[at + 26]
        end = at + 27 + n_segments + sum(pages[at + 27 : at + 27 + n_segments])
        pages[at + 14 : at + 18] = serial.to_bytes(4, "little")
        pages[at + 22 : at + 26] = bytes(4)
        pages[at + 22 : at + 26] = _checksum(pages[at:end]).to_bytes(4, "little")
        at = end
    return bytes(pages)


def _checksum(page: bytes | bytearray) -> int:
    """Ogg's CRC: polynomial 0x04c11db7, most significant bit first, starting from 0."""
    value = 0
    for byte in page:
        value = (value << 8 & 0xFFFFFFFF) ^ _CRC[value >> 24 ^ byte]
    return value


def _crc_entry(byte: int) -> int:
    value = byte << 24
    for _ in range(8):
        value = (value << 1 ^ (0x04C11DB7 if value & 0x80000000 else 0)) & 0xFFFFFFFF
    return value


_CRC = tuple(_crc_entry(byte) for byte in range(256))


def make_ratings(folder: Path, name: str, stimuli: Sequence[Stimulus], seed: int) -> None:
    """Writes what the raters say: valence and arousal, moods, and for music the nine emotions."""
    panel = Panel(stimuli, seed)
    write_table(folder / f"ratings_{name}.csv", HEADER, panel.valence_arousal())
    write_table(folder / f"ratings_{name}_emotion.csv", HEADER, panel.moods())
    if name == "music":
        write_table(folder / f"ratings_{name}_emotify.csv", HEADER, panel.emotions())


def write_table(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A comma-separated file with plain line ends."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(itertools.chain([header], rows))


def describe(path: Path) -> None:
    """Prints length, peak and RMS of a file as it was written."""
    sound, rate = sf.read(path)
    peak, rms = (20 * np.log10(x) for x in (np.abs(sound).max(), np.sqrt(np.mean(sound**2))))
    print(f"{path.name:24} {len(sound) / rate:5.1f} s  peak {peak:6.1f} dBFS  RMS {rms:6.1f} dBFS")


def main() -> None:
    """Reads the command line and makes the corpus."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--out", type=Path, default=DEMO, help="folder to write to (default: %(default)s)")
    parser.add_argument(
        "--seed", type=int, default=SEED, help="for pauses, touch and raters (default: %(default)s)"
    )
    options = parser.parse_args()
    talk.find_voice_engine()
    options.out.mkdir(parents=True, exist_ok=True)
    make_ratings(options.out, "talk", make_talk(options.out, options.seed), options.seed)
    make_ratings(options.out, "music", make_music(options.out, options.seed), options.seed + 1)


if __name__ == "__main__":
    main()
