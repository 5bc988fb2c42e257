"""What the self-painting widgets have in common: anti-aliased painters, focus rings, elided text, spoken names."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent, QColor, QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QWidget

from annotator.gui.theme import RADIUS, current_theme


def open_painter(widget: QWidget) -> QPainter:
    """A painter for `paintEvent` with smooth edges and the widget's font.

    Use it in a `with` statement: a painter that an exception leaves open crashes Qt when it is collected.
    """
    painter = QPainter(widget)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    painter.setFont(widget.font())
    return painter


def box(
    painter: QPainter, rect: QRectF, fill: QColor, edge: QColor | None = None, *, radius: float = RADIUS
) -> None:
    """A rounded rectangle whose 1 px edge, if any, lies inside `rect`."""
    painter.setBrush(fill)
    if edge is None:
        painter.setPen(Qt.PenStyle.NoPen)
    else:
        painter.setPen(QPen(edge, 1))
        rect = rect.adjusted(0.5, 0.5, -0.5, -0.5)
    painter.drawRoundedRect(rect, radius, radius)


def focus_ring(painter: QPainter, rect: QRectF, *, radius: float = RADIUS) -> None:
    """The 2 px ring of the theme's accent that shows where the keyboard is."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(current_theme().colour("accent"), 2))
    painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), radius, radius)


def scaled_font(font: QFont, factor: float, *, bold: bool = False) -> QFont:
    """A copy of `font` at `factor` times its size."""
    copy = QFont(font)
    if font.pixelSize() > 0:
        copy.setPixelSize(max(9, round(font.pixelSize() * factor)))
    else:
        copy.setPointSizeF(font.pointSizeF() * factor)
    if bold:
        copy.setWeight(QFont.Weight.DemiBold)
    return copy


def elided(painter: QPainter, rect: QRectF, flags: Qt.AlignmentFlag, text: str) -> None:
    """One line of text, shortened with an ellipsis where it does not fit."""
    metrics = QFontMetricsF(painter.font())
    painter.drawText(rect, flags, metrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width()))


def turned_text(painter: QPainter, foot: QPointF, length: float, text: str) -> None:
    """Text that reads upwards from `foot`, shortened to `length`."""
    painter.save()
    painter.translate(foot)
    painter.rotate(-90)
    height = QFontMetricsF(painter.font()).height()
    flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    elided(painter, QRectF(0, -height / 2, length, height), flags, text)
    painter.restore()


def announce(widget: QWidget, text: str) -> None:
    """Makes `text` what a screen reader says of `widget` now."""
    if widget.accessibleDescription() == text:
        return
    widget.setAccessibleDescription(text)
    QAccessible.updateAccessibility(QAccessibleEvent(widget, QAccessible.Event.DescriptionChanged))
