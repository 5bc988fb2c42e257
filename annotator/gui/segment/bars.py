"""The two bars above the timeline: which recording and tier, and buttons for the main actions."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from annotator.app.laying import made_text
from annotator.domain.corpus import Recording
from annotator.domain.timeline import clock
from annotator.domain.translation import tr
from annotator.gui.context import Context
from annotator.gui.icons import set_icon
from annotator.gui.key_names import hint
from annotator.gui.segment.keys import CONTROL_KEYS, KeyKeeper
from annotator.gui.segment.sound_bar import SoundBar
from annotator.gui.theme import GRID

_GROUPS = (
    ("play_pause", "play_segment", "loop"),
    ("previous_segment", "next_segment"),
    ("split_at_cursor", "join_next", "delete_segment"),
)
_ZOOMS = ("toggle_spectrogram", "zoom_out", "zoom_in", "zoom_segment", "zoom_all")
# Where it is narrow; the last three do nothing beside a proposal, where it is narrowest.
_YIELDING = (
    "zoom_segment",
    "toggle_spectrogram",
    "zoom_all",
    "join_next",
    "split_at_cursor",
    "delete_segment",
)
_NAME = 24 * GRID  # what is kept for the name of a recording
_LEAST = 60 * GRID  # width that the bars can do with, when all has given way
_ICONS = {"play_segment": "play-segment", "zoom_segment": "zoom-segment"}


class _Name(QLabel):
    """A heading that gives way: shortened in its middle where there is no room for all of it."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "heading")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def setText(self, text: str) -> None:
        super().setText(text)
        self.setMinimumWidth(min(self.fontMetrics().horizontalAdvance(text) + 4, _NAME))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideMiddle, self.width())
        painter.setPen(self.palette().text().color())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()


class TitleBar(QWidget):
    """Name and facts of the recording; its tier; the list of recordings in and out; automatic segmentation."""

    list_toggled = Signal(bool)
    tier_chosen = Signal(str)
    new_tier_wanted = Signal()
    tier_options_wanted = Signal()
    automatic_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        #: Shows and hides the list of recordings.
        self.toggle = QToolButton()
        self.toggle.setCheckable(True)
        self.toggle.setChecked(True)
        set_icon(self.toggle, "sidebar")
        self.toggle.setToolTip(tr("Show or hide the list of recordings"))
        self.toggle.setAccessibleName(self.toggle.toolTip())
        self.toggle.toggled.connect(self.list_toggled)
        self._name = _Name()
        self._facts = QLabel()
        self._facts.setProperty("role", "caption")
        self._tier = QLabel(tr("Tier"))
        self._tier.setProperty("role", "muted")
        #: The tier whose segments are shown.
        self.tiers = QComboBox()
        self.tiers.setAccessibleName(tr("Tier"))
        self.show_made(None)
        self.tiers.setMinimumWidth(14 * GRID)
        self.tiers.activated.connect(self._choose)
        self._tier.setBuddy(self.tiers)
        #: Opens what can be done with tiers.
        self.options = QToolButton()
        set_icon(self.options, "settings")
        self.options.setToolTip(hint(context.actions["tier_options"]))
        self.options.setAccessibleName(context.actions["tier_options"].title)
        self.options.clicked.connect(self.tier_options_wanted)
        #: Opens the panel for automatic segmentation.
        self.automatic = QPushButton(tr("Segment automatically"))
        set_icon(self.automatic, "segment")
        self._name_keys()
        context.keys_changed.connect(self._name_keys)
        self.automatic.clicked.connect(self.automatic_wanted)
        KeyKeeper(CONTROL_KEYS, self).guard(self.toggle, self.tiers, self.options, self.automatic)
        self.setMinimumWidth(_LEAST)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self.toggle)
        row.addWidget(self._name, 1)
        row.addWidget(self._facts)
        row.addSpacing(GRID)
        for widget in (self._tier, self.tiers, self.options, self.automatic):
            row.addWidget(widget)

    @Slot()
    def _name_keys(self) -> None:
        self.automatic.setToolTip(hint(self._context.actions["segment_automatically"]))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        _give_way(self, (self._facts, self._tier, self.automatic))

    def show_recording(self, recording: Recording | None) -> None:
        """Shows which recording is open."""
        if recording is None:
            self._name.clear()
            self._facts.clear()
            return
        self._name.setText(recording.name)
        self._name.setToolTip(recording.path)
        channels = {1: tr("mono"), 2: tr("stereo")}.get(
            recording.channels, tr("{n} channels", n=recording.channels)
        )
        rate = tr("{rate:g} kHz", rate=recording.sample_rate / 1000)
        self._facts.setText("  ·  ".join((clock(recording.seconds, 1), rate, channels)))

    def show_tiers(self, names: Sequence[str], current: str) -> None:
        """Shows the tiers there are, and one that there will be."""
        listed = list(names) if current in names else [current, *names]
        self.tiers.clear()
        self.tiers.addItems(listed)
        self.tiers.insertSeparator(len(listed))
        self.tiers.addItem(tr("New tier..."))
        self.tiers.setCurrentIndex(listed.index(current))

    def show_made(self, made: Mapping[str, Any] | None) -> None:
        """Tells, where the pointer rests on the tier, how a method cut the recording."""
        told = tr("Segments are kept in tiers: by hand, by a method, or agreed")
        if made is not None and "method" in made:
            told = tr("This recording was cut by {way}", way=made_text(made)) + "\n" + told
        self.tiers.setToolTip(told)

    @Slot(int)
    def _choose(self, index: int) -> None:
        if index == self.tiers.count() - 1:
            self.new_tier_wanted.emit()
        else:
            self.tier_chosen.emit(self.tiers.itemText(index))


