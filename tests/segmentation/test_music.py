"""Windows, beats and structure on sound whose beats and parts are known, because it is made here."""

from collections.abc import Callable
from dataclasses import replace
from itertools import cycle, islice, pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from annotator.audio.source import AudioSource, open_source
from annotator.domain.errors import UsageError
from annotator.domain.progress import finish
from annotator.segmentation.methods import METHODS
from annotator.segmentation.windows import Windows, windows

Store = Callable[..., AudioSource]
RATE = 22050
FIXED, BEATS, STRUCTURE = (METHODS[name] for name in ("fixed", "beats", "structure"))


def seconds(spans: list[tuple[int, int]], rate: int = RATE) -> list[tuple[float, float]]:
    return [(start / rate, end / rate) for start, end in spans]


def pulse(
    tempo: float, meter: int, length: float, *, start: float = 0.4, seed: int = 0
) -> NDArray[np.float32]:
    """A bass drum on the first beat of each bar, clicks on the others, soft off-beats, a little noise."""
    rng = np.random.default_rng(seed)
    sound = rng.normal(0, 0.002, round(length * RATE))
    time = np.arange(round(0.1 * RATE)) / RATE
    drum = np.sin(2 * np.pi * 80 * time) * np.exp(-30 * time)
    click = rng.normal(0, 1, len(time)) * np.exp(-80 * time)
    period = 60 / tempo
    for half in range(int(2 * (length - start - 0.2) / period)):
        at = round((start + half * period / 2) * RATE)
        beat, off = divmod(half, 2)
        strike = 0.05 * click if off else (0.8 * drum + 0.2 * click if beat % meter == 0 else 0.3 * click)
        sound[at : at + len(time)] += strike
    return sound.astype(np.float32)


