"""SegmentedControl: a few exclusive choices side by side in one control."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from annotator.gui.theme import GRID, RADIUS, current_theme
from annotator.gui.widgets.painting import announce, box, elided, focus_ring, open_painter


class SegmentedControl(QWidget):
    """One of `choices` is chosen; `chosen(index)` follows a choice by mouse or by the arrow keys."""

    chosen = Signal(int)

    def __init__(
        self, choices: Sequence[str], index: int = 0, *, name: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._choices = tuple(choices)
        self._index = index
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        announce(self, self._choices[index])

    @property
    def index(self) -> int:
        """Number of the current choice."""
        return self._index

    def set_index(self, index: int) -> None:
        """Changes the choice without emitting `chosen`."""
        self._index = min(max(index, 0), len(self._choices) - 1)
        announce(self, self._choices[self._index])
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetricsF(self.font())
        widths = [metrics.horizontalAdvance(text) + 4 * GRID for text in self._choices]
        return QSize(round(max(widths) * len(widths)) + 4, round(metrics.height()) + 2 * GRID)

    def minimumSizeHint(self) -> QSize:
        return QSize(6 * GRID * len(self._choices), self.sizeHint().height())

    def _widths(self) -> list[float]:
        """Widths of the cells: alike, or, where that would cut a word, as long as their words."""
        metrics, room = QFontMetricsF(self.font()), self.width() - 4
        words = [metrics.horizontalAdvance(text) for text in self._choices]
        if max(words) + GRID <= room / len(words):
            return [room / len(words)] * len(words)
        return [room * word / sum(words) for word in words]

    def _cell(self, index: int) -> QRectF:
        widths = self._widths()
        return QRectF(2 + sum(widths[:index]), 2, widths[index], self.height() - 4)

    def _choose(self, index: int) -> None:
        index = min(max(index, 0), len(self._choices) - 1)
        if index != self._index:
            self.set_index(index)
            self.chosen.emit(index)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._choose(self._index_at(event.position()))

    def _index_at(self, point: QPointF) -> int:
        cells = range(len(self._choices))
        return next((n for n in cells if point.x() < self._cell(n).right()), cells[-1])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last = len(self._choices) - 1
        target = {
            Qt.Key.Key_Left: self._index - 1, Qt.Key.Key_Right: self._index + 1,
            Qt.Key.Key_Home: 0, Qt.Key.Key_End: last,
        }.get(event.key())  # fmt: skip
        if target is None:
            super().keyPressEvent(event)
            return
        self._choose(target)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = current_theme()
        with open_painter(self) as painter:
            box(
                painter,
                QRectF(self.rect()),
                theme.colour("sunken"),
                theme.colour("border"),
                radius=RADIUS + 2,
            )
            for index, text in enumerate(self._choices):
                cell = self._cell(index)
                if index == self._index:
                    box(painter, cell.adjusted(1, 1, -1, -1), theme.colour("raised"), theme.colour("outline"))
                painter.setPen(theme.colour("text" if index == self._index else "muted"))
                elided(painter, cell.adjusted(GRID / 4, 0, -GRID / 4, 0), Qt.AlignmentFlag.AlignCenter, text)
            if self.hasFocus():
                focus_ring(painter, QRectF(self.rect()), radius=RADIUS + 2)
