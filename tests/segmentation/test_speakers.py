"""Segments are put together by voice: names that are known stay and spread, the others get letters."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.signal import lfilter

from annotator.audio.source import AudioSource
from annotator.domain.errors import UsageError
from annotator.domain.progress import finish
from annotator.segmentation.speakers import MOST, group_voices
from annotator.segmentation.voices import listen, timbre, vectors

RATE = 16000
Floats = NDArray[np.float64]


def crowd(sizes: list[int], *, apart: float = 6.0, seed: int = 0) -> tuple[Floats, list[int]]:
    """Points around as many centres as there are sizes, mixed; and whose they are."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(0, apart, (len(sizes), 8))
    owners = rng.permutation(np.repeat(np.arange(len(sizes)), sizes))
    return centres[owners] + rng.normal(0, 1, (len(owners), 8)), owners.tolist()


def same_partition(names: tuple[str, ...], owners: list[int]) -> bool:
    return len(set(zip(names, owners, strict=True))) == len(set(names)) == len(set(owners))


@pytest.mark.parametrize("sizes", [[12, 9], [10, 10, 10, 10], [20, 8, 9, 15]])
def test_the_number_of_voices_is_found(sizes: list[int]) -> None:
    points, owners = crowd(sizes)
    found = group_voices(points, np.full(len(points), 2.0))
    assert same_partition(found.names, owners)
    assert found.separation is not None
    assert found.separation > 0.5
    assert list(dict.fromkeys(found.names)) == ["A", "B", "C", "D"][: len(sizes)]


def test_one_voice_is_one_speaker() -> None:
    points, _ = crowd([30])
    found = group_voices(points, np.full(30, 2.0))
    assert set(found.names) == {"A"}
    assert found.separation is None


def test_names_spread_to_their_voice_and_letters_keep_clear_of_them() -> None:
    points, owners = crowd([10, 10, 10])
    named = [""] * 30
    named[owners.index(1)] = "Anna"
    named[owners.index(2)] = "A"
    found = group_voices(points, np.full(30, 2.0), speakers=3, named=named)
    assert same_partition(found.names, owners)
    assert {found.names[i] for i, owner in enumerate(owners) if owner == 1} == {"Anna"}
    assert {found.names[i] for i, owner in enumerate(owners) if owner == 2} == {"A"}
    assert {found.names[i] for i, owner in enumerate(owners) if owner == 0} == {"B"}


def test_two_who_sound_alike_are_kept_apart_by_their_names() -> None:
    points = np.linspace(0, 1, 20)[:, None]
    named = ["Ada", *[""] * 18, "Ben"]
    found = group_voices(points, np.full(20, 2.0), speakers=2, named=named)
    assert found.names == ("Ada",) * 10 + ("Ben",) * 10


def test_short_segments_shape_nothing_and_find_their_voice() -> None:
    points, owners = crowd([10, 10])
    stray = np.full((1, 8), 100.0)
    everyone = np.concatenate((points, stray))
    found = group_voices(everyone, np.array([2.0] * 20 + [0.1]), speakers=2)
    assert same_partition(found.names[:20], owners)


@given(
    st.lists(st.sampled_from(["", "", "Ada", "Ben"]), min_size=1, max_size=25),
    st.integers(1, 6),
    st.integers(0, 9),
)
def test_given_names_stay_and_everybody_gets_one(named: list[str], speakers: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    points, seconds = rng.normal(0, 1, (len(named), 3)), rng.uniform(0.1, 4, len(named))
    if speakers > len(named) or speakers < len({name for name in named if name}):
        with pytest.raises(UsageError):
            group_voices(points, seconds, speakers=speakers, named=named)
        return
    found = group_voices(points, seconds, speakers=speakers, named=named)
    assert all(name == given for name, given in zip(found.names, named, strict=True) if given)
    assert all(found.names)
    assert len(set(found.names)) <= speakers
    assert len(set(group_voices(points, seconds, named=named).names)) <= max(MOST, 2)


def _voice(formants: tuple[int, int, int], pitch: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """Two seconds of vowels that glide around a speaker's own formants."""
    parts = []
    for _ in range(10):
        n = RATE // 5
        sound = (
            np.diff(np.floor(np.arange(n) * pitch * rng.uniform(0.95, 1.05) / RATE), prepend=0) > 0
        ) * 1.0
        for formant in formants:
            centre = formant * rng.uniform(0.85, 1.15)
            sound = lfilter([0.05], [1, -1.9 * np.cos(2 * np.pi * centre / RATE), 0.9025], sound)
        parts.append(sound / np.abs(sound).max() + rng.normal(0, 0.003, n))
    return (0.3 * np.concatenate(parts)).astype(np.float32)


def test_vocal_tracts_of_different_length_are_told_apart(store: Callable[..., AudioSource]) -> None:
    rng = np.random.default_rng(1)
    tracts = {"long": ((500, 1300, 2300), 110.0), "short": ((700, 1900, 3300), 210.0)}
    owners = [0, 1, 0, 0, 1, 1, 0, 1]
    sounds = [_voice(*list(tracts.values())[owner], rng) for owner in owners]
    edges = np.concatenate(([0], np.cumsum([len(sound) for sound in sounds]))).tolist()
    source = store(np.concatenate(sounds), RATE)
    heard = finish(listen(source, list(pairwise(edges))))
    found = group_voices(vectors([one for one in heard if one is not None]), np.full(8, 2.0), speakers=2)
    assert same_partition(found.names, owners)


@pytest.mark.parametrize("sound", [np.zeros(0), np.zeros(RATE), np.full(40, 0.5)])
def test_silence_and_clicks_have_no_timbre(sound: NDArray[np.float64]) -> None:
    assert timbre(sound.astype(np.float32)) is None
