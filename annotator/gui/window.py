"""The main window: rail, header, workspaces, jobs bar; and the one way out."""

from dataclasses import replace
from importlib import import_module
from pathlib import Path

from PySide6.QtCore import QPoint, QSize, QTimer, Slot
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QKeySequence
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QMainWindow,
    QMenu,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from annotator.app.actions import EVERYWHERE, Action
from annotator.app.package_file import is_package
from annotator.app.session import DATABASE, Session
from annotator.domain.corpus import Rater
from annotator.domain.translation import tr, tr_n
from annotator.gui import dialogs
from annotator.gui.command_palette import CommandPalette
from annotator.gui.context import Context
from annotator.gui.device_menu import DeviceMenu
from annotator.gui.frame import Header, Rail
from annotator.gui.icons import set_icon
from annotator.gui.jobs_bar import JobsBar
from annotator.gui.key_names import hint
from annotator.gui.keys_page import KeysPage
from annotator.gui.locked_page import LOCKED, LockedPage, why_locked
from annotator.gui.menus import RecentMenu, UndoMenu
from annotator.gui.start_page import StartPage
from annotator.gui.theme import apply_theme, current_theme
from annotator.gui.widgets.banner import Toast
from annotator.gui.workspace import Workspace

#: Where each workspace lives; they are imported when first shown, so that the window is up at once.
_MODULES = {
    "segment": ("annotator.gui.segment.workspace", "SegmentWorkspace"),
    "label": ("annotator.gui.label.workspace", "LabelWorkspace"),
    "agreement": ("annotator.gui.agreement.workspace", "AgreementWorkspace"),
    "dataset": ("annotator.gui.dataset.workspace", "DatasetWorkspace"),
    "train": ("annotator.gui.train.workspace", "TrainWorkspace"),
}

_VOLUME_STEP = 0.05
#: Endings of files that are imported when they are dropped; everything else is taken for audio.
_IMPORTED = frozenset({".srt", ".vtt", ".csv", ".tsv"})


