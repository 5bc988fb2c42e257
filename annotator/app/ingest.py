"""Taking in a known public corpus: recordings, whole-file segments, group keys and labels in one step."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from annotator.app.add import read_recording, warnings_about
from annotator.app.groups import groups_of, parse_rules
from annotator.app.info import group_counts
from annotator.app.jobs import part
from annotator.app.rate import REFERENCE, ensure_rater
from annotator.app.segment import ensure_tier
from annotator.app.session import Session
from annotator.domain.corpus import Annotation, Recording, Segment, new_id
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job
from annotator.domain.scheme import Item, Scheme
from annotator.domain.translation import tr
from annotator.exchange.recipes.recipe import RecipeFile
from annotator.exchange.recipes.registry import RECIPES
from annotator.storage.reader import Reader
from annotator.storage.writer import Transaction

#: Tier whose segments are whole recordings.
WHOLE_TIER = "whole"


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

    Segments are whole recordings on the tier `whole`. Labels become annotations of the rater `reference`, or of
    the raters that the source names. Group rules of the user count before those of the recipe.
    """
    chosen = RECIPES[recipe]
    rules = parse_rules(groups)
    source = chosen.read(folder)
    by_path: dict[Path, list[RecipeFile]] = {}
    for file in source.files:
        by_path.setdefault(file.path, []).append(file)
    with session.reading() as reader:
        held = {recording.path: recording for recording in reader.recordings()}
    recordings: dict[Path, Recording] = {}
    fresh: list[Recording] = []
    warnings = list(source.warnings)
    for n, (path, files) in enumerate(by_path.items()):
        known = held.get(session.stored_path(path))
        if known is None:
            job = read_recording(session, path, {})
            try:
                found = yield from part(job, n / len(by_path), (n + 1) / len(by_path))
            except AnnotatorError as error:
                warnings.append(tr("Left out: {reason}", reason=error))
                continue
            known = found.with_groups(files[0].groups).with_groups(groups_of(rules, path))
            fresh.append(known)
        recordings[path] = known
    if not recordings:
        raise AnnotatorError(
            tr("None of the {n} files in {folder} can be read.", n=len(by_path), folder=folder), warnings[0]
        )
    warnings += warnings_about(fresh, rules)

    def write(transaction: Transaction) -> Ingested:
        transaction.put(_merged(transaction, source.scheme), *fresh)
        segments = _whole_segments(transaction, list(recordings.values()))
        answers = _reference_answers(transaction, by_path, recordings, segments, source.scheme)
        transaction.record(answers)
        return _summary(recipe, source.scheme, list(recordings.values()), answers, tuple(warnings))

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


def _whole_segments(transaction: Transaction, recordings: list[Recording]) -> dict[str, Segment]:
    """For each recording the segment that is all of it, made where there is none."""
    tier = ensure_tier(transaction, WHOLE_TIER, kind="reference")
    held = {segment.recording_id: segment for segment in transaction.segments(tier_id=tier.id)}
    made = [
        Segment(new_id(), recording.id, tier.id, 0, recording.samples, origin="whole")
        for recording in recordings
        if recording.id not in held
    ]
    transaction.put(*made)
    return held | {segment.recording_id: segment for segment in made}


def _reference_answers(
    transaction: Transaction,
    by_path: dict[Path, list[RecipeFile]],
    recordings: dict[Path, Recording],
    segments: dict[str, Segment],
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
        segment = segments[recordings[path].id]
        for file in files:
            if not file.labels:
                continue
            name = file.rater or REFERENCE
            if name not in raters:
                raters[name] = ensure_rater(transaction, name, "human" if file.rater else "reference")
            values = scheme.check(file.labels)
            if held.get((segment.id, raters[name].id)) != values:
                answers.append(Annotation(new_id(), segment.id, raters[name].id, scheme.name, values))
    return answers


def _summary(
    recipe: str,
    scheme: Scheme,
    recordings: list[Recording],
    answers: list[Annotation],
    warnings: tuple[str, ...],
) -> Ingested:
    first = scheme.items[0].name
    labels = Counter(str(answer.values[first]) for answer in answers if answer.values.get(first) is not None)
    return Ingested(
        recipe=recipe,
        recordings=len(recordings),
        segments=len(recordings),
        annotations=len(answers),
        scheme=scheme.name,
        labels=dict(sorted(labels.items())),
        groups=group_counts(recordings, []),
        warnings=warnings,
    )


def check_source(recipe: str, folder: Path) -> None:
    """Raises `AnnotatorError` where the recipe is unknown or the folder does not hold such a corpus."""
    RECIPES[recipe].read(folder)
