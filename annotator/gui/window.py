"""The main window: rail, header, workspaces, jobs bar; and the one way out."""

from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QKeySequence, QPaintEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from annotator.app.actions import EVERYWHERE, Action
from annotator.domain.corpus import Rater
from annotator.domain.translation import tr
from annotator.gui import dialogs
from annotator.gui.context import Context
from annotator.gui.frame import Header, Rail
from annotator.gui.icons import set_icon
from annotator.gui.jobs_bar import JobsBar
from annotator.gui.key_names import hint
from annotator.gui.locked_page import LOCKED, LockedPage, why_locked
from annotator.gui.start_page import StartPage
from annotator.gui.widgets.banner import Toast
from annotator.gui.window_actions import WindowActions
from annotator.gui.workspace import Workspace

if TYPE_CHECKING:
    from annotator.app.session import Session

#: Where each workspace lives; they are imported when first shown, so that the window is up at once.
_MODULES = {
    "segment": ("annotator.gui.segment.workspace", "SegmentWorkspace"),
    "label": ("annotator.gui.label.workspace", "LabelWorkspace"),
    "agreement": ("annotator.gui.agreement.workspace", "AgreementWorkspace"),
    "dataset": ("annotator.gui.dataset.workspace", "DatasetWorkspace"),
    "train": ("annotator.gui.train.workspace", "TrainWorkspace"),
}


