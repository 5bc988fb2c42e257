"""TracePad: the plane in which a trace is drawn, with the trail behind the pen."""

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPen

from annotator.gui.panels.grid_pad import GridPad
from annotator.gui.theme import current_theme

#: A place in the plane as shares from the left and from the bottom; `None` where nothing is drawn.
Place = tuple[float, float] | None


class TracePad(GridPad):
    """A pad whose mark follows the pointer without a button: `hovered(across, upwards)`.

    The pointer may leave the square at its edge: the place is the nearest inside. A pressed button is `pointed`, as
    on every pad.
    """

    hovered = Signal(float, float)

    def __init__(
        self, *, ends: tuple[str, str, str, str], corners: tuple[str, str, str, str], flat: bool, name: str
    ) -> None:
        """`flat`: there is one scale only, upwards."""
        super().__init__(ends=ends, corners=corners, steps=(0, 0), keys=((), ()))
        self._flat = flat
        self._trail: Sequence[Place] = ()
        self._whole: Sequence[Place] = ()
        self._lit = False
        self.setAccessibleName(name)

    def show_trace(self, place: Place, *, trail: Sequence[Place], whole: Sequence[Place], lit: bool) -> None:
        """Shows where the pen is, what it drew of late, and all that is drawn; `lit` while it draws."""
        self._trail, self._whole, self._lit = trail, whole, lit
        self._glide.stop()
        self._across, self._upwards = place or (None, None)
        if place is not None:
            self._mark = QPointF(*place)
        self.update()

    def show_focus(self, *, focused: bool) -> None:
        """Whether the keyboard is here."""
        self._focused = focused
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragging = True
            self.pointed.emit(*self._shares(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = self._shares(event.position())
        if event.buttons() & Qt.MouseButton.LeftButton and self._dragging:
            self.pointed.emit(*place)
        else:
            self.hovered.emit(*place)

    def _paint_mark(self, painter: QPainter, square: QRectF) -> None:
        theme = current_theme()
        if self._whole:
            self._paint_path(painter, self._whole, theme.colour("muted", 0.35), 1.5, fades=False)
        self._paint_path(painter, self._trail, theme.colour("accent"), 3, fades=True)
        if self._across is None or self._upwards is None:
            return
        place = self._point(self._across, self._upwards)
        if self._flat:
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.drawLine(QPointF(square.left() + 2, place.y()), QPointF(square.right() - 2, place.y()))
        if self._lit:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("accent", 0.22))
            painter.drawEllipse(place, 18, 18)
        self._paint_spot(painter, place, faint=not self._lit)

    def _paint_path(
        self, painter: QPainter, places: Sequence[Place], colour: object, width: float, *, fades: bool
    ) -> None:
        pen = QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for n, (a, b) in enumerate(pairwise(places), start=1):
            if a is not None and b is not None:
                painter.setOpacity(n / len(places) if fades else 1.0)
                painter.setPen(pen)
                painter.drawLine(self._point(*a), self._point(*b))
        painter.setOpacity(1.0)
