"""GridPad: the painted square of the grid panel, with its axes, words, keys and mark."""

from PySide6.QtCore import QEasingCurve, QEvent, QPointF, QRectF, QSize, Qt, QVariantAnimation, Signal, Slot
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from annotator.gui.panels.answers import KEY_STEPS
from annotator.gui.theme import GRID, RADIUS, current_theme, mix
from annotator.gui.widgets.painting import box, elided, focus_ring, open_painter, scaled_font

_KEYS = 22  # room for the digits along an edge
_SIDE = 88  # room for the words at the left and at the right
_LEAST, _USUAL = 216, 380
_WRAP = Qt.TextFlag.TextWordWrap
_MOVE_MS = 120
_INSET = 12  # a continuous scale ends a little inside the edge, so that its extremes can be hit


class GridPad(QWidget):
    """Shows a point given as shares (0 to 1) from the left and from the bottom.

    `pointed(across, upwards)` follows the pressed mouse, `released` its release. It takes no keys: its panel
    does.
    """

    pointed = Signal(float, float)
    released = Signal()

    def __init__(
        self,
        *,
        ends: tuple[str, str, str, str],
        corners: tuple[str, str, str, str],
        steps: tuple[int, int],
        keys: tuple[tuple[tuple[str, float], ...], tuple[tuple[str, float], ...]],
        parent: QWidget | None = None,
    ) -> None:
        """`ends`: left, right, bottom, top; `corners`: top left, top right, bottom left, bottom right; `steps`
        per axis, 0 where continuous; `keys` per axis: digits with their shares along it."""
        super().__init__(parent)
        self._ends, self._corners, self._steps, self._keys = ends, corners, steps, keys
        self._room = _KEYS if any(keys) else GRID // 2  # for the digits along an edge
        self._across: float | None = None
        self._upwards: float | None = None
        self._expected, self._focused = 0, False
        self._hover: QPointF | None = None
        self._dragging = False
        self._mark = QPointF(0.5, 0.5)
        self._glide = QVariantAnimation(self)
        self._glide.setDuration(_MOVE_MS)
        self._glide.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._glide.valueChanged.connect(self._glided)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_point(
        self, across: float | None, upwards: float | None, *, expected: int, focused: bool
    ) -> None:
        """Moves the mark; one share alone is drawn as a line, none as nothing. `expected` axis: lit digits."""
        was_there = self._across is not None and self._upwards is not None
        self._across, self._upwards, self._expected, self._focused = across, upwards, expected, focused
        if across is not None and upwards is not None:
            target = QPointF(across, upwards)
            self._glide.stop()
            if was_there and self.isVisible() and target != self._mark:
                self._glide.setStartValue(QPointF(self._mark))
                self._glide.setEndValue(target)
                self._glide.start()
            else:
                self._mark = target
        self.update()

    @Slot(object)
    def _glided(self, point: QPointF) -> None:
        self._mark = QPointF(point)
        self.update()

    # Geometry

    def sizeHint(self) -> QSize:
        return self._around(_USUAL)

    def minimumSizeHint(self) -> QSize:
        return self._around(_LEAST)

    def _word_line(self) -> float:
        return QFontMetricsF(self.font()).height() + GRID / 2

    def _around(self, side: int) -> QSize:
        line = self._word_line()
        return QSize(side + 2 * (_SIDE + self._room), round(side + 2 * line + self._room))

    def _square(self) -> QRectF:
        line = self._word_line()
        side = min(self.width() - 2 * (_SIDE + self._room), self.height() - 2 * line - self._room)
        return QRectF(
            (self.width() - side) / 2, line + (self.height() - 2 * line - self._room - side) / 2, side, side
        )

    def _inner(self) -> QRectF:
        """Where shares 0 and 1 lie: in the middle of the outer cells, or a little inside the edge."""
        square = self._square()
        inset = [square.width() / (2 * n) if n else _INSET for n in self._steps]
        return square.adjusted(inset[0], inset[1], -inset[0], -inset[1])

    def _point(self, across: float, upwards: float) -> QPointF:
        inner = self._inner()
        return QPointF(inner.left() + across * inner.width(), inner.bottom() - upwards * inner.height())

    def _shares(self, point: QPointF) -> tuple[float, float]:
        """Shares below a point, clipped to the square and snapped to whole steps where the scale has steps."""
        inner = self._inner()
        raw = (point.x() - inner.left()) / inner.width(), (inner.bottom() - point.y()) / inner.height()
        clipped = [min(max(share, 0.0), 1.0) for share in raw]
        across, upwards = (
            round(share * (n - 1)) / (n - 1) if n > 1 else share
            for share, n in zip(clipped, self._steps, strict=True)
        )
        return across, upwards

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._square().contains(event.position()):
            self._dragging = True
            self.pointed.emit(*self._shares(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover = event.position() if self._square().contains(event.position()) else None
        if event.buttons() & Qt.MouseButton.LeftButton and self._dragging:
            self.pointed.emit(*self._shares(event.position()))
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._dragging:
            self._dragging = False
            self.released.emit()

    def leaveEvent(self, event: QEvent) -> None:
        self._hover = None
        self.update()
        super().leaveEvent(event)

    # Painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        with open_painter(self) as painter:
            square = self._square()
            self._paint_ground(painter, square)
            self._paint_words(painter, square)
            self._paint_keys(painter, square)
            self._paint_mark(painter, square)
            if self._focused:
                focus_ring(painter, square.adjusted(-3, -3, 3, 3), radius=RADIUS + 2)

    def _paint_ground(self, painter: QPainter, square: QRectF) -> None:
        theme = current_theme()
        box(painter, square, theme.colour("surface"), theme.colour("outline"))
        painter.setPen(QPen(theme.colour("grid"), 1))
        for x in self._lines(0, square.left(), square.width()):
            painter.drawLine(QPointF(x, square.top() + 1), QPointF(x, square.bottom() - 1))
        for y in self._lines(1, square.top(), square.height()):
            painter.drawLine(QPointF(square.left() + 1, y), QPointF(square.right() - 1, y))
        self._paint_middle(painter, square)

    def _lines(self, axis: int, start: float, length: float) -> list[float]:
        """Places of the grid's lines: between the cells of a stepped scale, through the keys of a continuous one."""
        steps = self._steps[axis]
        if steps:
            return [start + length * n / steps for n in range(1, steps)]
        return [start + _INSET + (length - 2 * _INSET) * n / (KEY_STEPS - 1) for n in range(KEY_STEPS)]

    def _paint_middle(self, painter: QPainter, square: QRectF) -> None:
        """The neutral row and column: a shade where there are cells, a line where there are none."""
        theme, centre = current_theme(), square.center()
        shade = theme.colour("muted", 0.08)
        painter.setPen(QPen(mix(theme.colour("surface"), theme.colour("muted"), 0.55), 1))
        across, upwards = self._steps
        if not across:
            painter.drawLine(QPointF(centre.x(), square.top() + 1), QPointF(centre.x(), square.bottom() - 1))
        elif across % 2:
            width = square.width() / across
            painter.fillRect(
                QRectF(centre.x() - width / 2, square.top() + 1, width, square.height() - 2), shade
            )
        if not upwards:
            painter.drawLine(QPointF(square.left() + 1, centre.y()), QPointF(square.right() - 1, centre.y()))
        elif upwards % 2:
            height = square.height() / upwards
            painter.fillRect(
                QRectF(square.left() + 1, centre.y() - height / 2, square.width() - 2, height), shade
            )

    def _paint_words(self, painter: QPainter, square: QRectF) -> None:
        theme, line = current_theme(), self._word_line()
        left, right, bottom, top = self._ends
        above = QRectF(square.left(), square.top() - line, square.width(), line - GRID / 2)
        below = QRectF(square.left(), square.bottom() + self._room, square.width(), line)
        painter.setPen(theme.colour("text"))
        painter.setFont(scaled_font(self.font(), 0.93, bold=True))
        centre = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter
        wide = self._room + _SIDE  # a small square may have longer words than it is wide
        elided(painter, above.adjusted(-wide, 0, wide, 0), centre, top)
        elided(painter, below.adjusted(-wide, 0, wide, 0), centre, bottom)
        middle = square.center().y()
        before = QRectF(square.left() - self._room - _SIDE, middle - 60, _SIDE - 4, 120)
        after = QRectF(square.right() + GRID, middle - 60, _SIDE, 120)
        upright = Qt.AlignmentFlag.AlignVCenter | _WRAP
        painter.drawText(before, int(upright | Qt.AlignmentFlag.AlignRight), left)
        painter.drawText(after, int(upright | Qt.AlignmentFlag.AlignLeft), right)
        metrics = QFontMetricsF(painter.font())
        painter.setFont(scaled_font(self.font(), 0.86))
        painter.setPen(theme.colour("muted"))
        vertical = Qt.AlignmentFlag.AlignVCenter
        corner = QFontMetricsF(painter.font())
        for rect, end, words in ((above, top, self._corners[:2]), (below, bottom, self._corners[2:])):
            # In a small square the words of the axis go before those of the corners.
            widest = max(corner.horizontalAdvance(word) for word in words)
            if metrics.horizontalAdvance(end) + 2 * widest + 2 * GRID > rect.width():
                continue
            painter.drawText(rect, int(vertical | Qt.AlignmentFlag.AlignLeft), words[0])
            painter.drawText(rect, int(vertical | Qt.AlignmentFlag.AlignRight), words[1])

    def _paint_keys(self, painter: QPainter, square: QRectF) -> None:
        theme = current_theme()
        for axis, keys in enumerate(self._keys):
            lit = axis == self._expected
            painter.setFont(scaled_font(self.font(), 0.86, bold=lit))
            painter.setPen(theme.colour("accent" if lit else "muted"))
            for text, share in keys:
                if axis == 0:
                    centre = QPointF(self._point(share, 0).x(), square.bottom() + self._room / 2 + 1)
                else:
                    centre = QPointF(square.left() - self._room / 2, self._point(0, share).y())
                painter.drawText(
                    QRectF(centre.x() - 10, centre.y() - 10, 20, 20), Qt.AlignmentFlag.AlignCenter, text
                )

    def _paint_mark(self, painter: QPainter, square: QRectF) -> None:
        theme = current_theme()
        accent = theme.colour("accent")
        if self._hover is not None:
            self._paint_spot(painter, self._point(*self._shares(self._hover)), faint=True)
        if self._across is None and self._upwards is None:
            return
        whole = self._across is not None and self._upwards is not None
        # Half a mark stands where it was set, without the glide between two whole ones.
        place = self._point(self._across or 0.0, self._upwards or 0.0)
        if whole:
            place = self._point(self._mark.x(), self._mark.y())
        line = QPen(accent, 1.5 if whole else 2, Qt.PenStyle.DashLine if whole else Qt.PenStyle.SolidLine)
        painter.setPen(line)
        if self._across is not None:
            painter.drawLine(QPointF(place.x(), square.top() + 2), QPointF(place.x(), square.bottom() - 2))
        if self._upwards is not None:
            painter.drawLine(QPointF(square.left() + 2, place.y()), QPointF(square.right() - 2, place.y()))
        if whole:
            self._paint_spot(painter, place, faint=False)

    def _paint_spot(self, painter: QPainter, place: QPointF, *, faint: bool) -> None:
        theme = current_theme()
        if faint:
            painter.setPen(QPen(theme.colour("accent"), 1.5))
            painter.setBrush(theme.colour("accent", 0.15))
        else:
            painter.setPen(QPen(theme.colour("surface"), 3))
            painter.setBrush(theme.colour("accent"))
        painter.drawEllipse(place, 9, 9)
