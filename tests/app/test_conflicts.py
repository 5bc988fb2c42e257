"""Conflicts of a merge: one key each, settled one way or the other, all in one step that can be taken back."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from annotator.app.conflicts import Side, parse_choices, settle_conflicts
from annotator.app.corpus_folder import open_corpus_folder
from annotator.app.merge import merge
from annotator.app.rate import add_rater, answer
from annotator.app.segment import delete_segments, draw_segment, move_segment
from annotator.app.session import Session
from annotator.domain.corpus import Link, Segment
from annotator.domain.errors import UsageError
from annotator.domain.progress import finish
from annotator.domain.scheme import find_scheme

SCHEME = "valence-arousal"


def segments(session: Session) -> list[Segment]:
    with session.reading() as reader:
        return sorted(reader.segments(), key=lambda s: (s.start, s.end))


def spans(session: Session) -> list[tuple[int, int]]:
    return [(s.start, s.end) for s in segments(session)]


@pytest.fixture
def copy(session: Session, tmp_path: Path) -> Path:
    """Three segments on one recording; on the copy the first is moved and described, the second deleted, a new one
    drawn; here the first is moved too, the second rated, and a new one drawn over theirs."""
    with session.reading() as reader:
        recording = reader.recordings()[0]
    first, second, _ = (draw_segment(session, recording, "hand", 4000 * n, 4000 * n + 2000) for n in range(3))
    shutil.copytree(session.folder, tmp_path / "copy.corpus")
    with open_corpus_folder(tmp_path / "copy.corpus") as theirs:
        move_segment(theirs, first, 10, 2000)
        delete_segments(theirs, [second])
        draw_segment(theirs, recording, "hand", 12_000, 13_000)
    move_segment(session, first, 20, 2000)
    answer(
        session, segment_id=second.id, rater=add_rater(session, "Ann"), scheme=SCHEME,
        values={"valence": 1, "arousal": 1},
    )  # fmt: skip
    draw_segment(session, recording, "hand", 12_500, 14_000)
    return tmp_path / "copy.corpus"


OURS = [(20, 2000), (4000, 6000), (8000, 10_000), (12_500, 14_000)]


@pytest.mark.parametrize(
    ("kind", "side", "after"),
    [
        ("edges", "ours", [*OURS[:3], (12_000, 13_000), OURS[3]]),
        ("edges", "theirs", [(10, 2000), *OURS[1:3], (12_000, 13_000), OURS[3]]),
        ("edges", "both", [(10, 2000), *OURS[:3], (12_000, 13_000), OURS[3]]),
        ("deleted", "theirs", [OURS[0], OURS[2], (12_000, 13_000), OURS[3]]),
        ("deleted", "ours", [*OURS[:3], (12_000, 13_000), OURS[3]]),
        ("overlap", "ours", OURS),
        ("overlap", "theirs", [*OURS[:3], (12_000, 13_000)]),
        ("overlap", "both", [*OURS[:3], (12_000, 13_000), OURS[3]]),
    ],
)
def test_one_conflict_is_settled_and_taken_back(
    session: Session, copy: Path, kind: str, side: Side, after: list[tuple[int, int]]
) -> None:
    merged = finish(merge(session, [copy]))
    assert sorted(c.kind for c in merged.conflicts) == ["deleted", "edges", "overlap"]
    before = spans(session)
    (conflict,) = (c for c in merged.conflicts if c.kind == kind)
    assert conflict.segment("ours") is not None
    settled = settle_conflicts(session, merged.conflicts, {conflict.key: side})
    assert {c.settled for c in settled if c.key == conflict.key} == {side}
    assert [c for c in settled if c.key != conflict.key] == [
        c for c in merged.conflicts if c.key != conflict.key
    ]
    assert spans(session) == after
    if before != after:
        session.undo()
    assert spans(session) == before
    # The same choice, made while merging once more by the same key.
    again = finish(merge(session, [copy], choices={conflict.key: side}))
    assert {c.settled for c in again.conflicts if c.key == conflict.key} == {side}
    assert spans(session) == after


def test_all_at_once(session: Session, copy: Path) -> None:
    merged = finish(merge(session, [copy]))
    settle_conflicts(session, merged.conflicts, {"all": "theirs"})
    assert spans(session) == [(10, 2000), (8000, 10_000), (12_000, 13_000)]
    with session.reading() as reader:
        assert len(reader.annotations(history=True)) == 0  # out of sight with its segment, and not lost:
    session.undo()
    settled = settle_conflicts(session, merged.conflicts, {"all": "both"})
    assert sorted((c.kind, c.settled) for c in settled) == [
        ("deleted", "ours"),
        ("edges", "both"),
        ("overlap", "both"),
    ]
    with session.reading() as reader:
        assert len(reader.annotations()) == 1


def test_both_segments_have_the_same_key_on_every_copy(session: Session, copy: Path) -> None:
    merged = finish(merge(session, [copy]))
    for _ in range(2):
        settle_conflicts(session, merged.conflicts, {"all": "both"})
    assert len(segments(session)) == 6


@pytest.mark.parametrize("choices", [{"nothing": "ours"}, {"KEY": "both"}])
def test_a_choice_that_fits_nothing_changes_nothing(
    session: Session, copy: Path, choices: dict[str, Side]
) -> None:
    merged = finish(merge(session, [copy]))
    session.undo()
    before = spans(session)
    (deleted,) = (c for c in merged.conflicts if c.kind == "deleted")
    given = {deleted.key if key == "KEY" else key: side for key, side in choices.items()}
    with pytest.raises(UsageError):
        finish(merge(session, [copy], choices=given))
    assert spans(session) == before


@pytest.mark.parametrize("text", ["a", "a=", "=ours", "a=mine", ""])
def test_choices_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_choices([text])


def test_schemes_and_links_are_settled_too(session: Session, tmp_path: Path) -> None:
    with session.reading() as reader:
        one, two = reader.recordings()[:2]
    link = Link(one.id, two.id, 0.9, 0, 9, 0, 9)
    session.transact("Link", lambda t: t.put(replace(link, verdict="dismissed", reason="another take")))
    shutil.copytree(session.folder, tmp_path / "copy.corpus")
    other = replace(find_scheme(SCHEME), title="Another")
    with open_corpus_folder(tmp_path / "copy.corpus") as theirs:
        theirs.transact("Change", lambda t: t.put(other, replace(link, verdict="accepted")))
    merged = finish(merge(session, [tmp_path / "copy.corpus"]))
    assert [(c.kind, c.settled, c.segment("ours")) for c in merged.conflicts] == [
        ("scheme", "ours", None),
        ("link", "theirs", None),
    ]
    settle_conflicts(
        session, merged.conflicts, {merged.conflicts[0].key: "theirs", merged.conflicts[1].key: "ours"}
    )
    with session.reading() as reader:
        assert reader.schemes() == [other]
        assert (reader.links()[0].verdict, reader.links()[0].reason) == ("dismissed", "another take")
