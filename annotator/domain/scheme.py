"""Schemes: the instruments that raters answer, read from TOML.

A scheme is made of items. Each item keeps its raw scale (range or labels, anchors, direction): nothing is
converted before agreement is computed; `Item.oriented` turns a value so that high means pleasant, excited or
dominant when data leave the corpus.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from annotator.domain.bundled import resource
from annotator.domain.corpus import Value
from annotator.domain.errors import AnnotatorError
from annotator.domain.registry import closest
from annotator.domain.trace import DEFAULT_RATE, corrected, mean, parse_trace
from annotator.domain.translation import tr

ItemType = Literal["number", "integer", "category", "boolean", "trace"]
Judged = Literal["felt", "perceived"]
Panel = Literal["grid", "scales", "choice", "checklist", "trace"]


@dataclass(frozen=True, slots=True)
class Item:
    """One question of a scheme.

    `number` (continuous) and `integer` (ordered steps) have `minimum` and `maximum` with anchors `low` and
    `high`; `category` has `labels`; `boolean` is one box to tick. `direction` is -1 where the low end of the
    scale is the pleasant, excited or dominant one. `trace` is a scale answered all the while the sound plays, `rate`
    times a second; `lag` is the delay of raters in seconds, which figures made of it take out.
    """

    name: str
    type: ItemType
    title: str = ""
    minimum: float = 0.0
    maximum: float = 1.0
    labels: tuple[str, ...] = ()
    low: str = ""
    high: str = ""
    direction: int = 1
    gloss: str = ""
    optional: bool = False
    factor: str = ""
    rate: float = DEFAULT_RATE
    lag: float = 0.0

    @property
    def numeric(self) -> bool:
        """Whether values are numbers on a scale, so that a mean makes sense."""
        return self.type in ("number", "integer")

    @property
    def scaled(self) -> bool:
        """Whether there is a scale with two ends: numbers, and traces, which are many numbers."""
        return self.numeric or self.type == "trace"

    @property
    def categories(self) -> tuple[str, ...]:
        """Values as text where they are categories: the labels, or `no` and `yes` for a box; else empty."""
        if self.type == "boolean":
            return ("no", "yes")
        return self.labels

    def oriented(self, value: float) -> float:
        """The value on a scale whose high end is pleasant, excited or dominant.

        >>> Item("valence", "integer", minimum=1, maximum=9, direction=-1).oriented(2)
        8.0
        """
        return float(value) if self.direction > 0 else self.minimum + self.maximum - float(value)

    def measured(self) -> "Item":
        """The item as figures take it: of a trace its mean, called so; every other item as it is.

        >>> Item("valence", "trace").measured().name
        'valence_mean'
        """
        if self.type != "trace":
            return self
        title = tr("{item} (mean)", item=self.title or self.name)
        return replace(self, name=f"{self.name}_mean", type="number", title=title)

    def parse(self, value: object) -> Value:
        """The value in the item's own type, from text or a number; `None`, an empty text or NaN stay `None`.

        Raises `AnnotatorError` naming the value and the valid ones.

        >>> Item("arousal", "integer", minimum=1, maximum=9).parse("7")
        7
        """
        if value is None or value == "" or (isinstance(value, float) and value != value):
            return None
        if self.type == "category":
            text = str(value).strip()
            if text in self.labels:
                return text
            raise AnnotatorError(
                tr('"{value}" is not a label of {item}.', value=text, item=self.name),
                closest(text, list(self.labels)),
            )
        if self.type == "boolean":
            return self._parse_boolean(value)
        if self.type == "trace":
            return self._parse_trace(value)
        return self._parse_number(value)

    def _parse_boolean(self, value: object) -> bool:
        text = str(value).strip().lower()
        if text in ("1", "1.0", "true", "yes"):
            return True
        if text in ("0", "0.0", "false", "no"):
            return False
        raise AnnotatorError(
            tr('"{value}" is no answer to {item}.', value=value, item=self.name), tr("Give 0 or 1.")
        )

    def _parse_trace(self, value: object) -> Value:
        try:
            return parse_trace(value, self.minimum, self.maximum)
        except ValueError as error:
            raise AnnotatorError(
                tr('"{value}" is not on the scale of {item}.', value=error, item=self.name),
                tr("Give a list of numbers from {low:g} to {high:g}.", low=self.minimum, high=self.maximum),
            ) from None

    def _parse_number(self, value: object) -> float | int:
        try:
            number = float(value)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            number = float("nan")
        on_scale = self.minimum <= number <= self.maximum  # false for NaN too
        if not (on_scale and (self.type != "integer" or number.is_integer())):
            raise AnnotatorError(
                tr('"{value}" is not on the scale of {item}.', value=value, item=self.name),
                tr(
                    "Give a whole number from {low:g} to {high:g}."
                    if self.type == "integer"
                    else "Give a number from {low:g} to {high:g}.",
                    low=self.minimum,
                    high=self.maximum,
                ),
            )
        return int(number) if self.type == "integer" else number


@dataclass(frozen=True, slots=True)
class Scheme:
    """A named instrument. `judged` says whether raters report what they feel or what the sound expresses.

    `most` limits how many boxes of a checklist may be ticked; `shuffle` has their order drawn per rater;
    `question` is what the rater reads above the panel; `source` is the publication.
    """

    name: str
    title: str
    judged: Judged
    items: tuple[Item, ...]
    panel: Panel = "scales"
    question: str = ""
    source: str = ""
    most: int | None = None
    shuffle: bool = False

    def item(self, name: str) -> Item:
        """The item of that name; `AnnotatorError` lists the valid ones."""
        for item in self.items:
            if item.name == name:
                return item
        raise AnnotatorError(
            tr('The scheme {scheme} has no item "{name}".', scheme=self.name, name=name),
            closest(name, [item.name for item in self.items]),
        )

    def check(self, values: Mapping[str, object]) -> dict[str, Value]:
        """Values of a complete answer, each in its item's type; raises `AnnotatorError` on the first fault."""
        for name in values:
            self.item(name)
        answer: dict[str, Value] = {i.name: i.parse(values[i.name]) for i in self.items if i.name in values}
        ticked = [i.name for i in self.items if i.type == "boolean" and answer.get(i.name)]
        if self.most is not None and len(ticked) > self.most:
            raise AnnotatorError(
                tr(
                    "{n} of at most {most} are chosen: {names}.",
                    n=len(ticked),
                    most=self.most,
                    names=", ".join(ticked),
                ),
                tr("Take some back."),
            )
        return answer

    def measured(self) -> "Scheme":
        """The scheme as figures take it: every trace stands as its mean, see `Item.measured`."""
        if all(item.type != "trace" for item in self.items):
            return self
        panel: Panel = "grid" if len(self.items) == 2 else "scales"
        return replace(self, items=tuple(item.measured() for item in self.items), panel=panel)

    def measured_values(self, values: Mapping[str, Value]) -> dict[str, Value]:
        """An answer to this scheme as an answer to `measured`: the mean of each trace, without the rater's delay."""
        found = dict(values)
        for item in self.items:
            if item.type == "trace" and item.name in found:
                given = found.pop(item.name)
                trace = corrected(given, item.rate, item.lag) if isinstance(given, list) else []
                found[item.measured().name] = mean(trace)
        return found

    def to_dict(self) -> dict[str, Any]:
        """Plain data, as in the TOML file; `Scheme.from_dict` reads it back."""
        head = {
            k: getattr(self, k) for k in ("name", "title", "judged", "panel", "question", "source", "shuffle")
        }
        if self.most is not None:
            head["most"] = self.most
        return {**head, "items": [_item_to_dict(item) for item in self.items]}

    @staticmethod
    def from_dict(data: Mapping[str, Any], *, origin: str = "", text: str = "") -> "Scheme":
        """A scheme from plain data; every fault names `origin` and the field, and its line in `text` where given.

        >>> Scheme.from_dict({"name": "mood", "judged": "felt", "items": [
        ...     {"name": "mood", "type": "category", "labels": ["up", "down"]}]}).items[0].labels
        ('up', 'down')
        """
        from annotator.domain.scheme_reader import SchemeReader  # needs what this module defines

        return SchemeReader(origin or tr("the scheme"), text).read(data)


