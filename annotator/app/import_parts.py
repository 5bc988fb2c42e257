"""Which segments the predefined parts of a source are about."""

from collections.abc import Callable, Sequence

from annotator.app.import_places import SAME_EDGE, samples_of
from annotator.domain.corpus import Recording, Segment
from annotator.domain.translation import tr
from annotator.exchange.bundle import ImportedPart
from annotator.storage.reader import Reader


def members_of(
    split: str,
    parts: Sequence[ImportedPart],
    reader: Reader,
    recording_of: Callable[[str], Recording | None],
    segments_of: Callable[[Recording], Sequence[Segment]],
) -> tuple[dict[str, str], list[Segment], list[str]]:
    """Part of each segment by its id, those segments, and a sentence for each that is in two parts.

    `recording_of` finds the recording of a name, `segments_of` gives the segments of a recording that may be meant.
    """
    placed: dict[str, str] = {}
    segments: dict[str, Segment] = {}
    twice: list[str] = []
    known = {one.id: one for one in reader.segments(ids=[one.segment for one in parts if one.segment])}
    for part in parts:
        if part.segment in known:
            placed[part.segment] = part.part
            segments[part.segment] = known[part.segment]
            continue
        recording = recording_of(part.file or part.segment)
        if recording is None:
            continue
        inside = [one for one in segments_of(recording) if _within(one, part, recording)]
        # Where the very stretch is there, what lies within it is something else.
        same = [one for one in inside if _within(one, part, recording, same=True)]
        for segment in same or inside:
            if placed.setdefault(segment.id, part.part) != part.part:
                twice.append(
                    tr('{file} is in two parts of "{split}": {a} and {b}.',
                       file=part.file, split=split, a=placed[segment.id], b=part.part)
                )  # fmt: skip
            segments[segment.id] = segment
    return placed, list(segments.values()), twice


def _within(segment: Segment, part: ImportedPart, recording: Recording, *, same: bool = False) -> bool:
    """Whether a segment lies in the stretch that a part is about, or, asked, is it."""
    if part.start_seconds is None or part.end_seconds is None:
        return True
    near = samples_of(SAME_EDGE, recording)
    start, end = samples_of(part.start_seconds, recording), samples_of(part.end_seconds, recording)
    if same:
        return abs(segment.start - start) <= near and abs(segment.end - min(end, recording.samples)) <= near
    return segment.start >= start - near and segment.end <= end + near
