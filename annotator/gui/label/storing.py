"""Storing an answer without making the window wait for a locked corpus, and without losing a key.

An answer is written within a few milliseconds. For that long the window stands still, so that whatever the rater
types next waits its turn. Only where the corpus is held by another program does the window go on by itself, with
its input blocked, until the answer is stored or refused.
"""

import logging
import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from annotator.domain.corpus import Annotation
from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr

_log = logging.getLogger("annotator.gui")

_AT_ONCE = 0.05  # seconds the window waits before it shows that it does
_POLL = 25  # ms


class AnswerStore(QObject):
    """Stores one answer at a time. Each `put` is followed by exactly one of `stored` and `failed`.

    The write runs on a thread that outlives the window where it must: an answer once given is either stored or
    refused with a reason, never dropped.
    """

    stored = Signal(object)  # Annotation
    failed = Signal(object)  # AnnotatorError
    waiting = Signal()  # it takes longer than usual

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread: threading.Thread | None = None
        self._result: Annotation | AnnotatorError | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL)
        self._timer.timeout.connect(self._look)

    @property
    def busy(self) -> bool:
        """Whether an answer is on its way."""
        return self._thread is not None

    def put(self, write: Callable[[], Annotation]) -> None:
        """Has `write` store an answer; usually its outcome has been sent when this returns."""
        if self.busy:
            raise RuntimeError("the answer before is not stored yet")
        self._thread = threading.Thread(target=self._run, args=(write,), name="answer")
        self._thread.start()
        self._thread.join(_AT_ONCE)
        if self._thread.is_alive():
            self._timer.start()
            self.waiting.emit()
        else:
            self._finish()

    def _run(self, write: Callable[[], Annotation]) -> None:
        try:
            self._result = write()
        except AnnotatorError as error:
            self._result = error
        except Exception as error:  # a bug must not look like a stored answer
            _log.exception("storing an answer failed")
            self._result = AnnotatorError(
                tr("The answer could not be stored, by a mistake of the program: {error}.", error=error),
                tr("The log tells more."),
            )

    @Slot()
    def _look(self) -> None:
        if self._thread is not None and not self._thread.is_alive():
            self._finish()

    def _finish(self) -> None:
        self._timer.stop()
        self._thread = None
        result, self._result = self._result, None
        if isinstance(result, Annotation):
            self.stored.emit(result)
        else:
            self.failed.emit(result)
