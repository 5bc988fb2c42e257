"""The form for a new split: folds or parts, what must stay together, what is to be spread evenly."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from annotator.app.plan import SplitPlan, fold_shares
from annotator.domain.corpus import RECORDING_KEY
from annotator.domain.translation import tr, tr_n
from annotator.gui.dataset.choices import ITEM, KEY, first_category, to_spread, to_spread_too
from annotator.gui.dataset.fields import ChipBox, combo, line, refill, spin
from annotator.gui.dataset.reading import Facts, GroupCount
from annotator.gui.icons import set_icon
from annotator.gui.theme import GRID, set_property
from annotator.gui.widgets.card import Card
from annotator.gui.widgets.remark import remark, say
from annotator.gui.widgets.segmented import SegmentedControl

#: Keys that are chosen to begin with, where the corpus has them: who or what a model would recognise.
_USUAL_KEYS = ("speaker", "actor", "artist", "song")
_PARTS = {"train": 70, "dev": 15, "test": 15}
#: The ways to divide, in the order in which they are offered.
_FOLDS, _SHARES, _ONE_OUT = range(3)


@dataclass(frozen=True)
class SplitRequest:
    """What the form asks for: a name, and what `annotator.app.plan.plan_split` takes."""

    name: str
    plan: SplitPlan


class SplitForm(Card):
    """`make_asked` follows the button; `groups_asked` says that keys or tier have changed, so groups be counted."""

    make_asked = Signal()
    groups_asked = Signal()
    changed = Signal()

    def __init__(self) -> None:
        super().__init__(tr("Make a split"))
        self._taken: tuple[str, ...] = ()
        self._suggested = ""
        self._count: GroupCount | None = None
        self._uncounted = self._refused = ""
        self._writable = True
        self._busy = False
        self.name = QLineEdit()
        self.name.setAccessibleName(tr("Name"))
        self.name.textChanged.connect(self._edited)
        self.kind = SegmentedControl(
            (tr("Folds"), tr("Parts"), tr("One out")),
            name=tr("Folds, parts, or one group left out at a time"),
        )
        self.kind.chosen.connect(self._choose_kind)
        self.folds = spin(tr("Number of folds"), 2, 20, 5)
        self.folds.valueChanged.connect(self._edited)
        self.parts = {part: spin(tr("{part} in percent", part=part), 0, 100, n) for part, n in _PARTS.items()}
        self._sizes = QStackedWidget()
        self._sizes.addWidget(self._fold_fields())
        self._sizes.addWidget(self._part_fields())
        self._sizes.addWidget(remark(tr("as many folds as there are groups"), role="muted"))
        self.together = ChipBox()
        self.together.changed.connect(self._keys_changed)
        self.texts = QCheckBox(tr("and what says nearly the same"))
        self.texts.setToolTip(tr("Segments whose texts are nearly identical stay together too."))
        self.texts.toggled.connect(self._keys_changed)
        self._groups = remark(role="muted")
        self.stratify = combo(tr("Spread evenly"))
        self.stratify.currentIndexChanged.connect(self._edited)
        self.too = ChipBox()
        self.too.changed.connect(self._edited)
        self.by = SegmentedControl((tr("Segments"), tr("Seconds")), name=tr("What the shares are shares of"))
        self.by.chosen.connect(self._edited)
        self.allow_missing = QCheckBox(tr("Allow parts that lack a class"))
        self.allow_missing.setToolTip(
            tr("Where too few groups hold a class, a part lacks it and says nothing about it.")
        )
        self.allow_missing.toggled.connect(self._edited)
        self.tier = combo(tr("Tier"))
        self.tier.currentIndexChanged.connect(self._keys_changed)
        self.seed = spin(tr("Seed"), 0, 999_999, 0)
        self.seed.valueChanged.connect(self._edited)
        self._problem = remark(role="danger")
        self.button = QPushButton(tr("Make the split"))
        self.button.setProperty("kind", "primary")
        self.button.setToolTip(tr("Make the split ({key})", key="Ctrl+Return"))
        set_icon(self.button, "split", "on_accent")
        self.button.clicked.connect(self._ask)

        together = QLabel(tr("Keep together"))
        together.setToolTip(tr("No value of these keys will stand in two parts."))
        rows = [
            (tr("Name"), self.name), (tr("Shares of"), self.by), (tr("Spread evenly"), self.stratify),
            (tr("Tier"), self.tier), (tr("Seed"), self.seed),
        ]  # fmt: skip
        labels = [QLabel(text) for text, _ in rows]
        width = max(label.sizeHint().width() for label in labels)
        for label, (_, field) in zip(labels, rows, strict=True):
            label.setMinimumWidth(width)
            label.setBuddy(field)
        lines = [line(label, field) for label, (_, field) in zip(labels, rows, strict=True)]
        self._too_label = QLabel(tr("and these too"))
        self.body.addLayout(lines[0])
        for widget in (self.kind, self._sizes):
            self.body.addWidget(widget)
        self.body.addLayout(lines[1])
        for widget in (together, self.together, self.texts, self._groups):
            self.body.addWidget(widget)
        self.body.addLayout(lines[2])
        for widget in (self._too_label, self.too, self.allow_missing):
            self.body.addWidget(widget)
        for row in lines[3:]:
            self.body.addLayout(row)
        self.body.addWidget(self._problem)
        self.body.addWidget(self.button)

    def _fold_fields(self) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self.folds)
        row.addWidget(remark(tr("folds, each of which is the test side once"), role="muted"), 1)
        return holder

    def _part_fields(self) -> QWidget:
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        for part, field in self.parts.items():
            field.setSuffix(" %")
            field.setSingleStep(5)
            field.valueChanged.connect(self._edited)
            column = QVBoxLayout()
            column.setSpacing(2)
            column.addWidget(remark(part))
            column.addWidget(field)
            row.addLayout(column, 1)
        holder = QWidget()
        holder.setLayout(row)
        return holder

    # Filling

    def show_facts(self, facts: Facts) -> None:
        """Offers what the corpus has; choices stay where they still can be made."""
        self._writable = facts.session.writable
        self._taken = tuple(facts.info.splits)
        counts = {**facts.info.groups, RECORDING_KEY: facts.info.recordings}
        self._fill_keys(counts)
        before = self.stratify.currentData() if self.stratify.count() else first_category(facts)
        refill(self.stratify, to_spread(facts), before)
        self._fill_too(facts)
        several = len(facts.info.tier_names) > 1
        tiers = [(tr("Automatic"), None, tr("The segments that have ratings"))] if several else []
        tiers += [(name, name, "") for name in facts.info.tier_names]
        refill(self.tier, tiers, self.tier.currentData())
        self._count, self._uncounted = None, ""
        self._refresh()
        self.groups_asked.emit()

    def forget(self) -> None:
        """Another corpus: nothing of the last one stays chosen."""
        self._count, self._uncounted = None, ""
        self.stratify.blockSignals(True)
        self.stratify.clear()
        self.stratify.blockSignals(False)
        self.tier.blockSignals(True)
        self.tier.clear()
        self.tier.blockSignals(False)
        self.together.fill({})
        self.too.fill({})
        self._suggested = ""
        self.name.clear()

    def _fill_keys(self, counts: dict[str, int]) -> None:
        first = [key for key in _USUAL_KEYS if counts.get(key)] or [RECORDING_KEY]
        entries = {
            key: (
                f"{key}  {n:,}",
                tr_n("{key}, {n} value", "{key}, {n} values", n, key=key),
                tr("Keep all segments of one {key} in the same part", key=key),
            )
            for key, n in counts.items()
        }
        self.together.blockSignals(True)
        self.together.fill(entries, first)
        self.together.blockSignals(False)

    def _fill_too(self, facts: Facts) -> None:
        entries = to_spread_too(facts)
        self.too.blockSignals(True)
        self.too.fill(entries)
        self.too.blockSignals(False)
        self._too_label.setVisible(bool(entries))
        self.too.setVisible(bool(entries))

    def show_groups(self, count: GroupCount) -> None:
        """Says how many groups the chosen keys make."""
        if count.keys == self.keys and count.tier == self.tier.currentData():
            self._count, self._uncounted = count, ""
            self._refresh()

    def show_no_groups(self, reason: str) -> None:
        """Says why the groups cannot be counted."""
        self._uncounted = reason
        self._refresh()

    def say_problem(self, text: str) -> None:
        """Shows why the last split could not be made, until something in the form is changed."""
        self._refused = text
        self._refresh()

    def set_busy(self, busy: bool) -> None:
        """While a split is being made, no other can be asked for."""
        self._busy = busy
        self._refresh()

    # What is asked for

    @property
    def keys(self) -> tuple[str, ...]:
        """The chosen group keys."""
        return self.together.chosen

    @property
    def ready(self) -> bool:
        """Whether a split can be made of what the form says."""
        return self._writable and not self._busy and not self.together.empty and not self._fault()

    @property
    def complete(self) -> bool:
        """Whether the form describes a split, whatever its name."""
        return not self.together.empty and not self._gap()

    def request(self) -> SplitRequest:
        """What the form says."""
        name = self.name.text().strip() or self._suggested
        return SplitRequest(name, self.plan())

    def plan(self) -> SplitPlan:
        """What the form says of the split itself."""
        shares = {part: field.value() / 100 for part, field in self.parts.items() if field.value()}
        first = self.stratify.currentData()
        items = [first] if first else []
        items += [key.removeprefix(ITEM) for key in self.too.chosen if key.startswith(ITEM)]
        kind = self.kind.index
        return SplitPlan(
            shares=fold_shares(self.folds.value()) if kind == _FOLDS else shares if kind == _SHARES else None,
            group_keys=self.keys,
            stratify=",".join(dict.fromkeys(items)) or None,
            tier=self.tier.currentData(),
            seed=self.seed.value(),
            folds=kind != _SHARES,
            balance=tuple(key.removeprefix(KEY) for key in self.too.chosen if key.startswith(KEY)),
            by="seconds" if self.by.index else "segments",
            texts=self.texts.isChecked(),
            allow_missing=self.allow_missing.isChecked(),
        )

    def _fault(self) -> str:
        if self.name.text().strip() in self._taken:
            return tr("There is a split of this name already, and splits are frozen: choose another.")
        return self._gap()

    def _gap(self) -> str:
        if not self.keys:
            return tr("Choose at least one key to keep together.")
        if self.kind.index == _SHARES:
            total = sum(field.value() for field in self.parts.values())
            if total != 100:
                return tr("The parts add up to {total} %, not to 100 %.", total=total)
            if sum(field.value() > 0 for field in self.parts.values()) < 2:
                return tr("Two parts at least need a share.")
        return ""

    # Reacting

    @Slot()
    def _keys_changed(self) -> None:
        self._count, self._uncounted = None, ""
        self._edited()
        self.groups_asked.emit()

    @Slot(int)
    def _choose_kind(self, index: int) -> None:
        self._sizes.setCurrentIndex(index)
        self._edited()

    @Slot()
    def _edited(self) -> None:
        """What was refused is not asked for any more."""
        self._refused = ""
        self._refresh()

    def _refresh(self) -> None:
        stem = (f"folds-{self.folds.value()}", "train-dev-test", "leave-one-out")[self.kind.index]
        self._suggested = _free_name(stem, self._taken)
        self.name.setPlaceholderText(self._suggested)
        say(self._problem, self._fault() or self._refused if not self.together.empty else "")
        self._say_groups()
        self.button.setEnabled(self.ready)
        self.changed.emit()

    def _say_groups(self) -> None:
        if self._count is None or not self.keys:
            set_property(self._groups, "role", "warning" if self._uncounted else "muted")
            say(self._groups, self._uncounted or (tr("Counting groups...") if self.keys else ""))
            return
        parts = (
            self.folds.value(),
            sum(field.value() > 0 for field in self.parts.values()),
            2,
        )[self.kind.index]
        text = tr_n(
            "{segments} segments in {n} group that stays together.",
            "{segments} segments in {n} groups, each of which stays together.",
            self._count.groups,
            segments=f"{self._count.segments:,}",
        )
        few = self._count.groups < parts
        if few:
            text += " " + tr("That is fewer than the {parts} parts.", parts=parts)
        set_property(self._groups, "role", "warning" if few else "muted")
        say(self._groups, text)

    @Slot()
    def _ask(self) -> None:
        self.make_asked.emit()


def _free_name(stem: str, taken: Sequence[str]) -> str:
    """The stem, or with the first number that makes it new.

    >>> _free_name("folds-5", ["folds-5"])
    'folds-5-2'
    """
    names = [stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))]
    return next(name for name in names if name not in taken)
