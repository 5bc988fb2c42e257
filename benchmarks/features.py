"""Feature extraction beside plain librosa calls that compute each feature on its own, pyAudioAnalysis and bare FFTs.

python benchmarks/features.py [--quick] [--json]
"""

import hashlib
import math
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import scipy.fft
import soundfile
from cores import one_and_all, pieces_of_one
from numpy.typing import NDArray
from rows import Row, arguments, report, skipped, timed, wall
from threadpoolctl import threadpool_limits

from annotator.domain.progress import finish
from annotator.features import lowlevel, processes, short_term, speech162
from annotator.features.extract import Clip, extract
from annotator.features.sets import FEATURE_SETS

try:
    import librosa
except ImportError:
    librosa = None

try:
    # Needs matplotlib and tqdm beside it; only ever compared with.
    from pyAudioAnalysis import ShortTermFeatures
except ImportError:
    ShortTermFeatures = None

try:
    # Its licence allows research and other non-commercial use only.
    import opensmile
except ImportError:
    opensmile = None

SECONDS = 3.0
RIVAL = "librosa, one call a feature"
SHORT_TERM_RIVAL = "pyAudioAnalysis"


def speech_like(seed: int, sample_rate: int) -> NDArray[np.float32]:
    """A few seconds with harmonics, noise, pauses and a wide range of levels."""
    rng = np.random.default_rng(seed)
    seconds = np.arange(int(SECONDS * sample_rate)) / sample_rate
    pitch = np.cumsum(120 + 40 * np.sin(2 * np.pi * 0.7 * seconds + seed)) / sample_rate
    voice = sum(np.sin(2 * np.pi * n * pitch) / n for n in range(1, 20))
    syllables = np.maximum(np.sin(2 * np.pi * 2.5 * seconds + seed), 0) ** 2
    sound = 0.1 * voice * syllables + 0.002 * rng.standard_normal(len(seconds))
    return sound.astype(np.float32)


def by_librosa(y: NDArray[np.float32]) -> NDArray[np.float64]:
    """The same values by librosa's own functions, each from the samples."""
    feature = librosa.feature
    rows = [
        feature.zero_crossing_rate(y),
        feature.rms(y=y),
        feature.rms(y=y).astype(np.float64) ** 2,
        feature.spectral_centroid(y=y),
        feature.spectral_bandwidth(y=y),
        feature.spectral_rolloff(y=y),
        feature.spectral_flatness(y=y),
        feature.spectral_contrast(y=y),
        feature.mfcc(y=y, n_mfcc=40),
    ]
    frames = np.concatenate(rows).astype(np.float64)
    return np.stack([frames.mean(axis=1), frames.std(axis=1)], axis=1).ravel()


def speech_by_librosa(y: NDArray[np.float32]) -> NDArray[np.float64]:
    """The values of speech-162 by librosa's own functions, each from the samples."""
    feature = librosa.feature
    frames = [
        feature.zero_crossing_rate(y),
        feature.chroma_stft(y=y),
        feature.mfcc(y=y),
        feature.rms(y=y),
        feature.melspectrogram(y=y),
    ]
    return np.concatenate([rows.mean(axis=1) for rows in frames]).astype(np.float64)


def by_pyaudioanalysis(y: NDArray[np.float32]) -> NDArray[np.float64]:
    """The values of short-term-136, which the program expects of 16-bit samples."""
    frames, _ = ShortTermFeatures.feature_extraction(
        y.astype(np.float64) * 2**15, short_term.SAMPLE_RATE, short_term.FRAME, short_term.STEP
    )
    return np.concatenate([frames.mean(axis=1), frames.std(axis=1)])


