"""Which scheme imported answers belong to: one of the corpus that takes them, or the one that the source describes."""

from dataclasses import replace

from annotator.app.session import find_scheme
from annotator.domain.errors import AnnotatorError
from annotator.domain.scheme import Item, Scheme
from annotator.domain.translation import tr
from annotator.exchange.bundle import Imported, ImportedRating
from annotator.storage.reader import Reader


class Instruments:
    """Finds the schemes of each rating; what a person names goes before what the file names, and both before a guess.

    Where no scheme of the corpus has all items of a source, each item goes to the one that takes it, and those that
    none takes to the scheme that the source brings.
    """

    def __init__(self, reader: Reader, found: Imported, wanted: str | None) -> None:
        self._held = {scheme.name: scheme for scheme in reader.schemes()}
        self._brought = found.schemes
        self._wanted = find_scheme(reader, wanted) if wanted is not None else None
        self._items: dict[str, set[str]] = {}
        for row in found.ratings:
            self._items.setdefault(row.scheme, set()).update(row.values)
        self._chosen: dict[str, dict[str, Scheme] | AnnotatorError] = {}
        self._new: dict[str, Scheme] = {}

    def of(self, row: ImportedRating) -> list[tuple[Scheme, dict[str, str | float]]]:
        """The values of a rating by scheme; `AnnotatorError` where none fits, or several do."""
        if self._wanted is not None:
            return [(self._wanted, dict(row.values))]
        if row.scheme not in self._chosen:
            try:
                self._chosen[row.scheme] = self._choose(row.scheme)
            except AnnotatorError as error:
                self._chosen[row.scheme] = error
        chosen = self._chosen[row.scheme]
        if isinstance(chosen, AnnotatorError):
            raise chosen
        shares: dict[str, tuple[Scheme, dict[str, str | float]]] = {}
        for item, value in row.values.items():
            scheme = chosen[item]
            shares.setdefault(scheme.name, (scheme, {}))[1][item] = value
        return list(shares.values())

    def named(self, name: str) -> Scheme:
        """A scheme that `of` gave, by its name."""
        return self._new.get(name) or self._held[name]

    def new(self) -> list[Scheme]:
        """Schemes that the corpus does not have yet."""
        return list(self._new.values())

    def _choose(self, name: str) -> dict[str, Scheme]:
        """The scheme of each item of the ratings that name this scheme, or none."""
        items = self._items[name]
        brought = next((one for one in self._brought if one.name == name), None)
        if name in self._held and _takes(self._held[name], items, brought):
            return dict.fromkeys(items, self._held[name])
        fitting = [one for one in self._held.values() if _takes(one, items, brought)]
        if len(fitting) == 1:
            return dict.fromkeys(items, fitting[0])
        if fitting and brought is None:
            raise AnnotatorError(
                tr("Several schemes have the items {items}.", items=", ".join(sorted(items))),
                tr("Choose one with --scheme: {names}.", names=", ".join(one.name for one in fitting)),
            )
        return self._share(items, brought)

    def _share(self, items: set[str], brought: Scheme | None) -> dict[str, Scheme]:
        chosen: dict[str, Scheme] = {}
        # A scheme that does not take all of the items that it has by name takes none: it is another instrument.
        whole = [
            one for one in self._held.values() if _takes(one, items & {i.name for i in one.items}, brought)
        ]
        for item in sorted(items):
            fitting = [one for one in whole if any(held.name == item for held in one.items)]
            if len(fitting) == 1:
                chosen[item] = fitting[0]
        left = items - chosen.keys()
        if not left:
            return chosen
        if brought is None:
            raise AnnotatorError(
                tr("No scheme of the corpus has the items {items}.", items=", ".join(sorted(left))),
                tr("Name the scheme with --scheme, or make a corpus with one that fits."),
            )
        kept = tuple(item for item in brought.items if item.name in left)
        fresh = replace(brought, name=self._free_name(brought.name), items=kept or brought.items)
        self._new[fresh.name] = fresh
        return chosen | dict.fromkeys(left, fresh)

    def _free_name(self, name: str) -> str:
        number, free = 1, name
        while free in self._held or free in self._new:
            number += 1
            free = f"{name}-{number}"
        return free


def _takes(scheme: Scheme, items: set[str], brought: Scheme | None) -> bool:
    """Whether a scheme has these items, each with room for all that the source's own item allows."""
    held = {item.name: item for item in scheme.items}
    if not items <= held.keys():
        return False
    return brought is None or all(
        _covers(held[item.name], item) for item in brought.items if item.name in items
    )


def _covers(held: Item, given: Item) -> bool:
    if held.numeric and given.numeric:
        same = held.type == given.type or held.type == "number"
        return same and held.minimum <= given.minimum and given.maximum <= held.maximum
    return held.type == given.type and set(given.labels) <= set(held.labels)
