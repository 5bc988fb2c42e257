"""Which keys do what: the default ones, those of programs people know, and one's own on top.

A profile is a file `resources/keys/NAME.toml` with the keys that differ from the default ones. Layers lie on one
another: a key that a layer gives to one action is taken from every other action within reach of it.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations

from annotator.app.actions import EVERYWHERE, Action, actions
from annotator.domain.bundled import resource
from annotator.domain.translation import tr

#: The profile of the keys that `actions` lists.
DEFAULT = "default"

Keys = Mapping[str, Sequence[str]]
"""Keys by the id of their action."""

_MODIFIERS = ("ctrl", "alt", "shift", "meta")
_ALIASES = {
    "del": "delete", "ins": "insert", "esc": "escape", "pageup": "pgup", "page up": "pgup", "pagedown": "pgdown",
    "page down": "pgdown", "control": "ctrl",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Profile:
    """A set of keys: `keys` holds only what differs from the default."""

    name: str
    title: str
    keys: Keys


@dataclass(frozen=True, slots=True)
class Conflict:
    """One key that two actions within reach of one another have."""

    key: str
    first: Action
    second: Action


@cache
def profiles() -> dict[str, Profile]:
    """All profiles by name, the default one first.

    >>> list(profiles())
    ['default', 'audacity', 'elan', 'label-studio', 'praat']
    """
    found = {DEFAULT: Profile(DEFAULT, "Annotator", {})}
    for path in sorted(resource("keys").glob("*.toml")):
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        found[path.stem] = Profile(path.stem, data["title"], data["keys"])
    return found


def canonical(key: str) -> str:
    """One spelling for every key, so that keys can be compared.

    >>> canonical("Shift+Ctrl+Del"), canonical("ctrl++"), canonical("Page Up")
    ('ctrl+shift+delete', 'ctrl++', 'pgup')
    """
    text = key.strip().lower()
    stem, last = (text[:-1], "+") if text.endswith("+") else text.rpartition("+")[::2]
    held = {_ALIASES.get(part, part) for part in stem.split("+") if part}
    return "+".join([*(part for part in _MODIFIERS if part in held), _ALIASES.get(last, last)])


def meet(first: Action, second: Action) -> bool:
    """Whether both actions can be asked for in the same place, so that they cannot share a key.

    >>> by_id = {action.id: action for action in actions()}
    >>> meet(by_id["play_pause"], by_id["replay"]), meet(by_id["play_pause"], by_id["undo"])
    (False, True)
    """
    return first.home == second.home or EVERYWHERE in (first.home, second.home)


def bound_actions(profile: str = DEFAULT, changes: Keys | None = None) -> tuple[Action, ...]:
    """All actions with the keys of a profile, and one's own `changes` on top.

    Parameters
    ----------
    profile
        Name of a profile; an unknown one counts as the default.
    changes
        For some actions all the keys they are to have, perhaps none. Unknown actions are left out.

    Examples
    --------
    >>> found = {action.id: action.shortcuts for action in bound_actions("elan", {"loop": ["Shift+L"]})}
    >>> found["play_pause"], found["loop"], found["undo"]
    (('Ctrl+Space',), ('Shift+L',), ('Ctrl+Z',))
    """
    laid = actions()
    for layer in (profiles().get(profile, profiles()[DEFAULT]).keys, changes or {}):
        laid = _lay(laid, layer)
    return laid


def _lay(below: tuple[Action, ...], layer: Keys) -> tuple[Action, ...]:
    given = [replace(action, shortcuts=tuple(layer[action.id])) for action in below if action.id in layer]
    laid = []
    for action in below:
        if action.id in layer:
            laid.append(replace(action, shortcuts=tuple(layer[action.id])))
        else:
            taken = {canonical(key) for other in given if meet(action, other) for key in other.shortcuts}
            kept = tuple(key for key in action.shortcuts if canonical(key) not in taken)
            laid.append(replace(action, shortcuts=kept))
    return tuple(laid)


def conflicts(bound: Iterable[Action]) -> list[Conflict]:
    """Every key that two actions within reach of one another have.

    >>> conflicts(bound_actions())
    []
    >>> [c.key for c in conflicts(bound_actions(changes={"loop": ["S"], "split_at_cursor": ["s"]}))]
    ['S']
    """
    return [
        Conflict(key, first, second)
        for first, second in combinations(bound, 2)
        if meet(first, second)
        for key in first.shortcuts
        if canonical(key) in map(canonical, second.shortcuts)
    ]


def holders(bound: Iterable[Action], action: Action, key: str) -> list[Action]:
    """The other actions within reach of `action` that have `key` now.

    >>> by_id = {action.id: action for action in actions()}
    >>> [a.title for a in holders(actions(), by_id["split_at_cursor"], "L")]
    ['Loop the segment']
    """
    return [
        other
        for other in bound
        if other.id != action.id and meet(action, other) and canonical(key) in map(canonical, other.shortcuts)
    ]


def reserved(action: Action, key: str) -> str:
    """Why a key cannot be given to an action at all; empty where it can.

    >>> by_id = {action.id: action for action in actions()}
    >>> reserved(by_id["replay"], "5")
    'Digits answer the scales in Label.'
    >>> reserved(by_id["play_pause"], "5")
    ''
    """
    if canonical(key) in set("0123456789") and action.home in ("label", EVERYWHERE):
        return tr("Digits answer the scales in Label.")
    if canonical(key) == "escape":
        return tr("Esc always leads out of where one is.")
    return ""


def assign(profile: str, changes: Keys, action: Action, keys: Sequence[str]) -> dict[str, list[str]]:
    """One's own changes after giving `action` exactly these keys; other actions within reach lose them.

    >>> by_id = {action.id: action for action in actions()}
    >>> assign("default", {"loop": ["X"]}, by_id["split_at_cursor"], ["X"])
    {'loop': [], 'split_at_cursor': ['X']}
    """
    made = {name: list(given) for name, given in changes.items()}
    for other in bound_actions(profile, changes):
        if other.id in made and other.id != action.id and meet(other, action):
            taken = set(map(canonical, keys))
            made[other.id] = [key for key in made[other.id] if canonical(key) not in taken]
    made[action.id] = list(keys)
    return made
