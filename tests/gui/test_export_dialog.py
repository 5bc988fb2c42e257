"""What will be exported is counted before, what the dialog says is what is done, and the corpus can be described."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from annotator.app.about import read_about
from annotator.app.session import Session
from annotator.gui.dataset.export_dialog import ExportDialog
from annotator.gui.dataset.workspace import DatasetWorkspace
from annotator.gui.dialogs.describing import DescribeCorpus

MakeCorpus = Callable[..., Session]


def opened(stage, make: MakeCorpus, qtbot: QtBot) -> ExportDialog:
    workspace = stage.show(DatasetWorkspace, make())
    dialog = ExportDialog(workspace, stage.context, workspace._facts, None)
    qtbot.addWidget(dialog)
    with qtbot.waitActive(dialog):
        dialog.show()
    qtbot.waitUntil(lambda: "12 segments will be exported." in dialog.count.text(), timeout=5000)
    return dialog


def test_counts_follow_the_filters(stage, rated_corpus: MakeCorpus, qtbot: QtBot) -> None:
    dialog = opened(stage, rated_corpus, qtbot)
    # The third rater differs on some of the segments: one pair in three agrees there.
    dialog.filters.agreement.setFocus()
    dialog.filters.agreement.setValue(0.7)
    qtbot.waitUntil(lambda: "with too little agreement" in dialog.count.text(), timeout=5000)
    dialog.filters.ratings.setValue(4)
    qtbot.waitUntil(lambda: "no segments to export" in dialog.count.text(), timeout=5000)
    dialog.filters.ratings.setValue(0)
    dialog.filters.agreement.setValue(0)
    qtbot.waitUntil(lambda: dialog.count.text() == "12 segments will be exported.", timeout=5000)


def test_wishes_for_clips_wait_for_clips(stage, rated_corpus: MakeCorpus, qtbot: QtBot) -> None:
    dialog = opened(stage, rated_corpus, qtbot)
    assert not dialog.sound.mono.isEnabled()
    assert dialog.sound.whole.isEnabled()
    dialog.clips.setCurrentIndex(dialog.clips.findData("flac"))
    assert dialog.sound.mono.isEnabled()
    dialog.sound.mono.setFocus()
    QTest.keyClick(dialog.sound.mono, Qt.Key.Key_Space)
    assert dialog.sound.treatment().mono
    dialog.clips.setCurrentIndex(dialog.clips.findData(None))
    assert not dialog.sound.treatment()


def test_what_was_chosen_is_exported(
    stage, rated_corpus: MakeCorpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    workspace = stage.show(DatasetWorkspace, rated_corpus())

    def fill_in(dialog: ExportDialog) -> int:
        dialog.format.setCurrentIndex(dialog.format.findData("jsonl"))
        dialog.clips.setCurrentIndex(dialog.clips.findData("wav"))
        dialog.filters.agreement.setValue(0.7)
        dialog.sound.rate.setCurrentIndex(dialog.sound.rate.findData(16_000))
        dialog.folder.edit.setText(str(tmp_path / "out"))
        qtbot.waitUntil(dialog.ok.isEnabled, timeout=5000)
        dialog.ok.click()
        return dialog.result()

    monkeypatch.setattr(ExportDialog, "exec", fill_in)
    workspace.perform("export")
    stage.settle(workspace)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["options"]["filters"]["min_agreement"] == 0.7
    assert manifest["options"]["treatment"]["sample_rate"] == 16_000
    with (tmp_path / "out" / "left_out.csv").open(newline="") as file:
        reasons = [row["reason"] for row in csv.DictReader(file)]
    assert set(reasons) == {"low_agreement"}
    assert manifest["segments"] == 12 - len(reasons) > 0


def test_the_corpus_is_described_in_one_step(stage, rated_corpus: MakeCorpus, qtbot: QtBot) -> None:
    session = rated_corpus()
    stage.show(DatasetWorkspace, session)
    dialog = DescribeCorpus(stage.window, session)
    qtbot.addWidget(dialog)
    with qtbot.waitActive(dialog):
        dialog.show()
    QTest.keyClicks(dialog.texts["licence"], "CC-BY-4.0")
    QTest.keyClicks(dialog.texts["limits"], "Two speakers only")
    dialog.ok.click()
    with session.reading() as reader:
        about = read_about(reader)
    assert (about.licence, about.limits) == ("CC-BY-4.0", "Two speakers only")
    session.undo()
    with session.reading() as reader:
        assert read_about(reader).licence == ""
