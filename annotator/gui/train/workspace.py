"""The Train workspace: a form and the runs that are kept at the left, the result of one run at the right."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from annotator.app.embeddings import require_asked
from annotator.app.session import Session
from annotator.app.train import TrainingChoices, training_choices
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job
from annotator.domain.translation import tr
from annotator.gui.context import Context
from annotator.gui.theme import GRID
from annotator.gui.train.form import TrainForm
from annotator.gui.train.results import ResultsPage
from annotator.gui.train.run_list import RunList
from annotator.gui.train.runs import Run, kept, run_training
from annotator.gui.widgets.banner import Banner
from annotator.gui.widgets.card import Card
from annotator.gui.widgets.empty_state import EmptyState
from annotator.gui.widgets.waiting import WaitingPage
from annotator.gui.worker import Worker
from annotator.gui.workspace import Workspace
from annotator.storage.rows import Kind

#: Least and greatest width of the form, and its share of the page in between.
_SIDE, _WIDEST, _SHARE = 40 * GRID, 50 * GRID, 0.31


def _looked_up(session: Session) -> Job[tuple[TrainingChoices, list[Run]]]:
    """What can be trained, and what was trained before."""
    choices = yield from training_choices(session)
    return choices, kept(session)


#: What the form offers changes with these.
_OFFERED = frozenset({Kind.ANNOTATION, Kind.CONSENSUS, Kind.SPLIT, Kind.SCHEME, Kind.SEGMENT, Kind.RECORDING})


class TrainWorkspace(Workspace):
    """Trains baselines on the settled values of the corpus and shows what they are worth."""

    name = "train"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._shown = False
        self._lookup: Worker | None = None
        self._outdated_choices = True
        self._train_when_known = False
        self._training: Worker | None = None
        self._changed_while_training: set[Kind] = set()
        self.form = TrainForm()
        self.form.submitted.connect(self.train_model)
        self.form.changed.connect(self._tell_availability)
        self.form.embedding_named.connect(self._remember_embedding)
        self.runs = RunList()
        self.runs.chosen.connect(self._show_run)
        self.results = ResultsPage(context)
        self.results.beside.chosen.connect(self.runs.choose)
        self.banner: Banner | None = None
        self._told: tuple[Run | None, str] = (None, "")
        self._pages = QStackedWidget()
        self._build()
        context.session_changed.connect(self._forget)
        context.data_changed.connect(self._note_change)

    def _build(self) -> None:
        self.no_values = EmptyState(
            "agreement",
            tr("Nothing is settled yet"),
            tr("A model learns what the annotators agree on. Settle a consensus first."),
            tr("Go to Agreement"),
        )
        self.no_values.acted.connect(self._go_agreement)
        self.no_ratings = EmptyState(
            "label",
            tr("Nobody has rated yet"),
            tr("A model learns from ratings. Rate some segments, or import ratings, then come back."),
            tr("Go to Label"),
        )
        self.no_ratings.acted.connect(self._go_label)
        self.no_split = EmptyState(
            "dataset",
            tr("There is no split yet"),
            tr(
                "What a model is worth shows on voices and songs that it has never heard. A split keeps them apart."
            ),
            tr("Go to Dataset"),
        )
        self.no_split.acted.connect(self._go_dataset)
        self._unreadable = EmptyState(
            "warning",
            tr("The ratings could not be read"),
            tr("Nothing is lost by trying again."),
            tr("Try again"),
        )
        self._unreadable.acted.connect(self._look_up)
        self._nothing = WaitingPage(tr("Reading what can be trained..."))
        self._work = self._work_page()
        for page in (
            self._nothing,
            self._unreadable,
            self.no_values,
            self.no_ratings,
            self.no_split,
            self._work,
        ):
            self._pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pages)

    def _work_page(self) -> QWidget:
        self._first = EmptyState(
            "train",
            tr("No model yet"),
            tr("Choose what to learn and press Train. A first result takes seconds to a few minutes."),
        )
        self._right = QStackedWidget()
        self._right.addWidget(self._first)
        self._right.addWidget(self.results)
        history = Card(tr("Trainings"), tr("The corpus keeps them for comparison."))
        history.body.addWidget(self.runs, 1)
        self.runs.setMinimumHeight(16 * GRID)
        side = QWidget()
        side.setObjectName("page")
        stack = QVBoxLayout(side)
        stack.setContentsMargins(0, 0, GRID, 0)
        stack.setSpacing(2 * GRID)
        stack.addWidget(self.form)
        stack.addWidget(history, 1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(side)
        scroll.setFixedWidth(_SIDE)
        self._side = scroll
        self._column = QVBoxLayout()
        self._column.setSpacing(2 * GRID)
        self._column.addWidget(self._right, 1)
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        row.setSpacing(GRID)
        row.addWidget(scroll)
        row.addLayout(self._column, 1)
        return page

    # The window

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._side.setFixedWidth(min(max(_SIDE, round(self.width() * _SHARE)), _WIDEST))

    def enter(self) -> None:
        """Looks up what can be trained, where that may have changed."""
        self._shown = True
        self._look_up()

    def leave(self) -> None:
        """Ends the sound."""
        self._shown = False
        self.results.segments.stop()

    def can(self, action: str) -> bool:
        """Training needs a complete form, and that none is going on."""
        return super().can(action) and self.form.ready

    @Slot()
    def train_model(self) -> None:
        """Trains as the form says."""
        if self._outdated_choices or self._lookup is not None:
            # The command palette may ask before the form is filled.
            self._train_when_known = True
            self._look_up()
            return
        request = self.form.request()
        if self._training is not None or request is None or not self.form.ready:
            return
        title = tr("Train on {item}", item=request.item_title)
        job = run_training(self.context.session, request)
        worker = self.context.run(title, job, self._trained, self._failed)
        worker.cancelled.connect(self._cancelled)
        self._changed_while_training = set()
        self._set_training(worker)

    # What can be trained

    @Slot()
    def _look_up(self) -> None:
        if self.context.session is None or self._lookup is not None or not self._outdated_choices:
            return
        self._outdated_choices = False
        self._lookup = self.context.run(
            tr("Look for settled values"),
            _looked_up(self.context.session),
            self._show_choices,
            self._no_choices,
            quiet=True,
        )

    @Slot(object)
    def _show_choices(self, found: tuple[TrainingChoices, list[Run]]) -> None:
        if self.sender() is not self._lookup:  # it was asked of a corpus that is closed by now
            return
        self._lookup = None
        choices, kept = found
        self.runs.add_kept(kept)
        ids = frozenset(split.id for split in choices.splits)
        for run in self.runs.runs():
            run.note_splits(ids)
        self._show_outdated()
        if not choices.targets and not self.runs.count():
            self._pages.setCurrentWidget(self.no_values if choices.waiting else self.no_ratings)
        elif not choices.splits and not self.runs.count():
            self._pages.setCurrentWidget(self.no_split)
        else:
            self.form.show_choices(choices)
            self._pages.setCurrentWidget(self._work)
        if self._outdated_choices:  # something was written while this was being read
            self._look_up()
        elif self._train_when_known:
            self._train_when_known = False
            self.train_model()
        self._tell_availability()

    @Slot(object)
    def _no_choices(self, error: AnnotatorError) -> None:
        if self.sender() is not self._lookup:
            return
        self._lookup = None
        self._outdated_choices = True
        self._train_when_known = False
        self._pages.setCurrentWidget(self._unreadable)
        self.context.report(error)

    @Slot(object)
    def _note_change(self, kinds: frozenset[Kind]) -> None:
        if self._training is not None:
            self._changed_while_training |= kinds
        for run in self.runs.runs():
            run.note_change(kinds)
        self._show_outdated()
        if kinds & _OFFERED:
            self._outdated_choices = True
            if self._shown:
                self._look_up()

    # Runs

    @Slot(object)
    def _trained(self, run: Run) -> None:
        if self.sender() is not self._training:
            return
        self._set_training(None)
        run.note_change(frozenset(self._changed_while_training))
        self.runs.add(run)

    @Slot(object)
    def _failed(self, error: AnnotatorError) -> None:
        if self.sender() is self._training:
            self._set_training(None)
        self.context.report(error)

    @Slot()
    def _cancelled(self) -> None:
        if self.sender() is self._training:
            self._set_training(None)

    def _set_training(self, worker: Worker | None) -> None:
        self._training = worker
        self.form.set_busy(worker is not None)
        self._tell_availability()

    @Slot(object)
    def _show_run(self, run: Run) -> None:
        self._right.setCurrentWidget(self.results)
        self.results.show_run(run)
        self._show_outdated()

    @Slot()
    def _train_again(self) -> None:
        """Asks for the shown run once more, on what the corpus holds now."""
        run = self.runs.current()
        if run is None:
            return
        try:
            require_asked(run.request.features, tr("This training"))
        except AnnotatorError as error:
            self.context.report(error)
            return
        self.form.show_request(run.request)
        self.train_model()

    @Slot(str)
    def _remember_embedding(self, name: str) -> None:
        self.context.update_settings(self.context.settings.with_embedding(name))

    def _show_outdated(self) -> None:
        """Says above the result why it may not hold any more; once dismissed, only something new is said."""
        self.runs.renew()
        run = self.runs.current()
        if run is not None:
            self.results.beside.show_beside(run, self.runs.runs())
        told = (run, run.outdated if run is not None else "")
        if told == self._told:
            return
        self._told = told
        if self.banner is not None:
            self.banner.hide()
            self.banner.deleteLater()
            self.banner = None
        if told[1]:
            self.banner = Banner("warning", told[1], tr("This result is out of date."), tr("Train again"))
            self.banner.acted.connect(self._train_again)
            self._column.insertWidget(0, self.banner)

    @Slot()
    def _tell_availability(self) -> None:
        self.availability_changed.emit()

    @Slot(object)
    def _forget(self, _session: object) -> None:
        """Another corpus: nothing of the last one stays."""
        self.runs.clear()
        self._right.setCurrentWidget(self._first)
        self._pages.setCurrentWidget(self._nothing)
        self._lookup = None
        self._train_when_known = False
        self._outdated_choices = True
        self._set_training(None)
        self._show_outdated()

    # Elsewhere

    @Slot()
    def _go_agreement(self) -> None:
        self._go("go_agreement")

    @Slot()
    def _go_label(self) -> None:
        self._go("go_label")

    @Slot()
    def _go_dataset(self) -> None:
        self._go("go_dataset")

    def _go(self, action: str) -> None:
        """Does one of the window's own actions."""
        found = self.window().findChild(QAction, action)
        if found is not None:
            found.trigger()
