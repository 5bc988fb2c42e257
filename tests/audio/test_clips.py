"""A clip is the segment, sample by sample."""

import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotator.audio.clips import write_clip
from annotator.audio.source import open_source
from annotator.domain.errors import AnnotatorError

SAME = {
    "wav16": "PCM_16",
    "wav8": "PCM_U8",
    "wav24": "PCM_24",
    "wav32": "PCM_32",
    "float": "FLOAT",
    "ulaw": "ULAW",
}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=st.integers(0, 90_000), length=st.integers(1, 9_000), suffix=st.sampled_from([".wav", ".flac"]))
def test_16_bit_clips_are_bit_identical(files, sound, tmp_path, start, length, suffix):
    for name in ("wav16", "flac16"):
        with open_source(files[name]) as source:
            write_clip(source, start, start + length, tmp_path / f"clip{suffix}")
        clip, rate = soundfile.read(tmp_path / f"clip{suffix}", dtype="int16")
        assert rate == 48_000
        assert np.array_equal(clip, sound[start : start + length])
        assert soundfile.info(tmp_path / f"clip{suffix}").subtype == "PCM_16"


@pytest.mark.parametrize(("name", "subtype"), SAME.items())
def test_wav_clips_keep_the_bit_depth_and_every_bit(files, tmp_path, name, subtype):
    with open_source(files[name]) as source:
        write_clip(source, 1_000, 5_000, tmp_path / "clip.wav")
    assert soundfile.info(tmp_path / "clip.wav").subtype == subtype
    clip = soundfile.read(tmp_path / "clip.wav", dtype="float64")[0]
    assert np.array_equal(clip, soundfile.read(files[name], start=1_000, stop=5_000, dtype="float64")[0])


def test_24_bits_survive_flac(tmp_path):
    frames = (
        np.random.default_rng(0).integers(-(2**31), 2**31, (5_000, 2), dtype=np.int64).astype(np.int32)
        >> 8
        << 8
    )
    soundfile.write(tmp_path / "deep.wav", frames, 96_000, "PCM_24")
    with open_source(tmp_path / "deep.wav") as source:
        write_clip(source, 100, 4_000, tmp_path / "clip.flac")
    info = soundfile.info(tmp_path / "clip.flac")
    assert (info.subtype, info.samplerate, info.channels) == ("PCM_24", 96_000, 2)
    assert np.array_equal(soundfile.read(tmp_path / "clip.flac", dtype="int32")[0], frames[100:4_000])


def test_floats_are_rounded_and_clipped_for_flac_only(tmp_path):
    frames = np.array([0.1, 1.5, -1.5, -1.0, 0.25], np.float64)
    soundfile.write(tmp_path / "loud.wav", frames, 8_000, "DOUBLE")
    with open_source(tmp_path / "loud.wav") as source:
        write_clip(source, 0, 5, tmp_path / "clip.wav")
        write_clip(source, 0, 5, tmp_path / "clip.flac")
    assert np.array_equal(soundfile.read(tmp_path / "clip.wav", dtype="float64")[0], frames)
    in_flac = soundfile.read(tmp_path / "clip.flac", dtype="float64")[0]
    assert np.array_equal(in_flac, np.clip(np.rint(frames * 2**23), -(2**23), 2**23 - 1) / 2**23)


@pytest.mark.parametrize("name", ["mp3", "ogg", "opus", "m4a", "webm"])
@pytest.mark.parametrize("suffix", [".wav", ".flac"])
def test_clips_of_lossy_files_are_what_is_heard(files, tmp_path, name, suffix):
    with open_source(files[name], cache=tmp_path) as source:
        write_clip(source, 20_011, 30_000, tmp_path / f"clip{suffix}")
        with open_source(tmp_path / f"clip{suffix}") as clip:
            assert clip.subtype == "PCM_16"
            assert np.array_equal(clip.read(0, 99_999), source.read(20_011, 30_000))


def test_what_cannot_be_written_is_said_and_leaves_nothing(files, tmp_path):
    with open_source(files["wav16"]) as source:
        for start, stop, path, expected in (
            (0, 10, tmp_path / "clip.mp3", "format"),
            (10, 10, tmp_path / "clip.wav", "not in"),
            (-1, 10, tmp_path / "clip.wav", "not in"),
            (0, source.samples + 1, tmp_path / "clip.wav", "not in"),
            (0, 10, tmp_path / "nowhere" / "clip.wav", "cannot be written"),
        ):
            with pytest.raises(AnnotatorError, match=expected):
                write_clip(source, start, stop, path)
    assert list(tmp_path.iterdir()) == []


def test_flac_refuses_more_than_eight_channels(tmp_path):
    soundfile.write(tmp_path / "array.wav", np.zeros((100, 9), np.int16), 8_000)
    with open_source(tmp_path / "array.wav") as source:
        with pytest.raises(AnnotatorError, match="FLAC"):
            write_clip(source, 0, 50, tmp_path / "clip.flac")
        write_clip(source, 0, 50, tmp_path / "clip.wav")
