"""Recordings and feature sets for the tests of features."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from annotator.features.extract import Clip


@pytest.fixture
def record(tmp_path: Path) -> Callable[..., Clip]:
    """Writes a WAV of noise, other for every name, and gives the clip that is all of it."""

    def write(
        name: str = "talk.wav", samples: int = 44100, sample_rate: int = 44100, channels: int = 1
    ) -> Clip:
        path = tmp_path / name
        rng = np.random.default_rng(sum(name.encode()))
        soundfile.write(path, rng.uniform(-0.5, 0.5, (samples, channels)), sample_rate, subtype="FLOAT")
        return Clip(path, hashlib.sha256(path.read_bytes()).hexdigest(), 0, samples)

    return write
