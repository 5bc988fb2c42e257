"""Reads ELAN's annotation files (`.eaf`), versions 2.7 to 3.0.

Reference: Max Planck Institute for Psycholinguistics, EAF annotation format 3.0 and ELAN.
"""

import re
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

from annotator.domain.translation import tr
from annotator.exchange.bundle import Findings, Imported, ImportedSegment, ImportedWord
from annotator.exchange.subtitles import split_speaker
from annotator.exchange.timed import collected, possible
from annotator.exchange.xmlfile import read_xml

_WHOLE = re.compile(r"-?[0-9]{1,15}")


def read_elan(path: Path) -> Imported:
    """Annotations of the independent tiers; words of the tiers that subdivide them in time.

    The speaker is the tier's participant, else its name where there are several tiers. Slots without a time lie
    evenly between their neighbours. Tiers of other kinds are left out and named. The recording is the first linked
    medium. Raises `AnnotatorError` where the file is no ELAN file or holds no text with a time.
    """
    findings = Findings()
    root = read_xml(path, "ANNOTATION_DOCUMENT", "ELAN")
    times = _times(root)
    tiers = root.findall("TIER")
    independent = [tier for tier in tiers if not tier.get("PARENT_REF")]
    spoken = [tier for tier in independent if tier.find("ANNOTATION/ALIGNABLE_ANNOTATION") is not None]
    words: dict[str, list[ImportedWord]] = {}
    left_out = []
    for tier in tiers:
        parent = tier.get("PARENT_REF")
        if parent and parent not in words and tier.find("ANNOTATION/ALIGNABLE_ANNOTATION") is not None:
            words[parent] = _entries(tier, times, findings)
        elif tier not in spoken and tier.find("ANNOTATION") is not None:
            left_out.append(str(tier.get("TIER_ID")))
    if left_out:
        names = ", ".join(left_out)
        findings.warn(tr("Tiers that depend on others without times were left out: {names}.", names=names))
    segments = []
    for tier in spoken:
        name = str(tier.get("TIER_ID") or "")
        speaker = tier.get("PARTICIPANT") or (name if len(spoken) > 1 else "")
        for entry in _entries(tier, times, findings):
            prefix, text = split_speaker(entry.text)
            within = tuple(
                word
                for word in words.get(name, ())
                if entry.start_seconds <= (word.start_seconds + word.end_seconds) / 2 < entry.end_seconds
            )
            if text:
                segments.append(
                    ImportedSegment(
                        _medium(root) or path.stem,
                        entry.start_seconds,
                        entry.end_seconds,
                        text,
                        prefix or speaker,
                        words=within,
                    )
                )
    return collected(path, segments, findings)


def _times(root: ElementTree.Element) -> dict[str, float]:
    """Seconds of every time slot, in the order of the file."""
    unit = 1.0
    header = root.find("HEADER")
    if header is None or header.get("TIME_UNITS", "milliseconds") == "milliseconds":
        unit = 0.001
    slots = [(str(slot.get("TIME_SLOT_ID")), slot.get("TIME_VALUE")) for slot in root.iter("TIME_SLOT")]
    known = [n for n, (_, value) in enumerate(slots) if value is not None and _WHOLE.fullmatch(value)]
    times = {slots[n][0]: int(str(slots[n][1])) * unit for n in known}
    for first, last in pairwise(known):
        start, end = times[slots[first][0]], times[slots[last][0]]
        for n in range(first + 1, last):
            times[slots[n][0]] = start + (end - start) * (n - first) / (last - first)
    return times


def _entries(tier: ElementTree.Element, times: dict[str, float], findings: Findings) -> list[ImportedWord]:
    entries = []
    for entry in tier.iterfind("ANNOTATION/ALIGNABLE_ANNOTATION"):
        text = " ".join((entry.findtext("ANNOTATION_VALUE") or "").split())
        start, end = (
            times.get(str(entry.get(name)), float("nan")) for name in ("TIME_SLOT_REF1", "TIME_SLOT_REF2")
        )
        if text and possible(start, end, text, findings):
            entries.append(ImportedWord(start, end, text))
    return entries


def _medium(root: ElementTree.Element) -> str:
    """File name of the first linked medium, empty where none is linked."""
    medium = root.find("HEADER/MEDIA_DESCRIPTOR")
    if medium is None:
        return ""
    address = medium.get("RELATIVE_MEDIA_URL") or medium.get("MEDIA_URL") or ""
    return unquote(address).replace("\\", "/").rsplit("/", 1)[-1]
