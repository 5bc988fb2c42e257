"""The learning curve: the metric over the number of segments trained on."""

from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from annotator.domain.translation import tr
from annotator.gui.numbers import number
from annotator.gui.theme import GRID, current_theme, mix
from annotator.gui.train.wording import Metric
from annotator.gui.widgets.axis import ticks
from annotator.gui.widgets.painting import announce, open_painter, scaled_font


class CurvePlot(QWidget):
    """Points with a band for their intervals; a screen reader is told the points."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Learning curve"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._points: list[dict[str, Any]] = []
        self._metric: Metric | None = None

    def sizeHint(self) -> QSize:
        return QSize(40 * GRID, 26 * GRID)

    def minimumSizeHint(self) -> QSize:
        return QSize(30 * GRID, 22 * GRID)

    def show_points(self, points: list[dict[str, Any]], metric: Metric) -> None:
        """Shows the points that have a value."""
        self._points = [point for point in points if point["value"] is not None]
        self._metric = metric
        told = "; ".join(f"{p['n_train']:.0f}: {metric.text(p['value'])}" for p in self._points)
        announce(self, tr("{metric} by segments trained on: {points}", metric=metric.title, points=told))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._metric is None or not self._points:
            return
        with open_painter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(scaled_font(self.font(), 0.86))
            self._paint(painter)

    def _paint(self, painter: QPainter) -> None:
        theme, metrics = current_theme(), painter.fontMetrics()
        line = metrics.height()
        ends = [e for p in self._points for e in (p["value"], *p["ci"]) if e is not None]
        low, high = min(0.0, *ends), max(ends) + 0.02
        marks = ticks(low, high)
        left = max(metrics.horizontalAdvance(number(mark)) for mark in marks) + GRID
        place = QRectF(self.rect()).adjusted(left, GRID, -3 * GRID, -2.6 * line)
        most = max(point["n_train"] for point in self._points)

        def at(size: float, value: float) -> QPointF:
            return QPointF(
                place.left() + place.width() * size / most,
                place.bottom() - place.height() * (value - low) / (high - low),
            )

        for mark in marks:
            painter.setPen(QPen(theme.colour("border"), 1))
            painter.drawLine(at(0, mark), at(most, mark))
            painter.setPen(theme.colour("muted"))
            where = QRectF(0, at(0, mark).y() - line / 2, left - GRID / 2, line)
            painter.drawText(where, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, number(mark))
        banded = [point for point in self._points if point["ci"][0] is not None]
        band = QPolygonF([at(p["n_train"], p["ci"][1]) for p in banded])
        for point in reversed(banded):
            band.append(at(point["n_train"], point["ci"][0]))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mix(theme.colour("surface"), theme.colour("accent"), 0.2))
        painter.drawPolygon(band)
        painter.setPen(QPen(theme.colour("accent"), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF([at(p["n_train"], p["value"]) for p in self._points]))
        self._paint_points(painter, at, place, line)

    def _paint_points(self, painter: QPainter, at: Any, place: QRectF, line: float) -> None:
        theme = current_theme()
        for point in self._points:
            dot = at(point["n_train"], point["value"])
            painter.setPen(QPen(theme.colour("surface"), 1.5))
            painter.setBrush(theme.colour("accent"))
            painter.drawEllipse(dot, 4.5, 4.5)
            painter.setPen(theme.colour("muted"))
            box = QRectF(dot.x() - 4 * GRID, place.bottom() + 3, 8 * GRID, line)
            painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, f"{point['n_train']:.0f}")
        foot = QRectF(place.left(), place.bottom() + line + 4, place.width(), line)
        painter.drawText(foot, Qt.AlignmentFlag.AlignHCenter, tr("segments trained on"))
