"""Segments from a text without times: its sentences found in the recording, and what is in only one of the two."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotator.audio.source import AudioSource
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job
from annotator.domain.translation import tr
from annotator.segmentation.activity import Activity
from annotator.segmentation.alignment import HOP, Frames, Place, Spoken, align, fit, listen, speak
from annotator.segmentation.sentences import Sentence, split_sentences
from annotator.segmentation.snapping import LISTENING, pauses, snapped
from annotator.segmentation.spans import spans_within
from annotator.segmentation.spectrum import RATE
from annotator.segmentation.voice import engine

REACH = 0.3
"""Seconds within which an aligned boundary is right."""
UNSURE = 0.1
"""Confidence below which a sentence is marked."""

_TOO_LONG = 3.0  # times as long as the speech that the engine takes for the text
_DOUBTFUL = 0.5  # median confidence below which it is asked whether the text is the recording's at all
_FITS = 0.015  # what the text saves over nonsense of its sounds where it is the recording's: others save up to 0.009
_ASKED = 600.0  # seconds from the start that this is asked of
_UNTRANSCRIBED = 1.0  # seconds of speech without text that are marked


@dataclass(frozen=True, slots=True)
class Found:
    """A segment in seconds; `status` is empty, `unsure`, or `untranscribed` (speech that is not in the text)."""

    start: float
    end: float
    text: str = ""
    speaker: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class Located:
    """Segments in order of time, the sentences that were not found, and the median confidence of all of them."""

    spans: tuple[Found, ...]
    missing: tuple[str, ...]
    confidence: float


def sentences_of(text: str, name: str) -> list[Sentence]:
    """The sentences of a plain text, times at 0; a line that begins `Name:` gives the speaker from there on.

    Raises `AnnotatorError` where it has no word.
    """
    sentences = []
    speaker = ""
    for paragraph in _turns(text):
        prefix, spoken = paragraph
        speaker = prefix or speaker
        sentences += [
            Sentence(0.0, 0.0, " ".join(spoken[a:b].split()), speaker)
            for a, b in split_sentences(spoken)
            if any(character.isalnum() for character in spoken[a:b])
        ]
    if not sentences:
        raise AnnotatorError(tr("The transcript of {name} has no sentence.", name=name))
    return sentences


def _turns(text: str) -> list[tuple[str, str]]:
    """Pieces of text with the name before each, where a line begins with one."""
    turns: list[tuple[str, str]] = [("", "")]
    for line in text.split("\n"):
        name, colon, rest = line.partition(":")
        words = name.split()
        named = (
            colon
            and 1 <= len(words) <= 3
            and all(word[:1].isalpha() and not word[0].islower() for word in words)
        )
        if named and (not rest or rest[0].isspace()):
            turns.append((name.strip(), rest.strip()))
        else:
            turns[-1] = (turns[-1][0], turns[-1][1] + "\n" + line)
    return turns


def locate(
    source: AudioSource,
    activity: Activity,
    sentences: Sequence[Sentence],
    language: str,
    stretch: tuple[int, int] | None = None,
) -> Job[Located]:
    """Looks for the sentences of a text in a recording.

    Parameters
    ----------
    activity
        What the voice detector heard in the recording.
    language
        As the voice engine calls it.
    stretch
        Samples [start, end) of the recording in which to look; all of it where none is given.

    Raises
    ------
    AnnotatorError
        Where there is no speech, the text is far longer than it, or hardly a sentence fits the sound.
    """
    name = source.path.name
    speech = [
        (a / activity.sample_rate, b / activity.sample_rate)
        for a, b in spans_within(activity, LISTENING, stretch)
    ]
    spoken_seconds = sum(end - start for start, end in speech)
    if not speech:
        raise AnnotatorError(tr("No speech was found in {name}.", name=name))
    spoken = yield from speak([sentence.text for sentence in sentences], language, engine(), name)
    if spoken.seconds > _TOO_LONG * spoken_seconds:
        raise AnnotatorError(
            tr(
                "The transcript is too long for {name}: {text:.0f} s to read for {sound:.0f} s of speech.",
                name=name, text=spoken.seconds, sound=spoken_seconds,
            ),
            tr("Give the text of this recording only."),
        )  # fmt: skip
    heard, speaking = yield from listen(source, activity)
    first, last = (
        round(sample * RATE / (HOP * activity.sample_rate)) for sample in stretch or (0, activity.samples)
    )
    found = yield from align(heard[first:last], speaking[first:last], spoken, name)
    places = [place.later(first * HOP / RATE) for place in found]
    confidence = float(np.median([place.confidence for place in places]))
    if confidence < _DOUBTFUL and not (
        yield from _fits(heard[first:last], speaking[first:last], spoken, found, name)
    ):
        raise AnnotatorError(
            tr("The transcript does not fit {name}: hardly a sentence of it was recognised.", name=name),
            tr('Is it the text of this recording, and is "{language}" its language (--language)?', language=language),
        )  # fmt: skip
    spans, missing = _described(sentences, places, speech, activity)
    return Located(spans, missing, confidence)


def _fits(
    heard: Frames, speaking: NDArray[np.bool_], spoken: Spoken, places: Sequence[Place], name: str
) -> Job[bool]:
    """Whether a text is that of a recording; of a long one, the first ten minutes are enough."""
    asked = round(_ASKED * RATE / HOP)
    begun = [n for n, place in enumerate(places) if place.start is not None and place.start < _ASKED]
    if not begun:
        return False
    saved = yield from fit(heard[:asked], speaking[:asked], spoken.first(begun[-1] + 1), name)
    return saved >= _FITS


def _described(
    sentences: Sequence[Sentence],
    places: Sequence[Place],
    speech: Sequence[tuple[float, float]],
    activity: Activity,
) -> tuple[tuple[Found, ...], tuple[str, ...]]:
    """Segments with what they are, and the sentences without one."""
    placed = [
        (Sentence(place.start, place.end, one.text, one.speaker, REACH, REACH), place.confidence)
        for one, place in zip(sentences, places, strict=True)
        if place.start is not None and place.end is not None
    ]
    settled = snapped([sentence for sentence, _ in placed], pauses(activity))
    found = [
        Found(one.start, one.end, one.text, one.speaker, "unsure" if confidence < UNSURE else "")
        for one, (_, confidence) in zip(settled, placed, strict=True)
    ]
    missing = tuple(one.text for one, place in zip(sentences, places, strict=True) if place.start is None)
    extra = [
        Found(start, end, status="untranscribed")
        for start, end in _without(speech, [(one.start, one.end) for one in found])
        if end - start >= _UNTRANSCRIBED
    ]
    return tuple(sorted((*found, *extra), key=lambda one: one.start)), missing


def _without(
    spans: Sequence[tuple[float, float]], taken: Sequence[tuple[float, float]]
) -> list[tuple[float, float]]:
    """What is left of spans where others are not; both sorted and each without overlap.

    >>> _without([(0, 5), (6, 9)], [(1, 2), (4, 7)])
    [(0, 1), (2, 4), (7, 9)]
    """
    left = []
    for start, end in spans:
        for begin, stop in taken:
            if stop <= start or begin >= end:
                continue
            if begin > start:
                left.append((start, begin))
            start = max(start, stop)
        if start < end:
            left.append((start, end))
    return left
