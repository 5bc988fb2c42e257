"""The lane under the waveform that shows which frequencies sound when."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from PySide6.QtCore import QObject, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QImage, QPainter

from annotator.audio.spectrogram import (
    Analysis,
    Levels,
    Scale,
    colour_table,
    colours,
    mel_edges,
    window_for,
)
from annotator.domain.corpus import Recording
from annotator.domain.translation import tr
from annotator.gui.context import Context
from annotator.gui.segment.picture import Layer
from annotator.gui.segment.tiles import COLUMNS, Tiles, neighbourhood
from annotator.gui.segment.viewport import Viewport
from annotator.gui.theme import GRID, Theme, current_theme
from annotator.gui.widgets.painting import scaled_font

Map = Literal["magma", "viridis", "grey"]

#: Ranges on offer, in dB from the loudest band down.
RANGES = (40, 60, 80, 100)

_FINEST = 64  # samples between two columns
_EDGED = 5.0  # pixels from which on a segment's edges are drawn
_MARKS = (100, 200, 500, 1000, 2000, 5000, 10000, 20000)  # Hz

# Nine stops each of the maps by S. van der Walt & N. Smith (2015, CC0): even in lightness for every colour vision.
_MAPS: dict[str, tuple[str, ...]] = {
    "magma": ("000004", "180f3d", "440f76", "721f81", "9e2f7f", "cd4071", "f1605d", "fd9668", "fcfdbf"),
    "viridis": ("440154", "482878", "3e4989", "31688e", "26828e", "1f9e89", "35b779", "6ece58", "fde725"),
}


@dataclass(frozen=True, slots=True)
class Look:
    """How the spectrogram is shown: scale, decibels from the brightest colour to the darkest, colours."""

    scale: Scale = "mel"
    span: int = 60
    colours: Map = "magma"


class SpectrogramLane(QObject):
    """Paints the spectrogram of the stretch in view; what is not there yet is made and painted when it arrives."""

    changed = Signal()  # something would be painted differently now

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tiles = Tiles(context, self)
        self.tiles.arrived.connect(self.changed)
        self.tiles.failed.connect(context.report)
        self.look = Look()
        self.shown = False
        self._recording: Recording | None = None
        self._loudest = 1.0
        self._image: tuple[object, QImage] | None = None

    def show_recording(self, recording: Recording | None) -> None:
        """Shows another recording, coloured for sound that reaches full scale."""
        self._recording = recording
        self._loudest = 1.0
        self._image = None
        self.tiles.show_recording(recording)
        self.changed.emit()

    def set_loudest(self, loudest: float) -> None:
        """Colours the recording for its greatest sample, whose magnitude is `loudest`, 0..1."""
        self._loudest = max(loudest, 1e-3)
        self._image = None
        self.changed.emit()

    def set_look(self, look: Look) -> None:
        """Shows it otherwise."""
        self.look = look
        self._image = None
        self.changed.emit()

    @Slot(bool)
    def set_shown(self, shown: bool) -> None:
        """Shows or hides the lane."""
        self.shown = shown
        self.changed.emit()

    def analysis(self, samples_a_pixel: float) -> Analysis | None:
        """How sound is analysed at a zoom: at least one column a pixel, at most two."""
        if self._recording is None:
            return None
        hop = max(_FINEST, 1 << int(np.log2(max(samples_a_pixel, 1.0))))
        return Analysis(self.look.scale, window_for(self._recording.sample_rate), hop)

    def paint(self, painter: QPainter, area: QRectF, viewport: Viewport, layer: Layer, ratio: float) -> None:
        """Paints view and segments into `area`, which is as wide as the view."""
        theme = current_theme()
        painter.fillRect(area, QColor(_stops(self.look.colours, theme)[0]))
        analysis = self.analysis(viewport.span / max(area.width() * ratio, 1))
        if analysis is None:
            return
        each = analysis.hop * COLUMNS
        wanted = neighbourhood(self._recording.id, analysis, viewport.start, viewport.stop, viewport.length)
        inside = [tile for tile in wanted if tile.number * each < viewport.stop]
        inside = sorted((t for t in inside if (t.number + 1) * each > viewport.start), key=lambda t: t.number)
        found = [self.tiles.find(tile) for tile in inside]
        self.tiles.ask(wanted)
        if any(tile is not None for tile in found):
            key = (tuple(inside), tuple(tile is not None for tile in found))
            if self._image is None or self._image[0] != key:
                self._image = key, self._picture(found, analysis)
            image, first = self._image[1], inside[0].number * each
            source = QRectF(
                (viewport.start - first) / analysis.hop, 0, viewport.span / analysis.hop, analysis.rows
            )
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(area, image, source)
        self._paint_edges(painter, area, viewport, layer, theme)
        self._paint_marks(painter, area, analysis)

    def _picture(self, found: list[Levels | None], analysis: Analysis) -> QImage:
        empty = np.zeros((COLUMNS, analysis.rows), np.uint8)
        level = np.concatenate([empty if tile is None else tile for tile in found])
        top = 20 * np.log10(self._loudest) - 18  # a band holds a part of the loudest sound
        stops = np.array(
            [QColor(stop).getRgb()[:3] for stop in _stops(self.look.colours, current_theme())], np.uint8
        )
        picture = colours(level, colour_table(stops, top - self.look.span, top))
        rows, columns = picture.shape
        # A copy: the image would not keep the array alive.
        return QImage(picture.data, columns, rows, 4 * columns, QImage.Format.Format_RGB32).copy()

    def _paint_edges(
        self, painter: QPainter, area: QRectF, viewport: Viewport, layer: Layer, theme: Theme
    ) -> None:
        """Lines where segments begin and end, and a veil over what none of them holds."""
        if not len(layer.starts):
            return
        width = area.width()
        first = int(np.searchsorted(layer.reach, viewport.start, "right"))
        run = slice(first, int(np.searchsorted(layer.starts, viewport.stop, "left")))
        left = (layer.starts[run] - viewport.start) * width / viewport.span
        right = (layer.ends[run] - viewport.start) * width / viewport.span
        line = QColor("#ffffff")
        line.setAlphaF(0.55)
        for n in np.flatnonzero(right - left >= _EDGED):
            chosen = layer.selected == run.start + int(n)
            colour = theme.colour("accent") if chosen else line
            for x in (left[n], right[n]):
                if 0 <= x <= width:
                    painter.fillRect(QRectF(round(x), area.top(), 2 if chosen else 1, area.height()), colour)

    def _paint_marks(self, painter: QPainter, area: QRectF, analysis: Analysis) -> None:
        """Frequencies at the right edge, where there is room."""
        half = self._recording.sample_rate / 2
        painter.setFont(scaled_font(painter.font(), 0.78))
        height, free = painter.fontMetrics().height(), area.bottom()
        for hertz in _MARKS:
            y = area.bottom() - self._share(hertz, half, analysis) * area.height()
            if hertz >= half or y > free - height or y < area.top() + height:
                continue
            free = y
            text = tr("{n:g} kHz", n=hertz / 1000) if hertz >= 1000 else tr("{n} Hz", n=hertz)
            place = QRectF(area.right() - 9 * GRID, y - height / 2, 9 * GRID - 6, height)
            painter.setPen(QColor(0, 0, 0, 200))
            painter.drawText(place.translated(1, 1), Qt.AlignmentFlag.AlignRight, text)
            painter.setPen(QColor(255, 255, 255, 220))
            painter.drawText(place, Qt.AlignmentFlag.AlignRight, text)

    def _share(self, hertz: float, half: float, analysis: Analysis) -> float:
        """How far up the lane a frequency is, 0..1."""
        if analysis.scale == "linear":
            return hertz / half
        edges = mel_edges(self._recording.sample_rate)
        return float(np.interp(hertz, edges[1:-1], (np.arange(analysis.rows) + 0.5) / analysis.rows))


def _stops(name: str, theme: Theme) -> tuple[str, ...]:
    """Colours from quiet to loud; grey is black on white in a light theme, as on paper."""
    if name == "grey":
        return ("#101010", "#f4f4f4") if theme.dark else ("#ffffff", "#000000")
    return tuple("#" + stop for stop in _MAPS[name])
