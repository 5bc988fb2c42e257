"""The Label workspace: a segment comes up and plays, the rater answers by keyboard, the next one comes up.

What biases stays out of sight. Nothing of another rater is ever read (see `read_workload`); transcript and
spectrogram are only there where the lead's policy says so, and a rater has no way to show them; the name of the
recording, which often gives the label away (`angry_03.wav`), is told only to a mouse that rests on the number.
"""

import math
from dataclasses import replace

from PySide6.QtCore import QEvent, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLineEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from annotator.app.rate import Workload, read_workload
from annotator.domain.translation import tr, tr_n
from annotator.gui.context import Context
from annotator.gui.dialogs.history import show_history
from annotator.gui.label.desk import Desk
from annotator.gui.label.flow import BOUNCE, ENTER, RatingFlow
from annotator.gui.label.help import Help, at_the_end, without_rater, without_work
from annotator.gui.label.page import RatingPage
from annotator.gui.label.sitting import Sitting
from annotator.gui.label.topbar import TopBar
from annotator.gui.theme import GRID
from annotator.gui.widgets.banner import Banner
from annotator.gui.widgets.empty_state import EmptyState
from annotator.gui.worker import Worker
from annotator.gui.workspace import Workspace
from annotator.storage.rows import Kind

_REMINDER = 60_000  # ms that the word about a pause is to be seen
_READ_ANEW = frozenset(
    {Kind.RECORDING, Kind.TIER, Kind.SEGMENT, Kind.SCHEME, Kind.TASK, Kind.ANNOTATION, Kind.META}
)


