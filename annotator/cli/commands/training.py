"""Features, a baseline, and the demo of everything."""

from pathlib import Path
from typing import Annotated, Any

import typer

from annotator.cli.app import Corpus, Json, app, using
from annotator.cli.output import emit, follow, note, number, table
from annotator.domain.timeline import clock
from annotator.domain.translation import tr


@app.command(help=tr("Describe every segment by a feature set, as a Parquet table."))
def features(
    corpus: Corpus,
    set_name: Annotated[
        str,
        typer.Option("--set", metavar="NAME", help=tr('Feature set; "annotator feature-sets" lists them.')),
    ],
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE.parquet", help=tr("File to write."))
    ],
    tier: Annotated[
        str | None, typer.Option("--tier", metavar="NAME", help=tr("Tier whose segments are described."))
    ] = None,
    json: Json = False,
) -> None:
    from annotator.app.features import write_features

    with using(corpus) as session:
        result = follow(write_features(session, set_name, output, tier=tier))
    emit(
        result,
        [tr("{columns} features of {segments} segments ({time}) in {file}.", columns=result.columns,
            segments=result.segments, time=clock(result.seconds, 0), file=output)],
    )  # fmt: skip


@app.command(help=tr("Train a baseline on the parts of a split and show what the labels are worth."))
def train(
    corpus: Corpus,
    features: Annotated[str, typer.Option("--features", metavar="NAME", help=tr("Feature set."))],
    model: Annotated[
        str, typer.Option("--model", metavar="NAME", help=tr('Model; "annotator models" lists them.'))
    ],
    target: Annotated[str, typer.Option("--target", metavar="ITEM", help=tr("Item to learn."))],
    split: Annotated[str, typer.Option("--split", metavar="NAME", help=tr("Split to train and test on."))],
    seed: Annotated[int, typer.Option("--seed", help=tr("Seed of model and intervals."))] = 0,
    save: Annotated[
        Path | None,
        typer.Option(
            "--save", metavar="FILE", help=tr("Write the model, trained on all segments of the split.")
        ),
    ] = None,
    json: Json = False,
) -> None:
    from annotator.app.train import train as run

    with using(corpus) as session:
        job = run(session, features=features, model=model, target=target, split=split, seed=seed, save=save)
        result = follow(job).to_dict()
    emit(result, training_lines(result))


@app.command(help=tr("Apply a saved model to the segments; nothing is written into the corpus."))
def predict(
    corpus: Corpus,
    model: Annotated[
        Path, typer.Option("--model", metavar="FILE", help=tr("What annotator train --save has written."))
    ],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE.csv", help=tr("Table to write."))
    ] = None,
    like: Annotated[
        Path | None,
        typer.Option("--like", metavar="SAMPLE.csv", help=tr("Columns, rows and order as in this file.")),
    ] = None,
    suggest: Annotated[
        bool,
        typer.Option("--suggest", help=tr("Only unrated segments, those the model is least sure of first.")),
    ] = False,
    tier: Annotated[
        str | None, typer.Option("--tier", metavar="NAME", help=tr("Tier whose segments are predicted."))
    ] = None,
    json: Json = False,
) -> None:
    from annotator.app.predict import predict as run

    with using(corpus) as session:
        result = follow(run(session, model, file=output, tier=tier, suggest=suggest, like=like))
    if result.unasked:
        note(tr("{n} predictions are not in the table: the sample does not ask for them.", n=result.unasked))
    lines = table([tr("predicted"), tr("segments")], [[label, n] for label, n in result.labels.items()])
    if not result.labels:
        lines = [tr("Mean of {n} predictions: {mean}.", n=result.segments, mean=number(result.mean))]
    emit(result, [*lines, *([tr("Written to {file}.", file=result.file)] if result.file else [])])


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
    if result.get("confusion"):
        labels = result["confusion"]["labels"]
        lines += ["", tr("Rows: what people said; columns: what the model said.")]
        lines += table(
            ["", *labels],
            [[label, *row] for label, row in zip(labels, result["confusion"]["matrix"], strict=True)],
        )
    return lines


def _score(entry: Any) -> str:
    if isinstance(entry, dict):
        low, high = entry.get("ci") or (None, None)
        interval = f" [{number(low)}, {number(high)}]" if low is not None else ""
        return number(entry.get("value")) + interval
    return number(entry)


@app.command(
    help=tr("Make the demo corpus, run the whole job on it, and open the window where there is a display.")
)
def demo(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help=tr("Where to make it."))] = Path(
        "annotator-demo"
    ),
    no_window: Annotated[bool, typer.Option("--no-window", help=tr("Do not open the window."))] = False,
    json: Json = False,
) -> int:
    from annotator.app.demo import run_demo
    from annotator.cli.demo_summary import demo_lines
    from annotator.cli.window import has_display, open_window

    session, result = follow(run_demo(folder))
    session.close()
    emit(result, demo_lines(result))
    if no_window or json or not has_display():
        if not no_window and not json:
            note(
                tr(
                    'There is no display here. Where there is one, "annotator {path}" opens the window.',
                    path=result.folder,
                )
            )
        return 0
    return open_window(result.folder)
