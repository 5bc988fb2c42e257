"""How the raters work: hints for a talk, what each answers, agreement against time, how many raters are enough."""

import html

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QLabel

from annotator.agreement.pace import Pace
from annotator.agreement.report import ItemReport
from annotator.app.agreement import SchemeAgreement
from annotator.app.focus import Focus, answer_bands, rater_shares
from annotator.app.known import AnchorReport, in_words
from annotator.app.raters import RaterBook, RaterHints, RaterItem
from annotator.domain.scheme import Item
from annotator.domain.translation import tr, tr_n
from annotator.gui.agreement.cards import MOST_IN_MATRIX
from annotator.gui.agreement.curve import Curve, Point, interval_words
from annotator.gui.numbers import number, percent
from annotator.gui.widgets.card import Card
from annotator.gui.widgets.figure_table import Cell, FigureTable, figure, missing
from annotator.gui.widgets.heat_map import HeatMap
from annotator.gui.widgets.remark import remark, say


class HintsCard(Card):
    """What stands out about each rater on the item, in words, and the figures behind the words."""

    focus_wanted = Signal(object)  # Focus

    def __init__(self) -> None:
        super().__init__(
            tr("Hints about raters"),
            tr("For a talk, never a verdict: there may be good reasons for each of them."),
        )
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.table = FigureTable(name=tr("How each rater uses the item"), opens=True)
        self.table.row_opened.connect(self._open)
        self.anchors = remark(role="muted")
        self.body.addWidget(self.words)
        self.body.addWidget(self.table)
        self.body.addWidget(self.anchors)
        self.body.addStretch(1)
        self._names: list[str] = []

    def show_book(self, book: RaterBook | None, item: Item, raters: tuple[str, ...]) -> None:
        """Shows all raters, or those that are looked at."""
        self.setVisible(book is not None and bool(book.hints or book.anchors))
        if book is None:
            return
        shown = [h for h in book.hints if not raters or h.rater in raters]
        told = [
            f"<b>{html.escape(h.rater)}</b><br>" + "<br>".join(html.escape(words) for words in h.hints)
            for h in shown if h.hints
        ]  # fmt: skip
        self.words.setText("<p>".join(told) or tr("Nothing stands out."))
        self._names = [h.rater for h in shown]
        columns = [
            tr("Rater"),
            tr("Bias"),
            tr("Range used"),
            tr("Commonest answer"),
            tr("Drift"),
            tr("Too fast"),
        ]
        rows = [_habit_row(h, item) for h in shown]
        if book.anchors:
            columns.append(tr("Anchors"))
            reports = {report.rater: report for report in book.anchors}
            rows = [
                [*row, _anchor_cell(reports.get(h.rater), item)] for row, h in zip(rows, shown, strict=True)
            ]
        self.table.set_rows(columns, rows)
        asked = [report for report in book.anchors if not raters or report.rater in raters]
        about = (
            [tr("Anchors are segments whose answer you know, asked unseen among the others.")]
            if asked
            else []
        )
        say(self.anchors, "\n".join([*about, *map(in_words, asked)]))

    @Slot(int)
    def _open(self, row: int) -> None:
        self.focus_wanted.emit(Focus(raters=(self._names[row],)))


def _habit_row(hints: RaterHints, item: Item) -> list[Cell | str]:
    entry: RaterItem | None = next((e for e in hints.items if e.item == item.name), None)
    unknown = missing(tr("Not enough to tell."))
    fast = unknown
    if hints.too_fast is not None:
        tip = tr_n("of {n} timed rating", "of {n} timed ratings", hints.n_timed)
        fast = figure(percent(hints.too_fast), tip)
    if entry is None:
        return [hints.rater, unknown, unknown, unknown, unknown, fast]
    habit = entry.habit
    return [
        hints.rater,
        unknown
        if habit.bias is None
        else figure(number(habit.bias, sign=True), tr("points from the median of the others")),
        unknown
        if habit.range_used is None
        else figure(percent(habit.range_used), tr("of the others' spread")),
        figure(percent(habit.commonest_share), _commonest(habit.commonest_share_others)),
        unknown
        if habit.drift is None
        else figure(number(habit.drift, sign=True), tr("from the first to the last third")),
        fast,
    ]


def _anchor_cell(report: AnchorReport | None, item: Item) -> Cell:
    found = next((one for one in report.figures if one.item == item.name), None) if report else None
    if found is None:
        return Cell("–", tr("No anchor of this item was answered."), number=True, muted=True)
    tip = tr_n("on {n} anchor", "on {n} anchors", found.n)
    if found.mean_error is None:
        return figure(percent(found.correct or 0.0), tr("as expected, {basis}", basis=tip))
    return figure(
        f"{found.mean_error:.2g}", tr("points from the expected answer on average, {basis}", basis=tip)
    )


