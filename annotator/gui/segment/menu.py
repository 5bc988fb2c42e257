"""The menu over the waveform: what can be done to the segment under it."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from annotator.app.actions import Action
from annotator.gui.icons import set_icon
from annotator.gui.key_names import titled

_MENU = (
    "play_segment",
    "loop",
    "",
    "edit_text",
    "edit_speaker",
    "split_at_cursor",
    "join_next",
    "",
    "zoom_segment",
    "",
    "delete_segment",
)


def ask_for_action(
    parent: QWidget, known: Mapping[str, Action], can: Callable[[str], bool], point: QPoint
) -> str | None:
    """Shows the menu at a place on the screen; gives the id of the chosen action."""
    menu = QMenu(parent)
    for name in _MENU:
        if not name:
            menu.addSeparator()
            continue
        # The key stands beside the title only: pressing it is the window's business.
        entry = QAction(titled(known[name]), menu)
        entry.setData(name)
        entry.setEnabled(can(name))
        if known[name].icon:
            set_icon(entry, known[name].icon)
        menu.addAction(entry)
    chosen = menu.exec(point)
    menu.deleteLater()
    return None if chosen is None else str(chosen.data())
