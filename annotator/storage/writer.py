"""Writing: a transaction that records how to take back each of its changes."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from sqlalchemy import Connection, bindparam, insert, select, update

from annotator.domain.corpus import Annotation, Split, new_ids, now
from annotator.storage import schema
from annotator.storage.answers import leading, newest
from annotator.storage.reader import Reader, chunks
from annotator.storage.rows import KIND_OF, SHAPES, Kind, Row, Thing, annotation_row

_Key: TypeAlias = tuple[str, str, str, int]


def _key(row: Mapping[str, Any]) -> _Key:
    """What an answer is about, and whose it is: revisions of one answer share it."""
    return row["segment_id"], row["rater_id"], row["scheme"], row["repeat"]


@dataclass(frozen=True, slots=True)
class Change:
    """What one write did to one row: `before` is `None` where the row is new."""

    kind: Kind
    id: str
    before: Row | None
    after: Row


class Transaction(Reader):
    """Reads and writes inside one database transaction; `changes` collects what it did, in order."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self.changes: list[Change] = []

    def put(self, *things: Thing) -> None:
        """Adds things, or replaces those of the same key. Annotations go through `record`."""
        by_kind: dict[Kind, list[Thing]] = {}
        for thing in things:
            by_kind.setdefault(KIND_OF[type(thing)], []).append(thing)
        for kind, members in by_kind.items():
            if kind is Kind.ANNOTATION:
                raise TypeError("annotations are recorded as revisions, never replaced")
            rows = [{**SHAPES[kind].to_row(member), "deleted": False} for member in members]
            self._write(kind, rows)
            if kind is Kind.SPLIT:
                self._add_members([member for member in members if isinstance(member, Split)])

    def set_meta(self, key: str, value: str) -> None:
        """Changes a fact about the corpus itself."""
        table = schema.meta
        before = self.meta(key)
        if before == value:
            return
        if before is None:
            self._connection.execute(insert(table).values(key=key, value=value))
        else:
            self._connection.execute(update(table).where(table.c.key == key).values(value=value))
        held = None if before is None else {"key": key, "value": before}
        self.changes.append(Change(Kind.META, key, held, {"key": key, "value": value}))

    def remove(self, kind: Kind, ids: Iterable[str]) -> int:
        """Marks things as deleted and says how many were there."""
        held = self._held(kind, ids)
        self._write(kind, [{**row, "deleted": True} for row in held.values() if not row["deleted"]])
        return len(held)

    def record(self, annotations: Sequence[Annotation]) -> list[Annotation]:
        """Adds answers as new revisions of what their raters said before; gives them with their revision.

        Revision and, where empty, key and time are set here.
        """
        if not annotations:
            return []
        current, last = self._said_before(annotations)
        moment = now()
        recorded: list[Annotation] = []
        rows: list[Row] = []
        for given, fresh in zip(annotations, new_ids(len(annotations)), strict=True):
            key = (given.segment_id, given.rater_id, given.scheme, given.repeat)
            last[key] = last.get(key, 0) + 1
            # Written out, not `replace`: imports bring hundreds of thousands, and this is twice as fast.
            made = Annotation(
                given.id or fresh, given.segment_id, given.rater_id, given.scheme, given.values, last[key],
                given.repeat, given.withdrawn, given.confidence, given.comment, given.started,
                given.finished or moment, given.listens, given.flagged,
            )  # fmt: skip
            row = annotation_row(made)
            self.changes.append(Change(Kind.ANNOTATION, made.id, current.get(key), row))
            current[key] = row
            recorded.append(made)
            rows.append(row)
        self._insert_annotations(rows)
        return recorded

    def _insert_annotations(self, rows: list[Row]) -> None:
        """Inserts rows straight through the driver: its own preparing of each row would take as long as the insert."""
        statement = insert(schema.annotation).compile(self._connection, column_keys=list(rows[0]))
        order = statement.positiontup  # None where the driver takes parameters by name
        texts: dict[Any, str] = {}
        given: list[Any] = []
        for row in rows:
            values = row["values"]
            kind = (
                *values,
                *values.values(),
                *map(type, values.values()),
            )  # 1, 1.0 and True are equal, not the same
            try:
                text = texts.get(kind)
                if text is None:
                    text = texts[kind] = json.dumps(values)
            except TypeError:  # a trace, which is no key and hardly comes twice
                text = json.dumps(values)
            filled = {**row, "values": text}
            given.append(filled if order is None else tuple(map(filled.__getitem__, order)))
        self._connection.exec_driver_sql(str(statement), given)

    def adopt(self, rows: Iterable[Row]) -> int:
        """Adds revisions that another copy of the corpus holds, as they are; says how many were new.

        Undo takes back what they changed in current answers, by further revisions.
        """
        given = {row["id"]: row for row in rows}
        table = schema.annotation.c
        for part in chunks(list(given)):
            for known in self._connection.execute(select(table.id).where(table.id.in_(part))).scalars():
                del given[known]
        keys = {_key(row) for row in given.values()}
        held = [
            row
            for part in chunks({key[0] for key in keys})
            for row in self.rows(Kind.ANNOTATION, table.segment_id.in_(part))
            if _key(row) in keys
        ]
        before = leading(held)
        if given:
            # In the order of their keys, the index grows at its end.
            self._insert_annotations([given[key] for key in sorted(given)])
        for key, row in leading([*before.values(), *given.values()]).items():
            said = before.get(key)
            if said is not row:
                held_before = dict(said) if said is not None and not said["withdrawn"] else None
                self.changes.append(Change(Kind.ANNOTATION, row["id"], held_before, dict(row)))
        return len(given)

    def held(self, kind: Kind, key: str) -> Row | None:
        """The row of that key, be it a tombstone; `None` where there never was one."""
        return self._held(kind, [key]).get(key)

    def put_rows(self, kind: Kind, rows: Sequence[Row]) -> None:
        """Adds or replaces rows that another copy holds, as they are: tombstones stay tombstones."""
        self._write(kind, list(rows))

    def _said_before(self, annotations: Sequence[Annotation]) -> tuple[dict[_Key, Row], dict[_Key, int]]:
        """For each answer's key the row that is current, and the highest revision there has been."""
        table = schema.annotation.c
        raters = {annotation.rater_id for annotation in annotations}
        rows = [
            row
            for part in chunks({annotation.segment_id for annotation in annotations})
            for row in self.rows(Kind.ANNOTATION, table.segment_id.in_(part), table.rater_id.in_(raters))
        ]
        last: dict[_Key, int] = {}
        for row in rows:
            last[_key(row)] = max(last.get(_key(row), 0), row["revision"])
        return {_key(row): dict(row) for row in newest(rows)}, last

    def take_back(self, changes: Sequence[Change]) -> None:
        """Writes the inverse of earlier changes, last one first; these are recorded as changes in turn."""
        for change in reversed(changes):
            if change.kind is Kind.ANNOTATION:
                self._answer_again(change)
            elif change.kind is Kind.META:
                self.set_meta(change.id, change.before["value"] if change.before else "")
            elif change.before is None:
                self._write(change.kind, [{**change.after, "deleted": True}])
            else:
                self._write(change.kind, [change.before])

    def _answer_again(self, change: Change) -> None:
        """Annotations are never removed: taking one back is a new revision saying what held before it."""
        from_row = SHAPES[Kind.ANNOTATION].from_row
        earlier: Annotation = from_row(change.before or {**change.after, "withdrawn": True})
        self.record([replace(earlier, id="", finished="")])

    def _held(self, kind: Kind, ids: Iterable[str]) -> dict[str, Row]:
        table = SHAPES[kind].table
        return {
            row["id"]: row
            for part in chunks(ids)
            for row in self.rows(kind, table.c.id.in_(part), deleted=True)
        }

    def _write(self, kind: Kind, rows: list[Row]) -> None:
        if not rows:
            return
        table = SHAPES[kind].table
        held = self._held(kind, [row["id"] for row in rows])
        new = [row for row in rows if row["id"] not in held]
        old = [row for row in rows if row["id"] in held and held[row["id"]] != row]
        if new:
            self._connection.execute(insert(table), new)
        if old:
            columns = [column.name for column in table.columns if column.name != "id"]
            statement = update(table).where(table.c.id == bindparam("key"))
            statement = statement.values({name: bindparam(f"new_{name}") for name in columns})
            self._connection.execute(
                statement,
                [{"key": row["id"], **{f"new_{name}": row[name] for name in columns}} for row in old],
            )
        self.changes += [Change(kind, row["id"], held.get(row["id"]), row) for row in new + old]

    def _add_members(self, splits: list[Split]) -> None:
        """Members are written once, with their split; undoing only marks the split itself."""
        member = schema.split_member
        for split in splits:
            known = self._connection.execute(
                select(member.c.split_id).where(member.c.split_id == split.id).limit(1)
            )
            if known.first() is None and split.parts:
                rows = [
                    {
                        "split_id": split.id,
                        "segment_id": segment,
                        "part": part,
                        "group": split.groups[segment],
                    }
                    for segment, part in split.parts.items()
                ]
                self._connection.execute(insert(member), rows)
