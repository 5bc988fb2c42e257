"""Menus that the window opens by key: corpora opened last, steps that can be taken back."""

from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QMenu, QWidget, QWidgetAction

from annotator.domain.translation import tr
from annotator.gui.context import Context

_STEPS = 20


def add_heading(menu: QMenu, text: str) -> None:
    """Puts a heading over the entries that follow; a style sheet hides the text of Qt's own sections."""
    if not menu.isEmpty():
        menu.addSeparator()
    label = QLabel(text)
    label.setProperty("role", "menu-heading")
    heading = QWidgetAction(menu)
    heading.setDefaultWidget(label)
    heading.setEnabled(False)
    menu.addAction(heading)


class RecentMenu(QMenu):
    """The corpora opened last that still exist, without the one that is open."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.setAccessibleName(tr("Corpora opened last"))
        open_now = context.session.folder if context.session is not None else None
        for path in map(Path, context.settings.recent):
            if path.is_dir() and path != open_now:
                entry = self.addAction(f"{path.name}\t{path.parent}")
                entry.setData(str(path))
        if self.isEmpty():
            self.addAction(tr("No other corpus was opened yet")).setEnabled(False)
        self.triggered.connect(self._open)

    @Slot(QAction)
    def _open(self, entry: QAction) -> None:
        self._context.open(Path(entry.data()))


class UndoMenu(QMenu):
    """The last steps, newest first: choosing one takes back all down to it."""

    chosen = Signal(int)  # how many steps

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Steps that can be taken back"))
        steps = context.session.undoable_steps if context.session is not None else ()
        for n, step in enumerate(steps[:_STEPS], 1):
            entry = self.addAction(step)
            entry.setData(n)
        if self.isEmpty():
            self.addAction(tr("There is nothing to take back")).setEnabled(False)
        self.triggered.connect(self._choose)

    @Slot(QAction)
    def _choose(self, entry: QAction) -> None:
        self.chosen.emit(entry.data())
