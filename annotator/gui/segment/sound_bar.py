"""How it sounds: speed, volume, device."""

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSlider, QToolButton, QWidget

from annotator.domain.translation import tr
from annotator.gui.context import Context
from annotator.gui.device_menu import DeviceMenu
from annotator.gui.icons import set_icon
from annotator.gui.key_names import first_key, hint
from annotator.gui.segment.keys import CONTROL_KEYS, KeyKeeper
from annotator.gui.segment.transport import SPEEDS
from annotator.gui.theme import GRID

_STEPS = 100  # of the volume slider


class SoundBar(QWidget):
    """Buttons for the speed, for silence and for the device, and a slider for the volume."""

    speed_wanted = Signal(float)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._speed = QToolButton()
        self._speed.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._speed.setMenu(self._speed_menu())
        self._mute = QToolButton()
        self._mute.setIconSize(QSize(20, 20))
        self._mute.setCheckable(True)
        self._mute.setAccessibleName(tr("Sound off"))
        self._mute.clicked.connect(context.set_muted)
        #: Lists the sound devices.
        self.devices = QToolButton()
        self.devices.setIconSize(QSize(16, 16))
        self.devices.setProperty("kind", "faint")
        set_icon(self.devices, "chevron-down", "muted")
        self.devices.setAccessibleName(tr("Sound device"))
        self.devices.setToolTip(tr("Choose the sound device"))
        self.devices.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.devices.setMenu(DeviceMenu(context, self))
        #: Gives way where there is no room for it: keys, and the button beside it, do the same.
        self.volume = QSlider(Qt.Orientation.Horizontal)
        self.volume.setMinimumWidth(8 * GRID)
        self.volume.setMaximumWidth(11 * GRID)
        self.volume.setRange(0, _STEPS)
        self.volume.setPageStep(_STEPS // 10)
        self.volume.setAccessibleName(tr("Volume"))
        self.volume.valueChanged.connect(self._take_volume)
        KeyKeeper(CONTROL_KEYS, self).guard(self._speed, self._mute, self.devices, self.volume)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(self._speed)
        row.addWidget(self._mute)
        row.addWidget(self.volume)
        row.addWidget(self.devices)
        context.sound_changed.connect(self._show_sound)
        context.keys_changed.connect(self._name_keys)
        self.show_speed(context.settings.speed)
        self._show_sound()
        self._name_keys()

    def _speed_menu(self) -> QMenu:
        menu = QMenu(self)
        self._speeds = QActionGroup(menu)
        for speed in SPEEDS:
            entry = QAction(_times(speed), self._speeds)
            entry.setCheckable(True)
            entry.setData(speed)
            menu.addAction(entry)
        self._speeds.triggered.connect(self._take_speed)
        return menu

    def show_speed(self, speed: float) -> None:
        """Shows how fast it plays."""
        self._speed.setText(_times(speed))
        self._speed.setAccessibleName(tr("Speed {times}", times=_times(speed)))
        room = self._speed.fontMetrics().horizontalAdvance(_times(0.75)) + 3 * GRID
        self._speed.setMinimumWidth(room)
        for entry in self._speeds.actions():
            entry.setChecked(entry.data() == speed)

    @Slot()
    def _show_sound(self) -> None:
        settings = self._context.settings
        off = settings.muted or settings.volume == 0
        set_icon(self._mute, "volume-off" if off else "volume", "warning" if off else "text")
        self._mute.setChecked(settings.muted)
        self.volume.blockSignals(True)
        self.volume.setValue(round(settings.volume * _STEPS))
        self.volume.blockSignals(False)
        self.volume.setToolTip(tr("Volume {percent} %", percent=self.volume.value()))

    @Slot()
    def _name_keys(self) -> None:
        known = self._context.actions
        self._mute.setToolTip(hint(known["mute"]))
        keys = [first_key(known[name]) for name in ("slower", "faster", "normal_speed")]
        text = tr("Speed; the pitch stays")
        self._speed.setToolTip(f"{text} ({', '.join(filter(None, keys))})" if any(keys) else text)

    @Slot(QAction)
    def _take_speed(self, entry: QAction) -> None:
        self.speed_wanted.emit(entry.data())

    @Slot(int)
    def _take_volume(self, value: int) -> None:
        self._context.set_volume(value / _STEPS)


def _times(speed: float) -> str:
    return f"{speed:g}×"
