"""Adding audio: which files, and where their group keys are found."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from annotator.app.add import Added, add_recordings
from annotator.app.groups import parse_rules
from annotator.audio.source import AUDIO_SUFFIXES
from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr, tr_n
from annotator.gui.context import Context
from annotator.gui.dialogs.form import Form, PathsField
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
        self._rows: list[tuple[QLineEdit, QComboBox]] = []
        patterns = " ".join(f"*{suffix}" for suffix in sorted(AUDIO_SUFFIXES))
        self.source = PathsField(
            (tr("Choose files..."), tr("Choose files")),
            (tr("Choose a folder..."), tr("Choose a folder")),
            kinds=f"{tr('Audio')} ({patterns});;{tr('All files')} (*)",
            words=_first_names,
        )
        self.source.changed.connect(self._tell_state)
        self.fields.addRow(tr("Sound"), self.source)
        for key in ("speaker", "song", "show"):
            self._add_row(key)
        self._copy = QComboBox()
        self._copy.addItem(tr("Leave the files where they are"), False)
        self._copy.addItem(tr("Copy the files into the corpus"), True)
        self._copy.setAccessibleName(tr("Files"))
        self.fields.addRow(tr("Files"), self._copy)
        self.source.take(paths)

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
    def _tell_state(self) -> None:
        self.ok.setEnabled(bool(self.source.paths))

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
        job = add_recordings(session, self.source.paths, groups=texts, copy=bool(self._copy.currentData()))
        self._context.run(tr("Adding audio"), job, _AddReport(self._context).show)


def _first_names(paths: Sequence[Path]) -> str:
    names = ", ".join(path.name for path in paths[:_NAMED])
    more = len(paths) - _NAMED
    return names if more <= 0 else names + " " + tr_n("and {n} more", "and {n} more", more)


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
