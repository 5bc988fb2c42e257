"""Speakers of a tier by voice: written in one step, found again, never against what a person said."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from annotator.app.add import add_recordings
from annotator.app.corpus_folder import create_corpus
from annotator.app.segment import describe_segment, draw_segment, segment_recordings
from annotator.app.session import Session
from annotator.app.speakers import BUILT_IN, SpeakersFound, find_speakers
from annotator.domain.corpus import Segment
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import finish
from annotator.features import sets
from annotator.features.sets import FeatureSet

RATE = 16000
WHO = "ababbaab"  # a speaks low, b high; 2 s each


def _voice(low: float, rng: np.random.Generator) -> np.ndarray:
    time = np.arange(2 * RATE) / RATE
    sound = sum(
        np.sin(2 * np.pi * low * k * time + 3 * np.sin(2 * np.pi * rng.uniform(2, 4) * time)) / k
        for k in range(1, 20)
    )
    return 0.1 * sound * (1 + 0.5 * np.sin(2 * np.pi * 4 * time)) + rng.normal(0, 0.002, len(time))


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    rng = np.random.default_rng(0)
    sound = np.concatenate([_voice({"a": 100.0, "b": 260.0}[who], rng) for who in WHO])
    soundfile.write(tmp_path / "talk.wav", sound, RATE)
    with create_corpus(tmp_path / "t.corpus") as made:
        finish(add_recordings(made, [tmp_path / "talk.wav"]))
        with made.reading() as reader:
            (talk,) = reader.recordings()
        for n in range(len(WHO)):
            draw_segment(made, talk, "hand", 2 * n * RATE, 2 * (n + 1) * RATE)
        yield made


def held(session: Session) -> list[Segment]:
    with session.reading() as reader:
        return reader.segments()


def names(session: Session) -> str:
    return "".join(segment.speaker for segment in held(session))


def search(session: Session, **options: object) -> SpeakersFound:
    return finish(find_speakers(session, **options))  # type: ignore[arg-type]


def test_voices_become_speakers_in_one_step(session: Session) -> None:
    assert search(session, speakers=2, dry_run=True).changed == 8
    assert names(session) == ""
    found = search(session, speakers=2)
    assert names(session) == WHO.upper()
    assert [(one.name, one.segments, one.seconds, one.by_hand) for one in found.speakers] == [
        ("A", 4, 8.0, 0), ("B", 4, 8.0, 0),
    ]  # fmt: skip
    assert (found.description, found.estimated, found.changed, found.silent) == (BUILT_IN, False, 8, 0)
    assert {segment.origin for segment in held(session)} == {"hand"}
    session.undo()
    assert names(session) == ""


def test_a_name_given_by_hand_stays_and_spreads_when_searched_again(session: Session) -> None:
    search(session, speakers=2)
    describe_segment(session, held(session)[1], text="", speaker="Bo")
    found = search(session, speakers=2)
    assert names(session) == "".join({"a": "A", "b": "Bo"}[who] for who in WHO)
    assert [(one.name, one.by_hand) for one in found.speakers] == [("A", 0), ("Bo", 1)]
    assert search(session, speakers=2).changed == 0
    # What a person says of a voice holds for its segment even where the sound says otherwise.
    describe_segment(session, held(session)[2], text="", speaker="Bo")
    search(session, speakers=2)
    assert held(session)[2].speaker == "Bo"


def test_speakers_stay_where_a_tier_is_cut_again(session: Session) -> None:
    with session.reading() as reader:
        recordings = reader.recordings()
    options: dict[str, float | str] = {"length": 2.0}
    finish(segment_recordings(session, recordings, method="fixed", options=options))
    search(session, tier="fixed", speakers=2)
    options = {"length": 2.1}
    finish(segment_recordings(session, recordings, method="fixed", options=options))
    with session.reading() as reader:
        tier = next(tier for tier in reader.tiers() if tier.name == "fixed")
        moved = reader.segments(tier_id=tier.id)
    assert moved[0].speaker == "A"
    search(session, tier="fixed", speakers=1)
    with session.reading() as reader:
        assert {segment.speaker for segment in reader.segments(tier_id=tier.id)} == {"A"}


def _pitch(sound: np.ndarray) -> np.ndarray:
    """A network of sorts: whether more of the sound is below or above 200 Hz."""
    power = np.abs(np.fft.rfft(sound)) ** 2
    split = round(200 * len(sound) / RATE)
    return np.array([power[:split].sum(), power[split:].sum()], dtype=np.float64)


def test_a_network_may_tell_the_voices_apart(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = FeatureSet("embedding:x.onnx", "x", "x", 1, RATE, ("e1", "e2"), _pitch)
    monkeypatch.setattr(sets, "embedding", lambda _path: given)
    found = search(session, speakers=2, embedding=tmp_path / "x.onnx")
    assert found.description == "x.onnx"
    assert names(session) == WHO.upper()


def test_what_cannot_be_done_is_said(session: Session, tmp_path: Path) -> None:
    for options, needle in (
        ({"speakers": 9}, "9 speakers"),
        ({"speakers": 0}, "0 speakers"),
        ({"tier": "nobody"}, "nobody"),
        ({"embedding": tmp_path / "none.onnx"}, r"none\.onnx"),
    ):
        with pytest.raises(AnnotatorError, match=needle):
            search(session, **options)
    assert names(session) == ""
