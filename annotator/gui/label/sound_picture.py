"""SoundPicture: the spectrogram of one segment, where the lead lets raters see it."""

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from annotator.audio.source import AudioSource
from annotator.audio.spectrogram import (
    Analysis,
    Levels,
    colour_table,
    colours,
    levels,
    read_levels,
    window_for,
)
from annotator.domain.translation import tr
from annotator.gui.theme import GRID
from annotator.gui.widgets.painting import open_painter

#: Columns of a picture: as many as a page is wide.
_COLUMNS = 960
#: Decibels from the brightest colour down to the darkest.
_SPAN = 60.0
_HEIGHT = 11 * GRID
_STOPS = ("#000004", "#180f3d", "#440f76", "#721f81", "#9e2f7f", "#cd4071", "#f1605d", "#fd9668", "#fcfdbf")


def segment_levels(source: AudioSource, start: int, stop: int) -> Levels:
    """The mel spectrogram of [start, stop) in at most some thousand columns."""
    window = window_for(source.sample_rate)
    hop = max(window // 4, (stop - start) // _COLUMNS)
    analysis = Analysis("mel", window, hop)
    if hop > window:  # only what is under the windows is read
        return read_levels(source, start // hop, max((stop - start) // hop, 1), analysis)
    return levels(source.mono(start, stop), source.sample_rate, analysis)


class SoundPicture(QWidget):
    """One picture, as wide as there is room, or none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self.setAccessibleName(tr("Spectrogram of the segment"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def shows(self) -> bool:
        """Whether there is a picture."""
        return self._image is not None

    def show_levels(self, found: Levels | None) -> None:
        """Shows levels (columns, bands), relative to the loudest of them."""
        self._image = None
        if found is not None and len(found):
            top = float(found.max()) / 2 - 127.5
            stops = np.array([QColor(stop).getRgb()[:3] for stop in _STOPS], np.uint8)
            picture = colours(found, colour_table(stops, top - _SPAN, top))
            rows, columns = picture.shape
            # A copy: the image would not keep the array alive.
            self._image = QImage(picture.data, columns, rows, 4 * columns, QImage.Format.Format_RGB32).copy()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(60 * GRID, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(20 * GRID, _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with open_painter(self) as painter:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.fillRect(self.rect(), QColor(_STOPS[0]))
            if self._image is not None:
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
                painter.drawImage(QRectF(self.rect()), self._image)
