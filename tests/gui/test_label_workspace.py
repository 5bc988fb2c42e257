"""Rating by keyboard: what the keys store, what is shown afterwards, and that nothing is lost or given away."""

import sqlite3
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from annotator.app.corpus_folder import create_corpus
from annotator.app.rate import add_rater, answer
from annotator.app.segment import draw_segment
from annotator.app.session import DATABASE
from annotator.domain.corpus import Annotation, Task, new_id
from annotator.gui import window as window_module
from annotator.gui.context import Context
from annotator.gui.label import storing
from annotator.gui.label.sitting import BREAK, WORK, Sitting
from annotator.gui.panels.checklist import ChecklistPanel
from annotator.storage import engine

# The offscreen platform says this of every window with a least size.
pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints", extend=True)

RATE = 8000


def values(*annotations: Annotation) -> list[tuple[object, object]]:
    return [(a.values["valence"], a.values["arousal"]) for a in annotations]


# Rating


def test_three_segments_by_two_digits_and_enter_each(desk) -> None:
    d = desk()
    d.sit_down("Ann")
    assert (d.place, d.progress) == ("1 of 6", "0 of 6 rated")
    for first, second in ("19", "53", "78"):
        d.press(first, second, "enter")
        d.settle()
    assert values(*d.answers("Ann")) == [(-1.0, 1.0), (0.0, -0.5), (0.5, 0.75)]
    assert d.place == "4 of 6"
    assert d.progress.startswith("3 of 6 rated")
    for stored in d.answers("Ann"):
        assert stored.listens == 1
        assert "" < stored.started < stored.finished


def test_type_ahead_is_not_lost(desk) -> None:
    d = desk()
    d.sit_down("Ann")
    d.press("1", "9", "enter", "5", "3", "enter", "7", "8", "enter")
    assert values(*d.answers("Ann")) == [(-1.0, 1.0), (0.0, -0.5), (0.5, 0.75)]


def test_previous_shows_the_answer_and_changing_it_is_a_new_revision(desk) -> None:
    d = desk()
    d.sit_down("Ann")
    d.press("1", "9", "enter")
    assert d.panel.values() == {}
    d.press("pgup")
    assert d.panel.values() == {"valence": -1.0, "arousal": 1.0}
    d.wait_past_bounce()
    d.press("enter")
    assert [a.revision for a in d.answers("Ann")] == [1]
    assert d.place == "2 of 6"
    d.press("pgup", "2", "9", "enter")
    assert [(a.revision, *values(a)) for a in d.answers("Ann")] == [(2, (-0.75, 1.0))]
    assert d.progress.startswith("1 of 6 rated")


def test_another_rater_sees_nothing_of_it(desk) -> None:
    d = desk()
    d.sit_down("Ann")
    d.press("1", "9", "enter")
    d.sit_down("Bo")
    assert (d.place, d.progress) == ("1 of 6", "0 of 6 rated")
    for _ in range(6):
        assert d.panel.values() == {}
        d.press("pgdown")
    d.sit_down("Ann")
    assert d.progress == "1 of 6 rated"


def test_undo_takes_the_answer_back_and_shows_its_segment(desk) -> None:
    d = desk()
    d.sit_down("Ann")
    d.press("1", "9", "enter", "5", "3", "enter")
    d.settle()
    d.press_control("z")
    d.settle()
    assert d.place == "2 of 6"
    assert d.panel.values() == {}
    assert values(*d.answers("Ann")) == [(-1.0, 1.0)]
    assert d.progress.startswith("1 of 6 rated")
    d.press_control("y")
    d.settle()
    assert d.panel.values() == {"valence": 0.0, "arousal": -0.5}


def test_emotify_takes_at_most_three(desk) -> None:
    d = desk()
    d.sit_down("Ann", "emotify-9")
    assert isinstance(d.panel, ChecklistPanel)
    chosen = d.panel.order()[:3]
    d.press("1", "2", "3", "4", "enter")
    (stored,) = d.answers("Ann", "emotify-9")
    assert {name for name, value in stored.values.items() if value} == set(chosen)
    d.settle()
    d.sit_down("Bo", "emotify-9")
    other = d.panel.order()
    d.sit_down("Ann", "emotify-9")
    assert d.panel.order()[:3] == chosen
    assert d.panel.order() != other


def test_cannot_tell_is_an_answer(desk) -> None:
    d = desk()
    d.sit_down("Ann")
    d.press("0", "enter")
    assert values(*d.answers("Ann")) == [(None, None)]


