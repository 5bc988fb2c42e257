"""Small corpora with ratings, and a window for one workspace."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtMultimedia import QAudioDevice, QMediaDevices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMainWindow
from pytestqt.qtbot import QtBot

from annotator.app.add import add_recordings
from annotator.app.corpus_folder import create_corpus
from annotator.app.rate import add_rater, own_entries, read_workload
from annotator.app.segment import describe_segment, draw_segment
from annotator.app.session import Session
from annotator.domain.corpus import Annotation, Rater, Segment, Tier, new_id
from annotator.domain.progress import finish
from annotator.domain.scheme import Scheme
from annotator.gui import window as window_module
from annotator.gui.context import Context
from annotator.gui.label import flow, storing
from annotator.gui.label.workspace import LabelWorkspace
from annotator.gui.window import MainWindow
from annotator.gui.workspace import Workspace
from annotator.storage.writer import Transaction

_RATE = 8000
_SPEAKERS = ("ann", "bo", "cy", "di")
_EACH = 3  # segments in each recording

MOOD = Scheme.from_dict(
    {
        "name": "mood",
        "title": "Mood",
        "judged": "perceived",
        "items": [{"name": "mood", "type": "category", "labels": ["happy", "sad"]}],
    }
)


def make_rated_corpus(folder: Path, *, raters: int = 3, segments: bool = True) -> Session:
    """Four speakers with three segments each; the first two raters agree, the third calls every third one sad.

    The first rater is asked for the first two segments again, and says the same. Valence and arousal are rated
    close to one another.
    """
    rng = np.random.default_rng(3)
    for speaker in _SPEAKERS:
        (folder / "sounds").mkdir(parents=True, exist_ok=True)
        noise = rng.normal(0, 0.1, _RATE)
        soundfile.write(folder / "sounds" / f"{speaker}_talk.wav", noise, _RATE, subtype="PCM_16")
    session = create_corpus(folder / "test.corpus", [MOOD, "valence-arousal"])
    added = finish(add_recordings(session, [folder / "sounds"], groups=["speaker=name:^([^_]+)_"]))
    if not segments:
        return session
    step = _RATE // _EACH
    tier = Tier(new_id(), "hand")
    drawn = [
        Segment(new_id(), recording.id, tier.id, n * step, (n + 1) * step)
        for recording in added.recordings
        for n in range(_EACH)
    ]
    people = [Rater(new_id(), name) for name in ("Ada", "Ben", "Cleo")[:raters]]
    given: list[Annotation] = []
    for seat, rater in enumerate(people):
        for n, segment in enumerate(drawn):
            mood = {"mood": "sad" if n % 2 or (seat == 2 and n % 3 == 0) else "happy"}
            given.append(Annotation(new_id(), segment.id, rater.id, "mood", mood))
            if seat == 0 and n < 2:
                given.append(Annotation(new_id(), segment.id, rater.id, "mood", mood, repeat=1))
            point = {"valence": 0.5 - n % 2 + 0.1 * seat, "arousal": -0.3 + 0.05 * n + 0.1 * seat}
            given.append(Annotation(new_id(), segment.id, rater.id, "valence-arousal", point))

    def write(transaction: Transaction) -> None:
        transaction.put(tier, *drawn, *people)
        transaction.record(given)

    session.transact("Rate", write)
    return session


@pytest.fixture
def rated_corpus(tmp_path: Path) -> Callable[..., Session]:
    """Makes the corpus of `make_rated_corpus` in the test's own folder."""

    def make(**options: object) -> Session:
        return make_rated_corpus(tmp_path, **options)

    return make


class Stage(QObject):
    """A window that shows one workspace, with the notices it gave."""

    def __init__(self, qtbot: QtBot) -> None:
        super().__init__()
        self._qtbot = qtbot
        self.context = Context()
        self.notices: list[tuple[str, str]] = []
        self.context.noticed.connect(self._note)
        self.window = QMainWindow()
        qtbot.addWidget(self.window)

    @Slot(str, str)
    def _note(self, text: str, kind: str) -> None:
        self.notices.append((text, kind))

    def show(self, kind: type[Workspace], session: Session) -> Workspace:
        """Opens the corpus with the workspace in front, and waits until nothing is under way any more."""
        workspace = kind(self.context)
        self.window.setCentralWidget(workspace)
        self.window.resize(1200, 800)
        with self._qtbot.waitActive(self.window):
            self.window.show()
        self.context.adopt(session)
        workspace.enter()
        self.settle(workspace)
        return workspace

    def settle(self, workspace: Workspace) -> None:
        """Waits for the jobs of the workspace."""
        self._qtbot.waitUntil(lambda: not workspace.busy, timeout=20_000)

    def stray_windows(self) -> list[str]:
        """Windows on the screen beside the one that is meant to be there."""
        shown = [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()]
        return [repr(widget) for widget in shown if widget is not self.window]


