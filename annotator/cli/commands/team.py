"""Work of several annotators: hand it out, pack it up, bring it together."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from annotator.cli.app import Corpus, Json, app, changing, using
from annotator.cli.output import emit, follow, table
from annotator.domain.translation import tr, tr_n


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
            "--repeat",
            metavar="SHARE",
            help=tr("Share of segments asked twice, 0 to 0.3, late in the order."),
        ),
    ] = 0.0,
    anchors: Annotated[
        str | None,
        typer.Option(
            "--anchors",
            metavar="TIER|FILE",
            help=tr("Segments with known answers, asked of every rater among the others to check attention."),
        ),
    ] = None,
    practice: Annotated[
        str | None,
        typer.Option(
            "--practice",
            metavar="TIER|FILE",
            help=tr("Segments with known answers to begin with, told after each; they count nowhere."),
        ),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help=tr("Seed of the orders."))] = 0,
    json: Json = False,
) -> None:
    from annotator.app import tasks

    with changing(corpus) as session:
        result = tasks.assign(
            session, raters.split(","), overlap=overlap, scheme=scheme, tier=tier, repeat=repeat,
            anchors=anchors, practice=practice, seed=seed,
        )  # fmt: skip
    rows = [
        [task.rater, task.segments, task.repeats, task.anchors, task.practice, task.added]
        for task in result.tasks
    ]
    headers = [tr("rater"), tr("segments"), tr("repeats"), tr("anchors"), tr("practice"), tr("new")]
    lines = table(headers, rows)
    emit(result, [tr("{n} segments on the tier {tier}.", n=result.segments, tier=result.tier), *lines])


@app.command(help=tr("Pack one rater's task into one file, with the sound and nobody else's answers."))
def package(
    corpus: Corpus,
    rater: Annotated[str, typer.Option("--rater", metavar="A", help=tr("Whose task."))],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help=tr("The file to write."))],
    audio: Annotated[
        Literal["whole", "clips", "none"] | None,
        typer.Option(
            "--audio",
            help=tr("Whole recordings (default), clips around the segments with silence between, or none."),
        ),
    ] = None,
    context: Annotated[
        float,
        typer.Option("--context", metavar="S", min=0, help=tr("Seconds around each segment kept in clips.")),
    ] = 2.0,
    with_text: Annotated[
        bool, typer.Option("--with-text", help=tr("Pack transcripts and speakers too; they bias ratings."))
    ] = False,
    json: Json = False,
) -> None:
    from annotator.app import package as packages

    with using(corpus) as session:
        job = packages.package(session, rater, output, audio=audio, with_text=with_text, context=context)
        result = follow(job)
    told = tr_n(
        "{file}: {n} segment for {rater}, {size:.1f} MB.",
        "{file}: {n} segments for {rater}, {size:.1f} MB.",
        result.segments,
        file=result.file.name,
        rater=result.rater,
        size=result.bytes / 1e6,
    )
    emit(result, [told])


@app.command(help=tr("Bring together what annotators did on packages and copies."))
def merge(
    corpus: Corpus,
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help=tr("Packages, or folders that are copies."))
    ],
    theirs: Annotated[
        bool, typer.Option("--theirs", help=tr("Where both sides changed a segment, take the other's."))
    ] = False,
    settle: Annotated[
        list[str] | None,
        typer.Option(
            "--settle",
            metavar="KEY=SIDE",
            help=tr("Settle the conflict of that key, or all: ours, theirs or both. May be repeated."),
        ),
    ] = None,
    json: Json = False,
) -> None:
    from annotator.app import merge as merging
    from annotator.app.conflicts import parse_choices

    choices = parse_choices(settle or ())
    with changing(corpus) as session:
        result = follow(merging.merge(session, files, theirs=theirs, choices=choices))
    lines = [
        tr_n("{n} answer came in, {known} were here already.", "{n} answers came in, {known} were here already.",
             result.annotations_added, known=result.unchanged),
        tr("Segments: {added} added, {changed} changed.",
           added=result.segments_added, changed=result.segments_changed),
    ]  # fmt: skip
    if result.conflicts:
        lines.append(tr_n("{n} conflict:", "{n} conflicts:", len(result.conflicts)))
        rows = [[conflict.key, conflict.settled, conflict.text] for conflict in result.conflicts]
        lines += table([tr("key"), tr("stands now"), tr("what")], rows)
        lines.append(
            tr("Merge once more with --settle KEY=ours, KEY=theirs or KEY=both to decide otherwise.")
        )
    emit(result, lines)
