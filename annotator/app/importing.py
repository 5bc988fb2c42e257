"""Importing segments, transcripts and ratings from files of other tools."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from annotator.app.ingest import WHOLE_TIER
from annotator.app.rate import ensure_rater
from annotator.app.segment import ensure_tier
from annotator.app.session import Session, find_recordings, find_scheme
from annotator.domain.corpus import Annotation, Rater, Recording, Segment, Tier, Value, new_id
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job, Progress
from annotator.domain.registry import closest
from annotator.domain.scheme import Scheme
from annotator.domain.timeline import clock, to_samples
from annotator.domain.translation import tr
from annotator.exchange.bundle import Imported, ImportedRating, ImportedSegment
from annotator.exchange.formats import FORMATS
from annotator.storage.reader import Reader
from annotator.storage.writer import Transaction

#: Times in rating files are rounded: edges this close, in seconds, mean the same segment.
SAME_EDGE = 0.02

#: Segments are looked up by start in stretches of this many samples, more than any tolerance.
_BUCKET = 1 << 14


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import brought in, and what it left out and why."""

    format: str
    segments: int
    annotations: int
    raters: tuple[str, ...]
    tier: str
    warnings: tuple[str, ...]
    dropped: tuple[str, ...]


def import_file(
    session: Session,
    path: Path,
    *,
    format: str,
    rater: str | None = None,
    scheme: str | None = None,
    tier: str | None = None,
    recording: str | None = None,
) -> Job[ImportResult]:
    """Imports one file, all of it in one undoable step.

    Parameters
    ----------
    rater
        Whose ratings they are, where the file does not say.
    scheme
        Scheme of the ratings; the one whose items the file names where none is given.
    tier
        Where segments go; `transcript` for texts. Ratings look for their segments on this tier, else on any.
    recording
        The recording a transcript belongs to; found by the file's name where none is given.
    """
    chosen = FORMATS[format]
    if chosen.read is None:
        raise AnnotatorError(
            tr("The format {name} can be written but not read.", name=format),
            closest("", [name for name, entry in FORMATS.items() if entry.read is not None]),
        )
    yield Progress(0, 1, tr("Reading {name}", name=path.name))
    found = chosen.read(path)

    def write(transaction: Transaction) -> ImportResult:
        if found.ratings:
            return _import_ratings(transaction, found, format=format, rater=rater, scheme=scheme, tier=tier)
        return _import_segments(
            transaction, found, format=format, tier=tier or "transcript", recording=recording
        )

    return session.transact(tr("Import {name}", name=path.name), write).result


# Segments and transcripts


def _import_segments(
    transaction: Transaction, found: Imported, *, format: str, tier: str, recording: str | None
) -> ImportResult:
    recordings = RecordingNames(transaction, only=recording)
    home = ensure_tier(transaction, tier)
    last: dict[str, Segment] = {}
    held: dict[str, list[Segment]] = {}
    made: list[Segment] = []
    dropped = list(found.dropped)
    for given in sorted(found.segments, key=lambda given: (given.recording, given.start_seconds)):
        target = recordings.named(given.recording)
        if target.id not in held:
            held[target.id] = transaction.segments(tier_id=home.id, recording_id=target.id)
        segment = _placed(given, target, home, format)
        if segment is None:
            dropped.append(
                tr("{place}: {time} s is after the end of {name}.",
                   place=_place(given), time=given.start_seconds, name=target.name)
            )  # fmt: skip
            continue
        before = last.get(target.id)
        rivals = [*held[target.id], before] if before else held[target.id]
        if not home.overlaps and any(segment.overlaps(other) for other in rivals):
            dropped.append(
                tr('{place}: overlaps a segment that the tier "{tier}" has.', place=_place(given), tier=tier)
            )
            continue
        last[target.id] = segment
        made.append(segment)
    if not made:
        raise AnnotatorError(
            tr("The file brings no new segment."), dropped[0] if dropped else tr("It is empty.")
        )
    transaction.put(*made)
    return ImportResult(format, len(made), 0, (), tier, found.warnings, tuple(dropped))


def _place(given: ImportedSegment) -> str:
    """Where in its file a segment stands: its line, or its time in formats that are not read by line."""
    return tr("Line {line}", line=given.row) if given.row else clock(given.start_seconds)


def _placed(given: ImportedSegment, recording: Recording, tier: Tier, origin: str) -> Segment | None:
    start = to_samples(given.start_seconds, recording.sample_rate)
    end = min(to_samples(given.end_seconds, recording.sample_rate), recording.samples)
    if not 0 <= start < end:
        return None
    return Segment(
        new_id(), recording.id, tier.id, start, end, text=given.text, speaker=given.speaker, origin=origin
    )


class RecordingNames:
    """Finds recordings by what files call them: path, name, name without suffix, or key."""

    def __init__(self, reader: Reader, only: str | None = None) -> None:
        self._only = find_recordings(reader, [only])[0] if only else None
        self._all = reader.recordings()
        self._by_name: dict[str, list[Recording]] = {}
        for recording in self._all:
            stem = recording.name.rsplit(".", 1)[0]
            for name in {recording.path, recording.name, stem, recording.id}:
                self._by_name.setdefault(name, []).append(recording)

    def named(self, name: str) -> Recording:
        if self._only is not None:
            return self._only
        key = name.replace("\\", "/")
        tail = key.rsplit("/", 1)[-1]
        hits = (
            self._by_name.get(key) or self._by_name.get(tail) or self._by_name.get(tail.rsplit(".", 1)[0], [])
        )
        if len(hits) == 1:
            return hits[0]
        if hits:
            raise AnnotatorError(
                tr('Several recordings are called "{name}".', name=name),
                tr("Name one by its path: {paths}.", paths=", ".join(hit.path for hit in hits[:4])),
            )
        raise AnnotatorError(
            tr('The corpus has no recording "{name}".', name=name),
            tr("Name the recording with --recording.")
            + " "
            + closest(tail, [recording.name for recording in self._all][:20]),
        )


