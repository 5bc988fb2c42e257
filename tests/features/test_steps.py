"""Changes of clips before they are described, and copies that are changed."""

import numpy as np
import pytest

from annotator.domain.errors import AnnotatorError
from annotator.features.sets import FEATURE_SETS
from annotator.features.steps import AUGMENTING, PREPARING, parse_step, split_name

RATE = 22050


def tone(seconds: float = 1.0, pitch: float = 440.0) -> np.ndarray:
    return (0.3 * np.sin(2 * np.pi * pitch * np.arange(int(seconds * RATE)) / RATE)).astype(np.float32)


def changed(text: str, signal: np.ndarray) -> np.ndarray:
    return parse_step(text)(signal, RATE)


def pitch_of(signal: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(signal * np.hanning(len(signal))))
    return float(spectrum.argmax() * RATE / len(signal))


def test_silence_at_both_ends_is_left_out_and_pauses_stay() -> None:
    pause = np.zeros(RATE // 2, np.float32)
    signal = np.concatenate([pause, tone(), pause, tone(), pause])
    kept = changed("trim=40", signal)
    assert len(kept) == pytest.approx(2.5 * RATE, abs=0.05 * RATE)
    assert len(changed("trim=40", pause)) == len(pause)


def test_the_level_is_set_and_silence_stays_silence() -> None:
    for level in (-20.0, -30.0):
        rms = np.sqrt(np.mean(changed(f"level={level}", tone()) ** 2))
        assert 20 * np.log10(rms) == pytest.approx(level, abs=0.01)
    assert not changed("level=-20", np.zeros(10, np.float32)).any()


def test_the_length_is_fixed() -> None:
    assert len(changed("pad=3", tone(1.0))) == len(changed("pad=3", tone(5.0))) == 3 * RATE
    assert not changed("pad=3", tone(1.0))[RATE:].any()


def test_noise_has_the_distance_asked_for_and_is_always_the_same() -> None:
    noise = changed("noise=20", tone()) - tone()
    ratio = np.mean(tone() ** 2) / np.mean(noise**2)
    assert 10 * np.log10(ratio) == pytest.approx(20, abs=0.2)
    assert (changed("noise=20", tone()) == changed("noise=20", tone())).all()
    assert (changed("noise=20", tone(pitch=300)) - tone(pitch=300) != noise).any()


def test_stretching_keeps_the_pitch_and_shifting_the_pitch_keeps_the_length() -> None:
    slow = changed("stretch=0.8", tone(2.0))
    assert len(slow) == pytest.approx(2.5 * RATE, abs=2)
    assert pitch_of(slow) == pytest.approx(440, rel=0.01)
    high = changed("pitch=12", tone(2.0))
    assert len(high) == pytest.approx(2 * RATE, abs=0.01 * RATE)
    assert pitch_of(high) == pytest.approx(880, rel=0.01)


def test_shift_and_gain_keep_what_there_is() -> None:
    assert sorted(changed("shift=0.1", tone())) == sorted(tone())
    assert changed("gain=6", tone()).max() == pytest.approx(2 * tone().max(), rel=0.01)


@pytest.mark.parametrize(
    "text", ["trim=40", "level=-20", "pad=0.05", "noise=10", "stretch=0.5", "pitch=3", "shift=1", "gain=-3"]
)
def test_the_shortest_clip_survives_every_change(text: str) -> None:
    assert len(changed(text, np.ones(1, np.float32))) >= 1
    assert text.split("=")[0] in (*PREPARING, *AUGMENTING)


@pytest.mark.parametrize("text", ["trim", "trim=", "trim=-3", "pad=0", "blur=3", "stretch=9"])
def test_what_cannot_be_done_is_refused_with_what_can(text: str) -> None:
    with pytest.raises(AnnotatorError) as refused:
        parse_step(text)
    assert refused.value.hint


def test_a_set_with_steps_has_values_and_cache_of_its_own() -> None:
    plain, noisy = FEATURE_SETS["mfcc"], FEATURE_SETS["mfcc~noise=10~pad=2"]
    assert noisy.columns == plain.columns
    assert noisy.name == "mfcc~noise=10~pad=2" in FEATURE_SETS
    assert (noisy.compute(tone()) != plain.compute(tone())).any()
    both = FEATURE_SETS["lowlevel+speech-162~level=-20"]
    assert len(both.columns) == 270
    assert split_name("mfcc~noise=10")[0] == "mfcc"
