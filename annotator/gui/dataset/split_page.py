"""One split: what its parts hold, how far it is from what was asked for, and its audit."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from annotator.app.classes import class_title
from annotator.app.split import PartSummary, SplitReport
from annotator.domain.timeline import clock
from annotator.domain.translation import tr, tr_n
from annotator.gui.agreement.cards import remark, say
from annotator.gui.agreement.words import percent
from annotator.gui.dataset.audit_card import AuditCard
from annotator.gui.listening import Listener
from annotator.gui.theme import GRID
from annotator.gui.widgets.card import Card
from annotator.gui.widgets.figure_table import Cell, FigureTable, figure
from annotator.gui.widgets.stacked_bars import StackedBars
from annotator.gui.widgets.stat_tile import StatTile

#: Width from which on all tiles stand in one row.
_ONE_ROW = 78 * GRID
#: More classes than this are drawn, but have no column of their own in the table.
_MOST_COLUMNS = 9


class SplitPage(QScrollArea):
    """Heading, tiles, parts and audit of the split that was chosen."""

    def __init__(self, listener: Listener, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.report: SplitReport | None = None
        self._title = QLabel()
        self._title.setProperty("role", "title")
        self._how = QLabel()
        self._how.setProperty("role", "muted")
        self._how.setWordWrap(True)
        self._segments, self._groups = StatTile(tr("Segments")), StatTile(tr("Groups"))
        self._time, self._deviation = StatTile(tr("Duration")), StatTile(tr("Off the wanted shares"))
        self._warnings = remark(role="warning")
        self.bars = StackedBars(name=tr("Classes in each part"))
        self.table = FigureTable(name=tr("Parts"))
        self.parts = Card(tr("Parts"))
        for widget in (self.bars, self.table, self._warnings):
            self.parts.body.addWidget(widget)
        self.audit = AuditCard(listener)
        inner = _Sheet()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 2 * GRID, 2 * GRID)
        column.setSpacing(2 * GRID)
        self._tiles = QGridLayout()
        self._tiles.setSpacing(GRID)
        head = QVBoxLayout()
        head.setSpacing(GRID // 2)
        head.addWidget(self._title)
        head.addWidget(self._how)
        column.addLayout(head)
        column.addLayout(self._tiles)
        column.addWidget(self.parts)
        column.addWidget(self.audit)
        column.addStretch(1)
        self.setWidget(inner)
        self._arrange()

    def show_split(self, report: SplitReport) -> None:
        """Shows a split's parts; its audit comes by itself."""
        other = self.report is None or self.report.split.id != report.split.id
        self.report = report
        split, result = report.split, report.result
        self._title.setText(split.name)
        self._how.setText(_how(report))
        total = sum(part.segments for part in result.parts.values())
        self._segments.set_value(f"{total:,}", tr_n("in {n} part", "in {n} parts", len(result.parts)))
        groups = sum(part.groups for part in result.parts.values())
        self._groups.set_value(f"{groups:,}", tr("each in one part only"))
        self._time.set_value(clock(sum(part.seconds for part in result.parts.values()), 0), tr("of sound"))
        self._deviation.set_value(
            tr("{percent:.1f} %", percent=100 * result.deviation), tr("on average; 0 is perfect")
        )
        self._show_parts(result.parts)
        say(self._warnings, "\n".join(result.warnings))
        if other:
            self.verticalScrollBar().setValue(0)

    def _show_parts(self, parts: dict[str, PartSummary]) -> None:
        classes = list(next(iter(parts.values())).classes) if parts else []
        if classes:
            counts = [[part.classes[name] for name in classes] for part in parts.values()]
            self.bars.set_data(list(parts), [class_title(name) for name in classes], counts)
            self.parts.set_title(
                tr("Parts"), tr("Share of each class in every part; the parts should look alike.")
            )
        else:
            # Without classes, the parts themselves share what there is.
            rows = {
                tr("segments"): [part.segments for part in parts.values()],
                tr("groups"): [part.groups for part in parts.values()],
            }
            self.bars.set_data(list(rows), list(parts), list(rows.values()))
            self.parts.set_title(tr("Parts"), tr("Share of each part in segments and groups."))
        columns = [tr("Part"), tr("Segments"), tr("Share"), tr("Groups"), tr("Duration")]
        named = classes if len(classes) <= _MOST_COLUMNS else []
        total = sum(part.segments for part in parts.values()) or 1
        asked = self.report.split.options.get("shares", {})
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

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        across = 4 if self.viewport().width() >= _ONE_ROW else 2
        for n, tile in enumerate((self._segments, self._groups, self._time, self._deviation)):
            self._tiles.removeWidget(tile)
            self._tiles.addWidget(tile, n // across, n % across)
        for column in range(4):
            self._tiles.setColumnStretch(column, 1 if column < across else 0)


class _Sheet(QWidget):
    """As tall as its width asks for: the least height of wrapping texts is reckoned for narrower ones."""

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), 0)


def _how(report: SplitReport) -> str:
    """How the split was made, in a line."""
    split = report.split
    parts = [tr("Kept together: {keys}.", keys=", ".join(split.group_keys))]
    stratify = split.options.get("stratify")
    parts.append(tr("Spread evenly: {item}.", item=stratify) if stratify else tr("Nothing is spread evenly."))
    method = {
        "milp": tr("integer programme"),
        "annealing": tr("simulated annealing"),
        "greedy+swaps": tr("search"),
        "one each": tr("one group in each"),
        "table": tr("taken over from a table"),
    }.get(split.method, split.method)
    parts.append(
        tr("Method: {method}, seed {seed}, {date}.", method=method, seed=split.seed, date=split.created[:10])
    )
    return "  ".join(parts)
