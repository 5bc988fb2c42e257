"""The slot for the full forms of the Geneva Emotional Music Scale: 45 or 25 items from a list that the user has.

The authors hand the lists out under an agreement, so none comes with the program. A list is a CSV table with the
columns `item` and `factor`, and `language` where it holds several; or a TOML file with the same fields in `[[items]]`.
"""

import re
import tomllib
import unicodedata
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from annotator.domain.errors import AnnotatorError
from annotator.domain.registry import closest
from annotator.domain.scheme import Item, Scheme, find_scheme
from annotator.domain.scores import GEMS_FACTORS
from annotator.domain.translation import tr
from annotator.exchange.bundle import Findings
from annotator.exchange.recipes.recipe import need_columns
from annotator.exchange.table import read_table
from annotator.exchange.textfile import read_text

#: Lengths of the forms whose lists are not published.
FORMS = (45, 25)


def licence_notice() -> str:
    """What whoever loads a list has to know and agree to."""
    return tr(
        "The lists of 45 and 25 items of the Geneva Emotional Music Scale are handed out by their authors under a "
        "signed, non-commercial agreement. Go on only if you have signed it, and do not pass the list on: a corpus "
        "with this scheme, its packages and exports contain it."
    )


@dataclass(frozen=True, slots=True)
class _Entry:
    item: str
    factor: str
    language: str
    place: str


def read_gems_list(path: Path, *, language: str | None = None) -> Scheme:
    """The scheme `gems-45` or `gems-25`, by the number of items; felt, 1 (not at all) to 5 (very much).

    Raises `AnnotatorError` naming the line or entry that is wrong: an unknown factor, an item that is there twice, a
    factor without items, another number of items, several languages and none chosen.
    """
    entries = _in_language(_entries(path), language, path)
    found = Counter(entry.item.casefold() for entry in entries)
    names: set[str] = set()
    items = []
    for entry in entries:
        if not entry.item:
            raise _fault(path, entry, tr("there is no item."))
        if found[entry.item.casefold()] > 1:
            raise _fault(path, entry, tr('"{item}" is there twice.', item=entry.item))
        items.append(_item(path, entry, names))
    if len(items) not in FORMS:
        raise AnnotatorError(
            tr("{path} has {n} items; the forms have 45 or 25.", path=path, n=len(items)),
            tr("Give the whole list of one form."),
        )
    missing = sorted(GEMS_FACTORS - {item.factor for item in items})
    if missing:
        raise AnnotatorError(
            tr("{path} has no items of {factors}.", path=path, factors=", ".join(missing)),
            tr("Each of the nine factors needs items."),
        )
    return replace(
        find_scheme("gems-27"),
        name=f"gems-{len(items)}",
        title=tr("Geneva Emotional Music Scale, {n} items", n=len(items)),
        source=tr(
            "Zentner, Grandjean & Scherer 2008, Emotion 8(4):494-521. "
            "Used under the authors' agreement: not to be passed on."
        ),
        items=tuple(items),
    )


def _item(path: Path, entry: _Entry, names: set[str]) -> Item:
    factor = re.sub(r"[\s_-]+", "_", entry.factor.strip().casefold())
    if factor not in GEMS_FACTORS:
        what = tr('"{factor}" is none of the nine factors.', factor=entry.factor)
        raise AnnotatorError(f"{path}, {entry.place}: {what}", closest(factor, sorted(GEMS_FACTORS)))
    name = _name(entry.item)
    if not name or name in names:
        name = f"{name or factor}_{len(names) + 1}"
    names.add(name)
    pattern = find_scheme("gems-27").items[0]
    return replace(pattern, name=name, title=entry.item, factor=factor)


def _name(text: str) -> str:
    """A short name for columns: letters and digits of any language, spaces made underlines.

    >>> _name("feeling of transcendence")
    'feeling_of_transcendence'
    """
    return re.sub(r"\W+", "_", unicodedata.normalize("NFC", text.casefold())).strip("_")


def _in_language(entries: list[_Entry], language: str | None, path: Path) -> list[_Entry]:
    known = sorted({entry.language for entry in entries})
    if language is None and len(known) <= 1:
        return entries
    if language not in known:
        what = (
            tr("{path} holds several languages.", path=path)
            if language is None
            else tr('{path} has no items in "{language}".', path=path, language=language)
        )
        raise AnnotatorError(what, tr("Choose one: {names}.", names=", ".join(filter(None, known))))
    return [entry for entry in entries if entry.language == language]


def _entries(path: Path) -> list[_Entry]:
    if path.suffix.lower() == ".toml":
        return _toml_entries(path)
    table = read_table(path, Findings())
    need_columns(table, ["item", "factor"])
    language = table.column(("language",))
    return [
        _Entry(row.get("item"), row.get("factor"), row.get(language), tr("line {n}", n=row.line))
        for row in table.rows
    ]


def _toml_entries(path: Path) -> list[_Entry]:
    try:
        rows = tomllib.loads(read_text(path, Findings())).get("items")
    except tomllib.TOMLDecodeError as error:
        raise AnnotatorError(
            tr("{path} is not a valid TOML file: {error}.", path=path, error=str(error).rstrip("."))
        ) from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise AnnotatorError(
            tr("{path} has no list of items.", path=path), tr("Write each as [[items]] with item and factor.")
        )
    return [
        _Entry(
            str(row.get("item", "")).strip(),
            str(row.get("factor", "")),
            str(row.get("language", "")),
            f"items[{n}]",
        )
        for n, row in enumerate(rows, start=1)
    ]


def _fault(path: Path, entry: _Entry, what: str) -> AnnotatorError:
    return AnnotatorError(f"{path}, {entry.place}: {what}", tr("Mend the list and load it again."))
