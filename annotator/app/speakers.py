"""Finding out who speaks which segment, by voice; names given by hand stay and spread."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.app.session import Session, find_tier
from annotator.domain.corpus import Recording, Segment, Tier
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job, part
from annotator.domain.timeline import to_seconds
from annotator.domain.translation import tr
from annotator.segmentation import voices
from annotator.segmentation.speakers import group_voices
from annotator.storage.writer import Transaction

#: What describes voices where no network is given.
BUILT_IN = "timbre"


@dataclass(frozen=True, slots=True)
class Speaker:
    """One voice: how many segments it has and how long they are; `by_hand` counts those that a person named."""

    name: str
    segments: int
    seconds: float
    by_hand: int


@dataclass(frozen=True, slots=True)
class SpeakersFound:
    """Who speaks on a tier.

    `description` is the network's file name or `timbre`, the weaker built-in one; `estimated` tells whether the number
    of speakers was; `separation` is the mean silhouette of the voices (-1..1, `None` for one voice); `changed` counts
    segments that got another speaker; `silent` those in which hardly anything sounds, which got none.
    """

    tier: str
    segments: int
    speakers: tuple[Speaker, ...]
    description: str
    estimated: bool
    separation: float | None
    changed: int
    silent: int


def find_speakers(
    session: Session,
    *,
    tier: str | None = None,
    recordings: Sequence[Recording] = (),
    speakers: int | None = None,
    embedding: Path | None = None,
    dry_run: bool = False,
) -> Job[SpeakersFound]:
    """Names the speaker of every segment of a tier by voice, in one undoable step.

    Speakers that a person, a transcript or the recording's own group key `speaker` named stay as they are, and others
    with the same voice get the same name.
    The rest are A, B, C in the order in which they are first heard.

    Parameters
    ----------
    recordings
        Those to be listened to, all together; all where none is given.
    speakers
        How many there are; estimated where it is not given.
    embedding
        An ONNX file with a network that tells speakers apart (see `annotator.features.embedding` for what goes in);
        without one, the timbre of the segments is compared.
    dry_run
        Only says who would speak.

    Raises
    ------
    AnnotatorError
        Where the tier has no segments there, the network cannot be run, or the number of speakers is impossible.
    """
    with session.reading() as reader:
        home = find_tier(reader, tier)
        chosen = {recording.id: recording for recording in recordings or reader.recordings()}
        order = {key: n for n, key in enumerate(chosen)}
        held = [s for s in reader.segments(tier_id=home.id) if s.recording_id in chosen]
    segments = sorted(held, key=lambda s: (order[s.recording_id], s.start))
    if not segments:
        raise AnnotatorError(
            tr('The tier "{tier}" has no segments there.', tier=home.name), tr("Segment it first.")
        )
    if embedding is None:
        heard, vectors = yield from _timbres(session, segments, chosen)
    else:
        heard, vectors = yield from _embedded(session, segments, chosen, embedding)
    sounding = [segment for segment, sounds in zip(segments, heard, strict=True) if sounds]
    if not sounding:
        raise AnnotatorError(tr('Nobody is heard on the tier "{tier}".', tier=home.name))
    named = [_given_name(segment, chosen[segment.recording_id], home) for segment in sounding]
    seconds = np.array([to_seconds(s.samples, chosen[s.recording_id].sample_rate) for s in sounding])
    voices_found = group_voices(vectors, seconds, speakers=speakers, named=named)
    recipe = {
        "method": embedding.name if embedding is not None else BUILT_IN,
        "version": voices.VERSION,
        "parameters": {"speakers": speakers},
    }
    changed = [
        replace(segment, speaker=name)
        for segment, name in zip(sounding, voices_found.names, strict=True)
        if segment.speaker != name
    ]
    if not dry_run:
        found = {
            segment.id: name
            for segment, given, name in zip(sounding, named, voices_found.names, strict=True)
            if not given
        }
        _write(session, home, segments, changed, recipe, found)
    return SpeakersFound(
        tier=home.name,
        segments=len(segments),
        speakers=_counted(voices_found.names, named, seconds),
        description=str(recipe["method"]),
        estimated=speakers is None,
        separation=voices_found.separation,
        changed=len(changed),
        silent=len(segments) - len(sounding),
    )


def _timbres(
    session: Session, segments: Sequence[Segment], recordings: Mapping[str, Recording]
) -> Job[tuple[list[bool], NDArray[np.float64]]]:
    """Which segments sound, and the vectors of these."""
    timbres: list[voices.Timbre | None] = []
    keys = list(dict.fromkeys(segment.recording_id for segment in segments))
    for n, key in enumerate(keys):
        spans = [(s.start, s.end) for s in segments if s.recording_id == key]
        with session.open_audio(recordings[key]) as source:
            job = voices.listen(source, spans)
            timbres += yield from part(job, n / len(keys), (n + 1) / len(keys))
    return [one is not None for one in timbres], voices.vectors([one for one in timbres if one is not None])


def _embedded(
    session: Session, segments: Sequence[Segment], recordings: dict[str, Recording], network: Path
) -> Job[tuple[list[bool], NDArray[np.float64]]]:
    """The same by a network, whose vectors are compared by their angle."""
    from annotator.app.features import clips_of
    from annotator.features.extract import extract
    from annotator.features.sets import embedding as embedding_set

    clips = clips_of(session, segments, recordings)
    values = yield from extract(embedding_set(network), clips, cache=session.cache)
    lengths = np.linalg.norm(values, axis=1, keepdims=True)
    return [True] * len(segments), values / np.maximum(lengths, 1e-12)


def _given_name(segment: Segment, recording: Recording, home: Tier) -> str:
    """The speaker's name where a person, a transcript or the recording gave it, not an earlier search."""
    made = home.made.get(segment.recording_id, {}).get("speakers", {})
    found = made.get("found", {}).get(segment.id) == segment.speaker
    return ("" if found else segment.speaker) or recording.groups.get("speaker", "")


def _write(
    session: Session,
    home: Tier,
    segments: Sequence[Segment],
    changed: Sequence[Segment],
    recipe: Mapping[str, Any],
    found: Mapping[str, str],
) -> None:
    """Keeps the speakers, and on the tier which of them were found, so that the next search may change them."""

    def write(transaction: Transaction) -> None:
        tier = find_tier(transaction, home.name)
        now = {segment.id: segment for segment in transaction.segments(ids=[s.id for s in changed])}
        if len(now) < len(changed):
            raise AnnotatorError(
                tr("Segments were deleted while their voices were listened to."), tr("Search again.")
            )
        transaction.put(*(replace(now[segment.id], speaker=segment.speaker) for segment in changed))
        made = dict(tier.made)
        for key in {segment.recording_id for segment in segments}:
            here = {s.id: found[s.id] for s in segments if s.recording_id == key and s.id in found}
            made[key] = {**made.get(key, {}), "speakers": {**recipe, "found": here}}
        transaction.put(replace(tier, made=made))

    session.transact(tr("Find speakers"), write)


def _counted(names: Sequence[str], named: Sequence[str], seconds: NDArray[np.float64]) -> tuple[Speaker, ...]:
    """The speakers in the order in which they are first heard."""
    return tuple(
        Speaker(
            name,
            segments=names.count(name),
            seconds=float(sum(s for one, s in zip(names, seconds, strict=True) if one == name)),
            by_hand=list(named).count(name),
        )
        for name in dict.fromkeys(names)
    )
