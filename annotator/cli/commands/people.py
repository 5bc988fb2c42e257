"""Raters, what they may see, and everything they ever answered."""

from typing import Annotated

import typer

from annotator.cli.app import Corpus, Json, app, changing, reading
from annotator.cli.output import emit, number, table
from annotator.domain.errors import UsageError
from annotator.domain.trace import in_short
from annotator.domain.translation import tr


@app.command(help=tr("List the raters; keep what one of them tells of themselves."))
def raters(
    corpus: Corpus,
    set_: Annotated[
        str | None,
        typer.Option("--set", metavar="NAME", help=tr("Whose profile is changed; new ones are added.")),
    ] = None,
    age: Annotated[int | None, typer.Option("--age", metavar="YEARS", help=tr("Age in years."))] = None,
    gender: Annotated[str | None, typer.Option("--gender", metavar="WORD", help=tr("Gender."))] = None,
    languages: Annotated[
        str | None, typer.Option("--languages", metavar="A,B", help=tr("Languages, the first one first."))
    ] = None,
    clear: Annotated[bool, typer.Option("--clear", help=tr("Take back what was told before."))] = False,
    rename: Annotated[
        str | None, typer.Option("--rename", metavar="NEW", help=tr("Another name or a pseudonym."))
    ] = None,
    json: Json = False,
) -> None:
    from annotator.app.people import people, rename_rater, set_profile

    if set_ is None:
        if clear or any(given is not None for given in (age, gender, languages, rename)):
            raise UsageError(tr("Whose profile it is, is missing."), tr("Name the rater with --set NAME."))
        with reading(corpus) as session:
            found = people(session)
    else:
        with changing(corpus) as session:
            words = None if languages is None else languages.split(",")
            set_profile(session, set_, age=age, gender=gender, languages=words, clear=clear)
            if rename is not None:
                rename_rater(session, set_, rename)
            found = people(session)
    rows = [
        [
            one.name,
            one.kind,
            "" if one.age is None else one.age,
            one.gender,
            ", ".join(one.languages),
            one.ratings,
        ]
        for one in found
    ]
    headers = [tr("rater"), tr("kind"), tr("age"), tr("gender"), tr("languages"), tr("ratings")]
    emit({"raters": found}, table(headers, rows) if rows else [tr("Nobody has rated yet.")])


@app.command(help=tr("Show or change what annotators may see while they rate."))
def policy(
    corpus: Corpus,
    text: Annotated[
        bool | None, typer.Option("--text/--no-text", help=tr("What is said, shown to whoever rates."))
    ] = None,
    spectrogram: Annotated[
        bool | None,
        typer.Option("--spectrogram/--no-spectrogram", help=tr("The spectrogram, shown to whoever rates.")),
    ] = None,
    pause: Annotated[
        int | None,
        typer.Option(
            "--pause", metavar="MIN", help=tr("Minutes after which a pause is proposed; 0 for never.")
        ),
    ] = None,
    adjudication: Annotated[
        str | None,
        typer.Option(
            "--adjudication",
            metavar="WHEN",
            help=tr("When the answers of others are shown: after one's own task, open, or closed."),
        ),
    ] = None,
    json: Json = False,
) -> None:
    from annotator.app.policy import policy_of, set_policy

    given = {"text": text, "spectrogram": spectrogram, "pause": pause, "adjudication": adjudication}
    changes = {name: value for name, value in given.items() if value is not None}
    if changes:
        with changing(corpus) as session:
            found = set_policy(session, **changes)
    else:
        with reading(corpus) as session:
            found = policy_of(session)
    when = {
        "after": tr("each rater sees the answers of others after their own task"),
        "open": tr("open: everybody sees the answers of others"),
        "closed": tr("closed: nobody sees the answers of others"),
    }
    lines = [
        tr("Text: {state}", state=tr("shown") if found.text else tr("hidden")),
        tr("Spectrogram: {state}", state=tr("shown") if found.spectrogram else tr("hidden")),
        tr(
            "Pause proposed after: {when}",
            when=tr("{n} minutes", n=found.pause) if found.pause else tr("never"),
        ),
        tr("Adjudication: {when}", when=when[found.adjudication]),
    ]
    emit(found, lines)


@app.command(help=tr("List every answer that was ever given, the newest first."))
def history(
    corpus: Corpus,
    rater: Annotated[
        str | None, typer.Option("--rater", metavar="A", help=tr("Only this rater's answers."))
    ] = None,
    scheme: Annotated[
        str | None, typer.Option("--scheme", metavar="S", help=tr("Only under this scheme."))
    ] = None,
    segment: Annotated[
        str | None, typer.Option("--segment", metavar="KEY", help=tr("Only answers to this segment."))
    ] = None,
    flagged: Annotated[
        bool, typer.Option("--flagged", help=tr("Only answers that ask to talk about their segment."))
    ] = False,
    current: Annotated[
        bool, typer.Option("--current", help=tr("Only answers that count now, not those they replaced."))
    ] = False,
    json: Json = False,
) -> None:
    from annotator.app.history import answer_history

    with reading(corpus) as session:
        found = answer_history(
            session, rater=rater, scheme=scheme, segment=segment, flagged=flagged, current=current
        )
    rows = []
    for one in (entry.to_dict() for entry in found):
        said = ", ".join(f"{item}={in_short(value)}" for item, value in one["values"].items())
        marks = [
            word
            for word, there in (
                (tr("practice"), one["practice"]), (tr("repeat"), one["repeat"] > 0),
                (tr("withdrawn"), one["withdrawn"]), (tr("replaced"), not one["current"] and not one["withdrawn"]),
                (tr("flagged"), one["flagged"]),
            )
            if there
        ]  # fmt: skip
        place = f"{one['recording']} {number(one['start'], 2)}-{number(one['end'], 2)}"
        rows.append([one["finished"][:19], one["rater"], place, said, ", ".join(marks), one["comment"]])
    headers = [tr("time (UTC)"), tr("rater"), tr("segment"), tr("answer"), "", tr("comment")]
    emit({"answers": found}, table(headers, rows) if rows else [tr("No answer.")])
