"""Merging packages and copies: which files, and what they and this corpus do not agree on."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from annotator.app.merge import Merged, merge
from annotator.app.package import unpack
from annotator.app.package_file import SUFFIX
from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr, tr_n
from annotator.gui.context import Context
from annotator.gui.dialogs.conflicts import ConflictsDialog
from annotator.gui.dialogs.form import Form, PathsField


class _Merge(Form):
    def __init__(self, parent: QWidget, context: Context, paths: Sequence[Path]) -> None:
        super().__init__(
            parent,
            tr("Merge"),
            tr(
                "Brings in what annotators did on packages and copies of this corpus, in any order, also twice: no"
                " answer is lost. One undo takes all of it back."
            ),
            tr("Merge"),
        )
        self._context = context
        self.source = PathsField(
            (tr("Choose packages..."), tr("Choose packages")),
            (tr("Choose a copy..."), tr("Choose the folder of a copy")),
            kinds=f"{tr('Work packages')} (*{SUFFIX});;{tr('All files')} (*)",
            words=lambda chosen: "\n".join(path.name for path in chosen),
        )
        self.source.changed.connect(self._tell_state)
        self.fields.addRow(tr("From"), self.source)
        self.source.take(paths)

    @Slot()
    def _tell_state(self) -> None:
        self.ok.setEnabled(bool(self.source.paths))

    def work(self) -> None:
        session = self._context.session
        if session is None:
            raise AnnotatorError(tr("No corpus is open."))
        session.require_writable()
        report = _MergeReport(self._context, self.parentWidget())
        self._context.run(tr("Merging"), merge(session, self.source.paths), report.show, report.failed)


class _MergeReport(QObject):
    """Says what came in; where sides do not agree, asks."""

    def __init__(self, context: Context, window: QWidget) -> None:
        super().__init__(window)
        self._context, self._window = context, window

    @Slot(object)
    def show(self, merged: Merged) -> None:
        text = tr_n("{n} answer came in, {known} were here already.",
                    "{n} answers came in, {known} were here already.",
                    merged.annotations_added, known=merged.unchanged)  # fmt: skip
        if merged.conflicts:
            text += " " + tr_n("{n} conflict.", "{n} conflicts.", len(merged.conflicts))
        self._context.noticed.emit(text, "warning" if merged.conflicts else "positive")
        if merged.conflicts and self._context.session is not None:
            ConflictsDialog(self._window, self._context, merged.conflicts).open()
        self.deleteLater()

    @Slot(object)
    def failed(self, error: AnnotatorError) -> None:
        self._context.report(error)
        self.deleteLater()


def merge_files(parent: QWidget, context: Context, paths: Sequence[Path] = ()) -> None:
    """Asks for packages and copies, and merges them as a job."""
    _Merge(parent, context, paths).open()


class _PackageOpener(QObject):
    """Opens a work package once it is unpacked."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._context = context

    @Slot(object)
    def show(self, folder: Path) -> None:
        self._context.open(folder)
        self.deleteLater()

    @Slot(object)
    def failed(self, error: AnnotatorError) -> None:
        self._context.report(error)
        self.deleteLater()


def open_package(context: Context, path: Path) -> None:
    """Unpacks a work package beside itself, once, and opens it."""
    opener = _PackageOpener(context)
    context.run(tr("Unpacking {name}", name=path.name), unpack(path), opener.show, opener.failed)