def test_an_answer_goes_on_by_itself_where_that_is_wanted(desk) -> None:
    d = desk()
    d.sit_down("Ann")
    d.label._top.advance.trigger()
    d.press("1", "9", "5", "3")
    assert values(*d.answers("Ann")) == [(-1.0, 1.0), (0.0, -0.5)]
    assert d.context.settings.advance


def test_an_incomplete_answer_is_not_stored(desk) -> None:
    d = desk()
    d.sit_down("Ann")
    d.press("7", "enter")
    assert d.answers("Ann") == []
    assert d.place == "1 of 6"


def test_a_bouncing_or_held_enter_answers_nothing(desk) -> None:
    d = desk()
    d.sit_down("Ann", "emotify-9")
    d.press("1", "enter", "enter")
    assert len(d.answers("Ann", "emotify-9")) == 1
    d.wait_past_bounce()
    held = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "", True)
    QApplication.sendEvent(d.panel, held)
    assert len(d.answers("Ann", "emotify-9")) == 1
    d.press("enter")  # none of these
    assert [any(a.values.values()) for a in d.answers("Ann", "emotify-9")] == [True, False]


def test_what_was_begun_is_there_again_after_skipping(desk) -> None:
    d = desk()
    d.sit_down("Ann")
    d.press("7", "3", "pgdown")
    assert d.panel.values() == {}
    d.press("pgup")
    assert d.panel.values() == {"valence": 0.5, "arousal": -0.5}
    d.press("enter")
    assert values(*d.answers("Ann")) == [(0.5, -0.5)]


def test_after_the_last_segment_one_can_go_back(desk) -> None:
    d = desk()
    d.sit_down("Ann")
    d.press("pgdown")
    for _ in range(6):
        d.press("7", "3", "enter")
    assert d.progress == "6 of 6 rated"
    assert d.label._empty.accessibleName() == "All segments are rated"
    d.press("pgup")
    assert d.place == "1 of 6"  # the skipped one came last


def test_first_unrated_is_found_again(desk) -> None:
    d = desk()
    d.sit_down("Ann")
    d.press("7", "3", "enter", "pgdown", "pgdown", "pgdown")
    assert d.place == "5 of 6"
    d.window.perform("first_unrated")
    assert d.place == "2 of 6"


def test_a_repeat_asks_anew_without_the_first_answer(desk) -> None:
    d = desk()
    with d.session.reading() as reader:
        first, second = reader.segments()[:2]
    ann = add_rater(d.session, "Ann")
    task = Task(new_id(), ann.id, "valence-arousal", ((first.id, 0), (second.id, 0), (first.id, 1)), seed=1)
    d.session.transact("Assign", lambda transaction: transaction.put(task))
    d.sit_down("Ann")
    assert d.place == "1 of 3"
    d.press("1", "1", "enter", "5", "5", "enter")
    assert d.panel.values() == {}
    d.press("9", "9", "enter")
    found = {(a.segment_id, a.repeat): values(a)[0] for a in d.answers("Ann")}
    assert found == {(first.id, 0): (-1.0, -1.0), (second.id, 0): (0.0, 0.0), (first.id, 1): (1.0, 1.0)}
    assert not d.label._top.in_order.isEnabled()


def test_space_presses_the_button_that_has_the_keyboard(desk) -> None:
    d = desk()
    d.sit_down("Ann")
    d.label._page.buttons["skip_item"].setFocus(Qt.FocusReason.TabFocusReason)
    d.press("space")
    assert d.place == "2 of 6"
    assert d.panel.hasFocus()


def test_digits_rate_wherever_the_keyboard_is(desk) -> None:
    d = desk()
    d.sit_down("Ann")
    d.label._page.buttons["submit"].setFocus(Qt.FocusReason.TabFocusReason)
    d.press("1", "9", "enter")
    assert values(*d.answers("Ann")) == [(-1.0, 1.0)]


# Comment and confidence


def test_a_comment_keeps_its_keys_and_enter_stores_it(desk) -> None:
    d = desk()
    d.sit_down("Ann")
    assert not d.label._page.note.isVisible()
    d.press("1", "9", "c")
    for key in ("c", "2", "space", "3"):
        d.press(key)
    assert d.panel.values() == {"valence": -1.0, "arousal": 1.0}
    d.press("tab", "right", "right", "enter")
    (stored,) = d.answers("Ann")
    assert (stored.comment, stored.confidence) == ("c2 3", 0.5)
    assert not d.label._page.note.isVisible()
    d.press("pgup")
    assert d.label._page.note.comment == "c2 3"


