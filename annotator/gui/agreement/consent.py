"""What is said, and asked once, before somebody sees every answer in order to decide."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from annotator.domain.translation import tr
from annotator.gui.theme import GRID
from annotator.gui.widgets.card import Card
from annotator.gui.widgets.remark import remark

_WIDTH = 64 * GRID


class Consent(QWidget):
    """`given(name)` says that somebody decides under that name, knowing what it means; `declined` that nobody does."""

    given = Signal(str)
    declined = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        card = Card(
            tr("Deciding ends blindness"),
            tr(
                "Whoever decides sees every rater's answers and comments, and can no longer rate these segments "
                "without being influenced. Begin when the raters have finished. Decisions are kept as answers of "
                "their own, stand above every rule of consensus, and can be taken back."
            ),
        )
        card.setFixedWidth(_WIDTH)
        self.name = QLineEdit()
        self.name.setAccessibleName(tr("Name of whoever decides"))
        self.name.setPlaceholderText(tr("Name or pseudonym"))
        self.name.textChanged.connect(self._check)
        self.name.returnPressed.connect(self._give)
        self.begin = QPushButton(tr("Begin to decide"))
        self.begin.setProperty("kind", "primary")
        self.begin.clicked.connect(self._give)
        back = QPushButton(tr("Back to the figures"))
        back.clicked.connect(self._decline)
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        buttons.addStretch(1)
        buttons.addWidget(back)
        buttons.addWidget(self.begin)
        label = QLabel(tr("Who decides?"))
        label.setBuddy(self.name)
        card.body.addWidget(label)
        card.body.addWidget(self.name)
        card.body.addWidget(
            remark(tr("Someone who also rates decides as a second person: NAME (adjudicator)."))
        )
        card.body.addSpacing(GRID)
        card.body.addLayout(buttons)
        across = QHBoxLayout()
        across.addStretch(1)
        across.addWidget(card)
        across.addStretch(1)
        column = QVBoxLayout(self)
        column.addStretch(2)
        column.addLayout(across)
        column.addStretch(3)
        self._check()

    def ask(self, name: str) -> None:
        """Proposes a name and waits for an answer."""
        self.name.setText(name)
        self.name.setFocus()
        self.name.selectAll()

    @Slot()
    def _check(self) -> None:
        self.begin.setEnabled(bool(self.name.text().strip()))

    @Slot()
    def _give(self) -> None:
        if name := self.name.text().strip():
            self.given.emit(name)

    @Slot()
    def _decline(self) -> None:
        self.declined.emit()
