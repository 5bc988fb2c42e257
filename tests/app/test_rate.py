"""What a rater is asked, in which order, and that nobody sees another's answers."""

from pathlib import Path

import pytest

from annotator.app.corpus_folder import create_corpus
from annotator.app.rate import (
    add_rater,
    answer,
    item_seed,
    own_entries,
    read_workload,
    seeded_order,
    task_entries,
)
from annotator.app.segment import delete_segments, draw_segment
from annotator.app.session import Session
from annotator.domain.corpus import Rater, Segment, Task, new_id
from annotator.domain.progress import finish

RATE = 16000


@pytest.fixture
def segments(session: Session) -> list[Segment]:
    """Four segments on each of the three recordings, in the order of the recordings."""
    with session.reading() as reader:
        recordings = reader.recordings()
    quarter = RATE // 4
    return [
        draw_segment(session, recording, "hand", n * quarter, (n + 1) * quarter)
        for recording in recordings
        for n in range(4)
    ]


def rate(session: Session, rater: Rater, segment: Segment, value: float, repeat: int = 0) -> None:
    answer(
        session,
        segment_id=segment.id,
        rater=rater,
        scheme="valence-arousal",
        values={"valence": value, "arousal": 0},
        repeat=repeat,
    )


def assign(session: Session, rater: Rater, *entries: tuple[str, int]) -> None:
    task = Task(new_id(), rater.id, "valence-arousal", tuple(entries), seed=1)
    session.transact("Assign", lambda transaction: transaction.put(task))


def test_each_rater_meets_the_segments_in_an_order_of_their_own(
    session: Session, segments: list[Segment]
) -> None:
    ann, bo = add_rater(session, "Ann"), add_rater(session, "Bo")
    first, again, other = (finish(read_workload(session, rater)).entries for rater in (ann, ann, bo))
    everything = {(segment.id, 0) for segment in segments}
    assert set(first) == set(other) == everything
    assert first == again != other
    assert first != tuple((segment.id, 0) for segment in segments)


def test_the_order_of_the_others_stays_when_a_segment_goes(session: Session, segments: list[Segment]) -> None:
    ann = add_rater(session, "Ann")
    before = finish(read_workload(session, ann)).entries
    delete_segments(session, [segments[5]])
    after = finish(read_workload(session, ann)).entries
    assert after == tuple(entry for entry in before if entry[0] != segments[5].id)


def test_segments_can_come_in_the_order_of_the_recordings(session: Session, segments: list[Segment]) -> None:
    load = finish(read_workload(session, add_rater(session, "Ann"), in_order=True))
    assert load.entries == tuple((segment.id, 0) for segment in segments)


def test_a_workload_holds_no_answer_of_another_rater(session: Session, segments: list[Segment]) -> None:
    ann, bo = add_rater(session, "Ann"), add_rater(session, "Bo")
    rate(session, ann, segments[0], 0.5)
    rate(session, bo, segments[1], -0.5)
    load = finish(read_workload(session, ann))
    assert {(entry, a.rater_id) for entry, a in load.answers.items()} == {((segments[0].id, 0), ann.id)}


def test_the_second_pass_is_kept_apart_from_the_first(session: Session, segments: list[Segment]) -> None:
    ann = add_rater(session, "Ann")
    rate(session, ann, segments[0], 0.5)
    rate(session, ann, segments[0], -1, repeat=1)
    with session.reading() as reader:
        found = own_entries(reader, ann, "valence-arousal")
    valences = {entry: annotation.values["valence"] for entry, annotation in found.items()}
    assert valences == {(segments[0].id, 0): 0.5, (segments[0].id, 1): -1}


def test_what_is_assigned_comes_in_the_assigned_order_with_its_repeats(
    session: Session, segments: list[Segment]
) -> None:
    ann, bo = add_rater(session, "Ann"), add_rater(session, "Bo")
    wanted = ((segments[7].id, 0), (segments[2].id, 0), (segments[7].id, 1))
    assign(session, ann, *wanted)
    load = finish(read_workload(session, ann, in_order=True))
    assert load.entries == wanted
    assert load.assigned
    assert set(load.segments) == {segments[7].id, segments[2].id}
    everybody = finish(read_workload(session, bo))
    assert (len(everybody.entries), everybody.assigned) == (12, False)


def test_without_a_choice_the_tier_with_the_most_work_is_rated(
    session: Session, segments: list[Segment]
) -> None:
    ann, bo = add_rater(session, "Ann"), add_rater(session, "Bo")
    with session.reading() as reader:
        lonely = draw_segment(session, reader.recordings()[0], "draft", 0, 100)
    assign(session, bo, (lonely.id, 0))
    assert finish(read_workload(session, ann)).tier == "hand"
    assert finish(read_workload(session, ann, tier="draft")).tier == "draft"
    assert finish(read_workload(session, ann, tier="gone")).tier == "hand"
    assert finish(read_workload(session, bo)).tier == "draft"
    assert dict(finish(read_workload(session, ann)).tiers) == {"draft": 1, "hand": 12}


def test_a_rater_with_a_task_begins_with_its_scheme(tmp_path: Path) -> None:
    with create_corpus(tmp_path / "two.corpus", ["gems-9", "valence-arousal"]) as session:
        ann, bo = add_rater(session, "Ann"), add_rater(session, "Bo")
        assign(session, ann)
        names = [finish(read_workload(session, rater)).scheme for rater in (ann, bo)]
        assert [scheme.name for scheme in names if scheme] == ["valence-arousal", "gems-9"]
        chosen = finish(read_workload(session, ann, scheme="gems-9")).scheme
        assert chosen is not None
        assert chosen.name == "gems-9"


def test_an_empty_corpus_asks_for_nothing(tmp_path: Path) -> None:
    with create_corpus(tmp_path / "empty.corpus") as session:
        load = finish(read_workload(session, add_rater(session, "Ann")))
    assert (load.scheme, load.tier, load.entries, load.tiers) == (None, None, (), ())


def test_a_task_gives_each_entry_once_in_its_order() -> None:
    ann = Rater("1", "Ann")
    task = Task("t", "1", "mood", (("b", 0), ("a", 0), ("b", 1), ("b", 0)), seed=1)
    assert task_entries(ann, [], "mood") is None
    assert task_entries(ann, [task], "mood") == [("b", 0), ("a", 0), ("b", 1)]
    assert task_entries(ann, [task], "calm") is None


def test_the_order_of_items_differs_between_raters_and_schemes_and_stays() -> None:
    seeds = [item_seed(Rater(r, r), s) for r in ("1", "2") for s in ("emotify-9", "mood")]
    assert len(set(seeds)) == 4
    assert seeds[0] == item_seed(Rater("1", "renamed"), "emotify-9")
    assert seeded_order("abc", Rater("1", "Ann"), "mood") == seeded_order("cba", Rater("1", "Ann"), "mood")
