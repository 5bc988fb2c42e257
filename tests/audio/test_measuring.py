"""A long recording is outlined before all of it is measured: its overview is exact long before the pyramid is."""

import numpy as np
import pytest
import soundfile

from annotator.audio import measuring
from annotator.audio.measuring import build
from annotator.audio.pcm import BLOCK
from annotator.audio.peaks import PeakPyramid
from annotator.domain.progress import finish

RATE = 8_000
LARGEST = 65_536


@pytest.fixture
def soon(monkeypatch) -> None:
    """Recordings of a few seconds count as long."""
    monkeypatch.setattr(measuring, "_LONG", 1)
    monkeypatch.setattr(measuring, "_PAGE", BLOCK)
    monkeypatch.setattr(measuring, "_STRETCH", 2 * LARGEST)
    monkeypatch.setattr(measuring, "_PIECE", LARGEST)


def take(path, frames: int, channels: int, subtype: str) -> np.ndarray:
    """Writes noise that grows louder; gives its frames as full-scale floats."""
    rng = np.random.default_rng(frames + channels)
    sound = rng.uniform(-1, 1, (frames, channels)) * np.linspace(0.01, 0.9, frames)[:, None]
    soundfile.write(path, sound, RATE, subtype)
    return soundfile.read(path, dtype="float32", always_2d=True)[0]


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "FLOAT"])
@pytest.mark.parametrize(
    ("frames", "channels"), [(17 * LARGEST + 5, 2), (9 * LARGEST, 1), (12 * LARGEST - 1, 3)]
)
def test_the_overview_is_exact_before_the_rest_is_measured(tmp_path, frames, channels, subtype):
    path = tmp_path / "take.wav"
    floats = take(path, frames, channels, subtype)
    growing: list[PeakPyramid] = []
    early = None
    for _ in build(path, started=growing.append):
        (pyramid,) = growing
        assert pyramid.outlined >= pyramid.valid
        if pyramid.overview_complete and early is None:
            early = (pyramid.valid, *(part.copy() for part in pyramid.summary(0, frames, 2)))
    assert early is not None
    valid, low, high, mean_square = early
    assert valid == BLOCK
    columns = [(0, -(-frames // (2 * LARGEST)) * LARGEST), (frames // (2 * LARGEST) * LARGEST, frames)]
    for column, (begin, end) in enumerate(columns):
        np.testing.assert_array_equal(low[column], floats[begin:end].min(axis=0))
        np.testing.assert_array_equal(high[column], floats[begin:end].max(axis=0))
    assert not mean_square[1].any()
    whole = finish(build(path))
    for ours, theirs in zip(pyramid.summary(0, frames, 7), whole.summary(0, frames, 7), strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.usefixtures("soon")
def test_closer_than_the_largest_blocks_only_what_is_measured_is_shown(tmp_path):
    path = tmp_path / "take.wav"
    take(path, 9 * LARGEST, 2, "PCM_16")
    growing: list[PeakPyramid] = []
    for _ in build(path, started=growing.append):
        (pyramid,) = growing
        if pyramid.overview_complete and pyramid.valid < pyramid.samples:
            assert not pyramid.summary(pyramid.valid, pyramid.samples, 100)[1].any()
            return
    pytest.fail("the overview was never ahead")


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("steps", [1, 2])
def test_a_file_cut_short_while_it_is_outlined_is_measured_to_its_end(tmp_path, steps):
    path = tmp_path / "take.wav"
    frames = 12 * LARGEST
    floats = take(path, frames, 2, "PCM_16")
    job = build(path, started=[].append)
    for _ in range(steps):
        next(job)
    with path.open("r+b") as file:
        file.truncate(44 + 7 * LARGEST * 4)
    pyramid = finish(job)
    assert pyramid.complete
    assert pyramid.samples == 7 * LARGEST
    np.testing.assert_array_equal(
        pyramid.summary(0, pyramid.samples, 1)[1][0], floats[: 7 * LARGEST].max(axis=0)
    )


@pytest.mark.usefixtures("soon")
def test_nobody_who_watches_no_outline(tmp_path, monkeypatch):
    path = tmp_path / "take.wav"
    take(path, 9 * LARGEST, 2, "PCM_16")
    monkeypatch.setattr(PeakPyramid, "outline", lambda *_: pytest.fail("nobody watches"))
    assert finish(build(path)).complete
