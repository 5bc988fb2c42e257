"""Pieces that all reports are put together from: tables, lists, figures, and the page around them."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path

from annotator.app.report.style import STYLE
from annotator.audio.aside import written_aside
from annotator.domain.translation import tr


def table(
    caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]], numeric: Sequence[int] = ()
) -> str:
    """A table with its caption; the first cell of each row is its heading, `numeric` columns stand to the right."""
    kinds: Mapping[int, str] = dict.fromkeys(numeric, ' class="n"')
    head = "".join(f'<th scope="col"{kinds.get(n, "")}>{escape(text)}</th>' for n, text in enumerate(heads))
    body = []
    for row in rows:
        first, *others = row
        cells = "".join(f"<td{kinds.get(n, '')}>{escape(text)}</td>" for n, text in enumerate(others, 1))
        body.append(f'<tr><th scope="row"{kinds.get(0, "")}>{escape(first)}</th>{cells}</tr>')
    return framed(caption, head, body)


def framed(caption: str, head: str, body: Sequence[str]) -> str:
    """A table in a frame that scrolls sideways in a narrow window, by keyboard too."""
    name = escape(caption, quote=True)
    return (
        f'<div class="wide" role="region" tabindex="0" aria-label="{name}"><table><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"
    )


def bullets(entries: Iterable[str], kind: str = "") -> str:
    """A list; `kind` is its class in the style."""
    mark = f' class="{kind}"' if kind else ""
    return f"<ul{mark}>{''.join(f'<li>{escape(text)}</li>' for text in entries)}</ul>"


def number(value: float | None, digits: int = 3) -> str:
    """A figure for people: fixed digits, or a dash where it is undefined."""
    return "-" if value is None else f"{value:.{digits}f}"


def paragraph(text: str, kind: str = "") -> str:
    """A paragraph of plain text."""
    mark = f' class="{kind}"' if kind else ""
    return f"<p{mark}>{escape(text)}</p>" if text else ""


def quoted(text: str) -> str:
    """A paragraph set apart, to be copied."""
    return f"<blockquote>{paragraph(text)}</blockquote>"


def interval(ends: Sequence[float | None] | None) -> str:
    """A 95 % interval for people, or a dash where there is none.

    >>> interval((0.1, 0.25)), interval((None, None))
    ('0.100 .. 0.250', '-')
    """
    if ends is None or ends[0] is None or ends[1] is None:
        return "-"
    return f"{ends[0]:.3f} .. {ends[1]:.3f}"


def section(anchor: str, title: str, body: str) -> str:
    """A part of the page under its heading; nothing where it would be empty."""
    return f'<section id="{anchor}"><h2>{escape(title)}</h2>{body}</section>' if body else ""


def contents(sections: Iterable[tuple[str, str]]) -> str:
    """Links to sections, each an anchor and its title."""
    links = "".join(f'<li><a href="#{anchor}">{escape(title)}</a></li>' for anchor, title in sections)
    return f'<nav aria-label="{escape(tr("Contents"), quote=True)}"><ul>{links}</ul></nav>'


def whole(title: str, head: str, body: str) -> str:
    """A page that needs nothing else; `head` stands below the title."""
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title><style>{STYLE}</style></head><body>
<header><h1>{escape(title)}</h1>{head}</header>
<main>{body}</main>
<footer><p>{escape(tr("Made by Annotator. This page is one file and needs no network."))}</p></footer></body></html>
"""


def write_whole(path: Path, title: str, head: str, body: str) -> None:
    """Writes such a page, whole or not at all."""
    with written_aside(path) as aside:
        aside.write_text(whole(title, head, body), encoding="utf-8")
