"""The controls inside a row of scales: numbered buttons side by side, or a slider."""

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from annotator.domain.corpus import Value
from annotator.domain.scheme import Item
from annotator.gui.panels.answers import KEY_STEPS, at_share, choices, digit_values, share_of, value_text
from annotator.gui.theme import GRID, current_theme, mix
from annotator.gui.widgets.painting import announce, box, open_painter, scaled_font

_WIDEST = 600  # so that a long scale and a short one keep the same length in one panel


class Strip(QWidget):
    """A control for one numeric item. `picked(value)` follows the mouse; keys come through its panel."""

    picked = Signal(object)

    #: Room at the right that is not scale.
    readout = 0

    def __init__(self, item: Item, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.item = item
        self._value: Value = None
        self._active = False
        self.setAccessibleName(item.title)
        self.setMouseTracking(True)
        self.setMaximumWidth(_WIDEST)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_value(self, value: Value, *, active: bool) -> None:
        """Shows `value` (None: nothing chosen); `active` while digits go to this strip."""
        self._value, self._active = value, active
        announce(self, "" if value is None else value_text(self.item, value))
        self.update()


class ButtonStrip(Strip):
    """One button per step of a short whole-number scale."""

    def __init__(self, item: Item, parent: QWidget | None = None) -> None:
        super().__init__(item, parent)
        self._values = choices(item)
        self._digits = {value: digit for digit, value in digit_values(item).items()}
        # Keys are shown only where they are not the values themselves.
        self._keys_differ = any(value != digit for value, digit in self._digits.items())
        self._hover: int | None = None

    def sizeHint(self) -> QSize:
        return QSize(56 * len(self._values), self._button_height())

    def minimumSizeHint(self) -> QSize:
        return QSize(28 * len(self._values), self._button_height())

    def _button_height(self) -> int:
        return round(QFontMetricsF(self.font()).height()) + 2 * GRID - 2 + (12 if self._keys_differ else 0)

    def cell(self, index: int) -> QRectF:
        """Place of button number `index`, at the foot of the strip."""
        width, height = self.width() / len(self._values), self._button_height()
        return QRectF(index * width, self.height() - height, width, height)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover = self._index_at(event.position())
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hover = None
        self.update()
        super().leaveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and QRectF(self.rect()).contains(event.position()):
            self.picked.emit(self._values[self._index_at(event.position())])

    def _index_at(self, point: QPointF) -> int:
        index = int(point.x() / (self.width() / len(self._values)))
        return min(max(index, 0), len(self._values) - 1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with open_painter(self) as painter:
            for index, value in enumerate(self._values):
                self._paint_button(painter, self.cell(index).adjusted(2, 0, -2, 0), index, value)

    def _paint_button(self, painter: QPainter, rect: QRectF, index: int, value: Value) -> None:
        theme = current_theme()
        chosen = value == self._value
        if chosen:
            ground, edge, ink = "accent", "accent", "on_accent"
        else:
            ground, edge, ink = "hover" if index == self._hover else "raised", "outline", "text"
        box(painter, rect, theme.colour(ground), theme.colour(edge))
        painter.setFont(scaled_font(self.font(), 1.0, bold=chosen))
        painter.setPen(theme.colour(ink))
        number = rect.adjusted(0, 3, 0, -15) if self._keys_differ else rect
        painter.drawText(number, Qt.AlignmentFlag.AlignCenter, value_text(self.item, value))
        if self._keys_differ and value in self._digits:
            painter.setFont(scaled_font(self.font(), 0.72))
            painter.setPen(theme.colour("on_accent" if chosen else "accent" if self._active else "muted"))
            painter.drawText(
                rect.adjusted(0, 0, 0, -4),
                Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom,
                f"[{self._digits[value]}]",
            )


class SliderStrip(Strip):
    """A line with nine ticks, one per digit, and a handle once a value is chosen."""

    _SIDE = 12
    readout = 64

    def sizeHint(self) -> QSize:
        return QSize(400, 44)

    def minimumSizeHint(self) -> QSize:
        return QSize(220, 44)

    def _line(self) -> QRectF:
        return QRectF(self._SIDE, 14, self.width() - 2 * self._SIDE - self.readout, 0)

    def _x(self, share: float) -> float:
        return self._line().left() + share * self._line().width()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._follow(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._follow(event)

    def _follow(self, event: QMouseEvent) -> None:
        """The handle goes with the mouse; the answer is given when it is let go."""
        self._value = at_share(self.item, (event.position().x() - self._line().left()) / self._line().width())
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._follow(event)
            self.picked.emit(self._value)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, line = current_theme(), self._line()
        with open_painter(self) as painter:
            y = line.top()
            track = QRectF(line.left(), y - 2, line.width(), 4)
            box(painter, track, mix(theme.colour("surface"), theme.colour("muted"), 0.3), radius=2)
            painter.setFont(scaled_font(self.font(), 0.79))
            for step in range(KEY_STEPS):
                x = self._x(step / (KEY_STEPS - 1))
                painter.setPen(QPen(theme.colour("outline"), 1))
                painter.drawLine(QPointF(x, y + 6), QPointF(x, y + 10))
                painter.setPen(theme.colour("accent" if self._active else "muted"))
                painter.drawText(QRectF(x - 10, y + 11, 20, 16), Qt.AlignmentFlag.AlignCenter, str(step + 1))
            if self._value is not None:
                self._paint_handle(painter, float(self._value), y)

    def _paint_handle(self, painter: QPainter, value: float, y: float) -> None:
        theme = current_theme()
        painter.setPen(QPen(theme.colour("surface"), 2))
        painter.setBrush(theme.colour("accent"))
        painter.drawEllipse(QPointF(self._x(share_of(self.item, value)), y), 9, 9)
        painter.setFont(scaled_font(self.font(), 1.0, bold=True))
        painter.setPen(theme.colour("text"))
        place = QRectF(self.width() - self.readout, y - 14, self.readout, 28)
        painter.drawText(
            place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, value_text(self.item, value)
        )
