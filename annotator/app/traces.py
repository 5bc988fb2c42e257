"""Traces of a scheme as arrays, segment by segment, for whatever compares raters over time."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotator.app.session import find_scheme
from annotator.domain.errors import AnnotatorError
from annotator.domain.scheme import Item
from annotator.domain.trace import stacked
from annotator.domain.translation import tr
from annotator.storage.reader import Reader


@dataclass(frozen=True)
class SegmentTraces:
    """What the raters drew for one segment: (raters, steps) numbers at `rate` a second, NaN where nothing was given.

    Rows follow `raters`, which are names, sorted. The delay of raters that the scheme states is taken out.
    """

    segment_id: str
    raters: tuple[str, ...]
    values: NDArray[np.float64]
    rate: float


def segment_traces(
    reader: Reader, scheme: str, item: str, *, rate: float | None = None
) -> list[SegmentTraces]:
    """The first-pass traces of people, of every segment that has one; at the item's own rate unless told otherwise.

    Raises `AnnotatorError` where the item is no trace.
    """
    asked = _trace_item(reader, scheme, item)
    people = {rater.id: rater.name for rater in reader.raters() if rater.kind == "human"}
    drawn: dict[str, list[tuple[str, list[float | None]]]] = {}
    for answer in reader.annotations(scheme=scheme):
        trace = answer.values.get(item)
        if answer.repeat == 0 and answer.rater_id in people and isinstance(trace, list):
            drawn.setdefault(answer.segment_id, []).append((people[answer.rater_id], trace))
    found = []
    for segment, traces in sorted(drawn.items()):
        traces.sort(key=lambda one: one[0])
        values = stacked([trace for _, trace in traces], asked.rate, new_rate=rate, lag=asked.lag)
        found.append(SegmentTraces(segment, tuple(name for name, _ in traces), values, rate or asked.rate))
    return found


def _trace_item(reader: Reader, scheme: str, name: str) -> Item:
    item = find_scheme(reader, scheme).item(name)
    if item.type != "trace":
        raise AnnotatorError(
            tr("{item} is no trace.", item=name), tr("Name an item that was answered over time.")
        )
    return item
