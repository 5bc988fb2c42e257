"""What passes between a corpus and the formats: the data to export, and what a reader found in a file."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, get_args

from annotator.audio.source import AudioSource
from annotator.audio.treatment import Treatment
from annotator.domain.about import About
from annotator.domain.corpus import Annotation, Consensus, Link, Rater, Recording, Segment, Split, Tier
from annotator.domain.errors import UsageError
from annotator.domain.scheme import Scheme
from annotator.domain.translation import tr
from annotator.exchange.filters import Filters, LeftOut

ClipFormat = Literal["wav", "flac"]

#: The end, in seconds, of what lasts until its recording ends.
TO_THE_END = float("inf")


@dataclass(frozen=True)
class ExportData:
    """A corpus as the writers see it.

    `annotations` are the current revisions; withdrawn ones are left out by every writer. `consensus` may hold
    several methods for one scheme. `open_audio` decodes a recording, `audio_path` gives its file; either raises
    `AnnotatorError` where the file is gone.
    """

    name: str
    recordings: tuple[Recording, ...]
    tiers: tuple[Tier, ...]
    segments: tuple[Segment, ...]
    schemes: tuple[Scheme, ...]
    raters: tuple[Rater, ...]
    annotations: tuple[Annotation, ...]
    consensus: tuple[Consensus, ...]
    splits: tuple[Split, ...]
    open_audio: Callable[[Recording], AudioSource]
    audio_path: Callable[[Recording], Path]
    links: tuple[Link, ...] = ()
    about: About = field(default_factory=About)
    leaks: tuple[str, ...] = ()
    card: "Callable[[Filled], Mapping[str, str]] | None" = None

    @cached_property
    def recording_of(self) -> dict[str, Recording]:
        """Recordings by id."""
        return {recording.id: recording for recording in self.recordings}

    @cached_property
    def tier_names(self) -> dict[str, str]:
        """Names of the tiers by id."""
        return {tier.id: tier.name for tier in self.tiers}

    @cached_property
    def scheme_of(self) -> dict[str, Scheme]:
        """Schemes by name."""
        return {scheme.name: scheme for scheme in self.schemes}

    @cached_property
    def measured(self) -> "ExportData":
        """The corpus with the mean of every trace in its place, see `Scheme.measured`; itself where nobody traced."""
        schemes = tuple(scheme.measured() for scheme in self.schemes)
        if schemes == self.schemes:
            return self
        answers = tuple(
            replace(one, values=self.scheme_of[one.scheme].measured_values(one.values))
            for one in self.annotations
        )
        settled = tuple(
            replace(one, values=self.scheme_of[one.scheme].measured_values(one.values))
            for one in self.consensus
        )
        return replace(self, schemes=schemes, annotations=answers, consensus=settled)

    @cached_property
    def group_keys(self) -> tuple[str, ...]:
        """Every group key that some recording has, sorted."""
        return tuple(sorted({key for recording in self.recordings for key in recording.groups}))


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """What to export: the segments of one `split`, of one `tier` (both by name), with `clips` of their sound.

    `None` leaves the choice to the format: all tiers and splits in tables, no clips; a folder of clips needs one
    tier and writes WAV.

    Parameters
    ----------
    whole
        Whether the recordings' files are copied into `audio/`, as they are; else they are only named.
    context
        Seconds of sound before and after each segment that its clip holds too, as far as the recording has them.
    treatment
        What is done to the sound of clips besides; nothing unless asked for.
    filters
        Which segments are left out.
    """

    split: str | None = None
    tier: str | None = None
    clips: ClipFormat | None = None
    whole: bool = False
    context: float = 0.0
    treatment: Treatment = field(default_factory=Treatment)
    filters: Filters = field(default_factory=Filters)

    def __post_init__(self) -> None:
        if self.clips is not None and self.clips not in get_args(ClipFormat):
            raise UsageError(
                tr('"{clips}" is no format for clips.', clips=self.clips),
                tr("Valid: {names}.", names=", ".join(get_args(ClipFormat))),
            )
        if not 0 <= self.context < float("inf"):
            raise UsageError(
                tr("A clip cannot have {seconds} s of context.", seconds=self.context),
                tr("Give seconds, from 0."),
            )


@dataclass(frozen=True, slots=True)
class Filled:
    """What a writer has put into the folder it was given.

    `segments` are those that were written, `parts` counts them by part. `front_matter` are the lines that the format
    wants at the head of `README.md`, `layout` paragraphs of Markdown on the files there are; both in English, as the
    places where data sets are published are.
    """

    segments: tuple[Segment, ...]
    parts: Mapping[str, int]
    left_out: tuple[LeftOut, ...]
    warnings: tuple[str, ...] = ()
    front_matter: tuple[str, ...] = ()
    layout: tuple[str, ...] = ()

    @property
    def excluded(self) -> dict[str, int]:
        """Number of segments left out, by reason."""
        return dict(Counter(one.reason for one in self.left_out))


@dataclass(frozen=True, slots=True)
class ExportResult:
    """What an export wrote: number of `files` (the manifest not counted) and `segments`, segments per part.

    `excluded` counts the segments that were left out by reason: `other_tier`, `not_in_split`, `no_label`, and those of
    `annotator.exchange.filters`.
    `warnings` are sentences for the user about values that had to be written differently.
    """

    format: str
    files: int
    segments: int
    parts: Mapping[str, int]
    excluded: Mapping[str, int]
    manifest: Path
    warnings: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain data for `--json`."""
        return {
            "format": self.format,
            "files": self.files,
            "segments": self.segments,
            "parts": dict(self.parts),
            "excluded": dict(self.excluded),
            "manifest": str(self.manifest),
            "warnings": list(self.warnings),
        }


