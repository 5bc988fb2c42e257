"""Curve: a few points with their intervals, walked from left to right; the figures are spoken and shown."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from annotator.gui.numbers import number
from annotator.gui.theme import GRID, current_theme
from annotator.gui.widgets.painting import elided, focus_ring, open_painter, scaled_font
from annotator.gui.widgets.walked_plot import WalkedPlot

_DOT = 4.5


@dataclass(frozen=True, slots=True)
class Point:
    """One place on the curve: its `label` below the axis, what it says in words, and a second value, if any."""

    label: str
    value: float
    low: float
    high: float
    text: str
    second: float | None = None


class Curve(WalkedPlot):
    """Points evenly spaced, each with a bar from low to high. Left and right, or the mouse, go from one to the next;
    `described(text)` says what is known of it."""

    def __init__(self, *, name: str, foot: str, parent: QWidget | None = None) -> None:
        super().__init__(name=name, foot=foot, parent=parent)
        self._points: tuple[Point, ...] = ()

    @property
    def points(self) -> tuple[Point, ...]:
        """What is shown."""
        return self._points

    def show_points(self, points: Sequence[Point], *, low: float, high: float) -> None:
        """Shows points on an axis from `low` to `high`, widened where an interval reaches beyond."""
        self._points = tuple(points)
        self._low = min([low, *(max(p.low, -1.0) for p in points)])
        self._high = max([high, *(p.high for p in points)])
        self._index = min(self._index, max(0, len(self._points) - 1))
        self._say()
        self.update()

    def _count(self) -> int:
        return len(self._points)

    def _words_here(self) -> str:
        return self._points[self._index].text

    # Geometry

    def sizeHint(self) -> QSize:
        return QSize(44 * GRID, 22 * GRID)

    def minimumSizeHint(self) -> QSize:
        return QSize(28 * GRID, 18 * GRID)

    def _x(self, n: int) -> float:
        field = self._field()
        return field.left() + (n + 0.5) * field.width() / max(1, len(self._points))

    # Mouse

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        field = self._field()
        place = int((event.position().x() - field.left()) / field.width() * len(self._points))
        if self._points:
            self._go(place)

    # Painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        with open_painter(self) as painter:
            painter.setFont(scaled_font(self.font(), 0.86))
            self._paint_axes(painter)
            if any(point.second is not None for point in self._points):
                self._paint_line(painter, [p.second for p in self._points], "muted", Qt.PenStyle.DashLine)
            self._paint_line(painter, [p.value for p in self._points], "accent", Qt.PenStyle.SolidLine)
            for n, point in enumerate(self._points):
                self._paint_point(painter, n, point)
            if self.hasFocus():
                focus_ring(painter, QRectF(self.rect()))

    def _paint_axes(self, painter: QPainter) -> None:
        theme, field = current_theme(), self._field()
        line = QFontMetricsF(painter.font()).height()
        self._paint_scale(painter)
        width = field.width() / max(1, len(self._points))
        for n, point in enumerate(self._points):
            place = QRectF(self._x(n) - width / 2, field.bottom() + 4, width, line)
            painter.setPen(theme.colour("text" if n == self._index else "muted"))
            elided(painter, place, Qt.AlignmentFlag.AlignCenter, point.label)
        painter.setPen(theme.colour("muted"))
        foot = QRectF(field.left(), field.bottom() + line + 4, field.width(), line)
        elided(painter, foot, Qt.AlignmentFlag.AlignCenter, self._foot)

    def _paint_line(
        self, painter: QPainter, values: Sequence[float | None], role: str, style: Qt.PenStyle
    ) -> None:
        painter.setPen(QPen(current_theme().colour(role, 0.7), 1.5, style))
        places = [QPointF(self._x(n), self._y(v)) for n, v in enumerate(values) if v is not None]
        painter.drawPolyline(QPolygonF(places))

    def _paint_point(self, painter: QPainter, n: int, point: Point) -> None:
        theme, x = current_theme(), self._x(n)
        painter.setPen(QPen(theme.colour("accent", 1.0 if n == self._index else 0.45), 2))
        painter.drawLine(QPointF(x, self._y(point.low)), QPointF(x, self._y(point.high)))
        painter.setPen(QPen(theme.colour("surface"), 1.5))
        painter.setBrush(theme.colour("accent"))
        painter.drawEllipse(QPointF(x, self._y(point.value)), _DOT, _DOT)


def interval_words(low: float, high: float) -> str:
    """An interval as the other figures are written."""
    return f"{number(low)} … {number(high)}"
