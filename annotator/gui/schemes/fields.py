"""Fields of the scheme forms: plain values under the names that scheme files use, and word of every change."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QWidget,
)

from annotator.gui.theme import GRID

_LARGEST = 1_000_000.0
_LINES = 6


class Fields(QWidget):
    """Labelled fields by name. `changed` follows what the user does, not `load`."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._widgets: dict[str, QWidget] = {}
        self._loading = False
        self.form = QFormLayout(self)
        self.form.setContentsMargins(0, 0, 0, 0)
        self.form.setSpacing(GRID)
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)

    # Adding

    def _add(self, name: str, title: str, widget: QWidget, hint: str) -> None:
        widget.setObjectName(name)
        widget.setAccessibleName(title)
        widget.setToolTip(hint)
        widget.setAccessibleDescription(hint)
        self._widgets[name] = widget
        self.form.addRow("" if isinstance(widget, QCheckBox) else title, widget)

    def add_text(self, name: str, title: str, hint: str = "") -> QLineEdit:
        """A line of text."""
        edit = QLineEdit()
        edit.textEdited.connect(self._touched)
        self._add(name, title, edit, hint)
        return edit

    def add_lines(self, name: str, title: str, hint: str = "") -> QPlainTextEdit:
        """A list of texts, one in each line."""
        edit = QPlainTextEdit()
        edit.setTabChangesFocus(True)
        # The style sheet of the program sets a least height, which goes before any set in code.
        height = edit.fontMetrics().lineSpacing() * _LINES
        edit.setStyleSheet(f"min-height: {height}px; max-height: {height}px;")
        edit.textChanged.connect(self._touched)
        self._add(name, title, edit, hint)
        return edit

    def add_number(
        self, name: str, title: str, hint: str = "", *, lowest: float = -_LARGEST
    ) -> QDoubleSpinBox:
        """A number."""
        spin = QDoubleSpinBox()
        spin.setRange(lowest, _LARGEST)
        spin.setDecimals(3)
        spin.setStepType(QDoubleSpinBox.StepType.DefaultStepType)
        spin.setGroupSeparatorShown(False)
        spin.valueChanged.connect(self._touched)
        self._add(name, title, spin, hint)
        return spin

    def add_count(self, name: str, title: str, none: str, hint: str = "") -> QSpinBox:
        """A whole number from 1, or nothing, which is shown as `none`."""
        spin = QSpinBox()
        spin.setRange(0, 99)
        spin.setSpecialValueText(none)
        spin.valueChanged.connect(self._touched)
        self._add(name, title, spin, hint)
        return spin

    def add_choice(self, name: str, title: str, choices: Mapping[str, str], hint: str = "") -> QComboBox:
        """One of several values, each with what people read."""
        box = QComboBox()
        for value, text in choices.items():
            box.addItem(text, value)
        # As wide as the form is, not as its longest entry.
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(12)
        box.activated.connect(self._touched)
        self._add(name, title, box, hint)
        return box

    def add_check(self, name: str, title: str, hint: str = "") -> QCheckBox:
        """Yes or no."""
        box = QCheckBox(title)
        box.clicked.connect(self._touched)
        self._add(name, title, box, hint)
        return box

    # Values

    def load(self, values: Mapping[str, Any]) -> None:
        """Shows values; fields without one are empty."""
        self._loading = True
        for name, widget in self._widgets.items():
            _show(widget, values.get(name))
        self._loading = False

    def value(self, name: str) -> Any:
        """What a field holds: text, number, truth, list of lines; `None` for no count."""
        return _held(self._widgets[name])

    def show_row(self, name: str, *, shown: bool) -> None:
        """Shows or hides a field with its title."""
        self.form.setRowVisible(self._widgets[name], shown)

    def focus(self, name: str) -> bool:
        """Puts the keyboard into a field, where it is shown; whether it could."""
        widget = self._widgets.get(name)
        if widget is None or widget.isHidden():
            return False
        widget.setFocus()
        return True

    @Slot()
    def _touched(self) -> None:
        if not self._loading:
            self.changed.emit()


def _show(widget: QWidget, value: Any) -> None:
    if isinstance(widget, QLineEdit):
        widget.setText(str(value or ""))
        widget.setCursorPosition(0)
    elif isinstance(widget, QPlainTextEdit):
        widget.setPlainText("\n".join(value or ()))
    elif isinstance(widget, QDoubleSpinBox):
        widget.setValue(float(value or 0.0))
    elif isinstance(widget, QSpinBox):
        widget.setValue(int(value or 0))
    elif isinstance(widget, QCheckBox):
        widget.setChecked(bool(value))
    elif isinstance(widget, QComboBox):
        widget.setCurrentIndex(max(widget.findData(value), 0))


def _held(widget: QWidget) -> Any:
    if isinstance(widget, QLineEdit):
        return widget.text().strip()
    if isinstance(widget, QPlainTextEdit):
        return [line.strip() for line in widget.toPlainText().splitlines() if line.strip()]
    if isinstance(widget, QDoubleSpinBox):
        return widget.value()
    if isinstance(widget, QSpinBox):
        return widget.value() or None
    if isinstance(widget, QCheckBox):
        return widget.isChecked()
    return widget.currentData()
