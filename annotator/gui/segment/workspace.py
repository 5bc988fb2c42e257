"""The Segment workspace: a list of recordings, the sound with its segments, and the table of them."""

from PySide6.QtCore import QPoint, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QInputDialog, QWidget

from annotator.app.segment import HAND_TIER
from annotator.app.session import Session
from annotator.domain.corpus import Recording, Segment, Tier
from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr
from annotator.gui.context import Context
from annotator.gui.segment.commands import SegmentCommands
from annotator.gui.segment.editor import SegmentEditor
from annotator.gui.segment.layout import SegmentLayout
from annotator.gui.segment.memory import Place, Places
from annotator.gui.segment.menu import ask_for_action
from annotator.gui.segment.segments import ShownSegments
from annotator.gui.segment.sound import Sound
from annotator.gui.segment.transport import Transport
from annotator.gui.workspace import Workspace
from annotator.storage.reader import Reader
from annotator.storage.rows import Kind


class SegmentWorkspace(SegmentLayout, SegmentCommands, Workspace):
    """Cuts recordings into segments: shows what there is and keeps it up to date; what it can do is in its commands."""

    name = "segment"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._shown = ShownSegments(self)
        self._editor = SegmentEditor(context, self._shown, self)
        self._transport = Transport(context, self)
        self._sound: Sound | None = None
        self._mark: int | None = None
        self._wanted: str | None = None  # a segment to be played once the sound is there
        self._front = True
        self._stale: frozenset[Kind] = frozenset()
        self._places = Places()
        self._told_uncached = False
        self._build()
        self._connect()
        self._show_session(context.session)

    # What is there

    @Slot(object)
    def _show_session(self, session: Session | None) -> None:
        self._remember()
        self._editor.recording = None
        self._told_uncached = False
        self._places = Places(session.cache if session is not None else None)
        self.tiers.beside = list(self._places.beside)
        self._close_proposal()
        self.proposal.forget()
        self._drop_sound()
        self._editor.tier = ""
        if session is None:
            self._show_recording(None)
        else:
            self._refresh_recordings()
            self._show_recording(self.context.recording)

    def _refresh_recordings(self) -> None:
        with self.context.session.reading() as reader:
            found = reader.recordings()
        keys = {recording.id for recording in found}
        self._pages.setCurrentIndex(0 if found else 1)
        current = self.context.recording
        if current is None or current.id not in keys:
            left = (recording for recording in found if recording.id == self._places.last)
            current = next(left, found[0] if found else None)
            self.recordings.show_recordings(found, current)
            self.context.choose_recording(current)
        else:
            self.recordings.show_recordings(found, current)

    @Slot(object)
    def _take_change(self, changed: frozenset[Kind]) -> None:
        if not self._front:
            self._stale |= changed
            return
        if Kind.RECORDING in changed:
            self._refresh_recordings()
        if Kind.ANNOTATION in changed:
            self._show_rater(self.context.rater)
        if changed & {Kind.SEGMENT, Kind.TIER, Kind.RECORDING}:
            self._refresh_segments()

    @Slot()
    def _refresh_segments(self) -> None:
        """Reads the segments of the recording and tier in view, and how many there are of the others."""
        session, recording = self.context.session, self._editor.recording
        if session is None:
            return
        with session.reading() as reader:
            tiers = {tier.name: tier for tier in reader.tiers()}
            counts = reader.segment_counts()
            if not self._editor.tier:
                self._editor.tier = _default_tier(tiers, counts)
            tier = tiers.get(self._editor.tier)
            found = []
            if tier is not None and recording is not None:
                found = reader.segments(tier_id=tier.id, recording_id=recording.id)
            self.tiers.refresh(reader, tiers, recording)
            self._mark_rated(reader)
        self._editor.overlaps = tier is not None and tier.overlaps
        self.timeline.waveform.set_permissions(writable=self._editor.able, overlaps=self._editor.overlaps)
        self.table.segments.writable = self._editor.able
        of_tier = {key[1]: count for key, count in counts.items() if tier is not None and key[0] == tier.id}
        self.recordings.model.set_counts(of_tier)
        self.title.show_tiers(list(tiers), self._editor.tier)
        self.title.show_made(
            tier.made.get(recording.id) if tier is not None and recording is not None else None
        )
        self._shown.replace(found)
        self._below.setCurrentIndex(0 if found else 1)
        self._update_abilities()

    def _mark_rated(self, reader: Reader) -> None:
        rater, recording = self.context.rater, self._editor.recording
        known = rater is not None and recording is not None
        rated = reader.rated_segments(rater.id, recording.id) if known else ()
        self.timeline.overview.set_rated(rated)

    @Slot(object)
    def _show_rater(self, _rater: object) -> None:
        if self.context.session is not None:
            with self.context.session.reading() as reader:
                self._mark_rated(reader)

    @Slot(object)
    def _show_recording(self, recording: Recording | None) -> None:
        if recording is not None and self._sound is not None and self._sound.recording == recording:
            return
        self._remember()
        self._set_mark(None)
        self._wanted = None
        self._transport.set_recording(recording.samples if recording else 0)
        self._drop_sound()
        self._shown.replace(())
        self._editor.recording = recording
        self.table.segments.set_rate(recording.sample_rate if recording else 1)
        self.recordings.show_current(recording)
        self.title.show_recording(recording)
        self.bar.show_length(recording)
        self.bar.show_position(0.0)
        self.timeline.show_recording(recording)
        self._go_back(recording)
        self._refresh_segments()
        QTimer.singleShot(0, self, self._show_rows)  # when the table is laid out
        if recording is not None and self.context.session is not None:
            self._sound = Sound(self.context, recording, self)
            self._sound.begun.connect(self.timeline.show_wave)
            self._sound.grown.connect(self.timeline.grow)
            self._sound.opened.connect(self._sound_opened)
            self._sound.measured.connect(self._sound_measured)
            self._sound.failed.connect(self._sound_failed)
            self._sound.uncached.connect(self._tell_uncached)
            self._sound.open(self.context.session)
        self.trouble.watch(recording)
        self.proposal.show_recording(recording)

    @Slot()
    def _show_rows(self) -> None:
        """Scrolls the table to the cursor, unless a segment has been selected by now."""
        if self._shown.current is None:
            self.table.show_from(self._transport.cursor)

    def _remember(self) -> None:
        """Keeps where one is in the recording."""
        recording, view = self._editor.recording, self.timeline.viewport
        if recording is not None:
            place = Place(view.start, view.span, self._transport.cursor, self._editor.tier)
            self._places.keep(recording.id, place)
            self._places.beside = list(self.tiers.beside)
            self._places.save()

    def _go_back(self, recording: Recording | None) -> None:
        """Goes to where one was in a recording when it was last open."""
        place = self._places.find(recording.id) if recording is not None else None
        if place is not None:
            self._editor.tier = place.tier
            self.timeline.viewport.show(place.start, place.span)
            self._transport.seek(place.cursor)

    def _drop_sound(self) -> None:
        self._transport.stop()
        self.timeline.spectrogram.show_recording(None)
        if self._sound is not None:
            self._sound.close()
            self._sound = None

    @Slot(object)
    def _sound_failed(self, error: AnnotatorError) -> None:
        self.trouble.look()
        if not self.trouble.told:
            self.context.report(error)

    @Slot(object)
    def _tell_uncached(self, error: AnnotatorError) -> None:
        """Once for each corpus: the disk will be as full at the next recording."""
        if not self._told_uncached:
            self._told_uncached = True
            self.context.noticed.emit(str(error), "warning")

    @Slot()
    def _reopen(self) -> None:
        """Opens the sound anew, of the file as it is now."""
        self._drop_sound()
        with self.context.session.reading() as reader:
            current = {recording.id: recording for recording in reader.recordings()}
        self.context.choose_recording(current.get(self._editor.recording.id))

    @Slot()
    def _sound_opened(self) -> None:
        recording, voice = self._sound.recording, self._sound.voice
        if (voice.samples, voice.sample_rate) != (recording.samples, recording.sample_rate):
            self.trouble.doubt()
        self._transport.set_source(self._sound.voice)
        self.timeline.spectrogram.show_recording(self._sound.recording)
        wanted, self._wanted = self._wanted, None
        if wanted is not None and wanted == self._shown.selection:
            self.play_segment()

    @Slot()
    def _sound_measured(self) -> None:
        self.timeline.spectrogram.set_loudest(self._sound.wave.loudest())

    # Tier

    @Slot(str)
    def _choose_tier(self, name: str) -> None:
        self._editor.tier = name
        self._set_mark(None)
        self._refresh_segments()
        self._focus_waveform()

    @Slot()
    def _name_tier(self) -> None:
        name, given = QInputDialog.getText(self, tr("New tier"), tr("Name of the tier"))
        self._choose_tier(name.strip() if given and name.strip() else self._editor.tier)

    @Slot(str)
    def _show_applied(self, tier: str) -> None:
        self._close_proposal()
        self._choose_tier(tier)

    # Cursor, selection, abilities

    @Slot(object)
    def _cursor_moved(self, sample: int) -> None:
        recording = self._editor.recording
        self.timeline.set_cursor(sample, follow=self._transport.playing)
        if recording is not None:
            self.bar.show_position(sample / recording.sample_rate)
        if self._mark is not None and not self._transport.playing:
            self._tell_selection()

    @Slot()
    def _tell_selection(self) -> None:
        """Lets the panel for automatic segmentation know what is selected."""
        self.proposal.select(self.selection())

    @Slot(object)
    def _selected(self, segment: Segment | None) -> None:
        view = self.timeline.viewport
        if segment is not None and (segment.end <= view.start or segment.start >= view.stop):
            view.reveal(segment.start, segment.end)
        self._update_abilities()

    @Slot(object)
    def _go_to(self, segment: Segment) -> None:
        """Goes on with another segment: hears it where one was being heard, else puts the cursor at its start."""
        self.timeline.viewport.reveal(segment.start, segment.end)
        if self._transport.playing:
            self._play(segment)
        else:
            self._transport.seek(segment.start)

    @Slot()
    def _playing_changed(self) -> None:
        self.bar.show_playing(playing=self._transport.playing, looping=self._transport.looping)
        self.bar.sound.show_speed(self._transport.speed)
        self._update_abilities()

    @Slot()
    def _spectrogram_toggled(self) -> None:
        self.bar.show_spectrogram(shown=self.timeline.spectrogram.shown)

    def _update_abilities(self) -> None:
        self.bar.enable({name: self.can(name) for name in self.bar.names})
        self.title.automatic.setEnabled(self.can("segment_automatically"))
        self.availability_changed.emit()

    def _set_mark(self, sample: int | None) -> None:
        self._mark = sample
        self.timeline.waveform.set_mark(sample)
        self._tell_selection()

    @Slot()
    def _focus_waveform(self) -> None:
        self.timeline.waveform.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _focus_table(self) -> None:
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(str)
    def _do(self, action: str) -> None:
        self.perform(action)

    @Slot()
    def _add_audio(self) -> None:
        self.window().perform("add_audio")

    @Slot(object, object)
    def _show_menu(self, point: QPoint, _sample: int) -> None:
        chosen = ask_for_action(self, self.context.actions, self.can, point)
        if chosen is not None:
            self.perform(chosen)

    # Coming and going

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self.proposal.isVisible():
            self._close_proposal()
        else:
            self._set_mark(None)
            self._focus_waveform()

    def enter(self) -> None:
        self._front = True
        stale, self._stale = self._stale, frozenset()
        if stale and self.context.session is not None:
            self._take_change(stale)
        self._focus_waveform()

    def leave(self) -> None:
        self._remember()
        self._front = False
        self._transport.stop()

    def show_segment(self, segment_id: str) -> None:
        """Shows a segment wherever it is in the corpus, and plays it."""
        with self.context.session.reading() as reader:
            found = reader.segments(ids=[segment_id])
            recordings = {recording.id: recording for recording in reader.recordings()}
            tiers = {tier.id: tier for tier in reader.tiers()}
        if not found or found[0].recording_id not in recordings:
            self.context.noticed.emit(tr("This segment is not in the corpus any more."), "warning")
            return
        segment = found[0]
        self._editor.tier = tiers[segment.tier_id].name
        current = self._editor.recording
        if current is None or current.id != segment.recording_id:
            self.context.choose_recording(recordings[segment.recording_id])
            self._editor.tier = tiers[segment.tier_id].name  # not the one this recording was left with
        self._refresh_segments()
        self._shown.select(segment.id)
        view = self.timeline.viewport
        if segment.samples > view.span or segment.samples < view.span / 40:
            view.fit(segment.start, segment.end, 1.0)
        else:
            view.reveal(segment.start, segment.end)
        self._transport.seek(segment.start)
        if self._transport.ready:
            self._play(segment)
        else:
            self._wanted = segment.id

    # Playing one, proposing many

    @Slot(object)
    def _play(self, segment: Segment) -> None:
        self._transport.play_segment(segment)

    @Slot()
    def _close_proposal(self) -> None:
        self.proposal.shut()
        self._make_room()
        self._update_abilities()
        self._focus_waveform()


def _default_tier(tiers: dict[str, Tier], counts: dict[tuple[str, str], int]) -> str:
    """The tier by hand, unless only others hold segments: then the fullest of them."""
    totals = {name: sum(n for key, n in counts.items() if key[0] == tier.id) for name, tier in tiers.items()}
    if totals.get(HAND_TIER) or not any(totals.values()):
        return HAND_TIER
    return max(totals, key=lambda name: totals[name])
