"""Taking in a known public corpus: recordings, whole-file segments, group keys and labels in one step."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from annotator.app.add import read_recording, warnings_about
from annotator.app.groups import groups_of, parse_rules
from annotator.app.info import group_counts
from annotator.app.predefined import split_of_parts
from annotator.app.rate import REFERENCE, ensure_rater
from annotator.app.recipes import find_recipe
from annotator.app.segment import ensure_tier
from annotator.app.session import Session
from annotator.domain.corpus import Annotation, Recording, Segment, new_id
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job, part
from annotator.domain.scheme import Item, Scheme
from annotator.domain.translation import tr
from annotator.exchange.recipes.recipe import WHOLE_TIER, Absent, RecipeFile, unexpected
from annotator.storage.reader import Reader
from annotator.storage.writer import Transaction

__all__ = ["WHOLE_TIER", "Ingested", "check_source", "ingest"]


@dataclass(frozen=True, slots=True)
class Ingested:
    """What came in from a public corpus."""

    recipe: str
    recordings: int
    segments: int
    annotations: int
    scheme: str
    labels: dict[str, int]
    groups: dict[str, int]
    warnings: tuple[str, ...]


def ingest(session: Session, recipe: str, folder: Path, *, groups: Sequence[str] = ()) -> Job[Ingested]:
    """Reads a public corpus by its recipe and adds what is not there yet, in one undoable step.

    Segments are whole recordings on the tier `whole`, or on those that the source keeps apart. Labels become
    annotations of the rater `reference`, or of the raters that the source names. Group rules of the user count before
    those of the recipe. Recordings whose files are not there come in with an assumed length where the recipe knows one,
    and are read when they are there the next time.
    """
    chosen = find_recipe(recipe)
    rules = parse_rules(groups)
    source = chosen.read(folder)
    by_path: dict[Path, list[RecipeFile]] = {}
    for file in source.files:
        by_path.setdefault(file.path, []).append(file)
    with session.reading() as reader:
        held = {recording.path: recording for recording in reader.recordings()}
    recordings: dict[Path, Recording] = {}
    fresh: list[Recording] = []
    warnings = [*source.warnings, *unexpected(chosen, source.files)]
    for n, (path, files) in enumerate(by_path.items()):
        known = held.get(session.stored_path(path))
        if known is None or (not known.sha256 and path not in source.absent):
            earlier = known
            if path in source.absent:
                found = _stand_in(session, path, source.absent[path])
            else:
                job = read_recording(session, path, {})
                try:
                    found = yield from part(job, n / len(by_path), (n + 1) / len(by_path))
                except AnnotatorError as error:
                    warnings.append(tr("Left out: {reason}", reason=error))
                    continue
            known = found.with_groups(files[0].groups).with_groups(groups_of(rules, path))
            known = known if earlier is None else replace(known, id=earlier.id)
            fresh.append(known)
        recordings[path] = known
    if not recordings:
        raise AnnotatorError(
            tr("None of the {n} files in {folder} can be read.", n=len(by_path), folder=folder), warnings[0]
        )
    warnings += warnings_about([recording for recording in fresh if recording.sha256], rules)

    def write(transaction: Transaction) -> Ingested:
        transaction.put(_merged(transaction, source.scheme), *fresh)
        segments = _whole_segments(transaction, by_path, recordings)
        answers = _reference_answers(transaction, by_path, recordings, segments, source.scheme)
        transaction.record(answers)
        warnings.extend(_keep_parts(transaction, chosen.name, by_path, recordings, segments))
        return _summary(
            chosen.name, source.scheme, list(recordings.values()), len(segments), answers, tuple(warnings)
        )

    return session.transact(tr("Ingest {title}", title=chosen.title), write).result


def _merged(reader: Reader, scheme: Scheme) -> Scheme:
    """The scheme, its categories extended by those that the corpus's scheme of that name has already."""
    for held in reader.schemes():
        if held.name == scheme.name:
            items = tuple(_with_labels_of(item, held.items) for item in scheme.items)
            return replace(scheme, items=items)
    return scheme


def _with_labels_of(item: Item, others: Sequence[Item]) -> Item:
    for other in others:
        if other.name == item.name and other.type == item.type == "category":
            return replace(item, labels=tuple(sorted({*other.labels, *item.labels})))
    return item


def _stand_in(session: Session, path: Path, absent: Absent) -> Recording:
    """A recording without its file: `sha256` is empty until there is one, and no two count as the same sound."""
    key = new_id()
    return Recording(
        id=key,
        path=session.stored_path(path),
        sha256="",
        pcm_hash=f"missing:{key}",
        sample_rate=absent.sample_rate,
        samples=absent.samples,
        channels=1,
        warning=absent.warning,
    )


