"""Sheet: the content of a page that scrolls."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget


class Sheet(QWidget):
    """As tall as its width asks for: the least height of wrapping texts is reckoned for narrower ones."""

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), 0)
