"""The window around the workspaces: keys looked up and changed, sound, things dropped on it."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QKeySequence
from PySide6.QtMultimedia import QAudioDevice, QMediaDevices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QSlider, QToolButton
from pytestqt.qtbot import QtBot

from annotator.app.actions import actions
from annotator.app.add import add_recordings
from annotator.app.corpus_folder import create_corpus
from annotator.app.keys import profiles
from annotator.app.segment import draw_segment
from annotator.app.settings import load_settings
from annotator.domain.progress import finish
from annotator.gui import dialogs
from annotator.gui.context import Context
from annotator.gui.keys_page import KeysPage
from annotator.gui.menus import RecentMenu, UndoMenu
from annotator.gui.segment.workspace import SegmentWorkspace
from annotator.gui.window import MainWindow

RATE = 8000
NONE, CONTROL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints", extend=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A corpus of one recording with two segments."""
    noise = np.random.default_rng(3).uniform(-0.5, 0.5, 6 * RATE)
    soundfile.write(tmp_path / "talk.wav", noise, RATE, subtype="PCM_16")
    with create_corpus(tmp_path / "test.corpus", ["valence-arousal"]) as session:
        finish(add_recordings(session, [tmp_path / "talk.wav"]))
        with session.reading() as reader:
            recording = reader.recordings()[0]
        draw_segment(session, recording, "sentences", RATE, 2 * RATE)
        draw_segment(session, recording, "sentences", 3 * RATE, 4 * RATE)
        return session.folder


