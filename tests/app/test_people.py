"""Raters' profiles, the history of their answers, and what the lead lets them see."""

import re
from pathlib import Path

import pytest

from annotator.app.agreement import measure_agreement
from annotator.app.consensus import settle_consensus
from annotator.app.export import export_corpus
from annotator.app.history import answer_history
from annotator.app.people import people, rename_rater, set_profile
from annotator.app.policy import Policy, blind, open_work, policy_of, require_open, set_policy
from annotator.app.rate import add_rater, answer
from annotator.app.segment import draw_segment
from annotator.app.session import Session
from annotator.app.tasks import assign
from annotator.domain.corpus import PRACTICE, Rater, Segment
from annotator.domain.demographics import demographics
from annotator.domain.errors import AnnotatorError, UsageError
from annotator.domain.progress import finish

SCHEME = "valence-arousal"


@pytest.fixture
def segments(session: Session) -> list[Segment]:
    with session.reading() as reader:
        recordings = reader.recordings()
    return [draw_segment(session, r, "hand", 4000 * n, 4000 * n + 2000) for r in recordings for n in range(2)]


def rate(session: Session, name: str, segment: Segment, valence: float, **more: object) -> None:
    answer(
        session, segment_id=segment.id, rater=add_rater(session, name), scheme=SCHEME,
        values={"valence": valence, "arousal": 0}, **more,  # type: ignore[arg-type]
    )  # fmt: skip


# Profiles


def test_a_profile_keeps_what_was_told_and_undo_takes_it_back(session: Session) -> None:
    set_profile(session, "Ann", age=31, gender=" non  binary ", languages=["it", " en", "it", ""])
    (ann,) = people(session)
    assert (ann.age, ann.gender, ann.languages, ann.ratings) == (31, "non binary", ("it", "en"), 0)
    set_profile(session, "Ann", gender="")
    assert (people(session)[0].age, people(session)[0].gender) == (31, "")
    set_profile(session, "Ann", languages=["ko"], clear=True)
    assert (people(session)[0].age, people(session)[0].languages) == (None, ("ko",))
    session.undo()
    assert people(session)[0].age == 31


def test_telling_the_same_again_changes_nothing(session: Session) -> None:
    first = set_profile(session, "Ann", age=31)
    assert set_profile(session, "Ann", age=31) == first


@pytest.mark.parametrize(
    "told", [{"age": 0}, {"age": 999}, {"gender": "x" * 61}, {"languages": map(str, range(21))}]
)
def test_what_makes_no_sense_is_refused_and_makes_no_rater(session: Session, told: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        set_profile(session, "Ann", **told)  # type: ignore[arg-type]
    assert people(session) == ()


def test_a_renamed_rater_keeps_the_answers(session: Session, segments: list[Segment]) -> None:
    rate(session, "Ann", segments[0], 0.5)
    add_rater(session, "Bo")
    rename_rater(session, "Ann", "P07")
    assert [(one.name, one.ratings) for one in people(session)] == [("Bo", 0), ("P07", 1)]
    with pytest.raises(AnnotatorError, match="another rater"):
        rename_rater(session, "Bo", "P07")
    with pytest.raises(AnnotatorError, match="needs a name"):
        rename_rater(session, "Bo", " ")


def test_numbers_for_a_data_card_tell_nobody_apart() -> None:
    raters = [
        Rater("a", "Ann", profile={"age": 20, "gender": "female", "languages": ["en"]}),
        Rater("b", "Bo", profile={"gender": "male", "languages": ["en", "id"]}),
        Rater("c", "Cem", profile={"gender": "female"}),
        Rater("d", "labels", "reference"),
    ]
    found = demographics(raters)
    assert (found["raters"], found["age"]) == (3, None)  # one age is a person's, not a number
    assert found["gender"] == {"female": 2, "other": 1}
    assert found["languages"] == {"en": 2, "other": 1}
    assert "Ann" not in str(found)


def test_profiles_are_in_no_export(session: Session, segments: list[Segment], tmp_path: Path) -> None:
    set_profile(session, "Ann", age=31, gender="nonbinary", languages=["volapük"])
    rate(session, "Ann", segments[0], 0.5, flagged=True)
    finish(export_corpus(session, tmp_path / "out", format="csv"))
    # The data card counts what raters told of themselves; no row of a table tells it.
    written = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "out").glob("*.csv"))
    told = set(re.findall(r"\w+", written))
    assert told & {"Ann", "volapük", "nonbinary"} == set()


# History


