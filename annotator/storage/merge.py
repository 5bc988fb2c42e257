"""Bringing the rows of another copy of a corpus into this one.

Copies start from one corpus, so the same thing has the same key in all of them. Answers are immutable revisions:
merging them is the union of sets. Segments change in place, and are compared with what the copy was cut from, where
that is known. Raters and tiers that two copies have each made under one name are one rater and one tier. What both
made of a profile, a task, a link or the way a tier came about is joined (`joining`).

What is derived from answers (consensus, splits) is not merged: it is made again from them.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import select

from annotator.storage import schema
from annotator.storage.engine import back_up, explained
from annotator.storage.joining import join_links, join_maps, join_profiles, join_tasks
from annotator.storage.reader import Reader, chunks
from annotator.storage.rows import SHAPES, Kind, Row
from annotator.storage.writer import Transaction

#: What may change in a segment, in the groups that are compared with one another. `origin` goes with the edges.
ASPECTS: dict[str, tuple[str, ...]] = {
    "edges": ("start", "end"),
    "text": ("text",),
    "speaker": ("speaker",),
    "status": ("status",),
}


@dataclass(frozen=True, slots=True)
class Collision:
    """A place where this corpus and a copy do not agree, and no rule says which is right.

    `ours` and `theirs` are the rows; the kinds are `edges, text, speaker, status` (changed on both sides),
    `deleted` (deleted on one side, rated on the other), `overlap` (a new segment lies over one of ours), `scheme`
    (two definitions under one name) and `link` (accepted on one side, dismissed on the other).
    """

    kind: str
    ours: Row
    theirs: Row
    settled: Literal["ours", "theirs", "both"]


@dataclass(slots=True)
class Union:
    """What came in from one copy."""

    annotations_added: int = 0
    segments_added: int = 0
    segments_changed: int = 0
    unchanged: int = 0
    collisions: list[Collision] = field(default_factory=list)


def snapshot(database: Path, target: Path) -> None:
    """Copies a database as it is at this moment, also while another program writes to it."""
    with explained(database):
        back_up(database, target)


def rows_of_rater(reader: Reader, rater_id: str) -> list[Row]:
    """Every revision of one rater's answers, also to segments that are deleted; nothing of anybody else."""
    return reader.rows(Kind.ANNOTATION, schema.annotation.c.rater_id == rater_id)


def base_of(rows: Iterable[Row]) -> str:
    """What segments are like when a package is cut, as a text to keep in it; `read_base` gives it back."""
    names = [name for names in ASPECTS.values() for name in names]
    return json.dumps({row["id"]: {name: row[name] for name in names} for row in rows})


def read_base(text: str | None) -> dict[str, Row]:
    """The segments as they were when a package was cut, by key; empty where that is not known."""
    found: dict[str, Row] = json.loads(text) if text else {}
    return found


def merge_rows(
    transaction: Transaction,
    source: Reader,
    *,
    base: Mapping[str, Row],
    paths: Mapping[str, str],
    theirs: bool,
) -> Union:
    """Adds to a corpus what a copy of it holds and it does not.

    Parameters
    ----------
    base
        The copy's segments as they were when it was cut; a segment changed on one side alone follows that side.
    paths
        Where the audio of recordings that are new here is, by their key.
    theirs
        Whether the copy is right where the two do not agree; else this corpus is.
    """
    return _Merge(transaction, source, base, theirs).run(paths)


