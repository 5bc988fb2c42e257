"""The Agreement workspace: choose a scheme, see how far its raters agree, listen to where they do not, settle."""

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from annotator.app.agreement import RatedScheme
from annotator.app.consensus import ConsensusResult, SettledState
from annotator.app.session import Session
from annotator.domain.corpus import Rater
from annotator.domain.errors import AnnotatorError
from annotator.domain.scheme import Scheme
from annotator.domain.translation import tr, tr_n
from annotator.gui.agreement.cards import remark
from annotator.gui.agreement.consensus_card import ConsensusCard
from annotator.gui.agreement.item_list import ItemList
from annotator.gui.agreement.item_page import ItemPage
from annotator.gui.agreement.measure import Measured, Survey, measure, settle, survey
from annotator.gui.agreement.tiers_card import TiersDialog
from annotator.gui.context import Context
from annotator.gui.icons import set_icon
from annotator.gui.listening import Listener
from annotator.gui.task import Task
from annotator.gui.theme import GRID
from annotator.gui.widgets.empty_state import EmptyState
from annotator.gui.workspace import Workspace
from annotator.storage.rows import Kind

#: What the figures are computed from.
_BEHIND_FIGURES = frozenset({Kind.ANNOTATION, Kind.SEGMENT, Kind.RECORDING, Kind.RATER, Kind.SCHEME})
#: Several changes in a row are answered once, this many ms after the last.
_PAUSE = 250


