"""What one can do to segments by hand: each is one step that undo takes back, or a notice why it cannot be done."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QObject, Slot

from annotator.app.segment import (
    delete_segments,
    describe_segment,
    draw_segment,
    join_segments,
    known_speakers,
    move_boundary,
    move_segment,
    split_segment,
)
from annotator.audio.snap import snap
from annotator.audio.source import AudioSource
from annotator.domain.corpus import Recording, Segment
from annotator.domain.timeline import to_samples
from annotator.domain.translation import tr
from annotator.gui.context import Context
from annotator.gui.segment.gestures import Edge, Grip, begin_moving, begin_sliding, with_partner
from annotator.gui.segment.segments import ShownSegments

#: Seconds by which a key moves an edge.
NUDGE = 0.01
#: Seconds around an edge in which silence is looked for.
SNAP = 0.2


class SegmentEditor(QObject):
    """Works on the segments of one recording and tier."""

    def __init__(self, context: Context, shown: ShownSegments, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._shown = shown
        self.recording: Recording | None = None
        self.tier = ""
        self.overlaps = False

    @property
    def able(self) -> bool:
        """Whether anything may be changed."""
        session = self._context.session
        return session is not None and session.writable and self.recording is not None

    def speakers(self) -> list[str]:
        """Names of all who speak anywhere in the corpus, to choose from."""
        session = self._context.session
        return known_speakers(session) if session is not None else []

    def _attempt(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if not self.able:
            return None
        return self._context.attempt(function, self._context.session, *args, **kwargs)

    def _tell(self, text: str) -> None:
        self._context.noticed.emit(text, "info")

    @Slot(object, object)
    def draw(self, start: int, stop: int) -> Segment | None:
        """Draws a segment and selects it."""
        made: Segment | None = self._attempt(draw_segment, self.recording, self.tier, start, stop)
        if made is not None:
            self._shown.select(made.id)
        return made

    @Slot(object, object, object)
    def move(self, grip: Grip, start: int, stop: int) -> None:
        """Gives a segment other edges; a neighbour that touches the moved edge gives way."""
        if grip.partner is None:
            self._attempt(move_segment, grip.segment, start, stop)
        elif grip.edge == "start":
            self._attempt(move_boundary, grip.partner, grip.segment, start)
        else:
            self._attempt(move_boundary, grip.segment, grip.partner, stop)

    def nudge(self, edge: Edge, seconds: float) -> None:
        """Moves an edge of the selected segment a little, at most up to its neighbour."""
        if self.recording is not None:
            self.nudge_samples(edge, to_samples(seconds, self.recording.sample_rate))

    def nudge_samples(self, edge: Edge, samples: int) -> None:
        """The same by samples."""
        segment = self._shown.current
        if segment is None or self.recording is None:
            return
        grip = Grip(segment, edge)
        if not self.overlaps:
            grip = with_partner(self._shown, grip)
        moving = begin_moving(self._shown, grip, self.recording.samples, overlaps=self.overlaps)
        moving = moving.to(grip.sample + samples)
        if moving.moved:
            self.move(grip, *moving.span)

    def slide(self, seconds: float) -> None:
        """Moves the whole selected segment, at most up to its neighbour."""
        segment = self._shown.current
        if segment is None or self.recording is None:
            return
        length, rate = self.recording.samples, self.recording.sample_rate
        sliding = begin_sliding(self._shown, segment, segment.start, length, overlaps=self.overlaps)
        sliding = sliding.to(segment.start + to_samples(seconds, rate))
        if sliding.moved:
            self.move(sliding.grip, *sliding.span)

    def snap(self, source: AudioSource) -> None:
        """Moves both edges of the selected segment to the silence around them, within its neighbours, in one step."""
        segment = self._shown.current
        if segment is None or self.recording is None:
            self._tell(tr("Select a segment to snap its edges."))
            return
        length, reach = self.recording.samples, to_samples(SNAP, self.recording.sample_rate)
        reach = min(reach, segment.samples // 2)
        low, high = (
            (0, length) if self.overlaps else self._shown.room(segment.start, length, without=segment.id)
        )
        start = min(max(snap(source, segment.start, reach), low), segment.end - 1)
        stop = max(min(snap(source, segment.end, reach), high), start + 1)
        if (start, stop) == (segment.start, segment.end):
            self._tell(tr("Both edges lie in silence already."))
        else:
            self.move(Grip(segment, "start"), start, stop)

    def split(self, at: int) -> None:
        """Cuts the segment under a sample in two and selects the second, where the work goes on."""
        segment = self._shown.at(at)
        if segment is None or not segment.start < at < segment.end:
            self._tell(tr("Put the cursor inside a segment to split it."))
            return
        parts = self._attempt(split_segment, segment, at)
        if parts is not None:
            self._shown.select(parts[1].id)

    def join_next(self) -> None:
        """Makes one of the selected segment and the one after it."""
        first = self._shown.current
        if first is None:
            self._tell(tr("Select the first of the two segments to join."))
            return
        second = self._shown.neighbour(1, first.start)
        if second is None or second.id == first.id:
            self._tell(tr("There is no segment after this one."))
            return
        joined = self._attempt(join_segments, first, second)
        if joined is not None:
            self._shown.select(joined.id)

    def delete(self, segments: Sequence[Segment]) -> None:
        """Deletes segments and selects the one that follows."""
        if not segments:
            self._tell(tr("Select a segment to delete it."))
            return
        gone = {segment.id for segment in segments}
        last = max(self._shown.index_of(segment.id) for segment in segments)
        left = [segment for segment in self._shown.items if segment.id not in gone]
        following = [segment for segment in self._shown.items[last:] if segment.id not in gone]
        if self._attempt(delete_segments, list(segments)) is not None and left:
            self._shown.select((following or left[-1:])[0].id)

    @Slot(object, str, str)
    def describe(self, segment: Segment, text: str, speaker: str) -> None:
        """Sets a segment's text and speaker."""
        self._attempt(describe_segment, segment, text=text, speaker=speaker)

    def end_here(self, mark: int | None, cursor: int) -> bool:
        """Ends at the cursor what was begun at `mark`, or the selected segment; `True` where the mark was used."""
        if mark is not None:
            start, stop = sorted((mark, cursor))
            if stop > start:
                return self.draw(start, stop) is not None
            self._tell(tr("Move the cursor on, then end the segment."))
            return False
        current = self._shown.current
        if current is not None and current.start < cursor != current.end:
            self.move(Grip(current, "end"), current.start, cursor)
        else:
            self._tell(tr("Begin a segment first, then end it here."))
        return False
