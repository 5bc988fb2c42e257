"""Reads schemes from plain data and checks every field."""

import math
from collections.abc import Mapping
from typing import Any, cast

from annotator.domain.errors import AnnotatorError
from annotator.domain.registry import closest
from annotator.domain.scheme import Item, ItemType, Judged, Panel, Scheme
from annotator.domain.scheme_toml import line_of
from annotator.domain.trace import DEFAULT_RATE
from annotator.domain.translation import tr

_PANELS = ("grid", "scales", "choice", "checklist", "trace")
_TYPES = ("number", "integer", "category", "boolean", "trace")
_ITEM_FIELDS = {
    "name", "title", "type", "minimum", "maximum", "labels", "low", "high", "direction", "gloss", "optional", "factor",
    "rate", "lag",
}  # fmt: skip
_MOST_STEPS = 100  # a second; the hand and the mouse give no more
_LONGEST_LAG = 10  # seconds
_SCHEME_FIELDS = {"name", "title", "judged", "panel", "question", "source", "most", "shuffle", "items"}


class SchemeError(AnnotatorError):
    """A field of a scheme is wrong; `where` names it, such as `items[2].minimum`."""

    def __init__(self, message: str, hint: str = "", *, where: str = "") -> None:
        super().__init__(message, hint)
        self.where = where


