"""Every segment has its raters, every rater a fair share in an order of their own, and nothing given is moved."""

import random
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.app.rate import add_rater, task_entries
from annotator.app.segment import draw_segment
from annotator.app.session import Session
from annotator.app.tasks import MOST_REPEATS, Piece, assign, distribute, spread
from annotator.domain.corpus import Rater
from annotator.domain.errors import AnnotatorError, UsageError

RATE = 16000


def pieces_of(sizes: list[int]) -> dict[str, Piece]:
    """A recording for each number, of so many segments; every two recordings are of one speaker."""
    return {
        f"{r}-{n}": Piece(f"{r}-{n}", f"r{r}", f"speaker {r // 2}")
        for r, size in enumerate(sizes)
        for n in range(size)
    }


SIZES = st.lists(st.integers(1, 9), min_size=1, max_size=8)


@given(SIZES, st.integers(1, 6), st.data())
def test_every_segment_has_its_raters_and_loads_are_equal(
    sizes: list[int], n_raters: int, data: st.DataObject
) -> None:
    pieces = pieces_of(sizes)
    raters = [f"rater {n}" for n in range(n_raters)]
    overlap = data.draw(st.integers(1, n_raters))
    seed = data.draw(st.integers(0, 5))
    shares = distribute(pieces, raters, overlap, {}, seed)
    assert shares == distribute(pieces, raters, overlap, {}, seed)
    assert all(len(share) == len(set(share)) for share in shares.values())
    assert Counter(s for share in shares.values() for s in share) == dict.fromkeys(pieces, overlap)
    loads = [len(share) for share in shares.values()]
    assert max(loads) - min(loads) <= 1
    for group in {piece.group for piece in pieces.values()}:
        in_group = [sum(pieces[s].group == group for s in share) for share in shares.values()]
        assert max(in_group) - min(in_group) <= 2


@given(SIZES, SIZES, st.integers(1, 3), st.integers(1, 3))
def test_a_second_assignment_fills_up_what_is_missing(
    first: list[int], more: list[int], before: int, after: int
) -> None:
    raters = ["Ann", "Bo", "Cem"]
    old = pieces_of(first)
    given_before = {r: set(s) for r, s in distribute(old, raters, before, {}, 0).items()}
    pieces = old | {f"new {k}": Piece(f"new {k}", p.recording, p.group) for k, p in pieces_of(more).items()}
    shares = distribute(pieces, raters, after, given_before, 1)
    for rater in raters:
        assert not given_before[rater] & set(shares[rater])
    total = Counter(s for rater in raters for s in [*given_before[rater], *shares[rater]])
    assert total == {s: max(after, before) if s in old else after for s in pieces}
    loads = [len(given_before[rater]) + len(shares[rater]) for rater in raters]
    assert max(loads) - min(loads) <= 1


@given(SIZES, st.integers(0, 3))
def test_neighbours_are_from_different_recordings_where_that_is_possible(sizes: list[int], seed: int) -> None:
    entries = [(piece, 0) for piece in pieces_of(sizes).values()]
    order = spread(entries, random.Random(seed))
    assert sorted(order, key=str) == sorted(entries, key=str)
    meetings = sum(a.recording == b.recording for (a, _), (b, _) in pairwise(order))
    assert meetings == max(0, 2 * max(sizes) - len(entries) - 1)


def test_speakers_are_broken_up_too() -> None:
    entries = [(piece, 0) for piece in pieces_of([10] * 8).values()]
    order = spread(entries, random.Random(0))
    assert sum(a.group == b.group for (a, _), (b, _) in pairwise(order)) <= 2


# In a corpus


def cut(session: Session, per_recording: int = 8) -> None:
    with session.reading() as reader:
        recordings = reader.recordings()
    for recording in recordings:
        step = recording.samples // 8
        for n in range(per_recording):
            with session.reading() as reader:
                held = {(s.recording_id, s.start) for s in reader.segments()}
            if (recording.id, n * step) not in held:
                draw_segment(session, recording, "hand", n * step, (n + 1) * step)


def tasks(session: Session) -> dict[str, list[tuple[str, int]]]:
    with session.reading() as reader:
        return {r.name: task_entries(r, reader.tasks(), "valence-arousal") or [] for r in reader.raters()}


def test_repeats_come_late_and_far_from_the_first_time(session: Session) -> None:
    cut(session)
    result = assign(session, ["Ann", "Bo", "Cem"], overlap=2, repeat=0.25, seed=3)
    assert (result.segments, result.overlap, result.tier) == (24, 2, "hand")
    for handed in result.tasks:
        assert (handed.segments, handed.repeats, handed.added) == (16, 4, 20)
        entries = tasks(session)[handed.rater]
        for place, (segment, number) in enumerate(entries):
            if number:
                assert place >= len(entries) // 2
                assert place - entries.index((segment, 0)) >= 5


def test_the_same_seed_gives_the_same_tasks_and_another_one_others(session: Session) -> None:
    cut(session)
    found = []
    for seed in (1, 1, 2):
        assign(session, ["Ann", "Bo"], overlap=1, repeat=0.1, seed=seed)
        found.append(tasks(session))
        session.undo()
        assert not any(tasks(session).values())
    assert found[0] == found[1] != found[2]
    assert found[0]["Ann"] != found[0]["Bo"]


def test_what_was_given_stays_in_its_place(session: Session) -> None:
    cut(session, 4)
    assign(session, ["Ann", "Bo"], overlap=2, seed=1)
    before = tasks(session)
    again = assign(session, ["Ann", "Bo"], overlap=2, seed=9)
    assert tasks(session) == before
    assert [handed.added for handed in again.tasks] == [0, 0]
    cut(session, 8)
    assign(session, ["Ann", "Bo"], overlap=2, seed=9)
    for name, entries in tasks(session).items():
        assert entries[:12] == before[name]
        assert len(entries) == 24


def test_a_rater_who_exists_is_not_made_again(session: Session) -> None:
    cut(session, 2)
    ann = add_rater(session, "Ann")
    assign(session, [" Ann ", "Bo"], overlap=1)
    with session.reading() as reader:
        assert [r.name for r in reader.raters()] == ["Ann", "Bo"]
        assert ann in reader.raters()
        assert {task.rater_id for task in reader.tasks()} == {r.id for r in reader.raters()}
        assert isinstance(reader.raters()[0], Rater)


@pytest.mark.parametrize(
    ("raters", "options", "said"),
    [
        ([], {"overlap": 1}, "at least one rater"),
        (["Ann", ""], {"overlap": 1}, "at least one rater"),
        (["Ann", "Ann"], {"overlap": 1}, "Ann is named twice"),
        (["Ann"], {"overlap": 2}, "1 raters cannot give 2"),
        (["Ann"], {"overlap": 0}, "cannot give 0"),
        (["Ann"], {"overlap": 1, "repeat": MOST_REPEATS + 0.1}, "no share of repeats"),
    ],
)
def test_impossible_wishes_are_refused(
    session: Session, raters: list[str], options: dict[str, float], said: str
) -> None:
    cut(session, 1)
    with pytest.raises(UsageError, match=said):
        assign(session, raters, **options)  # type: ignore[arg-type]
    assert session.undoable is not None
    assert not tasks(session)


def test_an_empty_tier_is_named(session: Session) -> None:
    with pytest.raises(AnnotatorError, match="tiers"):
        assign(session, ["Ann"], overlap=1)
