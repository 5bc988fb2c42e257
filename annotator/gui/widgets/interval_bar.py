"""IntervalBar: a coefficient with its interval, over the bands that convention gives names to."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from annotator.domain.translation import tr
from annotator.gui.numbers import number
from annotator.gui.theme import current_theme, mix
from annotator.gui.widgets.painting import box, elided, open_painter, scaled_font

_LOW, _HIGH = -0.2, 1.0
_BAND, _LABELS = 20, 20


@dataclass(frozen=True)
class Bands:
    """Names for ranges of a coefficient: band i lies below `limits[i]`, the last one above all of them."""

    source: str
    names: tuple[str, ...]
    limits: tuple[float, ...]

    def name_of(self, value: float) -> str:
        """Name of the band that holds `value`; a limit itself belongs to the band below it, 0 to the one above.

        >>> landis_koch().name_of(0.6), landis_koch().name_of(0.61), landis_koch().name_of(0.0)
        ('moderate', 'substantial', 'slight')
        """
        above = (value > limit or value == limit == 0 for limit in self.limits)
        return self.names[sum(above)]


def landis_koch() -> Bands:
    """Landis & Koch 1977, Biometrics 33(1):159-174: for kappa; a convention, not a test."""
    names = (tr("poor"), tr("slight"), tr("fair"), tr("moderate"), tr("substantial"), tr("almost perfect"))
    return Bands(tr("bands: Landis & Koch 1977"), names, (0.0, 0.2, 0.4, 0.6, 0.8))


def koo_li() -> Bands:
    """Koo & Li 2016, Journal of Chiropractic Medicine 15(2):155-163: for intraclass correlations."""
    names = (tr("poor"), tr("moderate"), tr("good"), tr("excellent"))
    return Bands(tr("bands: Koo & Li 2016"), names, (0.5, 0.75, 0.9))


class IntervalBar(QWidget):
    """A marker for the value and a bar for its interval on an axis from -0.2 to 1 with the bands behind."""

    def __init__(self, label: str, bands: Bands | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = label
        self._bands = bands or landis_koch()
        self._value: float | None = None
        self._interval: tuple[float, float] | None = None
        self._reason = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_value(None, reason=tr("not computed yet"))

    def set_value(
        self, value: float | None, interval: tuple[float, float] | None = None, *, reason: str = ""
    ) -> None:
        """Shows a value with its interval, or, where `value` is None, the reason why there is none."""
        self._value, self._interval, self._reason = value, interval, reason
        self.setAccessibleName(f"{self._label}: {self.text()}")
        self.setToolTip(f"{self.text()}\n{self._bands.source}")
        self.update()

    def text(self) -> str:
        """Value, interval and band in words."""
        if self._value is None:
            return tr("undefined: {reason}", reason=self._reason)
        band = self._bands.name_of(self._value)
        if self._interval is None:
            return tr("{value}, {band}", value=number(self._value), band=band)
        low, high = map(number, self._interval)
        return tr("{value} [{low}, {high}], {band}", value=number(self._value), low=low, high=high, band=band)

    def sizeHint(self) -> QSize:
        return QSize(440, round(QFontMetricsF(self.font()).height()) + 6 + _BAND + _LABELS)

    def minimumSizeHint(self) -> QSize:
        return QSize(280, self.sizeHint().height())

    def _axis(self) -> QRectF:
        # 8 px on both sides: room for a marker at either end.
        top = QFontMetricsF(self.font()).height() + 6
        return QRectF(8, top, self.width() - 16, _BAND)

    def _x(self, value: float) -> float:
        axis = self._axis()
        return axis.left() + axis.width() * (min(max(value, _LOW), _HIGH) - _LOW) / (_HIGH - _LOW)

    def paintEvent(self, _event: QPaintEvent) -> None:
        axis = self._axis()
        with open_painter(self) as painter:
            self._paint_head(painter, axis)
            self._paint_bands(painter, axis)
            if self._value is not None:
                self._paint_value(painter, axis, self._value)

    def _paint_head(self, painter: QPainter, axis: QRectF) -> None:
        theme = current_theme()
        line = QRectF(axis.left(), 0, axis.width(), axis.top() - 6)
        text = self.text()
        width = min(QFontMetricsF(self.font()).horizontalAdvance(text) + 2, axis.width() * 0.7)
        right = QRectF(line.right() - width, 0, width, line.height())
        left = QRectF(line.left(), 0, line.width() - width - 8, line.height())
        painter.setPen(theme.colour("text"))
        elided(painter, left, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self._label)
        painter.setPen(theme.colour("muted" if self._value is None else "text"))
        elided(painter, right, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_bands(self, painter: QPainter, axis: QRectF) -> None:
        theme = current_theme()
        edges = (_LOW, *self._bands.limits, _HIGH)
        painter.setFont(scaled_font(self.font(), 0.76))
        metrics = QFontMetricsF(painter.font())
        for n, name in enumerate(self._bands.names):
            left, right = self._x(edges[n]), self._x(edges[n + 1])
            shade = mix(
                theme.colour("sunken"), theme.colour("accent"), 0.08 + 0.40 * n / len(self._bands.names)
            )
            box(
                painter,
                QRectF(left + 0.5, axis.top() + 4, right - left - 1, axis.height() - 8),
                shade,
                radius=2,
            )
            place = QRectF(left, axis.bottom(), right - left, _LABELS)
            current = self._value is not None and self._bands.name_of(self._value) == name
            painter.setPen(theme.colour("text" if current else "muted"))
            if metrics.horizontalAdvance(name) <= place.width():
                painter.drawText(place, Qt.AlignmentFlag.AlignCenter, name)
            elif current:
                elided(painter, place, Qt.AlignmentFlag.AlignCenter, name)

    def _paint_value(self, painter: QPainter, axis: QRectF, value: float) -> None:
        theme = current_theme()
        middle, x = axis.center().y(), self._x(value)
        painter.setPen(QPen(theme.colour("text"), 2))
        if self._interval is not None:
            low, high = (self._x(end) for end in self._interval)
            painter.drawLine(QPointF(low, middle), QPointF(high, middle))
            for end in (low, high):
                painter.drawLine(QPointF(end, middle - 5), QPointF(end, middle + 5))
        painter.setPen(QPen(theme.colour("surface"), 2))
        painter.setBrush(theme.colour("accent"))
        if value < _LOW:
            # Off the axis: an arrow head says that the true place lies further left.
            tip = QPolygonF([QPointF(x - 8, middle), QPointF(x + 4, middle - 7), QPointF(x + 4, middle + 7)])
            painter.drawPolygon(tip)
        else:
            painter.drawEllipse(QPointF(x, middle), 7, 7)
