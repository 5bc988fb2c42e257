"""Reads Audacity's label tracks: `start<TAB>end<TAB>text`, in seconds.

Audacity Manual, "Importing and Exporting Labels": a line that begins with a backslash gives the frequencies of the
label above it; several tracks stand one after the other.
"""

from math import isfinite
from pathlib import Path

from annotator.domain.timeline import clock
from annotator.domain.translation import tr, tr_n
from annotator.exchange.bundle import Findings, Imported, ImportedSegment
from annotator.exchange.subtitles import split_speaker
from annotator.exchange.textfile import first_text, read_text
from annotator.exchange.timed import collected, possible

TIER = "labels"


def read_audacity(path: Path) -> Imported:
    """Labels over a stretch as segments, with the speaker where a text begins with `Name:`.

    Those of a point in time are no segments and are reported. Decimal commas, which old versions wrote, are read as
    points. Raises `AnnotatorError` where no line is a label.
    """
    findings = Findings()
    found: list[ImportedSegment] = []
    commas = frequencies = 0
    for row, line in enumerate(read_text(path, findings).split("\n"), start=1):
        if not line.strip():
            continue
        if line.startswith("\\"):
            frequencies += 1
            continue
        cells = line.split("\t", 2)
        try:
            start, end = (float(cell.replace(",", ".")) for cell in cells[:2])
        except ValueError:
            findings.drop(row, tr('"{text}" is no label with a time.', text=line.strip()[:60]))
            continue
        commas += sum("," in cell for cell in cells[:2])
        text = " ".join(cells[2].split()) if len(cells) > 2 else ""
        if start == end and isfinite(start):
            findings.drop(row, tr('"{text}" at {time} marks a point, which is no segment.',
                                  text=text, time=clock(start)))  # fmt: skip
        elif possible(start, end, text, findings, row):
            speaker, text = split_speaker(text)
            found.append(ImportedSegment(path.stem, start, end, text, speaker, row))
    if commas:
        findings.warn(
            tr_n("{n} time with a decimal comma was read with a point.",
                 "{n} times with a decimal comma were read with a point.", commas)
        )  # fmt: skip
    if frequencies:
        findings.warn(
            tr_n("The frequencies of {n} label were not read.", "The frequencies of {n} labels were not read.",
                 frequencies)
        )  # fmt: skip
    return collected(path, found, findings, TIER)


def is_audacity(path: Path) -> bool:
    """Whether a text file begins like a label track."""
    first = first_text(path).split("\n")[0].split("\t")
    try:
        return len(first) >= 2 and float(first[0].replace(",", ".")) <= float(first[1].replace(",", "."))
    except ValueError:
        return False
