"""Training by keyboard: what is offered, what a result says, which segments stand behind it, when it is old."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtMultimedia import QAudioDevice, QMediaDevices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMainWindow, QWidget
from pytestqt.qtbot import QtBot

from annotator.app.consensus import settle_consensus
from annotator.app.corpus_folder import create_corpus
from annotator.app.ingest import ingest
from annotator.app.rate import add_rater, answer
from annotator.app.schemes import add_scheme
from annotator.app.session import Session
from annotator.app.settings import settings_file
from annotator.app.split import fold_shares, make_split
from annotator.app.train import train
from annotator.domain.progress import finish
from annotator.domain.scheme import Item
from annotator.features import packages
from annotator.gui import window as window_module
from annotator.gui.context import Context
from annotator.gui.player import Player
from annotator.gui.train.embedding_dialog import EmbeddingDialog
from annotator.gui.train.form import TrainForm
from annotator.gui.train.ladder import Ladder, rungs, spread
from annotator.gui.train.wording import estimate, headline, metrics, surroundings, unheard, verdict
from annotator.gui.train.workspace import TrainWorkspace
from annotator.gui.widgets.banner import Banner
from annotator.gui.workspace import Workspace
from annotator.learning.evaluate import Evaluation

# The offscreen platform says this of every window with a least size.
pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints", extend=True)

RATE = 16000
SPEAKERS = ("ann", "bo", "cho")
PITCHES = {"happy": 500.0, "sad": 150.0}


def make_sounds(folder: Path) -> None:
    """Two high and two low tones of each of three speakers, in a folder per emotion."""
    rng = np.random.default_rng(0)
    time = np.arange(RATE // 5) / RATE
    for emotion, pitch in PITCHES.items():
        (folder / emotion).mkdir(parents=True)
        for n, speaker in enumerate(SPEAKERS * 2):
            tone = 0.3 * np.sin(2 * np.pi * (pitch + 5 * n) * time) + rng.normal(0, 0.01, time.size)
            soundfile.write(folder / emotion / f"{speaker}_{n}.wav", tone, RATE, subtype="PCM_16")


def make_corpus(tmp_path: Path, *, split: bool = True) -> Session:
    """A corpus of whole recordings with one label each."""
    make_sounds(tmp_path / "sounds")
    session = create_corpus(tmp_path / "test.corpus", [])
    finish(ingest(session, "folders", tmp_path / "sounds", groups=["speaker=name:^([^_]+)_"]))
    if split:
        divide(session)
    return session


def divide(session: Session, name: str = "cv") -> None:
    finish(make_split(session, name, shares=fold_shares(3), group_keys=["speaker"], folds=True))


def rate_valence(session: Session) -> None:
    """Two raters who nearly agree that happy is pleasant; a mean settles it."""
    add_scheme(session, "valence-arousal")
    with session.reading() as reader:
        recordings = {recording.id: recording.path for recording in reader.recordings()}
        segments = reader.segments()
    for rater, shift in ((add_rater(session, "ann"), 0.1), (add_rater(session, "bo"), -0.1)):
        for n, segment in enumerate(segments):
            pleasant = 0.5 if "happy" in recordings[segment.recording_id] else -0.5
            values = {"valence": pleasant + shift + 0.01 * n, "arousal": 0.0}
            answer(session, segment_id=segment.id, rater=rater, scheme="valence-arousal", values=values)
    settle_consensus(session, "valence-arousal", "mean")


class Bench:
    """The workspace on its own in a window, worked by keys."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.context = Context()
        self.notices: list[tuple[str, str]] = []
        self.context.noticed.connect(self._note)
        self.window = QMainWindow()
        qtbot.addWidget(self.window)
        self.workspace = TrainWorkspace(self.context)
        self.window.setCentralWidget(self.workspace)
        self.window.resize(1280, 900)
        self.window.show()

    def _note(self, text: str, kind: str) -> None:
        self.notices.append((text, kind))

    @property
    def form(self):
        return self.workspace.form

    @property
    def results(self):
        return self.workspace.results

    @property
    def evaluation(self) -> Evaluation:
        return self.workspace.runs.current().trained.evaluation

    @property
    def item(self) -> Item:
        return self.workspace.runs.current().request.target.item

    def open(self, session: Session) -> None:
        self.context.adopt(session)
        self.workspace.enter()
        self.settle()

    def settle(self) -> None:
        """Waits until no job goes on."""
        self.qtbot.waitUntil(lambda: not self.context._workers, timeout=30_000)

    def train(self) -> None:
        before = self.workspace.runs.count()
        self.form.button.setFocus()
        self.press(self.form.button, Qt.Key.Key_Space)
        self.settle()
        assert self.workspace.runs.count() == before + 1, self.notices

    def press(self, widget: QWidget, *keys: Qt.Key) -> None:
        for key in keys:
            QTest.keyClick(widget, key)

    def says(self, text: str) -> bool:
        """Whether a visible label holds the text."""
        return any(text in label.text() for label in self.window.findChildren(QLabel) if label.isVisible())

    def listed(self) -> list[str]:
        """Ids of the segments in the list."""
        return [entry.segment.id for entry in self.results.segments._table.entries]


