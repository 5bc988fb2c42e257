"""Pictograms above the buttons of a self-assessment scale: our own figures, drawn by their value.

The instrument is that of Bradley & Lang 1994 (a row of figures per dimension, gaps between them on the longer
forms); the drawings are not theirs. Valence is a face, arousal a burst in a body, dominance the size of a figure
on its stage.
"""

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF

from annotator.domain.scheme import Item
from annotator.gui.panels.answers import share_of
from annotator.gui.panels.scale_strip import ButtonStrip
from annotator.gui.theme import current_theme, mix
from annotator.gui.widgets.painting import open_painter

_FIGURE, _GAP = 64, 6
_PEN = 1.75


class ManikinStrip(ButtonStrip):
    """Numbered buttons with a figure above each of them or, on more than five points, above every second."""

    def sizeHint(self) -> QSize:
        return super().sizeHint() + QSize(0, _FIGURE + _GAP)

    def minimumSizeHint(self) -> QSize:
        return QSize(40 * len(self._values), self.sizeHint().height())

    def figures(self) -> tuple[int, ...]:
        """Numbers of the buttons that carry a figure."""
        return tuple(range(0, len(self._values), 1 if len(self._values) <= 5 else 2))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        with open_painter(self) as painter:
            # Not wider than a button, or the figures at the ends would be cut off.
            size = min(_FIGURE, self.cell(0).width() - 2)
            for index in self.figures():
                centre = self.cell(index).center().x()
                place = QRectF(centre - size / 2, self.cell(0).top() - _GAP - size, size, size)
                self._paint_figure(painter, place, index)

    def _paint_figure(self, painter: QPainter, place: QRectF, index: int) -> None:
        theme = current_theme()
        value = self._values[index]
        near = self._value is not None and abs(float(self._value) - float(value)) <= 0.5
        ink = theme.colour("accent") if near else mix(theme.colour("surface"), theme.colour("text"), 0.78)
        fill = theme.colour("accent_soft") if near else theme.colour("sunken")
        paint_manikin(painter, place, self.item, float(value), ink=ink, fill=fill)


def paint_manikin(
    painter: QPainter, place: QRectF, item: Item, value: float, *, ink: QColor, fill: QColor
) -> None:
    """Draws the figure of `value` on the scale of `item` into the square `place`."""
    share = share_of(item, item.oriented(value))
    draw = {"valence": _face, "arousal": _burst, "dominance": _stature}[item.name]
    painter.save()
    painter.translate(place.topLeft())
    painter.scale(place.width() / 100, place.height() / 100)
    pen = QPen(ink, 100 / max(place.width(), 1) * _PEN)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(fill)
    draw(painter, share, ink)
    painter.restore()


def has_manikin(item: Item) -> bool:
    """Whether there are figures for this item."""
    return item.name in ("valence", "arousal", "dominance")


def _face(painter: QPainter, share: float, ink: QColor) -> None:
    """From frown to smile: mouth, brows and the height of the eyes."""
    mood = 2 * share - 1
    painter.drawRoundedRect(QRectF(10, 10, 80, 80), 34, 34)
    mouth = QPainterPath(QPointF(32, 66 - 5 * mood))
    mouth.quadTo(QPointF(50, 66 + 19 * mood), QPointF(68, 66 - 5 * mood))
    if share > 0.9:
        mouth.closeSubpath()
    painter.setBrush(ink if share > 0.9 else Qt.BrushStyle.NoBrush)
    painter.drawPath(mouth)
    painter.setBrush(ink)
    for side in (-1, 1):
        painter.drawEllipse(QPointF(50 + side * 15, 44), 2.2, 2.2 + max(0.0, mood) * 1.5)
        if abs(mood) > 0.3:
            # Inner ends go up with sorrow; joy only lifts the brows a little.
            slope = 4 * min(mood, 0.1)
            painter.drawLine(QPointF(50 + side * 9, 31 + slope), QPointF(50 + side * 22, 31 - slope))


def _body(painter: QPainter, scale: float) -> None:
    """Head and trunk, standing on the line y = 94; `scale` 1 fills the square."""
    painter.save()
    painter.translate(50, 94)
    painter.scale(scale, scale)
    # The line keeps its weight at every size of the figure.
    pen = painter.pen()
    pen.setWidthF(pen.widthF() / scale)
    painter.setPen(pen)
    painter.drawEllipse(QPointF(0, -73), 14, 14)
    trunk = QPainterPath(QPointF(-36, 0))
    trunk.lineTo(-36, -22)
    trunk.cubicTo(-36, -64, 36, -64, 36, -22)
    trunk.lineTo(36, 0)
    trunk.closeSubpath()
    painter.drawPath(trunk)
    painter.restore()


def _burst(painter: QPainter, share: float, ink: QColor) -> None:
    """From a still point to a burst that leaves the body; the eyes open with it."""
    _body(painter, 1.0)
    for side in (-1, 1):
        eye = QPointF(50 + side * 5.5, 20)
        if share < 0.2:
            painter.drawLine(eye + QPointF(-2.5, 1), eye + QPointF(2.5, 1))
        else:
            painter.setBrush(ink)
            painter.drawEllipse(eye, 1 + 1.6 * share, 1 + 2.4 * share)
    centre, outer, inner = QPointF(50, 68), 4 + 25 * share, 3 + 9 * share
    star = QPolygonF()
    for n in range(20):
        reach, angle = (outer if n % 2 == 0 else inner), math.pi * n / 10
        star.append(centre + QPointF(reach * math.sin(angle), -reach * math.cos(angle)))
    painter.setBrush(ink)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawPolygon(star)


def _stature(painter: QPainter, share: float, _ink: QColor) -> None:
    """From small to filling the stage."""
    fill = painter.brush()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawLine(QPointF(8, 94), QPointF(92, 94))
    painter.setBrush(fill)
    _body(painter, 0.32 + 0.68 * share)
