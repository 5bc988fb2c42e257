"""What a saved model says of segments: a table for people and programs; nothing is written into the corpus."""

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

from annotator.app.features import clips_of
from annotator.app.session import Session
from annotator.app.targets import (
    GROUP_TARGET,
    QUADRANT_TARGET,
    find_item,
    find_target,
    working_segments,
)
from annotator.domain.corpus import Recording, Segment
from annotator.domain.errors import AnnotatorError, UsageError
from annotator.domain.progress import Job
from annotator.domain.timeline import to_seconds
from annotator.domain.translation import tr
from annotator.exchange.predictions import Prediction, lay_out
from annotator.features.extract import extract
from annotator.features.sets import FEATURE_SETS, FeatureSet
from annotator.learning.saved import SavedModel, load_model
from annotator.storage.reader import Reader


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
    unasked: int = 0


def predict(
    session: Session,
    model_file: Path,
    *,
    file: Path | None = None,
    tier: str | None = None,
    suggest: bool = False,
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
        likeliest labels the model decides least.
    like
        Sample file whose columns, rows and order `file` gets; see `annotator.exchange.predictions.lay_out`.
    """
    saved = load_model(model_file)
    feature_set = _feature_set(saved)
    if suggest and not saved.gives_probabilities:
        raise AnnotatorError(
            tr('The model "{model}" gives no probabilities to order suggestions by.', model=saved.model),
            tr("Train one that does, such as logistic-regression, random-forest or mlp."),
        )
    if like is not None and file is None:
        raise UsageError(
            tr("A sample file says how a table looks, and no table is asked for."), tr("Add -o FILE.csv.")
        )
    if file is not None and (file.is_dir() or not file.absolute().parent.is_dir()):
        raise AnnotatorError(
            tr("{file} cannot be written.", file=file), tr("Give a file in a folder that exists.")
        )
    with session.reading() as reader:
        segments = working_segments(reader, tier)
        recordings = {recording.id: recording for recording in reader.recordings()}
        if suggest:
            rated = _rated(reader, saved.target)
            segments = [segment for segment in segments if segment.id not in rated]
    clips = clips_of(session, segments, recordings)
    X = yield from extract(feature_set, clips, cache=session.cache)
    answers = saved.predict(X) if segments else np.empty(0, dtype=object)
    shares = saved.probabilities(X) if saved.gives_probabilities and segments else None
    order = np.arange(len(segments))
    if suggest and shares is not None:
        likeliest = np.sort(shares, axis=1)
        margin = likeliest[:, -1] - (likeliest[:, -2] if shares.shape[1] > 1 else 0.0)
        order = np.argsort(margin, kind="stable")
    unasked = 0
    if file is not None and like is not None:
        made = _predictions([segments[row] for row in order], recordings, answers[order],
                            saved.labels, None if shares is None else shares[order])  # fmt: skip
        laid_out = lay_out(like, made, saved.target.rpartition(":")[2], saved.labels)
        unasked = laid_out.unasked
        _write_text(file, laid_out.text)
    elif file is not None:
        _write(file, saved, [segments[row] for row in order], recordings, answers[order],
               None if shares is None else shares[order])  # fmt: skip
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
    )


def _feature_set(saved: SavedModel) -> FeatureSet:
    feature_set = FEATURE_SETS[saved.features]
    if (feature_set.version, feature_set.columns) != (saved.features_version, saved.columns):
        raise AnnotatorError(
            tr('The model was trained on another version of the feature set "{set}".', set=saved.features),
            tr("Train it again with this program's."),
        )
    return feature_set


def _rated(reader: Reader, target: str) -> set[str]:
    """Segments whose value of the target is known: rated by somebody or, where nobody rates it, derived."""
    if target.startswith(GROUP_TARGET) or target.rpartition(":")[2] == QUADRANT_TARGET:
        return {segment for segment, value in find_target(reader, target).values.items() if value is not None}
    scheme, item = find_item(reader, target)
    answers = reader.answers(scheme.name)
    return {
        segment
        for segment, values in zip(answers.segments, answers.values, strict=True)
        if values.get(item.name) is not None
    }


def _write(
    file: Path,
    saved: SavedModel,
    segments: Sequence[Segment],
    recordings: dict[str, Recording],
    answers: NDArray[Any],
    shares: NDArray[np.float64] | None,
) -> None:
    out = io.StringIO()
    table = csv.writer(out)
    probabilities = [] if shares is None else [f"prob_{label}" for label in saved.labels]
    table.writerow(["file", "segment", "start", "end", "predicted", *probabilities])
    for n, segment in enumerate(segments):
        recording = recordings[segment.recording_id]
        times = [to_seconds(sample, recording.sample_rate) for sample in (segment.start, segment.end)]
        given = [] if shares is None else shares[n].tolist()
        table.writerow([recording.path, segment.id, *times, answers[n], *given])
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
