"""Clips that are changed on purpose, and that nothing else changes."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from annotator.audio.clips import write_clip, write_treated_clip
from annotator.audio.source import open_source
from annotator.audio.treatment import Treatment, measure_loudness, treat
from annotator.domain.errors import UsageError

RATE = 16_000


def sine(seconds: float, amplitude: float, hertz: float = 997.0, rate: int = RATE) -> np.ndarray:
    return amplitude * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)


def test_a_full_scale_sine_measures_as_the_standard_says() -> None:
    # ITU-R BS.1770-4: a 0 dBFS sine of 997 Hz in one channel reads -3.01 LUFS; meters may be 0.1 off.
    assert measure_loudness(sine(3, 1.0, rate=48_000)[:, None], 48_000) == pytest.approx(-3.01, abs=0.1)


@pytest.mark.parametrize("seconds", [3.0, 0.25])
def test_loudness_is_what_was_asked(seconds: float) -> None:
    frames = np.stack([sine(seconds, 0.01), sine(seconds, 0.02)], axis=1).astype(np.float32)
    treated = treat(frames, RATE, Treatment(loudness=-23.0))
    assert measure_loudness(treated.frames, RATE) == pytest.approx(-23.0, abs=0.01)
    assert not treated.limited


def test_peaks_stay_below_full_scale_and_silence_silent() -> None:
    frames = sine(1, 0.001).astype(np.float32)[:, None]
    frames[100] = 0.5
    treated = treat(frames, RATE, Treatment(loudness=-5.0))
    assert treated.limited
    assert np.abs(treated.frames).max() == pytest.approx(10 ** (-1 / 20))
    silence = np.zeros((RATE, 1), np.float32)
    assert not treat(silence, RATE, Treatment(loudness=-23.0)).frames.any()


def test_mono_is_the_mean_and_resampling_keeps_the_tone(tmp_path: Path) -> None:
    stereo = np.stack([sine(1, 0.5), np.zeros(RATE)], axis=1)
    soundfile.write(tmp_path / "a.wav", stereo, RATE, subtype="PCM_16")
    with open_source(tmp_path / "a.wav") as source:
        write_treated_clip(source, 0, RATE, tmp_path / "b.flac", Treatment(sample_rate=8_000, mono=True))
    sound, rate = soundfile.read(tmp_path / "b.flac", always_2d=True)
    assert (rate, sound.shape) == (8_000, (8_000, 1))
    expected = sine(1, 0.25, rate=8_000)
    assert np.abs(sound[500:-500, 0] - expected[500:-500]).max() < 2e-3
    assert soundfile.info(tmp_path / "b.flac").subtype == "PCM_16"


@pytest.mark.parametrize("subtype", ["FLOAT", "DOUBLE"])
def test_clips_of_float_sources_hold_no_time_of_day(tmp_path: Path, subtype: str) -> None:
    soundfile.write(tmp_path / "a.wav", sine(0.1, 0.5), RATE, subtype=subtype)
    with open_source(tmp_path / "a.wav") as source:
        write_clip(source, 10, 500, tmp_path / "clip.wav")
        frames = source.native(10, 500)
    data = (tmp_path / "clip.wav").read_bytes()
    at = data.index(b"PEAK")
    assert data[at + 12 : at + 16] == bytes(4)
    again, _ = soundfile.read(tmp_path / "clip.wav", dtype=str(frames.dtype), always_2d=True)
    assert (again == frames).all()


@pytest.mark.parametrize("wrong", [{"sample_rate": 10}, {"loudness": 3.0}, {"loudness": float("nan")}])
def test_impossible_wishes_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(UsageError):
        Treatment(**wrong)
