"""The low-level descriptors equal librosa's, and are finite for whatever sound there is."""

import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from annotator.features import lowlevel
from annotator.features.sets import FEATURE_SETS

librosa = pytest.importorskip("librosa")

#: Added to 1e-5 relative: MFCC and contrast, in dB, may be near zero; flatness lies in 0..1.
ABSOLUTE = {"mfcc": 2e-5, "contrast": 1e-5, "flatness": 1e-6}


def librosa_descriptors(y: NDArray[np.float32]) -> NDArray[np.float64]:
    """Each descriptor by its own call, mean and standard deviation interleaved as in `COLUMNS`."""
    feature = librosa.feature
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # clips shorter than a frame
        rms = feature.rms(y=y)
        rows = [
            feature.zero_crossing_rate(y),
            rms,
            rms.astype(np.float64) ** 2,
            feature.spectral_centroid(y=y),
            feature.spectral_bandwidth(y=y),
            feature.spectral_rolloff(y=y),
            feature.spectral_flatness(y=y),
            feature.spectral_contrast(y=y),
            feature.mfcc(y=y, n_mfcc=40),
        ]
    frames = np.concatenate(rows).astype(np.float64)
    return np.stack([frames.mean(axis=1), frames.std(axis=1)], axis=1).ravel()


def assert_equal_to_librosa(signal: NDArray[np.floating]) -> None:
    y = np.ascontiguousarray(signal, dtype=np.float32)
    ours, theirs = lowlevel.compute(y), librosa_descriptors(y)
    absolute = np.array([ABSOLUTE.get(name.split("_")[0], 1e-10) for name in lowlevel.COLUMNS])
    off = np.abs(ours - theirs) > 1e-5 * np.abs(theirs) + absolute
    assert not off.any(), [(lowlevel.COLUMNS[i], ours[i], theirs[i]) for i in np.flatnonzero(off)]


def noise(samples: int) -> NDArray[np.float64]:
    return np.random.default_rng(samples).standard_normal(samples) * 0.1


def sweep() -> NDArray[np.float64]:
    time = np.arange(44100) / 22050
    return 0.5 * np.sin(2 * np.pi * (100 * time + 1500 * time**2))


SIGNALS = {
    "white noise": noise(66150),
    "brown noise": np.cumsum(noise(30000)) / 100,
    "a tone": 0.5 * np.sin(2 * np.pi * 440 / 22050 * np.arange(40000)),
    "a sweep": sweep(),
    "a burst between digital silence": np.concatenate([np.zeros(20000), noise(3000), np.zeros(20000)]),
    "silence": np.zeros(30000),
    "one click": np.eye(1, 9000, 4321)[0],
    "a constant": np.full(5000, 0.25),
    "louder than full scale": noise(9000) * 100,
    "barely audible": noise(9000) * 1e-6,
    "shorter than a frame": noise(700),
    "as long as a frame": noise(2048),
    "one sample short of a hop": noise(5119),
}


@pytest.mark.parametrize("name", SIGNALS)
def test_values_equal_librosas(name: str) -> None:
    assert_equal_to_librosa(SIGNALS[name])


@pytest.mark.real_data
def test_values_of_talk_shows_equal_librosas(real_data: Path) -> None:
    import soundfile

    for path in sorted(real_data.glob("urdu_talkshows/*/*.wav"))[::19]:
        signal, sample_rate = soundfile.read(path, dtype="float32", always_2d=True)
        assert_equal_to_librosa(librosa.resample(signal.mean(axis=1), orig_sr=sample_rate, target_sr=22050))


@settings(max_examples=60, deadline=None)
@given(
    samples=st.integers(1, 6000),
    gain=st.sampled_from([0.0, 1e-30, 1e-9, 1e-3, 1.0, 1e4]),
    offset=st.sampled_from([0.0, 0.5]),
)
def test_values_are_finite_and_in_range(samples: int, gain: float, offset: float) -> None:
    signal = (noise(samples) * gain + offset).astype(np.float32)
    values = dict(zip(lowlevel.COLUMNS, lowlevel.compute(signal).tolist(), strict=True))
    assert np.isfinite(list(values.values())).all()
    assert 0 <= values["zcr_mean"] <= 1
    assert 0 <= values["centroid_mean"] <= 11025
    assert 0 <= values["rolloff_mean"] <= 11025
    assert 0 < values["flatness_mean"] <= 1 + 1e-5
    assert all(values[f"contrast_{band}_mean"] >= 0 for band in range(1, 8))


@pytest.mark.parametrize("value", [0.0, 0.5, -1.0])
def test_a_clip_of_one_sample_is_finite(value: float) -> None:
    assert np.isfinite(lowlevel.compute(np.array([value], dtype=np.float32))).all()


@settings(max_examples=20, deadline=None)
@given(gain=st.floats(0.01, 10))
def test_loudness_changes_the_level_and_not_the_shape(gain: float) -> None:
    signal = SIGNALS["white noise"][:10000].astype(np.float32)
    once = dict(zip(lowlevel.COLUMNS, lowlevel.compute(signal), strict=True))
    scaled = dict(zip(lowlevel.COLUMNS, lowlevel.compute(signal * np.float32(gain)), strict=True))
    assert scaled["rms_mean"] == pytest.approx(gain * once["rms_mean"], rel=1e-5)
    assert scaled["energy_mean"] == pytest.approx(gain**2 * once["energy_mean"], rel=1e-5)
    for name in ("centroid_mean", "bandwidth_mean", "mfcc_02_mean"):
        assert scaled[name] == pytest.approx(once[name], rel=1e-3, abs=1e-3)


def test_the_set_names_every_value_once() -> None:
    feature_set = FEATURE_SETS["lowlevel"]
    assert len(set(feature_set.columns)) == len(feature_set.columns) == 108
    assert len(feature_set.compute(np.zeros(100, dtype=np.float32))) == 108
    assert {"zcr_mean", "zcr_std", "contrast_7_std", "mfcc_01_mean", "mfcc_40_std"} <= set(
        feature_set.columns
    )
