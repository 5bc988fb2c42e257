"""GridPanel: two scales as one point in a square, valence across and arousal upwards."""

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QFontMetricsF, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from annotator.domain.corpus import Value
from annotator.domain.scheme import Item, Scheme
from annotator.domain.translation import tr
from annotator.gui.panels.answers import at_share, digit_values, neighbour, share_of, stepped, value_text
from annotator.gui.panels.base import RatingPanel
from annotator.gui.panels.grid_pad import GridPad
from annotator.gui.theme import GRID, RADIUS, current_theme
from annotator.gui.widgets.painting import box, elided, open_painter, scaled_font

_ARROWS = {
    Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Down: (1, -1), Qt.Key.Key_Up: (1, 1),
}  # fmt: skip


class GridPanel(RatingPanel):
    """One mark rates both items: by mouse, by arrow keys, or by two digits.

    Positions on the square count from the left and from the bottom, digit 1 to 9, with the pleasant end always
    right and the excited end always up, also where a scheme stores its scale the other way round. The first
    digit begins a new answer; Tab goes to the second item alone.
    """

    def __init__(self, scheme: Scheme, *, parent: QWidget | None = None) -> None:
        super().__init__(scheme, parent=parent)
        across, upwards = _axes(scheme)
        self._axes = (across, upwards)
        self._expected = 0
        steps = tuple(round(i.maximum - i.minimum) + 1 if stepped(i) else 0 for i in self._axes)
        self._pad = GridPad(
            ends=(*_ends(across), *_ends(upwards)),
            corners=_corner_words(scheme, across, upwards),
            steps=steps,
            keys=tuple(self._key_labels(item) for item in self._axes),
        )
        self._pad.pointed.connect(self._pointed)
        self._pad.released.connect(self._released)
        self._body.addWidget(self._pad, 1)
        self._readouts = tuple(_Readout(item.title) for item in self._axes)
        for n, readout in enumerate(self._readouts):
            self._foot.insertWidget(n, readout)
        self._show()

    # Scales and positions on the square

    @staticmethod
    def _position(item: Item, value: Value) -> float | None:
        return None if value is None else share_of(item, item.oriented(float(value)))

    @staticmethod
    def _value_at(item: Item, position: float) -> Value:
        return at_share(item, position if item.direction > 0 else 1.0 - position)

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
        return tuple((str(d), self._position(item, self._value_for(item, d)) or 0.0) for d in digits)

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
        for item, position in zip(self._axes, (across, upwards), strict=True):
            self._answers[item.name] = self._value_at(item, position)
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
        positions = [self._position(item, self._answers.get(item.name)) for item in self._axes]
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
        value = self._answers[item.name]
        return tr("cannot tell") if value is None else value_text(item, value)


def _axes(scheme: Scheme) -> tuple[Item, Item]:
    first, second = scheme.items
    return (second, first) if second.name == "valence" else (first, second)


def _ends(item: Item) -> tuple[str, str]:
    """Anchors of the left or bottom and of the right or top end."""
    return (item.low, item.high) if item.direction > 0 else (item.high, item.low)


def _corner_words(scheme: Scheme, across: Item, upwards: Item) -> tuple[str, str, str, str]:
    """Top left, top right, bottom left, bottom right."""
    if scheme.name == "affect-grid":
        # Russell, Weiss & Mendelsohn 1989 print these four words on the grid.
        return tr("stress"), tr("excitement"), tr("depression"), tr("relaxation")
    if (across.name, upwards.name) == ("valence", "arousal"):
        return tr("angry"), tr("happy"), tr("sad"), tr("calm")
    return "", "", "", ""


class _Readout(QWidget):
    """Name and value of one item; framed while the next digit is for it."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title, self._value, self._expected = title, "", False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_value(self, value: str, *, expected: bool) -> None:
        self._value, self._expected = value, expected
        self.setAccessibleName(f"{self._title} {value}")
        self.update()

    def sizeHint(self) -> QSize:
        small, large = (
            QFontMetricsF(scaled_font(self.font(), 0.86)),
            QFontMetricsF(scaled_font(self.font(), 1.15, bold=True)),
        )
        width = (
            max(small.horizontalAdvance(self._title), large.horizontalAdvance(tr("cannot tell"))) + 3 * GRID
        )
        return QSize(round(width), round(small.height() + large.height()) + GRID + 4)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = current_theme()
        with open_painter(self) as painter:
            rect = QRectF(self.rect())
            box(
                painter,
                rect,
                theme.colour("accent_soft" if self._expected else "surface"),
                theme.colour("border"),
            )
            if self._expected:
                painter.setPen(QPen(theme.colour("accent"), 2))
                painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), RADIUS, RADIUS)
            inner = rect.adjusted(12, 6, -8, -6)
            painter.setFont(scaled_font(self.font(), 0.86))
            painter.setPen(theme.colour("muted"))
            elided(painter, inner, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, self._title)
            painter.setFont(scaled_font(self.font(), 1.15, bold=True))
            painter.setPen(theme.colour("text"))
            elided(painter, inner, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, self._value)
