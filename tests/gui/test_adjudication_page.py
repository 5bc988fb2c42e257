"""Deciding by keyboard: blindness ends by consent, the worst comes first, a decision leads on and can be undone."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from annotator.app.rate import answer, find_rater
from annotator.app.session import Session
from annotator.gui.agreement.adjudication import AdjudicationPage
from annotator.gui.agreement.workspace import AgreementWorkspace

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints", extend=True)

MakeCorpus = Callable[..., Session]


def opened(stage, make: MakeCorpus, scheme: str = "mood") -> AgreementWorkspace:
    """The workspace with its figures confirmed; nobody has consented to decide yet."""
    workspace = stage.show(AgreementWorkspace, make())
    QTest.keyClick(workspace.gate.button, Qt.Key.Key_Return)
    stage.settle(workspace)
    workspace.schemes.setCurrentIndex(workspace.schemes.findData(scheme))
    stage.settle(workspace)
    return workspace


def deciding(stage, make: MakeCorpus, scheme: str = "mood") -> AdjudicationPage:
    workspace = opened(stage, make, scheme)
    workspace.perform("adjudicate")
    workspace.consent.name.setText("Lead")
    QTest.keyClick(workspace.consent.name, Qt.Key.Key_Return)
    stage.settle(workspace)
    return workspace.court


def decisions(session: Session) -> dict[str, object]:
    with session.reading() as reader:
        return {row.segment_id: row.values["mood"] for row in reader.consensus("mood", "adjudicated")}


def listed(page: AdjudicationPage) -> list[str]:
    return [page.cases.item(n).data(Qt.ItemDataRole.UserRole) for n in range(page.cases.count())]


def test_that_blindness_ends_is_said_and_asked_once(stage, rated_corpus: MakeCorpus) -> None:
    workspace = opened(stage, rated_corpus)
    assert not workspace.can("decide_case")
    workspace.perform("adjudicate")
    assert workspace.consent.isVisible()
    assert "ends blindness" in " ".join(label.text() for label in workspace.consent.findChildren(QLabel))
    workspace.consent.name.clear()
    assert not workspace.consent.begin.isEnabled()
    QTest.keyClick(workspace.consent.name, Qt.Key.Key_Return)
    assert workspace.consent.isVisible()
    QTest.keyClicks(workspace.consent.name, "Lead")
    QTest.keyClick(workspace.consent.name, Qt.Key.Key_Return)
    stage.settle(workspace)
    assert workspace.court.isVisible()
    QTest.keyClick(workspace.court, Qt.Key.Key_Escape)
    stage.settle(workspace)
    assert workspace.items.isVisible()
    workspace.perform("adjudicate")
    stage.settle(workspace)
    assert workspace.court.isVisible()
    assert stage.stray_windows() == []


def test_all_answers_are_revealed_or_under_pseudonyms(stage, rated_corpus: MakeCorpus) -> None:
    page = deciding(stage, rated_corpus)
    assert page.cases.count() == 2
    assert "0 decided, 2 remain" in page.state.text()
    assert sorted(row[0] for row in page.view.opinions.table.texts()) == ["Ada", "Ben", "Cleo"]
    assert {row[1] for row in page.view.opinions.table.texts()} == {"happy", "sad"}
    page.hidden.setChecked(True)
    names = [row[0] for row in page.view.opinions.table.texts()]
    assert sorted(names) == ["Rater 1", "Rater 2", "Rater 3"]


def test_a_digit_and_enter_decide_and_lead_on(stage, rated_corpus: MakeCorpus) -> None:
    page = deciding(stage, rated_corpus)
    session = stage.context.session
    first, second = listed(page)
    panel = page.view.panel
    assert QApplication.focusWidget() is panel
    QTest.keyClick(panel, Qt.Key.Key_2)
    QTest.keyClicks(page.view.comment, "cries")
    QTest.keyClick(panel, Qt.Key.Key_Return)
    assert decisions(session) == {first: "sad"}
    stage.settle(page)
    assert page.cases.currentItem().data(Qt.ItemDataRole.UserRole) == second
    assert "1 decided, 1 remains" in page.state.text()
    with session.reading() as reader:
        (made,) = [a for a in reader.annotations(scheme="mood") if a.comment]
        judge = next(r for r in reader.raters() if r.id == made.rater_id)
    assert (judge.name, judge.kind, made.comment) == ("Lead", "adjudicator", "cries")
    QTest.keyClick(panel, Qt.Key.Key_1)
    QTest.keyClick(panel, Qt.Key.Key_Return)
    stage.settle(page)
    assert page._nothing.isVisible()
    assert decisions(session) == {first: "sad", second: "happy"}


def test_undo_takes_a_decision_back_and_shows_its_segment(
    stage, rated_corpus: MakeCorpus, qtbot: QtBot
) -> None:
    page = deciding(stage, rated_corpus)
    session = stage.context.session
    first, _ = listed(page)
    QTest.keyClick(page.view.panel, Qt.Key.Key_2)
    QTest.keyClick(page.view.panel, Qt.Key.Key_Return)
    stage.settle(page.parentWidget().parentWidget())
    session.undo()
    qtbot.waitUntil(lambda: "0 decided" in page.state.text(), timeout=5000)
    assert page.cases.currentItem().data(Qt.ItemDataRole.UserRole) == first
    assert decisions(session) == {}
    session.redo()
    qtbot.waitUntil(lambda: "1 decided" in page.state.text(), timeout=5000)
    page.decided_too.setChecked(True)
    page.cases.setCurrentRow(listed(page).index(first))
    assert page.can("withdraw_case")
    page.withdraw_case()
    assert decisions(session) == {}
    qtbot.waitUntil(lambda: "0 decided" in page.state.text(), timeout=5000)


def test_what_divides_must_be_decided_what_does_not_may_be_left(stage, rated_corpus: MakeCorpus) -> None:
    page = deciding(stage, rated_corpus, "valence-arousal")
    assert page.view.opinions.plane.isVisible()
    QTest.keyClick(page.view.panel, Qt.Key.Key_Return)
    QTest.keyClick(page.view.panel, Qt.Key.Key_3)
    page.decide_case()
    assert stage.notices[-1] == ("Still to be decided: Arousal.", "warning")
    QTest.keyClick(page.view.panel, Qt.Key.Key_7)
    page.decide_case()
    assert "1 decided" in page.state.text()


def test_somebody_else_takes_over(stage, rated_corpus: MakeCorpus) -> None:
    page = deciding(stage, rated_corpus)
    session = stage.context.session
    assert page.who.text() == "Decided by Lead"
    page.who.click()
    workspace = page.parentWidget().parentWidget()
    workspace.consent.name.setText("Ada")  # who has rated, too
    workspace.consent.begin.click()
    stage.settle(workspace)
    QTest.keyClick(page.view.panel, Qt.Key.Key_1)
    QTest.keyClick(page.view.panel, Qt.Key.Key_Return)
    with session.reading() as reader:
        assert [r.name for r in reader.raters() if r.kind == "adjudicator"] == ["Ada (adjudicator)"]


def test_page_keys_walk_and_what_comes_in_meanwhile_disturbs_no_answer(
    stage, rated_corpus: MakeCorpus, qtbot: QtBot
) -> None:
    page = deciding(stage, rated_corpus)
    session = stage.context.session
    first, second = listed(page)
    page.next_case()
    assert page.cases.currentItem().data(Qt.ItemDataRole.UserRole) == second
    page.previous_case()
    QTest.keyClick(page.view.panel, Qt.Key.Key_2)
    with session.reading() as reader:
        ben = find_rater(reader, "Ben")
    answer(
        session, segment_id=first, rater=ben, scheme="mood", values={"mood": "sad"}, comment="on reflection"
    )
    comments = page.view.opinions.comments
    qtbot.waitUntil(lambda: comments.text() == "Ben: “on reflection”", timeout=5000)
    assert page.view.panel.values() == {"mood": "sad"}
    assert page.cases.currentItem().data(Qt.ItemDataRole.UserRole) == first