def bare_ffts(dtype: type) -> Callable[[Sequence[NDArray[np.float32]]], None]:
    """Nothing but the transforms of all frames, windowed beforehand in blocks that fit the cache."""
    prepared: dict[int, list[NDArray[np.floating]]] = {}

    def run(clips: Sequence[NDArray[np.float32]]) -> None:
        for n, y in enumerate(clips):
            if n not in prepared:
                frames = np.lib.stride_tricks.sliding_window_view(np.pad(y, 1024), 2048)[::512]
                prepared[n] = [
                    (frames[t : t + 32] * np.hanning(2048)).astype(dtype) for t in range(0, len(frames), 32)
                ]
            for block in prepared[n]:
                scipy.fft.rfft(block, axis=1)

    return run


def in_turn(
    functions: Sequence[Callable[[], object]], rounds: int, clock: Callable[[], float]
) -> list[float]:
    """Best time of each function, measured in turn so that all meet the same machine."""
    for function in functions:
        function()
    best = [math.inf] * len(functions)
    for _ in range(rounds):
        for n, function in enumerate(functions):
            best[n] = min(best[n], timed(function, 1, clock=clock))
    return best


def computing(quick: bool) -> list[Row]:
    """Values of clips in memory, on one core each: processor time a clip."""
    clips = [speech_like(seed, lowlevel.SAMPLE_RATE) for seed in range(10 if quick else 40)]
    both = FEATURE_SETS["lowlevel+speech-162"]
    work: dict[str, Callable[[NDArray[np.float32]], object]] = {
        name: FEATURE_SETS[name].compute for name in FEATURE_SETS.names()
    }
    work[both.name] = both.compute
    if librosa:
        work["librosa lowlevel"], work["librosa speech-162"] = by_librosa, speech_by_librosa
    if ShortTermFeatures:
        work[SHORT_TERM_RIVAL] = by_pyaudioanalysis
    fft64, fft32 = bare_ffts(np.float64), bare_ffts(np.float32)
    functions: list[Callable[[], object]] = [
        lambda: fft64(clips),
        lambda: fft32(clips),
        *(lambda compute=compute: [compute(y) for y in clips] for compute in work.values()),
    ]
    # librosa's matrix products would start threads, whose waiting would count as work on a busy machine.
    with threadpool_limits(limits=1):
        best = in_turn(functions, 5 if quick else 20, time.process_time)
    bare64, bare32, *times = (1000 * seconds / len(clips) for seconds in best)
    spent = dict(zip(work, times, strict=True))
    theirs = {name: spent.get(f"librosa {name}") for name in ("lowlevel", "speech-162")}
    theirs[both.name] = sum(filter(None, theirs.values())) if librosa else None

    rows = []
    for name, rival in theirs.items():
        row = Row(f"{name}, clip of {SECONDS:g} s", spent[name], "ms", RIVAL, rival)
        rows.append(row if librosa else skipped(row))
    for name in ("lowlevel", "speech-162"):
        for rival, bare in (("bare FFTs, 64 bits", bare64), ("bare FFTs, 32 bits", bare32)):
            rows.append(Row(f"{name}, clip of {SECONDS:g} s", spent[name], "ms", rival, bare))
    name = "short-term-136"
    row = Row(
        f"{name}, clip of {SECONDS:g} s", spent[name], "ms", SHORT_TERM_RIVAL, spent.get(SHORT_TERM_RIVAL)
    )
    rows.append(row if ShortTermFeatures else skipped(row))
    for name, feature_set in FEATURE_SETS.items():
        values = feature_set.compute(clips[0]).size
        rows.append(Row(f"{name}, features", values * 1000 / spent[name], "1/s"))
    return [*rows, *(differences(clips) if librosa else [])]


