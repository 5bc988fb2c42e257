"""KeyCap: a shortcut drawn as the keys to press."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from annotator.domain.translation import tr
from annotator.gui.theme import current_theme
from annotator.gui.widgets.painting import box, open_painter, scaled_font

_GAP = 4


def keycap_width(font: QFont, key: str) -> float:
    """Width of one drawn key in device-independent pixels: square unless its text is longer."""
    metrics = QFontMetricsF(font)
    return max(metrics.height() + 4, metrics.horizontalAdvance(key) + 12)


def paint_keycap(painter: QPainter, rect: QRectF, key: str, *, lit: bool = False) -> None:
    """One key; `lit` where it is the key to press now."""
    theme = current_theme()
    fill = theme.colour("accent") if lit else theme.colour("sunken")
    box(painter, rect, fill, None if lit else theme.colour("border"), radius=4)
    painter.setPen(theme.colour("on_accent" if lit else "muted"))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, key)


class KeyCap(QWidget):
    """Shows a shortcut such as `Ctrl+Shift+Z` as keys side by side."""

    def __init__(self, shortcut: QKeySequence | str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_shortcut(shortcut)

    def set_shortcut(self, shortcut: QKeySequence | str) -> None:
        """Shows another shortcut; only the first chord of a sequence counts."""
        sequence = QKeySequence(shortcut) if isinstance(shortcut, str) else shortcut
        text = sequence.toString(QKeySequence.SequenceFormat.NativeText).split(", ")[0]
        # A plus sign at the end is itself the key: Ctrl++.
        stem, plus = (text[:-1], ["+"]) if text.endswith("+") else (text, [])
        self._keys = [key for key in stem.split("+") if key] + plus
        self.setAccessibleName(tr("Shortcut {keys}", keys=" ".join(self._keys)))
        self.updateGeometry()
        self.update()

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys, in the order they are drawn."""
        return tuple(self._keys)

    def sizeHint(self) -> QSize:
        font = scaled_font(self.font(), 0.86)
        width = sum(keycap_width(font, key) for key in self._keys) + _GAP * max(0, len(self._keys) - 1)
        return QSize(round(width + 0.5), round(QFontMetricsF(font).height() + 4.5))

    def paintEvent(self, _event: QPaintEvent) -> None:
        with open_painter(self) as painter:
            painter.setFont(scaled_font(self.font(), 0.86))
            x = 0.0
            for key in self._keys:
                width = keycap_width(painter.font(), key)
                paint_keycap(painter, QRectF(x, 0, width, self.height()), key)
                x += width + _GAP
