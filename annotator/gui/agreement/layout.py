"""What the Agreement workspace is made of: its pages, and who hears whom."""

from PySide6.QtWidgets import QMenu, QStackedWidget, QVBoxLayout

from annotator.domain.translation import tr
from annotator.gui.agreement.adjudication import AdjudicationPage
from annotator.gui.agreement.consent import Consent
from annotator.gui.agreement.results import ResultsPage
from annotator.gui.agreement.tracing import Tracing
from annotator.gui.widgets.empty_state import EmptyState
from annotator.gui.widgets.waiting import WaitingPage


class AgreementLayout:
    """Builds and wires the pages of an `AgreementWorkspace`, which does what the signals ask for."""

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
        self._waiting = WaitingPage(tr("Reading the ratings..."))
        self._results = ResultsPage(self._listener)
        self.schemes, self.items, self.page = self._results.schemes, self._results.items, self._results.page
        self._tracing = Tracing(self.context, self.page, self)
        self.compute, self.consensus = self._results.compute, self._results.consensus
        self._results.scheme_chosen.connect(self._refresh)
        self.compute.clicked.connect(self.compute_agreement)
        self.consensus.settle_asked.connect(self.settle_consensus)
        self.consensus.decide_asked.connect(self.adjudicate)
        self.page.segment_wanted.connect(self.context.segment_wanted)
        self.page.focus_changed.connect(self._look)
        self._results.derive.clicked.connect(self.derive_items)
        self._results.tiers.clicked.connect(self.compare_tiers)
        menu = QMenu(self)
        for title, slot in (
            (tr("Page for the browser..."), self.report_page),
            (tr("Tables (CSV)..."), self.report_tables),
        ):
            menu.addAction(title).triggered.connect(slot)
        self._results.report.setMenu(menu)
        self.consent = Consent()
        self.consent.given.connect(self._agree_to_decide)
        self.consent.declined.connect(self._show_figures)
        self.court = AdjudicationPage(self.context, self._listener)
        for action in AdjudicationPage.ACTIONS:  # the window asks the workspace for them
            setattr(self, action, getattr(self.court, action))
        self.court.left.connect(self._show_figures)
        self.court.who_asked.connect(self._ask_who)
        self.court.availability_changed.connect(self.availability_changed)
        for page in (self._waiting, self._empty, self.gate, self._results, self.consent, self.court):
            self._stack.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
