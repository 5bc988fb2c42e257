"""Answers as the agreement functions take them: one `Ratings` per item, with the names behind the indices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from annotator.agreement.ratings import Ratings
from annotator.domain.corpus import RECORDING_KEY, Rater, Value
from annotator.domain.scheme import Item
from annotator.storage.reader import Answers, Reader

Level = Literal["nominal", "ordinal", "interval"]

#: Keys by which intervals are clustered where they are known, the first that is.
CLUSTER_KEYS = ("song", "speaker")


@dataclass(frozen=True)
class RatingsTable:
    """All current answers to a scheme by the raters that count, with segments and raters numbered."""

    segment_ids: tuple[str, ...]
    rater_names: tuple[str, ...]
    units: np.ndarray
    raters: np.ndarray
    repeats: np.ndarray
    values: Sequence[Mapping[str, Value]]
    clusters: np.ndarray | None
    cluster_key: str | None

    def of(self, item: Item, *, repeated: bool = False) -> Ratings:
        """The ratings of one item: first answers, or with `repeated` those given when asked again.

        "Cannot tell" is no rating. Categories are codes in the scheme's order; steps of a whole-number scale are
        codes from its minimum.
        """
        wanted = self.repeats > 0 if repeated else self.repeats == 0
        rows = [n for n in np.flatnonzero(wanted).tolist() if self.values[n].get(item.name) is not None]
        encoded = np.array([encode(item, self.values[n][item.name]) for n in rows], dtype=np.float64)
        index = np.array(rows, dtype=np.intp)
        return Ratings(
            self.units[index], self.raters[index], encoded, len(categories_of(item)), self.clusters
        )


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


def rating_table(reader: Reader, scheme: str, cluster: str | None = None) -> RatingsTable:
    """Answers of the people who rated; of `reference` only where nobody else did; never of a model.

    `cluster` is the group key by which intervals are clustered: the first known of song and speaker unless
    named, no clustering for `none`.
    """
    answers = reader.answers(scheme)
    counted = _counted_raters(reader.raters(), answers)
    rows = [n for n, rater in enumerate(answers.raters) if rater in counted]
    segments = sorted({answers.segments[n] for n in rows})
    numbers = {segment: n for n, segment in enumerate(segments)}
    seats = {rater_id: n for n, rater_id in enumerate(sorted(counted, key=lambda i: counted[i].name))}
    clusters, key = _clusters(reader, segments, cluster)
    return RatingsTable(
        segment_ids=tuple(segments),
        rater_names=tuple(counted[rater_id].name for rater_id in seats),
        units=np.array([numbers[answers.segments[n]] for n in rows], dtype=np.intp),
        raters=np.array([seats[answers.raters[n]] for n in rows], dtype=np.intp),
        repeats=np.array([answers.repeats[n] for n in rows], dtype=np.intp),
        values=[answers.values[n] for n in rows],
        clusters=clusters,
        cluster_key=key,
    )


def _counted_raters(raters: Sequence[Rater], answers: Answers) -> dict[str, Rater]:
    active = set(answers.raters)
    present = [rater for rater in raters if rater.id in active]
    people = [rater for rater in present if rater.kind == "human"]
    chosen = people or [rater for rater in present if rater.kind == "reference"]
    return {rater.id: rater for rater in chosen}


def _clusters(
    reader: Reader, segment_ids: Sequence[str], cluster: str | None
) -> tuple[np.ndarray | None, str | None]:
    if cluster == "none" or not segment_ids:
        return None, None
    groups = {recording.id: recording.groups for recording in reader.recordings()}
    places = reader.places()
    for key in CLUSTER_KEYS if cluster is None else (cluster,):
        values = [_value(places[segment], groups, key) for segment in segment_ids]
        if any(values):
            # A segment without a value is a cluster of its own.
            names = [value or segment for value, segment in zip(values, segment_ids, strict=True)]
            numbers = {name: n for n, name in enumerate(sorted(set(names)))}
            return np.array([numbers[name] for name in names], dtype=np.intp), key
    return None, None


def _value(place: tuple[str, str], groups: Mapping[str, Mapping[str, str]], key: str) -> str | None:
    """As `group_value` says, from recording key and speaker."""
    recording, speaker = place
    if key == RECORDING_KEY:
        return recording
    return (speaker if key == "speaker" else "") or groups[recording].get(key) or None
