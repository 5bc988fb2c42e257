"""One row of a rating panel: what is asked on the left, how to answer on the right."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from annotator.domain.corpus import Value
from annotator.domain.scheme import Item
from annotator.domain.translation import tr
from annotator.gui.panels.answers import choices, end_words
from annotator.gui.panels.option_tile import OptionTile
from annotator.gui.panels.scale_strip import Strip
from annotator.gui.theme import GRID, RADIUS, current_theme
from annotator.gui.widgets.painting import box, focus_ring, open_painter

_SIDE, _BETWEEN, _UNSURE = GRID + GRID // 2, 2 * GRID, 32
#: Stretch of a strip against the empty end of its row, which thus grows only once the strip may not.
FILL = 100
_HEADING = (17 * GRID, 30 * GRID)  # least and greatest width of what is asked


class AnswerRow(QWidget):
    """Shows one item; `picked(item, value)` follows the mouse, value None where the rater cannot tell."""

    picked = Signal(object, object)

    def __init__(self, item: Item) -> None:
        super().__init__()
        self.item = item
        self._active = self._focused = False
        self.setAccessibleName(item.title)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_answer(self, answered: bool, value: Value, *, active: bool, focused: bool) -> None:
        """Brings the row in line with the answer; `active` while digits go to it."""
        self._active, self._focused = active, active and focused
        self._show_value(answered, value)
        self.update()

    def _show_value(self, answered: bool, value: Value) -> None:
        raise NotImplementedError

    def _heading(self) -> QVBoxLayout:
        """Title, and below it what the item means."""
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addStretch(1)
        title = QLabel(self.item.title)
        column.addWidget(title)
        if self.item.gloss:
            gloss = QLabel(self.item.gloss)
            gloss.setProperty("role", "caption")
            gloss.setWordWrap(True)
            column.addWidget(gloss)
        column.addStretch(1)
        return column

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, rect = current_theme(), QRectF(self.rect())
        with open_painter(self) as painter:
            if self._active:
                box(painter, rect, theme.colour("accent_soft", 0.55))
                box(painter, QRectF(0, 6, 3, rect.height() - 12), theme.colour("accent"), radius=1.5)
            if self._focused:
                focus_ring(painter, rect, radius=RADIUS)


class ScaleEnds(QWidget):
    """The anchors of the scale below or above both ends of a strip."""

    def __init__(self, strip: Strip) -> None:
        super().__init__()
        self.setMaximumWidth(strip.maximumWidth())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        line = QHBoxLayout(self)
        line.setContentsMargins(2, 0, strip.readout + 2, 0)
        sides = (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight)
        for text, side in zip(end_words(strip.item), sides, strict=True):
            label = QLabel(text)
            label.setProperty("role", "caption")
            label.setWordWrap(True)
            label.setAlignment(side | Qt.AlignmentFlag.AlignTop)
            line.addWidget(label, 1)


class StripRow(AnswerRow):
    """A scale: heading, strip with its two anchors, and a small button for "cannot tell"."""

    def __init__(self, strip: Strip, *, ends: bool) -> None:
        super().__init__(strip.item)
        self.strip = strip
        strip.picked.connect(self._strip_picked)
        self._unsure = QToolButton()
        self._unsure.setText("?")
        self._unsure.setProperty("kind", "faint")
        self._unsure.setCheckable(True)
        self._unsure.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._unsure.setFixedWidth(_UNSURE)
        self._unsure.setToolTip(tr("Cannot tell"))
        self._unsure.setAccessibleName(tr("{title}: cannot tell", title=strip.item.title))
        self._unsure.clicked.connect(self._unsure_clicked)
        self._left = QWidget()
        self._left.setLayout(self._heading())
        self._left.layout().setContentsMargins(0, 0, 0, 0)
        self._left.setFixedWidth(_HEADING[0])
        scale = QVBoxLayout()
        scale.setSpacing(2)
        scale.addStretch(1)
        scale.addWidget(strip)
        if ends:
            scale.addWidget(ScaleEnds(strip))
        scale.addStretch(1)
        line = QHBoxLayout(self)
        line.setContentsMargins(_SIDE, 4, _SIDE, 4)
        line.setSpacing(_BETWEEN)
        line.addWidget(self._left)
        line.addLayout(scale, FILL)
        line.addWidget(self._unsure)
        line.addStretch(1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        # A share of the row, not what its words ask for: so the strips of all rows begin at one place.
        self._left.setFixedWidth(_heading_width(event.size().width()))
        super().resizeEvent(event)

    @staticmethod
    def strip_margins(width: int) -> tuple[int, int]:
        """Room before and after the strip in a row of that width, for a header above several rows."""
        return _SIDE + _heading_width(width) + _BETWEEN, _SIDE + _UNSURE + _BETWEEN

    @Slot(object)
    def _strip_picked(self, value: Value) -> None:
        self.picked.emit(self.item, value)

    @Slot()
    def _unsure_clicked(self) -> None:
        self.picked.emit(self.item, None)

    def _show_value(self, answered: bool, value: Value) -> None:
        self.strip.show_value(value, active=self._active)
        self._unsure.setChecked(answered and value is None)


class OptionsRow(AnswerRow):
    """A choice: heading above, one large tile per category with its digit."""

    def __init__(self, item: Item) -> None:
        super().__init__(item)
        self._values = choices(item)
        self._tiles: list[OptionTile] = []
        names = (tr("no"), tr("yes")) if item.type == "boolean" else item.labels
        for n, name in enumerate(names):
            tile = OptionTile(name, key=str(n + 1) if n < 9 else "", roomy=True)
            tile.clicked.connect(self._tile_clicked)
            self._tiles.append(tile)
        self._widest = max(tile.minimumSizeHint().width() for tile in self._tiles)
        self._grid = QGridLayout()
        self._grid.setSpacing(GRID)
        self._across = 0
        self._arrange(_columns(len(names)))
        column = QVBoxLayout(self)
        column.setContentsMargins(_SIDE, GRID, _SIDE, _SIDE)
        column.setSpacing(GRID)
        column.addLayout(self._heading())
        column.addLayout(self._grid)

    def _arrange(self, across: int) -> None:
        """Puts so many tiles in a line."""
        if across == self._across:
            return
        for column in range(max(across, self._across)):
            used = column < across
            self._grid.setColumnStretch(column, 1 if used else 0)
            self._grid.setColumnMinimumWidth(column, self._widest if used else 0)
        for n, tile in enumerate(self._tiles):
            self._grid.addWidget(tile, n // across, n % across)
        self._across = across

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window there are fewer tiles in a line."""
        super().resizeEvent(event)
        room = event.size().width() - 2 * _SIDE + GRID
        self._arrange(max(1, min(_columns(len(self._tiles)), room // (self._widest + GRID))))

    def minimumSizeHint(self) -> QSize:
        return QSize(2 * _SIDE + self._widest, super().minimumSizeHint().height())

    @Slot()
    def _tile_clicked(self) -> None:
        self.picked.emit(self.item, self._values[self._tiles.index(self.sender())])

    def _show_value(self, answered: bool, value: Value) -> None:
        for tile, choice in zip(self._tiles, self._values, strict=True):
            tile.setChecked(answered and value == choice)


def _columns(n: int) -> int:
    """Tiles per line: up to four in one line, else lines of about equal length."""
    if n <= 4:
        return n
    return 3 if n in (5, 6, 9) else 4


def _heading_width(row_width: int) -> int:
    return min(max(row_width * 3 // 10, _HEADING[0]), _HEADING[1])
