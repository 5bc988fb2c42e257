"""A file is taken for what can be decoded, and people are told where that is less than it says."""

import hashlib
import os
import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile

from annotator.audio.probe import PcmHash, probe
from annotator.audio.source import open_source
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import finish

LOSSLESS = ("wav16", "wav24", "wav32", "float", "rf64", "aiff", "flac16", "flac24", "alac")
EVERY_KIND = (*LOSSLESS, "wav8", "ulaw", "adpcm", "ogg", "opus", "mp3", "m4a", "webm", "aac", "mp4")


@pytest.mark.parametrize("name", EVERY_KIND)
def test_whole_files_are_counted_and_raise_no_warning(files, name):
    found = finish(probe(files[name]))
    assert found.warning == ""
    assert found.sha256 == hashlib.sha256(files[name].read_bytes()).hexdigest()
    with open_source(files[name]) as source:
        assert (found.sample_rate, found.samples, found.channels) == (
            source.sample_rate,
            source.samples,
            source.channels,
        )
        assert source.warning == ""
        pcm_hash = PcmHash(source.sample_rate, source.channels)
        for block in source.blocks(1_000):
            pcm_hash.update(block)
        assert found.pcm_hash == pcm_hash.hexdigest()


def test_the_same_sound_has_the_same_hash_in_any_lossless_file(files):
    assert len({finish(probe(files[name])).pcm_hash for name in LOSSLESS}) == 1


def test_another_sample_rate_or_channel_count_or_sample_is_another_sound(tmp_path):
    def hash_of(samples, rate):
        path = tmp_path / "take.wav"
        soundfile.write(path, samples, rate)
        return finish(probe(path)).pcm_hash

    samples = np.arange(4_000, dtype=np.int16)
    changed = samples.copy()
    changed[2_000] += 1
    hashes = [
        hash_of(samples, 8_000),
        hash_of(samples, 16_000),
        hash_of(samples.reshape(-1, 2), 8_000),
        hash_of(changed, 8_000),
    ]
    assert len(set(hashes)) == 4


def test_probing_with_a_cache_leaves_the_decoded_copy(files, tmp_path):
    without, with_cache = finish(probe(files["mp3"])), finish(probe(files["mp3"], cache=tmp_path))
    again = finish(probe(files["mp3"], cache=tmp_path))
    assert without == with_cache == again
    assert len(list(tmp_path.glob("pcm/*.wav"))) == 1


def damaged(source: Path, target: Path, *, keep: float = 1.0, hole: int = 0) -> Path:
    content = bytearray(source.read_bytes())
    content = content[: int(len(content) * keep)]
    middle = len(content) // 2
    content[middle : middle + hole] = (
        np.random.default_rng(3).integers(0, 256, hole, dtype=np.uint8).tobytes()
    )
    target.write_bytes(content)
    return target


@pytest.mark.parametrize(
    "name", ["wav16", "wav24", "rf64", "aiff", "flac16", "flac24", "mp3", "ogg", "opus", "webm"]
)
def test_a_file_that_is_cut_off_is_accepted_with_a_warning(files, sound, tmp_path, name):
    path = damaged(files[name], tmp_path / files[name].name, keep=0.6)
    found = finish(probe(path))
    assert 0.3 * len(sound) < found.samples < 0.75 * len(sound)
    assert path.name in found.warning
    for cache in (None, tmp_path):
        with open_source(path, cache=cache) as source:
            assert source.samples == found.samples
            assert len(source.read(0, 10 * len(sound))) == found.samples
            assert source.warning == found.warning
    with open_source(path, cache=tmp_path) as source:  # now from the copy, where there is one
        assert source.warning == found.warning


@pytest.mark.parametrize("name", ["flac16", "mp3", "ogg", "opus", "webm", "m4a"])
def test_a_file_damaged_in_its_middle_is_accepted_with_a_warning(files, sound, tmp_path, name):
    path = damaged(files[name], tmp_path / files[name].name, hole=8_000)
    found = finish(probe(path))
    assert 0.2 * len(sound) < found.samples < len(sound) + 1024
    assert path.name in found.warning
    with open_source(path) as source:
        decoded = np.concatenate(list(source.blocks()))
        assert len(decoded) == source.samples == found.samples
        assert source.warning == found.warning


