"""What a corpus holds, in numbers."""

from collections.abc import Iterable
from dataclasses import dataclass

from annotator.app.session import Session
from annotator.domain.corpus import Recording, Segment
from annotator.storage.rows import Kind


@dataclass(frozen=True, slots=True)
class Info:
    """Counts and names; `groups` gives the number of different values per group key."""

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


def corpus_info(session: Session) -> Info:
    """Counts what is in the corpus."""
    with session.reading() as reader:
        recordings = reader.recordings()
        segments = reader.segments()
        tiers = [tier.name for tier in reader.tiers()]
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
            tier_names=tiers,
            rater_names=raters,
            warnings=[f"{r.name}: {r.warning}" for r in recordings if r.warning],
        )


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
