"""The ladder: the model on one axis with what needs no learning, what a leaky split claims, and what people reach."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QHelpEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from annotator.domain.translation import tr
from annotator.gui.theme import GRID, current_theme, mix
from annotator.gui.train.wording import Metric, estimate, reference
from annotator.gui.widgets.axis import step, ticks
from annotator.gui.widgets.painting import announce, box, elided, open_painter, scaled_font
from annotator.learning.evaluate import Evaluation

_TRACK = 12.0
_LEADER = 14.0
_WIDEST = 24.0 * GRID


@dataclass(frozen=True, slots=True)
class Rung:
    """One mark on the axis: its name, value and interval, what it means, and how it is drawn."""

    key: str
    name: str
    value: float
    figure: str
    meaning: str
    above: bool = False
    interval: tuple[float, float] | None = None


def spread(
    centres: Sequence[float], widths: Sequence[float], low: float, high: float, gap: float
) -> list[float]:
    """Centres of labels that do not overlap, as near as can be to the wanted ones (least squares), in their order.

    Overlapping neighbours are merged into blocks that are placed at the mean of what their members want (pool
    adjacent violators); blocks are then kept within [low, high]. Where the labels do not fit, they start at `low`.

    >>> spread([10.0, 12.0, 50.0], [10.0, 10.0, 10.0], 0.0, 100.0, 0.0)
    [6.0, 16.0, 50.0]
    """
    order = sorted(range(len(centres)), key=lambda n: (centres[n], n))
    # Subtracting what stands left of each label turns "do not overlap" into "do not decrease".
    offsets: list[float] = []
    used = 0.0
    for n in order:
        offsets.append(used + widths[n] / 2)
        used += widths[n] + gap
    blocks: list[tuple[float, int]] = []  # mean of the wanted left edges, number of labels
    for place, n in enumerate(order):
        mean, count = centres[n] - offsets[place], 1
        while blocks and blocks[-1][0] > mean:
            before, size = blocks.pop()
            mean, count = (before * size + mean * count) / (size + count), size + count
        blocks.append((mean, count))
    room = max(low, high - (used - gap)) if order else low
    edges = [min(max(mean, low), room) for mean, count in blocks for _ in range(count)]
    result = [0.0] * len(centres)
    for place, n in enumerate(order):
        result[n] = edges[place] + offsets[place]
    return result


def rungs(evaluation: Evaluation, metric: Metric) -> tuple[list[Rung], list[tuple[str, str]]]:
    """The marks that have a value, and name and reason of those that have none."""
    value, interval, reason = estimate(evaluation, metric)
    numeric = evaluation.task in ("regression", "shares")
    names = {
        "chance": (tr("Guessing"), tr("Guessing by the shares of the training data.")),
        "majority": (
            (tr("Always the mean"), tr("Always the mean of the training data."))
            if numeric
            else (tr("Majority"), tr("Always the most frequent class of the training data."))
        ),
        "leaky": (
            tr("Leaky random split"),
            tr("The same model on random folds that ignore the groups: what a careless split would have claimed."),
        ),
        "people": (
            tr("One person"),
            tr("One person against what the others say: a model can hardly agree with people better."),
        ),
    }  # fmt: skip
    entries = {
        "chance": evaluation.chance,
        "majority": evaluation.majority,
        "leaky": evaluation.ungrouped,
        "people": evaluation.human_ceiling,
    }
    found: list[Rung] = []
    missing: list[tuple[str, str]] = []
    model = tr("This model")
    if value is None:
        missing.append((model, reason))
    else:
        meaning = tr("The model on the parts it was not trained on.")
        if interval is not None:
            meaning += " " + tr("95 % interval over groups: {span}.", span=metric.span(interval))
        found.append(Rung("model", model, value, metric.text(value), meaning, above=True, interval=interval))
    for key, entry in entries.items():
        other, why = reference(entry, metric)
        name, meaning = names[key]
        if other is None:
            missing.append((name, why))
        else:
            found.append(Rung(key, name, other, metric.text(other), meaning, above=key == "people"))
    return found, missing


class Ladder(QWidget):
    """One axis, worse to the left. Model and people are written above it, what they are held against below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("The model between guessing and people"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self._rungs: list[Rung] = []
        self._metric: Metric | None = None
        self._low, self._high = 0.0, 1.0

    def show_evaluation(self, evaluation: Evaluation, metric: Metric) -> None:
        """Shows one metric of an evaluation."""
        self._rungs, _ = rungs(evaluation, metric)
        self._metric = metric
        self._low, self._high = _axis(self._rungs, metric)
        announce(self, "; ".join(f"{rung.name} {rung.figure}" for rung in self._rungs))
        self.update()

    # Geometry

    def _lines(self) -> tuple[float, float]:
        """Heights of a label's name and of its figure."""
        small = QFontMetricsF(scaled_font(self.font(), 0.86)).height()
        return small, QFontMetricsF(scaled_font(self.font(), 1.1, bold=True)).height()

    def _label_height(self) -> float:
        return sum(self._lines()) + 2

    def _ticks_height(self) -> float:
        return QFontMetricsF(scaled_font(self.font(), 0.76)).height() + 4

    def sizeHint(self) -> QSize:
        height = 2 * (self._label_height() + _LEADER) + _TRACK + self._ticks_height()
        return QSize(80 * GRID, math.ceil(height) + 4)

    def minimumSizeHint(self) -> QSize:
        return QSize(44 * GRID, self.sizeHint().height())

    def _track(self) -> QRectF:
        # The marks at either end reach over it.
        return QRectF(GRID, self._label_height() + _LEADER, self.width() - 2 * GRID, _TRACK)

    def _x(self, value: float) -> float:
        track = self._track()
        share = (min(max(value, min(self._low, self._high)), max(self._low, self._high)) - self._low) / (
            self._high - self._low
        )
        return track.left() + track.width() * share

    def _ticks(self) -> list[float]:
        low, high = sorted((self._low, self._high))
        return ticks(low, high, 0.25 if self._metric.larger_is_better else 0.0)

    def _label_width(self, rung: Rung) -> float:
        name = QFontMetricsF(scaled_font(self.font(), 0.86)).horizontalAdvance(rung.name)
        figure = QFontMetricsF(scaled_font(self.font(), 1.1, bold=True)).horizontalAdvance(rung.figure)
        return min(max(name, figure), _WIDEST) + 4

    def labels(self) -> list[tuple[Rung, QRectF]]:
        """Every mark with the place of its label; no two overlap as long as the chart is wide enough for them."""
        track = self._track()
        height = self._label_height()
        placed: list[tuple[Rung, QRectF]] = []
        for above in (True, False):
            row = [rung for rung in self._rungs if rung.above is above]
            widths = [self._label_width(rung) for rung in row]
            top = 0.0 if above else track.bottom() + self._ticks_height() + _LEADER
            centres = spread([self._x(rung.value) for rung in row], widths, 0.0, self.width(), 1.5 * GRID)
            for rung, centre, width in zip(row, centres, widths, strict=True):
                placed.append((rung, QRectF(centre - width / 2, top, width, height)))
        return placed

    # What the marks mean

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            self._show_tip(event)
            return True
        return super().event(event)

    def _show_tip(self, event: QHelpEvent) -> None:
        point = QPointF(event.pos())
        track = self._track()
        hit = next((rung for rung, place in self.labels() if place.contains(point)), None)
        if hit is None and self._rungs and track.top() - 6 <= point.y() <= track.bottom() + 6:
            near = min(self._rungs, key=lambda rung: abs(self._x(rung.value) - point.x()))
            hit = near if abs(self._x(near.value) - point.x()) < 12 else None
        QToolTip.showText(event.globalPos(), f"{hit.name}: {hit.figure}\n{hit.meaning}" if hit else "", self)

    # Painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._metric is None:
            return
        labels = self.labels()
        with open_painter(self) as painter:
            self._paint_track(painter)
            self._paint_ticks(painter, labels)
            for rung, place in labels:
                self._paint_leader(painter, rung, place)
            for rung, place in labels:
                self._paint_label(painter, rung, place)
            for rung in sorted(self._rungs, key=_depth):
                self._paint_mark(painter, rung)

    def _paint_track(self, painter: QPainter) -> None:
        theme = current_theme()
        track = self._track()
        box(painter, track, theme.colour("sunken"), theme.colour("border"), radius=_TRACK / 2)
        model = next((rung for rung in self._rungs if rung.key == "model"), None)
        if model is None:
            return
        if model.interval is not None:
            left, right = sorted((self._x(model.interval[0]), self._x(model.interval[1])))
            soft = mix(theme.colour("sunken"), theme.colour("accent"), 0.45)
            box(
                painter,
                QRectF(left, track.top(), max(right - left, 4), track.height()),
                soft,
                radius=_TRACK / 2,
            )

    def _paint_ticks(self, painter: QPainter, labels: Sequence[tuple[Rung, QRectF]]) -> None:
        """Figures of the axis, left out where a leader passes."""
        theme = current_theme()
        track = self._track()
        painter.setFont(scaled_font(self.font(), 0.76))
        metrics = QFontMetricsF(painter.font())
        taken = [self._x(rung.value) for rung, _ in labels if not rung.above]
        for value in self._ticks():
            x = self._x(value)
            text = self._metric.text(value)
            half = metrics.horizontalAdvance(text) / 2
            painter.setPen(QPen(theme.colour("border"), 1))
            painter.drawLine(QPointF(x, track.bottom()), QPointF(x, track.bottom() + 3))
            if any(abs(x - other) < half + 5 for other in taken):
                continue
            centre = min(max(x, half), self.width() - half)
            place = QRectF(centre - half - 1, track.bottom() + 3, 2 * half + 2, self._ticks_height())
            painter.setPen(theme.colour("muted"))
            painter.drawText(place, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, text)

    def _paint_leader(self, painter: QPainter, rung: Rung, place: QRectF) -> None:
        track = self._track()
        x, centre = self._x(rung.value), place.center().x()
        painter.setPen(QPen(current_theme().colour("outline"), 1))
        if rung.above:
            points = [
                QPointF(x, track.top()),
                QPointF(x, track.top() - 5),
                QPointF(centre, place.bottom() + 1),
            ]
        else:
            knee = track.bottom() + self._ticks_height()
            points = [QPointF(x, track.bottom()), QPointF(x, knee), QPointF(centre, place.top() - 1)]
        painter.drawPolyline(QPolygonF(points))

    def _paint_label(self, painter: QPainter, rung: Rung, place: QRectF) -> None:
        theme = current_theme()
        small, large = self._lines()
        painter.setFont(scaled_font(self.font(), 0.86))
        painter.setPen(theme.colour("muted"))
        elided(
            painter,
            QRectF(place.left(), place.top(), place.width(), small),
            Qt.AlignmentFlag.AlignCenter,
            rung.name,
        )
        painter.setFont(scaled_font(self.font(), 1.1, bold=True))
        painter.setPen(_ink(rung.key))
        figure = QRectF(place.left(), place.top() + small, place.width(), large)
        painter.drawText(figure, Qt.AlignmentFlag.AlignCenter, rung.figure)

    def _paint_mark(self, painter: QPainter, rung: Rung) -> None:
        """Shape and colour differ, so that either is enough to tell the marks apart."""
        theme = current_theme()
        x, y = self._x(rung.value), self._track().center().y()
        painter.setPen(QPen(theme.colour("surface"), 2))
        painter.setBrush(_ink(rung.key))
        if rung.key == "model":
            painter.drawEllipse(QPointF(x, y), 9, 9)
        elif rung.key == "people":
            painter.drawPolygon(
                QPolygonF([QPointF(x, y + 8), QPointF(x - 8.5, y - 7), QPointF(x + 8.5, y - 7)])
            )
        elif rung.key == "leaky":
            painter.drawPolygon(
                QPolygonF([QPointF(x - 10, y), QPointF(x, y - 10), QPointF(x + 10, y), QPointF(x, y + 10)])
            )
        elif rung.key == "majority":
            painter.setPen(QPen(theme.colour("surface"), 1))
            painter.drawRoundedRect(QRectF(x - 4.5, y - 4.5, 9, 9), 1.5, 1.5)
        else:
            # A ring, so that a majority that does no better than guessing is seen within it.
            painter.setPen(QPen(_ink(rung.key), 2))
            painter.setBrush(theme.colour("surface"))
            painter.drawEllipse(QPointF(x, y), 7, 7)


def _ink(key: str) -> QColor:
    theme = current_theme()
    return theme.colour({"model": "accent", "people": "positive", "leaky": "warning"}.get(key, "muted"))


def _depth(rung: Rung) -> int:
    """Order of painting: large marks first, so that small ones at the same place are seen; the model above all."""
    return {"chance": 0, "majority": 2, "model": 3}.get(rung.key, 1)


def _axis(found: Sequence[Rung], metric: Metric) -> tuple[float, float]:
    """Ends of the axis, the worse one first: 0 to 1 with room for what is below 0; errors from large down to 0."""
    values = [rung.value for rung in found]
    values += [end for rung in found if rung.interval for end in rung.interval]
    if not metric.larger_is_better:
        largest = max(values, default=0.0)
        return math.ceil(largest / step(largest)) * step(largest) or 1.0, 0.0
    return min(0.0, math.floor(min(values, default=0.0) * 10) / 10), 1.0
