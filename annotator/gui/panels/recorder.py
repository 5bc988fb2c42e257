"""TraceRecorder: turns where the pen is while the sound plays into steps of a trace. Knows nothing of widgets.

The clock is the sound itself: every step is filled when its time is heard, whatever the wall clock says. What was drawn
once is overwritten only on purpose: a second pass fills gaps with the pen, and the rest only after `press`.
"""

from collections.abc import Sequence
from math import ceil, floor
from typing import TypeAlias

from annotator.domain import trace
from annotator.domain.corpus import Trace

#: A value for each item at one moment; `None` where the pen is lifted.
Point: TypeAlias = tuple[float, ...] | None

_DUST = 1e-6


class TraceRecorder:
    """The traces of `items` items at `rate` steps a second, of a sound that is `seconds` long."""

    def __init__(self, items: int, rate: float) -> None:
        self.rate = rate
        self._items = items
        self._points: list[Point] = []
        self._length = 0
        self._next = 0  # the step that is heard next
        self._overwrites = False
        self.playing = False
        self.pen: Point = None

    @property
    def length(self) -> int:
        """How many steps the sound has."""
        return self._length

    @property
    def empty(self) -> bool:
        """Whether nothing is drawn."""
        return all(point is None for point in self._points)

    @property
    def covered(self) -> float:
        """Which share of the sound is drawn, 0 to 1."""
        return sum(point is not None for point in self._points) / self._length if self._length else 0.0

    @property
    def heard_to(self) -> float:
        """Seconds up to which the last pass went."""
        return self._next / self.rate

    @property
    def recording(self) -> bool:
        """Whether the pen draws now, instead of what was drawn before being shown."""
        return self.playing and self.pen is not None and self._draws(min(self._next, self._length - 1))

    def set_length(self, seconds: float) -> None:
        """Another sound, or the same: so many seconds."""
        self._length = trace.steps(seconds, self.rate)
        self._points = (self._points + [None] * self._length)[: self._length]

    def fill(self, traces: Sequence[Sequence[float | None]]) -> None:
        """Takes traces from before; steps that lack a value are gaps."""
        longest = max((len(steps) for steps in traces), default=0)
        count = max(self._length, longest)
        self._points = [None] * count
        for n in range(count):
            values = [steps[n] for steps in traces if n < len(steps) and steps[n] is not None]
            if len(values) == self._items:
                self._points[n] = tuple(float(value) for value in values)
        self._length = count
        self._next, self.pen, self._overwrites = 0, None, False

    def clear(self) -> None:
        """Nothing is drawn any more."""
        self._points = [None] * self._length
        self._next, self.pen, self._overwrites = 0, None, False

    def traces(self) -> list[Trace]:
        """What is drawn, item by item; as long as the sound."""
        return [[None if point is None else point[n] for point in self._points] for n in range(self._items)]

    def point_at(self, seconds: float) -> Point:
        """What is drawn at a time."""
        step = floor(seconds * self.rate + _DUST)
        return self._points[step] if 0 <= step < len(self._points) else None

    def points(self, since: float, until: float) -> list[Point]:
        """What is drawn from one time to another."""
        return self._points[max(floor(since * self.rate), 0) : max(ceil(until * self.rate), 0)]

    # The sound

    def begin(self, seconds: float) -> None:
        """The sound begins at a time; a pen that was put down before the first pass stays there."""
        if not self.empty:
            self.pen = None
        self._next = ceil(seconds * self.rate - _DUST)
        self._overwrites = False
        self.playing = True

    def hear(self, seconds: float) -> bool:
        """The sound has got to a time; whether something was drawn."""
        return self._draw_to(floor(seconds * self.rate + _DUST) + 1)

    def end(self, *, at_end: bool) -> bool:
        """The sound has stopped, or come to its end; whether something was drawn last."""
        drawn = self._draw_to(self._length) if at_end and self.playing else False
        self.playing = self._overwrites = False
        return drawn

    def _draw_to(self, stop: int) -> bool:
        drawn = False
        for step in range(self._next, min(stop, self._length)):
            if self.pen is not None and self._draws(step):
                self._points[step] = self.pen
                drawn = True
        self._next = max(self._next, min(stop, self._length))
        return drawn

    def _draws(self, step: int) -> bool:
        return self._overwrites or step < 0 or step >= len(self._points) or self._points[step] is None

    # The pen

    def move(self, point: Point) -> None:
        """The pen is somewhere else, or lifted."""
        self.pen = point

    def press(self, point: Point) -> None:
        """The pen is put down on purpose: from here to the end of this pass it overwrites."""
        self.pen = point
        self._overwrites = self.playing
