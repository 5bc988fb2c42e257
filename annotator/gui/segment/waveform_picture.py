"""The picture of the waveform with its segments, and what lies over it: cursor, mark, what the mouse is doing."""

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import (
    QFocusEvent,
    QImage,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QWidget

from annotator.domain.corpus import Segment
from annotator.domain.timeline import clock
from annotator.domain.translation import tr
from annotator.gui.segment.colours import colour_table
from annotator.gui.segment.gestures import (
    Drawing,
    Grip,
    Moving,
)
from annotator.gui.segment.labels import BAND, paint_labels, paint_proposal, paint_readout
from annotator.gui.segment.picture import Ink, Layer, Raster, band, draw_lanes, ground
from annotator.gui.segment.ruler import grid_samples
from annotator.gui.segment.segments import ShownSegments
from annotator.gui.segment.spectrogram import SpectrogramLane
from annotator.gui.segment.viewport import Viewport
from annotator.gui.segment.wave import Wave
from annotator.gui.theme import GRID, current_theme, theme_notifier
from annotator.gui.widgets.painting import announce, open_painter

_SPECTROGRAM = 0.45  # share of the height


class WaveformPicture(QWidget):
    """Shows a stretch of a recording. `_gesture` and `_hovered` are for the one that takes the mouse to set."""

    def __init__(self, viewport: Viewport, shown: ShownSegments, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._viewport = viewport
        self._shown = shown
        self._wave: Wave | None = None
        self._spectrogram: SpectrogramLane | None = None
        self._gain = 1.0
        self._loudness = 1.0
        self._proposed: Layer | None = None
        self._picture: QImage | None = None
        self._cursor = 0
        self._mark: int | None = None
        self._gesture: Drawing | Moving | None = None
        self._hovered: Grip | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Waveform"))
        viewport.changed.connect(self.renew)
        shown.changed.connect(self.renew)
        shown.selected.connect(self._select)
        theme_notifier().changed.connect(self.renew)

    def sizeHint(self) -> QSize:
        return QSize(80 * GRID, 30 * GRID)

    def minimumSizeHint(self) -> QSize:
        return QSize(30 * GRID, 12 * GRID)

    # What is shown

    def set_wave(self, wave: Wave | None, gain: float = 1.0) -> None:
        """Shows another recording, or the same at another loudness."""
        self._wave, self._gain = wave, gain
        self.renew()

    @property
    def wave(self) -> Wave | None:
        """What is drawn of the sound."""
        return self._wave

    def set_spectrogram(self, lane: SpectrogramLane) -> None:
        """Shows a spectrogram below the waves while `lane` says so."""
        self._spectrogram = lane
        lane.changed.connect(self.renew)

    def set_proposed(self, layer: Layer | None) -> None:
        """Shows what a method proposes in place of the segments."""
        self._proposed = layer
        self.renew()

    def set_cursor(self, sample: int) -> None:
        """Moves the cursor; only its two strips are painted anew."""
        before, self._cursor = self._x(self._cursor), sample
        for x in (before, self._x(sample)):
            self.update(int(x) - 2, 0, 6, self.height())

    def set_mark(self, sample: int | None) -> None:
        """Shows where a segment was begun by key, or nothing."""
        self._mark = sample
        self.update()

    @Slot()
    def renew(self, _what: object = None) -> None:
        """Makes the picture anew at the next paint: view, sound or segments are others."""
        self._picture = None
        self.update()

    @Slot(object)
    def _select(self, segment: Segment | None) -> None:
        rate = self._viewport.sample_rate
        told = ""
        if segment is not None:
            told = tr(
                "Segment {n}, {start} to {end}. {text}",
                n=self._shown.index_of(segment.id) + 1,
                start=clock(segment.start / rate),
                end=clock(segment.end / rate),
                text=segment.text,
            )
        announce(self, told)
        self.renew()

    def _x(self, sample: float) -> float:
        return self._viewport.x_of(sample, float(self.width()))

    def _sample(self, x: float) -> int:
        return round(self._viewport.sample_at(x, float(self.width())))

    # Painting

    def render_picture(self) -> QImage:
        """The picture of the view, without cursor and what the mouse is doing."""
        ratio = self.devicePixelRatioF()
        width, height = max(1, round(self.width() * ratio)), max(1, round(self.height() * ratio))
        strip = min(round(BAND * ratio), height - 1)
        lane = self._spectrogram if self._spectrogram is not None and self._spectrogram.shown else None
        waves = height - strip if lane is None else max(round((height - strip) * (1 - _SPECTROGRAM)), 1)
        raster = Raster(*self._viewport.raster(width), width)
        layer = self._layer()
        lines = grid_samples(self._viewport, float(self.width()))
        below = ground(raster, self._viewport.length, layer, lines, proposed=self._proposed is not None)
        columns = self._wave.columns(raster.start, raster.width, raster.count) if self._wave else None
        numbers = np.empty((height, width), np.uint8)
        numbers[strip + waves :] = Ink.EMPTY_BAND
        numbers[:strip] = Ink.EMPTY_BAND if self._proposed is not None else band(raster, layer, strip)
        gain, gap = self._gain * self._loudness, round(2 * ratio)
        draw_lanes(numbers[strip : strip + waves], below, columns, gain=gain, thickness=ratio, gap=gap)
        image = QImage(numbers.data, width, height, width, QImage.Format.Format_Indexed8)
        image.setColorTable(colour_table(current_theme()))
        # Converted once: painting an image with a table of colours costs ten times as much each time.
        picture = image.convertToFormat(QImage.Format.Format_RGB32)
        picture.setDevicePixelRatio(ratio)
        painter = QPainter(picture)
        painter.setFont(self.font())
        if lane is not None:
            top = (strip + waves) / ratio
            lane.paint(
                painter, QRectF(0, top, width / ratio, self.height() - top), self._viewport, layer, ratio
            )
            painter.setFont(self.font())
        if self._proposed is None:
            paint_labels(painter, self._shown, layer, self._viewport, self.width())
        else:
            paint_proposal(painter, len(layer.starts))
        painter.end()
        return picture

    def _layer(self) -> Layer:
        """The spans to draw: what is proposed, or the segments with the edge that is being moved."""
        if self._proposed is not None:
            return self._proposed
        layer = Layer.of(self._shown)
        if not isinstance(self._gesture, Moving):
            return layer
        starts, ends = layer.starts.copy(), layer.ends.copy()
        grip = self._gesture.grip
        here = self._shown.index_of(grip.segment.id)
        if here is None:
            return layer
        starts[here], ends[here] = self._gesture.span
        beside = self._shown.index_of(grip.partner.id) if grip.partner else None
        if beside is not None:
            (ends if grip.edge == "start" else starts)[beside] = self._gesture.position
        return replace(layer, starts=starts, ends=ends, reach=np.maximum.accumulate(ends))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._picture is None or self._picture.size() != self.size() * self.devicePixelRatioF():
            self._picture = self.render_picture()
        theme, painter = current_theme(), open_painter(self)
        painter.setClipRect(event.rect())
        painter.drawImage(0, 0, self._picture)
        height = float(self.height())
        if self._mark is not None:
            left, right = sorted((self._x(self._mark), self._x(self._cursor)))
            painter.fillRect(QRectF(left, BAND, max(right - left, 1), height), theme.colour("accent", 0.18))
            painter.fillRect(QRectF(self._x(self._mark), 0, 2, height), theme.colour("accent"))
        if isinstance(self._gesture, Drawing):
            left, right = map(self._x, self._gesture.span)
            painter.fillRect(QRectF(left, BAND, right - left, height), theme.colour("accent", 0.25))
            for x in (left, right):
                painter.fillRect(QRectF(x, BAND, 1, height), theme.colour("accent"))
        grip = self._gesture.grip if isinstance(self._gesture, Moving) else self._hovered
        if grip is not None:
            sample = self._gesture.position if isinstance(self._gesture, Moving) else grip.sample
            painter.fillRect(QRectF(self._x(sample) - 1, 0, 3, height), theme.colour("accent"))
        painter.fillRect(QRectF(round(self._x(self._cursor)), 0, 1.5, height), theme.colour("cursor"))
        if self._gesture is not None:
            paint_readout(painter, QRectF(self.rect()), *self._gesture.span, self._viewport)
        if self.hasFocus():
            painter.setPen(theme.colour("accent"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        painter.end()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()
        super().focusOutEvent(event)
