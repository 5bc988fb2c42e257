"""RaterPlane: where each rater's answers lie in the plane of two items, and how widely."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from annotator.app.agreement import RaterPlace
from annotator.domain.scheme import Item
from annotator.domain.translation import tr, tr_n
from annotator.gui.numbers import number
from annotator.gui.theme import GRID, RADIUS, current_theme
from annotator.gui.widgets.painting import announce, box, elided, focus_ring, open_painter, scaled_font

_DOT = 6.0
_REACH = 14.0  # px around a dot in which the mouse means it


class RaterPlane(QWidget):
    """A dot at each rater's mean, a cross as long as one standard deviation to each side.

    Arrow keys, or the mouse, go from rater to rater; `described(text)` says what is known of the one they are at.
    """

    described = Signal(str)

    def __init__(self, *, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._across: Item | None = None
        self._upwards: Item | None = None
        self._places: tuple[RaterPlace, ...] = ()
        self._index = 0

    def set_places(self, across: Item, upwards: Item, places: Sequence[RaterPlace]) -> None:
        """Shows the raters of a scheme whose items are `across` and `upwards`."""
        self._across, self._upwards = across, upwards
        self._places, self._index = tuple(places), 0
        self._say()
        self.update()

    def place_text(self, index: int) -> str:
        """What is known of one rater, in words."""
        place = self._places[index]
        axes = (self._across, self._upwards)
        if place.spread is None:  # one answer
            said = [f"{item.title} {number(value)}" for item, value in zip(axes, place.mean, strict=True)]
            return f"{place.rater}: {', '.join(said)}"
        words = [
            tr("{item} {mean} ± {spread}", item=item.title, mean=number(mean), spread=number(spread))
            for item, mean, spread in zip(axes, place.mean, place.spread, strict=True)
        ]
        return tr_n(
            "{rater}: {words} ({n} segment)", "{rater}: {words} ({n} segments)", place.n,
            rater=place.rater, words=", ".join(words),
        )  # fmt: skip

    def _say(self) -> None:
        text = self.place_text(self._index) if self._places else ""
        announce(self, text)
        self.described.emit(text)

    # Geometry

    def sizeHint(self) -> QSize:
        return QSize(44 * GRID, 44 * GRID)

    def minimumSizeHint(self) -> QSize:
        return QSize(30 * GRID, 40 * GRID)

    def hasHeightForWidth(self) -> bool:
        return False

    def _square(self) -> QRectF:
        line = QFontMetricsF(scaled_font(self.font(), 0.86)).height() + 4
        side = max(1.0, min(self.width() - 2 * GRID, self.height() - 2 * line))
        return QRectF((self.width() - side) / 2, line, side, side)

    def _point(self, x: float, y: float) -> QPointF:
        square = self._square().adjusted(_DOT, _DOT, -_DOT, -_DOT)
        share_x = (x - self._across.minimum) / (self._across.maximum - self._across.minimum)
        share_y = (y - self._upwards.minimum) / (self._upwards.maximum - self._upwards.minimum)
        return QPointF(
            square.left() + min(max(share_x, 0.0), 1.0) * square.width(),
            square.bottom() - min(max(share_y, 0.0), 1.0) * square.height(),
        )

    # Mouse and keys

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        near = self._near(event.position())
        if near is not None and near != self._index:
            self._go(near)

    def _near(self, point: QPointF) -> int | None:
        gaps = [(self._point(*place.mean) - point).manhattanLength() for place in self._places]
        return gaps.index(min(gaps)) if gaps and min(gaps) <= _REACH else None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(event.key())
        if step is None or not self._places:
            super().keyPressEvent(event)
        else:
            self._go(min(max(self._index + step, 0), len(self._places) - 1))

    def _go(self, index: int) -> None:
        self._index = index
        self._say()
        self.update()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            self._tip(event)
            return True
        return super().event(event)

    def _tip(self, event: QHelpEvent) -> None:
        near = self._near(QPointF(event.pos()))
        QToolTip.showText(event.globalPos(), "" if near is None else self.place_text(near), self)

    # Painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._across is None:
            return
        with open_painter(self) as painter:
            self._paint_ground(painter)
            order = [*(n for n in range(len(self._places)) if n != self._index), self._index]
            order = order if self._places else []
            for n in order:
                self._paint_spread(painter, n)
            self._paint_raters(painter, order)
            if self.hasFocus():
                focus_ring(painter, self._square())

    def _paint_ground(self, painter: QPainter) -> None:
        theme, square = current_theme(), self._square()
        box(painter, square, theme.colour("window"), theme.colour("border"), radius=RADIUS)
        painter.setPen(QPen(theme.colour("border"), 1))
        centre = square.center()
        painter.drawLine(QPointF(square.left() + 1, centre.y()), QPointF(square.right() - 1, centre.y()))
        painter.drawLine(QPointF(centre.x(), square.top() + 1), QPointF(centre.x(), square.bottom() - 1))
        painter.setFont(scaled_font(self.font(), 0.86))
        painter.setPen(theme.colour("muted"))
        line = QFontMetricsF(painter.font()).height() + 4
        flags = Qt.AlignmentFlag
        full = QRectF(0, 0, self.width(), line)
        elided(painter, full, flags.AlignCenter, _end(self._upwards, self._upwards.high))
        full.moveTop(square.bottom())
        elided(painter, full, flags.AlignCenter, _end(self._upwards, self._upwards.low))
        half = QRectF(square.left() + 6, centre.y() - line, square.width() / 2 - 10, line)
        elided(painter, half, flags.AlignLeft | flags.AlignBottom, _end(self._across, self._across.low))
        half.moveRight(square.right() - 6)
        elided(painter, half, flags.AlignRight | flags.AlignBottom, _end(self._across, self._across.high))

    def _paint_spread(self, painter: QPainter, index: int) -> None:
        place = self._places[index]
        if place.spread is None:
            return
        (x, y), (dx, dy) = place.mean, place.spread
        colour = current_theme().category(index)
        colour.setAlphaF(1.0 if index == self._index else 0.45)
        painter.setPen(QPen(colour, 2))
        painter.drawLine(self._point(x - dx, y), self._point(x + dx, y))
        painter.drawLine(self._point(x, y - dy), self._point(x, y + dy))

    def _paint_raters(self, painter: QPainter, order: Sequence[int]) -> None:
        theme = current_theme()
        points = [self._point(*place.mean) for place in self._places]
        for n in order:
            painter.setPen(QPen(theme.colour("surface"), 2))
            painter.setBrush(theme.category(n))
            painter.drawEllipse(points[n], _DOT, _DOT)
        taken = [QRectF(point.x() - _DOT, point.y() - _DOT, 2 * _DOT, 2 * _DOT) for point in points]
        ground = theme.colour("window", 0.85)
        for n in reversed(order):  # the one the keyboard is at chooses its place first
            name = self._places[n].rater
            painter.setFont(scaled_font(self.font(), 0.86, bold=n == self._index))
            label = self._free_place(points[n], QFontMetricsF(painter.font()), name, taken)
            taken.append(label)
            box(painter, label, ground, radius=4)
            painter.setPen(theme.colour("text" if n == self._index else "muted"))
            painter.drawText(label, Qt.AlignmentFlag.AlignCenter, name)

    def _free_place(
        self, point: QPointF, metrics: QFontMetricsF, name: str, taken: Sequence[QRectF]
    ) -> QRectF:
        """A place for a name near its dot that covers no other; where there is none, above the dot."""
        width, height = metrics.horizontalAdvance(name) + 8, metrics.height()
        inside = self._square()
        for below in (0, 1, 2, 3):
            for sign in (-1, 1):
                top = point.y() - height / 2 + sign * (below + 0.5) * height
                for left in (point.x() + _DOT + 2, point.x() - _DOT - 2 - width):
                    label = QRectF(left, top, width, height)
                    if inside.contains(label) and not any(label.intersects(other) for other in taken):
                        return label
        label = QRectF(point.x() - width / 2, point.y() - _DOT - height, width, height)
        label.moveLeft(min(max(label.left(), inside.left()), inside.right() - width))
        label.moveTop(max(label.top(), inside.top()))
        return label


def _end(item: Item, anchor: str) -> str:
    """The word at one end of an axis."""
    return anchor or item.title
