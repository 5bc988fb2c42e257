"""Predictions in the columns of a given sample file, as competitions and other programs want them.

A sample has a header and, usually, a row for each file to predict. Columns are known by their names (see `_NAMES`),
those of probabilities by the label in them. Where the sample lists what we have predicted, its rows are filled in their
order; else every prediction becomes a row.
"""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr
from annotator.exchange.bundle import Findings
from annotator.exchange.textfile import read_text

#: What columns are called, without case, spaces and signs.
_NAMES = {
    "file": (
        "file", "files", "filename", "filenames", "filepath", "fileid", "path", "audio", "audiofile", "clip", "clipid",
        "wav", "recording", "name", "id", "uttid", "utterance", "track", "trackid", "song", "songid", "item", "sample",
    ),
    "segment": ("segment", "segmentid"),
    "start": ("start", "starttime", "startseconds", "onset", "begin", "from"),
    "end": ("end", "endtime", "endseconds", "offset", "stop", "to"),
    "duration": ("duration", "length", "seconds"),
    "label": (
        "label", "labels", "predicted", "prediction", "predictions", "class", "target", "category", "answer", "value",
    ),
    "confidence": ("confidence", "score", "probability", "prob", "certainty"),
}  # fmt: skip
_PROBABILITY = re.compile(
    r"^(?:prob|probability|p|proba|score)?_*(.+?)_*(?:prob|probability|p|proba|score)?$"
)
_NEAR = 0.01  # seconds by which the times of a row may differ from those of a segment


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a model says of a segment; `shares` are its probabilities by label, empty where it gives none.

    `whole` says that the segment is all of its recording.
    """

    file: str
    segment: str
    start: float
    end: float
    label: str
    shares: Mapping[str, float]
    whole: bool


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A table as text, the number of its rows, and how many predictions the sample has no row for."""

    text: str
    rows: int
    unasked: int


@dataclass(frozen=True, slots=True)
class _Sample:
    path: Path
    columns: list[str]
    delimiter: str
    rows: list[list[str]]


def lay_out(sample: Path, predictions: Sequence[Prediction], item: str, labels: Sequence[str]) -> LaidOut:
    """The predictions in the columns of a sample file; `item` is what was predicted, `labels` the model's.

    Raises `AnnotatorError` where a column cannot be told, or the sample asks for a file that was not predicted.
    """
    found = _read(sample)
    kinds = _kinds(found, item, labels)
    files = [n for n, kind in enumerate(kinds) if kind in ("file", "segment")]
    if not files:
        raise AnnotatorError(
            tr("{path} has no column that names a file.", path=sample),
            tr("Its columns: {names}.", names=", ".join(found.columns)),
        )
    names = _naming(found, kinds, predictions)
    matched = _matched(found, kinds, names, predictions)
    if matched is None:
        _refuse_unknown(found, kinds)
        rows = [_row(kinds, names, one, None) for one in predictions]
        unasked = 0
    else:
        rows = [_row(kinds, names, one, row) for row, one in zip(found.rows, matched, strict=True)]
        unasked = len(predictions) - len({id(one) for one in matched})
    out = io.StringIO()
    writer = csv.writer(out, delimiter=found.delimiter, lineterminator="\n")
    writer.writerow(found.columns)
    writer.writerows(rows)
    return LaidOut(out.getvalue(), len(rows), unasked)


def _read(path: Path) -> _Sample:
    text = read_text(path, Findings())
    head = text.lstrip().splitlines()[0]
    delimiter = max((",", ";", "\t"), key=head.count)
    try:
        lines = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if any(row)]
    except csv.Error as error:
        raise AnnotatorError(tr("{path} is no table: {error}.", path=path, error=error)) from None
    columns = lines[0]
    for number, row in enumerate(lines[1:], start=2):
        if len(row) != len(columns):
            raise AnnotatorError(
                tr(
                    "{path}, row {row}: {found} cells where the header has {needed} columns.",
                    path=path, row=number, found=len(row), needed=len(columns),
                )
            )  # fmt: skip
    return _Sample(path, columns, delimiter, lines[1:])


