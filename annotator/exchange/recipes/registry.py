"""The recipes by name: each is described by a file in `datasets/recipes`, and most are nothing but that file.

Other packages add theirs through the entry point group `annotator.recipes`.
"""

from collections.abc import Callable
from pathlib import Path

from annotator.domain.bundled import dataset
from annotator.domain.errors import AnnotatorError
from annotator.domain.registry import Registry, closest
from annotator.domain.translation import tr
from annotator.exchange.recipes.crema_d import read_crema_d
from annotator.exchange.recipes.declaration import Declaration, read_declaration
from annotator.exchange.recipes.declared import read_declared
from annotator.exchange.recipes.emotify import read_emotify
from annotator.exchange.recipes.folders import read_folders
from annotator.exchange.recipes.ravdess import read_ravdess
from annotator.exchange.recipes.recipe import Recipe, RecipeResult
from annotator.exchange.recipes.table import read_labels
from annotator.exchange.recipes.vgmidi import read_vgmidi

#: What a pattern cannot express: single votes that have to be counted out, copies to be told from takes.
READERS: dict[str, Callable[[Path], RecipeResult]] = {
    "folders": read_folders,
    "table": read_labels,
    "ravdess": read_ravdess,
    "crema-d": read_crema_d,
    "emotify": read_emotify,
    "vgmidi": read_vgmidi,
}

#: The general ones come first in lists.
_FIRST = ("folders", "table")

RECIPES: Registry[Recipe] = Registry("annotator.recipes", "recipe")


def recipe_from(path: Path) -> Recipe:
    """The recipe that a file describes; `AnnotatorError` names the file and the field that is wrong."""
    declared = read_declaration(path)
    return Recipe(
        name=declared.name,
        title=declared.title,
        citation=declared.citation,
        licence=declared.licence,
        read=_reader(declared, path),
        url=declared.url,
        how=declared.how,
        unverified=declared.unverified,
        expected=declared.expected,
    )


def _reader(declared: Declaration, path: Path) -> Callable[[Path], RecipeResult]:
    if not declared.reader:
        return lambda folder: read_declared(declared, folder)
    if declared.reader not in READERS:
        raise AnnotatorError(f"{path}, reader: {closest(declared.reader, list(READERS))}")
    return READERS[declared.reader]


def shipped_files() -> list[Path]:
    """The recipe files that come with the program, the general ones first."""
    files = sorted(dataset("recipes").glob("*.toml"))
    if not files:
        raise AnnotatorError(tr("The folder {folder} holds no recipe.", folder=dataset("recipes")))
    return sorted(files, key=lambda path: (path.stem not in _FIRST, path.stem))


for _path in shipped_files():
    RECIPES.add(_path.stem, recipe_from(_path))
