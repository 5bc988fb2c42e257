"""Feature computation on all cores, each in a process of its own.

Processes, because threads gain nothing here: a clip takes some hundred short array operations, and between two of
them threads hand the interpreter's lock to one another for longer than the operation takes (measured on two cores:
two threads 1.0 times as fast as one). For the same reason the process that asks computes nothing beside them: its lock
is the window's, and a file on which a decoder crashes takes down a process that can be replaced.

A process gets shares of the runs and answers with rows as they are done; `None` stands for a failure, which the caller
meets again by computing that span itself.
"""

import os
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from annotator.domain.child import Channel, Child, ChildEndedError, available, picklable
from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr
from annotator.features.cache import Span
from annotator.features.describe import Describer, Run, describe_run
from annotator.features.sets import FeatureSet

#: Samples (9 minutes at 44.1 kHz) from which processes, with the quarter of a second they take to start, are faster.
WORTH_PROCESSES = 25_000_000

#: Seconds for which rows are gathered: to tell of each as it comes would take a sixth of the time of computing it.
_GATHERED = 0.05

#: A span with its values, and the run it belongs to.
Described: TypeAlias = tuple[Run, Span, NDArray[np.float64]]

#: What is done arrives in the queue; an exception ends the work.
Results: TypeAlias = "SimpleQueue[list[Described] | Exception]"

_Answer: TypeAlias = "list[NDArray[np.float64] | None]"


@contextmanager
def describing(feature_set: FeatureSet, runs: Sequence[Run], cache: Path | None) -> Iterator[Results]:
    """Describes all runs in the background, on as many cores as pay; on leaving, nothing is running any more.

    Raises
    ------
    AnnotatorError
        Through the queue, where a file cannot be described or brings the process that reads it down.
    """
    results: Results = SimpleQueue()
    stopped = threading.Event()
    n_children = cores() if _pays(feature_set, runs) else 0
    shares = _Shares(runs, max(n_children, 1))
    children = [_Describing(feature_set, cache) for _ in range(n_children)]

    def work(child: _Describing | None) -> None:
        try:
            with closing(Describer(feature_set, cache)) as here:
                while not stopped.is_set() and (share := shares.take()):
                    rows = child.describe(share) if child else _gathered(here, share)
                    for described in rows:
                        results.put(described)
                        if stopped.is_set():
                            break
        except Exception as error:
            if not stopped.is_set():
                results.put(error)

    workers: list[_Describing | None] = [*children] or [None]
    threads = [threading.Thread(target=work, args=(worker,), name="features") for worker in workers]
    try:
        for thread in threads:
            thread.start()
        yield results
    finally:
        stopped.set()
        for child in children:
            child.kill()
        for thread in threads:
            thread.join()
        for child in children:
            child.close()


