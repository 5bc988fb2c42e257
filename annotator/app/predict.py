"""What a saved model says of segments: a table for people and programs; no answer is written into the corpus."""

import csv
import io
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.app.embeddings import require_asked
from annotator.app.features import clips_of
from annotator.app.session import Session
from annotator.app.suggest import (
    Queued,
    Suggestion,
    answers_of,
    in_order,
    queue_suggestions,
    require_probabilities,
    unrated_segments,
)
from annotator.app.targets import working_segments
from annotator.audio.aside import require_place
from annotator.domain.corpus import Recording, Segment
from annotator.domain.errors import AnnotatorError, UsageError
from annotator.domain.progress import Job, part
from annotator.domain.timeline import to_seconds
from annotator.domain.translation import tr
from annotator.exchange.predictions import Prediction, lay_out
from annotator.features.extract import extract
from annotator.features.sets import FeatureSet, clip_features
from annotator.learning.saved import SavedModel, load_model


@dataclass(frozen=True)
class Predicted:
    """What was predicted: segments per label, or the mean of the numbers; `file` where a table was written.

    `unasked` counts the predictions that a sample file has no row for.
    """

    model: str
    target: str
    features: str
    segments: int
    labels: dict[str, int]
    mean: float | None
    suggested: bool
    file: str | None
    suggestions: list[dict[str, Any]]
    queued: Queued | None = None
    unasked: int = 0


def predict(
    session: Session,
    model_file: Path,
    *,
    file: Path | None = None,
    tier: str | None = None,
    suggest: bool = False,
    most: int | None = None,
    queue: Sequence[str] = (),
    like: Path | None = None,
) -> Job[Predicted]:
    """Applies a saved model to the working segments.

    Parameters
    ----------
    file
        CSV table to write: `file, segment, start, end, predicted` (seconds), then `prob_LABEL` for each label where
        the model gives probabilities.
    tier
        Tier whose segments are predicted.
    suggest
        Only segments that nobody has rated by the model's target, the most useful first: those between whose two
        likeliest labels the model decides least. The table then tells their `usefulness` as well.
    most, queue
        Raters into whose queues the suggestions are put, and how many of them (all, if not said). What the model
        thinks is not written.
    like
        Sample file whose columns, rows and order `file` gets; see `annotator.exchange.predictions.lay_out`.
    """
    saved = load_model(model_file)
    require_asked(saved.features, tr("The model {file}", file=model_file))
    feature_set = _feature_set(saved)
    if suggest:
        require_probabilities(saved)
    if like is not None and file is None:
        raise UsageError(
            tr("A sample file says how a table looks, and no table is asked for."), tr("Add -o FILE.csv.")
        )
    if file is not None:
        require_place(file)
    with session.reading() as reader:
        if suggest:
            segments, recordings = unrated_segments(reader, saved.target, tier)
        else:
            segments = working_segments(reader, tier)
            recordings = {recording.id: recording for recording in reader.recordings()}
    clips = clips_of(session, segments, recordings)
    X = yield from part(extract(feature_set, clips, cache=session.cache), 0.0, 0.7)
    found = yield from part(answers_of(saved, X), 0.7, 1.0)
    suggestions: list[Suggestion] = []
    if suggest and segments:
        suggestions = in_order(found, saved.task, segments, recordings)
        rows = {segment.id: row for row, segment in enumerate(segments)}
        found = found.of([rows[one.segment.id] for one in suggestions])
        segments = [one.segment for one in suggestions]
    answers, shares = found.said, found.shares
    unasked = 0
    if file is not None and like is not None:
        made = _predictions(segments, recordings, answers, saved.labels, shares)
        laid_out = lay_out(like, made, saved.target.rpartition(":")[2], saved.labels)
        unasked = laid_out.unasked
        _write_text(file, laid_out.text)
    elif file is not None:
        _write(file, saved, segments, recordings, answers, shares, suggestions)
    wanted = suggestions if most is None else suggestions[:most]
    queued = None
    if queue:
        queued = queue_suggestions(session, saved.target, [one.segment.id for one in wanted], queue)
    counts = Counter(map(str, answers)) if saved.labels else Counter()
    return Predicted(
        model=saved.model,
        target=saved.target,
        features=saved.features,
        segments=len(segments),
        labels={label: counts[label] for label in saved.labels},
        mean=None if saved.labels or not segments else float(np.mean(answers)),
        suggested=suggest,
        unasked=unasked,
        file=None if file is None else str(file.absolute()),
        suggestions=[one.to_dict() for one in wanted],
        queued=queued,
    )


def _feature_set(saved: SavedModel) -> FeatureSet:
    feature_set = clip_features(saved.features)
    if (feature_set.version, feature_set.columns) != (saved.features_version, saved.columns):
        raise AnnotatorError(
            tr('The model was trained on another version of the feature set "{set}".', set=saved.features),
            tr("Train it again with this program's."),
        )
    return feature_set


def _write(
    file: Path,
    saved: SavedModel,
    segments: Sequence[Segment],
    recordings: dict[str, Recording],
    answers: NDArray[Any],
    shares: NDArray[np.float64] | None,
    suggestions: Sequence[Suggestion],
) -> None:
    out = io.StringIO()
    table = csv.writer(out)
    probabilities = [] if shares is None else [f"prob_{label}" for label in saved.labels]
    useful = ["usefulness"] if suggestions else []
    table.writerow(["file", "segment", "start", "end", "predicted", *probabilities, *useful])
    for n, segment in enumerate(segments):
        recording = recordings[segment.recording_id]
        times = [to_seconds(sample, recording.sample_rate) for sample in (segment.start, segment.end)]
        given = [] if shares is None else shares[n].tolist()
        told = [suggestions[n].usefulness] if suggestions else []
        table.writerow([recording.path, segment.id, *times, answers[n], *given, *told])
    _write_text(file, out.getvalue())


def _predictions(
    segments: Sequence[Segment],
    recordings: dict[str, Recording],
    answers: NDArray[Any],
    labels: Sequence[str],
    shares: NDArray[np.float64] | None,
) -> list[Prediction]:
    made = []
    for n, segment in enumerate(segments):
        recording = recordings[segment.recording_id]
        made.append(
            Prediction(
                file=recording.path,
                segment=segment.id,
                start=to_seconds(segment.start, recording.sample_rate),
                end=to_seconds(segment.end, recording.sample_rate),
                label=str(answers[n]),
                shares={} if shares is None else dict(zip(labels, shares[n].tolist(), strict=True)),
                whole=(segment.start, segment.end) == (0, recording.samples),
            )
        )
    return made


def _write_text(file: Path, text: str) -> None:
    """Writes a table whole or not at all."""
    aside = file.with_name(f".{file.name}.part")
    try:
        with aside.open("w", newline="", encoding="utf-8") as out:
            out.write(text)
        os.replace(aside, file)
    except OSError as error:
        raise AnnotatorError(
            tr("{file} cannot be written: {reason}.", file=file, reason=error.strerror or error),
            tr("Choose a place where you may write."),
        ) from None
    finally:
        aside.unlink(missing_ok=True)
