"""Segmenting recordings, by a method or by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from itertools import pairwise
from typing import Any

from annotator.app.laying import Recipe, Segmented, lay_segments, plan, summary
from annotator.app.session import Session, find_tier
from annotator.domain.corpus import BY_HAND, Recording, Segment, Tier, check_span, new_id
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job, part
from annotator.domain.timeline import clock
from annotator.domain.translation import tr
from annotator.segmentation.methods import METHODS, Method
from annotator.segmentation.options import MethodOptions
from annotator.storage.reader import Reader
from annotator.storage.rows import Kind
from annotator.storage.writer import Transaction

#: The tier that work by hand goes to where none is named.
HAND_TIER = "hand"


def listen(session: Session, recording: Recording, method: str) -> Job[Any]:
    """What a method finds in a recording: the slow half of segmentation, from which options can be tried out at once.

    `None` for a method without such a half. The method's `cut` makes of it what `segment_recordings` would.
    """
    analyse = METHODS[method].analyse
    if analyse is None:
        return None
    with session.open_audio(recording) as source:
        return (yield from analyse(source, session.cache))


def segment_recordings(
    session: Session,
    recordings: Sequence[Recording],
    *,
    method: str,
    tier: str | None = None,
    options: Mapping[str, float | str] | None = None,
    stretch: tuple[int, int] | None = None,
    replace_corrected: bool = False,
    dry_run: bool = False,
) -> Job[tuple[Segmented, ...]]:
    """Cuts recordings by a method into a tier (named after the method unless told), in one undoable step.

    Earlier segments of a method on that tier are replaced; those drawn or corrected by hand stay, and nothing
    is laid over them. One that hardly moves keeps its key and its ratings; see `annotator.app.laying.plan`.

    Parameters
    ----------
    options
        Values for fields of the method's options, such as `min_pause` in seconds.
    stretch
        Samples [start, end) to be cut; what reaches beyond them stays as it is.
    replace_corrected
        Whether segments drawn or corrected by hand are replaced, too.
    dry_run
        Only says what would change.
    """
    chosen = METHODS[method]
    settings = chosen_options(chosen, options or {})
    if not recordings:
        raise AnnotatorError(tr("The corpus has no recordings."), tr("Add audio first."))
    found: list[tuple[Recording, list[Segment], tuple[str, ...]]] = []
    for n, recording in enumerate(recordings):
        with session.open_audio(recording) as source:
            job = chosen.within(source, settings, session.cache, stretch)
            spans = yield from part(job, n / len(recordings), (n + 1) / len(recordings))
        made = [Segment(new_id(), recording.id, "", start, end, origin=method) for start, end in spans]
        found.append((recording, made, ()))
    recipe = Recipe.of(method, chosen.version, settings)
    return lay(
        session, found, tier or method, recipe, operation=tr("Segment by {method}", method=chosen.title),
        stretch=stretch, replace_corrected=replace_corrected, dry_run=dry_run,
    )  # fmt: skip


def lay(
    session: Session,
    found: Sequence[tuple[Recording, list[Segment], tuple[str, ...]]],
    tier: str,
    recipe: Recipe,
    *,
    operation: str,
    stretch: tuple[int, int] | None = None,
    replace_corrected: bool = False,
    dry_run: bool = False,
) -> tuple[Segmented, ...]:
    """Lays what a method made of each recording (with what to say of it) on a tier, or says what that would change."""
    if dry_run:
        with session.reading() as reader:
            return tuple(
                summary(reader, recording, tier, planned, recipe.method, warnings)
                for recording, made, warnings in found
                for planned in [
                    plan(
                        held_segments(reader, tier, recording), made,
                        stretch=stretch, replace_corrected=replace_corrected,
                    )
                ]
            )  # fmt: skip

    def write(transaction: Transaction) -> tuple[Segmented, ...]:
        results = []
        for recording, made, warnings in found:
            overlaps = any(one.overlaps(other) for one, other in pairwise(made))
            home = ensure_tier(transaction, tier, kind="method", overlaps=overlaps)
            results.append(
                lay_segments(
                    transaction, home, recording, made, recipe,
                    stretch=stretch, replace_corrected=replace_corrected, warnings=warnings,
                )
            )  # fmt: skip
        return tuple(results)

    return session.transact(operation, write).result


def held_segments(reader: Reader, tier: str, recording: Recording) -> list[Segment]:
    """Segments of a recording on a tier, which the corpus may not have yet."""
    homes = [home.id for home in reader.tiers() if home.name == tier]
    return [s for home in homes for s in reader.segments(tier_id=home, recording_id=recording.id)]


def chosen_options(method: Method, values: Mapping[str, float | str]) -> MethodOptions:
    """The method's options with some of them changed; an unknown one is answered with those there are."""
    known = {field.name for field in fields(method.defaults)}
    for name in values:
        if name not in known:
            raise AnnotatorError(
                tr('The method {method} has no option "{name}".', method=method.name, name=name),
                tr("It has: {names}.", names=", ".join(sorted(known))),
            )
    return replace(method.defaults, **values)


