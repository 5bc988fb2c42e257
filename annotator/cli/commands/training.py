"""Features, a baseline, and the demo of everything."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from annotator.audio.aside import require_place
from annotator.cli.app import Corpus, Json, app, changing, using
from annotator.cli.output import emit, follow, note, number, table
from annotator.cli.training_summary import training_lines
from annotator.domain.errors import UsageError
from annotator.domain.timeline import clock
from annotator.domain.translation import tr

#: Suggestions that a terminal shows; the JSON result and the table hold all.
_MOST = 20


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
    class_weight: Annotated[
        Literal["balanced", "none"],
        typer.Option(
            "--class-weight", help=tr("Rare classes weigh more (balanced), or every segment counts alike.")
        ),
    ] = "balanced",
    search: Annotated[
        bool, typer.Option("--search", help=tr("Choose settings within each training side, by groups."))
    ] = False,
    curve: Annotated[
        bool, typer.Option("--learning-curve", help=tr("Train on growing shares: are more labels worth it?"))
    ] = False,
    importance: Annotated[
        bool, typer.Option("--importance", help=tr("Which families of features the model leans on."))
    ] = False,
    augment: Annotated[
        list[str] | None,
        typer.Option(
            "--augment",
            metavar="CHANGE",
            help=tr(
                "Changed copies of training segments: noise=DB, stretch=SPEED, pitch=SEMITONES, shift=S, gain=DB."
            ),
        ),
    ] = None,
    slice_seconds: Annotated[
        float,
        typer.Option("--slice", metavar="S", min=0, help=tr("Train on pieces of this length as well.")),
    ] = 0.0,
    trim: Annotated[
        float | None,
        typer.Option(
            "--trim", metavar="DB", help=tr("Leave out what lies this far below the loudest at both ends.")
        ),
    ] = None,
    level: Annotated[
        float | None, typer.Option("--level", metavar="DB", help=tr("Bring every segment to one level."))
    ] = None,
    pad: Annotated[
        float | None,
        typer.Option("--pad", metavar="S", help=tr("Cut or fill up every segment to one length.")),
    ] = None,
    start: Annotated[
        Path | None,
        typer.Option(
            "--start",
            metavar="FILE",
            help=tr("A saved cnn whose layers but the last are taken over and frozen."),
        ),
    ] = None,
    skip_missing: Annotated[
        bool, typer.Option("--skip-missing", help=tr("Leave out segments whose audio file is not there."))
    ] = False,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help=tr("Write the report as one HTML page."))
    ] = None,
    save: Annotated[
        Path | None,
        typer.Option(
            "--save", metavar="FILE", help=tr("Write the model, trained on all segments of the split.")
        ),
    ] = None,
    no_store: Annotated[
        bool, typer.Option("--no-store", help=tr("Do not keep the run in the corpus."))
    ] = False,
    json: Json = False,
) -> None:
    from annotator.app.report.training import write_page
    from annotator.app.train import Training, run_training

    steps = {"trim": trim, "level": level, "pad": pad}
    prepared = [f"{name}={value:g}" for name, value in steps.items() if value is not None]
    training = Training(
        target=target,
        features="~".join([features, *prepared]),
        model=model,
        split=split,
        seed=seed,
        class_weight=class_weight,
        search=search,
        curve=curve,
        importance=importance,
        augment=tuple(augment or ()),
        slice_seconds=slice_seconds,
        skip_missing=skip_missing,
        start="" if start is None else str(start.absolute()),
    )
    with using(corpus) as session:
        if html is not None:
            require_place(html)
        trained = follow(run_training(session, training, save=save, store=not no_store))
        if html is not None:
            write_page(session, trained, html)
    result = trained.to_dict()
    lines = training_lines(result)
    emit({**result, "html": None if html is None else str(html.absolute())}, lines)


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
    most: Annotated[
        int | None,
        typer.Option("--most", metavar="N", min=1, help=tr("How many suggestions are printed and queued.")),
    ] = None,
    queue: Annotated[
        str | None,
        typer.Option(
            "--queue",
            metavar="A,B",
            help=tr("Ask these raters the suggestions next; no answer is shown to them."),
        ),
    ] = None,
    tier: Annotated[
        str | None, typer.Option("--tier", metavar="NAME", help=tr("Tier whose segments are predicted."))
    ] = None,
    json: Json = False,
) -> None:
    from annotator.app.predict import predict as run

    if (queue or most) and not suggest:
        raise UsageError(tr("Only suggestions can be queued or counted."), tr("Add --suggest."))
    names = queue.split(",") if queue else []
    with (changing if queue else using)(corpus) as session:
        job = run(session, model, file=output, tier=tier, suggest=suggest, most=most, queue=names, like=like)
        result = follow(job)
    if result.unasked:
        note(tr("{n} predictions are not in the table: the sample does not ask for them.", n=result.unasked))
    lines = table([tr("predicted"), tr("segments")], [[label, n] for label, n in result.labels.items()])
    if not result.labels:
        lines = [tr("Mean of {n} predictions: {mean}.", n=result.segments, mean=number(result.mean))]
    if result.suggestions:
        heads = [tr("file"), tr("start"), tr("model"), tr("sure"), tr("useful")]
        rows = [
            [
                one["file"],
                number(one["start"]),
                one["predicted"],
                number(one["probability"]),
                number(one["usefulness"]),
            ]
            for one in result.suggestions[:_MOST]
        ]
        lines += ["", *table(heads, rows)]
    if result.queued is not None:
        lines += [
            tr("{rater} is asked {n} suggestions next.", rater=r, n=n)
            for r, n in result.queued.raters.items()
        ]
    emit(result, [*lines, *([tr("Written to {file}.", file=result.file)] if result.file else [])])


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
