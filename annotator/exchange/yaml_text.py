"""Plain data as YAML: mappings and lists as blocks, every text in double quotes (a JSON string is a YAML string)."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any


def to_yaml(data: Mapping[str, Any]) -> str:
    """A mapping as a YAML document.

    >>> print(to_yaml({"name": "Talk: 1", "raters": {"R1": {"type": "human"}}, "tags": ["a"], "empty": {}}), end="")
    "name": "Talk: 1"
    "raters":
      "R1":
        "type": "human"
    "tags":
    - "a"
    "empty": {}
    """
    return "".join(line + "\n" for line in _lines(data, ""))


def _lines(data: Mapping[str, Any] | Sequence[Any], indent: str) -> Iterator[str]:
    if isinstance(data, Mapping):
        for key, value in data.items():
            if isinstance(value, Mapping) and value:
                yield f"{indent}{_scalar(key)}:"
                yield from _lines(value, indent + "  ")
            elif isinstance(value, list | tuple) and value:
                yield f"{indent}{_scalar(key)}:"
                yield from _lines(value, indent)
            else:
                yield f"{indent}{_scalar(key)}: {_scalar(value)}"
    else:
        for value in data:
            yield f"{indent}- {_scalar(value)}"


def _scalar(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
