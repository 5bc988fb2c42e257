"""Files that a data set names: only what really lies in its own folder is touched."""

from collections.abc import Iterable
from pathlib import Path, PurePosixPath, PureWindowsPath

from annotator.audio.source import AUDIO_SUFFIXES
from annotator.domain.translation import tr
from annotator.exchange.bundle import Findings


def inside(folder: Path, name: str) -> Path | None:
    """The path of a named file below `folder`; `None` where the name leads out of it.

    >>> inside(Path("/data"), "a/b.wav"), inside(Path("/data"), "../b.wav"), inside(Path("/data"), "C:\\\\b.wav")
    (PosixPath('/data/a/b.wav'), None, None)
    """
    if "\0" in name:
        return None
    given = PurePosixPath(name.replace("\\", "/"))
    if given.is_absolute() or PureWindowsPath(name).drive or ".." in given.parts:
        return None
    path = folder / given
    try:
        return path if path.resolve().is_relative_to(folder.resolve()) else None
    except (OSError, RuntimeError):  # a name that the file system does not take, or a loop of links
        return None


def files_within(folder: Path, names: Iterable[str], findings: Findings) -> dict[str, Path]:
    """The named audio files that are there, by name; names that lead out of the folder are reported."""
    found: dict[str, Path] = {}
    for name in names:
        path = inside(folder, name)
        if path is None:
            findings.warn(
                tr('"{name}" lies outside the data set; no file was taken from there.', name=name[:200])
            )
        elif path.suffix.lower() in AUDIO_SUFFIXES and is_there(path):
            found[name] = path
    return found


def is_there(path: Path) -> bool:
    """Whether there is such a file; a name that the file system does not take is that of none."""
    try:
        return path.is_file()
    except OSError:
        return False
