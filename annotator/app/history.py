"""Everything that raters ever answered: every revision, as its rater and the lead may see it."""

from dataclasses import dataclass
from typing import Any

from annotator.app.policy import require_open
from annotator.app.rate import SHOWN, find_rater
from annotator.app.session import Session, find_scheme
from annotator.domain.corpus import PRACTICE, Annotation, Recording, Segment
from annotator.domain.errors import AnnotatorError
from annotator.domain.timeline import to_seconds
from annotator.domain.translation import tr
from annotator.storage.answers import leading
from annotator.storage.rows import annotation_row


@dataclass(frozen=True, slots=True)
class Entry:
    """One revision of one answer; `current` tells whether it is the one that counts, `shown` in which order its rater
    saw the items where the scheme shuffles them."""

    rater: str
    annotation: Annotation
    segment: Segment
    recording: Recording
    current: bool
    shown: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON; times of the segment in seconds."""
        given, rate = self.annotation, self.recording.sample_rate
        return {
            "rater": self.rater,
            "scheme": given.scheme,
            "segment": self.segment.id,
            "recording": self.recording.name,
            "start": to_seconds(self.segment.start, rate),
            "end": to_seconds(self.segment.end, rate),
            "values": dict(given.values),
            "revision": given.revision,
            "current": self.current,
            "repeat": max(given.repeat, 0),
            "practice": given.repeat == PRACTICE,
            "withdrawn": given.withdrawn,
            "flagged": given.flagged,
            "confidence": given.confidence,
            "comment": given.comment,
            "started": given.started,
            "finished": given.finished,
            "listens": given.listens,
            "shown": list(self.shown),
        }


def answer_history(
    session: Session,
    *,
    rater: str | None = None,
    scheme: str | None = None,
    segment: str | None = None,
    flagged: bool = False,
    current: bool = False,
) -> tuple[Entry, ...]:
    """Every revision of every answer, the newest first.

    Parameters
    ----------
    rater
        Only this rater's; without one everybody's, where adjudication is not closed.
    scheme, segment
        Only answers under this scheme, to the segment of this key.
    flagged
        Only answers that ask to talk about their segment now, in their current revision.
    current
        Only the revisions that count now.
    """
    with session.reading() as reader:
        if rater is None:
            require_open(reader)
        raters = reader.raters()
        names = {found.id: found.name for found in raters}
        orders = {found.id: found.profile.get(SHOWN, {}) for found in raters}
        whose = None if rater is None else find_rater(reader, rater).id
        kind = None if scheme is None else find_scheme(reader, scheme).name
        if segment is not None and not reader.segments(ids=[segment]):
            raise AnnotatorError(
                tr('The corpus has no segment "{key}".', key=segment),
                tr("Give a key as exported tables have it."),
            )
        given = reader.annotations(
            scheme=kind,
            rater_id=whose,
            segment_ids=None if segment is None else [segment],
            history=True,
            practice=True,
        )
        segments = {s.id: s for s in reader.segments(ids={a.segment_id for a in given})}
        recordings = {recording.id: recording for recording in reader.recordings()}
    counting = {
        row["id"]: row for row in leading(map(annotation_row, given)).values() if not row["withdrawn"]
    }
    answers = {
        (a.segment_id, a.rater_id, a.scheme, a.repeat) for a in given if a.id in counting and a.flagged
    }
    return tuple(
        Entry(names[a.rater_id], a, segments[a.segment_id], recordings[segments[a.segment_id].recording_id],
              a.id in counting, tuple(orders[a.rater_id].get(a.scheme, ())))
        for a in reversed(given)
        if a.rater_id in names
        and (not flagged or (a.segment_id, a.rater_id, a.scheme, a.repeat) in answers)
        and (not current or a.id in counting)
    )  # fmt: skip
