"""One folder per label: `DIR/<label>/.../file.wav`."""

from pathlib import Path
from unicodedata import normalize

from annotator.audio.files import audio_files
from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr
from annotator.exchange.recipes.recipe import (
    EMOTION,
    RecipeFile,
    RecipeResult,
    check_folder,
    emotion_scheme,
    listed,
    no_audio,
)

_PARTS = frozenset(
    {"train", "training", "dev", "val", "valid", "validation", "test", "testing", "eval", "evaluation"}
)


def read_folders(folder: Path) -> RecipeResult:
    """Files labelled by the folder directly below `folder` that holds them, whatever lies between.

    Raises `AnnotatorError` where there are no such folders, no audio, or folders that are parts and not labels.
    """
    check_folder(folder)
    found = audio_files(folder)
    if not found:
        raise no_audio(folder)
    labelled: dict[str, list[Path]] = {}
    loose = []
    for path in found:
        inner = path.relative_to(folder).parts
        if len(inner) == 1:
            loose.append(path.name)
        else:
            labelled.setdefault(normalize("NFC", inner[0].strip()), []).append(path)
    if not labelled:
        raise AnnotatorError(
            tr("{folder} has no folders with audio in them.", folder=folder),
            tr("The recipe folders needs one folder per label."),
        )
    if {name.lower() for name in labelled} <= _PARTS:
        raise AnnotatorError(
            tr(
                "The folders in {folder} are parts ({names}), not labels.",
                folder=folder,
                names=", ".join(labelled),
            ),
            tr("Give one of them, or a table with a column label."),
        )
    warnings = []
    if loose:
        warnings.append(tr("Left out, as in no folder and so without a label: {names}.", names=listed(loose)))
    empty = [
        path.name
        for path in sorted(folder.iterdir())
        if path.is_dir()
        and not path.name.startswith(".")
        and normalize("NFC", path.name.strip()) not in labelled
    ]
    if empty:
        warnings.append(tr("Folders without audio: {names}.", names=listed(empty)))
    return RecipeResult(
        tuple(
            RecipeFile(path, labels={EMOTION: label}) for label, paths in labelled.items() for path in paths
        ),
        emotion_scheme(set(labelled), str(folder)),
        tuple(warnings),
    )
