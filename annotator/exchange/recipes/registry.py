"""The recipes by name. Other packages add theirs through the entry point group `annotator.recipes`."""

from annotator.domain.registry import Registry
from annotator.exchange.recipes.folders import read_folders
from annotator.exchange.recipes.ravdess import read_ravdess
from annotator.exchange.recipes.recipe import Recipe
from annotator.exchange.recipes.table import read_labels

RECIPES: Registry[Recipe] = Registry("annotator.recipes", "recipe")

for _recipe in (
    Recipe("folders", "One folder per label", "", "", read_folders),
    Recipe("table", "A CSV table with file and label", "", "", read_labels),
    Recipe(
        "ravdess",
        "RAVDESS: Ryerson Audio-Visual Database of Emotional Speech and Song",
        "Livingstone SR, Russo FA (2018). The Ryerson Audio-Visual Database of Emotional Speech and Song (RAVDESS). "
        "PLoS ONE 13(5): e0196391. https://doi.org/10.1371/journal.pone.0196391",
        "CC BY-NC-SA 4.0",
        read_ravdess,
    ),
):
    RECIPES.add(_recipe.name, _recipe)
