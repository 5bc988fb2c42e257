"""Features of a thousand clips on one core and on all of them, beside what the machine's cores can do at all.

That ceiling is taken by processes that have started and computed before, each with its part of the clips: cores share
memory and caches, so that two of them are seldom twice as fast as one.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray
from rows import Row, timed

from annotator.domain.child import Channel, Child
from annotator.domain.progress import finish
from annotator.features import processes
from annotator.features.describe import Run, describe_run
from annotator.features.extract import Clip, extract
from annotator.features.sets import FEATURE_SETS, FeatureSet

ROUNDS = 5


def one_and_all(set_name: str, clips: Sequence[Clip], about: str) -> list[Row]:
    """The best of some rounds in turn: one process, as many as there are cores, and those already running."""
    feature_set, n_cores = FEATURE_SETS[set_name], processes.cores()
    by_file: dict[str, list[Clip]] = {}
    for clip in clips:
        by_file.setdefault(clip.audio_key, []).append(clip)
    runs = [
        Run(some[0].path, key, tuple((clip.start, clip.stop) for clip in some))
        for key, some in by_file.items()
    ]
    ready = [_ready(feature_set, _part(runs, core, n_cores)) for core in range(n_cores)]

    def alone() -> None:
        for run in runs:
            list(describe_run(feature_set, run, None))

    def at_once() -> None:
        for child in ready:
            child.send("go")
        for child in ready:
            child.receive()

    one, ours, ceiling = [], [], []
    for _ in range(ROUNDS):
        one.append(timed(alone, 1))
        ours.append(timed(lambda: finish(extract(feature_set, clips, cache=None)), 1))
        ceiling.append(timed(at_once, 1))
    for child in ready:
        child.close()
    name = f"{set_name} of {len(clips):,} {about}, {n_cores} processes"
    return [
        Row(name, min(ours), "s", "one process", min(one)),
        Row(name, min(ours), "s", f"{n_cores} processes already running", min(ceiling)),
    ]


def pieces_of_one(folder: Path, clips: Sequence[NDArray[np.float32]], rate: int) -> list[Clip]:
    """All clips one after another in one long file."""
    path = folder / "long.wav"
    with soundfile.SoundFile(path, "w", rate, 1) as sound:
        for clip in clips:
            sound.write(clip)
    ends = np.cumsum([len(clip) for clip in clips]).tolist()
    starts = [0, *ends[:-1]]
    return [Clip(path, "long", start, end) for start, end in zip(starts, ends, strict=True)]


def _part(runs: Sequence[Run], core: int, n_cores: int) -> list[Run]:
    if len(runs) >= n_cores:
        return list(runs[core::n_cores])
    return [Run(run.path, run.audio_key, run.spans[core::n_cores]) for run in runs]


def _ready(feature_set: FeatureSet, runs: Sequence[Run]) -> Child:
    child = Child(__name__, "serve")
    child.send((feature_set, runs))
    child.receive()
    return child


def serve(channel: Channel) -> None:
    """What a process of the ceiling does."""
    feature_set, runs = channel.receive()
    while True:
        for run in runs:
            list(describe_run(feature_set, run, None))
        channel.send("done")
        channel.receive()
