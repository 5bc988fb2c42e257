"""The segments behind a cell or a point: listed, heard, opened where they can be corrected."""

from PySide6.QtCore import (
    QItemSelection,
    QModelIndex,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QHeaderView, QPushButton, QTableView, QWidget

from annotator.domain.translation import tr, tr_n
from annotator.gui.context import Context
from annotator.gui.icons import set_icon
from annotator.gui.listening import Listener
from annotator.gui.theme import GRID
from annotator.gui.train.relabel import RelabelDialog
from annotator.gui.train.runs import Entry
from annotator.gui.train.segment_table import SegmentTable
from annotator.gui.widgets.card import Card

#: Widest column of file names beside a text.
_NAME = 20 * GRID
#: Least widths of the card that show the third column: with three figures, with text, with lengths.
_NUMERIC, _TEXT, _LENGTH = 66 * GRID, 44 * GRID, 60 * GRID
_TIME, _THIRD = 1, 2
#: Rows that columns are made wide enough for.
_MEASURED = 500


class _View(QTableView):
    """Rows that a click plays anew; Enter and Space play, or stop what sounds."""

    played = Signal(QModelIndex)
    toggled = Signal(QModelIndex)

    def __init__(self) -> None:
        super().__init__()
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSortingEnabled(True)
        # The model's titles carry the arrow: Qt's own would lie on right-aligned titles.
        self.horizontalHeader().setStyleSheet(
            "QHeaderView::up-arrow, QHeaderView::down-arrow { image: none; width: 0; height: 0; }"
        )
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(4 * GRID)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.clicked.connect(self.played)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
        if event.key() in keys and not event.modifiers() and self.currentIndex().isValid():
            self.toggled.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)


