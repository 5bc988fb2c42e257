"""The whole recording in a strip: its sound, its segments, and the rectangle that is on screen."""

from collections.abc import Iterable

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QImage, QMouseEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from annotator.domain.translation import tr
from annotator.gui.segment.colours import colour_table
from annotator.gui.segment.picture import Ink, Layer, Raster, draw_lanes, ground
from annotator.gui.segment.segments import ShownSegments
from annotator.gui.segment.viewport import Viewport
from annotator.gui.segment.wave import Columns, Wave
from annotator.gui.theme import GRID, current_theme, theme_notifier
from annotator.gui.widgets.painting import open_painter

_GRIP = 6  # pixels around an edge of the rectangle in which it can be dragged


class Overview(QWidget):
    """Dragging the rectangle moves the view, dragging its edges zooms, pressing elsewhere goes there."""

    def __init__(self, viewport: Viewport, shown: ShownSegments, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._viewport = viewport
        self._shown = shown
        self._wave: Wave | None = None
        self._gain = 1.0
        self._layer: Layer | None = None
        #: Keys of segments under which a line says that they are rated.
        self.rated: frozenset[str] = frozenset()
        self._picture: QImage | None = None
        self._cursor = 0
        self._drag = ""
        self._offset = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setAccessibleName(tr("Overview of the recording"))
        viewport.changed.connect(self._moved)
        shown.changed.connect(self.renew)
        shown.selected.connect(self.renew)
        theme_notifier().changed.connect(self.renew)

    def sizeHint(self) -> QSize:
        return QSize(40 * GRID, 6 * GRID)

    def minimumSizeHint(self) -> QSize:
        return QSize(10 * GRID, 6 * GRID)

    def set_wave(self, wave: Wave | None, gain: float = 1.0) -> None:
        """Shows another recording, or the same at another loudness."""
        self._wave, self._gain = wave, gain
        self.renew()

    def set_proposed(self, layer: Layer | None) -> None:
        """Shows what a method proposes in place of the segments."""
        self._layer = layer
        self.renew()

    def set_rated(self, segments: Iterable[str]) -> None:
        """Marks the segments, by key, that the annotator has rated; how, nobody sees here."""
        rated = frozenset(segments)
        if rated != self.rated:
            self.rated = rated
            self.renew()

    def set_cursor(self, sample: int) -> None:
        """Shows where the cursor is."""
        before, self._cursor = self._cursor_x(), sample
        after = self._cursor_x()
        if before != after:
            self.update(before - 2, 0, 5, self.height())
            self.update(after - 2, 0, 5, self.height())

    def _cursor_x(self) -> int:
        return round(self._cursor * self.width() / max(self._viewport.length, 1))

    @Slot()
    def renew(self, _what: object = None) -> None:
        """Draws everything anew: more is known of the sound, or the segments have changed."""
        self._picture = None
        self.update()

    @Slot()
    def _moved(self) -> None:
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._picture = None
        super().resizeEvent(event)

    # Painting

    def _render(self) -> QImage:
        ratio = self.devicePixelRatioF()
        width, height = max(1, round(self.width() * ratio)), max(1, round(self.height() * ratio))
        length = max(self._viewport.length, 1)
        raster = Raster(0.0, length / width, width)
        layer = self._layer or Layer.of(self._shown)
        columns = None
        if self._wave is not None and length >= width:
            channels = self._wave.columns(0.0, length / width, width)
            body = channels.body
            columns = Columns(
                channels.low.min(axis=1, keepdims=True),
                channels.high.max(axis=1, keepdims=True),
                None if body is None else np.sqrt(np.square(body).mean(axis=1, keepdims=True)),
            )
        below = ground(raster, length, layer, np.empty(0), proposed=self._layer is not None)
        numbers = np.empty((height, width), np.uint8)
        draw_lanes(numbers, below, columns, gain=self._gain, thickness=ratio)
        if self.rated and self._layer is None:
            done = np.array([segment.id in self.rated for segment in self._shown.items], np.bool_)
            ends = layer.ends[done]
            reach = np.maximum.accumulate(ends) if len(ends) else ends
            marked = Layer(layer.starts[done], ends, reach, layer.colours[done]).owners(raster) >= 0
            numbers[-round(3 * ratio) :, marked] = Ink.RATED
        image = QImage(numbers.data, width, height, width, QImage.Format.Format_Indexed8)
        image.setColorTable(colour_table(current_theme()))
        picture = image.convertToFormat(QImage.Format.Format_RGB32)
        picture.setDevicePixelRatio(ratio)
        return picture

    def _view(self) -> QRectF:
        """The rectangle that stands for the view: never too thin to take hold of."""
        width, length = float(self.width()), max(self._viewport.length, 1)
        left, right = (sample * width / length for sample in (self._viewport.start, self._viewport.stop))
        if right - left < 10:
            left = min(max((left + right) / 2 - 5, 0.0), width - 10)
            right = left + 10
        return QRectF(left, 0, right - left, self.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._picture is None:
            self._picture = self._render()
        theme, painter = current_theme(), open_painter(self)
        painter.drawImage(0, 0, self._picture)
        view, height = self._view(), float(self.height())
        shade = theme.colour("window", 0.62)
        painter.fillRect(QRectF(0, 0, view.left(), height), shade)
        painter.fillRect(QRectF(view.right(), 0, self.width() - view.right(), height), shade)
        painter.fillRect(QRectF(self._cursor_x(), 0, 1, height), theme.colour("cursor"))
        painter.setPen(theme.colour("accent"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(view.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        painter.end()

    # Mouse

    def _part(self, x: float) -> str:
        view = self._view()
        if view.width() > 3 * _GRIP:
            if abs(x - view.left()) <= _GRIP:
                return "start"
            if abs(x - view.right()) <= _GRIP:
                return "stop"
        return "view" if view.left() <= x <= view.right() else "outside"

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        x, view = event.position().x(), self._view()
        part = self._part(x)
        self._drag = "view" if part == "outside" else part
        self._offset = view.width() / 2 if part == "outside" else x - view.left()
        self._follow(x)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        if self._drag:
            self._follow(x)
            return
        shapes = {"start": Qt.CursorShape.SizeHorCursor, "stop": Qt.CursorShape.SizeHorCursor}
        self.setCursor(shapes.get(self._part(x), Qt.CursorShape.ArrowCursor))

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._drag = ""

    def _follow(self, x: float) -> None:
        view, each = self._viewport, max(self._viewport.length, 1) / max(self.width(), 1)
        sample = min(max(x * each, 0.0), float(view.length))
        if self._drag == "view":
            view.show((x - self._offset) * each, view.span)
        elif self._drag == "start":
            view.show(sample, view.stop - sample)
        elif sample > view.start:
            view.show(view.start, sample - view.start)
