"""Values of which each rests on the ratings of other segments too, so that a split cannot keep them apart."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from annotator.app.classes import items_named
from annotator.app.consensus import CONSENSUS_METHODS
from annotator.app.targets import SettledItem, settled_items
from annotator.domain.corpus import Segment, Split
from annotator.domain.scheme import Item, Scheme
from annotator.domain.translation import tr_n
from annotator.splits.audit_table import SharedValues
from annotator.splits.groups import natural
from annotator.storage.reader import Reader

#: Consensus rules that weigh raters by what they said of all segments; the others look at one segment at a time.
POOLING_METHODS = frozenset({"ewe", "dawid-skene"})
#: Fewer ratings than this have mean 0 and spread 1 by accident too easily.
_LEAST_RATINGS = 5
#: How near to 0 and 1 mean and standard deviation of normalised ratings are: written with four digits, say.
_NORMALISED = 2e-3
#: Raters that a finding names.
_NAMED = 3


def shared_values(
    reader: Reader, split: Split, segments: Sequence[Segment], keys: Mapping[str, Sequence[str | None]]
) -> list[SharedValues]:
    """What was computed over many segments at once: settled values, and ratings that came in normalised.

    Seen are the rules by which the corpus itself settled a consensus, and ratings whose mean is 0 and standard
    deviation 1 for a rater, or for a rater and a value of a group key. Other ways to normalise (to a range, say), and
    features that were computed elsewhere, leave no trace that could be told from chance. The program's own features
    are computed clip by clip, and its models standardise them by the training side alone.

    Parameters
    ----------
    segments
        The segments of the split.
    keys
        Group keys with the value of each segment.
    """
    rows = {segment.id: row for row, segment in enumerate(segments)}
    settled = settled_items(reader)
    names = items_named(reader, split.options.get("stratify"))
    # A model may learn any settled item; where the split was made for some, these are what it is about.
    chosen = [entry for entry in settled if entry.name in names] or list(settled)
    found = [*_pooled(reader, chosen, rows)]
    for scheme in reader.schemes():
        found += _normalised(reader, scheme, rows, keys)
    return found


def _pooled(reader: Reader, items: Sequence[SettledItem], rows: Mapping[str, int]) -> Iterator[SharedValues]:
    for entry in items:
        if entry.method not in POOLING_METHODS:
            continue
        held = reader.consensus(entry.scheme.name, entry.method)
        settled = [
            rows[one.segment_id]
            for one in held
            if one.segment_id in rows and one.values.get(entry.item.name) is not None
        ]
        title = CONSENSUS_METHODS[entry.method].title
        yield SharedValues("consensus", entry.item.title or entry.name, title, np.array(settled, np.intp))


def _normalised(
    reader: Reader, scheme: Scheme, rows: Mapping[str, int], keys: Mapping[str, Sequence[str | None]]
) -> Iterator[SharedValues]:
    numeric = [item for item in scheme.items if item.type == "number"]
    if not numeric:
        return
    answers = reader.answers(scheme.name)
    raters = {rater.id: rater.name for rater in reader.raters()}
    for item in numeric:
        given: dict[str, dict[int, float]] = defaultdict(dict)
        everything = zip(answers.segments, answers.raters, answers.repeats, answers.values, strict=True)
        for segment, rater, repeat, values in everything:
            if repeat == 0 and segment in rows and values.get(item.name) is not None:
                given[rater][rows[segment]] = float(values[item.name])  # type: ignore[arg-type]
        yield from _normalised_item(item, {raters[rater]: held for rater, held in given.items()}, keys)


def _normalised_item(
    item: Item, given: Mapping[str, Mapping[int, float]], keys: Mapping[str, Sequence[str | None]]
) -> Iterator[SharedValues]:
    """What of an item's ratings is normalised: within the values of a group key, or by rater as a whole.

    Ratings that are normalised within each speaker are so as a whole, too: the smaller stretches tell what was done.
    """
    title = item.title or item.name
    by_key = [found for values in keys.values() if (found := _normalised_within(given, values))]
    if by_key:
        finest = max(by_key, key=len)
        for (rater, value), rows in sorted(
            finest.items(), key=lambda hit: [natural(name) for name in hit[0]]
        ):
            yield SharedValues("normalisation", title, f"{rater} ({value})", np.array(rows, dtype=np.intp))
        return
    whole = {rater: held for rater, held in given.items() if _is_normalised(list(held.values()))}
    if whole:
        rows = sorted({row for held in whole.values() for row in held})
        yield SharedValues("normalisation", title, _named(list(whole)), np.array(rows, dtype=np.intp))


def _normalised_within(
    given: Mapping[str, Mapping[int, float]], values: Sequence[str | None]
) -> dict[tuple[str, str], list[int]]:
    """The segments by rater and value of a key, where the ratings of most such stretches are normalised."""
    stretches: dict[tuple[str, str], list[int]] = defaultdict(list)
    for rater, held in given.items():
        for row in held:
            if values[row]:
                stretches[rater, str(values[row])].append(row)
    enough = {place: rows for place, rows in stretches.items() if len(rows) >= _LEAST_RATINGS}
    hits = {
        place: rows
        for place, rows in enough.items()
        if _is_normalised([given[place[0]][row] for row in rows])
    }
    several = len({value for _, value in hits}) > 1
    return hits if several and 2 * len(hits) >= len(enough) else {}


def _is_normalised(values: Sequence[float]) -> bool:
    """Whether numbers have mean 0 and standard deviation 1, with either divisor."""
    if len(values) < _LEAST_RATINGS:
        return False
    numbers = np.array(values)
    spreads = (float(numbers.std()), float(numbers.std(ddof=1)))
    return (
        abs(float(numbers.mean())) < _NORMALISED and min(abs(spread - 1) for spread in spreads) < _NORMALISED
    )


def _named(raters: Sequence[str]) -> str:
    names = sorted(raters, key=natural)
    more = len(names) - _NAMED
    if more <= 0:
        return ", ".join(names)
    return tr_n("{names} and {n} more", "{names} and {n} more", more, names=", ".join(names[:_NAMED]))
