"""Entry point of the command `annotator`."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from annotator.app.logs import log_bug, start_log
from annotator.cli import output
from annotator.domain.errors import AnnotatorError, UsageError
from annotator.domain.registry import closest
from annotator.domain.translation import tr

if TYPE_CHECKING:
    import typer


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and gives its exit status: 0, 1 for an explained failure, 2 for wrong usage.

    `annotator`, `annotator CORPUS` and `annotator PACKAGE` open the window.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    output.use_json("--json" in given)
    start_log()
    try:
        return run(given)
    except AnnotatorError as error:
        output.fail(error)
        return error.exit_status
    except KeyboardInterrupt:
        output.fail(AnnotatorError(tr("Cancelled; nothing was changed.")))
        return 1
    except BrokenPipeError:  # the reader of our output has gone: nobody is left to tell
        sys.stderr.close()
        return 1
    except MemoryError:
        output.fail(
            AnnotatorError(tr("There is not enough memory for this."), tr("Work on fewer segments at once."))
        )
        return 1
    except OSError as error:
        what = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        output.fail(
            AnnotatorError(tr("{what}.", what=what), tr("Check the path, your rights and the space left."))
        )
        return 1
    except Exception:
        path = log_bug()
        output.fail(
            AnnotatorError(
                tr("Annotator made a mistake of its own and stopped."),
                tr("What happened is written in {path}; please report it.", path=path),
            )
        )
        return 1


def run(given: list[str]) -> int:
    """Hands over to the window or to a command."""
    if not given or _names_a_file(given):
        return _run_window(given)
    from annotator.cli.commands import app, command_names

    if given[0].startswith("-") or given[0] in command_names():
        return _run_command(app, given)
    if len(given) > 1 or not Path(given[0]).exists():
        raise UsageError(
            tr('"{name}" is no command and no corpus.', name=given[0]), closest(given[0], command_names())
        )
    return _run_window(given)


def _names_a_file(given: list[str]) -> bool:
    """Whether a path stands where a command could: told without loading the commands, none of which has a dot."""
    return len(given) == 1 and not given[0].startswith("-") and "." in given[0] and Path(given[0]).exists()


def _run_window(given: list[str]) -> int:
    from annotator.cli.window import open_window

    return open_window(_folder_of(Path(given[0])) if given else None)


def _folder_of(path: Path) -> Path:
    """The corpus to open: a work package is unpacked beside itself, once."""
    if path.is_file():
        from annotator.app.package import unpack
        from annotator.app.package_file import is_package

        if is_package(path):
            return output.follow(unpack(path))
    return path


def _run_command(app: "typer.Typer", given: list[str]) -> int:
    import typer
    from typer.exceptions import TyperException
    from typer.main import get_command

    try:
        status = get_command(app).main(given, prog_name="annotator", standalone_mode=False)
    except typer.Abort:
        raise KeyboardInterrupt from None
    except typer.Exit as stop:
        return stop.exit_code
    except TyperException as error:
        explain = getattr(error, "format_message", error.__str__)
        raise UsageError(
            explain(), tr('"annotator {name} --help" tells how to use it.', name=given[0])
        ) from None
    return status if isinstance(status, int) else 0


if __name__ == "__main__":
    sys.exit(main())
