"""Where the files that come with the program are: in the wheel, or beside the package in a checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def _root() -> Path:
    bundled = _PACKAGE / "_bundled"
    return bundled if bundled.is_dir() else _PACKAGE.parent


def resource(*parts: str) -> Path:
    """Path below `resources/` (schemes, icons, pictograms, themes, translations).

    >>> resource("schemes").is_dir()
    True
    """
    return _root().joinpath("resources", *parts)


def dataset(*parts: str) -> Path:
    """Path below `datasets/` (the registry of known corpora, the demo corpus)."""
    return _root().joinpath("datasets", *parts)