def _whole_segments(
    transaction: Transaction, by_path: dict[Path, list[RecipeFile]], recordings: dict[Path, Recording]
) -> dict[tuple[str, str], Segment]:
    """By recording and name of the tier the segment that is all of the recording, made where there is none."""
    wanted = {
        (recordings[path].id, file.tier): recordings[path]
        for path, files in by_path.items()
        if path in recordings
        for file in files
    }
    segments: dict[tuple[str, str], Segment] = {}
    for name in sorted({tier for _, tier in wanted}):
        tier = ensure_tier(transaction, name, kind="reference")
        held = {segment.recording_id: segment for segment in transaction.segments(tier_id=tier.id)}
        for (recording_id, tier_name), recording in wanted.items():
            if tier_name != name:
                continue
            known = held.get(recording_id)
            if known is None:
                known = Segment(new_id(), recording_id, tier.id, 0, recording.samples, origin="whole")
            elif known.origin == "whole":  # its file may have come since
                known = replace(known, end=recording.samples)
            segments[recording_id, name] = known
    transaction.put(*segments.values())
    return segments


def _keep_parts(
    transaction: Transaction,
    name: str,
    by_path: dict[Path, list[RecipeFile]],
    recordings: dict[Path, Recording],
    segments: dict[tuple[str, str], Segment],
) -> Iterator[str]:
    """Keeps the parts that the data set comes with as a split of its name; says where there is another already."""
    parts = {
        segments[recordings[path].id, file.tier].id: file.part
        for path, files in by_path.items()
        if path in recordings
        for file in files
        if file.part
    }
    if not parts:
        return
    held = {split.name: dict(split.parts) for split in transaction.splits()}
    if name in held:
        if held[name] != parts:
            yield tr('There is a split "{name}" already; the parts of the corpus were not kept.', name=name)
        return
    known = {recording.id: recording for recording in transaction.recordings()}
    members = [segment for segment in segments.values() if segment.id in parts]
    transaction.put(split_of_parts(name, parts, members, known, transaction.links(), table=name))


def _reference_answers(
    transaction: Transaction,
    by_path: dict[Path, list[RecipeFile]],
    recordings: dict[Path, Recording],
    segments: dict[tuple[str, str], Segment],
    scheme: Scheme,
) -> list[Annotation]:
    """New answers only: a label that the corpus has already is not recorded again."""
    raters = {rater.name: rater for rater in transaction.raters()}
    held = {
        (annotation.segment_id, annotation.rater_id): dict(annotation.values)
        for annotation in transaction.annotations(scheme=scheme.name)
    }
    answers: list[Annotation] = []
    for path, files in by_path.items():
        if path not in recordings:
            continue
        for file in files:
            if not file.labels:
                continue
            segment = segments[recordings[path].id, file.tier]
            name = file.rater or REFERENCE
            if name not in raters:
                raters[name] = ensure_rater(transaction, name, "human" if file.rater else "reference")
            # Item by item: what was published is kept also where it has more boxes ticked than the scheme allows.
            values = {item: scheme.item(item).parse(value) for item, value in file.labels.items()}
            if held.get((segment.id, raters[name].id)) != values:
                answers.append(
                    Annotation(
                        new_id(), segment.id, raters[name].id, scheme.name, values, comment=file.comment
                    )
                )
    return answers


def _summary(
    recipe: str,
    scheme: Scheme,
    recordings: list[Recording],
    segments: int,
    answers: list[Annotation],
    warnings: tuple[str, ...],
) -> Ingested:
    if all(item.type == "boolean" for item in scheme.items):
        labels = Counter(name for answer in answers for name, ticked in answer.values.items() if ticked)
    elif all(item.type == "trace" for item in scheme.items):
        labels = Counter()
    else:
        first = scheme.items[0].name
        labels = Counter(str(a.values[first]) for a in answers if a.values.get(first) is not None)
    return Ingested(
        recipe=recipe,
        recordings=len(recordings),
        segments=segments,
        annotations=len(answers),
        scheme=scheme.name,
        labels=dict(sorted(labels.items())),
        groups=group_counts(recordings, []),
        warnings=warnings,
    )


def check_source(recipe: str, folder: Path) -> None:
    """Raises `AnnotatorError` where the recipe is unknown or the folder does not hold such a corpus."""
    find_recipe(recipe).read(folder)
