"""Asks what to export and where, counts it before, and warns before a leaking split leaves the house."""

from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QTimer, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QPushButton, QWidget

from annotator.app.export import ExportPreview, export_corpus, export_formats, preview_export
from annotator.app.session import Session
from annotator.audio.treatment import Treatment
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job
from annotator.domain.translation import tr, tr_n
from annotator.exchange.bundle import ExportResult
from annotator.exchange.filters import Filters
from annotator.exchange.formats import FORMATS
from annotator.gui.context import Context
from annotator.gui.dataset.export_fields import FilterFields, SoundFields, reason_in_words, side_by_side
from annotator.gui.dataset.reading import Audited, Facts, audit
from annotator.gui.dialogs.describing import DescribeCorpus
from annotator.gui.dialogs.form import Form, PathField
from annotator.gui.task import Task
from annotator.gui.theme import GRID
from annotator.gui.widgets.remark import remark, say

#: Several changes in a row are counted once, this many ms after the last.
_PAUSE = 250
#: The format whose whole point is the sound: there is no "without clips" for it.
_ALWAYS_CLIPS = "audiofolder"


@dataclass(frozen=True)
class ExportRequest:
    """What the dialog says; the fields are those of `annotator.app.export.export_corpus`."""

    out: Path
    format: str
    split: str | None
    tier: str | None
    clips: str | None
    despite_leaks: bool
    whole: bool = False
    context: float = 0.0
    treatment: Treatment = field(default_factory=Treatment)
    filters: Filters = field(default_factory=Filters)

    def job(self, session: Session) -> Job[ExportResult]:
        """The export itself."""
        return export_corpus(
            session, self.out, format=self.format, split=self.split, tier=self.tier, clips=self.clips,
            whole=self.whole, context=self.context, treatment=self.treatment, filters=self.filters,
            despite_leaks=self.despite_leaks,
        )  # fmt: skip


