"""Samples on their way to a sound device: read ahead on a thread, in the bytes that the device wants."""

import logging
import threading
from collections import deque
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from PySide6.QtMultimedia import QAudioDevice, QAudioFormat

from annotator.audio.source import AudioSource
from annotator.audio.stretch import Stretcher
from annotator.domain.translation import tr

_log = logging.getLogger("annotator.sound")

_BLOCK = 0.2  # seconds read at a time
_AHEAD = 10  # blocks kept ready
_ENCODINGS = {
    QAudioFormat.SampleFormat.Float: (np.float32, 1.0),
    QAudioFormat.SampleFormat.Int32: (np.int32, 2.0**31),
    QAudioFormat.SampleFormat.Int16: (np.int16, 2.0**15),
}


class Feed(QObject):
    """Reads a source ahead on a thread of its own, at a speed, as bytes in the device's format.

    The first round starts at `begin`, each further one of a loop at `start`.
    `ready` comes once when the first sound (or the end) is there, `more` when the device asked in vain before.
    """

    ready = Signal()
    more = Signal()
    failed = Signal(str)

    def __init__(
        self, source: AudioSource, start: int, stop: int, loop: bool, wanted: QAudioFormat, *,
        begin: int, speed: float,
    ) -> None:  # fmt: skip
        super().__init__()
        self.format = wanted
        self._begin, self._speed = begin, speed
        self._source = source
        self._start, self._stop, self._loop = start, stop, loop
        self._blocks: deque[memoryview] = deque()
        self._changed = threading.Condition()
        self._closed = self._complete = self._starved = False
        self._thread = threading.Thread(target=self._run, name="sound", daemon=True)

    def start(self) -> None:
        """Begins to read ahead."""
        self._thread.start()

    def close(self) -> None:
        """Stops reading; when this returns the source is free."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join()

    @property
    def available(self) -> int:
        """Bytes that are ready."""
        with self._changed:
            return sum(map(len, self._blocks))

    @property
    def done(self) -> bool:
        """Whether the device has taken everything."""
        with self._changed:
            return self._complete and not self._blocks

    def take(self, size: int) -> bytes:
        """At most `size` of the bytes that are ready."""
        taken: list[memoryview] = []
        with self._changed:
            while size > 0 and self._blocks:
                block = self._blocks[0]
                taken.append(block[:size])
                size -= len(taken[-1])
                if len(taken[-1]) == len(block):
                    self._blocks.popleft()
                else:
                    self._blocks[0] = block[len(taken[-1]) :]
            self._starved = not self._blocks and not self._complete
            self._changed.notify_all()
        return b"".join(taken)

    def _run(self) -> None:
        try:
            self._read_ahead()
        except Exception as error:  # whatever a file can do wrong: the sound ends here, the window goes on
            _log.exception("reading %s for playing failed", self._source.path)
            self.failed.emit(tr("{name} cannot be played: {error}", name=self._source.path.name, error=error))
        with self._changed:
            self._complete = True
        self.ready.emit()
        self.more.emit()

    def _read_ahead(self) -> None:
        convert = Converter(self._source, self.format)
        begin = self._begin
        while True:
            ended = False
            for block, last in self._round(begin):
                ended = last and not (self._loop and len(block))
                if not self._put(convert(block, last=ended)):
                    return
            if ended:
                return
            begin = self._start

    def _round(self, begin: int) -> Iterator[tuple[NDArray[np.float32], bool]]:
        """Blocks of [begin, stop) as they are heard, and whether each is the last."""
        source = self._source
        stretch = Stretcher(
            self._stop - begin, sample_rate=source.sample_rate, channels=source.channels, speed=self._speed
        )
        step = max(1, round(_BLOCK * source.sample_rate * self._speed))
        position, last = begin, False
        while not last:
            block = source.read(position, min(position + step, self._stop))
            position += len(block)
            # A damaged file may turn out to end before its time.
            last = position >= self._stop or not len(block)
            yield stretch(block), last

    def _put(self, sound: bytes) -> bool:
        """Waits for room and adds a block; `False` where the feed was closed."""
        with self._changed:
            self._changed.wait_for(self._has_room)
            if self._closed:
                return False
            if sound:
                self._blocks.append(memoryview(sound))
            starved, self._starved = self._starved, False
        self.ready.emit()
        if starved:
            self.more.emit()
        return True

    def _has_room(self) -> bool:
        return self._closed or len(self._blocks) < _AHEAD


class Converter:
    """Samples to a device's bytes: unchanged where it takes the file's rate and channels."""

    def __init__(self, source: AudioSource, wanted: QAudioFormat) -> None:
        self._mix = _mixing(source.channels, wanted.channelCount())
        self._kind, self._scale = _ENCODINGS[wanted.sampleFormat()]
        self._resampler = None
        if wanted.sampleRate() != source.sample_rate:
            import soxr

            self._resampler = soxr.ResampleStream(
                source.sample_rate, wanted.sampleRate(), wanted.channelCount(), dtype="float32"
            )

    def __call__(self, block: NDArray[np.float32], *, last: bool) -> bytes:
        if self._mix is not None:
            block = block @ self._mix
        if self._resampler is not None:
            block = self._resampler.resample_chunk(np.ascontiguousarray(block), last=last)
        if self._kind is not np.float32:
            block = np.clip(np.rint(block * np.float64(self._scale)), -self._scale, self._scale - 1)
        return np.ascontiguousarray(block, self._kind).tobytes()


def _mixing(channels: int, wanted: int) -> NDArray[np.float32] | None:
    """Matrix (channels, wanted) for a device with other channels: the mean of all, on each; `None` for as it is."""
    return None if channels == wanted else np.full((channels, wanted), 1 / channels, np.float32)


def format_for(device: QAudioDevice, source: AudioSource) -> QAudioFormat:
    """The file's own rate and channels where the device takes them, else what the device likes best."""
    for encoding in _ENCODINGS:
        own = QAudioFormat()
        own.setSampleRate(source.sample_rate)
        own.setChannelCount(source.channels)
        own.setSampleFormat(encoding)
        if device.isFormatSupported(own):
            return own
    liked = device.preferredFormat()
    if liked.sampleFormat() not in _ENCODINGS:
        liked.setSampleFormat(QAudioFormat.SampleFormat.Float)
    return liked
