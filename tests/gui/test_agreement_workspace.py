"""Agreement by keyboard: nobody's answers unasked, reasons instead of NaN, figures that follow the ratings."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from annotator.agreement.ratings import Ratings
from annotator.agreement.report import report_item
from annotator.app.rate import add_rater, answer, find_rater
from annotator.app.session import Session
from annotator.gui.agreement.cards import LEAST_AGREEING, CoefficientsCard, PairsCard
from annotator.gui.agreement.derive import DeriveDialog
from annotator.gui.agreement.workspace import AgreementWorkspace

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints", extend=True)

MakeCorpus = Callable[..., Session]


def texts(widget: QWidget) -> str:
    """All that can be read on a page: visible labels, and tables."""
    labels = [label.text() for label in widget.findChildren(QLabel) if label.isVisible()]
    page = getattr(widget, "page", None)
    tables = [page.coefficients.table, page.categories.table, page.raters.table] if page else []
    cells = [cell for table in tables if table.isVisible() for row in table.texts() for cell in row]
    return "\n".join(labels + cells)


def confirmed(stage, make: MakeCorpus, scheme: str = "mood", **options: object) -> AgreementWorkspace:
    workspace = stage.show(AgreementWorkspace, make(**options))
    QTest.keyClick(workspace.gate.button, Qt.Key.Key_Return)
    stage.settle(workspace)
    workspace.schemes.setCurrentIndex(workspace.schemes.findData(scheme))
    stage.settle(workspace)
    return workspace


def test_without_ratings_the_page_says_what_will_be_here(stage, rated_corpus: MakeCorpus) -> None:
    workspace = stage.show(AgreementWorkspace, rated_corpus(raters=0))
    assert "No ratings yet" in texts(workspace)
    assert not workspace.can("compute_agreement")
    assert not workspace.can("settle_consensus")
    workspace.compute_agreement()
    workspace.settle_consensus()
    assert not workspace.busy
    assert stage.notices == []


def test_answers_are_shown_only_after_a_word_of_warning(stage, rated_corpus: MakeCorpus) -> None:
    workspace = stage.show(AgreementWorkspace, rated_corpus())
    assert "all raters' answers" in texts(workspace)
    assert "Ada" not in texts(workspace)
    assert not workspace.can("settle_consensus")
    assert QApplication.focusWidget() is workspace.gate.button
    QTest.keyClick(workspace.gate.button, Qt.Key.Key_Return)
    stage.settle(workspace)
    assert "Ada" in texts(workspace)
    # It is asked once: coming back shows the figures.
    workspace.leave()
    workspace.enter()
    stage.settle(workspace)
    assert "Ada" in texts(workspace)
    assert stage.stray_windows() == []


def test_another_annotator_at_the_screen_is_warned_again(stage, rated_corpus: MakeCorpus) -> None:
    workspace = confirmed(stage, rated_corpus)
    with workspace.context.session.reading() as reader:
        ben = find_rater(reader, "Ben")
    workspace.context.choose_rater(ben)
    assert "Ada" not in texts(workspace)
    assert not workspace.can("compute_agreement")


def test_figures_come_with_interval_sentence_and_names(stage, rated_corpus: MakeCorpus) -> None:
    workspace = confirmed(stage, rated_corpus)
    page = workspace.page
    report = page.measured.agreement.items[0]
    assert page.summary.text() == report.summary
    rows = {row[0]: row[1:] for row in page.coefficients.table.texts()}
    alpha = report.coefficient("krippendorff_alpha", "nominal")
    assert rows["Krippendorff's alpha, nominal"][0] == f"{alpha.value:.2f}"
    assert "…" in rows["Krippendorff's alpha, nominal"][1]
    assert [row[0] for row in page.categories.table.texts()] == ["happy", "sad"]
    raters = {row[0]: row for row in page.raters.table.texts()}
    assert list(raters) == ["Ada", "Ben", "Cleo"]
    assert raters["Ada"][3:] == ["1.00", "2"]
    assert raters["Ben"][3] == "undefined"  # was never asked twice; the tip gives the reason
    assert "twice" in page.raters.table.item(1, 3).toolTip()


def test_one_rater_alone_gets_reasons_and_no_figure(stage, rated_corpus: MakeCorpus) -> None:
    workspace = confirmed(stage, rated_corpus, raters=1)
    assert "at least two" in texts(workspace)
    assert "nan" not in texts(workspace).lower()
    alpha = workspace.page.coefficients.table.texts()[1]
    assert alpha[0].startswith("Krippendorff")
    assert "at least two" in alpha[1]


def test_arrow_keys_go_through_the_items(stage, rated_corpus: MakeCorpus) -> None:
    workspace = confirmed(stage, rated_corpus, "valence-arousal")
    assert workspace.items.count() == 3  # the quadrants are made of the two
    valence = workspace.page.summary.text()
    assert workspace.page.plane.isVisible()
    QTest.keyClick(workspace.items, Qt.Key.Key_Down)
    assert workspace.page.summary.text() != valence
    assert "Arousal" in texts(workspace)
    QTest.keyClick(workspace.page.plane.plane, Qt.Key.Key_Right)
    assert "Ben: Valence" in texts(workspace)


def test_a_pair_tells_what_its_figure_rests_on(stage, rated_corpus: MakeCorpus) -> None:
    workspace = confirmed(stage, rated_corpus)
    heat_map = workspace.page.pairs.map
    QTest.keyClick(heat_map, Qt.Key.Key_Right)
    QTest.keyClick(heat_map, Qt.Key.Key_Return)
    assert "Ada and Ben: 1.00, on 12 shared segments." in texts(workspace)


def test_segments_that_divide_are_heard_and_opened_by_key(
    stage, rated_corpus: MakeCorpus, qtbot: QtBot
) -> None:
    workspace = confirmed(stage, rated_corpus)
    rows = workspace.page.divided.list
    assert len(rows.rows) == 2  # the third rater differs where n is even and divisible by three
    assert "Cleo" in rows.rows[0].accessibleName()
    rows.current.setFocus()
    QTest.keyClick(rows.current, Qt.Key.Key_Down)
    assert rows.current is rows.rows[1]
    assert QApplication.focusWidget() is rows.rows[1]
    player = stage.context.player
    with qtbot.waitSignal(player.finished, timeout=5000):
        QTest.keyClick(rows.current, Qt.Key.Key_Return)
    segment = rows.current.divided.segment
    assert player.position == segment.end
    QTest.keyClick(rows.current, Qt.Key.Key_Return)
    assert player.playing
    QTest.keyClick(rows.current, Qt.Key.Key_Return)
    assert not player.playing
    with qtbot.waitSignal(stage.context.segment_wanted) as wanted:
        QTest.keyClick(rows.current, Qt.Key.Key_O)
    assert wanted.args == [segment.id]
    QTest.keyClick(rows.current, Qt.Key.Key_Return)
    workspace.leave()
    assert not player.playing


def test_figures_follow_new_ratings_and_their_undo(stage, rated_corpus: MakeCorpus) -> None:
    workspace = confirmed(stage, rated_corpus)
    session = stage.context.session
    before = workspace.page.measured.agreement.items[0]
    with session.reading() as reader:
        segment = reader.segments()[0]
    dora = add_rater(session, "Dora")
    answer(session, segment_id=segment.id, rater=dora, scheme="mood", values={"mood": "sad"})
    stage.settle(workspace)
    after = workspace.page.measured.agreement.items[0]
    assert (after.n_raters, after.n_ratings) == (before.n_raters + 1, before.n_ratings + 1)
    session.undo()
    stage.settle(workspace)
    assert workspace.page.measured.agreement.items[0].n_ratings == before.n_ratings


def test_a_consensus_is_settled_told_and_taken_back(stage, rated_corpus: MakeCorpus) -> None:
    workspace = confirmed(stage, rated_corpus, raters=2)
    assert "Nothing is settled yet." in texts(workspace)
    assert workspace.can("settle_consensus")
    workspace.perform("settle_consensus")
    stage.settle(workspace)
    assert "Most frequent category: 12 segments settled, none undecided." in texts(workspace)
    session = stage.context.session
    with session.reading() as reader:
        assert len(reader.consensus("mood", "majority")) == 12
    session.undo()
    stage.settle(workspace)
    assert "Nothing is settled yet." in texts(workspace)


def test_only_fitting_methods_are_offered(stage, rated_corpus: MakeCorpus) -> None:
    workspace = confirmed(stage, rated_corpus)
    method = workspace.consensus.method
    assert [method.itemData(n) for n in range(method.count())] == [
        "majority",
        "plurality",
        "soft",
        "dawid-skene",
    ]
    workspace.schemes.setCurrentIndex(workspace.schemes.findData("valence-arousal"))
    stage.settle(workspace)
    assert [method.itemData(n) for n in range(method.count())] == ["mean", "median", "ewe"]


def test_of_many_raters_the_pairs_that_agree_least_are_listed(qtbot: QtBot) -> None:
    rng = np.random.default_rng(1)
    ratings = Ratings.from_matrix(rng.integers(0, 2, (15, 30)), n_categories=2)
    report = report_item(
        ratings, item="tense", level="nominal", categories=["no", "yes"],
        rater_names=[f"r{n:02d}" for n in range(30)], replicates=10,
    )  # fmt: skip
    card = PairsCard()
    qtbot.addWidget(card)
    card.show_report(report)
    values = [float(row[2].replace("−", "-")) for row in card.table.texts()]
    assert len(values) == LEAST_AGREEING
    assert values == sorted(values)
    assert card.map.isHidden()


def test_tables_are_copied_as_text_with_headings(qtbot: QtBot) -> None:
    report = report_item(
        Ratings.from_table([[20, 5], [10, 15]]), item="tense", level="nominal", categories=["no", "yes"],
        rater_names=["Ann", "Bo"], replicates=10,
    )  # fmt: skip
    card = CoefficientsCard()
    qtbot.addWidget(card)
    card.show()
    card.show_report(report, None)
    QTest.keyClick(card.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QApplication.clipboard().text().splitlines()
    assert lines[0].startswith("Coefficient\tValue")
    assert any(line.startswith("Cohen's kappa\t0.40") for line in lines)


def segments_listed(workspace: AgreementWorkspace) -> list[str]:
    return [row.accessibleName() for row in workspace.page.divided.list.rows]


def test_a_rater_a_pair_an_answer_or_a_cell_lead_to_their_segments(stage, rated_corpus: MakeCorpus) -> None:
    workspace = confirmed(stage, rated_corpus)
    page = workspace.page
    assert len(segments_listed(workspace)) == 2
    QTest.keyClick(page.pairs.map, Qt.Key.Key_Right)
    QTest.keyClick(page.pairs.map, Qt.Key.Key_Return)  # Ada and Ben, who agree on everything
    stage.settle(workspace)
    assert segments_listed(workspace) == []
    assert "Only: Ada and Ben" in texts(workspace)
    QTest.keyClick(page, Qt.Key.Key_Escape)
    stage.settle(workspace)
    assert len(segments_listed(workspace)) == 2
    page.raters.table.setCurrentCell(2, 0)
    QTest.keyClick(page.raters.table, Qt.Key.Key_Return)
    stage.settle(workspace)
    assert "Only: Cleo against the others" in texts(workspace)
    assert len(segments_listed(workspace)) == 2
    # What Cleo calls happy divides nobody; sad is what the two others do not say.
    page.categories.table.setCurrentCell(0, 0)
    QTest.keyClick(page.categories.table, Qt.Key.Key_Return)
    stage.settle(workspace)
    assert "Only: Cleo against the others, answer happy" in texts(workspace)
    assert segments_listed(workspace) == []
    QTest.keyClick(page.shares.map, Qt.Key.Key_End)
    QTest.keyClick(page.shares.map, Qt.Key.Key_Down)
    QTest.keyClick(page.shares.map, Qt.Key.Key_Down)
    QTest.keyClick(page.shares.map, Qt.Key.Key_Return)
    stage.settle(workspace)
    assert "Only: Cleo against the others, answer sad" in texts(workspace)
    assert len(segments_listed(workspace)) == 2
    page.divided.everything.click()
    stage.settle(workspace)
    assert not page.focus


def test_the_plane_shows_the_segment_that_is_looked_at(stage, rated_corpus: MakeCorpus) -> None:
    workspace = confirmed(stage, rated_corpus, "valence-arousal")
    page = workspace.page
    page.divided.list.current.setFocus()
    divided = page.divided.list.current.divided
    assert f"Their answers to {divided.recording.name}" in texts(workspace)
    ada = dict(divided.answers)["Ada"]
    assert f"Ada: Valence {ada:.2f}".replace("-", "−") in page.plane.plane.place_text(0)
    page.plane.all_wanted.emit()
    assert "Mean of each rater's answers" in texts(workspace)


def test_quadrants_and_bins_are_items_to_choose(stage, rated_corpus: MakeCorpus, monkeypatch) -> None:
    workspace = confirmed(stage, rated_corpus, "valence-arousal")

    def fill(dialog: DeriveDialog) -> bool:
        dialog.edges["valence"].setText("0.5, -0.5")
        dialog._try()
        assert "ascend" in dialog.complaint.text()
        dialog.edges["valence"].setText("-0.2, 0.2")
        dialog.neutral.setText("0.3")
        dialog._try()
        return bool(dialog.result())

    monkeypatch.setattr(DeriveDialog, "exec", fill)
    workspace.perform("derive_items")
    stage.settle(workspace)
    assert workspace.items.count() == 4
    workspace.items.setCurrentRow(3)
    stage.settle(workspace)
    assert "Bins of Valence" in texts(workspace)
    assert [row[0] for row in workspace.page.categories.table.texts()] == [
        "-1 .. -0.2",
        "-0.2 .. 0.2",
        "0.2 .. 1",
    ]
    workspace.items.setCurrentRow(2)
    stage.settle(workspace)
    assert "within 0.3 of the middle" in workspace.page.summary.text()
    assert segments_listed(workspace)


def test_raters_outlook_and_hints_have_their_cards(stage, rated_corpus: MakeCorpus) -> None:
    workspace = confirmed(stage, rated_corpus)
    page = workspace.page
    assert [point.label for point in page.outlook.curve.points] == [str(n) for n in range(2, 11)]
    QTest.keyClick(page.outlook.curve, Qt.Key.Key_Right)
    assert "3 raters: interval" in page.outlook.curve.accessibleDescription()
    assert "never a verdict" in texts(workspace)
    assert page.pace.isHidden()  # nobody's time is known
    page.hints.table.setCurrentCell(0, 0)
    QTest.keyClick(page.hints.table, Qt.Key.Key_Return)
    stage.settle(workspace)
    assert "Only: Ada against the others" in texts(workspace)


def test_the_report_is_written_and_opened(
    stage, rated_corpus: MakeCorpus, monkeypatch, tmp_path: Path
) -> None:
    workspace = confirmed(stage, rated_corpus)
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    workspace.perform("report_page")
    stage.settle(workspace)
    assert opened == []
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "out"), ""))
    workspace.perform("report_page")
    stage.settle(workspace)
    assert [url.toLocalFile() for url in opened] == [str(tmp_path / "out.html")]
    assert "<html lang" in (tmp_path / "out.html").read_text()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    workspace.perform("report_tables")
    stage.settle(workspace)
    assert (tmp_path / "test-mood" / "coefficients.csv").is_file()
    monkeypatch.setattr(
        QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "out.html" / "x.html"), "")
    )
    workspace.perform("report_page")
    stage.settle(workspace)
    assert stage.notices[-1][1] == "danger"


def test_ratings_that_come_in_while_it_is_measured_are_not_missed(stage, rated_corpus: MakeCorpus) -> None:
    workspace = confirmed(stage, rated_corpus)
    session = stage.context.session
    before = workspace.page.measured.agreement.items[0].n_ratings
    with session.reading() as reader:
        segments = reader.segments()
    dora = add_rater(session, "Dora")
    stage.settle(workspace)
    notices = len(stage.notices)
    workspace.compute_agreement()
    for segment in segments[:5]:
        answer(session, segment_id=segment.id, rater=dora, scheme="mood", values={"mood": "sad"})
    stage.settle(workspace)
    assert workspace.page.measured.agreement.items[0].n_ratings == before + 5
    assert len(stage.notices) == notices  # without a word
