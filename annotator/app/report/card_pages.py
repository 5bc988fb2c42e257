"""The data card as Markdown and as one HTML page that needs nothing else."""

import re
from html import escape

from annotator.app.report import methods, plots
from annotator.app.report.data_card import Balance, Block, Card, Figures, Reliability
from annotator.app.report.html import bullets, contents, paragraph, section, table, whole

_BAR = 24


def markdown(card: Card) -> str:
    """`README.md`: the plots as bars of characters."""
    lines = ["---", *card.front_matter, "---", ""] if card.front_matter else []
    lines += [f"# {card.title}", "", card.lead]
    for part in card.sections:
        lines += ["", f"## {part.title}"]
        for block in part.blocks:
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
    links = contents((f"s{n}", part.title) for n, part in enumerate(card.sections))
    parts = [
        section(f"s{n}", part.title, "".join(map(_html, part.blocks))) for n, part in enumerate(card.sections)
    ]
    return whole(card.title, paragraph(card.lead) + links, "".join(parts))


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
