"""Continuous traces in the Agreement workspace: figures, delays, one segment over time; anchors among the hints."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from annotator.app.add import add_recordings
from annotator.app.corpus_folder import create_corpus
from annotator.app.rate import add_rater, answer, ensure_rater
from annotator.app.segment import draw_segment
from annotator.app.session import Session
from annotator.app.tasks import assign
from annotator.domain.corpus import Annotation
from annotator.domain.progress import finish
from annotator.gui.agreement.workspace import AgreementWorkspace

RATE = 8000

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints", extend=True)


def make_corpus(folder: Path, scheme: str, *seconds: int) -> Session:
    """One recording for each length."""
    (folder / "sounds").mkdir()
    for n, length in enumerate(seconds):
        noise = np.random.default_rng(n).normal(0, 0.1, length * RATE)
        soundfile.write(folder / "sounds" / f"talk{n}.wav", noise, RATE)
    session = create_corpus(folder / "t.corpus", [scheme])
    finish(add_recordings(session, [folder / "sounds"]))
    return session


def trace(session: Session, raters: dict[str, int]) -> None:
    """Every recording is traced by each rater, so many steps late."""
    with session.reading() as reader:
        recordings = sorted(reader.recordings(), key=lambda one: one.path)
        rate = next(one for one in reader.schemes() if one.name == "va-trace").items[0].rate
    for seed, recording in enumerate(recordings):
        rng = np.random.default_rng(seed)
        segment = draw_segment(session, recording, "hand", 0, recording.samples)
        n = round(recording.seconds * rate)
        course = np.convolve(rng.normal(size=n + 60), np.hanning(15), mode="same") / 5
        for name, late in raters.items():
            drawn = np.clip(course[30 - late : 30 - late + n] + rng.normal(0, 0.02 + 0.1 * seed, n), -1, 1)
            values = {"valence": drawn.round(3).tolist(), "arousal": drawn.round(3).tolist()}
            answer(
                session,
                segment_id=segment.id,
                rater=add_rater(session, name),
                scheme="va-trace",
                values=values,
            )


def opened(stage, session: Session) -> AgreementWorkspace:
    workspace = stage.show(AgreementWorkspace, session)
    QTest.keyClick(workspace.gate.button, Qt.Key.Key_Return)
    stage.settle(workspace)
    return workspace


def test_delays_figures_and_the_course_of_the_worst_segment(stage, tmp_path: Path) -> None:
    session = make_corpus(tmp_path, "va-trace", 15, 6)
    trace(session, {"Ada": 0, "Ben": 0, "Cleo": 8})
    workspace = opened(stage, session)
    card = workspace.page.traces
    assert card.isVisibleTo(workspace)
    assert [row[0] for row in card.lags.texts()] == ["Ada", "Ben", "Cleo"]
    assert float(card.lags.texts()[2][1]) == pytest.approx(0.8, abs=0.2)
    alpha, unaligned = (float(row[1].replace("−", "-")) for row in card.figures.texts()[:2])
    assert alpha > unaligned
    # The noisier one comes first; it is too short for a window.
    assert card.segments.currentText().startswith("talk1")
    assert len(card.mean.moments) == 60
    assert card.alpha.isHidden()
    card.segments.setCurrentIndex(1)
    stage.settle(workspace)
    assert len(card.mean.moments) == 150
    assert len(card.alpha.moments) == 6
    QTest.keyClick(card.mean, Qt.Key.Key_Right)
    assert card.mean.accessibleDescription().startswith("0.1 s: ")
    assert "…" in card.mean.accessibleDescription()
    assert not card.mean.grab().isNull()
    first = card.figures.texts()
    workspace.items.setCurrentRow(1)
    stage.settle(workspace)
    assert "Arousal" in workspace.page.findChild(QLabel).text()
    assert card.isVisibleTo(workspace)
    assert len(first) == len(card.figures.texts()) == 4


def test_one_rater_alone_gets_a_reason(stage, tmp_path: Path) -> None:
    session = make_corpus(tmp_path, "va-trace", 6)
    trace(session, {"Ada": 0})
    card = opened(stage, session).page.traces
    assert all(len(row[1]) > 8 for row in card.figures.texts())  # a reason, no figure
    assert card.segments.isHidden()
    assert not [notice for notice in stage.notices if notice[1] == "negative"]


def test_other_schemes_have_no_such_card_and_anchors_stand_among_the_hints(stage, tmp_path: Path) -> None:
    session = make_corpus(tmp_path, "valence-arousal", 6)
    with session.reading() as reader:
        (talk,) = reader.recordings()
    for n in range(4):
        draw_segment(session, talk, "hand", n * RATE, (n + 1) * RATE)
    known = draw_segment(session, talk, "gold", 5 * RATE, 6 * RATE)

    def know(transaction) -> None:
        reference = ensure_rater(transaction, "reference", "reference")
        given = {"valence": 0.5, "arousal": None}
        transaction.record([Annotation("", known.id, reference.id, "valence-arousal", given)])

    session.transact("Know", know)
    assign(session, raters=["Ada", "Ben"], overlap=2, scheme="valence-arousal", anchors="gold", tier="hand")
    for name, off in (("Ada", 0.0), ("Ben", 0.4)):
        with session.reading() as reader:
            rater = next(one.id for one in reader.raters() if one.name == name)
            entries = next(task for task in reader.tasks() if task.rater_id == rater).entries
        for n, (segment, repeat) in enumerate(entries):
            valence = 0.5 - off if segment == known.id else 0.1 * n
            values = {"valence": valence, "arousal": 0.0}
            answer(
                session, segment_id=segment, rater=add_rater(session, name), scheme="valence-arousal",
                values=values, repeat=repeat,
            )  # fmt: skip
    page = opened(stage, session).page
    assert page.traces.isHidden()
    hints = page.hints
    assert [(row[0], row[-1]) for row in hints.table.texts()] == [("Ada", "0"), ("Ben", "0.4")]
    assert "Ben: 1 of 1 anchor answered." in hints.anchors.text()
