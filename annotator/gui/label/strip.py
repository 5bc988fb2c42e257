"""SegmentStrip: the outline of one segment and how far it has been heard."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from annotator.domain.translation import tr
from annotator.gui.theme import GRID, current_theme, mix
from annotator.gui.widgets.painting import announce, elided, open_painter

_BAR, _PITCH = 3, 5  # width of a bar, and from one bar to the next, in device-independent pixels
_HEIGHT = 5 * GRID + GRID // 2
_LEAST = 1.5  # half the height of a silent bar


class SegmentStrip(QWidget):
    """Bars as high as the segment is loud, in the accent's colour as far as it was heard.

    `sought(share)` follows a click,
    0 at the segment's start and 1 at its end.
    """

    sought = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._outline: NDArray[np.float32] | None = None
        self._bars: NDArray[np.float32] = np.zeros(0, np.float32)
        self._share = 0.0
        self._message, self._role = "", "muted"
        self.setAccessibleName(tr("Sound of the segment"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def message(self) -> str:
        """What is written in place of the outline."""
        return self._message

    @property
    def share(self) -> float:
        """How far the segment has been heard, 0..1."""
        return self._share

    def show_outline(self, outline: NDArray[np.float32]) -> None:
        """Shows a segment by its amplitudes, 0..1, in equal parts."""
        self._outline, self._message = outline, ""
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(tr("Click to hear it from there"))
        announce(self, "")
        self._measure()

    def show_message(self, text: str, *, role: str = "muted") -> None:
        """Writes `text` in the colour of `role` in place of an outline."""
        self._outline, self._message, self._role = None, text, role
        self.unsetCursor()
        # One line may be too short for a path: all of it is said here.
        self.setToolTip(text)
        announce(self, text)
        self._measure()

    def set_share(self, share: float) -> None:
        """Moves the cursor."""
        share = min(max(share, 0.0), 1.0)
        if share != self._share:
            before, self._share = self._share, share
            left, right = sorted((before * self.width(), share * self.width()))
            self.update(QRectF(left - _PITCH, 0, right - left + 2 * _PITCH, self.height()).toAlignedRect())

    def sizeHint(self) -> QSize:
        return QSize(60 * GRID, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(20 * GRID, _HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._measure()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._outline is not None:
            self.sought.emit(min(max(event.position().x() / max(self.width(), 1), 0.0), 1.0))

    def _measure(self) -> None:
        """The outline in as many bars as there is room for."""
        count = max(self.width() // _PITCH, 1)
        if self._outline is None:
            self._bars = np.zeros(0, np.float32)
        else:
            firsts = np.linspace(0, len(self._outline), count, endpoint=False).astype(int)
            # Where there are more bars than parts, neighbours show the same part.
            self._bars = np.maximum.reduceat(self._outline, firsts)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, rect = current_theme(), QRectF(self.rect())
        with open_painter(self) as painter:
            if self._message:
                painter.setPen(theme.colour(self._role))
                elided(
                    painter, rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self._message
                )
                return
            ahead = mix(theme.colour("surface"), theme.colour("muted"), 0.45)
            middle, reach = rect.height() / 2, rect.height() / 2 - 3
            cursor = self._share * rect.width()
            lines: tuple[list[QLineF], list[QLineF]] = ([], [])
            for n, loudness in enumerate(self._bars.tolist()):
                x = n * _PITCH + _PITCH / 2
                half = max(_LEAST, loudness * reach)
                heard = self._share > 0 and x <= cursor
                lines[heard].append(QLineF(x, middle - half, x, middle + half))
            for bars, colour in zip(lines, (ahead, theme.colour("accent")), strict=True):
                painter.setPen(QPen(colour, _BAR, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
                painter.drawLines(bars)
            if 0 < self._share < 1:
                painter.setPen(QPen(theme.colour("cursor"), 2))
                painter.drawLine(QLineF(cursor, 0, cursor, rect.height()))
