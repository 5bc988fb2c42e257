"""The Dataset workspace: what is settled, splits without leaks, their audit, and the export."""

from pathlib import Path

from PySide6.QtCore import Qt, QTimer, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from annotator.app.session import Session
from annotator.app.split import SplitReport, SplitResult, make_split
from annotator.domain.errors import AnnotatorError
from annotator.domain.timeline import clock
from annotator.domain.translation import tr, tr_n
from annotator.exchange.bundle import ExportResult
from annotator.gui.context import Context
from annotator.gui.dataset.export_dialog import ExportDialog, ExportRequest
from annotator.gui.dataset.export_fields import reason_in_words
from annotator.gui.dataset.reading import (
    Audited,
    Facts,
    GroupCount,
    audit,
    look,
    read_facts,
    read_groups,
)
from annotator.gui.dataset.settled_card import SettledCard
from annotator.gui.dataset.split_form import SplitForm
from annotator.gui.dataset.splits_panel import SplitsPanel
from annotator.gui.icons import set_icon
from annotator.gui.listening import Listener
from annotator.gui.task import Task
from annotator.gui.theme import GRID
from annotator.gui.widgets.banner import Banner
from annotator.gui.widgets.empty_state import EmptyState
from annotator.gui.workspace import Workspace
from annotator.storage.rows import Kind

#: What splits and their audit depend on.
_BEHIND_SPLITS = frozenset(
    {Kind.RECORDING, Kind.TIER, Kind.SEGMENT, Kind.ANNOTATION, Kind.CONSENSUS, Kind.SPLIT}
)
#: Several changes in a row are answered once, this many ms after the last.
_PAUSE = 200


