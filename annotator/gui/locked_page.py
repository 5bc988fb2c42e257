"""LockedPage: in place of pages that show what others answered, as long as whoever is at the window must not see it."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QMessageBox, QVBoxLayout, QWidget

from annotator.app.policy import blind, set_policy
from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr
from annotator.gui.context import Context
from annotator.gui.widgets.empty_state import EmptyState

#: Workspaces in which answers of several raters come together.
LOCKED = frozenset({"agreement", "dataset", "train"})


def why_locked(context: Context, workspace: str) -> str:
    """Why a workspace is not to be seen now, as a sentence; empty where it may be."""
    if workspace not in LOCKED or context.session is None:
        return ""
    try:
        with context.session.reading() as reader:
            return blind(reader, context.rater)
    except AnnotatorError as error:  # what cannot be read opens nothing
        return str(error)


class LockedPage(QWidget):
    """Says why, and lets the lead open adjudication: a step that is kept and can be undone."""

    opened = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._column = QVBoxLayout(self)
        self._state: EmptyState | None = None

    def show_reason(self, reason: str) -> None:
        """Says why there is nothing to see."""
        if self._state is not None:
            self._column.removeWidget(self._state)
            self._state.deleteLater()
        packed = True
        if self._context.session is not None:
            with self._context.session.reading() as reader:
                packed = reader.meta("package") is not None
        self._state = EmptyState(
            "users",
            tr("The answers of others stay out of sight"),
            reason,
            "" if packed else tr("I lead this corpus: open adjudication"),
        )
        self._state.acted.connect(self._ask)
        self._column.addWidget(self._state)

    @Slot()
    def _ask(self) -> None:
        answer = QMessageBox.question(
            self,
            tr("Open adjudication?"),
            tr(
                "From here on everybody who opens this corpus sees everybody's answers. Whoever still rates is no"
                " longer independent of the others."
            ),
        )
        session = self._context.session
        if answer == QMessageBox.StandardButton.Yes and session is not None:
            self._context.attempt(set_policy, session, adjudication="open")
            self.opened.emit()
