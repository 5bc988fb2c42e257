"""Handing the corpus on in a format that people load."""

from dataclasses import dataclass, replace
from pathlib import Path

from annotator.app.about import read_about
from annotator.app.agreement import SchemeAgreement, measure_agreement, rated_schemes
from annotator.app.audit import audit_table
from annotator.app.policy import require_open
from annotator.app.report.card_pages import markdown, page
from annotator.app.report.data_card import data_card
from annotator.app.session import Session, find_split, find_tier
from annotator.audio.treatment import Treatment
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job, Progress, part
from annotator.domain.registry import closest
from annotator.domain.translation import tr
from annotator.exchange.bundle import ClipFormat, ExportData, ExportOptions, ExportResult, Filled
from annotator.exchange.filters import Filters
from annotator.exchange.folder import Verified, verify_folder
from annotator.exchange.formats import FORMATS, Format
from annotator.exchange.writing import prepare
from annotator.splits.audit import audit
from annotator.storage.reader import Reader

_NO_FILTERS = Filters()
_AS_IT_IS = Treatment()


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
    clips: ClipFormat | None = None,
    whole: bool = False,
    context: float = 0.0,
    treatment: Treatment = _AS_IT_IS,
    filters: Filters = _NO_FILTERS,
    despite_leaks: bool = False,
) -> Job[ExportResult]:
    """Writes the corpus into the folder `out`, all of it or nothing, with a data card.

    Parameters
    ----------
    split, tier
        Only the segments of this split or tier; see `annotator.exchange.bundle.ExportOptions`.
    clips, whole, context, treatment
        Whether the sound of each segment is written too, and how; whether the recordings are copied.
    filters
        Which segments are left out; each is listed with its reason.
    despite_leaks
        Whether a split that the audit finds leaking is exported all the same; the data card then says so.
    """
    chosen = _writable(format)
    assert chosen.write is not None
    options = ExportOptions(
        split=split, tier=tier, clips=clips, whole=whole, context=context, treatment=treatment, filters=filters
    )  # fmt: skip
    yield Progress(0, 1, tr("Collecting"))
    with session.reading() as reader:
        require_open(reader)
        if tier is not None:
            find_tier(reader, tier)
        leaks = _leaks(reader, split)
        if leaks and not despite_leaks:
            raise AnnotatorError(
                tr('The split "{name}" leaks: {finding}', name=split, finding=leaks[0]),
                tr("Make a clean split, or export it all the same with --despite-leaks."),
            )
        data = _collect(session, reader, leaks)
    # What cannot be exported is said before minutes are spent on figures.
    prepare(format, data, options, chosen.unfit)
    agreements: tuple[SchemeAgreement, ...] = ()
    if any(rated.raters > 1 for rated in rated_schemes(session)):
        measured = yield from part(measure_agreement(session), 0.0, 0.2)
        agreements = tuple(a for a in measured if any(report.n_raters > 1 for report in a.items))

    def card(filled: Filled) -> dict[str, str]:
        made = data_card(data, options, agreements, filled)
        return {"README.md": markdown(made), "README.html": page(made)}

    job = chosen.write(replace(data, card=card), out.absolute(), options)
    return (yield from part(job, 0.2, 1.0))


@dataclass(frozen=True, slots=True)
class ExportPreview:
    """How many segments an export would hold, and how many not, by reason."""

    segments: int
    excluded: dict[str, int]


def preview_export(
    session: Session,
    *,
    format: str,
    split: str | None = None,
    tier: str | None = None,
    filters: Filters = _NO_FILTERS,
) -> Job[ExportPreview]:
    """Counts what an export with these options would hold; raises `AnnotatorError` where that is nothing."""
    yield Progress(0, 1, tr("Counting"))
    with session.reading() as reader:
        data = _collect(session, reader, ())
    options = ExportOptions(split=split, tier=tier, filters=filters)
    export = prepare(format, data, options, _writable(format).unfit)
    filled = Filled(export.segments, export.parts, export.left_out)
    return ExportPreview(len(export.segments), filled.excluded)


def verify_export(folder: Path) -> Job[Verified]:
    """Compares an export with its manifest; see `annotator.exchange.folder.verify_folder`."""
    return (yield from verify_folder(folder))


def _writable(name: str) -> Format:
    chosen = FORMATS[name]
    if chosen.write is None:
        raise AnnotatorError(
            tr("The format {name} can be read but not written.", name=name), closest("", export_formats())
        )
    return chosen


def _leaks(reader: Reader, split: str | None) -> tuple[str, ...]:
    """What the audit finds leaking between the parts of the split."""
    if split is None:
        return ()
    findings = audit(audit_table(reader, find_split(reader, split)))
    return tuple(finding.text for finding in findings if finding.severity == "leak")


def _collect(session: Session, reader: Reader, leaks: tuple[str, ...]) -> ExportData:
    recordings = reader.recordings()
    live = {recording.id for recording in recordings}
    return ExportData(
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
        links=tuple(reader.links()),
        about=read_about(reader),
        leaks=leaks,
    )
