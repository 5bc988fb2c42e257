"""Scores made from the items of a scheme: the mean of the items of a factor, the mean of the factors of a superfactor.

Factors are the groups that the scheme's items name. Superfactors are those of the Geneva Emotional Music Scale:
Zentner, Grandjean & Scherer 2008, "Emotions evoked by the sound of music", Emotion 8(4):494-521. Scores are computed
for reports and exports and stored nowhere; the answers stay what was given. Scores of different forms (9, 25, 27, 45
items) must not be pooled: shorter forms score higher.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from annotator.domain.corpus import Value
from annotator.domain.scheme import Item, Scheme
from annotator.domain.translation import tr

#: Factors of the Geneva Emotional Music Scale by superfactor.
GEMS: Mapping[str, tuple[str, ...]] = {
    "sublimity": ("wonder", "transcendence", "tenderness", "nostalgia", "peacefulness"),
    "vitality": ("power", "joyful_activation"),
    "unease": ("tension", "sadness"),
}
GEMS_FACTORS = frozenset(factor for factors in GEMS.values() for factor in factors)


@dataclass(frozen=True, slots=True)
class Score:
    """A number made from answers; `parts` are items of the scheme, or for a superfactor other scores.

    `minimum` and `maximum` are those of the items.
    """

    name: str
    kind: Literal["factor", "superfactor"]
    parts: tuple[str, ...]
    minimum: float
    maximum: float

    @property
    def title(self) -> str:
        """What people read."""
        return tr("{name} (score)", name=self.name.replace("_", " ").capitalize())

    @property
    def note(self) -> str:
        """How it is made, in a sentence."""
        return tr("{name} is the mean of {parts}.", name=self.name, parts=", ".join(self.parts))


def scores_of(scheme: Scheme) -> tuple[Score, ...]:
    """The scores of a scheme, factors in the order of their first items, then superfactors; none where there are none.

    A factor has a score where all its items are numbers on one scale. `NAME_score` where an item is called so too.

    >>> from annotator.domain.scheme import find_scheme
    >>> [score.name for score in scores_of(find_scheme("gems-9"))]
    ['sublimity', 'vitality', 'unease']
    >>> [score.kind for score in scores_of(find_scheme("gems-27"))].count("superfactor")
    3
    """
    taken = {item.name for item in scheme.items}
    items = {
        factor: [item for item in scheme.items if item.factor == factor]
        for factor in dict.fromkeys(item.factor for item in scheme.items if item.factor)
    }
    found: list[Score] = []
    names: dict[str, str] = {}
    for factor, members in items.items():
        ranges = {(item.minimum, item.maximum) for item in members}
        if len(ranges) == 1 and all(item.numeric for item in members):
            names[factor] = f"{factor}_score" if factor in taken else factor
            kind: Literal["factor", "superfactor"] = "superfactor" if factor in GEMS else "factor"
            parts = tuple(item.name for item in members)
            found.append(Score(names[factor], kind, parts, *ranges.pop()))
    if names.keys() >= GEMS_FACTORS and len({(score.minimum, score.maximum) for score in found}) == 1:
        for superfactor, factors in GEMS.items():
            name = f"{superfactor}_score" if superfactor in taken | set(names.values()) else superfactor
            parts = tuple(names[factor] for factor in factors)
            found.append(Score(name, "superfactor", parts, found[0].minimum, found[0].maximum))
    return tuple(found)


def score_values(scheme: Scheme, values: Mapping[str, Value]) -> dict[str, float | None]:
    """The scores of one answer, each item turned so that high means more of it.

    A score is the mean of the parts that were answered, `None` where fewer than half were.

    >>> from annotator.domain.scheme import find_scheme
    >>> score_values(find_scheme("gems-9"), {"power": 4, "joyful_activation": 1, "tension": 2, "sadness": None})
    {'sublimity': None, 'vitality': 2.5, 'unease': 2.0}
    """
    items = {item.name: item for item in scheme.items}
    made: dict[str, float | None] = {}
    for score in scores_of(scheme):
        given = [
            made[part] if part in made else _number(items[part], values.get(part)) for part in score.parts
        ]
        answered = [value for value in given if value is not None]
        enough = answered and 2 * len(answered) >= len(given)
        made[score.name] = sum(answered) / len(answered) if enough else None
    return made


def _number(item: Item, value: Value) -> float | None:
    return None if value is None or isinstance(value, str | bool | list) else item.oriented(value)
