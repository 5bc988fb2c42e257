"""Conflicts of a merge: both sides to read and to hear, and the choice between them."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from annotator.app.conflicts import Conflict, Side, settle_conflicts
from annotator.domain.corpus import Recording
from annotator.domain.timeline import clock
from annotator.domain.translation import tr, tr_n
from annotator.gui.context import Context
from annotator.gui.dialogs.form import resize_within_screen
from annotator.gui.listening import ListenButton, Listener
from annotator.gui.theme import GRID
from annotator.gui.widgets.segmented import SegmentedControl

#: More rows than anybody settles one by one; the buttons above settle the rest too.
_MOST = 200


def _side_name(side: Side) -> str:
    return {"ours": tr("Mine"), "theirs": tr("Theirs"), "both": tr("Both")}[side]


class ConflictRow(QFrame):
    """One conflict: what it is about, each side with its sound, and what is to stand."""

    def __init__(
        self, conflict: Conflict, recordings: dict[str, Recording], listener: Listener, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.conflict = conflict
        self.setObjectName("card")
        text = QLabel(conflict.text)
        text.setWordWrap(True)
        self._control = SegmentedControl(
            [_side_name(side) for side in conflict.sides], name=tr("What stands: {text}", text=conflict.text)
        )
        self.choose(conflict.settled)
        grid = QGridLayout(self)
        grid.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        grid.setHorizontalSpacing(2 * GRID)
        grid.addWidget(text, 0, 0, 1, 2)
        for n, side in enumerate(("ours", "theirs")):
            grid.addLayout(self._told(side, recordings, listener), 1, n)
            grid.setColumnStretch(n, 1)
        grid.addWidget(self._control, 0, 2, 2, 1, Qt.AlignmentFlag.AlignVCenter)

    @property
    def side(self) -> Side:
        """What is chosen."""
        return self.conflict.sides[self._control.index]

    def choose(self, side: str) -> None:
        """Chooses a side where the conflict has it."""
        if side in self.conflict.sides:
            self._control.set_index(self.conflict.sides.index(side))

    def _told(self, side: Side, recordings: dict[str, Recording], listener: Listener) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GRID)
        segment = self.conflict.segment(side)
        recording = None if segment is None else recordings.get(segment.recording_id)
        if segment is not None and recording is not None:
            # Both sides of a moved segment have one key, but the listener tells sounds apart by theirs.
            heard = replace(segment, id=f"{segment.id} {side}")
            row.addWidget(ListenButton(listener, heard, recording))
        label = QLabel(f"{_side_name(side)}: {self._said(side, recording)}")
        label.setProperty("role", "muted")
        label.setWordWrap(True)
        row.addWidget(label, 1)
        return row

    def _said(self, side: Side, recording: Recording | None) -> str:
        row = self.conflict.theirs if side == "theirs" else self.conflict.ours
        kind = self.conflict.kind
        if kind in ("text", "speaker", "status"):
            return str(row[kind]) or tr("nothing")
        if kind == "scheme":
            return str(row["definition"].get("title", ""))
        if kind == "link":
            return tr("the same sound") if row["verdict"] == "accepted" else tr("not the same sound")
        if kind == "deleted":
            return tr("deleted") if row["deleted"] else tr("kept")
        segment = self.conflict.segment(side)
        if segment is None or recording is None:
            return ""
        # To the millisecond: the sides of a moved edge often lie closer than a tenth of a second.
        start, end = (clock(sample / recording.sample_rate) for sample in (segment.start, segment.end))
        return f"{start}–{end}"


class ConflictsDialog(QDialog):
    """All conflicts of a merge. Settling is one step that undo takes back."""

    def __init__(self, parent: QWidget, context: Context, conflicts: Sequence[Conflict]) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Conflicts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        resize_within_screen(self, QSize(110 * GRID, 80 * GRID))
        self._context, self._conflicts = context, tuple(conflicts)
        self._session = context.session
        self._rest: Side | None = None
        self._listener = Listener(context, self)
        heading = QLabel(
            tr_n(
                "{n} place where the sides do not agree",
                "{n} places where the sides do not agree",
                len(conflicts),
            )
        )
        heading.setProperty("role", "title")
        sentence = QLabel(
            tr("The merge is done and nothing is lost. What is chosen here stands now; choose otherwise where the"
               " other side is right.")
        )  # fmt: skip
        sentence.setProperty("role", "muted")
        sentence.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 2 * GRID)
        column.setSpacing(GRID + GRID // 2)
        column.addWidget(heading)
        column.addWidget(sentence)
        column.addLayout(self._all_at_once())
        column.addWidget(self._list(), 1)
        column.addWidget(self._buttons())

    def _all_at_once(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GRID)
        for side, text in (("ours", tr("Mine everywhere")), ("theirs", tr("Theirs everywhere"))):
            button = QPushButton(text)
            button.setObjectName(side)
            button.setAutoDefault(False)
            button.clicked.connect(self._choose_everywhere)
            row.addWidget(button)
        row.addStretch(1)
        return row

    def _list(self) -> QScrollArea:
        with self._session.reading() as reader:
            recordings = {recording.id: recording for recording in reader.recordings()}
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, GRID, 0)
        column.setSpacing(GRID)
        self.rows = [
            ConflictRow(conflict, recordings, self._listener, inside) for conflict in self._conflicts[:_MOST]
        ]
        for row in self.rows:
            column.addWidget(row)
        more = len(self._conflicts) - _MOST
        if more > 0:
            column.addWidget(
                QLabel(tr_n("... and {n} more: only everywhere at once.", "... and {n} more: only everywhere at once.",
                            more))
            )  # fmt: skip
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(inside)
        return area

    def _buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox()
        later = buttons.addButton(tr("Leave as it is"), QDialogButtonBox.ButtonRole.RejectRole)
        later.setAutoDefault(False)
        self.ok = buttons.addButton(tr("Settle"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.ok.setProperty("kind", "primary")
        self.ok.setDefault(True)
        buttons.accepted.connect(self._settle)
        buttons.rejected.connect(self.reject)
        return buttons

    @Slot()
    def _choose_everywhere(self) -> None:
        self._rest = self.sender().objectName()
        for row in self.rows:
            row.choose(self._rest)

    @Slot()
    def _settle(self) -> None:
        choices = {row.conflict.key: row.side for row in self.rows if row.side != row.conflict.settled}
        if self._rest is not None:
            choices |= {c.key: self._rest for c in self._conflicts[_MOST:] if c.settled != self._rest}
        if choices and self._context.session is self._session:
            settled = self._context.attempt(settle_conflicts, self._session, self._conflicts, choices)
            if settled is None:
                return
            self._context.noticed.emit(
                tr_n("{n} conflict settled.", "{n} conflicts settled.", len(choices)), "positive"
            )
        self.accept()

    def done(self, result: int) -> None:
        self._listener.stop()
        super().done(result)
