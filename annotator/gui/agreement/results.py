"""The figures of one scheme: its items at the left, everything known of the chosen one at the right."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from annotator.app.agreement import RatedScheme
from annotator.app.consensus import SettledState
from annotator.domain.scheme import Scheme
from annotator.domain.translation import tr, tr_n
from annotator.gui.agreement.consensus_card import ConsensusCard
from annotator.gui.agreement.item_list import ItemList
from annotator.gui.agreement.item_page import ItemPage
from annotator.gui.agreement.measure import Measured
from annotator.gui.icons import set_icon
from annotator.gui.listening import Listener
from annotator.gui.theme import GRID
from annotator.gui.widgets.elided_combo import ElidedCombo
from annotator.gui.widgets.remark import remark

#: Width below which the bar takes two lines.
_NARROW = 135 * GRID


class ResultsPage(QWidget):
    """Shows what was measured. Which item was looked at last is remembered for each scheme."""

    scheme_chosen = Signal()

    def __init__(self, listener: Listener, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._listener = listener
        self._measured: Measured | None = None
        self._row: dict[str, int] = {}  # item chosen last, by scheme
        self._splitter = QSplitter()
        self._splitter.setChildrenCollapsible(False)
        self._bar = self._build_bar()
        self._splitter.addWidget(self._build_left())
        self._splitter.addWidget(self._build_right())
        self._splitter.setStretchFactor(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, GRID, 0, 0)
        column.setSpacing(GRID + GRID // 2)
        column.addLayout(self._bar)
        column.addWidget(self._splitter, 1)

    # Widgets

    def _build_bar(self) -> QHBoxLayout:
        self.schemes = ElidedCombo()
        self.schemes.setAccessibleName(tr("Scheme"))
        self.schemes.setMinimumWidth(24 * GRID)
        self.schemes.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.schemes.currentIndexChanged.connect(self._choose_scheme)
        self._about, self.state = QLabel(), QLabel()
        self._about.setProperty("role", "muted")
        self.state.setProperty("role", "muted")
        self.compute = QPushButton(tr("Compute"))
        self.compute.setToolTip(tr("Compute agreement ({key})", key="F5"))
        set_icon(self.compute, "agreement")
        self.derive = QPushButton(tr("Quadrants and bins..."))
        self.derive.setToolTip(tr("Choose the items made from those that were rated ({key})", key="B"))
        self.tiers = QPushButton(tr("Compare segmentations..."))
        self.report = QToolButton()
        self.report.setText(tr("Report"))
        self.report.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.report.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        set_icon(self.report, "export")
        what, buttons = QHBoxLayout(), QHBoxLayout()
        what.addWidget(self.schemes)
        what.addWidget(self._about, 1)
        what.addWidget(self.state)
        buttons.addStretch(1)
        for button in (self.tiers, self.derive, self.report, self.compute):
            buttons.addWidget(button)
        bar = QHBoxLayout()
        bar.setContentsMargins(2 * GRID, GRID, 2 * GRID, 0)
        for row in (bar, what, buttons):
            row.setSpacing(GRID + GRID // 2)
        bar.addLayout(what, 1)
        bar.addLayout(buttons)
        return bar

    def _build_left(self) -> QWidget:
        self.items = ItemList(name=tr("Items"))
        self.items.chosen.connect(self._choose_item)
        self.consensus = ConsensusCard()
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(2 * GRID, 0, GRID, 2 * GRID)
        column.setSpacing(GRID)
        column.addWidget(self.items, 1000)  # all the room it can use, before the stretch has any
        column.addWidget(
            remark(
                tr(
                    "Krippendorff's alpha with its 95 % interval. Names of bands: Landis & Koch 1977, a convention."
                )
            )
        )
        column.addWidget(self.consensus)
        column.addStretch(1)
        return left

    def _build_right(self) -> QWidget:
        self.page = ItemPage(self._listener)
        self.message = QLabel()
        self.message.setProperty("role", "muted")
        self.message.setWordWrap(True)
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._right = QStackedWidget()
        self._right.addWidget(self.message)
        self._right.addWidget(self.page)
        return self._right

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The list gives way in a narrow window, and the buttons go below what they are about."""
        super().resizeEvent(event)
        self._bar.setDirection(
            QBoxLayout.Direction.TopToBottom
            if event.size().width() < _NARROW
            else QBoxLayout.Direction.LeftToRight
        )
        self._bar.update()
        width = event.size().width()
        if width != event.oldSize().width():
            side = min(54 * GRID, round(0.29 * width))
            self._splitter.setSizes([side, width - side])

    # Showing

    @property
    def row(self) -> int:
        """Which item is shown."""
        return max(0, self.items.currentRow())

    def list_schemes(self, schemes: list[Scheme]) -> None:
        """Offers schemes; the chosen one stays chosen where it is among them."""
        chosen = self.schemes.currentData()
        self.schemes.blockSignals(True)
        self.schemes.clear()
        for scheme in schemes:
            self.schemes.addItem(scheme.title, scheme.name)
        self.schemes.setCurrentIndex(max(0, self.schemes.findData(chosen)) if schemes else -1)
        self.schemes.blockSignals(False)

    def show_scheme(
        self, entry: RatedScheme, settled: tuple[SettledState, ...], measured: Measured | None
    ) -> None:
        """Shows what is known of a scheme: all its figures, or a message while they are measured."""
        self._about.setText(
            tr_n("{raters} raters, {n} segment, {ratings} ratings", "{raters} raters, {n} segments, {ratings} ratings",
                 entry.segments, raters=entry.raters, ratings=entry.ratings)
        )  # fmt: skip
        self.consensus.show_scheme(entry.scheme, settled)
        shown, self._measured = self._measured, measured
        if measured is None:
            self.items.clear()
            self._right.setCurrentWidget(self.message)
            return
        if measured is not shown or self._right.currentWidget() is self.message:
            agreement = measured.agreement
            titles = [agreement.scheme.item(report.item).title for report in agreement.items]
            titles += [made.title for made in agreement.derived]
            reports = [*agreement.items, *(made.report for made in agreement.derived)]
            row = min(self._row.get(agreement.scheme.name, 0), len(reports) - 1)
            self.items.show_items(titles, reports, row)
            self.page.show_item(measured, row)
        self._right.setCurrentWidget(self.page)

    def forget(self) -> None:
        """Another corpus."""
        self._measured = None
        self._row.clear()

    @Slot(int)
    def _choose_scheme(self, _index: int) -> None:
        self._listener.stop()
        self.scheme_chosen.emit()

    @Slot(int)
    def _choose_item(self, row: int) -> None:
        if self._measured is not None:
            self._listener.stop()
            self._row[self._measured.agreement.scheme.name] = row
            self.page.show_item(self._measured, row)
