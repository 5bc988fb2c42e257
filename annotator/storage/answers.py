"""Answers in bulk: as columns for arithmetic, and which of several revisions counts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from annotator.domain.corpus import Value

_UUID_DIGITS = 32

AnswerKey: TypeAlias = tuple[str, str, str, int]
"""What an answer is about, and whose it is: segment, rater, scheme, repeat. Revisions of one answer share it."""


@dataclass(frozen=True)
class Answers:
    """Current answers to one scheme as parallel columns, for arithmetic on many of them."""

    segments: list[str]
    raters: list[str]
    repeats: list[int]
    values: list[dict[str, Value]]
    ids: list[str]


@dataclass(frozen=True, eq=False)
class AnswerColumns:
    """Current answers to one scheme with segments and raters numbered in the order of their keys; `ids` are the keys of
    the answers where they were asked for."""

    segments: tuple[str, ...]
    raters: tuple[str, ...]
    segment_index: NDArray[np.intp]
    rater_index: NDArray[np.intp]
    repeats: NDArray[np.intp]
    values: list[dict[str, Value]]
    ids: list[str]


def newest(rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The current one of each answer's revisions; withdrawn answers are gone."""
    return [row for row in leading(rows).values() if not row["withdrawn"]]


def leading(rows: Iterable[Mapping[str, Any]]) -> dict[AnswerKey, Mapping[str, Any]]:
    """The revision that counts for each answer, be it a withdrawal.

    Copies of a corpus may each have added a revision: the higher number counts, then the later time, then the
    key, so that every copy chooses the same one.
    """
    current: dict[AnswerKey, Mapping[str, Any]] = {}
    for row in rows:
        key = (row["segment_id"], row["rater_id"], row["scheme"], row["repeat"])
        held = current.get(key)
        if held is None or _rank(row) > _rank(held):
            current[key] = row
    return current


def _rank(row: Mapping[str, Any]) -> tuple[int, str, str]:
    return row["revision"], row["finished"], row["id"]


def numbered(keys: Sequence[str]) -> tuple[tuple[str, ...], NDArray[np.intp]]:
    """Distinct keys in ascending order, and the place of each among them; from a list, or one text with commas.

    >>> numbered("b,a,b")
    (('a', 'b'), array([1, 0, 1]))
    """
    if isinstance(keys, str):
        found = _numbered_uuids(keys)
        if found is not None:
            return found
        keys = keys.split(",")
    names = tuple(sorted(set(keys)))
    places = {name: place for place, name in enumerate(names)}
    return names, np.array([places[key] for key in keys], dtype=np.intp)


def _numbered_uuids(text: str) -> tuple[tuple[str, ...], NDArray[np.intp]] | None:
    """`numbered` for uuids by arithmetic on their upper halves; `None` where these do not tell all of them apart."""
    n, rest = divmod(len(text) + 1, _UUID_DIGITS + 1)
    try:
        packed = bytes.fromhex(text.replace(",", " "))
    except ValueError:
        return None
    if rest or len(packed) * 2 != n * _UUID_DIGITS:
        return None
    upper, lower = np.frombuffer(packed, dtype=">u8").astype(np.uint64).reshape(n, 2).T
    _, first, places = np.unique(upper, return_index=True, return_inverse=True)
    if (lower[first][places] != lower).any():
        return None
    step = _UUID_DIGITS + 1
    return tuple(text[row * step : row * step + _UUID_DIGITS] for row in first.tolist()), places
