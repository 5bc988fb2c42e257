"""The table of segments: what the waveform shows, in rows, with text and speaker to edit in place."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCompleter,
    QHeaderView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from annotator.domain.corpus import Segment
from annotator.domain.timeline import clock
from annotator.domain.translation import tr
from annotator.gui.segment.filter import kept
from annotator.gui.segment.keys import TEXT_KEYS, KeyKeeper
from annotator.gui.segment.segments import ShownSegments
from annotator.gui.theme import GRID, current_theme
from annotator.gui.widgets.painting import open_painter

NUMBER, START, END, LENGTH, SPEAKER, TEXT = range(6)
_NUMERIC = (NUMBER, START, END, LENGTH)
_Index = QModelIndex | QPersistentModelIndex


class SegmentTableModel(QAbstractTableModel):
    """The shown segments in the order that was asked for. Editing does not write: `edited` says what was typed."""

    edited = Signal(object, str, str)  # Segment, text, speaker

    def __init__(self, shown: ShownSegments, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = shown
        self._rate = 1
        self.writable = True
        self._column, self._descending = START, False
        self._filter = ""
        self._rows: list[Segment] = []
        self._numbers: dict[str, int] = {}
        self._places: dict[str, int] = {}
        shown.changed.connect(self._renew)

    def set_rate(self, sample_rate: int) -> None:
        """Samples a second of the recording, before its segments are shown."""
        self._rate = sample_rate

    @Slot(str)
    def set_filter(self, text: str) -> None:
        """Shows only the segments that a filter keeps (see `filter`)."""
        self._filter = text
        self._renew()

    @Slot()
    def _renew(self) -> None:
        """Takes over the changed segments as rows removed and inserted, so that the view keeps its place."""
        self._numbers = {segment.id: n for n, segment in enumerate(self._shown.items, 1)}
        rows = self._sorted()
        before, after = [s.id for s in self._rows], [s.id for s in rows]
        most = min(len(before), len(after))
        same = next((n for n in range(most) if before[n] != after[n]), most)
        most -= same
        tail = next((n for n in range(most) if before[-1 - n] != after[-1 - n]), most)
        if len(before) > same + tail:
            self.beginRemoveRows(QModelIndex(), same, len(before) - tail - 1)
            self._rows = self._rows[:same] + self._rows[len(before) - tail :]
            self.endRemoveRows()
        if len(after) > same + tail:
            self.beginInsertRows(QModelIndex(), same, len(after) - tail - 1)
            self._rows = rows
            self.endInsertRows()
        self._rows = rows
        self._places = {segment.id: n for n, segment in enumerate(rows)}
        if rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, TEXT))

    def _sorted(self) -> list[Segment]:
        keys = {
            END: lambda s: s.end, LENGTH: lambda s: s.samples, SPEAKER: lambda s: (s.speaker, s.start),
            TEXT: lambda s: (s.text.casefold(), s.start),
        }  # fmt: skip
        items = kept(self._shown.items, self._filter, self._rate)
        if self._column in keys:
            return sorted(items, key=keys[self._column], reverse=self._descending)
        return list(reversed(items)) if self._descending else list(items)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Orders the rows by a column."""
        self._column, self._descending = column, order == Qt.SortOrder.DescendingOrder
        self.layoutAboutToBeChanged.emit()
        held = self.persistentIndexList()
        segments = [self._rows[index.row()].id for index in held]
        self._rows = self._sorted()
        self._places = {segment.id: n for n, segment in enumerate(self._rows)}
        moved = [self.index(self._places[key], i.column()) for key, i in zip(segments, held, strict=True)]
        self.changePersistentIndexList(held, moved)
        self.layoutChanged.emit()
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, NUMBER, TEXT)

    def segment(self, row: int) -> Segment:
        """The segment in a row."""
        return self._rows[row]

    def row_of(self, segment_id: str) -> int | None:
        """The row that shows a segment; `None` where the filter leaves it out."""
        return self._places.get(segment_id)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own signature)
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 6

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            titles = (tr("No."), tr("Start"), tr("End"), tr("Length"), tr("Speaker"), tr("Text"))
            arrow = " ↓" if self._descending else " ↑"
            return titles[section] + (arrow if section == self._column else "")
        if role == Qt.ItemDataRole.TextAlignmentRole and section in _NUMERIC:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        segment, column = self._rows[index.row()], index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return self._text(segment, column)
        if role == Qt.ItemDataRole.TextAlignmentRole and column in _NUMERIC:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole and column == TEXT:
            return segment.text or None
        return None

    def _text(self, segment: Segment, column: int) -> str:
        if column == NUMBER:
            return str(self._numbers[segment.id])
        if column == LENGTH:
            return f"{segment.samples / self._rate:.3f}"
        if column in (START, END):
            return clock((segment.start if column == START else segment.end) / self._rate)
        return segment.speaker if column == SPEAKER else segment.text

    def flags(self, index: _Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if self.writable and index.column() in (SPEAKER, TEXT):
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or index.column() not in (SPEAKER, TEXT):
            return False
        segment, typed = self._rows[index.row()], str(value).strip()
        text, speaker = (segment.text, typed) if index.column() == SPEAKER else (typed, segment.speaker)
        if (text, speaker) == (segment.text, segment.speaker):
            return False
        self.edited.emit(segment, text, speaker)
        return True


class _FieldDelegate(QStyledItemDelegate):
    """A field in a cell that keeps Tab, Return and arrows from the window's shortcuts; speakers complete themselves."""

    def __init__(self, names: Callable[[], list[str]], parent: QWidget) -> None:
        super().__init__(parent)
        self._names = names
        self._keeper = KeyKeeper(TEXT_KEYS, self)

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, index: _Index) -> QWidget:
        field = QLineEdit(parent)
        field.setFrame(False)
        field.setStyleSheet("margin: 0; padding: 0 6px; border-radius: 4px; min-height: 0;")
        field.setAccessibleName(tr("Speaker") if index.column() == SPEAKER else tr("Text"))
        if index.column() == SPEAKER:
            completer = QCompleter(self._names(), field)
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            field.setCompleter(completer)
        self._keeper.guard(field)
        return field

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, _index: _Index) -> None:
        # Qt's own leaves out the padding of a cell, and with it the feet of the letters.
        editor.setGeometry(option.rect)

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: _Index) -> None:
        model.setData(index, editor.text())


