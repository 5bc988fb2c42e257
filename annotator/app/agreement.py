"""How far the raters of a corpus agree."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from annotator.agreement.bootstrap import with_intervals
from annotator.agreement.coefficient import Coefficient
from annotator.agreement.distances import masi_alpha
from annotator.agreement.ratings import Ratings
from annotator.agreement.report import ItemReport, report_item
from annotator.app.derived import Derived, bins, chosen_sets, factor_scores, quadrants
from annotator.app.policy import require_open
from annotator.app.ratings_table import RatingsTable, categories_of, level_of, rating_table
from annotator.app.session import Session, find_scheme
from annotator.domain.corpus import Recording, Segment, Value
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job, Progress
from annotator.domain.registry import closest
from annotator.domain.scheme import Item, Scheme
from annotator.domain.translation import tr


@dataclass(frozen=True)
class DerivedReport:
    """Agreement on an item made from others, with a sentence on how it was made."""

    report: ItemReport
    title: str
    note: str
    item: Item


@dataclass(frozen=True)
class SchemeAgreement:
    """Agreement on every item of one scheme; `segment_ids` are the segments behind the units of the reports.

    `derived` are items made from those that were rated, `sets` the alpha over the boxes ticked together. `ratings` are
    those behind each item, also the derived ones, by raters in the order of `rater_names`.
    """

    scheme: Scheme
    items: tuple[ItemReport, ...]
    segment_ids: tuple[str, ...]
    cluster_key: str | None
    derived: tuple[DerivedReport, ...] = ()
    sets: Coefficient | None = None
    rater_names: tuple[str, ...] = ()
    ratings: Mapping[str, Ratings] = field(default_factory=dict, repr=False, compare=False)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON; `worst` names segments instead of unit numbers."""
        data: dict[str, Any] = {"scheme": self.scheme.name, "cluster": self.cluster_key}
        data["items"] = [self._named(report) for report in self.items]
        data["derived"] = [{**self._named(found.report), "note": found.note} for found in self.derived]
        data["sets"] = self.sets.to_dict() if self.sets else None
        return data

    def _named(self, report: ItemReport) -> dict[str, Any]:
        data = report.to_dict()
        for entry in data["worst"]:
            entry["segment"] = self.segment_ids[entry.pop("unit")]
        return data


def measure_agreement(
    session: Session,
    scheme: str | None = None,
    *,
    cluster: str | None = None,
    cuts: Sequence[tuple[str, tuple[float, ...]]] = (),
    neutral: float | None = None,
    replicates: int = 1000,
    seed: int = 0,
) -> Job[tuple[SchemeAgreement, ...]]:
    """Agreement on every item of one scheme, or of all schemes that have ratings.

    Parameters
    ----------
    cluster
        Group key whose values are resampled together for the intervals; song or speaker where known, unless
        named; `none` resamples segments.
    cuts
        Items to be cut into ordered categories, each with its edges; in every scheme that has the item.
    neutral
        Half width of the neutral band of quadrants, in points of the scale; see `derived.default_band`.
    replicates, seed
        Of the bootstrap.
    """
    with session.reading() as reader:
        require_open(reader)
        names = [find_scheme(reader, scheme).name] if scheme else [s.name for s in reader.schemes()]
        schemes = [find_scheme(reader, name).measured() for name in names]
        tables = [rating_table(reader, name, cluster) for name in names]
    rated = [(s, table) for s, table in zip(schemes, tables, strict=True) if len(table.units)]
    if not rated:
        raise AnnotatorError(
            tr('Nobody has rated with the scheme "{scheme}" yet.', scheme=scheme)
            if scheme
            else tr("Nobody has rated anything yet."),
            tr("Rate in the window, or import ratings."),
        )
    known = {item.name for found, _ in rated for item in found.items}
    for name, _ in cuts:
        if name not in known:
            raise AnnotatorError(
                tr('Nobody has rated "{item}" yet.', item=name), closest(name, sorted(known))
            )
    total = sum(len(found.items) for found, _ in rated)
    results: list[SchemeAgreement] = []
    done = 0
    for found, table in rated:
        reports: list[ItemReport] = []
        for item in found.items:
            yield Progress(done, total, tr("Agreement on {item}", item=item.title or item.name))
            repeats = table.of(item, repeated=True)
            reports.append(
                report_item(
                    table.of(item),
                    item=item.name,
                    level=level_of(item),
                    categories=categories_of(item),
                    rater_names=table.rater_names,
                    repeats=repeats if len(repeats.values) else None,
                    ratio=item.type == "number" and item.minimum == 0,
                    replicates=replicates,
                    seed=seed,
                )
            )
            done += 1
        made = _derived(found, table, cuts, neutral)
        derived = tuple(
            DerivedReport(
                report_item(
                    one.ratings, item=one.name, level=one.level, categories=one.categories,
                    rater_names=table.rater_names, repeats=one.repeats if len(one.repeats.values) else None,
                    replicates=replicates, seed=seed,
                ),
                one.title,
                one.note,
                _item_of(one),
            )
            for one in made
        )  # fmt: skip
        sets = _sets(found, table, replicates, seed)
        results.append(
            SchemeAgreement(
                found,
                tuple(reports),
                table.segment_ids,
                table.cluster_key,
                derived,
                sets,
                table.rater_names,
                {
                    **{item.name: table.of(item) for item in found.items},
                    **{one.name: one.ratings for one in made},
                },
            )
        )
    return tuple(results)


