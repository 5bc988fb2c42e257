"""Cutting recordings into segments as a user does: keys of the window, mouse on the waveform, words in the table."""

import threading
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtMultimedia import QAudioDevice, QMediaDevices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QInputDialog, QLineEdit
from pytestqt.qtbot import QtBot

from annotator.app.add import add_recordings
from annotator.app.corpus_folder import create_corpus
from annotator.app.segment import describe_segment, draw_segment
from annotator.app.waveform import load_waveform
from annotator.audio.measuring import build
from annotator.audio.peaks import PeakPyramid
from annotator.audio.source import open_source
from annotator.domain.corpus import Annotation, Rater, Recording, Segment, new_id
from annotator.domain.progress import Job, Progress, finish
from annotator.domain.scheme import find_scheme
from annotator.gui.context import Context
from annotator.gui.segment import sound
from annotator.gui.segment.labels import label
from annotator.gui.segment.memory import Place, Places
from annotator.gui.segment.picture import Ground, Ink, Layer, Raster, draw_lanes, ground
from annotator.gui.segment.segments import ShownSegments
from annotator.gui.segment.spectrogram import Look
from annotator.gui.segment.table import SPEAKER
from annotator.gui.segment.tiles import neighbourhood
from annotator.gui.segment.viewport import Viewport
from annotator.gui.segment.wave import Columns, Wave
from annotator.gui.segment.workspace import SegmentWorkspace
from annotator.gui.window import MainWindow

RATE = 8000
CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier

pytestmark = pytest.mark.qt_log_ignore("does not support (propagateSizeHints|raise|grabbing)", extend=True)


