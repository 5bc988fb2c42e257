"""The two tables of the page: every class, every part."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtWidgets import QLabel, QWidget

from annotator.domain.translation import tr
from annotator.gui.numbers import number, percent
from annotator.gui.train.wording import Metric
from annotator.gui.widgets.card import Card
from annotator.gui.widgets.figure_table import Cell, FigureTable, figure, missing
from annotator.learning.evaluate import Evaluation


class TableCard(Card):
    """A table with what must be said about it below: why there is a dash, what was special about a part."""

    def __init__(self, title: str, subtitle: str, parent: QWidget | None = None) -> None:
        super().__init__(title, subtitle, parent)
        self.table = FigureTable(name=title)
        self._notes = QLabel()
        self._notes.setProperty("role", "caption")
        self._notes.setWordWrap(True)
        self.body.addWidget(self.table)
        self.body.addWidget(self._notes)
        self.body.addStretch(1)

    def show_classes(self, evaluation: Evaluation) -> None:
        """Precision, recall, F1 and number of segments of every class."""
        headings = (tr("Class"), tr("Precision"), tr("Recall"), tr("F1"), tr("Segments"))
        names = ("precision", "recall", "f1")
        rows: list[list[Cell | str]] = []
        notes: list[str] = []
        for entry in evaluation.per_class:
            texts: tuple[Callable[[float], str], ...] = (percent, percent, number)
            cells = [_figure(entry, name, text) for name, text in zip(names, texts, strict=True)]
            rows.append([entry["label"], *cells, figure(str(entry["support"]))])
            notes += _reasons(entry["label"], entry, headings[1:4], names)
        self._show(headings, rows, notes)

    def show_parts(self, evaluation: Evaluation, shown: Sequence[Metric]) -> None:
        """Sizes and metrics of every tested part."""
        titles = [metric.title for metric in shown]
        names = [metric.name for metric in shown]
        rows: list[list[Cell | str]] = []
        notes: list[str] = []
        for fold in evaluation.folds:
            entry = {**fold["metrics"], "reasons": fold.get("reasons", {})}
            sizes = [figure(str(fold["n_train"])), figure(str(fold["n_test"]))]
            rows.append(
                [fold["part"], *sizes, *(_figure(entry, metric.name, metric.text) for metric in shown)]
            )
            notes += _reasons(fold["part"], entry, titles, names)
            if fold.get("note"):
                notes.append(tr("{part}: {note}.", part=fold["part"], note=fold["note"]))
        self._show([tr("Part"), tr("Trained on"), tr("Tested"), *titles], rows, notes)

    def _show(
        self, headings: Sequence[str], rows: Sequence[Sequence[Cell | str]], notes: Sequence[str]
    ) -> None:
        self.table.set_rows(headings, rows)
        self._notes.setText("\n".join(notes))
        self._notes.setVisible(bool(notes))


def _figure(entry: dict[str, Any], name: str, text: Callable[[float], str]) -> Cell:
    value = entry[name]
    if value is None:
        return missing(entry.get("reasons", {}).get(name, ""))
    return figure(text(value))


def _reasons(row: str, entry: dict[str, Any], titles: Sequence[str], names: Sequence[str]) -> list[str]:
    """Why figures of a row are missing, one sentence for each different reason."""
    found: dict[str, list[str]] = {}
    for name, title in zip(names, titles, strict=True):
        if entry[name] is None:
            found.setdefault(entry.get("reasons", {}).get(name, ""), []).append(title)
    return [
        tr("{row}, {figures}: {reason}.", row=row, figures=", ".join(lacking), reason=reason)
        for reason, lacking in found.items()
    ]
