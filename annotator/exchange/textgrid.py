"""Reads Praat TextGrids in the long and the short form.

Praat's manual, "TextGrid file formats": only free-standing numbers, texts in double quotes (doubled inside) and flags
in angle brackets count, and everything from a free-standing exclamation mark to the end of its line is a comment; so
both forms are one stream of values.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr
from annotator.exchange.bundle import Findings, Imported, ImportedSegment, ImportedWord
from annotator.exchange.subtitles import split_speaker
from annotator.exchange.textfile import read_text
from annotator.exchange.timed import collected, possible, utterances

_TOKEN = re.compile(
    r'(?P<text>"(?:[^"]|"")*")|(?P<comment>(?<!\S)![^\n]*)|(?P<flag><\w+>)'
    r"|(?P<number>(?<!\S)[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?%?(?!\S))|\S"
)
_WORDS = re.compile(r"(?:^|[\s_-])(?:words?|ort(?:-mau)?|wrd)$", re.IGNORECASE)
_SOUNDS = re.compile(
    r"(?:^|[\s_-])(?:phones?|phonemes?|segments?|mau|kan|kan-mau|syllables?)$", re.IGNORECASE
)
#: Answers of raters, as our own exports call them: `emotion [R1]`.
_ANSWERS = re.compile(r" \[[^]]+\](?: \d+)?$")

#: More tiers or intervals than any file holds.
_MOST = 1e9

Value = str | float


@dataclass(frozen=True, slots=True)
class _Tier:
    name: str
    entries: list[ImportedWord] = field(default_factory=list)

    @property
    def speaker(self) -> str:
        """The name without the word that says what the tier holds: `Anna - words` is Anna's."""
        return _WORDS.sub("", self.name).strip(" -_")


class _End(Exception):
    """The file ended within a tier."""


def read_textgrid(path: Path) -> Imported:
    """Intervals with a text, of all tiers but those of phonemes and points.

    A tier called `words` (or `Anna - words`) times the words of the tier with the same speaker; where there is no
    other, its words become utterances that end at pauses. Where several tiers hold utterances their names are the
    speakers. Raises `AnnotatorError` where the file is no TextGrid, ends too early or holds no text.
    """
    findings = Findings()
    values = _values(read_text(path, findings))
    try:
        if next(values) != "ooTextFile" or next(values) != "TextGrid":
            raise AnnotatorError(
                tr("{path} is no TextGrid.", path=path), tr("Save it in Praat as a text file.")
            )
        tiers = _tiers(values, findings)
    except (StopIteration, _End):
        raise AnnotatorError(
            tr("{path} is no complete TextGrid.", path=path), tr("Save it in Praat as a text file.")
        ) from None
    return collected(path, _segments(path.stem, tiers, findings), findings)


def _values(text: str) -> Iterator[Value]:
    for token in _TOKEN.finditer(text):
        if token["text"] is not None:
            yield token["text"][1:-1].replace('""', '"')
        elif token["number"] is not None:
            yield float(token["number"].rstrip("%"))
        elif token["flag"] is not None:
            yield token["flag"]


def _number(values: Iterator[Value]) -> float:
    value = next(values, None)
    if not isinstance(value, float):
        raise _End
    return value


def _count(values: Iterator[Value]) -> int:
    number = _number(values)
    if not 0 <= number < _MOST:  # not NaN either
        raise _End
    return int(number)


def _text(values: Iterator[Value]) -> str:
    value = next(values, None)
    if not isinstance(value, str):
        raise _End
    return value


def _tiers(values: Iterator[Value], findings: Findings) -> list[_Tier]:
    _number(values), _number(values)
    if _text(values) != "<exists>":
        return []
    tiers = []
    for _ in range(_count(values)):
        kind, tier = _text(values), _Tier(_text(values).strip())
        _number(values), _number(values)
        count = _count(values)
        if kind != "IntervalTier":
            for _ in range(count):
                _number(values), _text(values)
            findings.warn(tr('The tier "{tier}" holds points, which are no segments.', tier=tier.name))
            continue
        for _ in range(count):
            start, end, text = _number(values), _number(values), " ".join(_text(values).split())
            if text and possible(start, end, text, findings):
                tier.entries.append(ImportedWord(start, end, text))
        tiers.append(tier)
    return tiers


def _segments(recording: str, tiers: list[_Tier], findings: Findings) -> list[ImportedSegment]:
    answers = [tier for tier in tiers if _ANSWERS.search(tier.name)]
    if answers:
        names = ", ".join(tier.name for tier in answers)
        findings.warn(tr("Tiers of answers were left out: {names}.", names=names))
        tiers = [tier for tier in tiers if tier not in answers]
    sounds = [tier for tier in tiers if _SOUNDS.search(tier.name)]
    if sounds:
        names = ", ".join(tier.name for tier in sounds)
        findings.warn(tr("Tiers of sounds were left out: {names}.", names=names))
    words = [tier for tier in tiers if _WORDS.search(tier.name)]
    spoken = [tier for tier in tiers if tier not in sounds and tier not in words and tier.entries]
    segments: list[ImportedSegment] = []
    for tier in spoken:
        timing = next((other for other in words if other.speaker in (tier.name, "")), None)
        segments += _spoken(recording, tier, timing, several=len(spoken) > 1)
    if not spoken:
        for tier in words:
            segments += utterances(tier.entries, recording, tier.speaker)
    return segments


def _spoken(recording: str, tier: _Tier, timing: _Tier | None, *, several: bool) -> Iterator[ImportedSegment]:
    for entry in tier.entries:
        speaker, text = split_speaker(entry.text)
        within = tuple(
            word
            for word in (timing.entries if timing else ())
            if entry.start_seconds <= (word.start_seconds + word.end_seconds) / 2 < entry.end_seconds
        )
        if text:
            name = speaker or (tier.name if several else "")
            yield ImportedSegment(recording, entry.start_seconds, entry.end_seconds, text, name, words=within)
