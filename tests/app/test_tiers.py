"""Tiers as a whole: copying one, and whether its segments may overlap."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from annotator.app.add import add_recordings
from annotator.app.corpus_folder import create_corpus
from annotator.app.segment import allow_overlaps, copy_tier, describe_segment, draw_segment
from annotator.app.session import Session
from annotator.app.tiers import comparable_tiers
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import finish


@pytest.fixture
def talks(tmp_path: Path) -> Session:
    paths = [tmp_path / name for name in ("a.wav", "b.wav")]
    for n, path in enumerate(paths):
        soundfile.write(path, np.random.default_rng(n).uniform(-0.1, 0.1, 8000), 8000)
    session = create_corpus(tmp_path / "talks.corpus")
    finish(add_recordings(session, paths))
    return session


def test_a_copy_holds_the_same_segments_of_every_recording_and_is_undone_in_one_step(talks: Session) -> None:
    with talks.reading() as reader:
        recordings = reader.recordings()
    for recording in recordings:
        segment = draw_segment(talks, recording, "hand", 100, 2000)
        describe_segment(talks, segment, text="yes", speaker="Anna")
    made = copy_tier(talks, "hand", "mine")
    with talks.reading() as reader:
        held = {tier.name: reader.segments(tier_id=tier.id) for tier in reader.tiers()}
    shapes = {
        name: [(s.recording_id, s.start, s.end, s.text, s.speaker) for s in found]
        for name, found in held.items()
    }
    assert len(shapes["mine"]) == 2
    assert shapes["mine"] == shapes["hand"]
    assert not {s.id for s in held["mine"]} & {s.id for s in held["hand"]}
    with pytest.raises(AnnotatorError, match="already"):
        copy_tier(talks, "hand", made.name)
    with pytest.raises(AnnotatorError, match="name"):
        copy_tier(talks, "hand", "  ")
    talks.undo()
    with talks.reading() as reader:
        assert [tier.name for tier in reader.tiers()] == ["hand"]


def test_overlaps_are_refused_until_allowed_and_not_forbidden_while_there_are_any(talks: Session) -> None:
    with talks.reading() as reader:
        recording = reader.recordings()[0]
    draw_segment(talks, recording, "hand", 0, 4000)
    with pytest.raises(AnnotatorError, match="may not overlap"):
        draw_segment(talks, recording, "hand", 2000, 6000)
    allow_overlaps(talks, "hand", True)
    draw_segment(talks, recording, "hand", 2000, 6000)
    with pytest.raises(AnnotatorError, match=r"at 0:00\.250"):
        allow_overlaps(talks, "hand", False)
    talks.undo()
    assert not allow_overlaps(talks, "hand", False).overlaps


def test_the_two_tiers_that_share_recordings_are_offered_first(talks: Session) -> None:
    with talks.reading() as reader:
        first, second = reader.recordings()
    for tier, recordings in {"a": [first], "b": [second], "c": [second], "d": [first]}.items():
        for recording in recordings:
            draw_segment(talks, recording, tier, 100, 2000)
    draw_segment(talks, second, "a", 100, 2000)
    assert comparable_tiers(talks) == ["a", "b", "c", "d"]
    draw_segment(talks, first, "c", 100, 2000)
    assert comparable_tiers(talks) == ["a", "c", "b", "d"]
