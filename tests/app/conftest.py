"""Small corpora of real sound, made on the spot."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from annotator.app.add import add_recordings
from annotator.app.corpus_folder import create_corpus
from annotator.app.session import Session
from annotator.domain.progress import finish

RATE = 16000

MakeSound = Callable[..., Path]


def sound(path: Path, *, seconds: float = 1.0, pitch: float = 220.0, seed: int = 0) -> Path:
    """Writes a tone with a little noise; another seed or pitch is another sound."""
    time = np.arange(round(seconds * RATE)) / RATE
    noise = np.random.default_rng(seed).normal(0, 0.01, time.size)
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, 0.3 * np.sin(2 * np.pi * pitch * time) + noise, RATE, subtype="PCM_16")
    return path


@pytest.fixture
def make_sound() -> MakeSound:
    return sound


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """A corpus with three recordings of two speakers and the valence-arousal scheme."""
    folder = tmp_path / "audio"
    for n, name in enumerate(["ann_1", "ann_2", "bo_1"]):
        sound(folder / f"{name}.wav", pitch=200 + 50 * n, seed=n)
    with create_corpus(tmp_path / "test.corpus", ["valence-arousal"]) as made:
        finish(add_recordings(made, [folder], groups=["speaker=name:^([^_]+)_"]))
        yield made
