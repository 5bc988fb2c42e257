"""The panel for automatic segmentation: a method, its options, and what they would give, live on the waveform."""

from dataclasses import dataclass, fields, replace

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from annotator.app.segment import Segmented, listen, segment_recordings
from annotator.domain.corpus import Recording
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Progress
from annotator.domain.translation import tr, tr_n
from annotator.gui.context import Context
from annotator.gui.icons import set_icon
from annotator.gui.segment.keys import CONTROL_KEYS, TEXT_KEYS, KeyKeeper
from annotator.gui.theme import GRID, set_property
from annotator.gui.widgets.segmented import SegmentedControl
from annotator.gui.worker import Worker
from annotator.segmentation.activity import Activity
from annotator.segmentation.methods import METHODS
from annotator.segmentation.options import Options
from annotator.segmentation.spans import spans_from_probabilities

_KEPT = 6  # recordings whose activity is kept at hand


@dataclass(frozen=True)
class _Scale:
    """How a slider stands for an option: `low` to `high` seconds by `step`; `endless`: its right end is no limit."""

    option: str
    title: str
    low: float
    high: float
    step: float
    endless: bool = False

    @property
    def steps(self) -> int:
        return round((self.high - self.low) / self.step) + self.endless

    def value(self, position: int) -> float:
        if self.endless and position == self.steps:
            return 0.0
        return round(self.low + position * self.step, 4)

    def position(self, value: float) -> int:
        if self.endless and value == 0:
            return self.steps
        return min(max(round((value - self.low) / self.step), 0), self.steps - self.endless)

    def text(self, value: float) -> str:
        return tr("no limit") if self.endless and value == 0 else tr("{seconds} s", seconds=f"{value:.2f}")


def _scales() -> tuple[_Scale, ...]:
    return (
        _Scale("min_pause", tr("Shortest pause"), 0.05, 2.0, 0.01),
        _Scale("min_length", tr("Shortest segment"), 0.0, 3.0, 0.05),
        _Scale("max_length", tr("Longest segment"), 1.0, 60.0, 0.5, endless=True),
        _Scale("padding", tr("Room before and after"), 0.0, 0.5, 0.01),
    )


