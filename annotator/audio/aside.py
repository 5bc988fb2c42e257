"""Files that appear under their name only when they are complete."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import soundfile

from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr

PARTIAL = ".partial"


def require_place(path: Path) -> None:
    """Raises `AnnotatorError` where a file could not be written, before any work is done for it."""
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise AnnotatorError(
            tr("{file} cannot be written.", file=path), tr("Give a file in a folder that exists.")
        )


@contextmanager
def written_aside(path: Path, *, durable: bool = False) -> Iterator[Path]:
    """Gives a path to write to, which becomes `path` when the block ends well and is removed when it does not.

    With `durable` the content is on the disk before the name is: not even a power cut leaves a file of the right
    size without its content. Raises `AnnotatorError` where the disk refuses.
    """
    partial = path.with_name(f".{path.name}.{uuid.uuid4().hex}{PARTIAL}")
    try:
        yield partial
        if durable:
            with partial.open("rb+") as file:
                os.fsync(file.fileno())
        os.replace(partial, path)
    except (OSError, soundfile.LibsndfileError) as error:
        raise AnnotatorError(
            tr(
                '"{path}" cannot be written: {reason}',
                path=path,
                reason=getattr(error, "strerror", None) or error,
            ),
            tr("Check that the folder exists, may be written to and has space left."),
        ) from error
    finally:
        with suppress(OSError):
            partial.unlink()
