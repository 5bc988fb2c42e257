"""The head of every `README.md`: what is in the folder, in few words, and by which instruments it was labelled.

In English, as the places where data sets are published are.
"""

from collections.abc import Iterable, Mapping

from annotator.domain.scheme import Item, Scheme
from annotator.exchange.bundle import ExportData, Filled
from annotator.exchange.labels import Label, methods_used, settle


def plain_card(data: ExportData, filled: Filled) -> str:
    """Front matter, layout and instruments as Markdown."""
    lines = [*front_lines(filled), f"# {data.about.title or data.name}"]
    for paragraph in filled.layout:
        lines += ["", paragraph]
    labels = written_labels(data, filled)
    for scheme in data.schemes:
        if scheme.name in labels:
            methods = methods_used(labels[scheme.name].values())
            lines += ["", f"## {scheme.title}", "", instrument(scheme), "", labelled_by(methods), ""]
            lines += [f"- `{item.name}`: {scale(item)}" for item in scheme.items]
    return "\n".join(lines) + "\n"


def front_lines(filled: Filled) -> list[str]:
    """The lines that the format wants before everything else."""
    return ["---", *filled.front_matter, "---", ""] if filled.front_matter else []


def written_labels(data: ExportData, filled: Filled) -> dict[str, dict[str, Label]]:
    """Settled labels of the segments that were written, by scheme and segment id; schemes without any are absent."""
    written = {segment.id for segment in filled.segments}
    found = {
        scheme: {id_: label for id_, label in labels.items() if id_ in written}
        for scheme, labels in settle(data).items()
    }
    return {scheme: labels for scheme, labels in found.items() if labels}


def instrument(scheme: Scheme) -> str:
    """What raters judged, and where the instrument is from."""
    return f"Emotion {scheme.judged}. {scheme.source}".rstrip()


def labelled_by(methods: Mapping[str, int]) -> str:
    """How the labels were settled, most frequent method first."""
    return f"Labels by: {', '.join(f'{method} ({count})' for method, count in methods.items())}."


def scale(item: Item) -> str:
    """What values an item has in an export, where high is pleasant, excited or dominant.

    >>> scale(Item("valence", "integer", minimum=1, maximum=5, low="happy", high="unhappy", direction=-1))
    '1 (unhappy) to 5 (happy)'
    """
    if not item.numeric:
        return _listed(item.categories)
    low, high = (item.low, item.high) if item.direction > 0 else (item.high, item.low)
    if not low and not high:
        return f"{item.minimum:g} to {item.maximum:g}, high is more {item.name}"
    return f"{item.minimum:g} ({low or 'low'}) to {item.maximum:g} ({high or 'high'})"


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)
