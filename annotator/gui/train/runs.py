"""A training as the window knows it: what was asked, what came out, and whether it still holds."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from annotator.app.runs import KeptRun, kept_runs
from annotator.app.session import Session
from annotator.app.targets import Target
from annotator.app.train import Trained, train
from annotator.domain.corpus import Recording, Segment, Split
from annotator.domain.progress import Job
from annotator.domain.scheme import Scheme
from annotator.domain.translation import tr
from annotator.gui.train.wording import Metric, estimate, metrics, special_options
from annotator.learning.evaluate import Prediction
from annotator.learning.models import MODELS
from annotator.storage.rows import Kind

#: What a training is made from; a change of any of these makes its result old. Splits are frozen: they can only go.
_INGREDIENTS = frozenset({Kind.ANNOTATION, Kind.CONSENSUS, Kind.SEGMENT, Kind.RECORDING})


@dataclass(frozen=True)
class Request:
    """What one training is asked to do."""

    target: Target
    features: str
    model: str
    split: Split
    seed: int
    class_weight: str = "balanced"
    search: bool = False
    curve: bool = False
    importance: bool = False
    skip_missing: bool = False
    augment: tuple[str, ...] = ()
    slice_seconds: float = 0.0
    start: str = ""

    @property
    def sound(self) -> str:
        """What the model hears: the feature set with what is trained on beside the segments as they are."""
        pieces = [tr("pieces of {seconds:g} s", seconds=self.slice_seconds)] if self.slice_seconds else []
        start = [tr("from {file}", file=Path(self.start).name)] if self.start else []
        return " + ".join([self.features, *self.augment, *pieces, *start])

    @property
    def target_name(self) -> str:
        """The item as `train` takes it, with its scheme, so that it is one item only."""
        if not self.target.scheme.name:
            return self.target.item.name
        return f"{self.target.scheme.name}:{self.target.item.name}"

    @property
    def item_title(self) -> str:
        """The item as people call it."""
        return self.target.item.title or self.target.item.name


@dataclass(frozen=True, slots=True)
class Entry:
    """One tested segment with what people and model said of it; `index` is its number among the predictions."""

    index: int
    segment: Segment
    recording: Recording
    prediction: Prediction

    @property
    def error(self) -> float:
        """How far the model's number lies above the people's."""
        return float(self.prediction.predicted) - float(self.prediction.truth)


@dataclass(eq=False)
class Run:
    """One training that was done, with the segments it was tested on; `changed` collects what is new since."""

    request: Request
    trained: Trained
    entries: list[Entry]
    changed: set[Kind] = field(default_factory=set)
    stale: str = ""

    def cell(self, truth: str, predicted: str) -> list[Entry]:
        """What people called `truth` and the model `predicted`."""
        wanted = (truth, predicted)
        return [e for e in self.entries if (e.prediction.truth, e.prediction.predicted) == wanted]

    @property
    def task(self) -> str:
        """What was learned: one class of several, a number, several labels, or shares."""
        return self.trained.evaluation.task

    @property
    def numeric(self) -> bool:
        """Whether numbers were learned, not classes."""
        return self.task == "regression"

    @property
    def main_metric(self) -> Metric:
        """The metric that counts for this kind of target."""
        return metrics(self.task)[0]

    def note_change(self, kinds: frozenset[Kind]) -> None:
        """Takes note of what was written in the corpus since."""
        self.changed |= kinds & _INGREDIENTS

    def note_splits(self, ids: frozenset[str]) -> None:
        """Takes note of which splits there are; one that was undone and done again holds again."""
        self.changed.discard(Kind.SPLIT)
        if self.request.split.id not in ids:
            self.changed.add(Kind.SPLIT)

    @property
    def outdated(self) -> str:
        """Why the result may no longer hold, as a sentence; empty where it does."""
        if Kind.SPLIT in self.changed:
            return tr('The split "{split}" is not in the corpus any more.', split=self.request.split.name)
        if Kind.ANNOTATION in self.changed and Kind.CONSENSUS not in self.changed:
            return tr("Ratings have changed since this training.")
        if Kind.CONSENSUS in self.changed:
            return tr("The consensus has changed since this training.")
        if self.changed:
            return tr("Segments or recordings have changed since this training.")
        return self.stale

    def doubted(self) -> list[Entry] | None:
        """The segments whose label is likely wrong, the surest first; `None` where the model cannot tell."""
        errors = self.trained.label_errors
        if errors is None:
            return None
        entries = {entry.segment.id: entry for entry in self.entries}
        return [entries[one["segment"]] for one in errors if one["segment"] in entries]

    @property
    def special(self) -> str:
        """What was asked for beyond what the form proposes, by which alike runs are told apart; often nothing."""
        return " · ".join(special_options(self.trained.options or {}))

    @property
    def summary(self) -> str:
        """The run in one line, as a screen reader says it."""
        value, interval, _ = estimate(self.trained.evaluation, self.main_metric)
        figure = self.main_metric.text(value)
        if interval is not None:
            figure += f" [{self.main_metric.span(interval)}]"
        text = tr(
            "{item} by {model} from {features} on {split}: {metric} {figure}",
            item=self.request.item_title,
            model=model_title(self.request.model),
            features=self.request.sound,
            split=self.request.split.name,
            metric=self.main_metric.title,
            figure=figure,
        )
        if self.special:
            text += f" ({self.special})"
        return f"{text}. {self.outdated}" if self.outdated else text


def short_title(title: str) -> str:
    """What people call a model or a feature set, without its settings.

    >>> short_title("Ridge regression, alpha = 1"), short_title("Prosody: pitch and level")
    ('Ridge regression', 'Prosody')
    """
    return re.split("[,:] ", title)[0]


def model_title(name: str) -> str:
    """What people call a model."""
    return short_title(MODELS[name].title)


def learns_numbers(target: Target) -> bool:
    """Whether a target needs a model for numbers: a scale, or shares of several labels."""
    return target.item.numeric or (target.several is not None and target.several.kind == "shares")


def run_training(session: Session, request: Request) -> Job[Run]:
    """Trains as asked, and fetches the segments that the predictions are about."""
    trained = yield from train(
        session,
        features=request.features,
        model=request.model,
        target=request.target_name,
        split=request.split.name,
        seed=request.seed,
        class_weight=request.class_weight,
        search=request.search,
        curve=request.curve,
        importance=request.importance,
        skip_missing=request.skip_missing,
        augment=request.augment,
        slice_seconds=request.slice_seconds,
        start=request.start,
    )
    return Run(request, trained, *_entries(session, [trained]))


def kept(session: Session) -> list[Run]:
    """The runs that the corpus keeps, the oldest first, as they were made."""
    found = kept_runs(session)
    entries = _entries(session, [one.trained for one in found])
    return [
        Run(_request(one), one.trained, own, stale=one.stale) for one, own in zip(found, entries, strict=True)
    ]


def _request(one: KeptRun) -> Request:
    training = one.training
    target = Target(
        Scheme(one.scheme, one.scheme, "perceived", (one.item,)), one.item, {}, one.trained.origin
    )
    return Request(
        target,
        training.features,
        training.model,
        one.split,
        training.seed,
        class_weight=training.class_weight,
        search=training.search,
        curve=training.curve,
        importance=training.importance,
        skip_missing=training.skip_missing,
        augment=training.augment,
        slice_seconds=training.slice_seconds,
        start=training.start,
    )


def _entries(session: Session, trained: Sequence[Trained]) -> list[list[Entry]]:
    """The tested segments of each training that are still there, with what people and model said."""
    tested = {one.segment_id for each in trained for one in each.evaluation.predictions}
    with session.reading() as reader:
        segments = {segment.id: segment for segment in reader.segments(ids=sorted(tested))}
        recordings = {recording.id: recording for recording in reader.recordings()}
    return [
        [
            Entry(index, segment, recordings[segment.recording_id], prediction)
            for index, prediction in enumerate(each.evaluation.predictions)
            if (segment := segments.get(prediction.segment_id)) is not None
            and segment.recording_id in recordings
        ]
        for each in trained
    ]
