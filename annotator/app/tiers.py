"""How far two segmentations agree: two people's tiers, or what a method made against what a person corrected."""

from collections import defaultdict
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

from annotator.app.session import Session, find_tier
from annotator.domain.corpus import Segment, Tier
from annotator.domain.errors import UsageError
from annotator.domain.progress import Job, Progress, finish
from annotator.domain.translation import tr
from annotator.segmentation.boundaries import BoundaryScores, boundary_scores
from annotator.segmentation.unitizing import (
    Continuum,
    Matches,
    alpha_unitizing,
    match_segments,
    overlap_free,
)
from annotator.storage.reader import Reader

#: Distances in seconds up to which boundaries count as the same.
TOLERANCES = (0.05, 0.1, 0.2, 0.5)

_TICKS = 1000  # a second: alpha counts in milliseconds


@dataclass(frozen=True, slots=True)
class TierAgreement:
    """Agreement of the tier `b` with the tier `a`, which stands as the reference.

    `boundaries` has one entry a tolerance; `alpha` is Krippendorff's for unitizing, `None` with a `reason`; `left_out`
    counts recordings that only one of the tiers has segments on.
    """

    a: str
    b: str
    recordings: int
    left_out: int
    segments_a: int
    segments_b: int
    boundaries: tuple[tuple[float, BoundaryScores], ...]
    matches: Matches
    alpha: float | None
    reason: str
    summary: str

    def to_dict(self) -> dict[str, Any]:
        """Plain data for `--json`."""
        plain = {
            name: getattr(self, name) for name in self.__slots__ if name not in ("boundaries", "matches")
        }
        return {
            **plain,
            "boundaries": [
                {"tolerance_seconds": tolerance, **asdict(scores)} for tolerance, scores in self.boundaries
            ],
            **asdict(self.matches),
        }


def compare_tiers(session: Session, names: str) -> TierAgreement:
    """Compares two tiers, given as `A,B`, over the recordings on which both have segments.

    Raises
    ------
    UsageError
        Where `names` are not two different tiers.
    AnnotatorError
        Where the corpus has no such tier, or no recording has segments on both.
    """
    parts = [part.strip() for part in names.split(",")]
    if len(parts) != 2 or not all(parts) or parts[0] == parts[1]:
        raise UsageError(
            tr('"{names}" does not name two tiers.', names=names), tr("Write them as --tiers first,second.")
        )
    return finish(comparing_tiers(session, *parts))


def comparable_tiers(session: Session) -> list[str]:
    """Names of the tiers that have segments: first the two that share most recordings, then those on most of them."""
    on: dict[str, set[str]] = defaultdict(set)
    with session.reading() as reader:
        names = {tier.id: tier.name for tier in reader.tiers()}
        for tier, recording in reader.segment_counts():
            on[names[tier]].add(recording)
    order = sorted(on, key=lambda name: (-len(on[name]), name))
    pair = max(combinations(order, 2), key=lambda two: len(on[two[0]] & on[two[1]]), default=())
    return [*pair, *(name for name in order if name not in pair)]


def comparing_tiers(session: Session, a: str, b: str) -> Job[TierAgreement]:
    """Compares the tier `b` with the tier `a`; see `compare_tiers`."""
    yield Progress(0, 1, tr("Comparing tiers"))
    with session.reading() as reader:
        first, second = (find_tier(reader, name) for name in (a, b))
        pairs, left_out = _pairs(reader, first, second)
    if not pairs:
        raise UsageError(
            tr('No recording has segments on both "{a}" and "{b}".', a=first.name, b=second.name),
            tr("Segment the same recordings on both tiers."),
        )
    return _compared(first, second, pairs, left_out)


@dataclass(frozen=True, slots=True)
class _Pair:
    """What the two tiers say of one recording, in ticks from its start."""

    length: int
    first: list[tuple[int, int]]
    second: list[tuple[int, int]]


def _pairs(reader: Reader, first: Tier, second: Tier) -> tuple[list[_Pair], int]:
    pairs, left_out = [], 0
    for recording in reader.recordings():
        ours, theirs = (
            reader.segments(tier_id=tier.id, recording_id=recording.id) for tier in (first, second)
        )
        if ours and theirs:
            rate = recording.sample_rate
            length = round(recording.samples * _TICKS / rate) + 1
            pairs.append(_Pair(length, _ticks(ours, rate), _ticks(theirs, rate)))
        else:
            left_out += bool(ours or theirs)
    return pairs, left_out


def _ticks(segments: list[Segment], rate: int) -> list[tuple[int, int]]:
    """Spans in ticks; the shortest segment lasts one."""
    spans = []
    for segment in segments:
        start = round(segment.start * _TICKS / rate)
        spans.append((start, max(round(segment.end * _TICKS / rate), start + 1)))
    return spans


def _compared(first: Tier, second: Tier, pairs: list[_Pair], left_out: int) -> TierAgreement:
    # One after the other on a single line of time, too far apart for boundaries to meet.
    ours: list[tuple[float, float]] = []
    theirs: list[tuple[float, float]] = []
    at = 0.0
    for pair in pairs:
        ours += [(at + a / _TICKS, at + b / _TICKS) for a, b in pair.first]
        theirs += [(at + a / _TICKS, at + b / _TICKS) for a, b in pair.second]
        at += pair.length / _TICKS + 10 * max(TOLERANCES)
    matches = match_segments(ours, theirs)
    alpha, reason = _alpha(pairs)
    return TierAgreement(
        a=first.name,
        b=second.name,
        recordings=len(pairs),
        left_out=left_out,
        segments_a=len(ours),
        segments_b=len(theirs),
        boundaries=tuple(
            # A hair more than the tolerance: times are rounded to milliseconds.
            (tolerance, boundary_scores(ours, theirs, tolerance=tolerance + 1e-6))
            for tolerance in TOLERANCES
        ),
        matches=matches,
        alpha=alpha,
        reason=reason,
        summary=_summary(first.name, second.name, matches, left_out),
    )


def _alpha(pairs: list[_Pair]) -> tuple[float | None, str]:
    if not all(overlap_free(spans) for pair in pairs for spans in (pair.first, pair.second)):
        return None, tr(
            "Segments of a tier overlap; alpha for unitizing is defined for segments that do not."
        )
    alpha = alpha_unitizing([Continuum(pair.length, pair.first, pair.second) for pair in pairs])
    return alpha, "" if alpha is not None else tr("The segments leave no room for chance.")


def _summary(a: str, b: str, matches: Matches, left_out: int) -> str:
    """What became of the segments without a partner, in words."""
    text = tr(
        "{matched} segments share more than half of their time with one of the other tier. {only_a} of {a} and "
        "{only_b} of {b} have no such partner: their boundaries count against recall and precision unless others "
        "lie close by, and alpha counts them in full where they lie in a gap of the other tier.",
        matched=matches.matched, only_a=matches.only_first, a=a, only_b=matches.only_second, b=b,
    )  # fmt: skip
    if left_out:
        text += " " + tr("{n} recordings with segments on one tier only were left out.", n=left_out)
    return text
