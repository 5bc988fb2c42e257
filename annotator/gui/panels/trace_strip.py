"""TraceStrip: what was drawn, over the time of the segment and the outline of its sound."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from annotator.domain.translation import tr
from annotator.gui.theme import GRID, RADIUS, current_theme, mix
from annotator.gui.widgets.painting import box, elided, open_painter, scaled_font

_HEIGHT, _LEAST = 10 * GRID, 6 * GRID
_LEGEND = 12 * GRID  # room at the left for names
_PITCH = 4


class TraceStrip(QWidget):
    """One line for each item from the bottom of its scale to the top; `sought(share)` follows a click, 0..1."""

    sought = Signal(float)

    def __init__(self, titles: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._titles = tuple(titles)
        self._heights: tuple[NDArray[np.float64], ...] = ()
        self._outline: NDArray[np.float32] = np.zeros(0, np.float32)
        self._share = 0.0
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(tr("Click to hear it from there"))
        self.setAccessibleName(tr("What was drawn over time"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)

    def show_outline(self, outline: NDArray[np.float32]) -> None:
        """The sound by its amplitudes, 0..1, in equal parts; none for an empty one."""
        self._outline = outline
        self.update()

    def show_lines(self, heights: Sequence[NDArray[np.float64]], share: float) -> None:
        """Shares of each item's scale step by step, NaN in gaps, and how far the sound has got."""
        self._heights, self._share = tuple(heights), share
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(60 * GRID, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(30 * GRID, _LEAST)

    def _field(self) -> QRectF:
        return QRectF(_LEGEND, 1, max(self.width() - _LEGEND - 1, 1), self.height() - 2)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        field = self._field()
        if event.button() == Qt.MouseButton.LeftButton and event.position().x() >= field.left():
            self.sought.emit(min((event.position().x() - field.left()) / field.width(), 1.0))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, field = current_theme(), self._field()
        with open_painter(self) as painter:
            box(painter, field, theme.colour("surface"), theme.colour("border"))
            painter.setPen(QPen(theme.colour("grid"), 1))
            painter.drawLine(QLineF(field.left(), field.center().y(), field.right(), field.center().y()))
            self._paint_outline(painter, field)
            self._paint_legend(painter, field)
            painter.setClipRect(field.adjusted(1, 1, -1, -1))
            for n, heights in enumerate(self._heights):
                self._paint_line(painter, field, heights, self._pen(n))
            if 0 < self._share < 1:
                x = field.left() + self._share * field.width()
                painter.setPen(QPen(theme.colour("cursor"), 2))
                painter.drawLine(QLineF(x, field.top(), x, field.bottom()))

    def _pen(self, item: int) -> QPen:
        """Two items differ by more than their colour."""
        style = Qt.PenStyle.SolidLine if item == 0 else Qt.PenStyle.DashLine
        colour = current_theme().category(0 if item == 0 else 5)
        return QPen(colour, 2, style, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.RoundJoin)

    def _paint_outline(self, painter: QPainter, field: QRectF) -> None:
        if not len(self._outline):
            return
        theme, count = current_theme(), max(int(field.width()) // _PITCH, 1)
        firsts = np.linspace(0, len(self._outline), count, endpoint=False).astype(int)
        bars = np.maximum.reduceat(self._outline, firsts) * (field.height() / 2 - RADIUS)
        painter.setPen(QPen(mix(theme.colour("surface"), theme.colour("muted"), 0.22), 2))
        middle = field.center().y()
        xs = field.left() + (np.arange(count) + 0.5) * field.width() / count
        painter.drawLines(
            [
                QLineF(x, middle - bar, x, middle + bar)
                for x, bar in zip(xs.tolist(), bars.tolist(), strict=True)
            ]
        )

    def _paint_line(self, painter: QPainter, field: QRectF, heights: NDArray[np.float64], pen: QPen) -> None:
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        xs = field.left() + (np.arange(len(heights)) + 0.5) * field.width() / max(len(heights), 1)
        ys = field.bottom() - 5 - heights * (field.height() - 10)
        # More points than the strip is wide would only cost time, sixty times a second.
        every = max(len(heights) // max(int(field.width()), 1), 1)
        xs, ys = xs[::every], ys[::every]
        given = np.flatnonzero(~np.isnan(ys))
        for part in np.split(given, np.flatnonzero(np.diff(given) > 1) + 1):
            if len(part) == 1:  # a line of one step would not be seen
                painter.drawPoint(QPointF(xs[part[0]], ys[part[0]]))
            elif len(part):
                painter.drawPolyline(QPolygonF([QPointF(xs[k], ys[k]) for k in part.tolist()]))

    def _paint_legend(self, painter: QPainter, field: QRectF) -> None:
        painter.setFont(scaled_font(self.font(), 0.86))
        line = QFontMetricsF(painter.font()).height() + 4
        top = field.center().y() - line * len(self._titles) / 2
        for n, title in enumerate(self._titles):
            middle = top + (n + 0.5) * line
            painter.setPen(self._pen(n))
            painter.drawLine(QLineF(0, middle, 2 * GRID, middle))
            painter.setPen(current_theme().colour("muted"))
            place = QRectF(3 * GRID - 4, middle - line / 2, _LEGEND - 3 * GRID, line)
            elided(painter, place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, title)
