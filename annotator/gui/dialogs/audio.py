"""Adding audio: which files, and where their group keys are found."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from annotator.app.add import Added, add_recordings
from annotator.app.groups import parse_rules
from annotator.audio.source import AUDIO_SUFFIXES
from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr, tr_n
from annotator.gui.context import Context
from annotator.gui.dialogs.form import Form
from annotator.gui.icons import set_icon
from annotator.gui.theme import GRID

#: How many names of files are shown before the rest is only counted.
_NAMED = 3


class _AddAudio(Form):
    def __init__(self, parent: QWidget, context: Context, paths: Sequence[Path]) -> None:
        super().__init__(
            parent,
            tr("Add audio"),
            tr(
                "Group keys say what must never stand on two sides of a split, such as the song or the speaker. "
                "Tell where each is found, or leave it empty."
            ),
            tr("Add"),
        )
        self._context = context
        self._paths: list[Path] = []
        self._rows: list[tuple[QLineEdit, QComboBox]] = []
        self._chosen = QLabel()
        self._chosen.setWordWrap(True)
        files, folder = QPushButton(tr("Choose files...")), QPushButton(tr("Choose a folder..."))
        set_icon(files, "plus")
        set_icon(folder, "folder")
        files.clicked.connect(self._choose_files)
        folder.clicked.connect(self._choose_folder)
        buttons = QHBoxLayout()
        buttons.addWidget(files)
        buttons.addWidget(folder)
        buttons.addStretch(1)
        self.fields.addRow(tr("Sound"), buttons)
        self.fields.addRow("", self._chosen)
        for key in ("speaker", "song", "show"):
            self._add_row(key)
        self._copy = QComboBox()
        self._copy.addItem(tr("Leave the files where they are"), False)
        self._copy.addItem(tr("Copy the files into the corpus"), True)
        self._copy.setAccessibleName(tr("Files"))
        self.fields.addRow(tr("Files"), self._copy)
        self._take(paths)

    def _add_row(self, key: str) -> None:
        name = QLineEdit(key)
        name.setAccessibleName(tr("Group key"))
        name.setMaximumWidth(16 * GRID)
        rule = QComboBox()
        rule.setEditable(True)
        rule.setAccessibleName(tr("Rule for {key}", key=key))
        for text in ("", "stem", "parent", "name:^([^_]+)_", "tag:artist", "tag:album", "table:songs.csv"):
            rule.addItem(text)
        rule.lineEdit().setPlaceholderText(
            tr("not known, or stem, parent, name:REGEX, tag:NAME, table:FILE.csv")
        )
        self.fields.addRow(name, rule)
        self._rows.append((name, rule))

    @Slot()
    def _choose_files(self) -> None:
        patterns = " ".join(f"*{suffix}" for suffix in sorted(AUDIO_SUFFIXES))
        kinds = f"{tr('Audio')} ({patterns});;{tr('All files')} (*)"
        files, _ = QFileDialog.getOpenFileNames(self, tr("Choose files"), "", kinds)
        self._take([Path(file) for file in files])

    @Slot()
    def _choose_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, tr("Choose a folder"))
        self._take([Path(folder)] if folder else [])

    def _take(self, paths: Sequence[Path]) -> None:
        self._paths = list(dict.fromkeys([*self._paths, *paths]))
        names = ", ".join(path.name for path in self._paths[:_NAMED])
        more = len(self._paths) - _NAMED
        if more > 0:
            names += " " + tr_n("and {n} more", "and {n} more", more)
        self._chosen.setText(names or tr("Nothing chosen yet."))
        self.ok.setEnabled(bool(self._paths))

    def work(self) -> None:
        texts = [
            f"{name.text().strip()}={rule.currentText().strip()}"
            for name, rule in self._rows
            if name.text().strip() and rule.currentText().strip()
        ]
        parse_rules(texts)
        session = self._context.session
        if session is None:
            raise AnnotatorError(tr("No corpus is open."))
        job = add_recordings(session, self._paths, groups=texts, copy=bool(self._copy.currentData()))
        self._context.run(tr("Adding audio"), job, _AddReport(self._context).show)


class _AddReport(QObject):
    """Says what came in when the job is done, and shows the first new recording."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._context = context

    @Slot(object)
    def show(self, added: Added) -> None:
        problems = [*added.skipped, *added.warnings]
        text = tr_n("{n} recording added.", "{n} recordings added.", len(added.recordings))
        if problems:
            text += " " + tr_n(
                "{n} remark: {first}", "{n} remarks: {first}", len(problems), first=problems[0]
            )
        self._context.noticed.emit(text, "warning" if problems else "positive")
        if added.recordings and self._context.recording is None:
            self._context.choose_recording(added.recordings[0])
        self.deleteLater()


def add_audio(parent: QWidget, context: Context, paths: Sequence[Path] = ()) -> None:
    """Asks for files and folders and for the rules of their group keys, and adds them as a job."""
    _AddAudio(parent, context, paths).exec()