class SegmentList(Card):
    """A list of segments for listening; `pointed(index)` tells which prediction the cursor is on."""

    pointed = Signal(int)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._context = context
        self._numeric = self._several = False
        self._scheme = ""
        self._listener = Listener(context, self)
        self._listener.changed.connect(self._show_heard)
        self._table = SegmentTable(self)
        self.view = _View()
        self.view.setModel(self._table)
        self.view.setAccessibleName(tr("Segments"))
        self.view.setMinimumHeight(20 * GRID)
        self.view.played.connect(self._play)
        self.view.toggled.connect(self._toggle)
        self.view.selectionModel().selectionChanged.connect(self._tell_pointed)
        self.open_button = QPushButton(tr("Open in Segment"))
        set_icon(self.open_button, "segment")
        self.open_button.setToolTip(
            tr("Shows this segment in its recording, where it can be moved or given text.")
        )
        self.open_button.clicked.connect(self._open)
        self.relabel_button = QPushButton(tr("Relabel"))
        set_icon(self.relabel_button, "label")
        self.relabel_button.setToolTip(
            tr("Decides on this segment, then on those below it, by the scheme they were rated with.")
        )
        self.relabel_button.clicked.connect(self._relabel)
        self.body.addWidget(self.view, 1)
        foot = QHBoxLayout()
        foot.setSpacing(GRID)
        foot.addWidget(self.relabel_button)
        foot.addWidget(self.open_button)
        foot.addStretch(1)
        self.body.addLayout(foot)

    def show_entries(
        self, title: str, hint: str, entries: list[Entry], *, numeric: bool = False, several: bool = False
    ) -> None:
        """Lists other segments; the surest decisions, or the largest errors, come first."""
        self._listener.stop()
        self.set_title(title, hint)
        self._table.show_entries(entries, numeric=numeric, several=several)
        self._numeric, self._several = numeric or several, several
        self._arrange()
        last = self._table.columnCount() - 1
        self.view.horizontalHeader().setSortIndicator(last, Qt.SortOrder.DescendingOrder)
        if entries:
            self.view.selectRow(0)
        self.open_button.setEnabled(bool(entries))
        session = self._context.session
        self.relabel_button.setEnabled(bool(entries) and session is not None and session.writable)

    def set_scheme(self, name: str) -> None:
        """The scheme that segments are relabelled with; empty where what was learned is no item of one."""
        self._scheme = name
        self.relabel_button.setVisible(bool(name))

    def _arrange(self) -> None:
        """Shares the width among the columns; in a narrow card the third, or the time, is left to the tip."""
        text, last = self._table.text_column, self._table.columnCount() - 1
        room = _NUMERIC if self._numeric else _TEXT if text else _LENGTH
        narrow = self.width() < room
        stretched = text if text and not narrow else 0
        # Names of files differ at their ends.
        elide = Qt.TextElideMode.ElideRight if stretched else Qt.TextElideMode.ElideMiddle
        self.view.setTextElideMode(elide)
        header = self.view.horizontalHeader()
        mode = QHeaderView.ResizeMode
        for column in range(last + 1):
            header.setSectionResizeMode(column, mode.Stretch if column == stretched else mode.Interactive)
            if column != stretched:
                widest = self._width(column)
                # Names of files give way to what was said.
                most = max(_NAME, self.width() // 3) if self._several and column > _THIRD else _NAME
                header.resizeSection(column, min(widest if column else widest + 3 * GRID, most))
        self.view.setColumnHidden(_THIRD, narrow)
        # A time says nothing where segments are whole recordings; else it gives way to what people and model said.
        whole = all(entry.segment.start == 0 for entry in self._table.entries)
        self.view.setColumnHidden(_TIME, whole or (narrow and self._several))

    def _width(self, column: int) -> int:
        """Room for the heading and for the cells of a column; of a long list, for those that come first."""
        texts = {self._table.text(row, column) for row in range(min(self._table.rowCount(), _MEASURED))}
        widest = max((self.fontMetrics().horizontalAdvance(text) for text in texts), default=0)
        heading = self._table.headerData(column, Qt.Orientation.Horizontal)
        return max(widest, self.fontMetrics().horizontalAdvance(f"{heading} ↓")) + 2 * GRID + GRID // 2

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._table.columnCount() and event.size().width() != event.oldSize().width():
            self._arrange()

    def point_at(self, index: int, *, play: bool) -> None:
        """Goes to the row of one prediction, and plays it where asked."""
        rows = [row for row, entry in enumerate(self._table.entries) if entry.index == index]
        if rows:
            place = self._table.index(rows[0], 0)
            self.view.setCurrentIndex(place)
            self.view.scrollTo(place)
            if play:
                self._play(place)

    def stop(self) -> None:
        """Ends the sound."""
        self._listener.stop()

    @property
    def current(self) -> Entry | None:
        """The row under the cursor."""
        place = self.view.currentIndex()
        return self._entry(place) if place.isValid() else None

    def _entry(self, place: QModelIndex) -> Entry:
        return self._table.entries[place.row()]

    @Slot(QModelIndex)
    def _play(self, place: QModelIndex) -> None:
        """Plays a row from its start, also where it sounds already: the second half of a double click is no stop."""
        if self._listener.current == self._entry(place).segment.id:
            self._listener.stop()
        self._toggle(place)

    @Slot(QModelIndex)
    def _toggle(self, place: QModelIndex) -> None:
        entry = self._entry(place)
        self._listener.toggle(entry.segment, entry.recording)

    @Slot(object)
    def _show_heard(self, segment_id: str | None) -> None:
        self._table.set_heard(segment_id)

    @Slot(QItemSelection, QItemSelection)
    def _tell_pointed(self, _selected: QItemSelection, _before: QItemSelection) -> None:
        entry = self.current
        if entry is not None:
            self.pointed.emit(entry.index)

    @Slot()
    def _relabel(self) -> None:
        """Decides on the segments from the cursor on."""
        with self._context.session.reading() as reader:
            scheme = next((held for held in reader.schemes() if held.name == self._scheme), None)
        if scheme is None:
            text = tr('The corpus has no scheme "{scheme}" any more.', scheme=self._scheme)
            self._context.noticed.emit(text, "warning")
            return
        # Decisions make the result old, and the list is filled anew; what is relabelled stays in its order.
        entries = list(self._table.entries)
        dialog = RelabelDialog(self, self._context, self._listener, scheme.measured(), entries)
        dialog.went_to.connect(self.view.selectRow)
        dialog.open_at(self.view.currentIndex().row())
        dialog.exec()
        dialog.deleteLater()
        if dialog.stored:
            told = tr_n("{n} segment relabelled.", "{n} segments relabelled.", dialog.stored)
            self._context.noticed.emit(told + " " + tr("Train again to see what that changes."), "positive")

    @Slot()
    def _open(self) -> None:
        entry = self.current
        if entry is not None:
            self._listener.stop()
            self._context.segment_wanted.emit(entry.segment.id)
