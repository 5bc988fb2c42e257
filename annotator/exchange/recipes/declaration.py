"""Recipes as files: what a corpus is, where its labels stand and what they mean, without a line of code.

`docs/recipes.md` describes every field.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from annotator.domain.errors import AnnotatorError
from annotator.domain.registry import closest
from annotator.domain.scheme import Scheme, find_scheme
from annotator.domain.translation import tr

Kind = Literal["names", "table", "lines"]

_TEXTS = ("name", "title", "modality", "licence", "licence_source", "citation", "url", "how")
_HEAD = frozenset(
    {*_TEXTS, "unverified", "expected", "scheme", "reader", "absent_seconds", "names", "table", "lines"}
)
_SOURCE = frozenset(
    {"path", "pattern", "where", "file", "join", "groups", "labels", "rater", "part", "votes"}
)
_VOTES = frozenset({"pattern", "rater", "labels"})
_JOIN = frozenset({"path", "on"})
_FIELD = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class Value:
    """Where a text comes from: a template with `{field}`, and what each result of it means.

    With `meanings`, only what is among them is known; an empty meaning, and what is among `blanks`, is no answer.
    """

    template: str
    meanings: Mapping[str, str] | None = None
    blanks: frozenset[str] = frozenset()

    def of(self, fields: Mapping[str, str]) -> str:
        """The text for these fields; `KeyError` with what is not known."""
        filled = _FIELD.sub(lambda match: fields[match[1]], self.template).strip()
        if filled in self.blanks:
            return ""
        return filled if self.meanings is None else self.meanings[filled]

    @property
    def fields(self) -> set[str]:
        """Fields that the template needs."""
        return set(_FIELD.findall(self.template))


@dataclass(frozen=True, slots=True)
class Votes:
    """Lines that follow one about a file and hold single answers to it."""

    pattern: re.Pattern[str]
    rater: Value
    labels: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Place:
    """One way in which a corpus keeps its labels: in file names, in a table, or in lines of text."""

    kind: Kind
    path: str = ""
    pattern: re.Pattern[str] | None = None
    where: Literal["name", "path"] = "name"
    file: Value | None = None
    join: tuple[tuple[str, str], ...] = ()  # (table, field both have)
    groups: Mapping[str, Value] = field(default_factory=dict)
    labels: Mapping[str, Value] = field(default_factory=dict)
    rater: Value | None = None
    part: Value | None = None
    votes: tuple[Votes, ...] = ()


@dataclass(frozen=True, slots=True)
class Declaration:
    """A recipe file. `places` are in order of preference: the first that a folder has is read.

    `reader` names code in place of places, for what a pattern cannot express. `expected` counts `files` and groups by
    key. `unverified` says what nobody has checked against the corpus itself.
    """

    name: str
    title: str
    modality: str
    licence: str
    licence_source: str
    citation: str
    url: str
    how: str
    unverified: tuple[str, ...]
    expected: Mapping[str, int]
    scheme: Scheme | None
    reader: str
    absent_seconds: float | None
    places: tuple[Place, ...]


def read_declaration(path: Path) -> Declaration:
    """Reads one recipe file; `AnnotatorError` names the file and the field that is wrong."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise AnnotatorError(tr("There is no recipe file {path}.", path=path)) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        reason = str(error).rstrip(".")
        raise AnnotatorError(
            tr("{path} is not a valid TOML file: {error}.", path=path, error=reason)
        ) from None
    return _Reader(str(path)).read(data)


