"""Lines, text and frames of the plots: inline SVG without script, font or picture file."""

from collections.abc import Iterator, Sequence
from html import escape

WIDTH = 680


def marks(low: float, high: float) -> Iterator[float]:
    """Round numbers from low to high, four to eight of them."""
    span = high - low
    step = next(
        (s for s in (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0) if span / s <= 7), span / 5
    )
    mark = step * -(-low // step)
    while mark <= high + 1e-9:
        yield round(mark, 6) + 0.0
        mark += step


def text(x: float, y: float, words: str, anchor: str) -> str:
    """Words at a place; `anchor` is start, middle or end."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def svg(title: str, description: str, height: float, parts: Sequence[str], width: int = WIDTH) -> str:
    """A figure with its title below it and a description for screen readers."""
    label = escape(f"{title}. {description}", quote=True)
    return (
        f'<figure><svg role="img" aria-label="{label}" viewBox="0 0 {width} {height:.0f}"'
        f' style="max-width:{width}px">{"".join(parts)}</svg>'
        f"<figcaption>{escape(title)}</figcaption></figure>"
    )
