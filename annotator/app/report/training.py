"""The report on a training as one HTML page that needs nothing else: no script, no network, no file beside it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from annotator.app.report import training_methods as methods
from annotator.app.report import training_plots as plots
from annotator.app.report.html import (
    bullets,
    interval,
    number,
    paragraph,
    quoted,
    section,
    table,
    write_whole,
)
from annotator.app.session import Session
from annotator.app.training import Trained
from annotator.domain.corpus import now
from annotator.domain.timeline import clock
from annotator.domain.translation import tr, tr_n
from annotator.learning.evaluate import Evaluation
from annotator.learning.metrics import MAIN

_MOST_DOUBTS = 25
_MOST_CLASSES_DRAWN = 12


def write_page(session: Session, trained: Trained, path: Path) -> None:
    """Writes the report on a training, whole or not at all."""
    title = tr(
        "{target} by {model}: {corpus}", target=trained.target, model=trained.model, corpus=session.name
    )
    told = tr(
        "Features {features}, split {split}. Written on {day}.",
        features=trained.features, split=trained.split, day=now()[:10],
    )  # fmt: skip
    evaluation = trained.evaluation
    parts = [
        _result(evaluation),
        _parts(evaluation),
        _classes(evaluation),
        _curve(evaluation),
        _importance(evaluation),
        _doubts(trained),
        section("methods", tr("Methods, for a paper"), quoted(methods.paragraph(session, trained))),
        section("repeat", tr("To repeat it"), _options(trained)),
        section("limits", tr("Limits"), bullets(methods.limits(trained))),
        section("references", tr("References"), bullets(methods.references(trained))),
    ]
    write_whole(path, title, paragraph(told, "quiet"), "".join(parts))


def _result(evaluation: Evaluation) -> str:
    names = list(evaluation.overall)
    entries: list[tuple[str, Mapping[str, Any]]] = [
        (tr("this model"), {name: entry["value"] for name, entry in evaluation.overall.items()}),
        (tr("majority, or the mean"), evaluation.majority),
        (tr("chance"), evaluation.chance),
        (tr("one person against the others"), evaluation.human_ceiling),
        (tr("a leaky random split"), evaluation.ungrouped),
    ]
    rows = []
    for n, (title, scores) in enumerate(entries):
        cells = []
        for name in names:
            ci = evaluation.overall[name]["ci"] if n == 0 else (None, None)
            ends = "" if ci[0] is None else f" [{ci[0]:.3f}, {ci[1]:.3f}]"
            cells.append(number(scores.get(name)) + ends)
        rows.append([title, *cells])
    drawn = []
    for name in names:
        ci = evaluation.overall[name]["ci"]
        marks = [
            (title, scores.get(name), ci if n == 0 else (), n == 0)
            for n, (title, scores) in enumerate(entries)
        ]
        drawn.append(plots.rows(methods.metric_title(name), marks))
    heads = ["", *(methods.metric_title(name) for name in names)]
    reasons = {
        f"{title}: {methods.metric_title(name)}: {why}."
        for title, scores in entries[1:]
        for name, why in scores.get("reasons", {}).items()
    }
    caption = tr("The model between guessing and people; 95 % intervals in brackets")
    body = table(caption, heads, rows, numeric=range(1, len(heads))) + "".join(drawn)
    return section("result", tr("Result"), body + (bullets(sorted(reasons)) if reasons else ""))


def _parts(evaluation: Evaluation) -> str:
    names = list(evaluation.overall)
    rows = [
        [
            str(fold["part"]),
            str(fold["n_train"]),
            str(fold["n_test"]),
            *(number(fold["metrics"].get(name)) for name in names),
            fold.get("note", "") or _settings(fold),
        ]
        for fold in evaluation.folds
    ]
    heads = [
        tr("part"),
        tr("trained on"),
        tr("tested"),
        *(methods.metric_title(name) for name in names),
        tr("remark"),
    ]
    body = table(
        tr("Each part, tested by a model that had not heard it"), heads, rows, range(1, 3 + len(names))
    )
    return section("parts", tr("Parts"), body)


def _settings(fold: Mapping[str, Any]) -> str:
    chosen = fold.get("chosen")
    return ", ".join(f"{name} = {value}" for name, value in chosen["settings"].items()) if chosen else ""


def _classes(evaluation: Evaluation) -> str:
    if not evaluation.per_class:
        return ""
    rows = [
        [
            row["label"],
            *(number(row[name]) for name in ("precision", "recall", "f1")),
            str(row["support"]),
            "; ".join(dict.fromkeys(row.get("reasons", {}).values())),
        ]
        for row in evaluation.per_class
    ]
    heads = [tr("label"), tr("precision"), tr("recall"), tr("F1"), tr("segments"), tr("remark")]
    body = table(tr("Every label"), heads, rows, range(1, 5))
    labels, matrix = evaluation.confusion["labels"], evaluation.confusion["matrix"]
    if labels:
        if len(labels) <= _MOST_CLASSES_DRAWN:
            body += plots.confusion(tr("What the model mixes up"), labels, matrix)
        cells = [[label, *map(str, counts)] for label, counts in zip(labels, matrix, strict=True)]
        caption = tr("Rows: what people said; columns: what the model said")
        body += table(caption, ["", *labels], cells, range(1, len(labels) + 1))
    return section("labels", tr("Labels"), body)


def _curve(evaluation: Evaluation) -> str:
    found = evaluation.learning_curve
    if not found:
        return ""
    metric = methods.metric_title(found["metric"])
    rows = [
        [
            f"{100 * point['share']:g} %",
            f"{point['n_train']:.0f}",
            f"{point['n_groups']:.0f}",
            number(point["value"]),
            interval(point["ci"]),
        ]
        for point in found["points"]
    ]
    gain = found["doubling"]["gain"]
    told = (
        tr("What twice the labels would add is unknown: {reason}.", reason=found["doubling"]["reason"])
        if gain is None
        else tr(
            "If it went on as over the last points, twice the labels would change {metric} by about {gain:+.3f}.",
            metric=metric,
            gain=gain,
        )
    )
    heads = [tr("share"), tr("segments"), tr("groups"), metric, tr("95 % interval")]
    drawn = plots.curve(tr("{metric} by the number of segments trained on", metric=metric), found["points"])
    body = paragraph(told) + drawn + table(tr("Learning curve"), heads, rows, range(5))
    return section("curve", tr("Are more labels worth it?"), body)


def _importance(evaluation: Evaluation) -> str:
    found = evaluation.importance
    if not found:
        return ""
    metric = methods.metric_title(found["metric"])
    marks = [(one["family"], one["value"], one["ci"], True) for one in found["families"]]
    rows = [
        [
            one["family"],
            str(one["columns"]),
            number(one["value"]),
            interval(one["ci"]),
        ]
        for one in found["families"]
    ]
    title = tr("How much {metric} falls where a family of features is shuffled", metric=metric)
    heads = [tr("family"), tr("columns"), tr("fall"), tr("95 % interval")]
    return section(
        "importance",
        tr("What the model leans on"),
        plots.rows(title, marks) + table(title, heads, rows, range(1, 4)),
    )


def _doubts(trained: Trained) -> str:
    if not trained.label_errors:
        return ""
    shown = trained.label_errors[:_MOST_DOUBTS]
    rows = [
        [
            one["recording"],
            f"{clock(one['start'])} .. {clock(one['end'])}",
            str(one["people"]),
            str(one["model"]),
            number(one["probability"]),
        ]
        for one in shown
    ]
    n = len(trained.label_errors)
    told = tr_n(
        "{n} label that a model sure of itself speaks against; listening decides. The surest:",
        "{n} labels that a model sure of itself speaks against; listening decides. The surest:",
        n,
    )
    heads = [tr("recording"), tr("segment"), tr("people"), tr("model"), tr("sure")]
    return section(
        "doubts", tr("Likely label errors"), paragraph(told) + table(tr("Doubts"), heads, rows, (4,))
    )


def _options(trained: Trained) -> str:
    rows = [[name, str(value)] for name, value in (trained.options or {}).items()]
    rows.append([tr("run"), trained.run or "-"])
    rows.append([tr("main metric"), MAIN[trained.evaluation.task]])  # type: ignore[index]
    return table(
        tr("The same options on the same data give the same figures to the last bit"),
        [tr("option"), ""],
        rows,
    )
