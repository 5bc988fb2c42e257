"""What an import would write, worked out without writing: the preview shows the very plan that is carried out."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from annotator.app.import_parts import members_of
from annotator.app.import_places import SAME_EDGE, Places, Spans, place_name, samples_of
from annotator.app.import_schemes import Instruments
from annotator.app.import_twins import twins
from annotator.app.predefined import split_of_parts
from annotator.app.recording_names import RecordingNames
from annotator.domain.corpus import (
    Annotation,
    Rater,
    Recording,
    Segment,
    Split,
    Tier,
    Value,
    new_id,
)
from annotator.domain.errors import AnnotatorError
from annotator.domain.scheme import Scheme
from annotator.domain.timeline import clock
from annotator.domain.translation import tr, tr_n
from annotator.exchange.bundle import Imported, ImportedPart, ImportedSegment
from annotator.storage.reader import Reader
from annotator.storage.writer import Transaction


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a person says beyond the file.

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

    rater: str | None = None
    scheme: str | None = None
    tier: str | None = None
    recording: str | None = None


@dataclass(slots=True)
class Plan:
    """Things to write, in the order in which they depend on each other, and what there is to say about them."""

    recordings: list[Recording] = field(default_factory=list)
    regrouped: list[Recording] = field(default_factory=list)  # known recordings that get further group keys
    schemes: list[Scheme] = field(default_factory=list)
    tiers: list[Tier] = field(default_factory=list)
    raters: dict[str, Rater] = field(default_factory=dict)  # all that answer, by name
    new_raters: list[Rater] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    annotations: list[Annotation] = field(default_factory=list)
    splits: list[Split] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    tier: str = ""

    def write(self, transaction: Transaction) -> None:
        """Writes all of it."""
        transaction.put(
            *self.recordings, *self.regrouped, *self.schemes, *self.tiers, *self.new_raters, *self.segments
        )
        transaction.record(self.annotations)
        transaction.put(*self.splits)

    @property
    def empty(self) -> bool:
        """Whether nothing would change."""
        return not (self.recordings or self.regrouped or self.segments or self.annotations or self.splits)


def plan_import(
    reader: Reader, found: Imported, format_name: str, wishes: Wishes, known: Mapping[str, Recording]
) -> Plan:
    """What importing `found` would write; `known` are the recordings of the files that the source itself holds.

    Raises `AnnotatorError` where nothing of it can be used, with the reason of the first thing that cannot.
    """
    return _Planner(reader, found, format_name, wishes, known).plan()


class _Planner:
    def __init__(
        self,
        reader: Reader,
        found: Imported,
        format_name: str,
        wishes: Wishes,
        known: Mapping[str, Recording],
    ) -> None:
        self._reader, self._found, self._format, self._wishes = reader, found, format_name, wishes
        held = {recording.id for recording in reader.recordings()}
        self._fresh = {one.id: one for one in known.values() if one.id not in held}
        self._names = RecordingNames(reader, wishes.recording, known)
        self._out = Plan(
            recordings=list(self._fresh.values()), warnings=list(found.warnings), dropped=list(found.dropped)
        )
        self._first_failure: AnnotatorError | None = None
        self._unnamed: Counter[str] = Counter()
        self._touched: dict[str, list[Segment]] = {}  # segments that the file is about, by recording
        self._known_answers = self._known_segments = self._known_splits = 0

    def plan(self) -> Plan:
        found, out = self._found, self._out
        self._segments()
        self._groups()
        self._ratings()
        self._parts()
        for name, n in self._unnamed.items():
            out.dropped.append(
                tr_n('{n} entry is about "{name}", which is not in the corpus.',
                     '{n} entries are about "{name}", which is not in the corpus.', n, name=name)
            )  # fmt: skip
        if self._known_segments:
            out.warnings.append(
                tr_n("{n} segment is in the corpus already.", "{n} segments are in the corpus already.",
                     self._known_segments)
            )  # fmt: skip
        if self._known_answers:
            out.warnings.append(
                tr_n("{n} rating is in the corpus already.", "{n} ratings are in the corpus already.",
                     self._known_answers)
            )  # fmt: skip
        if out.empty and not (self._known_answers or self._known_segments or self._known_splits):
            if self._first_failure is not None:
                raise self._first_failure
            reason = out.dropped[0] if out.dropped else tr("It is empty.")
            if found.ratings:
                raise AnnotatorError(tr("No rating in the file can be used."), reason)
            raise AnnotatorError(tr("The file brings nothing new that can be used."), reason)
        return out

    def _recording(self, name: str) -> Recording | None:
        """The recording of that name; where there is none, that is counted."""
        try:
            return self._names.named(name)
        except AnnotatorError as error:
            self._first_failure = self._first_failure or error
            self._unnamed[name] += 1
            return None

    # Segments

    def _segments(self) -> None:
        placed: dict[str, list[tuple[ImportedSegment, Segment]]] = {}
        for given in sorted(self._found.segments, key=lambda given: (given.recording, given.start_seconds)):
            recording = self._recording(given.recording)
            if recording is None:
                continue
            segment = self._placed(given, recording)
            if segment is None:
                self._out.dropped.append(
                    tr("{place}: {time} is after the end of {name}.",
                       place=place_name(given), time=clock(given.start_seconds), name=recording.name)
                )  # fmt: skip
                continue
            name = self._wishes.tier or given.tier or self._found.tier or "transcript"
            placed.setdefault(name, []).append((given, segment))
        for name, members in placed.items():
            self._fill(name, members)
        self._out.tier = ", ".join(placed)

    def _fill(self, name: str, placed: Sequence[tuple[ImportedSegment, Segment]]) -> None:
        """Puts segments on a tier, but for those that it has and those that may not be there."""
        tier = self._tier(name, "hand", [segment for _, segment in placed])
        spans: dict[str, Spans] = {}
        held = {_content(one): one for one in self._reader.segments(tier_id=tier.id)}
        for one in held.values():
            spans.setdefault(one.recording_id, Spans(())).add(one.start, one.end)
        for given, segment in placed:
            same = held.get(_content(segment))
            if same is not None:
                self._known_segments += 1
                self._touched.setdefault(same.recording_id, []).append(same)
                continue
            home = spans.setdefault(segment.recording_id, Spans(()))
            if not tier.overlaps and not home.take(segment.start, segment.end):
                self._out.dropped.append(
                    tr('{place}: overlaps a segment that the tier "{tier}" has.',
                       place=place_name(given), tier=name)
                )  # fmt: skip
                continue
            self._add(replace(segment, tier_id=tier.id))

    def _placed(self, given: ImportedSegment, recording: Recording) -> Segment | None:
        start = samples_of(given.start_seconds, recording)
        end = samples_of(given.end_seconds, recording)
        if not 0 <= start < min(end, recording.samples):
            return None
        if end > recording.samples + samples_of(SAME_EDGE, recording) and given.end_seconds != float("inf"):
            self._out.warnings.append(
                tr("{place}: ends at {time}, after the end of {name}, and was cut there.",
                   place=place_name(given), time=clock(given.end_seconds), name=recording.name)
            )  # fmt: skip
        return Segment(
            new_id(), recording.id, "", start, min(end, recording.samples),
            text=given.text, speaker=given.speaker, origin=self._format, status=given.status,
        )  # fmt: skip

    def _tier(self, name: str, kind: str, segments: Sequence[Segment]) -> Tier:
        """The tier of that name; a new one lets segments overlap where those that go on it do."""
        for tier in (*self._reader.tiers(), *self._out.tiers):
            if tier.name == name:
                return tier
        spans: dict[str, Spans] = {}
        overlapping = sum(
            not spans.setdefault(one.recording_id, Spans(())).take(one.start, one.end) for one in segments
        )
        if overlapping:
            self._out.warnings.append(
                tr_n('{n} segment overlaps another; the new tier "{tier}" lets them.',
                     '{n} segments overlap others; the new tier "{tier}" lets them.', overlapping, tier=name)
            )  # fmt: skip
        tier = Tier(new_id(), name, kind, bool(overlapping))  # type: ignore[arg-type]
        self._out.tiers.append(tier)
        return tier

    def _add(self, segment: Segment) -> None:
        self._out.segments.append(segment)
        self._touched.setdefault(segment.recording_id, []).append(segment)

    # Group keys

    def _groups(self) -> None:
        changed: dict[str, Recording] = {}
        for name, keys in self._found.groups.items():
            recording = self._recording(name)
            if recording is None:
                continue
            held = changed.get(recording.id, recording)
            fresh = {key: value for key, value in keys.items() if key not in held.groups}
            for key in sorted(keys.keys() - fresh.keys()):
                if held.groups[key] != keys[key]:
                    self._out.warnings.append(
                        tr('{name} keeps its {key} "{held}"; the file says "{given}".',
                           name=held.name, key=key, held=held.groups[key], given=keys[key])
                    )  # fmt: skip
            if fresh:
                changed[recording.id] = held.with_groups(fresh)
        self._out.recordings = [changed.pop(one.id, one) for one in self._out.recordings]
        self._out.regrouped = list(changed.values())

    # Ratings

    def _ratings(self) -> None:
        if not self._found.ratings:
            return
        instruments = Instruments(self._reader, self._found, self._wishes.scheme)
        places = Places(self._reader, self._out.segments, self._names, self._wishes.tier, self._found.tier)
        answers: dict[tuple[str, str, str, int], dict[str, Value]] = {}
        rest: dict[tuple[str, str, str, int], tuple[float | None, str]] = {}
        for row in self._found.ratings:
            name = self._wishes.rater or row.rater
            where = tr("Line {line}", line=row.row) if row.row else row.file or row.target
            if not name.strip():
                raise AnnotatorError(
                    tr("{place} does not say who rated.", place=where),
                    tr("Add a column rater, or name the rater with --rater."),
                )
            try:
                shares = instruments.of(row)
                segment = places.segment(row)
            except AnnotatorError as error:
                self._first_failure = self._first_failure or error
                self._out.dropped.append(tr("{place}: {reason}", place=where, reason=error))
                continue
            for scheme, given in shares:
                if values := self._values(scheme, given, where):
                    key = (segment.id, self._rater(name).id, scheme.name, row.repeat)
                    answers.setdefault(key, {}).update(values)
                    rest.setdefault(key, (row.confidence, row.comment))
        self._out.schemes = instruments.new()
        for tier_name, made in places.made.items():
            tier = self._tier(tier_name, "reference", made)
            for segment in made:
                self._add(replace(segment, tier_id=tier.id))
        for segment in places.found:
            self._touched.setdefault(segment.recording_id, []).append(segment)
        self._record(answers, rest, instruments)

    def _values(self, scheme: Scheme, given: Mapping[str, str | float], where: str) -> dict[str, Value]:
        values: dict[str, Value] = {}
        for item, value in given.items():
            try:
                values[item] = scheme.item(item).parse(value)
            except AnnotatorError as error:
                self._first_failure = self._first_failure or error
                self._out.dropped.append(tr("{place}: {reason}", place=where, reason=error))
        return values

    def _rater(self, name: str) -> Rater:
        name = name.strip()
        if name not in self._out.raters:
            held = next((one for one in self._reader.raters() if one.name == name), None)
            if held is None:
                held = Rater(new_id(), name, self._found.raters.get(name, "human"))  # type: ignore[arg-type]
                self._out.new_raters.append(held)
            self._out.raters[name] = held
        return self._out.raters[name]

    def _record(
        self,
        answers: Mapping[tuple[str, str, str, int], dict[str, Value]],
        rest: Mapping[tuple[str, str, str, int], tuple[float | None, str]],
        instruments: Instruments,
    ) -> None:
        """New answers only: what the corpus has already from the same rater is counted and not said again."""
        given = {key: instruments.named(key[2]).check(values) for key, values in answers.items()}
        held = {
            (one.segment_id, one.rater_id, one.scheme, one.repeat): dict(one.values)
            for name in {key[2] for key in answers}
            for one in self._reader.annotations(scheme=name)
        }
        again = twins(given, held, {rater.id: rater for rater in self._out.new_raters})
        self._leave_out(again)
        for key, checked in given.items():
            segment, rater, scheme, repeat = key
            if rater in again or held.get(key) == checked:
                self._known_answers += 1
                continue
            confidence, comment = rest[key]
            self._out.annotations.append(
                Annotation(
                    new_id(), segment, rater, scheme, checked,
                    repeat=repeat, confidence=confidence, comment=comment,
                )
            )  # fmt: skip

    def _leave_out(self, again: Mapping[str, str]) -> None:
        """Drops new raters who are old ones under a pseudonym."""
        names = {rater.id: rater.name for rater in (*self._reader.raters(), *self._out.new_raters)}
        for rater, known in again.items():
            self._out.warnings.append(
                tr("{name} says what {known} said: these ratings are in the corpus already.",
                   name=names[rater], known=names[known])
            )  # fmt: skip
            del self._out.raters[names[rater]]
        self._out.new_raters = [rater for rater in self._out.new_raters if rater.id not in again]

    # Predefined parts

    def _parts(self) -> None:
        if not self._found.parts:
            return
        recordings = {one.id: one for one in self._reader.recordings()}
        recordings |= {one.id: one for one in (*self._out.recordings, *self._out.regrouped)}
        taken = {split.name: dict(split.parts) for split in self._reader.splits()}
        wanted: dict[str, list[ImportedPart]] = {}
        for part in self._found.parts:
            wanted.setdefault(part.split, []).append(part)
        for name, members in wanted.items():
            parts, segments, twice = members_of(
                name, members, self._reader, self._recording, self._segments_of
            )
            self._out.dropped += twice
            if not parts:
                continue
            if name in taken:
                if taken[name] != parts:
                    self._out.dropped.append(tr('There is another split "{name}" already.', name=name))
                else:
                    self._known_splits += 1
                    self._out.warnings.append(tr('The split "{name}" is in the corpus already.', name=name))
                continue
            order = list(dict.fromkeys(member.part for member in members))
            links = self._reader.links()
            self._out.splits.append(
                split_of_parts(name, parts, segments, recordings, links, table=self._format, order=order)
            )

    def _segments_of(self, recording: Recording) -> Sequence[Segment]:
        """What parts of a recording may be about: the segments of the file, where it has any, else the corpus's."""
        there = self._touched.get(recording.id)
        if there is not None or recording.id in self._fresh:
            return there or ()
        return self._reader.segments(recording_id=recording.id)


def _content(segment: Segment) -> tuple[str, int, int, str, str]:
    """What makes two segments of one tier the same."""
    return segment.recording_id, segment.start, segment.end, segment.text, segment.speaker
