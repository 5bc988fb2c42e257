"""The feature sets there are. Other packages add theirs through the entry point group `annotator.feature_sets`.

Some names stand for sets that are made when asked for: `embedding:FILE.onnx`, a network; `embedding:PACKAGE` and
`embedding:PACKAGE@WEIGHTS`, an installed package (`packages`); `opensmile` and `opensmile:SET`; `lowlevel+speech-162`,
several sets in one pass over the sound; and `mfcc~trim=40`, clips changed beforehand (`steps`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from annotator.domain.errors import AnnotatorError
from annotator.domain.registry import Registry
from annotator.domain.translation import tr
from annotator.features import logmel, lowlevel, music, narrow, opensmile, prosody, short_term, speech162
from annotator.features.embedding import Embedding, file_version
from annotator.features.package_files import Package, package_version, parse
from annotator.features.packages import PackageEmbedding, require_trust
from annotator.features.sound import SAMPLE_RATE, Sound
from annotator.features.steps import VERSION, Prepared, Step, split_name

_EMBEDDING = "embedding:"
_OPENSMILE = "opensmile"


@dataclass(frozen=True, slots=True)
class FeatureSet:
    """A way to describe a clip by a fixed number of values.

    Parameters
    ----------
    name, title
        What commands call it, and what people read.
    source
        Publication or program that the definitions come from.
    version
        Raised whenever a value changes, so that cached values of an older version are not used.
    sample_rate
        Sampling rate in Hz that `compute` expects.
    columns
        Names of the values, unique.
    compute
        Mono samples, full scale 1, (n,) with n >= 1 -> (len(columns),), all finite. Called in
        another thread and, where it can be pickled, in other processes.
    compute_shared
        The same from a `Sound`, for sets that use its transform; `None` for others.
    frame_seconds
        0 for sets of one row a clip. Else the set has a row for every so many seconds begun, and `compute` gives
        (frames, len(columns)); `clip_features` makes one row a clip of it.
    dtype
        Precision in which rows are kept: `float64`, or `float32` for images, which have many values.

    Examples
    --------
    >>> FEATURE_SETS["lowlevel"].columns[:3]
    ('zcr_mean', 'zcr_std', 'rms_mean')
    """

    name: str
    title: str
    source: str
    version: int
    sample_rate: int
    columns: tuple[str, ...]
    compute: Callable[[NDArray[np.float32]], NDArray[np.float64]]
    compute_shared: Callable[[Sound], NDArray[np.float64]] | None = None
    frame_seconds: float = 0.0
    dtype: str = "float64"

    @property
    def shape(self) -> str:
        """Size of what describes a clip, in words."""
        if not self.frame_seconds:
            return str(len(self.columns))
        frames = round(IMAGE_SECONDS / self.frame_seconds)
        return tr(
            "{frames} x {n} for {seconds:g} s", frames=frames, n=len(self.columns), seconds=IMAGE_SECONDS
        )


#: Length that clips are brought to for one image each, where no step says another.
IMAGE_SECONDS = 3.0

#: Frames that are averaged into one column of an image: 20 ms of log-mel.
_IMAGE_FRAMES = 4


@dataclass(frozen=True, slots=True)
class _Image:
    """Frames of a clip of fixed length as one row, averaged in time; time after time, all columns of each."""

    base: FeatureSet

    def __call__(self, signal: NDArray[np.float32]) -> NDArray[np.float64]:
        frames = self.base.compute(signal)
        whole = len(frames) // _IMAGE_FRAMES * _IMAGE_FRAMES
        pooled = frames[:whole].reshape(-1, _IMAGE_FRAMES, frames.shape[1]).mean(axis=1, dtype=np.float64)
        row: NDArray[np.float64] = pooled.ravel()
        return row


def clip_features(name: str) -> FeatureSet:
    """The set of a name in the form that models take: one row a clip, sets of frames as images of fixed length.

    >>> clip_features("mfcc").name, clip_features("logmel").name, len(clip_features("logmel~pad=1").columns)
    ('mfcc', 'logmel~pad=3', 6400)
    """
    found = FEATURE_SETS[name]
    if not found.frame_seconds:
        return found
    _, steps = split_name(name)
    seconds = next((step.value for step in reversed(steps) if step.name == "pad"), None)
    if seconds is None:
        return clip_features(f"{name}~pad={IMAGE_SECONDS:g}")
    n_times = round(seconds / found.frame_seconds) // _IMAGE_FRAMES
    columns = tuple(f"{column}_t{n:04d}" for n in range(1, n_times + 1) for column in found.columns)
    return replace(found, columns=columns, compute=_Image(found), frame_seconds=0.0, dtype="float32")


@dataclass(frozen=True, slots=True)
class _Together:
    """Several sets of one clip, the transform computed once for all that share it."""

    sets: tuple[FeatureSet, ...]

    def __call__(self, signal: NDArray[np.float32]) -> NDArray[np.float64]:
        sound = Sound(signal)
        return np.concatenate(
            [one.compute_shared(sound) if one.compute_shared else one.compute(signal) for one in self.sets]
        )


def together(sets: Sequence[FeatureSet]) -> FeatureSet:
    """One set with the values of several, computed in one pass; columns are named `SET.COLUMN`.

    Raises `AnnotatorError` where a set is named twice or their sampling rates differ.

    >>> both = FEATURE_SETS["lowlevel+speech-162"]
    >>> len(both.columns), both.columns[0], both.columns[-1]
    (270, 'lowlevel.zcr_mean', 'speech-162.mel_128')
    """
    names = [one.name for one in sets]
    if len(set(names)) < len(names):
        raise AnnotatorError(
            tr('"{sets}" names a feature set twice.', sets="+".join(names)), tr("Name each set once.")
        )
    if any(one.frame_seconds for one in sets):
        raise AnnotatorError(
            tr('"{sets}" mixes rows of frames with rows of clips.', sets="+".join(names)),
            tr("Compute them one after the other."),
        )
    if len({one.sample_rate for one in sets}) > 1:
        rates = ", ".join(f"{one.name} {one.sample_rate} Hz" for one in sets)
        raise AnnotatorError(
            tr("These feature sets work at different sampling rates: {rates}.", rates=rates),
            tr("Compute them one after the other."),
        )
    version = 0
    for one in sets:
        version = (version * 1009 + one.version) % (1 << 48)
    return FeatureSet(
        name="+".join(names),
        title=" + ".join(one.title for one in sets),
        source="; ".join(one.source for one in sets),
        version=version,
        sample_rate=sets[0].sample_rate,
        columns=tuple(f"{one.name}.{column}" for one in sets for column in one.columns),
        compute=_Together(tuple(sets)),
    )


def embedding(path: Path) -> FeatureSet:
    """The set of a network in an ONNX file; raises `AnnotatorError` where it cannot be run."""
    network = Embedding(path)
    return FeatureSet(
        name=f"{_EMBEDDING}{path}",
        title=tr("Output of the network {name}, averaged over time", name=path.name),
        source=path.name,
        version=file_version(path),
        sample_rate=network.sample_rate,
        columns=tuple(f"e{n:04d}" for n in range(1, network.columns() + 1)),
        compute=network,
    )


def package_set(package: Package) -> FeatureSet:
    """The set of an installed package, whose code is run.

    Raises `AnnotatorError` where it cannot be used, or nobody has said that it may run (`packages.trust`).
    """
    require_trust(package)
    model = PackageEmbedding(package, package_version(package))
    return FeatureSet(
        name=f"{_EMBEDDING}{package}",
        title=tr("Embedding of the clip by the package {name}", name=str(package)),
        source=tr("The package {name}", name=package.module),
        version=model.version,
        sample_rate=model.sample_rate,
        columns=tuple(f"e{n:04d}" for n in range(1, model.size + 1)),
        compute=model,
    )


def opensmile_set(name: str) -> FeatureSet:
    """The functionals of openSMILE, by `opensmile` or `opensmile:SET`; raises `AnnotatorError` without the package."""
    set_name = _opensmile_name(name)
    version = opensmile.set_version(set_name)
    functionals = opensmile.Functionals(set_name)
    return FeatureSet(
        name=name,
        title=opensmile.title(set_name),
        source=opensmile.SOURCE,
        version=version,
        sample_rate=opensmile.SAMPLE_RATE,
        columns=functionals.columns(),
        compute=functionals,
    )


def _is_opensmile(name: str) -> bool:
    return name.partition(":")[0] == _OPENSMILE


def _opensmile_name(name: str) -> str:
    return name.removeprefix(_OPENSMILE).removeprefix(":") or opensmile.DEFAULT


def package_of(name: str) -> Package | None:
    """The installed package whose code a feature set runs, or `None`.

    >>> print(package_of("embedding:hearbaseline.torchcrepe~pad=1"), package_of("lowlevel+prosody"))
    hearbaseline.torchcrepe None
    """
    base, _ = split_name(name)
    return parse(base.removeprefix(_EMBEDDING)) if base.startswith(_EMBEDDING) else None


def clip_version(name: str) -> int:
    """The version of `clip_features(name)`, found without running the code of a package.

    >>> clip_version("mfcc~pad=1") == clip_features("mfcc~pad=1").version
    True
    """
    package = package_of(name)
    if package is None:
        return clip_features(name).version
    version = package_version(package)
    return _prepared_version(version) if split_name(name)[1] else version


def _prepared_version(version: int) -> int:
    return (version * 1009 + VERSION) % (1 << 48)


def prepared(base: FeatureSet, steps: Sequence[Step]) -> FeatureSet:
    """A set whose clips are changed before they are described.

    >>> FEATURE_SETS["mfcc~trim=40~pad=3"].name
    'mfcc~trim=40~pad=3'
    """
    return replace(
        base,
        name="~".join([base.name, *map(str, steps)]),
        title=f"{base.title}; {', '.join(map(str, steps))}",
        version=_prepared_version(base.version),
        compute=Prepared(tuple(steps), base.sample_rate, base.compute),
        compute_shared=None,
    )


class FeatureSets(Registry[FeatureSet]):
    """The registered sets by name, and those made when asked for: embeddings, openSMILE's, several sets together,
    changed clips."""

    def __contains__(self, name: str) -> bool:
        """Whether there is such a set, or all that it is made of; nothing of a package is run."""
        name, _ = split_name(name)
        try:
            if package := package_of(name):
                return package_version(package) > 0
            if name.startswith(_EMBEDDING):
                return Path(name.removeprefix(_EMBEDDING)).is_file()
            return all(
                opensmile.set_version(_opensmile_name(part)) > 0
                if _is_opensmile(part)
                else super(FeatureSets, self).__contains__(part)
                for part in name.split("+")
            )
        except AnnotatorError:
            return False

    def __getitem__(self, name: str) -> FeatureSet:
        name, steps = split_name(name)
        if steps:
            return prepared(self[name], steps)
        if package := package_of(name):
            return package_set(package)
        if name.startswith(_EMBEDDING):
            return embedding(Path(name.removeprefix(_EMBEDDING)))
        parts = [
            opensmile_set(part) if _is_opensmile(part) else super(FeatureSets, self).__getitem__(part)
            for part in name.split("+")
        ]
        return together(parts) if len(parts) > 1 else parts[0]


FEATURE_SETS = FeatureSets("annotator.feature_sets", "feature set")

_LIBROSA = (
    "McFee et al., librosa: Audio and music signal analysis in Python, SciPy 2015 (definitions, version 0.11)"
)

for _set in (
    FeatureSet(
        name="lowlevel",
        title="Low-level descriptors: level, zero crossings, spectral shape, contrast, 40 MFCC",
        source=(
            f"{_LIBROSA}; Jiang et al., ICME 2002 (contrast); Davis & Mermelstein, IEEE TASSP 28(4), 1980 (MFCC)"
        ),
        version=1,
        sample_rate=SAMPLE_RATE,
        columns=lowlevel.COLUMNS,
        compute=lowlevel.compute,
        compute_shared=lowlevel.compute_shared,
    ),
    FeatureSet(
        name="speech-162",
        title="Means of zero crossings, 12 chroma, 20 MFCC, RMS and 128 mel bands",
        source=f"{_LIBROSA}; Ellis, Chroma feature analysis and synthesis, 2007 (chroma)",
        version=1,
        sample_rate=SAMPLE_RATE,
        columns=speech162.COLUMNS,
        compute=speech162.compute,
        compute_shared=speech162.compute_shared,
    ),
    FeatureSet(
        name="spectrogram",
        title="Mean magnitude in 257 bins, frames of 512 samples",
        source=_LIBROSA,
        version=1,
        sample_rate=narrow.SAMPLE_RATE,
        columns=narrow.SPECTROGRAM_COLUMNS,
        compute=narrow.spectrogram,
    ),
    FeatureSet(
        name="mel",
        title="Mean power in 128 mel bands, frames of 512 samples",
        source=_LIBROSA,
        version=1,
        sample_rate=narrow.SAMPLE_RATE,
        columns=narrow.MEL_COLUMNS,
        compute=narrow.mel,
    ),
    FeatureSet(
        name="mfcc",
        title="Means of 20 MFCC, frames of 512 samples",
        source=_LIBROSA,
        version=1,
        sample_rate=narrow.SAMPLE_RATE,
        columns=narrow.MFCC_COLUMNS,
        compute=narrow.mfcc,
    ),
    FeatureSet(
        name="short-term-136",
        title="34 short-term features and their changes in 50 ms frames, mean and standard deviation",
        source="Giannakopoulos, pyAudioAnalysis, PLoS ONE 10(12): e0144610, 2015 (definitions, version 0.3.14)",
        version=1,
        sample_rate=short_term.SAMPLE_RATE,
        columns=short_term.COLUMNS,
        compute=short_term.compute,
    ),
    FeatureSet(
        name="music-17",
        title="Music: dynamics, timbre, rhythm, tonality",
        source="Lartillot & Toiviainen, A Matlab toolbox for musical feature extraction from audio, DAFx 2007",
        version=1,
        sample_rate=SAMPLE_RATE,
        columns=music.COLUMNS,
        compute=music.compute,
        compute_shared=music.compute_shared,
    ),
    FeatureSet(
        name="prosody",
        title="Prosody: pitch, intensity, voicing, jitter, shimmer, rate",
        source=(
            "Eyben et al., The Geneva minimalistic acoustic parameter set, IEEE TAC 7(2), 2016 (choice); "
            "de Cheveigne & Kawahara, YIN, JASA 111(4), 2002 (pitch)"
        ),
        version=1,
        sample_rate=prosody.SAMPLE_RATE,
        columns=prosody.COLUMNS,
        compute=prosody.compute,
    ),
    FeatureSet(
        name="logmel",
        title="Log-mel levels in 128 bands, frames of 25 ms every 5 ms",
        source="Slaney, Auditory Toolbox, Interval technical report 1998-010 (mel filters)",
        version=2,
        sample_rate=logmel.SAMPLE_RATE,
        columns=logmel.COLUMNS,
        compute=logmel.compute,
        frame_seconds=logmel.STEP_SECONDS,
    ),
):
    FEATURE_SETS.add(_set.name, _set)
