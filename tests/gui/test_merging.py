"""Merging in the window: files, conflicts told both ways, and the choice between them."""

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from annotator.app.corpus_folder import open_corpus_folder
from annotator.app.package import package
from annotator.app.rate import add_rater, answer
from annotator.app.segment import describe_segment, move_segment
from annotator.app.session import Session
from annotator.app.tasks import assign
from annotator.domain.progress import finish
from annotator.gui.dialogs.conflicts import ConflictsDialog
from annotator.gui.dialogs.merging import _Merge
from annotator.gui.listening import ListenButton
from annotator.gui.widgets.segmented import SegmentedControl

# The offscreen platform says this of every window with a least size.
pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints", extend=True)


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    """A copy on which Bo has rated, one segment was moved and the text of another changed; here both were, too."""
    shutil.copytree(folder, tmp_path / "copy.corpus")
    for place, text, end in ((tmp_path / "copy.corpus", "theirs", 7000), (folder, "ours", 7500)):
        with open_corpus_folder(place) as session:
            first, second = segments(session)[:2]
            move_segment(session, first, 0, end)
            describe_segment(session, second, text=text, speaker="")
            if text == "theirs":
                answer(
                    session, segment_id=first.id, rater=add_rater(session, "Bo"), scheme="valence-arousal",
                    values={"valence": 1, "arousal": 1},
                )  # fmt: skip
    return tmp_path / "copy.corpus"


def segments(session: Session) -> list:
    with session.reading() as reader:
        paths = {recording.id: recording.path for recording in reader.recordings()}
        return sorted(reader.segments(), key=lambda s: (paths[s.recording_id], s.start))


def child(desk, kind: type):
    return next((found for found in desk.window.findChildren(kind) if found.isVisible()), None)


def merge(d, qtbot: QtBot, path: Path) -> ConflictsDialog:
    d.window.perform("merge_files")
    form = child(d, _Merge)
    assert not form.ok.isEnabled()
    form.source.take([path])
    form.ok.click()
    qtbot.waitUntil(lambda: child(d, ConflictsDialog) is not None, timeout=10_000)
    return child(d, ConflictsDialog)


def test_conflicts_are_heard_and_settled_one_by_one(desk, qtbot: QtBot, copy: Path) -> None:
    d = desk()
    dialog = merge(d, qtbot, copy)
    assert [(row.conflict.kind, row.side) for row in sorted(dialog.rows, key=lambda r: r.conflict.kind)] == [
        ("edges", "ours"),
        ("text", "ours"),
    ]
    assert len(dialog.findChildren(ListenButton)) == 4
    (edges,) = (row for row in dialog.rows if row.conflict.kind == "edges")
    told = [label.text() for label in edges.findChildren(QLabel)]
    assert len({text.partition(": ")[2] for text in told if text.startswith(("Mine", "Theirs"))}) == 2
    (text,) = (row for row in dialog.rows if row.conflict.kind == "text")
    control = text.findChild(SegmentedControl)
    control.setFocus()
    QTest.keyClick(control, Qt.Key.Key_Right)
    assert text.side == "theirs"
    dialog.ok.click()
    first, second = segments(d.session)[:2]
    assert (first.end, second.text) == (7500, "theirs")
    d.window.perform("undo")
    assert [s.text for s in segments(d.session)[:2]] == ["a telling text", "ours"]
    with d.session.reading() as reader:
        assert len(reader.annotations()) == 1  # the merge itself stays
    d.window.perform("undo")
    with d.session.reading() as reader:
        assert reader.annotations() == []


def test_one_side_everywhere_and_leaving_it_as_it_is(desk, qtbot: QtBot, copy: Path) -> None:
    d = desk()
    dialog = merge(d, qtbot, copy)
    dialog.findChild(QPushButton, "theirs").click()
    dialog.reject()
    assert segments(d.session)[0].end == 7500
    dialog = merge(d, qtbot, copy)
    dialog.findChild(QPushButton, "theirs").click()
    dialog.ok.click()
    assert (segments(d.session)[0].end, segments(d.session)[1].text) == (7000, "theirs")


def test_a_damaged_package_is_told_and_changes_nothing(desk, qtbot: QtBot, tmp_path: Path) -> None:
    d = desk()
    notices: list[str] = []
    d.context.noticed.connect(lambda text, _kind: notices.append(text))
    (tmp_path / "bad.annotator").write_text("nothing")
    d.window.perform("merge_files")
    form = child(d, _Merge)
    form.source.take([tmp_path / "bad.annotator"])
    form.ok.click()
    qtbot.waitUntil(lambda: bool(notices), timeout=10_000)
    assert "bad.annotator" in notices[0]
    assert d.session.undoable is None


def test_a_dropped_package_is_opened_or_merged(desk, qtbot: QtBot, folder: Path, tmp_path: Path) -> None:
    with open_corpus_folder(folder) as session:
        assign(session, ["Ann"], overlap=1, scheme="valence-arousal")
        finish(package(session, "Ann", tmp_path / "ann.annotator"))
    d = desk()
    d.window._dropped = [tmp_path / "ann.annotator"]
    d.window._take_dropped()
    assert "ann.annotator" in child(d, _Merge).source.told.text()
    child(d, _Merge).reject()
    d.context.close()
    d.window._dropped = [tmp_path / "ann.annotator"]
    d.window._take_dropped()
    qtbot.waitUntil(lambda: d.context.session is not None, timeout=10_000)
    assert d.session.folder == tmp_path / "ann.corpus"
    assert d.context.rater.name == "Ann"
