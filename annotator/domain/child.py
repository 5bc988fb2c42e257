"""Python processes of our own, for work on several cores and for work that must be possible to end at any moment.

They are started by their own command line, not by `multiprocessing`, which would run the caller's main script once more
in each of them. Both sides send one another pickled messages.
"""

import os
import pickle
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from queue import Empty, SimpleQueue
from typing import IO, Any, NoReturn, TypeVar

from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job, Progress
from annotator.domain.translation import language, set_language

T = TypeVar("T")

#: Seconds between signs of life of a job elsewhere: how long it takes to notice that it is cancelled.
_PATIENCE = 0.2

_START = """
import sys
sys.path[:] = {path!r}
from annotator.domain.child import run
run({module!r}, {function!r})
"""


class ChildEndedError(Exception):
    """The process is gone: it crashed, was killed from outside, or ran out of memory."""


def available() -> bool:
    """Whether processes can be started: a program packaged as one file has an executable that is no interpreter."""
    return bool(sys.executable) and not getattr(sys, "frozen", False)


def picklable(*messages: object) -> bool:
    """Whether other processes can be told of something: what a lambda or an inner function made cannot be sent."""
    try:
        pickle.dumps(messages)
    except (pickle.PicklingError, AttributeError, TypeError):
        return False
    return True


class Child:
    """A process that runs `function` of `module` (see `run`) until it is killed; one thread at a time talks to it."""

    def __init__(self, module: str, function: str) -> None:
        start = _START.format(path=sys.path, module=module, function=function)
        self._process = subprocess.Popen(
            [sys.executable, "-c", start], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def send(self, message: object) -> None:
        """Raises `ChildEndedError` where the process is gone."""
        assert self._process.stdin is not None
        try:
            _send(self._process.stdin, message)
        except (OSError, ValueError):  # ValueError: killed by another thread
            raise ChildEndedError from None

    def receive(self) -> Any:
        """The next message; raises `ChildEndedError` where the process ends before it."""
        assert self._process.stdout is not None
        try:
            return pickle.load(self._process.stdout)
        except (EOFError, OSError, ValueError, pickle.UnpicklingError):
            raise ChildEndedError from None

    def kill(self) -> None:
        """Ends the process at once and waits until it is gone."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """Kills the process and lets go of what is left of it; no other thread may be talking to it."""
        self.kill()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with suppress(OSError):  # what was on its way has nobody left to read it
            self._process.stdin.close()
        self._process.stdout.close()


class Channel:
    """The other end of a `Child`, in the process itself.

    The process ends with the one that started it, whatever it is doing then: a thread of its own reads ahead and
    notices that nothing more can come.
    """

    def __init__(self, requests: IO[bytes], answers: IO[bytes]) -> None:
        self._requests, self._answers = requests, answers
        self._received: SimpleQueue[Any] = SimpleQueue()
        threading.Thread(target=self._read, name="requests", daemon=True).start()

    def receive(self) -> Any:
        """The next message."""
        return self._received.get()

    def send(self, message: object) -> None:
        """Sends a message back."""
        _send(self._answers, message)

    def _read(self) -> NoReturn:
        try:
            while True:
                self._received.put(pickle.load(self._requests))
        except EOFError:
            os._exit(0)


def run(module: str, function: str) -> None:
    """What a process does: calls `function(channel)` of a module."""
    # Ctrl+C reaches all processes of a terminal; the one that waits for the others tells them what to do.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Answers get a channel of their own, so that nothing printed by a library falls among them.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    getattr(import_module(module), function)(Channel(sys.stdin.buffer, answers))
    # At once: the thread that waits for messages would hinder an orderly end.
    os._exit(0)


def elsewhere(function: Callable[..., Job[T]], *arguments: object, text: str) -> Job[T]:
    """A job in a process of its own, which is killed where the job is closed: it can be cancelled in the middle of a
    step.

    Parameters
    ----------
    function, arguments
        What makes the job; all of it, and the job's result, can be pickled. The arguments are let go of as soon as
        they are sent.
    text
        Told until the job itself tells what it is doing.

    Raises
    ------
    ChildEndedError
        Where the process ends before its job.
    """
    outbox: SimpleQueue[Any] = SimpleQueue()
    outbox.put((language(), function, arguments))
    del arguments
    inbox: SimpleQueue[tuple[str, Any]] = SimpleQueue()
    child = Child(__name__, "do_job")

    def listen() -> None:
        try:
            child.send(outbox.get())
            kind = "progress"
            while kind == "progress":
                kind, value = child.receive()
                inbox.put((kind, value))
        except ChildEndedError as error:
            inbox.put(("error", error))

    listener = threading.Thread(target=listen, name="elsewhere")
    progress = Progress(0, 1, text)
    try:
        listener.start()
        while True:
            yield progress
            try:
                kind, value = inbox.get(timeout=_PATIENCE)
            except Empty:
                continue
            if kind == "error":
                raise value
            if kind == "result":
                result: T = value
                return result
            progress = value
    finally:
        child.kill()
        listener.join()
        child.close()


def do_job(channel: Channel) -> None:
    """What the process of a job elsewhere does."""
    chosen, function, arguments = channel.receive()
    set_language(chosen)
    try:
        job = function(*arguments)
        del arguments
        while True:
            channel.send(("progress", next(job)))
    except StopIteration as end:
        channel.send(("result", end.value))
    except AnnotatorError as error:
        channel.send(("error", error))
    except Exception:
        channel.send(("error", RuntimeError(traceback.format_exc())))


def _send(channel: IO[bytes], message: object) -> None:
    pickle.dump(message, channel, protocol=pickle.HIGHEST_PROTOCOL)
    channel.flush()
