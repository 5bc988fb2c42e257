"""How the spectrogram looks: chosen from a menu, remembered in the settings."""

from dataclasses import asdict, replace
from typing import Any

from PySide6.QtCore import QObject, QPoint, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from annotator.domain.translation import tr
from annotator.gui.context import Context
from annotator.gui.menus import add_heading
from annotator.gui.segment.spectrogram import RANGES, Look, SpectrogramLane


class SpectrogramLook(QObject):
    """Keeps lane, menu and settings in step."""

    changed = Signal()  # shown or hidden

    def __init__(self, context: Context, lane: SpectrogramLane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._lane = lane
        kept = context.settings.spectrogram
        lane.set_look(_look(kept))
        lane.set_shown(kept.get("shown") is True)

    def toggle(self) -> None:
        """Shows the spectrogram, or hides it."""
        self._lane.set_shown(not self._lane.shown)
        self._remember()
        self.changed.emit()

    def choose(self, parent: QWidget, place: QPoint) -> None:
        """Offers scale, range and colours in a menu at a place on the screen."""
        menu = QMenu(parent)
        for title, field, choices in _choices():
            add_heading(menu, title)
            group = QActionGroup(menu)
            for value, text in choices:
                entry = QAction(text, group)
                entry.setCheckable(True)
                entry.setChecked(getattr(self._lane.look, field) == value)
                entry.setData((field, value))
                menu.addAction(entry)
        menu.triggered.connect(self._take)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)

    @Slot(QAction)
    def _take(self, entry: QAction) -> None:
        field, value = entry.data()
        self._lane.set_look(replace(self._lane.look, **{field: value}))
        if not self._lane.shown:
            self.toggle()
        self._remember()

    def _remember(self) -> None:
        kept = {"shown": self._lane.shown, **asdict(self._lane.look)}
        self._context.update_settings(replace(self._context.settings, spectrogram=kept))


def _choices() -> tuple[tuple[str, str, tuple[tuple[str | int, str], ...]], ...]:
    """Title, field of `Look`, and its values with their names."""
    return (
        (tr("Scale"), "scale", (("mel", tr("Mel")), ("linear", tr("Linear")))),
        (tr("Range"), "span", tuple((span, tr("{n} dB", n=span)) for span in RANGES)),
        (
            tr("Colours"),
            "colours",
            (("magma", tr("Magma")), ("viridis", tr("Viridis")), ("grey", tr("Grey"))),
        ),
    )


def _look(kept: dict[str, Any]) -> Look:
    """The look in the settings, as far as it makes sense."""
    good = {field: [value for value, _ in choices] for _, field, choices in _choices()}
    return Look(**{field: kept[field] for field, values in good.items() if kept.get(field) in values})
