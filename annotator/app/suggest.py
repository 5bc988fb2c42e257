"""Which segments to rate next: those whose answer a model knows least, handed into the raters' queues.

Only the order of what a rater is asked changes. What the model thinks is written nowhere in the corpus, so no rater
can meet it; asking where a model is least sure is uncertainty sampling (D. Lewis and W. Gale, "A sequential algorithm
for training text classifiers", SIGIR 1994).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.app.features import clips_of
from annotator.app.rate import ensure_rater, seeded_order
from annotator.app.session import Session
from annotator.app.several import SEVERAL
from annotator.app.targets import GROUP_TARGET, QUADRANT_TARGET, find_item, find_target, working_segments
from annotator.app.train import fitted_model
from annotator.app.training import Training
from annotator.domain.corpus import Recording, Segment, Task, new_id
from annotator.domain.errors import AnnotatorError, UsageError
from annotator.domain.progress import Job, Progress, part
from annotator.domain.timeline import to_seconds
from annotator.domain.translation import tr, tr_n
from annotator.features.extract import extract
from annotator.features.sets import clip_features
from annotator.learning.metrics import Task as Goal
from annotator.learning.saved import SavedModel
from annotator.storage.reader import Reader
from annotator.storage.writer import Transaction

#: Segments that a model is asked about at once.
_ROWS_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A segment that nobody has rated, with what the model says of it; `usefulness` is 1 where it cannot decide."""

    segment: Segment
    recording: Recording
    predicted: str
    probability: float
    usefulness: float

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON, in seconds."""
        rate = self.recording.sample_rate
        return {
            "segment": self.segment.id,
            "file": self.recording.path,
            "start": to_seconds(self.segment.start, rate),
            "end": to_seconds(self.segment.end, rate),
            "predicted": self.predicted,
            "probability": self.probability,
            "usefulness": self.usefulness,
        }


@dataclass(frozen=True, slots=True)
class Queued:
    """What was handed into queues: the scheme, and how many segments each rater is asked next."""

    scheme: str
    raters: dict[str, int]


def usefulness(shares: NDArray[np.float64], task: Goal) -> NDArray[np.float64]:
    """How little a model knows of each segment, 0 to 1, from its probabilities, (n, labels) -> (n,).

    One less the lead of the likeliest label over the next; of several labels, how near the doubtful one is to half.

    >>> usefulness(np.array([[0.5, 0.5], [0.9, 0.1]]), "classification").round(2).tolist()
    [1.0, 0.2]
    """
    if task == "labels":
        nearest: NDArray[np.float64] = 1 - 2 * np.abs(shares - 0.5).min(axis=1)
        return nearest
    likeliest = np.sort(shares, axis=1)
    lead = likeliest[:, -1] - (likeliest[:, -2] if shares.shape[1] > 1 else 0.0)
    return 1 - lead


@dataclass(frozen=True, slots=True)
class Answers:
    """What a model says of rows of features: labels or numbers, (n,), and shares of labels, (n, labels), if it can."""

    said: NDArray[Any]
    shares: NDArray[np.float64] | None

    def of(self, rows: Sequence[int]) -> "Answers":
        """Those of some rows, in that order."""
        return Answers(self.said[rows], None if self.shares is None else self.shares[rows])


def answers_of(saved: SavedModel, X: NDArray[np.float64]) -> Job[Answers]:
    """Asks a model some rows at a time: those that compare each with all they were trained on take their time."""
    said: list[NDArray[Any]] = []
    shares: list[NDArray[np.float64]] = []
    for first in range(0, len(X), _ROWS_AT_ONCE):
        yield Progress(first, len(X), tr("Asking the model"))
        some = X[first : first + _ROWS_AT_ONCE]
        said.append(saved.predict(some))
        if saved.gives_probabilities:
            shares.append(saved.probabilities(some))
    return Answers(
        np.concatenate(said) if said else np.empty(0, dtype=object),
        np.concatenate(shares) if shares else None,
    )


def in_order(
    answers: Answers, task: Goal, segments: Sequence[Segment], recordings: dict[str, Recording]
) -> list[Suggestion]:
    """What a model says of segments, the most useful to rate first."""
    said, shares = answers.said, answers.shares
    assert shares is not None
    useful = usefulness(shares, task)
    return [
        Suggestion(
            segments[row],
            recordings[segments[row].recording_id],
            str(said[row]),
            float(shares[row].max()),
            float(useful[row]),
        )
        for row in np.argsort(-useful, kind="stable").tolist()
    ]


def suggest(session: Session, training: Training, *, temperature: float = 1.0) -> Job[list[Suggestion]]:
    """Trains as asked on all that is rated, and orders what is not by usefulness; nothing is written.

    `temperature` is that of the training's own evaluation, see `Evaluation.calibration`.
    """
    saved = yield from part(fitted_model(session, training, temperature=temperature), 0.0, 0.5)
    require_probabilities(saved)
    with session.reading() as reader:
        segments, recordings = unrated_segments(reader, training.target)
    if training.skip_missing:
        segments = [s for s in segments if session.audio_path(recordings[s.recording_id]).is_file()]
    clips = clips_of(session, segments, recordings)
    X = yield from part(extract(clip_features(saved.features), clips, cache=session.cache), 0.5, 0.9)
    answers = yield from part(answers_of(saved, X), 0.9, 1.0)
    return in_order(answers, saved.task, segments, recordings) if segments else []


def require_probabilities(saved: SavedModel) -> None:
    """Raises `AnnotatorError` where a model cannot say how sure it is."""
    if not saved.gives_probabilities:
        raise AnnotatorError(
            tr('The model "{model}" gives no probabilities to order suggestions by.', model=saved.model),
            tr("Train one that does, such as logistic-regression, random-forest or svm."),
        )


def unrated_segments(
    reader: Reader, target: str, tier: str | None = None
) -> tuple[list[Segment], dict[str, Recording]]:
    """Segments whose value of a target nobody has told, by recording and place.

    Where no tier is named: those of the tiers on which somebody has rated.
    """
    recordings = {recording.id: recording for recording in reader.recordings()}
    segments = working_segments(reader, tier)
    if tier is None:
        tiers = {segment.tier_id for segment in segments}
        segments = [s for s in reader.segments() if s.tier_id in tiers and s.recording_id in recordings]
    rated = _rated(reader, target)
    left = [segment for segment in segments if segment.id not in rated]
    left.sort(key=lambda s: (recordings[s.recording_id].path, s.start, s.end, s.id))
    return left, recordings


def queue_suggestions(
    session: Session, target: str, segment_ids: Sequence[str], raters: Sequence[str]
) -> Queued:
    """Puts segments next into raters' queues, in the order given, in one undoable step.

    What a rater has answered stays where it is; what they were to be asked besides comes afterwards. A rater without
    a task is asked all segments of the tier, these first.
    """
    names = list(dict.fromkeys(name.strip() for name in raters if name.strip()))
    if not names:
        raise UsageError(tr("Name at least one rater."), tr("Write them as Ann,Bo,Cem."))

    def write(transaction: Transaction) -> Queued:
        scheme = _scheme_of(transaction, target)
        asked: dict[str, int] = {}
        for name in names:
            rater = ensure_rater(transaction, name)
            tasks = [one for one in transaction.tasks() if one.scheme == scheme and one.rater_id == rater.id]
            task = tasks[0] if tasks else Task(new_id(), rater.id, scheme, (), 0)
            entries = list(task.entries)
            if not tasks:
                tier = {s.id: s.tier_id for s in transaction.segments()}
                homes = {tier[segment] for segment in segment_ids if segment in tier}
                everything = [segment for segment, home in tier.items() if home in homes]
                entries = [(segment, 0) for segment in seeded_order(everything, rater, scheme)]
            answers = transaction.answers(scheme)
            mine = set(zip(answers.segments, answers.raters, answers.repeats, strict=True))
            first = [(segment, 0) for segment in segment_ids if (segment, rater.id, 0) not in mine]
            done = [entry for entry in entries if (entry[0], rater.id, entry[1]) in mine]
            passed = {*first, *done}
            rest = [entry for entry in entries if entry not in passed]
            transaction.put(replace(task, entries=(*done, *first, *rest)))
            asked[rater.name] = len(first)
        return Queued(scheme, asked)

    title = tr_n("Queue {n} suggestion", "Queue {n} suggestions", len(segment_ids))
    return session.transact(title, write).result


def _scheme_of(reader: Reader, target: str) -> str:
    """The scheme that a target is rated by; raises `AnnotatorError` where nobody rates it."""
    kind, _, rest = target.partition(":")
    if kind in SEVERAL:
        return rest.partition("@")[0]
    if target.startswith(GROUP_TARGET):
        raise AnnotatorError(
            tr('Nobody rates "{target}": it is told for each recording.', target=target),
            tr("Suggestions are for targets that raters answer."),
        )
    prefix, _, name = target.rpartition(":")
    if name == QUADRANT_TARGET:
        return find_item(reader, f"{prefix}:valence" if prefix else "valence")[0].name
    return find_item(reader, target)[0].name


def _rated(reader: Reader, target: str) -> set[str]:
    """Segments whose value of the target is known: rated by somebody or, where nobody rates it, derived."""
    if target.partition(":")[0] in SEVERAL:
        return set(reader.answers(_scheme_of(reader, target)).segments)
    if target.startswith(GROUP_TARGET) or target.rpartition(":")[2] == QUADRANT_TARGET:
        return {segment for segment, value in find_target(reader, target).values.items() if value is not None}
    scheme, item = find_item(reader, target)
    answers = reader.answers(scheme.name)
    return {
        segment
        for segment, values in zip(answers.segments, answers.values, strict=True)
        if values.get(item.name) is not None
    }
