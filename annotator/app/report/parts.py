"""Pieces of the pages: tables, lists, figures."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape


def table(
    caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]], numeric: Sequence[int] = ()
) -> str:
    """A table with its caption; the columns of numbers (by position) to the right."""
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
    """A list."""
    mark = f' class="{kind}"' if kind else ""
    return f"<ul{mark}>{''.join(f'<li>{escape(text)}</li>' for text in entries)}</ul>"


def number(value: float | None, digits: int = 3) -> str:
    """A figure, a dash where it is undefined."""
    return "-" if value is None else f"{value:.{digits}f}"
