"""What all benchmarks share: one kind of row, one way to time, one way to print.

A benchmark makes its own input, measures ours and each rival in turn in one run, and reports `Row`s. Absolute
times depend on the machine; the ratio is what counts and what is kept.
"""

import argparse
import json as json_module
import math
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace


@dataclass(frozen=True)
class Row:
    """One measured thing beside one rival.

    Parameters
    ----------
    name
        What was measured.
    value
        Our figure in `unit`.
    unit
        `s`, `ms`, `MB`, `rows/s`, ...
    rival
        What it is compared with; empty where there is nothing to compare.
    rival_value
        The rival's figure in the same unit; `None` where the rival was skipped.
    ratio
        `value / rival_value`, computed where it is left out: for times and memory, below 1 is better than the rival.
    """

    name: str
    value: float | None
    unit: str
    rival: str = ""
    rival_value: float | None = None
    ratio: float | None = None

    def __post_init__(self) -> None:
        if self.ratio is None and self.value is not None and self.rival_value:
            object.__setattr__(self, "ratio", self.value / self.rival_value)


def skipped(row: Row, reason: str = "not installed") -> Row:
    """`row` with its rival named as skipped, so that a missing rival is seen and not forgotten."""
    return replace(row, rival=f"{row.rival} (skipped: {reason})", rival_value=None, ratio=None)


def wall() -> float:
    """Seconds on the clock: what a person waits."""
    return time.perf_counter()


def cpu() -> float:
    """Processor seconds of this process and of the children it has waited for: steadier on a busy machine."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def timed(function: Callable[[], object], repeats: int = 3, *, clock: Callable[[], float] = wall) -> float:
    """Best of `repeats` runs in seconds: the run least disturbed by whatever else the machine did."""
    best = math.inf
    for _ in range(repeats):
        start = clock()
        function()
        best = min(best, clock() - start)
    return best


def arguments(description: str, argv: Sequence[str] | None = None) -> argparse.Namespace:
    """The options every benchmark has: `.quick` (ends within 60 s) and `.json` (a list of rows, nothing else)."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--quick", action="store_true", help="smaller input; ends within 60 s")
    parser.add_argument("--json", action="store_true", help="print a list of rows as JSON and nothing else")
    return parser.parse_args(argv)


def report(rows: Sequence[Row], json: bool) -> None:
    """Prints the rows on standard output as a table, or as a JSON list."""
    if json:
        json_module.dump([asdict(row) for row in rows], sys.stdout, indent=1)
        sys.stdout.write("\n")
        return
    cells = [("name", "value", "unit", "rival", "rival_value", "ratio")]
    cells += [
        (row.name, _figure(row.value), row.unit, row.rival, _figure(row.rival_value), _figure(row.ratio))
        for row in rows
    ]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    rightward = (False, True, False, False, True, True)
    for line in cells:
        padded = (
            text.rjust(width) if right else text.ljust(width)
            for text, width, right in zip(line, widths, rightward, strict=True)
        )
        print("  ".join(padded).rstrip())


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.4g}"
