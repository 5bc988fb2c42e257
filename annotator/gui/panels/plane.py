"""What panels that show two scales as a plane have in common: axes, places, words, readouts."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from annotator.domain.corpus import Value
from annotator.domain.scheme import Item, Scheme
from annotator.domain.translation import tr
from annotator.gui.panels.answers import at_share, end_words, share_of
from annotator.gui.theme import GRID, RADIUS, current_theme
from annotator.gui.widgets.painting import box, elided, open_painter, scaled_font


def position(item: Item, value: Value) -> float | None:
    """Where a value lies, 0 at the left or the bottom; the pleasant and the excited end are right and up."""
    return None if value is None else share_of(item, item.oriented(float(value)))


def value_at(item: Item, place: float) -> Value:
    """The value at a place, as `position` counts."""
    return at_share(item, place if item.direction > 0 else 1.0 - place)


def axes(scheme: Scheme) -> tuple[Item, Item]:
    """The items across and upwards."""
    first, second = scheme.items
    return (second, first) if second.name == "valence" else (first, second)


def ends(item: Item) -> tuple[str, str]:
    """Anchors of the left or bottom and of the right or top end."""
    low, high = end_words(item)
    return (low, high) if item.direction > 0 else (high, low)


def corner_words(scheme: Scheme, across: Item, upwards: Item) -> tuple[str, str, str, str]:
    """Top left, top right, bottom left, bottom right."""
    if scheme.name == "affect-grid":
        # Russell, Weiss & Mendelsohn 1989 print these four words on the grid.
        return tr("stress"), tr("excitement"), tr("depression"), tr("relaxation")
    if (across.name, upwards.name) == ("valence", "arousal"):
        return tr("angry"), tr("happy"), tr("sad"), tr("calm")
    return "", "", "", ""


class Readout(QWidget):
    """Name and value of one item; framed while the next digit is for it."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title, self._value, self._expected = title, "", False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_value(self, value: str, *, expected: bool) -> None:
        """Shows a value; `expected` where the next key is for it."""
        self._value, self._expected = value, expected
        self.setAccessibleName(f"{self._title} {value}")
        self.update()

    def sizeHint(self) -> QSize:
        small, large = (
            QFontMetricsF(scaled_font(self.font(), 0.86)),
            QFontMetricsF(scaled_font(self.font(), 1.15, bold=True)),
        )
        width = (
            max(small.horizontalAdvance(self._title), large.horizontalAdvance(tr("cannot tell"))) + 3 * GRID
        )
        return QSize(round(width), round(small.height() + large.height()) + GRID + 4)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = current_theme()
        with open_painter(self) as painter:
            rect = QRectF(self.rect())
            box(
                painter,
                rect,
                theme.colour("accent_soft" if self._expected else "surface"),
                theme.colour("border"),
            )
            if self._expected:
                painter.setPen(QPen(theme.colour("accent"), 2))
                painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), RADIUS, RADIUS)
            inner = rect.adjusted(12, 6, -8, -6)
            painter.setFont(scaled_font(self.font(), 0.86))
            painter.setPen(theme.colour("muted"))
            elided(painter, inner, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, self._title)
            painter.setFont(scaled_font(self.font(), 1.15, bold=True))
            painter.setPen(theme.colour("text"))
            elided(painter, inner, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, self._value)
