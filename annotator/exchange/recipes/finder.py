"""Finding audio files by the names that tables and lists of labels call them."""

from collections.abc import Sequence
from pathlib import Path
from unicodedata import normalize

from annotator.audio.files import audio_files
from annotator.audio.source import AUDIO_SUFFIXES
from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr
from annotator.exchange.recipes.recipe import listed, no_audio


class Finder:
    """Finds the audio files below a folder by the names that labels call them.

    Raises `AnnotatorError` where there is none, unless `audio` says which there are.
    """

    def __init__(self, folder: Path, audio: Sequence[Path] | None = None) -> None:
        self._folder = folder
        if audio is None:
            audio = audio_files(folder)
            if not audio:
                raise no_audio(folder)
        self._paths = {self._key(path.relative_to(folder)): path for path in audio}
        self._named: dict[str, list[Path]] = {}
        for path in audio:
            for name in {path.name, path.stem}:
                self._named.setdefault(self._key(Path(name)), []).append(path)

    @staticmethod
    def _key(path: Path) -> str:
        return normalize("NFC", path.as_posix())

    def find(self, name: str) -> Path:
        """The file of that path or unique name; raises `AnnotatorError`."""
        asked = Path(name.replace("\\", "/"))
        if asked.is_absolute() or ".." in asked.parts:
            outside = self._folder / asked
            if outside.suffix.lower() in AUDIO_SUFFIXES and outside.is_file():
                return outside
            raise AnnotatorError(tr("there is no audio file {name}.", name=name))
        exact = self._paths.get(self._key(asked))
        if exact is not None:
            return exact
        found = self._named.get(self._key(asked), [])
        if len(found) > 1:
            raise AnnotatorError(
                tr(
                    "{name} can be any of {files}.",
                    name=name,
                    files=listed([str(p.relative_to(self._folder)) for p in found]),
                )
            )
        if not found:
            raise AnnotatorError(tr("there is no audio file {name}.", name=name))
        return found[0]

    def look(self, name: str) -> Path | None:
        """The file of that path, or else the only one of that name; `None` where there is none, or several."""
        asked = Path(name.replace("\\", "/"))
        if asked.is_absolute() or ".." in asked.parts:
            return None
        exact = self._paths.get(self._key(asked))
        found = self._named.get(self._key(Path(asked.name))) or self._named.get(
            self._key(Path(asked.stem)), []
        )
        return exact or (found[0] if len(found) == 1 else None)
