"""Slower and faster: as long as promised, at the same pitch, without clicks, however the blocks are cut."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from annotator.audio.stretch import Stretcher, stretched_length

RATE = 16000
SPEEDS = [0.5, 0.6, 0.8, 0.9, 1.1, 1.25, 1.5, 2.0]


def _stretch(sound: NDArray[np.float32], speed: float, *sizes: int, rate: int = RATE) -> NDArray[np.float32]:
    stretcher = Stretcher(len(sound), sample_rate=rate, channels=sound.shape[1], speed=speed)
    cuts = np.cumsum(sizes)
    blocks = [stretcher(block) for block in np.split(sound, cuts[cuts < len(sound)])]
    return np.concatenate(blocks)


def _voice(seconds: float, pitch: float = 110.0, rate: int = RATE) -> NDArray[np.float32]:
    """A tone with overtones, as a voice has them."""
    time = np.arange(round(seconds * rate)) / rate
    parts = [np.sin(2 * np.pi * pitch * n * time + n) / n for n in range(1, 9)]
    return (0.2 * np.sum(parts, axis=0)).astype(np.float32)[:, None]


def _pitch(sound: NDArray[np.float32], rate: int = RATE) -> float:
    """Frequency of the strongest partial, from the phase it gains over a hop."""
    size, hop = 4096, 64
    window = np.hanning(size)
    one = np.fft.rfft(window * sound[2000 : 2000 + size, 0])
    two = np.fft.rfft(window * sound[2000 + hop : 2000 + hop + size, 0])
    peak = int(np.abs(one).argmax())
    expected = 2 * np.pi * peak * hop / size
    gained = np.angle(two[peak] * np.conj(one[peak]) * np.exp(-1j * expected))
    return float((expected + gained) / (2 * np.pi * hop) * rate)


@pytest.mark.parametrize("speed", SPEEDS)
@pytest.mark.parametrize("pitch", [80.0, 110.0, 220.0, 333.3])
def test_the_pitch_stays_within_one_percent(speed: float, pitch: float) -> None:
    assert _pitch(_stretch(_voice(2.0, pitch), speed)) == pytest.approx(pitch, rel=0.01)


@pytest.mark.parametrize("speed", SPEEDS)
def test_a_tone_stays_smooth_and_as_loud(speed: float) -> None:
    sound = _voice(2.0)
    made = _stretch(sound, speed, *[1000] * 40)
    # A click is a step larger than any in the tone itself. The last blend cannot choose its place.
    body = made[: -RATE // 10]
    assert np.abs(np.diff(body, axis=0)).max() <= 1.2 * np.abs(np.diff(sound, axis=0)).max()
    loudness = np.sqrt(np.mean(body[: len(body) // 800 * 800].reshape(-1, 800) ** 2, axis=1))
    assert loudness.min() > 0.85 * np.sqrt(np.mean(sound**2))


@pytest.mark.parametrize("speed", SPEEDS)
def test_it_begins_and_ends_as_the_source_does(speed: float) -> None:
    sound = np.random.default_rng(1).uniform(-1, 1, (RATE, 2)).astype(np.float32)
    made = _stretch(sound, speed)
    edge = RATE // 50
    np.testing.assert_array_equal(made[:edge], sound[:edge])
    np.testing.assert_array_equal(made[-edge:], sound[-edge:])


@pytest.mark.parametrize("speed", SPEEDS)
def test_what_happens_happens_in_time(speed: float) -> None:
    """A burst lies where the speed puts it, to 20 ms; also one in the last 100 ms."""
    for place in (0.5, 1.93):
        sound = np.random.default_rng(2).normal(0, 1e-3, (2 * RATE, 1)).astype(np.float32)
        begin = round(place * RATE)
        sound[begin : begin + RATE // 20] += _voice(0.05, 700.0)
        made = np.abs(_stretch(sound, speed)[:, 0])
        heard = np.flatnonzero(made > 0.05)
        middle = (heard[0] + heard[-1]) / 2 / RATE
        assert middle == pytest.approx((place + 0.025) / speed, abs=0.02)


def test_at_its_own_speed_every_sample_stays() -> None:
    sound = np.random.default_rng(3).normal(size=(5000, 2)).astype(np.float32)
    np.testing.assert_array_equal(_stretch(sound, 1.0, 1, 2, 3), sound)


def test_silence_stays_silence() -> None:
    made = _stretch(np.zeros((RATE, 1), np.float32), 0.7)
    assert not made.any()


@settings(max_examples=60, deadline=None)
@given(
    samples=st.integers(0, 9000),
    speed=st.floats(0.5, 2.0),
    sizes=st.lists(st.integers(0, 4000), max_size=8),
)
def test_length_and_samples_do_not_depend_on_the_blocks(samples: int, speed: float, sizes: list[int]) -> None:
    sound = np.random.default_rng(samples).normal(size=(samples, 2)).astype(np.float32)
    whole = _stretch(sound, speed, rate=8000)
    assert len(whole) == stretched_length(samples, speed)
    np.testing.assert_array_equal(_stretch(sound, speed, *sizes, rate=8000), whole)


def test_a_speed_beyond_its_range_is_refused() -> None:
    with pytest.raises(ValueError, match="speed"):
        Stretcher(10, sample_rate=RATE, channels=1, speed=2.5)
