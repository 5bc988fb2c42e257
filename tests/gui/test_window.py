"""The whole job in the real window: from a file to a confusion matrix, by keys and by what buttons do."""

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtMultimedia import QAudioDevice, QMediaDevices
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from annotator.app.actions import WORKSPACES, actions
from annotator.app.add import add_recordings
from annotator.app.corpus_folder import create_corpus
from annotator.app.rate import add_rater, answer
from annotator.app.session import Session
from annotator.domain.progress import Job, Progress, finish
from annotator.gui.command_palette import CommandPalette
from annotator.gui.context import Context
from annotator.gui.dialogs.people import _SwitchRater
from annotator.gui.theme import apply_theme, current_theme
from annotator.gui.window import MainWindow

RATE = 16000


def clip(path: Path, pitch: float, seed: int) -> None:
    """Two bursts of sound with a pause between."""
    noise = np.random.default_rng(seed)
    time = np.arange(RATE) / RATE
    burst = 0.3 * np.sin(2 * np.pi * pitch * time) * noise.uniform(0.7, 1.0, RATE)
    quiet = noise.normal(0, 0.0005, RATE // 2)
    soundfile.write(path, np.concatenate([quiet, burst, quiet, burst, quiet]), RATE, subtype="PCM_16")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Six recordings of six speakers, high and low voices."""
    folder = tmp_path / "audio"
    folder.mkdir()
    for n in range(6):
        clip(folder / f"s{n}_a.wav", (160, 900)[n % 2] + 5 * n, n)
    with create_corpus(tmp_path / "show.corpus", ["valence-arousal"]) as session:
        finish(add_recordings(session, [folder], groups=["speaker=name:^([^_]+)_"]))
        return session.folder


@pytest.fixture
def window(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    """The window on a machine without a sound device."""
    monkeypatch.setattr(QMediaDevices, "defaultAudioOutput", staticmethod(QAudioDevice))
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    apply_theme(app, "light")
    made = MainWindow(Context())
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.close()


def session_of(window: MainWindow) -> Session:
    assert window.context.session is not None
    return window.context.session


def count(window: MainWindow, what: str) -> int:
    with session_of(window).reading() as reader:
        return len(getattr(reader, what)())


def settle(window: MainWindow, qtbot: QtBot) -> None:
    """Waits until jobs have ended and the window has the keyboard."""
    qtbot.waitUntil(lambda: not window.context._workers, timeout=10000)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)


def press(window: MainWindow, qtbot: QtBot, action_id: str) -> None:
    """Does what the key of the action does."""
    action = window.findChild(QAction, action_id)
    assert action is not None
    assert action.isEnabled(), action_id
    action.trigger()


def test_the_whole_job_by_keys(window: MainWindow, qtbot: QtBot, corpus: Path) -> None:
    assert window.context.open(corpus)
    qtbot.waitUntil(lambda: window.findChild(QAction, "play_pause").isEnabled(), timeout=10000)

    # Segment: cut all recordings by their pauses.
    from annotator.app.segment import segment_recordings

    with session_of(window).reading() as reader:
        recordings = reader.recordings()
    job = segment_recordings(session_of(window), recordings, method="silence", tier="sentences")
    with qtbot.waitSignal(window.context.run("cut", job).finished, timeout=20000):
        pass
    assert count(window, "segments") == 12
    press(window, qtbot, "undo")
    assert count(window, "segments") == 0
    press(window, qtbot, "redo")
    assert count(window, "segments") == 12

    # Label: three raters, two digits and Enter a segment.
    for name, shift in (("Ann", 0), ("Bo", 0), ("Cy", 1)):
        rater = add_rater(session_of(window), name)
        window.context.choose_rater(rater)
        press(window, qtbot, "go_label")
        for n in range(12):
            settle(window, qtbot)
            page = window.workspace("label")._page
            qtbot.waitUntil(
                lambda page=page: page.panel.values() == {}, timeout=20000
            )  # the next one is in front
            first, second = (Qt.Key.Key_8, Qt.Key.Key_7) if (n + shift) % 4 else (Qt.Key.Key_2, Qt.Key.Key_3)
            for key in (first, second, Qt.Key.Key_Return):
                qtbot.keyClick(QApplication.focusWidget() or window, key)
            qtbot.waitUntil(lambda n=n, r=rater: stored(window, r.id) == n + 1, timeout=20000)

    # Agreement and consensus.
    from annotator.app.agreement import measure_agreement
    from annotator.app.consensus import settle_consensus

    (scheme,) = finish(measure_agreement(session_of(window)))
    assert {report.n_raters for report in scheme.items} == {3}
    settle_consensus(session_of(window), "valence-arousal", "mean")
    for name in ("agreement", "dataset", "train"):
        press(window, qtbot, f"go_{name}")
        assert window._shown == name


def stored(window: MainWindow, rater_id: str) -> int:
    with session_of(window).reading() as reader:
        return len(reader.annotations(rater_id=rater_id))


def test_every_action_can_be_done_by_somebody(window: MainWindow, corpus: Path) -> None:
    window.context.open(corpus)
    for name in WORKSPACES:
        workspace = window.workspace(name)
        for action in actions():
            if action.home == name:
                assert callable(getattr(workspace, action.id, None)), f"{name}.{action.id}"
    for action in actions():
        if action.home == "everywhere":
            assert callable(getattr(window, f"_do_{action.id}", None)), action.id


def test_keys_are_unique_within_reach() -> None:
    for home in WORKSPACES:
        keys = [
            key for action in actions() if action.home in ("everywhere", home) for key in action.shortcuts
        ]
        assert len(keys) == len(set(keys))


def test_nobody_takes_back_anothers_rating(window: MainWindow, qtbot: QtBot, corpus: Path) -> None:
    from annotator.app.segment import draw_segment

    window.context.open(corpus)
    session = session_of(window)
    with session.reading() as reader:
        drawn = draw_segment(session, reader.recordings()[0], "hand", 0, RATE)
    ann, bo = add_rater(session, "Ann"), add_rater(session, "Bo")
    answer(
        session,
        segment_id=drawn.id,
        rater=ann,
        scheme="valence-arousal",
        values={"valence": 0.5, "arousal": 0},
    )
    window.context.choose_rater(bo)
    press(window, qtbot, "undo")
    assert stored(window, ann.id) == 1
    window.context.choose_rater(ann)
    press(window, qtbot, "undo")
    assert stored(window, ann.id) == 0


def test_a_folder_that_is_no_corpus_is_explained_and_the_window_stays(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    with qtbot.waitSignal(window.context.noticed) as said:
        assert not window.context.open(tmp_path)
    assert "not a corpus" in said.args[0]
    assert window.isVisible()


def test_a_failing_job_becomes_a_notice_and_a_bug_too(window: MainWindow, qtbot: QtBot) -> None:
    def broken() -> Job[None]:
        yield Progress(0, 1)
        raise ZeroDivisionError

    with qtbot.waitSignal(window.context.noticed, timeout=10000) as said:
        window.context.run("Counting", broken())
    assert "Counting" in said.args[0]
    assert said.args[1] == "danger"


def test_closing_stops_running_jobs_and_waits_for_them(window: MainWindow, qtbot: QtBot) -> None:
    begun: list[str] = []
    ended: list[str] = []

    def endless() -> Job[None]:
        try:
            while True:
                begun.append("step")
                time.sleep(0.005)
                yield Progress(0, 1)
        finally:
            ended.append("closed")

    worker = window.context.run("For ever", endless())
    qtbot.waitUntil(lambda: bool(begun), timeout=10000)
    window.close()
    assert ended == ["closed"]
    assert worker.isFinished()


def test_light_and_dark(window: MainWindow, qtbot: QtBot) -> None:
    press(window, qtbot, "toggle_theme")
    assert current_theme().dark
    assert window.context.settings.theme == "dark"
    press(window, qtbot, "toggle_theme")
    assert not current_theme().dark


def test_the_palette_finds_a_command_by_its_words(window: MainWindow, qtbot: QtBot) -> None:
    palette = CommandPalette(window, actions())
    qtbot.addWidget(palette)
    qtbot.keyClicks(palette._query, "split make")
    qtbot.keyClick(palette._query, Qt.Key.Key_Return)
    assert palette.chosen == "make_split"


def test_a_new_name_becomes_the_rater(window: MainWindow, qtbot: QtBot, corpus: Path) -> None:
    window.context.open(corpus)
    dialog = _SwitchRater(window, window.context)
    qtbot.addWidget(dialog)
    dialog._name.setCurrentText("  ")
    dialog.ok.click()
    assert dialog.complaint.text()
    dialog._name.setCurrentText("Maya")
    dialog.ok.click()
    assert window.context.rater is not None
    assert window.context.rater.name == "Maya"


def test_tab_walks_down_a_dialog_and_ends_at_its_buttons(
    window: MainWindow, qtbot: QtBot, corpus: Path
) -> None:
    window.context.open(corpus)
    dialog = _SwitchRater(window, window.context)
    qtbot.addWidget(dialog)
    with qtbot.waitActive(dialog):
        dialog.show()
    dialog._name.setFocus()
    for widget in (dialog._name, dialog._age, dialog._gender, dialog._languages):
        assert dialog.focusWidget() is widget or dialog.focusWidget() is widget.focusProxy()
        qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
    focused = dialog.focusWidget()
    assert focused is not None
    assert focused.parent() is dialog.ok.parent()
