"""Near-duplicates: copies are found whatever happened to them, and different sounds stay apart."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr

from annotator.audio.source import open_source
from annotator.domain.progress import finish
from annotator.splits.fingerprint import RATE, Fingerprint, fingerprint
from annotator.splits.listen import fingerprint_of, hear
from annotator.splits.matching import correlation, find_matches

SONGS, TAKES = 3, 6


def match(sounds, same=()):
    return finish(find_matches([fingerprint(sound) for sound in sounds], sounds.__getitem__, same=same))


def with_copies(originals, rate, perturb):
    """All originals, then their copies; and for each: number of the original and what was done to it."""
    sounds = [soxr.resample(sound, rate, RATE) for sound in originals]
    made = [(number, "original") for number in range(len(originals))]
    for number, sound in enumerate(originals):
        for name, (copy, copy_rate) in perturb(sound, rate, seed=number).items():
            sounds.append(soxr.resample(copy, copy_rate, RATE))
            made.append((number, name))
    return sounds, made


def found_and_false(sounds, made, related=frozenset()):
    """How many copies of each kind are linked to their original, and the links between different sounds."""
    found, false = Counter(), []
    for hit in match(sounds):
        (one, kind), (other, done) = made[hit.a], made[hit.b]
        if one == other or (one, other) in related or (other, one) in related:
            found[done] += one == other and kind == "original"
        else:
            false.append((made[hit.a], made[hit.b], hit.score))
    return found, false


def test_copies_of_music_are_found_and_nothing_else(make_music, perturb) -> None:
    sounds, made = with_copies([make_music(seed, 10) for seed in range(SONGS)], 16000, perturb)
    found, false = found_and_false(sounds, made)
    assert false == []
    assert found == dict.fromkeys(("mp3", "gain", "excerpt", "8 kHz", "noise", "tempo"), SONGS)


def test_copies_of_speech_are_found_and_nothing_else(make_speech, perturb) -> None:
    sounds, made = with_copies([make_speech(seed, 3) for seed in range(TAKES)], 16000, perturb)
    found, false = found_and_false(sounds, made)
    assert false == []
    assert {kind: found[kind] for kind in ("mp3", "gain", "excerpt", "8 kHz", "noise")} == dict.fromkeys(
        ("mp3", "gain", "excerpt", "8 kHz", "noise"), TAKES
    )


def test_overlapping_windows_of_one_recording_are_found_where_they_overlap(make_speech) -> None:
    talk = soxr.resample(make_speech(7, 9), 16000, RATE)
    windows = [talk[: 3 * RATE], talk[round(2.013 * RATE) : 5 * RATE], talk[6 * RATE :]]
    [hit] = match(windows)
    assert (hit.a, hit.b) == (0, 1)
    assert hit.score > 0.95
    assert hit.start_a - hit.start_b == pytest.approx(2.013, abs=0.001)
    assert (hit.start_a, hit.end_a) == (pytest.approx(2.013, abs=0.15), pytest.approx(3.0, abs=0.15))


def test_music_played_faster_and_higher_is_found(make_music) -> None:
    song = soxr.resample(make_music(1, 20), 16000, RATE)
    [hit] = match([song, soxr.resample(song, 1.02, 1)])
    assert hit.tempo == pytest.approx(1 / 1.02, abs=0.006)


@pytest.mark.parametrize("speed", [0.98, 1.02])
def test_speech_at_another_speed_is_found(make_speech, speed) -> None:
    takes = [soxr.resample(make_speech(seed, 3), 16000, RATE) for seed in range(3)]
    hits = match([*takes, *(soxr.resample(take, speed * RATE, RATE) for take in takes)])
    assert [(hit.a, hit.b) for hit in hits] == [(0, 3), (1, 4), (2, 5)]
    for hit in hits:
        assert hit.tempo == pytest.approx(1 / speed, abs=0.003)
        assert hit.pitch == pytest.approx(speed, abs=0.003)
        assert hit.start_a == pytest.approx(hit.start_b * speed, abs=0.05)


def test_identical_sounds_need_no_match_and_silence_matches_nothing(make_music) -> None:
    song = soxr.resample(make_music(2, 8), 16000, RATE)
    assert match([song, song], same=["h", "h"]) == []
    silence = np.zeros(5 * RATE, np.float32)
    assert match([silence, silence[: 2 * RATE], np.zeros(0, np.float32), song]) == []
    assert match([]) == []


def test_a_long_recording_has_the_same_peaks_at_once_and_in_pieces(make_music) -> None:
    song = soxr.resample(make_music(3, 40), 16000, RATE)
    whole, later = fingerprint(song), fingerprint(song[4 * 64 * 64 :])
    inside = whole.times >= 300
    kept = {(int(t), round(float(b))) for t, b in zip(whole.times[inside], whole.bins[inside], strict=True)}
    moved = {(int(t) + 256, round(float(b))) for t, b in zip(later.times, later.bins, strict=True)}
    assert len(kept & moved) > 0.9 * len(kept)


def test_correlation_finds_the_exact_offset() -> None:
    noise = np.random.default_rng(0).normal(size=4 * RATE).astype(np.float32)
    alike, lag = correlation(noise, noise[RATE:], 1.0, 4.0, -0.9)
    assert alike == pytest.approx(1, abs=1e-3)
    assert -0.9 + lag == pytest.approx(-1.0)


def test_a_fingerprint_is_kept_and_a_damaged_one_is_made_again(tmp_path: Path, make_music) -> None:
    soundfile.write(tmp_path / "song.wav", make_music(4, 3), 16000)
    first = fingerprint_of(tmp_path / "song.wav", "hash", tmp_path / "cache")
    [kept] = (tmp_path / "cache").rglob("*.npz")
    stamp = kept.stat().st_mtime_ns
    second = fingerprint_of(tmp_path / "song.wav", "hash", tmp_path / "cache")
    assert kept.stat().st_mtime_ns == stamp
    kept.write_bytes(b"PK broken")
    third = fingerprint_of(tmp_path / "song.wav", "hash", tmp_path / "cache")
    for other in (second, third):
        assert np.array_equal(first.times, other.times)
        assert np.array_equal(first.bins, other.bins)


def songs(real_data: Path) -> list[Path]:
    return sorted((real_data / "emotify" / "audio").glob("*/*.mp3"))


def clips(real_data: Path) -> list[Path]:
    return sorted((real_data / "urdu_talkshows").glob("*/*.wav"))


OVERLAPPING = {
    ("Angry SM2_F2_A024", "Angry SM2_F3_A025"),
    ("Happy SF6_F10_H034", "Happy SF6_F5_H029"),
    ("Happy SM6_F8_H070", "Happy SM6_F9_H071"),
}
REPEATED = {("rock 70", "rock 76"), ("rock 72", "rock 75"), ("classical 54", "classical 80")}


def real_matches(files: list[Path]) -> set[tuple[str, str]]:
    prints: list[Fingerprint] = [fingerprint_of(file, "", None) for file in files]
    hits = finish(find_matches(prints, lambda number: hear(files[number], None)))
    names = [f"{file.parent.name} {file.stem}" for file in files]
    return {(names[hit.a], names[hit.b]) for hit in hits}


@pytest.mark.real_data
def test_the_repeated_songs_of_emotify_are_found_and_no_other(real_data: Path) -> None:
    assert real_matches(songs(real_data)) == REPEATED


@pytest.mark.real_data
def test_the_talk_shows_hold_overlapping_windows(real_data: Path) -> None:
    assert real_matches(clips(real_data)) == OVERLAPPING


def recall_of_real_copies(
    files: list[Path], known: set[tuple[str, str]], perturb, seconds: int = 20
) -> float:
    """Share of the perturbed copies of real files that are found; asserts that nothing else is linked."""
    originals = []
    for file in files:
        with open_source(file) as source:
            rate = source.sample_rate
            originals.append(source.mono(0, min(source.samples, seconds * rate)))
    names = [f"{file.parent.name} {file.stem}" for file in files]
    related = {(names.index(a), names.index(b)) for a, b in known if a in names and b in names}
    found, false = found_and_false(*with_copies(originals, rate, perturb), related)
    assert false == []
    return sum(found.values()) / (6 * len(files))


@pytest.mark.real_data
def test_copies_of_real_songs_and_clips_are_found(real_data: Path, perturb) -> None:
    assert recall_of_real_copies(songs(real_data)[::6], REPEATED, perturb) >= 0.95
    assert recall_of_real_copies(clips(real_data)[::12], OVERLAPPING, perturb) >= 0.95


@pytest.mark.real_data
@pytest.mark.slow
def test_copies_of_all_real_songs_and_clips_are_found(real_data: Path, perturb) -> None:
    assert recall_of_real_copies(songs(real_data), REPEATED, perturb, 30) >= 0.95
    assert recall_of_real_copies(clips(real_data), OVERLAPPING, perturb) >= 0.95


@pytest.mark.real_data
@pytest.mark.parametrize("speed", [0.98, 1.02])
def test_real_clips_at_another_speed_are_found(real_data: Path, speed) -> None:
    takes = [hear(file, None) for file in clips(real_data)[::12]]
    hits = match([*takes, *(soxr.resample(take, speed * RATE, RATE) for take in takes)])
    found = [hit for hit in hits if hit.b == hit.a + len(takes)]
    assert len(found) == len(hits)
    assert len(found) >= 0.9 * len(takes)
    assert all(hit.tempo == pytest.approx(1 / speed, abs=0.003) for hit in found)
