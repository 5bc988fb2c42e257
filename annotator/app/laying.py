"""What becomes of a tier when a method segments a recording: planned first, shown where asked, then done."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from annotator.domain.corpus import BY_HAND, Recording, Segment, Tier
from annotator.domain.errors import UsageError
from annotator.domain.timeline import clock, to_samples
from annotator.domain.translation import tr
from annotator.segmentation.options import MethodOptions
from annotator.segmentation.unitizing import partners
from annotator.storage.reader import Reader
from annotator.storage.rows import Kind
from annotator.storage.writer import Transaction

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a tier is made: the method's name and version, its parameters as plain data."""

    method: str
    version: int
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, method: str, version: int, options: MethodOptions) -> "Recipe":
        """The recipe of a method with its options."""
        return cls(method, version, asdict(options))


@dataclass(frozen=True, slots=True)
class Segmented:
    """What a method made of one recording, and what that changed on the tier.

    Parameters
    ----------
    segments, seconds
        How many segments the method made there, and how long they are together.
    added, removed
        New segments, and earlier ones that are gone.
    moved
        Earlier ones that got other edges; like the kept ones they keep their key and with it their ratings.
    kept
        Segments as they were, those by hand among them; `by_hand` counts these alone.
    reworded
        Of the kept ones, those whose text or speaker changed.
    rated
        Of the removed ones, those that somebody rated. Undo brings them back with their ratings.
    """

    recording: str
    method: str
    segments: int
    tier: str
    seconds: float
    added: int
    removed: int
    moved: int
    kept: int
    by_hand: int
    reworded: int = 0
    rated: int = 0
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What laying segments on a tier would do: `put` are the new and the changed ones."""

    put: tuple[Segment, ...]
    removed: tuple[Segment, ...]
    made: tuple[Segment, ...]
    added: int
    moved: int
    kept: int
    by_hand: int
    reworded: int


def plan(
    held: Sequence[Segment],
    made: Sequence[Segment],
    *,
    stretch: Span | None = None,
    replace_corrected: bool = False,
) -> Plan:
    """What becomes of the segments that a tier holds of a recording when a method's take their place.

    Segments drawn or corrected by hand stay, and nothing is laid over them, unless they are to be replaced, too. Where
    only a stretch is segmented, everything that reaches beyond it stays. An earlier segment that shares more than half
    of its time with a new one becomes that one: it keeps its key, and what the new one has no word on.

    Parameters
    ----------
    held, made
        Segments of one recording in order of their starts; the tier of the new ones does not matter.
    """
    staying = [segment for segment in held if _stays(segment, stretch, replace_corrected)]
    going = [segment for segment in held if not _stays(segment, stretch, replace_corrected)]
    free = _beside(made, staying)
    put: list[Segment] = []
    moved = kept = reworded = 0
    pairs = partners([(s.start, s.end) for s in going], [(s.start, s.end) for s in free])
    successor = {new: old for old, new in pairs}
    for number, segment in enumerate(free):
        if number not in successor:
            put.append(segment)
            continue
        before = going[successor[number]]
        after = replace(
            segment,
            id=before.id,
            tier_id=before.tier_id,
            text=segment.text or before.text,
            speaker=segment.speaker or before.speaker,
        )
        same_place = (before.start, before.end) == (after.start, after.end)
        moved += not same_place
        kept += same_place
        reworded += same_place and (before.text, before.speaker) != (after.text, after.speaker)
        if after != before:
            put.append(after)
    taken = set(successor.values())
    return Plan(
        put=tuple(put),
        removed=tuple(segment for number, segment in enumerate(going) if number not in taken),
        made=tuple(free),
        added=len(free) - len(successor),
        moved=moved,
        kept=kept + len(staying),
        by_hand=sum(segment.origin in BY_HAND for segment in staying),
        reworded=reworded,
    )


def _stays(segment: Segment, stretch: Span | None, replace_corrected: bool) -> bool:
    """Whether automatic segmentation leaves a segment alone."""
    if segment.origin in BY_HAND and not replace_corrected:
        return True
    return stretch is not None and not (stretch[0] <= segment.start and segment.end <= stretch[1])


def _beside(segments: Sequence[Segment], staying: Sequence[Segment]) -> list[Segment]:
    """The segments that touch none of those that stay; both are sorted by start."""
    free: list[Segment] = []
    position = 0
    for segment in segments:
        while position < len(staying) and staying[position].end <= segment.start:
            position += 1
        if position == len(staying) or staying[position].start >= segment.end:
            free.append(segment)
    return free


def lay_segments(
    transaction: Transaction,
    home: Tier,
    recording: Recording,
    segments: Sequence[Segment],
    recipe: Recipe,
    *,
    stretch: Span | None = None,
    replace_corrected: bool = False,
    warnings: tuple[str, ...] = (),
) -> Segmented:
    """Puts what a method made of a recording on a tier, as `plan` says, and notes on the tier how it was made."""
    held = transaction.segments(tier_id=home.id, recording_id=recording.id)
    planned = plan(held, segments, stretch=stretch, replace_corrected=replace_corrected)
    told = summary(transaction, recording, home.name, planned, recipe.method, warnings)
    # First the ones that go, so that no two segments ever cover one another.
    transaction.remove(Kind.SEGMENT, [segment.id for segment in planned.removed])
    transaction.put(*(replace(segment, tier_id=home.id) for segment in planned.put))
    made = {**home.made, recording.id: _entry(home.made.get(recording.id), recipe, recording, stretch)}
    transaction.put(replace(home, made=made))
    return told


def summary(
    reader: Reader,
    recording: Recording,
    tier: str,
    planned: Plan,
    method: str,
    warnings: tuple[str, ...] = (),
) -> Segmented:
    """A plan in numbers."""
    removed = [segment.id for segment in planned.removed]
    rated = {annotation.segment_id for annotation in reader.annotations(segment_ids=removed)}
    return Segmented(
        recording=recording.name,
        method=method,
        segments=len(planned.made),
        tier=tier,
        seconds=sum(segment.samples for segment in planned.made) / recording.sample_rate,
        added=planned.added,
        removed=len(removed),
        moved=planned.moved,
        kept=planned.kept,
        by_hand=planned.by_hand,
        reworded=planned.reworded,
        rated=len(rated),
        warnings=warnings,
    )


def _entry(
    before: Mapping[str, Any] | None, recipe: Recipe, recording: Recording, stretch: Span | None
) -> dict[str, Any]:
    """What a tier keeps of how a recording was cut; after stretches of it, `earlier` says how the rest was."""
    entry: dict[str, Any] = {
        "method": recipe.method,
        "version": recipe.version,
        "parameters": dict(recipe.parameters),
    }
    if before is not None and "speakers" in before:  # segments that stay keep the speakers found for them
        entry["speakers"] = before["speakers"]
    if stretch is None:
        return entry
    entry["from_seconds"], entry["to_seconds"] = (sample / recording.sample_rate for sample in stretch)
    if before is None or "method" not in before:
        return entry
    last = {name: value for name, value in before.items() if name not in ("earlier", "speakers")}
    earlier = [
        one for one in (last, *before.get("earlier", ())) if not _within(one, entry)
    ]  # what this stretch covers is gone
    return {**entry, "earlier": earlier} if earlier else entry


def _within(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether the stretch of one entry lies within that of another."""
    return (
        "from_seconds" in one
        and one["from_seconds"] >= other["from_seconds"]
        and one["to_seconds"] <= other["to_seconds"]
    )


