"""Sentences: found in text, and timed by the words or cues of a transcript.

Sentence ends are found by BlingFire (Microsoft, MIT licence), which knows abbreviations, numbers and quotations and
works in many languages.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

CUE_REACH = 0.5
"""Seconds within which the edge of a cue is right."""
WORD_REACH = 0.3
"""Seconds within which the edge of a word is right."""
INSIDE_REACH = 1.0
"""Seconds within which a place within a cue is right that was found by counting characters."""

_BREAK = 4.0  # seconds without a cue across which no sentence goes on


@dataclass(frozen=True, slots=True)
class Cue:
    """A piece of a timed transcript, in seconds; `words` are (start, end, text) of those that have a time."""

    start: float
    end: float
    text: str
    speaker: str = ""
    words: tuple[tuple[float, float, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with its times in seconds, and how far off, in seconds, each of them may be."""

    start: float
    end: float
    text: str
    speaker: str = ""
    start_reach: float = 0.0
    end_reach: float = 0.0


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Where the sentences of a text stand in it: (first character, character after the last).

    A blank line always ends a sentence; other line breaks do not.

    >>> text = "Dr. Smith paid $3.50. He left!"
    >>> [text[a:b] for a, b in split_sentences(text)]
    ['Dr. Smith paid $3.50.', 'He left!']
    """
    from blingfire import text_to_sentences_and_offsets

    # Its own breaks at line ends are prevented: texts are often wrapped.
    flat = text.replace("\r", " ").replace("\0", " ")
    found: list[tuple[int, int]] = []
    start = 0
    for paragraph in flat.split("\n\n"):
        if paragraph.strip():
            _, offsets = text_to_sentences_and_offsets(paragraph.replace("\n", " "))
            found += [(start + a, start + b) for a, b in offsets if paragraph[a:b].strip()]
        start += len(paragraph) + 2
    return [_trimmed(flat, a, b) for a, b in found]


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    inside = text[start:end]
    return start + len(inside) - len(inside.lstrip()), end - len(inside) + len(inside.rstrip())


def timed_sentences(cues: Iterable[Cue]) -> list[Sentence]:
    """The sentences of a timed transcript, in order of their starts.

    Cues of one speaker that follow one another are read as one text. A sentence that begins or ends where a timed
    word or a cue does has its time; one that begins or ends within a cue is timed in proportion to the characters.

    >>> first = Cue(0.0, 4.0, "It rained. We stayed")
    >>> [(s.start, round(s.end, 1), s.text) for s in timed_sentences([first, Cue(4.0, 5.0, "at home.")])]
    [(0.0, 2.0, 'It rained.'), (2.2, 5.0, 'We stayed at home.')]
    """
    found = [sentence for run in _runs(cues) for sentence in _of_run(run)]
    return sorted(found, key=lambda sentence: (sentence.start, sentence.end))


def _runs(cues: Iterable[Cue]) -> list[list[Cue]]:
    """Cues grouped by who speaks, without long silence between; speakers may take turns cue by cue."""
    runs: list[list[Cue]] = []
    for cue in sorted(cues, key=lambda cue: cue.start):
        if runs and runs[-1][-1].speaker == cue.speaker and cue.start - runs[-1][-1].end < _BREAK:
            runs[-1].append(cue)
        else:
            runs.append([cue])
    return runs


@dataclass(frozen=True, slots=True)
class _Anchor:
    """A character of the text whose time is known, to within `reach` seconds."""

    character: int
    time: float
    reach: float


def _of_run(cues: Sequence[Cue]) -> list[Sentence]:
    text = " ".join(cue.text for cue in cues)
    anchors: list[_Anchor] = []
    position = 0
    for cue in cues:
        anchors += _anchors(cue, position)
        position += len(cue.text) + 1
    characters = np.array([anchor.character for anchor in anchors])
    times = np.maximum.accumulate([anchor.time for anchor in anchors])
    reaches = {anchor.character: anchor.reach for anchor in anchors}
    sentences = []
    for start, end in split_sentences(text):
        begun, ended = np.interp((start, end), characters, times).tolist()
        reach = (reaches.get(start, INSIDE_REACH), reaches.get(end, INSIDE_REACH))
        if ended > begun:
            sentences.append(Sentence(begun, ended, text[start:end], cues[0].speaker, *reach))
    return sentences


def _anchors(cue: Cue, position: int) -> list[_Anchor]:
    """Known times of a cue whose text begins at `position`, strictly in the order of the characters."""
    anchors: list[_Anchor] = []
    at = 0
    for start, end, word in cue.words:
        found = cue.text.find(word.strip(), at)
        # Texts and words of recognisers differ now and then; a word that is far off is another one.
        if not word.strip() or found < 0 or found - at > 40:
            continue
        at = found + len(word.strip())
        if end > start:
            anchors += [
                _Anchor(position + found, start, WORD_REACH), _Anchor(position + at, end, WORD_REACH),
            ]  # fmt: skip
    first, last = position, position + len(cue.text)
    if not anchors or anchors[0].character > first:
        anchors.insert(0, _Anchor(first, cue.start, CUE_REACH))
    if anchors[-1].character < last:
        anchors.append(_Anchor(last, cue.end, CUE_REACH))
    return [
        anchor for n, anchor in enumerate(anchors) if n == 0 or anchor.character > anchors[n - 1].character
    ]
