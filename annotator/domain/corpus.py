"""Recording, Tier, Segment, Rater, Annotation, Task, Consensus, Split, Link, Run: the things a corpus is made of."""

import os
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias

from annotator.domain.errors import AnnotatorError
from annotator.domain.timeline import clock, to_seconds
from annotator.domain.translation import tr

Value: TypeAlias = float | int | str | bool | None
"""One answer to one item; `None` where the rater could not tell."""

#: Group key that every recording has without being told: itself.
RECORDING_KEY = "recording"

#: In place of the number of a repeat: the answer was given to practise.
PRACTICE = -1

#: Origins of segments made or corrected by hand; automatic segmentation leaves them alone.
BY_HAND = frozenset({"hand", "corrected"})


#: Where the random bytes of keys come from.
new_key_bytes = os.urandom

_VARIANT = {digit: "89ab"[int(digit, 16) % 4] for digit in "0123456789abcdef"}


def new_id() -> str:
    """A fresh uuid, 32 hexadecimal digits."""
    return uuid.UUID(bytes=new_key_bytes(16), version=4).hex


def new_ids(n: int) -> list[str]:
    """`n` fresh uuids as `new_id` gives them, in ascending order, for many at once: a tenth of the time.

    >>> made = new_ids(3)
    >>> [uuid.UUID(key).version for key in made], made == sorted(made), len(set(made))
    ([4, 4, 4], True, 3)
    """
    digits = new_key_bytes(16 * n).hex()
    drawn = (digits[start : start + 32] for start in range(0, 32 * n, 32))
    # Version 4 stands in digit 12, the variant in the upper two bits of digit 16.
    return sorted(f"{key[:12]}4{key[13:16]}{_VARIANT[key[16]]}{key[17:]}" for key in drawn)


def now() -> str:
    """This moment in UTC, ISO 8601 with microseconds: sortable as text."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


@dataclass(frozen=True, slots=True)
class Recording:
    """One audio file.

    `path` is relative to the corpus folder where it can be, with forward slashes. `samples` counts decoded
    frames, not what the header promises; `warning` says so where the two differ. `pcm_hash` is the SHA-256 of
    the decoded audio, so that the same sound under two names is known. `groups` are the group keys (song,
    artist, speaker, show, ...) that splits keep together.
    """

    id: str
    path: str
    sha256: str
    pcm_hash: str
    sample_rate: int
    samples: int
    channels: int
    groups: Mapping[str, str] = field(default_factory=dict)
    warning: str = ""

    @property
    def seconds(self) -> float:
        """Duration in seconds."""
        return to_seconds(self.samples, self.sample_rate)

    @property
    def name(self) -> str:
        """File name without folders."""
        return self.path.rsplit("/", 1)[-1]

    def with_groups(self, groups: Mapping[str, str]) -> "Recording":
        """A copy whose group keys are extended or replaced by `groups`."""
        return replace(self, groups={**self.groups, **groups})


@dataclass(frozen=True, slots=True)
class Tier:
    """A named layer of segments over the recordings: by someone, by a method, or the agreed reference.

    `made` says for each recording (by its id) how a method cut it: the method's name, its version, its parameters.
    """

    id: str
    name: str
    kind: Literal["hand", "method", "reference"] = "hand"
    overlaps: bool = False
    made: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of one recording on one tier: samples `start` (included) to `end` (excluded).

    `origin` tells who drew it: `hand`, `corrected` (drawn by a method, then moved by hand), `whole`, or the
    name of a method or format.
    """

    id: str
    recording_id: str
    tier_id: str
    start: int
    end: int
    text: str = ""
    speaker: str = ""
    origin: str = "hand"
    status: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"segment must satisfy 0 <= start < end, got [{self.start}, {self.end})")

    @property
    def samples(self) -> int:
        """Length in samples."""
        return self.end - self.start

    def overlaps(self, other: "Segment") -> bool:
        """Whether the two share at least one sample of the same recording.

        >>> a = Segment("a", "r", "t", 0, 10)
        >>> a.overlaps(Segment("b", "r", "t", 9, 12)), a.overlaps(Segment("c", "r", "t", 10, 12))
        (True, False)
        """
        return self.recording_id == other.recording_id and self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Rater:
    """Who rates: a person, the labels a data set came with (`reference`), a model (`machine`), or a person who
    decides where others differ (`adjudicator`), whose answers are no independent ratings.

    `profile` holds what a person chose to tell: `age`, `gender`, `languages`, and when (`told`); and for each scheme
    that shuffles its items the order in which this rater saw them (`shown`).
    """

    id: str
    name: str
    kind: Literal["human", "reference", "machine", "adjudicator"] = "human"
    profile: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Annotation:
    """One immutable revision of one rater's answer to one scheme for one segment.

    A changed mind is a new revision; a withdrawn answer is a revision with `withdrawn` set. `values` maps item
    names to answers. `repeat` is 0 for the first pass, counts repeats given on purpose to measure self-agreement,
    and is `PRACTICE` for answers given to practise, which count nowhere. `started` and `finished` are UTC, ISO 8601.
    `flagged` asks to talk about the segment.
    """

    id: str
    segment_id: str
    rater_id: str
    scheme: str
    values: Mapping[str, Value]
    revision: int = 1
    repeat: int = 0
    withdrawn: bool = False
    confidence: float | None = None
    comment: str = ""
    started: str = ""
    finished: str = ""
    listens: int = 0
    flagged: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """The segments one rater is to rate under one scheme, in that rater's own seeded order.

    `entries` holds (segment id, repeat number); a repeat above 0 asks again for the same segment, `PRACTICE` asks for
    it to practise. `options` holds the answers that the lead knows: `practice` and `anchors`, each by segment id the
    values by item.
    """

    id: str
    rater_id: str
    scheme: str
    entries: tuple[tuple[str, int], ...]
    seed: int
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Consensus:
    """What the raters together say of one segment under one scheme, by a named method.

    `values` maps items to the settled value (`None` where undecided), `distributions` to the share of each
    category, `counts` to the number of ratings used, `ties` names the items on which no category won. `uncertainty`
    maps items to how unsure the value is, in the terms of the method; `sources` are the ratings it came from.
    """

    segment_id: str
    scheme: str
    method: str
    values: Mapping[str, Value]
    distributions: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    ties: tuple[str, ...] = ()
    uncertainty: Mapping[str, float] = field(default_factory=dict)
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Split:
    """A frozen assignment of segments to named parts.

    `groups` gives for each segment the connected group it belongs to; all segments of a group are in one part.
    `options` keeps everything needed to make it again.
    """

    id: str
    name: str
    method: str
    seed: int
    group_keys: tuple[str, ...]
    parts: Mapping[str, str]
    groups: Mapping[str, str]
    options: Mapping[str, Any] = field(default_factory=dict)
    created: str = ""

    @property
    def part_names(self) -> tuple[str, ...]:
        """Parts in the order they were asked for, also those that stayed empty."""
        asked = self.options.get("shares")
        return tuple(asked) if asked else tuple(sorted(set(self.parts.values())))


