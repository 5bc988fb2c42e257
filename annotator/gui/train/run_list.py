"""The list of trainings, each with its figure on a scale that all of them share."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from annotator.domain.translation import tr
from annotator.gui.theme import GRID, current_theme
from annotator.gui.train.runs import Run, model_title
from annotator.gui.train.wording import estimate
from annotator.gui.widgets.painting import box, elided, focus_ring, scaled_font


class RunList(QListWidget):
    """The runs, newest first, each with its main figure on a common scale; `chosen(Run)` follows the cursor."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Trainings"))
        self.setItemDelegate(_RunPainter(self))
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setStyleSheet("QListWidget { border: none; padding: 0; }")
        self.currentItemChanged.connect(self._moved)

    def add_kept(self, kept: Sequence[Run]) -> None:
        """Adds runs that were kept before, the oldest first, below those that are here; known ones are held anew
        against the corpus."""
        here = {run.trained.run: run for run in self.runs()}
        for run in reversed(kept):
            if run.trained.run in here:
                here[run.trained.run].stale = run.stale
                continue
            entry = QListWidgetItem()
            entry.setData(Qt.ItemDataRole.UserRole, run)
            self.addItem(entry)
        self.renew()
        if self.currentItem() is None and self.count():
            self.setCurrentRow(0)

    def add(self, run: Run) -> None:
        """Puts a run on top and chooses it, in place of the same one where that was made before."""
        same = [
            row
            for row, one in enumerate(self.runs())
            if run.trained.run and one.trained.run == run.trained.run
        ]
        self.blockSignals(True)  # nothing else is chosen in between
        for row in reversed(same):
            self.takeItem(row)
        self.blockSignals(False)
        entry = QListWidgetItem()
        entry.setData(Qt.ItemDataRole.UserRole, run)
        self.insertItem(0, entry)
        self.renew()
        self.setCurrentItem(entry)

    def runs(self) -> list[Run]:
        """All runs, newest first."""
        return [self.item(row).data(Qt.ItemDataRole.UserRole) for row in range(self.count())]

    @Slot(object)
    def choose(self, run: Run) -> None:
        """Goes to a run."""
        self.setCurrentRow(self.runs().index(run))

    def current(self) -> Run | None:
        """The run that is shown."""
        entry = self.currentItem()
        return entry.data(Qt.ItemDataRole.UserRole) if entry else None

    def renew(self) -> None:
        """Says and paints anew what runs are like now."""
        for row in range(self.count()):
            run: Run = self.item(row).data(Qt.ItemDataRole.UserRole)
            self.item(row).setData(Qt.ItemDataRole.AccessibleTextRole, run.summary)
            self.item(row).setToolTip(run.summary)
        self.viewport().update()

    @Slot(QListWidgetItem, QListWidgetItem)
    def _moved(self, entry: QListWidgetItem | None, _before: QListWidgetItem | None) -> None:
        if entry is not None:
            self.chosen.emit(entry.data(Qt.ItemDataRole.UserRole))


class _RunPainter(QStyledItemDelegate):
    """Model and figure, what was learned from what, special wishes, and the interval on a scale all runs share."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        lines = 3.4 if index.data(Qt.ItemDataRole.UserRole).special else 2.4
        return QSize(20 * GRID, round(lines * option.fontMetrics.height()) + 4 * GRID)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        run: Run = index.data(Qt.ItemDataRole.UserRole)
        theme = current_theme()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outer = QRectF(option.rect).adjusted(1, 1, -1, -1)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected or option.state & QStyle.StateFlag.State_MouseOver:
            box(painter, outer, theme.colour("accent_soft" if selected else "hover"))
        if selected and option.state & QStyle.StateFlag.State_HasFocus:
            focus_ring(painter, outer)
        self._paint_lines(painter, option, run, outer.adjusted(GRID, GRID * 0.75, -GRID, -GRID * 0.75))
        painter.restore()

    def _paint_lines(self, painter: QPainter, option: QStyleOptionViewItem, run: Run, inner: QRectF) -> None:
        theme = current_theme()
        value, interval, _ = estimate(run.trained.evaluation, run.main_metric)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        line = option.fontMetrics.height()
        figure = f"{run.main_metric.title} {run.main_metric.text(value)}"
        top = QRectF(inner.left(), inner.top(), inner.width(), line)
        painter.setFont(scaled_font(option.font, 1.0, bold=True))
        painter.setPen(theme.colour("text"))
        room = painter.fontMetrics().horizontalAdvance(figure) + GRID
        elided(painter, top.adjusted(0, 0, -room, 0), left, model_title(run.request.model))
        painter.drawText(top, right, figure)
        painter.setFont(scaled_font(option.font, 0.86))
        second = QRectF(inner.left(), top.bottom() + 1, inner.width(), line)
        told = " · ".join((run.request.item_title, run.request.split.name, run.request.sound))
        if run.outdated:
            note = tr("out of date")
            room = painter.fontMetrics().horizontalAdvance(note) + GRID
            painter.setPen(theme.colour("warning"))
            painter.drawText(second, right, note)
            second.setRight(second.right() - room)
        painter.setPen(theme.colour("muted"))
        elided(painter, second, left, told)
        if run.special:
            third = QRectF(inner.left(), second.bottom(), inner.width(), line)
            elided(painter, third, left, run.special)
        self._paint_scale(
            painter, QRectF(inner.left(), inner.bottom() - 9, inner.width(), 9), value, interval
        )

    def _paint_scale(
        self, painter: QPainter, place: QRectF, value: float | None, interval: tuple[float, float] | None
    ) -> None:
        """From 0 to 1: both main metrics are best at 1, and below 0 there is nothing to boast of."""
        theme = current_theme()
        axis = place.adjusted(4, 3, -4, -3)
        box(painter, axis, theme.colour("border"), radius=1.5)
        if value is None:
            return

        def x(at: float) -> float:
            return axis.left() + axis.width() * min(max(at, 0.0), 1.0)

        if interval is not None:
            painter.setPen(QPen(theme.colour("accent"), 3))
            painter.drawLine(
                QPointF(x(interval[0]), axis.center().y()), QPointF(x(interval[1]), axis.center().y())
            )
        painter.setPen(QPen(theme.colour("surface"), 1.5))
        painter.setBrush(theme.colour("accent"))
        painter.drawEllipse(QPointF(x(value), axis.center().y()), 4.5, 4.5)
