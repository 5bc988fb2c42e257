"""Running a job off the window's thread."""

import logging

from PySide6.QtCore import QThread, Signal

from annotator.app.jobs import run_job
from annotator.domain.errors import AnnotatorError, Cancelled
from annotator.domain.progress import Job
from annotator.domain.translation import tr

_log = logging.getLogger("annotator.gui")


class Worker(QThread):
    """One job on a thread of its own. Exactly one of `succeeded`, `failed` and `cancelled` is sent, then `finished`."""

    progressed = Signal(object)  # Progress
    succeeded = Signal(object)  # the job's result
    failed = Signal(object)  # AnnotatorError
    cancelled = Signal()

    def __init__(self, title: str, job: Job[object]) -> None:
        super().__init__()
        self.title = title
        self._job = job
        self._stop = False

    def cancel(self) -> None:
        """Asks the job to stop at its next step."""
        self._stop = True

    def run(self) -> None:
        """On the new thread: whatever happens, one signal follows."""
        try:
            result = run_job(self._job, on_progress=self.progressed.emit, cancelled=lambda: self._stop)
        except Cancelled:
            self.cancelled.emit()
        except AnnotatorError as error:
            self.failed.emit(error)
        except Exception as error:  # a bug must reach the user too, or the job would seem to run for ever
            _log.exception("job %r failed", self.title)
            self.failed.emit(
                AnnotatorError(
                    tr(
                        "{title} stopped by a mistake of the program: {error}.", title=self.title, error=error
                    ),
                    tr("The log tells more."),
                )
            )
        else:
            self.succeeded.emit(result)
