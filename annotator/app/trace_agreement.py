"""Agreement on the continuous traces of a corpus, and the mean trace as a consensus."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from annotator.agreement.alpha import krippendorff_alpha
from annotator.agreement.bootstrap import with_intervals
from annotator.agreement.coefficient import Coefficient
from annotator.agreement.ratings import Floats
from annotator.agreement.traces import MOST_LAG, figures, lags, mean_trace, over_time, pool, shifted
from annotator.app.session import Session, find_scheme
from annotator.app.traces import segment_traces
from annotator.domain.corpus import Consensus, Value
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job, Progress
from annotator.domain.registry import closest
from annotator.domain.scheme import Item, Scheme
from annotator.domain.trace import from_numbers
from annotator.domain.translation import tr
from annotator.storage.reader import Reader
from annotator.storage.rows import Kind, consensus_id
from annotator.storage.writer import Transaction

#: The consensus method that keeps the mean of the traces, step by step.
MEAN_TRACE = "mean-trace"


@dataclass(frozen=True, slots=True)
class SegmentAgreement:
    """Agreement on one segment, by recording name; `None` where it is undefined."""

    segment: str
    recording: str
    raters: int
    alpha: float | None
    ccc: float | None
    pearson: float | None


@dataclass(frozen=True)
class TraceAgreement:
    """Agreement on one trace item over all segments with two raters or more.

    `alpha` counts every step of every segment, `alpha_unaligned` the same before lags were taken out; `ccc` and
    `pearson` are means over segments of the means over pairs. All intervals resample segments. `lags` are the middle
    lags of each rater in seconds, later ones positive. `segments` come worst first.
    """

    scheme: str
    item: str
    title: str
    rate: float
    n_segments: int
    n_raters: int
    alpha: Coefficient
    alpha_unaligned: Coefficient
    ccc: Coefficient
    pearson: Coefficient
    lags: dict[str, float]
    segments: tuple[SegmentAgreement, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        names = ("scheme", "item", "rate", "n_segments", "n_raters", "lags", "segments")
        figures = ("alpha", "alpha_unaligned", "ccc", "pearson")
        return {name: getattr(self, name) for name in names} | {
            name: getattr(self, name).to_dict() for name in figures
        }


def measure_traces(
    session: Session,
    scheme: str | None = None,
    *,
    most_lag: float = MOST_LAG,
    replicates: int = 1000,
    seed: int = 0,
) -> Job[tuple[TraceAgreement, ...]]:
    """Agreement on every trace item of a scheme, each segment's raters aligned with one another first.

    Parameters
    ----------
    most_lag
        Seconds within which lags are looked for, to either side; 0 leaves the traces as they are.
    replicates, seed
        Of the bootstrap over segments.
    """
    with session.reading() as reader:
        instrument = find_scheme(reader, scheme)
        items = _trace_items(instrument)
        drawn = {item: segment_traces(reader, instrument.name, item.name) for item in items}
        recordings = {recording.id: recording.name for recording in reader.recordings()}
        places = reader.places()
    results = []
    for number, (item, found) in enumerate(drawn.items()):
        shared = [one for one in found if len(one.raters) >= 2]
        aligned = []
        late: dict[str, list[float]] = defaultdict(list)
        for done, one in enumerate(shared):
            yield Progress(
                number * len(shared) + done, len(items) * len(shared), tr("Aligning {item}", item=item.title)
            )
            behind = lags(one.values, item.rate, most=most_lag)
            for rater, seconds in zip(one.raters, behind.tolist(), strict=True):
                if seconds == seconds:
                    late[rater].append(seconds)
            aligned.append(shifted(one.values, item.rate, behind))
        each = [
            SegmentAgreement(
                one.segment_id, recordings[places[one.segment_id][0]], figure.n_raters,
                *(_none(value) for value in (figure.alpha, figure.ccc, figure.pearson)),
            )
            for one, figure in zip(shared, map(figures, aligned), strict=True)
        ]  # fmt: skip
        results.append(
            TraceAgreement(
                scheme=instrument.name, item=item.name, title=item.title or item.name, rate=item.rate,
                n_segments=len(each), n_raters=len({rater for one in shared for rater in one.raters}),
                alpha=_alpha(aligned, replicates, seed),
                alpha_unaligned=_alpha([one.values for one in shared], replicates, seed),
                ccc=_mean("ccc", [one.ccc for one in each], replicates, seed),
                pearson=_mean("pearson", [one.pearson for one in each], replicates, seed),
                lags={rater: float(np.median(late[rater])) for rater in sorted(late)},
                segments=tuple(sorted(each, key=lambda one: (one.alpha is not None, one.alpha or 0.0))),
            )
        )  # fmt: skip
    return tuple(results)


def trace_course(
    session: Session,
    segment_id: str,
    item: str,
    scheme: str | None = None,
    *,
    most_lag: float = MOST_LAG,
    window: float = 10.0,
) -> dict[str, Any]:
    """One segment over time: raters, lags, the mean trace with its interval, and agreement in windows of seconds."""
    with session.reading() as reader:
        instrument = find_scheme(reader, scheme)
        asked = {one.name: one for one in _trace_items(instrument)}
        if item not in asked:
            raise AnnotatorError(
                tr('{scheme} has no trace "{item}".', scheme=instrument.name, item=item),
                closest(item, [*asked]),
            )
        found = segment_traces(reader, instrument.name, item)
    traced = next((one for one in found if one.segment_id == segment_id), None)
    if traced is None:
        raise AnnotatorError(
            tr("Nobody has traced this segment."), tr("Give the key of a segment with traces.")
        )
    rate = asked[item].rate
    late = lags(traced.values, rate, most=most_lag)
    aligned = shifted(traced.values, rate, late)
    middle, course = mean_trace(aligned), over_time(aligned, rate, window=window)
    return {
        "raters": list(traced.raters),
        "lags": [_none(seconds) for seconds in late.tolist()],
        "rate": rate,
        "mean": from_numbers(middle.value),
        "low": from_numbers(middle.low),
        "high": from_numbers(middle.high),
        "windows": {
            "seconds": course.seconds.tolist(),
            **{
                name: [_none(v) for v in getattr(course, name).tolist()]
                for name in ("alpha", "ccc", "pearson")
            },
        },
    }


@dataclass(frozen=True, slots=True)
class SettledTraces:
    """How many segments have a mean trace now; `undecided` are those without one of some item. Means have no ties."""

    scheme: str
    method: str
    segments: int
    items: tuple[str, ...]
    undecided: int
    ties: int = 0


def settle_traces(session: Session, scheme: str | None, *, most_lag: float = MOST_LAG) -> SettledTraces:
    """Keeps the mean trace of every segment as a consensus, raters aligned with one another; can be undone.

    `uncertainty` is the standard deviation between the raters, over the steps on average.
    """
    with session.reading() as reader:
        instrument = find_scheme(reader, scheme)
        items = _trace_items(instrument)
        drawn = {item: segment_traces(reader, instrument.name, item.name) for item in items}
        sources = _sources(reader, instrument)
    values: dict[str, dict[str, Value]] = defaultdict(dict)
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    uncertainty: dict[str, dict[str, float]] = defaultdict(dict)
    for item, found in drawn.items():
        for one in found:
            key = one.segment_id
            behind = lags(one.values, item.rate, most=most_lag)
            middle = mean_trace(shifted(one.values, item.rate, behind))
            values[key][item.name] = from_numbers(middle.value)
            counts[key][item.name] = len(one.raters)
            if not np.isnan(middle.spread).all():
                uncertainty[key][item.name] = float(np.nanmean(middle.spread))
    rows = [
        Consensus(
            key, instrument.name, MEAN_TRACE, values[key], {}, counts[key], (), uncertainty[key], sources[key]
        )
        for key in sorted(values)
    ]
    if not rows:
        raise AnnotatorError(
            tr('Nobody has traced with the scheme "{scheme}" yet.', scheme=instrument.name),
            tr("Trace in the window, or import traces."),
        )

    def write(transaction: Transaction) -> None:
        kept = {row.segment_id for row in rows}
        held = {row.segment_id for row in transaction.consensus(instrument.name, MEAN_TRACE)}
        stale = [consensus_id(segment, instrument.name, MEAN_TRACE) for segment in sorted(held - kept)]
        transaction.remove(Kind.CONSENSUS, stale)
        transaction.put(*rows)

    session.transact(tr("Settle the mean traces of {scheme}", scheme=instrument.title), write)
    undecided = sum(len(row.values) < len(items) for row in rows)
    return SettledTraces(
        instrument.name, MEAN_TRACE, len(rows), tuple(item.name for item in items), undecided
    )


def _trace_items(scheme: Scheme) -> list[Item]:
    items = [item for item in scheme.items if item.type == "trace"]
    if not items:
        raise AnnotatorError(
            tr("{scheme} has no traces.", scheme=scheme.name),
            tr("Choose a scheme with items of the type trace."),
        )
    return items


def _sources(reader: Reader, scheme: Scheme) -> dict[str, tuple[str, ...]]:
    """Keys of the first answers of people, by segment, those of one rater after the other."""
    people = {rater.id: rater.name for rater in reader.raters() if rater.kind == "human"}
    given = [a for a in reader.annotations(scheme=scheme.name) if a.repeat == 0 and a.rater_id in people]
    found: dict[str, tuple[str, ...]] = {}
    for answer in sorted(given, key=lambda one: people[one.rater_id]):
        found[answer.segment_id] = (*found.get(answer.segment_id, ()), answer.id)
    return found


def _alpha(tables: Sequence[Floats], replicates: int, seed: int) -> Coefficient:
    ratings = pool(tables)
    (alpha,) = with_intervals(
        [krippendorff_alpha(ratings, "interval")], clusters=ratings.clusters, replicates=replicates, seed=seed
    )
    return alpha


def _mean(name: str, values: Sequence[float | None], replicates: int, seed: int) -> Coefficient:
    """The mean over segments with its percentile interval."""
    known = np.array([value for value in values if value is not None])
    if not len(known):
        reason = tr("No segment has two raters whose traces move.")
        return Coefficient(name, "mean of segments", None, reason)
    ci = None
    if len(known) > 1 and replicates:
        drawn = np.random.default_rng(seed).integers(len(known), size=(replicates, len(known)))
        low, high = np.quantile(known[drawn].mean(axis=1), (0.025, 0.975))
        ci = (float(low), float(high))
    return Coefficient(
        name, "mean of segments", float(known.mean()), "", len(known), 0, ci, "bootstrap" if ci else ""
    )


def _none(value: float) -> float | None:
    return None if value != value else value
