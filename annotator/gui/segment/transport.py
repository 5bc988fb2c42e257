"""The cursor, and what is played from it."""

from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot

from annotator.audio.source import AudioSource
from annotator.domain.corpus import Segment
from annotator.gui.context import Context

#: The speeds that keys step through and the menu offers.
SPEEDS = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0)

_AROUND = 0.5  # seconds before and after an edge


class Transport(QObject):
    """One cursor: it marks where the next thing happens, and runs along while something plays.

    Playing on from the cursor leaves it where the sound was stopped. Playing a segment puts it back afterwards, so
    that a segment can be heard again and again in the midst of work on it.
    """

    moved = Signal(object)  # sample
    changed = Signal()  # playing or not, looping or not, at which speed

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._source: AudioSource | None = None
        self._connected = False
        self._mine = False  # the player is shared: what others play does not move this cursor
        self._stop = 0
        self._home: int | None = None
        self.cursor = 0
        self.length = 0
        self.looping = False
        #: How fast it plays, with the pitch kept; remembered.
        self.speed = min(max(context.settings.speed, SPEEDS[0]), SPEEDS[-1])

    @property
    def playing(self) -> bool:
        """Whether sound is going on here."""
        return self._mine and self._context.player.playing

    @property
    def ready(self) -> bool:
        """Whether there is something to play."""
        return self._source is not None

    def set_recording(self, length: int) -> None:
        """Another recording is shown, which cannot be heard yet."""
        self.stop()
        self._source = None
        self.length = length
        self._move(0)
        self.changed.emit()

    def set_source(self, source: AudioSource) -> None:
        """The recording can be heard now."""
        self._source = source
        self.changed.emit()

    def seek(self, sample: int) -> None:
        """Moves the cursor; what is playing goes on from there."""
        sample = min(max(sample, 0), self.length)
        playing = self.playing
        if self._mine:
            self._end()
        self._move(sample)
        if playing:
            self._play(sample, self._stop if sample < self._stop else self.length)

    def play_pause(self) -> None:
        """Plays from the cursor to the end of the recording, or holds and goes on with what was playing."""
        player = self._context.player
        if self.playing:
            player.pause()
            self._move(player.position)
            self.changed.emit()
        elif self._mine and player.paused:
            player.resume()
            self.changed.emit()
        else:
            self._play(self.cursor if self.cursor < self.length else 0, self.length)

    def play_segment(self, segment: Segment, *, loop: bool = False) -> None:
        """Plays exactly one segment, then puts the cursor back."""
        self.play_range(segment.start, segment.end, loop=loop)

    def play_range(self, start: int, stop: int, *, loop: bool = False) -> None:
        """Plays exactly [start, stop), then puts the cursor back."""
        home = self.cursor if self._home is None else self._home
        self._end()
        self._play(start, stop, loop=loop)
        if self._mine:
            self._home = home

    def play_around(self, edge: int) -> None:
        """Plays half a second before an edge and half a second after it, then puts the cursor back."""
        if self._source is not None:
            reach = round(_AROUND * self._source.sample_rate)
            self.play_range(max(edge - reach, 0), min(edge + reach, self.length))

    @Slot(float)
    def set_speed(self, speed: float) -> None:
        """Plays at this speed from here on, also what is being played."""
        if speed == self.speed:
            return
        self.speed = speed
        self._context.update_settings(replace(self._context.settings, speed=speed))
        if self._mine:
            self._context.player.change_speed(speed)
        self.changed.emit()

    def step_speed(self, by: int) -> None:
        """Goes `by` steps faster through the usual speeds, or slower."""
        nearest = min(range(len(SPEEDS)), key=lambda n: abs(SPEEDS[n] - self.speed))
        self.set_speed(SPEEDS[min(max(nearest + by, 0), len(SPEEDS) - 1)])

    def stop(self) -> None:
        """Ends the sound."""
        if self._mine:
            self._end()

    def _end(self) -> None:
        """Ends the sound where it is, without a way back."""
        self._home = None
        if self._mine:
            self._context.player.stop()

    def _play(self, start: int, stop: int, *, loop: bool = False) -> None:
        if self._source is None or start >= stop:
            return
        player = self._context.player
        if not self._connected:
            self._connected = True
            player.position_changed.connect(self._follow)
            player.finished.connect(self._finish)
            player.stopped.connect(self._finish)
        player.stop()
        self._mine, self._stop, self.looping = True, stop, loop
        player.play(self._source, start, stop, loop, speed=self.speed)
        self.changed.emit()

    @Slot(object)
    def _follow(self, sample: int) -> None:
        if self._mine:
            self._move(sample)

    @Slot()
    def _finish(self) -> None:
        if not self._mine:
            return
        self._mine = self.looping = False
        home, self._home = self._home, None
        if home is not None:
            self._move(home)
        self.changed.emit()

    def _move(self, sample: int) -> None:
        if sample != self.cursor:
            self.cursor = sample
            self.moved.emit(sample)