class _Merge:
    def __init__(
        self, transaction: Transaction, source: Reader, base: Mapping[str, Row], theirs: bool
    ) -> None:
        self._ours = transaction
        self._theirs = source
        self._base = base
        self._prefer_theirs = theirs
        self._union = Union()

    def run(self, paths: Mapping[str, str]) -> Union:
        """In the order in which rows refer to one another."""
        self._recordings(paths)
        self._schemes()
        raters = self._named(Kind.RATER)
        tiers = self._named(Kind.TIER)
        said_here, said_there = _said(self._ours), _said(self._theirs)
        self._segments(tiers, said_here, said_there)
        fresh = [key for key in said_there if key not in said_here]
        self._union.unchanged += len(said_there) - len(fresh)
        self._union.annotations_added = self._ours.adopt(
            {**row, "rater_id": raters[row["rater_id"]]}
            for row in _by_key(self._theirs, fresh, len(said_there))
        )
        self._tasks(raters)
        self._links()
        return self._union

    def _recordings(self, paths: Mapping[str, str]) -> None:
        known = _all(self._ours, Kind.RECORDING)
        self._ours.put_rows(
            Kind.RECORDING,
            [
                {**row, "path": paths.get(key, row["path"])}
                for key, row in _all(self._theirs, Kind.RECORDING).items()
                if key not in known
            ],
        )

    def _schemes(self) -> None:
        known = _all(self._ours, Kind.SCHEME)
        for key, row in _all(self._theirs, Kind.SCHEME).items():
            held = known.get(key)
            if held is None or (held["deleted"] and not row["deleted"]):
                self._ours.put_rows(Kind.SCHEME, [row])
            elif held["definition"] != row["definition"]:
                self._collide("scheme", held, row)
                if self._prefer_theirs:
                    self._ours.put_rows(Kind.SCHEME, [row])

    def _named(self, kind: Kind) -> dict[str, str]:
        """Our key for each of their raters or tiers: the same key, else the same name, else it is added.

        There is one of each name; it lives where it lives on either side.
        """
        known = _all(self._ours, kind)
        by_name = {(row["name"], row["kind"]): row for row in _dead_first(known)}
        names: dict[str, str] = {}
        for key, row in sorted(_all(self._theirs, kind).items()):
            held = known.get(key)
            if held is None or held["deleted"]:
                held = by_name.get((row["name"], row["kind"]), held)
            names[key] = key if held is None else held["id"]
            kept = row if held is None else _joined(kind, held, row)
            if kept != held:
                self._ours.put_rows(kind, [kept])
                known[kept["id"]] = by_name[kept["name"], kept["kind"]] = kept
        return names

    def _segments(
        self, tiers: Mapping[str, str], said_here: Mapping[str, str], said_there: Mapping[str, str]
    ) -> None:
        rated_here = {segment for key, segment in said_here.items() if key not in said_there}
        rated_there = {segment for key, segment in said_there.items() if key not in said_here}
        known = _all(self._ours, Kind.SEGMENT)
        added: list[Row] = []
        changed: list[Row] = []
        theirs = _all(self._theirs, Kind.SEGMENT)
        for key, given in theirs.items():
            row = {**given, "tier_id": tiers[given["tier_id"]]}
            held = known.get(key)
            if held is None:
                added.append(row)
                continue
            merged = self._settle(held, row)
            merged["deleted"] = self._settle_deletion(held, row, key in rated_here, key in rated_there)
            if merged != held:
                changed.append(merged)
        self._ours.put_rows(Kind.SEGMENT, added + changed)
        self._union.segments_added = sum(not row["deleted"] for row in added)
        self._union.segments_changed = len(changed)
        self._report_overlaps(known | {row["id"]: row for row in added + changed}, theirs)

    def _settle(self, ours: Row, theirs: Row) -> Row:
        """Our segment with what was changed on their side alone; what was changed on both is a collision."""
        base = self._base.get(ours["id"])
        merged = dict(ours)
        for aspect, names in ASPECTS.items():
            here, there = _part(ours, names), _part(theirs, names)
            before = None if base is None else _part(base, names)
            if here == there or there == before:
                continue
            if here != before:
                self._collide(aspect, ours, theirs)
            if here == before or self._prefer_theirs:
                merged |= there
                if aspect == "edges":
                    merged["origin"] = theirs["origin"]
        return merged

    def _settle_deletion(self, ours: Row, theirs: Row, rated_here: bool, rated_there: bool) -> bool:
        """Whether a segment is deleted: on either side, unless the other has answers that the deleting one had not."""
        if ours["deleted"] == theirs["deleted"]:
            return bool(ours["deleted"])
        if not (rated_there if ours["deleted"] else rated_here):
            return True
        if ours["deleted"]:  # comes back, whatever is preferred: else answers would be out of sight
            self._union.collisions.append(Collision("deleted", ours, theirs, "theirs"))
            return False
        self._collide("deleted", ours, theirs)
        return self._prefer_theirs

    def _report_overlaps(self, rows: Mapping[str, Row], theirs: Mapping[str, Row]) -> None:
        """Two copies may each have cut the same stretch: both segments stay, and a person decides."""
        tiers = {key for key, row in _all(self._ours, Kind.TIER).items() if not row["overlaps"]}
        new = {key for key, row in theirs.items() if not row["deleted"] and key not in self._base}
        places = {_place(rows[key]) for key in new}
        living = [row for row in rows.values() if not row["deleted"] and _place(row) in places]
        longest: Row | None = None
        for row in sorted(living, key=lambda row: (*_place(row), row["start"], row["end"], row["id"])):
            if longest is None or _place(row) != _place(longest):
                longest = row
                continue
            if row["start"] < longest["end"] and row["tier_id"] in tiers:
                cut = [each for each in (longest, row) if each["id"] in new]
                here = [each for each in (longest, row) if each["id"] not in theirs]
                if cut and here:
                    self._union.collisions.append(Collision("overlap", here[0], cut[0], "both"))
            if row["end"] > longest["end"]:
                longest = row

    def _tasks(self, raters: Mapping[str, str]) -> None:
        known = _all(self._ours, Kind.TASK)
        merged: list[Row] = []
        for key, given in _all(self._theirs, Kind.TASK).items():
            row = {**given, "rater_id": raters[given["rater_id"]]}
            merged.append(join_tasks(known[key], row) if key in known else row)
        self._ours.put_rows(Kind.TASK, merged)

    def _links(self) -> None:
        known = _all(self._ours, Kind.LINK)
        merged: list[Row] = []
        for key, row in _all(self._theirs, Kind.LINK).items():
            held = known.get(key)
            made = row if held is None else join_links(held, row)
            if held is not None and {held["verdict"], row["verdict"]} == {"accepted", "dismissed"}:
                theirs = made["verdict"] == row["verdict"]
                self._union.collisions.append(Collision("link", held, row, "theirs" if theirs else "ours"))
            merged.append(made)
        self._ours.put_rows(Kind.LINK, merged)

    def _collide(self, kind: str, ours: Row, theirs: Row) -> None:
        self._union.collisions.append(
            Collision(kind, ours, theirs, "theirs" if self._prefer_theirs else "ours")
        )


