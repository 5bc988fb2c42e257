"""What a rater reads after an answer given to practise: their own beside the one that the lead expected."""

from collections.abc import Mapping

from annotator.app.known import near
from annotator.domain.corpus import Value
from annotator.domain.scheme import Item, Scheme
from annotator.domain.translation import tr
from annotator.gui.panels.answers import value_text


def feedback(scheme: Scheme, given: Mapping[str, Value], expected: Mapping[str, Value]) -> str:
    """A line for each item whose answer is known; boxes together in one.

    >>> from annotator.domain.scheme import find_scheme
    >>> print(feedback(find_scheme("valence-arousal"), {"valence": 0.5, "arousal": None}, {"valence": 0.25}))
    Valence: as expected. You said 0.50, the lead 0.25.
    """
    boxes = [item for item in scheme.items if item.type == "boolean" and item.name in expected]
    lines = [
        _line(item.title or item.name, value_text(item, given.get(item.name)), value_text(item, expected[item.name]),
              like=near(item, given.get(item.name), expected[item.name]))
        for item in scheme.items
        if item.name in expected and item.type != "boolean"
    ]  # fmt: skip
    if boxes:
        like = all(given.get(item.name) == expected[item.name] for item in boxes)
        lines.append(_line(tr("Choice"), _ticked(boxes, given), _ticked(boxes, expected), like=like))
    return "\n".join(lines)


def _line(title: str, said: str, wanted: str, *, like: bool) -> str:
    verdict = tr("as expected") if like else tr("another answer was expected")
    return tr("{item}: {verdict}. You said {said}, the lead {wanted}.",
              item=title, verdict=verdict, said=said, wanted=wanted)  # fmt: skip


def _ticked(boxes: list[Item], values: Mapping[str, Value]) -> str:
    if all(values.get(item.name) is None for item in boxes):
        return tr("cannot tell")
    return ", ".join(item.title or item.name for item in boxes if values.get(item.name)) or tr(
        "none of these"
    )
