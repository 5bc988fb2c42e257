"""A line over time with its interval as a band, walked by arrow keys or the mouse; what stands there is spoken."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from annotator.gui.theme import GRID, current_theme
from annotator.gui.widgets.axis import ticks
from annotator.gui.widgets.painting import elided, focus_ring, open_painter, scaled_font
from annotator.gui.widgets.walked_plot import WalkedPlot


@dataclass(frozen=True, slots=True)
class Moment:
    """One place on the line; `None` is a gap in it."""

    seconds: float
    value: float | None
    low: float | None = None
    high: float | None = None


class TracePlot(WalkedPlot):
    """Moments in order of time on an axis from `low` to `high`; `words` says what is known of one of them.

    `described(text)` follows the cursor.
    """

    def __init__(
        self, *, name: str, foot: str, words: Callable[[Moment], str], parent: QWidget | None = None
    ) -> None:
        super().__init__(name=name, foot=foot, parent=parent)
        self._words = words
        self._low = -1.0
        #: What is shown.
        self.moments: tuple[Moment, ...] = ()

    def show_moments(self, moments: Sequence[Moment], *, low: float, high: float) -> None:
        """Shows another line, the cursor at its beginning."""
        self.moments = tuple(moments)
        self._low, self._high = low, high
        self._index = 0
        self._say()
        self.update()

    def _count(self) -> int:
        return len(self.moments)

    def _words_here(self) -> str:
        return self._words(self.moments[self._index])

    # Geometry

    def sizeHint(self) -> QSize:
        return QSize(44 * GRID, 18 * GRID)

    def minimumSizeHint(self) -> QSize:
        return QSize(28 * GRID, 16 * GRID)

    @property
    def _span(self) -> tuple[float, float]:
        first, last = self.moments[0].seconds, self.moments[-1].seconds
        return first, max(last - first, 1e-9)

    def _x(self, seconds: float) -> float:
        field, (first, length) = self._field(), self._span
        return field.left() + (seconds - first) / length * field.width()

    # Mouse and keys

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.moments:
            field = self._field()
            share = (event.position().x() - field.left()) / field.width()
            self._go(round(share * (len(self.moments) - 1)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        to = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: len(self.moments) - 1}.get(event.key())
        if to is None or not self.moments:
            super().keyPressEvent(event)
        else:
            self._go(to)

    # Painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        with open_painter(self) as painter:
            painter.setFont(scaled_font(self.font(), 0.86))
            if self.moments:
                self._paint_axes(painter)
                self._paint_band(painter)
                self._paint_line(painter)
                self._paint_cursor(painter)
            if self.hasFocus():
                focus_ring(painter, QRectF(self.rect()))

    def _paint_axes(self, painter: QPainter) -> None:
        theme, field = current_theme(), self._field()
        line = QFontMetricsF(painter.font()).height()
        self._paint_scale(painter)
        first, length = self._span
        painter.setPen(theme.colour("muted"))
        for mark in ticks(first, first + length):
            place = QRectF(self._x(mark) - 3 * GRID, field.bottom() + 4, 6 * GRID, line)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, f"{mark:g}")
        foot = QRectF(field.left(), field.bottom() + line + 4, field.width(), line)
        elided(painter, foot, Qt.AlignmentFlag.AlignCenter, self._foot)

    def _runs(self, known: Callable[[Moment], bool]) -> list[list[Moment]]:
        """Stretches of moments without a gap."""
        runs: list[list[Moment]] = [[]]
        for moment in self.moments:
            if known(moment):
                runs[-1].append(moment)
            elif runs[-1]:
                runs.append([])
        return [run for run in runs if run]

    def _paint_band(self, painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(current_theme().colour("accent", 0.2))
        for run in self._runs(lambda moment: moment.low is not None and moment.high is not None):
            above = [QPointF(self._x(m.seconds), self._y(m.high)) for m in run]
            below = [QPointF(self._x(m.seconds), self._y(m.low)) for m in reversed(run)]
            painter.drawPolygon(QPolygonF([*above, *below]))

    def _paint_line(self, painter: QPainter) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(current_theme().colour("accent"), 1.5))
        for run in self._runs(lambda moment: moment.value is not None):
            painter.drawPolyline(QPolygonF([QPointF(self._x(m.seconds), self._y(m.value)) for m in run]))

    def _paint_cursor(self, painter: QPainter) -> None:
        field, moment = self._field(), self.moments[self._index]
        x = self._x(moment.seconds)
        painter.setPen(QPen(current_theme().colour("muted"), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(x, field.top()), QPointF(x, field.bottom()))
        if moment.value is not None and math.isfinite(moment.value):
            painter.setPen(QPen(current_theme().colour("surface"), 1.5))
            painter.setBrush(current_theme().colour("accent"))
            painter.drawEllipse(QPointF(x, self._y(moment.value)), 4.0, 4.0)
