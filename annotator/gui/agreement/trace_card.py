"""Continuous traces: who comes late, how far raters agree step by step, and one segment over time."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QLabel

from annotator.app.trace_agreement import TraceAgreement
from annotator.domain.scheme import Item
from annotator.domain.translation import tr, tr_n
from annotator.gui.agreement.cards import remark, say
from annotator.gui.agreement.trace_plot import Moment, TracePlot
from annotator.gui.agreement.words import interval, number
from annotator.gui.widgets.card import Card
from annotator.gui.widgets.figure_table import Cell, FigureTable, figure


class TraceCard(Card):
    """Figures over all segments with two raters or more, and the course of the chosen one, the worst first.

    `course_wanted(item, segment)` asks for what `show_course` then shows.
    """

    course_wanted = Signal(str, str)

    def __init__(self) -> None:
        super().__init__(
            tr("Traces over time"),
            tr("Step by step, after each rater's delay behind the others was taken out."),
        )
        self.figures = FigureTable(name=tr("Agreement of traces"))
        self.lags = FigureTable(name=tr("Delay of each rater behind the others"))
        #: The segment whose course is shown.
        self.segments = QComboBox()
        self.segments.setAccessibleName(tr("Segment"))
        self.segments.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.segments.currentIndexChanged.connect(self._ask)
        self.mean = TracePlot(name=tr("Mean trace with its interval"), foot=tr("seconds"), words=_mean_words)
        self.alpha = TracePlot(name=tr("Alpha over time"), foot=tr("seconds"), words=_alpha_words)
        self._note, self._mean_note, self._alpha_note = (
            remark(), remark(role="muted"), remark(role="muted"),
        )  # fmt: skip
        self._no_alpha = remark()
        self.mean.described.connect(self._say_mean)
        self.alpha.described.connect(self._say_alpha)
        self._mean_title, self._alpha_title = QLabel(), QLabel(tr("Alpha in windows of 10 s"))
        for widget in (
            self.figures, self.lags, self._note, self.segments, self._mean_title, self.mean, self._mean_note,
            self._alpha_title, self.alpha, self._alpha_note, self._no_alpha,
        ):  # fmt: skip
            self.body.addWidget(widget)
        self.body.addStretch(1)
        self._found: TraceAgreement | None = None
        self._item: Item | None = None

    def show_traces(self, found: TraceAgreement | None, item: Item) -> None:
        """Shows one trace item, measured as `item`; nothing where the item is no trace or not compared yet."""
        self.setVisible(found is not None)
        if found is None or found is self._found:
            return
        self._found, self._item = found, item
        rows: list[list[Cell | str]] = []
        for name, coefficient in (
            (tr("Alpha"), found.alpha),
            (tr("Alpha, delays left in"), found.alpha_unaligned),
            (tr("Concordance (CCC)"), found.ccc),
            (tr("Pearson's r"), found.pearson),
        ):
            if coefficient.value is None:
                rows.append([name, Cell(coefficient.reason, coefficient.reason, muted=True, span=2)])
            else:
                rows.append([name, figure(number(coefficient.value)), figure(interval(coefficient))])
        self.figures.set_rows((tr("Coefficient"), tr("Value"), tr("95 % interval")), rows)
        self.lags.set_rows(
            (tr("Rater"), tr("Delay (s)")),
            [[rater, figure(f"{late:+.2f}".replace("-", "−"))] for rater, late in found.lags.items()],
        )
        self.lags.setVisible(bool(found.lags))
        say(
            self._note,
            tr_n(
                "On {n} segment that two raters or more have traced. Delays are relative: one that all share is not"
                " seen.",
                "On {n} segments that two raters or more have traced. Delays are relative: one that all share is not"
                " seen.",
                found.n_segments,
            ),
        )
        self._list_segments(found)

    def _list_segments(self, found: TraceAgreement) -> None:
        chosen = self.segments.currentData()
        self.segments.blockSignals(True)
        self.segments.clear()
        for one in found.segments:
            alpha = "–" if one.alpha is None else number(one.alpha)
            self.segments.addItem(
                tr("{recording}: alpha {alpha}", recording=one.recording, alpha=alpha), one.segment
            )
        self.segments.setCurrentIndex(max(0, self.segments.findData(chosen)) if found.segments else -1)
        self.segments.blockSignals(False)
        for widget in (self.segments, self._mean_title, self.mean):
            widget.setVisible(bool(found.segments))
        self._show_alpha([])
        say(self._no_alpha, "")
        self._ask()

    @Slot()
    def _ask(self) -> None:
        if self._found is not None and self.segments.currentIndex() >= 0:
            self.course_wanted.emit(self._found.item, self.segments.currentData())

    def show_course(self, item: str, segment: str, course: Mapping[str, Any]) -> None:
        """Draws a segment, where it is still the one that is wanted."""
        if self._found is None or item != self._found.item or segment != self.segments.currentData():
            return
        rate, windows = course["rate"], course["windows"]
        steps = zip(course["mean"], course["low"], course["high"], strict=True)
        self._mean_title.setText(
            tr_n("Mean of {n} rater", "Mean of {n} raters", len(course["raters"]))
            + f": {', '.join(course['raters'])}"
        )
        self._mean_title.setWordWrap(True)
        self.mean.show_moments(
            [Moment(n / rate, *values) for n, values in enumerate(steps)],
            low=self._item.minimum, high=self._item.maximum,
        )  # fmt: skip
        self._show_alpha([Moment(*pair) for pair in zip(windows["seconds"], windows["alpha"], strict=True)])
        told = "" if windows["seconds"] else tr("Shorter than one window of 10 s: no course of alpha.")
        say(self._no_alpha, told)

    def _show_alpha(self, moments: list[Moment]) -> None:
        self.alpha.setVisible(bool(moments))
        self._alpha_title.setVisible(bool(moments))
        known = [moment.value for moment in moments if moment.value is not None]
        self.alpha.show_moments(moments, low=max(min([0.0, *known]), -1.0), high=1.0)

    @Slot(str)
    def _say_mean(self, text: str) -> None:
        say(self._mean_note, text)

    @Slot(str)
    def _say_alpha(self, text: str) -> None:
        say(self._alpha_note, text)


def _mean_words(moment: Moment) -> str:
    if moment.value is None:
        return tr("{seconds:.1f} s: nobody", seconds=moment.seconds)
    value = number(moment.value)
    if moment.low is None or moment.high is None:
        return tr("{seconds:.1f} s: {value}, one rater", seconds=moment.seconds, value=value)
    return tr(
        "{seconds:.1f} s: {value}, {low} … {high}",
        seconds=moment.seconds, value=value, low=number(moment.low), high=number(moment.high),
    )  # fmt: skip


def _alpha_words(moment: Moment) -> str:
    if moment.value is None:
        return tr("around {seconds:.1f} s: undefined", seconds=moment.seconds)
    return tr("around {seconds:.1f} s: alpha {alpha}", seconds=moment.seconds, alpha=number(moment.value))
