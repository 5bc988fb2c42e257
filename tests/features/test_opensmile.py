"""openSMILE's functionals: its own values under its own names, defined for every clip, refused where it is missing."""

import importlib.metadata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import finish
from annotator.features import opensmile, processes
from annotator.features.extract import Clip, extract
from annotator.features.sets import FEATURE_SETS, clip_version

RATE = 16000


@pytest.fixture
def library() -> Any:
    return pytest.importorskip("opensmile")


def speech(samples: int = 2 * RATE) -> np.ndarray:
    """A gliding tone with harmonics in syllables, and noise."""
    seconds = np.arange(samples) / RATE
    pitch = 2 * np.pi * np.cumsum(150 + 30 * np.sin(4 * seconds)) / RATE
    voice = sum(np.sin(n * pitch) / n for n in range(1, 10)) * np.maximum(np.sin(15 * seconds), 0)
    return (0.2 * voice + np.random.default_rng(0).normal(0, 0.003, samples)).astype(np.float32)


def test_without_the_package_it_says_how_to_get_it_and_under_which_terms(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(opensmile, "version", missing)
    with pytest.raises(AnnotatorError, match="opensmile, which is not installed") as refused:
        FEATURE_SETS["opensmile"]
    assert 'pip install "affect-annotator[opensmile]"' in refused.value.hint
    assert "non-commercial" in refused.value.hint
    assert "opensmile" not in FEATURE_SETS
    assert not opensmile.installed()


def test_a_set_that_is_not_offered_is_named_with_those_that_are() -> None:
    with pytest.raises(AnnotatorError, match='no feature set "eGeMAPS"') as refused:
        FEATURE_SETS["opensmile:eGeMAPS"]
    assert 'Did you mean "eGeMAPSv02"' in refused.value.hint


@pytest.mark.parametrize("set_name", opensmile.SETS)
def test_names_and_values_are_those_of_opensmile_itself(library: Any, set_name: str, tmp_path: Path) -> None:
    entry = FEATURE_SETS[f"opensmile:{set_name}"]
    file = tmp_path / "clip.wav"
    soundfile.write(file, speech(), RATE, subtype="PCM_16")
    its_own = library.Smile(library.FeatureSet[set_name], library.FeatureLevel.Functionals).process_file(file)
    assert entry.columns == tuple(its_own.columns)
    assert len(entry.columns) == opensmile.SETS[set_name]
    samples, _ = soundfile.read(file, dtype="float32")
    assert (entry.compute(samples) == its_own.to_numpy()[0]).all()


def test_the_plain_name_is_the_extended_minimalistic_set(library: Any) -> None:
    short, long = FEATURE_SETS["opensmile"], FEATURE_SETS["opensmile:eGeMAPSv02"]
    assert len(short.columns) == 88
    assert short.columns == long.columns
    assert short.version == clip_version("opensmile") > 0
    assert "opensmile" in FEATURE_SETS
    assert "non-commercial" in short.title


@pytest.mark.parametrize("set_name", opensmile.SETS)
@pytest.mark.parametrize("samples", [1, 400, 959, 961])
def test_clips_too_short_for_opensmile_and_silent_ones_have_values(
    library: Any, set_name: str, samples: int
) -> None:
    entry = FEATURE_SETS[f"opensmile:{set_name}"]
    for clip in (speech(samples), np.zeros(samples, dtype=np.float32)):
        assert np.isfinite(entry.compute(clip)).all()


def test_samples_beyond_full_scale_do_not_wrap_round(library: Any) -> None:
    loud = speech() * np.float32(8)
    within = np.clip(loud, -1, np.float32(32767 / 32768))
    compute = FEATURE_SETS["opensmile"].compute
    assert (np.abs(loud) > 1).any()
    assert (compute(loud) == compute(within)).all()


def test_processes_and_sets_together_give_the_same(
    library: Any, record: Callable[..., Clip], monkeypatch: pytest.MonkeyPatch
) -> None:
    clips = [record(f"{n}.wav") for n in range(3)]
    entry = FEATURE_SETS["opensmile+prosody"]
    assert entry.columns[0] == "opensmile.F0semitoneFrom27.5Hz_sma3nz_amean"
    alone = finish(extract(FEATURE_SETS["opensmile"], clips, cache=None))
    monkeypatch.setattr(processes, "WORTH_PROCESSES", 0)
    monkeypatch.setattr(processes, "cores", lambda: 2)
    assert (finish(extract(entry, clips, cache=None))[:, :88] == alone).all()
