"""RowList: rows with buttons of their own, walked with the arrow keys, within a page that scrolls."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QEnterEvent, QFocusEvent, QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from annotator.gui.theme import GRID, current_theme
from annotator.gui.widgets.painting import box, focus_ring, open_painter


class Row(QWidget):
    """A row that is opened by a click, Enter or Space. Subclasses lay out what it shows.

    `keys` maps further keys to buttons of the row, as in ``{Qt.Key.Key_O: button}``.
    """

    opened = Signal()
    focused = Signal()  # the row, or a button of it, is what the user is at

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.keys: dict[Qt.Key, QAbstractButton] = {}
        self._current = self._hovered = False

    def set_current(self, current: bool) -> None:
        """The current row, and its buttons, are where Tab stops; the others are passed over."""
        self._current = current
        policy = Qt.FocusPolicy
        self.setFocusPolicy(policy.StrongFocus if current else policy.ClickFocus)
        for button in self.findChildren(QAbstractButton):
            button.setFocusPolicy(policy.StrongFocus if current else policy.NoFocus)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.modifiers() not in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier):
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.opened.emit()
        elif (button := self.keys.get(event.key())) is not None and button.isEnabled():
            button.click()
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.opened.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focused.emit()
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._hovered = True
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = False
        self.update()
        super().leaveEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = current_theme()
        with open_painter(self) as painter:
            rect = QRectF(self.rect())
            if self._hovered:
                box(painter, rect, theme.colour("hover"))
            elif not self._current or not self.hasFocus():
                painter.fillRect(
                    QRectF(GRID, rect.bottom() - 1, rect.width() - 2 * GRID, 1), theme.colour("border")
                )
            if self.hasFocus():
                focus_ring(painter, rect)


class RowList(QWidget):
    """Rows one below the other. Up, Down, Home and End walk; Tab goes through the buttons of the current row."""

    def __init__(self, *, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._rows: tuple[Row, ...] = ()
        self._index = 0
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows from top to bottom."""
        return self._rows

    @property
    def current(self) -> Row | None:
        """The row that the keyboard is at."""
        return self._rows[self._index] if self._rows else None

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Replaces all rows; the list is their parent from now on."""
        for row in self._rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows, self._index = (), 0
        self.add_rows(rows)

    def add_rows(self, rows: Sequence[Row]) -> None:
        """Puts further rows below those that are there."""
        first = len(self._rows)
        self._rows = (*self._rows, *rows)
        for n, row in enumerate(rows, start=first):
            row.focused.connect(self._row_focused)
            for button in row.findChildren(QAbstractButton):
                button.pressed.connect(row.focused)
            self._column.addWidget(row)
            row.set_current(n == self._index)

    @Slot()
    def _row_focused(self) -> None:
        row = self.sender()
        if row in self._rows:
            self._mark(self._rows.index(row))

    def _mark(self, index: int) -> None:
        if index != self._index:
            self._rows[self._index].set_current(False)
            self._index = index
            self._rows[index].set_current(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last = len(self._rows) - 1
        target = {
            Qt.Key.Key_Up: self._index - 1, Qt.Key.Key_Down: self._index + 1,
            Qt.Key.Key_Home: 0, Qt.Key.Key_End: last,
        }.get(event.key())  # fmt: skip
        if target is None or not 0 <= target <= last:
            super().keyPressEvent(event)
            return
        self._mark(target)
        row = self._rows[target]
        row.setFocus(Qt.FocusReason.OtherFocusReason)
        page = _scroll_area(self)
        if page is not None:
            page.ensureWidgetVisible(row, 0, 2 * GRID)


def _scroll_area(widget: QWidget) -> QScrollArea | None:
    """The page that a widget scrolls with."""
    while widget is not None and not isinstance(widget, QScrollArea):
        widget = widget.parentWidget()
    return widget