class DatasetWorkspace(Workspace):
    """At the left the form for a new split, at the right the splits that there are."""

    name = "dataset"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._front = False
        self._facts: Facts | None = None
        self._looked = False
        self._audits: dict[str, Audited] = {}
        self._wanted: str | None = None  # a split that is to be chosen once it is listed
        self._exported: Path | None = None
        self._listener = Listener(context, self)
        self._reading = Task(context, self, self._show_facts)
        self._counting = Task(context, self, self._show_groups, self._not_counted)
        self._looking = Task(context, self, self._show_split)
        self._auditing = Task(context, self, self._show_audit, self._not_audited, self._audit_cancelled)
        self._making = Task(context, self, self._made, self._not_made)
        self._exporting = Task(context, self, self._show_export)
        for task in (self._making, self._exporting, self._auditing):
            task.ended.connect(self._tell_state)
        self._later = _timer(self, self._refresh)
        self._count_later = _timer(self, self._count_groups)
        self._build()
        context.session_changed.connect(self._forget)
        context.data_changed.connect(self._data_changed)

    # Widgets

    def _build(self) -> None:
        self._empty = EmptyState(
            "dataset",
            tr("Nothing to split yet"),
            tr(
                "Add audio and cut it into segments first. Splits, their audit and the export then start from here."
            ),
        )
        self._waiting = QWidget()
        self._stack = QStackedWidget()
        for page in (self._waiting, self._empty, self._build_page()):
            self._stack.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)

    def _build_page(self) -> QWidget:
        self._page = QWidget()
        self._about = QLabel()
        self._about.setProperty("role", "muted")
        self.export_button = QPushButton(tr("Export..."))
        self.export_button.setToolTip(tr("Export ({key})", key="Ctrl+Shift+E"))
        set_icon(self.export_button, "export")
        self.export_button.clicked.connect(self.export)
        bar = QHBoxLayout()
        bar.setContentsMargins(2 * GRID, GRID, 2 * GRID, 0)
        bar.setSpacing(GRID + GRID // 2)
        bar.addWidget(self._about, 1)
        bar.addWidget(self.export_button)
        self._splitter = QSplitter()
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(self._build_left())
        self.splits = SplitsPanel(self._listener)
        self.splits.chosen_changed.connect(self._choose_split)
        self.page = self.splits.page
        self.page.audit.audit_asked.connect(self.audit_split)
        self._splitter.addWidget(self.splits)
        self._splitter.setStretchFactor(1, 1)
        column = QVBoxLayout(self._page)
        column.setContentsMargins(0, GRID, 0, 0)
        column.setSpacing(GRID + GRID // 2)
        column.addLayout(bar)
        column.addWidget(self._splitter, 1)
        return self._page

    def _build_left(self) -> QWidget:
        self.settled = SettledCard()
        self.form = SplitForm()
        self.form.make_asked.connect(self.make_split)
        self.form.groups_asked.connect(self._count_later.start)
        self.form.changed.connect(self.availability_changed)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(2 * GRID, 0, GRID, 2 * GRID)
        column.setSpacing(2 * GRID)
        column.addWidget(self.form)
        column.addWidget(self.settled)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        scroll.setMinimumWidth(43 * GRID)
        return scroll

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The form gives way in a narrow window."""
        super().resizeEvent(event)
        width = event.size().width()
        if width != event.oldSize().width():
            side = min(54 * GRID, round(0.38 * width))
            self._splitter.setSizes([side, width - side])

    # The window's side

    def enter(self) -> None:
        self._front = True
        self._refresh()

    def leave(self) -> None:
        self._front = False
        self._listener.stop()

    def can(self, action: str) -> bool:
        if self._facts is None or self.context.session is None or not self._facts.info.segments:
            return False
        if action == "make_split":
            return self.form.ready
        if action == "audit_split":
            return self.splits.chosen is not None and not self._auditing.running
        return not self._exporting.running

    @property
    def busy(self) -> bool:
        """Whether something is being read, made, audited or exported."""
        tasks = (self._reading, self._counting, self._looking, self._auditing, self._making, self._exporting)
        timers = (self._later, self._count_later)
        return any(task.running for task in tasks) or any(timer.isActive() for timer in timers)

    @Slot(object)
    def _forget(self, _session: Session | None) -> None:
        self._later.stop()
        self._count_later.stop()
        self._facts = self._wanted = self._exported = None
        self._looked = False
        self._audits.clear()
        self.form.forget()
        self._count_later.stop()
        self._list_splits([])
        self.splits.show_banner(None)
        self._stack.setCurrentWidget(self._waiting)
        if self._front:
            self._later.start()

    @Slot(object)
    def _data_changed(self, changed: frozenset[Kind]) -> None:
        if changed & _BEHIND_SPLITS:
            self._looked = False
            self._audits.clear()
            if self._front:
                self._later.start()

    # Reading

    @Slot()
    def _refresh(self) -> None:
        session = self.context.session
        if session is None or not self._front or self._reading.running or self._looked:
            return
        self._looked = True
        self._reading.start(tr("Counting"), read_facts(session), quiet=True)

    @Slot(object)
    def _show_facts(self, facts: Facts) -> None:
        self._facts = facts
        info = facts.info
        self._about.setText(
            tr(
                "{recordings}, {segments}, {ratings}, {time}",
                recordings=tr_n("{n} recording", "{n} recordings", info.recordings),
                segments=tr_n("{n} segment", "{n} segments", info.segments),
                ratings=tr_n("{n} rating", "{n} ratings", info.annotations),
                time=clock(info.duration_seconds, 0),
            )
        )
        self._stack.setCurrentWidget(self._page if info.segments else self._empty)
        self.settled.show_facts(facts)
        self.form.show_facts(facts)
        self._list_splits(info.splits)
        self._tell_state()
        self._refresh()

    @Slot()
    def _count_groups(self) -> None:
        session = self.context.session
        if session is not None and self.form.keys:
            job = read_groups(session, self.form.keys, self.form.tier.currentData())
            self._counting.start(tr("Counting groups"), job, quiet=True)

    @Slot(object)
    def _show_groups(self, count: GroupCount) -> None:
        self.form.show_groups(count)

    @Slot(object)
    def _not_counted(self, error: AnnotatorError) -> None:
        self.form.show_no_groups(str(error))

    # The splits

    def _list_splits(self, names: list[str]) -> None:
        self.splits.show_names(names, self._wanted)
        self._wanted = None
        if names:
            self._look()

    @Slot()
    def _choose_split(self) -> None:
        self._listener.stop()
        self._look()

    def _look(self) -> None:
        """Reads what the chosen split holds, and audits it where that was not done since something changed."""
        session, name = self.context.session, self.splits.chosen
        if session is None or name is None:
            return
        self._looking.start(tr("Counting"), look(session, name), quiet=True)
        if name in self._audits:
            self.page.audit.show_audit(self._audits[name])
        else:
            self._audit(session, name, quiet=True)
        self._tell_state()

    @Slot(object)
    def _show_split(self, report: SplitReport) -> None:
        if report.split.name == self.splits.chosen:
            self.page.show_split(report)

    def _audit(self, session: Session, name: str, *, quiet: bool) -> None:
        self.page.audit.show_waiting(tr("Looking for leaks..."))
        self._auditing.start(tr("Auditing {name}", name=name), audit(session, name), quiet=quiet)

    @Slot(object)
    def _show_audit(self, found: Audited) -> None:
        self._audits[found.split] = found
        if found.split == self.splits.chosen:
            self.page.audit.show_audit(found)

    @Slot(object)
    def _not_audited(self, error: AnnotatorError) -> None:
        self.page.audit.show_waiting(str(error))

    @Slot()
    def _audit_cancelled(self) -> None:
        self.page.audit.show_waiting(tr("Not audited. Press F5 to look for leaks."))

    # Actions

    @Slot()
    def _tell_state(self) -> None:
        self.form.set_busy(self._making.running)
        self.page.audit.button.setEnabled(self.can("audit_split"))
        self.export_button.setEnabled(self.can("export"))
        self.availability_changed.emit()

    @Slot()
    def make_split(self) -> None:
        """Makes the split that the form describes; it is shown and audited when it is there."""
        session = self.context.session
        if session is None or not self.can("make_split"):
            return
        asked = self.form.request()
        job = make_split(
            session, asked.name, shares=asked.shares, group_keys=asked.group_keys, stratify=asked.stratify,
            tier=asked.tier, seed=asked.seed, folds=asked.folds,
        )  # fmt: skip
        self.form.say_problem("")
        self._making.start(tr("Making the split {name}", name=asked.name), job)
        self._tell_state()

    @Slot(object)
    def _made(self, result: SplitResult) -> None:
        self._wanted = result.name
        self.form.name.clear()
        self.context.noticed.emit(tr("The split {name} is made.", name=result.name), "positive")

    @Slot(object)
    def _not_made(self, error: AnnotatorError) -> None:
        self.form.say_problem(str(error))

    @Slot()
    def audit_split(self) -> None:
        """Audits the chosen split again."""
        session, name = self.context.session, self.splits.chosen
        if session is not None and name is not None and self.can("audit_split"):
            self._audit(session, name, quiet=False)
            self._tell_state()

    @Slot()
    def export(self) -> None:
        """Asks for what and where, and exports it as a job."""
        if self._facts is None or not self.can("export"):
            return
        dialog = ExportDialog(self, self.context, self._facts, self.splits.chosen)
        dialog.exec()
        if dialog.request is not None and dialog.session is self.context.session:
            self._export(dialog.request)
        dialog.deleteLater()

    def _export(self, asked: ExportRequest) -> None:
        job = asked.job(self.context.session)
        self.splits.show_banner(None)
        self._exporting.start(tr("Exporting to {folder}", folder=asked.out.name), job)
        self._tell_state()

    @Slot(object)
    def _show_export(self, result: ExportResult) -> None:
        self._exported = result.manifest.parent
        text = tr(
            "Exported {segments} in {files} to {folder}.",
            segments=tr_n("{n} segment", "{n} segments", result.segments),
            files=tr_n("{n} file", "{n} files", result.files),
            folder=self._exported,
        )
        left_out = [reason_in_words(reason, n) for reason, n in result.excluded.items() if n]
        hints = ([tr("Left out: {reasons}.", reasons=", ".join(left_out))] if left_out else []) + list(
            result.warnings
        )
        banner = Banner("positive", text, " ".join(hints), tr("Open the folder"))
        banner.acted.connect(self._open_folder)
        self.splits.show_banner(banner)

    @Slot()
    def _open_folder(self) -> None:
        if self._exported is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._exported)))


def _timer(workspace: DatasetWorkspace, slot) -> QTimer:
    timer = QTimer(workspace)
    timer.setSingleShot(True)
    timer.setInterval(_PAUSE)
    timer.timeout.connect(slot)
    return timer
