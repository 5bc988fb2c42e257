"""A stored split tells what it holds now, and what has changed since it was made."""

import pytest

from annotator.app.consensus import settle_consensus
from annotator.app.rate import add_rater, answer
from annotator.app.segment import draw_segment
from annotator.app.session import Session
from annotator.app.split import count_groups, fold_shares, make_split, report_split
from annotator.domain.corpus import Segment
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import finish
from annotator.storage.rows import Kind


@pytest.fixture
def segments(session: Session) -> list[Segment]:
    """Two segments in each of three recordings of two speakers."""
    with session.reading() as reader:
        recordings = reader.recordings()
    return [
        draw_segment(session, recording, "hand", start, start + 4000)
        for recording in recordings
        for start in (0, 5000)
    ]


def test_groups_are_counted_as_the_split_will_tie_them(session: Session, segments: list[Segment]) -> None:
    assert count_groups(session, ["speaker"]) == (2, 6)
    assert count_groups(session, ["recording"]) == (3, 6)
    assert count_groups(session, ["recording", "speaker"], "hand") == (2, 6)
    with pytest.raises(AnnotatorError, match="no tier"):
        count_groups(session, ["speaker"], "nowhere")


def rate_all(session: Session, rater: str, segments: list[Segment]) -> None:
    for n, segment in enumerate(segments):
        values = {"valence": n / 10, "arousal": 0.0}
        who = add_rater(session, rater)
        answer(session, segment_id=segment.id, rater=who, scheme="valence-arousal", values=values)


def test_a_report_says_what_making_the_split_said(session: Session, segments: list[Segment]) -> None:
    rate_all(session, "Ann", segments)
    shares = fold_shares(2)
    made = finish(
        make_split(session, "two", shares=shares, group_keys=["speaker"], stratify="valence", seed=3)
    )
    report = report_split(session, "two")
    assert report.result == made
    assert report.split.name == "two"


def test_a_report_says_what_has_gone_and_come_since(session: Session, segments: list[Segment]) -> None:
    finish(make_split(session, "two", shares=fold_shares(2), group_keys=["speaker"]))
    with session.reading() as reader:
        recording = reader.recordings()[0]
    session.transact("Delete", lambda t: t.remove(Kind.SEGMENT, [segments[0].id]))
    draw_segment(session, recording, "hand", 10_000, 11_000)
    result = report_split(session, "two").result
    assert sum(part.segments for part in result.parts.values()) == 5
    assert "1 of its segments is no longer in the corpus." in result.warnings
    assert "1 segment that came later is in no part." in result.warnings


def test_classes_that_cannot_be_told_any_more_are_no_obstacle(
    session: Session, segments: list[Segment]
) -> None:
    rate_all(session, "Ann", segments)
    finish(make_split(session, "two", shares=fold_shares(2), group_keys=["speaker"], stratify="valence"))
    rate_all(session, "Bo", segments)  # second opinions, and nobody has settled them
    result = report_split(session, "two").result
    assert result.warnings[0].startswith("Its classes cannot be counted. Segments have several ratings")
    assert sum(part.segments for part in result.parts.values()) == 6
    assert all(part.classes == {} for part in result.parts.values())
    settle_consensus(session, "valence-arousal", "mean")
    assert not any("cannot be counted" in warning for warning in report_split(session, "two").result.warnings)
