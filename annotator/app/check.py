"""Whether a corpus is sound: its database, its audio files, its references."""

from dataclasses import dataclass, replace

from annotator.app.session import Session
from annotator.audio.container import digest
from annotator.domain.corpus import Recording
from annotator.domain.progress import Job, Progress
from annotator.domain.translation import tr


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: its kind (`database`, `missing`, `changed`, `segment`), what, and what helps."""

    kind: str
    what: str
    repair: str


@dataclass(frozen=True, slots=True)
class Checked:
    """All problems found, and what was mended."""

    ok: bool
    problems: tuple[Problem, ...]
    repaired: tuple[str, ...]


def check_corpus(session: Session, *, repair: bool = False) -> Job[Checked]:
    """Reads the database and every audio file and compares them with what was stored.

    With `repair`, files that were moved are found again below the corpus's folder and its parent by their
    content; segments beyond the end of their recording are reported, never changed.
    """
    problems = [
        Problem("database", text, tr("Restore the corpus from a copy."))
        for text in session.database_problems()
    ]
    repaired: list[str] = []
    with session.reading() as reader:
        recordings = reader.recordings()
        segments = reader.segments()
    lengths = {recording.id: recording for recording in recordings}
    for segment in segments:
        recording = lengths.get(segment.recording_id)
        if recording is not None and segment.end > recording.samples:
            problems.append(
                Problem(
                    "segment",
                    tr("A segment of {name} ends after the recording.", name=recording.name),
                    tr("Move or delete it in the Segment workspace."),
                )
            )
    missing: list[Recording] = []
    for n, recording in enumerate(recordings):
        yield Progress(n, len(recordings), tr("Checking {name}", name=recording.name))
        path = session.audio_path(recording)
        if not path.is_file():
            missing.append(recording)
        elif not recording.sha256:
            problems.append(
                Problem(
                    "changed",
                    tr("{path} came later than its ratings; its length was assumed.", path=path),
                    tr('Run "annotator ingest" once more.'),
                )
            )
        elif digest(path) != recording.sha256:
            problems.append(
                Problem(
                    "changed",
                    tr("{path} is not the file that was added.", path=path),
                    tr("Put the original back: segments are counted in its samples."),
                )
            )
    if repair and missing:
        repaired, missing = _find_again(session, missing)
    problems += [
        Problem(
            "missing",
            tr("The audio file {path} is missing.", path=session.audio_path(recording)),
            tr('Put it back, or move it beside the corpus and run "annotator check --repair".'),
        )
        for recording in missing
    ]
    return Checked(not problems, tuple(problems), tuple(repaired))


def _find_again(session: Session, missing: list[Recording]) -> tuple[list[str], list[Recording]]:
    """Looks below the corpus's parent for files of the missing names that have the stored content."""
    found: list[Recording] = []
    still: list[Recording] = []
    for recording in missing:
        hits = (p for p in session.folder.parent.rglob(recording.name) if p.is_file())
        hit = next((path for path in hits if digest(path) == recording.sha256), None)
        if hit is None:
            still.append(recording)
        else:
            found.append(replace(recording, path=session.stored_path(hit)))
    if found:
        session.transact(tr("Find audio files again"), lambda transaction: transaction.put(*found))
    return [tr("{name} was found again.", name=recording.name) for recording in found], still
