"""Extraction: right values for every clip, cached, computed in several processes, stopped at will."""

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
from numpy.typing import NDArray

from annotator.domain import child
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Progress, finish
from annotator.features import processes
from annotator.features.extract import Clip, extract
from annotator.features.sets import FEATURE_SETS, FeatureSet

Record = Callable[..., Clip]


class Counting:
    """A feature set of two columns that knows how often it was computed."""

    def __init__(self, version: int = 1) -> None:
        self.calls = 0
        self.pause = 0.0
        self.set = FeatureSet("count", "Counting", "test", version, 44100, ("mean", "length"), self._compute)

    def _compute(self, signal: NDArray[np.float32]) -> NDArray[np.float64]:
        self.calls += 1
        time.sleep(self.pause)
        return np.array([signal.mean(dtype=np.float64), len(signal)])


def cached_files(cache: Path) -> list[Path]:
    return [path for path in (cache / "features").rglob("*") if path.is_file()]


def test_values_are_those_of_the_mono_resampled_clip(record: Record) -> None:
    whole = record("a.wav", samples=50000, sample_rate=44100, channels=2)
    clip = replace(whole, start=1000, stop=41000)
    values = finish(extract(FEATURE_SETS["lowlevel"], [clip], cache=None))
    signal, _ = soundfile.read(clip.path, dtype="float32")
    expected = soxr.resample(signal[1000:41000].mean(axis=1), 44100, 22050, quality="HQ")
    np.testing.assert_allclose(values[0], FEATURE_SETS["lowlevel"].compute(expected), rtol=1e-5, atol=1e-5)


def test_rows_follow_the_order_of_the_clips(record: Record) -> None:
    clips = [record(f"{n}.wav", samples=n) for n in (300, 100, 200)]
    clips += [replace(clips[0], start=s, stop=s + 7) for s in (50, 0)]
    values = finish(extract(Counting().set, clips, cache=None))
    assert values[:, 1].tolist() == [300, 100, 200, 7, 7]
    assert values[3, 0] != values[4, 0]


def test_equal_clips_are_computed_once(record: Record) -> None:
    counting, clip = Counting(), record()
    values = finish(extract(counting.set, [clip, clip, clip], cache=None))
    assert counting.calls == 1
    assert (values == values[0]).all()


def test_no_clips_give_no_rows() -> None:
    assert finish(extract(FEATURE_SETS["lowlevel"], [], cache=None)).shape == (0, 108)


@pytest.mark.parametrize("sample_rate", [8000, 44100, 48000, 192000])
def test_a_clip_of_one_sample_has_finite_values(record: Record, sample_rate: int) -> None:
    clip = replace(record(sample_rate=sample_rate), start=5, stop=6)
    assert np.isfinite(finish(extract(FEATURE_SETS["lowlevel"], [clip], cache=None))).all()


def test_cached_values_are_not_computed_again(record: Record, tmp_path: Path) -> None:
    counting, whole = Counting(), record(samples=1000)
    clips = [replace(whole, start=s, stop=s + 100) for s in range(0, 500, 100)]
    first = finish(extract(counting.set, clips, cache=tmp_path))
    assert (finish(extract(counting.set, clips[::-1], cache=tmp_path)) == first[::-1]).all()
    assert counting.calls == 5
    finish(extract(counting.set, [whole, *clips], cache=tmp_path))
    assert counting.calls == 6
    assert len(cached_files(tmp_path)) == 1


def test_another_version_or_other_columns_are_computed_again(record: Record, tmp_path: Path) -> None:
    clip = record()
    finish(extract(Counting().set, [clip], cache=tmp_path))
    newer = Counting(version=2)
    finish(extract(newer.set, [clip], cache=tmp_path))
    renamed = Counting()
    finish(extract(replace(renamed.set, columns=("mean", "samples")), [clip], cache=tmp_path))
    assert (newer.calls, renamed.calls) == (1, 1)


