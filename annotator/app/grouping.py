"""What ties segments together, so that they stand in one part of a split, and why."""

from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from annotator.app.session import Session
from annotator.domain.corpus import RECORDING_KEY, Link, Recording, Segment, group_value
from annotator.domain.translation import tr
from annotator.splits.groups import Groups, connect, overlap_links
from annotator.splits.shared import is_copy, on_one_line
from annotator.splits.texts import same_texts

Kind: TypeAlias = Literal["key", "recording", "identical", "near_duplicate", "overlap", "text"]


@dataclass(frozen=True, slots=True)
class Tie:
    """One step of a chain: `a` and `b` (segments) belong together for the reason that `text` tells."""

    a: str
    b: str
    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class _Bundle:
    """Segments (indices) that one reason other than a key ties together."""

    kind: Kind
    members: list[int]
    link: Link | None = None


def tie_groups(
    segments: Sequence[Segment],
    recordings: dict[str, Recording],
    group_keys: Sequence[str],
    links: Sequence[Link] = (),
    *,
    texts: bool = False,
) -> Groups:
    """The connected groups of segments over keys, identical and nearly identical sound, overlaps and, asked, texts.

    A dismissed link ties nothing. A link over at least half of a recording ties all segments of both; a shorter one, a
    jingle for instance, only the segments that hold the shared sound.
    """
    keys = {key: [group_value(recordings[s.recording_id], s, key) for s in segments] for key in group_keys}
    pairs = [
        (bundle.members[0], other)
        for bundle in _bundles(segments, recordings, links, texts=texts)
        for other in bundle.members[1:]
    ]
    return connect(keys, pairs, [segment.recording_id for segment in segments])


def why_tied(
    session: Session, segment_a: str, segment_b: str, group_keys: Sequence[str], *, texts: bool = False
) -> tuple[Tie, ...]:
    """The shortest chain of ties between two segments; empty where nothing ties them, or one is not there.

    Parameters
    ----------
    group_keys
        The keys of the split in question.
    texts
        Whether that split ties nearly identical texts.
    """
    with session.reading() as reader:
        recordings = {recording.id: recording for recording in reader.recordings()}
        segments = [segment for segment in reader.segments() if segment.recording_id in recordings]
        links = reader.links()
    numbers = {segment.id: number for number, segment in enumerate(segments)}
    if segment_a not in numbers or segment_b not in numbers:
        return ()
    reasons = _reasons(segments, recordings, group_keys, links, texts=texts)
    of_segment: dict[int, list[int]] = defaultdict(list)
    for number, (_, _, members) in enumerate(reasons):
        for member in members:
            of_segment[member].append(number)
    came_by: dict[int, tuple[int, int]] = {}
    start, goal = numbers[segment_a], numbers[segment_b]
    queue, used = deque([start]), set[int]()
    while queue and goal not in came_by:
        here = queue.popleft()
        for reason in of_segment[here]:
            if reason in used:
                continue
            used.add(reason)
            for there in reasons[reason][2]:
                if there != start and there not in came_by:
                    came_by[there] = (here, reason)
                    queue.append(there)
    chain: list[Tie] = []
    while goal != start:
        if goal not in came_by:
            return ()
        before, reason = came_by[goal]
        kind, text, _ = reasons[reason]
        chain.append(Tie(segments[before].id, segments[goal].id, kind, text))
        goal = before
    return tuple(reversed(chain))


def _reasons(
    segments: Sequence[Segment],
    recordings: dict[str, Recording],
    group_keys: Sequence[str],
    links: Sequence[Link],
    *,
    texts: bool,
) -> list[tuple[Kind, str, list[int]]]:
    """Everything that ties: its kind, what a person reads, and the segments (indices) it ties."""
    by_value: dict[tuple[str, str], list[int]] = defaultdict(list)
    loose: dict[str, list[int]] = defaultdict(list)
    for number, segment in enumerate(segments):
        recording = recordings[segment.recording_id]
        held = {key: group_value(recording, segment, key) for key in group_keys}
        for key, value in held.items():
            if value:
                by_value[key, value].append(number)
        if not any(held.values()):
            loose[recording.id].append(number)
    found: list[tuple[Kind, str, list[int]]] = []
    for (key, value), members in by_value.items():
        shown = recordings[value].name if key == RECORDING_KEY else value
        found.append(("key", tr('Both have the {key} "{value}".', key=key, value=shown), members))
    for recording_id, members in loose.items():
        name = recordings[recording_id].name
        text = tr('Both are in the recording "{name}" and have no value of the keys.', name=name)
        found.append(("recording", text, members))
    bundles = _bundles(segments, recordings, links, texts=texts)
    return found + [(bundle.kind, _told(bundle, segments, recordings), bundle.members) for bundle in bundles]


def _told(bundle: _Bundle, segments: Sequence[Segment], recordings: dict[str, Recording]) -> str:
    if bundle.link is not None:
        return tr(
            '"{a}" and "{b}" hold nearly the same sound ({percent} % alike).',
            a=recordings[bundle.link.a].name,
            b=recordings[bundle.link.b].name,
            percent=round(100 * bundle.link.score),
        )
    name = recordings[segments[bundle.members[0]].recording_id].name
    if bundle.kind == "identical":
        return tr('Their recordings, "{name}" and its copies, decode to the same audio.', name=name)
    if bundle.kind == "overlap":
        return tr('They share sound in "{name}".', name=name)
    return tr('Both say nearly "{text}".', text=segments[bundle.members[0]].text)


def _bundles(
    segments: Sequence[Segment], recordings: dict[str, Recording], links: Sequence[Link], *, texts: bool
) -> Iterator[_Bundle]:
    members: dict[str, list[int]] = defaultdict(list)
    for number, segment in enumerate(segments):
        members[segment.recording_id].append(number)
    by_audio: dict[str, list[str]] = defaultdict(list)
    for recording_id in members:
        by_audio[recordings[recording_id].pcm_hash].append(recording_id)
    for pcm_hash, copies in by_audio.items():
        if pcm_hash and len(copies) > 1:
            yield _Bundle("identical", [number for copy in copies for number in members[copy]])
    starts = np.array([segment.start for segment in segments], dtype=np.int64)
    ends = np.array([segment.end for segment in segments], dtype=np.int64)
    for one, other in overlap_links([segment.recording_id for segment in segments], starts, ends):
        yield _Bundle("overlap", [one, other])
    lengths = {recording.id: recording.samples for recording in recordings.values()}
    for link in links:
        if link.holds and link.a in members and link.b in members:
            rows = np.array([*members[link.a], *members[link.b]], dtype=np.intp)
            if is_copy(link, lengths):
                yield _Bundle("near_duplicate", rows.tolist(), link)
                continue
            in_b = np.arange(len(rows)) >= len(members[link.a])
            mapped = on_one_line(link, in_b, starts[rows], ends[rows])
            inside = np.flatnonzero(mapped[1] > mapped[0])
            places = ["both"] * len(inside)
            for one, other in overlap_links(places, mapped[0][inside], mapped[1][inside]):
                pair = [int(rows[inside[one]]), int(rows[inside[other]])]
                yield _Bundle("near_duplicate", pair, link)
    if texts:
        for alike in same_texts([segment.text for segment in segments]):
            yield _Bundle("text", alike)
