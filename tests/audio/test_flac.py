"""FLAC files are measured by a quicker decoder: the same samples, and no wrong ones where a file is damaged."""

import numpy as np
import pytest
import soundfile

from annotator.audio.flac import flac_blocks
from annotator.audio.measuring import build
from annotator.audio.peaks import PeakPyramid
from annotator.audio.source import open_source
from annotator.domain.progress import finish

RATE = 44_100


@pytest.fixture
def sound() -> np.ndarray:
    """Eight seconds of noise that grows louder, so that every stretch has peaks of its own."""
    rng = np.random.default_rng(8)
    return rng.uniform(-1, 1, (8 * RATE, 2)) * np.linspace(0.01, 0.99, 8 * RATE)[:, None]


@pytest.mark.parametrize("channels", [1, 2, 6])
@pytest.mark.parametrize("subtype", ["PCM_S8", "PCM_16", "PCM_24"])
def test_the_same_samples_come_as_from_any_other_reader(tmp_path, sound, subtype, channels):
    path = tmp_path / "take.flac"
    soundfile.write(path, np.tile(sound, (1, 3))[: 3 * RATE, :channels], RATE, subtype)
    frames = np.concatenate(list(flac_blocks(path, RATE, channels, subtype)))
    with open_source(path) as source:
        np.testing.assert_array_equal(frames, source.native(0, source.samples))


def test_a_damaged_file_is_measured_up_to_the_damage(tmp_path, sound):
    path = tmp_path / "take.flac"
    soundfile.write(path, sound, RATE, "PCM_16")
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 40] = bytes(40)
    path.write_bytes(content)
    begun: list[PeakPyramid] = []
    pyramid = finish(build(path, started=begun.append))
    assert pyramid is begun[-1]
    with open_source(path) as source:
        frames = np.concatenate(list(source.native_blocks()))
        assert pyramid.samples == source.samples == len(frames) < len(sound)
    low, high, _ = pyramid.summary(0, pyramid.samples, 50)
    assert high.max() == np.float32(frames.max() / 32768)
    assert low.min() == np.float32(frames.min() / 32768)
