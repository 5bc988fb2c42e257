"""Networks in ONNX files as feature sets: waveform or log-mel in, pooled output, clear refusals."""

import pickle
from pathlib import Path

import numpy as np
import pytest

from annotator.domain.errors import AnnotatorError
from annotator.features.embedding import Embedding
from annotator.features.logmel import logmel
from annotator.features.sets import FEATURE_SETS


def _varint(number: int) -> bytes:
    parts = []
    while number > 127:
        parts.append(number & 127 | 128)
        number >>= 7
    return bytes([*parts, number])


def _field(number: int, value: int | str | bytes) -> bytes:
    """One field of a protocol buffer, the format of ONNX files."""
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    content = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _value(name: str, shape: tuple[int | str, ...]) -> bytes:
    dims = b"".join(_field(1, _field(1, d) if isinstance(d, int) else _field(2, d)) for d in shape)
    return _field(1, name) + _field(2, _field(1, _field(1, 1) + _field(2, dims)))


def network(
    path: Path, shape: tuple[int | str, ...], *, inputs: int = 1, operator: str = "Identity", **metadata: str
) -> Path:
    """Writes a network of one operator, by default one that gives back what it is given."""
    names = [f"in{n}" for n in range(inputs)]
    node = b"".join(_field(1, name) for name in names) + _field(2, "out") + _field(4, operator)
    graph = _field(1, node) + _field(2, "test")
    graph += b"".join(_field(11, _value(name, shape)) for name in names) + _field(12, _value("out", shape))
    entries = b"".join(_field(14, _field(1, key) + _field(2, value)) for key, value in metadata.items())
    path.write_bytes(_field(1, 8) + _field(7, graph) + _field(8, _field(1, "") + _field(2, 13)) + entries)
    return path


NOISE = np.random.default_rng(0).standard_normal(16000).astype(np.float32) * np.float32(0.1)


def test_a_network_on_waveforms_of_fixed_length_gets_the_clip_in_pieces(tmp_path: Path) -> None:
    entry = FEATURE_SETS[f"embedding:{network(tmp_path / 'net.onnx', (1, 3000))}"]
    assert len(entry.columns) == 3000
    assert entry.sample_rate == 16000
    padded = np.pad(NOISE, (0, 2000)).reshape(6, 3000)
    np.testing.assert_allclose(entry.compute(NOISE), padded.mean(axis=0), atol=1e-7)


@pytest.mark.parametrize("shape", [("batch", "frames", 40), (1, 1, "frames", 40)])
def test_a_network_on_log_mel_gets_as_many_bands_as_it_asks_for(
    tmp_path: Path, shape: tuple[int | str, ...]
) -> None:
    entry = FEATURE_SETS[f"embedding:{network(tmp_path / 'net.onnx', shape, sample_rate='22050')}"]
    assert (len(entry.columns), entry.sample_rate) == (40, 22050)
    np.testing.assert_allclose(entry.compute(NOISE), logmel(NOISE, 22050, n_mels=40).mean(axis=0), rtol=1e-5)


def test_bands_before_frames_are_recognised(tmp_path: Path) -> None:
    embedding = Embedding(network(tmp_path / "net.onnx", (1, 64, "frames"), operator="ReduceMin"))
    assert embedding(NOISE) == pytest.approx([logmel(NOISE, 16000, n_mels=64).min()])


def test_another_network_in_the_same_place_is_another_version(tmp_path: Path) -> None:
    path = network(tmp_path / "net.onnx", ("n",), operator="ReduceMax")
    first = FEATURE_SETS[f"embedding:{path}"]
    network(path, ("n",), operator="ReduceMin")
    second = FEATURE_SETS[f"embedding:{path}"]
    assert first.version != second.version
    assert first.compute(NOISE) == pytest.approx([NOISE.max()])
    assert second.compute(NOISE) == pytest.approx([NOISE.min()])


def test_it_can_be_sent_to_another_process(tmp_path: Path) -> None:
    entry = FEATURE_SETS[f"embedding:{network(tmp_path / 'net.onnx', ('n',), operator='ReduceMax')}"]
    assert (pickle.loads(pickle.dumps(entry)).compute(NOISE) == entry.compute(NOISE)).all()


def test_files_that_are_no_such_network_are_refused(tmp_path: Path) -> None:
    text = tmp_path / "text.onnx"
    text.write_text("not a network")
    with pytest.raises(AnnotatorError, match=r"text\.onnx is not a network that can be run"):
        Embedding(text)
    whole = network(tmp_path / "net.onnx", ("n",)).read_bytes()
    cut = tmp_path / "cut.onnx"
    cut.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(AnnotatorError, match=r"cut\.onnx is not a network"):
        Embedding(cut)
    with pytest.raises(AnnotatorError, match=r"takes in0 .*, in1 "):
        Embedding(network(tmp_path / "two.onnx", ("n",), inputs=2, operator="Add"))
    with pytest.raises(AnnotatorError, match='"fast" as its sampling rate'):
        Embedding(network(tmp_path / "rate.onnx", ("n",), sample_rate="fast"))


@pytest.mark.parametrize(("sample_rate", "seconds"), [(16000, 3.0), (22050, 1.0), (44100, 0.001)])
def test_log_mel_has_a_frame_every_five_milliseconds(sample_rate: int, seconds: float) -> None:
    samples = int(seconds * sample_rate)
    levels = logmel(np.zeros(samples, dtype=np.float32), sample_rate)
    assert levels.shape == (-(-samples // round(0.005 * sample_rate)), 128)
    np.testing.assert_allclose(levels, -100, rtol=1e-6)


def test_log_mel_shows_where_a_tone_is() -> None:
    tone = np.sin(2 * np.pi * 1000 * np.arange(16000) / 16000).astype(np.float32)
    # Slaney's scale has 15 mel at 1 kHz and about 45.2 at 8 kHz, over 129 steps.
    assert int(logmel(tone, 16000)[100].argmax()) == pytest.approx(15 / 45.25 * 129 - 1, abs=1)
