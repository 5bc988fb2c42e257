"""The demo corpus: small, sound, consistent with itself, and what its generator says it is."""

import csv
import importlib
import re
import tomllib
from collections import Counter, defaultdict
from itertools import combinations, pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import soundfile as sf
from numpy.typing import NDArray

from annotator.domain.bundled import dataset
from annotator.domain.scheme import Scheme, find_scheme, read_scheme

DEMO = dataset("demo")
BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
DESCRIPTION: dict[str, Any] = tomllib.loads((DEMO / "corpus.toml").read_text(encoding="utf-8"))
RECORDINGS = {entry["file"]: entry for entry in DESCRIPTION["recordings"]}
TALKS = [name for name, entry in RECORDINGS.items() if entry["kind"] == "talk"]
MUSIC = [name for name, entry in RECORDINGS.items() if entry["kind"] == "music"]
RATINGS = {entry["file"]: entry for entry in DESCRIPTION["ratings"]}

Cue = tuple[float, float, str, str]
Row = dict[str, str]


def rows_of(name: str) -> list[Row]:
    with (DEMO / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def scheme_of(name: str) -> Scheme:
    return read_scheme(DEMO / "mood.toml") if name == "mood" else find_scheme(name)


def cues_of(talk: str) -> list[Cue]:
    """Start, end, speaker, text of every cue, read without the program's own readers."""
    text = (DEMO / RECORDINGS[talk]["transcript"]).read_text(encoding="utf-8")
    time = r"(\d\d):(\d\d):(\d\d)[.,](\d{3})"
    pattern = rf"{time} --> {time}\n(?:<v (\w+)>(.*)</v>|(\w+): (.*))\n"
    cues = []
    for found in re.findall(pattern, text):
        start, end = (
            int(h) * 3600 + int(m) * 60 + int(s) + int(ms) / 1000 for h, m, s, ms in (found[:4], found[4:8])
        )
        cues.append((start, end, found[8] or found[10], found[9] or found[11]))
    return cues


def sound_of(name: str) -> NDArray[np.float64]:
    return np.asarray(sf.read(DEMO / name)[0])


def level(sound: NDArray[np.float64]) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(sound**2)) + 1e-12))


def by_stimulus(name: str, item: str) -> dict[tuple[str, str], dict[str, str]]:
    table: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for row in rows_of(name):
        if row["item"] == item:
            table[row["file"], row["start"]][row["rater"]] = row["value"]
    return table


def majority(name: str) -> dict[tuple[str, str], str]:
    return {
        key: Counter(votes.values()).most_common(1)[0][0] for key, votes in by_stimulus(name, "mood").items()
    }


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARKS))
        return importlib.import_module("make_demo_corpus")


def test_the_description_names_every_file_and_nothing_else() -> None:
    named = {*RECORDINGS, *RATINGS, "songs.csv", "mood.toml", "corpus.toml", "README.md"}
    named |= {RECORDINGS[talk]["transcript"] for talk in TALKS}
    assert {path.name for path in DEMO.iterdir()} == named
    assert DESCRIPTION["license"] == "CC0-1.0"


def test_the_corpus_stays_small() -> None:
    assert sum(path.stat().st_size for path in DEMO.iterdir()) < 3_000_000


def test_there_are_two_shows_in_two_languages_and_three_pieces_by_each_of_four_artists() -> None:
    assert [RECORDINGS[talk]["language"] for talk in TALKS] == ["en", "id"]
    songs = {row["file"]: row for row in rows_of("songs.csv")}
    assert set(songs) == set(MUSIC)
    assert len({row["song"] for row in songs.values()}) == 12
    assert sorted(Counter(row["artist"] for row in songs.values()).values()) == [3, 3, 3, 3]


@pytest.mark.parametrize(
    ("names", "rate", "low", "high"),
    [(TALKS, 16000, 45, 70), (MUSIC, 22050, 12, 15.5)],
    ids=["talk", "music"],
)
def test_recordings_are_mono_of_one_rate_and_short(
    names: list[str], rate: int, low: float, high: float
) -> None:
    for name in names:
        info = sf.info(DEMO / name)
        assert (info.samplerate, info.channels) == (rate, 1)
        assert low <= info.duration <= high


