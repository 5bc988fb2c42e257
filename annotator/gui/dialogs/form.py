"""What the dialogs are made of."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr
from annotator.gui.icons import set_icon
from annotator.gui.theme import GRID

#: Room for a title bar and a border, which no screen tells of.
_FRAME = QSize(2 * GRID, 5 * GRID)


def resize_within_screen(dialog: QWidget, size: QSize) -> None:
    """Gives a dialog its size, or what its screen has room for where that is less."""
    dialog.resize(size.boundedTo(dialog.screen().availableSize() - _FRAME))


class Form(QDialog):
    """A dialog of labelled fields with a sentence above, a complaint below, and two buttons.

    Where the screen is too low for all of it, what is in `body` scrolls: heading and buttons stay in sight.
    """

    def __init__(self, parent: QWidget, title: str, sentence: str, accept: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setMinimumWidth(76 * GRID)
        heading = QLabel(title)
        heading.setProperty("role", "title")
        text = QLabel(sentence)
        text.setProperty("role", "muted")
        text.setWordWrap(True)
        text.setAlignment(Qt.AlignmentFlag.AlignTop)
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
        self._scroll = _Body(text, self.fields)
        #: What scrolls: the sentence, the fields, and what a dialog adds below them.
        self.body: QVBoxLayout = self._scroll.widget().layout()
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 2 * GRID)
        column.setSpacing(2 * GRID)
        column.addWidget(heading)
        column.addWidget(self._scroll, 1)
        column.addWidget(self.complaint)
        column.addWidget(buttons)
        # Only now is the button in the dialog: before, Return would press whatever button comes first.
        self.ok.setDefault(True)

    def showEvent(self, event: QShowEvent) -> None:
        """Has Tab walk down the fields and end at the buttons, whichever was made first."""
        super().showEvent(event)
        self._level_labels()
        self.fit()
        stops = [
            widget
            for widget in self.findChildren(QWidget)
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
            and not widget.focusProxy()
            and widget.window() is self
        ]
        places = {widget: widget.mapTo(self, widget.rect().topLeft()) for widget in stops}
        # What scrolls may lie lower than the buttons below it.
        stops.sort(
            key=lambda widget: (
                not self._scroll.isAncestorOf(widget), places[widget].y() // GRID, places[widget].x()
            )
        )  # fmt: skip
        for before, after in pairwise(stops):
            self.setTabOrder(before, after)

    def fit(self) -> None:
        """Grows to what is to be shown, as far as the screen lets it."""
        margins = self.layout().contentsMargins()
        width = max(self.width(), self.minimumWidth(), self.minimumSizeHint().width())
        self._scroll.reckon(width - margins.left() - margins.right())
        self.layout().activate()
        wanted = self.layout().totalHeightForWidth(width) if self.layout().hasHeightForWidth() else -1
        given = self.height() if self.testAttribute(Qt.WidgetAttribute.WA_Resized) else 0
        height = max(given, wanted if wanted > 0 else self.sizeHint().height())
        resize_within_screen(self, QSize(width, height))

    def _level_labels(self) -> None:
        """Sets each label on the middle of its field, or of the first line of a tall one."""
        line = QLineEdit().sizeHint().height()
        for row in range(self.fields.rowCount()):
            label = self.fields.itemAt(row, QFormLayout.ItemRole.LabelRole)
            field = self.fields.itemAt(row, QFormLayout.ItemRole.FieldRole)
            if label is not None and field is not None:
                label.widget().setMinimumHeight(min(line, field.sizeHint().height()))

    @Slot()
    def _try(self) -> None:
        """Accepts when the work succeeds; else says why and stays."""
        try:
            self.work()
        except AnnotatorError as error:
            self.complaint.setText(str(error))
            self.complaint.show()
            self.fit()
        else:
            self.accept()

    def work(self) -> None:
        """What the dialog is for; raises `AnnotatorError` where the fields do not allow it."""


class _Body(QScrollArea):
    """The middle of a form: asks for the height of all of it, and scrolls down where it gets less."""

    _LEAST = 14 * GRID

    def __init__(self, sentence: QLabel, fields: QFormLayout) -> None:
        super().__init__()
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * GRID)
        column.addWidget(sentence)
        column.addLayout(fields)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().rangeChanged.connect(self._keep_off_bar)
        self._width = 0

    @Slot(int, int)
    def _keep_off_bar(self, _least: int, most: int) -> None:
        self.widget().layout().setContentsMargins(0, 0, GRID if most else 0, 0)

    def reckon(self, width: int) -> None:
        """Asks for the height that this width needs; wrapping texts need more in less."""
        self._width = width
        for kind in (QComboBox, QAbstractSpinBox):
            for field in self.widget().findChildren(kind):
                field.installEventFilter(self)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        inside = self.widget()
        hint = inside.sizeHint()
        if self._width and inside.hasHeightForWidth():
            hint = QSize(self._width, inside.heightForWidth(self._width))
        return hint

    def minimumSizeHint(self) -> QSize:
        least = self.widget().minimumSizeHint()
        bar = self.verticalScrollBar().sizeHint().width()
        return QSize(least.width() + bar, min(least.height(), self._LEAST))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Lets the wheel scroll past a field, which else would take it for a change of its value."""
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)


class PathField(QWidget):
    """A path with a button that opens a file dialog.

    Parameters
    ----------
    files
        The kinds of files that are offered, as file dialogs take them; a function is asked when the dialog opens.
    """

    def __init__(self, name: str, *, folder: bool, files: str | Callable[[], str] = "") -> None:
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
            kinds = self._files() if callable(self._files) else self._files
            path, _ = QFileDialog.getOpenFileName(self, self._name, self.edit.text(), kinds)
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
