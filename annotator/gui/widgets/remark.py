"""Lines of small print beside figures and fields."""

from PySide6.QtWidgets import QLabel


def remark(text: str = "", *, role: str = "caption") -> QLabel:
    """A line of small print that wraps; empty ones take no room."""
    label = QLabel(text)
    label.setProperty("role", role)
    label.setWordWrap(True)
    if not text:
        label.hide()
    return label


def say(label: QLabel, text: str) -> None:
    """Changes a remark."""
    label.setText(text)
    label.setVisible(bool(text))
