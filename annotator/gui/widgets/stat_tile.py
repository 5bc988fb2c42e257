"""StatTile: one big number, what it is, and how sure it is."""

from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from annotator.gui.theme import GRID, set_property


class StatTile(QFrame):
    """A number with its name above and a line on its interval or its reason below."""

    def __init__(self, label: str, value: str = "–", note: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._label, self._value, self._note = QLabel(label), QLabel(), QLabel()
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, GRID + GRID // 2, 2 * GRID, GRID + GRID // 2)
        column.setSpacing(2)
        for widget, role in ((self._label, "muted"), (self._value, "figure"), (self._note, "caption")):
            widget.setProperty("role", role)
            column.addWidget(widget)
        self._note.setWordWrap(True)
        column.addStretch(1)
        self.set_value(value, note)

    def set_value(self, value: str, note: str = "", *, role: str = "caption") -> None:
        """Shows another number and note; `role` may be `positive`, `warning` or `danger`."""
        self._value.setText(value)
        self._note.setText(note)
        set_property(self._note, "role", role)
        self.setAccessibleName(f"{self._label.text()}: {value}. {note}".strip())
