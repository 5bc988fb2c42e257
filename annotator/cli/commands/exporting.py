"""Handing a corpus on: what it says of itself, the export, and whether a folder still is what was exported."""

from dataclasses import fields
from pathlib import Path
from typing import Annotated

import typer

from annotator.cli.app import Corpus, Json, app, changing, using
from annotator.cli.output import emit, follow, note, warn_all
from annotator.domain.errors import UsageError
from annotator.domain.translation import tr, tr_n


@app.command(help=tr("Write the corpus into a folder in a format that people load, or check such a folder."))
def export(
    corpus: Annotated[Path | None, typer.Argument(metavar="CORPUS", help=tr("Folder of the corpus."))] = None,
    out: Annotated[
        Path | None,
        typer.Argument(metavar="OUT", help=tr("Folder to write; must not exist, or be an earlier export.")),
    ] = None,
    format: Annotated[
        str | None,
        typer.Option("--format", metavar="FORMAT", help=tr('What "annotator formats" lists as written.')),
    ] = None,
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
    whole: Annotated[bool, typer.Option("--whole", help=tr("Copy the recordings too, as they are."))] = False,
    context: Annotated[
        float, typer.Option("--context", metavar="S", help=tr("Seconds before and after each clip."))
    ] = 0.0,
    resample: Annotated[
        int | None, typer.Option("--resample", metavar="HZ", help=tr("Sampling rate of the clips."))
    ] = None,
    mono: Annotated[bool, typer.Option("--mono", help=tr("Mix the clips to one channel."))] = False,
    normalise: Annotated[
        float | None,
        typer.Option("--normalise", metavar="LUFS", help=tr("Loudness of every clip, such as -23.")),
    ] = None,
    min_ratings: Annotated[
        int, typer.Option("--min-ratings", metavar="N", help=tr("Only what so many people have rated."))
    ] = 0,
    min_agreement: Annotated[
        float | None,
        typer.Option("--min-agreement", metavar="X", help=tr("Only what raters agree on so far, 0 to 1.")),
    ] = None,
    min_seconds: Annotated[
        float | None, typer.Option("--min-seconds", metavar="S", help=tr("Only segments of this length."))
    ] = None,
    max_seconds: Annotated[
        float | None, typer.Option("--max-seconds", metavar="S", help=tr("Only segments up to this length."))
    ] = None,
    no_flagged: Annotated[
        bool, typer.Option("--no-flagged", help=tr("Leave out what a rater flagged."))
    ] = False,
    max_uncertainty: Annotated[
        float | None,
        typer.Option(
            "--max-uncertainty", metavar="X", help=tr("Only what the consensus is no more unsure of.")
        ),
    ] = None,
    no_duplicates: Annotated[
        bool, typer.Option("--no-duplicates", help=tr("Of the same sound, keep one segment."))
    ] = False,
    despite_leaks: Annotated[
        bool, typer.Option("--despite-leaks", help=tr("Export a split that leaks."))
    ] = False,
    verify: Annotated[
        Path | None,
        typer.Option(
            "--verify",
            metavar="DIR",
            help=tr("Compare an export with its manifest; exits 1 where it differs."),
        ),
    ] = None,
    json: Json = False,
) -> int:
    from annotator.app.export import export_corpus
    from annotator.audio.treatment import Treatment
    from annotator.exchange.filters import Filters

    if verify is not None:
        if corpus is not None or format is not None:
            raise UsageError(tr("--verify takes a folder and nothing else."))
        return _verify(verify)
    if corpus is None or out is None or format is None:
        raise UsageError(
            tr("An export needs a corpus, a folder to write and --format."),
            tr("For example: annotator export show.corpus dataset --format csv"),
        )
    treatment = Treatment(sample_rate=resample, mono=mono, loudness=normalise)
    if clips is None and format != "audiofolder" and (treatment or context):
        raise UsageError(
            tr("--context, --resample, --mono and --normalise change clips, and no clips are asked for."),
            tr("Add --clips wav or --clips flac."),
        )
    filters = Filters(
        min_ratings=min_ratings, min_agreement=min_agreement, min_seconds=min_seconds, max_seconds=max_seconds,
        no_flagged=no_flagged, max_uncertainty=max_uncertainty, no_duplicates=no_duplicates,
    )  # fmt: skip
    with using(corpus) as session:
        job = export_corpus(
            session, out, format=format, split=split, tier=tier, clips=clips, whole=whole, context=context,  # type: ignore[arg-type]
            treatment=treatment, filters=filters, despite_leaks=despite_leaks,
        )  # fmt: skip
        result = follow(job)
    warn_all(result.warnings)
    for reason, n in result.excluded.items():
        note(tr("Left out: {n} ({reason})", n=n, reason=reason))
    lines = [tr_n("{n} segment in {out}.", "{n} segments in {out}.", result.segments, out=out)]
    lines += [f"  {part}: {n}" for part, n in result.parts.items()]
    emit(result, lines)
    return 0


