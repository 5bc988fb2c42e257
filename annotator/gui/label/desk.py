"""Desk: what lies before one rater, what is answered, and where to go from here. Knows nothing of widgets."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain

from annotator.app.policy import Policy
from annotator.app.rate import Entry, Workload
from annotator.domain.corpus import PRACTICE, Annotation, Rater, Recording, Segment, Value
from annotator.domain.scheme import Scheme


@dataclass(frozen=True)
class Draft:
    """What was given but not stored yet."""

    values: Mapping[str, Value]
    comment: str
    confidence: float | None
    flagged: bool = False


class Desk:
    """One rater's entries under one scheme; `index` is the one that is shown, `None` once all are rated."""

    def __init__(self, workload: Workload, scheme: Scheme, rater: Rater) -> None:
        self._workload = workload
        self.scheme = scheme
        self.rater = rater
        self.entries = workload.entries
        self.answers: dict[Entry, Annotation] = dict(workload.answers)
        self.index: int | None = None
        #: The entry that was shown last, also once all are rated.
        self.last = 0
        #: How many entries, the first ones, are there to practise: they are no work.
        self.practice = sum(repeat == PRACTICE for _, repeat in self.entries)
        #: How many of the others are rated.
        self.done = sum(entry in self.answers for entry in self.entries if entry[1] != PRACTICE)
        self._places = {entry: n for n, entry in enumerate(self.entries)}
        self._first_unrated = 0  # never behind the first unrated entry: answers only come

    @property
    def tier(self) -> str | None:
        """Name of the tier."""
        return self._workload.tier

    @property
    def current(self) -> Entry | None:
        """The entry that is shown."""
        return None if self.index is None else self.entries[self.index]

    @property
    def total(self) -> int:
        """How many there are."""
        return len(self.entries)

    def segment(self, index: int) -> Segment:
        """The segment of an entry."""
        return self._workload.segments[self.entries[index][0]]

    def recording(self, index: int) -> Recording:
        """The recording of an entry."""
        return self._workload.recordings[self.segment(index).recording_id]

    @property
    def work(self) -> int:
        """How many there are without those to practise on."""
        return self.total - self.practice

    @property
    def policy(self) -> Policy:
        """What the lead lets this rater see."""
        return self._workload.policy

    def expected(self, entry: Entry | None) -> Mapping[str, Value] | None:
        """What the lead expects of an answer given to practise, once it is given; `None` of any other."""
        return self._workload.expected.get(entry) if entry in self.answers else None

    def place(self, entry: Entry | None) -> int | None:
        """Where an entry is; `None` where it is not asked here."""
        return None if entry is None else self._places.get(entry)

    def show(self, index: int | None) -> None:
        """Goes to an entry, or to the end."""
        self.index = index
        if index is not None:
            self.last = index

    def record(self, entry: Entry, annotation: Annotation) -> None:
        """An answer was stored."""
        self.done += entry in self._places and entry not in self.answers and entry[1] != PRACTICE
        self.answers[entry] = annotation

    def next_unrated(self, after: int = -1) -> int | None:
        """The first entry without an answer behind `after`, then from the start; `None` where all are rated."""
        while self._first_unrated < self.total and self.entries[self._first_unrated] in self.answers:
            self._first_unrated += 1
        behind = range(max(after + 1, self._first_unrated), self.total)
        before = range(self._first_unrated, min(after + 1, self.total))
        return next((n for n in chain(behind, before) if self.entries[n] not in self.answers), None)

    def continues(self, other: "Desk | None") -> bool:
        """Whether this is the same work as on another desk, read anew."""
        return other is not None and (self.rater, self.scheme, self.tier) == (
            other.rater,
            other.scheme,
            other.tier,
        )

    def changed_since(self, other: "Desk") -> list[Entry]:
        """Entries whose answer is another one than on an earlier desk."""
        return [entry for entry in self.entries if self.answers.get(entry) != other.answers.get(entry)]
