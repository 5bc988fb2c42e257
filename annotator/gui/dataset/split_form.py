"""The form for a new split: folds or parts, what must stay together, what is to be spread evenly."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from annotator.app.split import fold_shares
from annotator.domain.corpus import RECORDING_KEY
from annotator.domain.translation import tr, tr_n
from annotator.gui.agreement.cards import remark, say
from annotator.gui.agreement.consensus_card import method_title
from annotator.gui.dataset.flow import FlowLayout
from annotator.gui.dataset.reading import Facts, GroupCount
from annotator.gui.icons import set_icon
from annotator.gui.theme import GRID, set_property
from annotator.gui.widgets.card import Card
from annotator.gui.widgets.segmented import SegmentedControl

#: Keys that are chosen to begin with, where the corpus has them: who or what a model would recognise.
_USUAL_KEYS = ("speaker", "actor", "artist", "song")
_PARTS = {"train": 70, "dev": 15, "test": 15}


@dataclass(frozen=True)
class SplitRequest:
    """What the form asks for; the fields are those of `annotator.app.split.make_split`."""

    name: str
    shares: dict[str, float]
    group_keys: tuple[str, ...]
    stratify: str | None
    tier: str | None
    seed: int
    folds: bool


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
        self._chips: dict[str, QPushButton] = {}
        self.name = QLineEdit()
        self.name.setAccessibleName(tr("Name"))
        self.name.textChanged.connect(self._edited)
        self.kind = SegmentedControl((tr("Folds"), tr("Parts")), name=tr("Folds or parts"))
        self.kind.chosen.connect(self._choose_kind)
        self.folds = _spin(tr("Number of folds"), 2, 20, 5)
        self.folds.valueChanged.connect(self._edited)
        self.parts = {
            part: _spin(tr("{part} in percent", part=part), 0, 100, n) for part, n in _PARTS.items()
        }
        self._sizes = QStackedWidget()
        self._sizes.addWidget(self._fold_fields())
        self._sizes.addWidget(self._part_fields())
        self._chip_box = QWidget()
        self._flow = FlowLayout(self._chip_box, gap=GRID // 2)
        self._groups = remark(role="muted")
        self.stratify = _combo(tr("Spread evenly"))
        self.tier = _combo(tr("Tier"))
        self.tier.currentIndexChanged.connect(self._keys_changed)
        self.seed = _spin(tr("Seed"), 0, 999_999, 0)
        self._problem = remark(role="danger")
        self.button = QPushButton(tr("Make the split"))
        self.button.setProperty("kind", "primary")
        self.button.setToolTip(tr("Make the split ({key})", key="Ctrl+Return"))
        set_icon(self.button, "split", "on_accent")
        self.button.clicked.connect(self._ask)

        together = QLabel(tr("Keep together"))
        together.setToolTip(tr("No value of these keys will stand in two parts."))
        rows = [
            (tr("Name"), self.name), (tr("Into"), self.kind),
            (tr("Spread evenly"), self.stratify), (tr("Tier"), self.tier), (tr("Seed"), self.seed),
        ]  # fmt: skip
        labels = [QLabel(text) for text, _ in rows]
        width = max(label.sizeHint().width() for label in labels)
        for label, (_, field) in zip(labels, rows, strict=True):
            label.setMinimumWidth(width)
            label.setBuddy(field)
        lines = [_line(label, field) for label, (_, field) in zip(labels, rows, strict=True)]
        self.body.addLayout(lines[0])
        self.body.addLayout(lines[1])
        for widget in (self._sizes, together, self._chip_box, self._groups):
            self.body.addWidget(widget)
        for line in lines[2:]:
            self.body.addLayout(line)
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
        self._fill_chips({**facts.info.groups, RECORDING_KEY: facts.info.recordings})
        before = self.stratify.currentData() if self.stratify.count() else _first_category(facts)
        choices = [(tr("Nothing"), None, tr("Only the sizes of the parts count."))]
        choices += [
            (entry.item.title if ":" not in entry.name else f"{entry.item.title}, {entry.scheme.title}",
             entry.name, f"{entry.scheme.title}: {_origin(entry.method)}")
            for entry in facts.items
        ]  # fmt: skip
        _refill(self.stratify, choices, before)
        several = len(facts.info.tier_names) > 1
        tiers = [(tr("Automatic"), None, tr("The segments that have ratings"))] if several else []
        tiers += [(name, name, "") for name in facts.info.tier_names]
        _refill(self.tier, tiers, self.tier.currentData())
        self._count, self._uncounted = None, ""
        self._refresh()
        self.groups_asked.emit()

    def forget(self) -> None:
        """Another corpus: nothing of the last one stays chosen."""
        self._count, self._uncounted = None, ""
        self.stratify.clear()
        self.tier.blockSignals(True)
        self.tier.clear()
        self.tier.blockSignals(False)
        self._fill_chips({})
        self._suggested = ""
        self.name.clear()

    def _fill_chips(self, counts: dict[str, int]) -> None:
        if list(counts) != list(self._chips):
            chosen = {key for key, chip in self._chips.items() if chip.isChecked()}
            if not self._chips:
                chosen = {key for key in _USUAL_KEYS if counts.get(key)} or {RECORDING_KEY}
            for chip in self._chips.values():
                self._flow.removeWidget(chip)
                chip.hide()
                chip.deleteLater()
            self._chips = {key: self._chip(key, checked=key in chosen) for key in counts}
        for key, n in counts.items():
            self._chips[key].setText(f"{key}  {n:,}")
            self._chips[key].setAccessibleName(tr_n("{key}, {n} value", "{key}, {n} values", n, key=key))

    def _chip(self, key: str, *, checked: bool) -> QPushButton:
        chip = QPushButton()
        chip.setCheckable(True)
        chip.setChecked(checked)
        chip.setToolTip(tr("Keep all segments of one {key} in the same part", key=key))
        chip.toggled.connect(self._keys_changed)
        set_icon(chip, *(("check", "accent") if checked else ("plus", "muted")))
        self._flow.addWidget(chip)
        return chip

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
        return tuple(key for key, chip in self._chips.items() if chip.isChecked())

    @property
    def ready(self) -> bool:
        """Whether a split can be made of what the form says."""
        return self._writable and not self._busy and bool(self._chips) and not self._fault()

    def request(self) -> SplitRequest:
        """What the form says."""
        folds = self.kind.index == 0
        percent = {part: field.value() for part, field in self.parts.items() if field.value()}
        return SplitRequest(
            name=self.name.text().strip() or self._suggested,
            shares=fold_shares(self.folds.value()) if folds else {p: n / 100 for p, n in percent.items()},
            group_keys=self.keys,
            stratify=self.stratify.currentData(),
            tier=self.tier.currentData(),
            seed=self.seed.value(),
            folds=folds,
        )

    def _fault(self) -> str:
        if self.name.text().strip() in self._taken:
            return tr("There is a split of this name already, and splits are frozen: choose another.")
        if not self.keys:
            return tr("Choose at least one key to keep together.")
        if self.kind.index == 1:
            total = sum(field.value() for field in self.parts.values())
            if total != 100:
                return tr("The parts add up to {total} %, not to 100 %.", total=total)
            if sum(field.value() > 0 for field in self.parts.values()) < 2:
                return tr("Two parts at least need a share.")
        return ""

    # Reacting

    @Slot()
    def _keys_changed(self) -> None:
        for chip in self._chips.values():
            set_icon(chip, *(("check", "accent") if chip.isChecked() else ("plus", "muted")))
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
        stem = f"folds-{self.folds.value()}" if self.kind.index == 0 else "train-dev-test"
        self._suggested = _free_name(stem, self._taken)
        self.name.setPlaceholderText(self._suggested)
        say(self._problem, self._fault() or self._refused if self._chips else "")
        self._say_groups()
        self.button.setEnabled(self.ready)
        self.changed.emit()

    def _say_groups(self) -> None:
        if self._count is None or not self.keys:
            set_property(self._groups, "role", "warning" if self._uncounted else "muted")
            say(self._groups, self._uncounted or (tr("Counting groups...") if self.keys else ""))
            return
        parts = (
            self.folds.value() if self.kind.index == 0 else sum(f.value() > 0 for f in self.parts.values())
        )
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


def _first_category(facts: Facts) -> str | None:
    return next((entry.name for entry in facts.items if entry.item.type == "category"), None)


def _origin(method: str) -> str:
    return tr("single ratings") if method == "single" else method_title(method)


def _free_name(stem: str, taken: Sequence[str]) -> str:
    """The stem, or with the first number that makes it new.

    >>> _free_name("folds-5", ["folds-5"])
    'folds-5-2'
    """
    names = [stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))]
    return next(name for name in names if name not in taken)


def _spin(name: str, low: int, high: int, value: int) -> QSpinBox:
    field = QSpinBox()
    field.setAccessibleName(name)
    field.setRange(low, high)
    field.setValue(value)
    field.setMinimumWidth(9 * GRID)
    return field


def _combo(name: str) -> QComboBox:
    field = QComboBox()
    field.setAccessibleName(name)
    field.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    field.setMinimumContentsLength(5)
    return field


def _refill(field: QComboBox, choices: Sequence[tuple[str, str | None, str]], chosen: str | None) -> None:
    """Offers other choices, each a text, its value and a tip; the chosen value stays where it is among them."""
    field.blockSignals(True)
    field.clear()
    for n, (text, data, tip) in enumerate(choices):
        field.addItem(text, data)
        field.setItemData(n, tip, Qt.ItemDataRole.ToolTipRole)
    field.setCurrentIndex(max(0, field.findData(chosen)) if choices else -1)
    field.blockSignals(False)


def _line(label: QLabel, field: QWidget) -> QHBoxLayout:
    line = QHBoxLayout()
    line.setSpacing(GRID)
    line.addWidget(label)
    line.addWidget(field, 0 if isinstance(field, SegmentedControl) else 1)
    if isinstance(field, SegmentedControl):
        line.addStretch(1)
    return line
