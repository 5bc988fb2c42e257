"""An open corpus: one door for writing, with undo.

`Session.transact` runs one database transaction, keeps the inverse of what it wrote, and tells everybody who
asked which kinds of thing have changed. Undo replays the inverses through the same door, so redo comes free.
"""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from annotator.app.presence import Presence
from annotator.audio.source import AudioSource, is_read_in_place, open_source
from annotator.domain.corpus import Recording, Split, Tier
from annotator.domain.errors import AnnotatorError
from annotator.domain.registry import closest
from annotator.domain.scheme import Scheme
from annotator.domain.translation import tr
from annotator.storage.reader import Reader
from annotator.storage.rows import Kind
from annotator.storage.store import Store
from annotator.storage.writer import Change, Transaction

T = TypeVar("T")

Listener = Callable[[frozenset[Kind]], None]


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """What a transaction gave back, what it is called, and which kinds of thing it changed."""

    result: T
    operation: str
    changed: frozenset[Kind]


@dataclass(frozen=True, slots=True)
class _Step:
    operation: str
    changes: tuple[Change, ...]
    rater: str | None


class Session:
    """An open corpus folder. Reading and writing may be done from any thread; writes are one at a time.

    Parameters
    ----------
    folder
        The corpus folder.
    store
        Its database.
    presence
        Our place at the corpus, where it may be written.
    """

    def __init__(self, folder: Path, store: Store, presence: Presence | None = None) -> None:
        self.folder = folder
        self._store = store
        self._presence = presence
        self._lock = threading.RLock()
        self._done: list[_Step] = []
        self._undone: list[_Step] = []
        self._listeners: list[Listener] = []

    @property
    def name(self) -> str:
        """Name of the corpus: its folder without the suffix."""
        return self.folder.name.removesuffix(".corpus")

    @property
    def writable(self) -> bool:
        """Whether this session may change the corpus."""
        return self._store.writable

    def require_writable(self) -> None:
        """Raises `AnnotatorError` where this session may not change the corpus."""
        if not self.writable:
            raise AnnotatorError(
                tr("The corpus {corpus} is read-only.", corpus=self.folder),
                tr("Give yourself the right to write there, or work on a copy."),
            )

    @property
    def others(self) -> str:
        """Which program was working on this corpus when it was opened here; empty where none was."""
        return self._presence.others if self._presence else ""

    @property
    def cache(self) -> Path | None:
        """Folder for what can be computed again; `None` where the corpus is read-only."""
        return self.folder / "cache" if self.writable else None

    def close(self) -> None:
        """Ends the session; the corpus is already safe on disk."""
        self._listeners.clear()
        self._store.close()
        if self._presence:
            self._presence.leave()

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Reading

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """A reader on one moment of the corpus."""
        with self._store.reading() as reader:
            yield reader

    def database_problems(self) -> list[str]:
        """What the database finds wrong with its own file."""
        return self._store.problems()

    # Writing

    def transact(
        self,
        operation: str,
        write: Callable[[Transaction], T],
        *,
        undoable: bool = True,
        rater: str | None = None,
    ) -> Outcome[T]:
        """Runs `write` in one transaction; when this returns, the change survives a power cut.

        Where `write` raises, nothing has changed. `operation` is what undo calls the step, as a person reads it, and
        `rater` the key of whoever alone may take it back: a rating is its rater's own. What is not `undoable` is no
        step of a person's work (such as the record of a training), and undo passes it by.
        """
        with self._lock:
            outcome, changes = self._run(operation, write)
            if changes and undoable:
                self._done.append(_Step(operation, changes, rater))
                self._undone.clear()
        self._announce(outcome.changed)
        return outcome

    def last_rater(self, *, undone: bool = False) -> str | None:
        """Key of the rater whose single answer the next undo (or redo) would take back; `None` for other steps.

        People rate one after the other in one window: nobody should take back another's answer by a stray key.
        """
        steps = self._undone if undone else self._done
        return steps[-1].rater if steps else None

    @property
    def undoable(self) -> str | None:
        """Name of the step that `undo` would take back."""
        return self._done[-1].operation if self._done else None

    @property
    def undoable_steps(self) -> tuple[str, ...]:
        """Names of all steps that can be taken back, newest first."""
        return tuple(step.operation for step in reversed(self._done))

    @property
    def redoable(self) -> str | None:
        """Name of the step that `redo` would do again."""
        return self._undone[-1].operation if self._undone else None

    def undo(self) -> Outcome[None] | None:
        """Takes back the last step; `None` where there is none."""
        return self._replay(self._done, self._undone)

    def redo(self) -> Outcome[None] | None:
        """Does the last undone step again; `None` where there is none."""
        return self._replay(self._undone, self._done)

    def _replay(self, source: list[_Step], target: list[_Step]) -> Outcome[None] | None:
        with self._lock:
            if not source:
                return None
            step = source[-1]
            outcome, inverse = self._run(
                step.operation, lambda transaction: transaction.take_back(step.changes)
            )
            source.pop()
            target.append(_Step(step.operation, inverse, step.rater))
        self._announce(outcome.changed)
        return outcome

    def _run(
        self, operation: str, write: Callable[[Transaction], T]
    ) -> tuple[Outcome[T], tuple[Change, ...]]:
        with self._store.writing() as transaction:
            result = write(transaction)
            changes = tuple(transaction.changes)
        return Outcome(result, operation, frozenset(change.kind for change in changes)), changes

    def subscribe(self, listener: Listener) -> None:
        """Has `listener` called with the kinds that changed, after every transaction, on the writer's thread."""
        self._listeners.append(listener)

    def _announce(self, changed: frozenset[Kind]) -> None:
        if changed:
            for listener in list(self._listeners):
                listener(changed)

    # Audio

    def audio_path(self, recording: Recording) -> Path:
        """Where a recording's file is now."""
        return (self.folder / recording.path).resolve()

    def stored_path(self, path: Path) -> str:
        """How a file's path is kept: relative where corpus and file share a folder that can be moved together."""
        path, home = path.resolve(), self.folder.resolve()
        if path.is_relative_to(home.parent) and home.parent != Path(home.anchor):
            return Path(os.path.relpath(path, home)).as_posix()
        return path.as_posix()

    def open_audio(self, recording: Recording) -> AudioSource:
        """The recording's samples; a missing file is named with what to do."""
        return open_source(self.audio_file(recording), cache=self.cache)

    def is_read_in_place(self, recording: Recording) -> bool:
        """Whether `open_audio` takes no longer than opening the file; other formats are decoded first."""
        return is_read_in_place(self.audio_file(recording))

    def audio_file(self, recording: Recording) -> Path:
        """The recording's file, which is there; a missing one is named with what to do."""
        path = self.audio_path(recording)
        if not path.is_file():
            raise AnnotatorError(
                tr("The audio file {path} of this corpus is missing.", path=path),
                tr("Put it back, or move corpus and audio together."),
            )
        return path


