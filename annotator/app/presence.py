"""Who else is working on a corpus: so that the second window or program on it is told.

Two programs never harm a corpus, as its database lets one write after the other. But a person should know that what
they see may be changed by somebody else. Whoever writes holds a lock on `cache/in-use`, which the system lets go when
the program ends in any way; the file says who it is.
"""

import os
import socket
import weakref
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import IO

from annotator.domain.corpus import now
from annotator.domain.translation import tr

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:  # not on every system: nobody is told there
    fcntl = None


class Presence:
    """One program's place at a corpus; `others` names the program that was there before, empty where there is none."""

    def __init__(self, folder: Path) -> None:
        self.others = ""
        self._release: weakref.finalize[[], Presence] | None = None
        if fcntl is None:
            return
        with suppress(OSError):  # a disk without locks or rights: nobody is told
            place = folder / "cache" / "in-use"
            place.parent.mkdir(exist_ok=True)
            file = place.open("a+", encoding="utf-8")
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                with file:
                    self.others = _read_other(file) if isinstance(error, BlockingIOError) else ""
            else:
                # Closed at the latest when nobody holds this object any more, also where `leave` was forgotten.
                self._release = weakref.finalize(self, file.close)
                file.truncate(0)
                file.write(tr("{program} since {time} UTC", program=_our_name(), time=now()[11:16]))
                file.flush()

    def leave(self) -> None:
        """Lets others be the first again."""
        if self._release is not None:
            self._release()


def _our_name() -> str:
    return tr("process {id} on {computer}", id=os.getpid(), computer=socket.gethostname())


def _read_other(file: IO[str]) -> str:
    """Who holds the lock; empty where it is this very program, which opens the corpus once more."""
    file.seek(0)
    name = file.read().strip()
    return "" if name.startswith(_our_name() + " ") else name or tr("another program")
