"""The time ruler, and the grid of times that it shares with the waveform."""

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPixmap, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from annotator.domain.timeline import clock
from annotator.domain.translation import tr
from annotator.gui.segment.viewport import Viewport
from annotator.gui.theme import GRID, current_theme, theme_notifier
from annotator.gui.widgets.painting import open_painter, scaled_font

#: Distances between labelled lines, in seconds, and into how many parts each is divided.
_FRACTIONS = [
    (digit * 10.0**power, parts) for power in range(-5, 1) for digit, parts in ((1, 10), (2, 2), (5, 5))
]
_MINUTES = [(10, 10), (15, 3), (30, 3), (60, 6), (120, 4), (300, 5), (600, 10), (900, 3), (1800, 3)]
_HOURS = [(3600, 6), (7200, 4), (18000, 5)]
_STEPS: list[tuple[float, int]] = [*_FRACTIONS, *_MINUTES, *_HOURS]
_DRAG = 4  # pixels that tell a drag from a click
_ZOOM_DRAG = 160  # pixels up or down that double or halve the view


def grid_step(seconds: float, width: float, apart: float) -> tuple[float, int]:
    """Distance of labelled lines in seconds, and its parts: lines at least `apart` of `width` pixels from each other.

    >>> grid_step(60.0, 1200.0, 80.0)
    (5.0, 5)
    """
    for step, parts in _STEPS:
        if step * width >= apart * seconds:
            return step, parts
    return _STEPS[-1]


def grid_times(start: float, stop: float, step: float) -> NDArray[np.float64]:
    """Multiples of `step` within [start, stop], all in seconds."""
    return np.arange(math.ceil(start / step - 1e-9), math.floor(stop / step + 1e-9) + 1) * step


def grid_samples(viewport: Viewport, width: float) -> NDArray[np.float64]:
    """Samples at which the labelled lines of a view `width` pixels wide lie."""
    rate = viewport.sample_rate
    step, _ = grid_step(viewport.span / rate, width, 11 * GRID)
    return grid_times(viewport.start / rate, viewport.stop / rate, step) * rate


class Ruler(QWidget):
    """Times along the top. Dragging sideways moves the view, up and down zooms; a click sets the cursor."""

    cursor_set = Signal(object)  # sample

    def __init__(self, viewport: Viewport, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._viewport = viewport
        self._cursor = 0
        self._pressed: QPointF | None = None
        self._last = QPointF()
        self._dragged = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Time ruler"))
        self.setToolTip(
            tr("Drag sideways to move the view, up or down to zoom. Double-click shows everything.")
        )
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self._picture: QPixmap | None = None
        viewport.changed.connect(self._renew)
        theme_notifier().changed.connect(self._renew)

    @Slot()
    def _renew(self, _what: object = None) -> None:
        self._picture = None
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._picture = None
        super().resizeEvent(event)

    def set_cursor(self, sample: int) -> None:
        """Shows where the cursor is; the times are only painted anew when the view moves."""
        self._cursor = sample
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(40 * GRID, round(QFontMetricsF(scaled_font(self.font(), 0.82)).height()) + GRID + 4)

    def minimumSizeHint(self) -> QSize:
        return QSize(10 * GRID, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._picture is None:
            self._picture = self._render()
        painter = open_painter(self)
        painter.drawPixmap(0, 0, self._picture)
        if self._viewport.holds(self._cursor):
            x, height = self._viewport.x_of(self._cursor, float(self.width())), float(self.height())
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(current_theme().colour("cursor"))
            painter.drawPolygon(
                QPolygonF([QPointF(x - 6, height - 9), QPointF(x + 6, height - 9), QPointF(x, height)])
            )
        painter.end()

    def _render(self) -> QPixmap:
        """Lines and times of the view."""
        theme, view, ratio = current_theme(), self._viewport, self.devicePixelRatioF()
        width, height, rate = float(self.width()), float(self.height()), view.sample_rate
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(theme.colour("window"))
        painter = QPainter(picture)
        painter.setFont(scaled_font(self.font(), 0.82))
        step, parts = grid_step(view.span / rate, width, 11 * GRID)
        decimals = max(0, math.ceil(-math.log10(step) - 1e-9)) if step < 1 else 0
        start, stop = view.start / rate, view.stop / rate
        for second in grid_times(start, stop, step / parts):
            x = round(view.x_of(second * rate, width))
            painter.fillRect(QRectF(x, height - 4, 1, 4), theme.colour("border"))
        # One step further to the left: its label may reach into view.
        for second in grid_times(max(0.0, start - step), stop, step):
            x = round(view.x_of(second * rate, width))
            painter.fillRect(QRectF(x, height - 9, 1, 9), theme.colour("outline"))
            painter.setPen(theme.colour("muted"))
            text = QRectF(x + 5, 0, 12 * GRID, height - 4)
            flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(text, flags, clock(second, decimals))
        painter.end()
        return picture

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = self._last = event.position()
            self._dragged = False
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        point = event.position()
        if not self._dragged and (point - self._pressed).manhattanLength() < _DRAG:
            return
        self._dragged = True
        width = float(self.width())
        anchor = self._viewport.sample_at(self._last.x(), width)
        self._viewport.zoom(2.0 ** ((self._last.y() - point.y()) / _ZOOM_DRAG), anchor)
        self._viewport.pan((self._last.x() - point.x()) * self._viewport.span / width)
        self._last = point

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pressed is not None and not self._dragged:
            self.cursor_set.emit(round(self._viewport.sample_at(event.position().x(), float(self.width()))))
        self._pressed = None
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        self._viewport.show(0, self._viewport.length)