class _Reader:
    """Turns plain data into a `Declaration`, naming file and field in every complaint."""

    def __init__(self, origin: str) -> None:
        self.origin = origin

    def fault(self, where: str, what: str) -> AnnotatorError:
        return AnnotatorError(f"{self.origin}, {where}: {what}", tr("See docs/recipes.md for every field."))

    def known(self, data: Mapping[str, Any], fields: frozenset[str], where: str) -> None:
        for name in sorted(set(data) - fields):
            place = f"{where}.{name}" if where else name
            raise self.fault(place, tr("unknown field.") + " " + closest(name, sorted(fields)))

    def text(self, data: Mapping[str, Any], name: str, where: str = "", *, needed: bool = False) -> str:
        value = data.get(name, "")
        if not isinstance(value, str) or (needed and not value.strip()):
            raise self.fault(f"{where}.{name}" if where else name, tr("a text is needed here"))
        return value.strip()

    def table(self, data: Mapping[str, Any], name: str, where: str = "") -> Mapping[str, Any]:
        value = data.get(name, {})
        if not isinstance(value, dict):
            raise self.fault(f"{where}.{name}" if where else name, tr("a table of fields is needed here"))
        return value

    def read(self, data: Mapping[str, Any]) -> Declaration:
        self.known(data, _HEAD, "")
        texts = {name: self.text(data, name, needed=name in ("name", "title")) for name in _TEXTS}
        expected = self.table(data, "expected")
        if not all(isinstance(n, int) and not isinstance(n, bool) for n in expected.values()):
            raise self.fault("expected", tr("whole numbers are needed here"))
        unverified = data.get("unverified", [])
        if not isinstance(unverified, list) or not all(isinstance(one, str) for one in unverified):
            raise self.fault("unverified", tr("a list of texts is needed here"))
        seconds = data.get("absent_seconds")
        if seconds is not None and (not isinstance(seconds, int | float) or not 0 < seconds < 1e6):
            raise self.fault("absent_seconds", tr("a number above 0 is needed here"))
        scheme = self.scheme(data.get("scheme"))
        reader = self.text(data, "reader")
        places = tuple(self.places(data, scheme))
        if bool(reader) == bool(places):
            raise self.fault("names, table, lines, reader", tr("give one of them"))
        return Declaration(
            **texts, unverified=tuple(unverified), expected=expected, scheme=scheme, reader=reader,
            absent_seconds=None if seconds is None else float(seconds), places=places,
        )  # fmt: skip

    def scheme(self, value: object) -> Scheme | None:
        if value is None:
            return None
        if isinstance(value, str):
            return find_scheme(value)
        if not isinstance(value, dict):
            raise self.fault("scheme", tr("a name or a table is needed here"))
        return Scheme.from_dict(value, origin=f"{self.origin}, scheme")

    def places(self, data: Mapping[str, Any], scheme: Scheme | None) -> list[Place]:
        found: list[Place] = []
        for kind in ("names", "table", "lines"):
            entries = data.get(kind, [])
            entries = [entries] if isinstance(entries, dict) else entries
            if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
                raise self.fault(kind, tr("a table of fields is needed here"))
            found += [
                self.place(kind, entry, f"{kind}[{n}]", scheme) for n, entry in enumerate(entries, start=1)
            ]
        return found

    def place(self, kind: Kind, data: Mapping[str, Any], where: str, scheme: Scheme | None) -> Place:
        self.known(data, _SOURCE, where)
        pattern = self.pattern(data, where) if kind != "table" else None
        where_to_look = self.text(data, "where", where) or "name"
        if where_to_look not in ("name", "path"):
            raise self.fault(f"{where}.where", closest(where_to_look, ["name", "path"]))
        file = self.value(data["file"], f"{where}.file") if "file" in data else None
        path = self.text(data, "path", where)
        if kind != "names" and (file is None or not path):
            raise self.fault(where, tr("path and file are needed here"))
        self.inside(path, f"{where}.path")
        place = Place(
            kind=kind,
            path=path,
            pattern=pattern,
            where=where_to_look,  # type: ignore[arg-type]
            file=file,
            join=tuple(self.joins(data, where)),
            groups=self.values(data, "groups", where),
            labels=self.labels(data, where, scheme),
            rater=self.value(data["rater"], f"{where}.rater") if "rater" in data else None,
            part=self.value(data["part"], f"{where}.part") if "part" in data else None,
            votes=tuple(self.votes(data, where, scheme)),
        )
        if pattern is not None and not place.join:
            self.check_fields(place, set(pattern.groupindex), where)
        return place

    def inside(self, path: str, where: str) -> None:
        if path.startswith("/") or ".." in path.split("/"):
            raise self.fault(where, tr("must lead to below the folder of the corpus"))

    def check_fields(self, place: Place, known: set[str], where: str) -> None:
        used = [place.file, place.rater, place.part, *place.groups.values(), *place.labels.values()]
        for value in used:
            for name in sorted((value.fields if value else set()) - known):
                raise self.fault(
                    where,
                    tr('the pattern has no field "{name}".', name=name) + " " + closest(name, sorted(known)),
                )

    def pattern(self, data: Mapping[str, Any], where: str) -> re.Pattern[str]:
        try:
            return re.compile(self.text(data, "pattern", where, needed=True))
        except re.error as error:
            raise self.fault(f"{where}.pattern", tr("is no pattern: {error}", error=error)) from None

    def joins(self, data: Mapping[str, Any], where: str) -> list[tuple[str, str]]:
        entries = data.get("join", [])
        entries = [entries] if isinstance(entries, dict) else entries
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            raise self.fault(f"{where}.join", tr("a table of fields is needed here"))
        for entry in entries:
            self.known(entry, _JOIN, f"{where}.join")
            self.inside(self.text(entry, "path", f"{where}.join", needed=True), f"{where}.join.path")
        return [
            (
                self.text(one, "path", f"{where}.join", needed=True),
                self.text(one, "on", f"{where}.join", needed=True),
            )
            for one in entries
        ]

    def votes(self, data: Mapping[str, Any], where: str, scheme: Scheme | None) -> list[Votes]:
        entries = data.get("votes", [])
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            raise self.fault(f"{where}.votes", tr("a list of tables is needed here"))
        found = []
        for n, entry in enumerate(entries, start=1):
            here = f"{where}.votes[{n}]"
            self.known(entry, _VOTES, here)
            rater = self.value(entry.get("rater"), f"{here}.rater")
            found.append(Votes(self.pattern(entry, here), rater, self.labels(entry, here, scheme)))
        return found

    def labels(self, data: Mapping[str, Any], where: str, scheme: Scheme | None) -> dict[str, Value]:
        found = self.values(data, "labels", where)
        if found and scheme is None:
            raise self.fault("scheme", tr("labels need a scheme"))
        for name, value in found.items():
            item = scheme.item(name) if scheme else None
            for meaning in (value.meanings or {}).values() if item and item.type == "category" else ():
                if meaning:
                    item.parse(meaning)  # type: ignore[union-attr]
        return found

    def values(self, data: Mapping[str, Any], name: str, where: str) -> dict[str, Value]:
        return {
            key: self.value(one, f"{where}.{name}.{key}")
            for key, one in self.table(data, name, where).items()
        }

    def value(self, data: object, where: str) -> Value:
        if isinstance(data, str) and data.strip():
            return Value(data)
        if isinstance(data, dict):
            self.known(data, frozenset({"from", "map", "blank"}), where)
            meanings, blanks = data.get("map"), data.get("blank", [])
            if (meanings is None or _are_texts(meanings, dict)) and _are_texts(blanks, list):
                return Value(self.text(data, "from", where, needed=True), meanings, frozenset(blanks))
        raise self.fault(
            where, tr('a text such as "{example}", or from and map are needed here', example="{speaker}")
        )


def _are_texts(value: object, kind: type[list[str]] | type[dict[str, str]]) -> bool:
    if not isinstance(value, kind):
        return False
    return all(isinstance(one, str) for one in (value.values() if isinstance(value, dict) else value))
