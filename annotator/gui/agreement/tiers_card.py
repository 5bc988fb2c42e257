"""How far two segmentations agree: two tiers to choose, the figures, and what they mean."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from annotator.app.session import Session
from annotator.app.tiers import TierAgreement, comparable_tiers, comparing_tiers
from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr, tr_n
from annotator.gui.context import Context
from annotator.gui.dialogs.form import resize_within_screen
from annotator.gui.numbers import number, percent
from annotator.gui.task import Task
from annotator.gui.theme import GRID
from annotator.gui.widgets.card import Card
from annotator.gui.widgets.figure_table import Cell, FigureTable, figure, missing
from annotator.gui.widgets.remark import remark, say


class TiersCard(Card):
    """Two tiers, compared as soon as both are chosen; nothing is written."""

    def __init__(self, context: Context) -> None:
        super().__init__(
            tr("Two segmentations"),
            tr("Of two annotators, or of a method and of who corrected it. The first one is the reference."),
        )
        self._context = context
        self._comparing = Task(context, self, self._show, self._explain)
        #: The reference, and what is compared with it.
        self.first, self.second = QComboBox(), QComboBox()
        choice = QGridLayout()
        choice.setSpacing(GRID)
        choice.setColumnStretch(1, 1)
        for row, (name, box) in enumerate(
            ((tr("Reference"), self.first), (tr("Compared with it"), self.second))
        ):
            label = QLabel(name)
            label.setBuddy(box)
            box.setAccessibleName(name)
            box.currentIndexChanged.connect(self.compare)
            choice.addWidget(label, row, 0)
            choice.addWidget(box, row, 1)
        self.boundaries = FigureTable(name=tr("Boundaries"))
        self.partners = FigureTable(name=tr("Segments"))
        self._message = remark(role="muted")
        self._boundary_note = remark()
        self._alpha_note = remark()
        self._summary = remark(role="muted")
        self.body.addLayout(choice)
        for widget in (
            self._message, self.boundaries, self._boundary_note, self.partners, self._alpha_note, self._summary,
        ):  # fmt: skip
            self.body.addWidget(widget)
        self.body.addStretch(1)
        self._clear("")

    @property
    def busy(self) -> bool:
        """Whether a comparison is under way."""
        return self._comparing.running

    def show_session(self, session: Session | None) -> None:
        """Offers the tiers of a corpus; the two that share most recordings come first."""
        names = comparable_tiers(session) if session is not None else []
        for place, box in enumerate((self.first, self.second)):
            box.blockSignals(True)
            box.clear()
            box.addItems(names)
            box.setCurrentIndex(min(place, len(names) - 1))
            box.blockSignals(False)
        self.compare()

    @Slot()
    def compare(self) -> None:
        """Compares what is chosen."""
        first, second = self.first.currentText(), self.second.currentText()
        if self.first.count() < 2:
            self._clear(
                tr("Two tiers are needed. Segment in a second one: by another method, or by another person.")
            )
        elif first == second:
            self._clear(tr("Choose two different tiers."))
        else:
            self._clear(tr("Comparing..."))
            job = comparing_tiers(self._context.session, first, second)
            self._comparing.start(tr("Comparing tiers"), job, quiet=True)

    @Slot(object)
    def _explain(self, error: AnnotatorError) -> None:
        self._clear(str(error))

    def _clear(self, message: str) -> None:
        for widget in (self.boundaries, self.partners):
            widget.hide()
        for label in (self._boundary_note, self._alpha_note, self._summary):
            say(label, "")
        say(self._message, message)

    @Slot(object)
    def _show(self, result: TierAgreement) -> None:
        say(self._message, "")
        self.boundaries.set_rows(
            (tr("Boundaries within"), tr("Precision"), tr("Recall"), tr("F"), tr("Median distance")),
            [
                [
                    tr("{ms} ms", ms=round(tolerance * 1000)),
                    *(_share(value) for value in (scores.precision, scores.recall, scores.f)),
                    figure(tr("{ms} ms", ms=round(scores.deviation * 1000)))
                    if scores.deviation is not None
                    else missing(),
                ]
                for tolerance, scores in result.boundaries
            ],
        )
        matches = result.matches
        self.partners.set_rows(
            (tr("Segments"), result.a, result.b),
            [
                [tr("All"), *_counts(result.segments_a, result.segments_b)],
                [tr("With a partner"), *_counts(matches.matched, matches.matched)],
                [tr("Without"), *_counts(matches.only_first, matches.only_second)],
            ],
        )
        self.boundaries.show()
        self.partners.show()
        say(
            self._boundary_note,
            tr_n(
                "On {n} recording that both have segments on. Starts count with starts, ends with ends, each once.",
                "On {n} recordings that both have segments on. Starts count with starts, ends with ends, each once.",
                result.recordings,
            ),
        )
        shared = tr("Partners share {share} of their time.", share=percent(matches.mean_iou))
        alpha = (
            tr("Krippendorff's alpha for unitizing: {value}.", value=number(result.alpha))
            if result.alpha is not None
            else tr("Krippendorff's alpha for unitizing is undefined. {reason}", reason=result.reason)
        )
        say(self._alpha_note, " ".join([shared] * (matches.mean_iou is not None) + [alpha]))
        say(self._summary, result.summary)


def _share(value: float | None) -> Cell:
    return figure(number(value)) if value is not None else missing()


def _counts(*values: int) -> Sequence[Cell]:
    return [figure(f"{value:,}") for value in values]


class TiersDialog(QDialog):
    """The card in a window of its own, which needs no ratings to be there."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Compare segmentations"))
        #: The comparison.
        self.card = TiersCard(context)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(self.card)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        column.setSpacing(GRID)
        column.addWidget(scroll, 1)
        column.addWidget(buttons)
        self.card.show_session(context.session)
        resize_within_screen(self, QSize(90 * GRID, 92 * GRID))
