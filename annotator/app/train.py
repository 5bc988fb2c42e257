"""Training a baseline on what the labels say, and holding it against the people who gave them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from annotator.app.features import clips_of
from annotator.app.jobs import part
from annotator.app.predict import corpus_digest
from annotator.app.ratings_table import encode, rating_table
from annotator.app.session import Session, find_split
from annotator.app.targets import Target, find_target, settled_targets
from annotator.domain.corpus import Segment, Split
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job, Progress
from annotator.domain.translation import tr
from annotator.features.extract import extract
from annotator.features.sets import FEATURE_SETS
from annotator.learning.evaluate import Evaluation, evaluate, fit_all
from annotator.learning.models import MODELS
from annotator.learning.problem import Problem, Votes
from annotator.learning.saved import SavedModel, save_model
from annotator.storage.reader import Reader


@dataclass(frozen=True)
class Trained:
    """One training with its evaluation; `excluded` counts segments of the split without a settled value."""

    target: str
    features: str
    model: str
    split: str
    origin: str
    excluded: int
    evaluation: Evaluation
    saved: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "target": self.target,
            "features": self.features,
            "model": self.model,
            "split": self.split,
            "labels_from": self.origin,
            "excluded": self.excluded,
            "saved": self.saved,
            **self.evaluation.to_dict(),
        }


@dataclass(frozen=True)
class TrainingChoices:
    """What can be trained in a corpus: items with settled values, and splits from the oldest to the newest.

    `waiting` are rated items without a consensus; they have no values.
    """

    targets: tuple[Target, ...]
    waiting: tuple[Target, ...]
    splits: tuple[Split, ...]


def training_choices(session: Session) -> Job[TrainingChoices]:
    """Looks up what `train` may be asked for."""
    yield Progress(0, 1, tr("Looking for settled values"))
    with session.reading() as reader:
        targets, waiting = settled_targets(reader)
        splits = sorted(reader.splits(), key=lambda split: (split.created, split.name))
    return TrainingChoices(tuple(targets), tuple(waiting), tuple(splits))


def train(
    session: Session,
    *,
    features: str,
    model: str,
    target: str,
    split: str,
    seed: int = 0,
    replicates: int = 1000,
    save: Path | None = None,
) -> Job[Trained]:
    """Trains and evaluates a model on the parts of a split: each fold once, or train against dev and test.

    Parameters
    ----------
    target
        Item, or `SCHEME:ITEM`, whose settled values are learned; `group:KEY` or `quadrant`, see `find_target`.
    seed, replicates
        Of the model and of the bootstrap.
    save
        File to write a model to that is trained on all segments of the split, for `annotator predict`.
    """
    if save is not None and (save.is_dir() or not save.absolute().parent.is_dir()):
        raise AnnotatorError(
            tr("{file} cannot be written.", file=save), tr("Give a file in a folder that exists.")
        )
    feature_set, chosen = FEATURE_SETS[features], MODELS[model]
    with session.reading() as reader:
        frozen = find_split(reader, split)
        goal = find_target(reader, target)
        recordings = {recording.id: recording for recording in reader.recordings()}
        members = [
            segment
            for segment in reader.segments(ids=sorted(frozen.parts))
            if segment.recording_id in recordings
        ]
        segments = [segment for segment in members if goal.values.get(segment.id) is not None]
        votes = _votes(reader, goal, segments)
    if not segments:
        raise AnnotatorError(
            tr(
                'No segment of the split "{split}" has a settled value of "{target}".',
                split=split,
                target=target,
            ),
            tr("Settle a consensus, or make a split over the rated tier."),
        )
    clips = clips_of(session, segments, recordings)
    values = yield from part(extract(feature_set, clips, cache=session.cache), 0.0, 0.7)
    problem = _problem(values, segments, goal, frozen, votes)
    evaluation = yield from part(evaluate(problem, model=chosen, seed=seed, replicates=replicates), 0.7, 1.0)
    if save is not None:
        yield Progress(1, 1, tr("Training on all segments"))
        save_model(
            SavedModel(
                model=model,
                target=target,
                features=feature_set.name,
                features_version=feature_set.version,
                columns=feature_set.columns,
                labels=problem.labels,
                corpus_digest=corpus_digest(goal, segments, recordings),
                segments=len(segments),
                seed=seed,
                estimator=fit_all(problem, model=chosen, seed=seed),
            ),
            save,
        )
    return Trained(
        target=target,
        features=features,
        model=model,
        split=split,
        origin=goal.origin,
        excluded=len(members) - len(segments),
        evaluation=evaluation,
        saved=None if save is None else str(save.absolute()),
    )


def _problem(
    values: np.ndarray, segments: Sequence[Segment], goal: Target, split: Split, votes: Votes | None
) -> Problem:
    if goal.item.numeric:
        y = np.array([float(goal.values[s.id]) for s in segments])  # type: ignore[arg-type]
    else:
        y = np.array([goal.label(segment.id) for segment in segments], dtype=object)
    names = sorted({split.groups[segment.id] for segment in segments})
    numbers = {name: n for n, name in enumerate(names)}
    present = {goal.label(segment.id) for segment in segments}
    return Problem(
        X=values,
        y=y,
        parts=np.array([split.parts[segment.id] for segment in segments]),
        part_order=split.part_names,
        folds=bool(split.options.get("folds")),
        groups=np.array([numbers[split.groups[segment.id]] for segment in segments], dtype=np.intp),
        labels=() if goal.item.numeric else tuple(label for label in goal.labels if label in present),
        segment_ids=tuple(segment.id for segment in segments),
        votes=votes,
    )


def _votes(reader: Reader, goal: Target, segments: Sequence[Segment]) -> Votes | None:
    """The single ratings behind the settled values; `None` where one rater, or the data set itself, gave them."""
    if not goal.scheme.name:
        return None  # a derived target: nobody rated it
    table = rating_table(reader, goal.scheme.name, "none")
    if len(table.rater_names) < 2:
        return None
    rows = {segment.id: n for n, segment in enumerate(segments)}
    given = [
        (rows[table.segment_ids[unit]], int(rater), values[goal.item.name])
        for unit, rater, repeat, values in zip(
            table.units, table.raters, table.repeats, table.values, strict=True
        )
        if repeat == 0 and table.segment_ids[unit] in rows and values.get(goal.item.name) is not None
    ]
    if goal.item.numeric:
        answers = np.array([float(value) for _, _, value in given])  # type: ignore[arg-type]
    else:
        names = goal.labels
        answers = np.array([names[int(encode(goal.item, value))] for _, _, value in given], dtype=object)
    return Votes(
        rows=np.array([row for row, _, _ in given], dtype=np.intp),
        raters=np.array([rater for _, rater, _ in given], dtype=np.intp),
        values=answers,
    )