@pytest.fixture
def window(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    """A window without a corpus, on a machine without a sound device."""
    monkeypatch.setattr(QMediaDevices, "defaultAudioOutput", staticmethod(QAudioDevice))
    context = Context()
    made = MainWindow(context)
    qtbot.addWidget(made)
    made.show()
    yield made
    context.shutdown()


@pytest.fixture
def space(window: MainWindow, folder: Path, qtbot: QtBot) -> SegmentWorkspace:
    """The Segment workspace on the corpus, with its sound open."""
    window.context.open(folder)
    found: SegmentWorkspace = window.workspace("segment")  # type: ignore[assignment]
    qtbot.waitUntil(lambda: found._transport.ready)
    return found


def _press(window: MainWindow, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    QTest.keyClick(QApplication.focusWidget() or window, key, modifiers)


# Keys


@pytest.fixture
def page(window: MainWindow, qtbot: QtBot) -> KeysPage:
    made = KeysPage(window.context, window)
    qtbot.addWidget(made)
    made.show()
    return made


def _shortcuts(window: MainWindow, action: str) -> list[str]:
    return [key.toString() for key in window._actions[action].shortcuts()]


@pytest.mark.parametrize("key", [Qt.Key.Key_F1, Qt.Key.Key_Question])
def test_f1_and_the_question_mark_show_the_keys(
    space: SegmentWorkspace, window: MainWindow, monkeypatch: pytest.MonkeyPatch, key: Qt.Key
) -> None:
    shown: list[KeysPage] = []
    monkeypatch.setattr(KeysPage, "exec", lambda page: shown.append(page))
    _press(window, key)
    assert len(shown) == 1


def test_a_profile_holds_at_once_everywhere_and_after_a_restart(
    space: SegmentWorkspace, window: MainWindow, page: KeysPage
) -> None:
    page.profile.setCurrentIndex(page.profile.findData("elan"))
    page.profile.activated.emit(page.profile.currentIndex())
    assert _shortcuts(window, "play_pause") == ["Ctrl+Space"]
    assert "Ctrl+Space" in window._actions["play_pause"].toolTip()
    assert "Ctrl+Space" in space.bar._buttons["play_pause"].toolTip()
    assert load_settings().keys_profile == "elan"
    assert Context().actions["play_pause"].shortcuts == ("Ctrl+Space",)


def test_an_empty_tier_tells_the_keys_in_force(space: SegmentWorkspace, window: MainWindow) -> None:
    assert "press [ and ] while" in space._hint.text()
    window.context.set_keys("default", {"set_in": ["F7"], "set_out": ["F8"]})
    assert "press F7 and F8 while" in space._hint.text()
    window.context.set_keys("default", {"set_out": []})
    assert "press" not in space._hint.text()


def test_a_new_key_is_pressed_and_works(space: SegmentWorkspace, window: MainWindow, page: KeysPage) -> None:
    page.choose("toggle_theme")
    QTest.keyClick(page.tree, Qt.Key.Key_Return)
    QTest.keyClick(page.change, Qt.Key.Key_Control, CONTROL)  # alone it is no key yet
    QTest.keyClick(page.change, Qt.Key.Key_F9, CONTROL)
    assert _shortcuts(window, "toggle_theme") == ["Ctrl+F9"]
    page.add.click()
    QTest.keyClick(page.add, Qt.Key.Key_Tab, CONTROL | SHIFT)
    assert _shortcuts(window, "toggle_theme") == ["Ctrl+F9", "Ctrl+Shift+Tab"]
    page.remove.click()
    assert _shortcuts(window, "toggle_theme") == []
    page.reset.click()
    assert _shortcuts(window, "toggle_theme") == ["Ctrl+Shift+D"]
    assert load_settings().keys == {}


def test_a_key_within_reach_is_named_before_it_changes_hands(window: MainWindow, page: KeysPage) -> None:
    page.choose("loop")
    page.change.arm()
    QTest.keyClick(page.change, Qt.Key.Key_S)
    assert "Split at the cursor" in page._said.text()
    assert _shortcuts(window, "loop") == ["L"]
    page.no.click()
    assert _shortcuts(window, "loop") == ["L"]
    page.change.arm()
    QTest.keyClick(page.change, Qt.Key.Key_S)
    page.yes.click()
    assert _shortcuts(window, "loop") == ["S"]
    assert _shortcuts(window, "split_at_cursor") == []
    page.reset_all.click()
    assert _shortcuts(window, "split_at_cursor") == ["S"]


def test_a_key_out_of_reach_is_no_conflict(window: MainWindow, page: KeysPage) -> None:
    page.choose("toggle_note")
    page.change.arm()
    QTest.keyClick(page.change, Qt.Key.Key_S)
    assert _shortcuts(window, "toggle_note") == ["S"]
    assert _shortcuts(window, "split_at_cursor") == ["S"]


def test_digits_stay_with_the_scales_and_escape_leaves(window: MainWindow, page: KeysPage) -> None:
    page.choose("replay")
    page.change.arm()
    QTest.keyClick(page.change, Qt.Key.Key_5)
    assert "scales" in page._said.text()
    page.change.arm()
    QTest.keyClick(page.change, Qt.Key.Key_Escape)
    assert page.isVisible()
    assert _shortcuts(window, "replay") == ["Space"]


def test_keys_are_found_by_words_and_by_key(page: KeysPage) -> None:
    def listed() -> set[str]:
        groups = [page.tree.topLevelItem(n) for n in range(page.tree.topLevelItemCount())]
        items = [group.child(n) for group in groups for n in range(group.childCount())]
        return {item.data(0, Qt.ItemDataRole.UserRole) for item in items if not item.isHidden()}

    assert len(listed()) == len(actions())
    page.query.setText("loop")
    assert listed() == {"loop"}
    page.query.setText("ctrl+k")
    assert listed() == {"palette"}


@pytest.mark.parametrize("name", profiles())
def test_every_key_of_every_profile_is_one_that_the_window_system_knows(name: str) -> None:
    for keys in profiles()[name].keys.values():
        for key in keys:
            assert QKeySequence(key).toString(), key
            assert "unknown" not in QKeySequence(key).toString().lower()


def test_the_keys_of_praat_work_on_the_waveform(space: SegmentWorkspace, window: MainWindow) -> None:
    window.context.set_keys("praat", {})
    space._focus_waveform()
    space._shown.select(space._shown.items[0].id)
    _press(window, Qt.Key.Key_Tab)
    assert (window.context.player._passage.start, window.context.player._passage.stop) == (RATE, 2 * RATE)
    space._transport.stop()
    _press(window, Qt.Key.Key_Backtab, SHIFT)
    assert window.context.player._passage.stop == 6 * RATE
    space._transport.seek(round(1.5 * RATE))
    _press(window, Qt.Key.Key_Return)
    assert [(s.start, s.end) for s in space._shown.items][:2] == [(RATE, 12000), (12000, 2 * RATE)]
    _press(window, Qt.Key.Key_Backspace, Qt.KeyboardModifier.AltModifier)
    assert len(space._shown.items) == 2


def test_buttons_of_the_label_workspace_show_the_keys_in_force(
    space: SegmentWorkspace, window: MainWindow
) -> None:
    label = window.workspace("label")
    assert label._page.buttons["skip_item"].key == "PgDown"  # type: ignore[attr-defined]
    window.context.set_keys("default", {"skip_item": ["X"], "replay": []})
    assert label._page.buttons["skip_item"].key == "X"  # type: ignore[attr-defined]
    assert label._page.buttons["replay"].key == ""  # type: ignore[attr-defined]


# Sound


def test_speed_is_changed_by_key_shown_and_remembered(space: SegmentWorkspace, window: MainWindow) -> None:
    for _ in range(2):
        _press(window, Qt.Key.Key_PageUp, CONTROL)
    assert space._transport.speed == 1.25
    assert space.bar.sound._speed.text() == "1.25×"
    assert load_settings().speed == 1.25
    for _ in range(20):
        _press(window, Qt.Key.Key_PageDown, CONTROL)
    assert space._transport.speed == 0.5
    _press(window, Qt.Key.Key_Home, CONTROL)
    assert space._transport.speed == 1.0


def test_volume_and_silence_by_key(space: SegmentWorkspace, window: MainWindow) -> None:
    player = window.context.player
    _press(window, Qt.Key.Key_Down, CONTROL)
    assert player.volume == pytest.approx(0.95)
    assert space.bar.sound.volume.value() == 95
    _press(window, Qt.Key.Key_M, CONTROL)
    assert player.muted
    assert load_settings().muted
    _press(window, Qt.Key.Key_Up, CONTROL)
    assert not player.muted
    assert player.volume == 1.0


def test_a_device_that_is_not_there_is_kept_in_mind(window: MainWindow) -> None:
    window.context.set_device("headphones")
    assert window.context.player.device == "headphones"
    assert load_settings().device == "headphones"


def test_an_edge_is_heard_half_a_second_before_and_after(
    space: SegmentWorkspace, window: MainWindow, qtbot: QtBot
) -> None:
    space._transport.seek(round(1.9 * RATE))
    played: list[int] = []
    window.context.player.position_changed.connect(played.append)
    with qtbot.waitSignal(window.context.player.finished, timeout=3000):
        _press(window, Qt.Key.Key_B)
    assert (played[0], played[-1]) == (round(1.5 * RATE), round(2.5 * RATE))
    assert space._transport.cursor == round(1.9 * RATE)


def test_the_selection_is_from_the_mark_to_the_cursor_or_the_chosen_rows(
    space: SegmentWorkspace, window: MainWindow
) -> None:
    space._transport.seek(800)
    _press(window, Qt.Key.Key_BracketLeft)
    space._transport.seek(2400)
    _press(window, Qt.Key.Key_Space, SHIFT)
    passage = window.context.player._passage
    assert (passage.start, passage.stop) == (800, 2400)
    space._transport.stop()
    space._set_mark(None)
    space.table.selectAll()
    space.play_selection()
    passage = window.context.player._passage
    assert (passage.start, passage.stop) == (RATE, 4 * RATE)


def test_every_control_above_the_waveform_has_a_name(space: SegmentWorkspace) -> None:
    for bar in (space.bar, space.title):
        controls = [c for kind in (QAbstractButton, QSlider, QComboBox) for c in bar.findChildren(kind)]
        assert controls
        for control in controls:
            text = control.accessibleName() or (
                control.text() if isinstance(control, QAbstractButton) else ""
            )
            assert text, control.objectName()
            if isinstance(control, QToolButton):
                assert control.toolTip(), control.accessibleName()


# What is dropped, what was open, what was done


def _drop(window: MainWindow, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    window.dropEvent(
        QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, NONE)
    )


def test_a_dropped_corpus_is_opened(window: MainWindow, folder: Path, qtbot: QtBot) -> None:
    _drop(window, folder)
    qtbot.waitUntil(lambda: window.context.session is not None)
    assert window.context.session.folder == folder


def test_dropped_files_are_added_and_imported(
    space: SegmentWorkspace, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    asked: list[tuple[str, object]] = []
    monkeypatch.setattr(dialogs, "add_audio", lambda _p, _c, paths: asked.append(("audio", paths)))
    monkeypatch.setattr(dialogs, "import_file", lambda _p, _c, path: asked.append(("table", path)))
    _drop(window, tmp_path / "a.wav", tmp_path / "a.srt", tmp_path)
    qtbot.waitUntil(lambda: bool(asked))
    assert asked == [("audio", [tmp_path / "a.wav", tmp_path]), ("table", tmp_path / "a.srt")]


def test_corpora_opened_before_are_a_key_away(
    space: SegmentWorkspace, window: MainWindow, tmp_path: Path
) -> None:
    create_corpus(tmp_path / "other.corpus", ["sam-9"]).close()
    window.context.open(tmp_path / "other.corpus")
    menu = RecentMenu(window.context, window)
    assert [entry.data() for entry in menu.actions()] == [str(tmp_path / "test.corpus")]
    menu.actions()[0].trigger()
    assert window.context.session.folder == tmp_path / "test.corpus"


def test_several_steps_are_taken_back_at_once(space: SegmentWorkspace, window: MainWindow) -> None:
    session = window.context.session
    for start in (0, 2 * RATE, 4 * RATE):
        draw_segment(session, window.context.recording, "sentences", start, start + RATE)
    menu = UndoMenu(window.context, window)
    menu.chosen.connect(window._undo_down_to)
    assert len(menu.actions()) == 3
    menu.actions()[1].trigger()
    assert len(session.undoable_steps) == 1
    assert session.redoable is not None
