"""The Agreement workspace: choose a scheme, see how far its raters agree, listen to where they do not, settle."""

from dataclasses import replace

from PySide6.QtCore import QElapsedTimer, QTimer, Slot
from PySide6.QtWidgets import QWidget

from annotator.app.agreement import RatedScheme
from annotator.app.consensus import ConsensusResult
from annotator.app.focus import Focus
from annotator.app.raters import RaterBook
from annotator.app.session import Session
from annotator.domain.corpus import Rater
from annotator.domain.errors import AnnotatorError
from annotator.domain.scheme import Scheme
from annotator.domain.translation import tr, tr_n
from annotator.gui.agreement.adjudication import AdjudicationPage
from annotator.gui.agreement.derive import DeriveDialog
from annotator.gui.agreement.layout import AgreementLayout
from annotator.gui.agreement.measure import (
    Derivation,
    Look,
    Measured,
    Survey,
    look,
    measure,
    read_book,
    settle,
    survey,
)
from annotator.gui.agreement.reporting import Reporter
from annotator.gui.agreement.tiers_card import TiersDialog
from annotator.gui.context import Context
from annotator.gui.listening import Listener
from annotator.gui.task import Task
from annotator.gui.workspace import Workspace
from annotator.storage.rows import Kind

#: What the figures are computed from.
_BEHIND_FIGURES = frozenset({Kind.ANNOTATION, Kind.SEGMENT, Kind.RECORDING, Kind.RATER, Kind.SCHEME})
#: Changes are gathered for so many ms at least, and for twice as long as measuring took, up to the longest.
_PAUSE = 250
_LONGEST_PAUSE = 20_000