def _derived(
    scheme: Scheme,
    table: RatingsTable,
    cuts: Sequence[tuple[str, tuple[float, ...]]],
    neutral: float | None,
) -> list[Derived]:
    plane = plane_of(scheme)
    made = [quadrants(table, *plane, band=neutral)] if plane else []
    by_name = {item.name: item for item in scheme.items}
    made += [bins(table, by_name[name], edges) for name, edges in cuts if name in by_name]
    return made + factor_scores(table, scheme)


def _item_of(made: Derived) -> Item:
    """A derived item as if it had been rated: its categories, or numbers over the range they take."""
    if made.categories:
        return Item(made.name, "category", made.title, labels=made.categories)
    values = made.ratings.values
    low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)
    return Item(made.name, "number", made.title, minimum=low, maximum=high if high > low else low + 1.0)


def _sets(scheme: Scheme, table: RatingsTable, replicates: int, seed: int) -> Coefficient | None:
    found = chosen_sets(table, scheme)
    if found is None:
        return None
    alpha = masi_alpha(*found)
    return with_intervals([alpha], clusters=table.clusters, replicates=replicates, seed=seed)[0]


@dataclass(frozen=True, slots=True)
class RatedScheme:
    """A scheme with what has been rated under it, by the raters that agreement is measured among."""

    scheme: Scheme
    segments: int
    raters: int
    ratings: int


def rated_schemes(session: Session) -> tuple[RatedScheme, ...]:
    """The schemes under which somebody has rated, by name."""
    with session.reading() as reader:
        found = [(s.measured(), rating_table(reader, s.name, "none")) for s in reader.schemes()]
    return tuple(
        RatedScheme(scheme, len(table.segment_ids), len(table.rater_names), int((table.repeats == 0).sum()))
        for scheme, table in found
        if len(table.units)
    )


@dataclass(frozen=True, slots=True)
class Divided:
    """A segment that divides the raters on an item: how far (as in `ItemReport.worst`), and who said what.

    `answers` holds the raters' first answers by name; `None` where a rater could not tell.
    """

    segment: Segment
    recording: Recording
    score: float
    answers: tuple[tuple[str, Value], ...]


