"""What the mouse is doing on the waveform: drawing a segment, moving an edge, or running the cursor along."""

from dataclasses import dataclass, replace
from typing import Literal

from annotator.domain.corpus import Segment
from annotator.gui.segment.segments import ShownSegments
from annotator.gui.segment.viewport import Viewport

Edge = Literal["start", "end"]

#: Pixels on both sides of an edge within which it can be taken hold of.
GRIP = 5
#: Segments narrower than this many pixels have no edges to take hold of, unless selected.
_GRASPABLE = 12


@dataclass(frozen=True)
class Grip:
    """An edge under the pointer; `partner` is the neighbour that touches it there and moves along."""

    segment: Segment
    edge: Edge
    partner: Segment | None = None

    @property
    def sample(self) -> int:
        """Where the edge is."""
        return self.segment.start if self.edge == "start" else self.segment.end


@dataclass(frozen=True)
class Drawing:
    """A segment being drawn between `anchor` and `position`, within the free stretch [low, high]."""

    anchor: int
    position: int
    low: int
    high: int

    def to(self, sample: int) -> "Drawing":
        """The pointer is elsewhere now."""
        return replace(self, position=min(max(sample, self.low), self.high))

    @property
    def span(self) -> tuple[int, int]:
        """The segment as it would be, perhaps empty."""
        return min(self.anchor, self.position), max(self.anchor, self.position)


@dataclass(frozen=True)
class Moving:
    """An edge being moved to `position`, within [low, high]."""

    grip: Grip
    position: int
    low: int
    high: int

    def to(self, sample: int) -> "Moving":
        """The pointer is elsewhere now."""
        return replace(self, position=min(max(sample, self.low), self.high))

    @property
    def span(self) -> tuple[int, int]:
        """The segment as it would be."""
        segment = self.grip.segment
        return (self.position, segment.end) if self.grip.edge == "start" else (segment.start, self.position)

    @property
    def moved(self) -> bool:
        """Whether letting go now changes anything."""
        return self.position != self.grip.sample


@dataclass(frozen=True)
class Sliding(Moving):
    """A whole segment being moved: `position` is its start, `grab` how far behind it the pointer holds it."""

    grab: int = 0

    def to(self, sample: int) -> "Sliding":
        """The pointer is elsewhere now."""
        return replace(self, position=min(max(sample - self.grab, self.low), self.high))

    @property
    def span(self) -> tuple[int, int]:
        """The segment as it would be."""
        return self.position, self.position + self.grip.segment.samples


def begin_drawing(shown: ShownSegments, sample: int, length: int, *, overlaps: bool) -> Drawing:
    """Starts to draw at a sample that no segment holds; neighbours are the limit unless the tier lets them overlap."""
    low, high = (0, length) if overlaps else shown.room(sample, length)
    return Drawing(sample, sample, low, high)


def begin_moving(shown: ShownSegments, grip: Grip, length: int, *, overlaps: bool) -> Moving:
    """Starts to move an edge: not beyond the other edge, nor into a neighbour unless the tier lets them overlap."""
    segment, other = grip.segment, grip.partner
    if overlaps:
        low, high = 0, length
    elif other is not None:
        low, high = min(segment.start, other.start) + 1, max(segment.end, other.end) - 1
    else:
        low, high = shown.room(grip.sample, length, without=segment.id)
    if grip.edge == "start":
        high = min(high, segment.end - 1)
    else:
        low = max(low, segment.start + 1)
    return Moving(grip, grip.sample, low, high)


def begin_sliding(
    shown: ShownSegments, segment: Segment, sample: int, length: int, *, overlaps: bool
) -> Sliding:
    """Starts to move a whole segment, held at a sample: between its neighbours unless the tier lets them overlap."""
    low, high = (0, length) if overlaps else shown.room(segment.start, length, without=segment.id)
    grip = Grip(segment, "start")
    return Sliding(grip, segment.start, low, high - segment.samples, sample - segment.start)


def grip_at(
    shown: ShownSegments, viewport: Viewport, x: float, width: float, *, overlaps: bool
) -> Grip | None:
    """The edge within reach of the pointer: the nearest one, of the selected segment before others."""
    each = viewport.span / width
    near = shown.visible(viewport.sample_at(x - GRIP, width) - 1, viewport.sample_at(x + GRIP, width) + 1)
    best: tuple[float, Grip] | None = None
    for segment in shown.items[near]:
        selected = segment.id == shown.selection
        if segment.samples < _GRASPABLE * each and not selected:
            continue
        for edge, sample in (("start", segment.start), ("end", segment.end)):
            away = abs(viewport.x_of(sample, width) - x)
            # Where two touch, the pointer's side says whose edge is meant; the selected one wins a draw.
            inside = (sample <= viewport.sample_at(x, width)) == (edge == "start")
            rank = away + (0.0 if inside else 0.5) - (1.0 if selected else 0.0)
            if away <= GRIP and (best is None or rank < best[0]):
                best = rank, Grip(segment, edge)  # type: ignore[arg-type]
    if best is None:
        return None
    return best[1] if overlaps else with_partner(shown, best[1])


def with_partner(shown: ShownSegments, grip: Grip) -> Grip:
    """The grip with the neighbour that touches its edge, if one does."""
    for other in shown.items[shown.visible(grip.sample - 1, grip.sample + 1)]:
        touches = other.end == grip.sample if grip.edge == "start" else other.start == grip.sample
        if touches and other.id != grip.segment.id:
            return replace(grip, partner=other)
    return grip