class _Shares:
    """Hands out runs in shares that become smaller towards the end, so that all workers finish together.

    Each share is a fixed part of what is left (C. Polychronopoulos and D. Kuck, "Guided self-scheduling", IEEE
    Transactions on Computers C-36(12), 1987). A file is cut only where it is larger than a share: in some formats
    whoever reads a part of it must decode all of it.
    """

    def __init__(self, runs: Sequence[Run], n_workers: int) -> None:
        self._left = list(reversed(runs))
        self._n_left = sum(len(run.spans) for run in runs)
        self._n_workers = n_workers
        self._lock = threading.Lock()

    def take(self) -> tuple[Run, ...]:
        """The next share; empty where there is none."""
        with self._lock:
            size = max(self._n_left // (2 * self._n_workers), 1)
            share: list[Run] = []
            taken = 0
            while self._left and taken + len(self._left[-1].spans) <= size:
                share.append(self._left.pop())
                taken += len(share[-1].spans)
            if not share and self._left:
                run = self._left.pop()
                share.append(replace(run, spans=run.spans[:size]))
                self._left.append(replace(run, spans=run.spans[size:]))
                taken = size
            self._n_left -= taken
            return tuple(share)


class _Describing:
    """A process that describes runs for one thread of this one, and is replaced where it crashes."""

    def __init__(self, feature_set: FeatureSet, cache: Path | None) -> None:
        self._feature_set, self._cache = feature_set, cache
        self._killed = False
        self._child = Child(__name__, "serve")
        self._told = False

    def describe(self, share: Sequence[Run]) -> Iterator[list[Described]]:
        """Everything in a share, in its order, some rows at a time."""
        n_done = 0
        try:
            for described in self._answers(share):
                n_done += len(described)
                yield described
        except ChildEndedError:
            yield from self._one_by_one(_after(share, n_done))

    def _one_by_one(self, share: Iterable[Run]) -> Iterator[list[Described]]:
        """Goes on in a new process, span by span, so that a file that brings it down is known by its name."""
        if self._killed:
            return
        self._child.close()
        self._child, self._told = Child(__name__, "serve"), False
        for run in share:
            for span in run.spans:
                try:
                    yield from self._answers([replace(run, spans=(span,))])
                except ChildEndedError:
                    raise AnnotatorError(
                        tr(
                            "The process that computed features of {name} ended unexpectedly.",
                            name=run.path.name,
                        ),
                        tr("The file may be damaged; convert it to WAV or leave it out."),
                    ) from None

    def _answers(self, share: Sequence[Run]) -> Iterator[list[Described]]:
        if not self._told:
            self._child.send((self._feature_set, self._cache))
            self._told = True
        self._child.send(share)
        spans = ((run, span) for run in share for span in run.spans)
        n_left = sum(len(run.spans) for run in share)
        while n_left:
            rows: _Answer = self._child.receive()
            n_left -= len(rows)
            yield [
                (run, span, self._computed(run, span) if row is None else row)
                for row, (run, span) in zip(rows, spans, strict=False)
            ]

    def _computed(self, run: Run, span: Span) -> NDArray[np.float64]:
        """Here a failure has its traceback, and its message is in the user's language."""
        (row,) = describe_run(self._feature_set, replace(run, spans=(span,)), self._cache)
        return row

    def kill(self) -> None:
        """Ends the process at once; what it writes to the cache is moved into place only when whole."""
        self._killed = True
        self._child.kill()

    def close(self) -> None:
        """Lets go of the process, once no thread talks to it any more."""
        self._child.close()


def serve(channel: Channel) -> None:
    """What a process does: describes shares of runs for ever."""
    feature_set, cache = channel.receive()
    with closing(Describer(feature_set, cache)) as describer:
        while True:
            share: tuple[Run, ...] = channel.receive()
            n_sent = 0
            try:
                for described in _gathered(describer, share):
                    channel.send([row for _, _, row in described])
                    n_sent += len(described)
            except Exception:
                # The caller computes these spans itself and so meets the failure with its message.
                channel.send([None] * sum(len(run.spans) for run in _after(share, n_sent)))


def _gathered(describer: Describer, share: Sequence[Run]) -> Iterator[list[Described]]:
    """Everything in a share, the rows of a short while at a time; those before a failure come before it."""
    gathered: list[Described] = []
    told = time.monotonic()
    try:
        for run in share:
            for span, row in zip(run.spans, describer.rows(run), strict=True):
                gathered.append((run, span, row))
                if time.monotonic() - told >= _GATHERED:
                    yield gathered
                    gathered, told = [], time.monotonic()
    except Exception:
        if gathered:
            yield gathered
        raise
    if gathered:
        yield gathered


def _after(share: Sequence[Run], n_done: int) -> Iterator[Run]:
    """The runs of a share without its first spans."""
    for run in share:
        if n_done < len(run.spans):
            yield replace(run, spans=run.spans[n_done:])
        n_done = max(n_done - len(run.spans), 0)


def _pays(feature_set: FeatureSet, runs: Sequence[Run]) -> bool:
    """Whether processes can be started, know the feature set, and have enough to do."""
    return (
        cores() > 1
        and available()
        and sum(stop - start for run in runs for start, stop in run.spans) >= WORTH_PROCESSES
        and picklable(feature_set)
    )


def cores() -> int:
    """Processor cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # Windows and macOS
        return os.cpu_count() or 1
