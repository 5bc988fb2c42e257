"""WaitingPage: what a page shows while what belongs there is read."""

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

_PATIENCE = 300  # ms within which most pages are there: a sentence that flashes up would only disturb


class WaitingPage(QWidget):
    """Nothing at first, then one sentence in the middle."""

    def __init__(self, sentence: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(sentence)
        #: The sentence; hidden while waiting has only begun.
        self.label = QLabel(sentence)
        self.label.setProperty("role", "muted")
        self.label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.label.hide()
        column = QVBoxLayout(self)
        column.addWidget(self.label)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PATIENCE)
        self._timer.timeout.connect(self._say)

    def showEvent(self, event: QShowEvent) -> None:
        """Waiting begins."""
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Waiting is over."""
        super().hideEvent(event)
        self._timer.stop()
        self.label.hide()

    @Slot()
    def _say(self) -> None:
        self.label.show()
