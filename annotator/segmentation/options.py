"""What can be chosen about a segmentation: a base for all methods, and the options of those that listen."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from annotator.domain.errors import UsageError
from annotator.domain.translation import tr

LONGEST = 3600.0
"""Seconds: an hour of pause, segment or padding is surely milliseconds by mistake."""
_SHORTEST_CUT = 0.1  # seconds: no shorter pieces are cut on purpose


@dataclass(frozen=True, slots=True)
class MethodOptions:
    """Base of the options of every method: a frozen dataclass that checks its values when it is made."""


@dataclass(frozen=True, slots=True)
class Options(MethodOptions):
    """How sound is cut into segments. Lengths in seconds, thresholds as a share of 1.

    Parameters
    ----------
    min_pause
        A pause shorter than this does not end a segment.
    clear_pause
        A pause of this length always ends a segment; one between `min_pause` and this only where enough sounds on
        both sides. 0: every pause of `min_pause` ends one.
    usual_length
        With this much sound on both sides a pause of `min_pause` is enough; with less it must be longer in
        proportion, up to `clear_pause`.
    min_length
        A segment shorter than this is left out.
    max_length
        A segment longer than this is cut at its deepest pauses; 0 for no limit. Includes the padding.
    padding
        Added before and after each segment, at most to the middle of the pause.
    onset, offset
        Sound begins where the method is at least `onset` sure of it, and lasts while it is at least `offset` sure.
    refine
        Whether edges move to where the level really rises and falls.

    Raises
    ------
    UsageError
        Where a value is out of its range; names the option and the range.

    Examples
    --------
    >>> Options(max_length=10, padding=0.1).min_pause
    0.3
    >>> Options(min_pause=-1)
    Traceback (most recent call last):
    ...
    annotator.domain.errors.UsageError: The option min_pause is -1. It must be a number from 0 to 3600.
    """

    min_pause: float = 0.3
    min_length: float = 0.1
    max_length: float = 0.0
    padding: float = 0.0
    onset: float = 0.5
    offset: float = 0.5
    refine: bool = True
    clear_pause: float = 0.0
    usual_length: float = 3.5

    def __post_init__(self) -> None:
        for name in ("min_pause", "clear_pause", "usual_length", "min_length", "max_length", "padding"):
            check_number(name, getattr(self, name), 0.0, LONGEST)
        check_number("onset", self.onset, 0.01, 1.0)
        check_number("offset", self.offset, 0.01, self.onset, tr("which is the option onset"))
        # A segment is cut within its middle half, so a quarter of the limit is the shortest piece there can be.
        least = max(4 * self.min_length, _SHORTEST_CUT) + 2 * self.padding
        if self.max_length and self.max_length < least:
            raise UsageError(
                tr("The option max_length is {value:g}.", value=self.max_length),
                tr(
                    "It must be 0 (no limit) or at least {least:g}: four times min_length and twice the padding.",
                    least=least,
                ),
            )


def check_number(name: str, value: object, low: float, high: float, why: str = "") -> None:
    """Raises `UsageError` where an option is no number of the range; `why` says where its upper end is from."""
    number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if number and low <= value <= high:  # type: ignore[operator]
        return
    raise UsageError(
        tr("The option {name} is {value}.", name=name, value=value),
        tr("It must be a number from {low:g} to {high:g}{why}.", low=low, high=high, why=why and f", {why}"),
    )


def check_choice(name: str, value: object, choices: Sequence[str]) -> None:
    """Raises `UsageError` where an option is none of the words it may be."""
    if value not in choices:
        raise UsageError(
            tr("The option {name} is {value}.", name=name, value=value),
            tr("Valid: {names}.", names=", ".join(choices)),
        )
