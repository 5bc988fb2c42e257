"""NoteRow: what a rater may add to an answer, out of the way until it is wanted."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QWidget

from annotator.domain.translation import tr
from annotator.gui.theme import GRID
from annotator.gui.widgets.segmented import SegmentedControl

#: Confidence behind each choice, 0 (guessed) to 1 (certain); the first is "not said".
CONFIDENCES: tuple[float | None, ...] = (None, 0.0, 0.5, 1.0)


class NoteRow(QWidget):
    """A comment in one line, so that Enter still stores, and how sure the rater is.

    `edited` follows what the rater changes, `left` the Escape key.
    """

    edited = Signal()
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = QLineEdit()
        self.field.setPlaceholderText(tr("Comment on this segment (Enter stores, Esc goes back)"))
        self.field.setAccessibleName(tr("Comment"))
        self.field.setMaxLength(2000)
        self.field.textEdited.connect(self._changed)
        label = QLabel(tr("How sure?"))
        label.setProperty("role", "muted")
        self.sure = SegmentedControl(
            (tr("not said"), tr("guessed"), tr("rather"), tr("certain")), name=tr("How sure are you?")
        )
        self.sure.chosen.connect(self._changed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self.field, 1)
        row.addSpacing(GRID)
        row.addWidget(label)
        row.addWidget(self.sure)

    @property
    def comment(self) -> str:
        """The comment without blanks around it."""
        return self.field.text().strip()

    @property
    def confidence(self) -> float | None:
        """How sure the rater is, 0..1; `None` where that was not said."""
        return CONFIDENCES[self.sure.index]

    @property
    def filled(self) -> bool:
        """Whether anything was said."""
        return bool(self.comment) or self.confidence is not None

    def fill(self, comment: str, confidence: float | None) -> None:
        """Shows an earlier comment and the nearest choice of confidence."""
        self.field.setText(comment)
        nearest = 0
        if confidence is not None:
            nearest = min(range(1, len(CONFIDENCES)), key=lambda n: abs(CONFIDENCES[n] - confidence))
        self.sure.set_index(nearest)

    def cycle_confidence(self) -> None:
        """Takes the next choice of confidence; behind the last one comes "not said"."""
        self.sure.set_index((self.sure.index + 1) % len(CONFIDENCES))
        self.edited.emit()

    @Slot()
    def _changed(self) -> None:
        self.edited.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
