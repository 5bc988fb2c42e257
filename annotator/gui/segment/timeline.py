"""Overview, ruler and waveform as one: they share a viewport, a cursor and what is shown."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from annotator.domain.corpus import Recording
from annotator.gui.context import Context
from annotator.gui.segment.lanes import TierLanes
from annotator.gui.segment.overview import Overview
from annotator.gui.segment.picture import Layer
from annotator.gui.segment.ruler import Ruler
from annotator.gui.segment.segments import ShownSegments
from annotator.gui.segment.spectrogram import SpectrogramLane
from annotator.gui.segment.viewport import Viewport
from annotator.gui.segment.wave import Wave
from annotator.gui.segment.waveform import WaveformView
from annotator.gui.theme import GRID

_FIRST_VIEW = 60  # seconds shown of a recording that is opened
_FULL = 0.95  # share of a lane that the loudest sample fills
_MOST_GAIN = 32.0
_PAGE = 0.05  # where in the view the cursor appears after a page is turned


class Timeline(QFrame):
    """What there is to see of a recording over time."""

    cursor_set = Signal(object)  # sample

    def __init__(self, context: Context, shown: ShownSegments, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.viewport = Viewport(self)
        self.overview = Overview(self.viewport, shown)
        self.ruler = Ruler(self.viewport)
        self.waveform = WaveformView(self.viewport, shown)
        self.lanes = TierLanes(self.viewport)
        self.spectrogram = SpectrogramLane(context, self)
        self.waveform.set_spectrogram(self.spectrogram)
        self.ruler.cursor_set.connect(self.cursor_set)
        self.waveform.cursor_set.connect(self.cursor_set)
        self._cursor = 0
        self._fitted = False
        column = QVBoxLayout(self)
        column.setContentsMargins(1, GRID, 1, 1)
        column.setSpacing(0)
        column.addWidget(self.overview)
        column.addWidget(self.ruler)
        column.addWidget(self.waveform, 1)
        column.addWidget(self.lanes)

    def show_recording(self, recording: Recording | None) -> None:
        """Shows the beginning of another recording, without its sound so far."""
        self.waveform.set_wave(None)
        self.overview.set_wave(None)
        self.waveform.set_mark(None)
        self.spectrogram.show_recording(None)
        length, rate = (recording.samples, recording.sample_rate) if recording else (0, 1)
        self.viewport.set_recording(length, rate)
        self.viewport.show(0, _FIRST_VIEW * rate)

    @Slot(object)
    def show_wave(self, wave: Wave) -> None:
        """Shows the sound; once all peaks are known, as loud as fits."""
        gain = 1.0
        self._fitted = wave.peaks.overview_complete
        if self._fitted:
            gain = min(max(_FULL / max(wave.loudest(), 1e-6), _FULL), _MOST_GAIN)
        self.waveform.set_wave(wave, gain)
        self.overview.set_wave(wave, gain)

    @Slot()
    def grow(self) -> None:
        """More of the sound is known."""
        wave = self.waveform.wave
        if wave is not None and not self._fitted and wave.peaks.overview_complete:
            self.show_wave(wave)
            return
        self.waveform.renew()
        self.overview.renew()

    @Slot(object)
    def propose(self, spans: NDArray[np.int64] | None) -> None:
        """Shows spans (n, 2) in place of the segments, or the segments again."""
        layer = None if spans is None else Layer.proposed(spans)
        self.waveform.set_proposed(layer)
        self.overview.set_proposed(layer)

    def set_cursor(self, sample: int, *, follow: bool) -> None:
        """Moves the cursor. With `follow` the page is turned where it runs out of view, unless the user had left it."""
        view = self.viewport
        if follow and view.holds(self._cursor) and not view.holds(sample):
            view.show(sample - _PAGE * view.span, view.span)
        self._cursor = sample
        for part in (self.overview, self.ruler, self.waveform):
            part.set_cursor(sample)
