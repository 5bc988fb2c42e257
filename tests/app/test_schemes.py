"""Schemes of one's own: checked, changed only where every answer still holds, saved and read back."""

from dataclasses import replace
from pathlib import Path

import pytest

from annotator.app.rate import add_rater, answer
from annotator.app.schemes import (
    check_scheme,
    doubts_about,
    duplicate,
    forbidden_changes,
    gems_scheme,
    put_scheme,
    save_scheme,
)
from annotator.app.segment import draw_segment
from annotator.app.session import Session, find_scheme
from annotator.domain.errors import AnnotatorError
from annotator.domain.scheme import Item, Scheme, builtin_schemes, read_scheme

MOOD = Scheme(
    "mood",
    "Mood",
    "perceived",
    (
        Item("mood", "category", title="Mood", labels=("up", "down", "flat")),
        Item("energy", "integer", title="Energy", minimum=1, maximum=5, low="low", high="high"),
        Item("loud", "boolean", title="Loud", optional=True),
    ),
    question="Which mood?",
)
ANSWERS = [{"mood": "up", "energy": 3}, {"mood": "down", "energy": None, "loud": True}]


def changed(name: str, **fields: object) -> Scheme:
    return replace(MOOD, items=tuple(replace(i, **fields) if i.name == name else i for i in MOOD.items))


@pytest.mark.parametrize(
    "new",
    [
        replace(MOOD, title="Another", question="What mood?", panel="choice", shuffle=True),
        changed("mood", labels=("up", "down")),
        changed("mood", labels=("none of these", "flat", "down", "up")),
        changed("energy", low="weak", high="strong", title="Power", gloss="of the voice", optional=True),
        replace(MOOD, items=(*MOOD.items, Item("sure", "boolean", optional=True))),
    ],
)
def test_words_may_change_and_labels_and_optional_items_may_come(new: Scheme) -> None:
    assert forbidden_changes(MOOD, new, ANSWERS) == ()


@pytest.mark.parametrize(
    ("new", "told"),
    [
        (replace(MOOD, judged="felt"), "perceived"),
        (replace(MOOD, items=MOOD.items[1:]), "mood has answers and is gone"),
        (changed("mood", labels=("up", "flat")), '"down"'),
        (changed("energy", maximum=7), "from 1 to 5"),
        (changed("energy", type="number"), "of the type integer"),
        (changed("energy", direction=-1), "ran the other way"),
        (replace(MOOD, items=(*MOOD.items, Item("sure", "boolean"))), "sure is new"),
    ],
)
def test_what_was_asked_may_not_change_and_the_reason_is_told(new: Scheme, told: str) -> None:
    (reason,) = forbidden_changes(MOOD, new, ANSWERS)
    assert told in reason
    assert forbidden_changes(MOOD, new, []) == ()


def test_a_limit_below_what_was_ticked_is_refused() -> None:
    boxes = Scheme("b", "B", "felt", tuple(Item(name, "boolean") for name in "abc"), panel="checklist")
    given = [{"a": True, "b": True, "c": False}]
    assert forbidden_changes(boxes, replace(boxes, most=2), given) == ()
    assert "more than 1" in forbidden_changes(boxes, replace(boxes, most=1), given)[0]


def test_a_scheme_of_a_corpus_changes_until_answers_forbid_it_and_undo_takes_it_back(
    session: Session,
) -> None:
    assert put_scheme(session, MOOD) is False
    assert put_scheme(session, changed("energy", maximum=7)) is True
    assert put_scheme(session, MOOD) is True
    with session.reading() as reader:
        segment = draw_segment(session, reader.recordings()[0], "hand", 0, 8000)
    answer(session, segment_id=segment.id, rater=add_rater(session, "Ann"), scheme="mood", values=ANSWERS[0])
    with pytest.raises(AnnotatorError, match=r"Mood has 1 answer.*from 1 to 5") as caught:
        put_scheme(session, changed("energy", maximum=7))
    assert "name of its own" in caught.value.hint
    put_scheme(session, changed("energy", high="very high"))
    with session.reading() as reader:
        assert find_scheme(reader, "mood").item("energy").high == "very high"
    session.undo()
    with session.reading() as reader:
        assert find_scheme(reader, "mood") == MOOD


def test_a_saved_scheme_is_the_same_when_it_is_read(tmp_path: Path) -> None:
    save_scheme(MOOD, tmp_path / "mood.toml")
    assert read_scheme(tmp_path / "mood.toml") == MOOD
    with pytest.raises(AnnotatorError, match="cannot be written"):
        save_scheme(MOOD, tmp_path / "nowhere" / "mood.toml")


def test_a_copy_has_a_free_name() -> None:
    assert duplicate(MOOD, {"mood", "mood-2"}).name == "mood-3"


def test_schemes_that_ship_raise_no_doubts() -> None:
    assert {
        name: doubts_about(scheme) for name, scheme in builtin_schemes().items() if doubts_about(scheme)
    } == {}


def test_what_is_seldom_meant_is_told(tmp_path: Path) -> None:
    lines = ['name = "x"', 'panel = "grid"', "most = 3"]
    lines += [f'[[items]]\nname = "{name}"\ntype = "integer"\nminimum = 0.5\nmaximum = 3' for name in "abc"]
    (tmp_path / "x.toml").write_text("\n".join(lines))
    text = " ".join(check_scheme(tmp_path / "x.toml").warnings)
    for told in ("no question", "grid takes two", "no limit", "a has no words", "b has whole steps"):
        assert told in text


def test_the_licence_of_the_gems_lists_must_be_accepted(tmp_path: Path) -> None:
    with pytest.raises(AnnotatorError, match="signed, non-commercial agreement"):
        gems_scheme(tmp_path / "list.csv", accepted=False)
    with pytest.raises(AnnotatorError, match="There is no file"):
        gems_scheme(tmp_path / "list.csv", accepted=True)
