"""What the parts of a split hold: bars by class, and a table with counts and seconds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QVBoxLayout, QWidget

from annotator.app.classes import class_title
from annotator.app.split import PartSummary
from annotator.domain.timeline import clock
from annotator.domain.translation import tr
from annotator.gui.numbers import percent
from annotator.gui.theme import GRID
from annotator.gui.widgets.card import Card
from annotator.gui.widgets.figure_table import Cell, FigureTable, figure
from annotator.gui.widgets.remark import remark, say
from annotator.gui.widgets.stacked_bars import StackedBars

#: More classes than this are drawn, but have no column of their own in the table.
_MOST_COLUMNS = 9
#: Things that are spread beside the first of which bars are drawn.
_MOST_BARS = 4


class PartsCard(Card):
    """The parts of a split that was made, or of one that might be."""

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self._name = title
        self._warnings = remark(role="warning")
        self.bars = StackedBars(name=tr("Classes in each part"))
        self._further: list[QWidget] = []
        self._column = QVBoxLayout()
        self._column.setSpacing(GRID)
        self._column.addWidget(self.bars)
        self.table = FigureTable(name=tr("Parts"))
        self.body.addLayout(self._column)
        for widget in (self.table, self._warnings):
            self.body.addWidget(widget)

    def show_parts(
        self, parts: Mapping[str, PartSummary], asked: Mapping[str, float], warnings: Sequence[str]
    ) -> None:
        """Shows what parts hold beside the shares that were asked for."""
        say(self._warnings, "\n".join(warnings))
        for widget in self._further:
            self._column.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._further.clear()
        classes = list(next(iter(parts.values())).classes) if parts else []
        if classes:
            first, *further = _spread(classes)
            self._draw(self.bars, parts, first)
            for one in further[:_MOST_BARS]:
                bars = StackedBars(name=one.title)
                self._further += [remark(one.title, role="muted"), bars]
                self._draw(bars, parts, one)
            for widget in self._further:
                self._column.addWidget(widget)
            self.set_title(self._name, tr("Share of each class in every part; the parts should look alike."))
        else:
            # Without classes, the parts themselves share what there is.
            rows = {
                tr("segments"): [part.segments for part in parts.values()],
                tr("groups"): [part.groups for part in parts.values()],
            }
            self.bars.set_data(list(rows), list(parts), list(rows.values()))
            self.set_title(self._name, tr("Share of each part in segments and groups."))
        columns = [tr("Part"), tr("Segments"), tr("Share"), tr("Groups"), tr("Duration")]
        named = classes if len(classes) <= _MOST_COLUMNS else []
        total = sum(part.segments for part in parts.values()) or 1
        rows_of_cells: list[list[Cell | str]] = []
        for name, part in parts.items():
            tip = tr("{share} were asked for", share=percent(asked[name])) if name in asked else ""
            rows_of_cells.append(
                [
                    name,
                    figure(f"{part.segments:,}"),
                    figure(percent(part.segments / total), tip),
                    figure(f"{part.groups:,}"),
                    figure(clock(part.seconds, 0)),
                    *(figure(f"{part.classes[cls]:,}") for cls in named),
                ]
            )
        self.table.set_rows([*columns, *map(class_title, named)], rows_of_cells)

    def _draw(self, bars: StackedBars, parts: Mapping[str, PartSummary], drawn: "_Drawn") -> None:
        counts = [[part.classes[name] for name in drawn.classes] for part in parts.values()]
        bars.set_data(list(parts), drawn.labels, counts)


@dataclass(frozen=True)
class _Drawn:
    """Classes that share a bar, with what they are called there."""

    title: str
    classes: list[str]
    labels: list[str]


def _spread(classes: Sequence[str]) -> list[_Drawn]:
    """What is drawn one below the other: each thing that is spread, and labels that are on or off all in one.

    >>> [one.labels for one in _spread(["happy", "sad"])]
    [['happy', 'sad']]
    >>> [one.labels for one in _spread(["joy: no", "joy: yes", "fear: no", "fear: yes", "sex: f", "sex: m"])]
    [['joy', 'fear'], ['f', 'm']]
    """
    columns: dict[str, list[str]] = {}
    for name in classes:
        columns.setdefault(name.rpartition(": ")[0], []).append(name)
    marks = [column for column, names in columns.items() if column and _on_or_off(column, names)]
    drawn: list[_Drawn] = []
    if len(marks) > 1:
        held = [column for column in marks if f"{column}: yes" in columns[column]]
        drawn.append(_Drawn(tr("Labels"), [f"{column}: yes" for column in held], held))
    for column, names in columns.items():
        if len(marks) < 2 or column not in marks:
            labels = [class_title(name.removeprefix(f"{column}: ") if column else name) for name in names]
            drawn.append(_Drawn(column, names, labels))
    return drawn


def _on_or_off(column: str, names: Sequence[str]) -> bool:
    return set(names) <= {f"{column}: yes", f"{column}: no"}
