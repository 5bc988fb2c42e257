"""What a training is asked, and what came out of it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from annotator.features.steps import split_name
from annotator.learning.evaluate import Evaluation
from annotator.learning.recipe import ClassWeight


@dataclass(frozen=True)
class Training:
    """Everything but the corpus that a training depends on.

    Parameters
    ----------
    target, features, model, split
        By name; see `annotator.app.train.train`.
    seed, replicates
        Of the model and of the bootstrap.
    class_weight, search
        See `annotator.learning.recipe.Recipe`.
    curve, importance
        Whether to compute a learning curve, and the importance of families of features.
    augment
        Changes, such as `noise=20`, each of which gives every training segment one more, changed copy.
    slice_seconds
        Length of the pieces of training segments that are trained on beside the whole ones; 0 for none.
    skip_missing
        Whether segments whose audio file is not there are left out; else they are an error.
    start
        Model file of a `cnn`, whose weights but for the last layer are taken over and frozen; empty for none. It was
        trained on all segments of its split: where some of them are tested here, the figures are too good.
    """

    target: str
    features: str
    model: str
    split: str
    seed: int = 0
    replicates: int = 1000
    class_weight: ClassWeight = "balanced"
    search: bool = False
    curve: bool = False
    importance: bool = False
    augment: tuple[str, ...] = ()
    slice_seconds: float = 0.0
    skip_missing: bool = False
    start: str = ""

    def augmented(self, change: str) -> str:
        """The feature set of copies with one change, which comes before the steps that prepare clips.

        >>> Training("mood", "mfcc~trim=40", "svm", "cv").augmented("noise=20")
        'mfcc~noise=20~trim=40'
        """
        base, steps = split_name(self.features)
        return "~".join([base, change, *map(str, steps)])

    def to_dict(self) -> dict[str, Any]:
        """Plain data, all of it needed to repeat the training."""
        found = {field.name: getattr(self, field.name) for field in fields(self)}
        return {**found, "augment": list(self.augment)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Training":
        """What `to_dict` gave; what is not known is left out."""
        names = {field.name for field in fields(cls)}
        known = {name: value for name, value in data.items() if name in names}
        return cls(**{**known, "augment": tuple(known.get("augment", ()))})


@dataclass(frozen=True)
class Trained:
    """One training with its evaluation; `excluded` counts segments of the split without a settled value, `missing`
    those left out because their sound is not there.

    `label_errors` are the segments whose label is likely wrong, `None` where the model gives no probabilities.
    `image_seconds` is the length of the images that a set of frames was made into, `None` for other sets. `run` is
    the key under which it was stored, `None` where it was not. `warnings` say, in sentences, why figures may be too
    good, and what of the segments was not heard.
    """

    target: str
    features: str
    model: str
    split: str
    origin: str
    excluded: int
    evaluation: Evaluation
    saved: str | None = None
    options: dict[str, Any] | None = None
    label_errors: list[dict[str, Any]] | None = None
    extra_rows: int = 0
    missing: int = 0
    run: str | None = None
    image_seconds: float | None = None
    warnings: tuple[str, ...] = ()

    @property
    def heard(self) -> str:
        """Name of the feature set with the length of its images."""
        if self.image_seconds is None or any(step.name == "pad" for step in split_name(self.features)[1]):
            return self.features
        return f"{self.features}~pad={self.image_seconds:g}"

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "target": self.target,
            "features": self.features,
            "model": self.model,
            "split": self.split,
            "labels_from": self.origin,
            "excluded": self.excluded,
            "missing": self.missing,
            "saved": self.saved,
            "options": self.options,
            "extra_rows": self.extra_rows,
            "run": self.run,
            "image_seconds": self.image_seconds,
            **self.evaluation.to_dict(),
            "label_errors": self.label_errors,
            "warnings": list(self.warnings),
        }