def ensure_tier(transaction: Transaction, name: str, kind: str = "hand", *, overlaps: bool = False) -> Tier:
    """The tier of that name, added where there is none; refused where `overlaps` is asked of one that has none."""
    for tier in transaction.tiers():
        if tier.name == name:
            if overlaps and not tier.overlaps:
                raise AnnotatorError(
                    tr('Segments of the tier "{tier}" may not overlap.', tier=name),
                    tr("Name another tier with --tier; a new one takes them."),
                )
            return tier
    tier = Tier(new_id(), name, kind, overlaps)  # type: ignore[arg-type]
    transaction.put(tier)
    return tier


def copy_tier(session: Session, tier: str, name: str) -> Tier:
    """Copies a tier with all its segments, in every recording, to a new one to be worked on; ratings stay behind.

    Raises `AnnotatorError` where there is no such tier or the new name is empty or taken.
    """
    name = name.strip()
    if not name:
        raise AnnotatorError(tr("A tier needs a name."), tr("Give the copy a name."))

    def write(transaction: Transaction) -> Tier:
        source = find_tier(transaction, tier)
        if any(held.name == name for held in transaction.tiers()):
            raise AnnotatorError(
                tr('There is a tier "{name}" already.', name=name), tr("Give the copy another name.")
            )
        copied = Tier(new_id(), name, "hand", source.overlaps, source.made)
        segments = transaction.segments(tier_id=source.id)
        transaction.put(copied, *(replace(each, id=new_id(), tier_id=copied.id) for each in segments))
        return copied

    return session.transact(tr("Copy a tier"), write).result


def allow_overlaps(session: Session, tier: str, allowed: bool) -> Tier:
    """Says whether segments of a tier may overlap, as two voices at once do.

    Raises `AnnotatorError` where they are to be forbidden although some overlap.
    """

    def write(transaction: Transaction) -> Tier:
        home = ensure_tier(transaction, tier)
        if not allowed and (found := _first_overlap(transaction.segments(tier_id=home.id))):
            recording = next(r for r in transaction.recordings() if r.id == found.recording_id)
            raise AnnotatorError(
                tr(
                    'Segments of the tier "{tier}" overlap, the first of them in {name} at {time}.',
                    tier=tier,
                    name=recording.name,
                    time=clock(found.start / recording.sample_rate),
                ),
                tr("Part or join them, then forbid it."),
            )
        changed = replace(home, overlaps=allowed)
        transaction.put(changed)
        return changed

    operation = tr("Let segments overlap") if allowed else tr("Forbid overlapping segments")
    return session.transact(operation, write).result


def _first_overlap(segments: Sequence[Segment]) -> Segment | None:
    """The first segment that begins before an earlier one of its recording has ended; sorted by recording and start."""
    reach: dict[str, int] = {}
    for segment in segments:
        if segment.start < reach.get(segment.recording_id, 0):
            return segment
        reach[segment.recording_id] = max(segment.end, reach.get(segment.recording_id, 0))
    return None


# By hand


def draw_segment(session: Session, recording: Recording, tier: str, start: int, end: int) -> Segment:
    """Draws a segment by hand; refused with a reason where it leaves the recording or overlaps another."""
    check_span(recording, start, end)

    def write(transaction: Transaction) -> Segment:
        home = ensure_tier(transaction, tier)
        drawn = Segment(new_id(), recording.id, home.id, start, end)
        _refuse_overlap(transaction, home, drawn)
        transaction.put(drawn)
        return drawn

    return session.transact(tr("Draw a segment"), write).result


def move_segment(session: Session, segment: Segment, start: int, end: int) -> Segment:
    """Gives a segment other edges; from then on automatic segmentation leaves it alone."""
    return _change(session, tr("Move a segment"), segment, start=start, end=end)


def describe_segment(session: Session, segment: Segment, *, text: str, speaker: str) -> Segment:
    """Sets text and speaker of a segment."""
    return _change(session, tr("Edit a segment's text"), segment, text=text.strip(), speaker=speaker.strip())


