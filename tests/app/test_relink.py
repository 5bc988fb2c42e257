"""Audio that was moved is found again, and nothing else is taken for it."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from annotator.app.add import add_recordings
from annotator.app.corpus_folder import create_corpus
from annotator.app.relink import fingerprint, relink, verify
from annotator.app.session import Session
from annotator.domain.corpus import Recording
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import finish

RATE = 8000


def _sound(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-0.3, 0.3, RATE)


@pytest.fixture
def talk(tmp_path: Path) -> tuple[Session, Recording, Path]:
    path = tmp_path / "talk.wav"
    soundfile.write(path, _sound(1), RATE)
    session = create_corpus(tmp_path / "talks.corpus")
    finish(add_recordings(session, [path]))
    with session.reading() as reader:
        return session, reader.recordings()[0], path


def test_a_moved_file_is_linked_again_and_undo_takes_it_back(talk: tuple[Session, Recording, Path]) -> None:
    session, recording, path = talk
    moved = path.rename(path.with_name("elsewhere.wav"))
    assert finish(verify(session, recording)) == "missing"
    linked = finish(relink(session, recording, moved))
    assert linked.id == recording.id
    assert session.audio_path(linked) == moved
    assert finish(verify(session, linked)) == "same"
    session.undo()
    with session.reading() as reader:
        assert reader.recordings() == [recording]


def test_the_same_samples_in_another_format_are_the_same_sound(talk: tuple[Session, Recording, Path]) -> None:
    session, recording, path = talk
    flac = path.with_suffix(".flac")
    sound, rate = soundfile.read(path, dtype="int16")
    soundfile.write(flac, sound, rate)
    linked = finish(relink(session, recording, flac))
    assert (linked.sha256, linked.pcm_hash) != (recording.sha256, "")
    assert finish(verify(session, linked)) == "same"


def test_other_sound_is_refused_and_nothing_changes(talk: tuple[Session, Recording, Path]) -> None:
    session, recording, path = talk
    other = path.with_name("other.wav")
    soundfile.write(other, _sound(2), RATE)
    for wrong, words in ((other, "is not the sound of talk.wav"), (path.with_name("none.wav"), "none.wav")):
        with pytest.raises(AnnotatorError, match=words):
            finish(relink(session, recording, wrong))
    with session.reading() as reader:
        assert reader.recordings() == [recording]


def test_a_file_that_changed_is_noticed(talk: tuple[Session, Recording, Path]) -> None:
    session, recording, path = talk
    before = fingerprint(session, recording)
    soundfile.write(path, np.append(_sound(2), 0.0), RATE)
    assert fingerprint(session, recording) != before
    assert finish(verify(session, recording)) == "changed"
    path.unlink()
    assert fingerprint(session, recording) is None
