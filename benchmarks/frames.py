"""Frames of the waveform: three hours of stereo with 5,000 segments, panned and zoomed at every span.

Ours is the Segment workspace's own view, painted as in the window. The rival is what one would write with pyqtgraph:
a `PlotDataItem` with automatic downsampling and a `LinearRegionItem` for each segment. Times are the 95th percentile
over the frames of a pan with a slow zoom, painting included, in processor time of the one thread that paints: the time
on the clock where nothing else runs. Without a screen both paint into memory. Then the same with spectrogram, an edge
that is dragged, and an edit from the key to the picture: stored in a corpus of as many segments, read back, shown and
painted.
"""

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from rows import Row, arguments, report, skipped

from annotator.app.corpus_folder import create_corpus
from annotator.app.segment import move_segment
from annotator.audio.peaks import PeakPyramid
from annotator.domain.corpus import Recording, Segment, Tier
from annotator.gui.context import Context
from annotator.gui.segment.segments import ShownSegments
from annotator.gui.segment.spectrogram import SpectrogramLane
from annotator.gui.segment.tiles import COLUMNS, Tile
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
        began = time.thread_time()
        paint(start, span * (1 - n / (10 * count)))
        taken.append((time.thread_time() - began) * 1000)
    return float(np.percentile(taken, 95))


def _view() -> tuple[WaveformView, Viewport, ShownSegments]:
    """The Segment workspace's waveform with everything in it."""
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
    return widget, view, shown


def _panning(widget: WaveformView, view: Viewport) -> Callable[[float, float], None]:
    def paint(start: float, span: float) -> None:
        view.show(start, span)
        widget.repaint()

    return paint


def _dragging(widget: WaveformView, view: Viewport, shown: ShownSegments, span: int, count: int) -> float:
    """The 95th percentile in ms of the frames in which the edge of a segment follows the mouse."""
    segment = shown.items[SEGMENTS // 2]
    view.show(segment.end - span / 2, span)
    shown.select(segment.id)
    widget.set_permissions(writable=True, overlaps=True)
    x, y = round(view.x_of(segment.end, widget.width())), widget.height() // 2
    QTest.mousePress(widget, Qt.MouseButton.LeftButton, pos=QPoint(x, y))
    taken = []
    for n in range(count):
        began = time.thread_time()
        QTest.mouseMove(widget, QPoint(x + n % 40, y))
        widget.repaint()
        taken.append((time.thread_time() - began) * 1000)
    QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=QPoint(x, y))
    return float(np.percentile(taken, 95))


def _with_spectrogram(widget: WaveformView, view: Viewport, span: int, count: int) -> float:
    """The 95th percentile in ms of frames of a pan over tiles that are there; how they get there is in `waveform`."""
    lane = SpectrogramLane(Context())
    lane.show_recording(Recording("r", "take.wav", "", "", RATE, LENGTH, 2))
    lane.set_shown(True)
    widget.set_spectrogram(lane)
    analysis = lane.analysis(span / widget.width() / widget.devicePixelRatioF())
    noise = np.random.default_rng(0).integers(0, 256, (COLUMNS, analysis.rows), np.uint8)
    each, paint = COLUMNS * analysis.hop, _panning(widget, view)
    taken = []
    for n in range(count):
        start = 3600 * RATE + n * span / 40
        for tile in range(int(start // each) - 1, int((start + span) // each) + 2):
            lane.tiles.keep(Tile("r", tile, analysis), noise)
        began = time.thread_time()
        paint(start, span)
        taken.append((time.thread_time() - began) * 1000)
    lane.set_shown(False)
    return float(np.percentile(taken, 95))


def _editing(widget: WaveformView, view: Viewport, shown: ShownSegments, count: int) -> float:
    """The 95th percentile in ms from asking for another edge to seeing it: stored durably, read again, painted."""
    recording, tier = Recording("r", "take.wav", "", "", RATE, LENGTH, 2), Tier("t", "hand")
    taken = []
    with (
        tempfile.TemporaryDirectory() as folder,
        create_corpus(Path(folder) / "take.corpus") as session,
    ):
        session.transact("", lambda transaction: transaction.put(recording, tier, *shown.items))
        view.show(3600 * RATE, 60 * RATE)
        for n in range(count):
            segment = shown.items[SEGMENTS // 3 + n]
            began = time.thread_time()
            move_segment(session, segment, segment.start + 100, segment.end)
            with session.reading() as reader:
                shown.replace(reader.segments(tier_id="t", recording_id="r"))
            widget.repaint()
            taken.append((time.thread_time() - began) * 1000)
    return float(np.percentile(taken, 95))


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
    widget, view, shown = _view()
    ours = _panning(widget, view)
    names = {name: f"waveform frame, {name} of {HOURS} h, {SEGMENTS:,} segments" for name in SPANS}
    found = {name: _frames(ours, span, 60 if quick else 200) for name, span in SPANS.items()}
    rows = [
        Row(names[name], value, "CPU ms", "pyqtgraph PlotDataItem + LinearRegionItems")
        for name, value in found.items()
    ]
    count = 60 if quick else 200
    about = f"of {HOURS} h, {SEGMENTS:,} segments"
    rows += [
        Row(f"an edge dragged, {name} {about}", _dragging(widget, view, shown, span, count), "CPU ms")
        for name, span in SPANS.items()
        if span <= 60 * RATE
    ]
    rows.append(
        Row(
            f"an edge moved: stored, read, shown, {about}",
            _editing(widget, view, shown, 20 if quick else 60),
            "CPU ms",
        )
    )
    rows += [
        Row(f"frame with spectrogram, {name} {about}", _with_spectrogram(widget, view, span, count), "CPU ms")
        for name, span in SPANS.items()
        if span <= 600 * RATE
    ]
    try:
        # The rival takes 12 bytes a sample and some time for each item, visible or not: the whole would not fit.
        minutes, regions = (20, 500) if quick else (60, SEGMENTS)
        rival = _rival(minutes, regions)
    except ImportError:
        return [skipped(row) if row.rival else row for row in rows]
    label = f"pyqtgraph PlotDataItem + {regions:,} LinearRegionItems on {minutes} min"
    spans = {name: min(span, minutes * 60 * RATE) for name, span in SPANS.items()}
    compared = [
        Row(names[name], value, "CPU ms", label, _frames(rival, spans[name], 6 if quick else 12))
        for name, value in found.items()
    ]
    return compared + rows[len(compared) :]


def main() -> None:
    """Prints the rows."""
    options = arguments(__doc__.splitlines()[0])
    app = QApplication.instance() or QApplication([])
    apply_theme(app, "dark")
    report(measure(quick=options.quick), options.json)


if __name__ == "__main__":
    main()
