"""HeatMap: a matrix whose cells can be read, hovered and opened; for confusion and pairwise agreement."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from annotator.domain.translation import tr, tr_n
from annotator.gui.numbers import number
from annotator.gui.theme import GRID, current_theme
from annotator.gui.widgets.painting import (
    announce,
    box,
    elided,
    focus_ring,
    open_painter,
    scaled_font,
    turned_text,
)

Matrix = Sequence[Sequence[float | None]]
_LONGEST_LABEL = 16 * GRID


class HeatMap(QWidget):
    """Values as colours and figures. `opened((row, column))` follows a click, Enter or Space; arrows move.

    Cells without a value stay empty. Cells resting on fewer than `few` cases are greyed: their value is
    written but not coloured.
    """

    opened = Signal(object)

    def __init__(
        self, *, name: str = "", row_title: str = "", column_title: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._titles = (row_title, column_title)
        self._rows: tuple[str, ...] = ()
        self._columns: tuple[str, ...] = ()
        self._values: Matrix = ()
        self._counts: Sequence[Sequence[int]] | None = None
        self._high, self._few = 1.0, 0
        self._cell = (0, 0)
        self._hover: tuple[int, int] | None = None

    def set_data(
        self,
        rows: Sequence[str],
        columns: Sequence[str],
        values: Matrix,
        counts: Sequence[Sequence[int]] | None = None,
        *,
        high: float = 1.0,
        few: int = 0,
    ) -> None:
        """Shows `values[row][column]` on a colour scale from 0 to `high`; `counts` are the cases behind each."""
        self._rows, self._columns = tuple(rows), tuple(columns)
        self._values, self._counts = values, counts
        self._high, self._few = high, few
        self._cell = (0, 0)
        self._hover = None
        self._announce()
        self.updateGeometry()
        self.update()

    @property
    def current_cell(self) -> tuple[int, int]:
        """Row and column of the keyboard cursor."""
        return self._cell

    def cell_text(self, row: int, column: int) -> str:
        """What a cell says in words: both labels, value, number of cases."""
        value = self._values[row][column]
        figure = tr("no value") if value is None else number(value)
        labels = " × ".join(
            f"{title} {label}".strip()
            for title, label in zip(self._titles, (self._rows[row], self._columns[column]), strict=True)
        )
        if self._counts is None:
            return f"{labels}: {figure}"
        n = self._counts[row][column]
        return tr_n(
            "{labels}: {figure}, {n} case", "{labels}: {figure}, {n} cases", n, labels=labels, figure=figure
        )

    # Geometry

    def _label_font(self) -> QFont:
        return scaled_font(self.font(), 0.9)

    def _margins(self) -> tuple[float, float, bool]:
        """Left and top margin of the cells, and whether column labels stand upright on their side."""
        metrics = QFontMetricsF(self._label_font())
        line = metrics.height() + 4
        widest_row = max((metrics.horizontalAdvance(text) for text in self._rows), default=0.0)
        widest_column = max((metrics.horizontalAdvance(text) for text in self._columns), default=0.0)
        row_title, column_title = (line if title else 0.0 for title in self._titles)
        left = min(widest_row, _LONGEST_LABEL) + GRID + row_title
        room = (self.width() - left) / max(1, len(self._columns))
        turned = widest_column + 4 > room
        top = (min(widest_column, _LONGEST_LABEL) if turned else line) + GRID / 2 + column_title
        return left, top, turned

    def _cell_rect(self, row: int, column: int) -> QRectF:
        left, top, _ = self._margins()
        # 2 px stay free for the focus ring around the last row and column.
        width = (self.width() - left - 2) / max(1, len(self._columns))
        height = (self.height() - top - 2) / max(1, len(self._rows))
        return QRectF(left + column * width, top + row * height, width, height)

    def _cell_at(self, point: QPointF) -> tuple[int, int] | None:
        for row in range(len(self._rows)):
            for column in range(len(self._columns)):
                if self._cell_rect(row, column).contains(point):
                    return row, column
        return None

    def sizeHint(self) -> QSize:
        left, top, _ = self._margins()
        return QSize(round(left) + 56 * len(self._columns), round(top) + 40 * len(self._rows))

    def minimumSizeHint(self) -> QSize:
        left, top, _ = self._margins()
        return QSize(round(left) + 28 * len(self._columns), round(top) + 24 * len(self._rows))

    # Mouse and keys

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover = self._cell_at(event.position())
        shape = Qt.CursorShape.ArrowCursor if self._hover is None else Qt.CursorShape.PointingHandCursor
        self.setCursor(shape)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hover = None
        self.update()
        super().leaveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        cell = self._cell_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and cell is not None:
            self._move(*cell)
            self.opened.emit(cell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row, column = self._cell
        target = {
            Qt.Key.Key_Left: (row, column - 1), Qt.Key.Key_Right: (row, column + 1),
            Qt.Key.Key_Up: (row - 1, column), Qt.Key.Key_Down: (row + 1, column),
            Qt.Key.Key_Home: (row, 0), Qt.Key.Key_End: (row, len(self._columns) - 1),
        }.get(event.key())  # fmt: skip
        if not self._rows or not self._columns:
            super().keyPressEvent(event)
        elif target is not None:
            self._move(*target)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.opened.emit(self._cell)
        else:
            super().keyPressEvent(event)

    def _move(self, row: int, column: int) -> None:
        self._cell = min(max(row, 0), len(self._rows) - 1), min(max(column, 0), len(self._columns) - 1)
        self._announce()
        self.update()

    def _announce(self) -> None:
        announce(self, self.cell_text(*self._cell) if self._rows and self._columns else "")

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            self._show_tip(event)
            return True
        return super().event(event)

    def _show_tip(self, event: QHelpEvent) -> None:
        point: QPoint = event.pos()
        cell = self._cell_at(QPointF(point))
        QToolTip.showText(event.globalPos(), self.cell_text(*cell) if cell else "", self)

    # Painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        with open_painter(self) as painter:
            if self._rows and self._columns:
                self._paint_labels(painter)
                for row in range(len(self._rows)):
                    for column in range(len(self._columns)):
                        self._paint_cell(painter, row, column)
                if self.hasFocus():
                    focus_ring(painter, self._cell_rect(*self._cell), radius=4)

    def _paint_labels(self, painter: QPainter) -> None:
        theme = current_theme()
        left, top, turned = self._margins()
        painter.setFont(self._label_font())
        line = QFontMetricsF(painter.font()).height() + 4
        row_title, column_title = self._titles
        painter.setPen(theme.colour("muted"))
        if column_title:
            elided(
                painter,
                QRectF(left, 0, self.width() - left, line),
                Qt.AlignmentFlag.AlignCenter,
                column_title,
            )
        if row_title:
            middle = (top + self.height()) / 2
            length = QFontMetricsF(painter.font()).horizontalAdvance(row_title)
            turned_text(painter, QPointF(line / 2, middle + length / 2), length + 2, row_title)
        painter.setPen(theme.colour("text"))
        label_left = line if row_title else 0.0
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for row, text in enumerate(self._rows):
            cell = self._cell_rect(row, 0)
            elided(
                painter, QRectF(label_left, cell.top(), left - label_left - GRID, cell.height()), flags, text
            )
        label_top = line if column_title else 0.0
        for column, text in enumerate(self._columns):
            cell = self._cell_rect(0, column)
            if turned:
                foot = QPointF(cell.center().x(), top - GRID / 2)
                turned_text(painter, foot, top - label_top - GRID / 2, text)
            else:
                rect = QRectF(cell.left(), label_top, cell.width(), top - label_top - GRID / 2)
                elided(painter, rect, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_cell(self, painter: QPainter, row: int, column: int) -> None:
        theme = current_theme()
        rect = self._cell_rect(row, column).adjusted(1, 1, -1, -1)
        value = self._values[row][column]
        count = None if self._counts is None else self._counts[row][column]
        grey = count is not None and count < self._few
        hovered = self._hover == (row, column)
        if value is None or grey:
            fill, ink = theme.colour("window"), theme.colour("muted")
        else:
            fill = theme.heat(value / (self._high or 1.0))
            ink = theme.ink_on(fill)
        box(painter, rect, fill, theme.colour("text" if hovered else "border"), radius=4)
        self._paint_figures(painter, rect, ink, "–" if value is None else number(value), count)

    def _paint_figures(
        self, painter: QPainter, rect: QRectF, ink: QColor, figure: str, count: int | None
    ) -> None:
        """The value and, where there is room, the number of cases below; text shrinks with the cell."""
        factor = min(1.0, rect.height() / 30, rect.width() / 42)
        if factor < 0.6:
            return
        painter.setPen(ink)
        with_count = count is not None and figure != "–" and rect.height() >= 38 and rect.width() >= 42
        upper = QRectF(rect.left(), rect.top(), rect.width(), rect.height() * (0.64 if with_count else 1.0))
        painter.setFont(scaled_font(self.font(), factor))
        foot = Qt.AlignmentFlag.AlignBottom if with_count else Qt.AlignmentFlag.AlignVCenter
        painter.drawText(upper, Qt.AlignmentFlag.AlignHCenter | foot, figure)
        if with_count:
            painter.setFont(scaled_font(self.font(), 0.76))
            lower = QRectF(rect.left(), upper.bottom(), rect.width(), rect.bottom() - upper.bottom())
            painter.drawText(lower, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, f"n {count}")
