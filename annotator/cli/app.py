"""The command line's application object and what all commands share."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from annotator import __version__
from annotator.app.corpus_folder import open_corpus_folder
from annotator.app.session import Session
from annotator.cli import output
from annotator.domain.translation import tr

app = typer.Typer(
    name="annotator",
    help=tr(
        "Turn hours of talk shows or music into a labelled emotion corpus. Without a command, the window opens."
    ),
    no_args_is_help=False,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Corpus = Annotated[Path, typer.Argument(metavar="CORPUS", help=tr("Folder of the corpus."))]
Json = Annotated[bool, typer.Option("--json", help=tr("Print the result as one JSON object."))]
Groups = Annotated[
    list[str] | None,
    typer.Option(
        "--group",
        metavar="KEY=RULE",
        help=tr(
            "Group key from a rule: stem, parent, name:REGEX, tag:NAME or table:FILE.csv. May be repeated."
        ),
    ),
]


def _print_version(asked: bool) -> None:
    if asked:
        output.emit({"version": __version__}, [f"annotator {__version__}"])
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help=tr("Print the version."))
    ] = False,
) -> None:
    """Options that stand before the command."""


@contextmanager
def changing(corpus: Path) -> Iterator[Session]:
    """The corpus that a command changes; refused before any work where it may not be written."""
    with open_corpus_folder(corpus) as session:
        session.require_writable()
        if session.others:
            output.note(
                tr(
                    "The corpus is open in another program too ({who}); both see it change.",
                    who=session.others,
                )
            )
        yield session


@contextmanager
def using(corpus: Path) -> Iterator[Session]:
    """The corpus that a command works on without changing it; what it computes may be kept in the cache."""
    with open_corpus_folder(corpus) as session:
        yield session


@contextmanager
def reading(corpus: Path) -> Iterator[Session]:
    """The corpus that a command only looks at: nothing in its folder is touched."""
    with open_corpus_folder(corpus, writable=False) as session:
        yield session
