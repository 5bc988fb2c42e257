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
    return (
        f'<div class="wide"><table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table></div>"
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


def write_whole(path: Path, title: str, head: str, body: str) -> None:
    """Writes a page that needs nothing else, whole or not at all; `head` stands below the title."""
    page = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title><style>{STYLE}</style></head><body>
<header><h1>{escape(title)}</h1>{head}</header>
<main>{body}</main>
<footer><p>{escape(tr("Made by Annotator. This page is one file and needs no network."))}</p></footer></body></html>
"""
    with written_aside(path) as aside:
        aside.write_text(page, encoding="utf-8")