class ProposalPanel(QFrame):
    """Proposes while the sliders move; writes only when one of the two buttons is pressed."""

    proposed = Signal(object)  # spans (n, 2) of the recording, or None
    applied = Signal(str)  # name of the tier
    closed = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAccessibleName(tr("Segment automatically"))
        self._context = context
        self._recording: Recording | None = None
        #: Methods whose options the sliders can show.
        self._names = [name for name, method in METHODS.items() if method.adjustable]
        self._method = self._names[0]
        self._options: dict[str, Options] = {name: METHODS[name].defaults for name in self._names}
        self._heard: dict[tuple[str, str], Activity | None] = {}
        self._listening: tuple[str, str] | None = None
        self._worker: Worker | None = None
        self._build()
        self._show_method()

    # Widgets

    def _build(self) -> None:
        heading = QLabel(tr("Segment automatically"))
        heading.setProperty("role", "heading")
        close = QToolButton()
        set_icon(close, "close", "muted")
        close.setAccessibleName(tr("Close"))
        close.setToolTip(tr("Close"))
        close.clicked.connect(self.closed)
        top = QHBoxLayout()
        top.addWidget(heading, 1)
        top.addWidget(close)
        titles = [METHODS[name].title for name in self._names]
        #: The methods side by side.
        self.methods = SegmentedControl(titles, name=tr("Method"))
        self.methods.chosen.connect(self._choose_method)
        self._about = QLabel()
        self._about.setProperty("role", "caption")
        self._about.setWordWrap(True)
        self._bar = QProgressBar()
        self._bar.setRange(0, 1000)
        self._bar.setAccessibleName(tr("Listening"))
        self._result = QLabel()
        self._result.setWordWrap(True)
        #: Where the segments go.
        self.tier = QLineEdit()
        self.tier.setAccessibleName(tr("Tier"))
        self.tier.textChanged.connect(self._update_buttons)
        tier_label = QLabel(tr("Tier"))
        tier_label.setBuddy(self.tier)
        #: Apply to the recording in view, or to all.
        self.here, self.everywhere = QPushButton(tr("Apply to this recording")), QPushButton()
        self.here.setProperty("kind", "primary")
        self.here.clicked.connect(self._apply_here)
        self.everywhere.clicked.connect(self._apply_everywhere)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, GRID, 0)
        column.setSpacing(GRID)
        column.addWidget(self.methods)
        column.addWidget(self._about)
        column.addSpacing(GRID)
        self.sliders: dict[str, _OptionSlider] = {}
        for scale in _scales():
            slider = _OptionSlider(scale)
            slider.moved.connect(self._option_moved)
            self.sliders[scale.option] = slider
            column.addWidget(slider)
        column.addSpacing(GRID)
        column.addWidget(tier_label)
        column.addWidget(self.tier)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(inside)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(2 * GRID, GRID + GRID // 2, GRID + GRID // 2, 2 * GRID)
        whole.setSpacing(GRID)
        whole.addLayout(top)
        whole.addWidget(scroll, 1)
        for widget in (self._bar, self._result, self.here, self.everywhere):
            whole.addWidget(widget)
        self.setMinimumWidth(34 * GRID)
        KeyKeeper(CONTROL_KEYS, self).guard(
            self.methods,
            close,
            self.here,
            self.everywhere,
            *(slider.slider for slider in self.sliders.values()),
        )
        KeyKeeper(TEXT_KEYS, self).guard(self.tier)

    # State

    def show_recording(self, recording: Recording | None) -> None:
        """Proposes for another recording."""
        self._recording = recording
        if self.isVisible():
            self._propose()

    def open(self, recording: Recording | None, recordings: int) -> None:
        """The panel comes up."""
        self._recording = recording
        self.everywhere.setText(tr_n("Apply to all {n} recording", "Apply to all {n} recordings", recordings))
        self.everywhere.setVisible(recordings > 1)
        self.show()
        self._propose()
        self.methods.setFocus(Qt.FocusReason.OtherFocusReason)

    def shut(self) -> None:
        """The panel goes; nothing listens on for it."""
        self._stop_listening()
        self.hide()
        self.proposed.emit(None)

    def forget(self) -> None:
        """Another corpus: what was heard belongs to the old one."""
        self._stop_listening()
        self._heard.clear()

    @Slot(int)
    def _choose_method(self, index: int) -> None:
        self._method = self._names[index]
        self._show_method()
        self._propose()

    def _show_method(self) -> None:
        self._about.setText(METHODS[self._method].description)
        self.tier.setText(self._method)
        for option, slider in self.sliders.items():
            slider.set_value(getattr(self._options[self._method], option))

    @Slot()
    def _option_moved(self) -> None:
        values = {option: slider.value for option, slider in self.sliders.items()}
        try:
            self._options[self._method] = replace(self._options[self._method], **values)
        except AnnotatorError as error:
            self._say(str(error), "danger")
            self.proposed.emit(None)
            self._update_buttons()
            return
        self._propose()

    # Listening and proposing

    def _propose(self) -> None:
        if self._recording is None:
            self.proposed.emit(None)
            self._say("", "muted")
            return
        key = (self._recording.id, self._method)
        if key not in self._heard:
            self.proposed.emit(None)
            self._listen(key)
            return
        self._bar.hide()
        activity = self._heard[key]
        if activity is None:
            self.proposed.emit(None)
            self._say(tr("This method shows its segments once it has run."), "muted")
        else:
            spans = spans_from_probabilities(activity, self._options[self._method])
            array = np.array(spans, np.int64).reshape(-1, 2)
            self.proposed.emit(array)
            self._say(_summary(array, activity), "muted")
        self._update_buttons()

    def _listen(self, key: tuple[str, str]) -> None:
        if self._listening == key:
            return
        self._stop_listening()
        self._listening = key
        self._bar.setValue(0)
        self._bar.show()
        self._say(tr("Listening..."), "muted")
        job = listen(self._context.session, self._recording, self._method)
        self._worker = self._context.run(tr("Listening"), job, self._hear, self._fail_to_hear, quiet=True)
        self._worker.progressed.connect(self._progress)

    def _stop_listening(self) -> None:
        if self._worker is not None:
            self._worker.progressed.disconnect(self._progress)
            self._worker.succeeded.disconnect(self._hear)
            self._worker.failed.disconnect(self._fail_to_hear)
            self._worker.cancel()
        self._worker = self._listening = None

    @Slot(object)
    def _progress(self, progress: Progress) -> None:
        self._bar.setValue(round(1000 * progress.fraction))

    @Slot(object)
    def _hear(self, activity: Activity | None) -> None:
        self._heard[self._listening] = activity
        while len(self._heard) > _KEPT:
            del self._heard[next(iter(self._heard))]
        self._worker = self._listening = None
        self._propose()

    @Slot(object)
    def _fail_to_hear(self, error: AnnotatorError) -> None:
        self._worker = self._listening = None
        self._bar.hide()
        self._say(str(error), "danger")

    def _say(self, text: str, role: str) -> None:
        self._result.setText(text)
        set_property(self._result, "role", role)

    # Applying

    @Slot()
    def _update_buttons(self) -> None:
        session = self._context.session
        able = session is not None and session.writable and bool(self.tier.text().strip())
        self.here.setEnabled(able and self._recording is not None)
        self.everywhere.setEnabled(able)

    @Slot()
    def _apply_here(self) -> None:
        self._apply([self._recording])

    @Slot()
    def _apply_everywhere(self) -> None:
        with self._context.session.reading() as reader:
            self._apply(reader.recordings())

    def _apply(self, recordings: list[Recording]) -> None:
        options = self._options[self._method]
        job = segment_recordings(
            self._context.session,
            recordings,
            method=self._method,
            tier=self.tier.text().strip(),
            options={field.name: getattr(options, field.name) for field in fields(Options)},
        )
        self._context.run(tr("Segment automatically"), job, self._done)

    @Slot(object)
    def _done(self, results: tuple[Segmented, ...]) -> None:
        made, kept = sum(result.segments for result in results), sum(result.kept for result in results)
        text = tr_n("{n} segment made.", "{n} segments made.", made)
        if kept:
            text += " " + tr_n(
                "{n} drawn by hand was left as it was.", "{n} drawn by hand were left as they were.", kept
            )
        self._context.noticed.emit(text, "positive")
        self.applied.emit(results[0].tier)


class _OptionSlider(QWidget):
    """An option's name and value above its slider."""

    moved = Signal()

    def __init__(self, scale: _Scale) -> None:
        super().__init__()
        self._scale = scale
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, scale.steps)
        self.slider.setPageStep(max(1, scale.steps // 10))
        self.slider.setAccessibleName(scale.title)
        self.slider.valueChanged.connect(self._move)
        self._value = QLabel()
        name = QLabel(scale.title)
        name.setBuddy(self.slider)
        head = QHBoxLayout()
        head.addWidget(name, 1)
        head.addWidget(self._value)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.slider)

    @property
    def value(self) -> float:
        """The option in seconds."""
        return self._scale.value(self.slider.value())

    def set_value(self, value: float) -> None:
        """Shows a value without saying so."""
        self.slider.blockSignals(True)
        self.slider.setValue(self._scale.position(value))
        self.slider.blockSignals(False)
        self._value.setText(self._scale.text(self.value))

    @Slot(int)
    def _move(self, _position: int) -> None:
        self._value.setText(self._scale.text(self.value))
        self.moved.emit()


def _summary(spans: np.ndarray, activity: Activity) -> str:
    """How many segments, how long they are, and how much of the recording they hold."""
    if not len(spans):
        return tr("No segments with these options.")
    lengths = (spans[:, 1] - spans[:, 0]) / activity.sample_rate
    return (
        tr_n("{n} segment", "{n} segments", len(spans))
        + " · "
        + tr("median {seconds} s", seconds=f"{np.median(lengths):.1f}")
        + " · "
        + tr(
            "{share} of the recording", share=f"{lengths.sum() * activity.sample_rate / activity.samples:.0%}"
        )
    )
