"""Looking closer: whom and what the list of segments is narrowed to, for rated and derived items alike."""

from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.agreement.disagreement import worst_units
from annotator.agreement.pace import by_pace
from annotator.agreement.ratings import Ratings
from annotator.app.agreement import SchemeAgreement, measure_agreement
from annotator.app.focus import (
    Focus,
    answer_bands,
    focus_text,
    focused_segments,
    rater_shares,
    segment_answers,
)
from annotator.app.rate import add_rater, answer
from annotator.app.raters import rater_book
from annotator.app.segment import draw_segment
from annotator.app.session import Session
from annotator.domain.corpus import Segment
from annotator.domain.progress import finish
from annotator.domain.scheme import Item

SCHEME = "valence-arousal"
RATE = 16000
VALENCES = {"Ann": (0.5, -1.0, 0.1), "Bo": (0.5, 1.0, 0.3), "Cy": (0.6, 0.9, -0.9)}


@pytest.fixture
def segments(session: Session) -> list[Segment]:
    with session.reading() as reader:
        recordings = reader.recordings()
    made = [draw_segment(session, recording, "hand", 0, RATE // 2) for recording in recordings]
    begun = datetime.fromisoformat("2026-01-01T10:00:00+00:00")
    for name, valences in VALENCES.items():
        rater = add_rater(session, name)
        for n, (segment, valence) in enumerate(zip(made, valences, strict=True)):
            answer(
                session, segment_id=segment.id, rater=rater, scheme=SCHEME,
                values={"valence": valence, "arousal": 0.5}, started=(begun - timedelta(seconds=n)).isoformat(),
            )  # fmt: skip
    return made


@pytest.fixture
def agreement(session: Session, segments: list[Segment]) -> SchemeAgreement:
    (found,) = finish(measure_agreement(session, SCHEME, cuts=[("valence", (0.0,))], replicates=0))
    return found


def found(session: Session, agreement: SchemeAgreement, focus: Focus, name: str = "valence") -> list[str]:
    if name == "valence":
        item, report = agreement.scheme.item(name), agreement.items[0]
    else:
        made = next(one for one in agreement.derived if one.report.item == name)
        item, report = made.item, made.report
    return [one.segment.id for one in focused_segments(session, agreement, item, report, focus)]


def test_a_rater_a_pair_an_answer(
    session: Session, segments: list[Segment], agreement: SchemeAgreement
) -> None:
    same, far, odd = (segment.id for segment in segments)
    assert found(session, agreement, Focus()) == [far, odd, same]
    assert found(session, agreement, Focus(("Cy",))) == [odd, far, same]
    assert found(session, agreement, Focus(("Ann", "Bo"))) == [far, odd]
    bands = answer_bands(agreement.scheme.item("valence"))
    assert found(session, agreement, Focus(answer=0)) == [far, odd]  # -1 by Ann, -0.9 by Cy
    assert len(bands.names) == 9


def test_an_answer_by_a_certain_rater(
    session: Session, segments: list[Segment], agreement: SchemeAgreement
) -> None:
    _, far, odd = (segment.id for segment in segments)
    assert found(session, agreement, Focus(("Ann",), 0)) == [far]
    assert found(session, agreement, Focus(("Cy",), 0)) == [odd]
    assert found(session, agreement, Focus(("Nobody",))) == []
    assert (
        focus_text(agreement.scheme.item("valence"), Focus(("Ann", "Cy"), 0))
        == "Ann and Cy, answer -1 .. -0.78"
    )


def test_derived_items_lead_to_segments_too(
    session: Session, segments: list[Segment], agreement: SchemeAgreement
) -> None:
    _, far, odd = (segment.id for segment in segments)
    assert set(found(session, agreement, Focus(), "valence_bins")) == {far, odd}
    assert found(session, agreement, Focus(("Cy",)), "valence_bins") == [odd, far]
    made = agreement.derived[-1]
    (first, _) = focused_segments(session, agreement, made.item, made.report, Focus(("Cy",)))
    assert dict(first.answers) == {"Ann": "0 .. 1", "Bo": "0 .. 1", "Cy": "-1 .. 0"}


def test_answers_to_one_segment(segments: list[Segment], agreement: SchemeAgreement) -> None:
    axes = tuple(agreement.scheme.items[:2])
    assert segment_answers(agreement, axes, segments[1].id) == {
        "Ann": (-1.0, 0.5), "Bo": (1.0, 0.5), "Cy": (0.9, 0.5),
    }  # fmt: skip


def test_shares_of_answers(agreement: SchemeAgreement) -> None:
    names, shares, counts = rater_shares(agreement, agreement.scheme.item("valence"))
    assert names == ("Ann", "Bo", "Cy")
    assert shares.sum(axis=1) == pytest.approx(1.0)
    assert counts.sum() == 9
    assert counts[:, 0].tolist() == [1, 0, 1]


@pytest.mark.parametrize("item", [
    Item("a", "integer", minimum=1, maximum=5), Item("a", "integer", minimum=0, maximum=100),
    Item("a", "number", minimum=-1, maximum=1), Item("a", "boolean"),
])  # fmt: skip
def test_every_answer_is_in_one_band(item: Item) -> None:
    bands = answer_bands(item)
    top = 1.0 if item.type == "boolean" else item.maximum - (item.minimum if item.type == "integer" else 0.0)
    low = item.minimum if item.type == "number" else 0.0
    values = np.linspace(low, top, 501) if bands.edges else np.arange(low, top + 1)
    places = bands.place(values)
    assert set(places.astype(int)) == set(range(len(bands.names)))


def test_pace_is_told_from_twenty_ratings_on(session: Session, segments: list[Segment]) -> None:
    assert rater_book(session, SCHEME).pace["valence"][""] == ()  # nine are too few
    rng = np.random.default_rng(0)
    numbers = rng.normal(size=(60, 1)) + rng.normal(size=(60, 3)) * np.linspace(2, 0.1, 60)[:, None]
    ratings = Ratings.from_matrix(numbers)
    bands = by_pace(ratings, "interval", np.repeat(np.arange(60.0), 3))
    assert [band.n for band in bands] == [36] * 5
    assert bands[0].apart > bands[-1].apart
    assert bands[0].ci[0] < bands[0].apart < bands[0].ci[1]
    assert by_pace(ratings, "interval", np.full(180, np.nan)) == ()


@given(st.lists(st.lists(st.integers(0, 2), min_size=3, max_size=3), min_size=2, max_size=12).map(np.array))
def test_two_raters_alone_are_compared_as_if_nobody_else_were_there(table: np.ndarray) -> None:
    ratings = Ratings.from_matrix(table, n_categories=3)
    alone = Ratings.from_matrix(table[:, [0, 2]], n_categories=3)
    units, scores = worst_units(ratings, "nominal", raters=[0, 2])
    assert sorted(units.tolist()) == sorted(worst_units(alone, "nominal")[0].tolist())
    assert (scores == 1.0).all()
