"""Adding audio files to a corpus."""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from annotator.app.groups import Rule, groups_of, parse_rules
from annotator.app.session import Session
from annotator.audio.files import audio_files
from annotator.audio.probe import probe
from annotator.audio.source import AUDIO_SUFFIXES
from annotator.domain.corpus import Recording, new_id
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job, Progress, part
from annotator.domain.translation import tr, tr_n


@dataclass(frozen=True, slots=True)
class Added:
    """Which recordings came in, which files were passed over and why, and what is odd about the rest."""

    recordings: tuple[Recording, ...]
    skipped: tuple[str, ...]
    warnings: tuple[str, ...]


def files_to_add(paths: Sequence[Path]) -> tuple[list[Path], set[Path]]:
    """Files to add, in order: given files as they are, folders searched for audio by suffix.

    The second result holds the files that were named themselves: those must be readable, while a folder may
    hold a broken one.
    """
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = audio_files(path)
            if not inside:
                raise AnnotatorError(
                    tr("There is no audio in the folder {path}.", path=path),
                    tr("Known endings: {suffixes}.", suffixes=", ".join(sorted(AUDIO_SUFFIXES))),
                )
            files += inside
        else:
            files.append(path)
    named = {path for path in paths if not path.is_dir()}
    return list(dict.fromkeys(files)), named


def add_recordings(
    session: Session, paths: Sequence[Path], *, groups: Sequence[str] = (), copy: bool = False
) -> Job[Added]:
    """Adds files, and folders of files, as recordings, all in one step that can be undone.

    Parameters
    ----------
    paths
        Audio files and folders.
    groups
        Group rules, `KEY=RULE`; see `annotator.app.groups`.
    copy
        Whether the files are copied into the corpus's `media/` or stay where they are.
    """
    rules = parse_rules(groups)
    files, named = files_to_add(paths)
    with session.reading() as reader:
        known = {(r.sha256, r.path): r for r in reader.recordings()}
    found: list[tuple[Path, Recording]] = []
    skipped: list[str] = []
    for n, path in enumerate(files):
        try:
            recording = yield from part(
                read_recording(session, path, rules), n / len(files), (n + 1) / len(files)
            )
        except AnnotatorError as error:
            if path in named:
                raise
            skipped.append(str(error))
            continue
        if (recording.sha256, recording.path) in known or (copy and _held(known, recording)):
            skipped.append(tr("{path} is in the corpus already.", path=path))
        else:
            found.append((path, recording))
    if not found and skipped and not known:
        raise AnnotatorError(
            tr_n(
                "The only file found cannot be used.",
                "None of the {n} files found can be used.",
                len(skipped),
            ),
            skipped[0],
        )
    recordings = yield from _store(session, found, copy=copy)
    return Added(recordings, tuple(skipped), warnings_about(recordings, rules))


def read_recording(session: Session, path: Path, rules: dict[str, Rule]) -> Job[Recording]:
    """Decodes a file to its end and describes it, with the group keys its rules find."""
    facts = yield from probe(path)
    return Recording(
        id=new_id(),
        path=session.stored_path(path),
        sha256=facts.sha256,
        pcm_hash=facts.pcm_hash,
        sample_rate=facts.sample_rate,
        samples=facts.samples,
        channels=facts.channels,
        groups=groups_of(rules, path),
        warning=facts.warning,
    )


def warnings_about(recordings: Sequence[Recording], rules: dict[str, Rule]) -> tuple[str, ...]:
    """What a person should know about recordings that came in: damage, and keys that no rule could fill."""
    warnings = [f"{recording.name}: {recording.warning}" for recording in recordings if recording.warning]
    for key in rules:
        missing = [recording.name for recording in recordings if key not in recording.groups]
        if missing:
            warnings.append(
                tr_n(
                    'The rule for "{key}" finds nothing for {n} file ({first}).',
                    'The rule for "{key}" finds nothing for {n} files ({first}, ...).',
                    len(missing),
                    key=key,
                    first=missing[0],
                )
            )
    return tuple(warnings)


def _held(known: dict[tuple[str, str], Recording], recording: Recording) -> bool:
    return any(sha256 == recording.sha256 for sha256, _ in known)


def _store(
    session: Session, found: list[tuple[Path, Recording]], *, copy: bool
) -> Job[tuple[Recording, ...]]:
    if not copy:
        recordings = tuple(recording for _, recording in found)
        session.transact(_step_name(len(found)), lambda transaction: transaction.put(*recordings))
        return recordings
    copied: list[Path] = []
    try:
        recordings_list: list[Recording] = []
        for n, (path, recording) in enumerate(found):
            target = free_name(session.folder / "media", path.name)
            yield Progress(n, len(found), tr("Copying {name}", name=path.name))
            copied.append(target)
            _copy(path, target)
            recordings_list.append(replace(recording, path=target.relative_to(session.folder).as_posix()))
        session.transact(_step_name(len(found)), lambda transaction: transaction.put(*recordings_list))
    except BaseException:
        for path in copied:
            path.unlink(missing_ok=True)
        raise
    return tuple(recordings_list)


def _copy(source: Path, target: Path) -> None:
    aside = target.with_name(target.name + ".part")
    try:
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(source, aside)
        os.replace(aside, target)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise AnnotatorError(
            tr(
                "{path} cannot be copied into the corpus: {reason}.",
                path=source,
                reason=error.strerror or error,
            )
        ) from None


def free_name(folder: Path, name: str) -> Path:
    """A path in `folder` that nothing has yet: the name itself, or with a number behind it."""
    candidate = folder / name
    stem, suffix = candidate.stem, candidate.suffix
    n = 1
    while candidate.exists():
        n += 1
        candidate = folder / f"{stem}-{n}{suffix}"
    return candidate


def _step_name(n: int) -> str:
    return tr_n("Add {n} recording", "Add {n} recordings", n)