class ExportDialog(Form):
    """Format, split, tier, clips and folder. A split is audited when it is chosen; a leak needs a deliberate tick.

    After it was accepted, `request` holds what was asked for.
    """

    def __init__(self, parent: QWidget, context: Context, facts: Facts, split: str | None) -> None:
        super().__init__(
            parent,
            tr("Export"),
            tr(
                "Writes a folder with a data card and a manifest of check sums, all of it or nothing. It replaces "
                "nothing but an unchanged earlier export of this corpus."
            ),
            tr("Export"),
        )
        self.setMinimumWidth(104 * GRID)
        self.session: Session = facts.session
        self._context = context
        self.request: ExportRequest | None = None
        self._auditing = Task(context, self, self._audited, self._failed)
        self._auditing.ended.connect(self._refresh)
        self._counting = Task(context, self, self._counted, self._not_counted)
        self._count_later = QTimer(self)
        self._count_later.setSingleShot(True)
        self._count_later.setInterval(_PAUSE)
        self._count_later.timeout.connect(self._count)
        self._leaks: dict[str, str] = {}  # first leak of each split that was audited, empty where it is clean
        self._typed = False
        self.format = _combo(tr("Format"), [(FORMATS[name].title, name) for name in export_formats()])
        self.split = _combo(
            tr("Split"), [(tr("None: all segments"), None), *((name, name) for name in facts.info.splits)]
        )
        self.tier = _combo(
            tr("Tier"),
            [(tr("All that belong to it"), None), *((name, name) for name in facts.info.tier_names)],
        )
        self.clips = _combo(tr("Clips"), [])
        self.folder = PathField(tr("Folder"), folder=True)
        self.folder.edit.textEdited.connect(self._folder_typed)
        rows = [
            (tr("Format"), self.format), (tr("Split"), self.split), (tr("Tier"), self.tier),
            (tr("Clips"), self.clips), (tr("Folder"), self.folder),
        ]  # fmt: skip
        for text, row in rows:
            self.fields.addRow(text, row)
        self.filters = FilterFields()
        self.sound = SoundFields()
        self.count = remark(tr("Counting..."))
        self.count.setAccessibleName(tr("What will be exported"))
        self.about = QPushButton(tr("About this corpus..."))
        self.about.setToolTip(tr("Title, licence, citation and the like, for the data card"))
        self.about.setAutoDefault(False)
        self.about.setEnabled(self.session.writable)
        self.about.clicked.connect(self._describe)
        line = QHBoxLayout()
        line.addWidget(self.count, 1)
        line.addWidget(self.about)
        place = self.layout().indexOf(self.complaint)
        self.body.addWidget(side_by_side(self.filters, self.sound))
        self.layout().insertLayout(place, line)
        self.leak = remark(role="danger")
        self.despite = QCheckBox(tr("Export it all the same: I know that scores on it cannot be trusted"))
        self.despite.hide()
        self.despite.toggled.connect(self._refresh)
        for widget in (self.leak, self.despite):
            self.layout().insertWidget(self.layout().indexOf(self.complaint), widget)
        # The buttons were made before the fields: without this Tab would begin with Cancel.
        for before, after in pairwise([row for _, row in rows]):
            self.setTabOrder(before, after)
        self.setTabOrder(self.folder, self.despite)
        self.setTabOrder(self.despite, self.ok)
        self.format.setFocus()
        self.split.setCurrentIndex(max(0, self.split.findData(split)))
        self.format.currentIndexChanged.connect(self._format_changed)
        self.split.currentIndexChanged.connect(self._split_changed)
        self.tier.currentIndexChanged.connect(self._count_later.start)
        self.clips.currentIndexChanged.connect(self._clips_changed)
        self.filters.changed.connect(self._count_later.start)
        self._format_changed()
        self._split_changed()

    @Slot()
    def _format_changed(self) -> None:
        name = self.format.currentData()
        chosen = self.clips.currentData() if self.clips.count() else None
        self.clips.clear()
        if name != _ALWAYS_CLIPS:
            self.clips.addItem(tr("None"), None)
        self.clips.addItem(tr("WAV, one for each segment"), "wav")
        self.clips.addItem(tr("FLAC, one for each segment"), "flac")
        self.clips.setCurrentIndex(max(0, self.clips.findData(chosen)))
        if not self._typed:
            place = self.session.folder.parent / f"{self.session.name}-{name}"
            self.folder.edit.setText(str(place))
        self._clips_changed()
        self._count_later.start()

    @Slot()
    def _clips_changed(self) -> None:
        self.sound.show_clips(self.clips.currentData() is not None)

    @Slot()
    def _describe(self) -> None:
        dialog = DescribeCorpus(self, self.session)
        dialog.exec()
        dialog.deleteLater()

    # Counting before exporting

    def showEvent(self, event: QShowEvent) -> None:
        """Counts for the first time."""
        super().showEvent(event)
        self._count_later.start()

    @Slot()
    def _count(self) -> None:
        # The corpus may have been closed while the timer ran.
        if not self.isVisible() or self._context.session is not self.session:
            return
        job = preview_export(
            self.session, format=self.format.currentData(), split=self.split.currentData(),
            tier=self.tier.currentData(), filters=self.filters.filters(),
        )  # fmt: skip
        self._counting.start(tr("Counting"), job, quiet=True)

    @Slot(object)
    def _counted(self, found: ExportPreview) -> None:
        text = tr_n("{n} segment will be exported.", "{n} segments will be exported.", found.segments)
        left_out = [reason_in_words(reason, n) for reason, n in found.excluded.items()]
        if left_out:
            text += " " + tr("Left out: {reasons}.", reasons=", ".join(left_out))
        say(self.count, text)

    @Slot(object)
    def _not_counted(self, error: AnnotatorError) -> None:
        say(self.count, str(error))

    @Slot()
    def _folder_typed(self) -> None:
        self._typed = True

    @Slot()
    def _split_changed(self) -> None:
        name = self.split.currentData()
        self.despite.setChecked(False)
        if name is not None and name not in self._leaks:
            self._auditing.start(tr("Auditing {name}", name=name), audit(self.session, name), quiet=True)
        self._count_later.start()
        self._refresh()

    @Slot(object)
    def _audited(self, found: Audited) -> None:
        leaks = [finding.text for finding in found.result.findings if finding.severity == "leak"]
        self._leaks[found.split] = leaks[0] if leaks else ""

    @Slot(object)
    def _failed(self, error: AnnotatorError) -> None:
        # The export itself audits once more: nothing leaves unseen.
        say(self.complaint, str(error))

    @Slot()
    def _refresh(self) -> None:
        leak = self._leaks.get(self.split.currentData() or "", "")
        say(self.leak, tr("This split leaks. {finding}", finding=leak) if leak else "")
        self.despite.setVisible(bool(leak))
        self.ok.setText(tr("Checking the split...") if self._auditing.running else tr("Export"))
        self.ok.setEnabled(not self._auditing.running and (not leak or self.despite.isChecked()))
        if leak:
            self.fit()

    def work(self) -> None:
        self.request = ExportRequest(
            out=self.folder.path(),
            format=self.format.currentData(),
            split=self.split.currentData(),
            tier=self.tier.currentData(),
            clips=self.clips.currentData(),
            despite_leaks=self.despite.isChecked(),
            whole=self.sound.whole.isChecked(),
            context=self.sound.seconds(),
            treatment=self.sound.treatment(),
            filters=self.filters.filters(),
        )


def _combo(name: str, choices: list[tuple[str, str | None]]) -> QComboBox:
    combo = QComboBox()
    combo.setAccessibleName(name)
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    combo.setMinimumContentsLength(20)
    for text, data in choices:
        combo.addItem(text, data)
    return combo
