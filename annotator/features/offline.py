"""Keeps other people's code from opening network connections while it works for this program.

Packages with networks like to fetch their weights on first use. Python tells audit hooks of each connection before it
is opened (PEP 578); the hook here refuses those of a thread that is inside `offline`. It sees Python's own sockets,
which urllib, requests and httpx use; libraries of Hugging Face, parts of which do without, keep offline by themselves
where the environment says so.
"""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_ENVIRONMENT = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}

_state = threading.local()
_hooking = threading.Lock()
_hooked = False


class ConnectionRefused(ConnectionError):
    """What code meets that wants to open a connection; an `OSError`, as if there were no network."""


@contextmanager
def offline() -> Iterator[list[str]]:
    """Within it this thread opens no connection; gives the addresses that were asked for, as they come in.

    >>> import urllib.request
    >>> with offline() as refused:
    ...     try:
    ...         urllib.request.urlopen("http://example.org/weights.pt")
    ...     except OSError:
    ...         print(refused)
    ['http://example.org/weights.pt']
    """
    _hook()
    outer, before = getattr(_state, "refused", None), {name: os.environ.get(name) for name in _ENVIRONMENT}
    os.environ.update(_ENVIRONMENT)
    refused: list[str] = []
    _state.refused = refused
    try:
        yield refused
    finally:
        _state.refused = outer
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _hook() -> None:
    """Adds the hook, once a process: there is no way to take one off."""
    global _hooked
    with _hooking:
        if not _hooked:
            sys.addaudithook(_refuse)
            _hooked = True


def _refuse(event: str, details: tuple[Any, ...]) -> None:
    refused: list[str] | None = getattr(_state, "refused", None)
    if refused is None:
        return
    if event in ("urllib.Request", "socket.getaddrinfo"):
        wanted = details[0]
    elif event == "socket.connect" and isinstance(details[1], tuple):  # a local socket has a path
        wanted = details[1][0]
    else:
        return
    address = wanted.decode("ascii", "replace") if isinstance(wanted, bytes) else str(wanted)
    refused.append(address)
    raise ConnectionRefused(f"no connection to {address}: this program stays offline")
