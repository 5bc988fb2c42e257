"""Says in place that a recording's file has gone or has changed, and helps to find it again."""

from pathlib import Path

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from annotator.app.relink import Fingerprint, fingerprint, relink, verify
from annotator.domain.corpus import Recording
from annotator.domain.translation import tr
from annotator.gui.context import Context
from annotator.gui.task import Task
from annotator.gui.widgets.banner import Banner

_LOOK = 2000  # ms between two looks at the file


class FileTrouble(QWidget):
    """Nothing while all is well. Looks at the file's size and time every two seconds; where these have changed, the
    hash decides whether the sound may have, too.
    """

    returned = Signal()  # the file is there again, as it was, or another one has been linked

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._recording: Recording | None = None
        self._seen: Fingerprint | None = None
        self._banner: Banner | None = None
        self._verifying = Task(context, self, self._verified)
        self._linking = Task(context, self, self._linked)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK)
        self._timer.timeout.connect(self.look)
        self.hide()

    @property
    def told(self) -> str:
        """What is being said; empty while all is well."""
        return self._banner.accessibleName() if self._banner is not None else ""

    def watch(self, recording: Recording | None) -> None:
        """Watches the file of another recording."""
        self._settle()
        self._recording = recording
        session = self._context.session
        if recording is None or session is None:
            self._timer.stop()
            return
        self._seen = fingerprint(session, recording)
        if self._seen is None:
            self._say_missing()
        self._timer.start()

    def doubt(self) -> None:
        """What was decoded does not fit what was added: has the hash decide."""
        session = self._context.session
        if session is not None and self._recording is not None and not self._verifying.running:
            title = tr("Checking {name}", name=self._recording.name)
            self._verifying.start(title, verify(session, self._recording), quiet=True)

    @Slot()
    def look(self) -> None:
        """Looks whether the file is as it was."""
        session, recording = self._context.session, self._recording
        if session is None or recording is None:
            self._timer.stop()
            return
        now, before = fingerprint(session, recording), self._seen
        if now == before:
            return
        self._seen = now
        if now is None:
            self._say_missing()
        else:
            self.doubt()

    @Slot(object)
    def _verified(self, state: str) -> None:
        if state == "same":
            if self._banner is not None:
                self._settle()
                self.returned.emit()
        elif state == "missing":
            self._say_missing()
        else:
            path = self._context.session.audio_path(self._recording)
            self._say(
                tr("The file {path} has changed since it was added.", path=path),
                tr("Segments may no longer fit. Put the old file back, or show where it is."),
            )

    def _say_missing(self) -> None:
        path = self._context.session.audio_path(self._recording)
        self._say(
            tr("The file {path} is missing.", path=path),
            tr("Segments and ratings are safe. Put it back, or show where it is now."),
        )

    def _say(self, text: str, hint: str) -> None:
        self._settle()
        able = self._context.session.writable
        self._banner = Banner("warning", text, hint, tr("Find the file...") if able else "")
        self._banner.acted.connect(self.find)
        self._banner.dismissed.connect(self.hide)
        self._column.addWidget(self._banner)
        self.show()

    def _settle(self) -> None:
        if self._banner is not None:
            self._banner.deleteLater()
            self._banner = None
        self.hide()

    @Slot()
    def find(self) -> None:
        """Asks for the file and links it where it holds the same sound."""
        session, recording = self._context.session, self._recording
        if session is None or recording is None:
            return
        title = tr("Where is {name}?", name=recording.name)
        chosen, _ = QFileDialog.getOpenFileName(self, title, str(session.audio_path(recording).parent))
        if chosen:
            job = relink(session, recording, Path(chosen))
            self._linking.start(tr("Comparing {name}", name=Path(chosen).name), job)

    @Slot(object)
    def _linked(self, recording: Recording) -> None:
        if self._recording is not None and recording.id == self._recording.id:
            self._settle()
            self.returned.emit()
