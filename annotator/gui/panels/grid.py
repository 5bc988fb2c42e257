"""GridPanel: two scales as one point in a square, valence across and arousal upwards."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QWidget

from annotator.domain.corpus import Value
from annotator.domain.scheme import Item, Scheme
from annotator.domain.translation import tr
from annotator.gui.panels.answers import at_share, digit_values, neighbour, stepped, value_text
from annotator.gui.panels.base import RatingPanel
from annotator.gui.panels.grid_pad import GridPad
from annotator.gui.panels.plane import Readout, axes, corner_words, ends, position, value_at

_ARROWS = {
    Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Down: (1, -1), Qt.Key.Key_Up: (1, 1),
}  # fmt: skip


class GridPanel(RatingPanel):
    """One mark rates both items: by mouse, by arrow keys, or by two digits.

    Positions on the square count from the left and from the bottom, digit 1 to 9, with the pleasant end always
    right and the excited end always up, also where a scheme stores its scale the other way round. The first
    digit begins a new answer; Tab goes to the second item alone.
    """

    spreads = True

    def __init__(self, scheme: Scheme, *, parent: QWidget | None = None) -> None:
        super().__init__(scheme, parent=parent)
        across, upwards = axes(scheme)
        self._axes = (across, upwards)
        self._expected = 0
        steps = tuple(round(i.maximum - i.minimum) + 1 if stepped(i) else 0 for i in self._axes)
        self._pad = GridPad(
            ends=(*ends(across), *ends(upwards)),
            corners=corner_words(scheme, across, upwards),
            steps=steps,
            keys=tuple(self._key_labels(item) for item in self._axes),
        )
        self._pad.pointed.connect(self._pointed)
        self._pad.released.connect(self._released)
        self._body.addWidget(self._pad, 1)
        self._readouts = tuple(Readout(item.title) for item in self._axes)
        for n, readout in enumerate(self._readouts):
            self._foot.insertWidget(n, readout)
        self._show()

    # Keys and places on the square

    @staticmethod
    def _value_for(item: Item, digit: int) -> Value:
        """The value that a digit gives, counted from the left or the bottom; KeyError where there is none."""
        values = digit_values(item)
        if item.direction > 0:
            return values[digit]
        return dict(zip(values, reversed(values.values()), strict=True))[digit]

    def _key_labels(self, item: Item) -> tuple[tuple[str, float], ...]:
        """Digits with their places along the axis."""
        digits = digit_values(item)
        return tuple((str(d), position(item, self._value_for(item, d)) or 0.0) for d in digits)

    # Keys

    def _digit(self, digit: int) -> None:
        item = self._axes[self._expected]
        if digit == 0 and 0 not in digit_values(item):
            self._cannot_tell()
            return
        try:
            value = self._value_for(item, digit)
        except KeyError:
            digits = list(digit_values(item))
            self._refuse(tr("Keys {low} to {high} rate here.", low=digits[0], high=digits[-1]))
            return
        if self._expected == 0:
            # A new first digit begins a new answer, so that it never mixes with half of an old one.
            self._answers.pop(self._axes[1].name, None)
            self._expected = 1
            self._answer({item.name: value}, last=False)
        else:
            self._expected = 0
            self._answer({item.name: value}, last=True)

    def _other_key(self, key: Qt.Key, fine: bool) -> bool:
        if key in _ARROWS:
            self._move(*_ARROWS[key], fine=fine)
            return True
        if key == Qt.Key.Key_Backspace and self._answers:
            self._expected = 0
            self._take_back([item.name for item in self._axes])
            return True
        if key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            return self._switch(key == Qt.Key.Key_Tab)
        return False

    def _move(self, axis: int, direction: int, *, fine: bool) -> None:
        values = [self._answers.get(item.name) for item in self._axes]
        for n, item in enumerate(self._axes):
            if n == axis and values[n] is not None:
                values[n] = neighbour(item, values[n], direction * item.direction, fine=fine)
            elif values[n] is None:
                # The first arrow puts the mark in the middle.
                values[n] = at_share(item, 0.5)
        self._expected = 0
        self._answer({item.name: value for item, value in zip(self._axes, values, strict=True)}, last=False)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes from the first item to the second, then out of the panel."""
        return self._switch(forward) or super().focusNextPrevChild(forward)

    def _switch(self, forward: bool) -> bool:
        if self._expected == int(forward):
            return False
        self._expected = int(forward)
        self._show()
        return True

    # Mouse

    @Slot(float, float)
    def _pointed(self, across: float, upwards: float) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        for item, place in zip(self._axes, (across, upwards), strict=True):
            self._answers[item.name] = value_at(item, place)
        self._expected = 0
        self._show()

    @Slot()
    def _released(self) -> None:
        self._answer({}, last=True)

    @Slot()
    def _cannot_tell(self) -> None:
        asked = self._axes[self._expected :]
        self._expected = 0
        self._answer({item.name: None for item in asked}, last=True)

    # Showing

    def _restart(self) -> None:
        self._expected = 0

    def _go_to(self, item: Item) -> None:
        self._expected = self._axes.index(item)
        self._show()

    def _next_hint(self) -> str:
        item = self._axes[self._expected]
        digits = list(digit_values(item))
        if self.complete() and self._expected == 0:
            return tr("Enter goes on.")
        return tr("{title}: keys {low} to {high}", title=item.title, low=digits[0], high=digits[-1])

    def _show(self) -> None:
        positions = [position(item, self._answers.get(item.name)) for item in self._axes]
        self._pad.show_point(positions[0], positions[1], expected=self._expected, focused=self.hasFocus())
        words = []
        for n, (item, readout) in enumerate(zip(self._axes, self._readouts, strict=True)):
            text = self._text(item)
            readout.show_value(text, expected=n == self._expected)
            words.append(f"{item.title} {text}")
        asked = [item.name in self._answers and self._answers[item.name] is None for item in self._axes]
        self._unsure.setChecked(any(asked))
        self._describe(", ".join(words))

    def _text(self, item: Item) -> str:
        if item.name not in self._answers:
            return "–"
        return value_text(item, self._answers[item.name])
