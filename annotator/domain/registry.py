"""Named, extensible collections: formats, segmenters, feature sets, models, recipes.

Other packages add entries through entry points: `[project.entry-points."annotator.formats"] mine = "pkg:Format"`.
"""

import difflib
from collections.abc import Iterator
from typing import Generic, TypeVar

from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr

T = TypeVar("T")


def closest(name: str, valid: list[str]) -> str:
    """A sentence for an unknown name: the likely one if there is one, and all valid ones.

    >>> closest("majorty", ["majority", "mean"])
    'Did you mean "majority"? Valid: majority, mean.'
    """
    listed = tr("Valid: {names}.", names=", ".join(valid)) if valid else tr("There are none yet.")
    near = difflib.get_close_matches(name, valid, n=1)
    return tr('Did you mean "{name}"?', name=near[0]) + " " + listed if near else listed


class Registry(Generic[T]):
    """Entries by name, in order of registration; entry points of `group` are read on first use.

    >>> tools: Registry[int] = Registry("annotator.examples", "tool")
    >>> tools.add("hammer", 1)
    >>> tools["hammer"], tools.names()
    (1, ['hammer'])
    """

    def __init__(self, group: str, noun: str) -> None:
        self._group = group
        self._noun = noun
        self._entries: dict[str, T] = {}
        self._plugins_read = False

    def add(self, name: str, entry: T) -> None:
        """Adds an entry under a name that is not taken."""
        if name in self._entries:
            raise ValueError(f"{self._noun} {name!r} is registered twice")
        self._entries[name] = entry

    def names(self) -> list[str]:
        """All names, built-in ones first."""
        self._read_plugins()
        return list(self._entries)

    def items(self) -> Iterator[tuple[str, T]]:
        """Names with their entries."""
        self._read_plugins()
        return iter(self._entries.items())

    def __contains__(self, name: str) -> bool:
        self._read_plugins()
        return name in self._entries

    def __getitem__(self, name: str) -> T:
        self._read_plugins()
        if name not in self._entries:
            raise AnnotatorError(
                tr('Unknown {noun} "{name}".', noun=tr(self._noun), name=name), closest(name, self.names())
            )
        return self._entries[name]

    def _read_plugins(self) -> None:
        if self._plugins_read:
            return
        self._plugins_read = True
        from importlib.metadata import entry_points  # slow to import, and processes that compute never ask

        for point in entry_points(group=self._group):
            self.add(point.name, point.load())
