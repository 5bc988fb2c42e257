"""Answers as the agreement functions take them: one `Ratings` per item, with the names behind the indices."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

import numpy as np

from annotator.agreement.ratings import Ratings
from annotator.domain.corpus import RECORDING_KEY, Rater, Value
from annotator.domain.scheme import Item
from annotator.storage.reader import Reader

Level = Literal["nominal", "ordinal", "interval"]

#: Keys by which intervals are clustered where they are known, the first that is.
CLUSTER_KEYS = ("song", "speaker")


@dataclass(frozen=True)
class RatingsTable:
    """All current answers to a scheme by the raters that count, with segments and raters numbered; `ids` are the keys
    of the answers where they were asked for."""

    segment_ids: tuple[str, ...]
    rater_names: tuple[str, ...]
    units: np.ndarray
    raters: np.ndarray
    repeats: np.ndarray
    values: Sequence[Mapping[str, Value]]
    clusters: np.ndarray | None
    cluster_key: str | None
    ids: Sequence[str] = ()
    _columns: dict[str, np.ndarray] = field(default_factory=dict, repr=False)

    def of(self, item: Item, *, repeated: bool = False) -> Ratings:
        """The ratings of one item: first answers, or with `repeated` those given when asked again.

        "Cannot tell" is no rating. Categories are codes in the scheme's order; steps of a whole-number scale are
        codes from its minimum.
        """
        wanted = self.repeats > 0 if repeated else self.repeats == 0
        column = self.column(item)
        rows = np.flatnonzero(wanted & ~np.isnan(column))
        return Ratings(
            self.units[rows], self.raters[rows], column[rows], len(categories_of(item)), self.clusters
        )

    def sources(self) -> list[tuple[str, ...]]:
        """For each segment the keys of its first answers, by rater; the table was read with `ids`."""
        first = np.flatnonzero(self.repeats == 0)
        order = first[np.lexsort((self.raters[first], self.units[first]))]
        keys = [self.ids[row] for row in order.tolist()]
        ends = np.cumsum(np.bincount(self.units[first], minlength=len(self.segment_ids))).tolist()
        return [tuple(keys[start:end]) for start, end in pairwise([0, *ends])]

    def column(self, item: Item) -> np.ndarray:
        """(n,) code or number of every answer to an item, NaN where there is none."""
        if item.name not in self._columns:
            given = [values.get(item.name) for values in self.values]
            if item.type == "category":
                codes: dict[Value, float] = {label: float(code) for code, label in enumerate(item.labels)}
                codes[None] = np.nan
                column = np.array([codes[value] for value in given], dtype=np.float64)
            else:
                column = np.array(given, dtype=np.float64) - (item.minimum if item.type == "integer" else 0.0)
            self._columns[item.name] = column
        return self._columns[item.name]


def level_of(item: Item) -> Level:
    """The level of measurement of an item."""
    return "interval" if item.type == "number" else "ordinal" if item.type == "integer" else "nominal"


def categories_of(item: Item) -> tuple[str, ...]:
    """Names of an item's codes, in order; empty for numbers.

    >>> categories_of(Item("arousal", "integer", minimum=1, maximum=3))
    ('1', '2', '3')
    """
    if item.type == "integer":
        return tuple(str(step) for step in range(int(item.minimum), int(item.maximum) + 1))
    return item.categories


def encode(item: Item, value: Value) -> float:
    """The code of a value, or the number itself."""
    if item.type == "category":
        return float(item.labels.index(str(value)))
    number = float(value)  # type: ignore[arg-type]
    return number - item.minimum if item.type == "integer" else number


def decode(item: Item, code: float) -> Value:
    """The value of a code; `None` for NaN.

    >>> decode(Item("mood", "category", labels=("up", "down")), 1.0)
    'down'
    """
    if np.isnan(code):
        return None
    if item.type == "category":
        return item.labels[int(code)]
    if item.type == "boolean":
        return bool(code)
    number = float(code) + (item.minimum if item.type == "integer" else 0.0)
    return int(number) if item.type == "integer" and number.is_integer() else number


def decode_all(item: Item, codes: np.ndarray) -> list[Value]:
    """The values of many codes; `None` for NaN.

    >>> decode_all(Item("mood", "category", labels=("up", "down")), np.array([1.0, np.nan]))
    ['down', None]
    """
    known = ~np.isnan(codes)
    if item.type in ("category", "boolean"):
        names: tuple[Value, ...] = item.labels if item.type == "category" else (False, True)
        whole = np.where(known, codes, 0.0).astype(np.intp).tolist()
        return [names[code] if told else None for code, told in zip(whole, known.tolist(), strict=True)]
    if item.type == "integer":
        return [decode(item, code) for code in codes.tolist()]
    return [code if told else None for code, told in zip(codes.tolist(), known.tolist(), strict=True)]


def rating_table(
    reader: Reader, scheme: str, cluster: str | None = None, *, ids: bool = False
) -> RatingsTable:
    """Answers of the people who rated; of `reference` only where nobody else did; never of a model.

    Of traces there are the means, under the names that `Scheme.measured` gives them.

    `cluster` is the group key by which intervals are clustered: the first known of song and speaker unless
    named, no clustering for `none`. With `ids` the table knows the key of every answer.
    """
    answers = reader.answer_columns(scheme, ids=ids)
    found = next((held for held in reader.schemes() if held.name == scheme), None)
    counted = counted_raters(reader.raters(), answers.raters)
    seats = {rater.id: n for n, rater in enumerate(sorted(counted, key=lambda rater: rater.name))}
    seat_of = np.array([seats.get(rater, -1) for rater in answers.raters], dtype=np.intp)
    raters = seat_of[answers.rater_index]
    units, repeats, values, segments, keys = (
        answers.segment_index,
        answers.repeats,
        answers.values,
        answers.segments,
        answers.ids,
    )
    if found is not None and found.measured() is not found:
        values = [found.measured_values(given) for given in values]
    if (raters < 0).any():
        rows = np.flatnonzero(raters >= 0)
        present, units = np.unique(units[rows], return_inverse=True)
        segments = tuple(segments[unit] for unit in present.tolist())
        raters, repeats = raters[rows], repeats[rows]
        values = [values[row] for row in rows.tolist()]
        keys = [keys[row] for row in rows.tolist()] if ids else []
    clusters, key = _clusters(reader, segments, cluster)
    return RatingsTable(
        segment_ids=segments,
        rater_names=tuple(rater.name for rater in sorted(counted, key=lambda rater: rater.name)),
        units=units,
        raters=raters,
        repeats=repeats,
        values=values,
        clusters=clusters,
        cluster_key=key,
        ids=keys,
    )


def counted_raters(raters: Sequence[Rater], active: Collection[str]) -> list[Rater]:
    """Whose answers count, of those who are active: people, or where there are none whoever the labels came with."""
    present = [rater for rater in raters if rater.id in active]
    people = [rater for rater in present if rater.kind == "human"]
    return people or [rater for rater in present if rater.kind == "reference"]


def _clusters(
    reader: Reader, segment_ids: Sequence[str], cluster: str | None
) -> tuple[np.ndarray | None, str | None]:
    if cluster == "none" or not segment_ids:
        return None, None
    recordings = reader.recordings()
    places = reader.places()
    for key in CLUSTER_KEYS if cluster is None else (cluster,):
        known = {r.id: r.id if key == RECORDING_KEY else r.groups.get(key) or None for r in recordings}
        # As in `group_value`, a speaker named on the segment goes before the recording's.
        spoken = key == "speaker"
        if not (any(known.values()) or (spoken and any(places[segment][1] for segment in segment_ids))):
            continue
        found = [places[segment] for segment in segment_ids]
        values = [(speaker if spoken else "") or known[recording] for recording, speaker in found]
        if any(values):
            # A segment without a value is a cluster of its own.
            names = [value or segment for value, segment in zip(values, segment_ids, strict=True)]
            numbers = {name: n for n, name in enumerate(sorted(set(names)))}
            return np.array([numbers[name] for name in names], dtype=np.intp), key
    return None, None
