"""What an import would bring, as a list to read: what comes in, what is odd, what is left out."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem

from annotator.app.importing import ImportResult
from annotator.app.remarks import Tally
from annotator.domain.translation import tr
from annotator.gui.icons import icon
from annotator.gui.theme import GRID


class ImportPreview(QTreeWidget):
    """Counts by kind, with examples below; all of it can be read with the arrow keys."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Preview"))
        self.setColumnCount(2)
        self.setHeaderHidden(True)
        self.setIndentation(2 * GRID)
        self.setUniformRowHeights(True)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumHeight(10 * GRID)
        self.setIconSize(QSize(2 * GRID, 2 * GRID))
        header = self.header()
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(6 * GRID)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)

    def sizeHint(self) -> QSize:
        """No more than the least: it takes what room its form has left."""
        return QSize(super().sizeHint().width(), self.minimumHeight())

    def say(self, text: str) -> None:
        """Shows one sentence in place of a preview."""
        self.clear()
        item = QTreeWidgetItem(self, [text])
        item.setFirstColumnSpanned(True)
        item.setFlags(Qt.ItemFlag.NoItemFlags)

    def show_result(self, result: ImportResult) -> None:
        """Lists what a preview found."""
        self.clear()
        self._group(tr("Comes in"), "check", result.imported)
        self._group(tr("Left out"), "warning", result.left_out)
        self._group(tr("Worth knowing"), "info", result.odd)
        if not (result.imported or result.odd or result.left_out):
            self.say(tr("There is nothing to import."))

    def _group(self, title: str, icon_name: str, tallies: tuple[Tally, ...]) -> None:
        if not tallies:
            return
        group = QTreeWidgetItem(self, [title])
        group.setIcon(0, icon(icon_name))
        font = self.font()
        font.setBold(True)
        group.setFont(0, font)
        for tally in tallies:
            row = QTreeWidgetItem(group, [tally.what, f"{tally.count:,}".replace(",", "\u202f")])
            row.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            row.setToolTip(0, tally.what)
            for example in tally.examples:
                if example != tally.what:
                    QTreeWidgetItem(row, [example]).setToolTip(0, example)
        group.setExpanded(True)
