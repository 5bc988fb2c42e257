"""Schemes as TOML text: written so that it reads back the same, and the line of each field for messages."""

import json
import re
from typing import Any

from annotator.domain.scheme import Scheme

_FIELD = re.compile(r'\s*(?:"(?P<quoted>[^"]+)"|(?P<bare>[\w-]+))\s*=')
_WHERE = re.compile(r"(?:items\[(?P<item>\d+)\])?\.?(?P<field>\w*)")


def scheme_to_toml(scheme: Scheme) -> str:
    """The scheme as a file that a person can go on writing.

    >>> from annotator.domain.scheme import Item
    >>> print(scheme_to_toml(Scheme("mood", "Mood", "felt", (Item("mood", "category", labels=("up", "down")),))))
    name = "mood"
    title = "Mood"
    judged = "felt"
    panel = "scales"
    <BLANKLINE>
    [[items]]
    name = "mood"
    type = "category"
    labels = ["up", "down"]
    <BLANKLINE>
    """
    data = scheme.to_dict()
    items = data.pop("items")
    head = [f"{key} = {_value(value)}" for key, value in data.items() if value not in ("", False)]
    parts = ["\n".join(head)]
    parts += ["[[items]]\n" + "\n".join(f"{k} = {_value(v)}" for k, v in item.items()) for item in items]
    return "\n\n".join(parts) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    # A JSON string is a TOML string, but for the one control character that TOML wants escaped and JSON does not.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def line_of(text: str, where: str) -> int | None:
    """The line on which a field stands, counted from 1; that of its item where the field is not written at all.

    `where` is a field as `SchemeReader` names it: `judged`, `items[2].minimum`.

    >>> line_of('name = "x"\\n\\n[[items]]\\nname = "a"\\nminimum = 3', "items[1].minimum")
    5
    """
    found = _WHERE.fullmatch(where)
    if found is None:
        return None
    wanted, field = int(found["item"] or 0), found["field"]
    item, start = 0, None
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip().replace(" ", "").startswith("[[items]]"):
            item += 1
            start = number if item == wanted else start
            if wanted == 0 and field == "items":
                return number
            continue
        key = _FIELD.match(line)
        if item == wanted and key and field and (key["quoted"] or key["bare"]) == field:
            return number
    return start
