"""The Dataset workspace beside its splits: the preview, the links, versions, and what a naive split would claim."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from annotator.app.consensus import settle_consensus
from annotator.app.segment import draw_segment
from annotator.app.session import Session, find_split
from annotator.domain.corpus import Link
from annotator.gui.dataset.workspace import DatasetWorkspace
from annotator.gui.listening import ListenButton

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints", extend=True)

MakeCorpus = Callable[..., Session]


def texts(widget: QWidget) -> str:
    """All that can be read in visible labels."""
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


@pytest.fixture
def reads(qtbot: QtBot) -> Callable[[QWidget, str], None]:
    """Waits until a text stands in a widget: what is added to a page appears a moment later."""

    def wait(widget: QWidget, text: str) -> None:
        qtbot.waitUntil(lambda: text in texts(widget), timeout=5000)

    return wait


@pytest.fixture
def workspace(stage, rated_corpus: MakeCorpus) -> DatasetWorkspace:
    session = rated_corpus()
    settle_consensus(session, "mood", "majority")
    settle_consensus(session, "valence-arousal", "mean")
    shown = stage.show(DatasetWorkspace, session)
    shown.form.folds.setValue(2)
    stage.settle(shown)
    return shown


def link(session: Session) -> None:
    """Says that Ann's and Bo's recordings share half a second."""
    with session.reading() as reader:
        ann, bo = sorted(reader.recordings(), key=lambda recording: recording.name)[:2]
    session.transact("link", lambda t: t.put(Link(ann.id, bo.id, 0.9, 0, 4000, 4000, 8000)))


def view(stage, workspace: DatasetWorkspace, times: int) -> None:
    """Walks to another view with the arrow keys."""
    workspace.views.setFocus()
    for _ in range(times):
        QTest.keyClick(workspace.views, Qt.Key.Key_Right)
    stage.settle(workspace)


def verdicts(session: Session) -> list[tuple[str, str]]:
    with session.reading() as reader:
        return [(found.verdict, found.reason) for found in reader.links()]


def test_the_preview_follows_the_form_and_stores_nothing(stage, reads, workspace: DatasetWorkspace) -> None:
    view(stage, workspace, 1)
    rows = workspace.preview.parts.table.texts()
    assert [row[0] for row in rows] == ["fold1", "fold2"]
    assert [row.group.segments for row in workspace.preview.list.rows] == [3, 3, 3, 3]
    assert [row.group.name for row in workspace.preview.list.rows] == [
        "speaker ann", "speaker bo", "speaker cy", "speaker di",
    ]  # fmt: skip
    workspace.form.folds.setValue(4)
    stage.settle(workspace)
    assert len(workspace.preview.parts.table.texts()) == 4
    workspace.form.folds.setValue(5)  # more than there are groups
    stage.settle(workspace)
    reads(workspace.preview, "5 parts but only 4 groups")
    assert workspace.preview.parts.isHidden()
    with stage.context.session.reading() as reader:
        assert reader.split_names() == []


def test_the_preview_tells_why_a_group_holds_together_and_plays_it(
    stage, reads, workspace: DatasetWorkspace, qtbot: QtBot
) -> None:
    link(stage.context.session)
    stage.settle(workspace)
    view(stage, workspace, 1)
    row = workspace.preview.list.current
    assert (row.group.name, row.group.segments, row.group.values) == ("speaker ann + bo", 6, 2)
    reads(workspace.preview, "1 of them joins several values")
    row.setFocus()
    QTest.keyClick(row, Qt.Key.Key_Return)
    stage.settle(workspace)
    reads(row, "hold nearly the same sound (90 % alike)")
    QTest.mouseClick(row.findChildren(ListenButton)[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: stage.context.player.playing, timeout=5000)
    workspace.leave()


def test_groups_of_recordings_go_by_the_names_of_files(stage, workspace: DatasetWorkspace) -> None:
    for key, chip in workspace.form.together._chips.items():
        chip.setChecked(key == "recording")
    view(stage, workspace, 1)
    assert workspace.preview.list.rows[0].group.name == "recording ann_talk.wav"


def test_links_are_judged_by_keys_and_reasons_are_kept(stage, reads, workspace: DatasetWorkspace) -> None:
    session = stage.context.session
    link(session)
    stage.settle(workspace)
    view(stage, workspace, 2)
    links = workspace.links.list
    reads(links, "ann_talk.wav and bo_talk.wav")
    links.current.setFocus()
    QTest.keyClick(links.current, Qt.Key.Key_Y)
    stage.settle(workspace)
    assert verdicts(session) == [("accepted", "")]
    assert links.current.hasFocus()  # the next key goes on from here
    QTest.keyClick(links.current, Qt.Key.Key_N)
    reason = links.current.reason
    QTest.keyClick(reason, Qt.Key.Key_Return)  # no reason, no verdict
    assert verdicts(session) == [("accepted", "")]
    QTest.keyClicks(reason, "another take, by ear")
    QTest.keyClick(reason, Qt.Key.Key_Return)
    stage.settle(workspace)
    assert verdicts(session) == [("dismissed", "another take, by ear")]
    assert not stage.context.player.playing
    reads(links, "another take, by ear")
    links.current.setFocus()
    QTest.keyClick(links.current, Qt.Key.Key_U)
    stage.settle(workspace)
    assert verdicts(session) == [("found", "")]
    session.undo()
    stage.settle(workspace)
    assert verdicts(session) == [("dismissed", "another take, by ear")]


def test_both_sides_of_a_link_are_heard(stage, workspace: DatasetWorkspace, qtbot: QtBot) -> None:
    link(stage.context.session)
    stage.settle(workspace)
    view(stage, workspace, 2)
    heard: list[object] = []
    workspace._listener.changed.connect(heard.append)
    row = workspace.links.list.current
    row.setFocus()
    for key, side in ((Qt.Key.Key_A, "a"), (Qt.Key.Key_B, "b")):
        QTest.keyClick(row, key)
        qtbot.waitUntil(lambda: stage.context.player.playing, timeout=5000)
        assert [one for one in heard if one][-1] == f"{row.link.id}:{side}"
    workspace.leave()


def test_links_are_looked_for_as_a_job(stage, reads, workspace: DatasetWorkspace) -> None:
    view(stage, workspace, 2)
    reads(workspace.links, "No links are known")
    workspace.links.button.click()
    assert not workspace.links.button.isEnabled()
    stage.settle(workspace)
    reads(workspace.links, "No links among 4 recordings")  # noise is like no other noise
    assert workspace.links.button.isEnabled()


def test_a_split_is_extended_and_its_versions_compared(stage, reads, workspace: DatasetWorkspace) -> None:
    workspace.perform("make_split")
    stage.settle(workspace)
    versions = workspace.page.versions
    assert versions.isHidden()
    session = stage.context.session
    with session.reading() as reader:
        recording = min(reader.recordings(), key=lambda recording: recording.name)
    draw_segment(session, recording, "hand", recording.samples - 2, recording.samples)
    stage.settle(workspace)
    reads(versions, "1 segment came later.")
    versions.extend_button.click()
    stage.settle(workspace)
    assert workspace.splits.chosen == "folds-2-2"
    reads(versions, "12 segments are in the same part. 0 are in another.")
    reads(versions, 'Only in "folds-2-2": 1.')
    assert versions.extend_button.isHidden()
    with session.reading() as reader:
        old, new = find_split(reader, "folds-2"), find_split(reader, "folds-2-2")
    assert old.parts.items() < new.parts.items()


def test_what_a_naive_split_would_have_claimed_is_measured(stage, reads, workspace: DatasetWorkspace) -> None:
    workspace.perform("make_split")
    stage.settle(workspace)
    naive = workspace.page.naive
    assert naive.target.currentData() == "mood"
    naive.button.click()
    stage.settle(workspace)
    reads(naive, "naive random split of the same sizes")
    assert naive.difference.isVisible()
    # Other ratings, other figures: what was measured is gone.
    settle_consensus(stage.context.session, "mood", "plurality")
    stage.settle(workspace)
    assert not naive.difference.isVisible()


def test_everything_the_form_offers_reaches_the_split(stage, reads, workspace: DatasetWorkspace) -> None:
    form = workspace.form
    form.kind.setFocus()
    QTest.keyClick(form.kind, Qt.Key.Key_Right)
    for part, n in (("train", 50), ("dev", 0), ("test", 50)):
        form.parts[part].setValue(n)
    QTest.keyClick(form.by, Qt.Key.Key_Right)
    form.stratify.setCurrentIndex(form.stratify.findData("valence-arousal"))  # the scheme: both of its items
    form.texts.setChecked(True)
    form.allow_missing.setChecked(True)
    for key, chip in form.too._chips.items():
        if key in ("key:speaker", "item:mood"):
            QTest.keyClick(chip, Qt.Key.Key_Space)
    workspace.perform("make_split")
    stage.settle(workspace)
    with stage.context.session.reading() as reader:
        options = find_split(reader, "train-dev-test").options
    assert (options["by"], options["texts"], options["folds"]) == ("seconds", True, False)
    assert options["stratify"] == "valence-arousal,mood"
    assert options["balance"] == ["speaker"]
    reads(workspace.page, "valence-arousal,mood, speaker")


def test_one_group_is_left_out_at_a_time(stage, workspace: DatasetWorkspace) -> None:
    form = workspace.form
    form.kind.setFocus()
    for _ in range(2):
        QTest.keyClick(form.kind, Qt.Key.Key_Right)
    workspace.perform("make_split")
    stage.settle(workspace)
    assert workspace.splits.chosen == "leave-one-out"
    assert len(workspace.page.table.texts()) == 4