def _verify(folder: Path) -> int:
    from annotator.app.export import verify_export

    found = follow(verify_export(folder))
    lines = [tr("Missing: {file}", file=file) for file in found.missing]
    lines += [tr("Changed: {file}", file=file) for file in found.changed]
    lines += [tr("Not part of the export: {file}", file=file) for file in found.extra]
    if found.ok:
        lines.append(tr_n("{n} file, as it was exported.", "{n} files, all as exported.", found.files))
    emit(found, lines)
    return 0 if found.ok else 1


@app.command(help=tr("Say what a corpus is, for the data card of its exports; without options, show it."))
def describe(
    corpus: Corpus,
    title: Annotated[
        str | None, typer.Option("--title", metavar="TEXT", help=tr("Its name, for people."))
    ] = None,
    description: Annotated[
        str | None, typer.Option("--description", metavar="TEXT", help=tr("What it is, in a few sentences."))
    ] = None,
    licence: Annotated[
        str | None, typer.Option("--licence", metavar="TEXT", help=tr("Such as CC-BY-4.0."))
    ] = None,
    citation: Annotated[
        str | None, typer.Option("--citation", metavar="TEXT", help=tr("Whom and what to cite."))
    ] = None,
    language: Annotated[
        str | None, typer.Option("--language", metavar="CODE[,CODE]", help=tr("Such as en,it."))
    ] = None,
    creators: Annotated[
        str | None, typer.Option("--creators", metavar="NAME[;NAME]", help=tr("Who made it."))
    ] = None,
    url: Annotated[
        str | None, typer.Option("--url", metavar="URL", help=tr("Where it is published."))
    ] = None,
    version: Annotated[
        str | None, typer.Option("--version", metavar="TEXT", help=tr("Such as 1.0.0."))
    ] = None,
    published: Annotated[
        str | None, typer.Option("--published", metavar="DAY", help=tr("Such as 2026-05-01."))
    ] = None,
    collection: Annotated[
        str | None, typer.Option("--collection", metavar="TEXT", help=tr("How the sound was come by."))
    ] = None,
    limits: Annotated[
        str | None, typer.Option("--limits", metavar="TEXT", help=tr("What it cannot show."))
    ] = None,
    json: Json = False,
) -> None:
    from annotator.app.about import describe_corpus, read_about
    from annotator.domain.about import About

    given = {
        "title": title, "description": description, "licence": licence, "citation": citation, "language": language,
        "creators": creators, "url": url, "version": version, "published": published, "collection": collection,
        "limits": limits,
    }  # fmt: skip
    texts = {name: text for name, text in given.items() if text is not None}
    if texts:
        with changing(corpus) as session:
            about = describe_corpus(session, **texts)
    else:
        with using(corpus) as session, session.reading() as reader:
            about = read_about(reader)
    emit(about.to_dict(), [f"{one.name}: {getattr(about, one.name) or '-'}" for one in fields(About)])
