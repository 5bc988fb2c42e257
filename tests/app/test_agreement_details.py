"""What stands behind the figures: who rated what, the answers that differ, where raters lie, what is settled."""

import pytest

from annotator.app.agreement import (
    divided_segments,
    measure_agreement,
    plane_of,
    rated_schemes,
    rater_places,
)
from annotator.app.consensus import settle_consensus, settled_states
from annotator.app.rate import add_rater, answer
from annotator.app.schemes import add_scheme
from annotator.app.segment import draw_segment
from annotator.app.session import Session
from annotator.app.targets import find_target, settled_items
from annotator.domain.corpus import Segment
from annotator.domain.progress import finish
from annotator.domain.scheme import find_scheme
from annotator.storage.rows import Kind


@pytest.fixture
def segments(session: Session) -> list[Segment]:
    """One segment in each of the three recordings."""
    with session.reading() as reader:
        recordings = reader.recordings()
    return [draw_segment(session, recording, "hand", 100, 9000) for recording in recordings]


def rate(
    session: Session, rater: str, segment: Segment, valence: float, arousal: float | None, **more: int
) -> None:
    values = {"valence": valence, "arousal": arousal}
    answer(
        session, segment_id=segment.id, rater=add_rater(session, rater), scheme="valence-arousal", values=values,
        **more,
    )  # fmt: skip


def test_schemes_without_ratings_are_not_among_the_rated(session: Session, segments: list[Segment]) -> None:
    add_scheme(session, "sam-9")
    assert rated_schemes(session) == ()
    rate(session, "Ann", segments[0], 0.5, 0.5)
    rate(session, "Ann", segments[0], 0.6, 0.5, repeat=1)
    rate(session, "Bo", segments[1], 0.5, None)
    (found,) = rated_schemes(session)
    assert (found.scheme.name, found.segments, found.raters, found.ratings) == ("valence-arousal", 2, 2, 2)


def test_divided_segments_carry_everybodys_first_answers(session: Session, segments: list[Segment]) -> None:
    for segment, (ann, bo) in zip(segments, [(0.1, 0.2), (-0.9, 0.9), (0.3, 0.3)], strict=True):
        rate(session, "Bo", segment, bo, 0.0)
        rate(session, "Ann", segment, ann, None)
        rate(session, "Ann", segment, -1.0, 0.0, repeat=1)
    (agreement,) = finish(measure_agreement(session, replicates=10))
    divided = divided_segments(session, agreement)
    assert [one.segment.id for one in divided["valence"]] == [segments[1].id, segments[0].id]
    first = divided["valence"][0]
    assert first.answers == (("Ann", -0.9), ("Bo", 0.9))
    assert first.recording.id == first.segment.recording_id
    assert first.score > divided["valence"][1].score > 0
    assert divided["arousal"] == ()  # one rating each
    session.transact("Delete", lambda t: t.remove(Kind.SEGMENT, [segments[1].id]))
    assert [one.segment.id for one in divided_segments(session, agreement)["valence"]] == [segments[0].id]


def test_places_of_raters_are_means_and_spreads(session: Session, segments: list[Segment]) -> None:
    rate(session, "Bo", segments[0], 0.5, -0.5)
    rate(session, "Ann", segments[0], 0.0, 0.0)
    rate(session, "Ann", segments[1], 1.0, 0.5)
    rate(session, "Ann", segments[2], 1.0, None)  # no point in the plane
    ann, bo = rater_places(session, "valence-arousal")
    assert (ann.rater, ann.n, ann.mean) == ("Ann", 2, (0.5, 0.25))
    assert ann.spread == pytest.approx((0.5**0.5, 0.125**0.5))
    assert (bo.mean, bo.spread) == ((0.5, -0.5), None)


def test_only_grids_of_numbers_have_a_plane() -> None:
    plane = plane_of(find_scheme("valence-arousal"))
    assert plane is not None
    assert [item.name for item in plane] == ["valence", "arousal"]
    assert plane_of(find_scheme("sam-9")) is None
    assert plane_of(find_scheme("gems-9")) is None


def test_what_is_settled_is_told_until_it_is_taken_back(session: Session, segments: list[Segment]) -> None:
    assert settled_states(session) == ()
    for rater, valence in (("Ann", 0.0), ("Bo", 1.0)):
        rate(session, rater, segments[0], valence, None)
    settle_consensus(session, "valence-arousal", "mean")
    (state,) = settled_states(session)
    assert (state.scheme.name, state.method) == ("valence-arousal", "mean")
    assert (state.segments, state.ties, state.undecided) == (1, 0, 1)  # nobody could tell the arousal
    session.undo()
    assert settled_states(session) == ()


def test_settled_items_are_those_that_have_a_target(session: Session, segments: list[Segment]) -> None:
    def names() -> list[tuple[str, str]]:
        with session.reading() as reader:
            for entry in settled_items(reader):
                assert find_target(reader, entry.name).origin == entry.method
            return [(entry.name, entry.method) for entry in settled_items(reader)]

    assert names() == []
    rate(session, "Ann", segments[0], 0.5, None)
    assert names() == [("valence", "single")]
    rate(session, "Ann", segments[0], 0.1, 0.2, repeat=1)  # asked again: no second opinion
    assert names() == [("valence", "single")]
    rate(session, "Bo", segments[0], 0.7, 0.1)
    assert names() == [("arousal", "single")]
    settle_consensus(session, "valence-arousal", "mean")
    assert names() == [("valence", "mean"), ("arousal", "mean")]


def test_items_of_one_name_in_two_schemes_are_told_apart(session: Session, segments: list[Segment]) -> None:
    add_scheme(session, "affect-grid")
    rate(session, "Ann", segments[0], 0.5, 0.5)
    shared = {item.name for item in find_scheme("affect-grid").items} & {"valence", "arousal"}
    with session.reading() as reader:
        found = {entry.name for entry in settled_items(reader)}
    assert found == {f"valence-arousal:{n}" if n in shared else n for n in ("valence", "arousal")}
