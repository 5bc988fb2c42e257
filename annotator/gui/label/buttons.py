"""KeyedButton: a button that shows the key that does the same."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QKeySequence, QPaintEvent
from PySide6.QtWidgets import QPushButton, QWidget

from annotator.domain.translation import tr
from annotator.gui.icons import set_icon
from annotator.gui.theme import GRID, current_theme
from annotator.gui.widgets.keycap import keycap_width, paint_keycap
from annotator.gui.widgets.painting import box, open_painter, scaled_font

_EDGE = 10  # room between the key and the button's edge


class KeyedButton(QPushButton):
    """A button for one action and its key, drawn on it unless it is a combination: that is told by the tooltip.

    A click never takes the keyboard away from where it is; Tab still comes here.
    """

    def __init__(
        self,
        action: str,
        text: str,
        *,
        icon: str = "",
        kind: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self.setObjectName(action)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._kind = kind
        #: The key as it is called on the keyboard.
        self.key = ""
        self._drawn = False
        if kind:
            self.setProperty("kind", kind)
        if icon:
            set_icon(self, icon, "on_accent" if kind == "primary" else "text")
        self.setAccessibleName(text)

    def show_key(self, shortcut: str) -> None:
        """Shows another key, or none."""
        self.key = _key_name(shortcut)
        self.setAccessibleDescription(tr("Key {key}", key=self.key) if self.key else "")
        # The key stands in the padding: the style itself then keeps the text clear of it.
        self._drawn = bool(self.key) and "+" not in self.key
        room = round(keycap_width(scaled_font(self.font(), 0.86), self.key)) + _EDGE + GRID
        self.setStyleSheet(f"QPushButton {{ padding-right: {room}px; }}" if self._drawn else "")

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._drawn:
            return
        theme = current_theme()
        with open_painter(self) as painter:
            painter.setFont(scaled_font(self.font(), 0.86))
            height = QFontMetricsF(painter.font()).height() + 4
            width = keycap_width(painter.font(), self.key)
            rect = QRectF(self.width() - width - _EDGE, (self.height() - height) / 2, width, height)
            if self._kind == "primary" and self.isEnabled():
                box(painter, rect, theme.colour("on_accent", 0.2), radius=4)
                painter.setPen(theme.colour("on_accent"))
                painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self.key)
            else:
                painter.setOpacity(1.0 if self.isEnabled() else 0.5)
                paint_keycap(painter, rect, self.key)


def _key_name(shortcut: str) -> str:
    """The key as it is called on the keyboard."""
    text = QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)
    return {"Return": tr("Enter"), "Space": tr("Space")}.get(text, text)