@pytest.mark.parametrize("name", RECORDINGS)
def test_nothing_clips_and_nothing_is_silent(name: str) -> None:
    sound = sound_of(name)
    assert 20 * np.log10(np.abs(sound).max()) < -1
    assert -32 < level(sound) < -15


@pytest.mark.parametrize("talk", TALKS)
def test_transcripts_hold_twenty_sentences_of_four_speakers_in_order(talk: str) -> None:
    cues = cues_of(talk)
    assert len(cues) == 20
    assert len({speaker for _, _, speaker, _ in cues}) == 4
    assert all(end <= start for (_, end, _, _), (start, _, _, _) in pairwise(cues))
    assert all(text for *_, text in cues)
    gaps = [start - end for (_, end, _, _), (start, _, _, _) in pairwise(cues)]
    assert min(gaps) > 0.35
    assert len({round(gap, 2) for gap in gaps}) > 12


@pytest.mark.parametrize("talk", TALKS)
def test_transcript_times_are_where_the_voice_is(talk: str) -> None:
    sound = sound_of(talk)
    spoken = np.zeros(len(sound), dtype=bool)
    for start, end, *_ in cues_of(talk):
        first, last = round(start * 16000), round(end * 16000)
        spoken[first:last] = True
        assert level(sound[first : first + 800]) > -60
        # Voices fade out, and then the echo: by 120 ms after the end only the room is heard.
        assert level(sound[last - 1600 : last]) > -64
        assert level(sound[last + 1920 : last + 4800]) < -68
    assert level(sound[spoken]) - level(sound[~spoken]) > 25


