"""The segmentation methods by name; other packages add theirs through the entry point `annotator.segmenters`."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from annotator.audio.source import AudioSource
from annotator.domain.progress import Job
from annotator.domain.registry import Registry
from annotator.domain.translation import tr
from annotator.segmentation import beats, silence, structure, vad, windows
from annotator.segmentation.activity import Activity
from annotator.segmentation.options import MethodOptions, Options
from annotator.segmentation.spans import spans_from_probabilities

Span: TypeAlias = tuple[int, int]
Analyse: TypeAlias = Callable[[AudioSource, Path | None], Job[Activity]]


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
        `(source, cache folder or None)`: the slow part of `run` alone. Its result and `spans_from_probabilities` give
        what `run` gives, at once for every change of options. `None` where a method has no such part.
    """

    name: str
    label: Callable[[], str]
    summary: Callable[[], str]
    defaults: MethodOptions
    run: Callable[[AudioSource, Any, Path | None], Job[list[Span]]]
    analyse: Analyse | None = None

    @property
    def adjustable(self) -> bool:
        """Whether its options are those that the sliders of the window know."""
        return isinstance(self.defaults, Options)

    @property
    def title(self) -> str:
        """What the method is called, for people."""
        return self.label()

    @property
    def description(self) -> str:
        """One sentence on what the method is for."""
        return self.summary()


def listening(
    name: str, label: Callable[[], str], summary: Callable[[], str], defaults: Options, analyse: Analyse
) -> Method:
    """A method that first listens (`analyse`) and then makes segments of what it heard."""

    def run(source: AudioSource, options: Options, cache: Path | None) -> Job[list[Span]]:
        activity = yield from analyse(source, cache)
        return spans_from_probabilities(activity, options)

    return Method(name, label, summary, defaults, run, analyse)


METHODS: Registry[Method] = Registry("annotator.segmenters", "segmentation method")
for _method in (
    listening(
        "silence",
        lambda: tr("Silence"),
        lambda: tr("Cuts at pauses in the level: for clean speech, and for music with breaks."),
        silence.DEFAULTS,
        silence.analyse,
    ),
    listening(
        "vad",
        lambda: tr("Speech"),
        lambda: tr(
            "Finds speech with a neural detector, also in noise and over music, and leaves all else out."
        ),
        vad.DEFAULTS,
        vad.analyse,
    ),
    Method(
        "fixed",
        lambda: tr("Fixed length"),
        lambda: tr("Windows of the same length, one after the other or overlapping."),
        windows.Windows(),
        windows.run,
    ),
    Method(
        "beats",
        lambda: tr("Beats"),
        lambda: tr("Windows on the bars or beats of music with a steady pulse."),
        beats.Bars(),
        beats.run,
    ),
    Method(
        "structure",
        lambda: tr("Structure"),
        lambda: tr("Sections or phrases of music, where timbre and harmony change."),
        structure.Sections(),
        structure.run,
    ),
):
    METHODS.add(_method.name, _method)
