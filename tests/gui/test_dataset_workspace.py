"""Splits, audit and export by keyboard: what cannot be made says why, what leaks is heard and not exported unasked."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from annotator.app.consensus import settle_consensus
from annotator.app.segment import draw_segment
from annotator.app.session import Session, find_split
from annotator.domain.corpus import new_id
from annotator.gui.dataset.export_dialog import ExportDialog
from annotator.gui.dataset.workspace import DatasetWorkspace

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints", extend=True)

MakeCorpus = Callable[..., Session]


def texts(widget: QWidget) -> str:
    """All that can be read in visible labels."""
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def names(workspace: DatasetWorkspace) -> list[str]:
    """The splits that are listed."""
    listed = workspace.splits.names
    return [listed.item(n).text() for n in range(listed.count())]


def shown(stage, make: MakeCorpus, **options: object) -> DatasetWorkspace:
    session = make(**options)
    if options.get("raters", 3):
        settle_consensus(session, "mood", "majority")
    return stage.show(DatasetWorkspace, session)


def split_made(stage, make: MakeCorpus, **options: object) -> DatasetWorkspace:
    workspace = shown(stage, make, **options)
    workspace.form.folds.setValue(2)
    workspace.perform("make_split")
    stage.settle(workspace)
    return workspace


def leak(session: Session) -> None:
    """Stores a split that tears every speaker apart."""
    with session.reading() as reader:
        made = find_split(reader, "folds-2")
        segments = sorted(reader.segments(), key=lambda segment: (segment.recording_id, segment.start))
    # One after the other of each recording: sorted by their random keys, all of a speaker could land on one side.
    parts = {segment.id: ("fold1", "fold2")[n % 2] for n, segment in enumerate(segments)}
    session.transact("Leak", lambda t: t.put(replace(made, id=new_id(), name="torn", parts=parts)))


def test_without_segments_the_page_says_what_to_do_first(stage, rated_corpus: MakeCorpus) -> None:
    workspace = stage.show(DatasetWorkspace, rated_corpus(segments=False))
    assert "Nothing to split yet" in texts(workspace)
    assert not any(workspace.can(action) for action in ("make_split", "audit_split", "export"))
    workspace.make_split()
    workspace.export()
    assert stage.notices == []
    assert stage.stray_windows() == []


def test_the_form_offers_what_the_corpus_has(stage, rated_corpus: MakeCorpus) -> None:
    workspace = shown(stage, rated_corpus)
    form = workspace.form
    assert form.keys == ("speaker",)
    assert "12 segments in 4 groups" in texts(form)
    assert form.stratify.currentData() == "mood"
    assert form.request().name == "folds-5"
    # More folds than groups: said before anything is tried.
    assert "fewer than the 5 parts" in texts(form)
    assert "12 segments settled" in texts(workspace.settled)
    assert "Valence and arousal" in texts(workspace.settled)  # not settled, and where to do it
    assert stage.stray_windows() == []


def test_a_form_that_cannot_be_is_not_accepted(stage, rated_corpus: MakeCorpus) -> None:
    workspace = split_made(stage, rated_corpus)
    form = workspace.form
    form.kind.setFocus()
    QTest.keyClick(form.kind, Qt.Key.Key_Right)
    form.parts["dev"].setValue(20)
    assert "add up to 105 %" in texts(form)
    assert not workspace.can("make_split")
    form.parts["train"].setValue(65)
    assert workspace.can("make_split")
    form.name.setText("folds-2")
    assert "of this name already" in texts(form)
    assert not form.button.isEnabled()
    form.name.clear()
    for chip in form.findChildren(QPushButton):
        if chip.isChecked():
            QTest.keyClick(chip, Qt.Key.Key_Space)
    assert "at least one key" in texts(form)
    assert not workspace.can("make_split")


def test_letters_and_return_reach_the_name_field(stage, rated_corpus: MakeCorpus) -> None:
    workspace = shown(stage, rated_corpus)
    workspace.form.name.setFocus()
    QTest.keyClicks(workspace.form.name, "my split? 1")
    assert workspace.form.request().name == "my split? 1"


def test_a_split_is_made_shown_and_audited(stage, rated_corpus: MakeCorpus) -> None:
    workspace = split_made(stage, rated_corpus)
    assert names(workspace) == ["folds-2"]
    with stage.context.session.reading() as reader:
        split = find_split(reader, "folds-2")
    assert split.group_keys == ("speaker",)
    rows = {row[0]: row for row in workspace.page.table.texts()}
    for part in split.part_names:
        assert rows[part][1] == str(sum(where == part for where in split.parts.values()))
        assert rows[part][3] == "2"  # groups
    assert "No leak" in texts(workspace.page.audit)
    assert workspace.form.request().name == "folds-2-2"
    workspace.form.folds.setValue(3)
    assert workspace.form.request().name == "folds-3"


def test_parts_without_classes_share_all_segments(stage, rated_corpus: MakeCorpus) -> None:
    workspace = shown(stage, rated_corpus)
    form = workspace.form
    form.stratify.setCurrentIndex(0)
    QTest.keyClick(form.kind, Qt.Key.Key_Right)
    form.parts["train"].setValue(50)
    form.parts["dev"].setValue(0)
    form.parts["test"].setValue(50)
    workspace.perform("make_split")
    stage.settle(workspace)
    assert [row[0] for row in workspace.page.table.texts()] == ["train", "test"]
    assert "Nothing is spread evenly" in texts(workspace.page)


def test_undo_takes_a_split_back(stage, rated_corpus: MakeCorpus) -> None:
    workspace = split_made(stage, rated_corpus)
    stage.context.session.undo()
    stage.settle(workspace)
    assert names(workspace) == []
    assert "No split yet" in texts(workspace)
    assert not workspace.can("audit_split")


def test_a_split_tells_what_has_come_since(stage, rated_corpus: MakeCorpus) -> None:
    workspace = split_made(stage, rated_corpus)
    session = stage.context.session
    with session.reading() as reader:
        recording = reader.recordings()[0]
    draw_segment(session, recording, "hand", recording.samples - 2, recording.samples)
    stage.settle(workspace)
    assert "1 segment that came later is in no part." in texts(workspace.page)


def test_leaks_are_listed_first_and_both_sides_heard(stage, rated_corpus: MakeCorpus, qtbot: QtBot) -> None:
    workspace = split_made(stage, rated_corpus)
    leak(stage.context.session)
    stage.settle(workspace)
    workspace.splits.names.setFocus()
    QTest.keyClick(workspace.splits.names, Qt.Key.Key_End)
    stage.settle(workspace)
    findings = workspace.page.audit.list
    assert "leaks in" in workspace.page.audit.verdict.accessibleName()
    severities = [row.finding.severity for row in findings.rows]
    assert severities == sorted(severities)
    assert severities[0] == "leak"
    row = findings.current
    row.setFocus()
    heard: list[object] = []
    workspace._listener.changed.connect(heard.append)
    for key, end in ((Qt.Key.Key_A, row.finding.a), (Qt.Key.Key_B, row.finding.b)):
        QTest.keyClick(row, key)
        qtbot.waitUntil(lambda: stage.context.player.playing, timeout=5000)
        assert [one for one in heard if one is not None][-1] == end
    workspace.leave()
    assert not stage.context.player.playing


def test_a_leaking_split_is_exported_only_by_a_deliberate_tick(
    stage, rated_corpus: MakeCorpus, qtbot: QtBot, tmp_path: Path
) -> None:
    workspace = split_made(stage, rated_corpus)
    leak(stage.context.session)
    stage.settle(workspace)
    dialog = ExportDialog(workspace, stage.context, workspace._facts, "torn")
    qtbot.addWidget(dialog)
    with qtbot.waitActive(dialog):
        dialog.show()
    qtbot.waitUntil(lambda: "This split leaks." in dialog.leak.text(), timeout=5000)
    assert not dialog.ok.isEnabled()
    dialog.despite.setFocus()
    QTest.keyClick(dialog.despite, Qt.Key.Key_Space)
    assert dialog.ok.isEnabled()
    dialog.folder.edit.clear()
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.request is None
    assert dialog.isVisible()  # a folder is missing, and it says so
    dialog.folder.edit.setText(str(tmp_path / "out"))
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.request.despite_leaks
    # Another split starts without the tick; a clean one asks for none.
    again = ExportDialog(workspace, stage.context, workspace._facts, "folds-2")
    qtbot.addWidget(again)
    qtbot.waitUntil(again.ok.isEnabled, timeout=5000)
    assert again.despite.isHidden()


def test_an_export_is_written_and_told(
    stage, rated_corpus: MakeCorpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    workspace = split_made(stage, rated_corpus)

    def fill_in(dialog: ExportDialog) -> int:
        qtbot.waitUntil(dialog.ok.isEnabled, timeout=5000)
        dialog.format.setCurrentIndex(dialog.format.findData("csv"))
        dialog.folder.edit.setText(str(tmp_path / "out"))
        dialog.ok.click()
        return dialog.result()

    monkeypatch.setattr(ExportDialog, "exec", fill_in)
    workspace.perform("export")
    stage.settle(workspace)
    assert (tmp_path / "out" / "manifest.json").is_file()
    assert (tmp_path / "out" / "splits.csv").is_file()
    assert str(tmp_path / "out") in texts(workspace)
    assert "Exported 12 segments" in texts(workspace)


def test_what_cannot_be_made_is_told_in_the_form(stage, rated_corpus: MakeCorpus) -> None:
    workspace = shown(stage, rated_corpus)  # five folds of four speakers
    workspace.perform("make_split")
    stage.settle(workspace)
    assert names(workspace) == []
    assert "4" in workspace.form._problem.text()
    assert workspace.can("make_split")


def test_a_corpus_nobody_rated_can_still_be_split(stage, rated_corpus: MakeCorpus) -> None:
    workspace = split_made(stage, rated_corpus, raters=0)
    assert len(names(workspace)) == 1
    assert workspace.form.stratify.count() == 1
    assert QApplication.activeModalWidget() is None
