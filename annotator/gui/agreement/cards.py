"""The cards of an item: its coefficients, its categories, its raters. Each shows one `ItemReport` after another."""

from PySide6.QtCore import Signal, Slot

from annotator.agreement.coefficient import Coefficient
from annotator.agreement.report import ItemReport, PairReport, RaterReport
from annotator.agreement.summary import band
from annotator.app.focus import Focus
from annotator.domain.translation import tr, tr_n
from annotator.gui.agreement.words import coefficient_name, interval, percent_interval
from annotator.gui.numbers import number, percent
from annotator.gui.theme import GRID
from annotator.gui.widgets.card import Card
from annotator.gui.widgets.figure_table import Cell, FigureTable, figure
from annotator.gui.widgets.heat_map import HeatMap
from annotator.gui.widgets.remark import remark, say

#: Pairs that share fewer segments than this are greyed: their figure says little.
FEW_SHARED = 10
#: With more raters than this a matrix is no longer legible; the pairs that agree least are listed instead.
MOST_IN_MATRIX = 24
LEAST_AGREEING = 20


class CoefficientsCard(Card):
    """Every coefficient with its interval and what it rests on; undefined ones with the reason."""

    def __init__(self) -> None:
        super().__init__(tr("Coefficients"))
        self.table = FigureTable(name=tr("Coefficients"))
        self._note = remark()
        self.body.addWidget(self.table)
        self.body.addWidget(self._note)
        self.body.addStretch(1)

    def show_report(self, report: ItemReport, cluster: str | None) -> None:
        """Fills the table."""
        shown = [c for c in (report.percent_agreement, *report.coefficients) if not _says_nothing(c)]
        bases = {(c.n_units, c.n_ratings) for c in shown if c.value is not None}
        columns = [tr("Coefficient"), tr("Value"), tr("95 % interval")]
        if len(bases) > 1:
            columns.append(tr("n"))
        self.table.set_rows(columns, [self._row(c, len(columns)) for c in shown])
        methods = {c.ci_method for c in shown if c.ci is not None}
        notes = [_basis(*bases.pop())] if len(bases) == 1 else []
        if len(bases) > 1:
            notes.append(tr("n: segments behind the figure."))
        if "bootstrap" in methods:
            notes.append(
                tr("Intervals: bootstrap; segments of one {cluster} are drawn together.", cluster=cluster)
                if cluster
                else tr("Intervals: bootstrap over segments.")
            )
        if "analytic" in methods:
            notes.append(tr("Those of some correlations are analytic; the tip on a row says which."))
        say(self._note, " ".join(notes))

    def _row(self, coefficient: Coefficient, columns: int) -> list[Cell | str]:
        name = coefficient_name(coefficient.name, coefficient.variant)
        if coefficient.value is None:
            return [name, Cell(coefficient.reason, coefficient.reason, muted=True, span=columns - 1)]
        value = number(coefficient.value)
        tip = tr("by custom “{band}” (Landis & Koch 1977)", band=band(coefficient.value))
        if coefficient.name == "percent_agreement":
            value, tip = percent(coefficient.value), tr("not corrected for chance")
            shown = percent_interval(coefficient)
        else:
            shown = interval(coefficient)
        cells = [Cell(name, tip), figure(value, tip), figure(shown, _method_name(coefficient))]
        if columns > len(cells):
            based_on = _basis(coefficient.n_units, coefficient.n_ratings)
            cells.append(figure(f"{coefficient.n_units:,}", based_on))
        return cells


def _method_name(coefficient: Coefficient) -> str:
    return {"analytic": tr("analytic interval"), "bootstrap": tr("bootstrap interval")}.get(
        coefficient.ci_method, ""
    )


def _basis(segments: int, ratings: int) -> str:
    return tr("On {segments} segments with {ratings} ratings.", segments=segments, ratings=ratings)


def _says_nothing(coefficient: Coefficient) -> bool:
    """Percent agreement of numbers is left out: that it does not fit them is no finding."""
    return coefficient.name == "percent_agreement" and coefficient.variant == "interval"


