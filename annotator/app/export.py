"""Handing the corpus on in a format that people load."""

from pathlib import Path
from typing import Literal

from annotator.app.audit import audit_table
from annotator.app.jobs import part
from annotator.app.policy import require_open
from annotator.app.session import Session, find_split, find_tier
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job, Progress
from annotator.domain.registry import closest
from annotator.domain.translation import tr
from annotator.exchange.bundle import ExportData, ExportOptions, ExportResult
from annotator.exchange.formats import FORMATS
from annotator.splits.audit import audit


def export_formats() -> list[str]:
    """Names of the formats that can be written."""
    return [name for name, entry in FORMATS.items() if entry.write is not None]


def export_corpus(
    session: Session,
    out: Path,
    *,
    format: str,
    split: str | None = None,
    tier: str | None = None,
    clips: Literal["wav", "flac"] | None = None,
    despite_leaks: bool = False,
) -> Job[ExportResult]:
    """Writes the corpus into the folder `out`, all of it or nothing.

    Parameters
    ----------
    split, tier
        Only the segments of this split or tier; see `annotator.exchange.bundle.ExportOptions`.
    clips
        Whether the sound of each segment is written too, and how.
    despite_leaks
        Whether a split that the audit finds leaking is exported all the same.
    """
    chosen = FORMATS[format]
    if chosen.write is None:
        raise AnnotatorError(
            tr("The format {name} can be read but not written.", name=format), closest("", export_formats())
        )
    options = ExportOptions(split=split, tier=tier, clips=clips)
    yield Progress(0, 1, tr("Collecting"))
    with session.reading() as reader:
        require_open(reader)
        if tier is not None:
            find_tier(reader, tier)
        if split is not None:
            found = [f for f in audit(audit_table(reader, find_split(reader, split))) if f.severity == "leak"]
            if found and not despite_leaks:
                raise AnnotatorError(
                    tr('The split "{name}" leaks: {finding}', name=split, finding=found[0].text),
                    tr("Make a clean split, or export it all the same with --despite-leaks."),
                )
        recordings = reader.recordings()
        live = {recording.id for recording in recordings}
        data = ExportData(
            name=session.name,
            recordings=tuple(recordings),
            tiers=tuple(reader.tiers()),
            segments=tuple(s for s in reader.segments() if s.recording_id in live),
            schemes=tuple(reader.schemes()),
            raters=tuple(reader.raters()),
            annotations=tuple(reader.annotations()),
            consensus=tuple(reader.consensus()),
            splits=tuple(reader.splits()),
            open_audio=session.open_audio,
            audio_path=session.audio_path,
        )
    return (yield from part(chosen.write(data, out.absolute(), options), 0.0, 1.0))
