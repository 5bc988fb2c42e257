"""music-17 and prosody say what a listener would say of sounds that are known."""

import numpy as np
import pytest
from numpy.typing import NDArray

from annotator.features import music, prosody


def tones(*hertz: float, seconds: float = 3.0, rate: int = 22050) -> NDArray[np.float32]:
    time = np.arange(int(seconds * rate)) / rate
    return (sum(np.sin(2 * np.pi * f * time) for f in hertz) * 0.2).astype(np.float32)


def of_music(signal: NDArray[np.float32]) -> dict[str, float]:
    return dict(zip(music.COLUMNS, music.compute(signal).tolist(), strict=True))


def of_speech(signal: NDArray[np.floating]) -> dict[str, float]:
    return dict(zip(prosody.COLUMNS, prosody.compute(signal.astype(np.float32)).tolist(), strict=True))


@pytest.mark.parametrize("bpm", [60, 90, 120, 150])
def test_the_tempo_of_clicks_is_found(bpm: int) -> None:
    clicks = np.zeros(12 * 22050, dtype=np.float32)
    for beat in range(12 * bpm // 60):
        clicks[int(beat * 60 / bpm * 22050) :][:400] = np.hanning(400)
    values = of_music(clicks)
    assert values["tempo"] == pytest.approx(bpm, rel=0.03)
    assert values["pulse_clarity"] > 0.5


def test_steady_sound_and_silence_have_no_pulse() -> None:
    assert of_music(np.zeros(66150, dtype=np.float32))["pulse_clarity"] == 0
    clicks = np.random.default_rng(0).standard_normal(66150).astype(np.float32) * np.float32(0.1)
    assert of_music(clicks)["pulse_clarity"] < 0.5


def test_major_and_minor_keys_are_told_apart() -> None:
    # Tonic, subdominant, dominant, tonic: a single chord belongs to keys of both kinds.
    dominant = tones(392.0, 493.88, 587.33)
    major = [tones(261.63, 329.63, 392.0), tones(349.23, 440.0, 523.25), dominant]
    minor = [tones(261.63, 311.13, 392.0), tones(349.23, 415.3, 523.25), dominant]
    assert of_music(np.concatenate([*major, major[0]]))["mode"] > 0.02
    assert of_music(np.concatenate([*minor, minor[0]]))["mode"] < -0.02


def test_a_semitone_is_rougher_than_a_fifth() -> None:
    assert of_music(tones(440, 466.2))["roughness"] > 5 * of_music(tones(440, 660))["roughness"]


def test_timbre_follows_frequency() -> None:
    low, high = of_music(tones(300)), of_music(tones(5000))
    assert low["centroid"] < 600 < 4000 < high["centroid"]
    assert (low["brightness"], high["brightness"]) == pytest.approx((0, 1), abs=0.02)
    assert high["rolloff"] == pytest.approx(5000, abs=30)
    noise = np.random.default_rng(0).standard_normal(66150).astype(np.float32)
    assert of_music(noise)["flatness"] > 0.4 > 0.05 > low["flatness"]
    assert of_music(noise)["entropy"] > 0.9
    assert of_music(noise)["spread"] == pytest.approx(11025 / np.sqrt(12), rel=0.05)


def test_tones_that_change_move_the_tonal_centre() -> None:
    steady = tones(440, seconds=4)
    changing = np.concatenate([tones(f, seconds=0.5) for f in (262, 370, 294, 415, 330, 466, 349, 494)])
    assert of_music(changing)["tonal_change"] > 3 * of_music(steady)["tonal_change"]


def voice(
    pitch: float, *, jitter: float = 0.0, shimmer: float = 0.0, noise: float = 0.0
) -> NDArray[np.float64]:
    """Two seconds of damped pulses whose periods and heights vary at random."""
    rng = np.random.default_rng(1)
    signal = np.zeros(32000)
    shape = np.exp(-np.arange(60) / 12) * np.cos(np.arange(60) / 4)
    place = 100.0
    while place < 31800:
        first = int(place)
        share = place - first
        height = 0.3 * (1 + shimmer * rng.standard_normal())
        signal[first : first + 60] += height * (1 - share) * shape
        signal[first + 1 : first + 61] += height * share * shape
        place += 16000 / pitch * (1 + jitter * rng.standard_normal())
    return signal + noise * rng.standard_normal(32000)


@pytest.mark.parametrize("pitch", [85, 120, 210, 330, 450])
def test_pitch_is_found_within_a_quarter_tone(pitch: int) -> None:
    values = of_speech(voice(pitch, noise=0.002))
    assert values["f0_p50"] == pytest.approx(12 * np.log2(pitch / 27.5), abs=0.5)
    assert values["voiced_share"] > 0.9


def test_jitter_shimmer_and_noise_are_told_from_one_another() -> None:
    # A period of exactly 128 samples.
    clean = of_speech(voice(125))
    assert clean["jitter"] < 0.001 > clean["shimmer"]
    assert of_speech(voice(125, jitter=0.02))["jitter"] > 0.01
    # Heights with independent deviations s differ by 2 s / sqrt(pi) on average.
    shimmer = 0.1 * 2 / np.sqrt(np.pi) * 20 / np.log(10)
    assert of_speech(voice(125, shimmer=0.1))["shimmer"] == pytest.approx(shimmer, rel=0.3)
    assert of_speech(voice(125, noise=0.02))["hnr_mean"] < clean["hnr_mean"] - 5


def test_jitter_is_that_of_the_periods() -> None:
    # Consecutive periods with independent deviations s differ by 2 s / sqrt(pi) on average.
    assert of_speech(voice(120, jitter=0.015))["jitter"] == pytest.approx(0.015 * 2 / np.sqrt(np.pi), rel=0.3)


def test_rising_and_falling_pitch() -> None:
    time = np.arange(32000) / 16000
    glide = np.sin(2 * np.pi * np.cumsum(150 * 2 ** (time / 2)) / 16000) * 0.3
    rising, falling = of_speech(glide), of_speech(glide[::-1])
    assert rising["f0_rising_slope"] == pytest.approx(6, abs=1)
    assert falling["f0_falling_slope"] == pytest.approx(-6, abs=1)


def test_stretches_of_voice_are_counted() -> None:
    speech = voice(150) * (np.arange(32000) // 4000 % 2 == 0)
    values = of_speech(speech)
    assert values["voiced_per_second"] == pytest.approx(2)
    assert values["voiced_length_mean"] == pytest.approx(0.25, abs=0.05)
    assert values["unvoiced_length_mean"] == pytest.approx(0.25, abs=0.05)
    assert values["peaks_per_second"] == pytest.approx(2, abs=0.6)


def test_noise_and_silence_have_no_voice() -> None:
    for signal in (np.zeros(16000), np.random.default_rng(0).standard_normal(16000) * 0.1):
        values = of_speech(signal)
        assert values["voiced_share"] < 0.05
        assert values["jitter"] == 0


def test_intensity_is_the_level_in_decibels() -> None:
    assert of_speech(np.full(16000, 0.1))["intensity_p50"] == pytest.approx(-20, abs=0.1)
