"""What the form would make, as it is filled in: the parts, and the groups by size with what ties each."""

from collections.abc import Sequence

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from annotator.app.plan import SplitPlan
from annotator.app.preview import GroupSummary, SplitPreview, Why, explain_group, preview_split
from annotator.domain.errors import AnnotatorError
from annotator.domain.timeline import clock
from annotator.domain.translation import tr, tr_n
from annotator.gui.context import Context
from annotator.gui.dataset.parts_card import PartsCard
from annotator.gui.dataset.sheet import Sheet
from annotator.gui.listening import ListenButton, Listener
from annotator.gui.task import Task
from annotator.gui.theme import GRID
from annotator.gui.widgets.card import Card
from annotator.gui.widgets.remark import remark, say
from annotator.gui.widgets.row_list import Row, RowList

#: Groups listed at a time.
_SHOWN = 40
#: ms after the last change of the form.
_PAUSE = 150


class GroupRow(Row):
    """A group with its size; Enter, Space or a click tells what ties it."""

    def __init__(self, group: GroupSummary, parent: QWidget | None = None) -> None:
        self.group = group
        size = tr_n("{n} segment", "{n} segments", group.segments)
        told = [size, clock(group.seconds, 0), tr_n("{n} recording", "{n} recordings", group.recordings)]
        super().__init__(", ".join([group.name, *told]), parent)
        name = QLabel(group.name)
        name.setWordWrap(True)
        size = QLabel("   ".join(told))
        size.setProperty("role", "muted")
        self.button = QPushButton(tr("Why together?"))
        self.button.setToolTip(tr("What ties the segments of this group"))
        self.button.clicked.connect(self.opened)
        if group.other is None:
            self.button.hide()
        top = QHBoxLayout()
        top.setSpacing(GRID)
        top.addWidget(name, 1)
        top.addWidget(size)
        top.addWidget(self.button)
        self._reasons = QVBoxLayout()
        self._reasons.setSpacing(GRID // 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, GRID, GRID, GRID)
        column.setSpacing(GRID // 2)
        column.addLayout(top)
        column.addLayout(self._reasons)
        self.told = False

    def show_why(self, why: Why, listener: Listener) -> None:
        """The chain of ties, step by step, each with its two segments to listen to."""
        self.told = True
        self.button.hide()
        for tie in why.ties:
            line = QHBoxLayout()
            line.setSpacing(GRID)
            line.addWidget(remark(tie.text, role="muted"), 1)
            for letter, segment in (("A", tie.a), ("B", tie.b)):
                if segment in why.places:
                    line.addWidget(ListenButton(listener, *why.places[segment], letter))
            self._reasons.addLayout(line)
        if not why.ties:
            self._reasons.addWidget(remark(tr("Nothing ties its ends any more."), role="muted"))


class PreviewPage(QScrollArea):
    """Follows the form while it is in view; nothing is stored."""

    def __init__(self, context: Context, listener: Listener, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._context, self._listener = context, listener
        self._plan: SplitPlan | None = None
        self._shown: SplitPreview | None = None
        self._front = False
        self._asking: GroupRow | None = None
        self._task = Task(context, self, self._show, self._failed)
        self._why = Task(context, self, self._show_why)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_PAUSE)
        self._later.timeout.connect(self._start)
        self.state = remark(role="warning")
        self.parts = PartsCard(tr("What this would make"))
        self._deviation = remark(role="muted")
        self.parts.body.addWidget(self._deviation)
        self.groups = Card(tr("Groups"))
        self.list = RowList(name=tr("Groups"))
        self._more = QPushButton()
        self._more.clicked.connect(self._show_more)
        for widget in (self.list, self._more):
            self.groups.body.addWidget(widget)
        inner = Sheet()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 2 * GRID, 2 * GRID)
        column.setSpacing(2 * GRID)
        for widget in (self.state, self.parts, self.groups):
            column.addWidget(widget)
        column.addStretch(1)
        self.setWidget(inner)
        self._hide_all()

    @property
    def busy(self) -> bool:
        """Whether something is being reckoned."""
        return self._task.running or self._why.running or self._later.isActive()

    def follow(self, plan: SplitPlan | None, *, front: bool) -> None:
        """Shows what a plan would give; `None` where the form says nothing that could be made."""
        changed = plan != self._plan
        self._plan, self._front = plan, front
        if plan is None:
            self._later.stop()
            self._hide_all()
            say(self.state, tr("The form does not describe a split yet."))
        elif front and (changed or self._shown is None):
            self._later.start()

    def forget(self) -> None:
        """The corpus has changed, or is another: what was reckoned no longer holds."""
        self._shown = None
        if self._front and self._plan is not None:
            self._later.start()

    @Slot()
    def _start(self) -> None:
        session = self._context.session
        if session is not None and self._plan is not None and self._front:
            self._task.start(tr("Trying the split"), preview_split(session, self._plan), quiet=True)

    @Slot(object)
    def _show(self, preview: SplitPreview) -> None:
        if preview.plan != self._plan:
            return
        self._shown = preview
        say(self.state, preview.problem)
        self.parts.show_parts(preview.parts, self._plan.shares or {}, preview.warnings)
        say(
            self._deviation,
            tr(
                "At most {percent:.1f} % off the wanted shares on average; making the split takes more care.",
                percent=100 * preview.deviation,
            ),
        )
        several = sum(group.values > 1 for group in preview.groups)
        text = tr_n(
            "{n} group, the largest first. No group is ever divided.",
            "{n} groups, the largest first. No group is ever divided.",
            len(preview.groups),
        )
        if several:
            text += " " + tr_n(
                "{n} of them joins several values of the keys.", "{n} of them join several values of the keys.",
                several,
            )  # fmt: skip
        self.groups.set_title(tr("Groups"), text)
        self.list.set_rows(())
        self._add(preview.groups[:_SHOWN])
        self.parts.show()
        self.groups.show()

    @Slot(object)
    def _failed(self, error: AnnotatorError) -> None:
        self._shown = None
        self._hide_all()
        say(self.state, str(error))

    def _hide_all(self) -> None:
        self.parts.hide()
        self.groups.hide()

    def _add(self, groups: Sequence[GroupSummary]) -> None:
        rows = [GroupRow(group) for group in groups]
        for row in rows:
            row.opened.connect(self._ask_why)
        self.list.add_rows(rows)
        left = len(self._shown.groups) - len(self.list.rows)
        self._more.setVisible(left > 0)
        self._more.setText(tr_n("Show {n} more group", "Show {n} more groups", min(left, _SHOWN)))

    @Slot()
    def _show_more(self) -> None:
        shown = len(self.list.rows)
        self._add(self._shown.groups[shown : shown + _SHOWN])

    @Slot()
    def _ask_why(self) -> None:
        row, session = self.sender(), self._context.session
        if session is None or row.told or row.group.other is None:
            return
        self._asking = row
        job = explain_group(session, row.group, self._shown.plan)
        self._why.start(tr("Looking for what ties them"), job, quiet=True)

    @Slot(object)
    def _show_why(self, why: Why) -> None:
        row = self._asking
        if row in self.list.rows and row.group.name == why.group and not row.told:
            row.show_why(why, self._listener)
