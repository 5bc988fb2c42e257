"""What few trainings need, folded away below the form: prepared clips, copies, pieces, a network to start from."""

from collections.abc import Sequence

from PySide6.QtCore import QLocale, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from annotator.domain.errors import UsageError
from annotator.domain.translation import tr
from annotator.features.steps import AUGMENTING, PREPARING, Step, parse_step, split_name
from annotator.gui.theme import GRID


class MoreOptions(QWidget):
    """A button that unfolds the options; it counts those that are in use, so that none acts unseen."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.button = QToolButton()
        self.button.setCheckable(True)
        self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.button.setAutoRaise(True)
        self.button.toggled.connect(self._fold)
        decibels, seconds = tr(" dB"), tr(" s")
        #: Steps that prepare every clip, by name.
        self.steps = {
            "trim": _number(
                tr("Trim silence"), tr("Leaves out what lies this far below the loudest at both ends."),
                0.0, 120.0, decibels, step=5.0,
            ),
            "level": _number(
                tr("Level"), tr("Brings every segment to one level below full scale."),
                -81.0, 0.0, decibels, step=1.0,
            ),
            "pad": _number(
                tr("Length"), tr("Cuts or fills up every segment to one length."), 0.0, 600.0, seconds, step=0.5
            ),
        }  # fmt: skip
        self.slice = _number(
            tr("Pieces"), tr("Trains on pieces of this length as well; they are never tested."),
            0.0, 600.0, seconds, step=1.0,
        )  # fmt: skip
        self.augment = QLineEdit()
        self.augment.setAccessibleName(tr("Changed copies"))
        self.augment.setPlaceholderText("noise=20 pitch=2")
        self.augment.setToolTip(
            tr("Each change gives every training segment one more, changed copy; copies are never tested.")
        )
        self.start = QLineEdit()
        self.start.setAccessibleName(tr("Start from"))
        self.start.setPlaceholderText(tr("file of a saved cnn"))
        self.start.setToolTip(
            tr(
                "Takes over all but the last layer of a network that was saved. It may have heard the segments that"
                " are tested here: then the figures are too good."
            )
        )
        self._body = self._build()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.button)
        column.addWidget(self._body)
        for field in (*self.steps.values(), self.slice):
            field.valueChanged.connect(self._review)
        for line in (self.augment, self.start):
            line.textChanged.connect(self._review)
        self._fold(False)
        self._review()

    def _build(self) -> QWidget:
        self._menu = QMenu(self)
        for text, change in (
            (tr("White noise, 20 dB below the segment"), "noise=20"),
            (tr("Two semitones higher"), "pitch=2"),
            (tr("Two semitones lower"), "pitch=-2"),
            (tr("A tenth faster"), "stretch=1.1"),
            (tr("A tenth slower"), "stretch=0.9"),
            (tr("0.1 s later"), "shift=0.1"),
            (tr("6 dB softer"), "gain=-6"),
        ):
            action = QAction(text, self._menu, checkable=True)
            action.setData(change)
            action.triggered.connect(self._toggle_change)
            self._menu.addAction(action)
        self._menu.aboutToShow.connect(self._tick)
        choose = QToolButton()
        choose.setText("+")
        choose.setAccessibleName(tr("Choose changes"))
        choose.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        choose.setMenu(self._menu)
        copies = QHBoxLayout()
        copies.addWidget(self.augment, 1)
        copies.addWidget(choose)
        body = QWidget()
        grid = QGridLayout(body)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GRID + GRID // 2)
        grid.setVerticalSpacing(GRID - 2)
        grid.setColumnStretch(1, 1)
        for row, field in enumerate((*self.steps.values(), self.augment, self.slice, self.start)):
            label = QLabel(field.accessibleName())
            label.setProperty("role", "muted")
            label.setBuddy(field)
            grid.addWidget(label, row, 0)
            if field is self.augment:
                grid.addLayout(copies, row, 1)
            else:
                grid.addWidget(field, row, 1)
        return body

    # What is asked

    def features(self, base: str) -> str:
        """The feature set with the steps that prepare its clips."""
        return "~".join([base, *self._preparing()])

    def _preparing(self) -> list[str]:
        used = {name: field.value() for name, field in self.steps.items() if field.value() > field.minimum()}
        return [str(Step(name, value)) for name, value in used.items()]

    @property
    def changes(self) -> tuple[str, ...]:
        """The changes that make copies, as `--augment` takes them."""
        return tuple(self.augment.text().replace(",", " ").split())

    @property
    def start_file(self) -> str:
        """The saved network to start from; empty for none, or where the model cannot."""
        return self.start.text().strip() if self.start.isEnabled() else ""

    @property
    def problem(self) -> str:
        """Why this cannot be trained, or empty."""
        try:
            for step in self._preparing():
                parse_step(step)
            changes = [parse_step(change) for change in self.changes]
        except UsageError as error:
            return f"{error} {error.hint}".strip()
        if any(change.name not in AUGMENTING for change in changes):
            return tr("Changes for training: {names}.", names=", ".join(AUGMENTING))
        return ""

    def offer_start(self, offered: bool) -> None:
        """Only some models can start from another one."""
        if offered != self.start.isEnabled():
            self.start.setEnabled(offered)
            self._review()

    def show_request(self, features: str, augment: Sequence[str], slice_seconds: float, start: str) -> str:
        """Chooses what an earlier training was asked, and gives the feature set that is left to choose: the whole
        name where its steps stand in an order that these fields do not give."""
        base, steps = split_name(features)
        known = {step.name: step.value for step in steps if step.name in PREPARING}
        for name, field in self.steps.items():
            field.setValue(known.get(name, field.minimum()))
        if self.features(base) != features:
            for field in self.steps.values():
                field.setValue(field.minimum())
            base = features
        self.augment.setText(" ".join(augment))
        self.slice.setValue(slice_seconds)
        self.start.setText(start)
        return base

    @property
    def n_used(self) -> int:
        """How many of the options are in use."""
        numbers = sum(field.value() != field.minimum() for field in (*self.steps.values(), self.slice))
        return numbers + bool(self.changes) + bool(self.start_file)

    # Folding

    @Slot(bool)
    def _fold(self, unfolded: bool) -> None:
        self._body.setVisible(unfolded)
        self.button.setArrowType(Qt.ArrowType.DownArrow if unfolded else Qt.ArrowType.RightArrow)

    @Slot()
    def _review(self) -> None:
        n = self.n_used
        self.button.setText(tr("More options ({n} in use)", n=n) if n else tr("More options"))
        self.changed.emit()

    @Slot()
    def _tick(self) -> None:
        for action in self._menu.actions():
            action.setChecked(action.data() in self.changes)

    @Slot()
    def _toggle_change(self) -> None:
        change = self.sender().data()
        left = [one for one in self.changes if one != change]
        self.augment.setText(" ".join(left if len(left) < len(self.changes) else [*left, change]))


class _Number(QDoubleSpinBox):
    """A number without the zeros behind it."""

    def textFromValue(self, value: float) -> str:
        return self.locale().toString(
            value, "f", QLocale.FloatingPointPrecisionOption.FloatingPointShortest.value
        )


def _number(name: str, tip: str, off: float, high: float, unit: str, *, step: float) -> QDoubleSpinBox:
    """A field whose least value stands for "off"."""
    field = _Number()
    field.setRange(off, high)
    field.setDecimals(2)
    field.setSingleStep(step)
    field.setSuffix(unit)
    field.setSpecialValueText(tr("off"))
    field.setAccessibleName(name)
    field.setToolTip(tip)
    field.setValue(off)
    return field
