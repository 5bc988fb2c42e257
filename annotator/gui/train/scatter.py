"""The scatter: what people said of each segment against what the model said; every point can be heard."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from annotator.domain.translation import tr
from annotator.gui.numbers import number
from annotator.gui.theme import GRID, RADIUS, current_theme
from annotator.gui.widgets.axis import ticks
from annotator.gui.widgets.painting import (
    announce,
    box,
    elided,
    focus_ring,
    open_painter,
    scaled_font,
    turned_text,
)

_REACH = 12.0  # how near to a point a click must be, in device-independent pixels
_CROWD = 2000  # more points than these are drawn small and without an edge


class Scatter(QWidget):
    """Points at (people, model), both on the item's scale. Left and right walk along the people's values.

    `opened(index)` follows a click on a point, Enter or Space; `moved(index)` follows the arrow keys.
    """

    opened = Signal(int)
    moved = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("People's values against the model's"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._truth: NDArray[np.float64] = np.empty(0)
        self._predicted: NDArray[np.float64] = np.empty(0)
        self._order: NDArray[np.intp] = np.empty(0, dtype=np.intp)
        self._low, self._high = 0.0, 1.0
        self._caption = ""
        self._current: int | None = None
        self._hover: int | None = None
        self._picture: tuple[object, QPixmap] | None = None

    def show_points(
        self,
        truth: NDArray[np.float64],
        predicted: NDArray[np.float64],
        *,
        low: float,
        high: float,
        caption: str,
    ) -> None:
        """Shows segments on a scale from `low` to `high`; predictions beyond it widen the axes."""
        self._truth, self._predicted = truth, predicted
        self._order = np.lexsort((predicted, truth))
        least = min(low, float(predicted.min(initial=low)))
        most = max(high, float(predicted.max(initial=high)))
        margin = 0.03 * (most - least)
        self._low, self._high = least - margin, most + margin
        self._caption = caption
        self._current = self._hover = None
        self._picture = None
        announce(self, caption)
        self.update()

    def mark(self, index: int) -> None:
        """Shows which point is being looked at or heard."""
        self._current = index
        announce(self, self.point_text(index))
        self.update()

    def point_text(self, index: int) -> str:
        """What a point says in words."""
        return tr(
            "people {truth}, model {predicted}",
            truth=number(float(self._truth[index])),
            predicted=number(float(self._predicted[index])),
        )

    # Geometry

    def sizeHint(self) -> QSize:
        return QSize(44 * GRID, 44 * GRID)

    def minimumSizeHint(self) -> QSize:
        return QSize(30 * GRID, 26 * GRID)

    def _field(self) -> QRectF:
        """The square that the points lie in."""
        line = QFontMetricsF(scaled_font(self.font(), 0.86)).height()
        left, top, bottom = line + 4 * GRID, line / 2, 2 * line + GRID
        side = max(40.0, min(self.width() - left - GRID, self.height() - top - bottom))
        return QRectF(left + max(0.0, (self.width() - left - GRID - side) / 2), top, side, side)

    def _places(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        field = self._field()
        scale = field.width() / (self._high - self._low)
        return (
            field.left() + (self._truth - self._low) * scale,
            field.bottom() - (self._predicted - self._low) * scale,
        )

    def place_of(self, index: int) -> QPointF:
        """Where a point lies in the widget."""
        x, y = self._places()
        return QPointF(float(x[index]), float(y[index]))

    def _nearest(self, point: QPointF) -> int | None:
        if not len(self._truth):
            return None
        x, y = self._places()
        distance = np.hypot(x - point.x(), y - point.y())
        index = int(distance.argmin())
        return index if distance[index] <= _REACH else None

    # Mouse and keys

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover = self._nearest(event.position())
        shape = Qt.CursorShape.ArrowCursor if self._hover is None else Qt.CursorShape.PointingHandCursor
        self.setCursor(shape)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hover = None
        self.update()
        super().leaveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        index = self._nearest(event.position())
        if event.button() == Qt.MouseButton.LeftButton and index is not None:
            self.mark(index)
            self.opened.emit(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Down: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: 1}
        ends = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: len(self._order) - 1}
        enter = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
        if len(self._order) and event.key() in (*steps, *ends):
            self._walk_to(ends.get(event.key(), self._rank() + steps.get(event.key(), 0)))
        elif self._current is not None and event.key() in enter:
            self.opened.emit(self._current)
        else:
            super().keyPressEvent(event)

    def _rank(self) -> int:
        """Place of the current point in the walk; before the first where there is none."""
        return -1 if self._current is None else int(np.flatnonzero(self._order == self._current)[0])

    def _walk_to(self, rank: int) -> None:
        index = int(self._order[min(max(rank, 0), len(self._order) - 1)])
        self.mark(index)
        self.moved.emit(index)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            self._show_tip(event)
            return True
        return super().event(event)

    def _show_tip(self, event: QHelpEvent) -> None:
        index = self._nearest(QPointF(event.pos()))
        QToolTip.showText(event.globalPos(), "" if index is None else self.point_text(index), self)

    # Painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        with open_painter(self) as painter:
            field = self._field()
            self._paint_axes(painter, field)
            self._paint_points(painter)
            for index, role in ((self._hover, "text"), (self._current, "danger")):
                if index is not None:
                    painter.setPen(QPen(current_theme().colour(role), 2))
                    painter.setBrush(Qt.BrushStyle.NoBrush)
                    painter.drawEllipse(self.place_of(index), 7, 7)
            if self.hasFocus():
                focus_ring(painter, field)

    def _paint_axes(self, painter: QPainter, field: QRectF) -> None:
        theme = current_theme()
        box(painter, field, theme.colour("window"), theme.colour("border"))
        painter.setPen(QPen(theme.colour("outline"), 1, Qt.PenStyle.DashLine))
        painter.drawLine(field.bottomLeft() + QPointF(4, -4), field.topRight() + QPointF(-4, 4))
        small = scaled_font(self.font(), 0.86)
        painter.setFont(small)
        line = QFontMetricsF(small).height()
        painter.setPen(theme.colour("muted"))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for value in ticks(self._low, self._high):
            text = number(value, 1)
            share = (value - self._low) / (self._high - self._low)
            x, y = field.left() + field.width() * share, field.bottom() - field.height() * share
            width = QFontMetricsF(small).horizontalAdvance(text) + 2
            across = QRectF(x - width / 2, field.bottom() + 2, width, line)
            painter.drawText(across, Qt.AlignmentFlag.AlignCenter, text)
            painter.drawText(QRectF(field.left() - 46, y - line / 2, 40, line), right, text)
        below = QRectF(field.left(), field.bottom() + line + 2, field.width(), line)
        elided(painter, below, Qt.AlignmentFlag.AlignCenter, tr("people said"))
        title = tr("the model said")
        length = min(QFontMetricsF(small).horizontalAdvance(title) + 2, field.height())
        turned_text(
            painter,
            QPointF(field.left() - 3.6 * GRID - line / 2, field.center().y() + length / 2),
            length,
            title,
        )

    def _paint_points(self, painter: QPainter) -> None:
        """Draws the picture of all points, made anew only where size, screen or theme are others."""
        key = (self.size(), self.devicePixelRatioF(), current_theme().name)
        if self._picture is None or self._picture[0] != key:
            picture = QPixmap(self.size() * self.devicePixelRatioF())
            picture.setDevicePixelRatio(self.devicePixelRatioF())
            picture.fill(Qt.GlobalColor.transparent)
            with QPainter(picture) as on_picture:
                on_picture.setRenderHint(QPainter.RenderHint.Antialiasing)
                self._draw_points(on_picture)
            self._picture = (key, picture)
        painter.drawPixmap(0, 0, self._picture[1])
        painter.setFont(scaled_font(self.font(), 1.0, bold=True))
        painter.setPen(current_theme().colour("text"))
        field = self._field().adjusted(GRID, RADIUS, -GRID, 0)
        text = QRectF(field.left(), field.top(), field.width(), QFontMetricsF(painter.font()).height())
        elided(painter, text, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self._caption)

    def _draw_points(self, painter: QPainter) -> None:
        theme = current_theme()
        x, y = self._places()
        crowd = len(x) > _CROWD
        painter.setPen(Qt.PenStyle.NoPen if crowd else QPen(theme.colour("surface"), 1))
        painter.setBrush(theme.colour("accent", 0.35 if crowd else 0.75))
        radius = 2.0 if crowd else 4.5
        for at_x, at_y in zip(x.tolist(), y.tolist(), strict=True):
            painter.drawEllipse(QPointF(at_x, at_y), radius, radius)
