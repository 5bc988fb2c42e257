"""Any network in an ONNX file as a feature set: sound in, the network's first output, pooled over time.

What goes in follows from the shape of the network's only input:

- one or two axes, (samples) or (batch, samples): the waveform;
- three or four, (batch, frames, bands) or (batch, 1, frames, bands): log-mel levels in dB (`logmel`), with as many
  bands as the last axis says; (batch, bands, frames) where only the last but one axis is of fixed length.

Where the network fixes the number of samples or frames, the clip is cut into such pieces, the last one filled up
with silence, and their outputs are averaged. The sampling rate is what the file's metadata says under `sample_rate`,
else 16,000 Hz.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from annotator.audio.container import digest
from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr
from annotator.features.logmel import N_MELS, logmel
from annotator.features.transform import Float32s, Float64s

SAMPLE_RATE = 16000

_SILENCE_SECONDS = 1.0


@dataclass
class Embedding:
    """Values of a clip by a network; can be sent to other processes, which read the file again.

    Raises
    ------
    AnnotatorError
        On opening, where the file is missing, damaged or needs more than one input; on calling, where the network
        fails.
    """

    path: Path
    sample_rate: int = field(init=False)
    _session: Any = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._open()

    def _open(self) -> None:
        import onnxruntime

        if not self.path.is_file():
            raise AnnotatorError(
                tr("There is no network file {path}.", path=self.path),
                tr(
                    "Behind the colon stands the path of an ONNX file, or the dotted name of an installed module."
                ),
            )
        options = onnxruntime.SessionOptions()
        # Clips are computed in several processes; threads in each of them would only wait for one another.
        options.intra_op_num_threads = 1
        options.log_severity_level = 4
        try:
            self._session = onnxruntime.InferenceSession(
                str(self.path), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            # onnxruntime's own exceptions have no common base but Exception.
            raise AnnotatorError(
                tr(
                    "{path} is not a network that can be run: {reason}",
                    path=self.path,
                    reason=_first_line(error),
                ),
                tr("Export the network to ONNX again."),
            ) from None
        self._check_input()

    def _check_input(self) -> None:
        inputs = self._session.get_inputs()
        suits = len(inputs) == 1 and inputs[0].type == "tensor(float)" and 1 <= len(inputs[0].shape) <= 4
        if not suits:
            found = ", ".join(f"{entry.name} {entry.type} {entry.shape}" for entry in inputs)
            raise AnnotatorError(
                tr("The network {path} takes {inputs}.", path=self.path, inputs=found or tr("nothing")),
                tr("A network with one input of 32-bit numbers and at most four axes is needed."),
            )
        given = self._session.get_modelmeta().custom_metadata_map.get("sample_rate", str(SAMPLE_RATE))
        if not given.isdecimal() or not 1000 <= int(given) <= 192000:
            raise AnnotatorError(
                tr('The network {path} gives "{value}" as its sampling rate.', path=self.path, value=given),
                tr("The metadata entry sample_rate must be a number of hertz from 1000 to 192000."),
            )
        self.sample_rate = int(given)

    def __getstate__(self) -> dict[str, Any]:
        return {"path": self.path}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.path = state["path"]
        self._open()

    def __call__(self, signal: Float32s) -> Float64s:
        """The pooled output for mono samples at `sample_rate`, (columns,)."""
        outputs = [self._run(piece) for piece in self._pieces(signal)]
        pooled: Float64s = np.mean(outputs, axis=0)
        return pooled

    def columns(self) -> int:
        """Number of values, found by running the network on silence."""
        return len(self(np.zeros(int(_SILENCE_SECONDS * self.sample_rate), dtype=np.float32)))

    def _pieces(self, signal: Float32s) -> list[Float32s]:
        """What the network is given, piece by piece, in the shape it asks for."""
        shape: list[int | str | None] = self._session.get_inputs()[0].shape
        if len(shape) <= 2:
            pieces = _cut(signal, shape[-1])
            return [piece.reshape((1,) * (len(shape) - 1) + piece.shape) for piece in pieces]
        transposed = isinstance(shape[-2], int) and not isinstance(shape[-1], int)
        bands, frames = (shape[-2], shape[-1]) if transposed else (shape[-1], shape[-2])
        levels = logmel(signal, self.sample_rate, n_mels=bands if isinstance(bands, int) else N_MELS)
        pieces = [piece.T if transposed else piece for piece in _cut(levels, frames, silence=-100.0)]
        return [
            np.ascontiguousarray(piece).reshape((1,) * (len(shape) - 2) + piece.shape) for piece in pieces
        ]

    def _run(self, piece: Float32s) -> Float64s:
        entry = self._session.get_inputs()[0]
        try:
            output = np.asarray(self._session.run(None, {entry.name: piece})[0], dtype=np.float64)
        except Exception as error:
            raise AnnotatorError(
                tr("The network {path} failed: {reason}", path=self.path, reason=_first_line(error)),
                tr("It was given an array of shape {shape}.", shape=list(piece.shape)),
            ) from None
        pooled: Float64s = output.reshape(-1, output.shape[-1] if output.ndim else 1).mean(axis=0)
        return pooled


def file_version(path: Path) -> int:
    """A number that changes with the file's content, so that values of another network are not used."""
    return int(digest(path)[:12], 16)


def _cut(rows: Float32s, length: int | str | None, *, silence: float = 0.0) -> list[Float32s]:
    """Consecutive pieces of a fixed length, the last one filled up, or all of it where any length will do."""
    if not isinstance(length, int):
        return [rows]
    missing = -len(rows) % length
    filled = np.pad(rows, [(0, missing)] + [(0, 0)] * (rows.ndim - 1), constant_values=np.float32(silence))
    return list(filled.reshape(-1, length, *rows.shape[1:]))


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
