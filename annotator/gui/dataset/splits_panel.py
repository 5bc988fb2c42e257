"""The splits of a corpus side by side, the chosen one below, and what was last exported above."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QStackedWidget, QVBoxLayout, QWidget

from annotator.domain.translation import tr
from annotator.gui.context import Context
from annotator.gui.dataset.split_page import SplitPage
from annotator.gui.listening import Listener
from annotator.gui.theme import GRID
from annotator.gui.widgets.banner import Banner
from annotator.gui.widgets.empty_state import EmptyState


class SplitsPanel(QWidget):
    """`chosen_changed` follows a choice by mouse or arrow keys, not one that the program made."""

    chosen_changed = Signal()

    def __init__(self, context: Context, listener: Listener) -> None:
        super().__init__()
        self.names = QListWidget()
        self.names.setAccessibleName(tr("Splits"))
        self.names.setFlow(QListWidget.Flow.LeftToRight)
        self.names.setWrapping(False)
        self.names.setFixedHeight(6 * GRID)
        self.names.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.names.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.names.currentRowChanged.connect(self._choose)
        self.page = SplitPage(context, listener)
        self._banner: Banner | None = None
        chosen = QWidget()
        inside = QVBoxLayout(chosen)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(GRID + GRID // 2)
        tabs = QHBoxLayout()
        tabs.setContentsMargins(0, 0, 2 * GRID, 0)
        tabs.addWidget(self.names)
        inside.addLayout(tabs)
        inside.addWidget(self.page, 1)
        none = EmptyState(
            "split",
            tr("No split yet"),
            tr(
                "A split made here keeps every singer, speaker or song on one side only, and is audited at once. "
                "Choose at the left what must stay together."
            ),
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(none)
        self._stack.addWidget(chosen)
        self._place = QVBoxLayout()
        self._place.setContentsMargins(0, 0, 2 * GRID, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addLayout(self._place)
        column.addWidget(self._stack, 1)

    @property
    def chosen(self) -> str | None:
        """Name of the chosen split."""
        entry = self.names.currentItem()
        return entry.text() if entry else None

    def show_names(self, names: Sequence[str], wanted: str | None = None) -> None:
        """Lists the splits; `wanted` is chosen where it is there, else the one that was, else the last."""
        chosen = wanted if wanted in names else self.chosen
        self.names.blockSignals(True)
        self.names.clear()
        self.names.addItems(list(names))
        self.names.setCurrentRow(names.index(chosen) if chosen in names else len(names) - 1)
        self.names.blockSignals(False)
        self._stack.setCurrentIndex(1 if names else 0)

    @Slot(int)
    def _choose(self, _row: int) -> None:
        self.chosen_changed.emit()

    def show_banner(self, banner: Banner | None) -> None:
        """Puts a notice above the splits in place of the one that was there."""
        if self._banner is not None:
            self._place.removeWidget(self._banner)
            self._banner.hide()
            self._banner.deleteLater()
        self._banner = banner
        if banner is not None:
            self._place.addWidget(banner)
            banner.show()
