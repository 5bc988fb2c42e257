"""Recipes that ship, that other packages bring, and one's own files."""

from dataclasses import dataclass
from pathlib import Path

from annotator.app.settings import settings_file
from annotator.domain.errors import AnnotatorError
from annotator.exchange.recipes.recipe import Recipe
from annotator.exchange.recipes.registry import RECIPES, recipe_from


def recipes_folder() -> Path:
    """Where this user's own recipe files are looked for."""
    return settings_file().parent / "recipes"


@dataclass(frozen=True, slots=True)
class Listed:
    """All recipes by name, and why files of one's own could not be read."""

    recipes: dict[str, Recipe]
    problems: tuple[str, ...]


def find_recipe(name_or_path: str) -> Recipe:
    """A recipe by its name, or read from a TOML file; one's own file goes before a recipe that ships."""
    if name_or_path.endswith(".toml"):
        return recipe_from(Path(name_or_path))
    own = recipes_folder() / f"{name_or_path}.toml"
    if Path(name_or_path).name == name_or_path and own.is_file():
        return recipe_from(own)
    return RECIPES[name_or_path]


def list_recipes() -> Listed:
    """All recipes; a file of one's own that is wrong is told and hides none."""
    found = dict(RECIPES.items())
    problems: list[str] = []
    for path in sorted(recipes_folder().glob("*.toml")):
        try:
            found[path.stem] = recipe_from(path)
        except AnnotatorError as error:
            problems.append(str(error))
    return Listed(found, tuple(problems))
