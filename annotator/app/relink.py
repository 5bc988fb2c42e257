"""Finding the audio of a recording again when its file has been moved, renamed or replaced."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from annotator.app.session import Session
from annotator.audio.container import file_sha256, require_file
from annotator.audio.probe import probe
from annotator.domain.corpus import Recording
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job
from annotator.domain.translation import tr
from annotator.storage.writer import Transaction


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What tells cheaply that a file may have changed: its size in bytes and time of change in nanoseconds."""

    size: int
    changed: int


def fingerprint(session: Session, recording: Recording) -> Fingerprint | None:
    """The state of a recording's file now; `None` where there is no such file."""
    try:
        found = session.audio_path(recording).stat()
    except OSError:
        return None
    return Fingerprint(found.st_size, found.st_mtime_ns)


def verify(session: Session, recording: Recording) -> Job[Literal["same", "changed", "missing"]]:
    """Whether a recording's file still is the one that was added, by the hash of all its bytes."""
    if fingerprint(session, recording) is None:
        return "missing"
    found = yield from file_sha256(session.audio_path(recording))
    return "same" if found == recording.sha256 else "changed"


def relink(session: Session, recording: Recording, path: Path) -> Job[Recording]:
    """Ties a recording to a file elsewhere that holds the same sound, so that every segment fits to the sample.

    The same bytes are known by their hash. Other bytes (a WAV made into FLAC, say) are decoded and accepted where each
    sample is the same.

    Raises
    ------
    AnnotatorError
        The file is missing, unreadable, or holds other sound: then nothing is changed.
    """
    session.require_writable()
    require_file(path)
    sha256 = yield from file_sha256(path)
    if sha256 != recording.sha256:
        facts = yield from probe(path)
        if facts.pcm_hash != recording.pcm_hash:
            raise AnnotatorError(
                tr('"{path}" is not the sound of {name}.', path=path, name=recording.name),
                tr("Choose the file that was added, or add this one as another recording."),
            )

    def write(transaction: Transaction) -> Recording:
        held = next((r for r in transaction.recordings() if r.id == recording.id), None)
        if held is None:
            raise AnnotatorError(tr("{name} is not in the corpus any more.", name=recording.name))
        linked = replace(held, path=session.stored_path(path), sha256=sha256)
        transaction.put(linked)
        return linked

    return session.transact(tr("Relink a recording"), write).result
