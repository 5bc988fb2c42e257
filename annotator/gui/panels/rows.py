"""RowsPanel: one row per item, whatever its type; digits answer the active row and move on."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from annotator.domain.corpus import Value
from annotator.domain.scheme import Item, Scheme
from annotator.domain.translation import tr
from annotator.gui.panels.answer_row import FILL, AnswerRow, OptionsRow, ScaleEnds, StripRow
from annotator.gui.panels.answers import digit_values, neighbour, stepped, value_text
from annotator.gui.panels.base import RatingPanel
from annotator.gui.panels.manikin import ManikinStrip, has_manikin
from annotator.gui.panels.scale_strip import ButtonStrip, SliderStrip, Strip
from annotator.gui.theme import GRID


class RowsPanel(RatingPanel):
    """Likert scales, sliders, self-assessment manikins, and choices among categories.

    Tab, Up and Down change the row, Left and Right its value, Backspace takes its answer back.
    """

    def __init__(self, scheme: Scheme, *, order_seed: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(scheme, order_seed=order_seed, parent=parent)
        self._active = 0
        shared = _shared_ends(self._items)
        self._rows = [self._make_row(item, ends=not shared) for item in self._items]
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, GRID, 0)
        column.setSpacing(2 if shared else GRID)
        for row in self._rows:
            row.picked.connect(self._picked)
            column.addWidget(row)
        column.addStretch(1)
        if shared:
            self._body.addWidget(_EndsHeader(self._rows[0]))
        self._scroll = _RowsScroll(content)
        self._body.addWidget(self._scroll, 1)
        self._show()

    def _make_row(self, item: Item, *, ends: bool) -> AnswerRow:
        if item.type in ("category", "boolean"):
            return OptionsRow(item)
        return StripRow(self._make_strip(item), ends=ends)

    def _make_strip(self, item: Item) -> Strip:
        if not stepped(item):
            return SliderStrip(item)
        drawn = self.scheme.name.startswith("sam-") and has_manikin(item)
        return ManikinStrip(item) if drawn else ButtonStrip(item)

    @property
    def active_item(self) -> Item:
        """The item that the next digit answers."""
        return self._items[self._active]

    # Answers

    def _digit(self, digit: int) -> None:
        values = digit_values(self.active_item)
        if digit in values:
            self._choose(self._active, values[digit])
        elif digit == 0:
            self._cannot_tell()
        else:
            keys = list(values)
            self._refuse(
                tr("{title}: keys {low} to {high}", title=self.active_item.title, low=keys[0], high=keys[-1])
            )

    def _choose(self, index: int, value: Value) -> None:
        """Answers a row and goes on: to the next row or, from the last one, to the first still open."""
        item = self._items[index]
        was_open = item.name not in self._answers
        all_answered = len({*self._answers, item.name}) == len(self._items)
        at_end = index == len(self._items) - 1
        self._active = index if at_end else index + 1
        if at_end:
            still_open = [
                n
                for n, i in enumerate(self._items)
                if i.name not in {*self._answers, item.name} and not i.optional
            ]
            self._active = still_open[0] if still_open else index
        self._answer({item.name: value}, last=at_end or (was_open and all_answered))

    @Slot(object, object)
    def _picked(self, item: Item, value: Value) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._choose(self._items.index(item), value)

    @Slot()
    def _cannot_tell(self) -> None:
        self._choose(self._active, None)

    # Keys

    def _other_key(self, key: Qt.Key, fine: bool) -> bool:
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            return self._go(1 if key == Qt.Key.Key_Down else -1)
        if key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            return self._go(1 if key == Qt.Key.Key_Tab else -1)
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            item = self.active_item
            direction = 1 if key == Qt.Key.Key_Right else -1
            value = neighbour(item, self._answers.get(item.name), direction, fine=fine)
            self._answer({item.name: value}, last=False)
            return True
        if key == Qt.Key.Key_Backspace:
            return self._back()
        return False

    def _back(self) -> bool:
        """Takes the active row's answer back; where it has none, that of the row before."""
        if self.active_item.name not in self._answers and not self._go(-1):
            return False
        self._take_back([self.active_item.name])
        return True

    def _go(self, step: int) -> bool:
        target = self._active + step
        if not 0 <= target < len(self._items):
            return False
        self._active = target
        self._show()
        return True

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes through the rows, then out of the panel."""
        return self._go(1 if forward else -1) or super().focusNextPrevChild(forward)

    # Showing

    def _restart(self) -> None:
        self._active = 0

    def _go_to(self, item: Item) -> None:
        self._active = self._items.index(item)
        self._show()

    def _next_hint(self) -> str:
        answered = len(self._answers)
        if self.complete() and answered == len(self._items):
            return tr("Enter goes on.")
        keys = list(digit_values(self.active_item))
        hint = tr("{title}: keys {low} to {high}", title=self.active_item.title, low=keys[0], high=keys[-1])
        if len(self._items) > 3:
            hint += " · " + tr("{n} of {total} answered", n=answered, total=len(self._items))
        elif self.complete():
            hint += " · " + tr("Enter goes on.")
        return hint

    def _show(self) -> None:
        for n, (item, row) in enumerate(zip(self._items, self._rows, strict=True)):
            answered = item.name in self._answers
            row.show_answer(
                answered, self._answers.get(item.name), active=n == self._active, focused=self.hasFocus()
            )
        item = self.active_item
        self._unsure.setChecked(item.name in self._answers and self._answers[item.name] is None)
        # A scale that starts at 0 needs that key for its value.
        self._unsure.set_key("" if 0 in digit_values(item) else "0")
        self._scroll.ensureWidgetVisible(self._rows[self._active], 0, 6 * GRID)
        self._describe(f"{item.title}: {self._text(item)}. {item.low} – {item.high}".strip(" –"))

    def _text(self, item: Item) -> str:
        if item.name not in self._answers:
            return tr("not rated")
        return value_text(item, self._answers[item.name])


def _shared_ends(items: tuple[Item, ...]) -> bool:
    """Whether all items are one scale, so that its ends are written once above all rows."""
    scales = {(i.type, i.minimum, i.maximum, i.low, i.high) for i in items}
    return len(items) > 3 and len(scales) == 1 and items[0].numeric


class _EndsHeader(QWidget):
    """Both anchors of the common scale, above the strips."""

    def __init__(self, row: StripRow) -> None:
        super().__init__()
        self._row = row
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(0)
        self._line.addWidget(ScaleEnds(row.strip), FILL)
        self._line.addStretch(1)
        row.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            # A scroll bar may have taken some of the rows' width, never of this header's.
            before, after = self._row.strip_margins(event.size().width())
            self._line.setContentsMargins(before, 0, after + self.width() - event.size().width(), 0)
        return super().eventFilter(watched, event)


class _RowsScroll(QScrollArea):
    """Scrolls only when the rows do not fit: asks for the room they need."""

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def sizeHint(self) -> QSize:
        # Rows with wrapped text may need more than they would like.
        need = self.widget().sizeHint().expandedTo(self.widget().minimumSizeHint())
        return need + QSize(2 * GRID, 2)

    def minimumSizeHint(self) -> QSize:
        need = self.widget().minimumSizeHint()
        return QSize(need.width() + 2 * GRID, min(need.height(), 25 * GRID))
