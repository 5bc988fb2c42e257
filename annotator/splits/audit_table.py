"""What an audit looks at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from annotator.domain.corpus import RECORDING_KEY, Link


@dataclass(frozen=True)
class SharedValues:
    """Values of an item of which each rests on ratings of other segments too.

    Parameters
    ----------
    kind
        ``"consensus"``: a rule that weighs raters over all segments settled them; ``"normalisation"``: they were
        brought to a common mean and spread.
    item
        The item, as people know it.
    how
        The rule, or whose ratings were normalised.
    rows
        Segments (indices) whose values rest on one another.
    """

    kind: Literal["consensus", "normalisation"]
    item: str
    how: str
    rows: NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class AuditTable:
    """Columns over n segments, and what the split promised.

    Parameters
    ----------
    segments
        (n,) segment ids.
    recordings
        (n,) id of each segment's recording.
    starts, ends
        (n,) samples of the recording, half-open.
    pcm_hashes
        (n,) hash of the decoded audio of each segment's recording; empty where it is not known.
    texts
        (n,) what is said; empty where it is not known.
    keys
        All group keys that are known, with (n,) values each; `None` where a segment has none.
    parts
        (n,) name of the part of each segment, `None` for one that the split does not hold; or `None` for an
        audit of the corpus without a split.
    part_names
        All parts in the order they were asked for, also empty ones.
    group_keys
        The keys that the split keeps together.
    classes
        (n,) class of each segment, `None` where it has none; or `None` where nothing was stratified.
    further_classes
        More such columns, each (n,), where several things were stratified.
    recording_names
        Readable names of recordings by id, for the sentences.
    links
        Recordings that hold nearly the same sound; dismissed ones are left out.
    lengths
        Samples of every recording that a link names.
    near_texts
        Whether nearly identical texts count as identical.
    shared_values
        Values of items that were computed over many segments at once.
    """

    segments: Sequence[str]
    recordings: Sequence[str]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    pcm_hashes: Sequence[str]
    texts: Sequence[str]
    keys: Mapping[str, Sequence[str | None]]
    parts: Sequence[str | None] | None = None
    part_names: Sequence[str] = ()
    group_keys: Sequence[str] = ()
    classes: Sequence[str | None] | None = None
    further_classes: Sequence[Sequence[str | None]] = ()
    recording_names: Mapping[str, str] = field(default_factory=dict)
    links: Sequence[Link] = ()
    lengths: Mapping[str, int] = field(default_factory=dict)
    near_texts: bool = False
    shared_values: Sequence[SharedValues] = ()

    def __post_init__(self) -> None:
        lengths = {
            len(self.recordings),
            len(self.starts),
            len(self.ends),
            len(self.pcm_hashes),
            len(self.texts),
        }
        lengths |= {len(values) for values in self.keys.values()}
        lengths |= {len(column) for column in (self.parts, self.classes) if column is not None}
        if lengths != {len(self.segments)}:
            raise ValueError(f"every column must have {len(self.segments)} entries, got {sorted(lengths)}")
        unknown = set(self.group_keys) - set(self.keys) - {RECORDING_KEY}
        if unknown:
            raise ValueError(f"keys has no column for {sorted(unknown)}")
        if self.parts is not None and self.part_names:
            unknown = {part for part in self.parts if part is not None} - set(self.part_names)
            if unknown:
                raise ValueError(f"part_names lacks {sorted(unknown)}")

    def recording_name(self, recording: str) -> str:
        """Name of a recording as people know it."""
        return self.recording_names.get(recording, recording)
