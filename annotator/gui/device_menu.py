"""The sound devices there are, to choose from."""

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from annotator.domain.translation import tr
from annotator.gui.context import Context


class DeviceMenu(QMenu):
    """Lists the devices anew whenever it opens; first the one that the system prefers."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.setAccessibleName(tr("Sound device"))
        self._group = QActionGroup(self)
        self._group.triggered.connect(self._choose)
        self.aboutToShow.connect(self.refresh)

    @Slot()
    def refresh(self) -> None:
        """Lists what there is now."""
        self.clear()
        chosen, devices = self._context.settings.device, self._context.player.devices()
        self._add("", tr("The system's own choice"), marked=chosen == "")
        self.addSeparator()
        for key, name in devices:
            self._add(key, name, marked=key == chosen)
        if chosen and chosen not in dict(devices):
            self._add(chosen, tr("{device} (not there now)", device=chosen), marked=True)
        if not devices:
            nothing = self.addAction(tr("There is no sound device"))
            nothing.setEnabled(False)

    def _add(self, key: str, name: str, *, marked: bool) -> None:
        entry = QAction(name, self._group)
        entry.setCheckable(True)
        entry.setChecked(marked)
        entry.setData(key)
        self.addAction(entry)

    @Slot(QAction)
    def _choose(self, entry: QAction) -> None:
        self._context.set_device(entry.data())
