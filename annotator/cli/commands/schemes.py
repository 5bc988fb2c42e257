"""Rating schemes: those that ship, those of a corpus, one's own."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from annotator.cli.app import Json, app, changing, reading
from annotator.cli.output import emit, table, warn_all
from annotator.domain.errors import UsageError
from annotator.domain.scheme import Scheme, builtin_schemes, find_scheme
from annotator.domain.translation import tr


@app.command(help=tr("List, check, add and save rating schemes."))
def schemes(
    corpus: Annotated[
        Path | None,
        typer.Option("--corpus", metavar="CORPUS", help=tr("The schemes of this corpus instead.")),
    ] = None,
    check: Annotated[
        Path | None, typer.Option("--check", metavar="FILE.toml", help=tr("Check a scheme file."))
    ] = None,
    put: Annotated[
        str | None,
        typer.Option(
            "--put", metavar="NAME", help=tr("Add this scheme (or TOML file) to the corpus, or change it.")
        ),
    ] = None,
    gems: Annotated[
        Path | None,
        typer.Option(
            "--gems", metavar="FILE", help=tr("Make the 45- or 25-item GEMS from your own list (CSV, TOML).")
        ),
    ] = None,
    language: Annotated[
        str | None,
        typer.Option("--language", metavar="L", help=tr("Language of the list, where it has several.")),
    ] = None,
    accept_licence: Annotated[
        bool, typer.Option("--accept-licence", help=tr("You have signed the agreement about the GEMS lists."))
    ] = False,
    save: Annotated[
        str | None,
        typer.Option("--save", metavar="NAME", help=tr("Write this scheme as a file, to --output.")),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE.toml", help=tr("Where to write a scheme."))
    ] = None,
    json: Json = False,
) -> None:
    from annotator.app.schemes import check_scheme, gems_scheme, save_scheme

    if sum(option is not None for option in (check, put, gems, save)) > 1:
        raise UsageError(
            tr("--check, --put, --gems and --save do different things."), tr("Give one of them.")
        )
    if put is not None and corpus is None:
        raise UsageError(tr("--put needs a corpus."), tr("Give it with --corpus."))
    if save is not None and output is None:
        raise UsageError(tr("--save needs a file to write to."), tr("Give it with --output FILE.toml."))
    if gems is not None and corpus is None and output is None:
        raise UsageError(
            tr("--gems needs to know where the scheme goes."),
            tr("Give --output FILE.toml or --corpus CORPUS."),
        )
    if check is not None:
        found = check_scheme(check)
        warn_all(found.warnings)
        line = tr("{path} is a valid scheme: {title}.", path=check, title=found.scheme.title)
        emit({"scheme": found.scheme.to_dict(), "warnings": list(found.warnings)}, [line])
        return
    if put is None and gems is None and save is None:
        _list(_of(corpus) if corpus is not None else list(builtin_schemes().values()))
        return
    if gems is not None:
        scheme = gems_scheme(gems, language=language, accepted=accept_licence)
    else:
        held = {one.name: one for one in _of(corpus)} if save is not None and corpus is not None else {}
        name = put or save or ""
        scheme = held[name] if name in held else find_scheme(name)
    done: list[str] = []
    if corpus is not None and save is None:
        done.append(_put(corpus, scheme))
    if output is not None:
        save_scheme(scheme, output)
        done.append(tr("Written: {path}", path=output))
    emit({"scheme": scheme.to_dict()}, done)


def _of(corpus: Path) -> list[Scheme]:
    with reading(corpus) as session, session.reading() as reader:
        return reader.schemes()


def _put(corpus: Path, scheme: Scheme) -> str:
    from annotator.app.schemes import put_scheme

    with changing(corpus) as session:
        if put_scheme(session, scheme):
            return tr("{name} changed in {corpus}.", name=scheme.name, corpus=corpus)
    return tr("{name} added to {corpus}.", name=scheme.name, corpus=corpus)


def _list(found: Sequence[Scheme]) -> None:
    emit(
        {"schemes": [scheme.to_dict() for scheme in found]},
        table(
            [tr("name"), tr("items"), tr("judged"), tr("title")],
            [[s.name, len(s.items), s.judged, s.title] for s in found],
        ),
    )
