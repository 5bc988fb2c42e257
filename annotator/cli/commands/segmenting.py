"""Cutting recordings into segments, and who speaks them: segment, speakers."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from annotator.app.session import find_recordings
from annotator.cli.app import Corpus, Json, app, changing, using
from annotator.cli.output import emit, follow, note, table, warn_all
from annotator.domain.errors import UsageError
from annotator.domain.translation import tr, tr_n

if TYPE_CHECKING:
    from annotator.app.laying import Segmented


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
    clear_pause: Annotated[
        float | None,
        typer.Option(
            "--clear-pause",
            metavar="S",
            help=tr("vad, silence: such pauses always cut, shorter ones between long stretches only."),
        ),
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
    start: Annotated[
        float | None, typer.Option("--from", metavar="S", help=tr("Only from this second on."))
    ] = None,
    stop: Annotated[
        float | None, typer.Option("--to", metavar="S", help=tr("Only up to this second."))
    ] = None,
    replace_corrected: Annotated[
        bool,
        typer.Option("--replace-corrected", help=tr("Also replace what was drawn or corrected by hand.")),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=tr("Only say what would change on the tier."))
    ] = False,
    json: Json = False,
) -> None:
    from annotator.app.laying import stretch_of
    from annotator.app.segment import segment_recordings
    from annotator.app.transcripts import METHOD, segment_by_transcript

    given: dict[str, float | str | None] = {
        "min_pause": min_pause, "min_length": min_length, "max_length": max_length,
        "clear_pause": clear_pause, "padding": padding,
        "length": length, "hop": hop, "rest": rest, "bars": bars, "meter": meter, "level": level,
    }  # fmt: skip
    options = {name: value for name, value in given.items() if value is not None}
    with using(corpus) if dry_run else changing(corpus) as session:
        with session.reading() as reader:
            chosen = find_recordings(reader, recording or [])
        stretch = stretch_of(chosen, start, stop)
        if method == METHOD:
            if transcript is None:
                raise UsageError(tr("The method transcript needs a file."), tr("Name it with --transcript."))
            if options or len(recording or []) > 1:
                raise UsageError(
                    tr("The method transcript takes one recording and none of the other methods' options."),
                    tr("Give --transcript, --recording, --tier, --language, --from and --to only."),
                )
            only = chosen[0] if recording or stretch else None
            job = segment_by_transcript(
                session, transcript, recording=only, tier=tier, language=language or "en",
                stretch=stretch, replace_corrected=replace_corrected, dry_run=dry_run,
            )  # fmt: skip
        elif transcript is not None or language is not None:
            raise UsageError(
                tr("A transcript is used by the method transcript only."), tr("Give --method transcript.")
            )
        else:
            job = segment_recordings(
                session, chosen, method=method, tier=tier, options=options,
                stretch=stretch, replace_corrected=replace_corrected, dry_run=dry_run,
            )  # fmt: skip
        results = follow(job)
    warn_all([text for result in results for text in result.warnings])
    _tell_rated(results, dry_run=dry_run)
    emit({"results": results, "dry_run": dry_run}, _changes(results))


def _tell_rated(results: "Sequence[Segmented]", *, dry_run: bool) -> None:
    """Says where ratings are concerned."""
    for result in results:
        if result.rated and dry_run:
            note(
                tr_n(
                    "{recording}: {n} of the segments that would go has ratings.",
                    "{recording}: {n} of the segments that would go have ratings.",
                    result.rated,
                    recording=result.recording,
                )
            )
        elif result.rated:
            note(
                tr_n(
                    "{recording}: {n} of the removed segments had ratings.",
                    "{recording}: {n} of the removed segments had ratings.",
                    result.rated,
                    recording=result.recording,
                )
            )


def _changes(results: "Sequence[Segmented]") -> list[str]:
    """What changes on the tier, recording by recording."""
    heads = [
        tr("recording"), tr("segments"), tr("seconds"), tr("added"), tr("removed"), tr("moved"), tr("kept"),
        tr("of these by hand"),
    ]  # fmt: skip
    rows = [
        [r.recording, r.segments, f"{r.seconds:.1f}", r.added, r.removed, r.moved, r.kept, r.by_hand]
        for r in results
    ]
    return table(heads, rows)


@app.command(help=tr("Find out by voice who speaks which segment; names given by hand stay and spread."))
def speakers(
    corpus: Corpus,
    tier: Annotated[
        str | None, typer.Option("--tier", metavar="NAME", help=tr("Tier; the only one by default."))
    ] = None,
    recording: Annotated[
        list[str] | None,
        typer.Option("--recording", metavar="R", help=tr("Only this recording. May be repeated.")),
    ] = None,
    count: Annotated[
        int | None,
        typer.Option("--speakers", metavar="N", help=tr("How many there are; estimated by default.")),
    ] = None,
    embedding: Annotated[
        Path | None,
        typer.Option(
            "--embedding",
            metavar="FILE.onnx",
            help=tr("Network that tells voices apart; without one a weaker comparison of timbre."),
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=tr("Only say who would speak."))] = False,
    json: Json = False,
) -> None:
    from annotator.app.speakers import find_speakers

    with using(corpus) if dry_run else changing(corpus) as session:
        with session.reading() as reader:
            chosen = find_recordings(reader, recording or [])
        result = follow(
            find_speakers(
                session, tier=tier, recordings=chosen, speakers=count, embedding=embedding, dry_run=dry_run
            )
        )
    if embedding is None:
        note(tr("Voices were compared by timbre alone; check the result by ear, or give a network."))
    heads = [tr("speaker"), tr("segments"), tr("seconds"), tr("named by hand")]
    rows = [[one.name, one.segments, f"{one.seconds:.1f}", one.by_hand] for one in result.speakers]
    emit({**asdict(result), "dry_run": dry_run}, table(heads, rows))
