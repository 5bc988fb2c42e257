"""What can be done in every workspace: a method for each of those actions, named `_do_` and the action."""

from dataclasses import replace

from PySide6.QtCore import QPoint, Slot
from PySide6.QtWidgets import QApplication, QMenu

from annotator.app.actions import EVERYWHERE, Action
from annotator.domain.translation import tr, tr_n
from annotator.gui import dialogs
from annotator.gui.command_palette import CommandPalette
from annotator.gui.context import Context
from annotator.gui.device_menu import DeviceMenu
from annotator.gui.keys_page import KeysPage
from annotator.gui.menus import RecentMenu, UndoMenu
from annotator.gui.theme import apply_theme, current_theme

_VOLUME_STEP = 0.05


class WindowActions:
    """The actions, on the window that brings what they need."""

    context: Context

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
        dialogs.merge_files(self, self.context, [])

    def _do_add_scheme(self) -> None:
        dialogs.add_scheme(self, self.context)

    def _do_edit_schemes(self) -> None:
        dialogs.edit_schemes(self, self.context)

    def _do_edit_policy(self) -> None:
        dialogs.edit_policy(self, self.context)

    def _do_describe_corpus(self) -> None:
        dialogs.describe(self, self.context)

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