class CategoriesCard(Card):
    """How often each category was chosen, and how far raters agree on it against all others."""

    focus_wanted = Signal(object)  # Focus

    def __init__(self) -> None:
        super().__init__(tr("Categories"))
        self.table = FigureTable(name=tr("Categories"), opens=True)
        self.table.row_opened.connect(self._open)
        self.body.addWidget(self.table)
        self.body.addWidget(
            remark(tr("Alpha of each category against all others together; a rare one is hard to agree on."))
        )
        self.body.addStretch(1)

    def show_report(self, report: ItemReport) -> None:
        """Fills the table; numbers have no categories."""
        self.setVisible(bool(report.per_category))
        rows: list[list[Cell | str]] = []
        for entry in report.per_category:
            share = figure(percent(entry.prevalence), share=entry.prevalence)
            alpha = (
                Cell(tr("undefined"), entry.alpha.reason, number=True, muted=True)
                if entry.alpha.value is None
                else figure(number(entry.alpha.value))
            )
            rows.append([entry.category, share, alpha])
        self.table.set_rows((tr("Category"), tr("Share of ratings"), tr("Alpha")), rows)

    @Slot(int)
    def _open(self, row: int) -> None:
        self.focus_wanted.emit(Focus(answer=row))


class PairsCard(Card):
    """Every rater against every other: a heat map, or for many raters the pairs that agree least."""

    focus_wanted = Signal(object)  # Focus

    def __init__(self) -> None:
        super().__init__(tr("Pairs of raters"))
        self.map = HeatMap(name=tr("Agreement of pairs of raters"))
        self.map.opened.connect(self._show_cell)
        self.table = FigureTable(name=tr("Pairs that agree least"), opens=True)
        self.table.row_opened.connect(self._open_pair)
        self._cell = remark(role="muted")
        self._note = remark()
        for widget in (self.map, self.table, self._cell, self._note):
            self.body.addWidget(widget)
        self.body.addStretch(1)
        self._report: ItemReport | None = None
        self._names: list[str] = []

    def show_report(self, report: ItemReport) -> None:
        """Draws the pairs."""
        self._report = report
        self._names = [rater.rater for rater in report.raters]
        matrix = bool(report.pairwise) and 2 <= len(self._names) <= MOST_IN_MATRIX
        listed = bool(report.pairwise) and not matrix
        self.map.setVisible(matrix)
        self.table.setVisible(listed)
        self.set_title(tr("Pairs of raters"), coefficient_name(*report.measure))
        if matrix:
            self._show_matrix(report)
            note = tr("Pairs who share fewer than {few} segments are grey.", few=FEW_SHARED)
            say(self._note, note if any(pair.n_shared < FEW_SHARED for pair in report.pairwise) else "")
        elif listed:
            self._show_list(report)
        else:
            say(self._note, report.pairwise_reason or tr("Agreement in pairs needs at least two raters."))
        say(self._cell, "")

    def _show_matrix(self, report: ItemReport) -> None:
        size, seat = len(self._names), {name: n for n, name in enumerate(self._names)}
        values: list[list[float | None]] = [[None] * size for _ in range(size)]
        counts = [[0] * size for _ in range(size)]
        for pair in report.pairwise:
            a, b = seat[pair.a], seat[pair.b]
            values[a][b] = values[b][a] = pair.value
            counts[a][b] = counts[b][a] = pair.n_shared
        for rater in report.raters:
            counts[seat[rater.rater]][seat[rater.rater]] = rater.n
        self.map.set_data(self._names, self._names, values, counts, few=FEW_SHARED)
        # Cells high enough for the number of shared segments below the figure, while there are few of them.
        self.map.setMinimumHeight(min(self.map.sizeHint().height() + GRID * size, 60 * GRID))

    def _show_list(self, report: ItemReport) -> None:
        telling = [pair for pair in report.pairwise if pair.n_shared >= FEW_SHARED and pair.value is not None]
        least = sorted(telling, key=lambda pair: pair.value)[:LEAST_AGREEING]
        rows = [[pair.a, pair.b, figure(number(pair.value)), figure(f"{pair.n_shared:,}")] for pair in least]
        self.table.set_rows((tr("Rater"), tr("Rater"), tr("Agreement"), tr("Shared")), rows)
        say(
            self._note,
            tr(
                "{shown} of {total} pairs: those that agree least, of pairs who share at least {few} segments.",
                shown=len(rows), total=len(report.pairwise), few=FEW_SHARED,
            ),
        )  # fmt: skip

    @Slot(object)
    def _show_cell(self, cell: tuple[int, int]) -> None:
        row, column = cell
        if self._report is None:
            return
        a, b = self._names[row], self._names[column]
        say(self._cell, _own_text(self._report, a) if a == b else _pair_text(self._report.pairwise, a, b))
        self.focus_wanted.emit(Focus(raters=(a,) if a == b else (a, b)))

    @Slot(int)
    def _open_pair(self, row: int) -> None:
        self.focus_wanted.emit(Focus(raters=(self.table.item(row, 0).text(), self.table.item(row, 1).text())))


