"""Spectrogram tiles: computed one after the other off the window's thread, kept while there is room."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from annotator.app.session import Session
from annotator.audio.source import AudioSource
from annotator.audio.spectrogram import Analysis, Levels, read_levels
from annotator.domain.corpus import Recording
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job, Progress
from annotator.domain.translation import tr
from annotator.gui.context import Context
from annotator.gui.worker import Worker

#: Columns of a tile.
COLUMNS = 256
#: Bytes of tiles kept: some 25 screens of the finest.
_KEPT = 64 << 20


@dataclass(frozen=True, slots=True)
class Tile:
    """Columns [number * 256, number * 256 + 256) of a recording's spectrogram."""

    recording_id: str
    number: int
    analysis: Analysis


class _Wanted:
    """Tiles still to be made, shared by the window's thread and the job's."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tiles: list[Tile] = []

    def replace(self, tiles: Iterable[Tile]) -> None:
        with self._lock:
            self._tiles = list(tiles)

    def take(self) -> Tile | None:
        with self._lock:
            return self._tiles.pop(0) if self._tiles else None


class Tiles(QObject):
    """The tiles of one recording. Asking for others drops those that were asked for before and not begun.

    One job at most is at work, on a thread of its own with a source of its own.
    """

    arrived = Signal()
    failed = Signal(object)  # AnnotatorError
    _made = Signal(object, object)  # Tile, Levels, from the job's thread

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._kept: OrderedDict[Tile, Levels] = OrderedDict()
        self._bytes = 0
        self._wanted = _Wanted()
        self._asked: tuple[Tile, ...] = ()
        self._recording: Recording | None = None
        self._broken = False
        self._worker: Worker | None = None
        self._made.connect(self.keep)

    def show_recording(self, recording: Recording | None) -> None:
        """Goes on with another recording, whose sound is ready to be read; `None` while there is none."""
        self._wanted.replace(())
        self._asked = ()
        self._recording = recording
        self._broken = False

    def find(self, tile: Tile) -> Levels | None:
        """A tile that has been made, (256, rows)."""
        found = self._kept.get(tile)
        if found is not None:
            self._kept.move_to_end(tile)
        return found

    def ask(self, tiles: Iterable[Tile]) -> None:
        """Has missing tiles made, the most urgent first; `arrived` comes after each."""
        asked = tuple(tile for tile in tiles if tile not in self._kept)
        if asked == self._asked or self._recording is None or self._broken:
            return
        self._asked = asked
        self._wanted.replace(asked)
        if asked and self._worker is None and self._context.session is not None:
            job = _make(self._context.session, self._recording, self._wanted, self._made.emit)
            title = tr("Drawing the spectrogram of {name}", name=self._recording.name)
            self._worker = self._context.run(title, job, None, self._fail, quiet=True)
            self._worker.finished.connect(self._end)

    @Slot(object, object)
    def keep(self, tile: Tile, levels: Levels) -> None:
        """Takes in a tile that has been made."""
        if tile in self._kept:
            return
        self._kept[tile] = levels
        self._bytes += levels.nbytes
        while self._bytes > _KEPT and len(self._kept) > 1:
            self._bytes -= self._kept.popitem(last=False)[1].nbytes
        self.arrived.emit()

    @Slot(object)
    def _fail(self, error: AnnotatorError) -> None:
        self._broken = True
        self.failed.emit(error)

    @Slot()
    def _end(self) -> None:
        self._worker = None
        asked, self._asked = self._asked, ()
        self.ask(asked)  # what was asked for while the job was ending


def _make(
    session: Session, recording: Recording, wanted: _Wanted, made: Callable[[Tile, Levels], None]
) -> Job[None]:
    """Makes wanted tiles until there are none; those of another recording are left to the next job."""
    source: AudioSource | None = None
    try:
        while (tile := wanted.take()) is not None and tile.recording_id == recording.id:
            if source is None:
                source = session.open_audio(recording)
            made(tile, read_levels(source, tile.number * COLUMNS, COLUMNS, tile.analysis))
            yield Progress(0.0, 1.0)
    finally:
        if source is not None:
            source.close()


def neighbourhood(
    recording_id: str, analysis: Analysis, start: float, stop: float, length: int
) -> list[Tile]:
    """The tiles over [start, stop) samples, then one on either side for whoever scrolls on."""
    each = analysis.hop * COLUMNS
    last = max((length - 1) // each, 0)
    first, final = int(start // each), min(int(np.ceil(stop / each)) - 1, last)
    numbers = list(range(max(first, 0), final + 1))
    around = [n for n in (final + 1, first - 1) if 0 <= n <= last]
    return [Tile(recording_id, n, analysis) for n in numbers + around]
