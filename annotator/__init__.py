"""Annotator: from hours of talk shows or music to a labelled emotion corpus and a baseline trained on it."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("affect-annotator")
except PackageNotFoundError:  # run from a checkout that was never installed
    __version__ = "0+unknown"

__all__ = ["__version__"]
