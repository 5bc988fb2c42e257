"""EmptyState: what a view shows while it has nothing to show, and the one thing to do about it."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from annotator.gui.icons import paint_icon
from annotator.gui.theme import GRID, current_theme
from annotator.gui.widgets.painting import open_painter


class EmptyState(QWidget):
    """Icon, title, one sentence and, where `action` is given, a primary button that emits `acted`."""

    acted = Signal()

    def __init__(
        self, icon: str, title: str, sentence: str, action: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(title)
        self.setAccessibleDescription(sentence)
        heading = QLabel(title)
        heading.setProperty("role", "title")
        text = QLabel(sentence)
        text.setProperty("role", "muted")
        text.setWordWrap(True)
        text.setFixedWidth(52 * GRID)
        #: The primary button; hidden where there is nothing to press.
        self.button = QPushButton(action)
        self.button.setProperty("kind", "primary")
        if not action:  # never show it here: without a parent it would flash up as a window of its own
            self.button.hide()
        self.button.clicked.connect(self._act)
        column = QVBoxLayout(self)
        column.setSpacing(GRID)
        column.addStretch(2)
        column.addWidget(_Emblem(icon), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(GRID)
        for label in (heading, text):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(heading)
        # Stretches, not an alignment, centre the sentence: a layout asks aligned labels only for one line's height.
        centred = QHBoxLayout()
        centred.addStretch(1)
        centred.addWidget(text)
        centred.addStretch(1)
        column.addLayout(centred)
        column.addSpacing(GRID)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)

    @Slot()
    def _act(self) -> None:
        self.acted.emit()


class _Emblem(QWidget):
    """The icon in a soft round field."""

    def __init__(self, icon: str) -> None:
        super().__init__()
        self._icon = icon
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(8 * GRID, 8 * GRID)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = current_theme()
        with open_painter(self) as painter:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("accent_soft"))
            painter.drawEllipse(QRectF(self.rect()))
            paint_icon(painter, self._icon, QRectF(18, 18, 28, 28), theme.colour("accent"))
