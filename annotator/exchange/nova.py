"""Reads annotations of NOVA and SSI: a header `x.annotation` in XML and the data beside it, `x.annotation~`.

Layout as in hcmlab/nova-utils (file_handler.py) and SSI (FileAnnotationOut.cpp): a scheme is DISCRETE (`from;to;id;
confidence`), FREE (`from;to;"text";confidence`) or CONTINUOUS (`score;confidence` at a fixed rate); binary data hold
doubles, 32-bit integers and 32-bit floats, little-endian.
"""

import csv
import io
import struct
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

from annotator.domain.errors import AnnotatorError
from annotator.domain.scheme import Item
from annotator.domain.translation import tr
from annotator.exchange.bundle import Findings, Imported, ImportedSegment
from annotator.exchange.labelled import REFERENCE, Answers, Stretch, category, scheme_of, slug
from annotator.exchange.textfile import read_text
from annotator.exchange.timed import collected, possible
from annotator.exchange.xmlfile import read_xml

_DISCRETE = struct.Struct("<ddif")
_FREE_HEAD = struct.Struct("<ddI")
_FREE_TAIL = struct.Struct("<f")

#: Id of what the annotator could not tell, in DISCRETE schemes.
_GARBAGE = -1


def read_nova(path: Path) -> Imported:
    """Labels as answers of the annotator that the header names (else `reference`), texts as segments.

    The recording is found by the file's name, whose parts are `role.scheme.annotator` in NOVA; the role is kept as
    the speaker of texts. Continuous traces are no segments and are refused. Raises `AnnotatorError` where the header
    or the data beside it are missing or damaged.
    """
    root = read_xml(path, "annotation", "NOVA")
    info, meta, scheme = (_part(root, name) for name in ("info", "meta", "scheme"))
    kind = (scheme.get("type") or "").upper()
    if kind == "CONTINUOUS":
        raise AnnotatorError(
            tr("{path} holds a continuous trace, which has no segments.", path=path),
            tr("Import its discrete or free annotations."),
        )
    if kind not in ("DISCRETE", "FREE"):
        raise AnnotatorError(tr('{path} has a scheme of the kind "{kind}".', path=path, kind=kind),
                             tr("DISCRETE and FREE can be read."))  # fmt: skip
    findings = Findings()
    rows = list(_rows(path.with_name(path.name + "~"), info, kind, findings))
    promised = info.get("size") or ""
    if promised.isdecimal() and len(promised) < 10 and int(promised) != len(rows):
        findings.warn(
            tr(
                "The header promises {promised} labels, the data hold {found}.",
                promised=promised,
                found=len(rows),
            )
        )
    role, rater = meta.get("role") or "", meta.get("annotator") or REFERENCE
    name = slug(scheme.get("name") or "", "label")
    recording = path.name.split(".")[0]
    if kind == "FREE":
        segments = [
            ImportedSegment(recording, start, end, text, role, row=row)
            for row, start, end, text, _ in rows
            if possible(start, end, text, findings, row)
        ]
        return collected(path, segments, findings, name)
    return _discrete(path, scheme, rows, (recording, rater, name), findings)


_Row = tuple[int, float, float, str, float]  # line or number, from, to, id or text, confidence


def _discrete(
    path: Path, scheme: Element, rows: list[_Row], names: tuple[str, str, str], findings: Findings
) -> Imported:
    recording, rater, item = names
    labels = {(one.get("id") or "").strip(): (one.get("name") or "").strip() for one in scheme.iter("item")}
    answers = Answers(findings, item)
    for row, start, end, code, confidence in rows:
        label = "" if code == str(_GARBAGE) else labels.get(code)
        if label is None:
            findings.drop(row, tr('"{code}" is no label of the scheme.', code=code))
        elif possible(start, end, label or code, findings, row):
            answers.add(Stretch(recording, start, end), rater, item, label, row=row, confidence=confidence)
    ratings = answers.ratings()
    if not ratings:
        raise AnnotatorError(
            tr("{path} holds nothing with a time that can be used.", path=path),
            " ".join(findings.dropped[:3]),
        )
    known: dict[str, Item] = {item: category(item, list(labels.values()))}
    return Imported(
        (),
        ratings,
        findings.warnings,
        findings.dropped,
        schemes=scheme_of(item, answers, findings, known),
        raters={REFERENCE: "reference"},
        tier=item,
    )


def _part(root: Element, name: str) -> Element:
    found = root.find(name)
    return Element(name) if found is None else found


def _rows(data: Path, info: Element, kind: str, findings: Findings) -> Iterator[_Row]:
    if (info.get("ftype") or "ASCII").upper() == "BINARY":
        try:
            content = data.read_bytes()
        except OSError:
            raise _no_data(data) from None
        yield from _binary(content, kind, data)
        return
    if not data.is_file():
        raise _no_data(data)
    text = read_text(data, findings)
    try:
        for row, cells in enumerate(csv.reader(io.StringIO(text), delimiter=";"), start=1):
            if not any(cells):
                continue
            try:
                start, end, label = float(cells[0]), float(cells[1]), cells[2].strip()
                confidence = float(cells[3]) if len(cells) > 3 and cells[3] else float("nan")
            except (ValueError, IndexError):
                findings.drop(row, tr('"{text}" is no label with a time.', text=";".join(cells)[:60]))
                continue
            yield row, start, end, label, confidence
    except csv.Error as error:
        raise AnnotatorError(tr("{path} is damaged: {error}.", path=data, error=error)) from None


def _no_data(data: Path) -> AnnotatorError:
    return AnnotatorError(
        tr("There is no file {path}.", path=data), tr("NOVA keeps the labels in it, beside the header.")
    )


def _binary(content: bytes, kind: str, data: Path) -> Iterator[_Row]:
    at = number = 0
    try:
        while at < len(content):
            number += 1
            if kind == "DISCRETE":
                start, end, code, confidence = _DISCRETE.unpack_from(content, at)
                label, at = str(code), at + _DISCRETE.size
            else:
                start, end, length = _FREE_HEAD.unpack_from(content, at)
                at += _FREE_HEAD.size
                label = content[at : at + length].decode("utf-8", "replace")
                (confidence,) = _FREE_TAIL.unpack_from(content, at + length)
                at += length + _FREE_TAIL.size
            yield number, start, end, label, confidence
    except struct.error:
        raise AnnotatorError(
            tr("{path} ends in the middle of a label.", path=data), tr("Copy it again.")
        ) from None