class SegmentTable(QTableView):
    """The table itself. It selects what the waveform selects and the other way round.

    `speakers` gives the names that complete themselves where a speaker is typed.
    """

    picked = Signal(object)  # Segment: the user went to its row
    play_wanted = Signal(object)  # Segment

    def __init__(
        self, shown: ShownSegments, speakers: Callable[[], list[str]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._shown = shown
        self._following = False
        self.segments = SegmentTableModel(shown, self)
        self.setModel(self.segments)
        self.setItemDelegate(_FieldDelegate(speakers, self))
        self.setAccessibleName(tr("Segments"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.setShowGrid(False)
        self.setWordWrap(False)
        # Tab plays the segment; the focus goes on from here with Shift+Tab.
        self.setTabKeyNavigation(False)
        self.setSortingEnabled(True)
        self.sortByColumn(START, Qt.SortOrder.AscendingOrder)
        # The model's titles carry the arrow: Qt's own would lie on right-aligned titles.
        self.horizontalHeader().setSortIndicatorShown(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + GRID + 4)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        digits = self.fontMetrics().horizontalAdvance("0:00:00.000") + 2 * GRID
        for column, width in (
            (NUMBER, 7 * GRID),
            (START, digits),
            (END, digits),
            (LENGTH, 10 * GRID),
            (SPEAKER, 14 * GRID),
        ):
            self.setColumnWidth(column, width)
        self.selectionModel().currentRowChanged.connect(self._select_row)
        self.doubleClicked.connect(self._double_click)
        shown.selected.connect(self._follow)
        shown.changed.connect(self._follow_current)

    def chosen(self) -> list[Segment]:
        """All selected segments: several where the user has marked several rows."""
        return [self.segments.segment(index.row()) for index in self.selectionModel().selectedRows()]

    def show_from(self, sample: int) -> None:
        """Scrolls to the first row, from the top, whose segment ends after a sample."""
        rows = range(self.segments.rowCount())
        row = next((row for row in rows if self.segments.segment(row).end > sample), None)
        if row is not None:
            self.scrollTo(self.segments.index(row, NUMBER), QAbstractItemView.ScrollHint.PositionAtTop)

    def edit_field(self, segment: Segment, column: int) -> None:
        """Opens the field with a segment's text or speaker."""
        row = self.segments.row_of(segment.id)
        if row is None:
            return
        index = self.segments.index(row, column)
        self.setCurrentIndex(index)
        self.edit(index)

    @Slot(QModelIndex, QModelIndex)
    def _select_row(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid() and not self._following:
            segment = self.segments.segment(current.row())
            self._shown.select(segment.id)
            self.picked.emit(segment)

    @Slot(object)
    def _follow(self, segment: Segment | None) -> None:
        self._following = True
        row = None if segment is None else self.segments.row_of(segment.id)
        if row is None:
            self.clearSelection()
            self.selectionModel().clearCurrentIndex()
        else:
            column = max(self.currentIndex().column(), NUMBER)
            if self.currentIndex().row() != row or not self.selectionModel().isRowSelected(row):
                self.setCurrentIndex(self.segments.index(row, column))
            self.scrollTo(self.segments.index(row, column))
        self._following = False

    @Slot()
    def _follow_current(self) -> None:
        self._follow(self._shown.current)

    @Slot(QModelIndex)
    def _double_click(self, index: QModelIndex) -> None:
        if index.column() in _NUMERIC:
            self.play_wanted.emit(self.segments.segment(index.row()))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.segments.rowCount() and self._shown.items:
            with open_painter(self.viewport()) as painter:
                painter.setPen(current_theme().colour("muted"))
                text = tr("No segment fits the filter. Empty it to see all {n:,}.", n=len(self._shown.items))
                painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, text)

    def keyboardSearch(self, search: str) -> None:
        """Letters are the window's keys; typing does not jump about in the table."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End) and self.segments.rowCount():
            row = 0 if event.key() == Qt.Key.Key_Home else self.segments.rowCount() - 1
            self.setCurrentIndex(self.segments.index(row, max(self.currentIndex().column(), 0)))
            return
        super().keyPressEvent(event)
