"""The panel for automatic segmentation: every method shows live what it would give, and what would change."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtMultimedia import QAudioDevice, QMediaDevices
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from annotator.app.add import add_recordings
from annotator.app.corpus_folder import create_corpus
from annotator.app.segment import draw_segment
from annotator.app.session import Session
from annotator.domain.corpus import Segment
from annotator.domain.progress import finish
from annotator.gui.context import Context
from annotator.gui.dialogs.form import Form
from annotator.gui.segment.proposal import ProposalPanel
from annotator.gui.segment.workspace import SegmentWorkspace
from annotator.segmentation.methods import METHODS

RATE = 8000

pytestmark = pytest.mark.qt_log_ignore("does not support (propagateSizeHints|raise|grabbing)", extend=True)


class Table:
    """The panel, what it proposes, and what the corpus holds."""

    def __init__(self, space: SegmentWorkspace, qtbot: QtBot) -> None:
        self.space, self.qtbot = space, qtbot
        self.proposals: list[np.ndarray | None] = []
        space.proposal.proposed.connect(self.proposals.append)

    @property
    def panel(self) -> ProposalPanel:
        """The panel, once it was opened."""
        return self.space.proposal.panel

    @property
    def session(self) -> Session:
        return self.space.context.session

    def spans(self) -> list[tuple[float, float]]:
        """What is proposed, in seconds, once there is something."""
        self.qtbot.waitUntil(lambda: bool(self.proposals) and self.proposals[-1] is not None)
        return [(a / RATE, b / RATE) for a, b in self.proposals[-1].tolist()]

    def held(self) -> list[Segment]:
        with self.session.reading() as reader:
            return reader.segments()

    def apply(self) -> None:
        with self.qtbot.waitSignal(self.panel.applied):
            self.panel.here.click()


@pytest.fixture
def table(tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Table]:
    """One recording of 12 s: a second of noise, half a second of silence, and so on."""
    noise = np.random.default_rng(3).uniform(-0.5, 0.5, 12 * RATE)
    noise[(np.arange(len(noise)) % (3 * RATE // 2)) >= RATE] *= 1e-4
    soundfile.write(tmp_path / "song.wav", noise, RATE, subtype="PCM_16")
    session = create_corpus(tmp_path / "t.corpus")
    finish(add_recordings(session, [tmp_path / "song.wav"]))
    monkeypatch.setattr(QMediaDevices, "defaultAudioOutput", staticmethod(QAudioDevice))
    context = Context()
    space = SegmentWorkspace(context)
    qtbot.addWidget(space)
    space.resize(1200, 800)
    space.show()
    context.adopt(session)
    space.enter()
    made = Table(space, qtbot)
    qtbot.waitUntil(lambda: space._transport.ready)
    space.segment_automatically()
    assert len(made.spans()) == 8
    yield made
    context.shutdown()


def test_every_method_shows_its_own_controls_and_what_it_would_give(table: Table) -> None:
    panel = table.panel
    for name in (*METHODS.names()[1:], METHODS.names()[0]):  # the first is there already
        table.proposals.clear()
        panel.choose(name)
        assert panel.tier.text() == name
        assert panel.controls is not None
        for control in (*panel.controls.sliders.values(), *panel.controls.choices.values()):
            assert control.isVisible()
        table.spans()
        assert not table.held()


def test_windows_move_with_their_sliders_and_are_applied(table: Table) -> None:
    table.panel.choose("fixed")
    assert table.spans() == [(0, 3), (3, 6), (6, 9), (9, 12)]
    table.panel.sliders["length"].slider.setValue(9)  # 5 s
    assert table.spans() == [(0, 5), (5, 10)]
    table.panel.controls.choices["rest"].control._choose(1)
    assert table.spans() == [(0, 5), (5, 10), (10, 12)]
    table.apply()
    assert [(s.start / RATE, s.end / RATE, s.origin) for s in table.held()] == [
        (0, 5, "fixed"), (5, 10, "fixed"), (10, 12, "fixed"),
    ]  # fmt: skip
    assert "fixed (version 1): length 5" in table.space.title.tiers.toolTip()


def test_what_would_change_is_said_and_work_by_hand_is_shown_among_it(table: Table) -> None:
    recording = table.space.context.recording
    draw_segment(table.session, recording, "fixed", RATE, 2 * RATE)
    table.panel.choose("fixed")
    assert table.spans() == [(1, 2), (3, 6), (6, 9), (9, 12)]
    assert "3 new · 1 kept (1 made by hand)" in table.panel._changes.text()
    table.panel.replace_corrected.setChecked(True)
    assert table.spans() == [(0, 3), (3, 6), (6, 9), (9, 12)]
    assert "4 new · 1 removed" in table.panel._changes.text()
    table.apply()
    assert len(table.held()) == 4
    table.space.segment_automatically()
    table.panel.choose("fixed")
    assert table.panel._changes.text().startswith("Nothing would change")
    assert not table.panel.replace_corrected.isVisible()
    assert not table.panel.replace_corrected.isChecked()


def test_only_what_is_selected_is_cut(table: Table) -> None:
    panel = table.panel
    panel.choose("fixed")
    panel.scope._choose(1)
    assert not panel.here.isEnabled()
    assert "Nothing is selected" in panel._result.text()
    table.space._transport.seek(2 * RATE)
    table.space.perform("set_in")
    table.space._transport.seek(9 * RATE)
    assert table.spans() == [(2, 5), (5, 8)]
    table.apply()
    assert [(s.start / RATE, s.end / RATE) for s in table.held()] == [(2, 5), (5, 8)]
    assert "from 0:02.000 to 0:09.000" in table.space.title.tiers.toolTip()


def test_a_transcript_is_looked_at_before_it_is_applied(table: Table, tmp_path: Path, qtbot: QtBot) -> None:
    panel = table.panel
    panel.choose("transcript")
    assert "Choose the transcript" in panel._result.text()
    path = tmp_path / "song.vtt"
    path.write_text(
        "WEBVTT\n\n00:00.000 --> 00:01.200\n<v Anna>It rained.\n\n00:01.400 --> 00:02.700\nBo: Yes.\n"
    )
    table.proposals.clear()
    panel.transcript.file.edit.setText(str(path))
    assert len(table.spans()) == 2
    assert not panel.transcript.languages.isVisible()
    assert not table.held()
    table.apply()
    assert [(s.speaker, s.text) for s in table.held()] == [("Anna", "It rained."), ("Bo", "Yes.")]
    assert "file song.vtt" in table.space.title.tiers.toolTip()

    wrong = tmp_path / "other.srt"
    wrong.write_text("1\n00:10:00,000 --> 00:10:02,000\nLater.\n")
    table.space.segment_automatically()
    panel.choose("transcript")
    panel.transcript.file.edit.setText(str(wrong))
    qtbot.waitUntil(lambda: "goes on after" in panel._result.text())
    assert not panel.here.isEnabled()
    panel.transcript.file.edit.setText(str(tmp_path / "talk.txt"))
    assert panel.transcript.languages.isVisible()


def test_letters_in_the_fields_are_letters(table: Table) -> None:
    table.panel.tier.setFocus()
    table.panel.tier.selectAll()
    QTest.keyClicks(table.panel.tier, "s j")
    assert table.panel.tier.text() == "s j"


def test_speakers_are_asked_for_and_found(
    table: Table, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    table.panel.choose("fixed")
    qtbot.waitUntil(table.panel.here.isEnabled)
    table.apply()
    told: list[str] = []
    table.space.context.noticed.connect(lambda text, _kind: told.append(text))

    def answer(question: Form) -> bool:
        question.count.setValue(1)  # type: ignore[attr-defined]
        question.network.edit.setText("/nowhere/voices.onnx")  # type: ignore[attr-defined]
        question._try()
        assert "voices.onnx" in question.complaint.text()
        question.network.edit.clear()  # type: ignore[attr-defined]
        question._try()
        return bool(question.result())

    monkeypatch.setattr(Form, "exec", answer)
    assert table.space.can("find_speakers")
    table.space.perform("find_speakers")
    qtbot.waitUntil(lambda: bool(told))
    assert told == ["1 speaker: A (4)."]
    assert {segment.speaker for segment in table.held()} == {"A"}
    table.session.undo()
    assert {segment.speaker for segment in table.held()} == {""}
