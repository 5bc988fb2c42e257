"""Importing: choose a file or a data set, see what it would bring, import it."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from annotator.app.import_plan import Wishes
from annotator.app.importing import ImportResult, Source, import_source, preview_import, read_source
from annotator.app.session import Session
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job
from annotator.domain.translation import tr, tr_n
from annotator.exchange.formats import FORMATS
from annotator.gui.context import Context
from annotator.gui.dialogs.form import Form, PathField
from annotator.gui.dialogs.preview import ImportPreview
from annotator.gui.icons import set_icon
from annotator.gui.theme import GRID
from annotator.gui.worker import Worker

#: Milliseconds without a key after which what was typed is looked at.
_PATIENCE = 400


def imported_endings() -> set[str]:
    """Endings of files that can be imported and are no sound."""
    return {suffix for _, one in FORMATS.items() if one.read is not None for suffix in one.suffixes}


def _patterns() -> str:
    """What the file dialog shows; it minds capitals, and Praat writes `.TextGrid`."""
    return " ".join(f"*{suffix}" for suffix in (*sorted(imported_endings()), ".TextGrid"))


class _Import(Form):
    """Looks at the file as soon as one is chosen; the button imports what the preview shows."""

    def __init__(self, parent: QWidget, context: Context, path: Path | None) -> None:
        super().__init__(
            parent,
            tr("Import"),
            tr(
                "Segments, transcripts, ratings and parts from other tools. Nothing is written before you press "
                "Import, and one undo takes it back."
            ),
            tr("Import"),
        )
        self.resize(104 * GRID, 92 * GRID)
        self._context = context
        self._session: Session | None = context.session
        self._source: Source | None = None
        self._asked = 0  # how often something was looked at: an answer to an earlier question is not shown
        self._worker: Worker | None = None
        self._add_fields()
        self._fill_choices()
        self._preview = ImportPreview()
        self.body.addWidget(self._preview, 1)  # it takes what room there is
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PATIENCE)
        self._timer.timeout.connect(self._read)
        self._connect()
        self.ok.setEnabled(False)
        self._preview.say(tr("Choose a file, or the folder of a data set."))
        self._file.setFocus()
        if path is not None:
            self._file.edit.setText(str(path))
            self._read()

    def _add_fields(self) -> None:
        kinds = f"{tr('Annotations')} ({_patterns()});;{tr('All files')} (*)"
        self._file = PathField(tr("File"), folder=False, files=kinds)
        folder = QPushButton(tr("Folder..."))
        folder.setAutoDefault(False)
        folder.setAccessibleName(tr("Browse for the folder of a data set"))
        set_icon(folder, "folder")
        folder.clicked.connect(self._browse_folder)
        self._file.layout().addWidget(folder)
        self._format, self._recording, self._scheme = QComboBox(), QComboBox(), QComboBox()
        self._rater, self._tier = QLineEdit(), QLineEdit()
        self._rater.setPlaceholderText(tr("where the file does not say"))
        self._tier.setPlaceholderText(tr("named after the format"))
        self.fields.addRow(tr("File"), self._file)
        for (title, field), (other_title, other) in (
            ((tr("Format"), self._format), (tr("Recording"), self._recording)),
            ((tr("Scheme"), self._scheme), (tr("Tier"), self._tier)),
            ((tr("Annotator"), self._rater), ("", None)),
        ):
            row = QHBoxLayout()
            row.setSpacing(2 * GRID)
            field.setAccessibleName(title)
            row.addWidget(field, 4)
            if other is not None:
                other.setAccessibleName(other_title)
                row.addWidget(QLabel(other_title))
                row.addWidget(other, 3)
            self.fields.addRow(title, row)

    def _fill_choices(self) -> None:
        self._format.addItem(tr("Told from the file"), None)
        for name, entry in FORMATS.items():
            if entry.read is not None:
                self._format.addItem(entry.title, name)
        self._recording.addItem(tr("By the names in the file"), None)
        self._scheme.addItem(tr("By the items in the file"), None)
        if self._session is not None:
            with self._session.reading() as reader:
                for recording in reader.recordings():
                    self._recording.addItem(recording.name, recording.id)
                for scheme in reader.schemes():
                    self._scheme.addItem(scheme.title, scheme.name)

    def _connect(self) -> None:
        self._file.edit.textChanged.connect(self._wait)
        self._format.currentIndexChanged.connect(self._read)
        for choice in (self._format, self._recording, self._scheme):
            # Long titles must not make the dialog wider than a small screen.
            choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            choice.setMinimumContentsLength(16)
        for choice in (self._recording, self._scheme):
            choice.currentIndexChanged.connect(self._plan)
        for text in (self._rater, self._tier):
            text.editingFinished.connect(self._plan)

    @Slot()
    def _browse_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, tr("Choose a folder"), self._file.edit.text())
        if folder:
            self._file.edit.setText(folder)

    # Looking at it

    @Slot()
    def _wait(self) -> None:
        self._forget()
        self._timer.start()

    def _forget(self) -> None:
        self._asked += 1
        self._format.setItemText(0, tr("Told from the file"))
        self._source = None
        self.ok.setEnabled(False)
        self.complaint.hide()

    @Slot()
    def _read(self) -> None:
        self._timer.stop()
        self._forget()
        if self._session is None or not self._file.edit.text().strip():
            self._preview.say(tr("Choose a file, or the folder of a data set."))
            return
        self._look(read_source(self._session, self._file.path(), format=self._format.currentData()))

    @Slot()
    def _plan(self) -> None:
        if self._session is not None and self._source is not None:
            self._asked += 1
            self.ok.setEnabled(False)
            self._look(preview_import(self._session, self._source, self._wishes()))

    def _wishes(self) -> Wishes:
        return Wishes(
            rater=self._rater.text().strip() or None,
            scheme=self._scheme.currentData(),
            tier=self._tier.text().strip() or None,
            recording=self._recording.currentData(),
        )

    def _look(self, job: Job[Any]) -> None:
        self._preview.say(tr("Looking at it..."))
        if self._worker is not None:
            self._worker.cancel()
        self._worker = self._context.run(
            tr("Looking at {name}", name=self._file.path().name), _answered(self._asked, job), self._show
        )

    @Slot(object)
    def _show(self, answer: tuple[int, Any]) -> None:
        asked, found = answer
        if asked != self._asked:
            return
        if isinstance(found, AnnotatorError):
            self._preview.say(tr("Nothing can be imported."))
            self.complaint.setText(str(found))
            self.complaint.show()
        elif isinstance(found, Source):
            self._source = found
            self._format.setItemText(0, tr("{name} (recognised)", name=FORMATS[found.format].title))
            self._plan()
        else:
            self.complaint.hide()
            self._preview.show_result(found)
            self.ok.setEnabled(bool(found.imported))

    # Doing it

    def work(self) -> None:
        if self._session is None or self._source is None:
            raise AnnotatorError(tr("Nothing was looked at yet."))
        job = import_source(self._session, self._source, self._wishes())
        self._context.run(
            tr("Importing {name}", name=self._source.path.name), job, _ImportReport(self._context).show
        )

    def reject(self) -> None:
        """Stops looking."""
        self._asked += 1
        if self._worker is not None:
            self._worker.cancel()
        super().reject()


def _answered(asked: int, job: Job[Any]) -> Job[tuple[int, Any]]:
    """A job's result, or why there is none, with the number of the question it answers."""
    try:
        return asked, (yield from job)
    except AnnotatorError as error:
        return asked, error


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
    """Asks for a file or data set, where none is given yet, shows what it would bring, and imports it as a job."""
    _Import(parent, context, path).exec()
