"""Work of several annotators: hand it out, pack it up, bring it together."""

from typing import Annotated

import typer

from annotator.cli.app import Corpus, Json, app, changing
from annotator.cli.output import emit, table
from annotator.domain.translation import tr


@app.command(help=tr("Give each segment to several raters, each in an order of their own."))
def assign(
    corpus: Corpus,
    raters: Annotated[
        str, typer.Option("--raters", metavar="A,B,C", help=tr("Names of the raters; new ones are added."))
    ],
    overlap: Annotated[int, typer.Option("--overlap", metavar="K", help=tr("Raters for each segment."))],
    scheme: Annotated[
        str | None, typer.Option("--scheme", metavar="S", help=tr("Scheme; the only one by default."))
    ] = None,
    tier: Annotated[
        str | None, typer.Option("--tier", metavar="T", help=tr("Tier; the only one by default."))
    ] = None,
    repeat: Annotated[
        float,
        typer.Option(
            "--repeat", metavar="SHARE", help=tr("Share of segments asked twice, 0 to 0.3, late in the order.")
        ),
    ] = 0.0,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help=tr("Seed of the orders."))] = 0,
    json: Json = False,
) -> None:
    from annotator.app import tasks

    with changing(corpus) as session:
        result = tasks.assign(
            session, raters.split(","), overlap=overlap, scheme=scheme, tier=tier, repeat=repeat, seed=seed
        )
    rows = [[task.rater, task.segments, task.repeats, task.added] for task in result.tasks]
    lines = table([tr("rater"), tr("segments"), tr("repeats"), tr("new")], rows)
    emit(result, [tr("{n} segments on the tier {tier}.", n=result.segments, tier=result.tier), *lines])
