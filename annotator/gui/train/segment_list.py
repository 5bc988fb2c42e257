"""The segments behind a cell or a point: listed, heard, opened where they can be corrected."""

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelection,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QPushButton, QTableView, QWidget

from annotator.domain.timeline import clock, to_seconds
from annotator.domain.translation import tr, tr_n
from annotator.gui.context import Context
from annotator.gui.icons import icon, set_icon
from annotator.gui.listening import Listener
from annotator.gui.numbers import number
from annotator.gui.theme import GRID
from annotator.gui.train.relabel import RelabelDialog
from annotator.gui.train.runs import Entry
from annotator.gui.widgets.card import Card

#: Widest column of file names beside a text.
_NAME = 20 * GRID
#: Least widths of the card that show the third column: with three figures, with text, with lengths.
_NUMERIC, _TEXT, _LENGTH = 66 * GRID, 44 * GRID, 60 * GRID
_THIRD = 2
#: Rows that columns are made wide enough for.
_MEASURED = 500

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class _Column:
    """A column: heading, what its cells show and are sorted by, how they are aligned, and what it means."""

    title: str
    text: Any
    key: Any
    right: bool = False
    tip: str = ""


class SegmentTable(QAbstractTableModel):
    """Entries as rows, sorted by one column. The one that sounds now carries a mark."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entries: list[Entry] = []
        self._columns: tuple[_Column, ...] = ()
        self._heard: str | None = None
        self._sorted_by, self._order = 0, Qt.SortOrder.AscendingOrder

    def show_entries(self, entries: list[Entry], *, numeric: bool, several: bool = False) -> None:
        """Replaces all rows; the columns fit the kind of target, and the last one, downwards, gives the order."""
        self.beginResetModel()
        self._columns = _columns(numeric, any(entry.segment.text for entry in entries), several)
        self._sorted_by, self._order = len(self._columns) - 1, Qt.SortOrder.DescendingOrder
        self.entries = self._in_order(entries)
        self.endResetModel()

    def _in_order(self, entries: list[Entry]) -> list[Entry]:
        descending = self._order == Qt.SortOrder.DescendingOrder
        return sorted(entries, key=self._columns[self._sorted_by].key, reverse=descending)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sorts by another column; the cursor stays on its segment."""
        if not 0 <= column < len(self._columns) or (column, order) == (self._sorted_by, self._order):
            return
        self.layoutAboutToBeChanged.emit()
        self._sorted_by, self._order = column, order
        before = self.entries
        self.entries = self._in_order(before)
        rows = {id(entry): row for row, entry in enumerate(self.entries)}
        old = self.persistentIndexList()
        new = [self.index(rows[id(before[index.row()])], index.column()) for index in old]
        self.changePersistentIndexList(old, new)
        self.layoutChanged.emit()
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self._columns) - 1)

    @property
    def text_column(self) -> int | None:
        """Number of the column with what is said; `None` where no segment has text."""
        return next((n for n, column in enumerate(self._columns) if column.text is _text), None)

    def text(self, row: int, column: int) -> str:
        """What a cell shows."""
        return self._columns[column].text(self.entries[row])

    def set_heard(self, segment_id: str | None) -> None:
        """Marks the segment that sounds."""
        self._heard = segment_id
        if self.entries:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.entries) - 1, 0))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.entries)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal or section >= len(self._columns):
            return None
        column = self._columns[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and column.right:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        arrow = " ↓" if self._order == Qt.SortOrder.DescendingOrder else " ↑"
        return {
            Qt.ItemDataRole.DisplayRole: column.title + (arrow if section == self._sorted_by else ""),
            Qt.ItemDataRole.ToolTipRole: column.tip or None,
        }.get(role)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        entry, column = self.entries[index.row()], self._columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(entry)
        if role == Qt.ItemDataRole.TextAlignmentRole and column.right:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(filter(None, (entry.recording.name, _span(entry), entry.segment.text)))
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 0:
            heard = entry.segment.id == self._heard
            return icon("stop", "accent") if heard else icon("play", "muted")
        return None


def _columns(numeric: bool, with_text: bool, several: bool = False) -> tuple[_Column, ...]:
    columns = [
        _Column(tr("Recording"), _name, _name),
        _Column(tr("Time"), _start, _start_key, right=True),
    ]
    if with_text:
        columns.append(_Column(tr("Text"), _text, _text))
    else:
        columns.append(_Column(tr("Length"), _length, _length_key, right=True))
    if several:
        columns += [
            _Column(tr("People"), _said, _said),
            _Column(tr("Model"), _guessed, _guessed),
            _Column(
                tr("Off by"), _off, _off_key, right=True, tip=tr("How sure, or how far off, the model was.")
            ),
        ]
    elif numeric:
        columns += [
            _Column(tr("People"), _truth, _truth_key, right=True),
            _Column(tr("Model"), _predicted, _predicted_key, right=True),
            _Column(tr("Error"), _error, _error_key, right=True, tip=tr("Model less people.")),
        ]
    else:
        tip = tr(
            "How sure the model was: its probability, or its distance from the boundary between classes."
        )
        columns.append(_Column(tr("Sure"), _sure, _sure_key, right=True, tip=tip))
    return tuple(columns)


def _name(entry: Entry) -> str:
    return entry.recording.name


def _start_key(entry: Entry) -> float:
    return to_seconds(entry.segment.start, entry.recording.sample_rate)


def _start(entry: Entry) -> str:
    return clock(_start_key(entry), 1)


def _span(entry: Entry) -> str:
    return f"{_start(entry)}, {_length(entry)}"


def _length_key(entry: Entry) -> float:
    return to_seconds(entry.segment.samples, entry.recording.sample_rate)


def _length(entry: Entry) -> str:
    return tr("{seconds} s", seconds=number(_length_key(entry), 1))


def _text(entry: Entry) -> str:
    return entry.segment.text


def _sure_key(entry: Entry) -> float:
    return float("-inf") if entry.prediction.score is None else entry.prediction.score


def _sure(entry: Entry) -> str:
    return "–" if entry.prediction.score is None else number(entry.prediction.score)


def _said(entry: Entry) -> str:
    return str(entry.prediction.truth)


def _guessed(entry: Entry) -> str:
    return str(entry.prediction.predicted)


def _off_key(entry: Entry) -> float:
    error = entry.prediction.error
    return _sure_key(entry) if error is None else error


def _off(entry: Entry) -> str:
    return number(_off_key(entry))


def _truth_key(entry: Entry) -> float:
    return float(entry.prediction.truth)


def _truth(entry: Entry) -> str:
    return number(_truth_key(entry))


def _predicted_key(entry: Entry) -> float:
    return float(entry.prediction.predicted)


def _predicted(entry: Entry) -> str:
    return number(_predicted_key(entry))


def _error_key(entry: Entry) -> float:
    return abs(entry.error)


def _error(entry: Entry) -> str:
    return f"{'+' if entry.error >= 0.005 else ''}{number(entry.error)}"


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
        self._numeric = False
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
        self.add_action(self.relabel_button)
        self.add_action(self.open_button)
        self.body.addWidget(self.view, 1)

    def show_entries(
        self, title: str, hint: str, entries: list[Entry], *, numeric: bool = False, several: bool = False
    ) -> None:
        """Lists other segments; the surest decisions, or the largest errors, come first."""
        self._listener.stop()
        self.set_title(title, hint)
        self._table.show_entries(entries, numeric=numeric, several=several)
        self._numeric = numeric or several
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
        """Shares the width among the columns; in a narrow card the third, text or length, is left to the tip."""
        text, last = self._table.text_column, self._table.columnCount() - 1
        room = _NUMERIC if self._numeric else _TEXT if text else _LENGTH
        narrow = self.width() < room
        stretched = text if text and not narrow else 0
        header = self.view.horizontalHeader()
        mode = QHeaderView.ResizeMode
        for column in range(last + 1):
            header.setSectionResizeMode(column, mode.Stretch if column == stretched else mode.Interactive)
            if column != stretched:
                widest = self._width(column)
                # Names of files give way to what was said.
                header.resizeSection(column, min(widest, _NAME) if column else min(widest + 3 * GRID, _NAME))
        self.view.setColumnHidden(_THIRD, narrow)

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
