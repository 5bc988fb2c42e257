"""Rating for a lead: flags, confidence, practice, what may be seen, and one's own history."""

import pytest

from annotator.app.rate import add_rater
from annotator.domain.corpus import PRACTICE, Task, new_id
from annotator.gui.dialogs import people

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
