"""Which transcript to segment by: its file, and the language of a text without times."""

from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QLabel, QVBoxLayout, QWidget

from annotator.app.transcripts import PLAIN, endings
from annotator.domain.translation import tr
from annotator.gui.dialogs.form import PathField
from annotator.gui.segment.keys import CONTROL_KEYS, TEXT_KEYS, KeyKeeper
from annotator.gui.theme import GRID


class TranscriptSource(QWidget):
    """A file and a language; `changed` follows either."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        #: The file.
        self.file = PathField(tr("Transcript"), folder=False, files=_kinds)
        self.file.edit.setPlaceholderText(tr("SRT, VTT, JSON, TextGrid, EAF, CTM or text"))
        self.file.edit.editingFinished.connect(self._change)
        self.file.edit.textChanged.connect(self._take_text)
        #: The language, by a name or by the code that the voice engine knows.
        self.languages = QComboBox()
        self.languages.setEditable(True)
        self.languages.setAccessibleName(tr("Language of the text"))
        for code, name in (
            ("en", tr("English")),
            ("id", tr("Indonesian")),
            ("it", tr("Italian")),
            ("ko", tr("Korean")),
        ):
            self.languages.addItem(name, code)
        self.languages.setToolTip(tr("Or the code of any language that the voice engine speaks, such as fr"))
        self.languages.activated.connect(self._change)
        self.languages.lineEdit().editingFinished.connect(self._change)
        self._language_label = QLabel(tr("Language of the text"))
        self._language_label.setBuddy(self.languages)
        self._given = self.given
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        for widget in (self.file, self._language_label, self.languages):
            column.addWidget(widget)
        KeyKeeper(TEXT_KEYS, self).guard(self.file.edit)
        KeyKeeper(CONTROL_KEYS | TEXT_KEYS, self).guard(self.languages, self.languages.lineEdit())
        self._take_text()

    @property
    def given(self) -> tuple[Path | None, str]:
        """The file, where there is one of that name, and the code of the language."""
        text = self.file.edit.text().strip()
        path = Path(text).expanduser() if text else None
        typed = self.languages.currentText().strip()
        index = self.languages.findText(typed)
        language = self.languages.itemData(index) if index >= 0 else typed
        return (path if path is not None and path.is_file() else None), language or "en"

    @Slot()
    def _take_text(self) -> None:
        """A text without times needs a language; a file that was chosen by the button counts at once."""
        plain = Path(self.file.edit.text().strip()).suffix.lower() in PLAIN
        self._language_label.setVisible(plain)
        self.languages.setVisible(plain)
        if not self.file.edit.isModified() or not self.file.edit.hasFocus():
            self._change()

    @Slot()
    def _change(self) -> None:
        if self.given != self._given:
            self._given = self.given
            self.changed.emit()


def _kinds() -> str:
    """Which files may be transcripts, as file dialogs take it; asks all formats, for which no window should wait."""
    return tr("Transcripts ({kinds})", kinds=" ".join(f"*{ending}" for ending in endings()))
