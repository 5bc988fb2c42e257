"""Ctrl+K: every command by a few letters of its name."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from annotator.app.actions import Action
from annotator.domain.translation import tr
from annotator.gui.icons import icon
from annotator.gui.key_names import first_key
from annotator.gui.theme import GRID, current_theme


def matches(query: str, title: str) -> bool:
    """Whether all words of the query occur in the title, in any order.

    >>> matches("sp make", "Make a split"), matches("zoom", "Play")
    (True, False)
    """
    lowered = title.lower()
    return all(word in lowered for word in query.lower().split())


class CommandPalette(QDialog):
    """A search field over the list of commands; Enter does the marked one."""

    def __init__(self, parent: QWidget, offered: Sequence[Action]) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAccessibleName(tr("Find a command"))
        self._offered = offered
        self.chosen = ""
        self._query = QLineEdit()
        self._query.setPlaceholderText(tr("Type what you want to do"))
        self._query.textChanged.connect(self._filter)
        self._query.installEventFilter(self)
        self._list = QTreeWidget()
        self._list.setAccessibleName(tr("Commands"))
        self._list.setColumnCount(2)
        self._list.setHeaderHidden(True)
        self._list.setRootIsDecorated(False)
        self._list.setUniformRowHeights(True)
        self._list.header().setStretchLastSection(False)
        self._list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self._list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self._list.itemActivated.connect(self._choose)
        self._list.itemClicked.connect(self._choose)
        hint = QLabel(tr("Up and Down to choose, Enter to do it, Esc to leave"))
        hint.setProperty("role", "caption")
        self.setObjectName("palette")
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID + GRID // 2, GRID + GRID // 2, GRID + GRID // 2, GRID)
        column.addWidget(self._query)
        column.addWidget(self._list)
        column.addWidget(hint)
        self.resize(70 * GRID, 52 * GRID)
        self._filter("")

    @staticmethod
    def ask(parent: QWidget, offered: Sequence[Action]) -> str:
        """Shows the palette over the window and gives the id of the chosen command, or nothing."""
        palette = CommandPalette(parent, offered)
        corner = parent.mapToGlobal(parent.rect().topLeft())
        palette.move(corner.x() + (parent.width() - palette.width()) // 2, corner.y() + 10 * GRID)
        palette._query.setFocus()
        palette.exec()
        return palette.chosen

    @Slot(str)
    def _filter(self, query: str) -> None:
        self._list.clear()
        for action in self._offered:
            if matches(query, action.title):
                item = QTreeWidgetItem([action.title, first_key(action)])
                item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                item.setForeground(1, current_theme().colour("muted"))
                if action.icon:
                    item.setIcon(0, icon(action.icon, "muted"))
                item.setData(0, Qt.ItemDataRole.UserRole, action.id)
                self._list.addTopLevelItem(item)
        self._list.setCurrentItem(self._list.topLevelItem(0))

    @Slot(QTreeWidgetItem)
    def _choose(self, item: QTreeWidgetItem) -> None:
        self.chosen = item.data(0, Qt.ItemDataRole.UserRole)
        self.accept()

    def _step(self, by: int) -> None:
        count = self._list.topLevelItemCount()
        if count:
            now = self._list.indexOfTopLevelItem(self._list.currentItem())
            self._list.setCurrentItem(self._list.topLevelItem((now + by) % count))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                self._step(1 if event.key() == Qt.Key.Key_Down else -1)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                if (item := self._list.currentItem()) is not None:
                    self._choose(item)
                return True
        return super().eventFilter(watched, event)
