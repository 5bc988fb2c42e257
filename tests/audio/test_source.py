"""Whatever the format, every reader gets the same samples at the same places."""

import os
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.audio import source as source_module
from annotator.audio.copies import copy_path
from annotator.audio.measuring import build
from annotator.audio.source import AUDIO_SUFFIXES, AudioSource, open_source, prepare
from annotator.domain.progress import finish

IN_PLACE = ["wav16", "wav8", "wav24", "wav32", "float", "ulaw", "rf64", "aiff", "flac16", "flac24"]
DECODED = ["adpcm", "ogg", "opus", "mp3", "m4a", "alac", "webm", "aac", "mp4"]
LOSSLESS_16 = ["wav16", "wav24", "wav32", "float", "rf64", "aiff", "flac16", "flac24", "alac"]


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


@pytest.mark.parametrize("name", IN_PLACE + DECODED)
def test_any_range_is_a_slice_of_the_whole(files, cache, name):
    with open_source(files[name], cache=cache) as source:
        whole = np.concatenate(list(source.blocks(10_007)))
        assert whole.shape == (source.samples, source.channels)

        @settings(max_examples=40, deadline=None)
        @given(st.integers(-100, source.samples + 100), st.integers(-10, 9_000))
        def check(start, length):
            expected = whole[max(start, 0) : max(start + length, 0)]
            assert np.array_equal(source.read(start, start + length), expected)

        check()


@pytest.mark.parametrize("name", LOSSLESS_16)
def test_lossless_files_give_what_was_written(files, sound, name):
    with open_source(files[name]) as source:
        assert (source.sample_rate, source.channels, source.samples) == (48_000, 2, len(sound))
        assert np.array_equal(source.read(0, source.samples), sound / np.float32(32768))


@pytest.mark.parametrize("name", ["ogg", "opus", "mp3", "webm", "mp4", "m4a"])
def test_lossy_files_are_aligned_with_what_was_encoded(files, sound, name):
    """Priming declared by the file is gone: sample 0 is sample 0. At most one frame of padding stays at the end."""
    with open_source(files[name]) as source:
        assert 0 <= source.samples - len(sound) < 1024
        decoded = source.mono(20_000, 40_000)
        original = sound.mean(axis=1)
        fits = [np.dot(decoded, original[20_000 + lag : 40_000 + lag]) for lag in range(-30, 31)]
        assert int(np.argmax(fits)) == 30


@pytest.mark.parametrize("name", DECODED)
def test_memory_and_cache_hold_the_same_samples(files, tmp_path, name):
    with open_source(files[name]) as in_memory, open_source(files[name], cache=tmp_path) as cached:
        assert in_memory.subtype == cached.subtype
        assert np.array_equal(in_memory.native(0, in_memory.samples), cached.native(0, cached.samples))


def test_files_read_in_place_leave_nothing_in_the_cache(files, tmp_path):
    for name in IN_PLACE:
        open_source(files[name], cache=tmp_path).close()
    assert list(tmp_path.rglob("*")) == []


def test_mono_is_the_mean_of_the_channels(files):
    with open_source(files["wav16"]) as source:
        np.testing.assert_allclose(source.mono(5, 5_000), source.read(5, 5_000).mean(axis=1), atol=1e-7)


def test_a_prepared_file_is_not_decoded_again(files, tmp_path, monkeypatch):
    assert finish(prepare(files["mp3"], tmp_path)) is None

    def refuse(path):
        raise AssertionError("decoded again")

    monkeypatch.setattr(source_module, "FfmpegDecoding", refuse)
    with open_source(files["mp3"], cache=tmp_path) as source:
        assert source.samples > 0


def test_preparing_shows_progress_and_leaves_nothing_when_stopped(tmp_path):
    path = tmp_path / "long.mp3"
    noise = np.random.default_rng(1).integers(-9000, 9000, 8_000 * 120).astype(np.int16)
    soundfile.write(path, noise, 8_000)
    cache = tmp_path / "cache"
    decoding = [step for step in prepare(path, tmp_path / "other") if step.text.startswith("Decoding")]
    fractions = [step.fraction for step in decoding]
    assert len(set(fractions)) >= 3
    assert fractions == sorted(fractions)
    assert fractions[-1] > 0.9

    job = prepare(path, cache)
    while not list(cache.glob("pcm/.*")):
        next(job)
    job.close()
    assert [found for found in cache.rglob("*") if found.is_file()] == []


