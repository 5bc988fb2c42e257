"""Two segmentations beside one another: figures, reasons, and what became of segments without a partner."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from annotator.app.add import add_recordings
from annotator.app.corpus_folder import create_corpus
from annotator.app.segment import allow_overlaps, draw_segment
from annotator.app.session import Session
from annotator.domain.progress import finish
from annotator.gui.agreement.tiers_card import TiersCard, TiersDialog
from annotator.gui.agreement.workspace import AgreementWorkspace
from annotator.gui.context import Context

RATE = 8000
DRAWN = {"anna": ((1, 3), (4, 6), (8, 9)), "bo": ((1.04, 3.0), (4.15, 6.0), (10, 11)), "empty": ()}

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints", extend=True)


@pytest.fixture
def session(tmp_path: Path) -> Session:
    soundfile.write(tmp_path / "talk.wav", np.zeros(12 * RATE), RATE)
    made = create_corpus(tmp_path / "t.corpus")
    finish(add_recordings(made, [tmp_path / "talk.wav"]))
    return made


def draw(session: Session, *tiers: str) -> None:
    with session.reading() as reader:
        (talk,) = reader.recordings()
    for tier in tiers:
        for start, end in DRAWN[tier]:
            draw_segment(session, talk, tier, round(start * RATE), round(end * RATE))


@pytest.fixture
def context(session: Session) -> Iterator[Context]:
    made = Context()
    made.adopt(session)
    yield made
    made.shutdown()


def shown(card: TiersCard, qtbot: QtBot, context: Context) -> str:
    qtbot.addWidget(card)
    card.show()
    card.show_session(context.session)
    qtbot.waitUntil(lambda: not card.busy)
    return "\n".join(label.text() for label in card.findChildren(QLabel) if label.isVisible())


def test_figures_and_words(session: Session, context: Context, qtbot: QtBot) -> None:
    draw(session, "anna", "bo")
    card = TiersCard(context)
    text = shown(card, qtbot, context)
    assert [row[:4] for row in card.boundaries.texts()] == [
        ["50 ms", "0.50", "0.50", "0.50"], ["100 ms", "0.50", "0.50", "0.50"],
        ["200 ms", "0.67", "0.67", "0.67"], ["500 ms", "0.67", "0.67", "0.67"],
    ]  # fmt: skip
    assert card.partners.texts() == [["All", "3", "3"], ["With a partner", "2", "2"], ["Without", "1", "1"]]
    assert "alpha for unitizing: " in text
    assert "1 of anna and 1 of bo have no such partner" in text
    card.second.setCurrentIndex(0)
    assert "two different tiers" in card._message.text()
    assert not card.boundaries.isVisible()


def test_what_cannot_be_compared_is_said(session: Session, context: Context, qtbot: QtBot) -> None:
    draw(session, "anna")
    assert "Two tiers are needed" in shown(TiersCard(context), qtbot, context)
    draw(session, "bo")
    allow_overlaps(session, "bo", allowed=True)
    with session.reading() as reader:
        draw_segment(session, reader.recordings()[0], "bo", RATE, 2 * RATE)
    assert "Segments of a tier overlap" in shown(TiersCard(context), qtbot, context)


def test_it_is_there_without_any_rating(
    session: Session, context: Context, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw(session, "anna", "bo")
    workspace = AgreementWorkspace(context)
    qtbot.addWidget(workspace)
    workspace.show()
    opened: list[list[str]] = []

    def look(dialog: TiersDialog) -> None:
        qtbot.waitUntil(lambda: not dialog.card.busy)
        opened.append([dialog.card.first.currentText(), dialog.card.second.currentText()])

    monkeypatch.setattr(TiersDialog, "exec", look)
    assert workspace.can("compare_tiers")
    workspace.perform("compare_tiers")
    assert opened == [["anna", "bo"]]
