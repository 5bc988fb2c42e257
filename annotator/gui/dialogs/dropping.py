"""What becomes of files and folders that are dropped on the window."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QWidget

from annotator.app.package_file import is_package
from annotator.domain.corpus import DATABASE
from annotator.gui import dialogs
from annotator.gui.context import Context
from annotator.gui.dialogs.importing import imported_endings


def take_dropped(parent: QWidget, context: Context, paths: Sequence[Path]) -> None:
    """Opens a corpus or a work package, merges packages, adds audio (to a new corpus where none is open), imports
    what else can be read."""
    corpora = [corpus for path in paths if (corpus := _corpus_at(path)) is not None]
    if corpora:
        context.open(corpora[0])
        return
    packages = [path for path in paths if path.is_file() and is_package(path)]
    if packages and context.session is None:
        dialogs.open_package(context, packages[0])
        return
    if packages:
        dialogs.merge_files(parent, context, packages)
    others = [path for path in paths if path not in packages]
    tables = [path for path in others if path.suffix.lower() in imported_endings()]
    audio = [path for path in others if path not in tables]
    if context.session is None:
        dialogs.new_corpus(parent, context)
    if context.session is None:
        return
    if audio:
        dialogs.add_audio(parent, context, audio)
    for table in tables:
        dialogs.import_file(parent, context, table)


def _corpus_at(path: Path) -> Path | None:
    """The corpus whose folder or database this is."""
    folder = path.parent if path.name == DATABASE else path
    return folder if (folder / DATABASE).is_file() else None
