"""The confusion matrix: what people said against what the model said."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from annotator.domain.translation import tr, tr_n
from annotator.gui.numbers import percent
from annotator.gui.theme import current_theme
from annotator.gui.widgets.heat_map import HeatMap
from annotator.gui.widgets.painting import open_painter, scaled_font


class ConfusionMatrix(HeatMap):
    """Counts as text, shares of each row as colour. The cell opened last stays marked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            name=tr("Confusion matrix"),
            row_title=tr("people said"),
            column_title=tr("the model said"),
            parent=parent,
        )
        self._opened: tuple[int, int] | None = None
        self._labels: tuple[str, ...] = ()

    def show_matrix(self, labels: list[str], matrix: list[list[int]]) -> None:
        """Shows counts; rows are the people's labels."""
        self._labels = tuple(labels)
        self._opened = None
        shares = [[count / sum(row) if sum(row) else None for count in row] for row in matrix]
        self.set_data(labels, labels, shares, matrix)

    def worst_cell(self) -> tuple[int, int]:
        """The most frequent mistake; where there is none, the first cell."""
        mistakes = [
            (count, -row, -column)
            for row, counts in enumerate(self._counts or ())
            for column, count in enumerate(counts)
            if row != column and count
        ]
        _, row, column = max(mistakes, default=(0, 0, 0))
        return -row, -column

    def mark(self, cell: tuple[int, int]) -> None:
        """Keeps a cell marked while its segments are looked through elsewhere."""
        self._opened = cell
        self._move(*cell)

    def cell_text(self, row: int, column: int) -> str:
        """What a cell says in words: who said what, how often, and its share of the row."""
        count, share = self._counts[row][column], self._values[row][column]
        told = tr_n(
            "{n} segment: people said {truth}, the model said {predicted}",
            "{n} segments: people said {truth}, the model said {predicted}",
            count,
            truth=self._labels[row],
            predicted=self._labels[column],
        )
        return told if share is None else tr("{told} ({share} of the row)", told=told, share=percent(share))

    def _paint_figures(
        self, painter: QPainter, rect: QRectF, ink: QColor, figure: str, count: int | None
    ) -> None:
        """The count and, where there is room, its share of the row below."""
        factor = min(1.1, rect.height() / 26, rect.width() / 34)
        if factor < 0.6:
            return
        share = "" if figure == "–" or rect.height() < 40 or rect.width() < 44 else figure
        upper = QRectF(rect.left(), rect.top(), rect.width(), rect.height() * (0.6 if share else 1.0))
        foot = Qt.AlignmentFlag.AlignBottom if share else Qt.AlignmentFlag.AlignVCenter
        painter.setPen(ink)
        painter.setFont(scaled_font(self.font(), factor, bold=True))
        painter.drawText(upper, Qt.AlignmentFlag.AlignHCenter | foot, str(count))
        if share:
            painter.setFont(scaled_font(self.font(), 0.8))
            lower = QRectF(rect.left(), upper.bottom(), rect.width(), rect.bottom() - upper.bottom())
            painter.drawText(
                lower, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, percent(float(share))
            )

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._opened is None or not self._labels or self.hasFocus():
            return
        with open_painter(self) as painter:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            cell = self._cell_rect(*self._opened)
            # Two lines, so that one is seen on whatever colour the cell has.
            for inset, role in ((1.0, "text"), (3.0, "surface")):
                painter.setPen(QPen(current_theme().colour(role), 2))
                painter.drawRoundedRect(cell.adjusted(inset, inset, -inset, -inset), 4, 4)
