"""The agreement report as CSV tables, numbers unrounded: one file a kind of figure, over all schemes and items."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from annotator.agreement.report import ItemReport
from annotator.app.agreement import SchemeAgreement
from annotator.app.raters import rater_hints
from annotator.app.session import Session
from annotator.audio.aside import written_aside

_HEADS = {
    "coefficients": (
        "scheme",
        "item",
        "name",
        "variant",
        "value",
        "low",
        "high",
        "n_units",
        "n_ratings",
        "reason",
    ),
    "categories": ("scheme", "item", "category", "prevalence", "alpha", "reason"),
    "pairwise": ("scheme", "item", "a", "b", "n_shared", "name", "variant", "value", "reason"),
    "raters": ("scheme", "item", "rater", "n", "vs_rest", "self_agreement", "bias", "range_used", "drift"),
    "hints": ("scheme", "rater", "hint"),
    "worst": ("scheme", "item", "segment", "score", "n"),
    "outlook": ("scheme", "item", "raters", "width", "mean_reliability"),
}


def write_tables(session: Session, agreements: Sequence[SchemeAgreement], folder: Path) -> list[Path]:
    """Writes the tables into a folder, made where it does not exist, and gives their paths."""
    rows: dict[str, list[tuple[object, ...]]] = {name: [] for name in _HEADS}
    for agreement in agreements:
        scheme = agreement.scheme.name
        hints = rater_hints(session, scheme)
        habits = {(entry.item, h.rater): entry.habit for h in hints for entry in h.items}
        rows["hints"] += [(scheme, h.rater, hint) for h in hints for hint in h.hints]
        for report in (*agreement.items, *(made.report for made in agreement.derived)):
            for name, found in _of_item(report, agreement):
                rows[name].append((scheme, report.item, *found))
            for rater in report.raters:
                habit = habits.get((report.item, rater.rater))
                own = (habit.bias, habit.range_used, habit.drift) if habit else (None, None, None)
                rows["raters"].append(
                    (scheme, report.item, rater.rater, rater.n, rater.vs_rest, rater.self_agreement, *own)
                )
        if agreement.sets is not None:
            c = agreement.sets
            low, high = c.ci or (None, None)
            rows["coefficients"].append(
                (scheme, "", c.name, c.variant, c.value, low, high, c.n_units, c.n_ratings, c.reason)
            )
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, head in _HEADS.items():
        path = folder / f"{name}.csv"
        with written_aside(path) as aside, aside.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([head, *rows[name]])
        paths.append(path)
    return paths


def _of_item(report: ItemReport, agreement: SchemeAgreement) -> Iterator[tuple[str, tuple[object, ...]]]:
    for c in (report.percent_agreement, *report.coefficients):
        low, high = c.ci or (None, None)
        yield "coefficients", (c.name, c.variant, c.value, low, high, c.n_units, c.n_ratings, c.reason)
    for one in report.per_category:
        yield "categories", (one.category, one.prevalence, one.alpha.value, one.alpha.reason)
    for p in report.pairwise:
        yield "pairwise", (p.a, p.b, p.n_shared, *report.measure, p.value, p.reason)
    for unit, score, n in report.worst:
        yield "worst", (agreement.segment_ids[unit], score, n)
    for o in report.outlook:
        yield "outlook", (o.raters, o.width, o.mean_reliability)
