"""What becomes of a tier when it is segmented again: shown before, then done; hand-made work and ratings stay."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from annotator.app.add import add_recordings
from annotator.app.corpus_folder import create_corpus
from annotator.app.info import corpus_info
from annotator.app.laying import Plan, Segmented, made_text, plan, stretch_of
from annotator.app.segment import copy_tier, draw_segment, move_segment, segment_recordings
from annotator.app.session import Session
from annotator.domain.corpus import Annotation, Rater, Recording, Segment, new_id
from annotator.domain.errors import UsageError
from annotator.domain.progress import finish
from annotator.storage.writer import Transaction

RATE = 8000


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    soundfile.write(tmp_path / "song.wav", np.random.default_rng(0).normal(0, 0.1, 12 * RATE), RATE)
    with create_corpus(tmp_path / "t.corpus", ["valence-arousal"]) as made:
        finish(add_recordings(made, [tmp_path / "song.wav"]))
        yield made


def only(session: Session) -> Recording:
    with session.reading() as reader:
        return reader.recordings()[0]


def windows(session: Session, length: float, **options: object) -> Segmented:
    """Cuts the song into windows."""
    job = segment_recordings(
        session,
        [only(session)],
        method="fixed",
        options={"length": length},
        **options,  # type: ignore[arg-type]
    )
    (result,) = finish(job)
    return result


def held(session: Session) -> list[Segment]:
    with session.reading() as reader:
        return reader.segments()


def seconds(session: Session) -> list[tuple[float, float, str]]:
    return [(s.start / RATE, s.end / RATE, s.origin) for s in held(session)]


def test_a_dry_run_says_what_the_run_does_and_changes_nothing(session: Session) -> None:
    windows(session, 3.0)
    before = held(session)
    promised = windows(session, 4.0, dry_run=True)
    assert held(session) == before
    assert len(session.undoable_steps) == 3
    done = windows(session, 4.0)
    assert done == promised
    assert (done.segments, done.added + done.moved + done.kept) == (3, 3)
    assert done.removed + done.moved + done.kept == len(before)
    assert [span[:2] for span in seconds(session)] == [(0, 4), (4, 8), (8, 12)]


def test_the_same_again_keeps_every_segment_and_its_key(session: Session) -> None:
    windows(session, 3.0)
    before = held(session)
    again = windows(session, 3.0)
    assert (again.kept, again.added, again.removed, again.moved) == (4, 0, 0, 0)
    assert held(session) == before


def test_ratings_go_with_a_segment_that_moves_and_are_told_of_one_that_goes(session: Session) -> None:
    windows(session, 3.0)
    first, second, *_ = held(session)
    rater = Rater(new_id(), "Ada")

    def rate(transaction: Transaction) -> None:
        transaction.put(rater)
        values = {"valence": 0.5, "arousal": 0.0}
        transaction.record(
            [Annotation("", s.id, rater.id, "valence-arousal", values) for s in (first, second)]
        )

    session.transact("Rate", rate)
    result = windows(session, 4.0)
    assert result.rated == 1  # 3 to 6 s shares half of its time with none of the new ones
    with session.reading() as reader:
        assert [a.segment_id for a in reader.annotations()] == [first.id]
    assert (held(session)[0].id, held(session)[0].end) == (first.id, 4 * RATE)
    session.undo()
    with session.reading() as reader:
        assert {a.segment_id for a in reader.annotations()} == {first.id, second.id}


def test_work_by_hand_stays_unless_it_is_to_be_replaced(session: Session) -> None:
    windows(session, 3.0)
    corrected = move_segment(session, held(session)[1], 3 * RATE, 5 * RATE)
    drawn = draw_segment(session, only(session), "fixed", 5 * RATE, 6 * RATE)
    result = windows(session, 2.0)
    assert (result.by_hand, {corrected, drawn} <= set(held(session))) == (2, True)
    assert [span for span in seconds(session) if 2 <= span[0] < 6] == [(3, 5, "corrected"), (5, 6, "hand")]
    result = windows(session, 2.0, replace_corrected=True)
    assert result.by_hand == 0
    assert [span[:2] for span in seconds(session)] == [(n, n + 2) for n in range(0, 12, 2)]


def test_only_the_stretch_is_cut_anew(session: Session) -> None:
    windows(session, 3.0)
    result = windows(session, 1.0, stretch=(4 * RATE, 9 * RATE))
    # 3 to 6 s reaches beyond the stretch and stays; nothing is laid over it.
    assert [span[:2] for span in seconds(session)] == [
        (0, 3), (3, 6), (6, 7), (7, 8), (8, 9), (9, 12),
    ]  # fmt: skip
    assert result.kept == 3


def test_a_tier_remembers_how_it_was_made(session: Session) -> None:
    windows(session, 3.0)
    whole = {"method": "fixed", "version": 1, "parameters": {"length": 3.0, "hop": 0.0, "rest": "drop"}}
    (way,) = corpus_info(session).made
    assert way == {"tier": "fixed", "recordings": 1, **whole}
    for _ in range(2):
        windows(session, 1.0, stretch=(0, 3 * RATE))
    (way,) = corpus_info(session).made
    assert (way["from_seconds"], way["to_seconds"], way["parameters"]["length"]) == (0, 3, 1)
    assert way["earlier"] == [whole]
    assert made_text(way).startswith("fixed (version 1) from 0:00.000 to 0:03.000: length 1")
    assert [one.made for one in (copy_tier(session, "fixed", "mine"),)] == [
        {only(session).id: {name: value for name, value in way.items() if name not in ("tier", "recordings")}}
    ]
    windows(session, 2.0)
    assert "earlier" not in next(w for w in corpus_info(session).made if w["tier"] == "fixed")
    session.undo()
    session.undo()
    assert next(w for w in corpus_info(session).made if w["tier"] == "fixed") == way


def test_a_stretch_must_lie_in_one_recording(session: Session) -> None:
    song = only(session)
    assert stretch_of([song], None, None) is None
    assert stretch_of([song, song], None, None) is None
    assert stretch_of([song], 2, None) == (2 * RATE, 12 * RATE)
    assert stretch_of([song], None, 99) == (0, 12 * RATE)
    for wrong in ((3, 3), (4, 2), (12, None), (-1, 2)):
        with pytest.raises(UsageError, match=r"song\.wav"):
            stretch_of([song], *wrong)
    with pytest.raises(UsageError, match="one recording"):
        stretch_of([song, song], 1, 2)


def _line(cuts: list[int], origins: list[str]) -> list[Segment]:
    edges = sorted(set(cuts))
    return [
        Segment(f"{origin}{a}-{b}", "r", "t", a, b, origin=origin)
        for a, b, origin in zip(edges, edges[1:], origins, strict=False)
        if origin != "none"
    ]


_spans = st.lists(st.integers(0, 60), min_size=2, max_size=12)
_origins = st.lists(st.sampled_from(["vad", "hand", "corrected", "none"]), min_size=12, max_size=12)


@given(_spans, _origins, _spans, st.booleans(), st.sampled_from([None, (10, 40)]))
def test_a_plan_adds_up_and_leaves_the_hand_made_alone(
    old: list[int], origins: list[str], new: list[int], replace: bool, stretch: tuple[int, int] | None
) -> None:
    before, made = _line(old, origins), _line(new, ["silence"] * 12)
    made = [segment for segment in made if stretch is None or (segment.start >= 10 and segment.end <= 40)]
    planned: Plan = plan(before, made, stretch=stretch, replace_corrected=replace)
    assert planned.kept + planned.moved + len(planned.removed) == len(before)
    gone = {segment.id for segment in planned.removed} | {segment.id for segment in planned.put}
    after = sorted(
        [*(s for s in before if s.id not in gone), *planned.put], key=lambda segment: segment.start
    )
    assert len(after) == planned.kept + planned.moved + planned.added
    assert all(one.end <= other.start for one, other in pairwise(after))
    if not replace:
        assert {s for s in before if s.origin in ("hand", "corrected")} <= set(after)
    if stretch:
        assert {s for s in before if not (s.start >= 10 and s.end <= 40)} <= set(after)
