"""The items of a scheme, each with its main coefficient and interval."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QSizePolicy, QVBoxLayout, QWidget

from annotator.agreement.report import ItemReport
from annotator.gui.agreement.words import main_coefficient
from annotator.gui.theme import GRID
from annotator.gui.widgets.interval_bar import IntervalBar


class ItemList(QListWidget):
    """One entry per item; `chosen(row)` follows a choice by mouse or arrow keys."""

    chosen = Signal(int)

    def __init__(self, *, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.currentRowChanged.connect(self._choose)

    def show_items(self, titles: Sequence[str], reports: Sequence[ItemReport], row: int) -> None:
        """Lists the items and chooses one of them, without saying so."""
        self.blockSignals(True)
        self.clear()
        for title, report in zip(titles, reports, strict=True):
            self._add(title, report)
        self.setCurrentRow(min(max(row, 0), len(reports) - 1))
        self.blockSignals(False)
        # No taller than its entries: what follows moves up.
        entries = sum(self.sizeHintForRow(n) for n in range(self.count()))
        self.setMaximumHeight(entries + 2 * GRID)

    def _add(self, title: str, report: ItemReport) -> None:
        found = main_coefficient(report)
        bar = IntervalBar(title)
        bar.set_value(found.value, found.ci, reason=found.reason)
        holder = QWidget()
        holder.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(bar)
        entry = QListWidgetItem()
        entry.setData(Qt.ItemDataRole.AccessibleTextRole, bar.accessibleName())
        entry.setToolTip(bar.toolTip())
        entry.setSizeHint(QSize(0, bar.sizeHint().height() + 2 * GRID))
        self.addItem(entry)
        self.setItemWidget(entry, holder)

    @Slot(int)
    def _choose(self, row: int) -> None:
        if row >= 0:
            self.chosen.emit(row)

    def sizeHint(self) -> QSize:
        return QSize(50 * GRID, 40 * GRID)

    def minimumSizeHint(self) -> QSize:
        return QSize(38 * GRID, 10 * GRID)