def _item_to_dict(item: Item) -> dict[str, Any]:
    default = Item("", "number")
    data: dict[str, Any] = {"name": item.name, "type": item.type}
    for key in ("title", "labels", "low", "high", "direction", "gloss", "optional", "factor"):
        if getattr(item, key) != getattr(default, key):
            data[key] = list(item.labels) if key == "labels" else getattr(item, key)
    if item.scaled:
        data |= {"minimum": item.minimum, "maximum": item.maximum}
    if item.type == "trace":
        data |= {"rate": item.rate, "lag": item.lag}
    return data


def read_scheme(path: Path) -> Scheme:
    """Reads one scheme file; `AnnotatorError` names the file with line or field."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        data = tomllib.loads(text)
    except FileNotFoundError:
        raise AnnotatorError(tr("There is no scheme file {path}.", path=path)) from None
    except OSError as error:
        raise AnnotatorError(tr("{path} cannot be read: {error}.", path=path, error=error.strerror)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise AnnotatorError(
            tr("{path} is not a valid TOML file: {error}.", path=path, error=str(error).rstrip("."))
        ) from None
    return Scheme.from_dict(data, origin=str(path), text=text)


def builtin_schemes() -> dict[str, Scheme]:
    """The schemes that ship with the program, by name.

    >>> "valence-arousal" in builtin_schemes()
    True
    """
    schemes = [read_scheme(path) for path in sorted(resource("schemes").glob("*.toml"))]
    return {scheme.name: scheme for scheme in schemes}


def find_scheme(name_or_path: str) -> Scheme:
    """A scheme that ships with the program, or one read from a TOML file.

    >>> find_scheme("valence-arousal").judged
    'perceived'
    """
    if name_or_path.endswith(".toml"):
        return read_scheme(Path(name_or_path))
    schemes = builtin_schemes()
    if name_or_path not in schemes:
        raise AnnotatorError(
            tr('Unknown scheme "{name}".', name=name_or_path),
            closest(name_or_path, list(schemes)) + " " + tr("Or give a TOML file."),
        )
    return schemes[name_or_path]
