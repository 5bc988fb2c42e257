"""Annotator: from hours of talk shows or music to a labelled emotion corpus and a baseline trained on it."""

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from annotator.app.library import Corpus, new_corpus, open_corpus

    __version__: str

# The threads of NumPy's linear algebra keep a core busy for a tenth of a second after they start, and again after each
# product, waiting for the next one. This is read when NumPy is first loaded; what the user has set counts.
os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", "4")

__all__ = ["Corpus", "__version__", "new_corpus", "open_corpus"]


def __getattr__(name: str) -> Any:
    """Library and version are looked up when first asked for: `import annotator` itself costs nothing."""
    if name == "__version__":
        return _version()
    if name in ("Corpus", "new_corpus", "open_corpus"):
        return getattr(import_module("annotator.app.library"), name)
    raise AttributeError(f"module 'annotator' has no attribute {name!r}")


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("affect-annotator")
    except PackageNotFoundError:  # run from a checkout that was never installed
        return "0+unknown"
