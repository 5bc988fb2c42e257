"""What there is: feature-sets, models, formats, recipes."""

from typing import Annotated

import typer

from annotator.cli.app import Json, app
from annotator.cli.output import emit, note, table
from annotator.domain.translation import tr


@app.command(name="feature-sets", help=tr("List the feature sets, or tell all about one of them."))
def feature_sets(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME]",
            help=tr("A set to try; one of a package runs the package's code, here and from now on."),
        ),
    ] = None,
    json: Json = False,
) -> None:
    from annotator.app.feature_sets import describe_set, listed_sets, other_names

    if name is not None:
        one = describe_set(name)
        emit(
            one,
            [
                one.title,
                tr("{n} values a clip, from sound at {rate} Hz.", n=one.shape, rate=one.sample_rate),
                tr("Source: {source}.", source=one.source),
                tr(
                    "Columns: {names}.", names=", ".join(one.names[:8]) + (", ..." if one.columns > 8 else "")
                ),
            ],
        )
        return
    found, others = listed_sets(), other_names()
    rows = [[s.name, s.shape, s.title + (f" ({s.needs})" if s.needs else "")] for s in found]
    emit(
        {"feature_sets": found, "on_request": [{"name": form, "title": title} for form, title in others]},
        [
            *table([tr("name"), tr("values"), tr("title")], rows),
            "",
            tr("And by name, as many as there are:"),
            *table([tr("name"), tr("what it is")], others),
        ],
    )


@app.command(help=tr("List the models."))
def models(json: Json = False) -> None:
    from annotator.learning.models import MODELS

    found = [entry for _, entry in MODELS.items()]
    emit(
        {"models": [{"name": m.name, "title": m.title, "task": m.task} for m in found]},
        table([tr("name"), tr("learns"), tr("title")], [[m.name, m.task, m.title] for m in found]),
    )


@app.command(help=tr("List the formats that can be read and written."))
def formats(json: Json = False) -> None:
    from annotator.exchange.formats import FORMATS

    found = [
        {"name": name, "title": entry.title, "read": entry.read is not None, "write": entry.write is not None}
        for name, entry in FORMATS.items()
    ]
    mark = {True: tr("yes"), False: "-"}
    emit(
        {"formats": found},
        table(
            [tr("name"), tr("read"), tr("write"), tr("title")],
            [[f["name"], mark[bool(f["read"])], mark[bool(f["write"])], f["title"]] for f in found],
        ),
    )


@app.command(help=tr("List the recipes for known public corpora, and one's own."))
def recipes(json: Json = False) -> None:
    from annotator.app.recipes import list_recipes, recipes_folder

    found = list_recipes()
    for problem in found.problems:
        note(tr("Warning: {text}", text=problem))
    emit(
        {
            "recipes": [
                {
                    "name": name, "title": r.title, "licence": r.licence, "citation": r.citation, "url": r.url,
                    "how": r.how, "expected": r.expected, "unverified": r.unverified,
                }
                for name, r in found.recipes.items()
            ],
            "problems": found.problems,
        },
        [
            *table(
                [tr("name"), tr("title"), tr("licence")],
                [[name, r.title, r.licence] for name, r in found.recipes.items()],
            ),
            "",
            tr("Files of your own are read from {folder}.", folder=recipes_folder()),
        ],
    )  # fmt: skip
