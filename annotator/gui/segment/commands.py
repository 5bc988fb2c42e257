"""What the Segment workspace can do: a method for each of its actions, named like the action."""

from PySide6.QtWidgets import QInputDialog, QLineEdit

from annotator.domain.corpus import Segment
from annotator.domain.timeline import to_samples
from annotator.domain.translation import tr
from annotator.gui.context import Context
from annotator.gui.segment.bars import TitleBar
from annotator.gui.segment.editor import NUDGE, SegmentEditor
from annotator.gui.segment.look import SpectrogramLook
from annotator.gui.segment.proposal_drawer import ProposalDrawer
from annotator.gui.segment.recordings import RecordingList
from annotator.gui.segment.segments import ShownSegments
from annotator.gui.segment.speakers import SpeakerSearch
from annotator.gui.segment.table import SPEAKER, TEXT, SegmentTable
from annotator.gui.segment.tiers import Tiers
from annotator.gui.segment.timeline import Timeline
from annotator.gui.segment.transport import Transport

_ZOOM_STEP = 0.6
_HEARD = frozenset({"play_pause", "play_segment", "loop", "play_selection", "play_edge", "play_view"})
_CHANGING = frozenset({
    "set_in", "set_out", "split_at_cursor", "join_next", "delete_segment", "edit_text", "edit_speaker",
    "start_earlier", "start_later", "end_earlier", "end_later", "copy_tier", "toggle_overlaps",
    "start_sample_earlier", "start_sample_later", "end_sample_earlier", "end_sample_later",
    "move_earlier", "move_later", "snap_edges", "find_speakers",
})  # fmt: skip
_WITH_SEGMENT = (_CHANGING - {"set_in", "set_out", "toggle_overlaps"}) | {
    "play_segment", "loop", "play_edge", "previous_segment", "next_segment", "zoom_segment",
}  # fmt: skip


