"""Keys that controls keep for themselves although the window has a shortcut on them."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

_PLAIN = Qt.KeyboardModifier.NoModifier
_MOVING = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End}
_PRESSING = {Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab, Qt.Key.Key_Escape}

#: Keys that a list, a slider, a combo box or a button works with.
CONTROL_KEYS = frozenset(_MOVING | _PRESSING)
#: Keys that a text field needs beyond the letters, which it keeps by itself.
TEXT_KEYS = frozenset(_PRESSING | {Qt.Key.Key_Up, Qt.Key.Key_Down})


class KeyKeeper(QObject):
    """While a widget under its care has the focus, plain presses of `keys` go to the widget, not to a shortcut."""

    def __init__(self, keys: frozenset[Qt.Key], parent: QObject) -> None:
        super().__init__(parent)
        self._keys = keys

    def guard(self, *widgets: QWidget) -> None:
        """Takes widgets into its care."""
        for widget in widgets:
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Qt asks the focused widget, by this event, before it fires a shortcut.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            shift = event.modifiers() == Qt.KeyboardModifier.ShiftModifier
            if event.key() in self._keys and (event.modifiers() == _PLAIN or shift):
                event.accept()
                return True
        return super().eventFilter(watched, event)