class AgreementWorkspace(AgreementLayout, Workspace):
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
        self._listener = Listener(context, self)
        self._surveying = Task(context, self, self._surveyed)
        self._measuring = Task(context, self, self._take_measured, self._not_measured, self._cancelled)
        self._made: dict[str, Derivation] = {}  # items made from others, by scheme
        self._books: dict[str, RaterBook] = {}
        self._booking = Task(context, self, self._take_book)
        self._looking = Task(context, self, self._take_look)
        self._reporter = Reporter(context, self)
        self._settling = Task(context, self, self._settled)
        self._settling.ended.connect(self._tell_state)
        self._clock = QElapsedTimer()
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_PAUSE)
        self._later.timeout.connect(self._refresh)
        self._build()
        context.session_changed.connect(self._forget)
        context.rater_changed.connect(self._ask_again)
        context.data_changed.connect(self._data_changed)

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
        if action in AdjudicationPage.ACTIONS:
            return self._deciding and self.court.can(action)
        if action == "adjudicate":
            return not self._deciding
        if action == "derive_items" and not any(item.numeric for item in self._scheme().measured().items):
            return False
        if action in ("report_page", "report_tables", "derive_items"):
            return self._scheme().name in self._measured and not self._deciding
        if action == "settle_consensus":
            return self._may_settle()
        return not self._measuring.running

    @property
    def busy(self) -> bool:
        """Whether something is being looked for, measured or settled."""
        tasks = (
            self._surveying, self._measuring, self._settling, self._booking, self._looking,
        )  # fmt: skip
        return (
            self._later.isActive()
            or self.court.busy
            or self._reporter.busy
            or self._tracing.busy
            or any(task.running for task in tasks)
        )

    @property
    def _deciding(self) -> bool:
        return self._stack.currentWidget() in (self.consent, self.court)

    @Slot(object)
    def _forget(self, _session: Session | None) -> None:
        self._later.stop()
        self._later.setInterval(_PAUSE)
        self._confirmed = self._looked = False
        self._survey = None
        self._measured.clear()
        self._books.clear()
        self._made.clear()
        self._current.clear()
        self._results.forget()
        self.court.forget()
        self._stack.setCurrentWidget(self._waiting)
        if self._front:
            self._later.start()

    @Slot(object)
    def _ask_again(self, _rater: Rater | None) -> None:
        """Another person sits down: the page is closed to them until they say they may see it."""
        self._confirmed = False
        self._stack.setCurrentWidget(self._waiting)
        self._show()

    @Slot(object)
    def _data_changed(self, changed: frozenset[Kind]) -> None:
        if changed & (_BEHIND_FIGURES | {Kind.CONSENSUS}):
            self._looked = False
            if changed & _BEHIND_FIGURES:
                self._current.clear()
            if self._front and not self._later.isActive():
                self._later.start()  # not put off by what comes next: figures follow while ratings come in

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
        if self._stack.currentWidget() is self.court:
            self.court.refresh()
            return  # the figures wait until they are looked at again
        if self._confirmed and not self._measuring.running and scheme and scheme.name not in self._current:
            self._measure(session, scheme)
        self._show()

    @Slot(object)
    def _surveyed(self, found: Survey) -> None:
        self._survey = found
        self._results.list_schemes([entry.scheme for entry in found.rated])
        self._refresh()

    def _measure(self, session: Session, scheme: Scheme) -> None:
        self._current.add(scheme.name)
        self._results.message.setText(tr("Measuring agreement..."))
        title = tr("Measuring agreement on {scheme}", scheme=scheme.title)
        job = measure(session, scheme.name, self._made.get(scheme.name, Derivation()))
        # What follows ratings as they come in does so without a word.
        self._measuring.start(title, job, quiet=scheme.name in self._measured)
        self._clock.start()

    @Slot(object)
    def _take_measured(self, found: Measured) -> None:
        name = found.agreement.scheme.name
        self._measured[name] = found
        self._later.setInterval(max(_PAUSE, min(2 * self._clock.elapsed(), _LONGEST_PAUSE)))
        if self.context.session is not None:
            job = read_book(self.context.session, name)
            self._booking.start(tr("Looking at how raters work"), job, quiet=True)
            self._tracing.measure(self.context.session, name)
        if name == self.schemes.currentData() and name not in self._current:
            self._show()  # ratings came in meanwhile: measured again, after a pause
            self._later.start()
        else:
            self._refresh()

    @Slot(object)
    def _take_book(self, found: tuple[str, RaterBook]) -> None:
        name, self._books[found[0]] = found
        if self.page.measured is not None and self.page.measured.agreement.scheme.name == name:
            self.page.show_book(self._books[name])

    @Slot(object)
    def _look(self, focus: Focus) -> None:
        session, measured = self.context.session, self.page.measured
        if session is not None and measured is not None:
            job = look(session, measured, self._results.row, focus)
            self._looking.start(tr("Looking for segments"), job, quiet=True)

    @Slot(object)
    def _take_look(self, found: Look) -> None:
        self.page.show_look(found)

    @Slot(object)
    def _not_measured(self, error: AnnotatorError) -> None:
        self._results.message.setText(str(error))
        self.context.report(error)
        self._refresh()

    @Slot()
    def _cancelled(self) -> None:
        self._results.message.setText(tr("Not measured. Press F5 to measure the agreement."))
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
        elif not self._deciding:
            self._stack.setCurrentWidget(self._results)
            self.page.use_book(self._books.get(entry.scheme.name))
            self.page.use_traces(self._tracing.of(entry.scheme.name))
            self._results.show_scheme(entry, self._survey.settled, self._measured.get(entry.scheme.name))
        self._tell_state()

    @Slot()
    def _tell_state(self) -> None:
        self._results.state.setText(tr("Measuring...") if self._measuring.running else "")
        self.compute.setEnabled(not self._measuring.running)
        self._results.derive.setEnabled(self.can("derive_items"))
        self.consensus.button.setEnabled(self._may_settle())
        self.availability_changed.emit()

    def _may_settle(self) -> bool:
        session = self.context.session
        ready = self._confirmed and not self._settling.running and self._scheme() is not None
        return ready and session is not None and session.writable

    # Actions

    @Slot()
    def _confirm(self) -> None:
        self._confirmed = True
        self._refresh()
        self.items.setFocus()

    @Slot()
    def adjudicate(self) -> None:
        """Opens the queue of segments to decide on; what that means is said, and asked, once for each corpus."""
        scheme, session = self._scheme(), self.context.session
        if scheme is None or session is None or not self.can("adjudicate"):
            return
        self._listener.stop()
        if str(session.folder) in self.context.settings.adjudicators:
            self._stack.setCurrentWidget(self.court)
            self.court.open(scheme)
        else:
            self._ask_who()
        self.availability_changed.emit()

    @Slot()
    def _ask_who(self) -> None:
        self._listener.stop()
        self._stack.setCurrentWidget(self.consent)
        self.consent.ask(self.context.rater.name if self.context.rater else "")

    @Slot(str)
    def _agree_to_decide(self, name: str) -> None:
        settings, folder = self.context.settings, str(self.context.session.folder)
        self.context.update_settings(replace(settings, adjudicators={**settings.adjudicators, folder: name}))
        self._show_figures()
        self.adjudicate()

    @Slot()
    def _show_figures(self) -> None:
        self._stack.setCurrentWidget(self._results)
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
    def derive_items(self) -> None:
        """Asks where scales are to be cut and how wide the neutral band is, and measures."""
        scheme, session = self._scheme(), self.context.session
        if scheme is None or session is None or not self.can("derive_items"):
            return
        dialog = DeriveDialog(self, scheme, self._made.get(scheme.name, Derivation()))
        if dialog.exec():
            self._made[scheme.name] = dialog.result_wanted
            self._measure(session, scheme)
            self._tell_state()

    @Slot()
    def report_page(self) -> None:
        """Writes the report of the scheme that is shown as one page, for the browser."""
        if self.can("report_page"):
            self._reporter.page(self._measured[self._scheme().name])

    @Slot()
    def report_tables(self) -> None:
        """Writes the figures of the scheme that is shown as CSV tables."""
        if self.can("report_tables"):
            self._reporter.tables(self._measured[self._scheme().name])

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
