"""What a package and its weights are made of, found without running any of the package.

Names of packages also come from files that somebody else has written: a kept training is held against what is
installed each time the trainings of a corpus are listed.
"""

import hashlib
import importlib.util
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.machinery import all_suffixes
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final, TypeAlias

from annotator.audio.container import digest
from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr
from annotator.features import speech_models

#: Packages with an interface of their own, and the module that gives them the one of HEAR.
ADAPTERS: Final = {"transformers": speech_models}

_NAME = re.compile(r"([^\W\d]\w*(?:\.[^\W\d]\w*)*)(?:@(.+))?")

_Stamp: TypeAlias = tuple[tuple[str, int, int], ...]
"""Name, size and time of change of each file."""


@dataclass(frozen=True, slots=True)
class Package:
    """A module, by its dotted name, and the weights that it is to load; empty for its own."""

    module: str
    weights: str = ""

    def __str__(self) -> str:
        return f"{self.module}@{self.weights}" if self.weights else self.module


def parse(name: str) -> Package | None:
    """The package that is meant by what follows `embedding:`; `None` for a network file.

    >>> print(parse("hearbaseline.torchcrepe"), parse("transformers@/models/wavlm-base"))
    hearbaseline.torchcrepe transformers@/models/wavlm-base
    >>> parse("networks/speech.onnx"), parse("speech.onnx")
    (None, None)
    """
    found = _NAME.fullmatch(name)
    if found is None or name.lower().endswith(".onnx"):
        return None
    return Package(found[1], found[2] or "")


def package_version(package: Package) -> int:
    """A number that changes with the package's files and with the weights; what the package imports from others is
    not looked at.

    Raises
    ------
    AnnotatorError
        Where the package is not installed or the weights are not on this computer.
    """
    parts = [source_version(package)]
    if package.weights:
        parts.append(content(weights(package)))
    return int(hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12], 16)


def require_there(package: Package) -> None:
    """Raises `AnnotatorError` where the package is not installed or the weights are not on this computer."""
    source_version(package)
    if package.weights:
        weights(package)


def source_version(package: Package) -> str:
    """What tells one state of the package's code, and of the weights that come with it, from another."""
    if package.module not in ADAPTERS:
        return content(_place(package))
    try:
        return f"{version(package.module)} {ADAPTERS[package.module].VERSION}"
    except PackageNotFoundError:
        raise _not_installed(package) from None


def weights(package: Package) -> Path:
    """The file or folder of the weights; raises `AnnotatorError` where there is none."""
    if package.module in ADAPTERS:
        folder: Path = ADAPTERS[package.module].model_folder(package.weights)
        return folder
    path = Path(package.weights).expanduser().absolute()
    if not path.exists():
        raise AnnotatorError(
            tr("There are no weights {path}.", path=path),
            tr("Give the path of a file or folder behind the @."),
        )
    return path


def content(place: Path) -> str:
    """SHA-256 of a file, or of the names and contents of all files in a folder; remembered while they stay as they
    are. Raises `AnnotatorError` where one of them cannot be read."""
    try:
        return _content(place, tuple(_stamps(place)))
    except OSError as error:
        raise AnnotatorError(
            tr("{file} cannot be read: {reason}.", file=error.filename or place, reason=error.strerror),
            tr("Check its permissions."),
        ) from None


@lru_cache(maxsize=64)
def _content(place: Path, stamp: _Stamp) -> str:
    if place.is_file():
        return digest(place)
    whole = hashlib.sha256()
    for name, _, _ in stamp:
        whole.update(f"{name}\0{digest(place / name)}\n".encode())
    return whole.hexdigest()


def _stamps(place: Path) -> Iterator[tuple[str, int, int]]:
    files = [place] if place.is_file() else sorted(path for path in place.rglob("*") if path.is_file())
    for path in files:
        # Python writes there by itself.
        if "__pycache__" not in path.parts:
            status = path.stat()
            yield path.relative_to(place).as_posix(), status.st_size, status.st_mtime_ns


def _place(package: Package) -> Path:
    """The file, or the folder of the package, that a module lies in; raises `AnnotatorError` where there is none."""
    top, *inner = package.module.split(".")
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        spec = None
    if spec is not None and spec.has_location and spec.origin and not inner:
        return Path(spec.origin).parent if spec.submodule_search_locations else Path(spec.origin)
    for folder in (spec and spec.submodule_search_locations) or ():
        module = Path(folder, *inner)
        beside = [module.with_name(module.name + ending) for ending in all_suffixes()]
        if inner and any(path.is_file() for path in (module / "__init__.py", *beside)):
            if spec is not None and spec.has_location:
                return Path(folder)
            # A folder that several packages share: only the part of this one counts.
            part = Path(folder, inner[0])
            return part if part.is_dir() else next(path for path in beside if path.is_file())
    raise _not_installed(package)


def _not_installed(package: Package) -> AnnotatorError:
    return AnnotatorError(
        tr("There is no installed package {package}.", package=package.module),
        tr(
            "Install it beside this program, or correct the name; a network file is named embedding:FILE.onnx."
        ),
    )