class LabelWorkspace(Workspace):
    """One rater rates one segment after the other. Actions of the home `label` are the public methods."""

    name = "label"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._active, self._stale = False, True
        self._loading: Worker | None = None
        self._stored_before = 0  # the load, by the flow's count
        self._top = TopBar()
        self._top.chosen.connect(self._choose)
        self._top.switched.connect(self._switch)
        self._pause = Banner("info", "")
        self._pause.dismissed.connect(self._end_reminder)
        self._reminding = QTimer(self)
        self._reminding.setSingleShot(True)
        self._reminding.setInterval(_REMINDER)
        self._reminding.timeout.connect(self._end_reminder)
        self._read_only = Banner("warning", tr("This corpus is read-only: answers cannot be stored."))
        self._page = RatingPage()
        self._show_keys()
        context.keys_changed.connect(self._show_keys)
        self._flow = RatingFlow(context, self._page, self)
        self._flow.moved.connect(self._show_moved)
        self._flow.refreshed.connect(self._show_progress)
        self._flow.rated.connect(self._propose_pause)
        for name, button in self._page.buttons.items():
            button.clicked.connect(getattr(self, name))
        self._blank = QWidget()
        self._empty: EmptyState | None = None
        self._empty_action = ""
        self._stack = QStackedWidget()
        self._stack.addWidget(self._blank)
        self._stack.addWidget(self._page)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * GRID, GRID, 3 * GRID, GRID + GRID // 2)
        column.setSpacing(GRID)
        for widget in (self._top, self._pause, self._read_only):
            widget.hide()
            column.addWidget(widget)
        column.addWidget(self._stack, 1)
        context.session_changed.connect(self._change_session)
        context.rater_changed.connect(self._change_rater)
        context.data_changed.connect(self._change_data)

    # What the window asks

    def enter(self) -> None:
        """Comes to the front: what changed meanwhile is read, and the keyboard is ready."""
        self._active = True
        if self._stale:
            self._reload()
        else:
            self._flow.sitting.show()
            self._focus()

    def leave(self) -> None:
        """Goes to the back: silence."""
        self._active = False
        self._flow.listening.stop()

    def can(self, action: str) -> bool:
        """Whether the action makes sense now."""
        desk = self._flow.desk
        if action in ("toggle_autoplay", "show_history"):
            return self.context.session is not None
        if desk is None:
            return False
        if action == "previous_item":
            return desk.index != 0
        if action == "first_unrated":
            return desk.next_unrated() not in (None, desk.index)
        return desk.index is not None

    # Actions

    @Slot()
    def replay(self) -> None:
        """Plays the segment from its start."""
        if self._flow.showing:
            self._flow.listening.play()

    @Slot()
    def submit(self) -> None:
        """Stores the answer, where it is complete, and goes on."""
        self._flow.submit()

    @Slot()
    def previous_item(self) -> None:
        """Shows the segment before."""
        self._flow.go_back()

    @Slot()
    def skip_item(self) -> None:
        """Goes on without an answer."""
        self._flow.skip()

    @Slot()
    def first_unrated(self) -> None:
        """Goes to the first segment without an answer."""
        if self.can("first_unrated"):
            self._flow.show(self._flow.desk.next_unrated())

    @Slot()
    def toggle_note(self) -> None:
        """Opens the comment, or closes it where it is open and empty."""
        self._flow.open_note()

    @Slot()
    def cycle_confidence(self) -> None:
        """Says how sure the rater is, without leaving the instrument."""
        self._flow.cycle_confidence()

    @Slot()
    def toggle_flag(self) -> None:
        """Marks the segment as one to talk about, or takes the mark away."""
        self._flow.toggle_flag()

    @Slot()
    def show_history(self) -> None:
        """Shows every answer that this rater has given."""
        self._flow.listening.stop()
        show_history(self.window(), self.context)

    @Slot()
    def toggle_autoplay(self) -> None:
        """Has segments play by themselves, or not."""
        self._top.autoplay.setChecked(not self._top.autoplay.isChecked())
        self._switch()
        text = (
            tr("Segments play by themselves.")
            if self.context.settings.autoplay
            else tr("Segments play when you press Space.")
        )
        self.context.noticed.emit(text, "info")

    # What is rated

    @Slot(object)
    def _change_session(self, _session: object) -> None:
        self._flow.forget()
        self._loading = None
        self._forget_reminder()
        self._top.hide()
        self._stack.setCurrentWidget(self._blank)
        self._stale = True

    @Slot(object)
    def _change_rater(self, _rater: object) -> None:
        self._begin_anew()

    @Slot(object)
    def _change_data(self, changed: frozenset[Kind]) -> None:
        # What is on the desk already is no news: the announcement of an own answer comes here too.
        own = changed - {Kind.RATER} == {Kind.ANNOTATION} and self._flow.expects_news()
        if changed & _READ_ANEW and not own:
            self._reload_when_seen()

    def _begin_anew(self) -> None:
        """Another rater, scheme or tier: other work, another pace."""
        self._flow.put_away()
        self._flow.sitting = Sitting()
        self._loading = None
        self._forget_reminder()
        self._reload_when_seen()

    def _reload_when_seen(self) -> None:
        self._stale = True
        if self._active:
            self._reload()

    def _reload(self) -> None:
        session, rater, settings = self.context.session, self.context.rater, self.context.settings
        if session is None:
            return
        self._stale = False
        self._stored_before = self._flow.stored
        self._top.show_settings(settings)
        if rater is None:
            self._top.hide()
            self._show_empty(without_rater())
            return
        folder = str(session.folder)
        job = read_workload(
            session,
            rater,
            tier=settings.tiers.get(folder),
            scheme=settings.schemes.get(folder),
            in_order=settings.in_order,
        )
        self._loading = self.context.run(tr("Reading the segments"), job, self._take, quiet=True)

    @Slot(object)
    def _take(self, load: Workload) -> None:
        session, rater = self.context.session, self.context.rater
        if self.sender() is not self._loading or session is None or rater is None:
            return
        if self._flow.stored != self._stored_before:
            # What was read is older than what was rated meanwhile.
            self._reload()
            return
        scheme = load.scheme
        self._top.show_choices(
            load.tiers, load.schemes, load.tier, scheme.name if scheme else None, assigned=load.assigned
        )
        self._top.setVisible(bool(load.tiers and load.schemes) and self._pause.isHidden())
        self._read_only.setVisible(not session.writable)
        if scheme is None or not load.entries:
            self._flow.put_away()
            self._top.show_progress(0, 0, None)
            self._show_empty(without_work(load))
        else:
            self._flow.sitting.work = 60.0 * load.policy.pause or math.inf
            self._flow.take(Desk(load, scheme, rater))

    @Slot()
    def _choose(self) -> None:
        """Another tier or scheme."""
        session, settings = self.context.session, self.context.settings
        if session is not None:
            folder = str(session.folder)
            tiers = {**settings.tiers, folder: self._top.tiers.currentData()}
            schemes = {**settings.schemes, folder: self._top.schemes.currentData()}
            self.context.update_settings(replace(settings, tiers=tiers, schemes=schemes))
            self._begin_anew()

    @Slot()
    def _switch(self) -> None:
        """Another habit."""
        before, top = self.context.settings, self._top
        settings = replace(
            before,
            autoplay=top.autoplay.isChecked(),
            advance=top.advance.isChecked(),
            in_order=top.in_order.isChecked(),
        )
        self.context.update_settings(settings)
        self._flow.set_advance(settings.advance)
        if settings.in_order != before.in_order:
            self._begin_anew()
        self._focus()

    # What is shown

    @Slot()
    def _show_keys(self) -> None:
        self._page.show_keys(self.context.actions)

    @Slot()
    def _show_moved(self) -> None:
        """Another segment, or the end."""
        self._show_progress()
        if self._flow.desk.index is None:
            self._show_empty(at_the_end())
        else:
            self._stack.setCurrentWidget(self._page)
            self._flow.bring_up_sound(
                self.context.session, play=self._active and self.context.settings.autoplay
            )
            self._focus()

    @Slot()
    def _show_progress(self) -> None:
        desk = self._flow.desk
        left = desk.work - desk.done
        self._top.show_progress(desk.done, desk.work, self._flow.sitting.remaining(left))
        self._page.buttons["previous_item"].setEnabled(self.can("previous_item"))
        self._page.buttons["first_unrated"].setVisible(self.can("first_unrated"))
        self.availability_changed.emit()

    @Slot()
    def _propose_pause(self) -> None:
        """A word about a pause, for a minute, in place of the bar above: so the page stays where it is."""
        if self._flow.sitting.pause_due:
            self._flow.sitting.remind_later()
            minutes = self._flow.desk.policy.pause
            self._pause.say(
                tr_n(
                    "You have been rating for {n} minute.", "You have been rating for {n} minutes.", minutes
                ),
                tr("A few minutes away from it keep your judgement fresh; everything is stored."),
            )
            self._top.hide()
            self._pause.show()
            self._reminding.start()

    @Slot()
    def _end_reminder(self) -> None:
        self._forget_reminder()
        self._top.setVisible(self._flow.desk is not None)
        self._focus()

    def _forget_reminder(self) -> None:
        self._reminding.stop()
        self._pause.hide()

    def _show_empty(self, words: Help) -> None:
        """A page without a segment, and what can be done about it."""
        if self._empty is not None:
            self._stack.removeWidget(self._empty)
            self._empty.deleteLater()
        self._empty = EmptyState(words.icon, words.title, words.sentence, words.button)
        self._empty_action = words.action
        self._empty.acted.connect(self._help)
        self._stack.addWidget(self._empty)
        self._stack.setCurrentWidget(self._empty)
        if words.button and self._active:
            self._empty.button.setFocus()
        self.availability_changed.emit()

    @Slot()
    def _help(self) -> None:
        self.window().perform(self._empty_action)

    # Keys

    @Slot()
    def _focus(self) -> None:
        """The keyboard belongs to the instrument."""
        if self._active and self._stack.currentWidget() is self._page:
            self._page.panel.setFocus()

    def event(self, event: QEvent) -> bool:
        # A key that would be a shortcut of the window is first offered here, wherever on the page the focus is.
        if event.type() == QEvent.Type.ShortcutOverride and _is_not_for_the_window(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What no part of the page wanted goes to the panel, wherever the focus is; text fields keep their keys."""
        if event.key() == Qt.Key.Key_Escape:
            self._flow.listening.stop()
        elif event.key() in ENTER and self._stack.currentWidget() is self._empty:
            # Not the bounce of the Enter that stored the last answer.
            if not event.isAutoRepeat() and self._flow.sitting.shown_for >= BOUNCE and self._empty_action:
                self._help()
        elif (
            isinstance(QApplication.focusWidget(), QLineEdit)
            or not self._flow.showing
            or not (self._flow.takes_key(event) or self._page.panel.handle_key(event))
        ):
            super().keyPressEvent(event)


def _is_not_for_the_window(event: QKeyEvent) -> bool:
    """A held Enter or Space rates and plays nothing; Space presses the button that has the focus."""
    if event.isAutoRepeat() and event.key() in (*ENTER, Qt.Key.Key_Space):
        return True
    pressed = isinstance(QApplication.focusWidget(), QAbstractButton | QComboBox)
    return event.key() == Qt.Key.Key_Space and pressed
