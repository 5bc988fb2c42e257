"""Finding audio files in folders."""

import os
from pathlib import Path

from annotator.audio.source import AUDIO_SUFFIXES

#: What macOS leaves in archives: copies of names without sound.
_DEBRIS = "__MACOSX"


def audio_files(folder: Path) -> list[Path]:
    """Audio files anywhere below a folder, by their endings, sorted; hidden ones are passed over.

    Links to folders are followed (data sets are often linked in), each real folder once, so that a link to a
    folder above is no endless loop.
    """
    found: list[Path] = []
    seen: set[str] = set()
    for place, folders, names in os.walk(folder, followlinks=True):
        real = os.path.realpath(place)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name != _DEBRIS)
        found += [
            Path(place, name)
            for name in names
            if not name.startswith(".") and Path(name).suffix.lower() in AUDIO_SUFFIXES
        ]
    return sorted(path for path in found if path.is_file())
