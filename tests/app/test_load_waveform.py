"""Peaks are computed once and kept under the hash of the sound; what is damaged there is made again."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from annotator.app.add import add_recordings
from annotator.app.corpus_folder import create_corpus, open_corpus_folder
from annotator.app.waveform import load_waveform, peaks_path
from annotator.audio.peaks import PeakPyramid
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import finish


def _corpus(tmp_path: Path) -> Path:
    noise = np.random.default_rng(1).uniform(-0.5, 0.5, 200_000)
    soundfile.write(tmp_path / "a.ogg", noise, 16000)
    with create_corpus(tmp_path / "c.corpus") as session:
        finish(add_recordings(session, [tmp_path / "a.ogg"]))
    return tmp_path / "c.corpus"


def test_a_second_look_comes_from_the_cache_and_is_the_same(tmp_path: Path) -> None:
    with open_corpus_folder(_corpus(tmp_path)) as session, session.reading() as reader:
        recording = reader.recordings()[0]
        begun: list[PeakPyramid] = []
        first = finish(load_waveform(session, recording, begun.append))
        kept = peaks_path(session, recording)
        stamp = kept.stat().st_mtime_ns
        second = finish(load_waveform(session, recording, begun.append))
        assert [first, second] == begun
        assert kept.stat().st_mtime_ns == stamp
        for one, other in zip(first.summary(0, 150_000, 70), second.summary(0, 150_000, 70), strict=True):
            np.testing.assert_array_equal(one, other)


def test_a_damaged_cache_is_made_again(tmp_path: Path) -> None:
    with open_corpus_folder(_corpus(tmp_path)) as session, session.reading() as reader:
        recording = reader.recordings()[0]
        finish(load_waveform(session, recording))
        kept = peaks_path(session, recording)
        kept.write_bytes(kept.read_bytes()[:-100])
        assert finish(load_waveform(session, recording)).samples == recording.samples


def test_a_read_only_corpus_has_a_waveform_too(tmp_path: Path) -> None:
    with open_corpus_folder(_corpus(tmp_path), writable=False) as session, session.reading() as reader:
        recording = reader.recordings()[0]
        assert peaks_path(session, recording) is None
        assert finish(load_waveform(session, recording)).samples == recording.samples


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with open_corpus_folder(_corpus(tmp_path)) as session, session.reading() as reader:
        recording = reader.recordings()[0]
        (tmp_path / "a.ogg").unlink()
        with pytest.raises(AnnotatorError, match=r"a\.ogg"):
            finish(load_waveform(session, recording))


def test_a_full_disk_costs_the_cache_and_not_the_waveform(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise AnnotatorError("No space left on device")

    monkeypatch.setattr(PeakPyramid, "save", full)
    with open_corpus_folder(_corpus(tmp_path)) as session, session.reading() as reader:
        recording = reader.recordings()[0]
        told: list[AnnotatorError] = []
        made = finish(load_waveform(session, recording, uncached=told.append))
        assert made.samples == recording.samples
        assert ["No space left" in str(error) for error in told] == [True]
