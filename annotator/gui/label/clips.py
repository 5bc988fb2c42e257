"""Clips: segments ready to be heard, opened ahead so that the next one sounds at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, Slot

from annotator.app.session import Session
from annotator.audio.source import AudioSource, prepare
from annotator.audio.spectrogram import Levels
from annotator.domain.corpus import Recording, Segment
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job, Progress
from annotator.domain.translation import tr
from annotator.gui.context import Context
from annotator.gui.label.sound_picture import segment_levels
from annotator.gui.worker import Worker

#: Columns of an outline: more than a strip has bars.
COLUMNS = 480
_BLOCK = 1 << 18  # frames read at a time
_IDLE = 3  # sources kept open for the next segment of the same recording


@dataclass(frozen=True, eq=False)
class Clip:
    """One segment with its open sound; `outline` holds the greatest amplitude, 0..1, of each of `COLUMNS` parts,
    `levels` its spectrogram where that is to be seen."""

    segment: Segment
    recording: Recording
    source: AudioSource
    outline: NDArray[np.float32]
    levels: Levels | None = None


def load_clip(
    session: Session,
    recording: Recording,
    segment: Segment,
    source: AudioSource | None = None,
    *,
    spectrogram: bool = False,
) -> Job[Clip]:
    """Opens a segment's sound, decoding its file first where the format needs that, and draws its outline.

    `source` is the recording's open sound where there is one that nobody reads; it belongs to the job from here on.
    Raises `AnnotatorError` where the file is missing, cannot be read or ends before the segment begins.
    """
    if source is None:
        path = session.audio_path(recording)
        if session.cache is not None and path.is_file():
            yield from prepare(path, session.cache)
        source = session.open_audio(recording)
    try:
        if segment.start >= source.samples:
            raise AnnotatorError(
                tr("The audio file {path} ends before this segment begins.", path=source.path),
                tr("Put the right file back, or take the segment out."),
            )
        stop = min(segment.end, source.samples)
        outline = yield from draw_outline(source, segment.start, stop)
        levels = segment_levels(source, segment.start, stop) if spectrogram else None
    except BaseException:
        source.close()
        raise
    return Clip(segment, recording, source, outline, levels)


def draw_outline(source: AudioSource, start: int, stop: int) -> Job[NDArray[np.float32]]:
    """Greatest amplitude in each of `COLUMNS` equal parts of [start, stop), relative to the loudest of them."""
    edges = np.linspace(start, stop, COLUMNS + 1)
    outline = np.zeros(COLUMNS, np.float32)
    for position in range(start, stop, _BLOCK):
        sound = np.abs(source.mono(position, min(position + _BLOCK, stop)))
        if len(sound):
            columns = np.searchsorted(edges, position + np.arange(len(sound)), side="right") - 1
            firsts = np.flatnonzero(np.diff(columns, prepend=-1))
            loudest = np.maximum.reduceat(sound, firsts)
            np.maximum.at(outline, columns[firsts], loudest)
        yield Progress(position - start, stop - start, tr("Reading the sound"))
    return outline / max(float(outline.max()), 1e-3)


class ClipLoader(QObject):
    """Has the wanted segments ready, the first wanted first, one job at a time.

    `ready(segment id)` and `failed(segment id)` follow each of them; `clip` and `failure` tell then. Clips that are
    not wanted any more are let go: whoever plays one stops before wanting others.
    """

    ready = Signal(str)
    failed = Signal(str)
    progressed = Signal(str, object)  # segment id, Progress

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._session: Session | None = None
        self._wanted: dict[str, tuple[Recording, Segment]] = {}
        self._clips: dict[str, Clip] = {}
        self._failures: dict[str, AnnotatorError] = {}
        self._idle: list[tuple[str, AudioSource]] = []  # recording and its open source, last used last
        self._worker: Worker | None = None
        self._running = ""
        self._spectrogram = False

    def clip(self, segment_id: str) -> Clip | None:
        """The segment, where it is ready."""
        return self._clips.get(segment_id)

    def failure(self, segment_id: str) -> AnnotatorError | None:
        """Why the segment cannot be heard, where that is so."""
        return self._failures.get(segment_id)

    def want(
        self, session: Session, wanted: Sequence[tuple[Recording, Segment]], *, spectrogram: bool = False
    ) -> None:
        """Loads these segments, in this order, and lets go of all others; with `spectrogram` that too is made."""
        self._spectrogram = spectrogram
        if session is not self._session:
            self.clear()
            self._session = session
        self._wanted = {segment.id: (recording, segment) for recording, segment in wanted}
        for key, clip in list(self._clips.items()):
            if self._wanted.get(key, (None, None))[1] != clip.segment or spectrogram != (
                clip.levels is not None
            ):
                del self._clips[key]
                self._retire(clip)
        self._failures = {key: error for key, error in self._failures.items() if key in self._wanted}
        if self._worker is not None and self._running not in self._wanted:
            self._worker.cancel()
        self._load_next()

    def retry(self, segment_id: str) -> None:
        """Tries a segment again that could not be loaded."""
        if self._failures.pop(segment_id, None) is not None:
            self._load_next()

    def clear(self) -> None:
        """Lets go of everything."""
        self._wanted, self._failures = {}, {}
        if self._worker is not None:
            self._worker.cancel()
            self._worker, self._running = None, ""
        for source in [clip.source for clip in self._clips.values()] + [source for _, source in self._idle]:
            source.close()
        self._clips, self._idle = {}, []
        self._session = None

    def _load_next(self) -> None:
        if self._worker is not None or self._session is None:
            return
        for key, (recording, segment) in self._wanted.items():
            if key not in self._clips and key not in self._failures:
                source = self._take_idle(recording.id)
                job = load_clip(self._session, recording, segment, source, spectrogram=self._spectrogram)
                self._running = key
                self._worker = self._context.run(
                    tr("Opening the sound"), job, self._loaded, self._refused, quiet=True
                )
                self._worker.cancelled.connect(self._cancelled)
                self._worker.progressed.connect(self._progressed)
                return

    @Slot(object)
    def _loaded(self, clip: Clip) -> None:
        if self.sender() is not self._worker:  # of a corpus that was closed meanwhile
            clip.source.close()
            return
        self._worker = None
        if self._wanted.get(clip.segment.id, (None, None))[1] == clip.segment:
            self._clips[clip.segment.id] = clip
            self.ready.emit(clip.segment.id)
        else:
            self._retire(clip)
        self._load_next()

    @Slot(object)
    def _refused(self, error: AnnotatorError) -> None:
        if self.sender() is self._worker:
            self._worker = None
            self._failures[self._running] = error
            self.failed.emit(self._running)
            self._load_next()

    @Slot()
    def _cancelled(self) -> None:
        if self.sender() is self._worker:
            self._worker = None
            self._load_next()

    @Slot(object)
    def _progressed(self, progress: Progress) -> None:
        if self.sender() is self._worker:
            self.progressed.emit(self._running, progress)

    def _take_idle(self, recording_id: str) -> AudioSource | None:
        for n, (key, source) in enumerate(self._idle):
            if key == recording_id:
                del self._idle[n]
                return source
        return None

    def _retire(self, clip: Clip) -> None:
        self._idle.append((clip.recording.id, clip.source))
        while len(self._idle) > _IDLE:
            self._idle.pop(0)[1].close()
