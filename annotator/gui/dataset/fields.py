"""The fields of the form for a split: chips to choose several of, spin boxes, combo boxes, and their lines."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QSpinBox, QWidget

from annotator.gui.dataset.flow import FlowLayout
from annotator.gui.icons import set_icon
from annotator.gui.theme import GRID
from annotator.gui.widgets.segmented import SegmentedControl


class ChipBox(QWidget):
    """Buttons of which any number may be chosen, each with a name for the eye, for the ear, and a tip."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._chips: dict[str, QPushButton] = {}
        self._flow = FlowLayout(self, gap=GRID // 2)

    @property
    def chosen(self) -> tuple[str, ...]:
        """The chosen keys, in the order in which they stand."""
        return tuple(key for key, chip in self._chips.items() if chip.isChecked())

    @property
    def empty(self) -> bool:
        """Whether there is nothing to choose."""
        return not self._chips

    def fill(self, entries: Mapping[str, tuple[str, str, str]], first: Sequence[str] = ()) -> None:
        """Offers entries (text, accessible name, tip) by key; what was chosen stays, and `first` to begin with."""
        if list(entries) != list(self._chips):
            chosen = set(self.chosen) if self._chips else set(first)
            for chip in self._chips.values():
                self._flow.removeWidget(chip)
                chip.hide()
                chip.deleteLater()
            self._chips = {key: self._chip(checked=key in chosen) for key in entries}
        for key, (text, name, tip) in entries.items():
            self._chips[key].setText(text)
            self._chips[key].setAccessibleName(name)
            self._chips[key].setToolTip(tip)

    def _chip(self, *, checked: bool) -> QPushButton:
        chip = QPushButton()
        chip.setCheckable(True)
        chip.setChecked(checked)
        chip.toggled.connect(self._toggled)
        _mark(chip)
        self._flow.addWidget(chip)
        return chip

    @Slot()
    def _toggled(self) -> None:
        for chip in self._chips.values():
            _mark(chip)
        self.changed.emit()


def _mark(chip: QPushButton) -> None:
    set_icon(chip, *(("check", "accent") if chip.isChecked() else ("plus", "muted")))


def spin(name: str, low: int, high: int, value: int) -> QSpinBox:
    """A field for a whole number."""
    field = QSpinBox()
    field.setAccessibleName(name)
    field.setRange(low, high)
    field.setValue(value)
    field.setMinimumWidth(9 * GRID)
    return field


def combo(name: str) -> QComboBox:
    """A field for one of several choices that gives way in a narrow form."""
    field = QComboBox()
    field.setAccessibleName(name)
    field.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    field.setMinimumContentsLength(5)
    return field


def refill(field: QComboBox, choices: Sequence[tuple[str, str | None, str]], chosen: str | None) -> None:
    """Offers other choices, each a text, its value and a tip; the chosen value stays where it is among them."""
    field.blockSignals(True)
    field.clear()
    for n, (text, data, tip) in enumerate(choices):
        field.addItem(text, data)
        field.setItemData(n, tip, Qt.ItemDataRole.ToolTipRole)
    field.setCurrentIndex(max(0, field.findData(chosen)) if choices else -1)
    field.blockSignals(False)


def line(label: QLabel, field: QWidget) -> QHBoxLayout:
    """A label with its field."""
    row = QHBoxLayout()
    row.setSpacing(GRID)
    row.addWidget(label)
    row.addWidget(field, 0 if isinstance(field, SegmentedControl) else 1)
    if isinstance(field, SegmentedControl):
        row.addStretch(1)
    return row
