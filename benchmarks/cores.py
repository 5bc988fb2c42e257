"""Features of a thousand clips on one core and on all of them, beside what the machine's cores can do at all.

That ceiling is taken by processes that have started and computed before, each with its part of the clips: cores share
memory and caches, so that two of them are seldom twice as fast as one. Processor time is told as well: on a busy
machine it is what counts.
"""

import math
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray
from rows import Row, cpu, wall

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

    def in_processes() -> None:
        finish(extract(feature_set, clips, cache=None))

    def at_once() -> float:
        for child in ready:
            child.send("go")
        return sum(child.receive() for child in ready)

    one, ours, ceiling = _Best(), _Best(), _Best()
    for _ in range(ROUNDS):
        one.take(alone, 1)
        ours.take(in_processes, n_cores)
        ceiling.take(at_once, n_cores)
    for child in ready:
        child.close()
    name = f"{set_name} of {len(clips):,} {about}, {n_cores} processes"
    running = f"{n_cores} processes already running"
    busy = f"{name}, processor time of each"
    return [
        Row(name, ours.clock, "s", "one process", one.clock),
        Row(name, ours.clock, "s", running, ceiling.clock),
        Row(busy, ours.cpu, "s", "one process", one.cpu),
        Row(busy, ours.cpu, "s", running, ceiling.cpu),
    ]


class _Best:
    """The least time on the clock, and the least processor time shared by some processes."""

    def __init__(self) -> None:
        self.clock = self.cpu = math.inf

    def take(self, function: Callable[[], float | None], n_processes: int) -> None:
        """Runs a function, which gives the processor time that this process cannot see."""
        began, spent = wall(), cpu()
        unseen = function() or 0.0
        self.clock = min(self.clock, wall() - began)
        self.cpu = min(self.cpu, (cpu() - spent + unseen) / n_processes)


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
        began = time.process_time()
        for run in runs:
            list(describe_run(feature_set, run, None))
        channel.send(time.process_time() - began)
        channel.receive()
