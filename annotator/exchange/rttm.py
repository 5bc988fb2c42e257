"""Reads RTTM, who speaks when: `SPEAKER file channel start duration <NA> <NA> name <NA> <NA>`.

NIST, "The 2009 (RT-09) Rich Transcription Meeting Recognition Evaluation Plan", appendix A.
"""

from collections import Counter
from pathlib import Path

from annotator.domain.translation import tr
from annotator.exchange.bundle import Findings, Imported, ImportedSegment
from annotator.exchange.textfile import read_text
from annotator.exchange.timed import collected, possible

TIER = "speakers"

_NONE = "<NA>"


def read_rttm(path: Path) -> Imported:
    """Turns of speakers as segments without text; other kinds of line are counted in the warnings.

    Raises `AnnotatorError` where no line is a turn.
    """
    findings = Findings()
    found: list[ImportedSegment] = []
    other: Counter[str] = Counter()
    for row, line in enumerate(read_text(path, findings).split("\n"), start=1):
        fields = line.split()
        if not fields or fields[0].startswith(";"):
            continue
        kind = fields[0].upper()
        if kind != "SPEAKER":
            # Everything else a person could have written there is a kind that the plan names.
            if kind.replace("-", "").replace("_", "").isalpha() and len(fields) >= 9:
                other[kind] += 1
            else:
                findings.drop(row, tr('"{text}" is no turn of a speaker.', text=line.strip()[:60]))
            continue
        try:
            name, start, length = fields[1], float(fields[3]), float(fields[4])
            speaker = fields[7]
        except (ValueError, IndexError):
            findings.drop(row, tr('"{text}" is no turn of a speaker.', text=line.strip()[:60]))
            continue
        if possible(start, start + length, speaker, findings, row):
            speaker = "" if speaker == _NONE else speaker
            found.append(ImportedSegment(name, start, start + length, "", speaker, row))
    for kind, n in sorted(other.items()):
        findings.warn(tr("Not read: {n} of the kind {kind}.", n=n, kind=kind))
    return collected(path, found, findings, TIER)
