"""Reads CVAT's "Generic TSV 1.0" for audio: intervals with a label, a source, a score and attributes.

CVAT documentation, "Generic TSV": `id filename start stop label source score`, then one column for each attribute;
only start, stop and label are needed; times are `HH:MM:SS.fraction`.
"""

import math
from pathlib import Path

from annotator.domain.errors import AnnotatorError
from annotator.domain.timeline import parse_clock
from annotator.domain.translation import tr
from annotator.exchange.bundle import Findings, Imported, ImportedSegment
from annotator.exchange.labelled import REFERENCE, Answers, Stretch, scheme_of
from annotator.exchange.table import Row, read_table
from annotator.exchange.textfile import first_text
from annotator.exchange.timed import possible

TIER = "cvat"

_NEEDED = ("start", "stop", "label")
_KNOWN = frozenset({"id", "filename", "start", "stop", "label", "source", "score"})
_TEXT = frozenset({"text", "transcript", "transcription"})
_SPEAKER = frozenset({"speaker", "speaker_id"})


def read_cvat(path: Path) -> Imported:
    """Intervals as segments; labels and attributes as answers of the rater `reference`, scheme `cvat`.

    An attribute called transcript, transcription or text is the segment's text, one called speaker its speaker.
    Intervals that a model drew (`source` auto) are answers of the rater `cvat auto`. Raises `AnnotatorError` where a
    column is missing or no row is usable.
    """
    findings = Findings()
    table = read_table(path, findings)
    missing = [name for name in _NEEDED if name not in table.columns]
    if missing:
        raise AnnotatorError(
            tr('{path} has no column "{column}".', path=path, column=missing[0]),
            tr("A table of CVAT has the columns {names}.", names=", ".join(_NEEDED)),
        )
    attributes = [name for name in table.columns if name and name not in _KNOWN]
    answers = Answers(findings, "cvat")
    segments: list[ImportedSegment] = []
    for row in table.rows:
        file = row.get("filename") or path.stem
        times = _times(row, findings)
        if times is None:
            continue
        told = {name: row.get(name) for name in attributes}
        text = next((told[name] for name in attributes if name.lower() in _TEXT and told[name]), "")
        speaker = next((told[name] for name in attributes if name.lower() in _SPEAKER and told[name]), "")
        stretch = Stretch(file, *times)
        segments.append(ImportedSegment(file, *times, text, speaker, row.line))
        rater = "cvat auto" if row.get("source").lower() == "auto" else REFERENCE
        for item, value in {"label": row.get("label"), **told}.items():
            if value and item.lower() not in _TEXT | _SPEAKER:
                answers.add(stretch, rater, item, value, row=row.line, confidence=_score(row.get("score")))
    if not segments:
        raise AnnotatorError(tr("No row of {path} can be used.", path=path), " ".join(findings.dropped[:3]))
    return Imported(
        (*segments,),
        answers.ratings(),
        schemes=scheme_of("cvat", answers, findings),
        warnings=findings.warnings,
        dropped=findings.dropped,
        raters={REFERENCE: "reference", "cvat auto": "machine"},
        tier=TIER,
    )


def _times(row: Row, findings: Findings) -> tuple[float, float] | None:
    try:
        start, end = parse_clock(row.get("start")), parse_clock(row.get("stop"))
    except AnnotatorError as error:
        findings.drop(row.line, error.message)
        return None
    return (start, end) if possible(start, end, row.get("label"), findings, row.line) else None


def _score(text: str) -> float | None:
    try:
        score = float(text)
    except ValueError:
        return None
    return score if math.isfinite(score) else None


def is_cvat(path: Path) -> bool:
    """Whether a table has the columns of CVAT."""
    head = first_text(path).split("\n")[0]
    names = {name.strip().strip('"') for name in head.split("\t")}
    return names.issuperset(_NEEDED)