class MainWindow(QMainWindow):
    """The window on one corpus."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self._workspaces: dict[str, Workspace] = {}
        self._shown = ""
        self._dropped: list[Path] = []
        self.setWindowTitle("Annotator")
        self.resize(1360, 860)
        self.setMinimumSize(QSize(960, 620))
        self.setAcceptDrops(True)

        self._stack = QStackedWidget()
        self._start = StartPage(context)
        self._stack.addWidget(self._start)
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
    def _show_session(self, session: Session | None) -> None:
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

    # What is there everywhere

    def _do_new_corpus(self) -> None:
        dialogs.new_corpus(self, self.context)

    def _do_open_corpus(self) -> None:
        dialogs.open_corpus(self, self.context)

    def _do_open_recent(self) -> None:
        self._offer(RecentMenu(self.context, self))

    def _do_open_demo(self) -> None:
        dialogs.make_demo(self, self.context)

    def _do_add_audio(self) -> None:
        dialogs.add_audio(self, self.context)

    def _do_import_file(self) -> None:
        dialogs.import_file(self, self.context)

    def _do_merge_files(self) -> None:
        self._merge([])

    def _merge(self, paths: list[Path]) -> None:
        # Packages hang on much of the program: the window's start should not wait for them.
        from annotator.gui.dialogs.merging import merge_files

        merge_files(self, self.context, paths)

    def _do_add_scheme(self) -> None:
        dialogs.add_scheme(self, self.context)

    def _do_edit_policy(self) -> None:
        dialogs.edit_policy(self, self.context)

    def _do_switch_rater(self) -> None:
        dialogs.switch_rater(self, self.context)

    def _do_undo(self) -> None:
        if step := self._undo_one():
            self.context.noticed.emit(tr("Undone: {step}", step=step), "info")

    def _undo_one(self) -> str:
        """Takes back the last step and names it; nothing where that cannot be."""
        session = self.context.session
        if session and self._is_own(session.last_rater()) and (outcome := self.context.attempt(session.undo)):
            return outcome.operation
        return ""

    def _do_undo_several(self) -> None:
        menu = UndoMenu(self.context, self)
        menu.chosen.connect(self._undo_down_to)
        self._offer(menu)

    @Slot(int)
    def _undo_down_to(self, steps: int) -> None:
        done = 0
        while done < steps and self._undo_one():
            done += 1
        if done:
            self.context.noticed.emit(tr_n("{n} step undone", "{n} steps undone", done), "info")
        self._update_actions()

    def _do_redo(self) -> None:
        session = self.context.session
        own = session is not None and self._is_own(session.last_rater(undone=True))
        if session and own and (outcome := self.context.attempt(session.redo)):
            self.context.noticed.emit(tr("Done again: {step}", step=outcome.operation), "info")

    def _is_own(self, rater_id: str | None) -> bool:
        """Whether a step may be taken back here: another person's rating may not."""
        if rater_id is None or (self.context.rater is not None and self.context.rater.id == rater_id):
            return True
        self.context.noticed.emit(
            tr("The last step is another annotator's rating. Only they can take it back."), "warning"
        )
        return False

    def _do_go_segment(self) -> None:
        self.show_workspace("segment")

    def _do_go_label(self) -> None:
        self.show_workspace("label")

    def _do_go_agreement(self) -> None:
        self.show_workspace("agreement")

    def _do_go_dataset(self) -> None:
        self.show_workspace("dataset")

    def _do_go_train(self) -> None:
        self.show_workspace("train")

    def _do_palette(self) -> None:
        chosen = CommandPalette.ask(self, [a for a in self.context.actions.values() if self._offered(a)])
        if chosen:
            self.perform(chosen)

    def _offered(self, action: Action) -> bool:
        if action.home in (EVERYWHERE, self._shown):
            return self._actions[action.id].isEnabled()
        return self.context.session is not None

    def _do_keys(self) -> None:
        KeysPage(self.context, self).exec()

    def _do_mute(self) -> None:
        self.context.set_muted(not self.context.settings.muted)
        off = self.context.settings.muted
        self.context.noticed.emit(tr("Sound is off") if off else tr("Sound is on"), "info")

    def _do_louder(self) -> None:
        self._change_volume(_VOLUME_STEP)

    def _do_quieter(self) -> None:
        self._change_volume(-_VOLUME_STEP)

    def _change_volume(self, by: float) -> None:
        self.context.set_volume(round(self.context.settings.volume + by, 2))
        percent = round(100 * self.context.settings.volume)
        self.context.noticed.emit(tr("Volume {percent} %", percent=percent), "info")

    def _do_choose_device(self) -> None:
        self._offer(DeviceMenu(self.context, self))

    def _offer(self, menu: QMenu) -> None:
        """Shows a menu in the middle of the window, its first entry marked, as a key asks for it."""
        menu.aboutToHide.connect(menu.deleteLater)
        place = self.rect().center() - QPoint(menu.sizeHint().width() // 2, self.height() // 4)
        menu.popup(self.mapToGlobal(place))
        if menu.actions() and menu.actions()[0].isEnabled():
            menu.setActiveAction(menu.actions()[0])

    def _do_toggle_theme(self) -> None:
        name = "light" if current_theme().dark else "dark"
        apply_theme(QApplication.instance(), name)
        self.context.update_settings(replace(self.context.settings, theme=name))

    def _do_quit(self) -> None:
        self.close()

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
        """Opens a corpus or a work package, merges packages, adds audio (to a new corpus where none is open), imports
        a table or transcript."""
        paths, self._dropped = self._dropped, []
        corpora = [corpus for path in paths if (corpus := _corpus_at(path)) is not None]
        if corpora:
            self.context.open(corpora[0])
            return
        packages = [path for path in paths if path.is_file() and is_package(path)]
        if packages and self.context.session is None:
            from annotator.gui.dialogs.merging import open_package

            open_package(self.context, packages[0])
            return
        if packages:
            self._merge(packages)
        paths = [path for path in paths if path not in packages]
        tables = [path for path in paths if path.suffix.lower() in _IMPORTED]
        audio = [path for path in paths if path not in tables]
        if self.context.session is None:
            dialogs.new_corpus(self, self.context)
        if self.context.session is None:
            return
        if audio:
            dialogs.add_audio(self, self.context, audio)
        for table in tables:
            dialogs.import_file(self, self.context, table)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._shown:
            self._workspaces[self._shown].leave()
        self.context.shutdown()
        event.accept()


def _corpus_at(path: Path) -> Path | None:
    """The corpus whose folder or database this is."""
    folder = path.parent if path.name == DATABASE else path
    return folder if (folder / DATABASE).is_file() else None
