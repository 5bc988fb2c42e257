"""Telling the format of a file or folder by its name and content."""

from pathlib import Path

from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr
from annotator.exchange.formats import FORMATS


def recognise(path: Path) -> str:
    """The name of the format that a file or folder is in, by its ending and, where that leaves a choice, its content.

    Raises `AnnotatorError` where there is no such file, or it is in no format that can be read.
    """
    if not path.exists():
        raise AnnotatorError(tr("There is no file {path}.", path=path))
    readable = [entry for _, entry in FORMATS.items() if entry.read is not None]
    fitting = [entry for entry in readable if path.is_dir() or path.suffix.lower() in entry.suffixes]
    try:
        told = [entry for entry in fitting if entry.recognise is not None and entry.recognise(path)]
    except OSError as error:
        raise AnnotatorError(tr("{path} cannot be read: {error}.", path=path, error=error.strerror)) from None
    plain = [] if path.is_dir() else [entry for entry in fitting if entry.recognise is None]
    if told or plain:
        return (told or plain)[0].name
    raise AnnotatorError(
        tr("What format {path} is in cannot be told from its name and content.", path=path),
        tr("Name it with --format: {names}.", names=", ".join(entry.name for entry in readable)),
    )
