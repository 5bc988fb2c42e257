"""From a stretch of a file to its feature values: opened, mixed to mono, resampled, computed."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from annotator.audio.source import AudioSource, open_source
from annotator.domain.errors import AnnotatorError
from annotator.domain.timeline import clock
from annotator.domain.translation import tr
from annotator.features.cache import Span
from annotator.features.sets import FeatureSet


@dataclass(frozen=True, slots=True)
class Run:
    """Stretches of one file that are described together, so that it is opened once."""

    path: Path
    audio_key: str
    spans: tuple[Span, ...]


class Describer:
    """Describes runs in turn, until it is closed. A file stays open until a run of another one comes."""

    def __init__(self, feature_set: FeatureSet, cache: Path | None) -> None:
        self._feature_set, self._cache = feature_set, cache
        self._source: AudioSource | None = None

    def rows(self, run: Run) -> Iterator[NDArray[np.float64]]:
        """Values of each span of a run in turn, (columns,) each; raises as `describe_run` does."""
        if self._source is None or self._source.path != run.path:
            self.close()
            self._source = open_source(run.path, cache=self._cache)
        for span in run.spans:
            yield _describe(self._feature_set, self._source, span)

    def close(self) -> None:
        """Lets go of the file last read."""
        if self._source is not None:
            self._source.close()
            self._source = None


def describe_run(feature_set: FeatureSet, run: Run, cache: Path | None) -> Iterator[NDArray[np.float64]]:
    """Values of each span of a run in turn, (columns,) each.

    Raises
    ------
    AnnotatorError
        Where the file cannot be read or is shorter than a span, or a value is not finite.
    """
    with closing(Describer(feature_set, cache)) as describer:
        yield from describer.rows(run)


def _describe(feature_set: FeatureSet, source: AudioSource, span: Span) -> NDArray[np.float64]:
    row = feature_set.compute(_samples(source, span, feature_set.sample_rate))
    if not np.isfinite(row).all():
        column = feature_set.columns[int(np.argwhere(~np.isfinite(row))[0][-1])]
        raise AnnotatorError(
            tr(
                'Feature set "{set}" has no finite value of {column} for {name} from {start} to {stop}.',
                set=feature_set.name,
                column=column,
                **_where(source, span),
            ),
            tr("Use another feature set, or leave this segment out."),
        )
    return row


def _samples(source: AudioSource, span: Span, sample_rate: int) -> NDArray[np.float32]:
    """The span as mono at `sample_rate`, at least one sample long."""
    start, stop = span
    samples = source.mono(start, stop)
    if len(samples) < stop - start:
        raise AnnotatorError(
            tr(
                "{name} ends before the segment from {start} to {stop}: {found} of {wanted} samples are there.",
                found=len(samples),
                wanted=stop - start,
                **_where(source, span),
            ),
            tr("The file was changed or cut off since it was added; put the original back or add it again."),
        )
    if source.sample_rate == sample_rate:
        return samples
    import soxr

    resampled: NDArray[np.float32] = soxr.resample(samples, source.sample_rate, sample_rate, quality="HQ")
    # A clip of a few samples can be shorter than one sample of a lower rate.
    return resampled if len(resampled) else samples.mean(keepdims=True)


def _where(source: AudioSource, span: Span) -> dict[str, str]:
    start, stop = (clock(sample / source.sample_rate) for sample in span)
    return {"name": source.path.name, "start": start, "stop": stop}
