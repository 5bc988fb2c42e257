"""Annotator: from hours of talk shows or music to a labelled emotion corpus and a baseline trained on it."""

from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from annotator.app.library import Corpus, new_corpus, open_corpus

try:
    __version__ = version("affect-annotator")
except PackageNotFoundError:  # run from a checkout that was never installed
    __version__ = "0+unknown"

__all__ = ["Corpus", "__version__", "new_corpus", "open_corpus"]


def __getattr__(name: str) -> Any:
    """The library is loaded when it is first asked for: `import annotator` itself costs nothing."""
    if name in ("Corpus", "new_corpus", "open_corpus"):
        return getattr(import_module("annotator.app.library"), name)
    raise AttributeError(f"module 'annotator' has no attribute {name!r}")
