"""Ratings and what they are worth: import, agreement, consensus."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from annotator.cli.app import Corpus, Json, app, changing, reading
from annotator.cli.output import emit, follow, number, table, warn_all
from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr, tr_n

if TYPE_CHECKING:
    from annotator.agreement.consensus import TiePolicy
    from annotator.agreement.report import ItemReport
    from annotator.app.agreement import SchemeAgreement

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
    bins: Annotated[
        list[str] | None,
        typer.Option(
            "--bins",
            metavar="ITEM=EDGE,...",
            help=tr("Also cut an item's scale into categories; repeatable."),
        ),
    ] = None,
    neutral: Annotated[
        float | None,
        typer.Option(
            "--neutral",
            metavar="POINTS",
            help=tr("Half width of the neutral band of quadrants; half a step by default."),
        ),
    ] = None,
    hints: Annotated[
        bool, typer.Option("--hints", help=tr("Say what stands out about each rater: for a talk."))
    ] = False,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help=tr("Write the report as one HTML page."))
    ] = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="DIR", help=tr("Write the figures as CSV tables."))
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
    from annotator.app.derived import parse_bins
    from annotator.app.known import add_anchors, anchor_report, in_words
    from annotator.app.raters import rater_hints
    from annotator.app.report.page import write_page
    from annotator.app.report.tables import write_tables

    cuts = [parse_bins(text) for text in bins or ()]
    if tiers is not None:
        _compare(corpus, tiers)
        return

    with reading(corpus) as session:
        results = follow(
            measure_agreement(session, scheme, cluster=cluster, cuts=cuts, neutral=neutral, seed=seed)
        )
        if html is not None:
            write_page(session, results, html, seed=seed)
        if csv is not None:
            write_tables(session, results, csv)
        anchors = {r.scheme.name: anchor_report(session, r.scheme.name) for r in results}
        raters = {r.scheme.name: rater_hints(session, r.scheme.name) for r in results} if hints else {}
    lines: list[str] = []
    for result in results:
        lines += ["", tr("{title} ({name})", title=result.scheme.title, name=result.scheme.name)]
        rows: list[list[object]] = []
        listed = [(report.item, c) for report in _reports(result) for c in report.coefficients]
        listed += [(tr("all boxes"), result.sets)] if result.sets else []
        for item, coefficient in listed:
            low, high = coefficient.ci or (None, None)
            rows.append(
                [item, f"{coefficient.name} {coefficient.variant}", number(coefficient.value),
                 f"[{number(low)}, {number(high)}]" if coefficient.ci else coefficient.reason]
            )  # fmt: skip
        lines += table([tr("item"), tr("coefficient"), tr("value"), tr("95 % interval")], rows)
        lines += ["", *(f"{report.item}: {report.summary}" for report in result.items)]
        lines += [f"{made.report.item}: {made.report.summary} {made.note}" for made in result.derived]
        said = [f"{h.rater}: {hint}" for h in raters.get(result.scheme.name, ()) for hint in h.hints]
        if anchors[result.scheme.name]:
            lines += ["", *map(in_words, anchors[result.scheme.name])]
        if hints:
            lines += ["", tr("Hints for a talk, never a verdict:"), *(said or [tr("Nothing stands out.")])]
    lines += [tr("Written: {path}", path=path) for path in (html, csv) if path is not None]
    schemes = [
        result.to_dict() | ({"rater_hints": raters[result.scheme.name]} if hints else {})
        for result in results
    ]
    for data in schemes:
        add_anchors(data, anchors[data["scheme"]])
    emit({"schemes": schemes}, lines[1:])


def _reports(result: "SchemeAgreement") -> list["ItemReport"]:
    return [*result.items, *(made.report for made in result.derived)]


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
        str,
        typer.Option(
            "--method",
            metavar="NAME",
            help=tr("majority, plurality, soft, mean, median, ewe, dawid-skene or adjudicated."),
        ),
    ],
    scheme: Scheme = None,
    ties: Annotated[
        str | None,
        typer.Option(
            "--ties",
            metavar="POLICY",
            help=tr(
                "Where categories are level: undecided (default), first of the scheme's order, or random."
            ),
        ),
    ] = None,
    above: Annotated[
        float | None,
        typer.Option(
            "--above",
            metavar="SHARE",
            help=tr("Share of the ratings that must be exceeded; half by default for plurality."),
        ),
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", metavar="N", help=tr("Seed of random ties; 0 by default."))
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(
            "--by", metavar="RATER", help=tr("Whose answers are the decisions, with --method adjudicated.")
        ),
    ] = None,
    json: Json = False,
) -> None:
    from annotator.app.adjudication import ADJUDICATED, adopt_decisions
    from annotator.app.consensus import settle_consensus

    if (method == ADJUDICATED) != (by is not None):
        raise AnnotatorError(
            tr("The method adjudicated and --by belong together."),
            tr("Name the rater who decided: --method adjudicated --by NAME."),
        )
    if by is not None:
        with changing(corpus) as session:
            decided = adopt_decisions(session, scheme, by)
        emit(
            decided,
            [tr_n("{n} segment settled by the decisions of {name}.", "{n} segments settled by the decisions of {name}.",
                  decided.segments, name=by)],
        )  # fmt: skip
        return
    with changing(corpus) as session:
        result = settle_consensus(
            session, scheme, method, ties=cast("TiePolicy | None", ties), above=above, seed=seed
        )
    warn_all(result.warnings)
    lines = [
        tr_n("{n} segment settled by {method} on {items}.", "{n} segments settled by {method} on {items}.",
             result.segments, method=method, items=", ".join(result.items)),
        tr("Ties: {ties}; without a value: {undecided}.", ties=result.ties, undecided=result.undecided),
    ]  # fmt: skip
    if result.no_agreement:
        lines.append(
            tr_n("{n} segment has no agreement.", "{n} segments have no agreement.", result.no_agreement)
        )
    if result.left_out:
        lines.append(tr("The method does not fit {items}.", items=", ".join(result.left_out)))
    emit(result, lines)
