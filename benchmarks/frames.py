"""Frames of the waveform: three hours of stereo with 5,000 segments, panned and zoomed at every span.

Ours is the Segment workspace's own view, painted as in the window. The rival is what one would write with pyqtgraph:
a `PlotDataItem` with automatic downsampling and a `LinearRegionItem` for each segment. Times are the 95th percentile
over the frames of a pan with a slow zoom, painting included. Without a screen both paint into memory.
"""

import os
import time
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtWidgets import QApplication, QWidget
from rows import Row, arguments, report, skipped

from annotator.audio.peaks import PeakPyramid
from annotator.domain.corpus import Segment
from annotator.gui.segment.segments import ShownSegments
from annotator.gui.segment.viewport import Viewport
from annotator.gui.segment.wave import Wave
from annotator.gui.segment.waveform import WaveformView
from annotator.gui.theme import apply_theme

RATE, HOURS, SEGMENTS = 44100, 3, 5000
LENGTH = RATE * 3600 * HOURS
SIZE = (1300, 360)
SPANS = {"3 hours": LENGTH, "10 minutes": 600 * RATE, "1 minute": 60 * RATE, "10 seconds": 10 * RATE}


def _edges() -> np.ndarray:
    """Starts and ends of the segments, (segments, 2): speech with pauses of 0.2 s."""
    borders = np.linspace(0, LENGTH, SEGMENTS + 1).astype(np.int64)
    return np.column_stack((borders[:-1], borders[1:] - RATE // 5))


def _sound(frames: int) -> np.ndarray:
    """Stereo noise that swells and fades, (frames, 2)."""
    swell = np.abs(np.sin(np.arange(frames) / 30_000)) * 8000
    return (np.random.default_rng(0).standard_normal((frames, 2)) * swell[:, None]).astype(np.int16)


def _frames(paint: Callable[[float, float], None], span: int, count: int) -> float:
    """The 95th percentile in ms of `count` frames of `paint(start, span)`."""
    taken = []
    for n in range(count):
        start = (LENGTH - span) * n / count
        began = time.perf_counter()
        paint(start, span * (1 - n / (10 * count)))
        taken.append((time.perf_counter() - began) * 1000)
    return float(np.percentile(taken, 95))


def _ours() -> Callable[[float, float], None]:
    block = _sound(1 << 18)
    peaks = PeakPyramid(RATE, 2, LENGTH, np.dtype(np.int16))
    for _ in range(LENGTH // len(block)):
        peaks.append(block)
    peaks.append(block[: LENGTH % len(block)])
    peaks.finish()
    view, shown = Viewport(), ShownSegments()
    widget = WaveformView(view, shown)
    view.set_recording(LENGTH, RATE)
    widget.set_wave(Wave(peaks))
    speakers = ("Anna", "Bo", "", "Chris")
    shown.replace(
        [
            Segment(f"{n:032x}", "r", "t", int(start), int(end), "some words of a sentence", speakers[n % 4])
            for n, (start, end) in enumerate(_edges())
        ]
    )
    _show(widget)

    def paint(start: float, span: float) -> None:
        view.show(start, span)
        widget.repaint()

    return paint


def _rival(minutes: float, regions: int) -> Callable[[float, float], None]:
    """The same with pyqtgraph, for a shorter recording and fewer segments where the whole would take minutes."""
    import pyqtgraph

    frames = int(min(minutes * 60 * RATE, LENGTH))
    widget = pyqtgraph.PlotWidget()
    sound = np.resize(_sound(1 << 18)[:, 0], frames).astype(np.float32)
    curve = pyqtgraph.PlotDataItem(sound)
    widget.addItem(curve)
    # Given to the constructor these raise in pyqtgraph 0.14.
    curve.setDownsampling(auto=True, method="peak")
    curve.setClipToView(True)
    for start, end in _edges()[:regions]:
        widget.addItem(pyqtgraph.LinearRegionItem((start, end)))
    widget.disableAutoRange()
    _show(widget)

    def paint(start: float, span: float) -> None:
        widget.setXRange(start * frames / LENGTH, min(start * frames / LENGTH + span, frames), padding=0)
        widget.viewport().repaint()

    return paint


def _show(widget: QWidget) -> None:
    widget.resize(*SIZE)
    widget.show()
    QApplication.processEvents()


def measure(*, quick: bool) -> list[Row]:
    """One row for each span of time in view."""
    ours = _ours()
    names = {name: f"waveform frame, {name} of {HOURS} h, {SEGMENTS:,} segments" for name in SPANS}
    found = {name: _frames(ours, span, 60 if quick else 200) for name, span in SPANS.items()}
    rows = [
        Row(names[name], value, "ms", "pyqtgraph PlotDataItem + LinearRegionItems")
        for name, value in found.items()
    ]
    try:
        # The rival takes 12 bytes a sample and some time for each item, visible or not: the whole would not fit.
        minutes, regions = (20, 500) if quick else (60, SEGMENTS)
        rival = _rival(minutes, regions)
    except ImportError:
        return [skipped(row) for row in rows]
    label = f"pyqtgraph PlotDataItem + {regions:,} LinearRegionItems on {minutes} min"
    spans = {name: min(span, minutes * 60 * RATE) for name, span in SPANS.items()}
    return [
        Row(names[name], value, "ms", label, _frames(rival, spans[name], 6 if quick else 12))
        for name, value in found.items()
    ]


def main() -> None:
    """Prints the rows."""
    options = arguments(__doc__.splitlines()[0])
    app = QApplication.instance() or QApplication([])
    apply_theme(app, "dark")
    report(measure(quick=options.quick), options.json)


if __name__ == "__main__":
    main()
