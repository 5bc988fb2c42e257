"""Silence finds what sounds, at any level and rate, and nothing where nothing does."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.signal import lfilter

from annotator.audio.source import AudioSource
from annotator.domain.progress import finish
from annotator.segmentation.boundaries import boundary_scores
from annotator.segmentation.methods import METHODS

Store = Callable[..., AudioSource]
SILENCE = METHODS["silence"]


def found(source: AudioSource, **options: float) -> list[tuple[int, int]]:
    with source:
        return finish(SILENCE.run(source, replace(SILENCE.defaults, **options), None))


@pytest.mark.parametrize("gain", [1.0, 4.0, 0.01])
def test_clean_speech_within_20_ms_at_any_level(speech: Any, store: Store, gain: float) -> None:
    spans = found(store(speech.sound * np.float32(gain)))
    assert boundary_scores(speech.spans, spans, tolerance=0.02 * speech.rate).f == 1


def test_speech_over_a_steady_hiss(speech: Any, store: Store) -> None:
    noise = np.random.default_rng(1).standard_normal(len(speech.sound))
    spans = found(store(speech.mixed(noise, 15)))
    assert boundary_scores(speech.spans, spans, tolerance=0.1 * speech.rate).f > 0.95


@pytest.mark.parametrize("rate", [8000, 22050, 44100])
def test_any_rate_and_several_channels(make_speech: Callable[..., Any], store: Store, rate: int) -> None:
    speech = make_speech(3, rate=rate)
    stereo = np.stack([speech.sound, speech.sound * 0.5], axis=1)
    assert boundary_scores(speech.spans, found(store(stereo, rate)), tolerance=0.03 * rate).f == 1


def test_an_offset_of_the_recorder_is_no_sound(speech: Any, store: Store) -> None:
    spans = found(store(speech.sound + np.float32(0.1)))
    assert boundary_scores(speech.spans, spans, tolerance=0.03 * speech.rate).f == 1


def test_loud_noise_elsewhere_does_not_hide_quiet_room(speech: Any, store: Store) -> None:
    """Minutes of faint room noise after the speech are silence, although they are all there is for a long time."""
    room = np.random.default_rng(2).normal(0, 10 ** (-60 / 20), 180 * speech.rate).astype(np.float32)
    sound = np.concatenate([speech.sound, np.zeros_like(room)])
    sound[: len(room)] += room
    sound[len(speech.sound) :] += room
    spans = found(store(sound))
    assert boundary_scores(speech.spans, spans, tolerance=0.1 * speech.rate).f > 0.95


@pytest.mark.parametrize("noise", [0.0, 1 / 65536])
def test_a_silent_file_has_no_segments(store: Store, noise: float) -> None:
    hush = np.random.default_rng(3).uniform(-noise, noise, 16000 * 12).astype(np.float32)
    assert found(store(hush)) == []


def test_steady_sound_is_one_segment(store: Store) -> None:
    noise = np.random.default_rng(4).normal(0, 0.1, 16000 * 30).astype(np.float32)
    assert found(store(noise)) == [(0, len(noise))]


def test_pieces_of_music_with_breaks(store: Store) -> None:
    rate = 16000
    rng = np.random.default_rng(5)
    beat = lfilter([1], [1, -0.9996], rng.random(rate * 20) < 4 / rate)[
        :, None
    ]  # plucked four times a second
    tones = np.sin(2 * np.pi * np.outer(np.arange(rate * 20) / rate, [220, 277, 330, 440]))
    piece = ((0.2 + beat.clip(0, 1)) * tones).mean(axis=1) * 0.2
    rest = np.zeros(round(1.5 * rate))
    music = np.concatenate([rest, piece, rest, piece, rest]) + rng.normal(
        0, 1e-4, 2 * len(piece) + 3 * len(rest)
    )
    pieces = [(len(rest), len(rest) + len(piece)), (2 * len(rest) + len(piece), 2 * (len(rest) + len(piece)))]
    spans = found(store(music.astype(np.float32), rate), min_pause=1)
    assert boundary_scores(pieces, spans, tolerance=0.1 * rate).f == 1


def test_an_empty_recording_has_no_segments(store: Store) -> None:
    class Empty:
        path, samples, sample_rate, channels = store(np.zeros(9, np.float32)).path, 0, 16000, 1

        def mono(self, *_: int) -> np.ndarray:
            return np.empty(0, dtype=np.float32)

    for method in map(METHODS.__getitem__, METHODS.names()):
        assert finish(method.run(Empty(), method.defaults, None)) == []  # type: ignore[arg-type]
