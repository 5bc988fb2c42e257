"""An export is a folder that is there as a whole or not at all, and that says what it is in `manifest.json`.

It is written beside its place and moved there when it is complete. It replaces nothing but an earlier export of
the same corpus in the same format that nobody has changed since. The manifest holds no time: the same corpus with
the same options gives the same bytes.
"""

import errno
import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job, Progress
from annotator.domain.translation import tr
from annotator.exchange.bundle import ExportOptions, ExportResult

MANIFEST = "manifest.json"
_MAKER = "annotator export"
_BLOCK = 1 << 20
_CANNOT_WRITE = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.ENAMETOOLONG, errno.ENOTDIR}
)


@dataclass(frozen=True, slots=True)
class Filled:
    """What a writer has put into the folder it was given; the fields are those of `ExportResult`."""

    segments: int
    parts: Mapping[str, int]
    excluded: Mapping[str, int]
    warnings: tuple[str, ...] = ()


def write_folder(
    out: Path, *, format_name: str, corpus: str, options: ExportOptions, fill: Callable[[Path], Job[Filled]]
) -> Job[ExportResult]:
    """Has `fill` write into a new folder, adds the manifest and moves it to `out`.

    Raises `AnnotatorError` where `out` holds anything that is not an unchanged earlier export, or where the disk
    does not take it; then, or when the job is closed, everything is as it was before.
    """
    out = out.resolve()
    yield from _check_replaceable(out, format_name, corpus)
    staging = out.parent / f".{out.name}.partial-{uuid4().hex[:8]}"
    missing = [folder for folder in (out.parent, *out.parent.parents) if not folder.exists()]
    try:
        staging.mkdir(parents=True)
        filled = yield from fill(staging)
        files = yield from _hash_all(staging)
        manifest = {
            "made_by": _MAKER,
            "format": format_name,
            "corpus": corpus,
            "options": asdict(options),
            "segments": filled.segments,
            "parts": dict(filled.parts),
            "excluded": dict(filled.excluded),
            "files": files,
        }
        text = json.dumps(manifest, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        (staging / MANIFEST).write_text(text, encoding="utf-8", newline="\n")
        _move_into_place(staging, out)
    except OSError as error:
        if error.errno not in _CANNOT_WRITE:
            raise
        raise AnnotatorError(
            tr("{out} cannot be written: {error}.", out=out, error=error.strerror),
            tr("Choose another folder."),
        ) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        for folder in missing:  # innermost first; a folder that holds the export stays
            with suppress(OSError):
                folder.rmdir()
    return ExportResult(
        format=format_name,
        files=len(files),
        segments=filled.segments,
        parts=filled.parts,
        excluded=filled.excluded,
        manifest=out / MANIFEST,
        warnings=filled.warnings,
    )


def _check_replaceable(out: Path, format_name: str, corpus: str) -> Job[None]:
    if not out.exists():
        return
    elsewhere = tr("Choose another folder, or move this one away.")
    if not out.is_dir():
        raise AnnotatorError(tr("{out} is a file.", out=out), tr("Give a folder."))
    found = _files(out)
    if not found and not any(out.iterdir()):
        return
    manifest = _read_manifest(out / MANIFEST)
    if manifest is None:
        raise AnnotatorError(tr("{out} exists and is not an earlier export.", out=out), elsewhere)
    if (manifest["format"], manifest["corpus"]) != (format_name, corpus):
        raise AnnotatorError(
            tr(
                "{out} is an export of {corpus} in the format {format}.",
                out=out,
                corpus=manifest["corpus"],
                format=manifest["format"],
            ),
            elsewhere,
        )
    recorded: dict[str, dict[str, Any]] = manifest["files"]
    for done, name in enumerate(found):
        yield Progress(done, len(found), tr("Checking the earlier export"))
        if name == MANIFEST:
            continue
        if name not in recorded:
            raise AnnotatorError(tr("{file} is not part of the earlier export.", file=out / name), elsewhere)
        if _sha256(out / name) != recorded[name]["sha256"]:
            raise AnnotatorError(tr("{file} was changed after it was exported.", file=out / name), elsewhere)


def _read_manifest(path: Path) -> dict[str, Any] | None:
    """The manifest of an earlier export; `None` where there is none."""
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(manifest, dict) or manifest.get("made_by") != _MAKER:
        return None
    return manifest if {"format", "corpus", "files"} <= manifest.keys() else None


def _files(folder: Path) -> list[str]:
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_symlink() or not path.is_dir()
    )


def _hash_all(folder: Path) -> Job[dict[str, dict[str, Any]]]:
    names = _files(folder)
    files = {}
    for done, name in enumerate(names):
        yield Progress(done, len(names), tr("Computing check sums"))
        path = folder / name
        files[name] = {"sha256": _sha256(path), "bytes": path.stat().st_size}
    return files


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _move_into_place(staging: Path, out: Path) -> None:
    """Two renames, as a folder cannot be replaced in one; the earlier export comes back if the second fails."""
    if not out.exists():
        staging.rename(out)
        return
    earlier = staging.with_name(staging.name.replace(".partial-", ".earlier-"))
    out.rename(earlier)
    try:
        staging.rename(out)
    except OSError:
        earlier.rename(out)
        raise
    shutil.rmtree(earlier)
