"""From a rated corpus to a data set: split, audit, export."""

from pathlib import Path
from typing import Annotated

import typer

from annotator.cli.app import Corpus, Json, app, changing, reading, using
from annotator.cli.output import emit, follow, note, number, table, warn_all
from annotator.domain.errors import UsageError
from annotator.domain.translation import tr, tr_n


@app.command(help=tr("Split the segments into parts or folds; no group stands on two sides."))
def split(
    corpus: Corpus,
    name: Annotated[str, typer.Argument(metavar="NAME", help=tr("Name of the new split."))],
    group: Annotated[
        list[str],
        typer.Option(
            "--group", metavar="KEY[,KEY]", help=tr("What must stay together: speaker, song, recording, ...")
        ),
    ],
    folds: Annotated[
        int | None, typer.Option("--folds", metavar="K", help=tr("Number of equal folds."))
    ] = None,
    parts: Annotated[
        str | None, typer.Option("--parts", metavar="SHARES", help="train=0.7,dev=0.15,test=0.15")
    ] = None,
    stratify: Annotated[
        str | None,
        typer.Option("--stratify", metavar="ITEM", help=tr("Spread the values of this item evenly.")),
    ] = None,
    tier: Annotated[
        str | None, typer.Option("--tier", metavar="NAME", help=tr("Tier whose segments are split."))
    ] = None,
    seed: Annotated[
        int, typer.Option("--seed", help=tr("Another seed gives another split of the same quality."))
    ] = 0,
    json: Json = False,
) -> None:
    from annotator.app.split import fold_shares, make_split, parse_shares

    if (folds is None) == (parts is None):
        raise UsageError(tr("Give either --folds or --parts."), tr("For example --folds 5."))
    shares = fold_shares(folds) if folds is not None else parse_shares(parts or "")
    keys = [key.strip() for text in group for key in text.split(",") if key.strip()]
    with changing(corpus) as session:
        job = make_split(
            session, name, shares=shares, group_keys=keys, stratify=stratify, tier=tier, seed=seed,
            folds=folds is not None,
        )  # fmt: skip
        result = follow(job)
    warn_all(result.warnings)
    classes = list(next(iter(result.parts.values())).classes)
    rows = [
        [part, s.segments, s.groups, f"{s.seconds:.0f}", *s.classes.values()]
        for part, s in result.parts.items()
    ]
    lines = table([tr("part"), tr("segments"), tr("groups"), tr("seconds"), *classes], rows)
    lines.append(
        tr(
            "Deviation from the shares: {value} (by {method}).",
            value=number(result.deviation),
            method=result.method,
        )
    )
    emit(result, lines)


@app.command(help=tr("Look for leaks in one split or all; exits 1 where there is one."))
def audit(
    corpus: Corpus,
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help=tr("Split; all by default."))] = None,
    json: Json = False,
) -> int:
    from annotator.app.audit import audit_corpus

    with reading(corpus) as session:
        result = follow(audit_corpus(session, name))
    severity = {"leak": tr("LEAK"), "warning": tr("warning")}
    lines = [f"{severity[finding.severity]}: {finding.text}" for finding in result.findings]
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
    emit(result, lines)
    return 0 if result.clean else 1


@app.command(help=tr("Write the corpus into a folder in a format that people load."))
def export(
    corpus: Corpus,
    out: Annotated[
        Path,
        typer.Argument(metavar="OUT", help=tr("Folder to write; must not exist, or be an earlier export.")),
    ],
    format: Annotated[str, typer.Option("--format", metavar="FORMAT", help=tr("csv or audiofolder."))],
    split: Annotated[
        str | None,
        typer.Option("--split", metavar="NAME", help=tr("Only the segments of this split, by part.")),
    ] = None,
    tier: Annotated[
        str | None, typer.Option("--tier", metavar="NAME", help=tr("Only the segments of this tier."))
    ] = None,
    clips: Annotated[
        str | None,
        typer.Option("--clips", metavar="wav|flac", help=tr("Write the sound of each segment too.")),
    ] = None,
    despite_leaks: Annotated[
        bool, typer.Option("--despite-leaks", help=tr("Export a split that leaks."))
    ] = False,
    json: Json = False,
) -> None:
    from annotator.app.export import export_corpus

    with using(corpus) as session:
        job = export_corpus(
            session, out, format=format, split=split, tier=tier, clips=clips, despite_leaks=despite_leaks,  # type: ignore[arg-type]
        )  # fmt: skip
        result = follow(job)
    warn_all(result.warnings)
    for reason, n in result.excluded.items():
        note(tr("Left out: {n} ({reason})", n=n, reason=reason))
    lines = [tr_n("{n} segment in {out}.", "{n} segments in {out}.", result.segments, out=out)]
    lines += [f"  {part}: {n}" for part, n in result.parts.items()]
    emit(result, lines)
