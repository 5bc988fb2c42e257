"""Finding the speakers of a tier by voice: what is asked before, and what is said after."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QCheckBox, QSpinBox, QWidget

from annotator.app.speakers import SpeakersFound, find_speakers
from annotator.domain.corpus import Recording
from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr, tr_n
from annotator.gui.context import Context
from annotator.gui.dialogs.form import Form, PathField
from annotator.gui.segment.editor import SegmentEditor
from annotator.segmentation.speakers import MOST


class _Question(Form):
    """How many speakers, which network, which recordings."""

    def __init__(self, parent: QWidget, tier: str, recording: Recording) -> None:
        super().__init__(
            parent,
            tr("Find speakers by voice"),
            tr(
                'Segments of the tier "{tier}" with the same voice get the same speaker: A, B, C. Names that you gave '
                "stay, and spread to their voice. Without a network voices are compared by timbre, which also hears "
                "the room: check by ear.",
                tier=tier,
            ),
            tr("Find speakers"),
        )
        self.count = QSpinBox()
        self.count.setRange(0, 10 * MOST)
        self.count.setSpecialValueText(tr("find out"))
        self.count.setAccessibleName(tr("Number of speakers"))
        self.network = PathField(tr("Network"), folder=False, files="ONNX (*.onnx)")
        self.network.edit.setPlaceholderText(tr("none: compare by timbre"))
        self.everywhere = QCheckBox(tr("In all recordings together, not only in {name}", name=recording.name))
        self.fields.addRow(tr("Number of speakers"), self.count)
        self.fields.addRow(tr("Network (ONNX file)"), self.network)
        self.fields.addRow("", self.everywhere)

    @property
    def embedding(self) -> Path | None:
        """The network; `None` for timbre."""
        return self.network.path() if self.network.edit.text().strip() else None

    def work(self) -> None:
        path = self.embedding
        if path is not None and not path.is_file():
            raise AnnotatorError(
                tr("There is no network file {path}.", path=path), tr("Choose an ONNX file.")
            )


class SpeakerSearch(QObject):
    """Asks, searches in a job, and says what was found."""

    def __init__(self, context: Context, editor: SegmentEditor, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._editor = editor

    def ask(self, parent: QWidget) -> None:
        """Asks how to search, and begins."""
        recording = self._editor.recording
        question = _Question(parent, self._editor.tier, recording)
        if question.exec():
            chosen = () if question.everywhere.isChecked() else (recording,)
            self.search(chosen, question.count.value() or None, question.embedding)
        question.deleteLater()

    def search(self, recordings: Sequence[Recording], speakers: int | None, embedding: Path | None) -> None:
        """Searches the editor's tier in some recordings, or in all."""
        job = find_speakers(
            self._context.session,
            tier=self._editor.tier,
            recordings=recordings,
            speakers=speakers,
            embedding=embedding,
        )
        self._context.run(tr("Find speakers"), job, self._tell)

    @Slot(object)
    def _tell(self, found: SpeakersFound) -> None:
        text = tr_n(
            "{n} speaker: {names}.",
            "{n} speakers: {names}.",
            len(found.speakers),
            names=", ".join(f"{one.name} ({one.segments})" for one in found.speakers),
        )
        if found.silent:
            text += " " + tr_n(
                "In {n} segment hardly anything sounds.",
                "In {n} segments hardly anything sounds.",
                found.silent,
            )
        self._context.noticed.emit(text, "positive")
