"""Ratings and what they are worth: import, agreement, consensus."""

from pathlib import Path
from typing import Annotated

import typer

from annotator.cli.app import Corpus, Json, app, changing, reading
from annotator.cli.output import emit, follow, number, table, warn_all
from annotator.domain.translation import tr, tr_n

Scheme = Annotated[
    str | None, typer.Option("--scheme", metavar="NAME", help=tr("Scheme; all or the only one by default."))
]


@app.command(name="import", help=tr("Import segments, a transcript or ratings from a file."))
def import_(
    corpus: Corpus,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=tr("The file."))],
    format: Annotated[
        str,
        typer.Option("--format", metavar="FORMAT", help=tr("csv, srt, vtt, textgrid, elan, whisper or ctm.")),
    ],
    rater: Annotated[
        str | None,
        typer.Option(
            "--rater", metavar="NAME", help=tr("Whose ratings they are, where the file does not say.")
        ),
    ] = None,
    scheme: Scheme = None,
    tier: Annotated[
        str | None, typer.Option("--tier", metavar="NAME", help=tr("Tier of the segments."))
    ] = None,
    recording: Annotated[
        str | None,
        typer.Option("--recording", metavar="R", help=tr("Recording that a transcript belongs to.")),
    ] = None,
    json: Json = False,
) -> None:
    from annotator.app.importing import import_file

    with changing(corpus) as session:
        job = import_file(
            session, file, format=format, rater=rater, scheme=scheme, tier=tier, recording=recording
        )
        result = follow(job)
    warn_all([*result.warnings, *result.dropped])
    lines = [tr_n("{n} segment added.", "{n} segments added.", result.segments)] if result.segments else []
    if result.annotations:
        lines.append(
            tr_n(
                "{n} rating by {raters}.",
                "{n} ratings by {raters}.",
                result.annotations,
                raters=", ".join(result.raters),
            )
        )
    if result.dropped:
        lines.append(tr_n("{n} row was left out.", "{n} rows were left out.", len(result.dropped)))
    emit(result, lines)


@app.command(help=tr("Measure how far the raters agree, with intervals."))
def agreement(
    corpus: Corpus,
    scheme: Scheme = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            "--cluster",
            metavar="KEY",
            help=tr(
                "Group key resampled together for the intervals; song or speaker by default, none for segments."
            ),
        ),
    ] = None,
    tiers: Annotated[
        str | None,
        typer.Option(
            "--tiers", metavar="A,B", help=tr("Compare two segmentations instead; A is the reference.")
        ),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help=tr("Seed of the bootstrap."))] = 0,
    json: Json = False,
) -> None:
    from annotator.app.agreement import measure_agreement

    if tiers is not None:
        _compare(corpus, tiers)
        return

    with reading(corpus) as session:
        results = follow(measure_agreement(session, scheme, cluster=cluster, seed=seed))
    lines: list[str] = []
    for result in results:
        lines += ["", tr("{title} ({name})", title=result.scheme.title, name=result.scheme.name)]
        rows: list[list[object]] = []
        for report in result.items:
            for coefficient in report.coefficients:
                low, high = coefficient.ci or (None, None)
                rows.append(
                    [report.item, f"{coefficient.name} {coefficient.variant}", number(coefficient.value),
                     f"[{number(low)}, {number(high)}]" if coefficient.ci else coefficient.reason]
                )  # fmt: skip
        lines += table([tr("item"), tr("coefficient"), tr("value"), tr("95 % interval")], rows)
        lines += ["", *(f"{report.item}: {report.summary}" for report in result.items)]
    emit({"schemes": [result.to_dict() for result in results]}, lines[1:])


def _compare(corpus: Path, names: str) -> None:
    """Prints how far two tiers agree."""
    from annotator.app.tiers import compare_tiers

    with reading(corpus) as session:
        result = compare_tiers(session, names)
    rows = [
        [f"{tolerance * 1000:.0f} ms", number(scores.precision), number(scores.recall), number(scores.f)]
        for tolerance, scores in result.boundaries
    ]
    lines = [
        *table([tr("boundaries within"), tr("precision"), tr("recall"), "F"], rows),
        "",
        tr("alpha for unitizing: {value}", value=result.reason or number(result.alpha)),
        tr("mean intersection over union of partners: {value}", value=number(result.matches.mean_iou)),
        result.summary,
    ]
    emit({"tiers": result}, lines)


@app.command(help=tr("Settle what the raters together say."))
def consensus(
    corpus: Corpus,
    method: Annotated[
        str, typer.Option("--method", metavar="NAME", help=tr("majority, soft, mean or median."))
    ],
    scheme: Scheme = None,
    json: Json = False,
) -> None:
    from annotator.app.consensus import settle_consensus

    with changing(corpus) as session:
        result = settle_consensus(session, scheme, method)
    lines = [
        tr_n("{n} segment settled by {method} on {items}.", "{n} segments settled by {method} on {items}.",
             result.segments, method=method, items=", ".join(result.items)),
        tr("Ties: {ties}; without a value: {undecided}.", ties=result.ties, undecided=result.undecided),
    ]  # fmt: skip
    if result.left_out:
        lines.append(tr("The method does not fit {items}.", items=", ".join(result.left_out)))
    emit(result, lines)
