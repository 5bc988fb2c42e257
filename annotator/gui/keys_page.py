"""F1: every key of every workspace."""

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from annotator.app.actions import EVERYWHERE, WORKSPACES, actions, workspace_titles
from annotator.domain.translation import tr
from annotator.gui.theme import GRID
from annotator.gui.widgets.keycap import KeyCap


class KeysPage(QDialog):
    """The keys, grouped by where they work."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Keys"))
        self.resize(90 * GRID, 80 * GRID)
        headings = {EVERYWHERE: tr("Everywhere"), **workspace_titles()}
        inner = QWidget()
        grid = QGridLayout(inner)
        grid.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        grid.setVerticalSpacing(GRID)
        grid.setColumnStretch(0, 1)
        line = 0
        for home in (EVERYWHERE, *WORKSPACES):
            heading = QLabel(headings[home])
            heading.setProperty("role", "heading")
            grid.addWidget(heading, line, 0)
            line += 1
            for action in actions():
                if action.home == home and action.shortcuts:
                    grid.addWidget(QLabel(action.title), line, 0)
                    grid.addLayout(_caps(action.shortcuts), line, 1)
                    line += 1
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(inner)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(scroll)
        column.addWidget(buttons)


def _caps(shortcuts: tuple[str, ...]) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(GRID)
    row.addStretch(1)
    for shortcut in shortcuts:
        row.addWidget(KeyCap(QKeySequence(shortcut)))
    return row
