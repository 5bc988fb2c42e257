"""From a rated corpus to a data set: split, audit, export."""

from pathlib import Path
from typing import Annotated

import typer

from annotator.app.session import Session
from annotator.cli.app import Corpus, Json, app, changing, reading
from annotator.cli.output import emit, follow, note, number, table, warn_all
from annotator.domain.errors import UsageError
from annotator.domain.translation import tr, tr_n


@app.command(help=tr("Split the segments into parts or folds; no group stands on two sides."))
def split(
    corpus: Corpus,
    name: Annotated[str, typer.Argument(metavar="NAME", help=tr("Name of the new split."))],
    group: Annotated[
        list[str] | None,
        typer.Option(
            "--group", metavar="KEY[,KEY]", help=tr("What must stay together: speaker, song, recording, ...")
        ),
    ] = None,
    folds: Annotated[
        int | None, typer.Option("--folds", metavar="K", help=tr("Number of equal folds."))
    ] = None,
    parts: Annotated[
        str | None, typer.Option("--parts", metavar="SHARES", help="train=0.7,dev=0.15,test=0.15")
    ] = None,
    leave_one_out: Annotated[
        bool, typer.Option("--leave-one-out", help=tr("As many folds as there are groups."))
    ] = False,
    from_table: Annotated[
        Path | None,
        typer.Option(
            "--from-table",
            metavar="FILE.csv",
            help=tr("Take over parts from a table with the columns file,part."),
        ),
    ] = None,
    extend: Annotated[
        bool,
        typer.Option("--extend", help=tr("Place what came later as the next version; nothing placed moves.")),
    ] = False,
    compare: Annotated[
        str | None,
        typer.Option(
            "--compare", metavar="OTHER", help=tr("How far another split, a later version say, differs.")
        ),
    ] = None,
    stratify: Annotated[
        str | None,
        typer.Option(
            "--stratify",
            metavar="ITEM[,ITEM]",
            help=tr("Spread the values of these items evenly; a scheme stands for all of its items."),
        ),
    ] = None,
    balance: Annotated[
        str | None,
        typer.Option(
            "--balance", metavar="KEY[,KEY]", help=tr("Spread the values of these keys evenly too.")
        ),
    ] = None,
    by: Annotated[
        str, typer.Option("--by", metavar="segments|seconds", help=tr("What the shares are shares of."))
    ] = "segments",
    text: Annotated[
        bool, typer.Option("--text", help=tr("Keep segments together that say the same, or nearly."))
    ] = False,
    allow_missing: Annotated[
        bool,
        typer.Option(
            "--allow-missing",
            help=tr("Split although a class has too few groups for every part to hold it."),
        ),
    ] = False,
    tier: Annotated[
        str | None, typer.Option("--tier", metavar="NAME", help=tr("Tier whose segments are split."))
    ] = None,
    seed: Annotated[
        int, typer.Option("--seed", help=tr("Another seed gives another split of the same quality."))
    ] = 0,
    json: Json = False,
) -> None:
    from annotator.app.classes import class_title, named
    from annotator.app.growth import extend_split
    from annotator.app.predefined import take_over_parts
    from annotator.app.split import fold_shares, make_split, parse_shares

    ways = [folds is not None, parts is not None, leave_one_out, from_table is not None, extend]
    if [*ways, compare is not None].count(True) != 1:
        raise UsageError(
            tr("Give one of --folds, --parts, --leave-one-out, --from-table, --extend and --compare."),
            tr("For example --folds 5."),
        )
    if by not in ("segments", "seconds"):
        raise UsageError(tr('--by is segments or seconds, not "{by}".', by=by))
    if compare is not None:
        _compare(corpus, name, compare)
        return
    keys = [key for listed in group or [] for key in named(listed)]
    if not keys and not extend and from_table is None:
        raise UsageError(
            tr("Missing option '--group'."), tr("Name what must stay together: --group speaker.")
        )
    if extend and (keys or stratify or balance or text or tier):
        raise UsageError(
            tr("--extend goes by what the split was made with."), tr("Leave the other options out.")
        )
    with changing(corpus) as session:
        if extend:
            job = extend_split(session, name)
        elif from_table is not None:
            job = take_over_parts(
                session, name, from_table, group_keys=keys or ["recording"], stratify=stratify, tier=tier
            )
        else:
            shares = (
                None
                if leave_one_out
                else fold_shares(folds)
                if folds is not None
                else parse_shares(parts or "")
            )
            job = make_split(
                session, name, shares=shares, group_keys=keys, stratify=stratify, tier=tier, seed=seed,
                folds=parts is None, balance=named(balance), by="seconds" if by == "seconds" else "segments",
                texts=text, allow_missing=allow_missing,
            )  # fmt: skip
        result = follow(job)
    warn_all(result.warnings)
    classes = [class_title(name) for name in next(iter(result.parts.values())).classes]
    rows = [
        [part, s.segments, s.groups, f"{s.seconds:.0f}", *s.classes.values()]
        for part, s in result.parts.items()
    ]
    lines = table([tr("part"), tr("segments"), tr("groups"), tr("seconds"), *classes], rows)
    if from_table is None:
        lines.append(
            tr(
                "Deviation from the shares: {value} (by {method}).",
                value=number(result.deviation),
                method=result.method,
            )
        )
    else:
        lines.append(tr('Taken over as it is: "annotator audit" says whether it leaks.'))
    if extend:
        lines.append(tr('Kept as "{name}"; the earlier version stays.', name=result.name))
    emit(result, lines)


