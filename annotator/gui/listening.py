"""Hearing segments anywhere in the window: by a click on a row, without leaving the page."""

from collections import OrderedDict
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QToolButton, QWidget

from annotator.app.session import Session
from annotator.audio.source import AudioSource, prepare
from annotator.domain.corpus import Recording, Segment
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job, Progress
from annotator.domain.timeline import clock
from annotator.domain.translation import tr
from annotator.gui.context import Context
from annotator.gui.icons import set_icon

#: Recordings kept open, so that going to and fro between two segments is immediate.
_KEPT = 4


def when(segment: Segment, recording: Recording) -> str:
    """The place of a segment in its recording, as people read it."""
    rate = recording.sample_rate
    return f"{clock(segment.start / rate, 1)}–{clock(segment.end / rate, 1)}"


class Listener(QObject):
    """Plays segments one at a time. `changed(id)` names the one that is heard or being opened, or `None`."""

    changed = Signal(object)

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._sources: OrderedDict[str, AudioSource] = OrderedDict()
        self._wanted: tuple[Segment, Recording] | None = None
        self._opening: set[str] = set()
        self._connected = False
        context.session_changed.connect(self._let_go)

    @property
    def current(self) -> str | None:
        """Id of the segment that is heard or about to be."""
        return self._wanted[0].id if self._wanted else None

    def toggle(self, segment: Segment, recording: Recording) -> None:
        """Plays a segment from its start, or stops where it is the one that is heard."""
        if self.current == segment.id:
            self.stop()
            return
        self.stop()
        self._wanted = (segment, recording)
        self.changed.emit(segment.id)
        if recording.id in self._sources:
            self._play()
        elif recording.id not in self._opening and self._context.session is not None:
            self._opening.add(recording.id)
            self._context.run(
                tr("Opening {name}", name=recording.name),
                _open(self._context.session, recording),
                self._opened,
                self._failed,
                quiet=True,
            )

    def stop(self) -> None:
        """Silence, where this listener plays."""
        if self._wanted is not None:
            self._wanted = None
            if self._connected:
                self._context.player.stop()
            self.changed.emit(None)

    @Slot(object)
    def _opened(self, found: tuple[Session, Recording, AudioSource]) -> None:
        session, recording, source = found
        self._opening.discard(recording.id)
        if session is not self._context.session:
            source.close()
            return
        if recording.id in self._sources:
            source.close()
        else:
            self._sources[recording.id] = source
        if self._wanted is not None and self._wanted[1].id == recording.id:
            self._play()
        while len(self._sources) > _KEPT:
            # The oldest is not the one that plays: that was moved to the end.
            self._sources.popitem(last=False)[1].close()

    @Slot(object)
    def _failed(self, error: AnnotatorError) -> None:
        self._opening.clear()
        self._wanted = None
        self.changed.emit(None)
        self._context.report(error)

    def _play(self) -> None:
        segment, recording = self._wanted
        self._sources.move_to_end(recording.id)
        player = self._context.player
        if not self._connected:
            self._connected = True
            player.finished.connect(self._ended)
            player.stopped.connect(self._ended)
        # What was playing stops first, and its end is not the end of this segment.
        wanted, self._wanted = self._wanted, None
        player.stop()
        self._wanted = wanted
        player.play(self._sources[recording.id], segment.start, segment.end)
        if not player.playing:  # the file has become shorter than the segment says
            self._ended()

    @Slot()
    def _ended(self) -> None:
        if self._wanted is not None and self._wanted[1].id in self._sources:
            self._wanted = None
            self.changed.emit(None)

    @Slot(object)
    def _let_go(self, _session: object) -> None:
        # The context has stopped the player before: nothing reads the sources any more.
        self._wanted = None
        self._opening.clear()
        for source in self._sources.values():
            source.close()
        self._sources.clear()
        self.changed.emit(None)


def _open(session: Session, recording: Recording) -> Job[tuple[Session, Recording, AudioSource]]:
    path: Path = session.audio_path(recording)
    yield Progress(0, 1, tr("Opening {name}", name=recording.name))
    if session.cache is not None and path.is_file():
        yield from prepare(path, session.cache)
    return session, recording, session.open_audio(recording)


class ListenButton(QToolButton):
    """Plays one segment, and shows while it is heard that a press stops it. A `label` stands beside the sign."""

    def __init__(
        self, listener: Listener, segment: Segment, recording: Recording, label: str = "",
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._listener, self._segment, self._recording = listener, segment, recording
        self._what = f"{recording.name} {when(segment, recording)}"
        if label:
            self.setText(label)
            self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.clicked.connect(self.toggle)
        listener.changed.connect(self._show)
        self._show(listener.current)

    @Slot()
    def toggle(self) -> None:
        """Plays, or stops."""
        self._listener.toggle(self._segment, self._recording)

    @Slot(object)
    def _show(self, current: str | None) -> None:
        heard = current == self._segment.id
        set_icon(self, "stop" if heard else "play", "accent" if heard else "text")
        text = tr("Stop {what}", what=self._what) if heard else tr("Play {what}", what=self._what)
        self.setAccessibleName(text)
        self.setToolTip(text)