# Ratings


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
    return _import_ratings(transaction, found, format="csv", rater=rater, scheme=scheme, tier=None)


def _import_ratings(
    transaction: Transaction,
    found: Imported,
    *,
    format: str,
    rater: str | None,
    scheme: str | None,
    tier: str | None,
) -> ImportResult:
    instrument = _scheme_of(transaction, found.ratings, scheme)
    places = _Places(transaction, tier)
    raters: dict[str, Rater] = {}
    answers: dict[tuple[str, str, int], dict[str, Value]] = {}
    dropped = list(found.dropped)
    for row in found.ratings:
        name = rater or row.rater
        if not name:
            raise AnnotatorError(
                tr("Line {line} does not say who rated.", line=row.row),
                tr("Add a column rater, or name the rater with --rater."),
            )
        try:
            segment = places.segment(row)
        except AnnotatorError as error:
            dropped.append(tr("Line {line}: {reason}", line=row.row, reason=error))
            continue
        values: dict[str, Value] = {}
        for item, value in row.values.items():
            try:
                values[item] = instrument.item(item).parse(value)
            except AnnotatorError as error:
                dropped.append(tr("Line {line}: {reason}", line=row.row, reason=error))
        if not values:
            continue
        if name not in raters:
            raters[name] = ensure_rater(transaction, name)
        answers.setdefault((segment.id, raters[name].id, row.repeat), {}).update(values)
    if not answers:
        raise AnnotatorError(tr("No rating in the file can be used."), dropped[0] if dropped else "")
    transaction.put(*places.made)
    records = [
        Annotation(new_id(), segment, who, instrument.name, instrument.check(values), repeat=repeat)
        for (segment, who, repeat), values in answers.items()
    ]
    transaction.record(records)
    return ImportResult(
        format,
        len(places.made),
        len(records),
        tuple(sorted(raters)),
        tier or "",
        found.warnings,
        tuple(dropped),
    )


def _scheme_of(reader: Reader, ratings: Sequence[ImportedRating], name: str | None) -> Scheme:
    if name is not None:
        return find_scheme(reader, name)
    items = {item for row in ratings for item in row.values}
    fitting = [scheme for scheme in reader.schemes() if items <= {item.name for item in scheme.items}]
    if len(fitting) == 1:
        return fitting[0]
    listed = ", ".join(sorted(items))
    if not fitting:
        raise AnnotatorError(
            tr("No scheme of the corpus has the items {items}.", items=listed),
            tr("Name the scheme with --scheme, or make a corpus with one that fits."),
        )
    raise AnnotatorError(
        tr("Several schemes have the items {items}.", items=listed),
        tr("Choose one with --scheme: {names}.", names=", ".join(scheme.name for scheme in fitting)),
    )


class _Places:
    """Finds the segment that a row of ratings is about, making it where the corpus has none with these edges."""

    def __init__(self, transaction: Transaction, tier: str | None) -> None:
        self._transaction = transaction
        self._tier_name = tier
        self._recordings = RecordingNames(transaction)
        self._tiers = {held.name: held for held in transaction.tiers()}
        home = self._tiers.get(tier or "")
        segments = transaction.segments(tier_id=None if home is None else home.id)
        self._by_id = {segment.id: segment for segment in segments}
        self._near: dict[tuple[str, int], list[Segment]] = {}
        for segment in segments:
            self._remember(segment)
        self.made: list[Segment] = []

    def segment(self, row: ImportedRating) -> Segment:
        if row.target in self._by_id:
            return self._by_id[row.target]
        recording = self._recordings.named(row.file or row.target)
        rate = recording.sample_rate
        whole = row.start_seconds is None or row.end_seconds is None
        start = 0 if row.start_seconds is None else to_samples(row.start_seconds, rate)
        end = recording.samples if row.end_seconds is None else to_samples(row.end_seconds, rate)
        near = to_samples(SAME_EDGE, rate)
        for bucket in (-1, 0, 1):
            for segment in self._near.get((recording.id, start // _BUCKET + bucket), []):
                if abs(segment.start - start) <= near and abs(segment.end - end) <= near:
                    return segment
        return self._make(recording, start, min(end, recording.samples), whole=whole)

    def _remember(self, segment: Segment) -> None:
        self._near.setdefault((segment.recording_id, segment.start // _BUCKET), []).append(segment)

    def _make(self, recording: Recording, start: int, end: int, *, whole: bool) -> Segment:
        if not 0 <= start < end:
            raise AnnotatorError(tr("The times lie outside {name}.", name=recording.name))
        name = self._tier_name or (WHOLE_TIER if whole else "ratings")
        if name not in self._tiers:
            self._tiers[name] = ensure_tier(self._transaction, name, kind="reference")
        tier = self._tiers[name]
        made = Segment(new_id(), recording.id, tier.id, start, end, origin="whole" if whole else "import")
        self._remember(made)
        self.made.append(made)
        return made
