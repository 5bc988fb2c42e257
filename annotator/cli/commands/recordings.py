"""Making a corpus, filling it with audio, cutting it: new, add, info, ingest, segment, check."""

from pathlib import Path
from typing import Annotated

import typer

from annotator.app.add import add_recordings
from annotator.app.check import check_corpus
from annotator.app.corpus_folder import create_corpus, open_or_create
from annotator.app.info import corpus_info
from annotator.app.session import find_recordings
from annotator.cli.app import Corpus, Groups, Json, app, changing, reading
from annotator.cli.output import emit, follow, note, table, warn_all
from annotator.domain.errors import UsageError
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
    warn_all(result.warnings)
    emit(result, [f"{name:<12} {value}" for name, value in rows])


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
        *table([tr("label"), tr("segments")], list(result.labels.items())),
    ]
    emit(result, lines)


@app.command(help=tr("Cut recordings into segments by a method."))
def segment(
    corpus: Corpus,
    method: Annotated[
        str,
        typer.Option(
            "--method", metavar="NAME", help=tr("How: silence, vad, fixed, beats, structure or transcript.")
        ),
    ],
    tier: Annotated[
        str | None,
        typer.Option("--tier", metavar="NAME", help=tr("Tier to fill; the method's name by default.")),
    ] = None,
    recording: Annotated[
        list[str] | None,
        typer.Option("--recording", metavar="R", help=tr("Only this recording. May be repeated.")),
    ] = None,
    min_pause: Annotated[
        float | None, typer.Option("--min-pause", metavar="S", help=tr("Shorter pauses do not cut."))
    ] = None,
    min_length: Annotated[
        float | None, typer.Option("--min-length", metavar="S", help=tr("Shorter segments are dropped."))
    ] = None,
    max_length: Annotated[
        float | None,
        typer.Option("--max-length", metavar="S", help=tr("Longer segments are cut at their deepest pause.")),
    ] = None,
    padding: Annotated[
        float | None, typer.Option("--padding", metavar="S", help=tr("Sound kept before and after."))
    ] = None,
    length: Annotated[
        float | None, typer.Option("--length", metavar="S", help=tr("fixed: length of each window."))
    ] = None,
    hop: Annotated[
        float | None,
        typer.Option("--hop", metavar="S", help=tr("fixed: from start to start; the length by default.")),
    ] = None,
    rest: Annotated[
        str | None,
        typer.Option("--rest", metavar="keep|drop", help=tr("fixed, beats: what fills no whole window.")),
    ] = None,
    bars: Annotated[
        int | None,
        typer.Option("--bars", metavar="N", help=tr("beats: bars in a window; 0 for one window a beat.")),
    ] = None,
    meter: Annotated[
        int | None, typer.Option("--meter", metavar="N", help=tr("beats: beats in a bar; found by default."))
    ] = None,
    level: Annotated[
        str | None, typer.Option("--level", metavar="NAME", help=tr("structure: section or phrase."))
    ] = None,
    transcript: Annotated[
        Path | None,
        typer.Option(
            "--transcript",
            metavar="FILE",
            help=tr("transcript: SRT, VTT, JSON, TextGrid, EAF, CTM or plain text."),
        ),
    ] = None,
    language: Annotated[
        str | None,
        typer.Option("--language", metavar="NAME", help=tr("transcript: of a plain text; en by default.")),
    ] = None,
    json: Json = False,
) -> None:
    from annotator.app.segment import segment_recordings
    from annotator.app.transcripts import METHOD, segment_by_transcript

    given: dict[str, float | str | None] = {
        "min_pause": min_pause, "min_length": min_length, "max_length": max_length, "padding": padding,
        "length": length, "hop": hop, "rest": rest, "bars": bars, "meter": meter, "level": level,
    }  # fmt: skip
    options = {name: value for name, value in given.items() if value is not None}
    with changing(corpus) as session:
        with session.reading() as reader:
            chosen = find_recordings(reader, recording or [])
        if method == METHOD:
            if transcript is None:
                raise UsageError(tr("The method transcript needs a file."), tr("Name it with --transcript."))
            if options or len(recording or []) > 1:
                raise UsageError(
                    tr("The method transcript takes one recording and none of the other options."),
                    tr("Give --transcript, --recording, --tier and --language only."),
                )
            only = chosen[0] if recording else None
            job = segment_by_transcript(
                session, transcript, recording=only, tier=tier, language=language or "en"
            )
        elif transcript is not None or language is not None:
            raise UsageError(
                tr("A transcript is used by the method transcript only."), tr("Give --method transcript.")
            )
        else:
            job = segment_recordings(session, chosen, method=method, tier=tier, options=options)
        results = follow(job)
    warn_all([text for result in results for text in result.warnings])
    rows = [[r.recording, r.segments, f"{r.seconds:.1f}", r.kept] for r in results]
    emit(
        {"results": results},
        table([tr("recording"), tr("segments"), tr("seconds"), tr("kept by hand")], rows),
    )


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
