"""The file of a work package: a zip whose members are all named, measured and checked.

    manifest.json     what it is: format, version, members with size and SHA-256
    corpus.sqlite     a corpus that holds one rater's work and nothing else
    media/ID.flac     the sound of the recordings, under their keys

Nothing in such a file is believed: names are compared with this list, every member with its sum, and paths in the
database with what a package may say. It comes by mail from somebody else's computer.
"""

import hashlib
import json
import os
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from annotator.audio.container import digest
from annotator.domain.corpus import DATABASE
from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr
from annotator.storage.store import Store

FORMAT = "annotator-package"
VERSION = 1
MANIFEST = "manifest.json"

#: How packages are usually called; any other name does as well.
SUFFIX = ".annotator"

#: Members beside the manifest, and what recordings may say where their sound is (where it was not packed, by name).
_MEMBER = re.compile(r"corpus\.sqlite|media/[0-9a-f]{32}\.flac")
_AUDIO = re.compile(r"media/[0-9a-f]{32}(\.flac|/[^/\\\0]+)")

_BLOCK = 1 << 20
_MOST_MANIFEST = 1 << 26


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a package says of itself. `members` gives size and SHA-256 of every other member by name."""

    package: str
    corpus: str
    rater: str
    created: str
    audio: str
    members: Mapping[str, tuple[int, str]]

    def to_json(self) -> str:
        """As it stands in the file."""
        members = {name: {"bytes": size, "sha256": sha} for name, (size, sha) in self.members.items()}
        head = {"format": FORMAT, "version": VERSION}
        told = {key: getattr(self, key) for key in ("package", "corpus", "rater", "created", "audio")}
        return json.dumps({**head, **told, "members": members}, indent=1, ensure_ascii=False)


def is_package(path: Path) -> bool:
    """Whether a file is meant as a work package, sound or not."""
    if path.suffix.lower() == SUFFIX:
        return True
    try:
        with zipfile.ZipFile(path) as archive:
            return MANIFEST in archive.namelist()
    except (OSError, zipfile.BadZipFile):
        return False


def write_package(folder: Path, manifest: Manifest, target: Path) -> None:
    """Writes the members from a folder into one file. Sound is compressed already, the database is not."""
    with zipfile.ZipFile(target, "w", allowZip64=True) as archive:
        archive.writestr(MANIFEST, manifest.to_json(), compress_type=zipfile.ZIP_DEFLATED)
        for name in manifest.members:
            kind = zipfile.ZIP_DEFLATED if name == DATABASE else zipfile.ZIP_STORED
            archive.write(folder / name, name, compress_type=kind)


def measure(path: Path) -> tuple[int, str]:
    """Size and SHA-256 of a file, as a manifest gives them."""
    return path.stat().st_size, digest(path)


class PackageFile:
    """An open package. Raises `AnnotatorError` where it is damaged, none at all, or from a newer version."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._archive = zipfile.ZipFile(path)
        except FileNotFoundError:
            raise AnnotatorError(
                tr("There is no file {path}.", path=path),
                tr("Give a work package or the folder of a corpus."),
            ) from None
        except (OSError, zipfile.BadZipFile) as error:
            raise AnnotatorError(
                tr("{path} is damaged or no work package: {reason}.", path=path, reason=_reason(error)),
                tr("Ask for it once more."),
            ) from None
        try:
            self.manifest = self._read_manifest()
        except BaseException:
            self._archive.close()
            raise

    def __enter__(self) -> "PackageFile":
        return self

    def __exit__(self, *_: object) -> None:
        self._archive.close()

    def _read_manifest(self) -> Manifest:
        names = self._archive.namelist()
        if MANIFEST not in names:
            raise AnnotatorError(
                tr("{path} is no work package: it holds no {name}.", path=self.path, name=MANIFEST),
                tr('Packages are made with "annotator package".'),
            )
        try:
            with self._archive.open(MANIFEST) as file:
                data = json.loads(file.read(_MOST_MANIFEST))
            if data["format"] != FORMAT:
                raise ValueError(tr("it says it is something else"))
            version = int(data["version"])
        except (zipfile.BadZipFile, OSError, KeyError, TypeError, ValueError, EOFError) as error:
            raise self._damaged(_reason(error)) from None
        if version > VERSION:
            raise AnnotatorError(
                tr("{path} was made by a newer version of Annotator.", path=self.path),
                tr("Update Annotator, then open it again."),
            )
        try:
            manifest = _manifest(data)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise self._damaged(_reason(error)) from None
        for name in sorted({*names, *manifest.members}):
            if name != MANIFEST and not _MEMBER.fullmatch(name):
                raise self._damaged(tr('"{name}" does not belong into a package', name=name))
        if sorted(names) != sorted([MANIFEST, *manifest.members]) or DATABASE not in manifest.members:
            raise self._damaged(tr("what it holds is not what it lists"))
        return manifest

    def extract(self, name: str, target: Path) -> None:
        """Writes one member to a file, safe on the disk when this returns; refuses it where it was changed."""
        size, sha = self.manifest.members[name]
        found = hashlib.sha256()
        written = 0
        try:
            with self._archive.open(name) as source, target.open("xb") as file:
                while block := source.read(_BLOCK):
                    written += len(block)
                    if written > size:
                        break
                    found.update(block)
                    file.write(block)
                _flush(file)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
            raise self._damaged(_reason(error)) from None
        if written != size or found.hexdigest() != sha:
            raise self._damaged(tr("{name} was changed on the way", name=name))

    def open_database(self, folder: Path) -> Store:
        """Extracts the database into a folder and opens it, once it is known to be sound."""
        self.extract(DATABASE, folder / DATABASE)
        try:
            store = Store.open(folder / DATABASE)
            problems = store.problems()
            with store.reading() as reader:
                paths = [recording.path for recording in reader.recordings()]
                package = reader.meta("package")
        except AnnotatorError as error:
            raise AnnotatorError(error.message.replace(str(folder), str(self.path)), error.hint) from None
        strange = [path for path in paths if not _AUDIO.fullmatch(path) or path.endswith("/..")]
        if strange:
            problems.append(tr('"{name}" does not belong into a package', name=strange[0]))
        if package != self.manifest.package:
            problems.append(tr("database and list are of two packages"))
        if problems:
            store.close()
            raise self._damaged(problems[0])
        return store

    def _damaged(self, reason: str) -> AnnotatorError:
        return AnnotatorError(
            tr("The work package {path} is damaged: {reason}.", path=self.path, reason=reason),
            tr("Ask for it once more."),
        )


def _manifest(data: Mapping[str, Any]) -> Manifest:
    members = {
        str(name): (int(entry["bytes"]), str(entry["sha256"])) for name, entry in data["members"].items()
    }
    told = {key: str(data[key]) for key in ("package", "corpus", "rater", "created", "audio")}
    return Manifest(**told, members=members)


def _flush(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


def _reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).rstrip(".")
