"""How results, progress and failures reach the terminal, or the program that called.

With `--json` standard output carries one JSON object and nothing else; progress and logs go to standard error.
"""

import dataclasses
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from annotator.app.jobs import Pace, run_job
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job, Progress
from annotator.domain.timeline import clock
from annotator.domain.translation import tr

T = TypeVar("T")

#: Seconds from which on a forecast is told where no progress bar can be seen.
_LONG = 600.0

_json = False


def use_json(on: bool) -> None:
    """Chooses what `emit` and `fail` print, for this process."""
    global _json
    _json = on


def plain(value: Any) -> Any:
    """A result as JSON can carry it: dataclasses as objects, NaN as null, paths as text.

    >>> plain({"value": float("nan"), "path": Path("a/b")})
    {'value': None, 'path': 'a/b'}
    """
    if hasattr(value, "to_dict"):
        return plain(value.to_dict())
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(entry) for entry in value]
    if isinstance(value, float) and value != value:
        return None
    if hasattr(value, "item") and not isinstance(value, str):  # a numpy number
        return plain(value.item())
    return str(value) if isinstance(value, Path) else value


def emit(result: Any, lines: Iterable[str] = ()) -> None:
    """Prints a command's result: the object itself with `--json`, else the lines for people."""
    if _json:
        sys.stdout.write(json.dumps(plain(result), ensure_ascii=False, allow_nan=False) + "\n")
    else:
        for line in lines:
            sys.stdout.write(line + "\n")
    sys.stdout.flush()


def fail(error: AnnotatorError) -> None:
    """Prints a failure in one sentence with what to do about it."""
    if _json:
        emit({"error": {"message": error.message, "hint": error.hint}})
    else:
        sys.stderr.write(tr("Error: {message}", message=error.message) + "\n")
        if error.hint:
            sys.stderr.write(error.hint + "\n")


def note(text: str) -> None:
    """A remark on standard error, so that it never mixes with results."""
    sys.stderr.write(text + "\n")


def warn_all(warnings: Sequence[str], limit: int = 10) -> None:
    """Prints warnings on standard error, the first few and the number of the rest."""
    if _json:
        return
    for warning in warnings[:limit]:
        note(tr("Warning: {text}", text=warning))
    if len(warnings) > limit:
        note(tr("... and {n} more warnings.", n=len(warnings) - limit))


def follow(job: Job[T]) -> T:
    """Runs a job with a progress bar and the remaining time on standard error; Ctrl+C cancels it.

    Where there is no terminal, a forecast of many minutes is told once.
    """
    if not sys.stderr.isatty():
        told: list[float] = []

        def tell(progress: Progress) -> None:
            if not told and (progress.seconds_left or 0.0) > _LONG:
                told.append(progress.seconds_left or 0.0)
                note(tr("This will take about {time}.", time=clock(told[0], 0)))

        return run_job(job, on_progress=tell)
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bar

    pace = Pace()
    columns = [
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TextColumn("{task.fields[left]}"),
    ]
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        shown = bar.add_task("", total=1.0, left="")

        def show(progress: Progress) -> None:
            left = pace.remaining(progress)
            text = "" if left is None else tr("{time} left", time=clock(left, 0))
            bar.update(shown, completed=progress.fraction, description=progress.text, left=text)

        return run_job(job, on_progress=show)


def table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """Lines of an aligned table; numbers to the right.

    >>> table(["part", "n"], [["train", 12], ["test", 3]])
    ['part    n', 'train  12', 'test    3']
    """
    cells = [[str(cell) for cell in headers]] + [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(headers))]
    right = [
        all(_is_number(row[column]) for row in cells[1:]) and len(cells) > 1 for column in range(len(headers))
    ]
    return [
        "  ".join(
            cell.rjust(width) if is_right else cell.ljust(width)
            for cell, width, is_right in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in cells
    ]


def _is_number(text: str) -> bool:
    return (
        text in ("", "-")
        or text.replace(".", "", 1).replace("-", "", 1).replace(",", "").replace("%", "").strip().isdigit()
    )


def number(value: float | None, digits: int = 3) -> str:
    """A figure for people: fixed digits, or a dash where it is undefined.

    >>> number(0.61234), number(None)
    ('0.612', '-')
    """
    return "-" if value is None else f"{value:.{digits}f}"


def interval(ends: Sequence[float | None] | None, digits: int = 3) -> str:
    """A 95 % interval for people; nothing where there is none.

    >>> interval((0.5, 0.75), 2), interval(None), interval((None, None))
    ('[0.50, 0.75]', '', '')
    """
    if ends is None or ends[0] is None:
        return ""
    return f"[{number(ends[0], digits)}, {number(ends[1], digits)}]"
