"""What the dialogs are made of."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr
from annotator.gui.icons import set_icon
from annotator.gui.theme import GRID


class Form(QDialog):
    """A dialog of labelled fields with a sentence above, a complaint below, and two buttons."""

    def __init__(self, parent: QWidget, title: str, sentence: str, accept: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setMinimumWidth(76 * GRID)
        heading = QLabel(title)
        heading.setProperty("role", "title")
        text = QLabel(sentence)
        text.setProperty("role", "muted")
        text.setWordWrap(True)
        self.fields = QFormLayout()
        self.fields.setSpacing(GRID + GRID // 2)
        self.fields.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.fields.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.complaint = QLabel()
        self.complaint.setProperty("role", "danger")
        self.complaint.setWordWrap(True)
        self.complaint.hide()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.ok = buttons.addButton(accept, QDialogButtonBox.ButtonRole.AcceptRole)
        self.ok.setProperty("kind", "primary")
        buttons.accepted.connect(self._try)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 2 * GRID)
        column.setSpacing(2 * GRID)
        column.addWidget(heading)
        column.addWidget(text)
        column.addLayout(self.fields)
        column.addWidget(self.complaint)
        column.addStretch(1)
        column.addWidget(buttons)
        # Only now is the button in the dialog: before, Return would press whatever button comes first.
        self.ok.setDefault(True)

    def showEvent(self, event: QShowEvent) -> None:
        """Has Tab walk down the fields and end at the buttons, whichever was made first."""
        super().showEvent(event)
        stops = [
            widget
            for widget in self.findChildren(QWidget)
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
            and not widget.focusProxy()
            and widget.window() is self
        ]
        places = {widget: widget.mapTo(self, widget.rect().topLeft()) for widget in stops}
        stops.sort(key=lambda widget: (places[widget].y() // GRID, places[widget].x()))
        for before, after in pairwise(stops):
            self.setTabOrder(before, after)

    @Slot()
    def _try(self) -> None:
        """Accepts when the work succeeds; else says why and stays."""
        try:
            self.work()
        except AnnotatorError as error:
            self.complaint.setText(str(error))
            self.complaint.show()
        else:
            self.accept()

    def work(self) -> None:
        """What the dialog is for; raises `AnnotatorError` where the fields do not allow it."""


class PathField(QWidget):
    """A path with a button that opens a file dialog."""

    def __init__(self, name: str, *, folder: bool, files: str = "") -> None:
        super().__init__()
        self._folder, self._files, self._name = folder, files, name
        self.edit = QLineEdit()
        self.edit.setAccessibleName(name)
        self.setFocusProxy(self.edit)
        button = QPushButton(tr("Browse..."))
        button.setAutoDefault(False)
        button.setAccessibleName(tr("Browse for {name}", name=name))
        button.clicked.connect(self._browse)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.edit, 1)
        row.addWidget(button)

    @Slot()
    def _browse(self) -> None:
        if self._folder:
            path = QFileDialog.getExistingDirectory(self, self._name, self.edit.text() or str(Path.home()))
        else:
            path, _ = QFileDialog.getOpenFileName(self, self._name, self.edit.text(), self._files)
        if path:
            self.edit.setText(path)

    def path(self) -> Path:
        """What was typed or chosen."""
        text = self.edit.text().strip()
        if not text:
            raise AnnotatorError(tr("{name} is missing.", name=self._name))
        return Path(text).expanduser()


class PathsField(QWidget):
    """Files and folders, collected by two buttons; `paths` are those chosen so far, each once.

    Parameters
    ----------
    files, folder
        What the buttons say, and what the file dialogs ask for.
    kinds
        The kinds of files that are offered, as file dialogs take them.
    words
        What is said of the chosen paths.
    """

    changed = Signal()

    def __init__(
        self,
        files: tuple[str, str],
        folder: tuple[str, str],
        *,
        kinds: str,
        words: Callable[[Sequence[Path]], str],
    ) -> None:
        super().__init__()
        self.paths: list[Path] = []
        self._ask_files, self._ask_folder, self._kinds, self._words = files[1], folder[1], kinds, words
        self.told = QLabel()
        self.told.setWordWrap(True)
        buttons = QHBoxLayout()
        for text, icon, slot in (
            (files[0], "plus", self._choose_files),
            (folder[0], "folder", self._choose_folder),
        ):
            button = QPushButton(text)
            set_icon(button, icon)
            button.clicked.connect(slot)
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID + GRID // 2)
        column.addLayout(buttons)
        column.addWidget(self.told)

    @Slot()
    def _choose_files(self) -> None:
        files, _ = QFileDialog.getOpenFileNames(self, self._ask_files, "", self._kinds)
        self.take([Path(file) for file in files])

    @Slot()
    def _choose_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self._ask_folder)
        self.take([Path(folder)] if folder else [])

    def take(self, paths: Sequence[Path]) -> None:
        """Adds to what is chosen."""
        self.paths = list(dict.fromkeys([*self.paths, *paths]))
        self.told.setText(self._words(self.paths) or tr("Nothing chosen yet."))
        self.changed.emit()
