"""The feature sets there are. Other packages add theirs through the entry point group `annotator.feature_sets`."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotator.domain.registry import Registry
from annotator.features import lowlevel


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


FEATURE_SETS: Registry[FeatureSet] = Registry("annotator.feature_sets", "feature set")

FEATURE_SETS.add(
    "lowlevel",
    FeatureSet(
        name="lowlevel",
        title="Low-level descriptors: level, zero crossings, spectral shape, contrast, 40 MFCC",
        source=(
            "McFee et al., librosa: Audio and music signal analysis in Python, SciPy 2015 (definitions, version 0.11); "
            "Jiang et al., ICME 2002 (contrast); Davis & Mermelstein, IEEE TASSP 28(4), 1980 (MFCC)"
        ),
        version=1,
        sample_rate=lowlevel.SAMPLE_RATE,
        columns=lowlevel.COLUMNS,
        compute=lowlevel.compute,
    ),
)