def _talk(path: Path, seconds: int) -> Path:
    """A second of noise, half a second of silence, and so on; stereo."""
    noise = np.random.default_rng(3).uniform(-0.5, 0.5, (seconds * RATE, 2))
    noise[(np.arange(len(noise)) % (3 * RATE // 2)) >= RATE] *= 1e-4
    soundfile.write(path, noise, RATE, subtype="PCM_16")
    return path


class Desk:
    """The window on a small corpus, and what a user sees of it."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self.window = window
        self.context = window.context
        self.space: SegmentWorkspace = window.workspace("segment")  # type: ignore[assignment]
        self.waveform = self.space.timeline.waveform
        self.view = self.space.timeline.viewport
        self.qtbot = qtbot
        self.notices: list[str] = []
        self.context.noticed.connect(self._note)

    def _note(self, text: str, _kind: str) -> None:
        self.notices.append(text)

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(QApplication.focusWidget() or self.window, key, modifiers)

    def spans(self) -> list[tuple[int, int]]:
        """What the corpus holds of the recording and tier in view."""
        with self.context.session.reading() as reader:
            tiers = {tier.name: tier.id for tier in reader.tiers()}
            home = tiers.get(self.space.title.tiers.currentText(), "")
            found = reader.segments(tier_id=home, recording_id=self.context.recording.id)
        shown = [(s.start, s.end) for s in found]
        assert shown == [(s.start, s.end) for s in self.space._shown.items]
        assert self.space.table.segments.rowCount() == len(shown)
        return shown

    def drag(self, start: float, stop: float) -> None:
        """Drags over the waveform from one second to another."""
        self.press(start)
        for share in (0.3, 0.6, 1.0):
            QTest.mouseMove(self.waveform, self.point(start + share * (stop - start)))
        QTest.mouseRelease(self.waveform, Qt.MouseButton.LeftButton, pos=self.point(stop))

    def press(self, second: float) -> None:
        QTest.mousePress(self.waveform, Qt.MouseButton.LeftButton, pos=self.point(second))

    def click(self, second: float) -> None:
        QTest.mouseClick(self.waveform, Qt.MouseButton.LeftButton, pos=self.point(second))

    def point(self, second: float) -> QPoint:
        x = self.view.x_of(second * RATE, self.waveform.width())
        return QPoint(round(x), self.waveform.height() // 2)

    @property
    def cursor(self) -> float:
        """Where the cursor is, in seconds."""
        return self.space._transport.cursor / RATE

    @property
    def selected(self) -> Segment | None:
        return self.space._shown.current

    def pixel(self) -> float:
        """Samples a pixel."""
        return self.view.span / self.waveform.width()


@pytest.fixture
def desk(tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    # Without a sound device the cursor runs all the same, and nothing is heard of the tests.
    monkeypatch.setattr(QMediaDevices, "defaultAudioOutput", staticmethod(QAudioDevice))
    session = create_corpus(tmp_path / "talks.corpus")
    finish(add_recordings(session, [_talk(tmp_path / "a.wav", 12), _talk(tmp_path / "b.wav", 6)]))
    session.close()
    context = Context()
    window = MainWindow(context)
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    assert context.open(tmp_path / "talks.corpus")
    desk = Desk(window, qtbot)
    qtbot.waitUntil(lambda: desk.space._transport.ready)
    qtbot.waitUntil(lambda: desk.space.timeline.waveform.wave is not None)
    qtbot.waitUntil(lambda: desk.space.timeline.waveform.wave.peaks.complete)
    qtbot.waitUntil(window.isActiveWindow)
    yield desk
    window.close()
    context.shutdown()


@pytest.fixture
def drawn(desk: Desk) -> Desk:
    """Three segments drawn by mouse: 1 to 3, 4 to 5 and 7 to 9 seconds."""
    for start, stop in ((1, 3), (4, 5), (7, 9)):
        desk.drag(start, stop)
    return desk


def _near(spans: list[tuple[int, int]], seconds: list[tuple[float, float]], within: float) -> None:
    np.testing.assert_allclose(np.array(spans) / RATE, seconds, atol=within / RATE)


def test_dragging_draws_a_segment_that_undo_takes_back(desk: Desk) -> None:
    desk.drag(1, 3)
    _near(desk.spans(), [(1, 3)], 2 * desk.pixel())
    assert desk.selected is not None
    desk.key(Qt.Key.Key_Z, CONTROL)
    assert desk.spans() == []
    desk.key(Qt.Key.Key_Y, CONTROL)
    assert len(desk.spans()) == 1


def test_a_segment_drawn_into_its_neighbour_ends_where_that_begins(drawn: Desk) -> None:
    drawn.drag(5.5, 8)
    _near(drawn.spans(), [(1, 3), (4, 5), (5.5, 7), (7, 9)], 2 * drawn.pixel())


def test_an_edge_is_dragged_in_one_step_and_stops_at_its_neighbour(drawn: Desk) -> None:
    before = drawn.spans()
    drawn.drag(before[0][1] / RATE, 4.5)
    _near(drawn.spans()[:1], [(1, 4)], 2 * drawn.pixel())
    drawn.key(Qt.Key.Key_Z, CONTROL)
    assert drawn.spans() == before


def test_escape_lets_go_of_what_is_being_drawn(desk: Desk) -> None:
    desk.press(1)
    QTest.mouseMove(desk.waveform, desk.point(2))
    desk.waveform.setFocus()
    desk.key(Qt.Key.Key_Escape)
    QTest.mouseRelease(desk.waveform, Qt.MouseButton.LeftButton, pos=desk.point(2))
    assert desk.spans() == []


def test_where_two_touch_both_give_way(drawn: Desk) -> None:
    drawn.click(2)
    drawn.key(Qt.Key.Key_S)
    first, second = drawn.spans()[:2]
    assert first[1] == second[0]
    drawn.key(Qt.Key.Key_Left, ALT)  # the second, which is selected, starts 10 ms earlier
    first, second = drawn.spans()[:2]
    assert first[1] == second[0]
    _near([first], [(1, 1.99)], 2 * drawn.pixel())
    drawn.key(Qt.Key.Key_Up)
    drawn.key(Qt.Key.Key_J)
    _near(drawn.spans(), [(1, 3), (4, 5), (7, 9)], 2 * drawn.pixel())


def test_nudging_stops_at_the_neighbour(desk: Desk) -> None:
    session, recording = desk.context.session, desk.context.recording
    draw_segment(session, recording, "hand", 8000, 16000)
    draw_segment(session, recording, "hand", 16040, 24000)
    desk.key(Qt.Key.Key_Down)
    desk.key(Qt.Key.Key_Right, CONTROL)  # 10 ms are 80 samples, but there is room for 40
    assert desk.spans() == [(8000, 16040), (16040, 24000)]
    desk.key(Qt.Key.Key_Right, CONTROL)  # now they touch: both give way
    assert desk.spans() == [(8000, 16120), (16120, 24000)]
    desk.key(Qt.Key.Key_Right, ALT)
    desk.key(Qt.Key.Key_Left, CONTROL)
    assert desk.spans() == [(8080, 16040), (16040, 24000)]
    assert desk.notices == []


def test_keys_begin_and_end_a_segment_while_the_cursor_moves(desk: Desk) -> None:
    desk.click(2)
    desk.key(Qt.Key.Key_BracketLeft)
    desk.key(Qt.Key.Key_Right)
    desk.key(Qt.Key.Key_Right)
    desk.key(Qt.Key.Key_BracketRight)
    _near(desk.spans(), [(2, 4)], 2 * desk.pixel())
    desk.key(Qt.Key.Key_Right)
    desk.key(Qt.Key.Key_BracketRight)  # without a beginning, the selected one is drawn out to here
    _near(desk.spans(), [(2, 5)], 2 * desk.pixel())


def test_splitting_beside_every_segment_is_explained(drawn: Desk) -> None:
    drawn.click(6)
    drawn.key(Qt.Key.Key_S)
    assert len(drawn.spans()) == 3
    assert drawn.notices == ["Put the cursor inside a segment to split it."]


def test_deleting_goes_on_with_the_next(drawn: Desk) -> None:
    drawn.click(2)
    drawn.key(Qt.Key.Key_Delete)
    assert drawn.selected == drawn.space._shown.items[0]
    _near(drawn.spans(), [(4, 5), (7, 9)], 2 * drawn.pixel())


def test_text_is_typed_in_the_table_with_every_key(drawn: Desk, qtbot: QtBot) -> None:
    drawn.click(4.5)
    drawn.key(Qt.Key.Key_Return)
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    QTest.keyClicks(field, "yes, s j l [ ]")
    drawn.key(Qt.Key.Key_Left)
    drawn.key(Qt.Key.Key_Backspace)
    drawn.key(Qt.Key.Key_Delete)
    drawn.key(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not field)
    assert drawn.selected.text == "yes, s j l ["
    assert len(drawn.spans()) == 3
    assert not drawn.space._transport.playing


def test_tab_in_a_field_does_not_play(drawn: Desk) -> None:
    drawn.click(4.5)
    drawn.key(Qt.Key.Key_Return)
    QTest.keyClicks(QApplication.focusWidget(), "Anna")
    drawn.key(Qt.Key.Key_Tab)
    assert not drawn.space._transport.playing
    assert "Anna" in [segment.text for segment in drawn.space._shown.items]


def test_table_and_waveform_select_together(drawn: Desk) -> None:
    drawn.click(8)
    assert drawn.space.table.currentIndex().row() == 2
    drawn.space.table.selectRow(0)
    assert drawn.selected == drawn.space._shown.items[0]
    drawn.space.table.sortByColumn(3, Qt.SortOrder.AscendingOrder)
    assert drawn.selected == drawn.space._shown.items[0]
    assert drawn.space.table.segments.segment(0) == drawn.space._shown.items[1]
    drawn.key(Qt.Key.Key_Down)
    assert drawn.selected == drawn.space._shown.items[1]
    assert drawn.cursor == drawn.selected.start / RATE


def test_a_segment_plays_to_its_end_and_the_cursor_comes_back(drawn: Desk, qtbot: QtBot) -> None:
    drawn.click(4.5)
    positions: list[int] = []
    drawn.space._transport.moved.connect(positions.append)
    with qtbot.waitSignal(drawn.context.player.finished, timeout=4000):
        drawn.key(Qt.Key.Key_Tab)
    segment = drawn.selected
    assert max(positions) == segment.end
    assert min(positions) >= segment.start
    assert abs(drawn.cursor - 4.5) * RATE <= drawn.pixel()


def test_space_plays_and_holds_and_clicking_goes_on_from_there(desk: Desk, qtbot: QtBot) -> None:
    desk.click(2)
    desk.key(Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: desk.cursor > 2.1)
    desk.click(6)
    assert desk.space._transport.playing
    qtbot.waitUntil(lambda: desk.cursor > 6.05)
    desk.key(Qt.Key.Key_Space)
    held = desk.cursor
    assert not desk.space._transport.playing
    qtbot.wait(100)
    assert desk.cursor == held
    desk.key(Qt.Key.Key_Space)
    desk.window.show_workspace("segment")
    desk.space.leave()
    assert not desk.context.player.playing


def test_zooming_keeps_the_place_under_the_pointer(desk: Desk) -> None:
    where = QPointF(desk.point(5))
    before = desk.view.sample_at(where.x(), desk.waveform.width())
    wheel = QWheelEvent(
        where, desk.waveform.mapToGlobal(where), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton, CONTROL,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(desk.waveform, wheel)
    assert desk.view.span < 12 * RATE
    assert desk.view.sample_at(where.x(), desk.waveform.width()) == pytest.approx(before, abs=1)
    desk.key(Qt.Key.Key_F, CONTROL)
    assert (desk.view.start, desk.view.span) == (0, 12 * RATE)


def test_another_recording_opens_from_the_list_and_search_does_not_change_it(
    desk: Desk, qtbot: QtBot
) -> None:
    desk.space.recordings.search.setFocus()
    QTest.keyClicks(desk.space.recordings.search, "b.w")
    assert desk.context.recording.name == "a.wav"
    desk.key(Qt.Key.Key_Down)
    assert QApplication.focusWidget() is desk.space.recordings.list
    desk.key(Qt.Key.Key_Down)
    assert desk.context.recording.name == "b.wav"
    qtbot.waitUntil(lambda: desk.space._transport.ready)
    assert desk.view.length == 6 * RATE


def test_a_segment_anywhere_is_shown_and_heard(desk: Desk, qtbot: QtBot) -> None:
    other = _recording(desk, "b.wav")
    segment = draw_segment(desk.context.session, other, "reference", RATE, 2 * RATE)
    with qtbot.waitSignal(desk.context.player.finished, timeout=4000):
        desk.context.segment_wanted.emit(segment.id)
    assert desk.context.recording == other
    assert desk.space.title.tiers.currentText() == "reference"
    assert desk.selected == segment


def test_boundaries_move_with_the_slider_and_are_applied_to_all(desk: Desk, qtbot: QtBot) -> None:
    proposals: list[object] = []
    desk.space.proposal.proposed.connect(proposals.append)
    desk.key(Qt.Key.Key_G, CONTROL)
    qtbot.waitUntil(lambda: proposals and proposals[-1] is not None)
    assert len(proposals[-1]) == 8
    desk.space.proposal.panel.sliders["min_pause"].slider.setValue(
        100
    )  # over a second: no pause is that long
    assert len(proposals[-1]) == 1
    assert desk.spans() == []
    desk.space.proposal.panel.sliders["min_pause"].slider.setValue(25)
    with qtbot.waitSignal(desk.space.proposal.applied):
        desk.space.proposal.panel.everywhere.click()
    assert len(desk.spans()) == 8
    with desk.context.session.reading() as reader:
        assert len({segment.recording_id for segment in reader.segments()}) == 2
    assert not desk.space.proposal.isVisible()
    desk.key(Qt.Key.Key_Z, CONTROL)
    assert desk.spans() == []


def test_every_action_of_the_workspace_is_there_and_does_no_harm_without_segments(desk: Desk) -> None:
    from annotator.app.actions import actions

    for action in actions():
        if action.home == "segment":
            desk.space.can(action.id)
            desk.space.perform(action.id)
    assert desk.spans() == []


def test_an_empty_corpus_asks_for_audio(
    tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_corpus(tmp_path / "empty.corpus").close()
    context = Context()
    window = MainWindow(context)
    qtbot.addWidget(window)
    window.show()
    asked: list[str] = []
    monkeypatch.setattr(window, "perform", asked.append)
    context.open(tmp_path / "empty.corpus")
    space = window.workspace("segment")
    space._empty.button.click()
    assert asked == ["add_audio"]
    session = context.session
    finish(add_recordings(session, [_talk(tmp_path / "c.wav", 2)]))
    qtbot.waitUntil(lambda: context.recording is not None and space._transport.ready)
    window.close()
    context.shutdown()


def test_the_spectrogram_comes_by_key_is_made_for_the_view_and_remembered(desk: Desk, qtbot: QtBot) -> None:
    lane = desk.space.timeline.spectrogram
    assert not lane.shown
    desk.key(Qt.Key.Key_G)
    assert desk.context.settings.spectrogram["shown"] is True

    def complete() -> bool:
        analysis = lane.analysis(desk.view.span / desk.waveform.width() / desk.waveform.devicePixelRatioF())
        tiles = neighbourhood(
            desk.context.recording.id, analysis, desk.view.start, desk.view.stop, desk.view.length
        )
        return bool(tiles) and all(lane.tiles.find(tile) is not None for tile in tiles)

    qtbot.waitUntil(complete)
    for _ in range(3):
        desk.key(Qt.Key.Key_1, CONTROL)  # closer: other tiles
    qtbot.waitUntil(complete)
    lane.set_look(Look(scale="linear"))
    qtbot.waitUntil(complete)
    desk.key(Qt.Key.Key_G)
    assert desk.context.settings.spectrogram["shown"] is False


def test_a_copied_tier_is_worked_on_beside_its_original(
    drawn: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = drawn.spans()
    monkeypatch.setattr(QInputDialog, "getText", staticmethod(lambda *_, **__: ("mine", True)))
    drawn.space.perform("copy_tier")
    lanes = drawn.space.timeline.lanes
    assert drawn.space.title.tiers.currentText() == "mine"
    assert drawn.spans() == before
    assert lanes.names == ["hand"]
    drawn.click(8)
    drawn.key(Qt.Key.Key_Delete)
    assert len(drawn.spans()) == 2
    played: list[Segment] = []
    lanes.play_wanted.connect(played.append)
    qtbot.waitUntil(lambda: lanes.height() > 0)
    point = QPoint(round(drawn.view.x_of(8 * RATE, lanes.width())), lanes.height() // 2)
    QTest.mouseClick(lanes, Qt.MouseButton.LeftButton, pos=point)
    assert [(segment.start, segment.end) for segment in played] == before[2:]
    drawn.key(Qt.Key.Key_T)
    assert drawn.space.title.tiers.currentText() == "hand"
    assert drawn.spans() == before


def test_segments_overlap_where_the_tier_lets_them(drawn: Desk) -> None:
    drawn.space.perform("toggle_overlaps")
    drawn.drag(2, 4.5)
    drawn.drag(6, 8)
    _near(drawn.spans(), [(1, 3), (2, 4.5), (4, 5), (6, 8), (7, 9)], 2 * drawn.pixel())
    drawn.space.perform("toggle_overlaps")
    assert "overlap" in drawn.notices[-1]
    with drawn.context.session.reading() as reader:
        assert [tier.overlaps for tier in reader.tiers()] == [True]
    assert drawn.space._editor.overlaps


def test_a_whole_segment_moves_by_its_strip_and_by_key_up_to_its_neighbour(drawn: Desk) -> None:
    before = drawn.spans()
    width = drawn.waveform.width()

    def strip(second: float) -> QPoint:
        return QPoint(round(drawn.view.x_of(second * RATE, width)), 8)

    QTest.mousePress(drawn.waveform, Qt.MouseButton.LeftButton, pos=strip(4.5))
    for second in (4.7, 5.5, 6.0):
        QTest.mouseMove(drawn.waveform, strip(second))
    QTest.mouseRelease(drawn.waveform, Qt.MouseButton.LeftButton, pos=strip(6.0))
    after = drawn.spans()
    _near(after, [(1, 3), (5.5, 6.5), (7, 9)], 3 * drawn.pixel())
    assert after[1][1] - after[1][0] == before[1][1] - before[1][0]
    drawn.key(Qt.Key.Key_Left, CONTROL | ALT)
    assert drawn.spans()[1] == (after[1][0] - RATE // 100, after[1][1] - RATE // 100)
    drawn.key(Qt.Key.Key_Z, CONTROL)
    drawn.key(Qt.Key.Key_Z, CONTROL)
    assert drawn.spans() == before


def test_an_edge_moves_by_one_sample(drawn: Desk) -> None:
    drawn.click(4.5)
    start, end = drawn.spans()[1]
    drawn.key(Qt.Key.Key_Left, ALT | SHIFT)
    drawn.key(Qt.Key.Key_Right, CONTROL | SHIFT)
    assert drawn.spans()[1] == (start - 1, end + 1)


def test_edges_snap_to_the_silence_around_them_in_one_step(drawn: Desk) -> None:
    drawn.drag(9.2, 9.9)  # the noise lasts from 9 to 10 s, with silence before 9 s
    drawn.click(2)
    drawn.key(Qt.Key.Key_Z)
    start, end = drawn.spans()[0]
    assert RATE <= start < 1.21 * RATE  # silent from 1 to 1.5 s
    assert 2.5 * RATE <= end < 3.21 * RATE
    drawn.key(Qt.Key.Key_Z, CONTROL)
    _near(drawn.spans()[:1], [(1, 3)], 2 * drawn.pixel())


def test_the_table_is_filtered_by_words_and_length(drawn: Desk) -> None:
    table = drawn.space.table
    drawn.key(Qt.Key.Key_Slash)
    assert QApplication.focusWidget() is drawn.space.filter
    QTest.keyClicks(drawn.space.filter, ">1.5")
    assert table.segments.rowCount() == 2
    drawn.click(4.5)  # hidden by the filter, but there
    assert drawn.selected is not None
    assert not table.chosen()
    drawn.space.filter.setText("nobody")
    assert table.segments.rowCount() == 0
    drawn.key(Qt.Key.Key_Return)  # its text can be edited all the same
    assert drawn.space.filter.text() == ""
    assert table.segments.rowCount() == 3


def test_a_recording_opens_where_it_was_left(drawn: Desk, qtbot: QtBot) -> None:
    drawn.click(4.5)
    drawn.key(Qt.Key.Key_1, CONTROL)
    drawn.key(Qt.Key.Key_1, CONTROL)
    left = (drawn.view.start, drawn.view.span, drawn.cursor)
    first = drawn.context.recording
    drawn.context.choose_recording(_recording(drawn, "b.wav"))
    assert drawn.view.start == 0
    drawn.context.choose_recording(first)
    assert (drawn.view.start, drawn.view.span, drawn.cursor) == left
    folder = drawn.context.session.folder
    drawn.context.close()
    assert drawn.context.open(folder)  # as after another start
    qtbot.waitUntil(lambda: drawn.space._transport.ready)
    assert (drawn.view.start, drawn.view.span, drawn.cursor) == left
    assert drawn.space.title.tiers.currentText() == "hand"


def test_the_recording_that_was_left_is_open_again(drawn: Desk, qtbot: QtBot) -> None:
    left = _recording(drawn, "b.wav")
    drawn.context.choose_recording(left)
    folder = drawn.context.session.folder
    drawn.context.close()
    assert drawn.context.open(folder)
    assert drawn.context.recording == left
    qtbot.waitUntil(lambda: drawn.space._transport.ready)
    assert drawn.space._sound.recording == left


def test_speakers_of_other_tiers_and_recordings_complete_themselves(drawn: Desk) -> None:
    session = drawn.context.session
    elsewhere = draw_segment(session, _recording(drawn, "b.wav"), "guests", 0, 4000)
    describe_segment(session, elsewhere, text="", speaker="Barbara")
    drawn.click(4.5)
    row = drawn.space.table.segments.row_of(drawn.selected.id)
    drawn.space.table.setFocus()
    drawn.space.table.edit(drawn.space.table.segments.index(row, SPEAKER))
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    QTest.keyClicks(field, "ba")
    assert field.completer().currentCompletion() == "Barbara"
    drawn.key(Qt.Key.Key_Escape)


def test_damaged_views_are_as_none(tmp_path: Path) -> None:
    for text in ("{", "[]", '{"places": {"a": {}}}', '{"beside": 3}'):
        (tmp_path / "views.json").write_text(text)
        assert Places(tmp_path).find("a") is None
    places = Places(tmp_path)
    places.keep("a", Place(1.5, 20.0, 7, "hand"))
    places.save()
    assert Places(tmp_path).find("a") == Place(1.5, 20.0, 7, "hand")


def test_the_overview_marks_what_the_annotator_has_rated(drawn: Desk) -> None:
    segments = drawn.space._shown.items
    anna, bo = Rater(new_id(), "Anna"), Rater(new_id(), "Bo")
    session = drawn.context.session
    session.transact("", lambda transaction: transaction.put(anna, bo, find_scheme("valence-arousal")))
    answers = [
        Annotation("", segments[0].id, anna.id, "valence-arousal", {"valence": 0.5}),
        Annotation("", segments[1].id, bo.id, "valence-arousal", {"valence": 0.5}),
    ]
    session.transact("", lambda transaction: transaction.record(answers))
    overview = drawn.space.timeline.overview
    assert overview.rated == frozenset()
    drawn.context.choose_rater(anna)
    assert overview.rated == {segments[0].id}
    withdrawn = Annotation("", segments[0].id, anna.id, "valence-arousal", {}, withdrawn=True)
    session.transact("", lambda transaction: transaction.record([withdrawn]))
    assert overview.rated == frozenset()


def test_a_file_that_vanishes_is_told_in_place_and_linked_again(
    drawn: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    trouble, session = drawn.space.trouble, drawn.context.session
    path = session.audio_path(drawn.context.recording)
    moved = path.rename(path.with_name("moved.wav"))
    trouble.look()
    assert "is missing" in trouble.told
    drawn.drag(10, 11)  # work goes on
    assert len(drawn.spans()) == 4
    for chosen, expected in ((path.with_name("b.wav"), "is missing"), (moved, "")):
        answer = staticmethod(lambda *_, chosen=chosen: (str(chosen), ""))
        monkeypatch.setattr(QFileDialog, "getOpenFileName", answer)
        trouble.find()
        qtbot.waitUntil(lambda: not trouble._linking.running)
        assert expected in trouble.told
        assert bool(trouble.told) == bool(expected)
    assert any("is not the sound of a.wav" in notice for notice in drawn.notices)
    qtbot.waitUntil(lambda: drawn.space._transport.ready)
    assert drawn.context.recording.name == "moved.wav"
    assert len(drawn.spans()) == 4


def test_a_file_that_changes_is_told_and_the_old_one_put_back_is_fine_again(desk: Desk, qtbot: QtBot) -> None:
    trouble = desk.space.trouble
    path = desk.context.session.audio_path(desk.context.recording)
    whole = path.read_bytes()
    path.write_bytes(whole[:-4000])
    trouble.look()
    qtbot.waitUntil(lambda: "has changed" in trouble.told)
    path.write_bytes(whole)
    trouble.look()
    qtbot.waitUntil(lambda: not trouble.told)
    qtbot.waitUntil(lambda: desk.space._transport.ready)


def _recording(desk: Desk, name: str) -> Recording:
    with desk.context.session.reading() as reader:
        return next(recording for recording in reader.recordings() if recording.name == name)


# Parts


def test_neighbours_are_found_also_where_segments_overlap() -> None:
    shown = ShownSegments()
    spans = [(0, 100), (10, 20), (30, 40), (200, 300)]
    shown.replace([Segment(str(n), "r", "t", *span) for n, span in enumerate(spans)])
    assert shown.at(15).id == "1"
    assert shown.at(50).id == "0"
    assert shown.at(150) is None
    assert [s.id for s in shown.items[shown.visible(50, 60)]] == ["0", "1", "2"]
    assert shown.room(150, 1000) == (100, 200)


def test_a_view_never_leaves_its_recording() -> None:
    view = Viewport()
    view.set_recording(1000, 100)
    view.zoom(0.1, 990)
    assert (view.start, view.span) == (pytest.approx(891), pytest.approx(100))
    view.pan(1e9)
    assert view.stop == 1000
    view.zoom(1e-9, 950)
    assert view.span == 64
    view.zoom(1e9, 950)
    assert (view.start, view.span) == (0, 1000)


@pytest.mark.parametrize("width", [0.25, 1.7, 20.0, 100.0, 256.0, 3000.5])
def test_no_peak_is_missed_at_any_zoom(tmp_path: Path, width: float) -> None:
    """Every column holds the extremes of its samples, and nothing from further than one block away."""
    path = _talk(tmp_path / "a.wav", 30)
    with open_source(path) as source:
        wave = Wave(finish(build(path)), source)
        sound = source.read(0, source.samples)
        start, count = 40_000.0, 40
        columns = wave.columns(start, width, count)
        reach = 256 if width >= 256 else 16 if width >= 32 else 2
        for k in range(count):
            first, last = (
                int(start + k * width),
                max(int(start + (k + 1) * width), int(start + k * width) + 1),
            )
            around = sound[max(first - reach, 0) : last + reach]
            assert (columns.high[k] <= around.max(axis=0) + 1e-6).all()
            assert (columns.low[k] >= around.min(axis=0) - 1e-6).all()
            if width >= 1:
                assert (columns.high[k] >= sound[first:last].max(axis=0) - 1e-6).all()
                assert (columns.low[k] <= sound[first:last].min(axis=0) + 1e-6).all()


def test_a_segment_thinner_than_a_pixel_is_still_seen() -> None:
    shown = ShownSegments()
    shown.replace([Segment("a", "r", "t", 5_000, 5_001), Segment("b", "r", "t", 60_000, 80_000)])
    raster = Raster(0.0, 1000.0, 100)
    below = ground(raster, 90_000, Layer.of(shown), np.empty(0), proposed=False)
    assert below[5] == Ground.SEGMENT
    assert set(below[61:79]) == {Ground.SEGMENT}
    assert set(below[90:]) == {Ground.BEYOND}
    assert set(below[6:60]) == {Ground.PLAIN}


def test_a_lane_is_as_high_as_its_sound() -> None:
    low, high = np.float32([[-1.0], [-0.5], [0.0]]), np.float32([[1.0], [0.5], [0.0]])
    picture = np.zeros((100, 3), np.uint8)
    below = np.full(3, Ground.PLAIN, np.uint8)
    draw_lanes(picture, below, Columns(low, high, high / 2), gain=1.0, thickness=1.0)
    assert ((picture == Ink.PEAK + Ground.PLAIN) | (picture == Ink.BODY + Ground.PLAIN)).sum(axis=0).tolist() == [
        100, 51, 1,
    ]  # fmt: skip
    assert (picture == Ink.BODY + Ground.PLAIN).sum(axis=0).tolist() == [51, 26, 1]


def test_a_wav_plays_while_its_waveform_is_still_being_made(
    desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    measure = threading.Event()

    def slow(*given: Any) -> Job[PeakPyramid]:
        while not measure.is_set():
            yield Progress(0, 1)
            time.sleep(0.01)
        return (yield from load_waveform(*given))

    monkeypatch.setattr(sound, "load_waveform", slow)
    desk.window.context.choose_recording(_recording(desk, "b.wav"))
    qtbot.waitUntil(lambda: desk.space._transport.ready)
    desk.key(Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: desk.space._transport.playing)
    assert desk.space.timeline.waveform.wave is None
    measure.set()
    qtbot.waitUntil(lambda: desk.space.timeline.waveform.wave is not None)


@pytest.mark.parametrize(
    ("text", "speaker", "room", "shown"),
    [
        ("good evening", "Anna", 40, "Anna  good evening"),
        ("good  evening\n", "Anna", 8, "good evening"),
        ("", "Anna", 8, "Anna"),
        ("good evening", "", 3, "12"),
        ("ja", "", 2, "ja"),
        ("", "", 2, "12"),
        ("", "", 1, ""),
    ],
)
def test_a_segment_says_its_words_else_its_number_never_a_mere_ellipsis(
    text: str, speaker: str, room: int, shown: str
) -> None:
    assert label(Segment("s", "r", "t", 0, 1, text, speaker), 12, room, len) == shown


def test_the_list_of_recordings_gives_way_in_a_narrow_window_and_comes_when_asked(desk: Desk) -> None:
    desk.window.resize(1280, 800)
    assert desk.space.recordings.isVisible()
    desk.window.resize(960, 540)
    desk.qtbot.waitUntil(lambda: not desk.space.recordings.isVisible())
    desk.key(Qt.Key.Key_R)
    assert desk.space.recordings.search.hasFocus()
    desk.window.resize(1000, 540)
    QApplication.processEvents()
    assert desk.space.recordings.isVisible()  # what was asked for stays
    desk.window.resize(1280, 800)
    assert desk.space.recordings.isVisible()


@pytest.mark.parametrize("proposing", [False, True])
@pytest.mark.parametrize("width", [960, 1024, 1280, 1600])
def test_nothing_above_the_waveform_is_squeezed(desk: Desk, width: int, proposing: bool) -> None:
    desk.window.resize(width, 800)
    if proposing:
        desk.key(Qt.Key.Key_G, CONTROL)
    QApplication.processEvents()
    title = desk.space.title
    shown = [each for each in (title.toggle, title.tiers, title.options, title.automatic) if each.isVisible()]
    for left, right in pairwise(shown):
        assert left.geometry().right() < right.geometry().left()
    bar = desk.space.bar
    for widget in (*bar.findChildren(QAbstractButton), bar.sound.volume):
        if widget.isVisible():
            assert widget.width() >= widget.minimumSizeHint().width(), widget.accessibleName()
            assert bar.rect().contains(widget.geometry().translated(widget.parent().mapTo(bar, QPoint())))
    hidden = [button for button in bar.findChildren(QAbstractButton) if not button.isVisible()]
    spare = bar.width() - bar.layout().minimumSize().width()
    assert not hidden or spare < 2 * hidden[-1].sizeHint().width()


def test_recordings_are_gone_through_by_key(desk: Desk) -> None:
    assert desk.context.recording.name == "a.wav"
    desk.key(Qt.Key.Key_PageDown, ALT)
    assert desk.context.recording.name == "b.wav"
    desk.key(Qt.Key.Key_PageDown, ALT)
    assert desk.context.recording.name == "b.wav"
    desk.key(Qt.Key.Key_PageUp, ALT)
    assert desk.context.recording.name == "a.wav"


def test_a_recording_is_found_by_name_and_opened_without_the_mouse(desk: Desk) -> None:
    desk.key(Qt.Key.Key_R)
    QTest.keyClicks(desk.space.recordings.search, "b.w")
    assert desk.context.recording.name == "a.wav"
    desk.key(Qt.Key.Key_Return)
    assert desk.context.recording.name == "b.wav"
    assert desk.waveform.hasFocus()


def test_escape_leads_back_to_the_waveform(desk: Desk) -> None:
    desk.drag(1, 3)
    desk.key(Qt.Key.Key_Slash)
    assert desk.space.filter.hasFocus()
    desk.key(Qt.Key.Key_Escape)
    assert desk.waveform.hasFocus()


def test_a_speaker_is_named_by_key_in_a_field_as_high_as_its_row(drawn: Desk) -> None:
    drawn.key(Qt.Key.Key_Return, SHIFT)
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    assert field.height() == drawn.space.table.rowHeight(0)
    QTest.keyClicks(field, "Anna")
    drawn.key(Qt.Key.Key_Return)
    drawn.qtbot.waitUntil(lambda: drawn.selected.speaker == "Anna")


def test_escape_drops_the_mark_and_closes_the_panel(desk: Desk) -> None:
    desk.key(Qt.Key.Key_BracketLeft)
    desk.key(Qt.Key.Key_Right)
    assert desk.space.selection() is not None
    desk.key(Qt.Key.Key_Escape)
    assert desk.space.selection() is None
    desk.key(Qt.Key.Key_G, CONTROL)
    assert desk.space.proposal.isVisible()
    desk.key(Qt.Key.Key_Escape)
    assert not desk.space.proposal.isVisible()
    assert desk.waveform.hasFocus()
