"""WalkedPlot: what plots over one axis share whose places are walked by arrow keys or the mouse and spoken."""

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from annotator.gui.numbers import shortest
from annotator.gui.theme import GRID, current_theme
from annotator.gui.widgets.axis import ticks
from annotator.gui.widgets.painting import announce, scaled_font


class WalkedPlot(QWidget):
    """Places from left to right on an axis from `_low` to `_high`; `described(text)` says what is known of one.

    A plot says how many places it has (`_count`) and what is said of the one at `_index` (`_words_here`), and paints.
    """

    described = Signal(str)

    def __init__(self, *, name: str, foot: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._foot = foot
        self._low, self._high = 0.0, 1.0
        self._index = 0

    def _count(self) -> int:
        raise NotImplementedError

    def _words_here(self) -> str:
        raise NotImplementedError

    def _say(self) -> None:
        text = self._words_here() if self._count() else ""
        announce(self, text)
        self.described.emit(text)

    def _field(self) -> QRectF:
        line = QFontMetricsF(scaled_font(self.font(), 0.86)).height()
        return QRectF(5 * GRID, line / 2 + 2, self.width() - 6 * GRID, self.height() - 2.5 * line - GRID - 2)

    def _y(self, value: float) -> float:
        field = self._field()
        share = (min(max(value, self._low), self._high) - self._low) / ((self._high - self._low) or 1.0)
        return field.bottom() - share * field.height()

    def _paint_scale(self, painter: QPainter) -> None:
        """Lines across the field at round values, which stand at its left."""
        theme, field = current_theme(), self._field()
        line = QFontMetricsF(painter.font()).height()
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for mark in ticks(self._low, self._high):
            y = self._y(mark)
            painter.setPen(QPen(theme.colour("border"), 1))
            painter.drawLine(QPointF(field.left(), y), QPointF(field.right(), y))
            painter.setPen(theme.colour("muted"))
            painter.drawText(QRectF(0, y - line / 2, field.left() - 6, line), right, shortest(mark))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(event.key())
        if step is None or not self._count():
            super().keyPressEvent(event)
        else:
            self._go(self._index + step)

    def _go(self, index: int) -> None:
        index = min(max(index, 0), self._count() - 1)
        if index != self._index:
            self._index = index
            self._say()
            self.update()
