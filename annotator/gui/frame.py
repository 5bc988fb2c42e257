"""What frames the workspaces: the rail at the left and the header above."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout

from annotator.app.actions import WORKSPACES, workspace_titles
from annotator.domain.translation import tr
from annotator.gui.icons import set_icon
from annotator.gui.theme import GRID


class Rail(QFrame):
    """The five stages, top to bottom, in the order of the work."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("rail")
        self.setFixedWidth(13 * GRID)
        self._buttons: dict[str, QToolButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, 2 * GRID, GRID, 2 * GRID)
        column.setSpacing(GRID // 2)
        for name in WORKSPACES:
            button = QToolButton()
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
            button.setIconSize(QSize(22, 22))
            button.setCheckable(True)
            button.setFixedSize(11 * GRID, 8 * GRID)
            button.setProperty("role", "rail")
            set_icon(button, name, "muted", on="accent")
            button.setText(workspace_titles()[name])
            button.setAccessibleName(workspace_titles()[name])
            self._buttons[name] = button
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        self._foot = [QToolButton(), QToolButton(), QToolButton()]
        for button in self._foot:
            button.setIconSize(QSize(20, 20))
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)

    def bind(self, known: dict[str, QAction]) -> None:
        """Has the buttons do the actions of the same name."""
        for name, button in self._buttons.items():
            button.clicked.connect(known[f"go_{name}"].trigger)
        for button, name in zip(self._foot, ("palette", "keys", "toggle_theme"), strict=True):
            button.setDefaultAction(known[name])
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)

    def bind_hints(self, known: dict[str, QAction]) -> None:
        """Has the buttons say the keys of their actions."""
        for name, button in self._buttons.items():
            button.setToolTip(known[f"go_{name}"].toolTip())

    def mark(self, current: str) -> None:
        """Shows which workspace is in front; none on the start page."""
        for name, button in self._buttons.items():
            button.setChecked(name == current)
            button.setEnabled(bool(current))


class Header(QFrame):
    """Name of the corpus, undo and redo, who is rating."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("header")
        self.setFixedHeight(7 * GRID)
        self._corpus = QLabel()
        self._corpus.setProperty("role", "heading")
        self._state = QLabel()
        self._state.setProperty("role", "warning")
        self._undo, self._redo = QToolButton(), QToolButton()
        self._rater = QPushButton()
        self._rater.setProperty("kind", "quiet")
        set_icon(self._rater, "user")
        self._rater.setAccessibleName(tr("Annotator"))
        self._add = QPushButton(tr("Add audio"))
        set_icon(self._add, "plus")
        self._inside = (self._undo, self._redo, self._rater, self._add)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * GRID, 0, 2 * GRID, 0)
        row.setSpacing(GRID)
        row.addWidget(self._corpus)
        row.addWidget(self._state)
        row.addStretch(1)
        for button in (self._undo, self._redo):
            button.setIconSize(QSize(20, 20))
        for widget in self._inside:
            row.addWidget(widget)

    def bind(self, known: dict[str, QAction]) -> None:
        """Has the buttons do their actions."""
        self._undo.setDefaultAction(known["undo"])
        self._redo.setDefaultAction(known["redo"])
        for button in (self._undo, self._redo):
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self._rater.clicked.connect(known["switch_rater"].trigger)
        self._add.clicked.connect(known["add_audio"].trigger)

    def bind_hints(self, known: dict[str, QAction]) -> None:
        """Has the buttons say the keys of their actions."""
        self._rater.setToolTip(known["switch_rater"].toolTip())
        self._add.setToolTip(known["add_audio"].toolTip())

    def show_corpus(self, name: str, *, writable: bool) -> None:
        """Shows the corpus's name; without one only the header's ground is there."""
        self._corpus.setText(name or "Annotator")
        self._state.setText("" if writable else tr("read-only"))
        for widget in self._inside:
            widget.setVisible(bool(name))
        self._add.setEnabled(writable)

    def show_rater(self, name: str) -> None:
        """Shows whose ratings are being given."""
        self._rater.setText(name)
