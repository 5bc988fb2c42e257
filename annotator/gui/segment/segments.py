"""The segments on screen, those of one recording and tier, and which of them is selected."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QObject, Signal

from annotator.domain.corpus import Segment


class ShownSegments(QObject):
    """Segments in order of time as objects and as arrays; what one view selects, all others show.

    `starts` are sorted; `reach[i]` is the latest end among segments 0..i, so that stretches are found by bisection
    also on tiers whose segments overlap. `colours[i]` is the number of the speaker's colour, 1..8, or 0 for none.
    """

    changed = Signal()
    selected = Signal(object)  # Segment | None

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.selection: str | None = None
        self._fill(())

    def _fill(self, segments: Sequence[Segment]) -> None:
        self.items = tuple(sorted(segments, key=lambda s: (s.start, s.end, s.id)))
        self.starts = np.array([segment.start for segment in self.items], np.int64)
        self.ends = np.array([segment.end for segment in self.items], np.int64)
        self.reach = np.maximum.accumulate(self.ends) if self.items else self.ends
        self._index = {segment.id: n for n, segment in enumerate(self.items)}
        self.speakers = tuple(sorted({segment.speaker for segment in self.items if segment.speaker}))
        numbers = {name: n % 8 + 1 for n, name in enumerate(self.speakers)}
        self.colours = np.array([numbers.get(segment.speaker, 0) for segment in self.items], np.int64)

    def replace(self, segments: Sequence[Segment]) -> None:
        """Shows other segments; the selection stays where its segment is still there."""
        self._fill(segments)
        lost = self.selection is not None and self.selection not in self._index
        if lost:
            self.selection = None
        self.changed.emit()
        if lost:
            self.selected.emit(None)

    def select(self, segment_id: str | None) -> None:
        """Selects a segment, or none."""
        if segment_id not in self._index:
            segment_id = None
        if segment_id != self.selection:
            self.selection = segment_id
            self.selected.emit(self.current)

    @property
    def current(self) -> Segment | None:
        """The selected segment."""
        return None if self.selection is None else self.items[self._index[self.selection]]

    def index_of(self, segment_id: str | None) -> int | None:
        """Place of a segment in the order of time."""
        return None if segment_id is None else self._index.get(segment_id)

    def at(self, sample: float) -> Segment | None:
        """The segment over a sample: the selected one where several overlap, else the one that began last."""
        current = self.current
        if current is not None and current.start <= sample < current.end:
            return current
        for n in range(int(np.searchsorted(self.starts, sample, "right")) - 1, -1, -1):
            if self.reach[n] <= sample:
                return None
            if self.ends[n] > sample:
                return self.items[n]
        return None

    def neighbour(self, step: int, sample: float) -> Segment | None:
        """The segment `step` places from the selected one; without a selection, the next one from `sample` on."""
        if not self.items:
            return None
        here = self.index_of(self.selection)
        if here is None:
            after = int(np.searchsorted(self.starts, sample, "left"))
            here = after - 1 if step > 0 else after
        return self.items[min(max(here + step, 0), len(self.items) - 1)]

    def room(self, sample: float, length: int, *, without: str | None = None) -> tuple[int, int]:
        """The free stretch around a sample, between the ends of its neighbours; `without` counts as not there."""
        skip = self.index_of(without)
        kept = np.arange(len(self.items)) != skip if skip is not None else slice(None)
        starts, ends = self.starts[kept], self.ends[kept]
        before, after = ends[ends <= sample], starts[starts >= sample]
        return int(before.max()) if len(before) else 0, int(after.min()) if len(after) else length

    def visible(self, start: float, stop: float) -> slice:
        """The run of segments among which are all that touch [start, stop)."""
        first = int(np.searchsorted(self.reach, start, "right"))
        return slice(first, int(np.searchsorted(self.starts, stop, "left")))
