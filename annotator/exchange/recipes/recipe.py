"""What every recipe gives, and how recipes find audio files."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from annotator.audio.source import AUDIO_SUFFIXES
from annotator.domain.corpus import Value
from annotator.domain.errors import AnnotatorError
from annotator.domain.scheme import Item, Scheme
from annotator.domain.translation import tr
from annotator.exchange.table import CsvTable

EMOTION = "emotion"

#: Tier whose segments are whole recordings.
WHOLE_TIER = "whole"


@dataclass(frozen=True, slots=True)
class RecipeFile:
    """One audio file with its group keys and one set of labels by item.

    `rater` names who gave these labels, `None` for the labels that the data set came with. A file rated by several
    stands here once for each. `tier` keeps apart what was judged in different ways (the voice, the face), and
    `comment` holds what else the source says of one rating. `part` is that of the split which the data set comes with.
    """

    path: Path
    groups: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, Value] = field(default_factory=dict)
    rater: str | None = None
    tier: str = WHOLE_TIER
    comment: str = ""
    part: str = ""


@dataclass(frozen=True, slots=True)
class Absent:
    """What is assumed of a recording that is not there: published ratings can be studied without their sound."""

    sample_rate: int
    samples: int
    warning: str


@dataclass(frozen=True, slots=True)
class RecipeResult:
    """The files in a stable order, the scheme of their labels, and what was left out or looks odd.

    `absent` names the files that are rated but not there.
    """

    files: tuple[RecipeFile, ...]
    scheme: Scheme
    warnings: tuple[str, ...] = ()
    absent: Mapping[Path, Absent] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one corpus is read: `read` takes its folder. `licence` is as its authors publish it."""

    name: str
    title: str
    citation: str
    licence: str
    read: Callable[[Path], RecipeResult]
    url: str = ""
    how: str = ""
    unverified: tuple[str, ...] = ()
    expected: Mapping[str, int] = field(default_factory=dict)


def unexpected(recipe: Recipe, files: Sequence[RecipeFile]) -> list[str]:
    """Sentences on how what was found differs in number from what the corpus is known to hold."""
    found = {"files": len({file.path for file in files})}
    for key in recipe.expected.keys() - found.keys():
        found[key] = len({file.groups[key] for file in files if key in file.groups})
    return [
        tr("The corpus is known to have {expected} {what}; {found} were found.",
           expected=n, what=what, found=found[what])
        for what, n in recipe.expected.items()
        if found[what] != n
    ]  # fmt: skip


def check_folder(folder: Path) -> None:
    """Raises `AnnotatorError` where there is no such folder."""
    if not folder.exists():
        raise AnnotatorError(tr("There is no folder {folder}.", folder=folder))
    if not folder.is_dir():
        raise AnnotatorError(tr("{folder} is not a folder.", folder=folder))


def find_table(place: Path, name: str) -> Path:
    """The table of that name: `place` itself, in it, or in the first folder below that has it.

    Raises `AnnotatorError` where there is none.
    """
    if place.is_file():
        return place
    check_folder(place)
    found = next(iter(sorted(place.rglob(name), key=lambda path: (len(path.parts), path))), None)
    if found is None:
        raise AnnotatorError(
            tr("There is no table {name} in {folder}.", name=name, folder=place),
            tr("Give the folder that holds it."),
        )
    return found


def need_columns(table: CsvTable, names: Sequence[str]) -> None:
    """Raises `AnnotatorError` where a table lacks a column."""
    missing = [name for name in names if name not in table.columns]
    if missing:
        raise AnnotatorError(
            tr('{path} has no column "{column}".', path=table.path, column=missing[0]),
            tr("Give the table as it was published."),
        )


def no_audio(folder: Path) -> AnnotatorError:
    """The error for a folder in which no audio file is."""
    return AnnotatorError(
        tr("No audio file is in {folder}.", folder=folder),
        tr("Known kinds: {kinds}.", kinds=", ".join(sorted(AUDIO_SUFFIXES))),
    )


def emotion_scheme(labels: set[str], source: str) -> Scheme:
    """A scheme with the one item `emotion` whose labels are those found, sorted.

    Raises `AnnotatorError` where there is only one label.
    """
    names = tuple(sorted(labels, key=lambda label: (label.casefold(), label)))
    if len(names) < 2:
        raise AnnotatorError(
            tr('{source} has only the label "{label}".', source=source, label=", ".join(names)),
            tr("At least two are needed."),
        )
    item = Item(EMOTION, "category", title=tr("Emotion"), labels=names)
    return Scheme("emotions", tr("Emotions"), "perceived", (item,), panel="choice")


def listed(names: list[str], most: int = 3) -> str:
    """The first few names, and how many more there are.

    >>> listed(["a", "b", "c", "d", "e"])
    'a, b, c and 2 more'
    """
    if len(names) <= most:
        return ", ".join(names)
    return tr("{names} and {n} more", names=", ".join(names[:most]), n=len(names) - most)
