"""Everything that is known of the agreement on one item, as one page to scroll."""

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from annotator.agreement.report import ItemReport
from annotator.agreement.summary import band
from annotator.app.agreement import Divided, plane_of
from annotator.app.focus import Focus, focus_text, segment_answers
from annotator.app.raters import RaterBook
from annotator.app.trace_agreement import TraceAgreement
from annotator.domain.scheme import Item
from annotator.domain.translation import tr, tr_n
from annotator.gui.agreement.cards import CategoriesCard, CoefficientsCard, PairsCard, RatersCard
from annotator.gui.agreement.divided_list import DividedCard
from annotator.gui.agreement.measure import Look, Measured
from annotator.gui.agreement.plane_card import PlaneCard
from annotator.gui.agreement.rater_cards import HintsCard, OutlookCard, PaceCard, SharesCard
from annotator.gui.agreement.trace_card import TraceCard
from annotator.gui.agreement.words import interval, level_name, main_coefficient, percent_interval
from annotator.gui.listening import Listener, when
from annotator.gui.numbers import number, percent, shortest
from annotator.gui.theme import GRID
from annotator.gui.widgets.card import Card
from annotator.gui.widgets.stat_tile import StatTile

#: Width of the page from which on cards stand two by two.
_TWO_COLUMNS = 100 * GRID
#: Width from which on all tiles stand in one row.
_ONE_ROW = 78 * GRID


