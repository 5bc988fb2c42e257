"""Rating for a lead: flags, confidence, practice, what may be seen, and one's own history."""

import pytest
from PySide6.QtWidgets import QMessageBox

from annotator.app.history import answer_history
from annotator.app.policy import Policy, policy_of, set_policy
from annotator.app.rate import add_rater
from annotator.app.tasks import assign
from annotator.domain.corpus import PRACTICE, Task, new_id
from annotator.gui.dialogs import people
from annotator.gui.dialogs import policy as policy_dialog
from annotator.gui.dialogs.history import HistoryDialog

# The offscreen platform says this of every window with a least size.
pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints", extend=True)


def test_a_flag_is_stored_with_the_answer_and_seen_again(desk) -> None:
    d = desk()
    d.sit_down("Ann")
    d.press("f", "1", "9")
    assert d.label._page._flag.isVisible()
    d.press("enter")
    assert not d.label._page._flag.isVisible()
    d.press("2", "8", "enter")
    assert [a.flagged for a in d.answers("Ann")] == [True, False]
    d.press("pgup", "pgup")
    assert d.label._page._flag.isVisible()
    d.press("f", "enter")
    assert [a.flagged for a in d.answers("Ann")] == [False, False]
    assert d.answers("Ann")[0].revision == 2


def test_a_flag_survives_skipping_and_coming_back(desk) -> None:
    d = desk()
    d.sit_down("Ann")
    d.press("f", "pgdown", "pgup")
    assert d.label._page._flag.isVisible()
    assert d.answers("Ann") == []


def test_how_sure_is_said_by_one_key(desk) -> None:
    d = desk()
    d.sit_down("Ann")
    for _ in range(2):
        d.press_shift("c")
    d.press("1", "9", "enter")
    assert d.answers("Ann")[0].confidence == 0.5
    for _ in range(4):
        d.press_shift("c")
    assert not d.label._page.note.isVisible()
    d.press("1", "9", "enter")
    assert d.answers("Ann")[1].confidence is None


def test_who_rates_may_tell_of_themselves(desk, monkeypatch: pytest.MonkeyPatch) -> None:
    d = desk()
    typed: list[tuple[str, int, str, str]] = [("Ann", 31, "f", "it, en"), ("Ann", 2, "", "")]
    seen: list[tuple[int, str]] = []

    def fill(form: people._SwitchRater) -> None:
        name, age, gender, languages = typed.pop(0)
        form._name.setCurrentText(name)
        seen.append((form._age.value(), form._languages.text()))
        form._age.setValue(age)
        form._gender.setText(gender)
        form._languages.setText(languages)
        form.ok.click()

    monkeypatch.setattr(people._SwitchRater, "exec", fill)
    d.window.perform("switch_rater")
    assert d.context.rater.name == "Ann"
    told = d.context.rater.profile
    assert (told["age"], told["gender"], told["languages"]) == (31, "f", ["it", "en"])
    d.window.perform("switch_rater")
    assert seen == [(2, ""), (31, "it, en")]
    assert "age" not in d.context.rater.profile


def test_practice_comes_first_is_told_and_counts_nowhere(desk) -> None:
    d = desk()
    with d.session.reading() as reader:
        first, second = sorted(reader.segments(), key=lambda s: (s.recording_id, s.start))[:2]
    ann = add_rater(d.session, "Ann")
    expected = {"valence": 1.0, "arousal": -1.0}
    entries = ((first.id, 0), (second.id, PRACTICE))
    task = Task(new_id(), ann.id, "valence-arousal", entries, 1, {"practice": {second.id: expected}})
    d.session.transact("Assign", lambda transaction: transaction.put(task))
    d.sit_down("Ann")
    page = d.label._page
    assert d.place == "Practice 1 of 1"
    assert d.progress == "0 of 1 rated"
    d.press("1", "1")
    assert not page._feedback.isVisible()
    d.press("enter")
    assert page._feedback.isVisible()
    assert "another answer was expected" in page._feedback.text()
    assert "as expected" in page._feedback.text()
    assert (d.place, d.progress) == ("Practice 1 of 1", "0 of 1 rated")
    d.wait_past_bounce()
    d.press("enter")
    assert (d.place, d.progress) == ("1 of 1", "0 of 1 rated")
    assert not page._feedback.isVisible()
    d.press("5", "5", "enter")
    assert d.progress.startswith("1 of 1 rated")
    with d.session.reading() as reader:
        assert [a.segment_id for a in reader.annotations()] == [first.id]
        assert len(reader.annotations(practice=True)) == 2


def test_text_and_spectrogram_are_seen_where_the_lead_says_so(desk) -> None:
    d = desk()
    d.sit_down("Ann")
    page = d.label._page
    assert not page._said.isVisible()
    assert not page.picture.isVisible()
    set_policy(d.session, text=True, spectrogram=True)
    d.settle()
    assert page._said.text() == "a telling text"
    assert page._said.isVisible()
    d.press("1", "9", "enter")
    d.settle()
    assert page.picture.isVisible()
    d.qtbot.waitUntil(lambda: page.picture.shows, timeout=5000)
    set_policy(d.session, text=False, spectrogram=False)
    d.settle()
    d.press("1", "9", "enter")
    assert not page._said.isVisible()
    assert not page.picture.isVisible()


