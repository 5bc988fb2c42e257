"""speech-162 and the sets with short frames equal librosa's; short-term-136 equals pyAudioAnalysis."""

import json
import warnings
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from annotator.features import narrow, short_term, speech162
from annotator.features.sets import FEATURE_SETS

N = np.arange(20000)


def noise(samples: int) -> NDArray[np.float64]:
    return np.random.default_rng(samples).standard_normal(samples) * 0.1


def voice() -> NDArray[np.float64]:
    seconds = np.arange(40000) / 22050
    pitch = np.cumsum(120 + 40 * np.sin(4 * seconds)) / 22050
    return 0.1 * sum(np.sin(2 * np.pi * n * pitch) / n for n in range(1, 20)) + 0.002 * noise(40000)


SIGNALS = {
    "white noise": noise(66150),
    "a voice": voice(),
    "a detuned tone": 0.5 * np.sin(2 * np.pi * 452 / 22050 * N),
    "silence": np.zeros(30000),
    "one click": np.eye(1, 9000, 4321)[0],
    "a burst between digital silence": np.concatenate([np.zeros(20000), noise(3000), np.zeros(20000)]),
    "shorter than a frame": noise(700),
}


def assert_equal(ours: NDArray[np.float64], theirs: NDArray[np.floating], columns: tuple[str, ...]) -> None:
    """To 1e-5 relative; MFCC, whose means may come near zero, to 2e-5 dB as well."""
    absolute = np.array([2e-5 if "mfcc" in name else 1e-9 for name in columns])
    off = np.abs(ours - theirs) > 1e-5 * np.abs(theirs) + absolute
    assert not off.any(), [(columns[i], ours[i], theirs[i]) for i in np.flatnonzero(off)]


@pytest.mark.parametrize("name", SIGNALS)
def test_speech_162_equals_librosas_calls(name: str) -> None:
    feature = pytest.importorskip("librosa").feature
    y = SIGNALS[name].astype(np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # clips shorter than a frame, no tones to tune to
        frames = [
            feature.zero_crossing_rate(y),
            feature.chroma_stft(y=y),
            feature.mfcc(y=y),
            feature.rms(y=y),
            feature.melspectrogram(y=y),
        ]
    theirs = np.concatenate([rows.mean(axis=1, dtype=np.float64) for rows in frames])
    assert_equal(speech162.compute(y), theirs, speech162.COLUMNS)


@pytest.mark.parametrize("name", SIGNALS)
def test_sets_of_short_frames_equal_librosas_calls(name: str) -> None:
    librosa = pytest.importorskip("librosa")
    y = SIGNALS[name].astype(np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # mel filters narrower than a bin
        theirs = {
            "spectrogram": np.abs(librosa.stft(y, n_fft=512)),
            "mel": librosa.feature.melspectrogram(y=y, n_fft=512),
            "mfcc": librosa.feature.mfcc(y=y, n_fft=512),
        }
    for set_name, frames in theirs.items():
        chosen = FEATURE_SETS[set_name]
        assert_equal(chosen.compute(y), frames.mean(axis=1, dtype=np.float64), chosen.columns)
    assert narrow.SAMPLE_RATE == 22050


REFERENCE_SIGNALS = {
    "chirp": np.sin(2 * np.pi * (100 * N / 22050 + 2000 * (N / 22050) ** 2)) * (0.2 + 0.1 * np.cos(N / 900)),
    "noise": ((N.astype(np.int64) * N * 7919 + N * 104729) % 65521) / 65521 - 0.5,
    "gaps": np.where((N // 3000) % 2 == 1, 0.3 * np.sin(N / 9.0) + 0.1 * np.sin(N / 3.1), 0.0),
}


@pytest.mark.parametrize("name", REFERENCE_SIGNALS)
def test_short_term_136_equals_the_values_of_pyaudioanalysis(name: str) -> None:
    # Means, then standard deviations, of `feature_extraction(signal, 22050, 1102, 551)` of version 0.3.14.
    expected = json.loads(Path(__file__).with_name("short_term_136.json").read_text())[name]
    ours = short_term.compute(REFERENCE_SIGNALS[name].astype(np.float32))
    np.testing.assert_allclose(ours, expected, rtol=1e-8, atol=1e-11)


def test_short_term_values_do_not_depend_on_level_or_offset() -> None:
    chirp = REFERENCE_SIGNALS["chirp"]
    plain, moved = (short_term.compute(y.astype(np.float32)) for y in (chirp, 0.25 * chirp + 0.5))
    np.testing.assert_allclose(moved, plain, rtol=1e-3, atol=1e-3)


def test_a_long_clip_is_described_as_its_frames_are(monkeypatch: pytest.MonkeyPatch) -> None:
    y = voice().astype(np.float32)
    kept = speech162.compute(y)
    monkeypatch.setattr("annotator.features.sound._KEPT_FRAMES", 10)
    assert (speech162.compute(y) == kept).all()
