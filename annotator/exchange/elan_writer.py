"""Writes an ELAN file (EAF 3.0) for each recording.

Reference: Max Planck Institute for Psycholinguistics, EAF annotation format 3.0 and ELAN. An independent tier for each
speaker holds the text; below it, associated with its annotations, a tier for each rater and item with the attribute
`ANNOTATOR`, and one for what is settled. Times are whole milliseconds.
"""

import posixpath
import re
from collections.abc import Sequence
from itertools import count
from pathlib import Path, PurePosixPath
from urllib.parse import quote
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from annotator.domain.corpus import Recording, Segment
from annotator.domain.progress import Job, Progress
from annotator.domain.translation import tr
from annotator.exchange.bundle import ExportData, ExportOptions, ExportResult
from annotator.exchange.layers import Layer, layers, unique_names
from annotator.exchange.tables import write_tables
from annotator.exchange.textgrid_writer import voices
from annotator.exchange.writing import Export, Written, lanes, write_export

_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_NOT_IN_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TEXT, _ANSWER = "text", "answer"
_SOUNDS = {".wav": "audio/x-wav", ".mp3": "audio/mpeg", ".mp4": "video/mp4", ".m4a": "audio/mp4"}
#: A file must say when it was made; the same corpus gives the same bytes, so this says nothing.
_NO_DATE = "1970-01-01T00:00:00+00:00"

_LAYOUT = (
    "An ELAN file for each recording, named like it: a tier of text for each speaker and below it `ITEM [RATER]` for"
    " each rater's answers and `ITEM [consensus]` for what was settled. High values are pleasant, excited or dominant."
    " The tables join everything by segment."
)


def write_elan(data: ExportData, out: Path, options: ExportOptions) -> Job[ExportResult]:
    """Writes an `.eaf` for each recording, and tables of ratings, consensus and splits, into the folder `out`."""
    return (yield from write_export("elan", data, out, options, _write))


def _write(export: Export, folder: Path) -> Job[Written]:
    for done, (recording, stem, segments) in enumerate(export.documents()):
        yield Progress(done, len(export.recordings), tr("Writing {name}", name=f"{stem.name}.eaf"))
        path = folder / f"{stem}.eaf"
        path.parent.mkdir(parents=True, exist_ok=True)
        root = _document(export, recording, stem, segments)
        ElementTree.indent(root)
        path.write_bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n")
    yield from write_tables(export, folder, "segments", "ratings", "consensus", "splits")
    return Written((_LAYOUT,))


def _document(
    export: Export, recording: Recording, stem: PurePosixPath, segments: Sequence[Segment]
) -> Element:
    root = Element("ANNOTATION_DOCUMENT", AUTHOR="", DATE=_NO_DATE, FORMAT="3.0", VERSION="3.0")
    root.set(f"{{{_XSI}}}noNamespaceSchemaLocation", "http://www.mpi.nl/tools/elan/EAFv3.0.xsd")
    ElementTree.register_namespace("xsi", _XSI)
    header = SubElement(root, "HEADER", MEDIA_FILE="", TIME_UNITS="milliseconds")
    path = export.paths[recording.id]
    nearby = quote(posixpath.relpath(path, str(stem.parent)))
    SubElement(
        header,
        "MEDIA_DESCRIPTOR",
        MEDIA_URL=f"file:./{nearby}",
        MIME_TYPE=_SOUNDS.get(PurePosixPath(path).suffix.lower(), "unknown"),
        RELATIVE_MEDIA_URL=nearby if nearby.startswith("../") else f"./{nearby}",
    )
    spans = {segment.id: _milliseconds(export, segment) for segment in segments}
    slots = _slots(root, spans)
    numbers = count(1)
    made = layers(export, segments)
    kept = [(name, lane) for name, members in voices(export, segments) for lane in lanes(members)]
    for name, (_, lane) in zip(unique_names(printable(name) for name, _ in kept), kept, strict=True):
        tier = SubElement(root, "TIER", LINGUISTIC_TYPE_REF=_TEXT, TIER_ID=name)
        if lane[0].speaker:
            tier.set("PARTICIPANT", printable(lane[0].speaker))
        keys = {segment.id: f"a{next(numbers)}" for segment in lane}
        for segment in lane:
            first, last = slots[segment.id]
            outer = SubElement(tier, "ANNOTATION")
            inner = SubElement(
                outer,
                "ALIGNABLE_ANNOTATION",
                ANNOTATION_ID=keys[segment.id],
                TIME_SLOT_REF1=first,
                TIME_SLOT_REF2=last,
            )
            SubElement(inner, "ANNOTATION_VALUE").text = printable(segment.text)
        for layer in made:
            _answer_tier(root, name, layer, keys, numbers, alone=len(kept) == 1)
    header_property = SubElement(header, "PROPERTY", NAME="lastUsedAnnotationId")
    header_property.text = str(next(numbers) - 1)
    SubElement(
        root, "LINGUISTIC_TYPE", GRAPHIC_REFERENCES="false", LINGUISTIC_TYPE_ID=_TEXT, TIME_ALIGNABLE="true"
    )
    SubElement(
        root,
        "LINGUISTIC_TYPE",
        CONSTRAINTS="Symbolic_Association",
        GRAPHIC_REFERENCES="false",
        LINGUISTIC_TYPE_ID=_ANSWER,
        TIME_ALIGNABLE="false",
    )
    SubElement(
        root,
        "CONSTRAINT",
        DESCRIPTION="1-1 association with a parent annotation",
        STEREOTYPE="Symbolic_Association",
    )
    return root


def _milliseconds(export: Export, segment: Segment) -> tuple[int, int]:
    """Start and end on the grid of the format; a segment always has a length."""
    start, end = (round(1000 * seconds) for seconds in export.place(segment))
    return start, max(end, start + 1)


def _slots(root: Element, spans: dict[str, tuple[int, int]]) -> dict[str, tuple[str, str]]:
    """Time slots, in the order of time as ELAN wants them; the names of the two of every segment."""
    order = SubElement(root, "TIME_ORDER")
    edges = sorted((at, side, id_) for id_, span in spans.items() for side, at in enumerate(span))
    named: dict[str, list[str]] = {id_: ["", ""] for id_ in spans}
    for number, (at, side, id_) in enumerate(edges, start=1):
        SubElement(order, "TIME_SLOT", TIME_SLOT_ID=f"ts{number}", TIME_VALUE=str(at))
        named[id_][side] = f"ts{number}"
    return {id_: (first, last) for id_, (first, last) in named.items()}


def _answer_tier(
    root: Element, parent: str, layer: Layer, keys: dict[str, str], numbers: "count[int]", *, alone: bool
) -> None:
    """The answers to the annotations of a tier, where there are any."""
    if layer.texts.keys().isdisjoint(keys):
        return
    name = printable(layer.name if alone else f"{layer.name} {parent}")
    tier = SubElement(
        root,
        "TIER",
        ANNOTATOR=printable(layer.by),
        LINGUISTIC_TYPE_REF=_ANSWER,
        PARENT_REF=parent,
        TIER_ID=name,
    )
    for segment, key in keys.items():
        if segment in layer.texts:
            outer = SubElement(tier, "ANNOTATION")
            inner = SubElement(outer, "REF_ANNOTATION", ANNOTATION_ID=f"a{next(numbers)}", ANNOTATION_REF=key)
            SubElement(inner, "ANNOTATION_VALUE").text = printable(layer.texts[segment])


def printable(text: str) -> str:
    """A text without the characters that XML cannot hold.

    >>> printable("a\\x00b")
    'ab'
    """
    return _NOT_IN_XML.sub("", text)
