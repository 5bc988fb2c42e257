"""RatingPanel: what every instrument's panel can do, whatever it looks like."""

import random
from collections.abc import Mapping

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from annotator.domain.corpus import Value
from annotator.domain.scheme import Item, Scheme
from annotator.domain.translation import tr
from annotator.gui.panels.option_tile import OptionTile
from annotator.gui.theme import GRID, set_property
from annotator.gui.widgets.painting import announce

_OTHER_MODIFIERS = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)
#: Size of a panel below and above which it stands beside its question rather than under it.
_LOW, _WIDE = 46 * GRID, 84 * GRID


class RatingPanel(QWidget):
    """Asks the items of one scheme.

    `changed` follows every answer the rater gives or takes back, not `set_values` and `clear`. `submitted` says
    that the rater is done: on Enter with a complete answer and, where `auto_advance` is set, as soon as the last
    question is answered. `refused(text)` carries what the panel also shows when it cannot take an input.

    Answers are kept by item name: an item without an answer is absent, "cannot tell" is None.
    """

    #: Whether the instrument is the better the higher it is: in a low window what surrounds it stands beside it.
    spreads = False

    changed = Signal()
    submitted = Signal()
    refused = Signal(str)

    def __init__(self, scheme: Scheme, *, order_seed: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scheme = scheme
        #: Submit by itself as soon as the last question is answered.
        self.auto_advance = False
        self._answers: dict[str, Value] = {}
        self._items = _drawn_order(scheme, order_seed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(scheme.question or scheme.title)
        self._build_frame()

    # What the window asks

    def order(self) -> tuple[str, ...]:
        """Item names in the order shown, to be stored with the ratings."""
        return tuple(item.name for item in self._items)

    def values(self) -> dict[str, Value]:
        """The answers so far, in the scheme's own order of items."""
        return {
            item.name: self._answers[item.name] for item in self.scheme.items if item.name in self._answers
        }

    def set_values(self, values: Mapping[str, Value]) -> None:
        """Shows an earlier answer; raises `AnnotatorError` where a value does not belong to the scheme."""
        self._answers = self.scheme.check(values)
        self._restart()
        self._show()

    def clear(self) -> None:
        """Takes every answer back, for the next segment."""
        self.set_values({})

    def complete(self) -> bool:
        """Whether every item that must be answered is answered."""
        return not self._missing()

    def submit(self) -> bool:
        """Emits `submitted` where the answer is complete; else says what is missing and goes there."""
        missing = self._missing()
        if missing:
            self._go_to(missing[0])
            self._refuse(tr("Still to be rated: {names}.", names=", ".join(item.title for item in missing)))
            return False
        self.submitted.emit()
        return True

    def show_length(self, seconds: float) -> None:
        """How long the sound is that is asked about; for panels that follow it."""

    def handle_key(self, event: QKeyEvent) -> bool:
        """Takes a key press wherever the keyboard focus is; False where the key means nothing here."""
        if event.modifiers() & _OTHER_MODIFIERS:
            return False
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.submit()
            return True
        if Qt.Key.Key_0 <= key <= Qt.Key.Key_9:
            self._say()
            self._digit(int(key) - int(Qt.Key.Key_0))
            return True
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        return self._other_key(Qt.Key(key), fine)

    # What each kind of panel fills in

    def _show(self) -> None:
        """Brings the picture in line with the answers."""
        raise NotImplementedError

    def _restart(self) -> None:
        """Returns to the first question."""

    def _go_to(self, item: Item) -> None:
        """Makes `item` the question that the next key answers."""

    def _digit(self, digit: int) -> None:
        """Takes a digit key."""
        raise NotImplementedError

    def _other_key(self, key: Qt.Key, fine: bool) -> bool:  # noqa: ARG002
        """Takes any other key, `fine` while Shift is held; False where it means nothing."""
        return False

    @Slot()
    def _cannot_tell(self) -> None:
        """The rater cannot tell."""
        raise NotImplementedError

    def _next_hint(self) -> str:
        """What to do now, in a few words."""
        return ""

    # Shared machinery

    def _missing(self) -> list[Item]:
        return [item for item in self._items if not item.optional and item.name not in self._answers]

    def _answer(self, answers: Mapping[str, Value], *, last: bool) -> None:
        """Stores what the rater just said; `last` where nothing more is asked, so that the panel may submit."""
        self._answers.update(answers)
        self._after_change()
        if last and self.auto_advance and self.complete():
            self.submitted.emit()

    def _take_back(self, names: list[str]) -> None:
        for name in names:
            self._answers.pop(name, None)
        self._after_change()

    def _after_change(self) -> None:
        self._say()
        self._show()
        self.changed.emit()

    def _refuse(self, text: str) -> None:
        self._say(text, role="warning")
        self.refused.emit(text)

    def _say(self, text: str = "", *, role: str = "muted") -> None:
        set_property(self._hint, "role", role)
        self._hint.setText(text or self._next_hint())

    def _describe(self, text: str) -> None:
        """Tells screen readers the state of the answer, and everyone what to do next."""
        announce(self, text)
        set_property(self._hint, "role", "muted")
        self._hint.setText(self._next_hint())

    def _build_frame(self) -> None:
        """Question above, `self._body` for the instrument, hint and "cannot tell" below."""
        question = QLabel(self.scheme.question)
        question.setProperty("role", "heading")
        question.setWordWrap(True)
        if not self.scheme.question:
            question.hide()  # showing it before it has a parent would flash up a window of its own
        self._head = QHBoxLayout()
        self._head.addWidget(question, 1)
        self._body = QVBoxLayout()
        self._hint = QLabel()
        self._hint.setProperty("role", "muted")
        self._hint.setWordWrap(True)
        self._unsure = OptionTile(tr("Cannot tell"), key="0")
        self._unsure.clicked.connect(self._cannot_tell)
        self._foot = QHBoxLayout()
        self._foot.setSpacing(GRID)
        self._foot.addWidget(self._hint, 1)
        self._foot.addWidget(self._unsure)
        self._frame = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._frame.setContentsMargins(0, 0, 0, 0)
        self._frame.setSpacing(2 * GRID)
        self._frame.addLayout(self._head)
        self._frame.addLayout(self._body, 1)
        self._frame.addLayout(self._foot)

    def _spread(self, wide: bool) -> None:
        """Has question, instrument and hint stand beside one another, or below."""
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._frame.setDirection(across if wide else down)
        self._foot.setDirection(down if wide else across)
        for place, share in enumerate((1, 3, 1) if wide else (0, 1, 0)):
            self._frame.setStretch(place, share)

    # Qt

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.spreads:
            self._spread(self.height() < _LOW and self.width() >= _WIDE)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.handle_key(event):
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._show()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._show()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange:
            self._show()


def _drawn_order(scheme: Scheme, seed: int) -> tuple[Item, ...]:
    items = list(scheme.items)
    if scheme.shuffle:
        random.Random(seed).shuffle(items)
    return tuple(items)
