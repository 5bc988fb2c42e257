"""The recipes by name. Other packages add theirs through the entry point group `annotator.recipes`."""

from annotator.domain.registry import Registry
from annotator.exchange.recipes.crema_d import read_crema_d
from annotator.exchange.recipes.emotify import read_emotify
from annotator.exchange.recipes.folders import read_folders
from annotator.exchange.recipes.ravdess import read_ravdess
from annotator.exchange.recipes.recipe import Recipe
from annotator.exchange.recipes.table import read_labels
from annotator.exchange.recipes.vgmidi import read_vgmidi

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
    Recipe(
        "crema-d",
        "CREMA-D: Crowd-sourced Emotional Multimodal Actors Dataset, its votes",
        "Cao H, Cooper DG, Keutmann MK, Gur RC, Nenkova A, Verma R (2014). CREMA-D: Crowd-sourced Emotional Multimodal "
        "Actors Dataset. IEEE Transactions on Affective Computing 5(4): 377-390.",
        "Open Database License 1.0",
        read_crema_d,
    ),
    Recipe(
        "emotify",
        "Emotify: induced musical emotion, by single listeners",
        "Aljanaki A, Wiering F, Veltkamp RC (2016). Studying emotion induced by music through a crowdsourcing game. "
        "Information Processing & Management 52(1): 115-128.",
        "cite the paper; no licence is named",
        read_emotify,
    ),
    Recipe(
        "vgmidi",
        "VGMIDI: valence and arousal along piano pieces, by single listeners",
        "Ferreira LN, Whitehead J (2019). Learning to Generate Music with Sentiment. Proceedings of the 20th ISMIR "
        "Conference: 384-390.",
        "no licence is named, see the distributor",
        read_vgmidi,
    ),
):
    RECIPES.add(_recipe.name, _recipe)