class AgreementWorkspace(Workspace):
    """Everybody's answers, for the lead: shown only after a sentence has said so.

    The figures of a scheme are measured when it is first shown, and again when ratings have changed. What is
    measured is kept until then, so going between schemes is immediate.
    """

    name = "agreement"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._front = self._confirmed = self._looked = False
        self._survey: Survey | None = None
        self._measured: dict[str, Measured] = {}
        self._current: set[str] = set()  # schemes whose figures hold, or are being measured
        self._row: dict[str, int] = {}  # item chosen last, by scheme
        self._listener = Listener(context, self)
        self._surveying = Task(context, self, self._surveyed)
        self._measuring = Task(context, self, self._take_measured, self._not_measured, self._cancelled)
        self._settling = Task(context, self, self._settled)
        self._settling.ended.connect(self._tell_state)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_PAUSE)
        self._later.timeout.connect(self._refresh)
        self._build()
        context.session_changed.connect(self._forget)
        context.rater_changed.connect(self._ask_again)
        context.data_changed.connect(self._data_changed)

    # Widgets

    def _build(self) -> None:
        self._empty = EmptyState(
            "agreement",
            tr("No ratings yet"),
            tr(
                "When two or more annotators have rated the same segments in the Label workspace, or ratings have "
                "been imported, their agreement is measured here."
            ),
        )
        self.gate = EmptyState(
            "users",
            tr("Everybody's answers"),
            tr(
                "This page shows all raters' answers. Annotators should not see it before they have finished."
            ),
            tr("Show the agreement"),
        )
        self.gate.button.setAutoDefault(True)  # Enter presses it, too
        self.gate.acted.connect(self._confirm)
        self._stack = QStackedWidget()
        self._waiting = QWidget()
        self._results = self._build_results()
        for page in (self._waiting, self._empty, self.gate, self._results):
            self._stack.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)

    def _build_results(self) -> QWidget:
        self._splitter = QSplitter()
        self._splitter.setChildrenCollapsible(False)
        bar = self._build_bar()
        self._splitter.addWidget(self._build_left())
        self._splitter.addWidget(self._build_right())
        self._splitter.setStretchFactor(1, 1)
        results = QWidget()
        column = QVBoxLayout(results)
        column.setContentsMargins(0, GRID, 0, 0)
        column.setSpacing(GRID + GRID // 2)
        column.addLayout(bar)
        column.addWidget(self._splitter, 1)
        return results

    def _build_bar(self) -> QHBoxLayout:
        self.schemes = QComboBox()
        self.schemes.setAccessibleName(tr("Scheme"))
        self.schemes.setMinimumWidth(24 * GRID)
        self.schemes.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.schemes.currentIndexChanged.connect(self._choose_scheme)
        self._about = QLabel()
        self._about.setProperty("role", "muted")
        self._state = QLabel()
        self._state.setProperty("role", "muted")
        self.compute = QPushButton(tr("Compute"))
        self.compute.setToolTip(tr("Compute agreement ({key})", key="F5"))
        set_icon(self.compute, "agreement")
        self.compute.clicked.connect(self.compute_agreement)
        self.tiers = QPushButton(tr("Compare segmentations..."))
        self.tiers.clicked.connect(self.compare_tiers)
        bar = QHBoxLayout()
        bar.setContentsMargins(2 * GRID, GRID, 2 * GRID, 0)
        bar.setSpacing(GRID + GRID // 2)
        bar.addWidget(self.schemes)
        bar.addWidget(self._about, 1)
        bar.addWidget(self._state)
        bar.addWidget(self.tiers)
        bar.addWidget(self.compute)
        return bar

    def _build_left(self) -> QWidget:
        self.items = ItemList(name=tr("Items"))
        self.items.chosen.connect(self._choose_item)
        self.consensus = ConsensusCard()
        self.consensus.settle_asked.connect(self.settle_consensus)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(2 * GRID, 0, GRID, 2 * GRID)
        column.setSpacing(GRID)
        column.addWidget(self.items, 1000)  # all the room it can use, before the stretch has any
        column.addWidget(
            remark(
                tr(
                    "Krippendorff's alpha with its 95 % interval. Names of bands: Landis & Koch 1977, a convention."
                )
            )
        )
        column.addWidget(self.consensus)
        column.addStretch(1)
        return left

    def _build_right(self) -> QWidget:
        self.page = ItemPage(self._listener)
        self.page.segment_wanted.connect(self.context.segment_wanted)
        self._message = QLabel()
        self._message.setProperty("role", "muted")
        self._message.setWordWrap(True)
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._right = QStackedWidget()
        self._right.addWidget(self._message)
        self._right.addWidget(self.page)
        return self._right

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The list gives way in a narrow window."""
        super().resizeEvent(event)
        width = event.size().width()
        if width != event.oldSize().width():
            side = min(54 * GRID, round(0.29 * width))
            self._splitter.setSizes([side, width - side])

    # The window's side

    def enter(self) -> None:
        self._front = True
        self._refresh()

    def leave(self) -> None:
        self._front = False
        self._listener.stop()

    def can(self, action: str) -> bool:
        if action == "compare_tiers":
            return self.context.session is not None
        if not self._confirmed or self._scheme() is None:
            return False
        if action == "settle_consensus":
            return self._may_settle()
        return not self._measuring.running

    @property
    def busy(self) -> bool:
        """Whether something is being looked for, measured or settled."""
        tasks = (self._surveying, self._measuring, self._settling)
        return self._later.isActive() or any(task.running for task in tasks)

    @Slot(object)
    def _forget(self, _session: Session | None) -> None:
        self._later.stop()
        self._confirmed = self._looked = False
        self._survey = None
        self._measured.clear()
        self._current.clear()
        self._row.clear()
        self._stack.setCurrentWidget(self._waiting)
        if self._front:
            self._later.start()

    @Slot(object)
    def _ask_again(self, _rater: Rater | None) -> None:
        """Another person sits down: the page is closed to them until they say they may see it."""
        self._confirmed = False
        self._show()

    @Slot(object)
    def _data_changed(self, changed: frozenset[Kind]) -> None:
        if changed & (_BEHIND_FIGURES | {Kind.CONSENSUS}):
            self._looked = False
            if changed & _BEHIND_FIGURES:
                self._current.clear()
            if self._front:
                self._later.start()

    # Looking and measuring

    @Slot()
    def _refresh(self) -> None:
        """Brings everything up to date, one job after another."""
        session = self.context.session
        if session is None or not self._front or self._surveying.running:
            return
        if not self._looked:
            self._looked = True
            self._surveying.start(tr("Looking for ratings"), survey(session), quiet=True)
            return
        scheme = self._scheme()
        if self._confirmed and not self._measuring.running and scheme and scheme.name not in self._current:
            self._measure(session, scheme)
        self._show()

    @Slot(object)
    def _surveyed(self, found: Survey) -> None:
        self._survey = found
        self._list_schemes([entry.scheme for entry in found.rated])
        self._refresh()

    def _list_schemes(self, schemes: list[Scheme]) -> None:
        chosen = self.schemes.currentData()
        self.schemes.blockSignals(True)
        self.schemes.clear()
        for scheme in schemes:
            self.schemes.addItem(scheme.title, scheme.name)
        self.schemes.setCurrentIndex(max(0, self.schemes.findData(chosen)) if schemes else -1)
        self.schemes.blockSignals(False)

    def _measure(self, session: Session, scheme: Scheme) -> None:
        self._current.add(scheme.name)
        self._message.setText(tr("Measuring agreement..."))
        title = tr("Measuring agreement on {scheme}", scheme=scheme.title)
        self._measuring.start(title, measure(session, scheme.name))

    @Slot(object)
    def _take_measured(self, found: Measured) -> None:
        self._measured[found.agreement.scheme.name] = found
        self._refresh()

    @Slot(object)
    def _not_measured(self, error: AnnotatorError) -> None:
        self._message.setText(str(error))
        self.context.report(error)
        self._refresh()

    @Slot()
    def _cancelled(self) -> None:
        self._message.setText(tr("Not measured. Press F5 to measure the agreement."))
        self._refresh()

    # Showing

    def _entry(self) -> RatedScheme | None:
        rated = self._survey.rated if self._survey else ()
        return next((entry for entry in rated if entry.scheme.name == self.schemes.currentData()), None)

    def _scheme(self) -> Scheme | None:
        entry = self._entry()
        return entry.scheme if entry else None

    def _show(self) -> None:
        if self._survey is None:
            return
        entry = self._entry()
        if entry is None:
            self._stack.setCurrentWidget(self._empty)
        elif not self._confirmed:
            self._listener.stop()
            self._stack.setCurrentWidget(self.gate)
            if self._front:
                self.gate.button.setFocus()
        else:
            self._stack.setCurrentWidget(self._results)
            self._show_scheme(entry, self._survey.settled)
        self._tell_state()

    def _show_scheme(self, entry: RatedScheme, settled: tuple[SettledState, ...]) -> None:
        self._about.setText(
            tr_n("{raters} raters, {n} segment, {ratings} ratings", "{raters} raters, {n} segments, {ratings} ratings",
                 entry.segments, raters=entry.raters, ratings=entry.ratings)
        )  # fmt: skip
        self.consensus.show_scheme(entry.scheme, settled)
        measured = self._measured.get(entry.scheme.name)
        if measured is None:
            self.items.clear()
            self._right.setCurrentWidget(self._message)
        elif measured is not self.page.measured:
            scheme, reports = measured.agreement.scheme, measured.agreement.items
            row = min(self._row.get(scheme.name, 0), len(reports) - 1)
            self.items.show_items([scheme.item(report.item).title for report in reports], reports, row)
            self.page.show_item(measured, row)
            self._right.setCurrentWidget(self.page)
        else:
            self._right.setCurrentWidget(self.page)

    @Slot()
    def _tell_state(self) -> None:
        self._state.setText(tr("Measuring...") if self._measuring.running else "")
        self.compute.setEnabled(not self._measuring.running)
        self.consensus.button.setEnabled(self._may_settle())
        self.availability_changed.emit()

    def _may_settle(self) -> bool:
        session = self.context.session
        ready = self._confirmed and not self._settling.running and self._scheme() is not None
        return ready and session is not None and session.writable

    @Slot(int)
    def _choose_scheme(self, _index: int) -> None:
        self._listener.stop()
        self._refresh()

    @Slot(int)
    def _choose_item(self, row: int) -> None:
        measured = self._measured.get(self.schemes.currentData())
        if measured is not None:
            self._listener.stop()
            self._row[measured.agreement.scheme.name] = row
            self.page.show_item(measured, row)

    # Actions

    @Slot()
    def _confirm(self) -> None:
        self._confirmed = True
        self._refresh()
        self.items.setFocus()

    @Slot()
    def compute_agreement(self) -> None:
        """Measures the scheme that is shown again."""
        scheme, session = self._scheme(), self.context.session
        if scheme is not None and session is not None and self.can("compute_agreement"):
            self._measure(session, scheme)
            self._tell_state()

    @Slot()
    def compare_tiers(self) -> None:
        """Compares two segmentations, which needs no ratings."""
        if self.can("compare_tiers"):
            dialog = TiersDialog(self.context, self)
            dialog.exec()
            dialog.deleteLater()

    @Slot()
    def settle_consensus(self) -> None:
        """Settles the scheme that is shown by the chosen method; undo takes it back."""
        scheme, session = self._scheme(), self.context.session
        if scheme is not None and session is not None and self._may_settle():
            title = tr("Settling a consensus of {scheme}", scheme=scheme.title)
            self._settling.start(title, settle(session, scheme.name, self.consensus.method.currentData()))
            self._tell_state()

    @Slot(object)
    def _settled(self, result: ConsensusResult) -> None:
        self.context.noticed.emit(
            tr_n(
                "Settled {n} segment: {ties} with a tie, {undecided} left undecided.",
                "Settled {n} segments: {ties} with a tie, {undecided} left undecided.",
                result.segments, ties=result.ties, undecided=result.undecided,
            ),
            "warning" if result.undecided else "positive",
        )  # fmt: skip
