"""Decisions of one person where the raters differ: the queue, and single decisions, without a window."""

from typing import Annotated

import typer

from annotator.cli.app import Corpus, Json, app, changing, reading
from annotator.cli.output import emit, table
from annotator.domain.errors import AnnotatorError
from annotator.domain.timeline import clock
from annotator.domain.trace import in_short
from annotator.domain.translation import tr, tr_n


@app.command(
    help=tr("List the segments that divide the raters, worst first, or decide on one. Ends blindness.")
)
def adjudicate(
    corpus: Corpus,
    scheme: Annotated[
        str | None, typer.Option("--scheme", metavar="NAME", help=tr("Scheme; the only one by default."))
    ] = None,
    item: Annotated[
        str | None, typer.Option("--item", metavar="ITEM", help=tr("Rank by this item alone."))
    ] = None,
    above: Annotated[
        float,
        typer.Option(
            "--above", metavar="SCORE", help=tr("Only segments with more disagreement, 0 to below 1.")
        ),
    ] = 0.0,
    most: Annotated[int, typer.Option("--most", metavar="N", help=tr("Longest list; 20 by default."))] = 20,
    decided: Annotated[
        bool, typer.Option("--decided", help=tr("List decided segments too, in their places."))
    ] = False,
    pseudonyms: Annotated[bool, typer.Option("--pseudonyms", help=tr("Hide who said what."))] = False,
    segment: Annotated[
        str | None, typer.Option("--segment", metavar="ID", help=tr("Decide on this segment instead."))
    ] = None,
    value: Annotated[
        list[str] | None,
        typer.Option("--value", metavar="ITEM=VALUE", help=tr("What is decided; repeatable.")),
    ] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="NAME", help=tr("Who decides."))] = None,
    comment: Annotated[str, typer.Option("--comment", metavar="TEXT", help=tr("Why."))] = "",
    json: Json = False,
) -> None:
    if segment is not None:
        _decide(corpus, scheme, segment, value or [], by, comment)
        return
    if value or by or comment:
        raise AnnotatorError(
            tr("--value, --by and --comment belong to a decision."), tr("Name the segment: --segment ID.")
        )
    from annotator.app import adjudication

    with reading(corpus) as session:
        docket = adjudication.read_docket(session, scheme, item=item, above=above, most=most, decided=decided)
    names = adjudication.pseudonyms(docket.raters) if pseudonyms else {}
    cases = [
        {
            "segment": case.segment.id,
            "recording": case.recording.name,
            "start": case.segment.start / case.recording.sample_rate,
            "end": case.segment.end / case.recording.sample_rate,
            "score": case.score,
            "divided": case.divided,
            "decision": case.decision,
            "opinions": [
                {
                    "rater": names.get(one.rater, one.rater), "values": one.values, "confidence": one.confidence,
                    "comment": one.comment, "listens": one.listens,
                }
                for one in case.opinions
            ],
        }
        for case in docket.cases
    ]  # fmt: skip
    rows = []
    for case in docket.cases:
        rate = case.recording.sample_rate
        said = "; ".join(
            f"{names.get(one.rater, one.rater)}: "
            + ", ".join(in_short(one.values[name]) if name in one.values else "-" for name in case.divided)
            for one in case.opinions
        )
        place = f"{case.recording.name} {clock(case.segment.start / rate)}"
        rows.append([case.segment.id, place, f"{case.score:.2f}", ", ".join(case.divided), said])
    heads = [tr("segment"), tr("where"), tr("score"), tr("items"), tr("answers")]
    state = tr_n("{decided} decided, {n} remains.", "{decided} decided, {n} remain.", docket.remaining,
                 decided=docket.decided)  # fmt: skip
    emit(
        {
            "scheme": docket.scheme.name, "divided": docket.divided, "decided": docket.decided,
            "remaining": docket.remaining, "cases": cases,
        },
        [*table(heads, rows), "", state],
    )  # fmt: skip


def _decide(
    corpus: Corpus, scheme: str | None, segment: str, values: list[str], by: str | None, comment: str
) -> None:
    from annotator.app.adjudication import decide
    from annotator.app.session import find_scheme

    given = {}
    for text in values:
        name, equals, answer = text.partition("=")
        if not equals:
            raise AnnotatorError(tr('"{text}" is no decision.', text=text), tr("For example: emotion=happy."))
        given[name.strip()] = answer.strip()
    if not by:
        raise AnnotatorError(tr("Who decides is not said."), tr("Name the person: --by NAME."))
    with changing(corpus) as session:
        with session.reading() as reader:
            name = find_scheme(reader, scheme).name
        made = decide(session, segment_id=segment, scheme=name, values=given, adjudicator=by, comment=comment)
    emit(made, [tr("Decided: {values}.", values=", ".join(f"{k} = {v}" for k, v in made.values.items()))])
