"""Moves the boundaries of sentences into the pauses that are really there.

Between two sentences the pause is chosen that is long and close to where the text says that the one ends and the
other begins; all boundaries of a recording are chosen together, in order, each pause once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from annotator.segmentation.activity import Activity
from annotator.segmentation.options import Options
from annotator.segmentation.sentences import Sentence
from annotator.segmentation.spans import spans_from_probabilities

#: What counts as speech: short pauses too, since those between sentences may be shorter than those within.
LISTENING = Options(min_pause=0.08, min_length=0.06, onset=0.7, offset=0.6)

_SHORTEST = 0.05  # seconds that a sentence keeps
_LONG = 0.6  # seconds from which a pause is no more likely between sentences
_DISTANCE = 1.0  # what a pause as far away as it may be costs; as much as a pause of full length is worth
_NONE = 0.35  # what it costs to find no pause: less than one that is short and far away


@dataclass(frozen=True, slots=True, eq=False)
class Pauses:
    """Where nobody speaks: starts and ends in seconds, sorted, the recording's beginning and end among them; (n,)."""

    starts: NDArray[np.float64]
    ends: NDArray[np.float64]


def pauses(activity: Activity) -> Pauses:
    """Pauses of at least 80 ms, from what a voice detector heard."""
    spans = np.array(spans_from_probabilities(activity, LISTENING), dtype=np.float64).reshape(-1, 2)
    spans /= activity.sample_rate
    length = activity.samples / activity.sample_rate
    starts, ends = np.append(0.0, spans[:, 1]), np.append(spans[:, 0], length)
    return Pauses(starts, ends)


@dataclass(frozen=True, slots=True)
class _Choice:
    """One way to set a boundary: where the sentence before ends and the one after begins, in seconds."""

    end: float
    start: float
    cost: float


def snapped(sentences: Sequence[Sentence], quiet: Pauses) -> list[Sentence]:
    """Sentences in order, not overlapping, with ends and starts at pauses where there are any within their reach.

    >>> quiet = Pauses(np.array([0.0, 2.1, 9.0]), np.array([0.5, 2.6, 10.0]))
    >>> given = [Sentence(0.2, 2.0, "One.", "", 0.5, 0.5), Sentence(2.0, 9.0, "Two.", "", 0.5, 0.5)]
    >>> [(s.start, s.end) for s in snapped(given, quiet)]
    [(0.5, 2.1), (2.6, 9.0)]
    """
    if not sentences:
        return []
    first, last = sentences[0], sentences[-1]
    columns = [
        [_Choice(-np.inf, _onset(first, quiet), 0.0)],
        *(_between(one, other, quiet) for one, other in pairwise(sentences)),
        [_Choice(_offset(last, quiet), np.inf, 0.0)],
    ]
    chosen = _cheapest(columns)
    result: list[Sentence] = []
    for sentence, before, after in zip(sentences, chosen, chosen[1:], strict=False):
        # Where the pauses leave a sentence no room it follows the one before, as long as the text says.
        start = max(before.start, result[-1].end) if result else before.start
        end = after.end if after.end - start >= _SHORTEST else max(sentence.end, start + _SHORTEST)
        result.append(replace(sentence, start=start, end=end))
    return result


def _onset(sentence: Sentence, quiet: Pauses) -> float:
    """End of the pause nearest to the start of a sentence."""
    near = int(np.argmin(np.abs(quiet.ends - sentence.start)))
    found = float(quiet.ends[near])
    return found if abs(found - sentence.start) <= sentence.start_reach else sentence.start


def _offset(sentence: Sentence, quiet: Pauses) -> float:
    """Start of the pause nearest to the end of a sentence."""
    near = int(np.argmin(np.abs(quiet.starts - sentence.end)))
    found = float(quiet.starts[near])
    return found if abs(found - sentence.end) <= sentence.end_reach else sentence.end


def _between(one: Sentence, other: Sentence, quiet: Pauses) -> list[_Choice]:
    """Ways to set the boundary between two sentences, the one without a pause among them."""
    reach = max(one.end_reach, other.start_reach)
    if other.start - one.end > 2 * reach:  # far apart: each has a pause of its own
        return [_Choice(_offset(one, quiet), _onset(other, quiet), 0.0)]
    low, high = sorted((one.end, other.start))
    if one.end > other.start:  # two who speak at once
        low = high = (low + high) / 2
        choices = [_Choice(low, low, _NONE)]
    else:
        choices = [_Choice(one.end, other.start, _NONE)]
    if not reach:
        return choices
    near = np.flatnonzero((quiet.ends > low - reach) & (quiet.starts < high + reach))
    for number in near.tolist():
        start, end = float(quiet.starts[number]), float(quiet.ends[number])
        away = max(start - high, low - end, 0.0)
        length = min((end - start) / _LONG, 1.0)
        choices.append(_Choice(start, end, _DISTANCE * away / reach - length))
    return choices


def _cheapest(columns: list[list[_Choice]]) -> list[_Choice]:
    """One choice of every column, in order of time, with the least sum of costs."""
    totals = [[choice.cost for choice in columns[0]]]
    sources: list[list[int]] = [[0] * len(columns[0])]
    for before, column in pairwise(columns):
        total, source = [], []
        for choice in column:
            # A choice that leaves no room for the sentence between is possible, but dearer than any other.
            routes = [
                cost + choice.cost + (0 if choice.end - earlier.start >= _SHORTEST else 1e3)
                for cost, earlier in zip(totals[-1], before, strict=True)
            ]
            best = int(np.argmin(routes))
            total.append(routes[best])
            source.append(best)
        totals.append(total)
        sources.append(source)
    path = [int(np.argmin(totals[-1]))]
    for source in reversed(sources[1:]):
        path.append(source[path[-1]])
    return [column[choice] for column, choice in zip(columns, reversed(path), strict=True)]
