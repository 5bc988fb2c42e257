"""TopBar: what is rated with which instrument, how far the rater has come, and a few habits."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QMenu, QProgressBar, QPushButton, QWidget

from annotator.app.settings import Settings
from annotator.domain.scheme import Scheme
from annotator.domain.translation import tr
from annotator.gui.icons import set_icon
from annotator.gui.label.sitting import spoken_duration
from annotator.gui.theme import GRID
from annotator.gui.widgets.elided_combo import ElidedCombo

_NARROW = 16 * GRID
_MIDDLE = 24 * GRID
_WIDE = 52 * GRID


class TopBar(QWidget):
    """`chosen` follows another tier or scheme, `switched` another habit of the menu."""

    chosen = Signal()
    switched = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tiers = _chooser(tr("Which segments are rated, and how many there are"))
        self.schemes = _chooser(tr("Rating scheme"))
        for box in (self.tiers, self.schemes):
            box.activated.connect(self._choose)
        self.autoplay = _switch(tr("Play each segment by itself"))
        self.advance = _switch(tr("Store by itself after the last key"))
        self.in_order = _switch(tr("In the order of the recordings"))
        menu = QMenu(self)
        for action in (self.autoplay, self.advance, self.in_order):
            action.triggered.connect(self._switch)
            menu.addAction(action)
        self._options = QPushButton(tr("Options"))
        self._options.setProperty("kind", "quiet")
        self._options.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._options.setMenu(menu)
        set_icon(self._options, "settings", "muted")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setMinimumWidth(10 * GRID)
        self._bar.setMaximumWidth(24 * GRID)
        self._bar.setAccessibleName(tr("Progress"))
        self._count, self._time = QLabel(), QLabel()
        self._time.setProperty("role", "muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID + GRID // 2)
        row.addWidget(self.tiers)
        row.addWidget(self.schemes)
        row.addStretch(1)
        row.addWidget(self._count)
        row.addWidget(self._bar, 1)
        row.addWidget(self._time)
        row.addSpacing(GRID)
        row.addWidget(self._options)

    @property
    def progress_text(self) -> str:
        """What is said about progress."""
        return " · ".join(filter(None, (self._count.text(), self._time.text())))

    def show_choices(
        self,
        tiers: Sequence[tuple[str, int]],
        schemes: Sequence[Scheme],
        tier: str | None,
        scheme: str | None,
        *,
        assigned: bool,
    ) -> None:
        """Lists what can be rated and how; where the lead `assigned` an order there is none to choose."""
        _fill(self.tiers, [(_tier_text(name, count), name) for name, count in tiers], tier)
        # Where room is scarce the number of segments stays to be read, the end of a scheme's title need not.
        self.tiers.setMinimumWidth(min(self.tiers.sizeHint().width(), _MIDDLE))
        _fill(self.schemes, [(s.title, s.name) for s in schemes], scheme)
        self.in_order.setEnabled(not assigned)
        self.in_order.setText(
            tr("The order was assigned to you") if assigned else tr("In the order of the recordings")
        )

    def show_settings(self, settings: Settings) -> None:
        """Checks the habits that are kept."""
        self.autoplay.setChecked(settings.autoplay)
        self.advance.setChecked(settings.advance)
        self.in_order.setChecked(settings.in_order)

    def show_progress(self, done: int, total: int, remaining: float | None) -> None:
        """Says how many are rated and, in seconds, how long the rest will take."""
        self._bar.setRange(0, max(total, 1))
        self._bar.setValue(done)
        self._count.setText(tr("{done} of {total} rated", done=done, total=total))
        self._time.setText("" if remaining is None or done >= total else spoken_duration(remaining))
        for widget in (self._bar, self._count):
            widget.setVisible(total > 0)

    @Slot()
    def _choose(self) -> None:
        self.chosen.emit()

    @Slot()
    def _switch(self) -> None:
        self.switched.emit()


def _chooser(name: str) -> QComboBox:
    box = ElidedCombo()
    box.setAccessibleName(name)
    box.setToolTip(name)
    box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    box.setMinimumWidth(_NARROW)
    box.setMaximumWidth(_WIDE)
    return box


def _fill(box: QComboBox, entries: Sequence[tuple[str, str]], current: str | None) -> None:
    box.clear()
    for text, name in entries:
        box.addItem(text, name)
    box.setCurrentIndex(box.findData(current))


def _switch(text: str) -> QAction:
    action = QAction(text)
    action.setCheckable(True)
    return action


def _tier_text(name: str, count: int) -> str:
    return tr("{name} ({n})", name=name, n=count)
