"""What the readers of timed transcripts share: checks of times, words made into utterances, the report."""

import math
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from annotator.domain.errors import AnnotatorError
from annotator.domain.timeline import clock
from annotator.domain.translation import tr
from annotator.exchange.bundle import Findings, Imported, ImportedSegment, ImportedWord

_PAUSE = 0.5  # seconds without a word that end an utterance


def possible(start: float, end: float, what: str, findings: Findings, row: int = 0) -> bool:
    """Whether something lasts from `start` to `end` (seconds); else it is reported as dropped under the name `what`."""
    if not (math.isfinite(start) and math.isfinite(end)) or start < 0:
        why = tr('"{text}" has no possible time.', text=what)
    elif start >= end:
        why = tr('"{text}" at {time} has no length.', text=what, time=clock(start))
    else:
        return True
    findings.drop(row, why)
    return False


def utterances(words: Iterable[ImportedWord], recording: str, speaker: str = "") -> list[ImportedSegment]:
    """Words in order of time, made into segments that end where no word follows for half a second.

    >>> words = [ImportedWord(0, 0.4, "Good"), ImportedWord(0.4, 0.9, "evening."), ImportedWord(2, 2.3, "Well.")]
    >>> [(found.start_seconds, found.end_seconds, found.text) for found in utterances(words, "talk")]
    [(0, 0.9, 'Good evening.'), (2, 2.3, 'Well.')]
    """
    groups: list[list[ImportedWord]] = []
    for word in sorted(words, key=lambda word: word.start_seconds):
        if groups and word.start_seconds - groups[-1][-1].end_seconds < _PAUSE:
            groups[-1].append(word)
        else:
            groups.append([word])
    return [
        ImportedSegment(
            recording,
            group[0].start_seconds,
            max(word.end_seconds for word in group),
            " ".join(word.text for word in group),
            speaker,
            words=tuple(group),
        )
        for group in groups
    ]


def collected(
    path: Path, segments: Iterable[ImportedSegment], findings: Findings, tier: str = ""
) -> Imported:
    """What was found, in order of time, with a report of the speakers; an error where that is nothing."""
    ordered = sorted(segments, key=lambda segment: (segment.recording, segment.start_seconds))
    if not ordered:
        raise AnnotatorError(
            tr("{path} holds nothing with a time that can be used.", path=path),
            " ".join(findings.dropped[:3]),
        )
    speakers = Counter(segment.speaker for segment in ordered if segment.speaker)
    if speakers:
        names = ", ".join(f"{name} ({count})" for name, count in speakers.most_common())
        findings.warn(tr("Speakers: {names}.", names=names))
    return Imported((*ordered,), (), findings.warnings, findings.dropped, tier=tier)
