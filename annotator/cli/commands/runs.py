"""Trainings that the corpus keeps: listed, shown, repeated."""

from pathlib import Path
from typing import Annotated

import typer

from annotator.app.session import Session
from annotator.audio.aside import require_place
from annotator.cli.app import Corpus, Json, app, changing, using
from annotator.cli.output import emit, follow, number, table
from annotator.cli.training_summary import training_lines
from annotator.domain.errors import UsageError
from annotator.domain.translation import tr
from annotator.learning.metrics import MAIN


@app.command(help=tr("List the trainings that are kept, show one, or train it again."))
def runs(
    corpus: Corpus,
    name: Annotated[
        str | None,
        typer.Argument(metavar="[RUN]", help=tr('Key of a run, or its beginning; "last" for the newest.')),
    ] = None,
    repeat: Annotated[
        bool, typer.Option("--repeat", help=tr("Train the run again and compare to the last bit."))
    ] = False,
    delete: Annotated[bool, typer.Option("--delete", help=tr("Take the run out of the corpus."))] = False,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help=tr("Write its report as one HTML page."))
    ] = None,
    json: Json = False,
) -> None:
    from annotator.app.runs import delete_run, find_run, kept_runs

    if name is None:
        if repeat or delete or html:
            raise UsageError(tr("Say which run."), tr('Write its key, or "last".'))
        with using(corpus) as session:
            found = kept_runs(session)
        rows = []
        for run in found:
            metric = MAIN[run.trained.evaluation.task]  # type: ignore[index]
            value = run.trained.evaluation.overall[metric]["value"]
            state = tr("out of date") if run.stale else ""
            rows.append([run.id[:8], run.created[:16], run.name, f"{metric} {number(value)}", state])
        heads = [tr("run"), tr("made"), tr("what"), tr("result"), tr("state")]
        emit({"runs": found}, table(heads, rows) if rows else [tr("No training is kept yet.")])
        return
    if delete:
        with changing(corpus) as session:
            gone = delete_run(session, name)
        emit({"deleted": gone.id}, [tr("Deleted {name}.", name=gone.name)])
        return
    with using(corpus) as session:
        if repeat:
            _repeat(session, name)
            return
        kept = find_run(session, name)
        if html is not None:
            from annotator.app.report.training import write_page

            require_place(html)
            write_page(session, kept.trained, html)
    lines = [kept.name, *([kept.stale] if kept.stale else []), *training_lines(kept.trained.to_dict())]
    emit(kept, lines)


def _repeat(session: Session, name: str) -> None:
    from annotator.app.train import repeat_run

    again = follow(repeat_run(session, name))
    same = tr("The result is the same to the last bit.")
    other = tr("The result differs.") + (f" {again.stale}" if again.stale else "")
    told = {"run": again.run, "identical": again.identical, "stale": again.stale or None}
    emit({**again.trained.to_dict(), **told}, [same if again.identical else other])