def _commonest(others: float | None) -> str:
    return "" if others is None else tr("the others give it in {percent:.0f} %", percent=100 * others)


class SharesCard(Card):
    """How often each rater gives each answer; a cell is the way to the segments behind it."""

    focus_wanted = Signal(object)  # Focus

    def __init__(self) -> None:
        super().__init__(
            tr("What each rater answers"),
            tr("Share of a rater's own answers. Enter or a click lists the segments that divide there."),
        )
        self.map = HeatMap(name=tr("Share of each answer by rater"))
        self.map.opened.connect(self._open)
        self._note = remark()
        self.body.addWidget(self.map)
        self.body.addWidget(self._note)
        self.body.addStretch(1)
        self._names: tuple[str, ...] = ()

    def show_agreement(self, agreement: SchemeAgreement, item: Item) -> None:
        """Draws the raters of one item, the first ones where there are too many."""
        names, shares, counts = rater_shares(agreement, item)
        self.setVisible(bool(names))
        if not names:
            return
        self._names = names[:MOST_IN_MATRIX]
        most = len(self._names)
        self.map.set_data(
            self._names, answer_bands(item).names, shares[:most].tolist(), counts[:most].tolist(),
            high=max(0.5, float(shares.max())),
        )  # fmt: skip
        height = min(self.map.sizeHint().height(), 560)
        self.map.setFixedHeight(height)
        left_out = len(names) - most
        say(
            self._note,
            tr_n("{n} more rater is not shown.", "{n} more raters are not shown.", left_out)
            if left_out
            else "",
        )

    @Slot(object)
    def _open(self, cell: tuple[int, int]) -> None:
        row, column = cell
        self.focus_wanted.emit(Focus(raters=(self._names[row],), answer=column))


class PaceCard(Card):
    """Whether quick or slow answers lie further from the others."""

    def __init__(self) -> None:
        super().__init__(tr("Agreement against rating time"))
        self.curve = Curve(
            name=tr("Distance from the others by rating time"), foot=tr("seconds from hearing to answer")
        )
        self._described = remark(role="muted")
        self.curve.described.connect(self._describe)
        self.body.addWidget(self.curve)
        self.body.addWidget(self._described)
        self.body.addWidget(
            remark(tr("Higher is further from the others. Hard segments take longer and divide people, too."))
        )
        self.body.addStretch(1)

    def show_pace(self, bands: tuple[Pace, ...], rater: str) -> None:
        """Draws the bands, of everybody or of one rater."""
        self.setVisible(bool(bands))
        self.set_title(tr("Agreement against rating time"), rater)
        points = [
            Point(
                f"{p.quickest:.0f}–{p.slowest:.0f}", p.apart, *p.ci,
                tr_n(
                    "{quick:.1f} to {slow:.1f} s: {apart} from the others, {interval} ({n} rating)",
                    "{quick:.1f} to {slow:.1f} s: {apart} from the others, {interval} ({n} ratings)",
                    p.n, quick=p.quickest, slow=p.slowest, apart=number(p.apart), interval=interval_words(*p.ci),
                ),
            )
            for p in bands
        ]  # fmt: skip
        self.curve.show_points(points, low=0.0, high=max((p.high for p in points), default=1.0))

    @Slot(str)
    def _describe(self, text: str) -> None:
        say(self._described, text)


class OutlookCard(Card):
    """The interval to expect with 2 to 10 raters a segment, and how reliable the mean of their answers would be."""

    def __init__(self) -> None:
        super().__init__(
            tr("How many raters are enough"),
            tr("Alpha with the 95 % interval to expect; dashed: reliability of the mean of so many raters."),
        )
        self.curve = Curve(name=tr("Expected interval by number of raters"), foot=tr("raters per segment"))
        self._described = remark(role="muted")
        self.curve.described.connect(self._describe)
        self.body.addWidget(self.curve)
        self.body.addWidget(self._described)
        self.body.addWidget(remark(tr("From the data so far, if further raters are like these.")))
        self.body.addStretch(1)

    def show_report(self, report: ItemReport) -> None:
        """Draws the outlook; nothing where there is no interval to start from."""
        value = report.coefficients[0].value
        self.setVisible(bool(report.outlook) and value is not None)
        if value is None:
            return
        points = [
            Point(
                str(o.raters), value, max(value - o.width / 2, -1.0), min(value + o.width / 2, 1.0),
                tr("{raters} raters: interval {width} wide, mean reliable to {reliability}",
                   raters=o.raters, width=number(o.width), reliability=number(o.mean_reliability)),
                o.mean_reliability,
            )
            for o in report.outlook
        ]  # fmt: skip
        self.curve.show_points(points, low=0.0, high=1.0)

    @Slot(str)
    def _describe(self, text: str) -> None:
        say(self._described, text)