def test_flac_keeps_all_that_precedes_the_damage(files, sound, tmp_path):
    path = damaged(files["flac16"], tmp_path / "hole.flac", hole=3)
    samples = finish(probe(path)).samples
    with open_source(path) as source:
        assert np.array_equal(source.native(0, len(sound)), sound[:samples])
        assert samples > 0.3 * len(sound)


def test_a_wav_of_unknown_length_is_no_reason_to_warn(tmp_path):
    """Programs that write to a pipe put the largest number where the size belongs."""
    soundfile.write(tmp_path / "a.wav", np.zeros(4_000, np.int16), 8_000)
    content = bytearray((tmp_path / "a.wav").read_bytes())
    at = content.index(b"data") + 4
    content[4:8] = content[at : at + 4] = struct.pack("<I", 0xFFFFFFFF)
    (tmp_path / "a.wav").write_bytes(content)
    found = finish(probe(tmp_path / "a.wav"))
    assert (found.samples, found.warning) == (4_000, "")


@pytest.mark.parametrize("tail", [b"\0" * 3000, b"TAG" + b" " * 125])
def test_what_follows_an_mp3_is_no_damage(files, tmp_path, tail):
    path = tmp_path / "tagged.mp3"
    path.write_bytes(files["mp3"].read_bytes() + tail)
    assert finish(probe(path)).warning == ""


def png(path: Path) -> None:
    path.write_bytes(
        bytes.fromhex(
            "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100"
            "c9fe92ef0000000049454e44ae426082"
        )
    )


def test_files_without_sound_are_refused_in_one_sentence(files, tmp_path):
    cases = {
        "missing.wav": (None, "does not exist"),
        "empty.mp3": (b"", "is empty"),
        "text.mp3": (b"These are my notes about the recording. " * 200, "not an audio file"),
        "text.wav": (b"notes", "not an audio file"),
        "header only.wav": (b"RIFF\x24\0\0\0WAVE", "not an audio file"),
        "noise.mp3": (np.random.default_rng(0).bytes(20_000), "not an audio file"),
        "playlist.m3u8": (b"#EXTM3U\n#EXTINF:3,\n" + os.fsencode(files["mp3"]) + b"\n", "not an audio file"),
        "cut.m4a": (files["m4a"].read_bytes()[:5_000], "not an audio file"),
    }
    for name, (content, expected) in cases.items():
        path = tmp_path / name
        if content is not None:
            path.write_bytes(content)
        for refuse in (lambda p: finish(probe(p)), open_source, lambda p: open_source(p, cache=tmp_path)):
            with pytest.raises(AnnotatorError, match=expected) as caught:
                refuse(path)
            assert name in caught.value.message
            assert caught.value.hint
            assert expected == "does not exist" or "does not exist" not in caught.value.message


def test_a_folder_a_picture_and_a_silent_film_are_refused(tmp_path):
    import av

    with pytest.raises(AnnotatorError, match="is a folder"):
        finish(probe(tmp_path))
    png(tmp_path / "cover.mp3")
    with pytest.raises(AnnotatorError, match=r"no audio stream|not an audio file"):
        finish(probe(tmp_path / "cover.mp3"))
    with av.open(tmp_path / "film.mp4", "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        container.mux(
            stream.encode(av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), format="rgb24"))
        )
        container.mux(stream.encode(None))
    with pytest.raises(AnnotatorError, match=r"no audio stream"):
        finish(probe(tmp_path / "film.mp4"))


def test_a_wav_without_a_single_sample_is_refused(tmp_path):
    soundfile.write(tmp_path / "none.wav", np.empty((0, 1), np.int16), 8_000)
    with pytest.raises(AnnotatorError, match=r"none\.wav"):
        finish(probe(tmp_path / "none.wav"))


def test_a_file_one_may_not_read_is_said_to_be_so(files, monkeypatch):
    def refuse(self, *args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(AnnotatorError, match="may not be read"):
        finish(probe(files["wav16"]))
