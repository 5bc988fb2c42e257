"""What can be trained in a corpus: items that are settled, items that wait, splits."""

import pytest

from annotator.app.consensus import settle_consensus
from annotator.app.rate import add_rater, answer
from annotator.app.session import Session
from annotator.app.split import fold_shares, make_split
from annotator.app.targets import find_target
from annotator.app.train import TrainingChoices, training_choices
from annotator.domain.corpus import Segment, Tier
from annotator.domain.progress import finish


@pytest.fixture
def segments(session: Session) -> list[Segment]:
    """One segment for each recording of the corpus."""
    made = []

    def write(transaction):
        transaction.put(Tier("t" * 32, "hand"))
        for n, recording in enumerate(transaction.recordings()):
            made.append(Segment(f"{n:032x}", recording.id, "t" * 32, 0, recording.samples))
        transaction.put(*made)

    session.transact("Segment", write)
    return made


def rate(session: Session, segment: Segment, rater: str, valence: float) -> None:
    answer(
        session,
        segment_id=segment.id,
        rater=add_rater(session, rater),
        scheme="valence-arousal",
        values={"valence": valence, "arousal": 0.0},
    )


def offered(session: Session) -> TrainingChoices:
    return finish(training_choices(session))


def names(targets) -> list[tuple[str, str]]:
    return [(target.item.name, target.origin) for target in targets]


def test_nothing_is_offered_before_anybody_rated(session: Session, segments: list[Segment]):
    choices = offered(session)
    assert (choices.targets, choices.waiting, choices.splits) == ((), (), ())


def test_single_ratings_can_be_learned_until_a_second_opinion_asks_for_a_consensus(
    session: Session, segments: list[Segment]
):
    rate(session, segments[0], "ann", 0.5)
    assert names(offered(session).targets) == [("valence", "single"), ("arousal", "single")]
    rate(session, segments[0], "bo", -0.5)
    choices = offered(session)
    assert choices.targets == ()
    assert names(choices.waiting) == [("valence", ""), ("arousal", "")]
    settle_consensus(session, "valence-arousal", "mean")
    choices = offered(session)
    assert names(choices.targets) == [("valence", "mean"), ("arousal", "mean")]
    assert choices.waiting == ()


def test_what_is_offered_is_what_training_finds(session: Session, segments: list[Segment]):
    for n, segment in enumerate(segments):
        rate(session, segment, "ann", 0.1 * n)
    with session.reading() as reader:
        found = [find_target(reader, name) for name in ("valence", "arousal")]
    assert list(offered(session).targets) == found


def test_splits_come_in_the_order_in_which_they_were_made(session: Session, segments: list[Segment]):
    for name in ("second", "first"):
        rate(session, segments[0], "ann", 0.5)
        finish(make_split(session, name, shares=fold_shares(2), group_keys=["speaker"], folds=True))
    assert [split.name for split in offered(session).splits] == ["second", "first"]
