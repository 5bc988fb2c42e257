"""The demo's result in words that a newcomer understands."""

from annotator.app.demo import DemoResult
from annotator.cli.output import interval, number, table
from annotator.domain.timeline import clock
from annotator.domain.translation import tr, tr_n


def demo_lines(result: DemoResult) -> list[str]:
    """The five steps, what came out of each, and what to try next."""
    return [
        tr(
            "The demo corpus is in {folder}. Its voices, music and ratings are synthetic.",
            folder=result.folder,
        ),
        "",
        *_segments(result),
        *_ratings(result),
        *_agreement(result),
        *_dataset(result),
        *_training(result),
        tr("Look at it in the window:  annotator {folder}", folder=result.folder),
    ]


def _segments(result: DemoResult) -> list[str]:
    found = sum(entry.segments for entry in result.segmented)
    return [
        tr("1. Segment"),
        "   "
        + tr(
            "{recordings} recordings ({time}). Speech detection cut the talk shows into {n} segments; "
            "{share} % of their edges lie within 0.2 s of a sentence of the transcripts.",
            recordings=result.info.recordings,
            time=clock(result.info.duration_seconds, 0),
            n=found,
            share=round(100 * (result.boundaries.precision or 0)),
        ),
        "",
    ]


def _ratings(result: DemoResult) -> list[str]:
    return [
        tr("2. Label"),
        "   "
        + tr(
            "{n} ratings by {raters} under {schemes}.",
            n=result.info.annotations,
            raters=", ".join(result.info.rater_names),
            schemes=", ".join(result.info.schemes),
        ),
        "",
    ]


def _agreement(result: DemoResult) -> list[str]:
    rows: list[list[object]] = []
    for scheme in result.agreement:
        for report in scheme.items:
            alpha = next(c for c in report.coefficients if c.name == "krippendorff_alpha")
            sure = interval(alpha.ci, 2) or alpha.reason
            rows.append([scheme.scheme.name, report.item, number(alpha.value, 2), sure])
    headers = [tr("scheme"), tr("item"), tr("alpha"), tr("95 % interval")]
    undecided = ", ".join(f"{entry.scheme} {entry.undecided}" for entry in result.consensus)
    return [
        tr("3. Agreement (Krippendorff's alpha: 1 is perfect, 0 is chance)"),
        *("   " + line for line in table(headers, rows)),
        "   " + tr("Consensus settled; segments left undecided: {undecided}.", undecided=undecided),
        "",
    ]


def _dataset(result: DemoResult) -> list[str]:
    classes = list(next(iter(result.split.values())).classes)
    rows: list[list[object]] = [
        [name, part.segments, part.groups, *part.classes.values()] for name, part in result.split.items()
    ]
    verdict = (
        tr("The audit finds no leak: no voice and no artist stands on two sides.")
        if result.audit.clean
        else tr("The audit finds leaks.")
    )
    return [
        tr("4. Dataset"),
        *("   " + line for line in table([tr("fold"), tr("segments"), tr("groups"), *classes], rows)),
        "   " + verdict,
        *(
            "   "
            + tr_n(
                "{format}: {n} segment in {folder}", "{format}: {n} segments in {folder}", export.segments,
                format=export.format, folder=export.manifest.parent,
            )
            for export in result.exported
        ),
        "",
    ]  # fmt: skip


def _training(result: DemoResult) -> list[str]:
    evaluation = result.trained.evaluation
    overall = evaluation.overall["uar"]
    low, high = overall["ci"] or (None, None)
    return [
        tr("5. Train ({model} on {features}, target {target})",
           model=result.trained.model, features=result.trained.features, target=result.trained.target),
        "   "
        + tr(
            "Average recall per class {value} [{low}, {high}] on voices and artists it never heard; "
            "guessing gives {chance}, one person against the others {human}.",
            value=number(overall["value"], 2), low=number(low, 2), high=number(high, 2),
            chance=number(evaluation.chance["uar"], 2), human=number(_value(evaluation.human_ceiling.get("uar")), 2),
        ),
        "   "
        + _claim(overall["value"], _value(evaluation.ungrouped.get("uar"))),
        "",
    ]  # fmt: skip


def _claim(grouped: float | None, ungrouped: float | None) -> str:
    """What a random split gives, which on so few clips need not be more."""
    value = number(ungrouped, 2)
    if grouped is None or ungrouped is None or ungrouped > grouped:
        return tr("A random split that ignores groups would have claimed {value}.", value=value)
    return tr(
        "A random split that ignores groups gives {value}: on so few clips chance decides which is higher.",
        value=value,
    )


def _value(entry: object) -> float | None:
    found = entry.get("value") if isinstance(entry, dict) else entry
    return float(found) if isinstance(found, int | float) else None
