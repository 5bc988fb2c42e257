"""Further tiers under the waveform, each a slim lane: another annotator's segments, a method's, the reference."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetricsF, QHelpEvent, QImage, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from annotator.domain.corpus import Segment
from annotator.domain.translation import tr
from annotator.gui.segment.colours import colour_table
from annotator.gui.segment.labels import BAND, paint_labels
from annotator.gui.segment.picture import Layer, Raster, band
from annotator.gui.segment.segments import ShownSegments
from annotator.gui.segment.viewport import Viewport
from annotator.gui.theme import GRID, current_theme, theme_notifier
from annotator.gui.widgets.painting import box, open_painter, scaled_font

_GAP = 3  # pixels between two lanes


class TierLanes(QWidget):
    """Shows tiers beside the one that is worked on. A click plays a segment, a double click goes to its tier."""

    play_wanted = Signal(object)  # Segment
    tier_wanted = Signal(str)

    def __init__(self, viewport: Viewport, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._viewport = viewport
        self._lanes: list[tuple[str, ShownSegments]] = []
        self._picture: QImage | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Further tiers"))
        self.setVisible(False)
        viewport.changed.connect(self.renew)
        theme_notifier().changed.connect(self.renew)

    def sizeHint(self) -> QSize:
        return QSize(40 * GRID, len(self._lanes) * (BAND + _GAP))

    minimumSizeHint = sizeHint

    @property
    def names(self) -> list[str]:
        """Tiers that have a lane, from the top."""
        return [name for name, _ in self._lanes]

    def show_tiers(self, tiers: Sequence[tuple[str, Sequence[Segment]]]) -> None:
        """Shows these tiers with their segments of the recording in view."""
        lanes = []
        for name, segments in tiers:
            shown = ShownSegments(self)
            shown.replace(segments)
            lanes.append((name, shown))
        for _, old in self._lanes:
            old.deleteLater()
        self._lanes = lanes
        self.setAccessibleDescription(", ".join(self.names))
        self.setVisible(bool(lanes))
        self.updateGeometry()
        self.renew()

    @Slot()
    def renew(self, _what: object = None) -> None:
        """Draws everything anew."""
        self._picture = None
        self.update()

    # Painting

    def _render(self) -> QImage:
        ratio = self.devicePixelRatioF()
        width, height = max(1, round(self.width() * ratio)), max(1, round(self.height() * ratio))
        raster = Raster(*self._viewport.raster(width), width)
        numbers = np.zeros((height, width), np.uint8)  # the ground beyond a recording lies between the lanes
        for n, (_, shown) in enumerate(self._lanes):
            top = round((n * (BAND + _GAP) + _GAP) * ratio)
            rows = min(round(BAND * ratio), height - top)
            numbers[top : top + rows] = band(raster, Layer.of(shown), rows)
        image = QImage(numbers.data, width, height, width, QImage.Format.Format_Indexed8)
        image.setColorTable(colour_table(current_theme()))
        picture = image.convertToFormat(QImage.Format.Format_RGB32)
        picture.setDevicePixelRatio(ratio)
        painter = QPainter(picture)
        for n, (name, shown) in enumerate(self._lanes):
            painter.setFont(self.font())
            painter.save()
            painter.translate(0, n * (BAND + _GAP) + _GAP)
            paint_labels(painter, shown, Layer.of(shown), self._viewport, self.width())
            self._paint_name(painter, name)
            painter.restore()
        painter.end()
        return picture

    def _paint_name(self, painter: QPainter, name: str) -> None:
        theme = current_theme()
        painter.setFont(scaled_font(self.font(), 0.78))
        width = min(QFontMetricsF(painter.font()).horizontalAdvance(name) + 2 * GRID, self.width() / 3)
        tag = QRectF(self.width() - width - 4, 3, width, BAND - 6)
        box(painter, tag, theme.colour("raised", 0.9), theme.colour("border"))
        painter.setPen(theme.colour("muted"))
        painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, name)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._picture is None or self._picture.size() != self.size() * self.devicePixelRatioF():
            self._picture = self._render()
        painter = open_painter(self)
        painter.drawImage(0, 0, self._picture)
        painter.end()

    # Mouse

    def _at(self, point: QPointF) -> tuple[str, Segment | None] | None:
        """The tier under a point, and its segment there."""
        n = int(point.y() // (BAND + _GAP))
        if not 0 <= n < len(self._lanes):
            return None
        name, shown = self._lanes[n]
        return name, shown.at(self._viewport.sample_at(point.x(), float(self.width())))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = self._at(event.position())
        if found is None or event.button() != Qt.MouseButton.LeftButton:
            return
        for name, shown in self._lanes:
            chosen = found[1] if name == found[0] else None
            shown.select(chosen.id if chosen else None)
        self.renew()
        if found[1] is not None:
            self.play_wanted.emit(found[1])

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        found = self._at(event.position())
        if found is not None and event.button() == Qt.MouseButton.LeftButton:
            self.tier_wanted.emit(found[0])

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            found = self._at(QPointF(event.pos()))
            segment = found[1] if found else None
            lines = (found[0], segment.speaker, segment.text) if found and segment else ()
            QToolTip.showText(event.globalPos(), "\n".join(filter(None, lines)), self, QRect(self.rect()))
            return True
        return super().event(event)
