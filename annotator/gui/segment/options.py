"""Controls for the options of segmentation methods: a slider for a length or a number, a choice between words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QSlider, QVBoxLayout, QWidget

from annotator.domain.translation import tr
from annotator.gui.segment.keys import CONTROL_KEYS, KeyKeeper
from annotator.gui.theme import GRID
from annotator.gui.widgets.segmented import SegmentedControl
from annotator.segmentation.methods import METHODS
from annotator.segmentation.options import MethodOptions


@dataclass(frozen=True)
class Scale:
    """How a slider stands for an option: `low` to `high` by `step`.

    `none` is the word for 0 where that stands for something else than a length: at the left end of a scale that begins
    with 0, else beyond the right end.
    """

    option: str
    title: str
    low: float
    high: float
    step: float
    none: str = ""

    @property
    def _endless(self) -> bool:
        return bool(self.none) and self.low > 0

    @property
    def steps(self) -> int:
        """Positions of the slider, less one."""
        return round((self.high - self.low) / self.step) + self._endless

    def value(self, position: int) -> float:
        """What a position stands for."""
        if self._endless and position == self.steps:
            return 0.0
        return round(self.low + position * self.step, 4)

    def position(self, value: float) -> int:
        """Where a value stands, or the nearest to it."""
        if self._endless and value == 0:
            return self.steps
        return min(max(round((value - self.low) / self.step), 0), self.steps - self._endless)

    def text(self, value: float) -> str:
        """A value for people."""
        return self.none if self.none and value == 0 else tr("{seconds} s", seconds=f"{value:.2f}")


@dataclass(frozen=True)
class Choice:
    """Values of an option with the words for them."""

    option: str
    title: str
    values: Sequence[Any]
    words: Sequence[str]


def _listening() -> tuple[Scale, ...]:
    return (
        Scale("min_length", tr("Shortest segment"), 0.0, 3.0, 0.05),
        Scale("max_length", tr("Longest segment"), 1.0, 60.0, 0.5, none=tr("no limit")),
        Scale("padding", tr("Room before and after"), 0.0, 0.5, 0.01),
    )


def _rest() -> Choice:
    return Choice("rest", tr("What fills no whole window"), ("drop", "keep"), (tr("Drop"), tr("Keep")))


def controls(method: str) -> tuple[Scale | Choice, ...]:
    """The options of a method that the window offers; none for methods that it does not know."""
    pause = Scale("min_pause", tr("Shortest pause"), 0.05, 2.0, 0.01)
    known: dict[str, tuple[Scale | Choice, ...]] = {
        "silence": (pause, *_listening()),
        "vad": (
            pause,
            Scale("clear_pause", tr("A pause that always cuts"), 0.05, 2.0, 0.01, none=tr("every one")),
            *_listening(),
        ),
        "fixed": (
            Scale("length", tr("Length of a window"), 0.5, 60.0, 0.5),
            Scale("hop", tr("From start to start"), 0.0, 60.0, 0.5, none=tr("the length")),
            _rest(),
        ),
        "beats": (
            Choice("bars", tr("Bars in a window"), (0, 1, 2, 4), (tr("Beat"), "1", "2", "4")),
            Choice("meter", tr("Beats in a bar"), (0, 2, 3, 4), (tr("Found"), "2", "3", "4")),
            _rest(),
        ),
        "structure": (
            Choice("level", tr("Parts"), ("section", "phrase"), (tr("Sections"), tr("Phrases"))),
            Scale("min_length", tr("Shortest part"), 0.0, 60.0, 0.5, none=tr("as usual")),
        ),
    }
    return known.get(method, ())


class OptionControls(QWidget):
    """The controls of one method, one below the other; `changed` follows every move."""

    changed = Signal()

    def __init__(self, method: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        defaults: MethodOptions = METHODS[method].defaults
        #: By option: each slider, and each choice.
        self.sliders: dict[str, OptionSlider] = {}
        self.choices: dict[str, OptionChoice] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        for control in controls(method):
            value = getattr(defaults, control.option)
            if isinstance(control, Scale):
                slider = self.sliders[control.option] = OptionSlider(control, value)
                slider.moved.connect(self.changed)
                column.addWidget(slider)
            else:
                choice = self.choices[control.option] = OptionChoice(control, value)
                choice.moved.connect(self.changed)
                column.addWidget(choice)

    @property
    def values(self) -> dict[str, Any]:
        """What is chosen, by option."""
        return {name: control.value for name, control in (*self.sliders.items(), *self.choices.items())}


class OptionSlider(QWidget):
    """An option's name and value above its slider."""

    moved = Signal()

    def __init__(self, scale: Scale, value: float) -> None:
        super().__init__()
        self._scale = scale
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, scale.steps)
        self.slider.setPageStep(max(1, scale.steps // 10))
        self.slider.setAccessibleName(scale.title)
        self.slider.setValue(scale.position(value))
        self.slider.valueChanged.connect(self._move)
        self._value = QLabel(scale.text(self.value))
        name = QLabel(scale.title)
        name.setBuddy(self.slider)
        head = QHBoxLayout()
        head.addWidget(name, 1)
        head.addWidget(self._value)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.slider)
        KeyKeeper(CONTROL_KEYS, self).guard(self.slider)

    @property
    def value(self) -> float:
        """The option, in seconds."""
        return self._scale.value(self.slider.value())

    @Slot(int)
    def _move(self, _position: int) -> None:
        self._value.setText(self._scale.text(self.value))
        self.moved.emit()


class OptionChoice(QWidget):
    """An option's name above the words to choose from."""

    moved = Signal()

    def __init__(self, choice: Choice, value: object) -> None:
        super().__init__()
        self._choice = choice
        self.control = SegmentedControl(choice.words, list(choice.values).index(value), name=choice.title)
        self.control.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.control.chosen.connect(self._move)
        name = QLabel(choice.title)
        name.setBuddy(self.control)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addWidget(name)
        column.addWidget(self.control)
        KeyKeeper(CONTROL_KEYS, self).guard(self.control)

    @property
    def value(self) -> Any:
        """The option."""
        return self._choice.values[self.control.index]

    @Slot(int)
    def _move(self, _index: int) -> None:
        self.moved.emit()
