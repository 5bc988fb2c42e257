"""What a corpus offers the form for a split: what to spread evenly, and what else."""

from collections import Counter

from annotator.domain.corpus import RECORDING_KEY
from annotator.domain.translation import tr, tr_n
from annotator.gui.agreement.consensus_card import method_title
from annotator.gui.dataset.reading import Facts

#: Keys with more values than this say who or what it is; they are not balanced.
_FEW_VALUES = 8
#: More items than this are chosen by their scheme.
_MOST_ITEMS = 9
#: What is spread too: a group key or an item.
KEY, ITEM = "key:", "item:"

Choice = tuple[str, str | None, str]
"""Text, value, and tip of an entry."""


def to_spread(facts: Facts) -> list[Choice]:
    """Nothing, each settled item, and each scheme that has several."""
    choices: list[Choice] = [(tr("Nothing"), None, tr("Only the sizes of the parts count."))]
    choices += [
        (entry.item.title if ":" not in entry.name else f"{entry.item.title}, {entry.scheme.title}",
         entry.name, f"{entry.scheme.title}: {_origin(entry.method)}")
        for entry in facts.items
    ]  # fmt: skip
    counts = Counter(entry.scheme.name for entry in facts.items)
    titles = {entry.scheme.name: entry.scheme.title for entry in facts.items}
    return choices + [
        (
            tr("All of {scheme}", scheme=titles[name]),
            name,
            tr_n("{n} item, spread evenly", "{n} items, each spread evenly", n),
        )
        for name, n in counts.items()
        if n > 1
    ]


def to_spread_too(facts: Facts) -> dict[str, tuple[str, str, str]]:
    """Group keys with a few values, such as gender, and settled items: text, accessible name and tip by key."""
    entries = {
        KEY + key: (key, key, tr("Spread the values of {key} evenly too", key=key))
        for key, n in facts.info.groups.items()
        if 1 < n <= _FEW_VALUES and key != RECORDING_KEY
    }
    if len(facts.items) > 1:
        entries |= {
            ITEM + entry.name: (
                entry.item.title,
                entry.item.title,
                tr("{scheme}: spread {item} evenly too", scheme=entry.scheme.title, item=entry.item.title),
            )
            for entry in facts.items[:_MOST_ITEMS]
        }
    return entries


def first_category(facts: Facts) -> str | None:
    """The settled category that is spread to begin with."""
    return next((entry.name for entry in facts.items if entry.item.type == "category"), None)


def _origin(method: str) -> str:
    return tr("single ratings") if method == "single" else method_title(method)
