"""JudgedLine: whether raters tell what they feel or what the sound expresses, said so that nobody misses it."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from annotator.domain.scheme import Judged
from annotator.domain.translation import tr
from annotator.gui.icons import paint_icon
from annotator.gui.theme import GRID, current_theme
from annotator.gui.widgets.painting import box, open_painter, scaled_font

_ICON = 16


class JudgedLine(QWidget):
    """A label "felt" or "perceived" and one sentence that keeps the two apart."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._badge = _Badge()
        self._sentence = QLabel()
        self._sentence.setProperty("role", "muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID + GRID // 2)
        row.addWidget(self._badge)
        row.addWidget(self._sentence, 1)

    @property
    def text(self) -> str:
        """What the line says."""
        return f"{self._badge.text}: {self._sentence.text()}"

    def show_judged(self, judged: Judged) -> None:
        """Says what is asked for."""
        if judged == "felt":
            self._badge.show_text(tr("Felt"), "user")
            self._sentence.setText(tr("Rate what you feel yourself, not what the sound expresses."))
        else:
            self._badge.show_text(tr("Perceived"), "speech")
            self._sentence.setText(tr("Rate what the sound expresses, not what you feel yourself."))
        self.setAccessibleName(self.text)


class _Badge(QWidget):
    """A word in a soft pill with its icon."""

    def __init__(self) -> None:
        super().__init__()
        self.text, self._icon = "", "info"
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_text(self, text: str, icon: str) -> None:
        self.text, self._icon = text, icon
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetricsF(scaled_font(self.font(), 0.93, bold=True))
        return QSize(round(metrics.horizontalAdvance(self.text)) + _ICON + 3 * GRID + 6, 3 * GRID)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, rect = current_theme(), QRectF(self.rect())
        with open_painter(self) as painter:
            box(painter, rect, theme.colour("accent_soft"), radius=rect.height() / 2)
            ink = theme.ink_on(theme.colour("accent_soft")) if not theme.dark else theme.colour("accent")
            place = QRectF(GRID + 2, (rect.height() - _ICON) / 2, _ICON, _ICON)
            paint_icon(painter, self._icon, place, ink)
            painter.setFont(scaled_font(self.font(), 0.93, bold=True))
            painter.setPen(ink)
            left = place.right() + GRID - 2
            painter.drawText(rect.adjusted(left, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self.text)