@pytest.fixture
def bench(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """The workspace on a machine without a sound device."""
    monkeypatch.setattr(QMediaDevices, "defaultAudioOutput", staticmethod(QAudioDevice))
    made = Bench(qtbot)
    yield made
    made.context.shutdown()


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int, int]]:
    """What is played: name of the file, first and last sample."""
    played: list[tuple[str, int, int]] = []
    play = Player.play

    def listen(self: Player, source: Any, start: int, stop: int, loop: bool = False) -> None:
        played.append((source.path.name, start, stop))
        play(self, source, start, stop, loop)

    monkeypatch.setattr(Player, "play", listen)
    return played


# Before there is anything to train


@pytest.mark.parametrize(
    ("make", "page", "action"),
    [
        (lambda tmp: create_corpus(tmp / "c.corpus", []), "no_ratings", "go_label"),
        (lambda tmp: make_corpus(tmp, split=False), "no_split", "go_dataset"),
    ],
)
def test_what_is_missing_is_said_with_the_way_to_it(
    bench: Bench, tmp_path: Path, make: Callable[[Path], Session], page: str, action: str
):
    taken: list[str] = []
    way = QAction(bench.window)
    way.setObjectName(action)
    way.triggered.connect(lambda: taken.append(action))
    bench.open(make(tmp_path))
    shown = getattr(bench.workspace, page)
    assert shown.isVisible()
    assert not bench.workspace.can("train_model")
    bench.press(shown.button, Qt.Key.Key_Space)
    assert taken == [action]


def test_ratings_without_a_consensus_lead_to_agreement_and_then_to_the_form(bench: Bench, tmp_path: Path):
    make_sounds(tmp_path / "sounds")
    session = create_corpus(tmp_path / "c.corpus", ["valence-arousal"])
    finish(ingest(session, "folders", tmp_path / "sounds"))
    # Only numbers by two raters are left to learn from.
    with session.reading() as reader:
        labels = reader.annotations(scheme="folders") or reader.annotations()
    session.transact(
        "x", lambda t: t.record([replace(a, id="", finished="", withdrawn=True) for a in labels])
    )
    for name in ("ann", "bo"):
        for label in labels:
            answer(
                session,
                segment_id=label.segment_id,
                rater=add_rater(session, name),
                scheme="valence-arousal",
                values={"valence": 0.5, "arousal": 0.1},
            )
    bench.open(session)
    assert bench.workspace.no_values.isVisible()
    settle_consensus(session, "valence-arousal", "mean")
    bench.settle()
    assert bench.workspace.no_split.isVisible()
    finish(make_split(session, "cv", shares=fold_shares(3), group_keys=["recording"], folds=True))
    bench.settle()
    assert bench.form.isVisible()
    assert bench.workspace.can("train_model")


# The form


def test_only_models_that_can_learn_the_item_are_offered(bench: Bench, tmp_path: Path):
    session = make_corpus(tmp_path)
    rate_valence(session)
    bench.open(session)

    def offered() -> set[str]:
        return {bench.form.model.itemData(row) for row in range(bench.form.model.count())}

    bench.form.target.setCurrentText("Emotion")
    assert "svm" in offered()
    assert "ridge" not in offered()
    bench.form.target.setCurrentText("Valence")
    assert "ridge" in offered()
    assert "svm" not in offered()


