"""The finer wishes of an export: which segments are left out, and what is done to the sound."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from annotator.audio.treatment import Treatment
from annotator.domain.translation import tr
from annotator.exchange.filters import Filters
from annotator.gui.theme import GRID

_RATES = (8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
#: Levels that broadcasters and music services ask for, in LUFS.
_LEVELS = (-16, -18, -23, -27, -30)


class FilterFields(QGroupBox):
    """What a segment must satisfy; every field begins as "any", which leaves nothing out."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__(tr("Leave out"))
        self.ratings = QSpinBox()
        self.ratings.setRange(0, 999)
        self.agreement = _amount(1.0, 0.05, 2)
        self.shortest = _amount(3600.0, 0.5, 2, tr(" s"))
        self.longest = _amount(3600.0, 0.5, 2, tr(" s"))
        self.uncertainty = _amount(10.0, 0.05, 2)
        self.flagged = QCheckBox(tr("What a rater flagged"))
        self.duplicates = QCheckBox(tr("The same sound a second time"))
        rows = (
            (tr("Fewer ratings than"), self.ratings),
            (tr("Agreement below"), self.agreement),
            (tr("Shorter than"), self.shortest),
            (tr("Longer than"), self.longest),
            (tr("More uncertain than"), self.uncertainty),
        )
        form = _form()
        for text, field in rows:
            field.setSpecialValueText(tr("any"))
            field.setAccessibleName(text)
            field.valueChanged.connect(self._tell)
            form.addRow(text, field)
        self.agreement.setToolTip(
            tr(
                "Share of pairs of raters who agree; on scales 1 less their mean difference as a share of the scale"
            )
        )
        self.uncertainty.setToolTip(tr("In the terms of the consensus: 0 is sure"))
        column = QVBoxLayout(self)
        column.setSpacing(GRID)
        column.addLayout(form)
        for box in (self.flagged, self.duplicates):
            box.toggled.connect(self._tell)
            column.addWidget(box)
        column.addStretch(1)

    def filters(self) -> Filters:
        """What was chosen."""
        return Filters(
            min_ratings=self.ratings.value(),
            min_agreement=self.agreement.value() or None,
            min_seconds=self.shortest.value() or None,
            max_seconds=self.longest.value() or None,
            no_flagged=self.flagged.isChecked(),
            max_uncertainty=self.uncertainty.value() or None,
            no_duplicates=self.duplicates.isChecked(),
        )

    @Slot()
    def _tell(self) -> None:
        self.changed.emit()


class SoundFields(QGroupBox):
    """What is done to the sound; nothing to begin with. The wishes for clips wait until there are clips."""

    def __init__(self) -> None:
        super().__init__(tr("Sound"))
        self.whole = QCheckBox(tr("Copy the recordings too"))
        self.context = _amount(60.0, 0.1, 2, tr(" s"))
        self.context.setSpecialValueText(tr("none"))
        self.rate = QComboBox()
        self.rate.addItem(tr("as recorded"), None)
        for rate in _RATES:
            self.rate.addItem(tr("{rate} Hz", rate=rate), rate)
        self.level = QComboBox()
        self.level.addItem(tr("as recorded"), None)
        for level in _LEVELS:
            self.level.addItem(tr("{level} LUFS", level=level), float(level))
        self.mono = QCheckBox(tr("One channel"))
        form = _form()
        rows = (
            (tr("Before and after a clip"), self.context),
            (tr("Sampling rate of clips"), self.rate),
            (tr("Loudness of clips"), self.level),
        )
        for text, field in rows:
            field.setAccessibleName(text)
            form.addRow(text, field)
        column = QVBoxLayout(self)
        column.setSpacing(GRID)
        column.addLayout(form)
        column.addWidget(self.mono)
        column.addWidget(self.whole)
        column.addStretch(1)

    def show_clips(self, clips: bool) -> None:
        """Whether there are clips to change."""
        for field in (self.context, self.rate, self.level, self.mono):
            field.setEnabled(clips)

    def seconds(self) -> float:
        """Sound around each clip."""
        return self.context.value() if self.context.isEnabled() else 0.0

    def treatment(self) -> Treatment:
        """What is done to clips."""
        if not self.rate.isEnabled():
            return Treatment()
        return Treatment(self.rate.currentData(), self.mono.isChecked(), self.level.currentData())


def _form() -> QFormLayout:
    form = QFormLayout()
    form.setSpacing(GRID)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    return form


def _amount(most: float, step: float, decimals: int, suffix: str = "") -> QDoubleSpinBox:
    field = QDoubleSpinBox()
    field.setRange(0.0, most)
    field.setSingleStep(step)
    field.setDecimals(decimals)
    field.setSuffix(suffix)
    return field


def reason_in_words(reason: str, n: int) -> str:
    """Why segments are left out of an export."""
    return {
        "other_tier": tr("{n} of another tier", n=n),
        "not_in_split": tr("{n} not in the split", n=n),
        "no_label": tr("{n} without a label", n=n),
        "too_short": tr("{n} too short", n=n),
        "too_long": tr("{n} too long", n=n),
        "few_ratings": tr("{n} with too few ratings", n=n),
        "no_second_rating": tr("{n} without a second rating", n=n),
        "low_agreement": tr("{n} with too little agreement", n=n),
        "flagged": tr("{n} flagged", n=n),
        "uncertain": tr("{n} too uncertain", n=n),
        "no_uncertainty": tr("{n} of unknown uncertainty", n=n),
        "duplicate": tr("{n} with the sound of another", n=n),
        "same_place": tr("{n} at the place of another", n=n),
    }.get(reason, f"{n} {reason}")


def side_by_side(*widgets: QWidget) -> QWidget:
    """Widgets in one row of even widths."""
    row = QWidget()
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(2 * GRID)
    for widget in widgets:
        line.addWidget(widget, 1)
    return row
