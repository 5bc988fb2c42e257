"""What a corpus holds, in numbers."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from annotator.app.session import Session
from annotator.domain.corpus import Recording, Segment, Tier
from annotator.storage.rows import Kind


@dataclass(frozen=True, slots=True)
class Info:
    """Counts and names; `groups` gives the number of different values per group key.

    `made` has an entry for every way in which recordings of a tier were cut: `tier`, `recordings` (how many), `method`,
    `version`, `parameters`, and the rest of what the tier keeps of it.
    """

    name: str
    recordings: int
    segments: int
    tiers: int
    raters: int
    annotations: int
    duration_seconds: float
    schemes: list[str]
    splits: list[str]
    groups: dict[str, int]
    tier_names: list[str]
    rater_names: list[str]
    warnings: list[str]
    made: list[dict[str, Any]]


def corpus_info(session: Session) -> Info:
    """Counts what is in the corpus."""
    with session.reading() as reader:
        recordings = reader.recordings()
        segments = reader.segments()
        tiers = reader.tiers()
        raters = [rater.name for rater in reader.raters()]
        return Info(
            name=session.name,
            recordings=len(recordings),
            segments=len(segments),
            tiers=len(tiers),
            raters=len(raters),
            annotations=reader.count(Kind.ANNOTATION),
            duration_seconds=sum(recording.seconds for recording in recordings),
            schemes=[scheme.name for scheme in reader.schemes()],
            splits=reader.split_names(),
            groups=group_counts(recordings, segments),
            tier_names=[tier.name for tier in tiers],
            rater_names=raters,
            warnings=[f"{r.name}: {r.warning}" for r in recordings if r.warning],
            made=ways_made(tiers, {recording.id for recording in recordings}),
        )


def ways_made(tiers: Iterable[Tier], recordings: Collection[str]) -> list[dict[str, Any]]:
    """How the tiers were made by methods: recordings cut in the same way together, most frequent way first."""
    ways: list[dict[str, Any]] = []
    for tier in tiers:
        counts: list[tuple[int, dict[str, Any]]] = []
        for recording, made in tier.made.items():
            if recording not in recordings or "method" not in made:
                continue
            way = {"tier": tier.name} | {name: value for name, value in made.items() if name != "speakers"}
            place = next((n for n, (_, known) in enumerate(counts) if known == way), len(counts))
            counts[place : place + 1] = [(counts[place][0] + 1 if place < len(counts) else 1, way)]
        counts.sort(key=lambda entry: -entry[0])
        ways += [{**way, "recordings": count} for count, way in counts]
    return ways


def group_counts(recordings: Iterable[Recording], segments: Iterable[Segment]) -> dict[str, int]:
    """Number of different values of each group key, over recordings and the speakers of segments."""
    values: dict[str, set[str]] = {}
    for recording in recordings:
        for key, value in recording.groups.items():
            values.setdefault(key, set()).add(value)
    for segment in segments:
        if segment.speaker:
            values.setdefault("speaker", set()).add(segment.speaker)
    return {key: len(found) for key, found in sorted(values.items())}
