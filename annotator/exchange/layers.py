"""Answers as layers of short texts over the segments: one for each rater and item, and one for what is settled."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from annotator.domain.corpus import Segment, Value
from annotator.domain.scheme import Item
from annotator.exchange.labels import oriented
from annotator.exchange.writing import Export

CONSENSUS = "consensus"


@dataclass(frozen=True, slots=True)
class Layer:
    """What one rater, or the consensus, says to one item: text by segment id, high being pleasant and excited."""

    item: str
    by: str
    texts: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What the layer is called in a file: `emotion [R1]`."""
        return f"{self.item} [{self.by}]"


def layers(export: Export, segments: Iterable[Segment]) -> list[Layer]:
    """The layers that have a text on any of the segments, by item; each rater's, then the consensus."""
    found: dict[tuple[int, str], Layer] = {}
    order = {(scheme.name, item.name): n for n, (scheme, item, _) in enumerate(export.items)}

    def put(scheme: str, item: Item, by: str, segment: Segment, value: Value) -> None:
        if value is not None:
            n = order[scheme, item.name]
            layer = found.setdefault((n, by), Layer(export.items[n][2], by))
            layer.texts[segment.id] = shown(item, oriented(item, value))

    for segment in segments:
        for one in export.answers.get(segment.id, ()):
            by = export.raters[one.rater_id] + (f" again {one.repeat}" if one.repeat else "")
            for item in export.data.scheme_of[one.scheme].items:
                put(one.scheme, item, by, segment, one.values.get(item.name))
        for scheme in export.data.schemes:
            label = export.labels.get(scheme.name, {}).get(segment.id)
            for item in scheme.items if label else ():
                put(scheme.name, item, CONSENSUS, segment, label.values.get(item.name) if label else None)
    return [found[key] for key in sorted(found, key=lambda key: (key[0], key[1] == CONSENSUS, key[1]))]


def settled_text(export: Export, segment: Segment) -> str:
    """All settled values of a segment in one line: `emotion=sad valence=0.2`; boxes only where they are ticked."""
    said = []
    for scheme, item, name in export.items:
        value = export.value(segment, scheme, item)
        if item.type == "boolean":
            said += [name] if value else []
        elif value is not None:
            said.append(f"{name}={shown(item, value)}")
    return " ".join(said)


def shown(item: Item, value: Value) -> str:
    """A value as text: the words for a box, a number as short as it is exact.

    >>> shown(Item("joy", "boolean"), True), shown(Item("valence", "number"), 0.5)
    ('yes', '0.5')
    """
    return item.categories[bool(value)] if item.type == "boolean" else f"{value}"


def one_line(text: str) -> str:
    """A text without line ends and tabs, which many formats cannot hold.

    >>> one_line("Good\\n evening")
    'Good evening'
    """
    return " ".join(text.split())


def unique_names(names: Iterable[str]) -> list[str]:
    """Names made unique by a number behind those that come again.

    >>> unique_names(["a", "b", "a"])
    ['a', 'b', 'a 2']
    """
    taken: Counter[str] = Counter()
    made: list[str] = []
    for name in names:
        taken[name] += 1
        free = name if taken[name] == 1 else f"{name} {taken[name]}"
        while free in made:
            taken[name] += 1
            free = f"{name} {taken[name]}"
        made.append(free)
    return made
