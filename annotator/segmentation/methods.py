"""The segmentation methods by name; other packages add theirs through the entry point `annotator.segmenters`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from annotator.audio.source import AudioSource
from annotator.domain.progress import Job
from annotator.domain.registry import Registry
from annotator.domain.translation import tr
from annotator.segmentation import beats, silence, structure, vad, windows
from annotator.segmentation.options import MethodOptions
from annotator.segmentation.spans import spans_within

Span: TypeAlias = tuple[int, int]
Analyse: TypeAlias = Callable[[AudioSource, Path | None], Job[Any]]
Cut: TypeAlias = Callable[[Any, Any, Span | None], list[Span]]


@dataclass(frozen=True, slots=True)
class Method:
    """A way to cut recordings into segments.

    Parameters
    ----------
    name
        As on the command line.
    label, summary
        Give the title and one sentence on what it is for, in the language of the moment.
    defaults
        Options that suit it, of the type that `run` takes: `Options` for the methods that listen for sound.
    run
        `(source, options, cache folder or None)`: a job that gives the segments, half-open in samples of the source,
        sorted, without overlap unless the options ask for it.
    analyse
        `(source, cache folder or None)`: the slow part of `run` alone, whatever the options; `None` where a method has
        no such part.
    cut
        `(what analyse found, options, stretch or None)`: the rest of `run`, at once for every change of options; of a
        stretch (start, end) of the recording where one is given. Goes with `analyse`.
    version
        Raised whenever the same options give other segments; kept with every tier that the method makes.
    """

    name: str
    label: Callable[[], str]
    summary: Callable[[], str]
    defaults: MethodOptions
    run: Callable[[AudioSource, Any, Path | None], Job[list[Span]]]
    analyse: Analyse | None = None
    cut: Cut | None = None
    version: int = 1

    def within(
        self, source: AudioSource, options: MethodOptions, cache: Path | None, stretch: Span | None
    ) -> Job[list[Span]]:
        """`run` for a stretch of the recording, or for all of it."""
        if stretch is None:
            return (yield from self.run(source, options, cache))
        if self.analyse is None or self.cut is None:
            return clipped((yield from self.run(source, options, cache)), stretch)
        found = yield from self.analyse(source, cache)
        return self.cut(found, options, stretch)

    @property
    def title(self) -> str:
        """What the method is called, for people."""
        return self.label()

    @property
    def description(self) -> str:
        """One sentence on what the method is for."""
        return self.summary()


def clipped(spans: Sequence[Span], stretch: Span) -> list[Span]:
    """What of the spans lies within a stretch.

    >>> clipped([(0, 5), (6, 9), (12, 20)], (4, 15))
    [(4, 5), (6, 9), (12, 15)]
    """
    first, last = stretch
    return [(max(start, first), min(end, last)) for start, end in spans if start < last and end > first]


def in_two_steps(
    name: str,
    label: Callable[[], str],
    summary: Callable[[], str],
    defaults: MethodOptions,
    analyse: Analyse,
    cut: Cut,
    version: int = 1,
) -> Method:
    """A method that first listens (`analyse`) and then makes segments of what it found (`cut`)."""

    def run(source: AudioSource, options: Any, cache: Path | None) -> Job[list[Span]]:
        return cut((yield from analyse(source, cache)), options, None)

    return Method(name, label, summary, defaults, run, analyse, cut, version)


METHODS: Registry[Method] = Registry("annotator.segmenters", "segmentation method")
for _method in (
    in_two_steps(
        "silence",
        lambda: tr("Silence"),
        lambda: tr("Cuts at pauses in the level: for clean speech, and for music with breaks."),
        silence.DEFAULTS,
        silence.analyse,
        spans_within,
        version=2,
    ),
    in_two_steps(
        "vad",
        lambda: tr("Speech"),
        lambda: tr(
            "Finds speech with a neural detector, also in noise and over music, and leaves all else out."
        ),
        vad.DEFAULTS,
        vad.analyse,
        spans_within,
        version=2,
    ),
    in_two_steps(
        "fixed",
        lambda: tr("Fixed length"),
        lambda: tr("Windows of the same length, one after the other or overlapping."),
        windows.Windows(),
        windows.analyse,
        windows.cut,
    ),
    in_two_steps(
        "beats",
        lambda: tr("Beats"),
        lambda: tr("Windows on the bars or beats of music with a steady pulse."),
        beats.Bars(),
        beats.analyse,
        beats.cut,
    ),
    in_two_steps(
        "structure",
        lambda: tr("Structure"),
        lambda: tr("Sections or phrases of music, where timbre and harmony change."),
        structure.Sections(),
        structure.analyse,
        structure.cut,
    ),
):
    METHODS.add(_method.name, _method)
