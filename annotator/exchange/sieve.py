"""Which segments satisfy the filters of an export."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean
from typing import Any

from annotator.domain.corpus import Annotation, Link, Recording, Segment
from annotator.domain.scheme import Item
from annotator.domain.timeline import to_seconds
from annotator.exchange.bundle import ExportData
from annotator.exchange.filters import (
    DUPLICATE,
    FEW_RATINGS,
    FLAGGED,
    LOW_AGREEMENT,
    NO_SECOND_RATING,
    NO_UNCERTAINTY,
    TOO_LONG,
    TOO_SHORT,
    UNCERTAIN,
    Filters,
    LeftOut,
)
from annotator.exchange.labels import settle


def apply_filters(
    data: ExportData, segments: Sequence[Segment], filters: Filters
) -> tuple[list[Segment], list[LeftOut]]:
    """The segments that satisfy the filters, and the others, each with the first reason in the order of the fields.

    Duplicates are looked for among those that are left.
    """
    kept, left_out = [], []
    judge = _Judge(data.measured, filters)  # traces are compared by their means, as everywhere
    for segment in segments:
        found = judge.reason(segment)
        if found is None:
            kept.append(segment)
        else:
            left_out.append(LeftOut(segment, *found))
    if filters.no_duplicates:
        doubled = _duplicates(data, kept)
        left_out += [LeftOut(s, DUPLICATE, doubled[s.id]) for s in kept if s.id in doubled]
        kept = [segment for segment in kept if segment.id not in doubled]
    return kept, left_out


class _Judge:
    """Looks up what the filters ask about each segment."""

    def __init__(self, data: ExportData, filters: Filters) -> None:
        self.data, self.filters = data, filters
        people = {rater.id for rater in data.raters if rater.kind == "human"}
        self.answers: dict[str, list[Annotation]] = defaultdict(list)
        self.flagged: set[str] = set()
        for one in data.annotations:
            if not one.withdrawn and one.flagged:
                self.flagged.add(one.segment_id)
            if not one.withdrawn and one.repeat == 0 and one.rater_id in people:
                self.answers[one.segment_id].append(one)
        self.unsure = _uncertainty(data) if filters.max_uncertainty is not None else {}

    def reason(self, segment: Segment) -> tuple[str, str] | None:
        filters = self.filters
        seconds = to_seconds(segment.samples, self.data.recording_of[segment.recording_id].sample_rate)
        if filters.min_seconds is not None and seconds < filters.min_seconds:
            return TOO_SHORT, f"{seconds:.3f} s"
        if filters.max_seconds is not None and seconds > filters.max_seconds:
            return TOO_LONG, f"{seconds:.3f} s"
        answers = self.answers.get(segment.id, [])
        raters = len({one.rater_id for one in answers})
        if raters < filters.min_ratings:
            return FEW_RATINGS, str(raters)
        if filters.min_agreement is not None:
            agreement = observed_agreement(self.data, answers)
            if agreement is None:
                return NO_SECOND_RATING, str(raters)
            if agreement < filters.min_agreement:
                return LOW_AGREEMENT, f"{agreement:.3f}"
        if filters.no_flagged and segment.id in self.flagged:
            return FLAGGED, ""
        if filters.max_uncertainty is not None:
            unsure = self.unsure.get(segment.id)
            if unsure is None:
                return NO_UNCERTAINTY, ""
            if unsure > filters.max_uncertainty:
                return UNCERTAIN, f"{unsure:.3f}"
        return None


def observed_agreement(data: ExportData, answers: Iterable[Annotation]) -> float | None:
    """How alike the answers to one segment are, as `Filters.min_agreement` says; `None` without two to one item."""
    by_scheme: dict[str, list[Annotation]] = defaultdict(list)
    for one in answers:
        by_scheme[one.scheme].append(one)
    lowest = None
    for scheme, given in by_scheme.items():
        shares = []
        for item in data.scheme_of[scheme].items:
            values = [one.values[item.name] for one in given if one.values.get(item.name) is not None]
            if len(values) > 1:
                shares.append(_alike(item, values))
        if shares and (lowest is None or fmean(shares) < lowest):
            lowest = fmean(shares)
    return lowest


def _alike(item: Item, values: Sequence[Any]) -> float:
    """Mean over all pairs of values of how alike the two are, 0..1."""
    if not item.numeric:
        return fmean(float(a == b) for a, b in combinations(values, 2))
    scale = item.maximum - item.minimum
    return fmean(1 - abs(float(a) - float(b)) / scale for a, b in combinations(values, 2))


def _uncertainty(data: ExportData) -> dict[str, float]:
    """The worst item of each segment's settled values; a decision of a person is sure."""
    worst: dict[str, float] = {}
    for labels in settle(data).values():
        for segment, label in labels.items():
            if label.uncertainty:
                worst[segment] = max(worst.get(segment, 0.0), *label.uncertainty.values())
    return worst


@dataclass(frozen=True, slots=True)
class _Match:
    """Samples [`start`, `end`) of a recording sound like [`first_start`, `first_end`) of one that comes before it."""

    first: str
    first_start: int
    first_end: int
    start: int
    end: int

    def place(self, segment: Segment) -> tuple[float, float] | None:
        """Where the segment lies in the first recording, in its samples; `None` where it is not in the match."""
        start, end = max(segment.start, self.start), min(segment.end, self.end)
        if end <= start:
            return None
        rate = (self.first_end - self.first_start) / (self.end - self.start)
        return self.first_start + (start - self.start) * rate, self.first_start + (end - self.start) * rate


def _duplicates(data: ExportData, segments: Sequence[Segment]) -> dict[str, str]:
    """Segments whose sound an earlier kept one holds for more than half, with the key of that one."""
    order = {segment.recording_id: None for segment in segments}
    matches = _matches([data.recording_of[id_] for id_ in order], data.links)
    of_recording: dict[str, list[Segment]] = defaultdict(list)
    doubled: dict[str, str] = {}
    for segment in segments:  # sorted by recording, so that the earlier ones are settled
        for match in matches.get(segment.recording_id, ()):
            place = match.place(segment)
            if place is None:
                continue
            heard = (match.end - match.start) / (match.first_end - match.first_start)
            for other in of_recording[match.first]:
                shared = min(place[1], other.end) - max(place[0], other.start)
                if 2 * shared * heard > segment.samples:
                    doubled.setdefault(segment.id, other.id)
        if segment.id not in doubled:
            of_recording[segment.recording_id].append(segment)
    return doubled


def _matches(recordings: Sequence[Recording], links: Iterable[Link]) -> Mapping[str, list[_Match]]:
    rank = {recording.id: n for n, recording in enumerate(recordings)}
    found: dict[str, list[_Match]] = defaultdict(list)
    first_of: dict[str, Recording] = {}
    for recording in recordings:
        first = first_of.setdefault(recording.pcm_hash, recording) if recording.pcm_hash else recording
        if first is not recording:
            found[recording.id].append(_Match(first.id, 0, first.samples, 0, recording.samples))
    for link in links:
        if not link.holds or link.a not in rank or link.b not in rank:
            continue
        if rank[link.a] < rank[link.b]:
            match = _Match(link.a, link.start_a, link.end_a, link.start_b, link.end_b)
            found[link.b].append(match)
        else:
            match = _Match(link.b, link.start_b, link.end_b, link.start_a, link.end_a)
            found[link.a].append(match)
    return found
