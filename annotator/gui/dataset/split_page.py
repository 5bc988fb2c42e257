"""One split: what its parts hold, how far it is from what was asked for, and its audit."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from annotator.app.split import SplitReport
from annotator.domain.timeline import clock
from annotator.domain.translation import tr, tr_n
from annotator.gui.context import Context
from annotator.gui.dataset.audit_card import AuditCard
from annotator.gui.dataset.naive_card import NaiveCard
from annotator.gui.dataset.parts_card import PartsCard
from annotator.gui.dataset.sheet import Sheet
from annotator.gui.dataset.versions_card import VersionsCard
from annotator.gui.listening import Listener
from annotator.gui.theme import GRID
from annotator.gui.widgets.stat_tile import StatTile

#: Width from which on all tiles stand in one row.
_ONE_ROW = 78 * GRID


class SplitPage(QScrollArea):
    """Heading, tiles, parts and audit of the split that was chosen."""

    def __init__(self, context: Context, listener: Listener, parent: QWidget | None = None) -> None:
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
        self.parts = PartsCard(tr("Parts"))
        self.bars, self.table = self.parts.bars, self.parts.table
        self.audit = AuditCard(listener)
        self.versions = VersionsCard(context)
        self.naive = NaiveCard(context)
        inner = Sheet()
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
        column.addWidget(self.naive)
        column.addWidget(self.versions)
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
        self.parts.show_parts(result.parts, split.options.get("shares", {}), result.warnings)
        self.versions.show_split(report)
        self.naive.show_split(split)
        if other:
            self.verticalScrollBar().setValue(0)

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


def _how(report: SplitReport) -> str:
    """How the split was made, in a line."""
    split = report.split
    parts = [tr("Kept together: {keys}.", keys=", ".join(split.group_keys))]
    stratify = split.options.get("stratify")
    spread = ", ".join([*([stratify] if stratify else []), *split.options.get("balance", ())])
    parts.append(tr("Spread evenly: {item}.", item=spread) if spread else tr("Nothing is spread evenly."))
    if split.options.get("by") == "seconds":
        parts.append(tr("Shares of seconds."))
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
