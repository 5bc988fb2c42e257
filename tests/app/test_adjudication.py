"""Deciding where raters differ: the queue, the decision above every rule, and everything taken back in one step."""

import pytest

from annotator.app.adjudication import (
    adjudication_queue,
    adopt_decisions,
    decide,
    pseudonyms,
    read_docket,
    withdraw_decision,
)
from annotator.app.agreement import measure_agreement
from annotator.app.consensus import settle_consensus
from annotator.app.rate import add_rater, answer
from annotator.app.segment import draw_segment
from annotator.app.session import Session
from annotator.app.targets import find_target, settled_items, settled_targets
from annotator.domain.corpus import Segment
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import finish

SCHEME = "valence-arousal"
RATE = 16000


@pytest.fixture
def segments(session: Session) -> list[Segment]:
    """Three segments: agreed on, far apart, a little apart."""
    with session.reading() as reader:
        recordings = reader.recordings()
    made = [draw_segment(session, recording, "hand", 0, RATE // 2) for recording in recordings]
    for name, valences in (("Ann", (0.5, -1.0, 0.1)), ("Bo", (0.5, 1.0, 0.3))):
        rater = add_rater(session, name)
        for segment, valence in zip(made, valences, strict=True):
            answer(
                session, segment_id=segment.id, rater=rater, scheme=SCHEME,
                values={"valence": valence, "arousal": 0.0}, comment=f"{name} says", listens=2,
            )  # fmt: skip
    return made


def settle(session: Session, segment: Segment, valence: float, by: str = "Lead") -> None:
    decide(session, segment_id=segment.id, scheme=SCHEME, values={"valence": valence}, adjudicator=by)


def test_the_worst_come_first_with_everything_that_was_said(
    session: Session, segments: list[Segment]
) -> None:
    first, second = adjudication_queue(session, SCHEME)
    assert (first.segment, second.segment) == (segments[1], segments[2])
    assert first.score == 1.0
    assert 0 < second.score < first.score
    assert first.divided == ("valence",)
    assert [(o.rater, o.values["valence"], o.comment, o.listens) for o in first.opinions] == [
        ("Ann", -1.0, "Ann says", 2), ("Bo", 1.0, "Bo says", 2),
    ]  # fmt: skip
    assert adjudication_queue(session, SCHEME, item="arousal") == ()
    assert len(adjudication_queue(session, SCHEME, most=1)) == 1


def test_a_decision_stands_over_the_rule_and_no_one_elses_rating(
    session: Session, segments: list[Segment]
) -> None:
    settle_consensus(session, SCHEME, "mean")
    before = finish(measure_agreement(session, replicates=0))[0].to_dict()
    settle(session, segments[1], 0.7)
    assert finish(measure_agreement(session, replicates=0))[0].to_dict() == before
    with session.reading() as reader:
        target = find_target(reader, "valence")
        assert [target.values[s.id] for s in segments] == pytest.approx([0.5, 0.7, 0.2])
        assert find_target(reader, "arousal").values[segments[1].id] == 0.0
        (row,) = reader.consensus(SCHEME, "adjudicated")
    assert (row.values, row.counts) == ({"valence": 0.7}, {"valence": 2})
    assert [case.segment for case in adjudication_queue(session, SCHEME)] == [segments[2]]
    assert adjudication_queue(session, SCHEME, decided=True)[0].decision == {"valence": 0.7}


def test_one_decision_leaves_the_other_labels_where_each_was_rated_once(session: Session) -> None:
    ann = add_rater(session, "Ann")
    with session.reading() as reader:
        recordings = reader.recordings()
    rated = [draw_segment(session, recording, "hand", 0, RATE // 2) for recording in recordings]
    for segment in rated:
        answer(
            session, segment_id=segment.id, rater=ann, scheme=SCHEME, values={"valence": 0.1, "arousal": 0.0}
        )
    settle(session, rated[1], 0.7)
    with session.reading() as reader:
        target = find_target(reader, "valence")
        ready, waiting = settled_targets(reader)
        told = {entry.name: entry.method for entry in settled_items(reader)}
    assert (target.origin, told["valence"]) == ("single", "single")
    assert target.values == {segment.id: 0.7 if segment == rated[1] else 0.1 for segment in rated}
    assert target.values in [one.values for one in ready]
    assert waiting == []


def test_settling_again_does_not_touch_decisions(session: Session, segments: list[Segment]) -> None:
    settle(session, segments[1], 0.7)
    settle_consensus(session, SCHEME, "mean")
    with session.reading() as reader:
        assert find_target(reader, "valence").values[segments[1].id] == 0.7


def test_one_undo_takes_annotation_and_consensus_back(session: Session, segments: list[Segment]) -> None:
    settle(session, segments[1], 0.7)
    session.undo()
    with session.reading() as reader:
        assert reader.consensus(SCHEME, "adjudicated") == []
        assert len(reader.annotations(scheme=SCHEME)) == 6
    session.redo()
    assert adjudication_queue(session, SCHEME, decided=True)[0].decision == {"valence": 0.7}
    withdraw_decision(session, segments[1].id, SCHEME)
    assert adjudication_queue(session, SCHEME)[0].segment == segments[1]
    with session.reading() as reader:
        assert len(reader.annotations(scheme=SCHEME)) == 6


def test_who_rates_and_decides_is_two_raters(session: Session, segments: list[Segment]) -> None:
    settle(session, segments[1], 0.7, by="Ann")
    settle(session, segments[2], 0.2, by="Ann")
    with session.reading() as reader:
        kinds = {rater.name: rater.kind for rater in reader.raters()}
    assert kinds == {"Ann": "human", "Bo": "human", "Ann (adjudicator)": "adjudicator"}


def test_imported_decisions_are_adopted(session: Session, segments: list[Segment]) -> None:
    judge = add_rater(session, "Judge")
    answer(
        session, segment_id=segments[1].id, rater=judge, scheme=SCHEME, values={"valence": 0.1, "arousal": 0}
    )
    adopted = adopt_decisions(session, SCHEME, "Judge")
    assert adopted.segments == 1
    (agreement,) = finish(measure_agreement(session, replicates=0))
    assert agreement.items[0].n_raters == 2
    with pytest.raises(AnnotatorError, match="no rater"):
        adopt_decisions(session, SCHEME, "Nobody")


@pytest.mark.parametrize(
    ("values", "message"), [({}, "Nothing is decided"), ({"valence": 3}, "not on the scale")]
)
def test_what_is_no_decision_changes_nothing(
    session: Session, segments: list[Segment], values: dict[str, float], message: str
) -> None:
    with pytest.raises(AnnotatorError, match=message):
        decide(session, segment_id=segments[0].id, scheme=SCHEME, values=values, adjudicator="Lead")
    with session.reading() as reader:
        assert [rater.name for rater in reader.raters()] == ["Ann", "Bo"]


def test_uncertainty_of_settled_values(session: Session, segments: list[Segment]) -> None:
    settle_consensus(session, SCHEME, "ewe")
    with session.reading() as reader:
        unsure = {row.segment_id: row.uncertainty for row in reader.consensus(SCHEME, "ewe")}
    assert [unsure[s.id]["valence"] for s in segments] == pytest.approx([0, 2**0.5, 0.02**0.5])


def test_settled_values_know_the_ratings_they_came_from(session: Session, segments: list[Segment]) -> None:
    result = settle_consensus(session, SCHEME, "mean")
    assert result.uncertainty == pytest.approx({"valence": (2**0.5 + 0.02**0.5) / 3, "arousal": 0.0})
    with session.reading() as reader:
        given = {a.id: a.segment_id for a in reader.annotations(scheme=SCHEME)}
        rows = reader.consensus(SCHEME, "mean")
    assert sorted(key for row in rows for key in row.sources) == sorted(given)
    assert all(given[key] == row.segment_id for row in rows for key in row.sources)
    settle(session, segments[1], 0.7)
    with session.reading() as reader:
        (row,) = reader.consensus(SCHEME, "adjudicated")
        decision, *answers = row.sources
        by = {a.id: a for a in reader.annotations(scheme=SCHEME)}
    assert by[decision].values == {"valence": 0.7}
    assert {by[key].segment_id for key in answers} == {segments[1].id}
    assert len(answers) == 2
    assert row.uncertainty == pytest.approx({"valence": 2**0.5})


def test_a_changed_mind_is_the_source_and_not_what_was_said_before(
    session: Session, segments: list[Segment]
) -> None:
    with session.reading() as reader:
        ann = next(r for r in reader.raters() if r.name == "Ann")
    again = answer(
        session, segment_id=segments[1].id, rater=ann, scheme=SCHEME, values={"valence": 1.0, "arousal": 0.0}
    )
    settle_consensus(session, SCHEME, "median")
    with session.reading() as reader:
        row = next(r for r in reader.consensus(SCHEME, "median") if r.segment_id == segments[1].id)
    assert again.id in row.sources
    assert len(row.sources) == 2
    assert row.uncertainty["valence"] == 0.0


def test_options_that_a_method_does_not_take_are_refused(session: Session, segments: list[Segment]) -> None:
    with pytest.raises(AnnotatorError, match='"mean" has no option "ties"'):
        settle_consensus(session, SCHEME, "mean", ties="first")


def test_the_docket_says_what_remains(session: Session, segments: list[Segment]) -> None:
    docket = read_docket(session, SCHEME)
    assert (docket.divided, docket.decided, docket.remaining) == (2, 0, 2)
    assert docket.raters == ("Ann", "Bo")
    assert [case.segment for case in read_docket(session, SCHEME, above=0.5).cases] == [segments[1]]
    with pytest.raises(AnnotatorError, match="below 1"):
        read_docket(session, SCHEME, above=1)
    settle(session, segments[1], 0.7)
    docket = read_docket(session, SCHEME, most=1)
    assert [case.segment for case in docket.cases] == [segments[2]]
    assert (docket.divided, docket.decided, docket.remaining) == (2, 1, 1)
    # Also one on which nobody differed counts once it is decided.
    settle(session, segments[0], 0.5)
    docket = read_docket(session, SCHEME, decided=True)
    assert [case.segment for case in docket.cases] == [segments[1], segments[2], segments[0]]
    assert (docket.divided, docket.remaining) == (3, 1)


def test_pseudonyms_are_one_to_one_and_stay_the_same() -> None:
    names = [f"rater {n}" for n in range(20)]
    given = pseudonyms(names)
    assert len(set(given.values())) == 20
    assert given == pseudonyms(reversed(names))
    assert list(given.values()) != sorted(given.values())


def test_a_segment_that_is_gone_cannot_be_decided(session: Session, segments: list[Segment]) -> None:
    with pytest.raises(AnnotatorError, match="not in the corpus"):
        decide(session, segment_id="0" * 32, scheme=SCHEME, values={"valence": 0}, adjudicator="Lead")
