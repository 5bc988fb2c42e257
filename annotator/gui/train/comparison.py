"""The trainings on one item side by side: every metric of each, the best first."""

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from annotator.domain.translation import tr
from annotator.gui.theme import GRID
from annotator.gui.train.runs import Run, model_title
from annotator.gui.train.wording import Metric, estimate, metrics
from annotator.gui.widgets.card import Card
from annotator.gui.widgets.figure_table import Cell, FigureTable, figure, missing

#: Rows shown at once; the table scrolls beyond.
_MOST = 6
#: Width below which only the metric that counts has room.
_NARROW = 66 * GRID


class Comparison(Card):
    """A row for each training on the item of the one that is shown; `chosen(Run)` follows a click or Enter."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Trainings side by side"), parent=parent)
        self._rows: list[Run] = []
        self._shown: Run | None = None
        self._narrow = False
        self.table = FigureTable(name=tr("Trainings side by side"), most=_MOST, opens=True)
        self.table.row_opened.connect(self._open)
        self._note = QLabel()
        self._note.setProperty("role", "caption")
        self._note.setWordWrap(True)
        self.body.addWidget(self.table)
        self.body.addWidget(self._note)
        self.hide()

    def show_beside(self, shown: Run, runs: Sequence[Run]) -> None:
        """Compares a training with those of the same item; with none there is nothing to see."""
        asked = shown.request.target_name
        self._rows = sorted(
            (run for run in runs if run.request.target_name == asked and run.task == shown.task),
            key=_standing,
            reverse=True,
        )
        self.setVisible(len(self._rows) > 1)
        self._shown = shown
        self.set_title(
            tr("Trainings side by side"),
            tr(
                "All on {item}, the best by {metric} first.",
                item=shown.request.item_title,
                metric=shown.main_metric.title,
            ),
        )
        self._fill()
        splits = {run.request.split.id for run in self._rows}
        self._note.setText(
            tr("They were tested on different splits, which small differences may come from.")
            if len(splits) > 1
            else tr("Where intervals overlap widely, the order may be chance.")
        )

    def _fill(self) -> None:
        columns = metrics(self._shown.task)[: 1 if self._narrow else None]
        self.table.set_rows(
            [tr("Training"), *(metric.title for metric in columns)],
            [[_title(run), *_figures(run, columns)] for run in self._rows],
        )
        self.table.selectRow(self._rows.index(self._shown))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < _NARROW
        if narrow != self._narrow:
            self._narrow = narrow
            if self._shown is not None:
                self._fill()

    @Slot(int)
    def _open(self, row: int) -> None:
        self.chosen.emit(self._rows[row])


def _standing(run: Run) -> tuple[bool, float]:
    value, _, _ = estimate(run.trained.evaluation, run.main_metric)
    if value is None:
        return False, 0.0
    return True, value if run.main_metric.larger_is_better else -value


def _title(run: Run) -> Cell:
    told = " · ".join(
        filter(None, (model_title(run.request.model), run.request.sound, run.request.split.name, run.special))
    )
    return Cell(f"{told} ({tr('out of date')})" if run.outdated else told, run.summary)


def _figures(run: Run, columns: Sequence[Metric]) -> list[Cell]:
    """The value of every metric, that of the first with its interval."""
    cells = []
    for place, metric in enumerate(columns):
        value, interval, reason = estimate(run.trained.evaluation, metric)
        if value is None:
            cells.append(missing(reason))
            continue
        span = metric.span(interval) if interval is not None else ""
        text = f"{metric.text(value)}  [{span}]" if span and not place else metric.text(value)
        cells.append(figure(text, tr("95 % interval: {span}", span=span) if span else ""))
    return cells
