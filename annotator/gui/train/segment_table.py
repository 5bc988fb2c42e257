"""Tested segments as rows of a table: who said what, and how far off or how sure the model was."""

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
)
from PySide6.QtWidgets import QWidget

from annotator.domain.timeline import clock, to_seconds
from annotator.domain.translation import tr
from annotator.gui.icons import icon
from annotator.gui.numbers import number
from annotator.gui.train.runs import Entry

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
