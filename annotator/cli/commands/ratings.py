"""Ratings and what they are worth: import, agreement, consensus."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from annotator.cli.app import Corpus, Json, app, changing, reading
from annotator.cli.output import emit, follow, interval, number, table, warn_all
from annotator.domain.errors import AnnotatorError, UsageError
from annotator.domain.translation import tr, tr_n

if TYPE_CHECKING:
    from annotator.agreement.consensus import TiePolicy
    from annotator.agreement.report import ItemReport
    from annotator.app.agreement import SchemeAgreement
    from annotator.app.importing import ImportResult
    from annotator.app.raters import RaterBook
    from annotator.app.remarks import Tally

Scheme = Annotated[
    str | None, typer.Option("--scheme", metavar="NAME", help=tr("Scheme; all or the only one by default."))
]

Lag = Annotated[
    float | None,
    typer.Option(
        "--lag",
        metavar="SECONDS",
        help=tr("Longest delay of one tracer behind the others that is taken out; 5 by default."),
    ),
]


@app.command(name="import", help=tr("Import segments, a transcript, ratings or parts from a file or folder."))
def import_(
    corpus: Corpus,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=tr("The file, or the folder of a data set."))],
    format: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help=tr('What it is in; told from the file by default. "annotator formats" lists them.'),
        ),
    ] = None,
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
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=tr("Only say what would be imported, and write nothing."))
    ] = False,
    json: Json = False,
) -> None:
    from annotator.app.importing import import_file

    with reading(corpus) if dry_run else changing(corpus) as session:
        job = import_file(
            session, file, format=format, rater=rater, scheme=scheme, tier=tier, recording=recording,
            dry_run=dry_run,
        )  # fmt: skip
        result = follow(job)
    if dry_run:
        emit(result, _preview_lines(result))
        return
    warn_all([_counted(tally) for tally in (*result.odd, *result.left_out)])
    lines = [
        tr("{n} {things}", n=tally.count, things=tally.what) + ": " + ", ".join(tally.examples)
        for tally in result.imported
    ]
    if result.dropped:
        lines.append(tr_n("{n} thing was left out.", "{n} things were left out.", len(result.dropped)))
    emit(result, lines or [tr("Nothing new.")])


def _counted(tally: "Tally") -> str:
    """One sentence for all remarks of a kind."""
    if tally.count == 1:
        return tally.what
    return tr_n("{what} ({n} more like it)", "{what} ({n} more like it)", tally.count - 1, what=tally.what)


def _preview_lines(result: "ImportResult") -> list[str]:
    """What comes in, what is odd and what is left out, each with its count and examples."""
    lines = [tr("Format: {name}. Nothing was written.", name=result.format)]
    for title, tallies in (
        (tr("Would be imported"), result.imported),
        (tr("Odd"), result.odd),
        (tr("Would be left out"), result.left_out),
    ):
        if tallies:
            lines += ["", f"{title}:"]
        for tally in tallies:
            more = [example for example in tally.examples if example != tally.what]
            lines += [f"{tally.count:>7}  {tally.what}", *(f"           {example}" for example in more)]
    return lines


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
    traces: Annotated[
        bool,
        typer.Option(
            "--traces", help=tr("Agreement on continuous traces step by step, raters aligned first.")
        ),
    ] = False,
    lag: Lag = None,
    seed: Annotated[int, typer.Option("--seed", help=tr("Seed of the bootstrap."))] = 0,
    json: Json = False,
) -> None:
    from annotator.app.agreement import measure_agreement
    from annotator.app.derived import parse_bins
    from annotator.app.known import add_anchors, anchor_report, in_words
    from annotator.app.raters import rater_book
    from annotator.app.report.page import write_page
    from annotator.app.report.tables import write_tables

    cuts = [parse_bins(text) for text in bins or ()]
    told = {
        "--cluster": cluster, "--bins": bins, "--neutral": neutral, "--hints": hints or None,
        "--html": html, "--csv": csv,
    }  # fmt: skip
    if tiers is not None:
        _refuse_beside("--tiers", told | {"--scheme": scheme, "--traces": traces or None, "--lag": lag})
        _compare(corpus, tiers)
        return
    if lag is not None and not traces:
        raise UsageError(tr("Delays are looked for in traces only."), tr("Give --traces with --lag."))
    if traces:
        _refuse_beside("--traces", told)
        _agree_on_traces(corpus, scheme, lag, seed)
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
        books = {r.scheme.name: rater_book(session, r.scheme.name) for r in results} if hints else {}
    lines: list[str] = []
    for result in results:
        lines += ["", tr("{title} ({name})", title=result.scheme.title, name=result.scheme.name)]
        rows: list[list[object]] = []
        listed = [(report.item, c) for report in _reports(result) for c in report.coefficients]
        listed += [(tr("all boxes"), result.sets)] if result.sets else []
        for item, coefficient in listed:
            rows.append(
                [item, f"{coefficient.name} {coefficient.variant}", number(coefficient.value),
                 interval(coefficient.ci) or coefficient.reason]
            )  # fmt: skip
        lines += table([tr("item"), tr("coefficient"), tr("value"), tr("95 % interval")], rows)
        lines += ["", *(f"{report.item}: {report.summary}" for report in result.items)]
        lines += [f"{made.report.item}: {made.report.summary} {made.note}" for made in result.derived]
        rated = books[result.scheme.name].hints if hints else ()
        said = [f"{h.rater}: {hint}" for h in rated for hint in h.hints]
        if anchors[result.scheme.name]:
            lines += ["", *map(in_words, anchors[result.scheme.name])]
        if hints:
            lines += ["", tr("Hints for a talk, never a verdict:"), *(said or [tr("Nothing stands out.")])]
    lines += [tr("Written: {path}", path=path) for path in (html, csv) if path is not None]
    schemes = [result.to_dict() | (_book(books[result.scheme.name]) if hints else {}) for result in results]
    for data in schemes:
        add_anchors(data, anchors[data["scheme"]])
    emit({"schemes": schemes}, lines[1:])


def _refuse_beside(mode: str, options: Mapping[str, object]) -> None:
    """Refuses options that a mode would leave without effect; `None`, or an empty list, is one that was not given."""
    given = [name for name, value in options.items() if value is not None and value != []]
    if given:
        raise UsageError(
            tr("{options} cannot be given with {mode}.", options=", ".join(given), mode=mode),
            tr("Run the command once for each."),
        )


def _book(book: "RaterBook") -> dict[str, object]:
    """The hints, and how far quick and slow answers lie from the others."""
    return {"rater_hints": book.hints, "pace": {item: by_rater[""] for item, by_rater in book.pace.items()}}


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


def _agree_on_traces(corpus: Path, scheme: str | None, lag: float | None, seed: int) -> None:
    """Prints how far continuous traces agree."""
    from annotator.agreement.traces import MOST_LAG
    from annotator.app.trace_agreement import measure_traces

    with reading(corpus) as session:
        found = follow(measure_traces(session, scheme, most_lag=MOST_LAG if lag is None else lag, seed=seed))
    rows: list[list[object]] = []
    lines: list[str] = []
    for one in found:
        for name, c in (
            (tr("alpha, as traced"), one.alpha_unaligned), (tr("alpha, aligned"), one.alpha),
            (tr("concordance of pairs"), one.ccc), (tr("correlation of pairs"), one.pearson),
        ):  # fmt: skip
            rows.append([one.title, name, number(c.value), interval(c.ci) or c.reason])
        late = sorted(one.lags.items(), key=lambda entry: -abs(entry[1]))[:3]
        told = ", ".join(f"{rater} {seconds:+.1f} s" for rater, seconds in late if seconds) or tr("nobody")
        lines.append(
            tr("{item}: {n} segments, {raters} raters; furthest from the others in time: {told}.",
               item=one.title, n=one.n_segments, raters=one.n_raters, told=told)
        )  # fmt: skip
    shown = table([tr("item"), tr("figure"), tr("value"), tr("95 % interval")], rows)
    emit({"traces": found}, [*shown, "", *lines])


@app.command(help=tr("Settle what the raters together say."))
def consensus(
    corpus: Corpus,
    method: Annotated[
        str,
        typer.Option(
            "--method",
            metavar="NAME",
            help=tr("majority, plurality, soft, mean, median, ewe, dawid-skene, mean-trace or adjudicated."),
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
    lag: Lag = None,
    json: Json = False,
) -> None:
    from annotator.agreement.traces import MOST_LAG
    from annotator.app.adjudication import ADJUDICATED, adopt_decisions
    from annotator.app.consensus import settle_consensus
    from annotator.app.trace_agreement import MEAN_TRACE, settle_traces

    if (method == ADJUDICATED) != (by is not None):
        raise AnnotatorError(
            tr("The method adjudicated and --by belong together."),
            tr("Name the rater who decided: --method adjudicated --by NAME."),
        )
    rules = {"--ties": ties, "--above": above, "--seed": seed}
    if method in (ADJUDICATED, MEAN_TRACE):
        _refuse_beside(f"--method {method}", rules)
    if lag is not None and method != MEAN_TRACE:
        raise UsageError(
            tr("Delays are looked for in traces only."), tr("Give --method mean-trace with --lag.")
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
    if method == MEAN_TRACE:
        with changing(corpus) as session:
            traced = settle_traces(session, scheme, most_lag=MOST_LAG if lag is None else lag)
        emit(
            traced,
            [tr_n("Mean trace of {n} segment on {items}.", "Mean traces of {n} segments on {items}.",
                  traced.segments, items=", ".join(traced.items))],
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
