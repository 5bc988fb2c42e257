"""Runs that come back, and what a run offers besides: curve, families, doubts, what to rate next, a report."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import Qt
from PySide6.QtMultimedia import QAudioDevice, QMediaDevices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from annotator.app.corpus_folder import create_corpus, open_corpus_folder
from annotator.app.ingest import ingest
from annotator.app.rate import add_rater
from annotator.app.session import Session
from annotator.app.split import fold_shares, make_split
from annotator.app.targets import find_target
from annotator.app.train import train
from annotator.domain.corpus import Segment
from annotator.domain.progress import finish
from annotator.gui.context import Context
from annotator.gui.train.relabel import RelabelDialog
from annotator.gui.train.workspace import TrainWorkspace
from annotator.storage.rows import Kind

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints", extend=True)

RATE = 16000


@pytest.fixture
def session(tmp_path: Path) -> Session:
    """Twelve tones of three speakers; one of them is called by the wrong name."""
    rng = np.random.default_rng(0)
    time = np.arange(RATE // 5) / RATE
    for emotion, pitch in {"happy": 500.0, "sad": 150.0}.items():
        (tmp_path / "sounds" / emotion).mkdir(parents=True)
        for n in range(12):
            wrong = (emotion, n) == ("sad", 4)
            tone = 0.3 * np.sin(2 * np.pi * ((500.0 if wrong else pitch) + 5 * n) * time)
            tone += rng.normal(0, 0.01, time.size)
            name = f"{('ann', 'bo', 'cho')[n % 3]}_{n}.wav"
            soundfile.write(tmp_path / "sounds" / emotion / name, tone, RATE, subtype="PCM_16")
    made = create_corpus(tmp_path / "test.corpus", [])
    finish(ingest(made, "folders", tmp_path / "sounds", groups=["speaker=name:^([^_]+)_"]))
    finish(make_split(made, "cv", shares=fold_shares(3), group_keys=["speaker"], folds=True))
    return made


class Bench:
    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.context = Context()
        self.window = QMainWindow()
        qtbot.addWidget(self.window)
        self.workspace = TrainWorkspace(self.context)
        self.window.setCentralWidget(self.workspace)
        self.window.resize(1280, 900)
        self.window.show()

    def open(self, session: Session) -> None:
        self.context.adopt(session)
        self.workspace.enter()
        self.settle()

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.context._workers, timeout=60_000)

    def press(self, widget: Any, key: Qt.Key = Qt.Key.Key_Space) -> None:
        widget.setFocus()
        QTest.keyClick(widget, key)
        self.settle()


@pytest.fixture
def bench(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(QMediaDevices, "defaultAudioOutput", staticmethod(QAudioDevice))
    made = Bench(qtbot)
    yield made
    made.context.shutdown()


def test_what_the_form_asks_for_is_shown_and_comes_back_after_reopening(
    bench: Bench, session: Session
) -> None:
    bench.open(session)
    form, worth = bench.workspace.form, bench.workspace.results.worth
    for box in (form.curve, form.importance):
        bench.press(box)
    form.weights.setCurrentIndex(1)
    form.features.setCurrentIndex(form.features.findData("mfcc"))
    bench.press(form.button)
    run = bench.workspace.runs.current()
    assert run.request.class_weight == "none"
    assert worth.curve_card.isVisible()
    assert worth.families_card.isVisible()
    assert "mfcc" in worth.families.item(0, 0).text()

    bench.context.close()
    bench.open(open_corpus_folder(session.folder))
    (again,) = bench.workspace.runs.runs()
    assert again.trained.evaluation == run.trained.evaluation
    assert not again.outdated
    assert bench.workspace.results.headline.text()
    assert worth.curve_card.isVisible()
    # Asking for it again asks for the same.
    form.curve.setChecked(False)
    form.show_request(again.request)
    asked = form.request()
    assert (asked.target_name, asked.curve, asked.class_weight) == (run.request.target_name, True, "none")


def test_a_kept_run_on_other_data_says_so_after_reopening(bench: Bench, session: Session) -> None:
    finish(train(session, features="mfcc", model="knn", target="emotion", split="cv", replicates=20))
    with session.reading() as reader:
        segment = reader.segments()[0]
    session.transact("x", lambda transaction: transaction.remove(Kind.SEGMENT, [segment.id]))
    bench.open(session)
    (run,) = bench.workspace.runs.runs()
    assert "changed" in run.outdated
    assert bench.workspace.banner is not None


def test_one_training_is_listed_once_however_its_item_is_called(bench: Bench, session: Session) -> None:
    asked = {"features": "mfcc", "model": "knn", "split": "cv"}
    with session.reading() as reader:
        scheme = reader.schemes()[0].name
    first = finish(train(session, target="emotion", **asked))
    again = finish(train(session, target=f"{scheme}:emotion", **asked))
    other = finish(train(session, target="emotion", seed=1, **asked))
    assert first.run == again.run != other.run
    bench.open(session)
    runs = bench.workspace.runs
    assert sorted(run.special for run in runs.runs()) == ["", "seed 1"]
    usual = next(run for run in runs.runs() if not run.special)
    runs.add(usual)
    assert len(runs.runs()) == 2
    assert runs.current() is usual


def test_keeping_a_run_is_no_step_that_undo_takes_back(session: Session) -> None:
    finish(train(session, features="mfcc", model="knn", target="emotion", split="cv", replicates=20))
    session.undo()
    with session.reading() as reader:
        assert len(reader.runs()) == 1
        assert reader.splits() == []  # what was done before it is what undo takes back


def test_likely_label_errors_are_listed_for_listening(bench: Bench, session: Session) -> None:
    finish(
        train(
            session, features="mfcc", model="logistic-regression", target="emotion", split="cv", replicates=20
        )
    )
    bench.open(session)
    results = bench.workspace.results
    assert results.doubts.isVisible()
    bench.press(results.doubts)
    entries = results.segments._table.entries
    assert [entry.recording.name for entry in entries] == ["bo_4.wav"]
    assert (entries[0].prediction.truth, entries[0].prediction.predicted) == ("sad", "happy")


def test_a_likely_error_is_relabelled_by_key_and_the_others_stay_as_they_were(
    bench: Bench, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    with session.reading() as reader:
        before = find_target(reader, "emotion").values
    finish(
        train(
            session, features="mfcc", model="logistic-regression", target="emotion", split="cv", replicates=20
        )
    )
    bench.open(session)
    results = bench.workspace.results
    bench.press(results.doubts)

    def decide(dialog: RelabelDialog) -> None:
        dialog.show()
        dialog.name.setText("Lead")
        QTest.keyClick(dialog, Qt.Key.Key_Return)  # nothing is chosen yet
        assert dialog.stored == 0
        assert dialog.isVisible()
        QTest.keyClick(dialog, Qt.Key.Key_1)
        if dialog.isVisible():
            QTest.keyClick(dialog, Qt.Key.Key_Return)
        assert dialog.stored == 1
        assert not dialog.isVisible()  # it was the only one

    monkeypatch.setattr(RelabelDialog, "exec", decide)
    bench.press(results.segments.relabel_button)
    with session.reading() as reader:
        after = find_target(reader, "emotion").values
    changed = [key for key in before if before[key] != after[key]]
    assert changed == [results.segments.current.segment.id]
    assert "changed since" in bench.workspace.runs.current().outdated
    session.undo()
    with session.reading() as reader:
        assert find_target(reader, "emotion").values == before


def test_suggestions_go_into_the_queue_of_the_chosen_rater_without_an_answer(
    bench: Bench, session: Session
) -> None:
    finish(train(session, features="mfcc", model="svm", target="emotion", split="cv", replicates=20))
    with session.reading() as reader:
        recording, tier = reader.recordings()[0], reader.tiers()[0]
    new = [Segment(f"{n:032x}", recording.id, tier.id, 0, 1000 + n) for n in range(3)]
    session.transact("x", lambda transaction: transaction.put(*new))
    rater = add_rater(session, "Dana")
    bench.open(session)
    bench.context.choose_rater(rater)
    worth = bench.workspace.results.worth
    bench.press(worth.find_button)
    bench.qtbot.waitUntil(lambda: worth.next_table.rowCount() == 3)
    shown = {worth.next_table.item(row, column).text() for row in range(3) for column in range(3)}
    assert not shown & {"happy", "sad"}
    bench.press(worth.queue_button)
    with session.reading() as reader:
        (task,) = reader.tasks()
        assert {segment for segment, _ in task.entries[:3]} == {segment.id for segment in new}
        assert task.rater_id == rater.id
        assert not [one for one in reader.annotations() if one.rater_id == rater.id]


def test_several_labels_have_no_matrix_but_a_table_and_a_list(
    bench: Bench, tmp_path: Path, session: Session
) -> None:
    from annotator.app.rate import answer
    from annotator.app.schemes import add_scheme

    add_scheme(session, "emotify-9")
    rater = add_rater(session, "Dana")
    with session.reading() as reader:
        recordings = {one.id: one.path for one in reader.recordings()}
        segments = reader.segments()
    for n, segment in enumerate(segments):
        values = {"power": "happy" in recordings[segment.recording_id], "tension": n % 3 == 0}
        answer(session, segment_id=segment.id, rater=rater, scheme="emotify-9", values=values)
    bench.open(session)
    form, results = bench.workspace.form, bench.workspace.results
    form.target.setCurrentText("emotify-9: all labels")
    form.features.setCurrentIndex(form.features.findData("mfcc"))
    bench.press(form.button)
    assert bench.workspace.runs.current().task == "labels"
    assert not results.matrix.isVisible()
    assert results.classes.isVisible()
    assert len(results.segments._table.entries) == 24
    results.worth.write_report(tmp_path / "r.html")
    assert "labels:emotify-9" in (tmp_path / "r.html").read_text(encoding="utf-8")
