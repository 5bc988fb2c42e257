"""Windows of a fixed length, as is common where music is rated in excerpts."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from annotator.audio.source import AudioSource
from annotator.domain.progress import Job, Progress
from annotator.domain.translation import tr
from annotator.segmentation.options import LONGEST, MethodOptions, check_choice, check_number

RESTS = ("drop", "keep")
"""What becomes of sound that fills no whole window."""

_SHORTEST = 0.05  # seconds


@dataclass(frozen=True, slots=True)
class Windows(MethodOptions):
    """How long windows are and where they begin, in seconds.

    Parameters
    ----------
    length
        Of each window.
    hop
        From the start of one to the start of the next; 0 for the length. Less than the length makes them overlap.
    rest
        `keep` adds what the last whole window leaves over as a shorter one, `drop` does not.
    """

    length: float = 3.0
    hop: float = 0.0
    rest: Literal["drop", "keep"] = "drop"

    def __post_init__(self) -> None:
        check_number("length", self.length, _SHORTEST, LONGEST)
        if self.hop:
            check_number("hop", self.hop, _SHORTEST, LONGEST)
        check_choice("rest", self.rest, RESTS)

    @property
    def overlapping(self) -> bool:
        """Whether a window begins before the one before it has ended."""
        return 0 < self.hop < self.length


def windows(samples: int, sample_rate: int, options: Windows) -> list[tuple[int, int]]:
    """Windows over a recording, in samples; each start is rounded by itself, so that no error adds up.

    A rest that a window holds already (where they overlap) is not given again.

    >>> windows(70, 10, Windows(length=3))
    [(0, 30), (30, 60)]
    >>> windows(70, 10, Windows(length=3, rest="keep"))
    [(0, 30), (30, 60), (60, 70)]
    >>> windows(70, 10, Windows(length=3, hop=2, rest="keep"))
    [(0, 30), (20, 50), (40, 70)]
    """
    length = max(1, round(options.length * sample_rate))
    hop = options.hop or options.length
    spans: list[tuple[int, int]] = []
    number = 0
    while (start := round(number * hop * sample_rate)) + length <= samples:
        spans.append((start, start + length))
        number += 1
    if options.rest == "keep" and start < samples and not (spans and spans[-1][1] >= samples):
        spans.append((start, samples))
    return spans


@dataclass(frozen=True, slots=True)
class Extent:
    """How long a recording is, which is all that windows depend on."""

    samples: int
    sample_rate: int


def analyse(source: AudioSource, cache: Path | None = None) -> Job[Extent]:  # noqa: ARG001
    """Nothing is listened to."""
    yield Progress(1, 1, tr("Cutting {name} into windows", name=source.path.name))
    return Extent(source.samples, source.sample_rate)


def cut(extent: Extent, options: Windows, stretch: tuple[int, int] | None) -> list[tuple[int, int]]:
    """The windows of a recording, or of a stretch of it from its start on."""
    first, last = stretch or (0, extent.samples)
    found = windows(last - first, extent.sample_rate, options)
    return [(first + start, first + end) for start, end in found]