def divided_segments(session: Session, agreement: SchemeAgreement) -> dict[str, tuple[Divided, ...]]:
    """For each item the segments that divide the raters most, widest first; those deleted since are left out."""
    ids = {agreement.segment_ids[unit] for report in agreement.items for unit, _, _ in report.worst}
    with session.reading() as reader:
        scheme = find_scheme(reader, agreement.scheme.name)
        segments = {segment.id: segment for segment in reader.segments(ids=sorted(ids))}
        recordings = {recording.id: recording for recording in reader.recordings()}
        names = {rater.id: rater.name for rater in reader.raters() if rater.name in agreement.rater_names}
        given = reader.annotations(scheme=scheme.name, segment_ids=sorted(ids))
    said: dict[str, list[tuple[str, dict[str, Value]]]] = defaultdict(list)
    for one in given:
        if one.repeat == 0 and one.rater_id in names:
            said[one.segment_id].append((names[one.rater_id], scheme.measured_values(one.values)))

    def answers(segment_id: str, item: str) -> tuple[tuple[str, Value], ...]:
        found = [(rater, values.get(item)) for rater, values in said[segment_id]]
        return tuple(sorted(found, key=lambda answer: answer[0]))

    divided: dict[str, tuple[Divided, ...]] = {}
    for report in agreement.items:
        found = [(segments.get(agreement.segment_ids[unit]), score) for unit, score, _ in report.worst]
        divided[report.item] = tuple(
            Divided(segment, recordings[segment.recording_id], score, answers(segment.id, report.item))
            for segment, score in found
            if segment is not None and segment.recording_id in recordings
        )
    return divided


@dataclass(frozen=True, slots=True)
class RaterPlace:
    """Where a rater's first answers lie in the plane of two items: means and standard deviations (divisor n - 1).

    `spread` is `None` for a single answer. Raters who rated different segments may lie apart for that alone.
    """

    rater: str
    n: int
    mean: tuple[float, float]
    spread: tuple[float, float] | None


def plane_of(scheme: Scheme) -> tuple[Item, Item] | None:
    """The items across and upwards of a scheme that is answered on a grid; `None` for others."""
    if scheme.panel != "grid" or len(scheme.items) < 2:
        return None
    across, upwards = scheme.items[:2]
    return (across, upwards) if across.numeric and upwards.numeric else None


def rater_places(session: Session, scheme: str) -> tuple[RaterPlace, ...]:
    """Every rater's place in the plane of a scheme, by name; none where the scheme has no plane."""
    with session.reading() as reader:
        plane = plane_of(find_scheme(reader, scheme).measured())
        if plane is None:
            return ()
        table = rating_table(reader, scheme, "none")
    return _places(plane, table.of(plane[0]), table.of(plane[1]), table.rater_names)


def places_of(agreement: SchemeAgreement) -> tuple[RaterPlace, ...]:
    """As `rater_places`, of ratings that are in memory."""
    plane = plane_of(agreement.scheme)
    if plane is None:
        return ()
    x, y = (agreement.ratings[item.name] for item in plane)
    return _places(plane, x, y, agreement.rater_names)


def _places(plane: tuple[Item, Item], x: Ratings, y: Ratings, names: Sequence[str]) -> tuple[RaterPlace, ...]:
    """Means and spreads over the segments that a rater answered on both items."""
    mine, yours = (ratings.units * len(names) + ratings.raters for ratings in (x, y))
    _, first, second = np.intersect1d(mine, yours, assume_unique=True, return_indices=True)
    raters = x.raters[first]
    counts = np.bincount(raters, minlength=len(names))
    some = counts > 0
    points = []
    for item, values in zip(plane, (x.values[first], y.values[second]), strict=True):
        # Steps of whole-number scales are codes from their minimum.
        shown = values + (item.minimum if item.type == "integer" else 0.0)
        mean = np.bincount(raters, shown, len(names)) / np.maximum(counts, 1)
        squares = np.bincount(raters, (shown - mean[raters]) ** 2, len(names))
        points.append((mean, np.sqrt(squares / np.maximum(counts - 1, 1))))
    (mx, sx), (my, sy) = points
    return tuple(
        RaterPlace(
            names[n], int(counts[n]), (float(mx[n]), float(my[n])),
            (float(sx[n]), float(sy[n])) if counts[n] > 1 else None,
        )
        for n in sorted(np.flatnonzero(some).tolist(), key=lambda n: names[n])
    )  # fmt: skip