@pytest.mark.parametrize("damage", ["cut off", "flipped bit", "emptied"])
def test_a_damaged_cache_file_is_computed_again(record: Record, tmp_path: Path, damage: str) -> None:
    counting, clip = Counting(), record()
    expected = finish(extract(counting.set, [clip], cache=tmp_path))
    (file,) = cached_files(tmp_path)
    content = bytearray(file.read_bytes())
    content[-3] ^= 64
    file.write_bytes({"cut off": bytes(content[:-8]), "flipped bit": bytes(content), "emptied": b""}[damage])
    assert (finish(extract(counting.set, [clip], cache=tmp_path)) == expected).all()
    assert (finish(extract(counting.set, [clip], cache=tmp_path)) == expected).all()
    assert counting.calls == 2


def test_progress_counts_clips_and_reaches_the_end(record: Record) -> None:
    clips = [record(f"{n}.wav", samples=500) for n in range(5)]
    steps = list(extract(Counting().set, [*clips, clips[0]], cache=None))
    done = [step.done for step in steps]
    assert done == sorted(done)
    assert steps[-1] == Progress(6, 6, steps[-1].text)
    assert {step.total for step in steps} == {6}


def test_stopping_keeps_what_was_computed_and_nothing_half_done(record: Record, tmp_path: Path) -> None:
    counting, whole = Counting(), record(samples=4000)
    clips = [replace(whole, start=s, stop=s + 1) for s in range(2000)]
    counting.pause = 0.005
    job = extract(counting.set, clips, cache=tmp_path)
    while next(job).done < 10:
        pass
    job.close()
    before = counting.calls
    assert 10 <= before < 2000
    assert [path.suffix for path in cached_files(tmp_path)] == [".features"]
    counting.pause = 0.0
    finish(extract(counting.set, clips, cache=tmp_path))
    assert counting.calls - before <= 1990


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(AnnotatorError, match=r"gone\.wav"):
        finish(extract(Counting().set, [Clip(tmp_path / "gone.wav", "0" * 64, 0, 10)], cache=None))


def test_a_file_that_became_shorter_is_named_with_the_counts(record: Record) -> None:
    clip = replace(record("short.wav", samples=1000), stop=1200)
    with pytest.raises(AnnotatorError, match=r"short\.wav ends before .* 1000 of 1200"):
        finish(extract(Counting().set, [clip], cache=None))


def test_what_was_computed_before_a_failure_is_kept(record: Record, tmp_path: Path) -> None:
    counting, good = Counting(), record("good.wav")
    bad = replace(record("bad.wav"), stop=10**6)
    with pytest.raises(AnnotatorError):
        finish(extract(counting.set, [good, bad], cache=tmp_path))
    finish(extract(counting.set, [good], cache=tmp_path))
    assert counting.calls == 1


def test_a_value_that_is_not_finite_is_refused(record: Record) -> None:
    broken = replace(Counting().set, compute=lambda _: np.array([0.0, np.nan]))
    with pytest.raises(AnnotatorError, match=r'"count" has no finite value of length for talk\.wav'):
        finish(extract(broken, [record()], cache=None))


def test_an_unusable_cache_folder_is_named(record: Record, tmp_path: Path) -> None:
    (tmp_path / "features").write_text("not a folder")
    with pytest.raises(AnnotatorError, match="features"):
        finish(extract(Counting().set, [record()], cache=tmp_path))


@pytest.fixture
def always_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "WORTH_PROCESSES", 0)
    monkeypatch.setattr(processes, "cores", lambda: 2)


def test_processes_give_the_same_values(
    record: Record, always_processes: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = record("long.wav", samples=30000)
    clips = [record("other.wav"), *(replace(whole, start=s, stop=s + 3000) for s in range(0, 27000, 3000))]
    in_processes = finish(extract(FEATURE_SETS["lowlevel"], clips, cache=None))
    monkeypatch.setattr(processes, "WORTH_PROCESSES", 10**12)
    assert (in_processes == finish(extract(FEATURE_SETS["lowlevel"], clips, cache=None))).all()


def test_a_failure_in_a_process_is_explained_as_here(record: Record, always_processes: None) -> None:
    clips = [record("good.wav"), replace(record("short.wav", samples=1000), stop=1200)]
    with pytest.raises(AnnotatorError, match=r"short\.wav ends before"):
        finish(extract(FEATURE_SETS["lowlevel"], clips, cache=None))


def test_a_process_that_dies_is_reported_with_the_file(
    record: Record, always_processes: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "fatal_features.py").write_text("import os\n\ndef compute(signal):\n    os._exit(3)\n")
    monkeypatch.syspath_prepend(tmp_path)
    import fatal_features  # type: ignore[import-not-found]

    fatal = replace(Counting().set, compute=fatal_features.compute)
    with pytest.raises(AnnotatorError, match=r"talk\.wav ended unexpectedly"):
        finish(extract(fatal, [record()], cache=None))


FRAGILE = """
import os
from pathlib import Path

import numpy as np

MARK = Path({mark!r})

def compute(signal):
    if len(signal) == 13:  # brings its process down each time
        os._exit(3)
    if len(signal) == 7 and not MARK.exists():  # only the first time
        MARK.touch()
        os._exit(3)
    return np.array([signal.mean(dtype=np.float64), len(signal)])
"""


@pytest.fixture
def fragile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FeatureSet:
    (tmp_path / "fragile_features.py").write_text(FRAGILE.format(mark=str(tmp_path / "mark")))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "fragile_features", raising=False)
    import fragile_features  # type: ignore[import-not-found]

    return replace(Counting().set, compute=fragile_features.compute)