def _own_text(report: ItemReport, name: str) -> str:
    rater = next(rater for rater in report.raters if rater.rater == name)
    return tr_n("{rater} rated {n} segment.", "{rater} rated {n} segments.", rater.n, rater=name)


def _pair_text(pairs: tuple[PairReport, ...], a: str, b: str) -> str:
    pair = next((pair for pair in pairs if {pair.a, pair.b} == {a, b}), None)
    if pair is None:
        return tr("{a} and {b} share no segment.", a=a, b=b)
    if pair.value is None:
        return tr("{a} and {b}: undefined. {reason}", a=a, b=b, reason=pair.reason)
    return tr_n(
        "{a} and {b}: {value}, on {n} shared segment.", "{a} and {b}: {value}, on {n} shared segments.",
        pair.n_shared, a=a, b=b, value=number(pair.value),
    )  # fmt: skip


class RatersCard(Card):
    """What each rater gave, how they stand to the others, and to themselves."""

    focus_wanted = Signal(object)  # Focus

    def __init__(self) -> None:
        super().__init__(tr("Raters"))
        self.table = FigureTable(name=tr("Raters"), opens=True)
        self.table.row_opened.connect(self._open)
        self._note = remark()
        self.body.addWidget(self.table)
        self.body.addWidget(self._note)
        self.body.addStretch(1)

    def show_report(self, report: ItemReport) -> None:
        """Fills the table; where nobody rated anything twice, one line says so for all."""
        repeated = any(rater.n_repeats for rater in report.raters)
        columns = [tr("Rater"), tr("Ratings"), tr("Against the rest")]
        if repeated:
            columns += [tr("Against themselves"), tr("Repeats")]
        self.table.set_rows(columns, [self._row(rater, repeated=repeated) for rater in report.raters])
        self.set_title(tr("Raters"), coefficient_name(*report.measure))
        notes = [tr("“The rest” are all other raters of the same segments.")]
        if not repeated:
            notes.append(
                tr("Nobody was given a segment twice, so how far raters agree with themselves is not known.")
            )
        say(self._note, " ".join(notes))

    @Slot(int)
    def _open(self, row: int) -> None:
        self.focus_wanted.emit(Focus(raters=(self.table.item(row, 0).text(),)))

    def _row(self, rater: RaterReport, *, repeated: bool) -> list[Cell | str]:
        cells: list[Cell | str] = [
            rater.rater,
            figure(f"{rater.n:,}"),
            _or_reason(rater.vs_rest, rater.vs_rest_reason, rater.n_vs_rest),
        ]
        if repeated:
            cells += [
                _or_reason(rater.self_agreement, rater.self_agreement_reason, rater.n_repeats),
                figure(f"{rater.n_repeats:,}"),
            ]
        return cells


def _or_reason(value: float | None, reason: str, n: int) -> Cell:
    if value is None:
        return Cell(tr("undefined"), reason, number=True, muted=True)
    return figure(number(value), tr_n("on {n} segment", "on {n} segments", n))
