"""Adjudication by keyboard: the worst segment first, everything that was said of it, listen, decide, next."""

from dataclasses import replace

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from annotator.app.adjudication import Case, Docket, decide, pseudonyms, read_docket, withdraw_decision
from annotator.app.session import Session
from annotator.domain.progress import Job, Progress
from annotator.domain.scheme import Scheme
from annotator.domain.translation import tr, tr_n
from annotator.gui.agreement.case_list import CaseList
from annotator.gui.agreement.case_view import CaseView
from annotator.gui.context import Context
from annotator.gui.icons import set_icon
from annotator.gui.listening import Listener
from annotator.gui.task import Task
from annotator.gui.theme import GRID
from annotator.gui.widgets.empty_state import EmptyState
from annotator.gui.widgets.waiting import WaitingPage

#: Width of the page from which on answers and instrument stand side by side.
_SIDE_BY_SIDE = 140 * GRID


#: How far apart raters must lie, as a share of the widest there can be.
_LEAST = (0.0, 0.25, 0.5, 0.75)


def read(session: Session, scheme: str, item: str | None, above: float) -> Job[Docket]:
    """The queue, decided segments in their places."""
    yield Progress(0, 1, tr("Looking for segments that divide the raters"))
    return read_docket(session, scheme, item=item, decided=True, above=above)


