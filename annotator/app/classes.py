"""What a split spreads evenly: the settled values of items, and group keys such as the speaker's gender."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotator.app.targets import Target, find_target, settled_items
from annotator.domain.corpus import Recording, Segment, group_value
from annotator.domain.errors import AnnotatorError
from annotator.domain.registry import closest
from annotator.domain.translation import tr
from annotator.splits.groups import factorise, natural
from annotator.storage.reader import Reader

#: Bins of a numeric item for stratification: thirds of the values that occur.
NUMERIC_BINS = 3


@dataclass(frozen=True)
class Column:
    """One thing to spread: its name, the class of each of n segments (-1 for none), the names of the classes.

    `needed` says that a part without one of the classes is no part to test on: so of categories that were asked for,
    not of bins, which are cut by us, nor of keys that are only balanced.
    """

    name: str
    codes: NDArray[np.intp]
    labels: tuple[str, ...]
    needed: bool = False


def named(text: str | None) -> list[str]:
    """The names in a list with commas.

    >>> named("valence, arousal"), named(None)
    (['valence', 'arousal'], [])
    """
    return [name.strip() for name in (text or "").split(",") if name.strip()]


def items_named(reader: Reader, text: str | None) -> list[str]:
    """The items in a list with commas; the name of a scheme stands for all of its items that are settled.

    So `emotify-9` or `gems-9` spreads each of nine labels, of which a segment can have several.
    """
    schemes = {scheme.name: scheme for scheme in reader.schemes()}
    items = {item.name for scheme in schemes.values() for item in scheme.items}
    found: list[str] = []
    for name in named(text):
        if name not in schemes or name in items:
            found.append(name)
            continue
        settled = [entry.name for entry in settled_items(reader) if entry.scheme.name == name]
        if not settled:
            raise AnnotatorError(
                tr('No item of the scheme "{name}" is settled.', name=name),
                tr("Rate or import ratings, and settle a consensus first."),
            )
        found += settled
    return list(dict.fromkeys(found))


def columns_of(
    reader: Reader,
    segments: Sequence[Segment],
    recordings: Mapping[str, Recording],
    stratify: str | None,
    balance: Sequence[str] = (),
) -> list[Column]:
    """The classes of segments by items (see `items_named`) and by group keys.

    Raises `AnnotatorError` where nothing is settled about an item, or no segment has a key.
    """
    columns: list[Column] = []
    for item in items_named(reader, stratify):
        target = find_target(reader, item)
        codes, labels = classes_of(segments, target)
        columns.append(Column(item, codes, labels, needed=not target.item.numeric))
    for key in balance:
        values = [group_value(recordings[segment.recording_id], segment, key) for segment in segments]
        found = factorise(key, values)
        if not found.values:
            known = sorted({key for recording in recordings.values() for key in recording.groups})
            raise AnnotatorError(tr('No segment has the key "{key}".', key=key), closest(key, known))
        order = sorted(range(len(found.values)), key=lambda code: natural(found.values[code]))
        place = np.empty(len(order) + 1, dtype=np.intp)
        place[order], place[-1] = np.arange(len(order)), -1
        columns.append(Column(key, place[found.codes], tuple(found.values[code] for code in order)))
    return columns


def labelled(columns: Sequence[Column]) -> list[tuple[str, Column, int]]:
    """Every class as (name that people read, its column, its code); the column is named where there are several.

    >>> one = Column("mood", np.array([0]), ("sad",))
    >>> [name for name, _, _ in labelled([one])], [name for name, _, _ in labelled([one, one])]
    (['sad'], ['mood: sad', 'mood: sad'])
    """
    return [
        (label if len(columns) == 1 else f"{column.name}: {label}", column, code)
        for column in columns
        for code, label in enumerate(column.labels)
    ]


def class_title(name: str) -> str:
    """A class as people read it: bins of numbers, such as `-inf..0.2`, in words.

    >>> class_title("-inf..0.2"), class_title("valence: 0.2..0.6"), class_title("0.6..inf"), class_title("sad")
    ('below 0.2', 'valence: 0.2 to 0.6', '0.6 and above', 'sad')
    """
    column, colon, label = name.rpartition(": ")
    low, dots, high = label.partition("..")
    try:
        bounds = float(low), float(high)
    except ValueError:
        return name
    if not dots or bounds == (-math.inf, math.inf):
        return name
    if bounds[0] == -math.inf:
        title = tr("below {high}", high=high)
    elif bounds[1] == math.inf:
        title = tr("{low} and above", low=low)
    else:
        title = tr("{low} to {high}", low=low, high=high)
    return column + colon + title


def classes_of(
    segments: Sequence[Segment], target: Target | None
) -> tuple[NDArray[np.intp], tuple[str, ...]]:
    """(n,) class of every segment, -1 where it has none, and the names of the classes."""
    if target is None:
        return np.zeros(len(segments), dtype=np.intp), ()
    if target.item.numeric:
        return _binned(segments, target)
    present = {target.label(segment.id) for segment in segments}
    labels = [label for label in target.labels if label in present]
    codes = {label: n for n, label in enumerate(labels)}
    found = [codes.get(target.label(segment.id) or "", -1) for segment in segments]
    return np.array(found, dtype=np.intp), tuple(labels)


def _binned(segments: Sequence[Segment], target: Target) -> tuple[NDArray[np.intp], tuple[str, ...]]:
    raw = [target.values.get(segment.id) for segment in segments]
    values = np.array([np.nan if value is None else float(value) for value in raw])  # type: ignore[arg-type]
    if np.isnan(values).all():
        return np.full(len(segments), -1, dtype=np.intp), ()
    edges = np.unique(np.nanquantile(values, np.arange(1, NUMERIC_BINS) / NUMERIC_BINS))
    codes = np.where(np.isnan(values), -1, np.searchsorted(edges, values, side="right"))
    bounds = [-math.inf, *edges.tolist(), math.inf]
    return codes.astype(np.intp), tuple(
        f"{bounds[n]:.3g}..{bounds[n + 1]:.3g}" for n in range(len(bounds) - 1)
    )
