"""The segments to decide on, worst first: where each is, how far the raters lie apart, whether it is decided."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from annotator.app.adjudication import Case
from annotator.domain.scheme import Scheme
from annotator.domain.translation import tr
from annotator.gui.icons import icon
from annotator.gui.listening import when
from annotator.gui.theme import GRID

_WALKING = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End)


class CaseList(QListWidget):
    """One entry a case; `chosen(segment id)` follows a click or the arrow keys, not `show_cases`."""

    chosen = Signal(str)

    def __init__(self, *, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setIconSize(QSize(2 * GRID, 2 * GRID))
        self.currentRowChanged.connect(self._choose)

    def show_cases(self, scheme: Scheme, cases: Sequence[Case], current: str | None) -> None:
        """Lists the cases with the current one marked."""
        self.blockSignals(True)
        self.clear()
        for case in cases:
            self.addItem(_entry(scheme, case))
            if case.segment.id == current:
                self.setCurrentRow(self.count() - 1)
        self.blockSignals(False)
        if self.currentItem() is not None:
            self.scrollToItem(self.currentItem())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walks; every other key is for the instrument, not for a search in the list."""
        if event.key() in _WALKING:
            super().keyPressEvent(event)
        else:
            event.ignore()

    @Slot(int)
    def _choose(self, row: int) -> None:
        if row >= 0:
            self.chosen.emit(self.item(row).data(Qt.ItemDataRole.UserRole))

    def sizeHint(self) -> QSize:
        return QSize(32 * GRID, 40 * GRID)

    def minimumSizeHint(self) -> QSize:
        return QSize(24 * GRID, 10 * GRID)


def _entry(scheme: Scheme, case: Case) -> QListWidgetItem:
    place = f"{case.recording.name}  {when(case.segment, case.recording)}"
    titles = ", ".join(scheme.item(name).title for name in case.divided)
    apart = (
        tr("{percent:.0f} % apart: {items}", percent=100 * case.score, items=titles)
        if case.divided
        else tr("nobody differs")
    )
    entry = QListWidgetItem(f"{place}\n{apart}")
    entry.setData(Qt.ItemDataRole.UserRole, case.segment.id)
    entry.setToolTip(f"{place}\n{apart}")
    if case.decision is not None:
        entry.setIcon(icon("check", "positive"))
        spoken = tr("{place}, {apart}, decided", place=place, apart=apart)
    else:
        spoken = tr("{place}, {apart}, to be decided", place=place, apart=apart)
    entry.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)
    return entry
