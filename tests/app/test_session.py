from pathlib import Path

import pytest

from annotator.app.corpus_folder import create_corpus, open_corpus_folder
from annotator.app.rate import add_rater, answer, find_rater, own_entries
from annotator.app.segment import (
    delete_segments,
    describe_segment,
    draw_segment,
    join_segments,
    move_segment,
    split_segment,
)
from annotator.app.session import Session
from annotator.domain.corpus import Recording, Segment
from annotator.domain.errors import AnnotatorError
from annotator.storage.rows import Kind


def first_recording(session: Session) -> Recording:
    with session.reading() as reader:
        return reader.recordings()[0]


def segments(session: Session) -> list[Segment]:
    with session.reading() as reader:
        return reader.segments()


def test_a_corpus_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    with pytest.raises(AnnotatorError, match="Unknown scheme"):
        create_corpus(tmp_path / "x.corpus", ["no-such-scheme"])
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.doc").touch()
    with pytest.raises(AnnotatorError, match="not empty"):
        create_corpus(tmp_path / "full")
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["thesis.doc"]


def test_a_corpus_is_not_made_twice(session: Session) -> None:
    with pytest.raises(AnnotatorError, match="corpus already"):
        create_corpus(session.folder)


def test_a_corpus_and_its_audio_can_be_moved_together(session: Session, tmp_path: Path) -> None:
    session.close()
    home = tmp_path / "elsewhere"
    home.mkdir()
    for name in ("audio", "test.corpus"):
        (tmp_path / name).rename(home / name)
    with open_corpus_folder(home / "test.corpus") as moved:
        assert moved.audio_path(first_recording(moved)).is_file()


def test_every_hand_edit_is_one_step_that_can_be_taken_back_and_done_again(session: Session) -> None:
    recording = first_recording(session)
    states = [segments(session)]
    drawn = draw_segment(session, recording, "hand", 1000, 9000)
    states.append(segments(session))
    first, second = split_segment(session, drawn, 4000)
    states.append(segments(session))
    moved = move_segment(session, second, 5000, 8000)
    states.append(segments(session))
    described = describe_segment(session, moved, text="Hello", speaker="Ann")
    states.append(segments(session))
    joined = join_segments(session, first, described)
    states.append(segments(session))
    delete_segments(session, [joined])
    states.append(segments(session))
    for state in reversed(states[:-1]):
        assert session.undo() is not None
        assert segments(session) == state
    for state in states[1:]:
        assert session.redo() is not None
        assert segments(session) == state
    assert session.redo() is None


def test_a_new_step_forgets_what_was_undone(session: Session) -> None:
    recording = first_recording(session)
    draw_segment(session, recording, "hand", 0, 100)
    session.undo()
    draw_segment(session, recording, "hand", 200, 300)
    assert session.redoable is None


def test_segments_that_overlap_or_leave_the_recording_are_refused(session: Session) -> None:
    recording = first_recording(session)
    kept = draw_segment(session, recording, "hand", 1000, 2000)
    with pytest.raises(AnnotatorError, match="may not overlap"):
        draw_segment(session, recording, "hand", 1999, 3000)
    with pytest.raises(AnnotatorError, match="which lasts"):
        draw_segment(session, recording, "hand", 5000, recording.samples + 1)
    draw_segment(session, recording, "hand", 2000, 3000)  # touching is no overlap
    draw_segment(session, recording, "another", 1500, 2500)  # nor is another tier
    assert kept in segments(session)


def test_everyone_who_listens_hears_which_kinds_changed(session: Session) -> None:
    heard: list[frozenset[Kind]] = []
    session.subscribe(heard.append)
    drawn = draw_segment(session, first_recording(session), "hand", 0, 100)
    rater = add_rater(session, "Ann")
    answer(session, segment_id=drawn.id, rater=rater, scheme="valence-arousal", values={"valence": 0.5})
    session.undo()
    assert heard == [
        frozenset({Kind.TIER, Kind.SEGMENT}),
        frozenset({Kind.RATER}),
        frozenset({Kind.ANNOTATION}),
        frozenset({Kind.ANNOTATION}),
    ]


def test_a_rater_sees_only_their_own_answers(session: Session) -> None:
    drawn = draw_segment(session, first_recording(session), "hand", 0, 100)
    for name, value in (("Ann", 0.5), ("Bo", -0.5)):
        answer(
            session,
            segment_id=drawn.id,
            rater=add_rater(session, name),
            scheme="valence-arousal",
            values={"valence": value},
        )
    with session.reading() as reader:
        own = own_entries(reader, find_rater(reader, "Ann"), "valence-arousal")
    assert {a.values["valence"] for a in own.values()} == {0.5}


def test_an_answer_off_the_scale_is_refused_and_nothing_is_stored(session: Session) -> None:
    drawn = draw_segment(session, first_recording(session), "hand", 0, 100)
    rater = add_rater(session, "Ann")
    with pytest.raises(AnnotatorError, match="not on the scale of valence"):
        answer(session, segment_id=drawn.id, rater=rater, scheme="valence-arousal", values={"valence": 7})
    with session.reading() as reader:
        assert reader.annotations(history=True) == []


def test_an_unknown_rater_is_answered_with_those_there_are(session: Session) -> None:
    add_rater(session, "Anna")
    with session.reading() as reader, pytest.raises(AnnotatorError, match='no rater "Ana"') as caught:
        find_rater(reader, "Ana")
    assert 'Did you mean "Anna"?' in caught.value.hint


def test_missing_audio_is_named_with_what_to_do(session: Session) -> None:
    recording = first_recording(session)
    session.audio_path(recording).unlink()
    with pytest.raises(AnnotatorError, match=recording.name) as caught:
        session.open_audio(recording)
    assert "Put it back" in caught.value.hint
