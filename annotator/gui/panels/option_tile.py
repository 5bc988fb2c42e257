"""OptionTile: a large button for one possible answer, with its key, its name and what it means."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from annotator.gui.icons import paint_icon
from annotator.gui.theme import GRID, RADIUS, current_theme
from annotator.gui.widgets.keycap import keycap_width, paint_keycap
from annotator.gui.widgets.painting import box, elided, focus_ring, open_painter, scaled_font

_PAD, _GAP, _CHECK = 12, 10, 16
_WRAP = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap


class OptionTile(QAbstractButton):
    """Shows `title`, the digit `key` that chooses it and, below, its `gloss`.

    A click only reports itself: whether the tile is then checked, the panel decides. `roomy` tiles are the
    instrument itself, the others stand beside it.
    """

    def __init__(
        self,
        title: str,
        *,
        gloss: str = "",
        key: str = "",
        roomy: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._gloss, self._key, self._roomy = gloss, key, roomy
        self.setText(title)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName(title)
        self.setAccessibleDescription(gloss)
        self.setToolTip(gloss)
        across = QSizePolicy.Policy.Expanding if roomy else QSizePolicy.Policy.Fixed
        policy = QSizePolicy(across, QSizePolicy.Policy.Preferred if roomy else QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(bool(gloss))
        self.setSizePolicy(policy)

    def nextCheckState(self) -> None:
        """Nothing: the panel checks tiles according to the answer."""

    def set_key(self, key: str) -> None:
        """Shows another key, or none."""
        if key != self._key:
            self._key = key
            self.updateGeometry()
            self.update()

    # Geometry

    def _key_font(self) -> QFont:
        return scaled_font(self.font(), 0.86)

    def _gloss_font(self) -> QFont:
        return scaled_font(self.font(), 0.86)

    def _text_left(self) -> float:
        return _PAD + (keycap_width(self._key_font(), self._key) + _GAP if self._key else 0.0)

    def _line(self) -> float:
        return max(QFontMetricsF(self.font()).height(), QFontMetricsF(self._key_font()).height() + 4)

    def _gloss_height(self, width: float) -> float:
        """Room for the gloss, never less than two lines, so that tiles side by side are of one height."""
        room = QRectF(0, 0, max(1.0, width - self._text_left() - _PAD), 1000)
        metrics = QFontMetricsF(self._gloss_font())
        return max(metrics.boundingRect(room, int(_WRAP), self._gloss).height(), 2 * metrics.lineSpacing())

    def hasHeightForWidth(self) -> bool:
        return bool(self._gloss)

    def heightForWidth(self, width: int) -> int:
        pad = _PAD if self._roomy else GRID - 1
        below = 4 + self._gloss_height(width) if self._gloss else 0.0
        return round(2 * pad + self._line() + below + 0.5)

    def sizeHint(self) -> QSize:
        text = scaled_font(self.font(), 1.0, bold=self._roomy)
        check = _GAP + _CHECK if self._roomy else 0
        width = self._text_left() + QFontMetricsF(text).horizontalAdvance(self.text()) + check + _PAD + 2
        width = max(width, 26 * GRID) if self._gloss else width
        return QSize(round(width + 0.5), self.heightForWidth(round(width)))

    def minimumSizeHint(self) -> QSize:
        width = 20 * GRID if self._gloss else self.sizeHint().width()
        return QSize(width, self.heightForWidth(max(width, self.width())))

    # Painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = current_theme()
        with open_painter(self) as painter:
            rect = QRectF(self.rect())
            box(
                painter,
                rect,
                theme.colour(self._ground()),
                theme.colour("outline" if self.isEnabled() else "border"),
            )
            if self.isChecked():
                painter.setPen(QPen(theme.colour("accent"), 2))
                painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), RADIUS, RADIUS)
            self._paint_text(painter, rect)
            if self.hasFocus():
                focus_ring(painter, rect.adjusted(3, 3, -3, -3), radius=RADIUS - 2)

    def _ground(self) -> str:
        if self.isChecked():
            return "accent_soft"
        if self.isDown():
            return "pressed"
        return "hover" if self.underMouse() and self.isEnabled() else "raised"

    def _paint_text(self, painter: QPainter, rect: QRectF) -> None:
        theme = current_theme()
        pad = _PAD if self._roomy else GRID - 1
        line = self._line()
        # A tile stretched by its neighbours keeps its words in the middle; one that is squeezed loses its edges first.
        spare = (rect.height() - self.heightForWidth(self.width())) / 2
        top = rect.top() + max(pad + spare, 4)
        if self._key:
            painter.setFont(self._key_font())
            height = QFontMetricsF(painter.font()).height() + 4
            cap = QRectF(_PAD, top + (line - height) / 2, keycap_width(painter.font(), self._key), height)
            paint_keycap(painter, cap, self._key, lit=self.isChecked())
        check = _GAP + _CHECK if self._roomy else 0
        left = self._text_left()
        painter.setFont(scaled_font(self.font(), 1.0, bold=self._roomy))
        painter.setPen(theme.colour("text") if self.isEnabled() else theme.disabled)
        title = QRectF(left, top, rect.width() - left - _PAD - check + 2, line)
        elided(painter, title, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self.text())
        if self.isChecked() and self._roomy:
            place = QRectF(rect.right() - _PAD - _CHECK, top + (line - _CHECK) / 2, _CHECK, _CHECK)
            paint_icon(painter, "check", place, theme.colour("accent"))
        if self._gloss:
            painter.setFont(self._gloss_font())
            painter.setPen(theme.colour("muted") if self.isEnabled() else theme.disabled)
            below = QRectF(left, top + line + 4, rect.width() - left - _PAD, rect.bottom() - top - line - 6)
            self._paint_gloss(painter, below)

    def _paint_gloss(self, painter: QPainter, place: QRectF) -> None:
        """All of the gloss where there is room for it, else its beginning in one line; the tip has the rest."""
        metrics = QFontMetricsF(painter.font())
        if metrics.boundingRect(place, int(_WRAP), self._gloss).height() <= place.height():
            painter.drawText(place, int(_WRAP), self._gloss)
        elif place.height() >= metrics.height():
            elided(painter, place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, self._gloss)