def test_the_lead_says_when_a_pause_is_proposed(desk) -> None:
    d = desk()
    set_policy(d.session, pause=7)
    d.sit_down("Ann")
    assert d.label._flow.sitting.work == 7 * 60
    d.label._flow.sitting._working_since -= 8 * 60
    d.press("1", "9", "enter")
    assert d.label._pause.isVisible()
    assert "7 minutes" in d.label._pause.accessibleName()
    set_policy(d.session, pause=0)
    d.settle()
    d.label._flow.sitting._working_since -= 1e6
    assert not d.label._flow.sitting.pause_due


def test_the_switches_are_set_in_a_dialog(desk, monkeypatch: pytest.MonkeyPatch) -> None:
    d = desk()

    def fill(form: policy_dialog._EditPolicy) -> None:
        form._text.setChecked(True)
        form._pause.setValue(0)
        form._when.setCurrentIndex(form._when.findData("closed"))
        form.ok.click()

    monkeypatch.setattr(policy_dialog._EditPolicy, "exec", fill)
    d.window.perform("edit_policy")
    assert policy_of(d.session) == Policy(text=True, pause=0, adjudication="closed")
    d.window.perform("undo")
    assert policy_of(d.session) == Policy()


def test_who_still_rates_sees_nothing_of_the_others(desk, monkeypatch: pytest.MonkeyPatch) -> None:
    d = desk()
    assign(d.session, ["Ann", "Bo"], overlap=2, scheme="valence-arousal")
    d.sit_down("Ann")
    for name in ("agreement", "dataset", "train"):
        d.window.show_workspace(name)
        assert d.window._stack.currentWidget() is d.window._locked
        assert "Ann still has 6 segments" in d.window._locked._state.accessibleDescription()
    assert not d.window._actions["train_model"].isEnabled()
    d.window.perform("train_model")  # as the palette might ask: nothing happens
    answer = [QMessageBox.StandardButton.No, QMessageBox.StandardButton.Yes]
    monkeypatch.setattr(QMessageBox, "question", lambda *_: answer.pop(0))
    d.window._locked._state.button.click()
    assert d.window._stack.currentWidget() is d.window._locked
    d.window._locked._state.button.click()
    assert policy_of(d.session).adjudication == "open"
    assert d.window._stack.currentWidget() is d.window.workspace("train")


def test_who_has_done_their_task_sees_what_came_of_it(desk) -> None:
    d = desk()
    assign(d.session, ["Ann"], overlap=1, scheme="valence-arousal")
    d.sit_down("Ann")
    for _ in range(6):
        d.press("1", "9", "enter")
    d.window.show_workspace("agreement")
    assert d.window._stack.currentWidget() is d.window.workspace("agreement")
    set_policy(d.session, adjudication="closed")
    d.window.show_workspace("label")
    d.window.show_workspace("agreement")
    assert d.window._stack.currentWidget() is d.window._locked


def test_ones_own_answers_are_listed_and_filtered(desk) -> None:
    d = desk()
    assign(d.session, ["Ann", "Bo"], overlap=2, scheme="valence-arousal")
    d.sit_down("Bo")
    d.press("1", "1", "enter")
    d.sit_down("Ann")
    d.press("1", "9", "enter", "f", "2", "8", "enter", "pgup", "5", "5", "enter", "h")
    dialog = next(w for w in d.window.findChildren(HistoryDialog) if w.isVisible())
    assert [entry.rater for entry in dialog.shown] == ["Ann"] * 3
    assert [dialog.whose.itemData(n) for n in range(dialog.whose.count())] == ["Ann"]  # Ann has work left
    assert "Valence 0.00" in dialog.table.item(0, 3).text()
    dialog.filter.setText("flagged replaced")
    assert [entry.annotation.revision for entry in dialog.shown] == [1]
    dialog.accept()
    set_policy(d.session, adjudication="open")
    d.settle()
    d.press("h")
    dialog = next(w for w in d.window.findChildren(HistoryDialog) if w.isVisible())
    dialog.whose.setCurrentIndex(1)
    assert {entry.rater for entry in dialog.shown} == {"Ann", "Bo"}
    dialog.accept()


def test_the_order_in_which_boxes_were_seen_is_kept_once(desk) -> None:
    d = desk()
    d.sit_down("Ann", "emotify-9")
    seen = [item.name for item in d.panel._items]
    d.press("1", "enter", "2", "enter")
    first, second = answer_history(d.session, rater="Ann")
    assert first.shown == second.shown == tuple(seen)
    assert seen != [item.name for item in d.panel.scheme.items]
    d.window.perform("undo")
    d.window.perform("undo")  # the first answer is Ann's own too, with what it brought along
    with d.session.reading() as reader:
        assert reader.annotations() == []
    assert len(answer_history(d.session, rater="Ann")) == 4
