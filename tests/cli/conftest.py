"""Running commands in this process, as a shell would."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from annotator.cli.main import main

Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """`run("info", corpus)` gives the exit status and the one JSON object on standard output."""

    def command(*arguments: object) -> tuple[int, Any]:
        capsys.readouterr()
        status = main([*map(str, arguments), "--json"])
        printed = capsys.readouterr().out
        assert printed.count("\n") == 1, printed
        return status, json.loads(printed)

    return command


def _clip(path: Path, pitch: float, loud: float, seed: int) -> None:
    rate = 16000
    time = np.arange(rate) / rate
    noise = np.random.default_rng(seed)
    tone = (
        loud * np.sign(np.sin(2 * np.pi * pitch * time))
        if loud > 0.2
        else loud * np.sin(2 * np.pi * pitch * time)
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, tone + noise.normal(0, 0.005, rate), rate, subtype="PCM_16")


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """24 clips of six speakers in two emotion folders; the emotions can be told apart by ear."""
    folder = tmp_path / "source"
    for n in range(24):
        emotion = ("angry", "calm")[n % 2]
        speaker = f"S{n % 6 + 1}"
        pitch, loud = (300, 0.4) if emotion == "angry" else (140, 0.1)
        _clip(folder / emotion / f"{speaker}_F{n}_{emotion[0].upper()}{n}.wav", pitch + 3 * (n % 6), loud, n)
    return folder


@pytest.fixture
def corpus(run: Run, labelled: Path, tmp_path: Path) -> Path:
    """The labelled clips with three folds by speaker, `cv`."""
    path = tmp_path / "x.corpus"
    run("ingest", "folders", labelled, path, "--group", "speaker=name:^([^_]+)_")
    run("split", path, "cv", "--folds", "3", "--group", "speaker", "--stratify", "emotion")
    return path