def test_among_many_files_the_one_that_brings_its_process_down_is_named(
    record: Record, always_processes: None, fragile: FeatureSet, tmp_path: Path
) -> None:
    clips = [record(f"{n}.wav", samples=13 if n == 5 else 100 + n) for n in range(12)]
    with pytest.raises(
        AnnotatorError, match=r"^The process that computed features of 5\.wav ended unexpectedly"
    ):
        finish(extract(fragile, clips, cache=tmp_path / "cache"))


def test_a_process_that_dies_by_chance_is_replaced(
    record: Record, always_processes: None, fragile: FeatureSet
) -> None:
    clips = [record(f"{n}.wav", samples=7 if n == 5 else 100 + n) for n in range(12)]
    values = finish(extract(fragile, clips, cache=None))
    assert values[:, 1].tolist() == [clip.stop for clip in clips]


def test_every_span_is_in_one_share_and_the_last_shares_are_small() -> None:
    runs = [
        processes.Run(Path("a.wav"), "a", tuple((n, n + 1) for n in range(1000))),
        *(processes.Run(Path(f"{n}.wav"), str(n), ((0, 1),)) for n in range(100)),
    ]
    shares = processes._Shares(runs, 2)
    taken = list(iter(shares.take, ()))
    assert [(run.audio_key, span) for share in taken for run in share for span in run.spans] == [
        (run.audio_key, span) for run in runs for span in run.spans
    ]
    sizes = [sum(len(run.spans) for run in share) for share in taken]
    assert sizes[0] > 200
    assert sizes[-1] == 1


def test_no_process_outlives_a_stopped_job(
    record: Record, always_processes: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = []
    popen = child.subprocess.Popen
    monkeypatch.setattr(
        child.subprocess,
        "Popen",
        lambda *args, **options: started.append(popen(*args, **options)) or started[-1],
    )
    whole = record(samples=44100)
    clips = [replace(whole, start=s) for s in range(200)]
    job = extract(FEATURE_SETS["lowlevel"], clips, cache=None)
    while next(job).done < 5:
        pass
    job.close()
    assert len(started) == 2
    assert all(process.poll() is not None for process in started)


@pytest.mark.parametrize("suffix", [".flac", ".ogg"])
def test_other_formats_are_described_like_their_samples(tmp_path: Path, suffix: str) -> None:
    signal = np.random.default_rng(0).uniform(-0.5, 0.5, 30000)
    path = tmp_path / f"song{suffix}"
    soundfile.write(path, signal, 22050)
    decoded, _ = soundfile.read(path, dtype="float32")
    clip = Clip(path, "a" * 64, 5000, 25000)
    values = finish(extract(FEATURE_SETS["lowlevel"], [clip], cache=tmp_path / "cache"))
    expected = FEATURE_SETS["lowlevel"].compute(decoded[5000:25000])
    np.testing.assert_allclose(values[0], expected, rtol=1e-2, atol=1e-2)


def test_a_name_longer_than_file_systems_take_is_kept_too(record: Record, tmp_path: Path) -> None:
    counting = Counting()
    long = replace(counting.set, name="embedding:" + "/a_long_folder" * 40)
    for _ in range(2):
        finish(extract(long, [record()], cache=tmp_path))
    assert counting.calls == 1
