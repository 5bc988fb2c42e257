"""Reads subtitles: SubRip (`.srt`) and WebVTT (`.vtt`), as people and speech recognisers write them.

References: W3C, WebVTT: The Web Video Text Tracks Format. SubRip has no standard: this reads what is around.
"""

import html
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from annotator.domain.errors import AnnotatorError
from annotator.domain.timeline import clock
from annotator.domain.translation import tr, tr_n
from annotator.exchange.bundle import Findings, Imported, ImportedSegment
from annotator.exchange.textfile import read_text

_ARROW = "-->"
_TIME = r"(?:(?P<h{0}>\d{{1,6}}):)?(?P<m{0}>\d{{1,3}}):(?P<s{0}>[0-5]?\d)(?:[.,](?P<f{0}>\d+))?"
_TIMING = re.compile(rf"\s*{_TIME.format(1)}\s*-->\s*{_TIME.format(2)}(?:\s.*)?$")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)*\s+(?P<name>[^>]*)>", re.IGNORECASE)
#: Tags and time stamps inside a cue, and `{\an8}` positions; not "a < b" or "<3".
_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<\d+:[\d:.]+>|\{\\[^{}]*\}")
_WORD = r"[^\W\d_][\w'’.-]*"
_PREFIX = re.compile(rf"(?:[-–—>]+\s*)?\[?(?P<name>{_WORD}(?: {_WORD}){{0,2}}(?: \d+)?)\]?\s?:(?:\s+|$)")
_WEBVTT_BLOCKS = re.compile(r"(?:NOTE|STYLE|REGION)(?:\s|$)")


@dataclass(frozen=True, slots=True)
class _Cue:
    line: int
    timing: str
    text: list[str]


def read_srt(path: Path) -> Imported:
    """Segments of a SubRip file; see `read_vtt`."""
    findings = Findings()
    lines = read_text(path, findings).split("\n")
    return _imported(path, _cues(lines, 1, findings, webvtt=False), findings, webvtt=False)


def read_vtt(path: Path) -> Imported:
    """Segments of a WebVTT file, sorted by start, text without tags, speakers from `<v Name>` or `Name:`.

    Cues of no length or whose end comes first are left out; overlapping cues are kept; both are reported.
    Raises `AnnotatorError` where the file is no WebVTT or holds no usable cue.
    """
    findings = Findings()
    lines = read_text(path, findings).split("\n")
    if not re.match(r"WEBVTT(?:\s|$)", lines[0]):
        raise AnnotatorError(
            tr("{path} does not begin with WEBVTT.", path=path),
            tr("If it is a SubRip file, import it as srt."),
        )
    header = next(
        (number for number, line in enumerate(lines) if not line.strip() or _ARROW in line), len(lines)
    )
    return _imported(path, _cues(lines[header:], header + 1, findings, webvtt=True), findings, webvtt=True)


def _cues(lines: list[str], first: int, findings: Findings, *, webvtt: bool) -> list[_Cue]:
    """Cues in the file's order. A blank line ends a cue, except that SubRip texts may hold blank lines."""
    cues: list[_Cue] = []
    blocks = list(_blocks(lines, first))
    for (start, block), following in zip_longest(blocks, blocks[1:], fillvalue=(0, [""])):
        if webvtt and _WEBVTT_BLOCKS.match(block[0]):
            continue
        arrows = [number for number, line in enumerate(block) if _ARROW in line]
        if arrows:
            _report_stray(start, block[: arrows[0]], findings, webvtt=webvtt)
            cues.extend(_block_cues(start, block, arrows))
        elif _is_number(block) and _ARROW in following[1][0]:
            continue  # the number of a cue, cut off from it by a blank line
        elif cues and not webvtt:
            cues[-1].text.extend(block)
            findings.warn(tr("Line {line}: text after a blank line was added to the cue before.", line=start))
        else:
            _report_stray(start, [*block, ""], findings, webvtt=webvtt)
    return cues


def _block_cues(start: int, block: list[str], arrows: list[int]) -> Iterator[_Cue]:
    """The cues of one block; without a blank line between two, the number of the second ends the text of the first."""
    for arrow, end in zip(arrows, [*arrows[1:], len(block)], strict=True):
        text = block[arrow + 1 : end]
        if end < len(block) and _is_number(text[-1:]):
            text = text[:-1]
        yield _Cue(start + arrow, block[arrow], text)


def _is_number(lines: list[str]) -> bool:
    return len(lines) == 1 and lines[0].strip().isdecimal()


def _report_stray(start: int, lead: list[str], findings: Findings, *, webvtt: bool) -> None:
    """Reports the lines before a timing, of which the last may name or number the cue."""
    stray = lead[:-1] if webvtt or _is_number(lead[-1:]) else lead
    if stray:
        text = " ".join(line.strip() for line in stray)
        findings.drop(
            start, tr('text without a time: "{text}".', text=text if len(text) <= 60 else text[:57] + "...")
        )


