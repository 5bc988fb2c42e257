"""What two copies made of one row becomes one row: the same on every copy, in whatever order copies meet.

Each function here is the least upper bound of an order (a join), and therefore commutative, associative and
idempotent. Where two copies differ and nothing says which is right, the one that is greater as text counts: arbitrary,
but the same everywhere.
"""

import json
from collections.abc import Mapping
from typing import Any

from annotator.storage.rows import Row

#: Beside what a person told of themselves, a profile holds facts by scheme, which are joined one by one.
_FACTS = "shown"

#: How much a verdict on a link weighs. What ties sound together goes before what lets it apart: a tie too many costs a
#: few segments, one too few is a leak.
_VERDICTS = ("found", "dismissed", "accepted")


def canonical(value: Any) -> str:
    """A value as text that does not depend on the order of keys."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def join_maps(a: Mapping[str, Any], b: Mapping[str, Any]) -> dict[str, Any]:
    """Entries of both; of two under one key the greater one.

    >>> join_maps({"x": 1, "y": 5}, {"y": 4, "z": 2})
    {'x': 1, 'y': 5, 'z': 2}
    """
    joined = {**a, **b}
    for key in a.keys() & b.keys():
        joined[key] = max(a[key], b[key], key=canonical)
    return joined


def join_profiles(a: Mapping[str, Any], b: Mapping[str, Any]) -> dict[str, Any]:
    """What a person told last, as a whole; beside it the facts of both.

    >>> join_profiles({"age": 30, "told": "2024"}, {"age": 31, "gender": "f", "told": "2023"})
    {'age': 30, 'told': '2024'}
    """
    told = max(
        (_told(profile) for profile in (a, b)), key=lambda told: (told.get("told", ""), canonical(told))
    )
    facts = join_maps(a.get(_FACTS, {}), b.get(_FACTS, {}))
    return told | ({_FACTS: facts} if facts else {})


def _told(profile: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in profile.items() if key != _FACTS}


def join_tasks(a: Row, b: Row) -> Row:
    """The longer of two versions of a task, with all options of both, under the rater of the first.

    >>> one = {"rater_id": "r", "entries": [["s", 0]], "options": {"practice": {}}, "deleted": False}
    >>> longer = {**one, "entries": [["s", 0], ["t", 0]], "options": {}}
    >>> join_tasks(one, longer) == join_tasks(longer, one) == {**longer, "options": {"practice": {}}}
    True
    """

    def rank(row: Row) -> tuple[bool, int, str]:
        fixed = {key: value for key, value in row.items() if key not in ("rater_id", "options", "deleted")}
        return not row["deleted"], len(row["entries"]), canonical(fixed)

    kept = a if rank(a) >= rank(b) else b
    return {**kept, "rater_id": a["rater_id"], "options": join_maps(a["options"], b["options"])}


def join_links(a: Row, b: Row) -> Row:
    """The link that ties more: one that lives, then the stronger verdict, then the higher score."""

    def rank(row: Row) -> tuple[bool, int, float, str, str]:
        weight = _VERDICTS.index(row["verdict"]) if row["verdict"] in _VERDICTS else -1
        return not row["deleted"], weight, row["score"], row["reason"], canonical(row)

    return max(a, b, key=rank)
