"""Everything that is known of the agreement on one item, as one page to scroll."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from annotator.agreement.report import ItemReport
from annotator.agreement.summary import band
from annotator.app.agreement import plane_of
from annotator.domain.scheme import Item
from annotator.domain.translation import tr, tr_n
from annotator.gui.agreement.cards import CategoriesCard, CoefficientsCard, PairsCard, PlaneCard, RatersCard
from annotator.gui.agreement.divided_list import DividedCard
from annotator.gui.agreement.measure import Measured
from annotator.gui.agreement.words import (
    interval,
    level_name,
    main_coefficient,
    number,
    percent,
    percent_interval,
)
from annotator.gui.listening import Listener
from annotator.gui.theme import GRID
from annotator.gui.widgets.card import Card
from annotator.gui.widgets.stat_tile import StatTile

#: Width of the page from which on cards stand two by two.
_TWO_COLUMNS = 100 * GRID
#: Width from which on all tiles stand in one row.
_ONE_ROW = 78 * GRID


class ItemPage(QScrollArea):
    """Heading, sentence, figures and cards of the item that was chosen. `segment_wanted(id)` asks for a place."""

    segment_wanted = Signal(str)

    def __init__(self, listener: Listener, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.measured: Measured | None = None
        self._title, self._kind, self.summary = QLabel(), QLabel(), QLabel()
        self._title.setProperty("role", "title")
        self._kind.setProperty("role", "muted")
        self.summary.setWordWrap(True)
        self.summary.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._alpha = StatTile(tr("Krippendorff's alpha"))
        self._percent = StatTile(tr("Percent agreement"))
        self._apart = StatTile(tr("Two raters lie apart by"))
        self._raters_tile = StatTile(tr("Raters"))
        self._segments_tile = StatTile(tr("Segments"))
        self.coefficients, self.categories = CoefficientsCard(), CategoriesCard()
        self.pairs, self.raters, self.plane = PairsCard(), RatersCard(), PlaneCard()
        self.divided = DividedCard(listener)
        self.divided.wanted.connect(self.segment_wanted)
        self._cards: tuple[Card, ...] = (
            self.coefficients, self.categories, self.pairs, self.plane, self.raters,
        )  # fmt: skip
        inner = _Sheet()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 2 * GRID, 2 * GRID)
        column.setSpacing(2 * GRID)
        head = QHBoxLayout()
        head.setSpacing(GRID + GRID // 2)
        head.addWidget(self._title)
        head.addWidget(self._kind, 1, Qt.AlignmentFlag.AlignBottom)
        column.addLayout(head)
        column.addWidget(self.summary)
        self._tiles = (self._alpha, self._percent, self._apart, self._raters_tile, self._segments_tile)
        self._tile_grid = QGridLayout()
        self._tile_grid.setSpacing(GRID)
        column.addLayout(self._tile_grid)
        for widget in (*self._tiles, *self._cards):
            widget.setParent(inner)
            widget.show()  # from here on `isHidden` tells what an item has no use for
        self._grid = QGridLayout()
        self._grid.setSpacing(2 * GRID)
        column.addLayout(self._grid)
        column.addWidget(self.divided)
        column.addStretch(1)
        self.setWidget(inner)
        self._columns = 0

    def show_item(self, measured: Measured, row: int) -> None:
        """Shows one item, the derived ones after those that were rated; where it is the one shown before, the page
        stays where it was scrolled to."""
        self.measured = measured
        item, report, note = measured.shown_item(row)
        same = self._title.text() == item.title
        place = self.verticalScrollBar().value() if same else 0
        self._title.setText(item.title)
        self._kind.setText(_kind(item, report))
        self.summary.setText(f"{report.summary} {note}".strip())
        self._show_tiles(report)
        self.coefficients.show_report(report, measured.agreement.cluster_key)
        self.categories.show_report(report)
        self.pairs.show_report(report)
        self.raters.show_report(report)
        axes = plane_of(measured.agreement.scheme)
        self.plane.setVisible(axes is not None and bool(measured.places))
        if axes is not None:
            self.plane.show_places(*axes, measured.places)
        self.divided.show_divided(item, measured.divided.get(report.item, ()))
        self._arrange()
        self.verticalScrollBar().setValue(place)

    def _show_tiles(self, report: ItemReport) -> None:
        main = main_coefficient(report)
        if main.value is None:
            self._alpha.set_value("–", main.reason)
        else:
            self._alpha.set_value(number(main.value), f"{interval(main)}, {band(main.value)}")
        agreed, apart = report.percent_agreement, report.mean_difference
        self._percent.setVisible(report.level != "interval")
        self._apart.setVisible(report.level == "interval")
        self._percent.set_value(
            "–" if agreed.value is None else percent(agreed.value), agreed.reason or _percent_note(report)
        )
        self._apart.set_value(
            "–" if apart is None else f"{apart:.2g}",
            tr("No segment has two ratings.") if apart is None else tr("on average, in points of the scale"),
        )
        low, _, high = report.ratings_per_item
        each = f"{low}" if low == high else f"{low}–{high}"
        self._raters_tile.set_value(f"{report.n_raters:,}", tr("{n} ratings a segment", n=each))
        if report.n_single:
            note = tr_n("{n} with a single rating", "{n} with a single rating", report.n_single)
            self._segments_tile.set_value(f"{report.n_items:,}", note, role="warning")
        else:
            self._segments_tile.set_value(f"{report.n_items:,}", tr("each with two ratings or more"))

    # Layout

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Cards two by two where there is room; one that is left over has the whole width."""
        width = self.viewport().width()
        across = 4 if width >= _ONE_ROW else 2
        for tile in self._tiles:
            self._tile_grid.removeWidget(tile)
        for n, tile in enumerate(tile for tile in self._tiles if not tile.isHidden()):
            self._tile_grid.addWidget(tile, n // across, n % across)
        for column in range(4):
            self._tile_grid.setColumnStretch(column, 1 if column < across else 0)
        columns = 2 if width >= _TWO_COLUMNS else 1
        shown = [card for card in self._cards if not card.isHidden()]
        for card in self._cards:
            self._grid.removeWidget(card)
        for n, card in enumerate(shown):
            alone = columns == 2 and n == len(shown) - 1 and n % 2 == 0
            self._grid.addWidget(card, n // columns, n % columns, 1, 2 if alone else 1)
        for column in range(2):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)


class _Sheet(QWidget):
    """As tall as its width asks for: the least height of wrapping texts is reckoned for narrower ones."""

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), 0)


def _kind(item: Item, report: ItemReport) -> str:
    if item.numeric:
        low, high = (f"{end:g}".replace("-", "−") for end in (item.minimum, item.maximum))
        return tr("{kind} from {low} to {high}", kind=level_name(report.level), low=low, high=high)
    if item.type == "boolean":
        return tr("yes or no")
    return tr_n("{n} category", "{n} categories", len(item.categories))


def _percent_note(report: ItemReport) -> str:
    if report.percent_agreement.ci is None:
        return tr("not corrected for chance")
    return tr("{interval}, not corrected for chance", interval=percent_interval(report.percent_agreement))