def test_every_revision_is_kept_and_told(session: Session, segments: list[Segment]) -> None:
    rate(session, "Ann", segments[0], 0.5, comment="hm", listens=2)
    rate(session, "Ann", segments[0], -0.5, flagged=True)
    rate(session, "Bo", segments[1], 1.0)
    rate(session, "Ann", segments[2], 0.0, repeat=PRACTICE)
    session.undo()
    told = [
        (e.rater, e.annotation.values["valence"], e.current) for e in answer_history(session, rater="Ann")
    ]
    assert told == [("Ann", 0.0, False), ("Ann", 0.0, False), ("Ann", -0.5, True), ("Ann", 0.5, False)]
    first = answer_history(session, rater="Ann")[-1].to_dict()
    assert (first["comment"], first["listens"], first["revision"], first["end"]) == ("hm", 2, 1, 2000 / 16000)
    assert [e.rater for e in answer_history(session, current=True)] == ["Bo", "Ann"]
    assert len(answer_history(session, segment=segments[0].id)) == 2


def test_flags_are_found_until_they_are_taken_back(session: Session, segments: list[Segment]) -> None:
    rate(session, "Ann", segments[0], 0.5, flagged=True)
    rate(session, "Ann", segments[1], 0.5, flagged=True)
    rate(session, "Ann", segments[1], 0.5)
    found = answer_history(session, flagged=True)
    assert [e.segment.id for e in found] == [segments[0].id]


# What the lead lets people see


def test_switches_stay_and_can_be_undone(session: Session) -> None:
    assert policy_of(session) == Policy()
    set_policy(session, text=True, pause=10)
    set_policy(session, adjudication="open")
    assert policy_of(session) == Policy(text=True, pause=10, adjudication="open")
    session.undo()
    assert policy_of(session) == Policy(text=True, pause=10)
    session.undo()
    assert policy_of(session) == Policy()
    session.redo()
    assert policy_of(session).pause == 10


@pytest.mark.parametrize("changes", [{"pause": -1}, {"pause": 100_000}, {"adjudication": "later"}])
def test_switches_that_make_no_sense_are_refused(session: Session, changes: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        set_policy(session, **changes)
    assert policy_of(session) == Policy()


@pytest.mark.parametrize("kept", ["{", '{"pause": "soon"}', '{"text": 1}', "[]", '{"adjudication": "x"}'])
def test_switches_that_were_tampered_with_are_told_and_can_be_set_again(session: Session, kept: str) -> None:
    session.transact("Tamper", lambda transaction: transaction.set_meta("policy", kept))
    with pytest.raises(AnnotatorError, match="not readable"):
        policy_of(session)
    assert set_policy(session, text=True) == Policy(text=True) == policy_of(session)


def test_a_rater_with_work_left_does_not_see_the_others(session: Session, segments: list[Segment]) -> None:
    assign(session, ["Ann", "Bo"], overlap=2)
    ann = add_rater(session, "Ann")
    for n, segment in enumerate(segments):
        with session.reading() as reader:
            assert open_work(reader, ann) == len(segments) - n
            assert "Ann" in blind(reader, ann)
            assert blind(reader, None) == ""
        rate(session, "Ann", segment, 0.5)
    with session.reading() as reader:
        assert blind(reader, ann) == ""
        assert blind(reader, add_rater(session, "Bo")) != ""
    set_policy(session, adjudication="open")
    with session.reading() as reader:
        assert blind(reader, add_rater(session, "Bo")) == ""


def test_closed_means_closed_to_everybody(session: Session, segments: list[Segment], tmp_path: Path) -> None:
    for name in ("Ann", "Bo"):
        for n, segment in enumerate(segments):
            rate(session, name, segment, n / 10)
    finish(measure_agreement(session, replicates=10))
    set_policy(session, adjudication="closed")
    with session.reading() as reader:
        assert blind(reader, add_rater(session, "Ann")) != ""
        with pytest.raises(AnnotatorError, match="closed"):
            require_open(reader)
    with pytest.raises(AnnotatorError, match="closed"):
        finish(measure_agreement(session, replicates=10))
    with pytest.raises(AnnotatorError, match="closed"):
        settle_consensus(session, None, "mean")
    with pytest.raises(AnnotatorError, match="closed"):
        finish(export_corpus(session, tmp_path / "out", format="csv"))
    with pytest.raises(AnnotatorError, match="closed"):
        answer_history(session)
    assert len(answer_history(session, rater="Ann")) == len(segments)


def test_practice_counts_nowhere(session: Session, segments: list[Segment], tmp_path: Path) -> None:
    for name in ("Ann", "Bo"):
        for segment in segments[:4]:
            rate(session, name, segment, 0.25)
    before = repr(finish(measure_agreement(session, replicates=10)))
    for name in ("Ann", "Cem"):
        rate(session, name, segments[5], -1, repeat=PRACTICE)
    assert repr(finish(measure_agreement(session, replicates=10))) == before
    assert settle_consensus(session, None, "mean").segments == 4
    finish(export_corpus(session, tmp_path / "out", format="csv"))
    assert len((tmp_path / "out" / "ratings.csv").read_text().splitlines()) == 1 + 8 * 2
    assert {one.name: one.ratings for one in people(session)} == {"Ann": 4, "Bo": 4, "Cem": 0}
