"""The bar at the foot of the window: what is being worked on, how long it will take, and Cancel."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout

from annotator.app.jobs import Pace
from annotator.domain.progress import Progress
from annotator.domain.timeline import clock
from annotator.domain.translation import tr
from annotator.gui.context import Context
from annotator.gui.theme import GRID
from annotator.gui.worker import Worker


class JobsBar(QFrame):
    """A row for each running job; hidden while there is none."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.setObjectName("jobs")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(2 * GRID, GRID // 2, 2 * GRID, GRID // 2)
        self._column.setSpacing(2)
        self._context = context
        context.job_started.connect(self._add)
        self.hide()

    @Slot(object)
    def _add(self, worker: Worker) -> None:
        row = _JobRow(worker, self._context)
        self._column.addWidget(row)
        worker.finished.connect(row.end)
        worker.finished.connect(self._hide_when_idle)
        self.show()

    @Slot()
    def _hide_when_idle(self) -> None:
        rows = self.findChildren(_JobRow)
        self.setVisible(any(row.running for row in rows))


class _JobRow(QFrame):
    """Title, what is being done now, bar, remaining time, Cancel."""

    def __init__(self, worker: Worker, context: Context) -> None:
        super().__init__()
        self.running = True
        self._worker = worker
        self._context = context
        self._pace = Pace()
        self._title = QLabel(worker.title)
        self._doing = QLabel()
        self._doing.setProperty("role", "caption")
        self._bar = QProgressBar()
        self._bar.setRange(0, 1000)
        self._bar.setFixedWidth(30 * GRID)
        self._bar.setAccessibleName(worker.title)
        self._left = QLabel()
        self._left.setProperty("role", "caption")
        self._left.setMinimumWidth(12 * GRID)
        self._cancel = QPushButton(tr("Cancel"))
        self._cancel.setProperty("kind", "quiet")
        self._cancel.clicked.connect(self._stop)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * GRID)
        row.addWidget(self._title)
        row.addWidget(self._doing, 1)
        row.addWidget(self._bar)
        row.addWidget(self._left)
        row.addWidget(self._cancel)
        worker.progressed.connect(self._show)
        worker.cancelled.connect(self._say_cancelled)

    @Slot(object)
    def _show(self, progress: Progress) -> None:
        self._bar.setValue(round(1000 * progress.fraction))
        self._doing.setText(progress.text)
        left = self._pace.remaining(progress)
        self._left.setText("" if left is None else tr("{time} left", time=clock(left, 0)))

    @Slot()
    def _stop(self) -> None:
        self._cancel.setEnabled(False)
        self._doing.setText(tr("Stopping..."))
        self._worker.cancel()

    @Slot()
    def _say_cancelled(self) -> None:
        self._context.noticed.emit(
            tr("{title}: cancelled, nothing was changed.", title=self._worker.title), "info"
        )

    @Slot()
    def end(self) -> None:
        """The thread has ended: the row goes."""
        self.running = False
        self.hide()
        self.deleteLater()
