"""Plays exact stretches of sound: sample for sample from `start` to `stop`, and not one more.

Three parties keep the sound going while the window is busy. A thread of the program (`Feed`) reads the source
ahead in blocks and turns them into the device's bytes. Qt asks for bytes (`_Stream.readData`, on the window's
thread) whenever its ring buffer has room; there it only takes what is ready. The device empties the ring on a
thread of its own that needs no Python. So the window may stand still for as long as the ring holds sound.
"""

from PySide6.QtCore import QElapsedTimer, QIODevice, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtMultimedia import QAudioDevice, QAudioSink, QMediaDevices, QtAudio

from annotator.audio.source import AudioSource
from annotator.domain.translation import tr
from annotator.gui.sound_feed import Feed, format_for

_RING = 0.4  # seconds in Qt's own buffer: how long the window may stand still without a gap
_TAIL = 600  # ms a sound system may take to play what it was given (wireless headphones take the longest)
_TICK = 16  # ms between positions, about 60 a second
_PULL = 0.1  # share of the difference to the device's clock taken over at each tick
_JUMP = 0.08  # seconds of difference from which on the device's clock is simply believed


class Player(QObject):
    """One voice: playing something else stops what was playing.

    While something plays, the player alone reads its source (from another thread); it never closes it. Without a
    sound device it says so once (`failed`) and then plays silently in real time, so that work with the eyes goes on.
    """

    position_changed = Signal(object)  # sample of the source that is heard now
    started = Signal()
    finished = Signal()  # the end was reached
    stopped = Signal()  # ended before its end, by `stop` or by playing something else
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._feed: Feed | None = None
        self._output: _Speaker | _Silence | None = None
        self._start = self._stop = self._rate = 0
        self._loop = False
        self._heard = 0.0  # seconds since `start`, counting every round of a loop
        self._position = 0
        self._paused = False
        self._volume = 1.0
        self._complained = False
        self._clock = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    @property
    def playing(self) -> bool:
        """Whether sound is going on; not while paused."""
        return self._output is not None and not self._paused

    @property
    def paused(self) -> bool:
        """Whether `resume` would go on."""
        return self._output is not None and self._paused

    @property
    def position(self) -> int:
        """Sample of the source that is heard now, or was heard last."""
        return self._position

    @property
    def volume(self) -> float:
        """Loudness, 0..1, as a slider shows it (the ear's scale, not the amplitude's)."""
        return self._volume

    @volume.setter
    def volume(self, volume: float) -> None:
        self._volume = min(max(volume, 0.0), 1.0)
        if self._output is not None:
            self._output.set_volume(self._volume)

    def play(self, source: AudioSource, start: int, stop: int, loop: bool = False) -> None:
        """Plays samples [start, stop) of `source` once, or again and again without a gap."""
        self.stop()
        start, stop = max(0, start), min(stop, source.samples)
        if start >= stop:
            return
        self._start, self._stop, self._rate, self._loop = start, stop, source.sample_rate, loop
        self._position, self._heard, self._paused = start, 0.0, False
        device = QMediaDevices.defaultAudioOutput()
        if device.isNull():
            self._go_silent(tr("There is no sound device: the cursor runs, but nothing is heard."))
        else:
            self._feed = Feed(source, start, stop, loop, format_for(device, source))
            self._output = _Speaker(device, self._feed, self)
            self._feed.failed.connect(self.failed)
            # Queued: a sink must not be stopped from within its own change of state.
            self._output.ended.connect(self._end, Qt.ConnectionType.QueuedConnection)
            self._output.broke.connect(self._device_broke, Qt.ConnectionType.QueuedConnection)
            self._output.set_volume(self._volume)
            self._output.start()
        self._clock.start()
        self._timer.start()
        self.started.emit()
        self.position_changed.emit(start)

    def pause(self) -> None:
        """Holds the sound; `resume` goes on with the very next sample."""
        if self.playing:
            self._output.pause()
            self._paused = True
            self._timer.stop()

    def resume(self) -> None:
        """Goes on after `pause`."""
        if self.paused:
            self._paused = False
            self._output.resume()
            self._clock.restart()
            self._timer.start()

    def stop(self) -> None:
        """Ends the sound at once; nothing reads the source any more when this returns."""
        if self._release():
            self.stopped.emit()

    @Slot()
    def _end(self) -> None:
        self._release(at_end=True)
        self._position = self._stop
        self.position_changed.emit(self._stop)
        self.finished.emit()

    def _release(self, *, at_end: bool = False) -> bool:
        """Lets go of device and source; whether there was something to let go of."""
        output, self._output = self._output, None
        feed, self._feed = self._feed, None
        self._timer.stop()
        self._paused = False
        if output is not None:
            output.stop(at_end=at_end)
        if feed is not None:
            feed.close()
        return output is not None

    @Slot(str)
    def _device_broke(self, reason: str) -> None:
        self._release()
        self._start = self._position
        self._heard = 0.0
        self._go_silent(tr("The sound device cannot be used: {reason}", reason=reason))
        self._timer.start()

    def _go_silent(self, reason: str) -> None:
        if not self._complained:
            self._complained = True
            self.failed.emit(reason)
        seconds = None if self._loop else (self._stop - self._start) / self._rate
        self._output = _Silence(seconds, self)
        self._output.ended.connect(self._end)

    @Slot()
    def _tick(self) -> None:
        # The device counts in steps of several ms: the clock fills them in, and is pulled towards the device.
        told = self._output.played()
        guess = self._heard + self._clock.nsecsElapsed() * 1e-9
        self._clock.restart()
        error = told - guess
        heard = told if abs(error) > _JUMP else guess + _PULL * error
        self._heard = max(self._heard, heard)
        frames = int(self._heard * self._rate)
        length = self._stop - self._start
        self._position = self._start + (frames % length if self._loop else min(frames, length))
        self.position_changed.emit(self._position)


