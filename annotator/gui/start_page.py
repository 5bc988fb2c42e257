"""What the window shows before a corpus is open: make one, open one, or try the demo."""

from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from annotator.domain.translation import tr
from annotator.gui.context import Context
from annotator.gui.icons import icon, set_icon
from annotator.gui.theme import GRID


class StartPage(QWidget):
    """Three buttons and the corpora opened last."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.setObjectName("page")
        self._context = context
        title = QLabel(tr("From audio to a labelled corpus"))
        title.setProperty("role", "title")
        text = QLabel(
            tr(
                "Cut talk shows or music into segments, let several people rate them, see how far they agree, "
                "and train a baseline on what they say."
            )
        )
        text.setProperty("role", "muted")
        text.setWordWrap(True)
        self._new = QPushButton(tr("New corpus"))
        self._new.setProperty("kind", "primary")
        self._open = QPushButton(tr("Open corpus"))
        self._demo = QPushButton(tr("Try the demo corpus"))
        for button, name, role in (
            (self._new, "plus", "on_accent"), (self._open, "folder", "text"), (self._demo, "music", "text"),
        ):  # fmt: skip
            set_icon(button, name, role)
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        for button in (self._new, self._open, self._demo):
            buttons.addWidget(button)
        buttons.addStretch(1)
        self._heading = QLabel(tr("Opened last"))
        self._heading.setProperty("role", "heading")
        self._recent = QListWidget()
        self._recent.setAccessibleName(tr("Corpora opened last"))
        self._recent.itemActivated.connect(self._open_recent)
        inner = QWidget()
        inner.setFixedWidth(76 * GRID)
        column = QVBoxLayout(inner)
        column.setSpacing(2 * GRID)
        column.addWidget(title)
        column.addWidget(text)
        column.addLayout(buttons)
        column.addSpacing(2 * GRID)
        column.addWidget(self._heading)
        column.addWidget(self._recent, 1)
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(4 * GRID, 9 * GRID, 4 * GRID, 4 * GRID)
        outer.addWidget(inner, 1, Qt.AlignmentFlag.AlignHCenter)
        self.refresh()

    def bind(self, known: dict[str, QAction]) -> None:
        """Has the buttons do their actions."""
        self._new.clicked.connect(known["new_corpus"].trigger)
        self._open.clicked.connect(known["open_corpus"].trigger)
        self._demo.clicked.connect(known["open_demo"].trigger)

    def refresh(self) -> None:
        """Lists the corpora that still exist."""
        self._recent.clear()
        for path in self._context.settings.recent:
            if Path(path).is_dir():
                item = QListWidgetItem(icon("folder", "muted"), f"{Path(path).name}\n{Path(path).parent}")
                item.setData(Qt.ItemDataRole.UserRole, path)
                self._recent.addItem(item)
        for widget in (self._heading, self._recent):
            widget.setVisible(self._recent.count() > 0)
        self._new.setFocus()

    @Slot(QListWidgetItem)
    def _open_recent(self, item: QListWidgetItem) -> None:
        self._context.open(Path(item.data(Qt.ItemDataRole.UserRole)))
