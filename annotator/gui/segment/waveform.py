"""What the mouse, the wheel and the trackpad do on the waveform."""

from dataclasses import replace

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from annotator.audio.snap import snap
from annotator.gui.segment.gestures import (
    Drawing,
    Grip,
    Moving,
    begin_drawing,
    begin_moving,
    begin_sliding,
    grip_at,
)
from annotator.gui.segment.labels import BAND
from annotator.gui.segment.segments import ShownSegments
from annotator.gui.segment.viewport import Viewport
from annotator.gui.segment.waveform_picture import WaveformPicture

_SNAP_PIXELS, _SNAP_SECONDS = 24, 0.25  # how far an edge looks for silence: the lesser of the two
_DRAG = 4  # pixels that tell a drag from a click
_WHEEL_ZOOM = 0.35  # octaves a notch of the wheel
_WHEEL_PAN = 0.12  # share of the view a notch of the wheel


class WaveformView(WaveformPicture):
    """Lets the mouse work on the waveform; changes nothing itself: signals say what to do."""

    cursor_set = Signal(object)  # sample
    drawn = Signal(object, object)  # start, stop
    moved = Signal(object, object, object)  # Grip, start, stop
    play_wanted = Signal(object)  # Segment
    menu_wanted = Signal(object, object)  # QPoint on the screen, sample
    panned = Signal()  # by the user: playback need not be followed

    def __init__(self, viewport: Viewport, shown: ShownSegments, parent: QWidget | None = None) -> None:
        super().__init__(viewport, shown, parent)
        self._writable = self._overlaps = False
        self._pressed: QPointF | None = None
        self._scrubbing = False
        self._panning = False
        self.setMouseTracking(True)

    def set_permissions(self, *, writable: bool, overlaps: bool) -> None:
        """Whether segments may be drawn and moved, and whether they may overlap."""
        self._writable, self._overlaps = writable, overlaps

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
