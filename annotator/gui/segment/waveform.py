"""The waveform with its segments: the picture, what lies over it, and what the mouse does on it."""

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from annotator.audio.snap import snap
from annotator.domain.corpus import Segment
from annotator.domain.timeline import clock
from annotator.domain.translation import tr
from annotator.gui.segment.colours import colour_table
from annotator.gui.segment.gestures import (
    Drawing,
    Grip,
    Moving,
    begin_drawing,
    begin_moving,
    begin_sliding,
    grip_at,
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

_SNAP_PIXELS, _SNAP_SECONDS = 24, 0.25  # how far an edge looks for silence: the lesser of the two
_DRAG = 4  # pixels that tell a drag from a click
_WHEEL_ZOOM = 0.35  # octaves a notch of the wheel
_WHEEL_PAN = 0.12  # share of the view a notch of the wheel
_SPECTROGRAM = 0.45  # share of the height


class WaveformView(QWidget):
    """Shows a stretch of a recording and lets the mouse work on it; changes nothing itself: signals say what to do."""

    cursor_set = Signal(object)  # sample
    drawn = Signal(object, object)  # start, stop
    moved = Signal(object, object, object)  # Grip, start, stop
    play_wanted = Signal(object)  # Segment
    menu_wanted = Signal(object, object)  # QPoint on the screen, sample
    panned = Signal()  # by the user: playback need not be followed

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
        self._writable = self._overlaps = False
        self._pressed: QPointF | None = None
        self._scrubbing = False
        self._panning = False
        self._gesture: Drawing | Moving | None = None
        self._hovered: Grip | None = None
        self.setMouseTracking(True)
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

    def set_permissions(self, *, writable: bool, overlaps: bool) -> None:
        """Whether segments may be drawn and moved, and whether they may overlap."""
        self._writable, self._overlaps = writable, overlaps

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

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.MiddleButton:
            self._panning, self._pressed = True, event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        if event.button() != Qt.MouseButton.LeftButton or not self._viewport.length:
            return
        self._pressed = event.position()
        self._scrubbing = False
        grip = self._grip(event.position().x())
        if grip is not None:
            self._shown.select(grip.segment.id)
            self._gesture = begin_moving(self._shown, grip, self._viewport.length, overlaps=self._overlaps)
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = event.position()
        if self._pressed is None:
            self._hover(self._grip(point.x()))
        elif self._panning:
            self._viewport.pan((self._pressed.x() - point.x()) * self._viewport.span / self.width())
            self._pressed = point
            self.panned.emit()
        elif self._gesture is not None:
            snapping = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._gesture = self._gesture.to(self._sample(point.x()))
            if snapping:
                self._snap(self._gesture)
            if isinstance(self._gesture, Moving):
                self._picture = None
            self.update()
        elif self._scrubbing:
            self.cursor_set.emit(self._sample(point.x()))
        elif (point - self._pressed).manhattanLength() >= _DRAG:
            self._begin_drag(self._sample(self._pressed.x()), event.modifiers())
            self.mouseMoveEvent(event)

    def _snap(self, gesture: Drawing | Moving) -> None:
        """Moves the edge under the pointer to the nearest silence, and there onto a zero crossing."""
        if self._wave is None or self._wave.source is None:
            return
        reach = min(
            _SNAP_PIXELS * self._viewport.span / self.width(), _SNAP_SECONDS * self._viewport.sample_rate
        )
        place = snap(self._wave.source, gesture.position, max(round(reach), 2))
        self._gesture = replace(gesture, position=min(max(place, gesture.low), gesture.high))

    def _begin_drag(self, sample: int, modifiers: Qt.KeyboardModifier) -> None:
        segment = self._shown.at(sample)
        free = self._overlaps or segment is None
        held = self._pressed.y() < BAND or bool(modifiers & Qt.KeyboardModifier.AltModifier)
        able = self._writable and self._proposed is None
        if able and held and segment is not None:
            self._shown.select(segment.id)
            self._gesture = begin_sliding(
                self._shown, segment, sample, self._viewport.length, overlaps=self._overlaps
            )
        elif free and able:
            self._gesture = begin_drawing(self._shown, sample, self._viewport.length, overlaps=self._overlaps)
        else:
            self._scrubbing = True

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        gesture, self._gesture = self._gesture, None
        if self._panning:
            self._panning = False
            self._hover(None)
        elif pressed is None or event.button() != Qt.MouseButton.LeftButton:
            return
        elif isinstance(gesture, Moving) and gesture.moved:
            self.moved.emit(gesture.grip, *gesture.span)
        elif isinstance(gesture, Drawing):
            start, stop = gesture.span
            if stop > start:
                self.drawn.emit(start, stop)
        elif not self._scrubbing:
            self._click(self._sample(pressed.x()))
        self._scrubbing = False
        self.renew()

    def _click(self, sample: int) -> None:
        segment = self._shown.at(sample)
        self._shown.select(segment.id if segment else None)
        self.cursor_set.emit(sample)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        segment = self._shown.at(self._sample(event.position().x()))
        if event.button() == Qt.MouseButton.LeftButton and segment is not None:
            self._shown.select(segment.id)
            self.play_wanted.emit(segment)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        keyboard = event.reason() == QContextMenuEvent.Reason.Keyboard
        sample = self._cursor if keyboard else self._sample(event.pos().x())
        if not keyboard:
            self._click(sample)
        point = QPoint(round(self._x(sample)), self.height() // 2) if keyboard else event.pos()
        self.menu_wanted.emit(self.mapToGlobal(point), sample)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None)
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and (self._gesture is not None or self._scrubbing):
            self._gesture, self._pressed, self._scrubbing = None, None, False
            self.renew()
            return
        super().keyPressEvent(event)

    def _grip(self, x: float) -> Grip | None:
        if not self._writable or self._proposed is not None:
            return None
        return grip_at(self._shown, self._viewport, x, float(self.width()), overlaps=self._overlaps)

    def _hover(self, grip: Grip | None) -> None:
        if grip != self._hovered:
            self._hovered = grip
            self.update()
        self.setCursor(Qt.CursorShape.SizeHorCursor if grip else Qt.CursorShape.IBeamCursor)

    # Wheel, trackpad, tooltips

    def wheelEvent(self, event: QWheelEvent) -> None:
        steps, pixels = event.angleDelta(), event.pixelDelta()
        modifiers = event.modifiers()
        control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
        notches = (steps.y() or steps.x()) / 120
        if modifiers & control and modifiers & shift:
            self._loudness = min(max(self._loudness * 2.0 ** (0.25 * notches), 0.25), 64.0)
            self.renew()
        elif modifiers & control:
            anchor = self._viewport.sample_at(event.position().x(), float(self.width()))
            self._viewport.zoom(2.0 ** (-_WHEEL_ZOOM * notches), anchor)
        elif not pixels.isNull():
            moved = pixels.x() if abs(pixels.x()) > abs(pixels.y()) else pixels.y()
            self._viewport.pan(-moved * self._viewport.span / self.width())
            self.panned.emit()
        else:
            self._viewport.pan(-notches * _WHEEL_PAN * self._viewport.span)
            self.panned.emit()
        event.accept()

    def event(self, event: QEvent) -> bool:
        if (
            isinstance(event, QNativeGestureEvent)
            and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture
        ):
            anchor = self._viewport.sample_at(event.position().x(), float(self.width()))
            self._viewport.zoom(1 / max(0.2, 1 + event.value()), anchor)
            return True
        if isinstance(event, QHelpEvent):
            segment = self._shown.at(self._sample(event.pos().x())) if event.pos().y() < BAND else None
            text = "\n".join(filter(None, (segment.speaker, segment.text))) if segment else ""
            QToolTip.showText(event.globalPos(), text, self, QRect(self.rect()))
            return True
        return super().event(event)
