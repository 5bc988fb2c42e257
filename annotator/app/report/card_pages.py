"""The data card as Markdown and as one HTML page that needs nothing else."""

import re
from html import escape

from annotator.app.report import methods, plots
from annotator.app.report.data_card import Balance, Block, Card, Figures, Reliability
from annotator.app.report.html import bullets, table
from annotator.app.report.style import STYLE

_BAR = 24


def markdown(card: Card) -> str:
    """`README.md`: the plots as bars of characters."""
    lines = ["---", *card.front_matter, "---", ""] if card.front_matter else []
    lines += [f"# {card.title}", "", card.lead]
    for section in card.sections:
        lines += ["", f"## {section.title}"]
        for block in section.blocks:
            text = _markdown(block)
            lines += ["", text] if text else []
    return "\n".join(lines) + "\n"


def _markdown(block: Block) -> str:
    if isinstance(block, str):
        return block
    if isinstance(block, tuple):
        return "\n".join(f"- {text}" for text in block)
    if isinstance(block, Figures):
        return _markdown_table(block)
    if isinstance(block, Balance):
        most = max(block.counts.values())
        rows = [[name, str(n), "█" * round(_BAR * n / most)] for name, n in block.counts.items()]
        return _markdown_table(Figures(f"Balance of {block.item}", [block.item, "segments", ""], rows, (1,)))
    return ""  # the coefficients stand in the table of agreement


def _markdown_table(figures: Figures) -> str:
    marks = ["---:" if n in figures.numeric else "---" for n in range(len(figures.heads))]
    rows = [figures.heads, marks, *figures.rows]
    cells = (" | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) for row in rows)
    return f"*{figures.caption}*\n\n" + "\n".join(f"| {row} |" for row in cells)


def page(card: Card) -> str:
    """`README.html`: light, dark or on paper, with the plots as inline SVG."""
    body = []
    for n, section in enumerate(card.sections):
        body.append(f'<section id="s{n}"><h2>{escape(section.title)}</h2>')
        body += [_html(block) for block in section.blocks]
        body.append("</section>")
    links = "".join(f'<li><a href="#s{n}">{escape(s.title)}</a></li>' for n, s in enumerate(card.sections))
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(card.title)}</title><style>{STYLE}</style></head><body>
<header><h1>{escape(card.title)}</h1><p>{escape(card.lead)}</p>
<nav aria-label="Contents"><ul>{links}</ul></nav></header>
<main>{"".join(body)}</main>
<footer><p>Made by Annotator. This page is one file and needs no network.</p></footer></body></html>
"""


def _html(block: Block) -> str:
    if isinstance(block, str):
        return _paragraph(block)
    if isinstance(block, tuple):
        return bullets(block)
    if isinstance(block, Figures):
        return table(block.caption, block.heads, block.rows, block.numeric)
    if isinstance(block, Balance):
        total = sum(block.counts.values())
        shares = {f"{name} ({n})": n / total for name, n in block.counts.items()}
        return plots.shares(shares, block.item)
    return _reliability(block)


def _reliability(block: Reliability) -> str:
    return plots.forest(block.coefficients, methods.titles(block.coefficients), block.item)


def _paragraph(text: str) -> str:
    """A paragraph of Markdown with bold and code, or one of its tables."""
    lines = text.split("\n")
    if lines[0].startswith("|"):
        heads, _, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
        return table("", heads, rows)
    marked = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))
    marked = re.sub(r"[*]{2}(.+?)[*]{2}", r"<strong>\1</strong>", marked)
    return f"<p>{marked}</p>"
