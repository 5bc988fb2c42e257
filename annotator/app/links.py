"""Links: recordings of a corpus that hold nearly the same sound, found by listening and judged by people."""

import os
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from annotator.app.session import Session, find_recordings
from annotator.domain.corpus import Link, Recording
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job, Progress, part
from annotator.domain.translation import tr
from annotator.splits.fingerprint import Fingerprint
from annotator.splits.listen import fingerprint_of, hear
from annotator.splits.matching import PITCHES, Match, find_matches
from annotator.storage.reader import Reader
from annotator.storage.rows import Kind
from annotator.storage.writer import Transaction

#: Share of the progress that listening takes; the rest is comparing.
_LISTENING = 0.7


@dataclass(frozen=True, slots=True)
class Links:
    """What a search found: all links of the corpus now, how many of them are new, and how many are gone.

    `unheard` counts recordings whose file is not there.
    """

    links: tuple[Link, ...]
    new: int
    gone: int
    unheard: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "links": [link_to_dict(link) for link in self.links],
            "new": self.new,
            "gone": self.gone,
            "unheard": self.unheard,
        }


def link_to_dict(link: Link) -> dict[str, Any]:
    """A link as the command line prints it."""
    return {name: getattr(link, name) for name in ("id", *Link.__dataclass_fields__)}


def find_links(session: Session, *, pitches: Sequence[float] = PITCHES) -> Job[Links]:
    """Listens to all recordings and keeps a link for each two that hold nearly the same sound.

    Verdicts of people stay. A link that nobody has judged and that is no longer found is removed. Recordings whose
    decoded audio is identical need no link. Fingerprints are kept in the cache, so that a second search only listens to
    what is new. Recordings whose file is not there are left out and counted; their links stay as they are.

    Parameters
    ----------
    pitches
        Factors of frequency at which music is also compared.

    Raises
    ------
    AnnotatorError
        Where the corpus is read-only, no audio file is there, or one cannot be decoded.
    """
    session.require_writable()
    with session.reading() as reader:
        everything = reader.recordings()
    recordings = [recording for recording in everything if session.audio_path(recording).is_file()]
    if everything and not recordings:
        raise AnnotatorError(
            tr("The audio file {path} of this corpus is missing.", path=session.audio_path(everything[0])),
            tr("Put it back, or move corpus and audio together."),
        )
    heard = {recording.id for recording in recordings}
    prints = yield from part(_listen(session, recordings), 0.0, _LISTENING)

    def sound(number: int) -> NDArray[np.float32]:
        return hear(session.audio_path(recordings[number]), session.cache)

    job = find_matches(
        prints, sound, same=[recording.pcm_hash or recording.id for recording in recordings], pitches=pitches
    )
    matches = yield from part(job, _LISTENING, 1.0)
    found = [_link(match, recordings) for match in matches]

    def write(transaction: Transaction) -> tuple[int, int]:
        held = {link.id: link for link in transaction.links()}
        fresh = [link for link in found if link.id not in held]
        again = [
            replace(link, verdict=held[link.id].verdict, reason=held[link.id].reason)
            for link in found
            if link.id in held
        ]
        ids = {link.id for link in found}
        lost = [
            link.id
            for link in held.values()
            if link.verdict == "found" and link.id not in ids and {link.a, link.b} <= heard
        ]
        transaction.put(*fresh, *again)
        transaction.remove(Kind.LINK, lost)
        return len(fresh), len(lost)

    new, gone = session.transact(tr("Look for near-duplicates"), write).result
    with session.reading() as reader:
        return Links(tuple(reader.links()), new, gone, len(everything) - len(recordings))


def _listen(session: Session, recordings: Sequence[Recording]) -> Job[list[Fingerprint]]:
    """Fingerprints of all recordings, on all cores: decoding and transforms run outside the interpreter's lock."""
    made: dict[int, Fingerprint] = {}
    pool = ThreadPoolExecutor(max(os.cpu_count() or 1, 1), thread_name_prefix="links")
    try:
        numbers: dict[Future[Fingerprint], int] = {
            pool.submit(
                fingerprint_of,
                session.audio_path(recording),
                recording.pcm_hash or recording.id,
                session.cache,
            ): number
            for number, recording in enumerate(recordings)
        }
        for done in as_completed(numbers):
            number = numbers[done]
            made[number] = done.result()
            name = recordings[number].name
            yield Progress(len(made), len(recordings), tr("Listening to {name}", name=name))
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    return [made[number] for number in range(len(recordings))]


def _link(match: Match, recordings: Sequence[Recording]) -> Link:
    a, b = recordings[match.a], recordings[match.b]

    def samples(seconds: float, recording: Recording) -> int:
        return min(max(round(seconds * recording.sample_rate), 0), recording.samples)

    return Link(
        a=a.id,
        b=b.id,
        score=match.score,
        start_a=samples(match.start_a, a),
        end_a=samples(match.end_a, a),
        start_b=samples(match.start_b, b),
        end_b=samples(match.end_b, b),
    )


def judge_link(
    session: Session, link_id: str, verdict: Literal["found", "accepted", "dismissed"], reason: str = ""
) -> Link:
    """Keeps what a person says of a link; a step that can be undone. Dismissing needs a reason.

    `found` takes a verdict back.
    """
    if verdict == "dismissed" and not reason.strip():
        raise AnnotatorError(
            tr("A link is dismissed with a reason."),
            tr("Say in a few words why the two are not the same sound; the reason is kept."),
        )

    def write(transaction: Transaction) -> Link:
        link = next((link for link in transaction.links() if link.id == link_id), None)
        if link is None:
            raise AnnotatorError(tr("The link is no longer there."), tr("Look for near-duplicates again."))
        judged = replace(link, verdict=verdict, reason=reason.strip())
        transaction.put(judged)
        return judged

    names = {
        "found": tr("Take back a verdict"),
        "accepted": tr("Accept a link"),
        "dismissed": tr("Dismiss a link"),
    }
    return session.transact(names[verdict], write).result


def find_link(reader: Reader, a: str, b: str) -> Link:
    """The link between two recordings, each by file name, path or key."""
    first = {recording.id for recording in find_recordings(reader, [a])}
    second = {recording.id for recording in find_recordings(reader, [b])}
    for link in reader.links():
        if (link.a in first and link.b in second) or (link.b in first and link.a in second):
            return link
    raise AnnotatorError(
        tr('There is no link between "{a}" and "{b}".', a=a, b=b),
        tr('Look for links with "annotator audit CORPUS --near-duplicates".'),
    )
