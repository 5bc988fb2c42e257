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
from annotator.app.ratings_table import counted_raters
from annotator.app.session import Session, find_scheme
from annotator.domain.corpus import Annotation, Consensus, Value
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job, Progress
from annotator.domain.registry import closest
from annotator.domain.scheme import Item, Scheme
from annotator.domain.trace import from_numbers, stacked
from annotator.domain.translation import tr
from annotator.storage.reader import Reader
from annotator.storage.rows import Kind, consensus_id
from annotator.storage.writer import Transaction

#: The consensus method that keeps the mean of the traces, step by step.
MEAN_TRACE = "mean-trace"


@dataclass(frozen=True, slots=True)
class SegmentTraces:
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
    segments: tuple[SegmentTraces, ...]

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
        given, names = _given(reader, instrument)
        recordings = {recording.id: recording.name for recording in reader.recordings()}
        places = reader.places()
    results = []
    for number, item in enumerate(items):
        unaligned, aligned, kept = [], [], []
        late: dict[str, list[float]] = defaultdict(list)
        for done, (segment, answers) in enumerate(given.items()):
            yield Progress(
                number * len(given) + done, len(items) * len(given), tr("Aligning {item}", item=item.title)
            )
            raters, table = _table(item, answers, names)
            if len(raters) < 2:
                continue
            found = lags(table, item.rate, most=most_lag)
            for rater, seconds in zip(raters, found.tolist(), strict=True):
                if seconds == seconds:
                    late[rater].append(seconds)
            unaligned.append(table)
            aligned.append(shifted(table, item.rate, found))
            kept.append((segment, recordings[places[segment][0]]))
        each = [
            SegmentTraces(segment, name, one.n_raters, *(_none(v) for v in (one.alpha, one.ccc, one.pearson)))
            for (segment, name), one in zip(kept, map(figures, aligned), strict=True)
        ]
        results.append(
            TraceAgreement(
                scheme=instrument.name, item=item.name, title=item.title or item.name, rate=item.rate,
                n_segments=len(each), n_raters=len({names[a.rater_id] for s, _ in kept for a in given[s]}),
                alpha=_alpha(aligned, replicates, seed), alpha_unaligned=_alpha(unaligned, replicates, seed),
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
        given, names = _given(reader, instrument, segment_id)
    raters, table = _table(asked[item], given.get(segment_id, []), names)
    if not raters:
        raise AnnotatorError(
            tr("Nobody has traced this segment."), tr("Give the key of a segment with traces.")
        )
    rate = asked[item].rate
    late = lags(table, rate, most=most_lag)
    aligned = shifted(table, rate, late)
    middle, course = mean_trace(aligned), over_time(aligned, rate, window=window)
    return {
        "raters": list(raters),
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
    """How many segments have a mean trace now."""

    scheme: str
    method: str
    segments: int
    items: tuple[str, ...]


def settle_traces(session: Session, scheme: str | None, *, most_lag: float = MOST_LAG) -> SettledTraces:
    """Keeps the mean trace of every segment as a consensus, raters aligned with one another; can be undone.

    `uncertainty` is the standard deviation between the raters, over the steps on average.
    """
    with session.reading() as reader:
        instrument = find_scheme(reader, scheme)
        items = _trace_items(instrument)
        given, names = _given(reader, instrument)
    rows = []
    for segment, answers in given.items():
        values: dict[str, Value] = {}
        counts: dict[str, int] = {}
        uncertainty: dict[str, float] = {}
        for item in items:
            raters, table = _table(item, answers, names)
            if raters:
                found = mean_trace(shifted(table, item.rate, lags(table, item.rate, most=most_lag)))
                values[item.name] = from_numbers(found.value)
                counts[item.name] = len(raters)
                if not np.isnan(found.spread).all():
                    uncertainty[item.name] = float(np.nanmean(found.spread))
        if values:
            sources = tuple(answer.id for answer in answers)
            rows.append(
                Consensus(segment, instrument.name, MEAN_TRACE, values, {}, counts, (), uncertainty, sources)
            )
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
    return SettledTraces(instrument.name, MEAN_TRACE, len(rows), tuple(item.name for item in items))


def _trace_items(scheme: Scheme) -> list[Item]:
    items = [item for item in scheme.items if item.type == "trace"]
    if not items:
        raise AnnotatorError(
            tr("{scheme} has no traces.", scheme=scheme.name),
            tr("Choose a scheme with items of the type trace."),
        )
    return items


def _given(
    reader: Reader, scheme: Scheme, segment_id: str | None = None
) -> tuple[dict[str, list[Annotation]], dict[str, str]]:
    """First answers of the raters that count, by segment; and the raters' names."""
    found = reader.annotations(scheme=scheme.name, segment_ids=None if segment_id is None else [segment_id])
    raters = counted_raters(reader.raters(), {one.rater_id for one in found})
    names = {rater.id: rater.name for rater in raters}
    given: dict[str, list[Annotation]] = defaultdict(list)
    for one in sorted(found, key=lambda one: (one.segment_id, names.get(one.rater_id, ""))):
        if one.rater_id in names and one.repeat == 0:
            given[one.segment_id].append(one)
    return given, names


def _table(
    item: Item, answers: Sequence[Annotation], names: dict[str, str]
) -> tuple[tuple[str, ...], Floats]:
    """Who traced an item of one segment, and their traces side by side without the delay the scheme knows of."""
    traced = [
        (names[one.rater_id], value)
        for one in answers
        if isinstance(value := one.values.get(item.name), list)
    ]
    return tuple(name for name, _ in traced), stacked([v for _, v in traced], item.rate, lag=item.lag)


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
