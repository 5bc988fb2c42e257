"""Training a baseline on what the labels say, and holding it against the people who gave them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from annotator.app.embeddings import ask_for, require_asked
from annotator.app.features import clips_of
from annotator.app.images import Heard, heard_by, require_fitting
from annotator.app.problem import Material, corpus_digest, gather
from annotator.app.runs import find_run, outcome, store_run
from annotator.app.session import Session
from annotator.app.targets import Target, settled_targets
from annotator.app.training import Trained, Training
from annotator.audio.aside import require_place
from annotator.domain.corpus import Split
from annotator.domain.errors import UsageError
from annotator.domain.progress import Job, Progress, part
from annotator.domain.timeline import to_seconds
from annotator.domain.translation import tr
from annotator.features.extract import Clip, extract
from annotator.features.sets import clip_features
from annotator.features.steps import AUGMENTING, parse_step
from annotator.learning.apart import evaluated, fitted
from annotator.learning.label_errors import likely_errors
from annotator.learning.metrics import Task
from annotator.learning.models import MODELS
from annotator.learning.problem import Extra
from annotator.learning.saved import SavedModel, load_model, save_model

__all__ = [
    "Trained",
    "Training",
    "TrainingChoices",
    "repeat_run",
    "run_training",
    "train",
    "training_choices",
]


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
    save: Path | None = None,
    store: bool = True,
    **options: Any,
) -> Job[Trained]:
    """Trains and evaluates a model on the parts of a split: each fold once, or train against dev and test.

    Parameters
    ----------
    features
        Feature set; steps that prepare the clips may stand behind it (`mfcc~trim=40`).
    target
        Item, or `SCHEME:ITEM`, whose settled values are learned; `group:KEY`, `quadrant`, `labels:SCHEME`,
        `shares:SCHEME` or `dominant:SCHEME`, see `find_target`.
    save
        File to write a model to that is trained on all segments of the split, for `annotator predict`.
    store
        Whether the corpus keeps the run, where it may be written.
    options
        The other fields of `Training`: seed, replicates, class weights, ...
    """
    return run_training(session, Training(target, features, model, split, **options), save=save, store=store)


def run_training(
    session: Session, training: Training, *, save: Path | None = None, store: bool = True
) -> Job[Trained]:
    """`train` as one object asks it."""
    if save is not None:
        require_place(save)
    changes = [parse_step(text) for text in training.augment]
    for change in changes:
        if change.name not in AUGMENTING:
            raise UsageError(
                tr('"{name}" would change training segments alone.', name=change.name),
                tr("Changes for training: {names}.", names=", ".join(AUGMENTING)),
            )
    yield Progress(0, 1, tr("Loading {features}", features=training.features))
    ask_for(training.features)
    model = MODELS[training.model]
    require_fitting(model, training.features, importance=training.importance)
    network = _network(training)
    material = gather(session, training.target, training.split, with_sound=training.skip_missing)
    clips = clips_of(session, material.segments, material.recordings)
    heard = heard_by(training.features, material.segments, material.recordings)
    n_kinds = 1 + len(changes) + bool(training.slice_seconds)
    # Sound takes most of the time with baselines, passes with networks.
    trained_from = 0.1 if model.network else 0.7
    share = trained_from / n_kinds
    values = yield from part(extract(heard.feature_set, clips, cache=session.cache), 0.0, share)
    extra = yield from part(_extra(session, training, heard, clips, material), share, trained_from)
    n_extra = 0 if extra is None else len(extra.rows)
    problem = material.problem(values, extra)
    labels, task = problem.labels, problem.task
    fitting = _fitting(training, network)
    options = {
        **fitting,
        "replicates": training.replicates,
        "curve": training.curve,
        "columns": heard.feature_set.columns if training.importance else (),
    }
    job = evaluated(problem, model.name, options, None if save is None else fitting)
    del values, extra, problem  # the largest things here, which the process that trains has as well
    evaluation, estimator = yield from part(job, trained_from, 1.0)
    if save is not None:
        temperature = evaluation.calibration.get("temperature", 1.0)
        save_model(_saved(training, heard, labels, task, estimator, material, temperature), save)
    trained = Trained(
        target=training.target,
        features=training.features,
        model=training.model,
        split=training.split,
        origin=material.target.origin,
        excluded=material.excluded,
        missing=material.missing,
        evaluation=evaluation,
        options=training.to_dict(),
        label_errors=_label_errors(evaluation.predictions, material),
        extra_rows=n_extra,
        image_seconds=heard.seconds,
        warnings=tuple(
            filter(None, (heard.warning, "" if network is None else _heard_before(network, material)))
        ),
    )
    if store and session.writable:
        trained = replace(trained, run=store_run(session, training, trained, material))
    return replace(trained, saved=None if save is None else str(save.absolute()))


@dataclass(frozen=True)
class Repeated:
    """A run trained once more: whether the result is the same to the last bit, and why its data may be others."""

    run: str
    identical: bool
    stale: str
    trained: Trained


def repeat_run(session: Session, name: str) -> Job[Repeated]:
    """Trains a stored run once more, without storing anything, and compares the results."""
    kept = find_run(session, name)
    require_asked(kept.training.features, tr("The training {run}", run=kept.id[:8]))
    again = yield from run_training(session, kept.training, store=False)
    return Repeated(kept.id, outcome(again) == outcome(kept.trained), kept.stale, again)


def _network(training: Training) -> SavedModel | None:
    """The network to start from; raises `AnnotatorError` where it cannot be one."""
    if not training.start:
        return None
    found = load_model(Path(training.start))
    if not MODELS[training.model].network or found.model != training.model:
        raise UsageError(
            tr("Only the model cnn can start from another one, and only from a cnn."),
            tr("Save one with annotator train --model cnn --save FILE."),
        )
    return found


def _heard_before(network: SavedModel, material: Material) -> str:
    """What starting from a network means for the figures: it names the segments it heard by a digest alone."""
    digest = corpus_digest(material.target, material.segments, material.recordings)
    if network.corpus_digest == digest:
        return tr(
            "The network to start from was trained on all segments of this split, those tested here included: the"
            " figures are too good."
        )
    return tr(
        "The network to start from was trained on {n} segments. Where some of those tested here, or others of their"
        " speakers or songs, are among them, the figures are too good.",
        n=network.segments,
    )


def _extra(
    session: Session, training: Training, heard: Heard, clips: Sequence[Clip], material: Material
) -> Job[Extra | None]:
    """Changed copies and pieces of all segments; which of them are trained on follows from their segment."""
    found: list[np.ndarray] = []
    rows: list[np.ndarray] = []
    n_kinds = max(len(training.augment) + bool(training.slice_seconds), 1)
    for n, change in enumerate(training.augment):
        changed = clip_features(replace(training, features=heard.name).augmented(change))
        job = extract(changed, clips, cache=session.cache)
        found.append((yield from part(job, n / n_kinds, (n + 1) / n_kinds)))
        rows.append(np.arange(len(clips)))
    if training.slice_seconds:
        pieces, origin = _pieces(training.slice_seconds, clips, material)
        if pieces:
            job = extract(heard.feature_set, pieces, cache=session.cache)
            found.append((yield from part(job, len(training.augment) / n_kinds, 1.0)))
            rows.append(np.array(origin))
    if not found:
        return None
    return Extra(np.concatenate(found), np.concatenate(rows).astype(np.intp))


def _pieces(seconds: float, clips: Sequence[Clip], material: Material) -> tuple[list[Clip], list[int]]:
    """Pieces of the clips longer than one, end to end; what is left of a clip counts from half a piece on."""
    if seconds <= 0:
        raise UsageError(tr("Pieces of {seconds:g} s cannot be made.", seconds=seconds))
    pieces: list[Clip] = []
    origin: list[int] = []
    for row, (clip, segment) in enumerate(zip(clips, material.segments, strict=True)):
        size = max(round(seconds * material.recordings[segment.recording_id].sample_rate), 1)
        if clip.stop - clip.start <= size:
            continue
        for start in range(clip.start, clip.stop, size):
            stop = min(start + size, clip.stop)
            if 2 * (stop - start) >= size:
                pieces.append(replace(clip, start=start, stop=stop))
                origin.append(row)
    return pieces, origin


def fitted_model(session: Session, training: Training, *, temperature: float = 1.0) -> Job[SavedModel]:
    """The model of a training fitted on all segments of its split, without an evaluation.

    The training may be one that the corpus keeps: a package must have been asked for by name.
    """
    require_asked(training.features, tr("The training"))
    material = gather(session, training.target, training.split, with_sound=training.skip_missing)
    clips = clips_of(session, material.segments, material.recordings)
    heard = heard_by(training.features, material.segments, material.recordings)
    values = yield from part(extract(heard.feature_set, clips, cache=session.cache), 0.0, 0.4)
    extra = yield from part(_extra(session, training, heard, clips, material), 0.4, 0.8)
    problem = material.problem(values, extra)
    labels, task = problem.labels, problem.task
    job = fitted(problem, training.model, _fitting(training, _network(training)))
    del values, extra, problem
    estimator = yield from part(job, 0.8, 1.0)
    return _saved(training, heard, labels, task, estimator, material, temperature)


def _fitting(training: Training, network: SavedModel | None) -> dict[str, Any]:
    """The options of `fit_all`."""
    return {
        "seed": training.seed,
        "class_weight": training.class_weight,
        "search": training.search,
        "start": None if network is None else network.estimator.weights_,
    }


def _saved(
    training: Training,
    heard: Heard,
    labels: tuple[str, ...],
    task: Task,
    estimator: Any,
    material: Material,
    temperature: float,
) -> SavedModel:
    feature_set = heard.feature_set
    return SavedModel(
        model=training.model,
        target=training.target,
        features=feature_set.name,
        features_version=feature_set.version,
        columns=feature_set.columns,
        labels=labels,
        corpus_digest=corpus_digest(material.target, material.segments, material.recordings),
        segments=len(material.segments),
        seed=training.seed,
        estimator=estimator,
        temperature=temperature,
        task=task,
    )


def _label_errors(predictions: Sequence[Any], material: Material) -> list[dict[str, Any]] | None:
    """Segments whose label a sure model speaks against, with where they are."""
    if material.target.several is not None or material.target.item.numeric:
        return None
    doubts = likely_errors(predictions)
    if doubts is None:
        return None
    segments = {segment.id: segment for segment in material.segments}
    rows = []
    for doubt in doubts:
        segment = segments[doubt.prediction.segment_id]
        recording = material.recordings[segment.recording_id]
        rows.append(
            {
                "segment": segment.id,
                "recording": recording.path,
                "start": to_seconds(segment.start, recording.sample_rate),
                "end": to_seconds(segment.end, recording.sample_rate),
                "people": doubt.prediction.truth,
                "model": doubt.prediction.predicted,
                "probability": doubt.probability,
                "threshold": doubt.threshold,
            }
        )
    return rows