class ActionBar(QFrame):
    """Buttons that ask for actions by id, the sound, and the position between them."""

    wanted = Signal(str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._buttons: dict[str, QToolButton] = {}
        keeper = KeyKeeper(CONTROL_KEYS, self)
        self.setMinimumWidth(_LEAST)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for group in _GROUPS:
            for name in group:
                row.addWidget(self._button(name, keeper))
            row.addSpacing(GRID + GRID // 2)
        #: Speed, volume and device.
        self.sound = SoundBar(context)
        row.addWidget(self.sound)
        self._position = QLabel()
        self._position.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self._position.setAccessibleName(tr("Position of the cursor"))
        self._of = QLabel()
        self._of.setProperty("role", "muted")
        row.addStretch(1)
        row.addWidget(self._position)
        row.addSpacing(GRID // 2)
        row.addWidget(self._of)
        row.addStretch(1)
        for name in _ZOOMS:
            row.addWidget(self._button(name, keeper))
        self._name_keys()
        context.keys_changed.connect(self._name_keys)
        self._buttons["loop"].setCheckable(True)
        self._buttons["toggle_spectrogram"].setCheckable(True)

    def _button(self, name: str, keeper: KeyKeeper) -> QToolButton:
        action, button = self._context.actions[name], QToolButton()
        button.setObjectName(name)
        button.setIconSize(QSize(20, 20))
        set_icon(button, _ICONS.get(name, action.icon))
        button.setAccessibleName(action.title)
        button.clicked.connect(self._want)
        keeper.guard(button)
        self._buttons[name] = button
        return button

    @Slot()
    def _name_keys(self) -> None:
        for name, button in self._buttons.items():
            button.setToolTip(hint(self._context.actions[name]))

    @Slot()
    def _want(self) -> None:
        self.wanted.emit(self.sender().objectName())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        _give_way(
            self,
            (self._of, self.sound.volume, self.sound.devices, *map(self._buttons.__getitem__, _YIELDING)),
        )

    def enable(self, able: dict[str, bool]) -> None:
        """Enables the buttons of what can be done now."""
        for name, button in self._buttons.items():
            button.setEnabled(able[name])

    @property
    def names(self) -> tuple[str, ...]:
        """Ids of the actions that have a button."""
        return tuple(self._buttons)

    def show_playing(self, *, playing: bool, looping: bool) -> None:
        """Shows whether sound is going on."""
        set_icon(self._buttons["play_pause"], "pause" if playing else "play")
        self._buttons["loop"].setChecked(looping)

    def show_spectrogram(self, *, shown: bool) -> None:
        """Shows whether the spectrogram is there."""
        self._buttons["toggle_spectrogram"].setChecked(shown)

    def show_length(self, recording: Recording | None) -> None:
        """Shows how long the recording is; the position keeps its place while it counts."""
        whole = clock(recording.seconds if recording else 0.0)
        self._of.setText(f"/ {whole}")
        self._position.setFixedWidth(self._position.fontMetrics().horizontalAdvance("8" * len(whole)) + GRID)
        self._position.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def show_position(self, seconds: float) -> None:
        """Shows where the cursor is."""
        self._position.setText(clock(seconds))


def _give_way(bar: QWidget, widgets: Iterable[QWidget]) -> None:
    """Hides as many of the widgets, from the first on, as there is no room for."""
    waiting = list(widgets)
    for widget in waiting:
        _show(widget, bar, shown=True)
    while waiting and bar.layout().minimumSize().width() > bar.width():
        _show(waiting.pop(0), bar, shown=False)
    bar.layout().activate()


def _show(widget: QWidget, bar: QWidget, *, shown: bool) -> None:
    """Shows or hides a widget anywhere inside a bar, whose layout knows of it at once."""
    widget.setVisible(shown)
    holder = widget.parentWidget()
    while holder is not bar:
        holder.layout().invalidate()
        holder.updateGeometry()
        holder = holder.parentWidget()
