"""Card: a titled surface that holds what belongs together."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from annotator.gui.theme import GRID


class Card(QFrame):
    """A surface with a heading, an optional line of explanation, room for actions, and `body` for the content."""

    def __init__(self, title: str = "", subtitle: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAccessibleName(title)
        self._title = QLabel(title)
        self._title.setProperty("role", "heading")
        self._subtitle = QLabel(subtitle)
        self._subtitle.setProperty("role", "muted")
        self._subtitle.setWordWrap(True)
        self._actions = QHBoxLayout()
        self._actions.setSpacing(GRID // 2)
        head = QHBoxLayout()
        head.setSpacing(GRID)
        head.addWidget(self._title, 1)
        head.addLayout(self._actions)
        #: Add the content here.
        self.body = QVBoxLayout()
        self.body.setSpacing(GRID)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        column.setSpacing(GRID)
        column.addLayout(head)
        column.addWidget(self._subtitle)
        column.addLayout(self.body, 1)
        self._title.setVisible(bool(title))
        self._subtitle.setVisible(bool(subtitle))

    def set_title(self, title: str, subtitle: str = "") -> None:
        """Changes the heading and the line below it; empty ones take no room."""
        self.setAccessibleName(title)
        for label, text in ((self._title, title), (self._subtitle, subtitle)):
            label.setText(text)
            label.setVisible(bool(text))

    def add_action(self, widget: QWidget) -> None:
        """Puts a button at the right of the heading."""
        self._actions.addWidget(widget)
