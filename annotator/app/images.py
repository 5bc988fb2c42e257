"""Sets of frames as models take them: images of one length, which is found where it is not given."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from annotator.domain.corpus import Recording, Segment
from annotator.domain.errors import UsageError
from annotator.domain.timeline import to_seconds
from annotator.domain.translation import tr, tr_n
from annotator.features.sets import FEATURE_SETS, FeatureSet, clip_features
from annotator.features.steps import split_name
from annotator.learning.cnn import require_torch
from annotator.learning.models import Model

#: Images are no longer than this unless a length is given.
_LONGEST_SECONDS = 15.0

_STEP_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Heard:
    """The feature set that segments are described by, its name with the length of images, and what that leaves out.

    `seconds` is `None` where there are no images.
    """

    name: str
    feature_set: FeatureSet
    seconds: float | None = None
    warning: str = ""


def heard_by(name: str, segments: Sequence[Segment], recordings: dict[str, Recording]) -> Heard:
    """The set of a name for some segments: images as long as the longest of them, 15 s at most, unless a length
    (`~pad=3`) is given."""
    if not FEATURE_SETS[name].frame_seconds:
        return Heard(name, clip_features(name))
    lengths = [to_seconds(s.end - s.start, recordings[s.recording_id].sample_rate) for s in segments]
    given = [step.value for step in split_name(name)[1] if step.name == "pad"]
    if given:
        return Heard(name, clip_features(name), given[-1])
    longest = math.ceil(max(lengths, default=0.0) / _STEP_SECONDS) * _STEP_SECONDS
    seconds = min(max(longest, _STEP_SECONDS), _LONGEST_SECONDS)
    full = f"{name}~pad={seconds:g}"
    n_cut = sum(length > seconds for length in lengths)
    warning = ""
    if n_cut:
        warning = tr_n(
            "{n} segment is longer than {seconds:g} s, of which the model hears the beginning alone: --pad {longest:g}"
            " takes all of it.",
            "{n} segments are longer than {seconds:g} s, of which the model hears the beginning alone: --pad"
            " {longest:g} takes all of them.",
            n_cut,
            seconds=seconds,
            longest=longest,
        )
    return Heard(full, clip_features(full), seconds, warning)


def require_fitting(model: Model, features: str, *, importance: bool) -> None:
    """Raises `AnnotatorError` where model, features and what is asked do not go together, before any sound is read."""
    images = bool(FEATURE_SETS[features].frame_seconds)
    if model.network:
        require_torch()
    if model.network and not images:
        raise UsageError(
            tr(
                'The model "{model}" takes images of sound, not "{features}".',
                model=model.name,
                features=features,
            ),
            tr("Choose the feature set logmel."),
        )
    if importance and images:
        raise UsageError(
            tr('The values of "{features}" are one family: none can be more important than another.',
               features=features),
            tr("Leave importance out, or choose a set of several families, such as lowlevel."),
        )  # fmt: skip