def differences(clips: Sequence[NDArray[np.float32]]) -> list[Row]:
    """How far our values are from librosa's."""
    rows = []
    for name, ours_by, theirs_by, columns in (
        ("lowlevel", lowlevel.compute, by_librosa, lowlevel.COLUMNS),
        ("speech-162", speech162.compute, speech_by_librosa, speech162.COLUMNS),
    ):
        ours = np.stack([ours_by(y) for y in clips])
        theirs = np.stack([theirs_by(y) for y in clips])
        absolute = np.abs(ours - theirs)
        relative = absolute / np.maximum(np.abs(theirs), 1e-12)
        near_zero = np.array([column.startswith("mfcc") and not column.endswith("std") for column in columns])
        rows += [
            Row(f"{name}: values within 1e-5 of librosa's", 100 * float((relative <= 1e-5).mean()), "%"),
            Row(f"{name}: largest relative difference, without MFCC means", float(relative[:, ~near_zero].max()), ""),
            Row(f"{name}: largest absolute difference of MFCC means", float(absolute[:, near_zero].max()), "dB"),
        ]  # fmt: skip
    return rows


def functionals(quick: bool) -> list[Row]:
    """openSMILE's functionals as a feature set, beside the package's own calls for the same samples."""
    name = f"opensmile (eGeMAPSv02), clip of {SECONDS:g} s"
    row = Row(name, None, "ms", "opensmile, process_signal")
    if opensmile is None:
        return [skipped(row)]
    clips = [speech_like(seed, 16000) for seed in range(5 if quick else 20)]
    compute = FEATURE_SETS["opensmile"].compute
    smile = opensmile.Smile(opensmile.FeatureSet.eGeMAPSv02, opensmile.FeatureLevel.Functionals)
    ours, theirs = in_turn(
        [
            lambda: [compute(y) for y in clips],
            lambda: [smile.process_signal(y, 16000) for y in clips],
        ],
        3 if quick else 10,
        time.process_time,
    )
    each = 1000 / len(clips)
    differing = sum(int((compute(y) != smile.process_signal(y, 16000).to_numpy()[0]).sum()) for y in clips)
    return [
        replace(row, value=ours * each, rival_value=theirs * each, ratio=ours / theirs),
        Row("opensmile: values that are not the package's own", differing, ""),
    ]


def extracting(quick: bool, folder: Path) -> list[Row]:
    """The whole job over WAV files of 44.1 kHz, on all cores: what a person waits."""
    clips = []
    for n in range(100 if quick else 1000):
        path = folder / f"{n}.wav"
        soundfile.write(path, speech_like(n, 44100), 44100)
        clips.append(Clip(path, hashlib.sha256(path.read_bytes()).hexdigest(), 0, int(SECONDS * 44100)))

    def plain() -> None:
        for clip in clips:
            by_librosa(librosa.load(clip.path, sr=lowlevel.SAMPLE_RATE, res_type="soxr_hq")[0])

    feature_set, cache = FEATURE_SETS["lowlevel"], folder / "cache"
    finish(extract(feature_set, clips, cache=cache))
    functions: list[Callable[[], object]] = [
        lambda: finish(extract(feature_set, clips, cache=None)),
        lambda: finish(extract(feature_set, clips, cache=cache)),
    ]
    if librosa:
        functions.append(plain)
    first, again, *theirs = in_turn(functions, 2, wall)
    row = Row(f"lowlevel of {len(clips)} files, first time", first, "s", RIVAL, theirs[0] if theirs else None)
    rows = [
        row if librosa else skipped(row),
        Row(f"lowlevel of {len(clips)} files, from the cache", again, "s", "first time", first),
    ]
    if len(clips) * SECONDS * 44100 >= processes.WORTH_PROCESSES:
        for name in ("lowlevel", "speech-162", "lowlevel+speech-162"):
            rows += one_and_all(name, clips, "files")
        pieces = pieces_of_one(folder, [speech_like(n, 44100) for n in range(len(clips))], 44100)
        rows += one_and_all("lowlevel", pieces, "pieces of one file")
    return rows


def main() -> None:
    options = arguments(__doc__ or "")
    warnings.simplefilter("ignore", UserWarning)
    with tempfile.TemporaryDirectory() as folder:
        rows = computing(options.quick) + functionals(options.quick) + extracting(options.quick, Path(folder))
    report(rows, options.json)


if __name__ == "__main__":
    main()
