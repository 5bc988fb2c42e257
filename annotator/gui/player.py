"""Plays exact stretches of sound: sample for sample from `start` to `stop`, and not one more, at any speed.

Three parties keep the sound going while the window is busy. A thread of the program (`Feed`) reads the source
ahead in blocks and turns them into the device's bytes. Qt asks for bytes (`sound_output`, on the window's thread)
whenever its ring buffer has room; there it only takes what is ready. The device empties the ring on a thread of its
own that needs no Python. So the window may stand still for as long as the ring holds sound.
"""

from dataclasses import dataclass, replace

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtMultimedia import QAudioDevice, QMediaDevices

from annotator.audio.source import AudioSource
from annotator.audio.stretch import FASTEST, SLOWEST, stretched_length
from annotator.domain.translation import tr
from annotator.gui.sound_feed import Feed, format_for
from annotator.gui.sound_output import Silence, Speaker

_TICK = 16  # ms between positions, about 60 a second
_PULL = 0.1  # share of the difference to the device's clock taken over at each tick
_BACK = 0.1  # seconds a device must have taken to count as working again
_JUMP = 0.08  # seconds of difference from which on the device's clock is simply believed


@dataclass(frozen=True, slots=True)
class Passage:
    """What is played: [start, stop) of a source, in the first round from `begin` on."""

    source: AudioSource
    start: int
    stop: int
    loop: bool
    speed: float
    begin: int

    @property
    def frames(self) -> int:
        """Frames of the first round, as heard."""
        return stretched_length(self.stop - self.begin, self.speed)

    def place(self, heard: float) -> int:
        """The sample that is heard `heard` seconds after the beginning, counting every round of a loop."""
        frames = int(heard * self.source.sample_rate)
        if frames < self.frames or not self.loop:
            return min(self.begin + int(frames * self.speed), self.stop)
        round_ = stretched_length(self.stop - self.start, self.speed)
        return min(self.start + int((frames - self.frames) % round_ * self.speed), self.stop - 1)