def _joined(kind: Kind, ours: Row, theirs: Row) -> Row:
    """One rater or tier of both; it lives where it lives on either side."""
    joined = {**ours, "deleted": ours["deleted"] and theirs["deleted"]}
    if kind is Kind.RATER:
        joined["profile"] = join_profiles(ours["profile"], theirs["profile"])
    else:
        joined["made"] = join_maps(ours["made"], theirs["made"])
    return joined


def _all(reader: Reader, kind: Kind) -> dict[str, Row]:
    return {row["id"]: row for row in reader.rows(kind, deleted=True)}


def _dead_first(rows: Mapping[str, Row]) -> list[Row]:
    return sorted(rows.values(), key=lambda row: not row["deleted"])


def _place(row: Mapping[str, Any]) -> tuple[str, str]:
    return row["tier_id"], row["recording_id"]


def _part(row: Mapping[str, Any], names: Iterable[str]) -> Row:
    return {name: row[name] for name in names}


def _said(reader: Reader) -> dict[str, str]:
    """The segment of every revision, by the revision's key."""
    table = schema.annotation.c
    return dict(reader.columns(select(table.id, table.segment_id)))


def _by_key(reader: Reader, keys: Sequence[str], known: int) -> Iterable[Row]:
    """The revisions of these keys, of so many that there are: where they are most of them, by reading all."""
    table = SHAPES[Kind.ANNOTATION].table
    if 2 * len(keys) > known:
        wanted = set(keys)
        return (row for row in reader.rows(Kind.ANNOTATION) if row["id"] in wanted)
    return [row for part in chunks(keys) for row in reader.rows(Kind.ANNOTATION, table.c.id.in_(part))]