def _blocks(lines: list[str], first: int) -> Iterator[tuple[int, list[str]]]:
    """Runs of lines that are not blank, each with the number of its first line."""
    block: list[str] = []
    for number, line in enumerate([*lines, ""], start=first):
        if line.strip():
            block.append(line)
        elif block:
            yield number - len(block), block
            block = []


def _imported(path: Path, cues: list[_Cue], findings: Findings, *, webvtt: bool) -> Imported:
    segments = [
        found for cue in cues if (found := _segment(cue, path.stem, findings, webvtt=webvtt)) is not None
    ]
    if not segments:
        hint = " ".join(findings.dropped[:3])
        raise AnnotatorError(tr("{path} holds no cue that can be used.", path=path), hint)
    ordered = sorted(segments, key=lambda segment: segment.start_seconds)
    if ordered != segments:
        findings.warn(tr("The cues were not in the order of their times and were sorted."))
    _report_overlaps(ordered, findings)
    _report_speakers(ordered, findings)
    return Imported((*ordered,), (), findings.warnings, findings.dropped)


def _segment(cue: _Cue, recording: str, findings: Findings, *, webvtt: bool) -> ImportedSegment | None:
    timing = _TIMING.match(cue.timing)
    if timing is None:
        findings.drop(cue.line, tr('"{timing}" is not a time.', timing=cue.timing.strip()[:60]))
        return None
    start, end = _seconds(timing, 1), _seconds(timing, 2)
    if start >= end:
        problem = tr("the cue has no length.") if start == end else tr("the cue ends before it starts.")
        findings.drop(cue.line, problem)
        return None
    speaker, text = _spoken(cue, findings, webvtt=webvtt)
    return ImportedSegment(recording, start, end, text, speaker, cue.line)


def _seconds(timing: re.Match[str], which: int) -> float:
    """A time of the timing line; the decimal point is where the text has it, so 1,5 is one and a half."""
    hours, minutes, seconds, fraction = (timing[f"{part}{which}"] or "0" for part in "hmsf")
    return float(f"{int(hours) * 3600 + int(minutes) * 60 + int(seconds)}.{fraction}")


def _spoken(cue: _Cue, findings: Findings, *, webvtt: bool) -> tuple[str, str]:
    """(speaker, text) of a cue; no speaker where it has several, whose names then stay in the text."""
    raw = " ".join(line.strip() for line in cue.text if line.strip())
    voices = list(dict.fromkeys(match["name"].strip() for match in _VOICE.finditer(raw)))
    if len(voices) > 1:
        raw = _VOICE.sub(lambda match: f" {match['name'].strip()}: ", raw)
    prefixes = [match for line in cue.text if (match := _prefix(_plain(line, webvtt=webvtt)))]
    text = _plain(raw, webvtt=webvtt)
    if len(voices) > 1 or (not voices and len({match["name"] for match in prefixes}) > 1):
        findings.warn(tr("Line {line}: several speakers in one cue; split the segment.", line=cue.line))
        return "", text
    if voices:
        return html.unescape(voices[0]), text
    return split_speaker(text)


def split_speaker(text: str) -> tuple[str, str]:
    """Speaker and text of a line that may begin with `Name:`.

    >>> split_speaker("Dr. Smith: Hello."), split_speaker("So he said: come.")
    (('Dr. Smith', 'Hello.'), ('', 'So he said: come.'))
    """
    first = _prefix(text)
    return (first["name"], text[first.end() :]) if first else ("", text)


def _prefix(line: str) -> re.Match[str] | None:
    """The match of a leading `Name:`, each word of it capitalised where the script knows capitals.

    >>> [bool(_prefix(text)) for text in ("Dr. Smith: Hello", "- ANNA: Yes", "So he said: come", "At 10:30")]
    [True, True, False, False]
    """
    match = _PREFIX.match(line)
    return match if match and not any(word[0].islower() for word in match["name"].split()) else None


def _plain(text: str, *, webvtt: bool) -> str:
    """Text without tags; WebVTT writes `&`, `<` and `>` as entities, SubRip as they are."""
    text = _TAG.sub("", text)
    if webvtt:
        text = html.unescape(text)
    return " ".join(text.split())


def _report_overlaps(segments: list[ImportedSegment], findings: Findings) -> None:
    ends = 0.0
    overlapping = []
    for segment in segments:
        if segment.start_seconds < ends:
            overlapping.append(segment)
        ends = max(ends, segment.end_seconds)
    if overlapping:
        findings.warn(
            tr_n(
                "{n} cue begins before another has ended, at {times}.",
                "{n} cues begin before another has ended, the first at {times}.",
                len(overlapping),
                times=clock(overlapping[0].start_seconds),
            )
        )


def _report_speakers(segments: list[ImportedSegment], findings: Findings) -> None:
    counts = Counter(segment.speaker for segment in segments if segment.speaker)
    if counts:
        names = ", ".join(f"{name} ({count})" for name, count in counts.most_common())
        findings.warn(tr("Speakers were read from the text: {names}.", names=names))
