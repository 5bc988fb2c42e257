"""A form that is longer than the screen scrolls: its buttons stay in sight, and Tab reaches every field."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from annotator.domain.errors import AnnotatorError
from annotator.gui.dialogs.form import Form


class Asking(Form):
    def __init__(self, parent: QWidget, rows: int) -> None:
        super().__init__(parent, "Questions", "A sentence on what they are for.", "Answer")
        self.choice = QComboBox()
        self.choice.addItems(["one", "two", "three"])
        self.fields.addRow("Choice", self.choice)
        self.answers = [QLineEdit() for _ in range(rows)]
        for number, answer in enumerate(self.answers):
            self.fields.addRow(f"Answer {number}", answer)

    def work(self) -> None:
        raise AnnotatorError("None of this will do.")


@pytest.fixture
def ask(qtbot: QtBot):
    parent = QWidget()
    qtbot.addWidget(parent)

    def opened(rows: int) -> Asking:
        form = Asking(parent, rows)
        with qtbot.waitActive(form):
            form.show()
        return form

    return opened


def in_sight(form: Form, widget: QWidget) -> bool:
    return form.rect().contains(widget.rect().translated(widget.mapTo(form, QPoint())))


def test_a_long_form_stays_on_the_screen_with_its_buttons(ask) -> None:
    form = ask(60)
    assert form.height() < form.screen().availableSize().height()
    assert in_sight(form, form.ok)
    assert not form.answers[-1].visibleRegion().boundingRect().isValid()


def test_tab_walks_to_the_last_field_and_brings_it_into_sight(ask) -> None:
    form = ask(60)
    form.choice.setFocus()
    for _ in form.answers:
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is form.answers[-1]
    assert form.answers[-1].visibleRegion().boundingRect().isValid()
    QTest.keyClick(form.answers[-1], Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is not form.choice
    assert QApplication.focusWidget().window() is form


def test_a_short_form_shows_all_and_grows_for_a_complaint(ask) -> None:
    form = ask(3)
    assert all(in_sight(form, answer) for answer in form.answers)
    before = form.height()
    form.ok.click()
    assert form.complaint.isVisible()
    assert form.height() > before


def test_the_wheel_scrolls_past_a_choice_that_is_not_being_made(ask) -> None:
    form = ask(3)
    form.answers[0].setFocus()
    place = QPointF(form.choice.rect().center())
    turn = QWheelEvent(
        place, QPointF(form.choice.mapToGlobal(place)), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(form.choice, turn)
    assert form.choice.currentText() == "one"