def test_more_options_are_folded_away_counted_and_kept_with_the_run(bench: Bench, tmp_path: Path):
    bench.open(make_corpus(tmp_path))
    more = bench.form.more
    assert not more.augment.isVisible()
    assert more.button.text() == "More options"
    bench.press(more.button, Qt.Key.Key_Space)
    assert more.augment.isVisible()
    more.steps["trim"].setValue(40)
    more.steps["pad"].setValue(0.25)
    more.slice.setValue(0.05)
    more.augment.setText("noise=20, gain=-6")
    more.start.setText("not asked for")  # this model cannot start from another one
    assert more.button.text() == "More options (4 in use)"
    bench.train()
    run = bench.workspace.runs.current()
    assert run.request.features.endswith("~trim=40~pad=0.25")
    assert run.trained.options["augment"] == ["noise=20", "gain=-6"]
    assert (run.trained.options["slice_seconds"], run.trained.options["start"]) == (0.05, "")
    assert "noise=20 + gain=-6 + pieces of 0.05 s" in run.summary
    for field in (*more.steps.values(), more.slice):
        field.setValue(field.minimum())
    more.augment.clear()
    bench.form.show_request(run.request)
    assert bench.form.request() == run.request


def test_a_change_that_nobody_knows_is_told_before_training(bench: Bench, tmp_path: Path):
    bench.open(make_corpus(tmp_path))
    for wrong, told in (("nois=20", "nois"), ("noise", "NUMBER"), ("trim=40", "noise, stretch")):
        bench.form.more.augment.setText(wrong)
        assert bench.says(told)
        assert not bench.form.ready
    bench.form.more.augment.setText("noise=20")
    assert bench.form.ready


def test_steps_in_another_order_stay_as_they_were_asked(bench: Bench, tmp_path: Path):
    bench.open(make_corpus(tmp_path))
    asked = replace(bench.form.request(), features="mfcc~pad=1~trim=40")
    bench.form.show_request(asked)
    assert bench.form.request() == asked


def test_the_newest_split_comes_first_and_a_choice_survives_a_new_one(bench: Bench, tmp_path: Path):
    session = make_corpus(tmp_path)
    divide(session, "second")
    bench.open(session)
    assert bench.form.request().split.name == "second"
    bench.press(bench.form.split, Qt.Key.Key_Down)
    assert bench.form.request().split.name == "cv"
    divide(session, "third")
    bench.settle()
    assert bench.form.request().split.name == "cv"
    assert bench.form.split.count() == 3


# A result


def test_a_training_is_told_in_a_sentence_and_its_cells_lead_to_their_segments(
    bench: Bench, tmp_path: Path, heard: list[tuple[str, int, int]], qtbot: QtBot
):
    bench.open(make_corpus(tmp_path))
    bench.train()
    evaluation = bench.evaluation
    assert bench.results.headline.text() == headline(
        evaluation, metrics("classification")[0], bench.item, ("speaker",)
    )
    assert bench.says("fewer than two raters")  # the human ceiling is undefined, and says why

    matrix = bench.results.matrix
    labels = evaluation.confusion["labels"]
    assert labels == ["happy", "sad"]
    matrix.setFocus()
    bench.press(matrix, Qt.Key.Key_Home, Qt.Key.Key_Up, Qt.Key.Key_Return)
    assert sorted(bench.listed()) == sorted(evaluation.cell("happy", "happy"))
    bench.press(matrix, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Space)
    assert sorted(bench.listed()) == sorted(evaluation.cell("sad", "sad"))

    view = bench.results.segments.view
    bench.press(view, Qt.Key.Key_Down, Qt.Key.Key_Return)
    entry = bench.results.segments.current
    qtbot.waitUntil(lambda: bool(heard))
    assert heard == [(entry.recording.name, entry.segment.start, entry.segment.end)]
    bench.press(view, Qt.Key.Key_Space)  # it sounds: the same key stops it
    assert not bench.context.player.playing
    with qtbot.waitSignal(bench.context.segment_wanted) as wanted:
        bench.press(bench.results.segments.open_button, Qt.Key.Key_Space)
    assert wanted.args == [entry.segment.id]


def test_another_metric_is_another_sentence(bench: Bench, tmp_path: Path):
    bench.open(make_corpus(tmp_path))
    bench.train()
    uar, accuracy, _ = metrics("classification")
    switch = bench.results.switches["classification"]
    bench.press(switch, Qt.Key.Key_Right)
    assert bench.results.metric == accuracy
    assert bench.results.headline.text() == headline(bench.evaluation, accuracy, bench.item, ("speaker",))
    assert bench.results.headline.text() != headline(bench.evaluation, uar, bench.item, ("speaker",))


