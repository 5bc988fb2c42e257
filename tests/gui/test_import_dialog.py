"""The import dialog looks before it writes, and says what it saw."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow, QTreeWidgetItem
from pytestqt.qtbot import QtBot

from annotator.app.session import Session
from annotator.gui.context import Context
from annotator.gui.dialogs.importing import _Import


@pytest.fixture
def context(rated_corpus: Callable[..., Session], qtbot: QtBot) -> Iterator[Context]:
    context = Context()
    context.adopt(rated_corpus(segments=False))
    yield context
    context.shutdown()


@pytest.fixture
def dialog(context: Context, qtbot: QtBot) -> Iterator[_Import]:
    window = QMainWindow()
    qtbot.addWidget(window)
    window.show()
    made = _Import(window, context, None)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    window.close()  # only now: the dialog goes with its parent


def shown(dialog: _Import) -> dict[str, dict[str, str]]:
    """Rows of the preview by their group: what, and how many."""

    def rows(group: QTreeWidgetItem) -> dict[str, str]:
        return {group.child(n).text(0): group.child(n).text(1) for n in range(group.childCount())}

    tree = dialog._preview
    return {tree.topLevelItem(n).text(0): rows(tree.topLevelItem(n)) for n in range(tree.topLevelItemCount())}


def segments(context: Context) -> list[str]:
    with context.session.reading() as reader:
        return sorted(segment.text for segment in reader.segments())


def test_a_file_is_previewed_then_imported_and_one_undo_takes_it_back(
    dialog: _Import, context: Context, tmp_path: Path, qtbot: QtBot
) -> None:
    labels = tmp_path / "ann_talk.txt"
    labels.write_text("0.1\t0.4\tone\n0.5\t0.5\tpoint\n0.6\t0.9\ttwo\n")
    qtbot.keyClicks(dialog._file.edit, str(labels))
    qtbot.waitUntil(dialog.ok.isEnabled, timeout=20_000)
    found = shown(dialog)
    assert found["Comes in"] == {"tiers": "1", "segments": "2"}
    assert list(found["Left out"].values()) == ["1"]
    assert "Audacity" in dialog._format.itemText(0)
    assert segments(context) == []
    qtbot.mouseClick(dialog.ok, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: segments(context) == ["one", "two"], timeout=20_000)
    context.session.undo()
    assert segments(context) == []


def test_a_wish_changes_the_preview(dialog: _Import, tmp_path: Path, qtbot: QtBot) -> None:
    talk = tmp_path / "unknown.srt"
    talk.write_text("1\n00:00:00,100 --> 00:00:00,500\nHello.\n")
    dialog._file.edit.setText(str(talk))
    qtbot.waitUntil(dialog.complaint.isVisible, timeout=20_000)
    assert "unknown" in dialog.complaint.text()
    assert not dialog.ok.isEnabled()
    dialog._recording.setCurrentIndex(1)
    qtbot.waitUntil(dialog.ok.isEnabled, timeout=20_000)
    assert shown(dialog)["Comes in"]["segments"] == "1"
    assert not dialog.complaint.isVisible()


def test_a_file_that_cannot_be_read_is_said_in_place(dialog: _Import, tmp_path: Path, qtbot: QtBot) -> None:
    dialog._file.edit.setText(str(tmp_path / "gone.eaf"))
    qtbot.waitUntil(dialog.complaint.isVisible, timeout=20_000)
    assert "gone.eaf" in dialog.complaint.text()
    assert not dialog.ok.isEnabled()
    dialog.reject()
