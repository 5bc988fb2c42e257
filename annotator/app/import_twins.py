"""Ratings that come back: our own exports name raters by pseudonym, and whose they are is told by what they say."""

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, TypeAlias

from annotator.domain.corpus import Rater

Key: TypeAlias = tuple[str, str, str, int]
"""Segment, rater, scheme, repeat."""

_PSEUDONYM = re.compile(r"[RA]\d+")
_FEWEST = 3  # equal answers that are no coincidence


def twins(
    answers: Mapping[Key, Mapping[str, Any]],
    held: Mapping[Key, Mapping[str, Any]],
    raters: Mapping[str, Rater],
) -> dict[str, str]:
    """New raters under a pseudonym all of whose answers somebody here has given, with who that is (both by id).

    Parameters
    ----------
    answers
        What the file says.
    held
        What the corpus has.
    raters
        The new ones, by id.

    Examples
    --------
    >>> held = {(segment, "ann", "mood", 0): {"mood": "up"} for segment in "abc"}
    >>> again = {(segment, "new", "mood", 0): {"mood": "up"} for segment in "abc"}
    >>> twins(again, held, {"new": Rater("new", "R1")}), twins(again, held, {"new": Rater("new", "Bo")})
    ({'new': 'ann'}, {})
    """
    said: dict[str, list[Key]] = defaultdict(list)
    for key in answers:
        if key[1] in raters and _PSEUDONYM.fullmatch(raters[key[1]].name):
            said[key[1]].append(key)
    here = sorted({key[1] for key in held})
    found: dict[str, str] = {}
    for rater, keys in said.items():
        for other in here if len(keys) >= _FEWEST else ():
            if all(held.get((key[0], other, *key[2:])) == answers[key] for key in keys):
                found[rater] = other
                break
    return found