def test_numbers_are_shown_as_points_that_can_be_walked_and_heard(
    bench: Bench, tmp_path: Path, heard: list[tuple[str, int, int]], qtbot: QtBot
):
    session = make_corpus(tmp_path)
    rate_valence(session)
    bench.open(session)
    bench.form.target.setCurrentText("Valence")
    bench.train()
    assert not bench.results.matrix.isVisible()
    predictions = bench.evaluation.predictions
    errors = [abs(entry.error) for entry in bench.results.segments._table.entries]
    assert errors == sorted(errors, reverse=True)
    assert len(errors) == len(predictions) == 12

    scatter = bench.results.scatter
    scatter.setFocus()
    bench.press(scatter, Qt.Key.Key_Home)
    least = min(predictions, key=lambda p: p.truth)
    assert bench.results.segments.current.segment.id == least.segment_id
    bench.press(scatter, Qt.Key.Key_End, Qt.Key.Key_Return)
    most = max(predictions, key=lambda p: p.truth)
    qtbot.waitUntil(lambda: bool(heard))
    assert bench.results.segments.current.segment.id == most.segment_id
    assert heard[0][0] == bench.results.segments.current.recording.name

    index = next(n for n, p in enumerate(predictions) if p is least)
    qtbot.mouseClick(scatter, Qt.MouseButton.LeftButton, pos=scatter.place_of(index).toPoint())
    assert bench.results.segments.current.segment.id == least.segment_id
    qtbot.waitUntil(lambda: len(heard) == 2)


def test_sorting_the_list_keeps_the_cursor_on_its_segment(bench: Bench, tmp_path: Path):
    bench.open(make_corpus(tmp_path))
    bench.train()
    bench.results.matrix.opened.emit((0, 0))
    segments = bench.results.segments
    bench.press(segments.view, Qt.Key.Key_Down)
    chosen = segments.current.segment.id
    segments.view.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    names = [entry.recording.name for entry in segments._table.entries]
    assert names == sorted(names, reverse=True)
    assert segments.current.segment.id == chosen


# Several results


def test_runs_are_kept_and_the_arrow_keys_go_back_to_an_earlier_one(bench: Bench, tmp_path: Path):
    bench.open(make_corpus(tmp_path))
    bench.train()
    first = bench.workspace.runs.current()
    bench.form.model.setCurrentIndex(bench.form.model.findData("majority"))
    bench.train()
    assert bench.workspace.runs.current() is not first
    majority = bench.results.headline.text()
    bench.press(bench.workspace.runs, Qt.Key.Key_Down)
    assert bench.workspace.runs.current() is first
    assert bench.results.headline.text() != majority
    assert "Logistic regression" in first.summary


def test_trainings_on_one_item_stand_side_by_side_and_a_row_opens_its_own(bench: Bench, tmp_path: Path):
    bench.open(make_corpus(tmp_path))
    bench.train()
    good, beside = bench.workspace.runs.current(), bench.results.beside
    assert not beside.isVisible()  # there is nothing to compare with
    bench.form.model.setCurrentIndex(bench.form.model.findData("majority"))
    bench.train()
    assert beside.isVisible()
    names = [beside.table.item(row, 0).text() for row in range(beside.table.rowCount())]
    assert [name.split(" · ")[0] for name in names] == [
        "Logistic regression",
        "Always the most frequent class",
    ]
    assert beside.table.currentRow() == 1
    value, interval, _ = estimate(good.trained.evaluation, good.main_metric)
    shown = beside.table.item(0, 1).text()
    assert good.main_metric.text(value) in shown
    assert good.main_metric.span(interval) in shown
    beside.table.setCurrentCell(0, 0)
    bench.press(beside.table, Qt.Key.Key_Return)
    assert bench.workspace.runs.current() is good