def test_escape_leaves_the_comment_for_the_instrument(desk) -> None:
    d = desk()
    d.sit_down("Ann")
    d.press("c", "esc", "1", "9", "enter")
    assert values(*d.answers("Ann")) == [(-1.0, 1.0)]
    assert d.answers("Ann")[0].comment == ""


# Sound


def test_a_segment_plays_by_itself_and_again_on_space(desk, qtbot: QtBot) -> None:
    d = desk()
    d.sit_down("Ann")
    player = d.context.player
    assert player.playing
    qtbot.waitUntil(lambda: d.label._page.strip.share > 0)
    d.press("space")
    d.press("1", "9", "enter")
    assert d.answers("Ann")[0].listens == 2
    d.window.perform("go_segment")
    assert not player.playing


def test_a_segment_waits_for_space_where_that_is_wanted(desk) -> None:
    d = desk()
    d.context.update_settings(window_module.replace(d.context.settings, autoplay=False))
    d.sit_down("Ann")
    assert not d.context.player.playing
    d.press("space")
    assert d.context.player.playing
    d.press("esc")
    assert not d.context.player.playing
    d.window.perform("toggle_autoplay")
    assert d.context.settings.autoplay


def test_the_next_segment_is_ready_before_it_is_wanted(desk) -> None:
    d = desk()
    d.sit_down("Ann")
    d.press("1", "9", "enter")
    assert d.context.player.playing
    assert d.label._flow.listening.listens == 1


def test_a_missing_file_is_named_in_place_and_the_others_are_rated(desk, folder: Path) -> None:
    d = desk()
    (folder.parent / "one.wav").unlink()
    noticed: list[str] = []
    d.context.noticed.connect(lambda text, _kind: noticed.append(text))
    d.sit_down("Ann")
    heard = 0
    for _ in range(6):
        d.settle()
        message = d.label._page.strip.message
        d.press("7", "3", "enter")
        if "one.wav" in message:
            assert "cannot be rated" in noticed[-1]
            d.press("pgdown")
        else:
            assert message == ""
            heard += 1
    assert heard == len(d.answers("Ann")) == 3


# Storing that fails