class _Silence(QObject):
    """Stands in for a missing device: time passes, nothing is heard. `seconds` is `None` for ever."""

    ended = Signal()

    def __init__(self, seconds: float | None, parent: QObject) -> None:
        super().__init__(parent)
        self._left = seconds
        self._before = 0.0
        self._clock = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.ended)
        self.resume()

    def played(self) -> float:
        """Seconds that have passed."""
        return self._before + (self._clock.nsecsElapsed() * 1e-9 if self._clock.isValid() else 0.0)

    def pause(self) -> None:
        self._before = self.played()
        self._clock.invalidate()
        self._timer.stop()

    def resume(self) -> None:
        self._clock.start()
        if self._left is not None:
            self._timer.start(max(0, round((self._left - self._before) * 1000)))

    def stop(self, *, at_end: bool) -> None:  # noqa: ARG002 (silence has no tail)
        self._timer.stop()
        self.deleteLater()

    def set_volume(self, volume: float) -> None:
        """Silence has no volume."""


class _Speaker(QObject):
    """A sound device at work on one feed. `ended`: every sample has been handed to it. `broke`: it is gone."""

    ended = Signal()
    broke = Signal(str)

    def __init__(self, device: QAudioDevice, feed: Feed, parent: QObject) -> None:
        super().__init__(parent)
        self._feed = feed
        self._stream = _Stream(feed, self)
        self._sink = QAudioSink(device, feed.format, self)
        self._sink.setBufferSize(feed.format.bytesForDuration(round(_RING * 1e6)))
        # A slot with the state as its argument raises in PySide6: ask the sink instead.
        self._sink.stateChanged.connect(self._state_changed)
        feed.ready.connect(self._begin)
        feed.more.connect(self._stream.announce)
        self._begun = self._held = False

    def start(self) -> None:
        """Has the feed read ahead; the device starts when the first blocks are ready."""
        self._feed.start()

    @Slot()
    def _begin(self) -> None:
        if not self._begun and not self._held:
            self._begun = True
            self._sink.start(self._stream)
            if self._sink.error() == QtAudio.Error.OpenError:
                self.broke.emit(tr("it cannot be opened."))

    def played(self) -> float:
        """Seconds that have left Qt's buffer for the device."""
        return self._sink.processedUSecs() / 1e6 if self._begun else 0.0

    def pause(self) -> None:
        self._held = True
        if self._begun:
            self._sink.suspend()

    def resume(self) -> None:
        self._held = False
        if self._begun:
            self._sink.resume()
        else:
            self._begin()

    def stop(self, *, at_end: bool) -> None:
        """Silence at once, or `at_end` when the sound system has played the last samples that it was given."""
        self._sink.stateChanged.disconnect(self._state_changed)
        self._feed.ready.disconnect(self._begin)
        self._feed.more.disconnect(self._stream.announce)
        if at_end:
            # Neither `stop` nor `reset` waits for the sound system behind the device: ending now would cut the
            # last 10 ms and more.
            QTimer.singleShot(_TAIL, self, self._let_go)
        else:
            self._let_go()

    @Slot()
    def _let_go(self) -> None:
        self._sink.reset()
        self._stream.close()
        self.deleteLater()

    def set_volume(self, volume: float) -> None:
        scale = QtAudio.VolumeScale
        self._sink.setVolume(
            QtAudio.convertVolume(volume, scale.LogarithmicVolumeScale, scale.LinearVolumeScale)
        )

    @Slot()
    def _state_changed(self) -> None:
        state, error = self._sink.state(), self._sink.error()
        if error in (QtAudio.Error.OpenError, QtAudio.Error.IOError, QtAudio.Error.FatalError):
            self.broke.emit(tr("it stopped working."))
        elif state == QtAudio.State.IdleState and self._feed.done:
            self.ended.emit()


class _Stream(QIODevice):
    """What Qt pulls bytes from; hands over whatever the feed has ready."""

    def __init__(self, feed: Feed, parent: QObject) -> None:
        super().__init__(parent)
        self._feed = feed
        self.open(QIODevice.OpenModeFlag.ReadOnly)

    def readData(self, size: int) -> bytes:
        return self._feed.take(size)

    def writeData(self, _data: bytes) -> int:
        return -1

    def bytesAvailable(self) -> int:
        # Since Qt 6.4 a sink does not read from a device that does not say it has something.
        return self._feed.available + super().bytesAvailable()

    def isSequential(self) -> bool:
        return True

    @Slot()
    def announce(self) -> None:
        """Wakes a device that found nothing ready."""
        self.readyRead.emit()