@pytest.mark.parametrize("talk", TALKS)
def test_some_sentences_have_pauses_within(talk: str) -> None:
    sound = sound_of(talk)
    with_pause = 0
    for start, end, *_ in cues_of(talk):
        sentence = sound[round(start * 16000) : round(end * 16000)]
        frames = sentence[: len(sentence) // 160 * 160].reshape(-1, 160)
        quiet = "".join("q" if level(frame) < -60 else "." for frame in frames)
        with_pause += "q" * 15 in quiet
    assert 3 <= with_pause <= 12


@pytest.mark.parametrize("name", RATINGS)
def test_every_rating_is_a_valid_answer_to_its_scheme(name: str) -> None:
    scheme = scheme_of(RATINGS[name]["scheme"])
    answers: dict[tuple[str, str, str], dict[str, str]] = defaultdict(dict)
    for row in rows_of(name):
        answers[row["file"], row["start"], row["rater"]][row["item"]] = row["value"]
    for values in answers.values():
        scheme.check(values)
        assert set(values) == {item.name for item in scheme.items}


@pytest.mark.parametrize("name", RATINGS)
def test_four_raters_answer_nearly_everything_once(name: str) -> None:
    rows = rows_of(name)
    assert list(rows[0]) == ["file", "start", "end", "rater", "item", "value"]
    kind = RATINGS[name]["kind"]
    stimuli = 40 if kind == "talk" else 12
    keys = Counter((row["file"], row["start"], row["rater"], row["item"]) for row in rows)
    assert max(keys.values()) == 1
    per_rater = Counter(rater for _, _, rater in {key[:3] for key in keys})
    assert set(per_rater) == {"anna", "budi", "chiara", "dohyun"}
    assert all(0.8 * stimuli <= n <= stimuli for n in per_rater.values())
    if kind == "music":
        assert {row["file"] for row in rows} == set(MUSIC)
        assert not any(row["start"] or row["end"] for row in rows)


@pytest.mark.parametrize("name", [name for name in RATINGS if RATINGS[name]["kind"] == "talk"])
def test_talk_ratings_stand_at_the_times_of_the_transcript(name: str) -> None:
    rated = {(row["file"], row["start"], row["end"]) for row in rows_of(name)}
    written = {(talk, f"{start:.3f}", f"{end:.3f}") for talk in TALKS for start, end, *_ in cues_of(talk)}
    assert rated == written


@pytest.mark.parametrize("name", ["ratings_talk.csv", "ratings_music.csv"])
@pytest.mark.parametrize("item", ["valence", "arousal"])
def test_raters_agree_but_not_too_well(name: str, item: str) -> None:
    table = by_stimulus(name, item)
    correlations = []
    for a, b in combinations(("anna", "budi", "chiara", "dohyun"), 2):
        pairs = np.array([(float(v[a]), float(v[b])) for v in table.values() if a in v and b in v])
        correlations.append(np.corrcoef(pairs.T)[0, 1])
    assert 0.5 < np.mean(correlations) < 0.9
    assert min(correlations) > 0.3


@pytest.mark.parametrize(
    ("name", "least"), [("ratings_talk_emotion.csv", 6), ("ratings_music_emotion.csv", 3)]
)
def test_all_moods_win_often_enough_to_train_on(name: str, least: int) -> None:
    won = Counter(majority(name).values())
    assert set(won) == {"happy", "tense", "sad", "calm"}
    assert min(won.values()) >= least


def test_sound_carries_the_mood() -> None:
    levels: dict[str, list[float]] = defaultdict(list)
    sounds = {talk: sound_of(talk) for talk in TALKS}
    ends = {(row["file"], row["start"]): row["end"] for row in rows_of("ratings_talk.csv")}
    for (file, start), mood in majority("ratings_talk_emotion.csv").items():
        first, last = round(float(start) * 16000), round(float(ends[file, start]) * 16000)
        levels[mood].append(level(sounds[file][first:last]))
    for (file, _), mood in majority("ratings_music_emotion.csv").items():
        levels[f"music {mood}"].append(level(sound_of(file)))
    medians = {mood: float(np.median(values)) for mood, values in levels.items()}
    assert medians["tense"] > medians["happy"] > medians["calm"] > medians["sad"]
    assert min(medians["music tense"], medians["music happy"]) > max(
        medians["music calm"], medians["music sad"]
    )


def test_ratings_are_what_the_generator_makes_of_the_transcripts(
    generator: ModuleType, tmp_path: Path
) -> None:
    stimuli = [
        generator.Stimulus(f"{show.file}.flac", line.mood, line.strength, start, end)
        for show in generator.SHOWS
        for line, (start, end, *_) in zip(show.lines, cues_of(f"{show.file}.flac"), strict=True)
    ]
    generator.make_ratings(tmp_path, "talk", stimuli, generator.SEED)
    music = [generator.Stimulus(piece.file, piece.mood, piece.strength) for piece in generator.PIECES]
    generator.make_ratings(tmp_path, "music", music, generator.SEED + 1)
    for name in RATINGS:
        assert (tmp_path / name).read_text() == (DEMO / name).read_text()


def test_transcripts_say_what_the_scripts_say(generator: ModuleType) -> None:
    for show in generator.SHOWS:
        said = [(speaker, text) for _, _, speaker, text in cues_of(f"{show.file}.flac")]
        assert said == [(line.speaker, line.written) for line in show.lines]


@pytest.mark.parametrize("number", [0, 3, 8, 11])
def test_music_is_what_the_scores_say(generator: ModuleType, number: int) -> None:
    piece = generator.PIECES[number]
    played = generator.music.play(piece, generator.SEED)
    assert np.corrcoef(played, sound_of(piece.file))[0, 1] > 0.97


def test_a_rewritten_ogg_stream_decodes_as_before(generator: ModuleType, tmp_path: Path) -> None:
    original = DEMO / MUSIC[0]
    renumbered = tmp_path / "other.ogg"
    renumbered.write_bytes(generator.with_serial(original.read_bytes(), 12345))
    assert renumbered.read_bytes() != original.read_bytes()
    np.testing.assert_array_equal(sf.read(renumbered)[0], sf.read(original)[0])