def test_new_ratings_make_a_result_old_until_it_is_trained_again(bench: Bench, tmp_path: Path):
    session = make_corpus(tmp_path)
    bench.open(session)
    bench.train()
    old = bench.workspace.runs.current()
    divide(session, "another")  # concerns no split that there is already
    bench.settle()
    assert bench.workspace.banner is None
    with session.reading() as reader:
        label, *others = reader.annotations()
    values = next(other.values for other in others if other.values != label.values)
    session.transact("Rate", lambda t: t.record([replace(label, id="", finished="", values=values)]))
    bench.settle()
    assert isinstance(bench.workspace.banner, Banner)
    bench.qtbot.waitUntil(bench.workspace.banner.isVisible)
    assert old.outdated in old.summary
    bench.form.split.setCurrentIndex(0)  # the banner asks for the split of the shown run all the same
    bench.press(bench.workspace.banner.button, Qt.Key.Key_Space)
    bench.settle()
    assert bench.workspace.runs.current().request.split.name == "cv"
    assert bench.workspace.banner is None
    bench.press(bench.workspace.runs, Qt.Key.Key_Down)
    bench.qtbot.waitUntil(bench.workspace.banner.isVisible)


def test_training_again_on_the_same_data_is_the_same_training(bench: Bench, tmp_path: Path):
    session = make_corpus(tmp_path)
    bench.open(session)
    bench.train()
    with session.reading() as reader:
        label = reader.annotations()[0]
    session.transact("Rate", lambda t: t.record([replace(label, id="", finished="")]))  # says the same again
    bench.settle()
    bench.press(bench.workspace.banner.button, Qt.Key.Key_Space)
    bench.settle()
    assert bench.workspace.runs.count() == 1
    assert bench.workspace.banner is None


def test_a_split_that_is_undone_makes_its_results_old_and_redone_good_again(bench: Bench, tmp_path: Path):
    session = make_corpus(tmp_path)
    bench.open(session)
    bench.train()
    session.undo()
    bench.settle()
    assert "cv" in bench.workspace.runs.current().outdated
    assert bench.results.isVisible()  # what was found out stays to be read
    session.redo()
    bench.settle()
    assert not bench.workspace.runs.current().outdated


def test_a_failure_is_told_and_the_form_is_ready_again(bench: Bench, tmp_path: Path):
    bench.open(make_corpus(tmp_path))
    lost = next((tmp_path / "sounds" / "sad").iterdir())
    lost.unlink()
    bench.press(bench.form.button, Qt.Key.Key_Space)
    assert not bench.workspace.can("train_model")
    bench.settle()
    assert [kind for text, kind in bench.notices if lost.name in text] == ["danger"]
    assert bench.workspace.can("train_model")
    assert not bench.workspace.runs.count()


def test_another_corpus_forgets_the_results_of_the_last(bench: Bench, tmp_path: Path):
    bench.open(make_corpus(tmp_path))
    bench.train()
    bench.open(create_corpus(tmp_path / "empty.corpus", []))
    assert bench.workspace.no_ratings.isVisible()
    assert not bench.workspace.runs.count()


def test_a_result_that_arrives_after_its_corpus_was_closed_is_not_shown(bench: Bench, tmp_path: Path):
    bench.open(make_corpus(tmp_path))
    bench.press(bench.form.button, Qt.Key.Key_Space)
    late = bench.workspace._training
    bench.open(create_corpus(tmp_path / "empty.corpus", []))
    late.succeeded.emit(None)  # as a signal that was on its way already
    assert not bench.workspace.runs.count()
    assert bench.workspace.no_ratings.isVisible()


def test_a_cancelled_training_leaves_the_form_ready(bench: Bench, tmp_path: Path):
    bench.open(make_corpus(tmp_path))
    bench.press(bench.form.button, Qt.Key.Key_Space)
    bench.workspace._training.cancel()
    bench.settle()
    assert not bench.workspace.runs.count()
    assert bench.workspace.can("train_model")


def test_training_asked_for_before_the_form_is_filled_waits_for_it(bench: Bench, tmp_path: Path):
    bench.context.adopt(make_corpus(tmp_path))
    bench.workspace.enter()
    bench.workspace.perform("train_model")  # as the command palette does, in the same breath
    bench.qtbot.waitUntil(lambda: bench.workspace.runs.count() == 1, timeout=30_000)


