"""All emotions of a scheme at once: boxes that raters tick, or scales of how strongly each emotion was felt.

What a segment has of each emotion is the mean over its raters: of a box, the share who ticked it; of a scale, where on
it they stood, 0 at its low end and 1 at its high end. An adjudicator's decision stands in place of the mean. From that:

- `labels:SCHEME` or `labels:SCHEME@0.3`: the emotions that reach a share (half, if none is said); several, or none.
- `shares:SCHEME`: their proportions, summing to 1; segments on which nobody felt anything have none.
- `dominant:SCHEME`: the strongest one; segments with a tie have none.

A. Aljanaki, F. Wiering, R. Veltkamp, "Studying emotion induced by music through a crowdsourcing game", Information
Processing & Management 52(1), 2016, train on such means.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from annotator.app.ratings_table import rating_table
from annotator.domain.corpus import Value
from annotator.domain.errors import AnnotatorError, UsageError
from annotator.domain.registry import closest
from annotator.domain.scheme import Item, Scheme
from annotator.domain.translation import tr
from annotator.storage.reader import Reader

Kind = Literal["labels", "shares", "dominant"]
SEVERAL: tuple[Kind, ...] = ("labels", "shares", "dominant")

_HALF = 0.5
_DECIDED = "adjudicated"


@dataclass(frozen=True)
class Several:
    """What each segment has of each emotion, 0 to 1, in the order of `labels`.

    `votes` are the single answers behind it: segment, rater, and what was given to each emotion.
    """

    kind: Kind
    scheme: str
    labels: tuple[str, ...]
    threshold: float
    rates: Mapping[str, tuple[float, ...]]
    votes: Sequence[tuple[str, int, tuple[float, ...]]]

    @property
    def title(self) -> str:
        """What people call the target."""
        return {
            "labels": tr("{scheme}: all labels", scheme=self.scheme),
            "shares": tr("{scheme}: shares", scheme=self.scheme),
            "dominant": tr("{scheme}: the strongest", scheme=self.scheme),
        }[self.kind]

    def rows(self, segments: Sequence[str]) -> NDArray[np.float64]:
        """Labels as 0 and 1, or shares that sum to 1, (segments, labels)."""
        rates = np.array([self.rates[segment] for segment in segments])
        if self.kind == "labels":
            return (rates >= self.threshold).astype(np.float64)
        shares: NDArray[np.float64] = rates / rates.sum(axis=1, keepdims=True)
        return shares

    def described(self) -> dict[str, str | None]:
        """The labels of each segment in words, of shares the largest; `None` for a segment that has no shares."""
        found: dict[str, str | None] = {}
        for segment, rates in self.rates.items():
            if self.kind == "labels":
                has = [
                    label for label, rate in zip(self.labels, rates, strict=True) if rate >= self.threshold
                ]
                found[segment] = ", ".join(has) or "-"
            else:
                found[segment] = self.labels[int(np.argmax(rates))] if sum(rates) > 0 else None
        return found


def is_several(scheme: Scheme) -> bool:
    """Whether a scheme asks for several emotions at once: two boxes or more, or three intensities of a factor.

    >>> from annotator.domain.scheme import builtin_schemes
    >>> [name for name, scheme in builtin_schemes().items() if is_several(scheme)]
    ['emotify-9', 'gems-27', 'gems-9']
    """
    return len(_emotions(scheme)) > 0


def _emotions(scheme: Scheme) -> tuple[Item, ...]:
    boxes = tuple(item for item in scheme.items if item.type == "boolean")
    scales = tuple(item for item in scheme.items if item.numeric and item.factor)
    return boxes if len(boxes) >= 2 else scales if len(scales) >= 3 else ()


def find_several(reader: Reader, name: str) -> Several:
    """The target that a name such as `labels:emotify-9@0.3` stands for.

    Raises `AnnotatorError` where the scheme is not there, asks for one emotion only, or nobody has answered.
    """
    kind_name, _, rest = name.partition(":")
    scheme_name, at, share = rest.partition("@")
    kind = next(kind for kind in SEVERAL if kind == kind_name)
    scheme = _find_scheme(reader, scheme_name)
    threshold = _threshold(kind, share) if at else _HALF
    emotions = _emotions(scheme)
    if not emotions:
        raise AnnotatorError(
            tr('The scheme "{scheme}" does not ask for several emotions at once.', scheme=scheme.name),
            tr("Name one of its items instead."),
        )
    votes = _votes(reader, scheme, emotions)
    if not votes:
        raise AnnotatorError(
            tr('Nobody has rated "{item}" yet.', item=scheme.name), tr("Rate or import ratings first.")
        )
    given: dict[str, list[tuple[float, ...]]] = {}
    for segment, _, values in votes:
        given.setdefault(segment, []).append(values)
    rates = {segment: tuple(np.mean(values, axis=0).tolist()) for segment, values in given.items()}
    for row in reader.consensus(scheme.name, _DECIDED):
        decided = [_share(item, row.values.get(item.name)) for item in emotions]
        if any(value is not None for value in decided):
            before = rates.get(row.segment_id, (0.0,) * len(emotions))
            rates[row.segment_id] = tuple(b if d is None else d for b, d in zip(before, decided, strict=True))
    return Several(kind, scheme.name, tuple(item.name for item in emotions), threshold, rates, votes)


def dominant(several: Several) -> dict[str, str]:
    """The strongest emotion of every segment that has one."""
    found = {}
    for segment, rates in several.rates.items():
        strongest = max(rates)
        if strongest > 0 and sum(rate == strongest for rate in rates) == 1:
            found[segment] = several.labels[rates.index(strongest)]
    return found


def _find_scheme(reader: Reader, name: str) -> Scheme:
    schemes = {scheme.name: scheme for scheme in reader.schemes()}
    if name not in schemes:
        fitting = [scheme.name for scheme in schemes.values() if is_several(scheme)]
        raise AnnotatorError(tr('The corpus has no scheme "{name}".', name=name), closest(name, fitting))
    return schemes[name]


def _threshold(kind: Kind, share: str) -> float:
    try:
        value = float(share)
    except ValueError:
        value = 0.0
    if kind != "labels" or not 0 < value <= 1:
        raise UsageError(
            tr('"@{share}" does not say from which share of raters on a segment has a label.', share=share),
            tr("Write for example labels:emotify-9@0.3, with a share above 0 and up to 1."),
        )
    return value


def _votes(
    reader: Reader, scheme: Scheme, emotions: tuple[Item, ...]
) -> list[tuple[str, int, tuple[float, ...]]]:
    """First answers in which every emotion has one; a box that was left alone was not ticked."""
    table = rating_table(reader, scheme.name, "none")
    found = []
    for unit, rater, repeat, values in zip(
        table.units, table.raters, table.repeats, table.values, strict=True
    ):
        if repeat:
            continue
        shares = [_share(item, values.get(item.name)) for item in emotions]
        if emotions[0].type == "boolean" and any(share is not None for share in shares):
            shares = [share or 0.0 for share in shares]
        if all(share is not None for share in shares):
            found.append((table.segment_ids[unit], int(rater), tuple(share or 0.0 for share in shares)))
    return found


def _share(item: Item, value: Value) -> float | None:
    if value is None or isinstance(value, list):
        return None
    if item.type == "boolean":
        return float(bool(value))
    return (item.oriented(float(value)) - item.minimum) / (item.maximum - item.minimum)
