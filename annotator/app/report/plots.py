"""Plots of the report as inline SVG: no script, no font, no picture file.

Colours are custom properties of the page, so that one drawing serves light, dark and paper. Every plot has a title and
a description for screen readers; the figures stand in a table beside it.
"""

from collections.abc import Sequence
from html import escape

from annotator.agreement.coefficient import Coefficient
from annotator.agreement.planning import Outlook
from annotator.app.agreement import RaterPlace
from annotator.app.report.drawing import WIDTH as _WIDTH
from annotator.app.report.drawing import marks as _marks
from annotator.app.report.drawing import svg as _svg
from annotator.app.report.drawing import text as _text
from annotator.domain.scheme import Item
from annotator.domain.translation import tr

_LABEL = 280
_ROW = 26
_LONGEST_NAME = 22


def forest(coefficients: Sequence[Coefficient], titles: Sequence[str], what: str) -> str:
    """One row per coefficient that has a value: the value as a dot, its interval as a line."""
    rows = [(title, c) for title, c in zip(titles, coefficients, strict=True) if c.value is not None]
    if not rows:
        return ""
    ends = [end for _, c in rows for end in (c.value or 0.0, *(c.ci or ()))]
    low, high = min(0.0, *ends), max(1.0, *ends)
    low = max(low, -1.0)

    def x(value: float) -> float:
        share = (min(max(value, low), high) - low) / (high - low)
        return _LABEL + float(share) * (_WIDTH - _LABEL - 20)

    bottom = _ROW * len(rows) + 6
    parts = []
    for mark in _marks(low, high):
        parts.append(f'<line class="grid" x1="{x(mark):.1f}" x2="{x(mark):.1f}" y1="2" y2="{bottom}"/>')
        parts.append(_text(x(mark), bottom + 16, f"{mark:g}", "middle"))
    for n, (title, c) in enumerate(rows):
        y = _ROW * n + _ROW / 2 + 4
        parts.append(_text(_LABEL - 12, y + 4, title, "end"))
        if c.ci:
            parts.append(
                f'<line class="mark" x1="{x(c.ci[0]):.1f}" x2="{x(c.ci[1]):.1f}" y1="{y}" y2="{y}"/>'
            )
        parts.append(f'<circle class="dot" cx="{x(c.value or 0.0):.1f}" cy="{y}" r="4.5"/>')
    title = tr("Coefficients of {what} with their 95 % intervals", what=what)
    return _svg(title, tr("The same figures stand in the table below."), bottom + 24, parts)


def shares(prevalence: dict[str, float], what: str) -> str:
    """The share of each category as a bar."""
    most = max(prevalence.values(), default=0.0) or 1.0
    parts = []
    for n, (name, share) in enumerate(prevalence.items()):
        y = _ROW * n + 4
        width = share / most * (_WIDTH - _LABEL - 70)
        parts.append(_text(_LABEL - 12, y + 14, name, "end"))
        parts.append(
            f'<rect class="bar" x="{_LABEL}" y="{y}" width="{width:.1f}" height="{_ROW - 8}" rx="2"/>'
        )
        parts.append(_text(_LABEL + width + 6, y + 14, tr("{percent:.1f} %", percent=100 * share), "start"))
    listed = "; ".join(tr("{name} {percent:.1f} %", name=n, percent=100 * s) for n, s in prevalence.items())
    return _svg(tr("Share of each answer to {what}", what=what), listed, _ROW * len(prevalence) + 8, parts)


def outlook_curve(points: Sequence[Outlook], what: str) -> str:
    """Expected width of the interval against the number of raters."""
    height, left, right = 190, 60, 20
    top = max(point.width for point in points) * 1.05

    def x(raters: float) -> float:
        return left + (raters - 2) / 8 * (_WIDTH - left - right)

    def y(width: float) -> float:
        return 10 + (1 - width / top) * (height - 50)

    parts = []
    for mark in _marks(0.0, top):
        parts.append(
            f'<line class="grid" x1="{left}" x2="{_WIDTH - right}" y1="{y(mark):.1f}" y2="{y(mark):.1f}"/>'
        )
        parts.append(_text(left - 8, y(mark) + 4, f"{mark:g}", "end"))
    line = " ".join(f"{x(p.raters):.1f},{y(p.width):.1f}" for p in points)
    parts.append(f'<polyline class="mark" fill="none" points="{line}"/>')
    for p in points:
        parts.append(f'<circle class="dot" cx="{x(p.raters):.1f}" cy="{y(p.width):.1f}" r="4"/>')
        parts.append(_text(x(p.raters), height - 22, str(p.raters), "middle"))
    parts.append(_text(_WIDTH / 2, height - 4, tr("raters per segment"), "middle"))
    listed = "; ".join(tr("{raters} raters: {width:.3f}", raters=p.raters, width=p.width) for p in points)
    return _svg(tr("Expected width of the 95 % interval of {what}", what=what), listed, height, parts)


def plane(places: Sequence[RaterPlace], across: Item, upwards: Item) -> str:
    """Where each rater's answers lie: means as dots, standard deviations as ellipses."""
    size, pad = 360, 46

    def scale(item: Item, value: float) -> float:
        return (item.oriented(value) - item.minimum) / (item.maximum - item.minimum) * (size - 2 * pad)

    def length(item: Item, value: float) -> float:
        return value / (item.maximum - item.minimum) * (size - 2 * pad)

    middle = size / 2
    parts = [
        f'<rect class="frame" x="{pad}" y="{pad}" width="{size - 2 * pad}" height="{size - 2 * pad}"/>',
        f'<line class="grid" x1="{middle}" x2="{middle}" y1="{pad}" y2="{size - pad}"/>',
        f'<line class="grid" x1="{pad}" x2="{size - pad}" y1="{middle}" y2="{middle}"/>',
        _text(middle, size - 14, across.title or across.name, "middle"),
        f'<text transform="translate(18 {middle}) rotate(-90)" text-anchor="middle">'
        f"{escape(upwards.title or upwards.name)}</text>",
    ]
    for place in places:
        cx = pad + scale(across, place.mean[0])
        cy = size - pad - scale(upwards, place.mean[1])
        if place.spread is not None:
            rx, ry = length(across, place.spread[0]), length(upwards, place.spread[1])
            parts.append(f'<ellipse class="halo" cx="{cx:.1f}" cy="{cy:.1f}" rx="{rx:.1f}" ry="{ry:.1f}"/>')
        parts.append(f'<circle class="dot" cx="{cx:.1f}" cy="{cy:.1f}" r="4.5"/>')
        left = cx > middle  # the name stands on the side where there is more room
        parts.append(
            _text(cx - 7 if left else cx + 7, cy - 6, _shortened(place.rater), "end" if left else "start")
        )
    listed = "; ".join(
        tr("{rater}: {x:.2f}, {y:.2f}", rater=p.rater, x=p.mean[0], y=p.mean[1]) for p in places
    )
    title = tr("Mean answer of each rater; the ellipse is one standard deviation")
    return _svg(title, listed, size, parts, width=size)


def _shortened(name: str) -> str:
    """A name that fits into half a plot; the table has it in full."""
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