def passage(chord: tuple[float, ...], length: float, overtones: int) -> NDArray[np.float64]:
    """Half-second notes up and down a chord; overtones make its timbre."""
    time = np.arange(RATE // 2) / RATE
    notes = []
    for pitch in islice(cycle([*chord, chord[1]]), round(2 * length)):
        tone = sum(np.sin(2 * np.pi * pitch * k * time) / k for k in range(1, overtones + 1))
        notes.append(tone * np.exp(-4 * time))
    return np.concatenate(notes) * 0.2


@given(
    samples=st.integers(0, 3000),
    length=st.integers(1, 400),
    hop=st.integers(0, 500),
    rest=st.sampled_from(["keep", "drop"]),
)
def test_windows_tile_the_recording(samples: int, length: int, hop: int, rest: str) -> None:
    options = Windows(length=length / 10, hop=hop / 10, rest=rest)  # type: ignore[arg-type]
    found = windows(samples, 10, options)
    whole = [span for span in found if span[1] - span[0] == length]
    assert [start for start, _ in found] == [number * (hop or length) for number in range(len(found))]
    assert all(0 <= start < end <= samples for start, end in found)
    assert len(found) - len(whole) <= (rest == "keep")
    following = len(whole) * (hop or length)
    assert following + length > samples
    if rest == "keep" and (hop or length) <= length and samples:
        assert found[-1][1] == samples


def test_windows_do_not_drift_at_odd_rates() -> None:
    found = windows(44100 * 3600, 44100, Windows(length=1 / 3))
    assert found[-1][0] == round((len(found) - 1) / 3 * 44100)


def test_fixed_windows_of_a_recording(store: Store) -> None:
    with store(np.zeros(10 * RATE, np.float32), RATE) as source:
        assert seconds(finish(FIXED.run(source, Windows(length=3, rest="keep"), None))) == [
            (0, 3), (3, 6), (6, 9), (9, 10),
        ]  # fmt: skip
        assert finish(FIXED.run(source, Windows(length=11), None)) == []


@pytest.mark.parametrize(
    ("method", "wrong"),
    [
        ("fixed", {"length": 0}),
        ("fixed", {"hop": -1}),
        ("fixed", {"rest": "maybe"}),
        ("beats", {"bars": -1}),
        ("structure", {"level": "verse"}),
    ],
)
def test_wrong_options_are_named(method: str, wrong: dict[str, object]) -> None:
    with pytest.raises(UsageError, match=next(iter(wrong))):
        replace(METHODS[method].defaults, **wrong)


@pytest.mark.parametrize("tempo", [72, 97, 120, 151])
@pytest.mark.parametrize("meter", [3, 4])
def test_bars_begin_where_the_drum_beats(store: Store, tempo: float, meter: int) -> None:
    with store(pulse(tempo, meter, 30), RATE) as source:
        found = seconds(finish(BEATS.run(source, BEATS.defaults, None)))
    bar = meter * 60 / tempo
    assert len(found) >= 0.8 * (30 / bar - 2)
    for start, end in found:
        assert abs((start - 0.4) / bar - round((start - 0.4) / bar)) * bar < 0.03
        assert end - start == pytest.approx(bar, abs=0.03)


def test_every_beat_and_the_rest(store: Store) -> None:
    options = replace(BEATS.defaults, bars=0)
    with store(pulse(120, 4, 20), RATE) as source:
        beats = seconds(finish(BEATS.run(source, options, None)))
        kept = finish(BEATS.run(source, replace(options, rest="keep"), None))
    assert np.median([end - start for start, end in beats]) == pytest.approx(0.5, abs=0.02)
    assert all(abs(2 * (start - 0.4) - round(2 * (start - 0.4))) < 0.06 for start, _ in beats)
    assert (kept[0][0], kept[-1][1]) == (0, 20 * RATE)
    assert all(one[1] == other[0] for one, other in pairwise(kept))


@pytest.mark.parametrize("sound", [np.zeros(10 * RATE), np.full(10 * RATE, 0.5), np.zeros(100)])
def test_nothing_beats_in_silence(store: Store, sound: NDArray[np.float64]) -> None:
    with store(sound.astype(np.float32), RATE) as source:
        assert finish(BEATS.run(source, BEATS.defaults, None)) == []
        assert finish(STRUCTURE.run(source, STRUCTURE.defaults, None)) == [(0, len(sound))]


def test_sections_change_where_chord_and_timbre_change(store: Store) -> None:
    first, second = (220.0, 277.2, 329.6), (196.0, 233.1, 293.7)
    lengths = (20, 16, 24)
    parts = [
        passage(first, lengths[0], 2), passage(second, lengths[1], 9), passage(first, lengths[2], 2),
    ]  # fmt: skip
    with store(np.concatenate(parts).astype(np.float32), RATE) as source:
        found = seconds(finish(STRUCTURE.run(source, STRUCTURE.defaults, None)))
        phrases = finish(STRUCTURE.run(source, replace(STRUCTURE.defaults, level="phrase"), None))
    assert [start for start, _ in found] == pytest.approx([0, 20, 36], abs=0.5)
    assert found[-1][1] == 60
    assert len(phrases) >= len(found)


@pytest.mark.real_data
def test_real_songs_have_bars_and_sections(real_data: Path) -> None:
    songs = [*sorted((real_data / "librosa_clips").glob("*[bB]ass.ogg"))]
    songs += sorted((real_data / "emotify" / "audio").rglob("*.mp3"))[::8]
    for song in songs:
        with open_source(song) as source:
            rate, samples = source.sample_rate, source.samples
            bars = finish(BEATS.run(source, replace(BEATS.defaults, rest="keep"), None))
            sections = finish(STRUCTURE.run(source, STRUCTURE.defaults, None))
        assert 0.8 < np.median([end - start for start, end in bars]) / rate < 6
        for spans in (bars, sections):
            assert (spans[0][0], spans[-1][1]) == (0, samples)
            assert all(one[1] == other[0] for one, other in pairwise(spans))
        assert 1 <= len(sections) <= 9
