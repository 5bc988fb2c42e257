"""Edges find the silence near them, and in it a zero crossing."""

from pathlib import Path

import numpy as np
import soundfile

from annotator.audio.snap import snap
from annotator.audio.source import open_source

RATE = 8000


def _write(path: Path, sound: np.ndarray) -> Path:
    soundfile.write(path, sound, RATE, subtype="FLOAT")
    return path


def test_an_edge_goes_to_the_quietest_moment_within_reach(tmp_path: Path) -> None:
    sound = np.random.default_rng(0).uniform(-0.5, 0.5, 2 * RATE)
    sound[8000:8400] *= 1e-3
    sound[12000:12400] *= 1e-4  # quieter, but out of reach
    with open_source(_write(tmp_path / "a.wav", sound)) as source:
        found = snap(source, 7700, 800)
        assert 8000 <= found < 8400
        assert (sound[found] < 0) != (sound[found - 1] < 0)
        assert abs(snap(source, 5000, 20) - 5000) <= 20


def test_a_short_reach_finds_the_nearest_zero_crossing(tmp_path: Path) -> None:
    sound = np.sin(2 * np.pi * 100 * (np.arange(RATE) + 0.5) / RATE)  # crosses zero before every 40th sample
    with open_source(_write(tmp_path / "a.wav", sound)) as source:
        assert snap(source, 413, 30) == 400
        assert snap(source, 427, 30) == 440


def test_silence_leaves_an_edge_where_it_is(tmp_path: Path) -> None:
    with open_source(_write(tmp_path / "a.wav", np.zeros(RATE))) as source:
        assert snap(source, 4000, 1000) == 4000
        assert snap(source, RATE, 100) <= RATE