def _kinds(sample: _Sample, item: str, labels: Sequence[str]) -> list[str]:
    """What each column holds: one of `_NAMES`, `share:LABEL`, or nothing that is known."""
    by_label = {_plain(label): label for label in labels}
    kinds: list[str] = []
    for column in sample.columns:
        name = _plain(column)
        known = next((kind for kind, names in _NAMES.items() if name in names), "")
        told = _PROBABILITY.match(column.strip().lower().replace(" ", "_"))
        share = by_label.get(name) or by_label.get(_plain(told[1]) if told else "")
        if name == _plain(item):
            kinds.append("label")
        elif share:
            kinds.append(f"share:{share}")
        else:
            kinds.append(known if known not in kinds or known == "" else "")
    return kinds


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.lower())


_NAMINGS: tuple[Callable[[Prediction], str], ...] = (
    lambda one: one.file,
    lambda one: PurePosixPath(one.file).name,
    lambda one: PurePosixPath(one.file).stem,
    lambda one: one.segment,
)


def _naming(
    sample: _Sample, kinds: Sequence[str], predictions: Sequence[Prediction]
) -> Callable[[Prediction], str]:
    """How the sample names files: by path, name, name without ending, or segment; by name where it names none."""
    column = kinds.index("file") if "file" in kinds else None
    if column is None:
        return _NAMINGS[3]
    asked = {row[column].strip() for row in sample.rows}
    return max((_NAMINGS[1], *_NAMINGS), key=lambda naming: len(asked & {naming(one) for one in predictions}))


def _matched(
    sample: _Sample,
    kinds: Sequence[str],
    naming: Callable[[Prediction], str],
    predictions: Sequence[Prediction],
) -> list[Prediction] | None:
    """The prediction for each row of the sample; `None` where the sample knows none of our files."""
    key = kinds.index("file") if "file" in kinds else kinds.index("segment")
    by_name: dict[str, list[Prediction]] = defaultdict(list)
    for one in predictions:
        by_name[naming(one)].append(one)
    if not any(row[key].strip() in by_name for row in sample.rows):
        return None
    found = []
    for number, row in enumerate(sample.rows, start=2):
        fitting = _at(by_name.get(row[key].strip(), []), row, kinds)
        if len(fitting) != 1:
            what = tr("no prediction for") if not fitting else tr("several predictions for")
            raise AnnotatorError(
                tr(
                    "{path}, row {row}: {what} {file}.",
                    path=sample.path,
                    row=number,
                    what=what,
                    file=row[key],
                ),
                tr("Predict the tier that the sample asks for, with --tier."),
            )
        found.append(fitting[0])
    return found


def _at(candidates: Iterable[Prediction], row: Sequence[str], kinds: Sequence[str]) -> list[Prediction]:
    """Those of a file's predictions that are at the times of the row; all of them where it has none."""
    fitting = list(candidates)
    for kind in ("start", "end"):
        text = row[kinds.index(kind)].strip() if kind in kinds else ""
        try:
            at = float(text)
        except ValueError:
            continue
        near = [one for one in fitting if abs(getattr(one, kind) - at) <= _NEAR]
        # A sample's times may be but zeros where a file has one segment alone.
        fitting = near or ([one for one in fitting if one.whole] if len(fitting) == 1 else near)
    return fitting


def _refuse_unknown(sample: _Sample, kinds: Sequence[str]) -> None:
    unknown = [column for column, kind in zip(sample.columns, kinds, strict=True) if not kind]
    if unknown:
        raise AnnotatorError(
            tr('{path}: nobody knows what goes into "{column}".', path=sample.path, column=unknown[0]),
            tr("Rename it to file, segment, start, end, duration, label, confidence, or one of the labels."),
        )


def _row(
    kinds: Sequence[str],
    naming: Callable[[Prediction], str],
    one: Prediction,
    asked: Sequence[str] | None,
) -> list[str]:
    """A row; what the sample says of itself stays."""
    cells = {
        "file": naming(one),
        "segment": one.segment,
        "start": f"{one.start}",
        "end": f"{one.end}",
        "duration": f"{one.end - one.start}",
        "label": one.label,
        "confidence": f"{max(one.shares.values())}" if one.shares else "",
    } | {f"share:{label}": f"{share}" for label, share in one.shares.items()}
    kept = ("file", "segment", "start", "end", "duration", "")
    made = []
    for n, kind in enumerate(kinds):
        if asked is not None and kind in kept:
            made.append(asked[n])
        else:
            made.append(cells.get(kind, ""))
    return made