def _compare(corpus: Path, name: str, other: str) -> None:
    from annotator.app.growth import compare_splits

    with reading(corpus) as session:
        result = compare_splits(session, name, other)
    lines = [
        tr_n(
            "{n} segment is in the same part of both.", "{n} segments are in the same part of both.",
            result.unchanged,
        ),
        tr_n("{n} segment is in another part.", "{n} segments are in another part.", result.moved),
        *(tr("  from {a} to {b}: {n}", a=before, b=after, n=n) for before, after, n in result.moves),
        tr('Only in "{name}": {n}', name=result.b, n=result.added),
        tr('Only in "{name}": {n}', name=result.a, n=result.removed),
    ]  # fmt: skip
    emit(result, lines)


@app.command(help=tr("Look for leaks in one split or all; exits 1 where there is one."))
def audit(
    corpus: Corpus,
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help=tr("Split; all by default."))] = None,
    near_duplicates: Annotated[
        bool,
        typer.Option(
            "--near-duplicates",
            help=tr("First listen for recordings that sound nearly the same; keeps links."),
        ),
    ] = False,
    text: Annotated[
        bool, typer.Option("--text", help=tr("Count texts that say nearly the same as the same."))
    ] = False,
    accept: Annotated[
        tuple[str, str] | None,
        typer.Option(
            "--accept", metavar="A B", help=tr("Say that two linked recordings are the same sound.")
        ),
    ] = None,
    dismiss: Annotated[
        tuple[str, str] | None,
        typer.Option("--dismiss", metavar="A B", help=tr("Say that two linked recordings are not.")),
    ] = None,
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help=tr("Why; is kept with the verdict."))
    ] = "",
    naive: Annotated[
        str | None,
        typer.Option(
            "--naive",
            metavar="ITEM",
            help=tr("Also train a baseline for this item, and say what a naive random split would claim."),
        ),
    ] = None,
    features: Annotated[
        str, typer.Option("--features", metavar="NAME", help=tr("Feature set of that baseline."))
    ] = "lowlevel",
    json: Json = False,
) -> int:
    from annotator.app.audit import audit_corpus
    from annotator.app.links import find_link, find_links, judge_link
    from annotator.app.naive import compare_with_naive

    if naive is not None and name is None:
        raise UsageError(tr("--naive needs the name of a split."), tr('"annotator info" lists them.'))
    links = None
    with changing(corpus) if near_duplicates or accept or dismiss else reading(corpus) as session:
        if near_duplicates:
            links = follow(find_links(session))
            if links.unheard:
                note(
                    tr_n(
                        "{n} recording could not be heard: its file is not there.",
                        "{n} recordings could not be heard: their files are not there.",
                        links.unheard,
                    )
                )
        for pair, verdict in ((accept, "accepted"), (dismiss, "dismissed")):
            if pair is not None:
                with session.reading() as reader:
                    link = find_link(reader, *pair)
                judge_link(session, link.id, verdict, reason)  # type: ignore[arg-type]
        result = follow(audit_corpus(session, name, near_texts=text))
        lines = link_lines(session) if near_duplicates else []
        claimed = None
        if naive is not None and name is not None:
            claimed = follow(compare_with_naive(session, name, target=naive, features=features))
    severity = {"leak": tr("LEAK"), "warning": tr("warning")}
    lines += [f"{severity[finding.severity]}: {finding.text}" for finding in result.findings]
    leaks = sum(finding.severity == "leak" for finding in result.findings)
    lines.append(
        tr("No leaks.")
        if result.clean
        else tr_n(
            "{n} leak: scores on this split cannot be trusted.",
            "{n} leaks: scores on this split cannot be trusted.",
            leaks,
        )
    )
    if claimed is not None:
        lines.append(claimed.sentence)
    further = ({} if links is None else links.to_dict()) | (
        {} if claimed is None else {"naive": claimed.to_dict()}
    )
    emit(result.to_dict() | further, lines)
    return 0 if result.clean else 1


def link_lines(session: Session) -> list[str]:
    """One line for each pair of recordings that sound nearly the same."""
    verdicts = {"found": tr("found"), "accepted": tr("accepted"), "dismissed": tr("dismissed")}
    with session.reading() as reader:
        names = {recording.id: recording.name for recording in reader.recordings()}
        found = reader.links()
    return [
        tr(
            'Nearly the same sound: "{a}" and "{b}" ({percent} % alike, {verdict}).',
            a=names[link.a], b=names[link.b], percent=round(100 * link.score), verdict=verdicts[link.verdict],
        ) + (f" {link.reason}" if link.reason else "")
        for link in found
    ]  # fmt: skip
