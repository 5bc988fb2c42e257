"""The pyramid shows every peak, at every zoom, while it grows and after it was saved."""

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.audio.measuring import build
from annotator.audio.peaks import BASE, PeakPyramid
from annotator.audio.source import open_source
from annotator.domain.progress import finish

RATE = 8_000
FRAMES = 700_001


@pytest.fixture(scope="module")
def samples():
    rng = np.random.default_rng(5)
    loudness = np.repeat(rng.uniform(0, 9_000, FRAMES // 500 + 1), 500)[:FRAMES]
    return np.clip(rng.standard_normal((FRAMES, 2)) * loudness[:, None], -32768, 32767).astype(np.int16)


@pytest.fixture(scope="module", params=["PCM_16", "PCM_24", "FLOAT"])
def recording(request, samples, tmp_path_factory):
    """Path, samples as full-scale floats, and pyramid."""
    path = tmp_path_factory.mktemp("peaks") / "take.wav"
    floats = samples / np.float32(32768)
    soundfile.write(path, samples if request.param != "FLOAT" else floats, RATE, request.param)
    return path, floats, finish(build(path))


def naive(floats, begin, end):
    part = floats[begin:end]
    return part.min(axis=0), part.max(axis=0), np.square(part, dtype=np.float64).mean(axis=0)


def widened(start, stop, columns, column):
    """The blocks that `summary` documents for a column."""
    width = (stop - start) / columns
    size = max([size for size in (256, 4096, 65536) if size <= width], default=256)
    begin = (start * columns + column * (stop - start)) // (columns * size) * size
    end = -(-(start * columns + (column + 1) * (stop - start)) // (columns * size)) * size
    return begin, end


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_summary_is_what_a_loop_over_the_samples_gives(recording, data):
    _, floats, pyramid = recording
    start = data.draw(st.integers(0, FRAMES - 2))
    stop = data.draw(st.integers(start + 1, FRAMES))
    columns = data.draw(st.integers(1, 50))
    low, high, mean_square = pyramid.summary(start, stop, columns)
    assert low.shape == high.shape == mean_square.shape == (columns, 2)
    for column in range(columns):
        expected = naive(floats, *widened(start, stop, columns, column))
        assert np.array_equal(low[column], expected[0])
        assert np.array_equal(high[column], expected[1])
        np.testing.assert_allclose(mean_square[column], expected[2], rtol=1e-5, atol=1e-12)


@pytest.mark.parametrize("size", [256, 512, 4096, 12288, 65536])
def test_block_boundaries_are_exact(recording, size):
    _, floats, pyramid = recording
    count = FRAMES // size
    low, high, _ = pyramid.summary(0, count * size, count)
    blocks = floats[: count * size].reshape(count, size, 2)
    assert np.array_equal(low, blocks.min(axis=1))
    assert np.array_equal(high, blocks.max(axis=1))


def test_one_column_is_the_whole_recording(recording):
    _, floats, pyramid = recording
    low, high, mean_square = pyramid.summary(0, FRAMES, 1)
    expected = naive(floats, 0, FRAMES)
    assert np.array_equal([low[0], high[0]], expected[:2])
    np.testing.assert_allclose(mean_square[0], expected[2], rtol=1e-5)


def test_a_saved_pyramid_is_the_same(recording, tmp_path):
    _, _, pyramid = recording
    file = tmp_path / "peaks" / "take.peaks"
    pyramid.save(file)
    loaded = PeakPyramid.load(file, sample_rate=RATE, channels=2, samples=FRAMES)
    assert loaded is not None
    assert loaded.complete
    for start, stop, columns in ((0, FRAMES, 700), (100_000, 500_000, 33), (690_000, FRAMES, 7)):
        for ours, theirs in zip(
            loaded.summary(start, stop, columns), pyramid.summary(start, stop, columns), strict=True
        ):
            assert np.array_equal(ours, theirs)
    assert [path.name for path in file.parent.iterdir()] == ["take.peaks"]


def test_a_damaged_or_foreign_file_is_not_loaded(recording, tmp_path):
    _, _, pyramid = recording
    file = tmp_path / "take.peaks"
    right = {"sample_rate": RATE, "channels": 2, "samples": FRAMES}
    assert PeakPyramid.load(file, **right) is None
    pyramid.save(file)
    content = file.read_bytes()
    for wrong in ({"sample_rate": 16_000}, {"channels": 1}, {"samples": FRAMES + 1}):
        assert PeakPyramid.load(file, **(right | wrong)) is None
    flipped = bytearray(content)
    flipped[len(content) // 2] ^= 1
    later_version = content[:8] + b"\xff" + content[9:]
    for damaged in (
        b"",
        content[:20],
        content[:48],
        content[:-1],
        content + b"x",
        bytes(flipped),
        later_version,
    ):
        file.write_bytes(damaged)
        assert PeakPyramid.load(file, **right) is None
    file.write_bytes(content)
    assert PeakPyramid.load(file, **right) is not None


def test_it_can_be_drawn_while_it_grows(recording):
    path, _, whole = recording
    growing = []
    valid = []
    for _ in build(path, started=growing.append):
        (pyramid,) = growing
        valid.append(pyramid.valid)
        low, _, _ = pyramid.summary(0, FRAMES, 100)
        known = pyramid.valid * 100 // FRAMES
        assert np.array_equal(low[:known], whole.summary(0, FRAMES, 100)[0][:known])
        assert not low[known + 1 :].any()
    assert valid == sorted(set(valid))
    assert len(valid) >= 3
    assert growing[0].complete


def test_a_source_and_its_path_give_the_same(recording):
    path, _, from_path = recording
    with open_source(path) as source:
        from_source = finish(build(source))
    assert np.array_equal(from_source.summary(0, FRAMES, 99)[0], from_path.summary(0, FRAMES, 99)[0])


@pytest.mark.parametrize("name", ["mp3", "webm", "flac24", "wav8"])
def test_every_format_has_a_pyramid_of_what_is_heard(files, tmp_path, name):
    pyramid = finish(build(files[name], cache=tmp_path))
    with open_source(files[name], cache=tmp_path) as source:
        heard = source.read(0, source.samples)
    assert pyramid.samples == len(heard)
    low, high, mean_square = pyramid.summary(0, pyramid.samples, 1)
    assert np.array_equal([low[0], high[0]], [heard.min(axis=0), heard.max(axis=0)])
    np.testing.assert_allclose(mean_square[0], np.square(heard, dtype=np.float64).mean(axis=0), rtol=1e-4)


@pytest.mark.parametrize("channels", [1, 3, 6])
@pytest.mark.parametrize("frames", [1, 255, 256, 257, 65_536, 65_537, 300_000])
def test_any_length_and_channel_count(channels, frames):
    samples = np.random.default_rng(frames).integers(-32768, 32768, (frames, channels)).astype(np.int16)
    pyramid = PeakPyramid(RATE, channels, 10, np.dtype(np.int16))  # a promise that is far too short
    for start in range(0, frames, 65_536):
        pyramid.append(samples[start : start + 65_536])
    pyramid.finish()
    low, high, mean_square = pyramid.summary(0, frames, 1)
    floats = samples / np.float32(32768)
    assert np.array_equal([low[0], high[0]], [floats.min(axis=0), floats.max(axis=0)])
    np.testing.assert_allclose(mean_square[0], np.square(floats, dtype=np.float64).mean(axis=0), rtol=1e-4)


def test_nonsense_is_refused(recording, tmp_path):
    _, _, pyramid = recording
    for start, stop, columns in ((5, 5, 1), (-1, 10, 1), (0, 10, 0)):
        with pytest.raises(ValueError, match="no columns"):
            pyramid.summary(start, stop, columns)
    unfinished = PeakPyramid(RATE, 1, BASE, np.dtype(np.int16))
    with pytest.raises(ValueError, match="not complete"):
        unfinished.save(tmp_path / "x.peaks")
    unfinished.append(np.zeros((5, 1), np.int16))
    with pytest.raises(ValueError, match="after the end"):
        unfinished.append(np.zeros((5, 1), np.int16))


def test_a_cut_off_file_has_the_length_that_was_decoded(files, tmp_path):
    path = tmp_path / "cut.mp3"
    path.write_bytes(files["mp3"].read_bytes()[:20_000])
    pyramid = finish(build(path))
    with open_source(path) as source:
        assert pyramid.samples == pyramid.valid == source.samples
