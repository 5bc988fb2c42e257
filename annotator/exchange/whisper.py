"""Reads what Whisper and its relatives (whisper.cpp's full output apart) write: `segments[]` with text and times."""

from pathlib import Path
from typing import Any

from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr
from annotator.exchange.bundle import Findings, Imported, ImportedSegment, ImportedWord
from annotator.exchange.jsonfile import list_in, number_in, read_json
from annotator.exchange.subtitles import split_speaker
from annotator.exchange.timed import collected, possible


def read_whisper(path: Path) -> Imported:
    """Segments with their text, words and speakers.

    Words need not all be timed (aligners leave numerals out). Segments without text or times are left out and
    reported. Raises `AnnotatorError` where the file is no JSON or holds no usable segment.
    """
    findings = Findings()
    content = read_json(path, findings)
    entries = content.get("segments") if isinstance(content, dict) else content
    if not isinstance(entries, list):
        raise AnnotatorError(
            tr('{path} holds no list "segments".', path=path),
            tr("Export the transcript as JSON with segments, or as SRT."),
        )
    found = (
        _segment(entry, f"{tr('segment {n}', n=number)}", path.stem, findings)
        for number, entry in enumerate(entries, start=1)
    )
    return collected(path, [segment for segment in found if segment is not None], findings)


def _segment(entry: Any, name: str, recording: str, findings: Findings) -> ImportedSegment | None:
    if not isinstance(entry, dict) or number_in(entry, "start") is None or number_in(entry, "end") is None:
        findings.drop(0, tr('"{text}" has no possible time.', text=name))
        return None
    start, end = float(entry["start"]), float(entry["end"])
    speaker, text = split_speaker(" ".join(str(entry.get("text") or "").split()))
    if not text:
        findings.drop(0, tr('"{text}" has no text.', text=name))
        return None
    if not possible(start, end, text, findings):
        return None
    words = tuple(
        ImportedWord(float(word["start"]), float(word["end"]), spoken)
        for word in list_in(entry, "words")
        if number_in(word, "start") is not None
        and number_in(word, "end") is not None
        and (spoken := str(word.get("word") or word.get("text") or "").strip())
    )
    return ImportedSegment(recording, start, end, text, str(entry.get("speaker") or speaker), words=words)
