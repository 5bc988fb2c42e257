"""What a training says to a person at a terminal."""

from typing import Any

from annotator.cli.output import interval, number, table
from annotator.domain.translation import tr, tr_n

#: Rows of a list that a terminal shows; all of them are in the JSON result.
_MOST = 10


def training_lines(result: dict[str, Any]) -> list[str]:
    """The evaluation as a person reads it: the model between chance and people, then what it confuses."""
    names = list(result["overall"])
    rows: list[list[object]] = []
    for title, key in (
        (tr("this model"), "overall"), (tr("majority"), "majority"), (tr("chance"), "chance"),
        (tr("a person against the others"), "human_ceiling"), (tr("with a leaky random split"), "ungrouped"),
    ):  # fmt: skip
        scores = result[key]
        rows.append([title, *(_score(scores.get(name)) for name in names)])
    lines = table(["", *names], rows)
    if result["confusion"]["labels"]:
        labels = result["confusion"]["labels"]
        lines += ["", tr("Rows: what people said; columns: what the model said.")]
        lines += table(
            ["", *labels],
            [[label, *row] for label, row in zip(labels, result["confusion"]["matrix"], strict=True)],
        )
    elif result["per_class"]:
        heads = [tr("label"), tr("precision"), tr("recall"), tr("F1"), tr("segments")]
        names = ["precision", "recall", "f1"]
        cells = [
            [row["label"], *(number(row[name]) for name in names), row["support"]]
            for row in result["per_class"]
        ]
        lines += ["", *table(heads, cells)]
    lines += ["", *result["warnings"]] if result["warnings"] else []
    return [*lines, *_curve(result), *_importance(result), *_chosen(result), *_doubts(result), *_kept(result)]


def _curve(result: dict[str, Any]) -> list[str]:
    curve = result.get("learning_curve")
    if not curve:
        return []
    heads = [tr("trained on"), tr("segments"), tr("groups"), curve["metric"]]
    rows = [
        [f"{point['share']:.1%}", f"{point['n_train']:.0f}", f"{point['n_groups']:.0f}", _score(point)]
        for point in curve["points"]
    ]
    gain = curve["doubling"]["gain"]
    told = (
        tr("What twice the labels would add is unknown: {reason}.", reason=curve["doubling"]["reason"])
        if gain is None
        else tr("Twice the labels would add about {gain:+.3f}, if it went on like this.", gain=gain)
    )
    return ["", *table(heads, rows), told]


def _importance(result: dict[str, Any]) -> list[str]:
    importance = result.get("importance")
    if not importance:
        return []
    heads = [tr("family"), tr("columns"), tr("{metric} lost without it", metric=importance["metric"])]
    rows = [[one["family"], one["columns"], _score(one)] for one in importance["families"]]
    return ["", *table(heads, rows)]


def _chosen(result: dict[str, Any]) -> list[str]:
    lines = []
    for fold in result["folds"]:
        if fold.get("chosen"):
            settings = ", ".join(f"{name}={value}" for name, value in fold["chosen"]["settings"].items())
            lines.append(tr("{part}: {settings}", part=fold["part"], settings=settings or tr("as it is")))
    return ["", tr("Settings chosen within each training side:"), *lines] if lines else []


def _doubts(result: dict[str, Any]) -> list[str]:
    doubts = result["label_errors"]
    if not doubts:
        return []
    heads = [tr("recording"), tr("start"), tr("people"), tr("model"), tr("sure")]
    rows = [
        [one["recording"], number(one["start"]), one["people"], one["model"], number(one["probability"])]
        for one in doubts[:_MOST]
    ]
    told = tr_n(
        "{n} label is likely wrong; listen to it:",
        "{n} labels are likely wrong; listen to them:",
        len(doubts),
    )
    return ["", told, *table(heads, rows)]


def _kept(result: dict[str, Any]) -> list[str]:
    if not result["run"]:
        return []
    return ["", tr('Kept as run {key}; "annotator runs CORPUS" lists all.', key=result["run"][:8])]


def _score(entry: Any) -> str:
    if isinstance(entry, dict):
        return f"{number(entry.get('value'))} {interval(entry.get('ci'))}".rstrip()
    return number(entry)