def test_a_locked_corpus_loses_no_answer(
    desk, folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    d = desk()
    d.sit_down("Ann")
    monkeypatch.setattr(engine, "LOCK_TIMEOUT", 0.2)
    monkeypatch.setattr(storing, "_AT_ONCE", 0.05)
    noticed: list[str] = []
    d.context.noticed.connect(lambda text, _kind: noticed.append(text))
    other = sqlite3.connect(folder / DATABASE, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    d.press("7", "3", "enter")
    assert not d.panel.isEnabled()
    qtbot.waitUntil(lambda: d.panel.isEnabled(), timeout=5000)
    assert "locked" in noticed[-1]
    assert (d.place, d.panel.values()) == ("1 of 6", {"valence": 0.5, "arousal": -0.5})
    other.execute("ROLLBACK")
    other.close()
    d.press("enter")
    qtbot.waitUntil(lambda: d.place == "2 of 6", timeout=5000)
    assert values(*d.answers("Ann")) == [(0.5, -0.5)]


def test_a_corpus_locked_for_a_moment_is_waited_for(
    desk, folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    d = desk()
    d.sit_down("Ann")
    monkeypatch.setattr(storing, "_AT_ONCE", 0.05)
    other = sqlite3.connect(folder / DATABASE, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    d.press("7", "3", "enter", "1", "1", "enter")  # what is typed meanwhile rates nothing
    other.execute("ROLLBACK")
    other.close()
    qtbot.waitUntil(lambda: d.place == "2 of 6", timeout=5000)
    assert values(*d.answers("Ann")) == [(0.5, -0.5)]
    assert d.panel.values() == {}


def test_a_read_only_corpus_keeps_what_was_given_on_the_panel(desk) -> None:
    d = desk()
    d.sit_down("Ann")
    store = d.session._store
    store.writable = False
    d.press("7", "3", "enter")
    assert d.panel.values() == {"valence": 0.5, "arousal": -0.5}
    store.writable = True
    d.press("enter")
    assert values(*d.answers("Ann")) == [(0.5, -0.5)]


# What is asked


def test_nothing_of_the_transcript_is_shown(desk) -> None:
    d = desk()
    d.sit_down("Ann")
    texts = [label.text() + label.toolTip() for label in d.label.findChildren(QLabel)]
    assert not any("telling" in text for text in texts)


def test_felt_and_perceived_are_told_apart(desk) -> None:
    d = desk()
    d.sit_down("Ann", "emotify-9")
    felt = d.label._page.judged.text
    d.sit_down("Ann")
    assert felt.startswith("Felt")
    assert d.label._page.judged.text.startswith("Perceived")


def test_the_scheme_is_remembered_for_this_corpus(desk) -> None:
    d = desk()
    d.sit_down("Ann")
    box = d.label._top.schemes
    assert [box.itemData(n) for n in range(box.count())] == ["emotify-9", "valence-arousal"]
    box.setCurrentIndex(0)
    box.activated.emit(0)
    d.settle()
    assert d.panel.scheme.name == "emotify-9"
    assert Context().settings.schemes[str(d.session.folder)] == "emotify-9"


def test_a_segment_drawn_meanwhile_is_asked_too(desk) -> None:
    d = desk()
    d.sit_down("Ann")
    d.press("7", "3")
    place = d.label._flow.desk.current
    with d.session.reading() as reader:
        recording = reader.recordings()[0]
    draw_segment(d.session, recording, "more", 0, 500)
    d.settle()
    assert d.label._flow.desk.current == place
    assert d.panel.values() == {"valence": 0.5, "arousal": -0.5}
    assert d.label._top.tiers.count() == 2


def test_answers_that_arrive_from_elsewhere_are_counted(desk) -> None:
    d = desk()
    d.sit_down("Ann")
    for entry in d.label._flow.desk.entries[2:5]:
        answer(
            d.session,
            segment_id=entry[0],
            rater=d.context.rater,
            scheme="valence-arousal",
            values={"valence": 0, "arousal": 0},
        )
    d.settle()
    d.qtbot.waitUntil(lambda: d.progress == "3 of 6 rated")


def test_without_a_rater_the_page_asks_who_is_rating(desk, monkeypatch: pytest.MonkeyPatch) -> None:
    d = desk()
    asked: list[str] = []
    d.window.perform("go_label")
    monkeypatch.setattr(d.window, "perform", asked.append)
    d.label._empty.button.click()
    assert asked == ["switch_rater"]
    assert not d.label.can("submit")


@pytest.mark.parametrize(
    ("schemes", "action"), [([], "add_scheme"), (["gems-9"], "add_audio")], ids=["no scheme", "no audio"]
)
def test_an_empty_corpus_offers_what_helps(
    desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, schemes: list[str], action: str
) -> None:
    create_corpus(tmp_path / "bare.corpus", schemes).close()
    d = desk(tmp_path / "bare.corpus")
    d.context.choose_rater(add_rater(d.session, "Ann"))
    d.window.perform("go_label")
    d.settle()
    asked: list[str] = []
    monkeypatch.setattr(d.window, "perform", asked.append)
    d.label._empty.button.click()
    assert asked == [action]


# Pace


def test_a_pause_is_proposed_in_place_of_the_bar_and_the_keys_go_on(
    desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    d = desk()
    d.sit_down("Ann")
    monkeypatch.setattr(Sitting, "pause_due", property(lambda _: True))
    d.press("1", "9", "enter", "5", "3", "enter")
    assert d.label._pause.isVisible()
    assert not d.label._top.isVisible()
    assert len(d.answers("Ann")) == 2
    d.label._pause.dismissed.emit()
    assert d.label._top.isVisible()
    assert d.panel.hasFocus()


def test_remaining_time_comes_from_the_median_of_this_sitting() -> None:
    now = [0.0]
    sitting = Sitting(clock=lambda: now[0])
    for seconds in (4, 5, 400):
        assert sitting.remaining(10) is None
        sitting.show()
        now[0] += seconds
        sitting.rate()
    assert sitting.remaining(10) == 50


def test_a_pause_is_proposed_after_long_work_and_not_after_a_break() -> None:
    now = [0.0]
    sitting = Sitting(clock=lambda: now[0])

    def work(seconds: float) -> None:
        end = now[0] + seconds
        while now[0] < end:
            sitting.show()
            now[0] += 10
            sitting.rate()

    work(WORK - 60)
    assert not sitting.pause_due
    now[0] += BREAK + 1
    work(120)
    assert not sitting.pause_due
    work(WORK)
    assert sitting.pause_due
    sitting.remind_later()
    work(120)
    assert not sitting.pause_due
