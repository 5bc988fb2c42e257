"""The functionals of openSMILE, computed by the package `opensmile` (extra `opensmile`) within this process.

Its licence allows research, private and other non-commercial use only, so it is never installed by default.

Clips are described at 16,000 Hz, to which the field resamples: no descriptor of eGeMAPS looks above 8 kHz, and
jitter and shimmer come out otherwise at another rate. Those shorter than the longest frame, 60 ms, have no values
in openSMILE; they are filled up to that length with silence.
"""

from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from annotator.domain.errors import AnnotatorError
from annotator.domain.registry import closest
from annotator.domain.translation import tr
from annotator.features.transform import Float32s, Float64s

SAMPLE_RATE = 16000

INSTALL = 'pip install "affect-annotator[opensmile]"'

DEFAULT = "eGeMAPSv02"

#: Sets that can be named, with the number of their functionals.
SETS = {
    DEFAULT: 88,
    "GeMAPSv01b": 62,
    "ComParE_2016": 6373,
    "emobase": 988,
    "IS09": 384,
    "IS13": 6373,
}

SOURCE = (
    "Eyben et al., The Geneva minimalistic acoustic parameter set, IEEE TAC 7(2), 2016 (eGeMAPS); "
    "Eyben et al., openSMILE, ACM Multimedia 2010 (program)"
)

_SHORTEST = round(0.06 * SAMPLE_RATE)

#: openSMILE reads 16-bit numbers; full scale itself would wrap round to its opposite.
_HIGHEST = np.float32(32767 / 32768)


@dataclass(frozen=True, slots=True)
class Functionals:
    """Values of a clip by one of openSMILE's sets; can be sent to other processes.

    Raises
    ------
    AnnotatorError
        On calling, where the package is not installed or cannot be loaded.
    """

    set_name: str

    def __call__(self, signal: Float32s) -> Float64s:
        """Mono samples at `SAMPLE_RATE`, (n,) -> (columns,)."""
        clip = np.clip(signal, np.float32(-1), _HIGHEST)
        if len(clip) < _SHORTEST:
            clip = np.pad(clip, (0, _SHORTEST - len(clip)))
        values: Float64s = _smile(self.set_name)(clip, SAMPLE_RATE).astype(np.float64).ravel()
        return values

    def columns(self) -> tuple[str, ...]:
        """openSMILE's own names of the values."""
        return tuple(_smile(self.set_name).feature_names)


def set_version(set_name: str) -> int:
    """A number that changes with the installed version of openSMILE; raises `AnnotatorError` where there is none.

    The package itself is not loaded.
    """
    if set_name not in SETS:
        raise AnnotatorError(
            tr('openSMILE has no feature set "{name}" that is offered here.', name=set_name),
            closest(set_name, list(SETS)),
        )
    try:
        parts = version("opensmile").split(".")
    except PackageNotFoundError:
        raise AnnotatorError(
            tr('The feature set "opensmile" needs the package opensmile, which is not installed.'),
            tr(
                "Install it with: {line}. Its licence allows research and other non-commercial use only.",
                line=INSTALL,
            ),
        ) from None
    number = 0
    for part in (*parts, "0", "0")[:3]:
        number = number * 1000 + int("".join(filter(str.isdigit, part)) or 0)
    return number


def title(set_name: str) -> str:
    """What people read, with the terms of the licence: nobody should have to look for them."""
    return tr(
        "openSMILE: the {n} functionals of {name} (licence: research and other non-commercial use only)",
        n=SETS[set_name],
        name=set_name,
    )


def installed() -> bool:
    """Whether the package is there."""
    try:
        version("opensmile")
    except PackageNotFoundError:
        return False
    return True


@lru_cache(maxsize=len(SETS))
def _smile(set_name: str) -> Any:
    """The extractor of a set; it holds no state between clips and may be used by several threads."""
    try:
        import opensmile
    except Exception as error:
        # A library that does not fit the system fails with an OSError, a missing part with an ImportError.
        raise AnnotatorError(
            tr("The package opensmile cannot be loaded: {reason}", reason=str(error).strip()),
            tr("Install it again with: {line}.", line=INSTALL),
        ) from None
    return opensmile.Smile(opensmile.FeatureSet[set_name], opensmile.FeatureLevel.Functionals)
