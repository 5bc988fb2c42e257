"""Plots of the report on a training; the figures stand in a table beside each."""

from collections.abc import Sequence
from typing import Any

from annotator.app.report.drawing import WIDTH, marks, svg, text
from annotator.domain.translation import tr

_LABEL = 230
_ROW = 26
_RIGHT = 24


def rows(title: str, entries: Sequence[tuple[str, float | None, Sequence[float | None], bool]]) -> str:
    """One row for each (name, value, interval, whether it is the model itself): a dot, and a line for the interval."""
    known = [(name, value, ci, own) for name, value, ci, own in entries if value is not None]
    if not known:
        return ""
    ends: list[float] = [
        end for _, value, ci, _ in known for end in (value, *(e for e in ci if e is not None))
    ]
    low, high = min(0.0, *ends), max(max(ends), 0.05)

    def x(value: float) -> float:
        return _LABEL + (value - low) / (high - low) * (WIDTH - _LABEL - _RIGHT)

    bottom = _ROW * len(known) + 6
    parts = []
    for mark in marks(low, high):
        parts.append(f'<line class="grid" x1="{x(mark):.1f}" x2="{x(mark):.1f}" y1="2" y2="{bottom}"/>')
        parts.append(text(x(mark), bottom + 16, f"{mark:g}", "middle"))
    for n, (name, value, ci, own) in enumerate(known):
        y = _ROW * n + _ROW / 2 + 4
        parts.append(text(_LABEL - 12, y + 4, name, "end"))
        if ci and ci[0] is not None and ci[1] is not None:
            parts.append(f'<line class="mark" x1="{x(ci[0]):.1f}" x2="{x(ci[1]):.1f}" y1="{y}" y2="{y}"/>')
        parts.append(f'<circle class="{"dot" if own else "other"}" cx="{x(value):.1f}" cy="{y}" r="4.5"/>')
    listed = "; ".join(f"{name} {value:.3f}" for name, value, _, _ in known)
    return svg(title, listed, bottom + 24, parts)


def curve(title: str, points: Sequence[dict[str, Any]]) -> str:
    """The metric over the number of training segments, with its interval as a band."""
    known = [point for point in points if point["value"] is not None]
    if len(known) < 2:
        return ""
    height, left, foot = 240, 60, 50
    ends: list[float] = [e for p in known for e in (p["value"], *p["ci"]) if e is not None]
    low, high = min(0.0, *ends), max(ends) * 1.05
    most: float = max(point["n_train"] for point in known)

    def x(size: float) -> float:
        return left + size / most * (WIDTH - left - _RIGHT)

    def y(value: float) -> float:
        return 10 + (1 - (value - low) / (high - low)) * (height - foot - 10)

    parts = []
    for mark in marks(low, high):
        parts.append(
            f'<line class="grid" x1="{left}" x2="{WIDTH - _RIGHT}" y1="{y(mark):.1f}" y2="{y(mark):.1f}"/>'
        )
        parts.append(text(left - 8, y(mark) + 4, f"{mark:g}", "end"))
    banded = [point for point in known if point["ci"][0] is not None]
    if len(banded) > 1:
        upper = [f"{x(p['n_train']):.1f},{y(p['ci'][1]):.1f}" for p in banded]
        lower = [f"{x(p['n_train']):.1f},{y(p['ci'][0]):.1f}" for p in reversed(banded)]
        parts.append(f'<polygon class="band" points="{" ".join(upper + lower)}"/>')
    line = " ".join(f"{x(p['n_train']):.1f},{y(p['value']):.1f}" for p in known)
    parts.append(f'<polyline class="mark" fill="none" points="{line}"/>')
    for p in known:
        parts.append(f'<circle class="dot" cx="{x(p["n_train"]):.1f}" cy="{y(p["value"]):.1f}" r="4"/>')
        parts.append(text(x(p["n_train"]), height - 28, f"{p['n_train']:.0f}", "middle"))
    parts.append(text(WIDTH / 2, height - 6, tr("segments trained on"), "middle"))
    listed = "; ".join(f"{p['n_train']:.0f}: {p['value']:.3f}" for p in known)
    return svg(title, listed, height, parts)


def confusion(title: str, labels: Sequence[str], matrix: Sequence[Sequence[int]]) -> str:
    """Counts in a grid, the share of each row as shade."""
    cell, left, top = 62, 150, 30
    width = left + cell * len(labels) + 10
    parts = []
    for column, label in enumerate(labels):
        parts.append(text(left + cell * (column + 0.5), top - 10, _short(label), "middle"))
    for row, (label, counts) in enumerate(zip(labels, matrix, strict=True)):
        parts.append(text(left - 10, top + cell * (row + 0.5) + 4, label, "end"))
        total = sum(counts)
        for column, count in enumerate(counts):
            share = count / total if total else 0.0
            x, y = left + cell * column, top + cell * row
            parts.append(
                f'<rect x="{x + 1}" y="{y + 1}" width="{cell - 2}" height="{cell - 2}" rx="3"'
                f' style="fill:rgba(var(--accent-rgb),{0.06 + 0.6 * share:.2f})"/>'
            )
            parts.append(text(x + cell / 2, y + cell / 2 + 4, str(count), "middle"))
    told = tr("Rows: what people said; columns: what the model said.")
    return svg(title, told, top + cell * len(labels) + 8, parts, width=width)


def _short(label: str) -> str:
    return label if len(label) <= 9 else f"{label[:8]}…"
