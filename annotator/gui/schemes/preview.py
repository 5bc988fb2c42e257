"""Preview: the panel that raters will see, to be tried, and what is wrong or doubtful about the scheme."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from annotator.domain.scheme import Scheme
from annotator.domain.translation import tr
from annotator.gui.label.judged import JudgedLine
from annotator.gui.panels import RatingPanel, panel_for
from annotator.gui.theme import GRID, set_property

_SECONDS = 10.0  # of a sound that is not there


class Preview(QWidget):
    """Shows the panel of a scheme; the answer that is tried is said below, and goes nowhere."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.panel: RatingPanel | None = None
        title = QLabel(tr("As raters see it"))
        title.setProperty("role", "heading")
        self._judged = JudgedLine()
        card = QFrame()
        card.setObjectName("card")
        self._inside = QVBoxLayout(card)
        self._inside.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        self._inside.addWidget(self._judged)
        scroll = QScrollArea()
        scroll.setWidget(card)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._words = QLabel()
        self._words.setWordWrap(True)
        self._words.setAccessibleName(tr("What is wrong or doubtful"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(title)
        column.addWidget(scroll, 1)
        column.addWidget(self._words)

    @property
    def words(self) -> str:
        """What stands below the panel."""
        return self._words.text()

    def show_scheme(self, scheme: Scheme, doubts: tuple[str, ...]) -> None:
        """Shows a scheme that is whole, and doubts about it."""
        if self.panel is None or self.panel.scheme != scheme:
            self._take_panel_away()
            self.panel = panel_for(scheme)
            self.panel.show_length(_SECONDS)
            self.panel.submitted.connect(self._tried)
            self._inside.addWidget(self.panel, 1)
            self._judged.show_judged(scheme.judged)
        self._judged.show()
        self._say("\n".join(doubts), "warning")

    def show_fault(self, text: str) -> None:
        """Says what is wrong; the panel shown last stays, greyed, so that nothing jumps while one types."""
        if self.panel is not None:
            self.panel.setEnabled(False)
        self._judged.setVisible(self.panel is not None)
        self._say(text, "danger")

    def clear(self) -> None:
        """Nothing is shown."""
        self._take_panel_away()
        self._judged.hide()
        self._say("", "muted")

    def _take_panel_away(self) -> None:
        if self.panel is not None:
            self.panel.hide()
            self._inside.removeWidget(self.panel)
            self.panel.deleteLater()
            self.panel = None

    @Slot()
    def _tried(self) -> None:
        self._say(tr("This is where an answer would be stored."), "muted")

    def _say(self, text: str, role: str) -> None:
        set_property(self._words, "role", role)
        self._words.setText(text)
        self._words.setVisible(bool(text))
