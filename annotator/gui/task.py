"""A job that a page runs again and again, one at a time."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job
from annotator.gui.context import Context
from annotator.gui.worker import Worker


class Task(QObject):
    """Runs jobs for the corpus that is open; what one that began on another corpus brings is dropped.

    Parameters
    ----------
    done
        Called with the result.
    failed
        Called with the error; without it the error becomes a notice.
    cancelled
        Called where the user stopped it.
    """

    ended = Signal()  # after any of the three

    _done = Signal(object)
    _failed = Signal(object)
    _cancelled = Signal()

    def __init__(
        self,
        context: Context,
        parent: QObject,
        done: Callable[[Any], None],
        failed: Callable[[AnnotatorError], None] | None = None,
        cancelled: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._worker: Worker | None = None
        self._done.connect(done)
        self._failed.connect(failed or context.report)
        if cancelled is not None:
            self._cancelled.connect(cancelled)
        context.session_changed.connect(self._forget)

    @property
    def running(self) -> bool:
        """Whether a job is under way."""
        return self._worker is not None

    def start(self, title: str, job: Job[Any], *, quiet: bool = False) -> None:
        """Starts a job; the result of one still under way is no longer wanted."""
        self._worker = self._context.run(title, job, self._succeed, self._fail, quiet=quiet)
        self._worker.cancelled.connect(self._cancel)

    @Slot(object)
    def _succeed(self, result: object) -> None:
        if self._over():
            self._done.emit(result)
            self.ended.emit()

    @Slot(object)
    def _fail(self, error: AnnotatorError) -> None:
        if self._over():
            self._failed.emit(error)
            self.ended.emit()

    @Slot()
    def _cancel(self) -> None:
        if self._over():
            self._cancelled.emit()
            self.ended.emit()

    def _over(self) -> bool:
        """Marks the end of the job that is under way; `False` where another one has ended."""
        if self.sender() is not self._worker:
            return False
        self._worker = None
        return True

    @Slot(object)
    def _forget(self, _session: object) -> None:
        self._worker = None
