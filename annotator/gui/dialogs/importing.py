"""Importing segments, text and ratings."""

from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from annotator.app.importing import ImportResult
from annotator.app.importing import import_file as read_file
from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr, tr_n
from annotator.exchange.formats import FORMATS
from annotator.gui.context import Context
from annotator.gui.dialogs.form import Form, PathField


def _endings() -> str:
    """What the file dialog shows; it minds capitals, and Praat writes `.TextGrid`."""
    suffixes = [suffix for _, one in FORMATS.items() if one.read is not None for suffix in one.suffixes]
    return " ".join(f"*{suffix}" for suffix in (*suffixes, ".TextGrid"))


class _Import(Form):
    def __init__(self, parent: QWidget, context: Context, path: Path | None) -> None:
        super().__init__(
            parent,
            tr("Import"),
            tr(
                "Subtitles and transcripts become segments with text; tables become ratings. One undo takes it back."
            ),
            tr("Import"),
        )
        self._context = context
        self._file = PathField(
            tr("File"),
            folder=False,
            files=f"{tr('Transcripts and tables')} ({_endings()});;{tr('All files')} (*)",
        )
        if path is not None:
            self._file.edit.setText(str(path))
        self._recording = QComboBox()
        self._recording.setAccessibleName(tr("Recording"))
        self._recording.addItem(tr("Found by the file's name"), None)
        self._scheme = QComboBox()
        self._scheme.setAccessibleName(tr("Scheme"))
        self._scheme.addItem(tr("Found by the items in the table"), None)
        if context.session is not None:
            with context.session.reading() as reader:
                for recording in reader.recordings():
                    self._recording.addItem(recording.name, recording.id)
                for scheme in reader.schemes():
                    self._scheme.addItem(scheme.title, scheme.name)
        self._rater = QLineEdit()
        self._rater.setAccessibleName(tr("Annotator"))
        self._rater.setPlaceholderText(tr("where the table does not say"))
        self.fields.addRow(tr("File"), self._file)
        self.fields.addRow(tr("Recording"), self._recording)
        self.fields.addRow(tr("Scheme"), self._scheme)
        self.fields.addRow(tr("Annotator"), self._rater)

    def work(self) -> None:
        path = self._file.path()
        formats = {
            suffix: name for name, one in FORMATS.items() if one.read is not None for suffix in one.suffixes
        }
        format_name = formats.get(path.suffix.lower())
        if format_name is None:
            raise AnnotatorError(
                tr('Files ending in "{suffix}" cannot be imported.', suffix=path.suffix),
                tr("Give a file ending in one of: {names}.", names=", ".join(formats)),
            )
        if self._context.session is None:
            return
        job = read_file(
            self._context.session,
            path,
            format=format_name,
            rater=self._rater.text().strip() or None,
            scheme=self._scheme.currentData(),
            recording=self._recording.currentData(),
        )
        self._context.run(tr("Importing {name}", name=path.name), job, _ImportReport(self._context).show)


class _ImportReport(QObject):
    """Says what an import brought."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._context = context

    @Slot(object)
    def show(self, result: ImportResult) -> None:
        text = tr(
            "{segments} segments and {ratings} ratings imported.",
            segments=result.segments,
            ratings=result.annotations,
        )
        left = [*result.dropped, *result.warnings]
        if left:
            text += " " + tr_n("{n} remark: {first}", "{n} remarks: {first}", len(left), first=left[0])
        self._context.noticed.emit(text, "warning" if left else "positive")
        self.deleteLater()


def import_file(parent: QWidget, context: Context, path: Path | None = None) -> None:
    """Asks for a file of segments, text or ratings, where none is given yet, and imports it as a job."""
    _Import(parent, context, path).exec()
