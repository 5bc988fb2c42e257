"""Writing schemes in the window: copied, changed, tried, put into the corpus, refused with a reason."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from annotator.app.session import Session
from annotator.domain.scheme import Scheme
from annotator.domain.scores import GEMS_FACTORS
from annotator.domain.translation import tr
from annotator.gui.panels.checklist import ChecklistPanel
from annotator.gui.panels.grid import GridPanel
from annotator.gui.schemes.dialog import SchemesDialog
from annotator.gui.window import MainWindow

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints", extend=True)


@pytest.fixture
def dialog(stage, rated_corpus: Callable[..., Session], qtbot: QtBot) -> SchemesDialog:
    """The window of schemes on a corpus whose scheme `mood` has answers."""
    stage.context.adopt(rated_corpus())
    made = SchemesDialog(None, stage.context)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    return made


def fill(dialog: SchemesDialog, name: str, text: str, *, item: bool = False) -> None:
    """Types into a field as a user does."""
    form = dialog.editor.item if item else dialog.editor.head
    field = form._widgets[name]
    assert isinstance(field, QLineEdit)
    field.selectAll()
    QTest.keyClicks(field, text) if text else QTest.keyClick(field, Qt.Key.Key_Delete)


def pick(dialog: SchemesDialog, name: str, value: object, *, item: bool = False) -> None:
    box = (dialog.editor.item if item else dialog.editor.head)._widgets[name]
    box.setCurrentIndex(box.findData(value))
    box.activated.emit(box.currentIndex())


def schemes(dialog: SchemesDialog) -> dict[str, Scheme]:
    with dialog._context.session.reading() as reader:
        return {scheme.name: scheme for scheme in reader.schemes()}


def said(dialog: SchemesDialog) -> str:
    return dialog._answer.text()


def test_a_scheme_of_ones_own_from_nothing_to_the_corpus(dialog: SchemesDialog, qtbot: QtBot) -> None:
    dialog.begin_new()
    fill(dialog, "name", "reasons")
    dialog.put()
    assert "what they feel or what the sound expresses" in said(dialog)
    pick(dialog, "judged", "felt")
    pick(dialog, "panel", "checklist")
    fill(dialog, "question", "What moved you?")
    for name in ("voice", "words"):
        dialog.editor.buttons["add"].click()
        fill(dialog, "name", name, item=True)
    qtbot.waitUntil(lambda: isinstance(dialog.preview.panel, ChecklistPanel), timeout=2000)
    qtbot.waitUntil(lambda: dialog.preview.panel.order() == ("voice", "words"), timeout=2000)
    dialog.put()
    made = schemes(dialog)["reasons"]
    assert (made.judged, made.panel, [item.type for item in made.items]) == (
        "felt",
        "checklist",
        ["boolean"] * 2,
    )
    assert "added" in said(dialog)
    assert dialog._drafts == {}


def test_a_fault_is_said_and_the_keyboard_goes_there(dialog: SchemesDialog, qtbot: QtBot) -> None:
    dialog._go_to("shipped:sam-9")
    assert not dialog.editor.head.isEnabled()
    dialog.duplicate()
    assert dialog.editor.head.isEnabled()
    assert dialog.editor.head.value("name") == "sam-9-2"
    dialog.editor.items.setCurrentRow(1)
    dialog.editor.item._widgets["maximum"].setValue(0)
    qtbot.waitUntil(lambda: "items[2].minimum" in dialog.preview.words, timeout=2000)
    dialog.editor.items.setCurrentRow(0)
    dialog.activateWindow()
    dialog.put()
    assert dialog.editor.items.currentRow() == 1
    qtbot.waitUntil(dialog.editor.item._widgets["minimum"].hasFocus, timeout=2000)
    assert "sam-9-2" not in schemes(dialog)


def test_the_preview_is_the_panel_and_doubts_are_told(dialog: SchemesDialog, qtbot: QtBot) -> None:
    dialog._go_to("held:valence-arousal")
    assert isinstance(dialog.preview.panel, GridPanel)
    assert dialog.preview.words == ""
    fill(dialog, "low", "", item=True)
    qtbot.waitUntil(lambda: "no words at the ends" in dialog.preview.words, timeout=2000)
    QTest.keyClick(dialog.preview.panel, Qt.Key.Key_7)
    assert dialog.preview.panel.values()["valence"] == 0.5
    assert dialog._context.session.undoable_steps[0] == "Rate"


def test_what_has_answers_may_change_its_words_and_not_its_question(dialog: SchemesDialog) -> None:
    dialog._go_to("held:mood")
    assert "answers: words may change" in dialog._note.text()
    fill(dialog, "title", "Mood of the voice")
    dialog.put()
    assert schemes(dialog)["mood"].title == "Mood of the voice"
    pick(dialog, "judged", "felt")
    dialog.put()
    assert "cannot be changed so" in said(dialog)
    assert "perceived" in said(dialog)
    assert schemes(dialog)["mood"].judged == "perceived"
    fill(dialog, "name", "other")
    pick(dialog, "judged", "perceived")
    dialog.put()
    assert "name of a scheme stays" in said(dialog)


def test_items_move_and_go_and_none_of_these_is_offered(dialog: SchemesDialog) -> None:
    dialog._go_to("shipped:emotions-ravdess")
    dialog.duplicate()
    editor = dialog.editor
    editor.item._none.click()
    assert editor.draft()["items"][0]["labels"][-1] == tr("none of these")
    editor.buttons["down"].click()
    assert [item["name"] for item in editor.draft()["items"]] == ["intensity", "emotion"]
    assert not editor.buttons["down"].isEnabled()
    editor.buttons["copy"].click()
    assert [item["name"] for item in editor.draft()["items"]] == ["intensity", "emotion", "emotion_2"]
    editor.buttons["remove"].click()
    editor.buttons["up"].click()
    dialog.put()
    assert [item.name for item in schemes(dialog)["emotions-ravdess-2"].items] == ["emotion", "intensity"]


def test_every_scheme_that_ships_survives_the_forms(dialog: SchemesDialog) -> None:
    for name, scheme in dialog._shipped.items():
        dialog._go_to(f"shipped:{name}")
        assert Scheme.from_dict(dialog.editor.draft()) == scheme, name


def test_files_and_lists_come_in_as_drafts_and_faults_are_told(dialog: SchemesDialog, tmp_path: Path) -> None:
    factors = sorted(GEMS_FACTORS)
    rows = "".join(f"word {n},{factors[n % 9]}\n" for n in range(25))
    (tmp_path / "list.csv").write_text("item,factor\n" + rows)
    (tmp_path / "bad.toml").write_text('name = "x"\njudged = "both"\n[[items]]\nname = "a"\n')
    dialog.load_gems(tmp_path / "list.csv", accepted=False)
    assert "agreement" in said(dialog)
    dialog.load_gems(tmp_path / "list.csv", accepted=True)
    assert dialog.editor.head.value("name") == "gems-25"
    dialog.load_file(tmp_path / "bad.toml")
    assert "line 2, judged" in said(dialog)
    assert "gems-25" not in schemes(dialog)


def test_drafts_are_dropped_only_after_a_word(dialog: SchemesDialog) -> None:
    dialog.begin_new()
    dialog.reject()
    assert dialog.isVisible()
    assert "Close again" in said(dialog)
    dialog.reject()
    assert not dialog.isVisible()


def test_the_window_of_schemes_opens_from_the_window(
    stage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []
    monkeypatch.setattr(SchemesDialog, "exec", lambda self: opened.append(self))
    window = MainWindow(stage.context)
    qtbot.addWidget(window)
    window._do_edit_schemes()
    assert len(opened) == 1
    opened[0].deleteLater()
