"""Traces: drawn by the clock of the sound, by pointer or keys, and never overwritten by accident."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from annotator.domain.scheme import Item, Scheme, find_scheme
from annotator.gui.panels import panel_for
from annotator.gui.panels.recorder import TraceRecorder
from annotator.gui.panels.trace import TracePanel

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints", extend=True)

AROUSAL = Scheme(
    "arousal-trace",
    "Arousal",
    "perceived",
    (
        Item(
            "arousal",
            "trace",
            title="Arousal",
            minimum=1,
            maximum=9,
            low="calm",
            high="excited",
            direction=-1,
            rate=5,
        ),
    ),
    panel="trace",
)


@pytest.fixture
def panel(qtbot: QtBot) -> Callable[..., TracePanel]:
    def make(scheme: Scheme | None = None, seconds: float = 1.0) -> TracePanel:
        made = panel_for(scheme or find_scheme("va-trace"))
        assert isinstance(made, TracePanel)
        qtbot.addWidget(made)
        made.resize(900, 700)
        made.show()
        made.show_length(seconds)
        return made

    return make


def press(panel: TracePanel, *keys: Qt.Key) -> list[bool]:
    none = Qt.KeyboardModifier.NoModifier
    return [panel.handle_key(QKeyEvent(QEvent.Type.KeyPress, key, none)) for key in keys]


def play(panel: TracePanel, until: float, since: float = 0.0) -> None:
    """The sound plays in ticks of about a sixtieth of a second, and stops."""
    panel.begin(since)
    listen(panel, since, until)
    panel.end(False)


def listen(panel: TracePanel, since: float, until: float) -> None:
    ticks = max(round((until - since) * 60), 1)
    for n in range(ticks + 1):
        panel.hear(since + (until - since) * n / ticks)


def test_every_step_is_drawn_when_its_time_is_heard_however_unevenly() -> None:
    recorder = TraceRecorder(1, 10)
    recorder.set_length(1.0)
    recorder.begin(0.0)
    recorder.move((0.25,))
    assert not recorder.hear(-0.01)
    for seconds, value in ((0.0, 0.25), (0.31, 0.5), (0.32, 0.75), (0.99, 1.0)):
        recorder.move((value,))
        recorder.hear(seconds)
    recorder.end(at_end=True)
    assert recorder.traces() == [[0.25, 0.5, 0.5, 0.5, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]]


def test_a_second_pass_fills_gaps_and_overwrites_only_on_purpose() -> None:
    recorder = TraceRecorder(1, 10)
    recorder.set_length(0.6)
    recorder.begin(0.0)
    recorder.hear(0.15)
    recorder.move((0.1,))
    recorder.hear(0.35)
    recorder.end(at_end=False)
    assert recorder.traces() == [[None, None, 0.1, 0.1, None, None]]
    recorder.begin(0.0)
    recorder.move((0.9,))
    recorder.hear(0.45)
    assert recorder.traces() == [[0.9, 0.9, 0.1, 0.1, 0.9, None]]
    recorder.end(at_end=False)
    recorder.begin(0.2)
    recorder.press((0.5,))
    recorder.hear(0.25)
    recorder.end(at_end=False)
    assert recorder.traces() == [[0.9, 0.9, 0.5, 0.1, 0.9, None]]
    assert recorder.covered == pytest.approx(5 / 6)


def test_the_pointer_draws_while_the_sound_plays_and_only_then(panel, qtbot: QtBot) -> None:
    made = panel()
    pad = made._pad
    QTest.mouseMove(pad, pad._square().center().toPoint())
    assert made.values() == {}
    made.begin(0.0)
    QTest.mouseMove(pad, pad._square().center().toPoint() + QPoint(1, 0))
    listen(made, 0.0, 0.45)
    QTest.mouseMove(
        pad, QPoint(pad.width() - 2, 1)
    )  # past the corner: pleasant and excited as far as they go
    qtbot.waitUntil(lambda: made._recorder.pen == (1.0, 1.0))
    listen(made, 0.45, 1.0)
    made.end(True)
    values = made.values()
    assert values["valence"] == pytest.approx([0.0] * 5 + [1.0] * 5, abs=0.02)
    assert values["arousal"] == pytest.approx([0.0] * 5 + [1.0] * 5, abs=0.02)
    assert made.scheme.check(values) == values


def test_keys_alone_draw(panel, qtbot: QtBot) -> None:
    made = panel()
    handed = []
    made.submitted.connect(lambda: handed.append(made.values()))
    press(made, Qt.Key.Key_5)
    made.begin(0.0)
    listen(made, 0.0, 0.25)
    press(made, Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Right)
    listen(made, 0.25, 0.75)
    press(made, Qt.Key.Key_0)
    listen(made, 0.75, 1.0)
    made.end(True)
    gap = [None] * 2
    assert made.values()["valence"] == [0.0] * 3 + [0.1] * 5 + gap
    assert made.values()["arousal"] == [0.0] * 3 + [0.2] * 5 + gap
    press(made, Qt.Key.Key_Return)
    assert len(handed) == 1


def test_a_held_arrow_moves_by_the_clock_of_the_sound(panel, qtbot: QtBot) -> None:
    made = panel(seconds=2.0)
    made.setFocus()
    qtbot.waitUntil(made.hasFocus)
    made.begin(0.0)
    QTest.keyPress(made, Qt.Key.Key_Up)
    listen(made, 0.0, 0.5)
    QTest.keyRelease(made, Qt.Key.Key_Up)
    listen(made, 0.5, 2.0)
    made.end(True)
    arousal = made.values()["arousal"]
    assert arousal[:6] == sorted(arousal[:6])
    assert arousal[5] == pytest.approx(0.1 + 2 * 0.6 * 0.5, abs=0.02)
    assert arousal[6:] == [arousal[5]] * 14


def test_less_than_half_is_stored_only_when_the_rater_insists(panel) -> None:
    made = panel()
    handed, refused = [], []
    made.submitted.connect(lambda: handed.append(made.values()))
    made.refused.connect(refused.append)
    press(made, Qt.Key.Key_Return)
    assert "Still to be rated" in refused[0]
    press(made, Qt.Key.Key_5)
    play(made, until=0.3)
    assert not made.submit()
    assert "40%" in refused[1]
    play(made, until=0.05, since=0.0)  # listening again is no reason to forget the question
    assert made.submit()
    assert len(handed) == 1


def test_the_sound_goes_on_where_it_stopped_and_begins_again_at_its_end(panel) -> None:
    made = panel()
    assert made.next_share() == 0.0
    press(made, Qt.Key.Key_5)
    made.begin(0.0)
    assert made.next_share() is None
    listen(made, 0.0, 0.35)
    made.end(False)
    assert made.next_share() == pytest.approx(0.4)
    made.begin(0.4)
    listen(made, 0.4, 0.95)
    made.end(True)
    assert made.next_share() == 0.0
    assert made._recorder.covered < 1.0  # the pen was lifted when the sound stopped


def test_a_drawn_trace_hands_itself_over_and_a_replay_does_not(panel) -> None:
    made = panel()
    made.auto_advance = True
    handed = []
    made.submitted.connect(lambda: handed.append(made.values()))
    press(made, Qt.Key.Key_5)
    for _ in range(2):
        made.begin(0.0)
        listen(made, 0.0, 1.0)
        made.end(True)
    assert len(handed) == 1


def test_drawing_again_and_cannot_tell_clear_what_was_there(panel, qtbot: QtBot) -> None:
    made = panel()
    press(made, Qt.Key.Key_5)
    play(made, until=1.0)
    assert made.values()
    with qtbot.waitSignal(made.restart_wanted):
        press(made, Qt.Key.Key_Backspace)
    assert made.values() == {}
    assert not made.complete()
    press(made, Qt.Key.Key_0)
    assert made.values() == {"valence": None, "arousal": None}
    assert made.complete()


def test_a_stored_trace_comes_back_and_is_shown(panel) -> None:
    made = panel(seconds=0.4)
    stored = {"valence": [0.0, 0.5, None, 1.0], "arousal": [0.5, -0.5, None, 0.0]}
    made.set_values(stored)
    assert made.values() == stored
    made.begin(0.0)
    made.hear(0.1)
    assert made._readouts[0].accessibleName() == "Valence 0.50"
    made.set_values({})
    assert made.values() == {}


def test_one_scale_that_runs_backwards(panel) -> None:
    made = panel(AROUSAL)
    press(made, Qt.Key.Key_9)
    play(made, until=1.0)
    assert made.values() == {"arousal": [1.0] * 5}
    assert made._pad._ends[2:] == ("excited", "calm")


def test_everything_has_a_name_for_screen_readers(panel) -> None:
    made = panel()
    for widget in (made, made._pad, made._strip, made._again, *made._readouts):
        assert widget.accessibleName()
    press(made, Qt.Key.Key_5)
    play(made, until=1.0)
    assert made.accessibleDescription() == "100% traced"
