"""Every answer that was given, the newest first: one's own, and everybody's where adjudication is open."""

from collections.abc import Sequence
from contextlib import suppress

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from annotator.app.history import Entry, answer_history
from annotator.app.policy import blind
from annotator.domain.corpus import PRACTICE
from annotator.domain.scheme import Scheme
from annotator.domain.translation import tr, tr_n
from annotator.gui.context import Context
from annotator.gui.dialogs.form import resize_within_screen
from annotator.gui.icons import set_icon
from annotator.gui.listening import Listener, when
from annotator.gui.panels.answers import value_text
from annotator.gui.theme import GRID

#: Rows shown at once; a filter finds the others.
_MOST = 2000


class HistoryDialog(QDialog):
    """A table of answers with a filter; Enter plays the segment of a row."""

    def __init__(self, parent: QWidget, context: Context) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Answers"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        resize_within_screen(self, QSize(125 * GRID, 80 * GRID))
        self._context = context
        self._listener = Listener(context, self)
        self._entries: Sequence[Entry] = ()
        self.shown: list[Entry] = []
        with context.session.reading() as reader:
            self._schemes = {scheme.name: scheme for scheme in reader.schemes()}
            alone = blind(reader, context.rater) != ""
        heading = QLabel(tr("Answers given so far"))
        heading.setProperty("role", "title")
        self.whose = QComboBox()
        self.whose.setAccessibleName(tr("Whose answers"))
        if context.rater is not None:
            self.whose.addItem(tr("{name}: mine", name=context.rater.name), context.rater.name)
        if not alone:
            self.whose.addItem(tr("Everybody's"), None)
        self.whose.currentIndexChanged.connect(self._read)
        self.filter = QLineEdit()
        self.filter.setAccessibleName(tr("Filter"))
        self.filter.setPlaceholderText(
            tr("Filter: words, such as flagged, practice, replaced, or of a comment")
        )
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(self._show)
        self._count = QLabel()
        self._count.setProperty("role", "muted")
        self.table = _table()
        self.table.itemActivated.connect(self._play)
        play, close = QPushButton(tr("Play")), QPushButton(tr("Close"))
        set_icon(play, "play")
        for button, slot in ((play, self._play), (close, self.accept)):
            button.setAutoDefault(False)
            button.clicked.connect(slot)
        top, foot = QHBoxLayout(), QHBoxLayout()
        top.addWidget(self.whose)
        top.addWidget(self.filter, 1)
        foot.addWidget(self._count)
        foot.addStretch(1)
        foot.addWidget(play)
        foot.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 2 * GRID)
        column.setSpacing(GRID + GRID // 2)
        column.addWidget(heading)
        column.addLayout(top)
        column.addWidget(self.table, 1)
        column.addLayout(foot)
        self._read()
        self.table.setFocus()

    @Slot()
    def _read(self) -> None:
        self._entries = ()
        if self.whose.count():
            found = self._context.attempt(
                answer_history, self._context.session, rater=self.whose.currentData()
            )
            self._entries = found or ()
        self._show()

    @Slot()
    def _show(self) -> None:
        words = self.filter.text().casefold().split()
        rows = [(entry, self._cells(entry)) for entry in self._entries]
        kept = [
            (entry, cells) for entry, cells in rows
            if all(word in "\n".join(cells).casefold() for word in words)
        ]  # fmt: skip
        self._count.setText(
            tr_n("{n} answer", "{n} answers", len(kept))
            if self._entries
            else tr("No answers yet. Each one is listed here once it was given in the Label workspace.")
        )
        self.shown = [entry for entry, _ in kept[:_MOST]]
        self.table.setRowCount(len(self.shown))
        for row, (entry, cells) in enumerate(kept[:_MOST]):
            for column, text in enumerate(cells):
                item = QTableWidgetItem(text)
                # The name of a file often tells the emotion: only who looks for it reads it.
                item.setToolTip(entry.recording.name if column == 2 else text)
                self.table.setItem(row, column, item)
        self.table.resizeColumnsToContents()
        self.table.horizontalHeader().setStretchLastSection(True)
        if self.shown:
            self.table.setCurrentCell(0, 0)

    def _cells(self, entry: Entry) -> list[str]:
        given = entry.annotation
        marks = [
            text
            for text, there in (
                (tr("practice"), given.repeat == PRACTICE), (tr("repeat"), given.repeat > 0),
                (tr("withdrawn"), given.withdrawn),
                (tr("replaced"), not entry.current and not given.withdrawn), (tr("flagged"), given.flagged),
            )
            if there
        ]  # fmt: skip
        sure = {0.0: tr("guessed"), 0.5: tr("rather"), 1.0: tr("certain")}.get(given.confidence, "")
        return [
            given.finished[:16].replace("T", " "), entry.rater, when(entry.segment, entry.recording),
            _said(self._schemes.get(given.scheme), entry), ", ".join(marks), sure, given.comment,
        ]  # fmt: skip

    @Slot()
    def _play(self) -> None:
        row = self.table.currentRow()
        if 0 <= row < len(self.shown):
            self._listener.toggle(self.shown[row].segment, self.shown[row].recording)

    def done(self, result: int) -> None:
        self._listener.stop()
        super().done(result)


def _table() -> QTableWidget:
    table = QTableWidget(0, 7)
    table.setHorizontalHeaderLabels(
        [
            tr("Time (UTC)"), tr("Who"), tr("Segment"), tr("Answer"), tr("Marks"), tr("How sure"), tr("Comment"),
        ]
    )  # fmt: skip
    table.setAccessibleName(tr("Answers"))
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setTabKeyNavigation(False)
    table.verticalHeader().hide()
    return table


def _said(scheme: Scheme | None, entry: Entry) -> str:
    """The answer as its rater saw it; of boxes, those that were ticked."""
    values = entry.annotation.values
    if scheme is None:
        return ", ".join(f"{name} {value}" for name, value in values.items())
    told = []
    boxes = [item for item in scheme.items if item.type == "boolean" and item.name in values]
    ticked = [item.title or item.name for item in boxes if values[item.name]]
    if boxes:
        unsure = all(values[item.name] is None for item in boxes)
        told.append(tr("cannot tell") if unsure else ", ".join(ticked) or tr("none of these"))
    for item in scheme.items:
        if item.name in values and item.type != "boolean":
            value = values[item.name]
            text = str(value)
            with suppress(ValueError, TypeError):  # the scheme was another one when this was stored
                text = value_text(item, value)
            told.append(f"{item.title or item.name} {text}")
    return ", ".join(told)


def show_history(parent: QWidget, context: Context) -> None:
    """Shows what has been answered so far."""
    if context.session is not None:
        HistoryDialog(parent, context).open()