class MainWindow(WindowActions, QMainWindow):
    """The window on one corpus. `painted` comes once, when it is on the screen for the first time."""

    painted = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self._workspaces: dict[str, Workspace] = {}
        self._shown = ""
        self._dropped: list[Path] = []
        self._is_painted = False
        self.setWindowTitle("Annotator")
        room = self.screen().availableSize()
        self.resize(QSize(1360, 860).boundedTo(room))
        self.setMinimumSize(QSize(960, 620).boundedTo(room))
        self.setAcceptDrops(True)

        self._stack = QStackedWidget()
        self._start = StartPage(context)
        self._blank = QWidget()
        self._stack.addWidget(self._start)
        self._stack.addWidget(self._blank)
        self._locked = LockedPage(context)
        self._stack.addWidget(self._locked)
        self._locked.opened.connect(self._show_or_lock)
        self._jobs = JobsBar(context)
        self._rail = Rail()
        self._header = Header()
        page = QWidget()
        page.setObjectName("page")
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._header)
        column.addWidget(self._stack, 1)
        column.addWidget(self._jobs)
        body = QWidget()
        body.setObjectName("page")
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._rail)
        row.addWidget(page, 1)
        self.setCentralWidget(body)
        self._toast = Toast(page)

        self._actions = {action.id: self._qt_action(action) for action in context.actions.values()}
        self._apply_keys()
        self._rail.bind(self._actions)
        self._header.bind(self._actions)
        self._start.bind(self._actions)
        context.session_changed.connect(self._show_session)
        context.data_changed.connect(self._update_header)
        context.rater_changed.connect(self._show_rater)
        context.noticed.connect(self._notice)
        context.keys_changed.connect(self._apply_keys)
        context.segment_wanted.connect(self._show_segment)
        self._show_session(context.session)

    # Actions

    def _qt_action(self, action: Action) -> QAction:
        made = QAction(action.title, self)
        made.setObjectName(action.id)
        if action.icon:
            set_icon(made, action.icon)
        made.triggered.connect(self._triggered)
        self.addAction(made)
        return made

    @Slot()
    def _apply_keys(self) -> None:
        for name, action in self.context.actions.items():
            self._actions[name].setShortcuts([QKeySequence(key) for key in action.shortcuts])
            self._actions[name].setToolTip(hint(action))
        self._rail.bind_hints(self._actions)
        self._header.bind_hints(self._actions)

    @Slot()
    def _triggered(self) -> None:
        self.perform(self.sender().objectName())

    def perform(self, action_id: str) -> None:
        """Does an action by its id, as a key, a button or the command palette asks."""
        action = self.context.actions[action_id]
        if action.home == EVERYWHERE:
            getattr(self, f"_do_{action_id}")()
        else:
            self.show_workspace(action.home)
            if self._stack.currentWidget() is self._workspaces[action.home]:
                self._workspaces[action.home].perform(action_id)
        self._update_actions()

    @Slot()
    def _update_actions(self) -> None:
        """Enables what makes sense now; keys of other workspaces are off, so they may share shortcuts."""
        session = self.context.session
        for action in self.context.actions.values():
            enabled = session is not None or not action.needs_corpus
            if action.home != EVERYWHERE:
                enabled = (
                    enabled
                    and action.home == self._shown
                    and self._workspaces[self._shown].can(action.id)
                    and self._stack.currentWidget() is self._workspaces[self._shown]
                )
            self._actions[action.id].setEnabled(enabled)
        undoable = session.undoable if session else None
        redoable = session.redoable if session else None
        for name in ("undo", "undo_several"):
            self._actions[name].setEnabled(undoable is not None)
        self._actions["undo"].setText(tr("Undo: {step}", step=undoable) if undoable else tr("Undo"))
        self._actions["redo"].setEnabled(redoable is not None)
        self._actions["redo"].setText(tr("Redo: {step}", step=redoable) if redoable else tr("Redo"))
        for name in ("undo", "redo"):
            named = replace(self.context.actions[name], title=self._actions[name].text())
            self._actions[name].setToolTip(hint(named))

    # Workspaces

    def show_workspace(self, name: str) -> None:
        """Brings a workspace to the front, building it when it is first needed."""
        if self.context.session is None or name == self._shown:
            return
        if self._shown:
            self._workspaces[self._shown].leave()
        if name not in self._workspaces:
            module, kind = _MODULES[name]
            made = getattr(import_module(module), kind)(self.context)
            made.availability_changed.connect(self._update_actions)
            self._workspaces[name] = made
            self._stack.addWidget(made)
        self._shown = name
        self._rail.mark(name)
        self._show_or_lock()
        self._update_actions()

    @Slot()
    def _show_or_lock(self) -> None:
        """Brings the workspace in, or what stands in its place where whoever rates must not see it."""
        if not self._shown:
            return
        workspace = self._workspaces[self._shown]
        entered = self._stack.currentWidget() is workspace
        if reason := why_locked(self.context, self._shown):
            if entered:
                workspace.leave()
            self._locked.show_reason(reason)
            self._stack.setCurrentWidget(self._locked)
        elif not entered:
            self._stack.setCurrentWidget(workspace)
            workspace.enter()

    def workspace(self, name: str) -> Workspace:
        """The workspace of that name, brought to the front."""
        self.show_workspace(name)
        return self._workspaces[name]

    @Slot(object)
    def _show_session(self, session: "Session | None") -> None:
        if session is None:
            if self._shown:
                self._workspaces[self._shown].leave()
            self._shown = ""
            self._rail.mark("")
            self._start.refresh()
            self._stack.setCurrentWidget(self._start)
            self.setWindowTitle("Annotator")
        else:
            self.setWindowTitle(f"{session.name} – Annotator")
            self.show_workspace("segment")
        self._update_header()

    def show_opening(self, name: str) -> None:
        """Says that a corpus is about to be opened."""
        self._stack.setCurrentWidget(self._blank)
        self.setWindowTitle(f"{name} – Annotator")

    def show_start(self) -> None:
        """Shows the start page where no corpus could be opened."""
        if self.context.session is None:
            self._show_session(None)

    @Slot(str)
    def _show_segment(self, segment_id: str) -> None:
        workspace = self.workspace("segment")
        workspace.show_segment(segment_id)  # type: ignore[attr-defined]

    @Slot()
    def _update_header(self) -> None:
        session = self.context.session
        self._header.show_corpus(
            session.name if session else "", writable=session is None or session.writable
        )
        self._update_actions()

    @Slot(object)
    def _show_rater(self, rater: Rater | None) -> None:
        self._header.show_rater(rater.name if rater else tr("No annotator"))
        if self._shown in LOCKED:
            self._show_or_lock()

    @Slot(str, str)
    def _notice(self, text: str, kind: str) -> None:
        self._toast.say(text, kind, seconds=8.0 if kind in ("danger", "warning") else 4.0)  # type: ignore[arg-type]

    # Dropping

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self._dropped = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        event.acceptProposedAction()
        # The program that is dragged from waits until this returns, and a dialog takes its time.
        QTimer.singleShot(0, self, self._take_dropped)

    @Slot()
    def _take_dropped(self) -> None:
        paths, self._dropped = self._dropped, []
        dialogs.take_dropped(self, self.context, paths)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._is_painted:
            self._is_painted = True
            QTimer.singleShot(0, self, self.painted.emit)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._shown:
            self._workspaces[self._shown].leave()
        self.context.shutdown()
        event.accept()
