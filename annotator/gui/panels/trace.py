"""TracePanel: one or two scales answered all the while the sound plays, with the pointer or the keys."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QWidget

from annotator.domain.corpus import Value
from annotator.domain.scheme import Item, Scheme
from annotator.domain.trace import numbers
from annotator.domain.translation import tr
from annotator.gui.panels.answers import share_of, value_text
from annotator.gui.panels.base import RatingPanel
from annotator.gui.panels.option_tile import OptionTile
from annotator.gui.panels.plane import Readout, axes, corner_words, ends, position, value_at
from annotator.gui.panels.recorder import Point, TraceRecorder
from annotator.gui.panels.trace_pad import Place, TracePad
from annotator.gui.panels.trace_strip import TraceStrip

#: Below this share of the sound a trace is stored only when the rater insists.
LEAST = 0.5

_STEP, _FINE = 0.05, 0.0125  # of a scale, for one press of an arrow key
_SPEED = 0.6  # of a scale in a second, while an arrow key is held
_TRAIL = 3.0  # seconds
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Down: (0, -1), Qt.Key.Key_Up: (0, 1),
}  # fmt: skip
# As the digits lie on a block of keys: 7 is up and to the left; 5, the middle, goes to the middle.
_COMPASS = {1: (-1, -1), 2: (0, -1), 3: (1, -1), 4: (-1, 0), 6: (1, 0), 7: (-1, 1), 8: (0, 1), 9: (1, 1)}


class TracePanel(RatingPanel):
    """A plane with a pen in it. The pen follows the pointer; arrow keys and digits move it too.

    Whoever plays the sound tells `begin`, `hear` and `end`; steps are drawn by that clock alone. The first pass draws.
    A later one shows what was drawn and fills gaps with the pointer; a pressed button or a key draws over it, to the
    end of that pass. `restart_wanted` asks for the sound from its start, `sought(share)` from elsewhere.
    """

    spreads = True

    restart_wanted = Signal()
    sought = Signal(float)

    def __init__(self, scheme: Scheme, *, parent: QWidget | None = None) -> None:
        super().__init__(scheme, parent=parent)
        traces = axes(scheme) if len(scheme.items) == 2 else scheme.items
        self._traces = traces
        self._points = tuple(replace(item, type="number") for item in traces)
        self._flat = len(traces) == 1
        self._recorder = TraceRecorder(len(traces), traces[0].rate)
        self._seconds = self._at = 0.0
        self._insists = self._drew = False
        self._held: set[Qt.Key] = set()
        sides = ("", "") if self._flat else ends(traces[0])
        self._pad = TracePad(
            ends=(*sides, *ends(traces[-1])),
            corners=("", "", "", "") if self._flat else corner_words(scheme, *traces),
            flat=self._flat,
            name=tr("Plane to draw in: {names}", names=", ".join(item.title for item in traces)),
        )
        self._pad.pointed.connect(self._pressed)
        self._pad.hovered.connect(self._hovered)
        self._strip = TraceStrip([item.title for item in traces])
        self._strip.sought.connect(self.sought)
        self._body.addWidget(self._pad, 1)
        self._body.addWidget(self._strip)
        self._again = OptionTile(tr("Trace again"), key=tr("Backspace"))
        self._again.clicked.connect(self._trace_again)
        self._readouts = tuple(Readout(item.title) for item in traces)
        for n, readout in enumerate(self._readouts):
            self._foot.insertWidget(n, readout)
        self._foot.insertWidget(self._foot.count() - 1, self._again)
        self._show()

    # What the window tells

    def show_length(self, seconds: float) -> None:
        """How long the segment is."""
        self._seconds = seconds
        self._recorder.set_length(seconds)
        self._show()

    def show_outline(self, outline: NDArray[np.float32]) -> None:
        """The sound of the segment by its amplitudes, 0..1, in equal parts."""
        self._strip.show_outline(outline)

    def next_share(self) -> float | None:
        """From where the sound is to play when it is asked for: where it stopped; `None` where it is to stop."""
        if self._recorder.playing:
            return None
        share = self._recorder.heard_to / self._seconds if self._seconds else 0.0
        return share if share < 1 - 1e-6 else 0.0

    @Slot(float)
    def begin(self, seconds: float) -> None:
        """The sound plays, from there."""
        self._recorder.begin(seconds)
        self._at = seconds
        self._drew = False
        self._say()
        self._show()

    @Slot(float)
    def hear(self, seconds: float) -> None:
        """The sound has got so far."""
        if self._held:
            self._drift(max(seconds - self._at, 0.0))
        self._at = seconds
        if self._recorder.hear(seconds):
            self._drawn()
        self._show()

    @Slot(bool)
    def end(self, at_end: bool) -> None:
        """The sound has stopped, or come to its end."""
        self._held.clear()
        if not self._recorder.playing:
            return
        if self._recorder.end(at_end=at_end):
            self._drawn()
        self._at = self._seconds if at_end else self._at
        self._say()
        self._show()
        # Who only listens to what was drawn before stays here.
        if at_end and self._drew and self.auto_advance and self._recorder.covered >= LEAST:
            self.submitted.emit()

    # Answers

    def values(self) -> dict[str, Value]:
        """A trace for each item, `None` where the rater cannot tell; nothing while nothing is drawn."""
        if self._answers or self._recorder.empty:
            return dict(self._answers)
        drawn = zip(self._traces, self._recorder.traces(), strict=True)
        by_name: dict[str, Value] = {item.name: steps for item, steps in drawn}
        return {item.name: by_name[item.name] for item in self.scheme.items}

    def set_values(self, values: Mapping[str, Value]) -> None:
        checked = self.scheme.check(values)
        traces = [checked.get(item.name) for item in self._traces]
        self._recorder.clear()
        if all(isinstance(steps, list) for steps in traces):
            self._recorder.fill(traces)
            checked = {}
        self._insists, self._at = False, 0.0
        super().set_values(checked)

    def _missing(self) -> list[Item]:
        return [] if not self._recorder.empty else super()._missing()

    def submit(self) -> bool:
        """As every panel; less than half of a trace is stored only when asked twice."""
        if (
            not self._answers
            and not self._recorder.empty
            and self._recorder.covered < LEAST
            and not self._insists
        ):
            self._insists = True
            self._refuse(
                tr("Only {share:.0%} of the sound is traced. Enter again stores it all the same.",
                   share=self._recorder.covered)
            )  # fmt: skip
            return False
        return super().submit()

    def _drawn(self) -> None:
        """The pen has drawn: whatever was said before does not hold any more."""
        self._answers.clear()
        self._insists, self._drew = False, True
        self.changed.emit()

    @Slot()
    def _cannot_tell(self) -> None:
        """While the sound plays the pen is lifted; in silence the whole answer is "cannot tell"."""
        if self._recorder.playing:
            self._recorder.press(None)
            self._show()
            return
        self._recorder.clear()
        self._answer({item.name: None for item in self._traces}, last=True)

    @Slot()
    def _trace_again(self) -> None:
        self._recorder.clear()
        self._at, self._insists = 0.0, False
        self._answers.clear()
        self._after_change()
        self.restart_wanted.emit()

    # The pen

    @Slot(float, float)
    def _hovered(self, across: float, upwards: float) -> None:
        if self._recorder.playing:
            self._recorder.move(self._point_at((across, upwards)))
            self._show()

    @Slot(float, float)
    def _pressed(self, across: float, upwards: float) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._recorder.press(self._point_at((across, upwards)))
        self._show()

    def _point_at(self, place: tuple[float, float]) -> Point:
        shares = place[-len(self._points) :]
        return tuple(float(value_at(item, share)) for item, share in zip(self._points, shares, strict=True))

    def _place_of(self, point: Point) -> Place:
        if point is None:
            return None
        shares = [position(item, value) for item, value in zip(self._points, point, strict=True)]
        return (0.5, shares[0]) if self._flat else (shares[0], shares[1])

    def _push(self, across: float, upwards: float) -> None:
        """Moves the pen by shares of the scales; a lifted one begins where it was last, or in the middle."""
        here = self._place_of(self._recorder.pen or self._recorder.point_at(self._at)) or (0.5, 0.5)
        moved = [min(max(a + b, 0.0), 1.0) for a, b in zip(here, (across, upwards), strict=True)]
        self._recorder.press(self._point_at((moved[0], moved[1])))

    def _drift(self, seconds: float) -> None:
        """Arrow keys that are held move the pen as long as the sound plays."""
        directions = [_ARROWS[key] for key in self._held]
        far = _SPEED * seconds
        self._push(far * sum(d[0] for d in directions), far * sum(d[1] for d in directions))

    # Keys

    def _digit(self, digit: int) -> None:
        if digit == 0:
            self._cannot_tell()
            return
        if self._flat:
            self._recorder.press(self._point_at((0.5, (digit - 1) / 8)))
        elif digit == 5:
            self._recorder.press(self._point_at((0.5, 0.5)))
        else:
            across, upwards = _COMPASS[digit]
            self._push(2 * _STEP * across, 2 * _STEP * upwards)
        self._show()

    def _other_key(self, key: Qt.Key, fine: bool) -> bool:
        if key in _ARROWS:
            across, upwards = _ARROWS[key]
            step = _FINE if fine else _STEP
            self._push(step * across, step * upwards)
            self._show()
            return True
        if key == Qt.Key.Key_Backspace:
            self._trace_again()
            return True
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _ARROWS and self._recorder.playing and self.hasFocus():
            if event.isAutoRepeat():
                return  # held keys move by the clock of the sound, not by that of the keyboard
            self._held.add(key)
        super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if not event.isAutoRepeat():
            self._held.discard(Qt.Key(event.key()))
        super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._held.clear()
        super().focusOutEvent(event)

    # Showing

    def _next_hint(self) -> str:
        covered = self._recorder.covered
        if self._recorder.playing:
            if self._recorder.pen is None and self._recorder.empty:
                return tr("Follow the sound with pointer or arrow keys.")
            return tr("{share:.0%} traced", share=covered)
        if self._answers:
            return tr("Enter goes on.")
        if self._recorder.empty:
            return tr("Play the sound and follow it with pointer or arrow keys.")
        return tr("{share:.0%} traced", share=covered) + " · " + tr("Enter goes on.")

    def _show(self) -> None:
        recorder = self._recorder
        point = recorder.pen if recorder.recording or recorder.empty else recorder.point_at(self._at)
        trail = (
            [self._place_of(p) for p in recorder.points(self._at - _TRAIL, self._at)]
            if recorder.playing
            else []
        )
        whole = [] if recorder.playing else [self._place_of(p) for p in recorder.points(0.0, self._seconds)]
        self._pad.show_focus(focused=self.hasFocus())
        self._pad.show_trace(self._place_of(point), trail=trail, whole=whole, lit=recorder.recording)
        heights = [
            share_of(item, numbers(steps)) if item.direction > 0 else 1 - share_of(item, numbers(steps))
            for item, steps in zip(self._points, recorder.traces(), strict=True)
        ]
        self._strip.show_lines(heights, self._at / self._seconds if self._seconds else 0.0)
        for n, (item, readout) in enumerate(zip(self._points, self._readouts, strict=True)):
            readout.show_value(self._text(item, point, n), expected=recorder.recording)
        unsure = bool(self._answers) and all(value is None for value in self._answers.values())
        self._unsure.setChecked(unsure)
        self._again.setEnabled(not recorder.empty)
        self._describe(self._state())

    def _text(self, item: Item, point: Point, n: int) -> str:
        if self._answers and self._answers.get(item.name) is None:
            return tr("cannot tell")
        return "–" if point is None else value_text(item, point[n])

    def _state(self) -> str:
        """What a screen reader says: not every step, or it would never stop."""
        if self._answers:
            return tr("cannot tell")
        if self._recorder.playing:
            return tr("drawing") if self._recorder.recording else tr("playing")
        return (
            tr("nothing drawn")
            if self._recorder.empty
            else tr("{share:.0%} traced", share=self._recorder.covered)
        )