@pytest.mark.parametrize("damage", ["cut", "no header", "empty"])
def test_a_damaged_copy_is_made_anew(files, tmp_path, damage):
    with open_source(files["ogg"], cache=tmp_path) as source:
        whole = source.read(0, source.samples)
    (copy,) = tmp_path.glob("pcm/*.wav")
    content = copy.read_bytes()
    copy.write_bytes(
        {"cut": content[: len(content) // 2], "no header": bytes(len(content)), "empty": b""}[damage]
    )
    with open_source(files["ogg"], cache=tmp_path) as source:
        assert np.array_equal(source.read(0, source.samples), whole)


def test_the_copy_is_named_after_the_content(files, tmp_path):
    moved = tmp_path / "other name.ogg"
    moved.write_bytes(files["ogg"].read_bytes())
    open_source(files["ogg"], cache=tmp_path).close()
    open_source(moved, cache=tmp_path).close()
    assert len(list(tmp_path.glob("pcm/*.wav"))) == 1
    assert copy_path(tmp_path, "ab").parent == tmp_path / "pcm"


def test_a_changed_file_is_decoded_anew(tmp_path):
    path = tmp_path / "take.ogg"
    for frames in (9_000, 5_000):
        soundfile.write(path, np.zeros(frames), 48_000, format="OGG")
        with open_source(path, cache=tmp_path) as source:
            assert source.samples == frames


@pytest.mark.parametrize("frames", [1, 100, 1_000, 5_000, 20_000, 70_000])
@pytest.mark.parametrize("name", ["a.ogg", "a.opus", "a.mp3"])
def test_short_files_have_their_exact_length(tmp_path, name, frames):
    noise = np.random.default_rng(frames).uniform(-0.3, 0.3, frames)
    more = {"format": "OGG", "subtype": "OPUS"} if name == "a.opus" else {}
    soundfile.write(tmp_path / name, noise, 48_000, **more)
    with open_source(tmp_path / name) as source:
        assert (source.samples, source.warning) == (frames, "")
        reference = soundfile.read(tmp_path / name, always_2d=True)[
            0
        ]  # the whole at once: libsndfile's own decoder
        if name != "a.opus":  # two Opus decoders may differ within the codec's tolerance
            np.testing.assert_allclose(source.read(0, frames), reference, atol=1e-4)


def test_leftovers_of_a_crash_are_removed(files, tmp_path):
    (tmp_path / "pcm").mkdir()
    old, fresh = tmp_path / "pcm" / ".a.wav.1.partial", tmp_path / "pcm" / ".b.wav.2.partial"
    old.write_bytes(b"x")
    fresh.write_bytes(b"x")
    os.utime(old, (0, 0))
    open_source(files["opus"], cache=tmp_path).close()
    assert not old.exists()
    assert fresh.exists()  # another process may be writing it


def test_what_is_not_a_number_is_silence(tmp_path):
    frames = np.array([0.5, np.nan, np.inf, -np.inf, -0.25], np.float32)
    soundfile.write(tmp_path / "odd.wav", frames, 8_000, "FLOAT")
    with open_source(tmp_path / "odd.wav") as source:
        assert source.read(0, 5).ravel().tolist() == [0.5, 0, 0, 0, -0.25]


def test_lossy_sound_over_full_scale_is_clipped_not_wrapped(tmp_path):
    square = np.where(np.arange(48_000) // 60 % 2, 0.99, -0.99)
    soundfile.write(tmp_path / "loud.mp3", square, 48_000)
    with open_source(tmp_path / "loud.mp3") as source:
        heard = source.read(2_000, 40_000)[:, 0]
        loud = np.abs(heard) > 0.8
        assert source.subtype == "PCM_16"
        assert np.mean(np.sign(heard[loud]) == np.sign(square[2_000:40_000][loud])) > 0.99


@pytest.mark.parametrize("name", ["wav16", "flac16", "mp3", "mp4"])
def test_the_content_decides_not_the_name(files, tmp_path, name):
    odd = tmp_path / "Grüße, 안녕.raw"
    odd.write_bytes(files[name].read_bytes())
    with open_source(odd) as source, open_source(files[name]) as same:
        assert np.array_equal(source.read(0, 9_000), same.read(0, 9_000))


def test_a_source_closes_its_file_and_may_be_closed_twice(files):
    for name in ("wav16", "mp3"):
        source = open_source(files[name])
        with closing(source):
            assert isinstance(source, AudioSource)
        source.close()


def test_a_cache_that_cannot_be_written_is_said_and_done_without(files, tmp_path):
    (tmp_path / "cache").write_text("a file, not a folder")
    told = []
    finish(prepare(files["ogg"], tmp_path / "cache", told.append))
    assert ["cache folder" in str(error) for error in told] == [True]
    with open_source(files["ogg"], cache=tmp_path / "cache") as kept, open_source(files["ogg"]) as plain:
        np.testing.assert_array_equal(kept.native(0, kept.samples), plain.native(0, plain.samples))


def test_too_little_space_is_seen_before_the_disk_is_full(files, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1000))
    told = []
    pyramid = finish(build(files["ogg"], cache=tmp_path / "cache", uncached=told.append))
    assert ["no space" in str(error) for error in told] == [True]
    assert pyramid.complete
    assert list((tmp_path / "cache" / "pcm").iterdir()) == []


FULL_DISK = """
import resource, sys
from pathlib import Path
from annotator.audio.measuring import build
from annotator.audio.source import open_source
from annotator.domain.progress import finish

path, cache = map(Path, sys.argv[1:])
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))  # no file grows beyond, as on a disk that is full
told = []
pyramid = finish(build(path, cache=cache, uncached=told.append))
with open_source(path, cache=cache) as source:
    print(len(told), "cannot be written" in str(told[0]), pyramid.samples == source.samples > 0)
"""


def test_a_disk_that_fills_up_costs_the_copy_and_nothing_else(files, tmp_path):
    ran = subprocess.run(
        [sys.executable, "-c", FULL_DISK, files["ogg"], tmp_path / "cache"], capture_output=True, text=True
    )
    assert ran.stdout.split() == ["1", "True", "True"], ran.stderr
    assert list((tmp_path / "cache" / "pcm").iterdir()) == []


def test_suffixes_are_lower_case():
    assert {".wav", ".flac", ".ogg", ".mp3", ".m4a", ".mp4", ".webm"} <= AUDIO_SUFFIXES
    assert all(suffix == suffix.lower() and suffix.startswith(".") for suffix in AUDIO_SUFFIXES)


@pytest.mark.real_data
def test_real_recordings_open(real_data: Path):
    found = sorted(path for path in real_data.rglob("*") if path.suffix.lower() in AUDIO_SUFFIXES)
    for path in found[:: max(1, len(found) // 20)]:
        with open_source(path) as source:
            assert len(source.read(0, source.samples)) == source.samples > 0
            assert source.warning == ""