def find_scheme(reader: Reader, name: str | None) -> Scheme:
    """The corpus's scheme of that name, or its only one where none is named."""
    schemes = {scheme.name: scheme for scheme in reader.schemes()}
    if name is None:
        if len(schemes) == 1:
            return next(iter(schemes.values()))
        raise AnnotatorError(
            tr("The corpus has {n} schemes.", n=len(schemes)),
            tr("Choose one with --scheme.") + " " + closest("", list(schemes)),
        )
    if name not in schemes:
        raise AnnotatorError(
            tr('The corpus has no scheme "{name}".', name=name), closest(name, list(schemes))
        )
    return schemes[name]


def find_tier(reader: Reader, name: str | None) -> Tier:
    """The tier of that name, or the only one where none is named."""
    tiers = {tier.name: tier for tier in reader.tiers()}
    if name is None:
        if len(tiers) == 1:
            return next(iter(tiers.values()))
        raise AnnotatorError(
            tr("The corpus has {n} tiers.", n=len(tiers)),
            tr("Choose one with --tier.") + " " + closest("", list(tiers)),
        )
    if name not in tiers:
        raise AnnotatorError(tr('The corpus has no tier "{name}".', name=name), closest(name, list(tiers)))
    return tiers[name]


def find_split(reader: Reader, name: str) -> Split:
    """The split of that name with its members."""
    found = reader.splits(name)
    if not found:
        raise AnnotatorError(
            tr('The corpus has no split "{name}".', name=name), closest(name, reader.split_names())
        )
    return found[0]


def find_recordings(reader: Reader, names: list[str]) -> list[Recording]:
    """Recordings by file name, path or key; all of them where no name is given."""
    recordings = reader.recordings()
    if not names:
        return recordings
    chosen: list[Recording] = []
    for name in names:
        hits = [r for r in recordings if name in (r.id, r.path, r.name)]
        if not hits:
            raise AnnotatorError(
                tr('The corpus has no recording "{name}".', name=name),
                closest(name, [r.name for r in recordings][:50]),
            )
        chosen += hits
    return chosen
