"""Which segments an export holds, in which order, and under which file names."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar
from unicodedata import normalize

from annotator.domain.corpus import Recording, Segment, Split, Tier
from annotator.domain.errors import AnnotatorError
from annotator.domain.registry import closest
from annotator.domain.translation import tr
from annotator.exchange.bundle import ExportData, ExportOptions
from annotator.exchange.filters import NOT_IN_SPLIT, OTHER_TIER, LeftOut
from annotator.exchange.sieve import apply_filters

_Named = TypeVar("_Named", Split, Tier)
_DRIVE = re.compile(r"[A-Za-z]:/")
_UPWARDS = re.compile(r"^(?:\.\.?/)+")


@dataclass(frozen=True, slots=True)
class Selection:
    """The chosen segments, sorted by recording, time and tier, and the others, each with its reason."""

    segments: tuple[Segment, ...]
    split: Split | None
    left_out: tuple[LeftOut, ...] = ()

    @property
    def parts(self) -> dict[str, int]:
        """Chosen segments of each part of the split, also of those that stayed empty; none without a split."""
        if self.split is None:
            return {}
        counts = Counter(self.split.parts[segment.id] for segment in self.segments)
        return {part: counts[part] for part in self.split.part_names}


def select(data: ExportData, options: ExportOptions, *, one_tier: bool = False) -> Selection:
    """The segments that the options name and let through.

    With `one_tier`, and neither tier nor split given, segments of several tiers would hold the same sound twice:
    the only tier with ratings is taken, else `AnnotatorError` asks for one.
    """
    split = _named(options.split, data.splits, tr("split"))
    tier = _named(options.tier, data.tiers, tr("tier"))
    tier_id = tier.id if tier else None
    if one_tier and tier is None and split is None:
        tier_id = _only_tier(data)
    names = relative_paths(data.recordings)

    def place(segment: Segment) -> tuple[str, int, int, str, str]:
        tier = data.tier_names[segment.tier_id]
        return names[segment.recording_id], segment.start, segment.end, tier, segment.id

    left_out, chosen = [], []
    for segment in sorted(data.segments, key=place):
        if tier_id is not None and segment.tier_id != tier_id:
            left_out.append(LeftOut(segment, OTHER_TIER, data.tier_names[segment.tier_id]))
        elif split is not None and segment.id not in split.parts:
            left_out.append(LeftOut(segment, NOT_IN_SPLIT))
        else:
            chosen.append(segment)
    chosen, sieved = apply_filters(data, chosen, options.filters)
    left_out += sieved
    if not chosen:
        counts = Counter(one.reason for one in left_out)
        raise AnnotatorError(
            tr("{corpus} has no segments to export.", corpus=data.name),
            tr("Left out: {reasons}.", reasons=", ".join(f"{n} {reason}" for reason, n in counts.items()))
            if counts
            else tr("Segment the recordings first."),
        )
    return Selection(tuple(chosen), split, tuple(left_out))


def _only_tier(data: ExportData) -> str:
    used = {segment.tier_id for segment in data.segments}
    if len(used) > 1:
        tier_of = {segment.id: segment.tier_id for segment in data.segments}
        rated = {
            tier_of[a.segment_id] for a in data.annotations if a.segment_id in tier_of and not a.withdrawn
        }
        used = rated if len(rated) == 1 else used
    if len(used) > 1:
        names = sorted(data.tier_names[tier_id] for tier_id in used)
        raise AnnotatorError(
            tr("{corpus} is cut in several ways: {tiers}.", corpus=data.name, tiers=", ".join(names)),
            tr("Name the tier to export."),
        )
    return next(iter(used), "")


def _named(name: str | None, things: Sequence[_Named], noun: str) -> _Named | None:
    if name is None:
        return None
    for thing in things:
        if thing.name == name:
            return thing
    raise AnnotatorError(
        tr('There is no {noun} "{name}".', noun=noun, name=name),
        closest(name, [thing.name for thing in things]),
    )


def relative_paths(recordings: Sequence[Recording]) -> dict[str, str]:
    """Path of every recording by id: relative, with forward slashes, NFC-normalised, unique, never upwards.

    Recordings outside the corpus folder are named from the deepest folder that holds them all (a Windows drive
    counts as a folder, without its colon), those beside it from the folder both are in.

    >>> def recording(id, path): return Recording(id, path, "", "", 8000, 8000, 1)
    >>> relative_paths([recording("a", "/home/anna/songs/1.wav"), recording("b", "/home/anna/talk/2.wav"),
    ...                 recording("c", "media/3.wav")])
    {'a': 'songs/1.wav', 'b': 'talk/2.wav', 'c': 'media/3.wav'}
    """
    paths = {recording.id: normalize("NFC", recording.path.replace("\\", "/")) for recording in recordings}
    outside = {
        id_: path.split("/") for id_, path in paths.items() if path.startswith("/") or _DRIVE.match(path)
    }
    shared = 0
    while outside and len({tuple(parts[: shared + 1]) for parts in outside.values()}) == 1:
        shared += 1
        if any(len(parts) == shared + 1 for parts in outside.values()):
            break
    paths |= {
        id_: "/".join(parts[shared:]).lstrip("/").replace(":/", "/", 1) for id_, parts in outside.items()
    }
    paths = {id_: _UPWARDS.sub("", path) for id_, path in paths.items()}
    taken = Counter(paths.values())
    return {id_: path if taken[path] == 1 else f"{id_}/{path}" for id_, path in paths.items()}