def known_speakers(session: Session) -> list[str]:
    """Everybody who is named as a speaker, on the segments of any tier or as a recording's group key, by name."""
    with session.reading() as reader:
        named = {recording.groups.get("speaker", "") for recording in reader.recordings()}
        return sorted({*named, *reader.speakers()} - {""}, key=str.casefold)


def _change(session: Session, operation: str, segment: Segment, **values: int | str) -> Segment:
    def write(transaction: Transaction) -> Segment:
        held, home, recording = _context(transaction, segment)
        moved = "start" in values
        if moved:
            check_span(recording, int(values["start"]), int(values["end"]))
        changed = replace(held, origin=_corrected(held), **values)  # type: ignore[arg-type]
        if moved:
            _refuse_overlap(transaction, home, changed)
        transaction.put(changed)
        return changed

    return session.transact(operation, write).result


def move_boundary(session: Session, first: Segment, second: Segment, at: int) -> tuple[Segment, Segment]:
    """Moves the place where one segment ends and the next begins: both give way, in one step."""

    def write(transaction: Transaction) -> tuple[Segment, Segment]:
        one, home, recording = _context(transaction, first)
        other, _, _ = _context(transaction, second)
        if one.end != other.start or (one.recording_id, one.tier_id) != (other.recording_id, other.tier_id):
            raise AnnotatorError(tr("The two segments do not touch any more."))
        check_span(recording, one.start, at)
        check_span(recording, at, other.end)
        moved = (
            replace(one, end=at, origin=_corrected(one)),
            replace(other, start=at, origin=_corrected(other)),
        )
        transaction.put(*moved)
        for segment in moved:
            _refuse_overlap(transaction, home, segment)
        return moved

    return session.transact(tr("Move a boundary"), write).result


def split_segment(session: Session, segment: Segment, at: int) -> tuple[Segment, Segment]:
    """Cuts a segment in two at a sample; the first keeps key, text and ratings."""
    if not segment.start < at < segment.end:
        raise AnnotatorError(tr("The cut must lie inside the segment."))

    def write(transaction: Transaction) -> tuple[Segment, Segment]:
        held, _, _ = _context(transaction, segment)
        first = replace(held, end=at, origin="corrected")
        second = replace(held, id=new_id(), start=at, text="", origin="corrected")
        transaction.put(first, second)
        return first, second

    return session.transact(tr("Split a segment"), write).result


def join_segments(session: Session, first: Segment, second: Segment) -> Segment:
    """Makes one segment of two of the same tier, with the pause between them; the first keeps its key."""
    if (first.recording_id, first.tier_id) != (second.recording_id, second.tier_id):
        raise AnnotatorError(tr("Only segments of one recording and one tier can be joined."))

    def write(transaction: Transaction) -> Segment:
        one, home, _ = _context(transaction, first)
        other, _, _ = _context(transaction, second)
        joined = replace(
            one,
            start=min(one.start, other.start),
            end=max(one.end, other.end),
            text=" ".join(filter(None, (one.text, other.text))),
            origin="corrected",
        )
        transaction.remove(Kind.SEGMENT, [other.id])
        _refuse_overlap(transaction, home, joined)
        transaction.put(joined)
        return joined

    return session.transact(tr("Join two segments"), write).result


def delete_segments(session: Session, segments: Sequence[Segment]) -> int:
    """Deletes segments; their ratings are kept with them and come back with undo."""

    def write(transaction: Transaction) -> int:
        return transaction.remove(Kind.SEGMENT, [segment.id for segment in segments])

    return session.transact(tr("Delete segments"), write).result


def _corrected(segment: Segment) -> str:
    """Origin of a segment that a person has changed."""
    return segment.origin if segment.origin in BY_HAND else "corrected"


def _context(transaction: Transaction, segment: Segment) -> tuple[Segment, Tier, Recording]:
    held = transaction.segments(ids=[segment.id])
    if not held:
        raise AnnotatorError(tr("The segment is not in the corpus any more."))
    tier = next(tier for tier in transaction.tiers() if tier.id == segment.tier_id)
    recording = next(r for r in transaction.recordings() if r.id == segment.recording_id)
    return held[0], tier, recording


def _refuse_overlap(reader: Reader, tier: Tier, segment: Segment) -> None:
    if tier.overlaps:
        return
    span = (segment.start, segment.end)
    others = reader.segments(tier_id=tier.id, recording_id=segment.recording_id, touching=span)
    if any(other.id != segment.id for other in others):
        raise AnnotatorError(
            tr('Segments of the tier "{tier}" may not overlap.', tier=tier.name),
            tr("End one before the other starts."),
        )
