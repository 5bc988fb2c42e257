"""Bringing together what annotators did on packages and copies of a corpus."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from annotator.app.add import free_name
from annotator.app.conflicts import Conflict, Side, apply_choice, describe, pick
from annotator.app.package_file import PackageFile
from annotator.app.session import Session
from annotator.domain.corpus import DATABASE, Recording
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job, Progress
from annotator.domain.translation import tr, tr_n
from annotator.storage.merge import Union, merge_rows, read_base, snapshot
from annotator.storage.reader import Reader
from annotator.storage.store import Store
from annotator.storage.writer import Transaction


@dataclass(frozen=True, slots=True)
class Merged:
    """What came in: `unchanged` counts answers that were here already."""

    annotations_added: int
    segments_added: int
    segments_changed: int
    unchanged: int
    conflicts: tuple[Conflict, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True)
class _Source:
    """One copy, opened: its database as it was at one moment, and where its sound is."""

    path: Path
    store: Store
    package: PackageFile | None

    def bring_audio(self, session: Session, recording: Recording) -> tuple[str, Path | None]:
        """The path under which a recording that is new here is kept, and the file if one was copied in."""
        target = free_name(session.folder / "media", recording.name)
        if self.package is not None:
            if recording.path not in self.package.manifest.members:
                return recording.path, None
            self.package.extract(recording.path, target)
            return target.relative_to(session.folder).as_posix(), target
        found = (self.path / recording.path).resolve()
        if not found.is_relative_to(self.path.resolve()):
            return (session.stored_path(found) if found.is_file() else recording.path), None
        if not found.is_file():
            return recording.path, None
        aside = target.with_name(target.name + ".part")
        try:
            shutil.copyfile(found, aside)
            os.replace(aside, target)
        finally:
            aside.unlink(missing_ok=True)
        return target.relative_to(session.folder).as_posix(), target


def merge(
    session: Session,
    paths: Sequence[Path],
    *,
    theirs: bool = False,
    choices: Mapping[str, Side] | None = None,
) -> Job[Merged]:
    """Adds what any number of packages and copies hold and this corpus does not, in one undoable step.

    The order does not matter, nor does merging the same file twice. Every revision of every answer comes along.
    Raters and tiers go by their key, else by their name: two copies that each made an "Anna" mean the same Anna.
    Segments that one side changed follow that side; where both did, or where it is not known what a copy was cut
    from, the conflict is listed and this corpus is right, or with `theirs` the copy, or what `choices` say for the key
    of a conflict, or for `all`.

    Undo withdraws the answers that came in, by further revisions; to have them back, redo. Consensus and splits are
    derived from answers and not merged.

    Raises `AnnotatorError`, with nothing changed, where a file is damaged, from another corpus or newer, or a choice
    fits no conflict.
    """
    if not paths:
        raise AnnotatorError(tr("There is nothing to merge."), tr("Give packages or copies of the corpus."))
    with ExitStack() as stack:
        sources: list[_Source] = []
        for n, path in enumerate(paths):
            yield Progress(n, len(paths) + 1, tr("Reading {name}", name=path.name))
            source = stack.enter_context(_opened(path.absolute()))
            _check_related(session, source)
            sources.append(source)
        yield Progress(len(paths), len(paths) + 1, tr("Merging"))
        copied: list[Path] = []
        try:
            places = _bring_recordings(session, sources, copied)
            name = tr_n("Merge {n} copy", "Merge {n} copies", len(paths))
            return session.transact(
                name, lambda t: _merge_all(t, sources, places, theirs=theirs, choices=choices or {})
            ).result
        except BaseException:
            for path in copied:
                path.unlink(missing_ok=True)
            raise


def _merge_all(
    transaction: Transaction,
    sources: Sequence[_Source],
    places: dict[str, str],
    *,
    theirs: bool,
    choices: Mapping[str, Side],
) -> Merged:
    unions: list[Union] = []
    conflicts: list[Conflict] = []
    for source in sources:
        with source.store.reading() as reader:
            base = read_base(reader.meta("base"))
            union = merge_rows(transaction, reader, base=base, paths=places, theirs=theirs)
        unions.append(union)
        recordings = {recording.id: recording for recording in transaction.recordings()}
        conflicts += [describe(found, source.path.name, recordings) for found in union.collisions]
    sides = pick(conflicts, choices)
    conflicts = [
        apply_choice(transaction, conflict, sides[conflict.key]) if conflict.key in sides else conflict
        for conflict in conflicts
    ]
    return Merged(
        annotations_added=sum(union.annotations_added for union in unions),
        segments_added=sum(union.segments_added for union in unions),
        segments_changed=sum(union.segments_changed for union in unions),
        unchanged=sum(union.unchanged for union in unions),
        conflicts=tuple(conflicts),
        sources=tuple(str(source.path) for source in sources),
    )


@contextmanager
def _opened(path: Path) -> Iterator[_Source]:
    """A package, or a folder that is a copy; its database is read from a copy of its own, whoever else is at it."""
    with tempfile.TemporaryDirectory(prefix="annotator-merge-") as name, ExitStack() as stack:
        folder = Path(name)
        if path.is_dir():
            package, store = None, _copy_of(path, folder)
        else:
            package = stack.enter_context(PackageFile(path))
            store = package.open_database(folder)
        stack.callback(store.close)
        yield _Source(path, store, package)


def _copy_of(path: Path, folder: Path) -> Store:
    """The database of a corpus folder as it is at this moment, in another folder, so that nothing here is touched."""
    Store.open(path / DATABASE, writable=False).close()
    snapshot(path / DATABASE, folder / DATABASE)
    store = Store.open(folder / DATABASE)
    problems = store.problems()
    if problems:
        store.close()
        raise AnnotatorError(
            tr("The database of {path} is damaged: {reason}.", path=path, reason=problems[0]),
            tr('Run "annotator check" on it.'),
        )
    return store


def _check_related(session: Session, source: _Source) -> None:
    """Refuses what was not cut from this corpus: it shares neither a recording nor the moment it was made."""
    with session.reading() as ours, source.store.reading() as theirs:
        here = {recording.id for recording in ours.recordings()}
        there = {recording.id for recording in theirs.recordings()}
        related = not here or bool(here & there) or _origin(ours) == _origin(theirs)
    if not related:
        raise AnnotatorError(
            tr(
                "{path} was not cut from {corpus}: they share no recording.",
                path=source.path,
                corpus=session.name,
            ),
            tr("Merge it into the corpus it comes from."),
        )


def _origin(reader: Reader) -> str | None:
    return reader.meta("corpus") or reader.meta("created")


def _bring_recordings(session: Session, sources: Sequence[_Source], copied: list[Path]) -> dict[str, str]:
    """Where the sound of recordings that are new here is kept, by key; `copied` collects files that were made."""
    with session.reading() as reader:
        known = {recording.id for recording in reader.recordings()}
    places: dict[str, str] = {}
    for source in sources:
        with source.store.reading() as reader:
            fresh = [r for r in reader.recordings() if r.id not in known and r.id not in places]
        for recording in fresh:
            places[recording.id], made = source.bring_audio(session, recording)
            if made is not None:
                copied.append(made)
    return places
