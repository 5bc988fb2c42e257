"""FigureTable: a table to read, as tall as its rows, whose cells may carry a bar or a reason."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QPainter, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from annotator.gui.theme import GRID, current_theme
from annotator.gui.widgets.painting import box

_CELL = Qt.ItemDataRole.UserRole
_LEAST = 13 * GRID  # px that the column with the names keeps, however many others there are
_PADDING = 3 * GRID  # px at both sides of a cell's text
_FRAME = 2  # px of the edge on either side
# The card around it is frame enough; the edge only shows where the keyboard is. There is nothing to press.
_STYLE = """QTableWidget { background: transparent; border: 2px solid transparent; }
QTableWidget:focus { border-color: palette(highlight); }
QTableWidget::item:hover:!selected { background: transparent; }"""
_BAR = 3  # px of the bar that shows a share


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell shows: `muted` for a remark in place of a figure, `share` (0 to 1) as a bar below the text.

    A `span` above 1 covers the cells that follow in its row.
    """

    text: str
    tip: str = ""
    number: bool = False
    muted: bool = False
    share: float | None = None
    span: int = 1


def figure(text: str, tip: str = "", *, share: float | None = None) -> Cell:
    """A cell that holds a number."""
    return Cell(text, tip, number=True, share=share)


def missing(why: str = "") -> Cell:
    """A cell whose number is not there, with the reason as its tip."""
    return Cell("–", why, number=True, muted=True)


class FigureTable(QTableWidget):
    """Rows of cells under headings. Arrow keys move, Ctrl+C copies the chosen rows, or all, as tab-separated text.

    With more than `most` rows the table scrolls by itself instead of growing. Where it `opens`, a click or Enter on a
    row emits `row_opened`.
    """

    row_opened = Signal(int)

    def __init__(
        self,
        *,
        name: str,
        stretch: int = 0,
        most: int = 14,
        opens: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._stretch, self._most = stretch, most
        self._columns: tuple[str, ...] = ()
        self._opens = opens
        if opens:
            self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
            self.cellClicked.connect(self._open)
        self.setStyleSheet(_STYLE)
        self.setItemDelegate(_CellDelegate(self))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.verticalHeader().hide()
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setMinimumSectionSize(6 * GRID)
        self.horizontalHeader().setSectionsClickable(False)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def set_rows(self, columns: Sequence[str], rows: Sequence[Sequence[Cell | str]]) -> None:
        """Replaces everything; a plain text is a cell with that text."""
        self._columns = tuple(columns)
        self.clearSpans()
        self.setColumnCount(len(columns))
        self.setRowCount(len(rows))
        self.setHorizontalHeaderLabels(self._columns)
        for n, row in enumerate(rows):
            self._fill(n, [Cell(cell) if isinstance(cell, str) else cell for cell in row])
        self._align_headings(rows)
        self._fit()

    def _fill(self, n: int, cells: Sequence[Cell]) -> None:
        column = 0
        for cell in cells:
            item = QTableWidgetItem(cell.text)
            item.setData(_CELL, cell)
            item.setToolTip(cell.tip)
            side = Qt.AlignmentFlag.AlignRight if cell.number else Qt.AlignmentFlag.AlignLeft
            item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
            self.setItem(n, column, item)
            if cell.span > 1:
                self.setSpan(n, column, 1, cell.span)
            column += cell.span

    @Slot(int, int)
    def _open(self, row: int, _column: int) -> None:
        self.row_opened.emit(row)

    def _align_headings(self, rows: Sequence[Sequence[Cell | str]]) -> None:
        numeric = {
            column
            for row in rows
            for column, cell in enumerate(row)
            if isinstance(cell, Cell) and cell.number
        }
        for column in range(len(self._columns)):
            side = Qt.AlignmentFlag.AlignRight if column in numeric else Qt.AlignmentFlag.AlignLeft
            self.horizontalHeaderItem(column).setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)

    def texts(self) -> list[list[str]]:
        """What stands in the cells, row by row."""
        return [
            [item.text() if (item := self.item(row, column)) else "" for column in range(self.columnCount())]
            for row in range(self.rowCount())
        ]

    # Height

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def _fit(self) -> None:
        self._fit_columns()
        self.resizeRowsToContents()
        shown = min(self.rowCount(), self._most)
        height = self.horizontalHeader().sizeHint().height() + sum(map(self.rowHeight, range(shown)))
        if self.horizontalHeader().length() > self.viewport().width():
            height += self.horizontalScrollBar().sizeHint().height()
        self.setFixedHeight(height + 2 * _FRAME)
        scrolls = (
            Qt.ScrollBarPolicy.ScrollBarAsNeeded
            if self.rowCount() > shown
            else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        )
        self.setVerticalScrollBarPolicy(scrolls)

    def _fit_columns(self) -> None:
        """All columns as wide as their texts but one, which has the rest; where that is too little, all scroll.

        The widths are set here and now: the header's own modes would come after the heights of the rows.
        """
        header = self.horizontalHeader()
        widths = [
            max(self.sizeHintForColumn(column), header.sectionSizeHint(column))
            for column in range(self.columnCount())
        ]
        if widths:
            least = min(widths[self._stretch], _LEAST)
            rest = self.viewport().width() - (sum(widths) - widths[self._stretch])
            widths[self._stretch] = max(rest, least)
        for column, width in enumerate(widths):
            header.resizeSection(column, width)

    def minimumSizeHint(self) -> QSize:
        return QSize(24 * GRID, self.height())

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            chosen = sorted({index.row() for index in self.selectedIndexes()}) or range(self.rowCount())
            texts = self.texts()
            lines = [self._columns, *(texts[row] for row in chosen)]
            QGuiApplication.clipboard().setText("\n".join("\t".join(line) for line in lines) + "\n")
        elif self._opens and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.currentRow() >= 0:
                self.row_opened.emit(self.currentRow())
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self.rowCount() <= self._most:
            # At either end the key goes on to the page, so that it scrolls.
            last = self.rowCount() - 1 if event.key() == Qt.Key.Key_Down else 0
            if self.currentRow() == last:
                event.ignore()
            else:
                super().keyPressEvent(event)
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QEvent) -> None:
        if self.rowCount() <= self._most:
            event.ignore()  # nothing to scroll here: the page does
        else:
            super().wheelEvent(event)


