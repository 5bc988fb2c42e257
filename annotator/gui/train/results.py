"""The page on one training: what it means, what it mixes up, and how even it is over classes and parts."""

import numpy as np
from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from annotator.domain.translation import tr, tr_n
from annotator.gui.context import Context
from annotator.gui.icons import set_icon
from annotator.gui.theme import GRID, set_property
from annotator.gui.train.comparison import Comparison
from annotator.gui.train.confusion import ConfusionMatrix
from annotator.gui.train.ladder import Ladder, rungs
from annotator.gui.train.runs import Run, model_title
from annotator.gui.train.scatter import Scatter
from annotator.gui.train.segment_list import SegmentList
from annotator.gui.train.tables import TableCard
from annotator.gui.train.wording import Metric, headline, metrics, surroundings, verdict
from annotator.gui.train.worth import WorthCards
from annotator.gui.widgets.card import Card
from annotator.gui.widgets.segmented import SegmentedControl
from annotator.learning.metrics import METRICS

#: Below these widths the two halves of a row stand one below the other: what was trained and the choice of metric,
#: picture and list, the two tables.
_NARROW = (80 * GRID, 88 * GRID, 120 * GRID)


class ResultsPage(QScrollArea):
    """Shows one run. Cells and points open their segments beside them."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._run: Run | None = None
        # Per kind of target: the metric chosen last.
        self._metric_index = dict.fromkeys(METRICS, 0)
        self.headline = QLabel()
        self.headline.setProperty("role", "title")
        self._what = QLabel()
        self._what.setProperty("role", "muted")
        self._verdict = QLabel()
        self._warnings = QLabel()
        self._warnings.setProperty("role", "warning")
        self._around = QLabel()
        self._undefined = QLabel()
        self._undefined.setProperty("role", "caption")
        self._meaning = QLabel()
        self._meaning.setProperty("role", "caption")
        for label in (
            self._what, self.headline, self._warnings, self._verdict, self._around, self._undefined, self._meaning,
        ):  # fmt: skip
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.switches = {
            task: SegmentedControl([metric.title for metric in metrics(task)], name=tr("Metric"))
            for task in METRICS
        }
        for switch in self.switches.values():
            switch.chosen.connect(self._switch_metric)
        self.ladder = Ladder()
        self.matrix = ConfusionMatrix()
        self.matrix.opened.connect(self._open_cell)
        self.scatter = Scatter()
        self.scatter.opened.connect(self._open_point)
        self.scatter.moved.connect(self._point_at)
        self.doubts = QPushButton()
        set_icon(self.doubts, "warning")
        self.doubts.setToolTip(tr("Lists segments whose label a sure model speaks against."))
        self.doubts.clicked.connect(self._list_doubts)
        #: Other trainings on the same item.
        self.beside = Comparison()
        self.worth = WorthCards(context)
        self.segments = SegmentList(context)
        self.segments.pointed.connect(self._mark_point)
        self._picture = QStackedWidget()
        self._picture.addWidget(self.matrix)
        self._picture.addWidget(self.scatter)
        self._picture_card = Card()
        self._picture_card.body.addWidget(self._picture, 1)
        self.classes = TableCard(
            tr("Classes"),
            tr("Recall: share found of what people called so. Precision: share right of what the model did."),
        )
        self.parts = TableCard(tr("Parts"), tr("Each was tested by a model that had not seen it."))
        self._build()

    def _build(self) -> None:
        page = QWidget()
        page.setObjectName("page")
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, GRID, 0)
        column.setSpacing(2 * GRID)
        self._rows = [QHBoxLayout(), QHBoxLayout(), QHBoxLayout()]
        column.addWidget(self._head_card())
        column.addWidget(self.beside)
        for layout, left, right in (
            (self._rows[1], self._picture_card, self.segments),
            (self._rows[2], self.classes, self.parts),
        ):
            layout.setSpacing(2 * GRID)
            layout.addWidget(left, 5)
            layout.addWidget(right, 6)
            column.addLayout(layout)
        column.addWidget(self.worth)
        column.addStretch(1)
        self.setWidget(page)

    def _head_card(self) -> Card:
        card = Card()
        top = self._rows[0]
        top.setSpacing(GRID)
        top.addWidget(self._what, 1)
        for switch in self.switches.values():
            # Aligned, it does not keep the row as narrow as itself when that stands upright.
            top.addWidget(switch, 0, Qt.AlignmentFlag.AlignLeft)
        card.body.addLayout(top)
        card.body.addWidget(self.headline)
        card.body.addWidget(self._warnings)
        card.body.addWidget(self._verdict)
        card.body.addWidget(self._around)
        card.body.addSpacing(GRID)
        card.body.addWidget(self.ladder)
        card.body.addWidget(self._undefined)
        card.body.addWidget(self._meaning)
        self._actions = QHBoxLayout()
        self._actions.addWidget(self.doubts)
        self._actions.addWidget(self.worth.report_button)
        self._actions.addStretch(1)
        card.body.addLayout(self._actions)
        return card

    # What is shown

    def show_run(self, run: Run) -> None:
        """Shows another run; the metric stays."""
        self._run = run
        evaluation = run.trained.evaluation
        for task, switch in self.switches.items():
            switch.setVisible(task == run.task)
        request = run.request
        told = (request.item_title, model_title(request.model), request.sound, request.split.name)
        self._what.setText(" · ".join(told))
        self._warnings.setText("\n".join(run.trained.warnings))
        self._warnings.setVisible(bool(run.trained.warnings))
        self._show_metric()
        self.parts.show_parts(evaluation, metrics(run.task))
        self.classes.setVisible(bool(evaluation.per_class))
        if evaluation.per_class:
            self.classes.show_classes(evaluation)
        self._picture_card.setVisible(run.task in ("classification", "regression"))
        self.worth.show_run(run)
        self.segments.set_scheme(request.target.scheme.name)
        self._offer_doubts(run)
        if run.task == "regression":
            self._show_scatter(run)
        elif run.task == "classification":
            self._show_matrix(run)
        else:
            self._show_several(run)

    @property
    def metric(self) -> Metric:
        """The metric that sentence and ladder are about."""
        task = self._run.task if self._run is not None else "classification"
        return metrics(task)[self._metric_index[task]]

    @Slot(int)
    def _switch_metric(self, index: int) -> None:
        self._metric_index[self._run.task] = index
        self._show_metric()

    def _show_metric(self) -> None:
        run, metric = self._run, self.metric
        evaluation = run.trained.evaluation
        self.headline.setText(
            headline(evaluation, metric, run.request.target.item, run.request.split.group_keys)
        )
        told, role = verdict(evaluation, metric)
        self._verdict.setText(told)
        self._verdict.setVisible(bool(told))
        set_property(self._verdict, "role", role)
        self._around.setText(surroundings(evaluation, metric))
        self.ladder.show_evaluation(evaluation, metric)
        _, missing = rungs(evaluation, metric)
        self._undefined.setText(
            "\n".join(tr("{name}: – ({reason})", name=name, reason=why) for name, why in missing)
        )
        self._undefined.setVisible(bool(missing))
        self._meaning.setText(f"{metric.title}. {metric.meaning}")

    def _show_matrix(self, run: Run) -> None:
        confusion = run.trained.evaluation.confusion
        self._picture.setCurrentWidget(self.matrix)
        self._picture_card.set_title(
            tr("What the model mixes up"),
            tr("Each row is what people said. Choose a cell to hear its segments."),
        )
        self.matrix.show_matrix(confusion["labels"], confusion["matrix"])
        self._picture.setMinimumHeight(max(32 * GRID, self.matrix.minimumSizeHint().height()))
        self._list_cell(self.matrix.worst_cell())

    def _show_scatter(self, run: Run) -> None:
        item, evaluation = run.request.target.item, run.trained.evaluation
        predictions = evaluation.predictions
        self._picture.setCurrentWidget(self.scatter)
        self._picture_card.set_title(
            tr("Where the model is off"),
            tr("Points on the dashed line are right. Choose a point to hear its segment."),
        )
        ccc, *_ = metrics("regression")
        self.scatter.show_points(
            np.array([float(p.truth) for p in predictions]),
            np.array([float(p.predicted) for p in predictions]),
            low=item.minimum,
            high=item.maximum,
            caption=f"{ccc.title} {ccc.text(evaluation.overall[ccc.name]['value'])}",
        )
        self._picture.setMinimumHeight(40 * GRID)
        n = len(predictions)
        self.segments.show_entries(
            tr_n("{n} segment", "{n} segments", n),
            tr("The largest errors first; click or Enter plays."),
            run.entries,
            numeric=True,
        )

    def _show_several(self, run: Run) -> None:
        n = len(run.entries)
        self.segments.show_entries(
            tr_n("{n} segment", "{n} segments", n),
            tr("Those furthest from what people said first; click or Enter plays."),
            run.entries,
            several=True,
        )

    def _offer_doubts(self, run: Run) -> None:
        """The button that lists likely label errors, with their number."""
        doubted = run.doubted()
        self.doubts.setVisible(bool(doubted))
        n = len(doubted or ())
        self.doubts.setText(tr_n("{n} likely label error", "{n} likely label errors", n))

    # What is opened

    @Slot()
    def _list_doubts(self) -> None:
        entries = self._run.doubted() or []
        n = len(entries)
        self.segments.show_entries(
            tr_n("{n} likely label error", "{n} likely label errors", n),
            tr(
                "A model that never heard these groups is sure of another label. Listen, relabel where it is right."
            ),
            entries,
            several=True,
        )
        self._uncover_list()

    @Slot(object)
    def _open_cell(self, cell: tuple[int, int]) -> None:
        self._list_cell(cell)
        self._uncover_list()

    def _uncover_list(self) -> None:
        """Scrolls to the list where it stands below the picture, out of sight."""
        if self._rows[1].direction() == QBoxLayout.Direction.TopToBottom:
            self.ensureWidgetVisible(self.segments, 0, GRID)

    def _list_cell(self, cell: tuple[int, int]) -> None:
        run = self._run
        labels = run.trained.evaluation.confusion["labels"]
        truth, predicted = labels[cell[0]], labels[cell[1]]
        self.matrix.mark(cell)
        chosen = run.cell(truth, predicted)
        n = len(chosen)
        told = (
            tr("People and model said {label}.", label=truth)
            if truth == predicted
            else tr("People said {truth}, the model said {predicted}.", truth=truth, predicted=predicted)
        )
        self.segments.show_entries(
            tr_n("{n} segment", "{n} segments", n),
            told + " " + tr("The surest first; click or Enter plays."),
            chosen,
            numeric=False,
        )

    @Slot(int)
    def _open_point(self, index: int) -> None:
        self.segments.point_at(index, play=True)
        self._uncover_list()

    @Slot(int)
    def _point_at(self, index: int) -> None:
        self.segments.point_at(index, play=False)

    @Slot(int)
    def _mark_point(self, index: int) -> None:
        if self._run is not None and self._run.numeric:
            self.scatter.mark(index)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for row, narrow in zip(self._rows, _NARROW, strict=True):
            below = self.viewport().width() < narrow
            row.setDirection(QBoxLayout.Direction.TopToBottom if below else QBoxLayout.Direction.LeftToRight)
            row.update()  # the layouts around it do not notice that it needs another height