@dataclass(frozen=True, slots=True)
class ImportedWord:
    """A word as a file times it."""

    start_seconds: float
    end_seconds: float
    text: str


@dataclass(frozen=True, slots=True)
class ImportedSegment:
    """A stretch of a recording as a file tells it; `row` is the line it starts on, 0 in formats not read by line.

    `recording` is a path or a name; readers of formats that do not name the recording give the file's own name
    without its suffix. `words` are those of `text` that the file times, in order; there need not be any. `tier` is
    empty where the file does not name one.
    """

    recording: str
    start_seconds: float
    end_seconds: float
    text: str = ""
    speaker: str = ""
    row: int = 0
    words: tuple[ImportedWord, ...] = ()
    tier: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class ImportedRating:
    """One rater's answer to one thing, as a file tells it; `row` is the line it starts on.

    `target` is a segment id where the file has one, else the same as `file`, a path or a file name; where there
    are times, the answer is to that stretch of the file. `rater` and `scheme` are empty where nothing names them.
    `values` holds the raw answers by item, an empty text where the rater could not tell; `Item.parse` makes
    values of them.
    """

    target: str
    start_seconds: float | None
    end_seconds: float | None
    rater: str
    values: Mapping[str, str | float]
    row: int
    file: str = ""
    scheme: str = ""
    repeat: int = 0
    confidence: float | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class ImportedPart:
    """The part of a split that a file puts something into: all of a file, or a stretch of it where there are times.

    `segment` is its id, where the source knows that.
    """

    split: str
    part: str
    file: str
    start_seconds: float | None = None
    end_seconds: float | None = None
    segment: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    """What a reader found in a file.

    `warnings` are repairs and oddities of things that are kept, `dropped` the things that are not, each with
    the line it stands on. `schemes` are those of the ratings as the source describes them, for a corpus that has none
    that fits. `raters` gives the kind of those who are no people. `groups` holds group keys by recording. `audio` are
    the files that the source itself holds, by the names it calls them. `tier` is where the segments go by default.
    """

    segments: tuple[ImportedSegment, ...] = ()
    ratings: tuple[ImportedRating, ...] = ()
    warnings: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    schemes: tuple[Scheme, ...] = ()
    raters: Mapping[str, str] = field(default_factory=dict)
    parts: tuple[ImportedPart, ...] = ()
    groups: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    audio: Mapping[str, Path] = field(default_factory=dict)
    tier: str = ""


class Findings:
    """Collects what a reader has to report while it reads."""

    def __init__(self) -> None:
        self._warnings: list[str] = []
        self._dropped: list[tuple[int, str]] = []

    @property
    def warnings(self) -> tuple[str, ...]:
        """Repairs and oddities, in the order of their discovery."""
        return tuple(self._warnings)

    @property
    def dropped(self) -> tuple[str, ...]:
        """What is left out, in the order of the lines."""
        ordered = sorted(self._dropped, key=lambda one: one[0])
        return tuple(tr("Line {line}: {why}", line=line, why=why) if line else why for line, why in ordered)

    def warn(self, text: str) -> None:
        """Something was repaired or looks odd, and is kept."""
        self._warnings.append(text)

    def drop(self, line: int, why: str) -> None:
        """The thing on that line is left out; line 0 where `why` itself says which thing it is."""
        self._dropped.append((line, why))

    def add(self, inner: "Findings", place: str) -> None:
        """Takes over what was found in one of several files, told with its name."""
        self._warnings += inner.warnings
        self._dropped += [(0, tr("{place}: {why}", place=place, why=why)) for why in inner.dropped]
