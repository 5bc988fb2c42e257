"""Text over the waveform: what each segment says, where it fits, and how long the one being drawn is."""

from collections.abc import Callable
from functools import cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter

from annotator.domain.corpus import Segment
from annotator.domain.timeline import clock
from annotator.domain.translation import tr, tr_n
from annotator.gui.segment.colours import band_colour
from annotator.gui.segment.picture import Layer
from annotator.gui.segment.segments import ShownSegments
from annotator.gui.segment.viewport import Viewport
from annotator.gui.theme import GRID, current_theme
from annotator.gui.widgets.painting import box, elided, scaled_font

#: Height of the strip over a segment, in device-independent pixels.
BAND = 22
#: Segments narrower than this show no text.
_NARROWEST = 20
#: Letters of which some must be readable: less than these is no more than an ellipsis.
_LEAST = "abc…"
#: Room, in letters, from which on the speaker, whom the colour tells, is named before the words.
_NAMING = "M" * 12


def paint_labels(
    painter: QPainter, shown: ShownSegments, layer: Layer, viewport: Viewport, width: int
) -> None:
    """Writes what each segment in view says into the strip over it; its number where there is no room for words."""
    theme = current_theme()
    run = shown.visible(viewport.start, viewport.stop)
    left = (layer.starts[run] - viewport.start) * width / viewport.span
    right = (layer.ends[run] - viewport.start) * width / viewport.span
    font = scaled_font(painter.font(), 0.84)
    painter.setFont(font)
    flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    width_of = cache(QFontMetricsF(font).horizontalAdvance)  # the same three texts are asked for each time
    for n in (right - left >= _NARROWEST).nonzero()[0]:
        index = run.start + int(n)
        segment = shown.items[index]
        # The part in view: a segment that begins far to the left still says what it is.
        place = QRectF(max(left[n], 0.0) + 5, 0, 0, BAND)
        place.setRight(min(right[n], float(width)) - 3)
        text = label(segment, index + 1, place.width(), width_of)
        if not text:
            continue
        selected = index == layer.selected
        painter.setPen(theme.ink_on(band_colour(theme, int(layer.colours[index]), selected=selected)))
        # Shortening takes time by the letter, and none is narrower than a pixel.
        elided(painter, place, flags, text[: round(place.width())])


def label(segment: Segment, number: int, room: float, width_of: Callable[[str], float]) -> str:
    """What stands over a segment, to be shortened to `room`: its words, its number where they find none, or nothing."""
    text = " ".join(segment.text.split())
    if not text or room >= width_of(_NAMING):
        text = "  ".join(filter(None, (segment.speaker, text)))
    if text and (room >= width_of(_LEAST) or room >= width_of(text)):
        return text
    return str(number) if room >= width_of(str(number)) else ""


def paint_proposal(painter: QPainter, spans: int) -> None:
    """Says in the strip that what is shown is not in the corpus yet."""
    painter.setFont(scaled_font(painter.font(), 0.84))
    painter.setPen(current_theme().colour("positive"))
    text = tr_n("Preview: {n:,} segment", "Preview: {n:,} segments", spans)
    painter.drawText(QRectF(GRID, 0, 60 * GRID, BAND), Qt.AlignmentFlag.AlignVCenter, text)


def paint_readout(painter: QPainter, area: QRectF, start: int, stop: int, viewport: Viewport) -> None:
    """A tag with the length, start and end of the span under the mouse, kept inside `area`."""
    theme, rate = current_theme(), viewport.sample_rate
    text = tr(
        "{length} s   {start} – {end}",
        length=f"{(stop - start) / rate:.3f}",
        start=clock(start / rate),
        end=clock(stop / rate),
    )
    painter.setFont(scaled_font(painter.font(), 0.9, bold=True))
    metrics = QFontMetricsF(painter.font())
    width, height = metrics.horizontalAdvance(text) + 2 * GRID, metrics.height() + GRID
    middle = viewport.x_of((start + stop) / 2, area.width())
    left = min(max(middle - width / 2, area.left() + 4), area.right() - width - 4)
    tag = QRectF(left, area.top() + BAND + GRID, width, height)
    box(painter, tag, theme.colour("raised"), theme.colour("outline"))
    painter.setPen(theme.colour("text"))
    painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, text)