def test_control_return_trains_in_the_window_and_a_cell_opens_in_the_segment_workspace(
    tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    asked: list[str] = []

    class Segments(Workspace):
        def show_segment(self, segment_id: str) -> None:
            asked.append(segment_id)

    monkeypatch.setattr("annotator.gui.workspace.Segments", Segments, raising=False)
    monkeypatch.setitem(window_module._MODULES, "segment", ("annotator.gui.workspace", "Segments"))
    context = Context()
    window = window_module.MainWindow(context)
    qtbot.addWidget(window)
    window.show()
    context.adopt(make_corpus(tmp_path))
    window.perform("go_train")
    train: TrainWorkspace = window.workspace("train")
    window.activateWindow()
    qtbot.waitUntil(lambda: window.isActiveWindow() and train.can("train_model"))
    QTest.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: train.runs.count() == 1, timeout=30_000)
    entry = train.results.segments.current
    QTest.keyClick(train.results.segments.open_button, Qt.Key.Key_Space)
    assert asked == [entry.segment.id]
    context.shutdown()


# Words and the ladder


def evaluation_of(name: str, value: float, low: float, high: float, **others: dict[str, Any]) -> Evaluation:
    """An evaluation with one metric."""
    empty: dict[str, Any] = {name: None, "reasons": {name: "nobody knows"}}
    return Evaluation(
        folds=[],
        overall={name: {"value": value, "ci": [low, high]}},
        majority=others.get("majority", empty),
        chance=others.get("chance", empty),
        human_ceiling=others.get("people", empty),
        ungrouped=others.get("leaky", empty),
        confusion={"labels": ["a", "b"], "matrix": [[1, 0], [0, 1]]},
        per_class=[],
        predictions=(),
    )


def test_better_than_guessing_is_only_said_where_the_interval_lies_beyond_it():
    uar = metrics("classification")[0]
    bar = {"chance": {"uar": 0.5}, "majority": {"uar": 0.55}}
    assert verdict(evaluation_of("uar", 0.7, 0.56, 0.8, **bar), uar)[1] == "positive"
    assert verdict(evaluation_of("uar", 0.7, 0.54, 0.8, **bar), uar)[1] == "warning"
    rmse = metrics("regression")[2]
    bar = {"chance": {"rmse": 1.0}, "majority": {"rmse": 0.8}}
    assert verdict(evaluation_of("rmse", 0.6, 0.5, 0.7, **bar), rmse)[1] == "positive"
    assert verdict(evaluation_of("rmse", 0.6, 0.5, 0.9, **bar), rmse)[1] == "warning"


def test_a_leaky_split_is_blamed_only_where_it_claims_more():
    uar, _, _ = metrics("classification")
    assert "would have claimed" in surroundings(evaluation_of("uar", 0.5, 0.4, 0.6, leaky={"uar": 0.9}), uar)
    assert "no better" in surroundings(evaluation_of("uar", 0.5, 0.4, 0.6, leaky={"uar": 0.4}), uar)
    rmse = metrics("regression")[2]
    assert "would have claimed" in surroundings(
        evaluation_of("rmse", 0.5, 0.4, 0.6, leaky={"rmse": 0.2}), rmse
    )


def test_a_box_to_tick_is_spoken_of_as_a_question():
    uar = metrics("classification")[0]
    told = headline(evaluation_of("uar", 0.5, 0.4, 0.6), uar, Item("joy", "boolean", title="Joy"), ("song",))
    assert 'the right answer to "joy" in 50' in told
    assert told.endswith("on songs it never heard.")


def test_group_keys_of_any_name_have_words():
    assert unheard(("speaker", "actor")) == "on voices it never heard"
    assert '"village"' in unheard(("village",))


def test_what_is_undefined_is_named_with_its_reason():
    found, missing = rungs(
        evaluation_of("uar", 0.5, 0.4, 0.6, chance={"uar": 0.25}), metrics("classification")[0]
    )
    assert {rung.key for rung in found} == {"model", "chance"}
    assert {reason for _, reason in missing} == {"nobody knows"}
    assert len(missing) == 3


@pytest.mark.parametrize("width", [480, 900])
def test_labels_of_the_ladder_never_overlap(qtbot: QtBot, width: int):
    same = {key: {"uar": 0.5} for key in ("chance", "majority", "leaky", "people")}
    ladder = Ladder()
    qtbot.addWidget(ladder)
    ladder.resize(width, ladder.sizeHint().height())
    ladder.show_evaluation(evaluation_of("uar", 0.5, 0.4, 0.6, **same), metrics("classification")[0])
    places = [place for _, place in ladder.labels()]
    assert len(places) == 5
    for n, place in enumerate(places):
        assert ladder.rect().toRectF().contains(place)
        assert not any(place.intersects(other) for other in places[n + 1 :])