class AdjudicationPage(QWidget):
    """The queue at the left, one case at the right.

    `left` says that the figures are wanted again, `who_asked` that somebody else decides from here on.
    """

    left = Signal()
    who_asked = Signal()
    availability_changed = Signal()

    #: Actions of the window that are this page's.
    ACTIONS = frozenset({"play_case", "decide_case", "previous_case", "next_case", "withdraw_case"})

    def __init__(self, context: Context, listener: Listener, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._listener = context, listener
        self._scheme: Scheme | None = None
        self._docket: Docket | None = None
        self._case: Case | None = None
        self._sitting: set[str] = set()  # segments decided since the page was opened: they stay in the list
        self._names: dict[str, str] = {}
        self._reading = Task(context, self, self._take)
        self._build()

    # Widgets

    def _build(self) -> None:
        self._splitter = QSplitter()
        self._splitter.setChildrenCollapsible(False)
        self.decided_too = QCheckBox(tr("Decided ones too"))
        self.decided_too.toggled.connect(self._list)
        self.who = QPushButton()
        self.who.setFlat(True)
        self.who.setToolTip(tr("Somebody else decides..."))
        self.who.clicked.connect(self.who_asked)
        self.cases = CaseList(name=tr("Segments to decide on"))
        self.cases.chosen.connect(self._choose)
        holder = QWidget()
        side = QVBoxLayout(holder)
        side.setContentsMargins(2 * GRID, 0, GRID, 2 * GRID)
        side.setSpacing(GRID)
        for chooser in self._build_choosers():
            side.addWidget(chooser)
        for widget in (self.decided_too, self.cases, self.who):
            side.addWidget(widget)
        self._splitter.addWidget(holder)
        self.view = CaseView(self._listener)
        for asked, slot in (
            (self.view.decide_asked, self.decide_case),
            (self.view.withdraw_asked, self.withdraw_case),
            (self.view.previous_asked, self.previous_case),
            (self.view.next_asked, self.next_case),
        ):
            asked.connect(slot)
        self._splitter.addWidget(self.view)
        self._splitter.setStretchFactor(1, 1)
        self._nothing = EmptyState(
            "check",
            tr("Nothing is left to decide"),
            tr("Every segment on which the raters differ is decided. Decisions can be changed at any time."),
            tr("Back to the figures"),
        )
        self._nothing.acted.connect(self._leave)
        self._stack = QStackedWidget()
        self._waiting = WaitingPage(tr("Looking for segments that divide the raters..."))
        for page in (self._waiting, self._nothing, self._splitter):
            self._stack.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, GRID, 0, 0)
        column.setSpacing(GRID + GRID // 2)
        column.addLayout(self._build_bar())
        column.addWidget(self._stack, 1)

    def _build_choosers(self) -> tuple[QComboBox, QComboBox]:
        """By which item the queue is ranked, and from where on a segment is worth deciding on."""
        self.rank, self.least = QComboBox(), QComboBox()
        self.rank.setAccessibleName(tr("Rank by"))
        self.least.setAccessibleName(tr("How far apart"))
        for share in _LEAST:
            text = (
                tr("More than {percent:.0f} % apart", percent=100 * share)
                if share
                else tr("However far apart")
            )
            self.least.addItem(text, share)
        for chooser in (self.rank, self.least):
            chooser.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            chooser.currentIndexChanged.connect(self.refresh)
        return self.rank, self.least

    def _build_bar(self) -> QHBoxLayout:
        self._back = QPushButton(tr("Figures"))
        self._back.setToolTip(tr("Back to the figures ({key})", key="Esc"))
        set_icon(self._back, "previous")
        self._back.clicked.connect(self._leave)
        self._title = QLabel()
        self._title.setProperty("role", "heading")
        self.state = QLabel()
        self.state.setProperty("role", "muted")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedSize(QSize(16 * GRID, GRID))
        self._bar.setAccessibleName(tr("Decided so far"))
        self.hidden = QCheckBox(tr("Pseudonyms"))
        self.hidden.setToolTip(tr("Hide who said what"))
        self.hidden.toggled.connect(self._rename)
        row = QHBoxLayout()
        row.setContentsMargins(2 * GRID, GRID, 2 * GRID, 0)
        row.setSpacing(GRID + GRID // 2)
        for widget in (self._back, self._title, self._bar, self.state):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.hidden)
        return row

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Answers and instrument stand side by side where there is room."""
        super().resizeEvent(event)
        width = event.size().width()
        self.view.set_wide(width >= _SIDE_BY_SIDE)
        side = min(40 * GRID, round(0.24 * width))
        self._splitter.setSizes([side, width - side])

    # What the workspace asks

    @property
    def busy(self) -> bool:
        """Whether the queue is being read."""
        return self._reading.running

    def open(self, scheme: Scheme) -> None:
        """Begins, or goes on, with one scheme."""
        self.who.setText(tr("Decided by {name}", name=self._adjudicator()))
        if self._scheme != scheme:
            self.forget()
            self._scheme = scheme
            self._title.setText(scheme.title)
            self.rank.blockSignals(True)
            self.rank.clear()
            self.rank.addItem(tr("Widest on any item"), None)
            for item in scheme.items:
                self.rank.addItem(tr("Widest on {item}", item=item.title), item.name)
            self.rank.blockSignals(False)
            self.rank.setVisible(len(scheme.items) > 1)
            self.view.use(scheme)
        self.refresh()

    def _adjudicator(self) -> str:
        return self._context.settings.adjudicators[str(self._context.session.folder)]

    def forget(self) -> None:
        """Another corpus, or another scheme: nothing of this one is kept."""
        self._scheme = self._docket = self._case = None
        self._sitting.clear()
        self._stack.setCurrentWidget(self._waiting)

    @Slot()
    def refresh(self) -> None:
        """Reads the queue again."""
        session = self._context.session
        if session is not None and self._scheme is not None:
            job = read(session, self._scheme.name, self.rank.currentData(), self.least.currentData())
            self._reading.start(tr("Reading the queue"), job, quiet=True)

    def can(self, action: str) -> bool:
        """Whether one of `ACTIONS` makes sense now."""
        if self._case is None or self._stack.currentWidget() is not self._splitter:
            return False
        session = self._context.session
        writable = session is not None and session.writable
        if action == "decide_case":
            return writable
        if action == "withdraw_case":
            return writable and self._case.decision is not None
        return True

    # The queue

    @Slot(object)
    def _take(self, docket: Docket) -> None:
        before = {case.segment.id: case for case in self._docket.cases} if self._docket else {}
        self._docket = docket
        self._names = pseudonyms(docket.raters) if self.hidden.isChecked() else {}
        undone = [
            case for case in docket.cases
            if case.segment.id in self._sitting and case.decision is None
            and (held := before.get(case.segment.id)) is not None and held.decision is not None
        ]  # fmt: skip
        held = self._case.segment.id if self._case else None
        now = next((case for case in docket.cases if case.segment.id == held), None)
        self._show(undone[0] if undone else now or self._next_open(None))

    def _visible(self) -> list[Case]:
        """What stands in the list: open cases, those of this sitting, and where asked for all that are decided."""
        if self._docket is None:
            return []
        kept = self._sitting | ({self._case.segment.id} if self._case else set())
        every = self.decided_too.isChecked()
        return [c for c in self._docket.cases if every or c.decision is None or c.segment.id in kept]

    def _next_open(self, after: str | None) -> Case | None:
        """The first open case after one of the list, or from the top where none follows."""
        cases = list(self._docket.cases) if self._docket else []
        place = next((n for n, case in enumerate(cases) if case.segment.id == after), -1)
        return next((c for c in cases[place + 1 :] + cases[: place + 1] if c.decision is None), None)

    @Slot()
    def _list(self) -> None:
        if self._docket is None or self._scheme is None:
            return
        current = self._case.segment.id if self._case else None
        self.cases.show_cases(self._scheme, self._visible(), current)
        self.state.setText(
            tr_n("{decided} decided, {n} remains", "{decided} decided, {n} remain",
                 self._docket.remaining, decided=self._docket.decided)
        )  # fmt: skip
        self._bar.setRange(0, max(self._docket.divided, 1))
        self._bar.setValue(self._docket.decided)
        if self._case is None and self.decided_too.isChecked() and self._docket.cases:
            self._show(self._docket.cases[0])

    @Slot(str)
    def _choose(self, segment_id: str) -> None:
        case = next((c for c in self._visible() if c.segment.id == segment_id), None)
        if case is not None:
            self._show(case, play=True)

    # One case

    def _show(self, case: Case | None, *, play: bool = False) -> None:
        """Shows a case; answers already given for the one that is shown stay."""
        held, self._case = self._case, case
        self._list()
        if case is None or self._scheme is None:
            self._listener.stop()
            self._stack.setCurrentWidget(self._nothing)
            self._nothing.button.setFocus()
        else:
            self._stack.setCurrentWidget(self._splitter)
            self.view.show_case(case, self._names, held)
            if play and self._context.settings.autoplay and self._listener.current != case.segment.id:
                self.play_case()
        self._tell_state()

    def _tell_state(self) -> None:
        self.view.withdraw.setEnabled(self.can("withdraw_case"))
        self.view.decision.setEnabled(self.can("decide_case"))
        self.availability_changed.emit()

    @Slot()
    def _rename(self) -> None:
        if self._docket is not None:
            self._names = pseudonyms(self._docket.raters) if self.hidden.isChecked() else {}
            self._show(self._case)

    # Actions

    @Slot()
    def play_case(self) -> None:
        """Plays the segment, or stops it."""
        if self._case is not None:
            self._listener.toggle(self._case.segment, self._case.recording)

    @Slot()
    def decide_case(self) -> None:
        """Stores the decision and goes to the next open case; undo takes it back."""
        case, session = self._case, self._context.session
        if case is None or session is None or not self.can("decide_case"):
            return
        values = self.view.panel.values()
        missing = [self._scheme.item(name).title for name in case.divided if name not in values]
        if missing:
            text = tr("Still to be decided: {names}.", names=", ".join(missing))
            self._context.noticed.emit(text, "warning")
            return
        made = self._context.attempt(
            decide, session, segment_id=case.segment.id, scheme=self._scheme.name, values=values,
            adjudicator=self._adjudicator(), comment=self.view.comment.text().strip(),
        )  # fmt: skip
        if made is not None:
            self._sitting.add(case.segment.id)
            self._replace(replace(case, decision=made.values))
            self._show(self._next_open(case.segment.id), play=True)

    def _replace(self, case: Case) -> None:
        """Puts a changed case in place of itself at once; the queue is read again soon after."""
        cases = tuple(case if c.segment.id == case.segment.id else c for c in self._docket.cases)
        before = sum(c.decision is not None for c in self._docket.cases)
        more = sum(c.decision is not None for c in cases) - before
        self._docket = replace(self._docket, cases=cases, decided=self._docket.decided + more)

    @Slot()
    def withdraw_case(self) -> None:
        """Takes the decision on the case that is shown back."""
        case, session = self._case, self._context.session
        if case is not None and session is not None and self.can("withdraw_case"):
            self._context.attempt(withdraw_decision, session, case.segment.id, self._scheme.name)

    @Slot()
    def previous_case(self) -> None:
        """Shows the case before."""
        self._step(-1)

    @Slot()
    def next_case(self) -> None:
        """Shows the case after, decided or not."""
        self._step(1)

    def _step(self, by: int) -> None:
        cases = self._visible()
        place = next((n for n, c in enumerate(cases) if c is self._case), None)
        if place is not None and 0 <= place + by < len(cases):
            self._show(cases[place + by], play=True)

    @Slot()
    def _leave(self) -> None:
        self._listener.stop()
        self.left.emit()

    # Keys

    def event(self, event: QEvent) -> bool:
        # Space presses the button that has the focus before it plays.
        wanted = event.type() == QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Space
        if wanted and isinstance(QApplication.focusWidget(), QAbstractButton | QComboBox):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What no part of the page wanted goes to the instrument, wherever the focus is."""
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
        elif (
            self._case is None
            or isinstance(QApplication.focusWidget(), QLineEdit)
            or not self.view.panel.handle_key(event)
        ):
            super().keyPressEvent(event)
