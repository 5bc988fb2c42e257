"""JSON files as they arrive: whole numbers of any length, nested without end, cut off."""

import json
from pathlib import Path
from typing import Any

from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr
from annotator.exchange.bundle import Findings
from annotator.exchange.textfile import read_text

_DIGITS = 18  # the most that a whole number can have and still fit into 64 bits


def read_json(path: Path, findings: Findings) -> Any:
    """The content of a JSON file; raises `AnnotatorError` where it is none.

    Whole numbers beyond 64 bits become floats, where Python would refuse them or make a number no float can hold.
    """
    text = read_text(path, findings)
    try:
        return json.loads(text, parse_int=_number)
    except RecursionError:
        raise AnnotatorError(tr("{path} is nested too deeply.", path=path)) from None
    except json.JSONDecodeError as error:
        raise AnnotatorError(
            tr("{path} is not JSON: {error}.", path=path, error=error),
            tr("Is it whole? Write it again with the program it came from."),
        ) from None


def _number(digits: str) -> int | float:
    return int(digits) if len(digits) <= _DIGITS else float(digits)


def number_in(entry: Any, name: str) -> float | None:
    """A number that is a member of a JSON object; `None` where there is none, or no object."""
    value = entry.get(name) if isinstance(entry, dict) else None
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def text_in(entry: Any, name: str) -> str:
    """A text that is a member of a JSON object, trimmed; empty where there is none."""
    value = entry.get(name) if isinstance(entry, dict) else None
    return value.strip() if isinstance(value, str) else ""


def list_in(entry: Any, name: str) -> list[Any]:
    """A list that is a member of a JSON object; empty where there is none."""
    value = entry.get(name) if isinstance(entry, dict) else None
    return value if isinstance(value, list) else []
