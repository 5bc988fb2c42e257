"""Feature computation on all cores, each in a process of its own.

Processes, because threads gain nothing here: a clip takes some hundred short array operations, and between two of
them threads hand the interpreter's lock to one another for longer than the operation takes (measured on two cores:
two threads 1.0 times as fast as one, two processes 2.0 times).

The processes are started by their own command line, not by `multiprocessing`, which would run the caller's main
script once more in each of them. A process reads pickled runs from its standard input and answers with one pickled
row per span; `None` stands for a failure, which the caller meets again by computing that span itself.
"""

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO, TypeAlias

import numpy as np
from numpy.typing import NDArray

from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr
from annotator.features.cache import Span
from annotator.features.describe import Run, describe_run
from annotator.features.sets import FeatureSet

#: Samples (40 minutes at 44.1 kHz) from which two processes, with the time they take to start, are faster than one.
WORTH_PROCESSES = 100_000_000

#: Arrives in the queue as each span is done; an exception ends the work.
Described: TypeAlias = tuple[Run, Span, NDArray[np.float64]]
Results: TypeAlias = "SimpleQueue[Described | Exception]"

# Ctrl+C reaches all processes of a terminal; the one that waits for the others tells them what to do.
_START = """
import signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
sys.path[:] = {path!r}
from annotator.features.processes import serve
serve()
"""


@contextmanager
def describing(feature_set: FeatureSet, runs: Sequence[Run], cache: Path | None) -> Iterator[Results]:
    """Describes all runs in the background, on as many cores as pay; on leaving, nothing is running any more.

    Raises
    ------
    AnnotatorError
        Through the queue, where a file cannot be described or brings the process that reads it down.
    """
    results: Results = SimpleQueue()
    waiting: SimpleQueue[Run] = SimpleQueue()
    stopped = threading.Event()
    n_workers = cores() if _pays(feature_set, runs) else 0
    for run in _shared_out(runs, max(n_workers, 1)):
        waiting.put(run)
    children = [_Child(feature_set, cache) for _ in range(n_workers)]

    def work(child: _Child | None) -> None:
        try:
            while not stopped.is_set():
                run = waiting.get_nowait()
                rows = child.describe(run) if child else describe_run(feature_set, run, cache)
                for span, row in zip(run.spans, rows, strict=True):
                    results.put((run, span, row))
                    if stopped.is_set():
                        break
        except Empty:
            return
        except Exception as error:
            results.put(error)

    workers: list[_Child | None] = [*children] or [None]
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


class _Child:
    """A process that describes runs for one thread of this one."""

    def __init__(self, feature_set: FeatureSet, cache: Path | None) -> None:
        self._feature_set, self._cache = feature_set, cache
        self._process = subprocess.Popen(
            [sys.executable, "-c", _START.format(path=sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._set_sent = False

    def describe(self, run: Run) -> Iterator[NDArray[np.float64]]:
        """Rows of a run in turn, like `describe_run`."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            if not self._set_sent:
                _send(self._process.stdin, (self._feature_set, self._cache))
                self._set_sent = True
            _send(self._process.stdin, run)
            for span in run.spans:
                row = pickle.load(self._process.stdout)
                if row is None:
                    # Here the failure has its traceback, and its message is in the user's language.
                    (row,) = describe_run(self._feature_set, replace(run, spans=(span,)), self._cache)
                yield row
        except (EOFError, BrokenPipeError, pickle.UnpicklingError):
            raise AnnotatorError(
                tr("The process that computed features of {name} ended unexpectedly.", name=run.path.name),
                tr("The file may be damaged; convert it to WAV or leave it out."),
            ) from None

    def kill(self) -> None:
        """Ends the process at once; what it writes to the cache is moved into place only when whole."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()


def serve() -> None:
    """What a process does: describes runs from standard input until there are no more."""
    requests = sys.stdin.buffer
    # Answers get a channel of their own, so that nothing printed by a codec or feature set falls among them.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    feature_set, cache = pickle.load(requests)
    while True:
        try:
            run: Run = pickle.load(requests)
        except EOFError:
            return
        n_sent = 0
        try:
            for row in describe_run(feature_set, run, cache):
                _send(answers, row)
                n_sent += 1
        except Exception:
            # The caller computes these spans itself and so meets the failure with its message.
            for _ in run.spans[n_sent:]:
                _send(answers, None)


def _send(channel: IO[bytes], message: object) -> None:
    pickle.dump(message, channel, protocol=pickle.HIGHEST_PROTOCOL)
    channel.flush()


def _pays(feature_set: FeatureSet, runs: Sequence[Run]) -> bool:
    """Whether processes can be started, know the feature set, and have enough to do."""
    if getattr(sys, "frozen", False) or not sys.executable:
        return False  # packaged as one program: the executable is no interpreter
    if sum(stop - start for run in runs for start, stop in run.spans) < WORTH_PROCESSES:
        return False
    try:
        pickle.dumps(feature_set)
    except (pickle.PicklingError, AttributeError, TypeError):
        return False  # made by a lambda or an inner function
    return cores() > 1


def _shared_out(runs: Sequence[Run], n_workers: int) -> Iterator[Run]:
    """The runs, those with more than a worker's share of all spans cut into shares."""
    share = max(-(-sum(len(run.spans) for run in runs) // n_workers), 1)
    for run in runs:
        for first in range(0, len(run.spans), share):
            yield replace(run, spans=run.spans[first : first + share])


def cores() -> int:
    """Processor cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # Windows and macOS
        return os.cpu_count() or 1
