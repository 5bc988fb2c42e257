"""How much a split matters: a baseline under it beside what a naive random split would have claimed."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from annotator.app.feature_sets import offered_features
from annotator.app.naive import NaiveComparison, compare_with_naive
from annotator.app.targets import SettledItem
from annotator.domain.corpus import Split
from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr
from annotator.gui.context import Context
from annotator.gui.dataset.fields import combo, refill
from annotator.gui.icons import set_icon
from annotator.gui.numbers import number
from annotator.gui.task import Task
from annotator.gui.theme import GRID, set_property
from annotator.gui.widgets.card import Card
from annotator.gui.widgets.remark import remark, say
from annotator.gui.widgets.stat_tile import StatTile


class NaiveCard(Card):
    """Target, features and a button; then the two figures and a sentence."""

    def __init__(self, context: Context) -> None:
        super().__init__(
            tr("How much does it matter?"),
            tr(
                "Trains the same baseline under this split and under a naive random one of the same sizes: what a "
                "leaky split would have claimed."
            ),
        )
        self._context = context
        self._split: Split | None = None
        self._results: dict[str, NaiveComparison] = {}
        self._task = Task(context, self, self._show, self._failed, self._tell_state)
        self._task.ended.connect(self._tell_state)
        self.target, self.features = combo(tr("Learn")), combo(tr("Features"))
        refill(self.features, [(name, name, title) for name, title in offered_features()], "lowlevel")
        self.button = QPushButton(tr("Measure"))
        set_icon(self.button, "train")
        self.button.clicked.connect(self.measure)
        fields = QGridLayout()
        fields.setSpacing(GRID)
        fields.setColumnStretch(1, 1)
        for row, (name, field) in enumerate(((tr("Learn"), self.target), (tr("Features"), self.features))):
            label = QLabel(name)
            label.setBuddy(field)
            fields.addWidget(label, row, 0)
            fields.addWidget(field, row, 1)
        fields.addWidget(self.button, 1, 2)
        self.body.addLayout(fields)
        self.ours, self.naive = StatTile(tr("This split")), StatTile(tr("A naive random split"))
        self.difference = StatTile(tr("Difference"))
        self._tiles = QWidget()
        tiles = QHBoxLayout(self._tiles)
        tiles.setContentsMargins(0, 0, 0, 0)
        tiles.setSpacing(GRID)
        for tile in (self.ours, self.naive, self.difference):
            tiles.addWidget(tile, 1)
        self.told = remark(role="muted")
        rest = QVBoxLayout()
        rest.addWidget(self._tiles)
        rest.addWidget(self.told)
        self.body.addLayout(rest)
        self._tiles.hide()
        self._tell_state()

    @property
    def busy(self) -> bool:
        """Whether a baseline is being trained."""
        return self._task.running

    def offer(self, items: tuple[SettledItem, ...]) -> None:
        """What can be learned."""
        choices = [(entry.item.title, entry.name, entry.scheme.title) for entry in items]
        refill(self.target, choices, self.target.currentData())
        self._tell_state()

    def forget(self) -> None:
        """What was measured no longer holds."""
        self._results.clear()
        self._tiles.hide()
        say(self.told, "")

    def show_split(self, split: Split) -> None:
        """Turns to another split: what was measured of it is shown."""
        if self._split is not None and self._split.id == split.id:
            return
        self._split = split
        first = str(split.options.get("stratify") or "").partition(",")[0]
        if self.target.findData(first) >= 0:
            self.target.setCurrentIndex(self.target.findData(first))
        self._tiles.hide()
        say(self.told, "")
        if split.name in self._results:
            self._show(self._results[split.name])
        self._tell_state()

    @Slot()
    def measure(self) -> None:
        """Trains under both splits, as a job that can be cancelled."""
        session = self._context.session
        if session is None or self._split is None or self._task.running:
            return
        job = compare_with_naive(
            session,
            self._split.name,
            target=self.target.currentData(),
            features=self.features.currentData(),
        )
        self._tiles.hide()
        set_property(self.told, "role", "muted")
        say(self.told, tr("Training under both splits..."))
        self._task.start(tr("Measuring what the split matters"), job)
        self._tell_state()

    @Slot()
    def _tell_state(self) -> None:
        can = self._split is not None and self.target.count() > 0 and not self._task.running
        self.button.setEnabled(can)
        if not self.target.count():
            say(self.told, tr("Nothing is settled yet that a baseline could learn."))
        elif not self._task.running and self._tiles.isHidden() and self.told.text().endswith("..."):
            say(self.told, "")  # cancelled

    @Slot(object)
    def _show(self, found: NaiveComparison) -> None:
        self._results[found.trained.split] = found
        if self._split is None or found.trained.split != self._split.name:
            return
        low, high = found.interval
        interval = (
            ""
            if low is None or high is None
            else tr("95 % interval {low:.2f} to {high:.2f}", low=low, high=high)
        )
        name = {"uar": tr("average recall"), "ccc": tr("concordance")}[found.metric]
        self.ours.set_value(_figure(found.value), interval or name)
        self.naive.set_value(_figure(found.naive), tr("{metric}, groups ignored", metric=name))
        self.difference.set_value(_figure(found.difference, sign=True), tr("naive less this split"))
        self._tiles.show()
        set_property(self.told, "role", "muted")
        say(self.told, found.sentence)

    @Slot(object)
    def _failed(self, error: AnnotatorError) -> None:
        set_property(self.told, "role", "danger")
        say(self.told, str(error))


def _figure(value: float | None, *, sign: bool = False) -> str:
    return "–" if value is None else number(value, sign=sign)
