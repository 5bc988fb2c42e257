"""Making and opening the folder of a corpus."""

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from annotator.app.presence import Presence
from annotator.app.session import Session
from annotator.domain.corpus import DATABASE, now
from annotator.domain.errors import AnnotatorError
from annotator.domain.scheme import Scheme, find_scheme
from annotator.domain.translation import tr
from annotator.storage.store import Store


def create_corpus(folder: Path, schemes: Sequence[str | Scheme] = ()) -> Session:
    """Makes a corpus in a folder that does not exist yet or is empty, and opens it.

    `schemes` names schemes that ship with the program, or TOML files. The folder appears complete or not at all.
    """
    found = [find_scheme(scheme) if isinstance(scheme, str) else scheme for scheme in schemes]
    folder = folder.absolute()
    if (folder / DATABASE).exists():
        raise AnnotatorError(
            tr("{folder} is a corpus already.", folder=folder), tr("Open it, or choose another name.")
        )
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir())):
        raise AnnotatorError(
            tr("{folder} exists and is not empty.", folder=folder), tr("Choose a new folder for the corpus.")
        )
    aside: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        aside.chmod(0o755)
        for name in ("media", "cache", "backups"):
            (aside / name).mkdir()
        Store.create(aside / DATABASE, {"created": now()}).close()
        if folder.is_dir():
            folder.rmdir()
        os.replace(aside, folder)
    except OSError as error:
        raise AnnotatorError(
            tr(
                "The folder {folder} cannot be made: {reason}.", folder=folder, reason=error.strerror or error
            ),
            tr("Choose a place where you may write."),
        ) from None
    finally:
        if aside is not None and aside.exists():
            shutil.rmtree(aside, ignore_errors=True)
    session = open_corpus_folder(folder)
    if found:
        session.transact(tr("Add schemes"), lambda transaction: transaction.put(*found))
    return session


def open_corpus_folder(folder: Path, *, writable: bool = True) -> Session:
    """Opens a corpus; one that may not be written is opened for reading."""
    folder = folder.absolute()
    if not folder.exists():
        raise AnnotatorError(
            tr("There is no corpus {folder}.", folder=folder),
            tr('Make one with "annotator new {name} --scheme valence-arousal".', name=folder.name),
        )
    if not folder.is_dir():
        raise AnnotatorError(
            tr("{folder} is a file, not a corpus folder.", folder=folder),
            tr('Add audio to a corpus with "annotator add CORPUS FILE".'),
        )
    database = folder / DATABASE
    may_write = writable and os.access(folder, os.W_OK) and os.access(database, os.W_OK)
    store = Store.open(database, writable=may_write or not database.exists())
    return Session(folder, store, Presence(folder) if may_write else None)


def open_or_create(folder: Path, schemes: Sequence[str | Scheme] = ()) -> Session:
    """Opens the corpus, or makes it where there is none."""
    if (folder / DATABASE).exists():
        return open_corpus_folder(folder)
    return create_corpus(folder, schemes)