@given(st.lists(st.tuples(st.floats(-10, 510), st.floats(1, 80)), max_size=6))
def test_spread_labels_keep_order_and_distance_and_stay_inside(labels: list[tuple[float, float]]):
    centres, widths = [c for c, _ in labels], [w for _, w in labels]
    placed = spread(centres, widths, 0.0, 600.0, 4.0)
    order = sorted(range(len(labels)), key=lambda n: (centres[n], n))
    for a, b in pairwise(order):
        assert placed[b] - placed[a] >= (widths[a] + widths[b]) / 2 + 4.0 - 1e-6
    for centre, width in zip(placed, widths, strict=True):
        assert centre - width / 2 >= -1e-6
        assert centre + width / 2 <= 600.0 + 1e-6


@given(st.lists(st.floats(0, 500), min_size=1, max_size=6))
def test_labels_with_room_stay_where_they_belong(centres: list[float]):
    apart = [50.0 + 100.0 * n for n in range(len(centres))]
    assert spread(apart, [90.0] * len(apart), 0.0, 1000.0, 10.0) == pytest.approx(apart)


# Feature sets of packages

PACKAGE = """\
import numpy as np

class Model:
    sample_rate, scene_embedding_size = 16000, 1

def load_model():
    return Model()

def get_scene_embeddings(audio, model):
    return np.abs(np.diff(audio)).mean(axis=1, keepdims=True)
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An installed package with the interface of HEAR."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "window_sound.py").write_text(PACKAGE)
    monkeypatch.syspath_prepend(site)
    yield "window_sound"
    forget_packages()


def forget_packages() -> None:
    sys.modules.pop("window_sound", None)
    packages._imported.clear()
    packages._trusted.clear()
    packages._load.cache_clear()


def name_package(bench: Bench, package: str, weights: str = "") -> EmbeddingDialog:
    """Presses "+", fills in the dialog and presses its button."""
    bench.press(bench.form.other_features, Qt.Key.Key_Space)
    dialog = bench.form.findChildren(EmbeddingDialog)[-1]
    QTest.keyClicks(dialog.package, package)
    QTest.keyClicks(dialog.weights, weights)
    bench.press(dialog.ok, Qt.Key.Key_Space)
    return dialog


def test_a_package_is_named_trained_on_and_offered_from_then_on(bench: Bench, tmp_path: Path, package: str):
    session = make_corpus(tmp_path)
    bench.open(session)
    dialog = name_package(bench, package)
    assert not dialog.isVisible()
    assert bench.form.features.currentData() == f"embedding:{package}"
    assert package not in sys.modules
    bench.train()
    assert bench.workspace.runs.current().trained.features == f"embedding:{package}"
    assert bench.evaluation.overall["uar"]["value"] == 1
    assert f"embedding:{package}" in bench.context.settings.embeddings
    assert TrainForm().features.findData(f"embedding:{package}") >= 0


@pytest.mark.parametrize(
    ("name", "weights", "complaint"),
    [
        ("", "", "either a network or a package"),
        ("not there", "", '"not there" is no name of a package'),
        ("not_there", "", "no installed package not_there"),
        ("window_sound", "gone.pt", "no weights"),
    ],
)
def test_what_cannot_be_named_is_told_in_the_dialog(
    bench: Bench, tmp_path: Path, package: str, name: str, weights: str, complaint: str
):
    bench.open(make_corpus(tmp_path))
    before = bench.form.features.count()
    dialog = name_package(bench, name, weights)
    assert dialog.isVisible()
    assert complaint in dialog.complaint.text()
    dialog.reject()
    assert bench.form.features.count() == before


def test_a_training_of_somebody_else_runs_no_package_by_being_looked_at_or_repeated(
    bench: Bench, tmp_path: Path, package: str
):
    session = make_corpus(tmp_path)
    asked = {"model": "logistic-regression", "target": "emotion", "split": "cv"}
    finish(train(session, features=f"embedding:{package}", **asked))
    settings_file().unlink()
    forget_packages()
    bench.open(session)
    assert package in bench.workspace.runs.current().outdated
    bench.workspace.banner.acted.emit()
    bench.settle()
    assert any(package in text for text, _ in bench.notices)
    assert bench.workspace.runs.count() == 1
    assert bench.form.features.findData(f"embedding:{package}") < 0
    assert package not in sys.modules
