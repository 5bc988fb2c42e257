"""Sentences about many things, counted: those that differ only in a number or a name are of one kind."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

#: Examples given of each kind.
_EXAMPLES = 3

_VARIES = re.compile(r'"[^"]*"|[-+]?\d[\d:.,]*')


@dataclass(frozen=True, slots=True)
class Tally:
    """How many things of one kind there are, and a few of them."""

    what: str
    count: int
    examples: tuple[str, ...] = ()


def tallies(sentences: Iterable[str]) -> tuple[Tally, ...]:
    """Sentences by kind, in the order of the first of each kind, which stands for it.

    >>> [(one.what, one.count) for one in tallies(["Line 3: no time.", "Line 9: no time.", "It is empty."])]
    [('Line 3: no time.', 2), ('It is empty.', 1)]
    """
    kinds: dict[str, list[str]] = {}
    for sentence in sentences:
        kinds.setdefault(_VARIES.sub("#", sentence), []).append(sentence)
    return tuple(Tally(said[0], len(said), tuple(said[:_EXAMPLES])) for said in kinds.values())