class Player(QObject):
    """One voice: playing something else stops what was playing.

    While something plays, the player alone reads its source (from another thread); it never closes it. Without a
    sound device it says so once (`failed`) and then plays silently in real time, so that work with the eyes goes on.
    A device unplugged in the midst of a sound is such a case; when a device comes back, the sound does too, where
    the playhead has got to meanwhile.
    """

    position_changed = Signal(object)  # sample of the source that is heard now
    started = Signal()
    finished = Signal()  # the end was reached
    stopped = Signal()  # ended before its end, by `stop` or by playing something else
    failed = Signal(str)
    recovered = Signal(str)  # there is sound again after `failed`
    devices_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._passage: Passage | None = None
        self._feed: Feed | None = None
        self._output: Speaker | Silence | None = None
        self._heard = 0.0  # seconds since the passage began, counting every round of a loop
        self._position = 0
        self._paused = False
        self._volume, self._muted = 1.0, False
        self._wanted = ""  # id of the device to play on; empty: whichever is the system's own choice
        self._used = b""  # id of the device in use; empty: silence
        self._complained = False
        self._clock = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._devices = QMediaDevices(self)
        self._devices.audioOutputsChanged.connect(self._follow_devices)

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
        self._apply_volume()

    @property
    def muted(self) -> bool:
        """Whether the sound is off, whatever the volume."""
        return self._muted

    @muted.setter
    def muted(self, muted: bool) -> None:
        self._muted = muted
        self._apply_volume()

    @property
    def device(self) -> str:
        """Id of the device to play on; empty for the one the system prefers, also when that changes.

        A device that is not there now is kept in mind: meanwhile the system's own choice is played on.
        """
        return self._wanted

    @device.setter
    def device(self, device: str) -> None:
        self._wanted = device
        self._follow_devices()

    @staticmethod
    def devices() -> list[tuple[str, str]]:
        """Id and name of every device there is now."""
        return [(_id(device).decode(), device.description()) for device in QMediaDevices.audioOutputs()]

    def play(
        self, source: AudioSource, start: int, stop: int, loop: bool = False, *, speed: float = 1.0
    ) -> None:
        """Plays samples [start, stop) of `source` once, or again and again without a gap; `speed` is 0.5 to 2."""
        self.stop()
        start, stop = max(0, start), min(stop, source.samples)
        if start >= stop:
            return
        self._passage = Passage(source, start, stop, loop, min(max(speed, SLOWEST), FASTEST), start)
        self._paused = False
        self._go(start)
        self.started.emit()
        self.position_changed.emit(start)

    def change_speed(self, speed: float) -> None:
        """Goes on at another speed with what is being played, or is paused."""
        speed = min(max(speed, SLOWEST), FASTEST)
        if self._output is not None and speed != self._passage.speed:
            self._passage = replace(self._passage, speed=speed)
            self._restart()

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
            self._paused = False
            self.stopped.emit()

    @Slot()
    def _end(self) -> None:
        self._release(at_end=True)
        self._position = self._passage.stop
        self.position_changed.emit(self._position)
        self.finished.emit()

    def _release(self, *, at_end: bool = False) -> bool:
        """Lets go of device and source; whether there was something to let go of."""
        output, self._output = self._output, None
        feed, self._feed = self._feed, None
        self._timer.stop()
        if output is not None:
            output.stop(at_end=at_end)
        if feed is not None:
            feed.close()
        return output is not None

    # Devices

    def _device(self) -> QAudioDevice:
        """The wanted device where it is there, else the system's own choice; null where there is none."""
        for device in QMediaDevices.audioOutputs() if self._wanted else ():
            if _id(device).decode() == self._wanted:
                return device
        return QMediaDevices.defaultAudioOutput()

    def _go(self, begin: int, broken: str = "") -> None:
        """Plays the passage from `begin` on through what there is; held where the player is paused."""
        self._passage = replace(self._passage, begin=begin)
        self._position, self._heard = begin, 0.0
        device = self._device()
        if broken and _id(device) == self._used:
            self._go_silent(broken)
        elif device.isNull():
            self._go_silent(tr("There is no sound device: the cursor runs, but nothing is heard."))
        else:
            self._go_sounding(device)
        if self._paused:
            self._output.pause()
        else:
            self._clock.start()
            self._timer.start()

    def _go_sounding(self, device: QAudioDevice) -> None:
        passage, self._used = self._passage, _id(device)
        self._feed = Feed(
            passage.source, passage.start, passage.stop, passage.loop, format_for(device, passage.source),
            begin=passage.begin, speed=passage.speed,
        )  # fmt: skip
        self._output = Speaker(device, self._feed, self)
        self._feed.failed.connect(self.failed)
        # Queued: a sink must not be stopped from within its own change of state.
        self._output.ended.connect(self._end, Qt.ConnectionType.QueuedConnection)
        self._output.broke.connect(self._device_broke, Qt.ConnectionType.QueuedConnection)
        self._apply_volume()
        self._output.start()

    def _go_silent(self, reason: str) -> None:
        self._used = b""
        if not self._complained:
            self._complained = True
            self.failed.emit(reason)
        seconds = None if self._passage.loop else self._passage.frames / self._passage.source.sample_rate
        self._output = Silence(seconds, self)
        self._output.ended.connect(self._end)

    def _restart(self, broken: str = "") -> None:
        """Goes on from here at another speed, or through another device; where this one is `broken`, never it."""
        self._release()
        self._go(min(self._position, self._passage.stop - 1), broken)

    @Slot(str)
    def _device_broke(self, reason: str) -> None:
        if self._output is not None:
            self._restart(tr("The sound device cannot be used: {reason}", reason=reason))

    @Slot()
    def _follow_devices(self) -> None:
        if self._output is not None and _id(self._device()) != self._used:
            self._restart()
        self.devices_changed.emit()

    def _apply_volume(self) -> None:
        if self._output is not None:
            self._output.set_volume(0.0 if self._muted else self._volume)

    @Slot()
    def _tick(self) -> None:
        # The device counts in steps of several ms: the clock fills them in, and is pulled towards the device.
        if self._output.is_stuck():
            self._device_broke(tr("it stopped working."))
            return
        told = self._output.played()
        if self._complained and self._used and told > _BACK:
            self._complained = False
            self.recovered.emit(tr("Sound is back: {device}", device=self._device().description()))
        guess = self._heard + self._clock.nsecsElapsed() * 1e-9
        self._clock.restart()
        error = told - guess
        heard = told if abs(error) > _JUMP else guess + _PULL * error
        self._heard = max(self._heard, heard)
        self._position = self._passage.place(self._heard)
        self.position_changed.emit(self._position)


def _id(device: QAudioDevice) -> bytes:
    return bytes(device.id().data())
