"""Making a corpus and filling it with audio: new, add, info, ingest, check."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from annotator.app.add import add_recordings
from annotator.app.check import check_corpus
from annotator.app.corpus_folder import create_corpus, open_or_create
from annotator.app.info import corpus_info
from annotator.cli.app import Corpus, Groups, Json, app, changing, reading
from annotator.cli.output import emit, follow, note, table, warn_all
from annotator.domain.timeline import clock
from annotator.domain.translation import tr, tr_n


@app.command(help=tr("Make a corpus with the schemes its segments will be rated with."))
def new(
    corpus: Corpus,
    scheme: Annotated[
        list[str] | None,
        typer.Option("--scheme", metavar="NAME", help=tr("Scheme, or a TOML file. May be repeated.")),
    ] = None,
    json: Json = False,
) -> None:
    with create_corpus(corpus, scheme or []) as session, session.reading() as reader:
        names = [found.name for found in reader.schemes()]
        emit(
            {"corpus": str(session.folder), "schemes": names},
            [
                tr(
                    "{corpus} is ready. Schemes: {names}.",
                    corpus=corpus,
                    names=", ".join(names) or tr("none yet"),
                )
            ],
        )


@app.command(help=tr("Add audio files, or folders of them."))
def add(
    corpus: Corpus,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help=tr("Audio files and folders."))],
    group: Groups = None,
    copy: Annotated[bool, typer.Option("--copy", help=tr("Copy the files into the corpus."))] = False,
    json: Json = False,
) -> None:
    with changing(corpus) as session:
        result = follow(add_recordings(session, paths, groups=group or [], copy=copy))
    warn_all([*result.skipped, *result.warnings])
    seconds = sum(recording.seconds for recording in result.recordings)
    emit(
        {
            "recordings": [
                {"id": r.id, "path": r.path, "seconds": r.seconds, "groups": r.groups, "warning": r.warning}
                for r in result.recordings
            ],
            "added": len(result.recordings),
            "seconds": seconds,
            "skipped": result.skipped,
            "warnings": result.warnings,
        },
        [
            tr_n(
                "{n} recording added ({time}).",
                "{n} recordings added ({time}).",
                len(result.recordings),
                time=clock(seconds, 0),
            )
        ],
    )


@app.command(help=tr("Show what a corpus holds."))
def info(corpus: Corpus, json: Json = False) -> None:
    with reading(corpus) as session:
        result = corpus_info(session)
    rows: list[list[object]] = [
        [tr("recordings"), f"{result.recordings} ({clock(result.duration_seconds, 0)})"],
        [tr("segments"), result.segments],
        [tr("tiers"), ", ".join(result.tier_names)],
        [tr("raters"), ", ".join(result.rater_names)],
        [tr("annotations"), result.annotations],
        [tr("schemes"), ", ".join(result.schemes)],
        [tr("splits"), ", ".join(result.splits)],
        [tr("groups"), ", ".join(f"{key}: {n}" for key, n in result.groups.items())],
    ]
    rows += [[tr("made"), _way(made)] for made in result.made]
    warn_all(result.warnings)
    emit(result, [f"{name:<12} {value}" for name, value in rows])


def _way(made: Mapping[str, Any]) -> str:
    """How a method cut recordings of a tier."""
    from annotator.app.laying import made_text

    return tr_n(
        "{tier}: {n} recording by {way}", "{tier}: {n} recordings by {way}",
        made["recordings"], tier=made["tier"], way=made_text(made),
    )  # fmt: skip


@app.command(help=tr("Take in a known public corpus with its labels; makes the corpus where there is none."))
def ingest(
    recipe: Annotated[
        str,
        typer.Argument(
            metavar="RECIPE", help=tr('Its recipe; "annotator recipes" lists them. Or a recipe file (TOML).')
        ),
    ],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help=tr("Folder that holds the corpus."))],
    corpus: Corpus,
    group: Groups = None,
    json: Json = False,
) -> None:
    from annotator.app.groups import parse_rules
    from annotator.app.ingest import check_source
    from annotator.app.ingest import ingest as run

    parse_rules(group or [])
    check_source(recipe, folder)  # before a corpus is made for nothing
    with open_or_create(corpus) as session:
        result = follow(run(session, recipe, folder, groups=group or []))
    warn_all(result.warnings)
    lines = [
        tr_n(
            "{n} recording from {recipe}.",
            "{n} recordings from {recipe}.",
            result.recordings,
            recipe=result.recipe,
        ),
        *(
            table([tr("label"), tr("segments")], list(result.labels.items()))
            if result.labels
            else [tr_n("{n} new rating.", "{n} new ratings.", result.annotations)]
        ),
    ]
    emit(result, lines)


@app.command(help=tr("Check the database and every audio file; exits 1 where something is wrong."))
def check(
    corpus: Corpus,
    repair: Annotated[bool, typer.Option("--repair", help=tr("Find files again that were moved."))] = False,
    json: Json = False,
) -> int:
    with changing(corpus) if repair else reading(corpus) as session:
        result = follow(check_corpus(session, repair=repair))
    for text in result.repaired:
        note(text)
    lines = [f"{problem.what} {problem.repair}" for problem in result.problems] or [
        tr("Everything is in order.")
    ]
    emit(result, lines)
    return 0 if result.ok else 1