class ItemPage(QScrollArea):
    """Heading, sentence, figures and cards of the item that was chosen.

    Every card filters the list of segments: `focus_changed(Focus)` asks for the segments that `show_look` then shows.
    `segment_wanted(id)` asks for a place.
    """

    segment_wanted = Signal(str)
    focus_changed = Signal(object)

    def __init__(self, listener: Listener, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.measured: Measured | None = None
        #: What is looked at.
        self.focus = Focus()
        self._item: Item | None = None
        self._book: RaterBook | None = None
        self._traces: Mapping[str, TraceAgreement] = {}
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
        self.shares, self.hints = SharesCard(), HintsCard()
        self.pace, self.outlook = PaceCard(), OutlookCard()
        self.traces = TraceCard()
        self.divided = DividedCard(listener)
        self.divided.wanted.connect(self.segment_wanted)
        self.divided.looked_at.connect(self._look_at)
        self.divided.all_wanted.connect(self.let_go)
        self.plane.all_wanted.connect(self._show_plane)
        self._cards: tuple[Card, ...] = (
            self.coefficients, self.categories, self.pairs, self.plane, self.raters, self.shares, self.pace,
            self.outlook, self.traces, self.hints,
        )  # fmt: skip
        for card in (self.categories, self.pairs, self.raters, self.shares, self.hints):
            card.focus_wanted.connect(self.look_closer)
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
        self._item = item
        if not same:
            self.focus = Focus()
        self._title.setText(item.title)
        self._kind.setText(_kind(item, report))
        self.summary.setText(f"{report.summary} {note}".strip())
        self._show_tiles(report)
        self.coefficients.show_report(report, measured.agreement.cluster_key)
        self.categories.show_report(report)
        self.pairs.show_report(report)
        self.raters.show_report(report)
        self._show_plane()
        self.shares.show_agreement(measured.agreement, item)
        self.outlook.show_report(report)
        self.traces.show_traces(self._traces.get(item.name), item)
        self._show_book()
        if self.focus or report.item not in measured.divided:
            self.focus_changed.emit(self.focus)
        else:
            self.divided.show_divided(item, measured.divided[report.item])
        self._arrange()
        self.verticalScrollBar().setValue(place)

    @Slot()
    def _show_plane(self) -> None:
        axes = plane_of(self.measured.agreement.scheme)
        self.plane.setVisible(axes is not None and bool(self.measured.places))
        if axes is not None:
            self.plane.show_places(*axes, self.measured.places)

    def use_book(self, book: RaterBook | None) -> None:
        """The book of the scheme that is shown next."""
        self._book = book

    def use_traces(self, traces: Mapping[str, TraceAgreement]) -> None:
        """Agreement on the traces of the scheme that is shown next, by the items that figures take them for."""
        self._traces = traces

    def show_traces(self, traces: Mapping[str, TraceAgreement]) -> None:
        """Shows how far traces agree, once that is known."""
        self._traces = traces
        if self._item is not None:
            self.traces.show_traces(traces.get(self._item.name), self._item)
            self._arrange()

    def show_book(self, book: RaterBook | None) -> None:
        """Shows how raters work, `None` while that is not known yet."""
        self._book = book
        self._show_book()
        self._arrange()

    def _show_book(self) -> None:
        if self._item is not None:
            raters = self.focus.raters
            self.hints.show_book(self._book, self._item, raters)
            alone = raters[0] if len(raters) == 1 else ""
            pace = self._book.pace.get(self._item.name, {}) if self._book else {}
            self.pace.show_pace(pace.get(alone, ()), alone)

    # Looking closer

    @Slot(object)
    def look_closer(self, focus: Focus) -> None:
        """Narrows the list of segments: a rater or a pair replaces raters, an answer replaces the answer."""
        self.focus = Focus(
            focus.raters or self.focus.raters, self.focus.answer if focus.answer is None else focus.answer
        )
        self._show_book()
        self._arrange()
        self.focus_changed.emit(self.focus)

    @Slot()
    def let_go(self) -> None:
        """Shows the segments that divide any of the raters again."""
        if self.focus:
            self.focus = Focus()
            self._show_book()
            self._arrange()
            self.focus_changed.emit(self.focus)

    def show_look(self, found: Look) -> None:
        """Lists what was found, where it is still what is looked for, and brings it into view."""
        if found.item != self._item or found.focus != self.focus:
            return
        self.divided.show_divided(found.item, found.divided, focus_text(found.item, found.focus))
        if found.focus:
            self.ensureWidgetVisible(self.divided, 0, self.viewport().height() // 3)

    @Slot(object)
    def _look_at(self, divided: Divided) -> None:
        """Shows what the raters said of one segment in the plane."""
        axes = plane_of(self.measured.agreement.scheme)
        agreement = self.measured.agreement
        if axes is not None and divided.segment.id in agreement.segment_ids:
            where = f"{divided.recording.name} {when(divided.segment, divided.recording)}"
            self.plane.show_segment(*axes, segment_answers(agreement, axes, divided.segment.id), where)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape lets go of the focus."""
        if event.key() == Qt.Key.Key_Escape and self.focus:
            self.let_go()
        else:
            super().keyPressEvent(event)

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
        """Cards two by two where there is room; the hints, and one that is left over, have the whole width."""
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
        place = 0  # cells taken so far
        for n, card in enumerate(shown):
            follows_wide = n + 1 == len(shown) or shown[n + 1] is self.hints
            wide = columns == 2 and place % 2 == 0 and (card is self.hints or follows_wide)
            self._grid.addWidget(card, place // columns, place % columns, 1, 2 if wide else 1)
            place += 2 if wide else 1
        for column in range(2):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)


class _Sheet(QWidget):
    """As tall as its width asks for: the least height of wrapping texts is reckoned for narrower ones."""

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), 0)


def _kind(item: Item, report: ItemReport) -> str:
    if item.numeric:
        low, high = map(shortest, (item.minimum, item.maximum))
        return tr("{kind} from {low} to {high}", kind=level_name(report.level), low=low, high=high)
    if item.type == "boolean":
        return tr("yes or no")
    return tr_n("{n} category", "{n} categories", len(item.categories))


def _percent_note(report: ItemReport) -> str:
    if report.percent_agreement.ci is None:
        return tr("not corrected for chance")
    return tr("{interval}, not corrected for chance", interval=percent_interval(report.percent_agreement))
