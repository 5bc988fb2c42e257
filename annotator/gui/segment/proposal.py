"""The panel for automatic segmentation: a method, its options, and what they would give, live on the waveform."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QWidget

from annotator.app.laying import Segmented, plan
from annotator.app.segment import held_segments, listen, segment_recordings
from annotator.app.transcripts import METHOD, find_sentences, segment_by_transcript
from annotator.domain.corpus import BY_HAND, Recording, Segment
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Progress
from annotator.domain.timeline import clock
from annotator.domain.translation import tr, tr_n
from annotator.gui.context import Context
from annotator.gui.segment.options import OptionControls, OptionSlider
from annotator.gui.segment.proposal_layout import ProposalLayout
from annotator.gui.segment.words import changes_text, made_notice, summary_text
from annotator.gui.theme import set_property
from annotator.gui.worker import Worker
from annotator.segmentation.methods import METHODS
from annotator.storage.rows import Kind

_KEPT = 6  # findings that are kept at hand: a recording by a method, or by a transcript


class ProposalPanel(ProposalLayout, QFrame):
    """Proposes while the controls move; writes only when one of the two buttons is pressed."""

    proposed = Signal(object)  # spans (n, 2) as the tier would have them, or None
    applied = Signal(str)  # name of the tier
    closed = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAccessibleName(tr("Segment automatically"))
        self._context = context
        self._recording: Recording | None = None
        self._recordings = 0
        self._selection: tuple[int, int] | None = None
        self._names = [*METHODS.names(), METHOD]
        self._method = self._names[0]
        self._found: dict[Any, Any] = {}
        self._held: list[Segment] = []
        self._looking: Any = None
        self._worker: Worker | None = None
        self._build()
        self._show_method()
        context.data_changed.connect(self._take_change)

    @property
    def sliders(self) -> dict[str, OptionSlider]:
        """The sliders of the chosen method, by option."""
        return self._controls[self._method].sliders if self._method in self._controls else {}

    @property
    def controls(self) -> OptionControls | None:
        """The controls of the chosen method; `None` for a transcript."""
        return self._controls.get(self._method)

    # State

    def show_recording(self, recording: Recording | None) -> None:
        """Proposes for another recording."""
        self._recording = recording
        self._selection = None
        if self.isVisible():
            self._read_held()
            self._propose()

    def select(self, span: tuple[int, int] | None) -> None:
        """Takes over what is selected in the recording, samples [start, end)."""
        if span == self._selection:
            return
        self._selection = span
        if self.isVisible():
            self._tell_selection()
            if self.scope.index:
                self._propose()

    def open(self, recording: Recording | None, recordings: int) -> None:
        """The panel comes up."""
        self._recording = recording
        self._recordings = recordings
        self.everywhere.setText(
            tr_n("Apply to all {n:,} recording", "Apply to all {n:,} recordings", recordings)
        )
        self.show()
        self._read_held()
        self._propose()
        self.methods.setFocus(Qt.FocusReason.OtherFocusReason)

    def shut(self) -> None:
        """The panel goes; nothing listens on for it."""
        self._stop_looking()
        self.hide()
        self.proposed.emit(None)

    def forget(self) -> None:
        """Another corpus: what was heard belongs to the old one."""
        self._stop_looking()
        self._found.clear()
        self._held = []

    def choose(self, method: str) -> None:
        """Goes to a method."""
        self.methods.setCurrentIndex(self._names.index(method))

    @Slot(int)
    def _choose_method(self, index: int) -> None:
        self._method = self._names[index]
        self._show_method()
        self._propose()

    def _show_method(self) -> None:
        by_text = self._method == METHOD
        self._about.setText(
            tr("A segment for every sentence of a transcript, with its text and speaker.")
            if by_text
            else METHODS[self._method].description
        )
        for name, page in self._controls.items():
            page.setVisible(name == self._method)
        self.transcript.setVisible(by_text)
        self.tier.setText(self._method)

    @Slot(int)
    def _choose_scope(self, _index: int) -> None:
        self._propose()

    @Slot()
    def _choose_tier(self) -> None:
        self._read_held()
        if self.isVisible():
            self._propose()

    @Slot(object)
    def _take_change(self, changed: frozenset[Kind]) -> None:
        if self.isVisible() and changed & {Kind.SEGMENT, Kind.TIER}:
            self._read_held()
            self._propose()

    def _read_held(self) -> None:
        """What the tier holds of the recording, which a proposal is compared with."""
        session, self._held = self._context.session, []
        if session is not None and self._recording is not None:
            with session.reading() as reader:
                self._held = held_segments(reader, self.tier.text().strip(), self._recording)
        by_hand = sum(segment.origin in BY_HAND for segment in self._held)
        self.replace_corrected.setText(
            tr_n("Also replace {n} made by hand", "Also replace {n} made by hand", by_hand)
        )
        self.replace_corrected.setVisible(bool(by_hand))
        if not by_hand:
            self.replace_corrected.setChecked(False)

    def _tell_selection(self) -> None:
        """Says what is selected, or how to select."""
        self._selected.setVisible(bool(self.scope.index))
        if self._selection is None or self._recording is None:
            self._selected.setText(
                tr("Press [ at one end and put the cursor at the other, or choose rows of the table.")
            )
            return
        start, end = (sample / self._recording.sample_rate for sample in self._selection)
        self._selected.setText(tr("{start} to {end}", start=clock(start), end=clock(end)))

    # Looking and proposing

    @property
    def _stretch(self) -> tuple[int, int] | None:
        """The stretch that is to be segmented; `None` for the whole recording."""
        return self._selection if self.scope.index else None

    @property
    def _unready(self) -> str:
        """What is missing for a proposal, in a sentence; empty where nothing is."""
        if self._method == METHOD and self.transcript.given[0] is None:
            return tr("Choose the transcript of this recording.")
        if self.scope.index and self._selection is None:
            return tr("Nothing is selected.")
        return ""

    @Slot()
    def _propose(self) -> None:
        self._tell_selection()
        self._bar.hide()
        if self._recording is None or self._unready:
            self._stop_looking()
            self._show_nothing(self._unready if self._recording is not None else "", "muted")
            return
        # A transcript is looked for within the stretch, anything else is cut out of what was found in the whole.
        more = (*self.transcript.given, self._stretch) if self._method == METHOD else ()
        key = (self._recording.id, self._method, *more)
        if key not in self._found:
            self._look(key)
            return
        try:
            made = self._made(self._found[key])
        except AnnotatorError as error:
            self._show_nothing(str(error), "danger")
            return
        if made is None:
            self._show_nothing(tr("This method shows its segments once it has run."), "muted")
            self._update_buttons(able=True)
            return
        self._show(made, self._warnings(self._found[key]))

    def _made(self, found: Any) -> list[Segment] | None:
        """Segments as the method gives them with the options as they stand; `None` where it must run first."""
        if self._method == METHOD:
            return [segment for one in found for segment in one.segments]
        method = METHODS[self._method]
        options = replace(method.defaults, **self._controls[self._method].values)
        if method.cut is None:
            return None
        spans = method.cut(found, options, self._stretch)
        return [Segment("", self._recording.id, "", *span, origin=self._method) for span in spans]

    def _warnings(self, found: Any) -> list[str]:
        return [text for one in found for text in one.warnings] if self._method == METHOD else []

    def _show(self, made: Sequence[Segment], warnings: Sequence[str]) -> None:
        """Shows the tier as it would be, and what would change on it."""
        planned = plan(
            self._held, made, stretch=self._stretch, replace_corrected=self.replace_corrected.isChecked()
        )
        gone = {segment.id for segment in (*planned.put, *planned.removed)}
        result = [*planned.put, *(segment for segment in self._held if segment.id not in gone)]
        spans = np.array(sorted((segment.start, segment.end) for segment in result), np.int64)
        self.proposed.emit(spans.reshape(-1, 2))
        whole = self._stretch or (0, self._recording.samples)
        self._say(" ".join((summary_text(made, whole, self._recording.sample_rate), *warnings)), "muted")
        self._changes.setText(changes_text(planned) if self._held else "")
        self._changes.setVisible(bool(self._held))
        self._update_buttons(able=True)

    def _show_nothing(self, text: str, role: str) -> None:
        self.proposed.emit(None)
        self._changes.hide()
        self._say(text, role)
        self._update_buttons(able=False)

    def _look(self, key: Any) -> None:
        if self._looking == key:
            self._bar.show()
            return
        self._stop_looking()
        self._looking = key
        self._bar.setValue(0)
        self._bar.show()
        self._show_nothing(tr("Listening..."), "muted")
        session, recording = self._context.session, self._recording
        if self._method == METHOD:
            path, language = self.transcript.given
            job = find_sentences(session, path, recording=recording, language=language, stretch=self._stretch)
        else:
            job = listen(session, recording, self._method)
        self._worker = self._context.run(tr("Listening"), job, self._take, self._fail, quiet=True)
        self._worker.progressed.connect(self._progress)

    def _stop_looking(self) -> None:
        if self._worker is not None:
            self._worker.progressed.disconnect(self._progress)
            self._worker.succeeded.disconnect(self._take)
            self._worker.failed.disconnect(self._fail)
            self._worker.cancel()
        self._worker = self._looking = None

    @Slot(object)
    def _progress(self, progress: Progress) -> None:
        self._bar.setValue(round(1000 * progress.fraction))

    @Slot(object)
    def _take(self, found: Any) -> None:
        self._found[self._looking] = found
        while len(self._found) > _KEPT:
            del self._found[next(iter(self._found))]
        self._worker = self._looking = None
        self._propose()

    @Slot(object)
    def _fail(self, error: AnnotatorError) -> None:
        self._worker = self._looking = None
        self._bar.hide()
        self._show_nothing(" ".join(filter(None, (error.message, error.hint))), "danger")

    def _say(self, text: str, role: str) -> None:
        self._result.setText(text)
        set_property(self._result, "role", role)

    # Applying

    def _update_buttons(self, *, able: bool) -> None:
        session = self._context.session
        able = able and session is not None and session.writable and bool(self.tier.text().strip())
        self.here.setText(tr("Apply to the selection") if self.scope.index else tr("Apply to this recording"))
        self.here.setEnabled(able)
        self.everywhere.setEnabled(able)
        alone = self.scope.index or self._method == METHOD
        self.everywhere.setVisible(self._recordings > 1 and not alone)

    @Slot()
    def _apply_here(self) -> None:
        self._apply([self._recording])

    @Slot()
    def _apply_everywhere(self) -> None:
        with self._context.session.reading() as reader:
            self._apply(reader.recordings())

    def _apply(self, recordings: list[Recording]) -> None:
        session = self._context.session
        how = {
            "tier": self.tier.text().strip(),
            "stretch": self._stretch,
            "replace_corrected": self.replace_corrected.isChecked(),
        }
        if self._method == METHOD:
            path, language = self.transcript.given
            job = segment_by_transcript(session, path, recording=recordings[0], language=language, **how)
        else:
            values = self._controls[self._method].values
            job = segment_recordings(session, recordings, method=self._method, options=values, **how)
        self._context.run(tr("Segment automatically"), job, self._done)

    @Slot(object)
    def _done(self, results: tuple[Segmented, ...]) -> None:
        self._context.noticed.emit(made_notice(results), "positive")
        self.applied.emit(results[0].tier)
