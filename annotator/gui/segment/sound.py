"""Getting a recording ready to be seen and heard, off the window's thread."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from annotator.app.session import Session
from annotator.app.waveform import load_waveform
from annotator.audio.peaks import PeakPyramid
from annotator.audio.source import AudioSource
from annotator.domain.corpus import Recording
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job, Progress
from annotator.domain.translation import tr
from annotator.gui.context import Context
from annotator.gui.segment.wave import Wave
from annotator.gui.worker import Worker

_GROWING = 80  # ms between two pictures of a growing wave: drawing more often would slow down the reading

_Sources = tuple[AudioSource, AudioSource]
"""To see, and to hear."""


class Sound(QObject):
    """One recording: its wave, which can be drawn while it grows, and its samples to play.

    A file that is read in place can be played from the first moment; one that has to be decoded, once it is. The
    wave is read on the window's thread and the voice on the player's: each has a source of its own.
    """

    begun = Signal(object)  # Wave: nothing or all of it is known
    grown = Signal()
    opened = Signal()  # `voice` can be played
    measured = Signal()  # all of the wave is known
    failed = Signal(object)  # AnnotatorError
    uncached = Signal(object)  # AnnotatorError: what was computed could not be kept for the next time
    _found = Signal(object)  # PeakPyramid, from the job's thread
    _ready = Signal(object)  # _Sources, from the job's thread

    def __init__(self, context: Context, recording: Recording, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.recording = recording
        self.wave: Wave | None = None
        self.voice: AudioSource | None = None
        self._eye: AudioSource | None = None
        self._closed = False
        self._worker: Worker | None = None
        self._context = context
        self._found.connect(self._begin)
        self._ready.connect(self._take_sources)
        self._timer = QTimer(self)
        self._timer.setInterval(_GROWING)
        self._timer.timeout.connect(self.grown)

    def open(self, session: Session) -> None:
        """Starts to read; `begun` comes as soon as there is something to draw."""
        title = tr("Opening {name}", name=self.recording.name)
        job = _open(session, self.recording, self._found.emit, self._ready.emit, self.uncached.emit)
        self._worker = self._context.run(title, job, self._finish, self._fail, quiet=True)
        self._worker.finished.connect(self._end)

    def close(self) -> None:
        """Lets go of the files, now or as soon as the job that is opening them has ended."""
        self._closed = True
        self._timer.stop()
        if self._worker is not None:
            self._worker.cancel()
        for source in filter(None, (self.voice, self._eye)):
            source.close()
        self.voice = self.wave = self._eye = None
        if self._worker is None:
            self.deleteLater()

    @Slot(object)
    def _begin(self, peaks: PeakPyramid) -> None:
        if not self._closed:
            self.wave = Wave(peaks, self._eye)
            self.begun.emit(self.wave)
            self._timer.start()

    @Slot(object)
    def _take_sources(self, sources: _Sources) -> None:
        if self._closed:
            for source in sources:
                source.close()
            return
        self._eye, self.voice = sources
        self.opened.emit()

    @Slot(object)
    def _finish(self, peaks: PeakPyramid) -> None:
        if not self._closed:
            self.wave = Wave(peaks, self._eye)
            self.begun.emit(self.wave)
            self.measured.emit()

    @Slot(object)
    def _fail(self, error: AnnotatorError) -> None:
        if not self._closed:
            self.failed.emit(error)

    @Slot()
    def _end(self) -> None:
        self._timer.stop()
        self._worker = None
        if self._closed:
            self.deleteLater()


def _open(
    session: Session,
    recording: Recording,
    found: Callable[[PeakPyramid], None],
    ready: Callable[[_Sources], None],
    uncached: Callable[[AnnotatorError], None],
) -> Job[PeakPyramid]:
    at_once = session.is_read_in_place(recording)
    if at_once:
        ready((session.open_audio(recording), session.open_audio(recording)))
    peaks = yield from load_waveform(session, recording, found, uncached)
    if not at_once:
        yield Progress(1.0, 1.0)
        ready((session.open_audio(recording), session.open_audio(recording)))
    return peaks