@dataclass(frozen=True, slots=True)
class Link:
    """Two recordings that hold nearly the same sound: another bitrate, an excerpt, an overlapping window.

    Samples [`start_a`, `end_a`) of recording `a` sound like [`start_b`, `end_b`) of recording `b`, each at its own
    sampling rate. `score` (0..1) says how alike they are. `verdict` is `found` until a person has listened; a
    `dismissed` link ties nothing, and `reason` says why.
    """

    a: str
    b: str
    score: float
    start_a: int
    end_a: int
    start_b: int
    end_b: int
    kind: Literal["sound"] = "sound"
    verdict: Literal["found", "accepted", "dismissed"] = "found"
    reason: str = ""

    @property
    def id(self) -> str:
        """Key made of the kind and the two recordings, in either order: the same on every copy of the corpus.

        >>> Link("x", "y", 1.0, 0, 9, 0, 9).id == Link("y", "x", 0.5, 0, 9, 0, 9).id
        True
        """
        first, second = sorted((self.a, self.b))
        return uuid.uuid5(uuid.NAMESPACE_OID, f"{self.kind}\n{first}\n{second}").hex

    @property
    def holds(self) -> bool:
        """Whether the link ties its recordings: nobody has dismissed it."""
        return self.verdict != "dismissed"


@dataclass(frozen=True, slots=True)
class Run:
    """A training run that was kept: `options` is all that is needed to repeat it, `results` what came out."""

    id: str
    name: str
    options: Mapping[str, Any]
    results: Mapping[str, Any]
    created: str = ""


def group_value(recording: Recording, segment: Segment | None, key: str) -> str | None:
    """Value of one group key for a segment; a speaker named on the segment counts before the recording's.

    >>> r = Recording("r1", "a.wav", "", "", 16000, 16000, 1, {"speaker": "Anna"})
    >>> group_value(r, Segment("s", "r1", "t", 0, 9, speaker="Bo"), "speaker"), group_value(r, None, "song")
    ('Bo', None)
    """
    if key == RECORDING_KEY:
        return recording.id
    if key == "speaker" and segment is not None and segment.speaker:
        return segment.speaker
    return recording.groups.get(key) or None


def check_span(recording: Recording, start: int, end: int) -> None:
    """Raises `AnnotatorError` where [start, end) is empty or leaves the recording."""
    if 0 <= start < end <= recording.samples:
        return
    raise AnnotatorError(
        tr(
            "{start} to {end} is not a stretch of {name}, which lasts {length}.",
            start=clock(start / recording.sample_rate),
            end=clock(end / recording.sample_rate),
            name=recording.name,
            length=clock(recording.seconds),
        ),
        tr("Give a start before the end, both within the recording."),
    )
