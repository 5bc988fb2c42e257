"""What sound goes out through: a device at work on one feed, or silence in real time where there is none."""

from PySide6.QtCore import QElapsedTimer, QIODevice, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtMultimedia import QAudioDevice, QAudioSink, QtAudio

from annotator.domain.translation import tr
from annotator.gui.sound_feed import Feed

_RING = 0.4  # seconds in Qt's own buffer: how long the window may stand still without a gap
_STUCK = 1000  # ms without a sample taken after which a device is gone, although nobody says so
_WAKING = 3000  # ms a device may take to begin
_TAIL = 600  # ms a sound system may take to play what it was given (wireless headphones take the longest)


class Silence(QObject):
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
        """Time stands still until `resume`."""
        self._before = self.played()
        self._clock.invalidate()
        self._timer.stop()

    def resume(self) -> None:
        """Time goes on."""
        self._clock.start()
        if self._left is not None:
            self._timer.start(max(0, round((self._left - self._before) * 1000)))

    def is_stuck(self) -> bool:
        """Time never is."""
        return False

    def stop(self, *, at_end: bool) -> None:  # noqa: ARG002 (silence has no tail)
        self._timer.stop()
        self.deleteLater()

    def set_volume(self, volume: float) -> None:
        """Silence has no volume."""


class Speaker(QObject):
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
        self._taken = 0.0
        self._since = QElapsedTimer()

    def start(self) -> None:
        """Has the feed read ahead; the device starts when the first blocks are ready."""
        self._feed.start()

    @Slot()
    def _begin(self) -> None:
        if not self._begun and not self._held:
            self._begun = True
            self._since.start()
            self._sink.start(self._stream)
            if self._sink.error() == QtAudio.Error.OpenError:
                self.broke.emit(tr("it cannot be opened."))

    def played(self) -> float:
        """Seconds that have left Qt's buffer for the device."""
        return self._sink.processedUSecs() / 1e6 if self._begun else 0.0

    def is_stuck(self) -> bool:
        """Whether the device has stopped taking samples. To be asked at every tick.

        A device that is unplugged may leave its sink standing still without an error.
        """
        played = self.played()
        if not self._begun or played != self._taken or not (self._feed.available or self._feed.done):
            self._taken = played
            self._since.start()
            return False
        return self._since.elapsed() > (_STUCK if played else _WAKING)

    def pause(self) -> None:
        """Holds the sound."""
        self._held = True
        if self._begun:
            self._sink.suspend()

    def resume(self) -> None:
        """Goes on with the very next sample."""
        self._held = False
        self._since.start()
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
        """Loudness, 0..1, on the ear's scale."""
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