class _CellDelegate(QStyledItemDelegate):
    """Draws muted text and bars in the theme's colours of the moment."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        super().initStyleOption(option, index)
        cell = index.data(_CELL)
        if cell is not None and cell.muted:
            for role in (QPalette.ColorRole.Text, QPalette.ColorRole.HighlightedText):
                option.palette.setColor(role, current_theme().colour("muted"))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        super().paint(painter, option, index)
        cell = index.data(_CELL)
        if cell is None or cell.share is None:
            return
        theme = current_theme()
        rect = QRectF(option.rect)
        groove = QRectF(rect.left() + GRID, rect.bottom() - _BAR - 3, rect.width() - 2 * GRID, _BAR)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box(painter, groove, theme.colour("sunken"), radius=_BAR / 2)
        filled = QRectF(groove)
        filled.setWidth(groove.width() * min(max(cell.share, 0.0), 1.0))
        box(painter, filled, theme.colour("accent"), radius=_BAR / 2)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        # The style sheet's padding is taken from the text when it is painted, but not when lines are reckoned.
        inside = QStyleOptionViewItem(option)
        inside.rect = option.rect.adjusted(0, 0, -_PADDING, 0)
        hint = super().sizeHint(inside, index)
        cell = index.data(_CELL)
        if cell is not None and cell.span > 1:
            hint.setWidth(0)  # it has the room of several columns: none of them need be wide for it
        return hint.expandedTo(QSize(0, 4 * GRID))
