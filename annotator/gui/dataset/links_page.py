"""Recordings that sound nearly the same: found by listening to all of them, heard side by side, judged by a person."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from annotator.app.links import Links, find_links, judge_link
from annotator.domain.errors import AnnotatorError
from annotator.domain.timeline import clock
from annotator.domain.translation import tr, tr_n
from annotator.gui.context import Context
from annotator.gui.dataset.flow import FlowLayout
from annotator.gui.dataset.reading import LinkEnds, LinkList, read_links
from annotator.gui.dataset.sheet import Sheet
from annotator.gui.icons import set_icon
from annotator.gui.listening import ListenButton, Listener
from annotator.gui.task import Task
from annotator.gui.theme import GRID
from annotator.gui.widgets.card import Card
from annotator.gui.widgets.remark import remark, say
from annotator.gui.widgets.row_list import Row, RowList

#: Links listed at a time.
_SHOWN = 50


class _ReasonField(QLineEdit):
    """Keeps Enter to itself: on the row it would play the first side. Escape gives up."""

    given_up = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        super().keyPressEvent(event)
        if event.key() == Qt.Key.Key_Escape:
            self.given_up.emit()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            event.accept()


class LinkRow(Row):
    """Two recordings: A and B play what they share, Y accepts, N asks for a reason to dismiss, U takes it back."""

    judged = Signal(str, str)  # verdict, reason

    def __init__(
        self, ends: LinkEnds, listener: Listener, *, writable: bool, parent: QWidget | None = None
    ) -> None:
        self.link = ends.link
        percent = round(100 * ends.link.score)
        text = tr("{a} and {b}", a=ends.a.name, b=ends.b.name)
        self._verdict = {
            "found": tr("not judged yet: ties both"),
            "accepted": tr("accepted: ties both"),
            "dismissed": tr("dismissed: ties nothing"),
        }[ends.link.verdict]
        super().__init__(f"{text}, {percent} %, {self._verdict}", parent)
        name = QLabel(text)
        name.setWordWrap(True)
        state = QLabel(tr("{percent} % alike, {verdict}", percent=percent, verdict=self._verdict))
        role = {"found": "warning", "accepted": "positive", "dismissed": "muted"}[ends.link.verdict]
        state.setProperty("role", role)
        self.players = [
            ListenButton(
                listener, segment, recording, _label(letter, recording.name, segment.start, segment.end, rate)
            )
            for letter, (segment, recording) in zip("AB", ends.stretches, strict=True)
            for rate in (recording.sample_rate,)
        ]
        self.accept = _button(tr("Same sound"), tr("Accept the link (Y)"), "check", writable)
        self.dismiss = _button(
            tr("Not the same..."), tr("Dismiss the link with a reason (N)"), "close", writable
        )
        self.back = _button(tr("Take back"), tr("Nobody has judged the link (U)"), "undo", writable)
        self.accept.clicked.connect(self._accept)
        self.dismiss.clicked.connect(self._ask_reason)
        self.back.clicked.connect(self._take_back)
        shown = {"found": (self.accept, self.dismiss), "accepted": (self.dismiss, self.back),
                 "dismissed": (self.accept, self.back)}[ends.link.verdict]  # fmt: skip
        for button in (self.accept, self.dismiss, self.back):
            if button not in shown:
                button.hide()
        self.keys = {Qt.Key.Key_A: self.players[0], Qt.Key.Key_B: self.players[1]}
        for key, button in (
            (Qt.Key.Key_Y, self.accept),
            (Qt.Key.Key_N, self.dismiss),
            (Qt.Key.Key_U, self.back),
        ):
            if button in shown:
                self.keys[key] = button
        self.opened.connect(self.players[0].toggle)
        self.reason = _ReasonField()
        self.reason.setAccessibleName(tr("Why the two are not the same sound"))
        self.reason.setPlaceholderText(tr("Why are they not the same? The reason is kept; Enter dismisses."))
        self.reason.returnPressed.connect(self._dismiss)
        self.reason.given_up.connect(self._give_up)
        self.reason.hide()
        buttons = QWidget()
        flow = FlowLayout(buttons, gap=GRID // 2)
        for widget in (*self.players, *shown):
            flow.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, GRID, GRID, GRID)
        column.setSpacing(GRID // 2)
        for widget in (name, state, remark(ends.link.reason), buttons, self.reason):
            column.addWidget(widget)

    @Slot()
    def _accept(self) -> None:
        self.judged.emit("accepted", "")

    @Slot()
    def _take_back(self) -> None:
        self.judged.emit("found", "")

    @Slot()
    def _ask_reason(self) -> None:
        self.reason.show()
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _dismiss(self) -> None:
        if self.reason.text().strip():
            self.judged.emit("dismissed", self.reason.text().strip())

    @Slot()
    def _give_up(self) -> None:
        self.reason.hide()
        self.setFocus(Qt.FocusReason.OtherFocusReason)


class LinksPage(QScrollArea):
    """The links of the corpus, and the search for them."""

    changed = Signal()

    def __init__(self, context: Context, listener: Listener, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._context, self._listener = context, listener
        self._read: LinkList | None = None
        self._said = ""
        self._reading = Task(context, self, self._show)
        self._finding = Task(context, self, self._found)
        self._finding.ended.connect(self._tell_state)
        self.card = Card(
            tr("Nearly the same sound"),
            tr(
                "Copies in another format, excerpts, overlapping windows, the same song twice. What is linked here "
                "stays together in every split made from now on; splits that are there are audited by it."
            ),
        )
        self.button = QPushButton(tr("Find links"))
        self.button.setToolTip(tr("Listen to all recordings and compare them; verdicts stay"))
        set_icon(self.button, "search")
        self.button.clicked.connect(self.find)
        self.card.add_action(self.button)
        self.state = remark(role="muted")
        self._keys = remark(tr("A and B play the two sides, Y accepts, N dismisses, U takes a verdict back."))
        self.list = RowList(name=tr("Links"))
        self._more = QPushButton()
        self._more.clicked.connect(self._show_more)
        for widget in (self.state, self._keys, self.list, self._more):
            self.card.body.addWidget(widget)
        inner = Sheet()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 2 * GRID, 2 * GRID)
        column.addWidget(self.card)
        column.addStretch(1)
        self.setWidget(inner)
        self.forget()

    @property
    def busy(self) -> bool:
        """Whether links are being read or looked for."""
        return self._reading.running or self._finding.running

    def forget(self) -> None:
        """Another corpus."""
        self._read, self._said = None, ""
        self.list.set_rows(())
        self._keys.hide()
        self._more.hide()
        say(self.state, "")

    def refresh(self) -> None:
        """Reads the links again."""
        session = self._context.session
        if session is not None and not self._reading.running:
            self._reading.start(tr("Reading links"), read_links(session), quiet=True)

    @Slot()
    def find(self) -> None:
        """Looks for links, as a job that can be cancelled."""
        session = self._context.session
        if session is not None and not self._finding.running:
            self._finding.start(tr("Looking for near-duplicates"), find_links(session))
            self._tell_state()

    @Slot()
    def _tell_state(self) -> None:
        running = self._finding.running
        self.button.setEnabled(not running and (self._read is None or self._read.writable))
        if running:
            say(self.state, tr("Listening to all recordings..."))
        elif self._read is not None:
            self._say()

    @Slot(object)
    def _found(self, links: Links) -> None:
        self._said = tr_n("{n} link is new.", "{n} links are new.", links.new)
        if links.gone:
            self._said += " " + tr_n("{n} is gone.", "{n} are gone.", links.gone)
        if links.unheard:
            self._said += " " + tr_n(
                "{n} recording could not be heard: its file is not there.",
                "{n} recordings could not be heard: their files are not there.",
                links.unheard,
            )
        self.refresh()

    @Slot(object)
    def _show(self, read: LinkList) -> None:
        at = self.list.rows.index(self.list.current) if self.list.current is not None else 0
        had_focus = self.list.isAncestorOf(self.focusWidget()) if self.focusWidget() is not None else False
        self._read = read
        self.list.set_rows(())
        self._add(max(_SHOWN, at + 1))
        self._keys.setVisible(bool(read.links))
        if had_focus and self.list.rows:
            self.list.rows[min(at, len(self.list.rows) - 1)].setFocus(Qt.FocusReason.OtherFocusReason)
        self._tell_state()

    def _say(self) -> None:
        links = self._read.links
        if not links:
            told = tr_n(
                "No links among {n} recording.", "No links among {n} recordings.", self._read.recordings
            )
            say(
                self.state,
                f"{self._said} {told}".strip() if self._said else tr("No links are known. Find them first."),
            )
            return
        waiting = sum(ends.link.verdict == "found" for ends in links)
        told = tr_n("{n} link", "{n} links", len(links)) + ". "
        told += (
            tr_n("{n} waits for your ears.", "{n} wait for your ears.", waiting)
            if waiting
            else tr("All are judged.")
        )
        say(self.state, f"{self._said} {told}".strip())

    def _add(self, n: int) -> None:
        shown = len(self.list.rows)
        rows = [
            LinkRow(ends, self._listener, writable=self._read.writable)
            for ends in self._read.links[shown : shown + n]
        ]
        for row in rows:
            row.judged.connect(self._judge)
        self.list.add_rows(rows)
        left = len(self._read.links) - len(self.list.rows)
        self._more.setVisible(left > 0)
        self._more.setText(tr_n("Show {n} more link", "Show {n} more links", min(left, _SHOWN)))

    @Slot()
    def _show_more(self) -> None:
        self._add(_SHOWN)

    @Slot(str, str)
    def _judge(self, verdict: str, reason: str) -> None:
        row, session = self.sender(), self._context.session
        if session is None:
            return
        self._listener.stop()
        try:
            judge_link(session, row.link.id, verdict, reason)
        except AnnotatorError as error:
            self._context.report(error)


def _label(letter: str, name: str, start: int, end: int, rate: int) -> str:
    return f"{letter}  {name}  {clock(start / rate, 0)}–{clock(end / rate, 0)}"


def _button(text: str, tip: str, icon: str, enabled: bool) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setEnabled(enabled)
    set_icon(button, icon)
    return button
