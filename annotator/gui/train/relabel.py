"""Deciding anew on segments of a list, one after the other, by the scheme's own instrument."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from annotator.app.adjudication import decide
from annotator.domain.scheme import Scheme
from annotator.domain.translation import tr
from annotator.gui.context import Context
from annotator.gui.dialogs.form import resize_within_screen
from annotator.gui.icons import set_icon
from annotator.gui.listening import Listener, when
from annotator.gui.panels.factory import panel_for
from annotator.gui.theme import GRID
from annotator.gui.train.runs import Entry


class RelabelDialog(QDialog):
    """Plays a segment, takes a decision on it, and goes on to the next of the list; `went_to(row)` follows.

    What is shown of a segment is its sound and text only: what people and model said would lead the decision.
    """

    went_to = Signal(int)

    def __init__(
        self, parent: QWidget, context: Context, listener: Listener, scheme: Scheme, entries: Sequence[Entry]
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Relabel"))
        self._context, self._listener = context, listener
        self._scheme, self._entries, self._row = scheme, entries, 0
        #: How many decisions were stored.
        self.stored = 0
        self._where, self._count, self._text = QLabel(), QLabel(), QLabel()
        self._where.setProperty("role", "heading")
        self._count.setProperty("role", "muted")
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.play = QPushButton(tr("Play"))
        self.play.setToolTip(tr("Play or stop ({key})", key="Space"))
        self.play.clicked.connect(self._toggle)
        listener.changed.connect(self._show_heard)
        #: The instrument.
        self.panel = panel_for(scheme)
        self.panel.submitted.connect(self._decide)
        #: Whose decisions these are.
        self.name = QLineEdit()
        self.name.setAccessibleName(tr("Name of whoever decides"))
        self.name.setPlaceholderText(tr("Name or pseudonym"))
        known = context.settings.adjudicators.get(str(context.session.folder), "")
        self.name.setText(known or (context.rater.name if context.rater else ""))
        self.comment = QLineEdit()
        self.comment.setAccessibleName(tr("Reason of the decision"))
        self.comment.setPlaceholderText(tr("Why (optional)"))
        self._build()
        self._show_heard(listener.current)

    def _build(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(GRID)
        top.addWidget(self.play)
        top.addWidget(self._where, 1)
        top.addWidget(self._count)
        fields = QFormLayout()
        fields.setSpacing(GRID)
        fields.addRow(tr("Decided by"), self.name)
        fields.addRow(tr("Reason"), self.comment)
        note = QLabel(tr("A decision stands above the ratings and their consensus. Undo takes it back."))
        note.setProperty("role", "caption")
        note.setWordWrap(True)
        close, self.skip, self.store = (
            QPushButton(tr("Close")),
            QPushButton(tr("Skip")),
            QPushButton(tr("Decide and go on")),
        )
        self.store.setProperty("kind", "primary")
        set_icon(self.skip, "skip")
        set_icon(self.store, "check", "on_accent")
        self.skip.setToolTip(tr("Next segment ({key})", key="PgDown"))
        self.store.setToolTip(tr("Decide and go on ({key})", key="Enter"))
        foot = QHBoxLayout()
        foot.setSpacing(GRID)
        foot.addWidget(note, 1)
        for button, slot in ((close, self.accept), (self.skip, self._next), (self.store, self._decide)):
            button.clicked.connect(slot)
            foot.addWidget(button)
        for button in (self.play, close, self.skip, self.store):
            button.setAutoDefault(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * GRID, 2 * GRID, 3 * GRID, 2 * GRID)
        column.setSpacing(GRID + GRID // 2)
        column.addLayout(top)
        column.addWidget(self._text)
        column.addWidget(self.panel, 1)
        column.addLayout(fields)
        column.addLayout(foot)
        resize_within_screen(self, self.sizeHint().expandedTo(QSize(88 * GRID, 52 * GRID)))

    def open_at(self, row: int) -> None:
        """Begins at a row of the list."""
        self._row = row
        self._show()

    @property
    def _entry(self) -> Entry:
        return self._entries[self._row]

    def _show(self) -> None:
        entry = self._entry
        self._where.setText(f"{entry.recording.name}  {when(entry.segment, entry.recording)}")
        self._count.setText(tr("{n} of {total}", n=self._row + 1, total=len(self._entries)))
        self._text.setText(entry.segment.text)
        self._text.setVisible(bool(entry.segment.text))
        self.panel.clear()
        self.comment.clear()
        self.went_to.emit(self._row)
        self._listener.stop()
        self._toggle()
        (self.panel if self.name.text().strip() else self.name).setFocus()

    @Slot()
    def _toggle(self) -> None:
        self._listener.toggle(self._entry.segment, self._entry.recording)

    @Slot(object)
    def _show_heard(self, current: str | None) -> None:
        heard = current == self._entry.segment.id
        set_icon(self.play, "stop" if heard else "play", "accent" if heard else "text")
        self.play.setText(tr("Stop") if heard else tr("Play"))

    @Slot()
    def _decide(self) -> None:
        made = self._context.attempt(
            decide,
            self._context.session,
            segment_id=self._entry.segment.id,
            scheme=self._scheme.name,
            values=self.panel.values(),
            adjudicator=self.name.text(),
            comment=self.comment.text().strip(),
        )
        if made is not None:
            self.stored += 1
            self._next()

    @Slot()
    def _next(self) -> None:
        """Goes on, or ends where there is nothing more."""
        if self._row + 1 < len(self._entries):
            self._row += 1
            self._show()
        else:
            self.accept()

    def done(self, result: int) -> None:
        """Ends the sound with the dialog."""
        self._listener.stop()
        super().done(result)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What no field wanted goes to the instrument, wherever the focus is."""
        typing = isinstance(QApplication.focusWidget(), QLineEdit)
        if event.key() == Qt.Key.Key_PageDown:
            self._next()
        elif event.key() == Qt.Key.Key_Space and not typing:
            self._toggle()
        elif event.key() == Qt.Key.Key_Escape:
            self.accept()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._decide()
        elif typing or not self.panel.handle_key(event):
            super().keyPressEvent(event)
