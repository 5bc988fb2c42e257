"""Texts that say the same, or nearly."""

import math
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

#: A text with fewer words and fewer letters is what everyone says: "yes", "thank you".
_TELLING_WORDS = 3
_TELLING_LETTERS = 12
#: Near-identical are texts of which the words in common make up this share of all words of both (Jaccard).
_ALIKE = 0.8


class _Letters(dict[int, int | str]):
    """Table for `str.translate`: letters, digits and the marks on them stay, all else separates words."""

    def __missing__(self, code: int) -> int | str:
        self[code] = code if unicodedata.category(chr(code))[0] in "LNM" else " "
        return self[code]


_LETTERS = _Letters()


def telling(text: str) -> str | None:
    """A text without case and punctuation; `None` where it is too short to tell anything.

    >>> telling("Why did you DO that?!"), telling("Yes, yes.")
    ('why did you do that', None)
    """
    words = unicodedata.normalize("NFKC", text).casefold().translate(_LETTERS).split()
    said = " ".join(words)
    return said if len(words) >= _TELLING_WORDS or len(said) >= _TELLING_LETTERS else None


def same_texts(texts: Sequence[str]) -> list[list[int]]:
    """Sets of texts (indices) that are identical or nearly so, or joined by a chain of such texts.

    Two texts are nearly identical where the words they share are at least four fifths of all their words. Only pairs
    that share one of their rarest words are compared (prefix filtering: Chaudhuri, Ganti & Kaushik 2006).

    >>> same_texts(["Why did you do that", "why did you do THAT?", "we went home", "Why did you do that now"])
    [[0, 1, 3]]
    """
    members: dict[str, list[int]] = defaultdict(list)
    for index, text in enumerate(texts):
        said = telling(text)
        if said is not None:
            members[said].append(index)
    distinct = list(members)
    root = list(range(len(distinct)))

    def find(node: int) -> int:
        while root[node] != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    for one, other in _near_pairs(distinct):
        root[find(one)] = find(other)
    sets: dict[int, list[int]] = defaultdict(list)
    for node, said in enumerate(distinct):
        sets[find(node)] += members[said]
    return sorted(sorted(found) for found in sets.values() if len(found) > 1)


def _near_pairs(texts: Sequence[str]) -> Iterable[tuple[int, int]]:
    words = [set(text.split()) for text in texts]
    usage = Counter(word for held in words for word in held)
    holders: dict[str, list[int]] = defaultdict(list)
    for index in sorted(range(len(texts)), key=lambda index: len(words[index])):
        held = words[index]
        rare_first = sorted(held, key=lambda word: (usage[word], word))
        # Texts so alike share at least one of so many of their rarest words.
        prefix = rare_first[: len(held) - math.ceil(_ALIKE * len(held) - 1e-9) + 1]
        seen: set[int] = set()
        for word in prefix:
            for other in holders[word]:
                if other not in seen and len(words[other]) >= _ALIKE * len(held):
                    seen.add(other)
                    common = len(held & words[other])
                    if common >= _ALIKE * (len(held) + len(words[other]) - common):
                        yield other, index
            holders[word].append(index)
