"""A trace in the Label workspace, by keyboard alone: drawn with the sound, played back, stored as one answer."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from annotator.app.add import add_recordings
from annotator.app.corpus_folder import create_corpus
from annotator.app.rate import add_rater
from annotator.app.segment import draw_segment
from annotator.domain.corpus import Annotation
from annotator.domain.progress import finish
from annotator.gui.label.workspace import LabelWorkspace

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints", extend=True)

RATE = 8000


@pytest.fixture
def label(stage, tmp_path: Path, qtbot: QtBot) -> LabelWorkspace:
    """Two segments of 0.6 s before a rater of the trace scheme."""
    noise = np.random.default_rng(1).uniform(-0.3, 0.3, 2 * RATE)
    soundfile.write(tmp_path / "one.wav", noise, RATE, subtype="PCM_16")
    session = create_corpus(tmp_path / "test.corpus", ["va-trace"])
    finish(add_recordings(session, [tmp_path / "one.wav"]))
    with session.reading() as reader:
        recording = reader.recordings()[0]
    for n in range(2):
        draw_segment(session, recording, "hand", n * RATE, n * RATE + 4800)
    rater = add_rater(session, "Ann")
    workspace = LabelWorkspace(stage.context)
    stage.window.setCentralWidget(workspace)
    stage.window.resize(1200, 800)
    with qtbot.waitActive(stage.window):
        stage.window.show()
    stage.context.adopt(session)
    stage.context.choose_rater(rater)
    workspace.enter()
    qtbot.waitUntil(lambda: workspace._page.panel is not None, timeout=5000)
    return workspace


def press(workspace: LabelWorkspace, key: Qt.Key) -> None:
    QTest.keyClick(workspace._page.panel, key)


def stored(workspace: LabelWorkspace) -> list[Annotation]:
    with workspace.context.session.reading() as reader:
        return reader.annotations(scheme="va-trace")


def test_a_trace_is_drawn_and_stored_by_keyboard_alone(label: LabelWorkspace, qtbot: QtBot) -> None:
    panel, recorder = label._page.panel, label._page.panel._recorder
    qtbot.waitUntil(lambda: recorder.playing, timeout=5000)
    press(label, Qt.Key.Key_5)
    press(label, Qt.Key.Key_Up)
    qtbot.waitUntil(lambda: not recorder.playing, timeout=5000)
    assert recorder.covered >= 0.5
    drawn = panel.values()
    label.replay()
    qtbot.waitUntil(lambda: recorder.heard_to > 0.3, timeout=5000)
    assert panel.values()["valence"][-1] == drawn["valence"][-1]
    label.replay()
    assert not label.context.player.playing
    drawn = panel.values()
    press(label, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: label._page._place.text() == "2 of 2", timeout=5000)
    (given,) = stored(label)
    assert given.values == drawn
    assert len(given.values["valence"]) == 6
    assert given.values["arousal"][-1] == pytest.approx(0.1)
    assert panel.values() == {}


def test_trace_again_plays_from_the_start(label: LabelWorkspace, qtbot: QtBot) -> None:
    recorder = label._page.panel._recorder
    qtbot.waitUntil(lambda: recorder.playing, timeout=5000)
    press(label, Qt.Key.Key_5)
    qtbot.waitUntil(lambda: not recorder.playing, timeout=5000)
    press(label, Qt.Key.Key_Backspace)
    assert recorder.empty
    assert recorder.playing
    press(label, Qt.Key.Key_Escape)
    label.submit()
    assert stored(label) == []
