"""Changes made to a clip before it is described: silence trimmed, level set, length fixed; or copies that are changed.

A step is written `NAME=VALUE` and stands behind the name of a feature set: `mfcc~trim=40~level=-23~pad=3`. Each looks
at its own clip alone or at a number that was given, so that nothing of the test data enters a training. Steps are
repeatable: noise is drawn from the samples of the clip itself.

- `trim=DB`: silence at both ends is left out, all that lies more than DB below the loudest 20 ms.
- `level=DB`: the root mean square becomes DB below full scale; silence stays silence.
- `pad=SECONDS`: cut at the end, or filled up with silence, to this length.
- `noise=DB`: white noise, DB below the clip's own level. `gain=DB`: louder or softer.
- `stretch=SPEED`: faster or slower (0.5 to 2) at the same pitch. `pitch=SEMITONES`: higher or lower at the same pace.
- `shift=SECONDS`: later, what runs out at the end comes in at the beginning.
"""

import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from annotator.audio.stretch import FASTEST, SLOWEST, Stretcher
from annotator.domain.errors import UsageError
from annotator.domain.registry import closest
from annotator.domain.translation import tr
from annotator.features.transform import Float32s, Float64s

#: Raised whenever a step gives other samples, so that cached values of an older version are not used.
VERSION = 1

PREPARING = ("trim", "level", "pad")
AUGMENTING = ("noise", "stretch", "pitch", "shift", "gain")

_STEP = r"~(?:[a-z]+)=-?[0-9.]+"
_BEHIND = re.compile(f"^(.+?)((?:{_STEP})+)$")
_FRAME_SECONDS = 0.02
_LONGEST_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Step:
    """One change by name and value; can be sent to other processes.

    >>> step = parse_step("gain=-6")
    >>> str(step), float(step(np.ones(2, dtype=np.float32), 16000)[0].round(2))
    ('gain=-6', 0.5)
    """

    name: str
    value: float

    def __call__(self, signal: Float32s, sample_rate: int) -> Float32s:
        """The changed clip, at least one sample long: (n,) -> (m,)."""
        return _STEPS[self.name](signal, self.value, sample_rate)

    def __str__(self) -> str:
        return f"{self.name}={self.value:g}"


@dataclass(frozen=True, slots=True)
class Prepared:
    """Steps before a description; can be sent to other processes where the description can."""

    steps: tuple[Step, ...]
    sample_rate: int
    compute: Callable[[Float32s], Float64s]

    def __call__(self, signal: Float32s) -> Float64s:
        for step in self.steps:
            signal = step(signal, self.sample_rate)
        return self.compute(signal)


def parse_step(text: str) -> Step:
    """A step from `NAME=VALUE`; raises `UsageError` for an unknown name or a value out of range."""
    name, _, written = text.partition("=")
    if name not in _STEPS:
        raise UsageError(tr('Unknown change of a clip "{name}".', name=name), closest(name, list(_STEPS)))
    low, high = _RANGES[name]
    try:
        value = float(written)
    except ValueError:
        value = np.nan
    if not low <= value <= high:
        raise UsageError(
            tr('"{text}" is no {name} that can be used.', text=text, name=name),
            tr("Write {name}=NUMBER with a number from {low:g} to {high:g}.", name=name, low=low, high=high),
        )
    return Step(name, value)


def split_name(name: str) -> tuple[str, tuple[Step, ...]]:
    """The feature set and the steps that a name holds.

    >>> split_name("mfcc~trim=40~pad=3")
    ('mfcc', (Step(name='trim', value=40.0), Step(name='pad', value=3.0)))
    >>> split_name("embedding:~/net.onnx")
    ('embedding:~/net.onnx', ())
    """
    found = _BEHIND.match(name)
    if found is None:
        return name, ()
    return found[1], tuple(parse_step(text) for text in found[2][1:].split("~"))


def _trim(signal: Float32s, span: float, sample_rate: int) -> Float32s:
    size = max(round(_FRAME_SECONDS * sample_rate), 1)
    n_frames = -(-len(signal) // size)
    padded = np.zeros(n_frames * size)
    padded[: len(signal)] = signal
    power = np.square(padded).reshape(n_frames, size).mean(axis=1)
    loud = np.flatnonzero(power > power.max() * 10 ** (-span / 10))
    return signal[loud[0] * size : (loud[-1] + 1) * size] if len(loud) else signal


def _level(signal: Float32s, level: float, _rate: int) -> Float32s:
    effective = float(np.sqrt(np.mean(np.square(signal, dtype=np.float64))))
    return signal * np.float32(10 ** (level / 20) / effective) if effective > 0 else signal


def _pad(signal: Float32s, seconds: float, sample_rate: int) -> Float32s:
    result = np.zeros(max(round(seconds * sample_rate), 1), dtype=np.float32)
    result[: len(signal)] = signal[: len(result)]
    return result


def _noise(signal: Float32s, distance: float, _rate: int) -> Float32s:
    rng = np.random.default_rng(zlib.crc32(np.ascontiguousarray(signal).tobytes()))
    effective = np.sqrt(np.mean(np.square(signal, dtype=np.float64)))
    noise = rng.standard_normal(len(signal), dtype=np.float32)
    return signal + noise * np.float32(effective * 10 ** (-distance / 20))


def _gain(signal: Float32s, level: float, _rate: int) -> Float32s:
    return signal * np.float32(10 ** (level / 20))


def _stretch(signal: Float32s, speed: float, sample_rate: int) -> Float32s:
    stretch = Stretcher(len(signal), sample_rate=sample_rate, channels=1, speed=speed)
    return stretch(signal[:, None])[:, 0]


def _pitch(signal: Float32s, semitones: float, sample_rate: int) -> Float32s:
    """Stretched at the same pitch, then played back at the pace of before."""
    import soxr

    factor = 2 ** (semitones / 12)
    slower = _stretch(signal, 1 / factor, sample_rate)
    shifted: Float32s = soxr.resample(slower, sample_rate * factor, sample_rate, quality="HQ")
    return shifted if len(shifted) else signal


def _shift(signal: Float32s, seconds: float, sample_rate: int) -> Float32s:
    return np.roll(signal, round(seconds * sample_rate))


_STEPS: dict[str, Callable[[Float32s, float, int], Float32s]] = {
    "trim": _trim,
    "level": _level,
    "pad": _pad,
    "noise": _noise,
    "stretch": _stretch,
    "pitch": _pitch,
    "shift": _shift,
    "gain": _gain,
}

_RANGES = {
    "trim": (1.0, 120.0),
    "level": (-80.0, 0.0),
    "pad": (0.05, _LONGEST_SECONDS),
    "noise": (-20.0, 100.0),
    "stretch": (SLOWEST, FASTEST),
    "pitch": (-12.0, 12.0),
    "shift": (-_LONGEST_SECONDS, _LONGEST_SECONDS),
    "gain": (-60.0, 60.0),
}
