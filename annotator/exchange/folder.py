"""An export is a folder that is there as a whole or not at all, and that says what it is in `manifest.json`.

It is written beside its place and moved there when it is complete. It replaces nothing but an earlier export of
the same corpus in the same format that nobody has changed since. The manifest holds no time: the same corpus with
the same options gives the same bytes.
"""

import csv
import errno
import json
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from annotator.audio.container import digest
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job, Progress
from annotator.domain.timeline import to_seconds
from annotator.domain.translation import tr
from annotator.exchange.bundle import ExportData, ExportOptions, ExportResult, Filled
from annotator.exchange.card import plain_card
from annotator.exchange.selection import relative_paths

MANIFEST = "manifest.json"
LEFT_OUT = "left_out.csv"
_MAKER = "annotator export"
_CANNOT_WRITE = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.ENAMETOOLONG, errno.ENOTDIR}
)


def write_folder(
    out: Path,
    *,
    format_name: str,
    data: ExportData,
    options: ExportOptions,
    fill: Callable[[Path], Job[Filled]],
) -> Job[ExportResult]:
    """Has `fill` write into a new folder, adds what describes it and the manifest, and moves it to `out`.

    Raises `AnnotatorError` where `out` holds anything that is not an unchanged earlier export, or where the disk
    does not take it; then, or when the job is closed, everything is as it was before.
    """
    out = out.resolve()
    yield from _check_replaceable(out, format_name, data.name)
    staging = out.parent / f".{out.name}.partial-{uuid4().hex[:8]}"
    missing = [folder for folder in (out.parent, *out.parent.parents) if not folder.exists()]
    try:
        staging.mkdir(parents=True)
        filled = yield from fill(staging)
        _write_left_out(staging, data, filled)
        pages = data.card(filled) if data.card is not None else {"README.md": plain_card(data, filled)}
        for name, page in pages.items():
            (staging / name).write_text(page, encoding="utf-8", newline="\n")
        files = yield from _hash_all(staging)
        manifest = {
            "made_by": _MAKER,
            "format": format_name,
            "corpus": data.name,
            "options": asdict(options),
            "segments": len(filled.segments),
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
        segments=len(filled.segments),
        parts=filled.parts,
        excluded=filled.excluded,
        manifest=out / MANIFEST,
        warnings=filled.warnings,
    )


def _write_left_out(folder: Path, data: ExportData, filled: Filled) -> None:
    """The segments that are not there, with their reasons."""
    if not filled.left_out:
        return
    paths = relative_paths(data.recordings)
    with (folder / LEFT_OUT).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["segment", "file", "start", "end", "tier", "reason", "detail"])
        for one in filled.left_out:
            segment, rate = one.segment, data.recording_of[one.segment.recording_id].sample_rate
            times = [to_seconds(at, rate) for at in (segment.start, segment.end)]
            tier = data.tier_names[segment.tier_id]
            writer.writerow([segment.id, paths[segment.recording_id], *times, tier, one.reason, one.detail])


@dataclass(frozen=True, slots=True)
class Verified:
    """What has become of an export: names of the files that are gone, changed, or were not part of it."""

    folder: Path
    format: str
    files: int
    missing: tuple[str, ...]
    changed: tuple[str, ...]
    extra: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether the folder is what was exported."""
        return not (self.missing or self.changed or self.extra)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for `--json`."""
        return {
            "ok": self.ok,
            "folder": str(self.folder),
            "format": self.format,
            "files": self.files,
            "missing": list(self.missing),
            "changed": list(self.changed),
            "extra": list(self.extra),
        }


def verify_folder(folder: Path) -> Job[Verified]:
    """Compares an export with its manifest, every file by its check sum.

    Raises `AnnotatorError` where the folder holds no manifest of an export.
    """
    if not folder.is_dir():
        raise AnnotatorError(tr("There is no folder {path}.", path=folder))
    manifest = _read_manifest(folder / MANIFEST)
    if manifest is None:
        raise AnnotatorError(
            tr("{out} is not an export: it has no manifest that can be read.", out=folder),
            tr('Give a folder that "annotator export" wrote.'),
        )
    recorded: dict[str, dict[str, Any]] = manifest["files"]
    found = set(_files(folder)) - {MANIFEST}
    changed = []
    here = sorted(found & recorded.keys())
    for done, name in enumerate(here):
        yield Progress(done, len(here), tr("Comparing check sums"))
        try:
            same = digest(folder / name) == recorded[name]["sha256"]
        except OSError as error:
            raise AnnotatorError(
                tr("{path} cannot be read: {error}.", path=folder / name, error=error.strerror)
            ) from None
        if not same:
            changed.append(name)
    return Verified(
        folder=folder,
        format=str(manifest["format"]),
        files=len(recorded),
        missing=tuple(sorted(recorded.keys() - found)),
        changed=tuple(changed),
        extra=tuple(sorted(found - recorded.keys())),
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
        if digest(out / name) != recorded[name]["sha256"]:
            raise AnnotatorError(tr("{file} was changed after it was exported.", file=out / name), elsewhere)


def _read_manifest(path: Path) -> dict[str, Any] | None:
    """The manifest of an earlier export; `None` where there is none."""
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(manifest, dict) or manifest.get("made_by") != _MAKER:
        return None
    files = manifest.get("files")
    whole = isinstance(files, dict) and all(isinstance(f, dict) and "sha256" in f for f in files.values())
    return manifest if whole and {"format", "corpus"} <= manifest.keys() else None


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
        files[name] = {"sha256": digest(path), "bytes": path.stat().st_size}
    return files


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
