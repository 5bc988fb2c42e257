"""Decoding through FFmpeg (PyAV): MP3, Ogg, m4a, mp4, webm, AAC and whatever else libsndfile cannot seek in exactly.

What is decoded is what the container presents: samples that it declares as priming or padding of the encoder (edit
list of an mp4, pre-skip of Opus, LAME tag of an MP3) are not part of the sound, and nothing else is dropped. An
encoder that declares nothing (raw AAC, for one) leaves its lead-in, about 20 ms, in the sound, as every player
does. The first audio stream counts; sample 0 is its first sample, whatever time stamp it has. Gaps in time stamps
are closed. A packet that cannot be decoded is left out and counted.

Lossy codecs decode to floats, which are rounded to 16 bits, clipped at full scale, once and for all here: what is
seen, heard, hashed and exported are then the same samples. Lossless codecs keep their integers or floats.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from annotator.audio.container import Defects, OggEnd, mp3_counts_its_frames, ogg_end
from annotator.audio.pcm import BLOCK, NATIVE_TYPES, Blocks, Native, without_nonsense
from annotator.domain.errors import AnnotatorError
from annotator.domain.timeline import parse_clock
from annotator.domain.translation import tr

#: Containers whose header or index states a length that was counted, not estimated from the bit rate.
_COUNTED = ("mov,", "matroska,", "ogg", "flac", "wav", "w64", "aiff", "caf", "asf", "au", "tta", "wv", "ape")
_SUBTYPES = {"u8": "PCM_16", "s16": "PCM_16", "s32": "PCM_32", "flt": "FLOAT", "dbl": "DOUBLE"}
_LONGEST_VORBIS_BLOCK = 8192
_PIECE = 1 << 15  # frames converted at a time: with its float copy, stereo stays in the cache of a core
_TOLERANCE = 0.05  # s by which headers round (milliseconds of Matroska, ticks of mp4, pre-skip of Opus)


class FfmpegDecoding:
    """The first audio stream of a file, decoded once from start to end (see `pcm.Decoding`)."""

    def __init__(self, path: Path) -> None:
        # PyAV brings all of FFmpeg: 60 ms that a corpus of WAV files need not wait for.
        import av

        self._path = path
        self._failed = 0
        self._damaged = 0
        self._decoded = 0
        self._fault: type[Exception] = av.FFmpegError
        self._new_queue = av.AudioFifo
        self._size = path.stat().st_size
        self._file = path.open("rb")
        try:
            # No protocols: a playlist must not make this program open other files or the network.
            self._container = av.open(self._file, options={"protocol_whitelist": ""})
        except av.FFmpegError:
            self._file.close()
            raise _not_audio(path) from None
        try:
            self._read_header()
        except BaseException:
            self.close()
            raise

    def _read_header(self) -> None:
        from av.codec.context import Flags2

        audio = self._container.streams.audio
        if not audio:
            raise AnnotatorError(
                tr('"{path}" holds no sound: it has no audio stream.', path=self._path),
                tr("Choose an audio file, or a video with sound."),
            )
        self._stream = audio[0]
        alone_in_ogg = self._container.format.name == "ogg" and len(self._container.streams) == 1
        self._ogg_end: OggEnd | None = ogg_end(self._path) if alone_in_ogg else None
        context = self._stream.codec_context
        self._is_ogg_vorbis = self._ogg_end is not None and context.name == "vorbis"
        if self._is_ogg_vorbis:
            # FFmpeg takes the frames to drop from time stamps that may be a short block off, and so loses or adds up
            # to 256 frames at the end. Exact is: the first block only primes the decoder (Vorbis I specification,
            # section 4.3.8), and the granule position says where the end is (see `_vorbis_padding`).
            context.flags2 |= Flags2.skip_manual
        self._frames = self._all_frames()
        if self._is_ogg_vorbis:
            next(self._frames, None)
        first = next(self._frames, None)
        if first is None:
            raise _not_audio(self._path)
        self._first = first
        self._failed = 0  # what precedes the first sound (a tag, a frame cut in two) is no damage
        self.sample_rate: int = first.sample_rate
        self.channels: int = first.layout.nb_channels
        self._frame_format: str = first.format.name
        self._sample_format = self._frame_format.removesuffix("p")
        codec = self._stream.codec_context.codec
        self._rounded = codec.lossy and not codec.lossless
        if self._sample_format not in _SUBTYPES:
            raise AnnotatorError(
                tr(
                    '"{path}" has samples of an unknown kind ({kind}).',
                    path=self._path,
                    kind=first.format.name,
                ),
                tr("Convert it to WAV or FLAC first."),
            )
        self.subtype = "PCM_16" if self._rounded else _SUBTYPES[self._sample_format]
        self._promised = self._promise()
        self.expected: int = self._promised or self._guess()

    @property
    def fraction(self) -> float:
        """Share of the promised frames decoded so far, or of the file's bytes where nothing is promised."""
        if self._promised:
            return min(self._decoded / self._promised, 1.0)
        return self._file.tell() / self._size

    @property
    def defects(self) -> Defects:
        """Promised frames, damage and a missing end mark; final once all blocks were read."""
        endless = self._ogg_end is not None and not self._ogg_end.marked
        return Defects(self._promised, self._damaged, endless)

    @property
    def warning(self) -> str:
        """What was wrong with the file; empty where nothing was."""
        return warning_of(self.defects, self._path.name, self._decoded, self.sample_rate)

    def blocks(self) -> Blocks:
        """Native frames from the start, each block of `BLOCK` frames but the last; in memory channel after channel.

        The codecs give their channels so, and whoever measures or draws them wants them so.
        """
        queue = self._new_queue()
        frame = self._first
        while frame is not None:
            if self._belongs(frame):
                self._damaged += self._failed
                self._failed = 0
                frame.pts = None  # the queue refuses gaps in time, which are to be closed
                queue.write(frame)
            else:
                self._failed += 1
            while queue.samples >= BLOCK + _LONGEST_VORBIS_BLOCK:
                yield self._taken(queue, BLOCK)
            frame = next(self._frames, None)
        left = queue.samples - self._vorbis_padding(self._decoded + queue.samples)
        while left > 0:
            block = self._taken(queue, min(left, BLOCK))
            left -= len(block)
            yield block

    def close(self) -> None:
        """Lets go of the file."""
        self._container.close()
        self._file.close()

    def _all_frames(self) -> Iterator[Any]:
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets, None)
            except self._fault:
                return  # the container itself breaks off here: the promise tells
            if packet is None:
                return
            try:
                yield from packet.decode()
            except self._fault:
                self._failed += 1

    def _vorbis_padding(self, decoded: int) -> int:
        """Frames after the end, which fill Vorbis's last block (Vorbis I specification, appendix A.2)."""
        if self._ogg_end is None or not self._is_ogg_vorbis:
            return 0
        beyond = decoded - self._ogg_end.granule
        return beyond if 0 < beyond < _LONGEST_VORBIS_BLOCK else 0

    def _belongs(self, frame: Any) -> bool:
        """Whether a frame has the form of the first; noise taken for a frame header often has not."""
        return bool(
            frame.sample_rate == self.sample_rate
            and frame.layout.nb_channels == self.channels
            and frame.format.name == self._frame_format
        )

    def _taken(self, queue: Any, count: int) -> Native:
        """The next `count` frames, native, as a view of rows that each hold one channel."""
        rows: Native = np.empty((self.channels, count), NATIVE_TYPES[self.subtype])
        for start in range(0, count, _PIECE):
            piece = queue.read(min(_PIECE, count - start))
            values = piece.to_ndarray()
            if not piece.format.is_planar:
                values = values.reshape(-1, self.channels).T
            put = rows[:, start : start + values.shape[1]]
            if self._sample_format == "u8":
                put[...] = (values.astype(np.int16) - 128) << 8
            elif self._rounded and values.dtype.kind == "f":
                put[...] = to_16_bits(values)
            else:
                put[...] = values
        self._decoded += count
        return without_nonsense(rows).T

    def _promise(self) -> int | None:
        """Frames that the header promises, where it counted them."""
        kind: str = self._container.format.name
        if not (mp3_counts_its_frames(self._path) if kind == "mp3" else kind.startswith(_COUNTED)):
            return None
        if self._stream.duration is not None:
            return int(self._stream.duration * self._stream.time_base * self.sample_rate)
        seconds = self._end_in_matroska()
        return None if seconds is None else round(seconds * self.sample_rate)

    def _end_in_matroska(self) -> float | None:
        """Length of the stream in s by its tag, or by the header where there is no picture that may last longer."""
        tag = self._stream.metadata.get("DURATION", "")
        begin = float((self._stream.start_time or 0) * self._stream.time_base)
        try:
            return parse_clock(tag) - begin
        except AnnotatorError:
            alone = self._container.duration is not None and not self._container.streams.video
            return self._container.duration / 1e6 if alone else None

    def _guess(self) -> int:
        duration = self._container.duration
        return max(1, round(duration / 1e6 * self.sample_rate)) if duration else BLOCK


def warning_of(defects: Defects, name: str, decoded: int, sample_rate: int) -> str:
    """The sentence for a file decoded by FFmpeg, whose headers are exact only to `_TOLERANCE`."""
    return defects.sentence(name, decoded, sample_rate, tolerance=round(_TOLERANCE * sample_rate))


def to_16_bits(frames: Native) -> Native:
    """Floats of full scale 1 as `int16`, rounded to the nearest (ties to even) and clipped.

    >>> to_16_bits(np.array([[0.5, 1.5, -1.0, 0.6 / 32768]], np.float32))
    array([[ 16384,  32767, -32768,      1]], dtype=int16)
    """
    scaled = np.multiply(frames, 32768)
    np.rint(scaled, out=scaled)
    np.clip(scaled, -32768, 32767, out=scaled)
    return scaled.astype(np.int16)


def _not_audio(path: Path) -> AnnotatorError:
    return AnnotatorError(
        tr('"{path}" is not an audio file, or too damaged to be read as one.', path=path),
        tr("Play it in another program; if it plays there, convert it to WAV or FLAC and add that."),
    )
