"""Importing segments, transcripts, ratings and predefined parts from files and folders of other tools."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from annotator.app.add import read_recording
from annotator.app.import_plan import Plan, Wishes, plan_import
from annotator.app.remarks import Tally, tallies
from annotator.app.session import Session
from annotator.domain.corpus import Recording, Segment
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job, Progress, part
from annotator.domain.registry import closest
from annotator.domain.timeline import clock
from annotator.domain.trace import in_short
from annotator.domain.translation import tr
from annotator.exchange.bundle import Imported
from annotator.exchange.formats import FORMATS
from annotator.exchange.recognising import recognise
from annotator.storage.reader import Reader
from annotator.storage.writer import Transaction

#: How many things of a kind are named as examples.
_EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import brings in, and what it leaves out and why; with `dry_run` nothing was written.

    `imported`, `odd` and `left_out` count things of one kind and give examples; `warnings` and `dropped` are all
    the sentences behind the latter two.
    """

    format: str
    segments: int
    annotations: int
    raters: tuple[str, ...]
    tier: str
    warnings: tuple[str, ...]
    dropped: tuple[str, ...]
    dry_run: bool = False
    recordings: int = 0
    schemes: tuple[str, ...] = ()
    splits: tuple[str, ...] = ()
    imported: tuple[Tally, ...] = ()
    odd: tuple[Tally, ...] = ()
    left_out: tuple[Tally, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was read, with the recordings it brings along; nothing of it is in the corpus yet."""

    path: Path
    format: str
    found: Imported
    recordings: Mapping[str, Recording]


def read_source(session: Session, path: Path, *, format: str | None = None) -> Job[Source]:
    """Reads a file or folder, and the sound that it holds itself, without writing anything.

    Without a format, name and content of the file decide. Raises `AnnotatorError` where it cannot be read.
    """
    name = format or recognise(path)
    chosen = FORMATS[name]
    if chosen.read is None:
        raise AnnotatorError(
            tr("The format {name} can be written but not read.", name=name),
            closest("", [other for other, entry in FORMATS.items() if entry.read is not None]),
        )
    yield Progress(0, 1, tr("Reading {name}", name=path.name))
    found = chosen.read(path)
    recordings = yield from _recordings(session, found.audio)
    return Source(path, name, found, recordings)


def preview_import(session: Session, source: Source, wishes: Wishes) -> Job[ImportResult]:
    """What `import_source` would do with the corpus as it is now; raises where that would raise."""
    yield Progress(0, 1, tr("Looking at {name}", name=source.path.name))
    with session.reading() as reader:
        plan = plan_import(reader, source.found, source.format, wishes, source.recordings)
        return _result(reader, source, plan, dry_run=True)


def import_source(session: Session, source: Source, wishes: Wishes) -> Job[ImportResult]:
    """Takes a source in, all of it in one undoable step."""
    yield Progress(0, 1, tr("Importing {name}", name=source.path.name))

    def write(transaction: Transaction) -> ImportResult:
        return take_in(transaction, source, wishes)

    return session.transact(tr("Import {name}", name=source.path.name), write).result


def take_ratings(transaction: Transaction, path: Path, *, rater: str, scheme: str) -> ImportResult:
    """Takes in a table of one rater's answers within a transaction.

    Raises `AnnotatorError` where the file is no such table.
    """
    read = FORMATS["csv"].read
    found = read(path) if read is not None else Imported()
    if not found.ratings:
        raise AnnotatorError(
            tr("{name} holds no ratings.", name=path.name), found.dropped[0] if found.dropped else ""
        )
    return take_in(transaction, Source(path, "csv", found, {}), Wishes(rater, scheme))


def take_in(transaction: Transaction, source: Source, wishes: Wishes) -> ImportResult:
    """Takes a source in as a part of a transaction."""
    plan = plan_import(transaction, source.found, source.format, wishes, source.recordings)
    result = _result(transaction, source, plan, dry_run=False)
    plan.write(transaction)
    return result


def import_file(
    session: Session,
    path: Path,
    *,
    format: str | None = None,
    rater: str | None = None,
    scheme: str | None = None,
    tier: str | None = None,
    recording: str | None = None,
    dry_run: bool = False,
) -> Job[ImportResult]:
    """Imports one file or folder in one undoable step, or with `dry_run` only tells what that would bring.

    The format is that of `read_source`, the other parameters are those of `Wishes`.
    """
    source = yield from read_source(session, path, format=format)
    act = preview_import if dry_run else import_source
    return (yield from act(session, source, Wishes(rater, scheme, tier, recording)))


def _recordings(session: Session, audio: Mapping[str, Path]) -> Job[dict[str, Recording]]:
    """The recordings of files that come with the source: those of the corpus where it has them, else new ones."""
    with session.reading() as reader:
        held = reader.recordings()
    by_path = {recording.path: recording for recording in held}
    by_content = {recording.sha256: recording for recording in held if recording.sha256}
    found: dict[str, Recording] = {}
    for n, (name, path) in enumerate(audio.items()):
        known = by_path.get(session.stored_path(path))
        if known is None:
            known = yield from part(read_recording(session, path, {}), n / len(audio), (n + 1) / len(audio))
            known = by_content.setdefault(known.sha256, known)
        found[name] = known
    return found


def _result(reader: Reader, source: Source, plan: Plan, *, dry_run: bool) -> ImportResult:
    recordings = {one.id: one for one in (*reader.recordings(), *plan.recordings)}
    return ImportResult(
        format=source.format,
        segments=len(plan.segments),
        annotations=len(plan.annotations),
        raters=tuple(sorted(plan.raters)),
        tier=plan.tier,
        warnings=tuple(plan.warnings),
        dropped=tuple(plan.dropped),
        dry_run=dry_run,
        recordings=len(plan.recordings),
        schemes=tuple(scheme.name for scheme in plan.schemes),
        splits=tuple(split.name for split in plan.splits),
        imported=tuple(_imported(plan, recordings)),
        odd=tallies(plan.warnings),
        left_out=tallies(plan.dropped),
    )


def _imported(plan: Plan, recordings: Mapping[str, Recording]) -> Iterable[Tally]:
    """What would be written, kind by kind."""

    def kind(what: str, things: Sequence[object], examples: Iterable[str]) -> Iterable[Tally]:
        if things:
            yield Tally(what, len(things), tuple(examples))

    yield from kind(tr("recordings"), plan.recordings, [one.name for one in plan.recordings[:_EXAMPLES]])
    yield from kind(
        tr("recordings with further group keys"), plan.regrouped,
        [f"{one.name}: {', '.join(f'{k}={v}' for k, v in one.groups.items())}" for one in plan.regrouped[:_EXAMPLES]],
    )  # fmt: skip
    yield from kind(tr("schemes"), plan.schemes, [one.name for one in plan.schemes[:_EXAMPLES]])
    yield from kind(tr("tiers"), plan.tiers, [one.name for one in plan.tiers[:_EXAMPLES]])
    yield from kind(
        tr("segments"), plan.segments,
        [_segment_line(one, recordings[one.recording_id]) for one in plan.segments[:_EXAMPLES]],
    )  # fmt: skip
    yield from kind(
        tr("raters"), plan.new_raters, [f"{one.name} ({one.kind})" for one in plan.new_raters[:_EXAMPLES]]
    )
    named = {rater.id: name for name, rater in plan.raters.items()}
    yield from kind(
        tr("ratings"), plan.annotations,
        [
            f"{named[one.rater_id]}: " + ", ".join(f"{item} = {in_short(value)}" for item, value in one.values.items())
            for one in plan.annotations[:_EXAMPLES]
        ],
    )  # fmt: skip
    for split in plan.splits:
        counts = {part: sum(one == part for one in split.parts.values()) for part in split.part_names}
        shown = [f"{part}: {n}" for part, n in counts.items()]
        yield Tally(
            tr('segments in parts of the split "{name}"', name=split.name), len(split.parts), tuple(shown)
        )


def _segment_line(segment: Segment, recording: Recording) -> str:
    start, end = (clock(at / recording.sample_rate) for at in (segment.start, segment.end))
    said = ": ".join(text for text in (segment.speaker, segment.text) if text)
    return f"{recording.name} {start} - {end}" + (f" {said}" if said else "")
