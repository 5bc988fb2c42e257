"""Where imported things stand in a corpus: seconds as samples, stretches as segments."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from operator import itemgetter

from annotator.app.recording_names import RecordingNames
from annotator.domain.corpus import Recording, Segment, new_id
from annotator.domain.errors import AnnotatorError
from annotator.domain.timeline import clock, to_samples
from annotator.domain.translation import tr
from annotator.exchange.bundle import TO_THE_END, ImportedRating, ImportedSegment
from annotator.exchange.recipes.recipe import WHOLE_TIER
from annotator.storage.reader import Reader

#: Times in rating files are rounded: edges this close, in seconds, mean the same segment.
SAME_EDGE = 0.02

#: Segments are looked up by start in stretches of this many samples, more than any tolerance.
_BUCKET = 1 << 14


def samples_of(seconds: float, recording: Recording) -> int:
    """The sample nearest to a time, the one rule of all imports; times without end are the recording's end."""
    return recording.samples if seconds == TO_THE_END else to_samples(seconds, recording.sample_rate)


def place_name(given: ImportedSegment) -> str:
    """Where in its file a segment stands: its line, or its time in formats that are not read by line."""
    return tr("Line {line}", line=given.row) if given.row else clock(given.start_seconds)


class Spans:
    """Spans that do not overlap.

    >>> spans = Spans([(0, 10), (20, 30)])
    >>> spans.take(10, 20), spans.take(5, 7), spans.take(30, 31)
    (True, False, True)
    """

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        self._spans = sorted(spans)

    def add(self, start: int, end: int) -> None:
        """Adds a span that may overlap others; what overlaps it later is refused all the same."""
        insort(self._spans, (start, end))

    def take(self, start: int, end: int) -> bool:
        """Adds a span where it overlaps none; says whether it did."""
        at = bisect_left(self._spans, start, key=itemgetter(0))
        before = self._spans[at - 1][1] if at else 0
        after = self._spans[at][0] if at < len(self._spans) else end
        if before > start or after < end:
            return False
        self._spans.insert(at, (start, end))
        return True


class Places:
    """Finds the segment that a row of ratings is about, making it where there is none with these edges.

    `planned` are segments that come with the same file. `made` holds those made, without a tier, by the name of the
    tier they go to; `found` those that were there.
    """

    def __init__(
        self,
        reader: Reader,
        planned: Sequence[Segment],
        recordings: RecordingNames,
        tier: str | None,
        usual: str,
    ) -> None:
        self._recordings = recordings
        self._tier, self._usual = tier, usual
        home = next((held for held in reader.tiers() if held.name == tier), None)
        segments = [*planned, *reader.segments(tier_id=None if home is None else home.id)]
        self._by_id = {segment.id: segment for segment in segments}
        self._near: dict[tuple[str, int], list[Segment]] = {}
        for segment in segments:
            self._remember(segment)
        self._found: dict[str, Segment] = {}
        self.made: dict[str, list[Segment]] = {}

    @property
    def found(self) -> list[Segment]:
        """Segments that were there and that rows were about."""
        made = {segment.id for segments in self.made.values() for segment in segments}
        return [segment for segment in self._found.values() if segment.id not in made]

    def segment(self, row: ImportedRating) -> Segment:
        """The segment of a row; `AnnotatorError` where it cannot be placed."""
        segment = self._by_id.get(row.target) or self._of_file(row)
        self._found[segment.id] = segment
        return segment

    def _of_file(self, row: ImportedRating) -> Segment:
        recording = self._recordings.named(row.file or row.target)
        whole = row.start_seconds is None or row.end_seconds is None
        start = 0 if row.start_seconds is None else samples_of(row.start_seconds, recording)
        end = recording.samples if row.end_seconds is None else samples_of(row.end_seconds, recording)
        near = to_samples(SAME_EDGE, recording.sample_rate)
        end = recording.samples if end > recording.samples and whole else end
        close = [
            (apart, n, segment)
            for bucket in (-1, 0, 1)
            for n, segment in enumerate(self._near.get((recording.id, start // _BUCKET + bucket), []))
            if (apart := _apart(segment, start, min(end, recording.samples))) <= near
        ]
        if close:
            return min(close, key=itemgetter(0, 1))[2]
        if not 0 <= start < min(end, recording.samples):
            raise AnnotatorError(tr("The times lie outside {name}.", name=recording.name))
        return self._make(recording, start, min(end, recording.samples), whole=whole)

    def _remember(self, segment: Segment) -> None:
        self._near.setdefault((segment.recording_id, segment.start // _BUCKET), []).append(segment)

    def _make(self, recording: Recording, start: int, end: int, *, whole: bool) -> Segment:
        name = self._tier or (WHOLE_TIER if whole else self._usual or "ratings")
        made = Segment(new_id(), recording.id, "", start, end, origin="whole" if whole else "import")
        self._remember(made)
        self._by_id[made.id] = made
        self.made.setdefault(name, []).append(made)
        return made


def _apart(segment: Segment, start: int, end: int) -> int:
    """How far the edges of a segment are from others, in samples: the farther one."""
    return max(abs(segment.start - start), abs(segment.end - end))
