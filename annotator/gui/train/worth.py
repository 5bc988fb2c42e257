"""What a run is good for beyond its result: whether more labels pay, what it leans on, what to rate next, a report."""

from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton, QVBoxLayout, QWidget

from annotator.app.report.training import write_page
from annotator.app.suggest import Queued, Suggestion, queue_suggestions, suggest
from annotator.app.training import Training
from annotator.domain.errors import AnnotatorError
from annotator.domain.timeline import clock, to_seconds
from annotator.domain.translation import tr, tr_n
from annotator.gui.context import Context
from annotator.gui.icons import set_icon
from annotator.gui.numbers import number
from annotator.gui.theme import GRID
from annotator.gui.train.curve import CurvePlot
from annotator.gui.train.runs import Run
from annotator.gui.widgets.card import Card
from annotator.gui.widgets.figure_table import FigureTable, figure
from annotator.gui.worker import Worker

#: Segments that are listed and queued: what a rater does in a sitting or two.
_MOST = 200


class WorthCards(QWidget):
    """Cards below a result; those that were not asked for are hidden."""

    queued = Signal(object)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._run: Run | None = None
        self._search: Worker | None = None
        self._found: list[Suggestion] = []
        self.report_button = QPushButton(tr("Report..."))
        self.report_button.setToolTip(
            tr("Writes this result as one page, with plots and a paragraph on methods.")
        )
        set_icon(self.report_button, "export")
        self.report_button.clicked.connect(self._ask_report)
        self.curve_card = Card(tr("Are more labels worth it?"))
        self.curve = CurvePlot()
        self.curve_card.body.addWidget(self.curve)
        self.families_card = Card(
            tr("What the model leans on"),
            tr("How much the figure falls where the values of a family of features are shuffled."),
        )
        self.families = FigureTable(name=tr("Families of features"))
        self.families_card.body.addWidget(self.families)
        self._build_suggestions()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * GRID)
        for card in (self.curve_card, self.families_card, self.next_card):
            column.addWidget(card)

    def _build_suggestions(self) -> None:
        self.next_card = Card(
            tr("What to rate next"),
            tr(
                "Segments nobody has rated, those this model knows least about first. What it thinks of them stays"
                " hidden, here and in Label."
            ),
        )
        self.find_button = QPushButton(tr("Find them"))
        set_icon(self.find_button, "search")
        self.find_button.clicked.connect(self._find)
        self.queue_button = QPushButton()
        set_icon(self.queue_button, "label")
        self.queue_button.clicked.connect(self._queue)
        self.next_card.add_action(self.find_button)
        self.next_card.add_action(self.queue_button)
        self.next_table = FigureTable(name=tr("What to rate next"), most=8)
        self._none = QLabel()
        self._none.setProperty("role", "caption")
        self._none.setWordWrap(True)
        self.next_card.body.addWidget(self.next_table)
        self.next_card.body.addWidget(self._none)
        self._context.rater_changed.connect(self._name_rater)

    def show_run(self, run: Run) -> None:
        """Shows what another run has to offer."""
        self._run = run
        evaluation = run.trained.evaluation
        curve, importance = evaluation.learning_curve, evaluation.importance
        self.curve_card.setVisible(bool(curve))
        if curve:
            self.curve.show_points(curve["points"], run.main_metric)
            gain = curve["doubling"]["gain"]
            told = (
                tr(
                    "What twice the labels would add is unknown: {reason}.",
                    reason=curve["doubling"]["reason"],
                )
                if gain is None
                else tr(
                    "If it went on like this, twice the labels would change {metric} by about {gain}.",
                    metric=run.main_metric.title,
                    gain=f"{'+' if gain >= 0 else ''}{number(gain, 3)}",
                )
            )
            self.curve_card.set_title(tr("Are more labels worth it?"), told)
        self.families_card.setVisible(bool(importance))
        if importance:
            self._show_families(importance["families"])
        self.next_card.setVisible(run.task != "regression")
        self._show_found([], "")

    def _show_families(self, families: list[dict]) -> None:
        most = max((entry["value"] or 0.0 for entry in families), default=0.0) or 1.0
        rows = [
            [
                entry["family"],
                figure(str(entry["columns"])),
                figure(
                    "–" if entry["value"] is None else number(entry["value"], 3),
                    share=max(entry["value"] or 0.0, 0.0) / most,
                ),
                figure(
                    "–"
                    if entry["ci"][0] is None
                    else tr("{low} to {high}", low=number(entry["ci"][0], 3), high=number(entry["ci"][1], 3))
                ),
            ]
            for entry in families
        ]
        self.families.set_rows((tr("Family"), tr("Columns"), tr("Fall"), tr("95 % interval")), rows)

    # Suggestions

    def _training(self) -> Training:
        run = self._run
        return Training.from_dict(run.trained.options)

    @Slot()
    def _find(self) -> None:
        if self._search is not None or self._run is None:
            return
        calibration = self._run.trained.evaluation.calibration
        job = suggest(
            self._context.session, self._training(), temperature=calibration.get("temperature", 1.0)
        )
        self.find_button.setEnabled(False)
        self._search = self._context.run(
            tr("Find what to rate next"), job, self._show_suggestions, self._failed
        )
        self._search.cancelled.connect(self._ready)

    @Slot(object)
    def _show_suggestions(self, found: list[Suggestion]) -> None:
        current = self.sender() is self._search
        self._ready()
        if current:
            told = "" if found else tr("Every segment has been rated.")
            self._show_found(found[:_MOST], told)

    @Slot(object)
    def _failed(self, error: AnnotatorError) -> None:
        self._ready()
        self._context.report(error)

    @Slot()
    def _ready(self) -> None:
        self._search = None
        self.find_button.setEnabled(True)

    def _show_found(self, found: list[Suggestion], told: str) -> None:
        self._found = found
        rows = [
            [
                one.recording.name,
                figure(clock(to_seconds(one.segment.start, one.recording.sample_rate), 1)),
                figure(number(one.usefulness), share=one.usefulness),
            ]
            for one in found
        ]
        self.next_table.set_rows((tr("Recording"), tr("Time"), tr("Useful")), rows)
        self.next_table.setVisible(bool(found))
        self._none.setText(told)
        self._none.setVisible(bool(told))
        self._name_rater()

    @Slot()
    def _name_rater(self) -> None:
        rater, n = self._context.rater, len(self._found)
        self.queue_button.setVisible(n > 0)
        self.queue_button.setEnabled(rater is not None and self._context.session is not None)
        self.queue_button.setText(
            tr("Choose a rater first")
            if rater is None
            else tr_n("Ask {rater} this {n} next", "Ask {rater} these {n} next", n, rater=rater.name)
        )

    @Slot()
    def _queue(self) -> None:
        ids = [one.segment.id for one in self._found]
        result: Queued | None = self._context.attempt(
            queue_suggestions, self._context.session, self._training().target, ids, [self._context.rater.name]
        )
        if result is not None:
            for rater, n in result.raters.items():
                told = tr_n(
                    "{rater} is asked {n} segment next.",
                    "{rater} is asked {n} segments next.",
                    n,
                    rater=rater,
                )
                self._context.noticed.emit(told, "positive")
            self.queued.emit(result)

    # The report

    @Slot()
    def _ask_report(self) -> None:
        start = str(Path.home() / f"{self._run.request.item_title}.html".replace(":", "-").replace("/", "-"))
        path, _ = QFileDialog.getSaveFileName(self, tr("Report"), start, tr("Web page (*.html)"))
        if path:
            self.write_report(Path(path))

    def write_report(self, path: Path) -> None:
        """Writes the report of the shown run."""
        try:
            write_page(self._context.session, self._run.trained, path)
        except AnnotatorError as error:
            self._context.report(error)
        else:
            self._context.noticed.emit(tr("Written to {file}.", file=path.name), "positive")