class SchemeReader:
    """Turns plain data into a `Scheme`, naming file and field in every complaint, and the line where there is text."""

    def __init__(self, origin: str, text: str = "") -> None:
        self.origin = origin
        self.text_read = text

    def fault(self, where: str, what: str) -> SchemeError:
        line = line_of(self.text_read, where) if self.text_read else None
        place = tr("line {n}, {field}", n=line, field=where) if line else where
        return SchemeError(
            f"{self.origin}, {place}: {what}", tr("See docs/schemes.md for every field."), where=where
        )

    def choice(
        self, data: Mapping[str, Any], key: str, default: str, valid: tuple[str, ...], where: str
    ) -> str:
        value = data.get(key, default)
        if value not in valid:
            raise self.fault(f"{where}.{key}" if where else key, closest(str(value), list(valid)))
        return str(value)

    def text(self, data: Mapping[str, Any], key: str, where: str, *, needed: bool = False) -> str:
        value = data.get(key, "")
        if not isinstance(value, str) or (needed and not value.strip()):
            raise self.fault(f"{where}.{key}" if where else key, tr("a text is needed here"))
        return value.strip()

    def truth(self, data: Mapping[str, Any], key: str, where: str) -> bool:
        value = data.get(key, False)
        if not isinstance(value, bool):
            raise self.fault(f"{where}.{key}" if where else key, tr("true or false is needed here"))
        return value

    def read(self, data: Mapping[str, Any]) -> Scheme:
        unknown = sorted(set(data) - _SCHEME_FIELDS)
        if unknown:
            raise self.fault(
                unknown[0], tr("unknown field.") + " " + closest(unknown[0], sorted(_SCHEME_FIELDS))
            )
        name = self.text(data, "name", "", needed=True)
        rows = data.get("items")
        if not isinstance(rows, list) or not rows:
            raise self.fault("items", tr("at least one item is needed"))
        items = tuple(self.read_item(row, f"items[{n}]") for n, row in enumerate(rows, start=1))
        names = [item.name for item in items]
        for n, item in enumerate(names):
            if item in names[:n]:
                raise self.fault(f"items[{n + 1}].name", tr('"{name}" is there twice', name=item))
        panel = self.choice(data, "panel", _usual_panel(items), _PANELS, "")
        self.check_traces(items, panel)
        most = data.get("most")
        if most is not None and (not isinstance(most, int) or isinstance(most, bool) or most < 1):
            raise self.fault("most", tr("a whole number from 1 is needed here"))
        return Scheme(
            name=name,
            title=self.text(data, "title", "") or name,
            judged=cast(Judged, self.choice(data, "judged", "perceived", ("felt", "perceived"), "")),
            items=items,
            panel=cast(Panel, panel),
            question=self.text(data, "question", ""),
            source=self.text(data, "source", ""),
            most=most,
            shuffle=self.truth(data, "shuffle", ""),
        )

    def check_traces(self, items: tuple[Item, ...], panel: str) -> None:
        """One or two traces are drawn with one pointer in one plane, so nothing else can be asked beside them."""
        traces = [item for item in items if item.type == "trace"]
        if bool(traces) != (panel == "trace"):
            raise self.fault("panel", tr('traces are answered on the panel "trace", and nothing else is'))
        if not traces:
            return
        if len(traces) < len(items) or len(items) > 2:
            raise self.fault("items", tr("a scheme with traces has one or two of them and no other item"))
        if len({(item.rate, item.lag) for item in items}) > 1:
            raise self.fault("items[2].rate", tr("both traces need the same rate and lag"))

    def read_item(self, row: object, where: str) -> Item:
        if not isinstance(row, dict):
            raise self.fault(where, tr("a table of fields is needed here"))
        unknown = sorted(set(row) - _ITEM_FIELDS)
        if unknown:
            raise self.fault(
                f"{where}.{unknown[0]}",
                tr("unknown field.") + " " + closest(unknown[0], sorted(_ITEM_FIELDS)),
            )
        name = self.text(row, "name", where, needed=True)
        kind = self.choice(row, "type", "number", _TYPES, where)
        labels = row.get("labels", [])
        if not isinstance(labels, list) or (kind == "category" and len(set(map(str, labels))) < 2):
            raise self.fault(f"{where}.labels", tr("at least two different labels are needed"))
        low, high = row.get("minimum", 0.0), row.get("maximum", 1.0)
        if kind in ("number", "integer", "trace") and not (
            _is_number(low) and _is_number(high) and low < high
        ):
            raise self.fault(f"{where}.minimum", tr("a scale needs a minimum below its maximum"))
        if not (_is_number(low) and _is_number(high)):
            raise self.fault(f"{where}.minimum", tr("a number is needed here"))
        rate, lag = row.get("rate", DEFAULT_RATE), row.get("lag", 0.0)
        if not (_is_number(rate) and 0 < rate <= _MOST_STEPS):
            raise self.fault(
                f"{where}.rate",
                tr("a number of steps a second up to {most} is needed here", most=_MOST_STEPS),
            )
        if not (_is_number(lag) and 0 <= lag <= _LONGEST_LAG):
            raise self.fault(
                f"{where}.lag", tr("a number of seconds from 0 to {most} is needed here", most=_LONGEST_LAG)
            )
        # What does not belong to the type is checked and left out, as it is not stored either.
        if kind not in ("number", "integer", "trace"):
            low, high = 0.0, 1.0
        if kind != "trace":
            rate, lag = DEFAULT_RATE, 0.0
        direction = row.get("direction", 1)
        if direction not in (1, -1):
            raise self.fault(f"{where}.direction", tr("must be 1 or -1"))
        return Item(
            name=name,
            type=cast(ItemType, kind),
            title=self.text(row, "title", where) or name.replace("_", " ").capitalize(),
            minimum=float(low),
            maximum=float(high),
            labels=tuple(str(label) for label in labels),
            low=self.text(row, "low", where),
            high=self.text(row, "high", where),
            direction=int(direction),
            gloss=self.text(row, "gloss", where),
            optional=self.truth(row, "optional", where),
            factor=self.text(row, "factor", where),
            rate=float(rate),
            lag=float(lag),
        )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _usual_panel(items: tuple[Item, ...]) -> str:
    if all(item.type == "boolean" for item in items):
        return "checklist"
    if items[0].type == "trace":
        return "trace"
    return "choice" if items[0].type == "category" else "scales"