@pytest.fixture
def stage(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A window without a sound device; every thread has ended when the test has."""
    monkeypatch.setattr(QMediaDevices, "defaultAudioOutput", staticmethod(QAudioDevice))
    stage = Stage(qtbot)
    yield stage
    stage.context.shutdown()


# Rating by keyboard

KEYS = {
    "enter": Qt.Key.Key_Return, "space": Qt.Key.Key_Space, "esc": Qt.Key.Key_Escape, "tab": Qt.Key.Key_Tab,
    "pgup": Qt.Key.Key_PageUp, "pgdown": Qt.Key.Key_PageDown, "right": Qt.Key.Key_Right,
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A corpus of two recordings with three segments each, to be rated on the grid or with Emotify."""
    noise = np.random.default_rng(3)
    for name in ("one", "two"):
        soundfile.write(
            tmp_path / f"{name}.wav", noise.uniform(-0.3, 0.3, 3 * _RATE), _RATE, subtype="PCM_16"
        )
    with create_corpus(tmp_path / "test.corpus", ["valence-arousal", "emotify-9"]) as session:
        finish(add_recordings(session, [tmp_path / "one.wav", tmp_path / "two.wav"]))
        with session.reading() as reader:
            recordings = reader.recordings()
        for recording in recordings:
            for n in range(3):
                drawn = draw_segment(session, recording, "sentences", n * _RATE, (n + 1) * _RATE)
                describe_segment(session, drawn, text="a telling text", speaker="")
        return session.folder


class RatingDesk:
    """A window on the corpus with the Label workspace in front, worked as a rater works it."""

    def __init__(self, qtbot: QtBot, context: Context, window: MainWindow) -> None:
        self.qtbot, self.context, self.window = qtbot, context, window

    @property
    def label(self) -> LabelWorkspace:
        return self.window.workspace("label")

    @property
    def session(self) -> Session:
        return self.context.session

    @property
    def panel(self):
        return self.label._page.panel

    @property
    def place(self) -> str:
        return self.label._page._place.text()

    @property
    def progress(self) -> str:
        return self.label._top.progress_text

    def sit_down(self, name: str, scheme: str = "valence-arousal") -> None:
        """Somebody rates from here on."""
        settings = self.context.settings
        chosen = {**settings.schemes, str(self.session.folder): scheme}
        self.context.update_settings(window_module.replace(settings, schemes=chosen))
        self.context.choose_rater(add_rater(self.session, name))
        self.window.perform("go_label")
        self.settle()

    def settle(self) -> None:
        """Waits until the segments are read and the one in front can be heard."""
        loader = self.label._flow.listening._clips
        self.qtbot.waitUntil(lambda: not self.context._workers and loader._worker is None, timeout=5000)
        self.window.activateWindow()
        self.qtbot.waitUntil(self.window.isActiveWindow)

    def press(self, *keys: str, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Presses keys where the keyboard is."""
        for key in keys:
            target = QApplication.focusWidget() or self.window
            QTest.keyClick(target, KEYS.get(key) or key, modifier)

    def press_control(self, key: str) -> None:
        self.press(key, modifier=Qt.KeyboardModifier.ControlModifier)

    def press_shift(self, key: str) -> None:
        self.press(key, modifier=Qt.KeyboardModifier.ShiftModifier)

    def wait_past_bounce(self) -> None:
        self.qtbot.wait(int(flow.BOUNCE * 1000) + 20)

    def answers(self, name: str, scheme: str = "valence-arousal") -> list[Annotation]:
        """This person's current answers in the order in which the segments come up."""
        rater = add_rater(self.session, name)
        entries = finish(read_workload(self.session, rater, scheme=scheme)).entries
        with self.session.reading() as reader:
            own = own_entries(reader, rater, scheme)
        return [own[entry] for entry in entries if entry in own]


@pytest.fixture
def desk(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> Iterator[Callable[..., RatingDesk]]:
    """Opens the window on the corpus, on a machine without a sound device."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setattr(QMediaDevices, "defaultAudioOutput", staticmethod(QAudioDevice))
    # A busy machine may take its time to store: what is typed next waits for it all the same.
    monkeypatch.setattr(storing, "_AT_ONCE", 5.0)
    # Only Label is needed here: the window opens on a page that shows nothing.
    monkeypatch.setitem(window_module._MODULES, "segment", ("annotator.gui.workspace", "Workspace"))
    context = Context()
    window = MainWindow(context)
    qtbot.addWidget(window)

    def open_desk(corpus: Path = folder) -> RatingDesk:
        window.show()
        assert context.open(corpus)
        return RatingDesk(qtbot, context, window)

    yield open_desk
    context.shutdown()