class SegmentCommands:
    """The actions, on the parts that the workspace brings."""

    context: Context
    timeline: Timeline
    proposal: ProposalDrawer
    recordings: RecordingList
    table: SegmentTable
    look: SpectrogramLook
    tiers: Tiers
    speakers: SpeakerSearch
    title: TitleBar
    filter: QLineEdit
    _shown: ShownSegments
    _editor: SegmentEditor
    _transport: Transport
    _mark: int | None

    def can(self, action: str) -> bool:
        if self.context.session is None or self._editor.recording is None:
            return False
        if action in _HEARD and not self._transport.ready:
            return False
        # While a method's proposal covers the segments, nothing is done to what cannot be seen.
        # A mark changes nothing, and chooses what is to be segmented.
        covered = self.proposal.isVisible() and action != "set_in"
        if action in _CHANGING and (not self._editor.able or covered):
            return False
        return action not in _WITH_SEGMENT or bool(self._shown.items)

    def _here(self) -> Segment | None:
        """The segment that is meant: the selected one, else the one under the cursor."""
        return self._shown.current or self._shown.at(self._transport.cursor)

    # Actions: playing

    def play_pause(self) -> None:
        self._transport.play_pause()

    def play_segment(self) -> None:
        segment = self._here()
        if segment is None:
            self.next_segment()
            segment = self._shown.current
        if segment is not None:
            self._play(segment)

    def loop(self) -> None:
        segment = self._here()
        if self._transport.looping:
            self._transport.stop()
        elif segment is not None:
            self._transport.play_segment(segment, loop=True)
        self._playing_changed()

    def selection(self) -> tuple[int, int] | None:
        """Samples [start, end) from the mark to the cursor, else of the chosen rows of the table."""
        chosen = self.table.chosen()
        if self._mark is not None and self._mark != self._transport.cursor:
            first, last = sorted((self._mark, self._transport.cursor))
            return first, last
        return (min(s.start for s in chosen), max(s.end for s in chosen)) if chosen else None

    def play_selection(self) -> None:
        selection = self.selection()
        if selection is not None:
            self._transport.play_range(*selection)
        else:
            self.play_segment()

    def play_edge(self) -> None:
        cursor = self._transport.cursor
        edges = [edge for segment in self._shown.items for edge in (segment.start, segment.end)]
        if edges:
            self._transport.play_around(min(edges, key=lambda edge: abs(edge - cursor)))

    def play_view(self) -> None:
        view = self.timeline.viewport
        self._transport.play_range(round(view.start), round(view.stop))

    def slower(self) -> None:
        self._transport.step_speed(-1)

    def faster(self) -> None:
        self._transport.step_speed(1)

    def normal_speed(self) -> None:
        self._transport.set_speed(1.0)

    def _seek_by(self, seconds: float) -> None:
        self._transport.seek(self._transport.cursor + to_samples(seconds, self._editor.recording.sample_rate))
        self.timeline.viewport.reveal(self._transport.cursor)

    def back_1s(self) -> None:
        self._seek_by(-1)

    def forward_1s(self) -> None:
        self._seek_by(1)

    def back_5s(self) -> None:
        self._seek_by(-5)

    def forward_5s(self) -> None:
        self._seek_by(5)

    # Actions: selecting

    def _step(self, by: int) -> None:
        segment = self._shown.neighbour(by, self._transport.cursor)
        if segment is not None:
            self._shown.select(segment.id)
            self._go_to(segment)

    def previous_segment(self) -> None:
        self._step(-1)

    def next_segment(self) -> None:
        self._step(1)

    def previous_recording(self) -> None:
        self.recordings.step(-1)

    def next_recording(self) -> None:
        self.recordings.step(1)

    def find_recording(self) -> None:
        self.title.toggle.setChecked(True)
        self.recordings.search.setFocus()
        self.recordings.search.selectAll()

    # Actions: editing

    def set_in(self) -> None:
        self._set_mark(self._transport.cursor)

    def set_out(self) -> None:
        if self._editor.end_here(self._mark, self._transport.cursor):
            self._set_mark(None)

    def split_at_cursor(self) -> None:
        self._editor.split(self._transport.cursor)

    def join_next(self) -> None:
        self._editor.join_next()

    def delete_segment(self) -> None:
        chosen = self.table.chosen()
        current = self._shown.current
        self._editor.delete(chosen if current in chosen else [current] if current else [])

    def edit_text(self) -> None:
        self._edit(TEXT)

    def edit_speaker(self) -> None:
        self._edit(SPEAKER)

    def _edit(self, column: int) -> None:
        segment = self._here()
        if segment is not None:
            self._shown.select(segment.id)
            if self.table.segments.row_of(segment.id) is None:
                self.filter.clear()
            self.table.edit_field(segment, column)

    def start_earlier(self) -> None:
        self._editor.nudge("start", -NUDGE)

    def start_later(self) -> None:
        self._editor.nudge("start", NUDGE)

    def end_earlier(self) -> None:
        self._editor.nudge("end", -NUDGE)

    def end_later(self) -> None:
        self._editor.nudge("end", NUDGE)

    def start_sample_earlier(self) -> None:
        self._editor.nudge_samples("start", -1)

    def start_sample_later(self) -> None:
        self._editor.nudge_samples("start", 1)

    def end_sample_earlier(self) -> None:
        self._editor.nudge_samples("end", -1)

    def end_sample_later(self) -> None:
        self._editor.nudge_samples("end", 1)

    def move_earlier(self) -> None:
        self._editor.slide(-NUDGE)

    def move_later(self) -> None:
        self._editor.slide(NUDGE)

    def snap_edges(self) -> None:
        wave = self.timeline.waveform.wave
        if wave is not None and wave.source is not None:
            self._editor.snap(wave.source)

    def filter_segments(self) -> None:
        self.filter.setFocus()
        self.filter.selectAll()

    # Actions: view

    def _zoom(self, factor: float) -> None:
        view = self.timeline.viewport
        cursor = self._transport.cursor
        view.zoom(factor, cursor if view.holds(cursor) else view.start + view.span / 2)

    def zoom_in(self) -> None:
        self._zoom(_ZOOM_STEP)

    def zoom_out(self) -> None:
        self._zoom(1 / _ZOOM_STEP)

    def zoom_segment(self) -> None:
        segment = self._here()
        if segment is not None:
            self.timeline.viewport.fit(segment.start, segment.end)

    # Actions: tiers

    def next_tier(self) -> None:
        self._choose_tier(self.tiers.after(self._editor.tier))
        self._shown.select(getattr(self._shown.at(self._transport.cursor), "id", None))

    def tier_options(self) -> None:
        button = self.title.options
        self.tiers.choose(button, button.mapToGlobal(button.rect().bottomLeft()))

    def copy_tier(self) -> None:
        if not self.can("copy_tier"):
            return
        name = tr("{tier} (copy)", tier=self._editor.tier)
        name, given = QInputDialog.getText(self, tr("Copy this tier"), tr("Name of the copy"), text=name)
        made = self.tiers.copy(name) if given else None
        if made is not None:
            self.tiers.show_beside(self._editor.tier, shown=True)
            self._choose_tier(made.name)

    def find_speakers(self) -> None:
        if self.can("find_speakers"):
            self.speakers.ask(self)

    def toggle_overlaps(self) -> None:
        self.tiers.toggle_overlaps()

    def segment_automatically(self) -> None:
        if self.proposal.isVisible():
            self._close_proposal()
        else:
            self._tell_selection()
            self.proposal.open(self._editor.recording, len(self.recordings.model.recordings))
            self._make_room()
        self._update_abilities()

    # Actions: view

    def toggle_spectrogram(self) -> None:
        self.look.toggle()

    def spectrogram_options(self) -> None:
        waveform = self.timeline.waveform
        self.look.choose(waveform, waveform.mapToGlobal(waveform.rect().center()))

    def zoom_all(self) -> None:
        self.timeline.viewport.show(0, self.timeline.viewport.length)
