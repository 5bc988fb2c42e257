"""Auditing splits as they are looked at; what was found stays until something changes."""

from PySide6.QtCore import QObject, Signal, Slot

from annotator.app.session import Session
from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr
from annotator.gui.context import Context
from annotator.gui.dataset.audit_card import AuditCard
from annotator.gui.dataset.reading import Audited, audit
from annotator.gui.task import Task


class Auditing(QObject):
    """Runs audits and shows that of the chosen split in the card."""

    ended = Signal()

    def __init__(self, context: Context, card: AuditCard, parent: QObject) -> None:
        super().__init__(parent)
        self._card = card
        self._found: dict[str, Audited] = {}
        self._chosen: str | None = None
        self._task = Task(context, self, self._show, self._failed, self._cancelled)
        self._task.ended.connect(self.ended)

    @property
    def running(self) -> bool:
        """Whether a split is being audited."""
        return self._task.running

    def forget(self) -> None:
        """Something has changed: nothing that was found holds any more."""
        self._found.clear()

    def look(self, session: Session, name: str) -> None:
        """Shows what is known of a split, or finds it out without a fuss."""
        self._chosen = name
        if name in self._found:
            self._card.show_audit(self._found[name])
        else:
            self.start(session, name, quiet=True)

    def start(self, session: Session, name: str, *, quiet: bool) -> None:
        """Audits a split."""
        self._chosen = name
        self._card.show_waiting(tr("Looking for leaks..."))
        self._task.start(tr("Auditing {name}", name=name), audit(session, name), quiet=quiet)

    @Slot(object)
    def _show(self, found: Audited) -> None:
        self._found[found.split] = found
        if found.split == self._chosen:
            self._card.show_audit(found)

    @Slot(object)
    def _failed(self, error: AnnotatorError) -> None:
        self._card.show_waiting(str(error))

    @Slot()
    def _cancelled(self) -> None:
        self._card.show_waiting(tr("Not audited. Press F5 to look for leaks."))