def made_text(made: Mapping[str, Any]) -> str:
    """How a recording was cut, for people.

    >>> made_text({"method": "fixed", "version": 1, "parameters": {"length": 3.0, "rest": "drop"}})
    'fixed (version 1): length 3, rest drop'
    """
    parameters = ", ".join(f"{name} {_plain(value)}" for name, value in made["parameters"].items())
    text = tr("{method} (version {version})", method=made["method"], version=made["version"])
    if "from_seconds" in made:
        text += " " + tr(
            "from {start} to {end}", start=clock(made["from_seconds"]), end=clock(made["to_seconds"])
        )
    return f"{text}: {parameters}" if parameters else text


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def stretch_of(
    recordings: Sequence[Recording], start: float | None, stop: float | None
) -> tuple[int, int] | None:
    """The stretch from one second to another of the only recording, in samples; `None` where neither is given.

    Raises `UsageError` where there are several recordings, or the stretch is empty or outside.
    """
    if start is None and stop is None:
        return None
    if len(recordings) != 1:
        raise UsageError(
            tr("A stretch is of one recording, and {n} are to be segmented.", n=len(recordings)),
            tr("Name one of them with --recording."),
        )
    (recording,) = recordings
    first = to_samples(start or 0.0, recording.sample_rate)
    last = recording.samples if stop is None else to_samples(stop, recording.sample_rate)
    if not 0 <= first < min(last, recording.samples):
        raise UsageError(
            tr(
                "There is nothing from {start:g} s to {end:g} s in {name}, which lasts {length:.2f} s.",
                start=start or 0.0, end=recording.seconds if stop is None else stop,
                name=recording.name, length=recording.seconds,
            ),
            tr("Give a start before the end, both within the recording."),
        )  # fmt: skip
    return first, min(last, recording.samples)
