"""F1: every key of every workspace, to look up and to change."""

from PySide6.QtCore import QEvent, QKeyCombination, QMargins, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from annotator.app.actions import EVERYWHERE, WORKSPACES, Action, workspace_titles
from annotator.app.keys import assign, canonical, holders, profiles, reserved
from annotator.domain.translation import tr
from annotator.gui.command_palette import matches
from annotator.gui.context import Context
from annotator.gui.dialogs.form import resize_within_screen
from annotator.gui.key_names import key_name
from annotator.gui.theme import GRID, set_property
from annotator.gui.widgets.keycap import KeyCap

_ROOM = 9  # above and below a key: what the style takes of a row, and some air
_ID = Qt.ItemDataRole.UserRole
_MODIFIERS = {
    Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_Meta, Qt.Key.Key_CapsLock,
    Qt.Key.Key_NumLock, Qt.Key.Key_unknown,
}  # fmt: skip


class KeysPage(QDialog):
    """The keys, grouped by where they work; whatever is changed holds at once."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._asked: tuple[Action, list[str]] | None = None  # what waits for a yes
        self.setWindowTitle(tr("Keys"))
        resize_within_screen(self, QSize(96 * GRID, 86 * GRID))
        #: Whose keys are used.
        self.profile = QComboBox()
        self.profile.setAccessibleName(tr("Keys of"))
        for name, profile in profiles().items():
            self.profile.addItem(profile.title, name)
        self.profile.setCurrentIndex(max(self.profile.findData(context.settings.keys_profile), 0))
        self.profile.activated.connect(self._choose_profile)
        label = QLabel(tr("Keys of"))
        label.setBuddy(self.profile)
        #: Shows only actions with these words, or with this key.
        self.query = QLineEdit()
        self.query.setPlaceholderText(tr("Find an action or a key"))
        self.query.setAccessibleName(self.query.placeholderText())
        self.query.setClearButtonEnabled(True)
        self.query.textChanged.connect(self._filter)
        #: The actions and their keys.
        self.tree = QTreeWidget()
        self.tree.setAccessibleName(tr("Actions and their keys"))
        self.tree.setColumnCount(2)
        self.tree.setHeaderHidden(True)
        self.tree.setRootIsDecorated(False)
        self.tree.setIndentation(GRID)
        self.tree.header().setStretchLastSection(False)
        self.tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.tree.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.tree.currentItemChanged.connect(self._show_abilities)
        self.tree.itemActivated.connect(self._start_catching)
        self._cap_size = QSize(0, KeyCap("Space").sizeHint().height())
        self._said = QLabel()
        self._said.setWordWrap(True)
        self._build(label)
        self._fill()
        self.tree.setFocus()

    def _build(self, label: QLabel) -> None:
        #: Catches the next key for the chosen action: in place of those it has, or beside them.
        self.change, self.add = KeyCatcher(tr("Change")), KeyCatcher(tr("Add a key"))
        self.remove, self.reset = QPushButton(tr("No key")), QPushButton(tr("As it was"))
        self.reset.setToolTip(tr("The key that the profile gives to this action"))
        self.yes, self.no = QPushButton(tr("Give it over")), QPushButton(tr("Leave it"))
        self.reset_all = QPushButton(tr("Undo all own changes"))
        self.change.caught.connect(self._change_key)
        self.add.caught.connect(self._add_key)
        self.remove.clicked.connect(self._remove_keys)
        self.reset.clicked.connect(self._reset_keys)
        self.yes.clicked.connect(self._give)
        self.no.clicked.connect(self._leave)
        self.reset_all.clicked.connect(self._reset_all)
        top, below, end = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        for widget in (label, self.profile):
            top.addWidget(widget)
        top.addWidget(self.query, 1)
        for button in (self.change, self.add, self.remove, self.reset):
            button.setAutoDefault(False)
            below.addWidget(button)
        below.addStretch(1)
        for button in (self.yes, self.no):
            button.setAutoDefault(False)
            button.hide()
            below.addWidget(button)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        # Enter on an action asks for its key: no button may take it for itself.
        buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        self.reset_all.setProperty("kind", "quiet")
        self.reset_all.setAutoDefault(False)
        end.addWidget(self.reset_all)
        end.addWidget(buttons, 1)
        column = QVBoxLayout(self)
        column.setSpacing(GRID)
        column.addLayout(top)
        column.addWidget(self.tree, 1)
        column.addWidget(self._said)
        column.addLayout(below)
        column.addLayout(end)

    # What there is

    def _fill(self) -> None:
        """Lists the actions with the keys that are in force, the same one marked as before."""
        chosen = self._chosen()
        self.tree.clear()
        titles = {EVERYWHERE: tr("Everywhere"), **workspace_titles()}
        for home in (EVERYWHERE, *WORKSPACES):
            group = QTreeWidgetItem(self.tree, [titles[home]])
            font = group.font(0)
            font.setBold(True)
            group.setFont(0, font)
            group.setFlags(Qt.ItemFlag.ItemIsEnabled)
            for action in self._context.actions.values():
                if action.home == home:
                    self._add_row(group, action, marked=chosen is not None and chosen.id == action.id)
            group.setExpanded(True)
        self.reset_all.setEnabled(bool(self._context.settings.keys))
        self._filter(self.query.text())

    def _add_row(self, group: QTreeWidgetItem, action: Action, *, marked: bool) -> None:
        item = QTreeWidgetItem(group, [action.title])
        item.setData(0, _ID, action.id)
        spoken = ", ".join(map(key_name, action.shortcuts)) or tr("no key")
        item.setData(0, Qt.ItemDataRole.AccessibleTextRole, f"{action.title}: {spoken}")
        caps = QWidget()
        row = QHBoxLayout(caps)
        row.setContentsMargins(GRID, 0, GRID, 0)
        row.setSpacing(GRID)
        row.addStretch(1)
        for shortcut in action.shortcuts:
            row.addWidget(KeyCap(shortcut))
        tall = caps.sizeHint().expandedTo(self._cap_size)  # rows without a key are as high as the others
        item.setSizeHint(1, tall.grownBy(QMargins(0, _ROOM, 0, _ROOM)))
        self.tree.setItemWidget(item, 1, caps)
        if marked or self.tree.currentItem() is None:
            self.tree.setCurrentItem(item)

    @Slot(str)
    def _filter(self, query: str) -> None:
        for group in map(self.tree.topLevelItem, range(self.tree.topLevelItemCount())):
            items = [group.child(n) for n in range(group.childCount())]
            for item in items:
                action = self._context.actions[item.data(0, _ID)]
                by_key = query and canonical(query) in map(canonical, action.shortcuts)
                item.setHidden(not (by_key or matches(query, action.title)))
            group.setHidden(all(item.isHidden() for item in items))

    def _chosen(self) -> Action | None:
        item = self.tree.currentItem()
        name = item.data(0, _ID) if item is not None else None
        return self._context.actions[name] if name else None

    def choose(self, action_id: str) -> None:
        """Marks an action."""
        for group in map(self.tree.topLevelItem, range(self.tree.topLevelItemCount())):
            for item in map(group.child, range(group.childCount())):
                if item.data(0, _ID) == action_id:
                    self.tree.setCurrentItem(item)

    @Slot()
    def _show_abilities(self) -> None:
        action = self._chosen()
        for button in (self.change, self.add):
            button.setEnabled(action is not None)
        self.remove.setEnabled(action is not None and bool(action.shortcuts))
        self.reset.setEnabled(action is not None and action.id in self._context.settings.keys)
        self._leave()

    # Changing

    @Slot(QTreeWidgetItem)
    def _start_catching(self, _item: QTreeWidgetItem) -> None:
        if self._chosen() is not None:
            self.change.setFocus()
            self.change.arm()

    @Slot(str)
    def _change_key(self, key: str) -> None:
        self._ask(key, [key])

    @Slot(str)
    def _add_key(self, key: str) -> None:
        action = self._chosen()
        self._ask(key, [*(k for k in action.shortcuts if canonical(k) != canonical(key)), key])

    def _ask(self, key: str, keys: list[str]) -> None:
        """Sets keys at once, or says what stands in the way and waits for a yes."""
        action = self._chosen()
        if reason := reserved(action, key):
            self._say(f"{key_name(key)}: {reason}", "warning")
            return
        others = holders(self._context.actions.values(), action, key)
        if not others:
            self._set(action, keys)
            return
        self._asked = (action, keys)
        titles = ", ".join(f"“{other.title}”" for other in others)
        text = tr(
            "{key} is the key of {others}. Give it to “{title}” instead?",
            key=key_name(key), others=titles, title=action.title,
        )  # fmt: skip
        self._say(text, "warning")
        for button in (self.yes, self.no):
            button.show()
        self.no.setFocus()

    def _set(self, action: Action, keys: list[str]) -> None:
        settings = self._context.settings
        self._apply(settings.keys_profile, assign(settings.keys_profile, settings.keys, action, keys))

    def _apply(self, profile: str, changes: dict[str, list[str]]) -> None:
        self._context.set_keys(profile, changes)
        self._fill()
        self._show_abilities()
        self.tree.setFocus()

    @Slot()
    def _give(self) -> None:
        asked, self._asked = self._asked, None
        if asked is not None:
            self._set(*asked)

    @Slot()
    def _leave(self) -> None:
        self._asked = None
        had_focus = self.yes.hasFocus() or self.no.hasFocus()
        for button in (self.yes, self.no):
            button.hide()
        if had_focus:
            self.tree.setFocus()
        self._say(tr("Enter on an action, then its new key. What you change holds at once."), "muted")

    @Slot()
    def _remove_keys(self) -> None:
        self._set(self._chosen(), [])

    @Slot()
    def _reset_keys(self) -> None:
        settings, action = self._context.settings, self._chosen()
        kept = {name: keys for name, keys in settings.keys.items() if name != action.id}
        self._apply(settings.keys_profile, kept)

    @Slot()
    def _reset_all(self) -> None:
        self._apply(self._context.settings.keys_profile, {})

    @Slot(int)
    def _choose_profile(self, index: int) -> None:
        self._apply(self.profile.itemData(index), self._context.settings.keys)

    def _say(self, text: str, role: str) -> None:
        self._said.setText(text)
        set_property(self._said, "role", role)


class KeyCatcher(QPushButton):
    """A button that, once pressed, takes the next key for itself, whichever it is; Esc, or a click, lets go."""

    caught = Signal(str)

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._title = text
        self._armed = False
        self.clicked.connect(self._toggle)

    def arm(self) -> None:
        """The next key is meant."""
        self._armed = True
        self.setText(tr("Press the key... (Esc: leave it)"))

    def _disarm(self) -> None:
        self._armed = False
        self.setText(self._title)

    @Slot()
    def _toggle(self) -> None:
        if self._armed:
            self._disarm()
        else:
            self.arm()

    def event(self, event: QEvent) -> bool:
        if self._armed and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self._take(event)
                return True
        if event.type() == QEvent.Type.FocusOut:
            self._disarm()
        return super().event(event)

    def _take(self, event: QKeyEvent) -> None:
        if event.key() in _MODIFIERS:
            return
        self._disarm()
        if event.key() != Qt.Key.Key_Escape:
            self.caught.emit(_pressed(event))


def _pressed(event: QKeyEvent) -> str:
    """A key press as a shortcut: signs that need Shift to be typed are themselves, without Shift."""
    key, held = Qt.Key(event.key()), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if key == Qt.Key.Key_Backtab:
        key = Qt.Key.Key_Tab
    elif (
        event.text() and event.text().isprintable() and not event.text().isalnum() and key != Qt.Key.Key_Space
    ):
        held &= ~Qt.KeyboardModifier.ShiftModifier
    return QKeySequence(QKeyCombination(held, key)).toString(QKeySequence.SequenceFormat.PortableText)
