"""Which stretch of a recording is on screen, shared by waveform, ruler and overview."""

import math

from PySide6.QtCore import QObject, Signal

#: Fewest samples that can fill the view.
_CLOSEST = 64.0


class Viewport(QObject):
    """A window on [0, `length`) samples: `start` and `span` are real numbers, so that zooming never drifts."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.length = 0
        self.sample_rate = 1
        self.start = 0.0
        self.span = 1.0

    @property
    def stop(self) -> float:
        """First sample beyond the view."""
        return self.start + self.span

    def set_recording(self, length: int, sample_rate: int) -> None:
        """Shows the whole of another recording."""
        self.length = length
        self.sample_rate = sample_rate
        self.start, self.span = 0.0, float(max(length, 1))
        self.changed.emit()

    def show(self, start: float, span: float) -> None:
        """Shows `span` samples from `start`, kept within the recording and its closest view."""
        most = float(max(self.length, 1))
        span = min(max(span, min(_CLOSEST, most)), most)
        start = min(max(start, 0.0), most - span)
        if (start, span) != (self.start, self.span):
            self.start, self.span = start, span
            self.changed.emit()

    def pan(self, samples: float) -> None:
        """Moves the view, to later for positive `samples`."""
        self.show(self.start + samples, self.span)

    def zoom(self, factor: float, anchor: float) -> None:
        """Makes the view `factor` times as long; the sample `anchor` stays where it is on screen."""
        most = float(max(self.length, 1))
        span = min(max(self.span * factor, min(_CLOSEST, most)), most)
        self.show(anchor - (anchor - self.start) * span / self.span, span)

    def fit(self, start: int, stop: int, margin: float = 0.2) -> None:
        """Shows [start, stop) with `margin` of its length on both sides."""
        spare = (stop - start) * margin
        self.show(start - spare, stop - start + 2 * spare)

    def reveal(self, start: int, stop: int | None = None) -> None:
        """Moves the view no more than needed to show [start, stop); to its start where it is longer than the view."""
        stop = start + 1 if stop is None else stop
        spare = min(0.05 * self.span, max(0.0, (self.span - (stop - start)) / 2))
        if start < self.start or stop - start > self.span:
            self.show(start - spare, self.span)
        elif stop > self.stop:
            self.show(stop + spare - self.span, self.span)

    def holds(self, sample: float) -> bool:
        """Whether a sample is in view."""
        return self.start <= sample < self.stop

    # Screen

    def sample_at(self, x: float, width: float) -> float:
        """The sample at `x` of a widget `width` wide, kept within the recording."""
        return min(max(self.start + x * self.span / max(width, 1.0), 0.0), float(self.length))

    def x_of(self, sample: float, width: float) -> float:
        """Where a sample is on a widget `width` wide; may lie outside."""
        return (sample - self.start) * width / self.span

    def raster(self, columns: int) -> tuple[float, float]:
        """Start and width in samples of the columns of a picture.

        Columns lie on a grid fixed to the recording, so that panning moves the picture without making it shimmer.
        """
        width = self.span / max(columns, 1)
        return math.floor(self.start / width) * width, width
