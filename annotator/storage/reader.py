"""Reading a corpus: every method is one query and gives frozen dataclasses or plain arrays."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from itertools import islice
from typing import Any, TypeVar, cast

import numpy as np
from sqlalchemy import ColumnElement, Connection, Select, Text, func, select
from sqlalchemy import cast as sql_cast

from annotator.domain.corpus import (
    PRACTICE,
    Annotation,
    Consensus,
    Link,
    Rater,
    Recording,
    Run,
    Segment,
    Split,
    Task,
    Tier,
)
from annotator.domain.scheme import Scheme
from annotator.storage import schema
from annotator.storage.answers import AnswerColumns, Answers, newest, numbered
from annotator.storage.rows import SHAPES, Kind, Row

T = TypeVar("T")

#: Keys per query: both databases limit how many values one statement may carry.
_CHUNK = 500


def chunks(values: Iterable[T]) -> Iterator[list[T]]:
    """Lists of at most as many values as one statement may carry."""
    source = iter(values)
    while part := list(islice(source, _CHUNK)):
        yield part


class Reader:
    """Queries on one connection, inside one transaction: all answers belong to the same moment."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def rows(self, kind: Kind, *where: ColumnElement[bool], deleted: bool = False) -> list[Row]:
        """Rows of one kind; tombstones only where `deleted` is asked for."""
        table = SHAPES[kind].table
        query = select(table).where(*where)
        if "deleted" in table.c and not deleted:
            query = query.where(table.c.deleted.is_(False))
        names = [column.name for column in table.c]
        # Less work than the mappings that the result offers: a merge reads hundreds of thousands.
        return [dict(zip(names, row, strict=True)) for row in self._connection.execute(query)]

    def columns(self, query: Select[Any]) -> list[tuple[Any, ...]]:
        """What a query finds, as plain tuples."""
        return [tuple(row) for row in self._connection.execute(query)]

    def _things(self, kind: Kind, *where: ColumnElement[bool]) -> list[Any]:
        from_row = SHAPES[kind].from_row
        return [from_row(row) for row in self.rows(kind, *where)]

    def meta(self, key: str) -> str | None:
        """A fact about the corpus itself."""
        found = self._connection.execute(select(schema.meta.c.value).where(schema.meta.c.key == key)).scalar()
        return None if found is None else str(found)

    def count(self, kind: Kind) -> int:
        """How many things of a kind there are, without tombstones."""
        if kind is Kind.ANNOTATION:
            return self._count_answers()
        table = SHAPES[kind].table
        query = select(func.count()).select_from(table).where(table.c.deleted.is_(False))
        return int(self._connection.execute(query).scalar_one())

    def _count_answers(self) -> int:
        annotation = schema.annotation
        changed = select(annotation.c.id).where((annotation.c.revision > 1) | annotation.c.withdrawn).limit(1)
        if self._connection.execute(changed).first() is not None:
            return sum(len(self.answers(scheme.name).segments) for scheme in self.schemes())
        query = self._living(select(func.count()).select_from(annotation))
        return int(self._connection.execute(query).scalar_one())

    def recordings(self) -> list[Recording]:
        """All recordings, by path."""
        found = cast(list[Recording], self._things(Kind.RECORDING))
        return sorted(found, key=lambda recording: recording.path)

    def tiers(self) -> list[Tier]:
        """All tiers, by name."""
        return sorted(cast(list[Tier], self._things(Kind.TIER)), key=lambda tier: tier.name)

    def segments(
        self,
        *,
        tier_id: str | None = None,
        recording_id: str | None = None,
        ids: Iterable[str] | None = None,
        touching: tuple[int, int] | None = None,
    ) -> list[Segment]:
        """Segments in order of recording key, start and end; `touching` keeps those that share a sample with it."""
        table = schema.segment.c
        where: list[ColumnElement[bool]] = [table.deleted.is_(False)]
        if tier_id is not None:
            where.append(table.tier_id == tier_id)
        if recording_id is not None:
            where.append(table.recording_id == recording_id)
        if touching is not None:
            where += [table.start < touching[1], table.end > touching[0]]
        # Straight from the driver: a window reads some thousand of them after every change.
        query = select(*(table[field.name] for field in fields(Segment))).where(*where)
        queries = [query] if ids is None else [query.where(table.id.in_(part)) for part in chunks(ids)]
        found = [
            Segment(*row) for each in queries for row in self._connection.execute(each).cursor.fetchall()
        ]
        return sorted(found, key=lambda s: (s.recording_id, s.start, s.end, s.id))

    def segment_counts(self) -> dict[tuple[str, str], int]:
        """Number of segments for each (tier key, recording key) that has any."""
        table = schema.segment.c
        query = select(table.tier_id, table.recording_id, func.count()).where(table.deleted.is_(False))
        rows = self._connection.execute(query.group_by(table.tier_id, table.recording_id))
        return {(tier, recording): count for tier, recording, count in rows}

    def places(self) -> dict[str, tuple[str, str]]:
        """Recording key and speaker of every segment: all that groups need, without making the segments."""
        table = schema.segment.c
        query = select(table.id, table.recording_id, table.speaker).where(table.deleted.is_(False))
        rows = self._connection.execute(query).cursor.fetchall()
        return {segment: (recording, speaker) for segment, recording, speaker in rows}

    def speakers(self) -> list[str]:
        """Names of speakers on the segments of all tiers, in the order of the alphabet."""
        table = schema.segment.c
        query = select(table.speaker).where(table.deleted.is_(False), table.speaker != "").distinct()
        return sorted(self._connection.execute(query).scalars())

    def schemes(self) -> list[Scheme]:
        """All schemes, by name."""
        return sorted(cast(list[Scheme], self._things(Kind.SCHEME)), key=lambda scheme: scheme.name)

    def raters(self) -> list[Rater]:
        """All raters, by name."""
        return sorted(cast(list[Rater], self._things(Kind.RATER)), key=lambda rater: rater.name)

    def annotations(
        self,
        *,
        scheme: str | None = None,
        rater_id: str | None = None,
        segment_ids: Iterable[str] | None = None,
        history: bool = False,
        practice: bool = False,
    ) -> list[Annotation]:
        """Current answers (or, with `history`, all revisions) of live segments, oldest first.

        What was answered to practise is no rating: it comes only with `practice`.
        """
        table = schema.annotation.c
        where: list[ColumnElement[bool]] = [table.segment_id.in_(self._live_segments())]
        if scheme is not None:
            where.append(table.scheme == scheme)
        if rater_id is not None:
            where.append(table.rater_id == rater_id)
        if not practice:
            where.append(table.repeat > PRACTICE)
        chosen = (
            [[]] if segment_ids is None else [[table.segment_id.in_(part)] for part in chunks(segment_ids)]
        )
        rows: Iterable[Mapping[str, Any]] = [
            row for more in chosen for row in self.rows(Kind.ANNOTATION, *where, *more)
        ]
        if not history:
            rows = newest(rows)
        made = [SHAPES[Kind.ANNOTATION].from_row(row) for row in rows]
        return sorted(made, key=lambda a: (a.finished, a.revision, a.id))

    def rated_segments(self, rater_id: str, recording_id: str) -> set[str]:
        """Keys of the segments of a recording to which a rater has a current answer, in whatever scheme."""
        table, segment = schema.annotation.c, schema.segment.c
        here = select(segment.id).where(segment.recording_id == recording_id, segment.deleted.is_(False))
        own = (table.rater_id == rater_id, table.repeat > PRACTICE)
        rows = self.rows(Kind.ANNOTATION, *own, table.segment_id.in_(here))
        return {row["segment_id"] for row in newest(rows)}

    def answers(self, scheme: str) -> Answers:
        """Current answers to one scheme as columns: some ten times faster than `annotations`."""
        table = schema.annotation.c
        columns = [table.segment_id, table.rater_id, table.repeat, sql_cast(table["values"], Text), table.id]
        if not self._revised(scheme):
            query = select(*columns).where(table.scheme == scheme)
            # Straight from the driver: these columns need no conversion, and wrapping each row costs as much again.
            rows: Sequence[Any] = self._connection.execute(self._living(query)).cursor.fetchall()
        else:
            rank = [table.revision, table.finished, table.withdrawn]
            query = select(*columns, *rank).where(table.scheme == scheme)
            best: dict[tuple[str, str, int], Any] = {}
            for row in self._connection.execute(self._living(query)):
                key, order = row[:3], (row[5], row[6], row[4])
                if key not in best or order > best[key][0]:
                    best[key] = order, row
            rows = [row for _, row in best.values() if not row[7]]
        segments, raters, repeats, texts, ids = (
            map(list, zip(*(row[:5] for row in rows), strict=True)) if rows else ([],) * 5
        )
        # One parse of all values together costs a third of one parse each.
        return Answers(segments, raters, repeats, json.loads("[" + ",".join(texts) + "]"), ids)

    def answer_columns(self, scheme: str, *, ids: bool = False) -> AnswerColumns:
        """As `answers`, numbered, for arithmetic on hundreds of thousands of them; keys of the answers where asked for.

        Where no answer was ever changed, the database strings each column together and hands over four texts instead
        of as many tuples as there are answers.
        """
        table = schema.annotation.c
        if self._revised(scheme):
            held = self.answers(scheme)
            segments, raters, repeats, values = held.segments, held.raters, held.repeats, held.values
            keys = held.ids if ids else []
        else:
            texts = [
                table.segment_id,
                table.rater_id,
                sql_cast(table.repeat, Text),
                sql_cast(table["values"], Text),
            ]
            texts += [table.id] if ids else []
            strung_together: list[Any] = [func.aggregate_strings(text, ",") for text in texts]
            strings: Select[Any] = select(*strung_together)
            query = self._living(strings.where(table.scheme == scheme))
            strung = tuple(self._connection.execute(query).one())
            if strung[0] is None:
                segments, raters, repeats, values, keys = [], [], [], [], []
            else:
                segments, raters = strung[0], strung[1]
                repeats = list(map(int, strung[2].split(",")))
                values = json.loads(f"[{strung[3]}]")
                keys = strung[4].split(",") if ids else []
        segment_names, segment_index = numbered(segments)
        rater_names, rater_index = numbered(raters)
        return AnswerColumns(
            segment_names,
            rater_names,
            segment_index,
            rater_index,
            np.array(repeats, dtype=np.intp),
            values,
            keys,
        )

    def answer_times(self, scheme: str) -> dict[str, tuple[str, str]]:
        """When each revision of an answer to one scheme was begun and finished, by its key; empty where unknown."""
        table = schema.annotation.c
        query = select(table.id, table.started, table.finished).where(table.scheme == scheme)
        rows = self._connection.execute(query).cursor.fetchall()
        return {key: (started, finished) for key, started, finished in rows}

    def _revised(self, scheme: str) -> bool:
        """Whether any answer to a scheme was ever changed or withdrawn, so that not all rows are current ones."""
        table = schema.annotation.c
        changed = (
            select(table.id).where(table.scheme == scheme, (table.revision > 1) | table.withdrawn).limit(1)
        )
        return self._connection.execute(changed).first() is not None

    def _living(self, query: Select[Any]) -> Select[Any]:
        """Leaves out what was answered to practise, and answers to segments that are deleted.

        That test is dear, so it is made only where there are any.
        """
        query = query.where(schema.annotation.c.repeat > PRACTICE)
        for table in (schema.segment, schema.recording):
            if (
                self._connection.execute(select(table.c.id).where(table.c.deleted).limit(1)).first()
                is not None
            ):
                return query.where(schema.annotation.c.segment_id.in_(self._live_segments()))
        return query

    def _live_segments(self) -> Select[Any]:
        segment, recording = schema.segment, schema.recording
        return (
            select(segment.c.id)
            .join(recording, segment.c.recording_id == recording.c.id)
            .where(segment.c.deleted.is_(False), recording.c.deleted.is_(False))
        )

    def tasks(self) -> list[Task]:
        """All tasks."""
        return sorted(cast(list[Task], self._things(Kind.TASK)), key=lambda task: task.id)

    def consensus(self, scheme: str | None = None, method: str | None = None) -> list[Consensus]:
        """Consensus of live segments, of one scheme and one method where given."""
        table = schema.consensus.c
        where: list[ColumnElement[bool]] = [table.segment_id.in_(self._live_segments())]
        if scheme is not None:
            where.append(table.scheme == scheme)
        if method is not None:
            where.append(table.method == method)
        found = cast(list[Consensus], self._things(Kind.CONSENSUS, *where))
        return sorted(found, key=lambda c: (c.scheme, c.method, c.segment_id))

    def consensus_methods(self, scheme: str) -> list[str]:
        """Names of the methods by which a consensus of a scheme has been settled."""
        table = schema.consensus.c
        query = select(table.method).distinct().where(table.scheme == scheme, table.deleted.is_(False))
        return sorted(self._connection.execute(query).scalars())

    def links(self) -> list[Link]:
        """Links between recordings that are still there, dismissed ones too, the most alike first."""
        recording, link = schema.recording.c, schema.link.c
        live = select(recording.id).where(recording.deleted.is_(False))
        found = cast(list[Link], self._things(Kind.LINK, link.a.in_(live), link.b.in_(live)))
        return sorted(found, key=lambda found: (-found.score, found.id))

    def runs(self, key: str | None = None) -> list[Run]:
        """Training runs that were kept, the oldest first; with `key` the one that has it."""
        where = [] if key is None else [schema.run.c.id == key]
        found = cast(list[Run], self._things(Kind.RUN, *where))
        return sorted(found, key=lambda run: (run.created, run.id))

    def split_names(self) -> list[str]:
        """Names of all splits."""
        table = schema.split.c
        return sorted(self._connection.execute(select(table.name).where(table.deleted.is_(False))).scalars())

    def splits(self, name: str | None = None) -> list[Split]:
        """Splits with all their members, by name."""
        where = [] if name is None else [schema.split.c.name == name]
        made = [self._with_members(row) for row in self.rows(Kind.SPLIT, *where)]
        return sorted(made, key=lambda split: split.name)

    def _with_members(self, row: Row) -> Split:
        member = schema.split_member.c
        query = select(member.segment_id, member.part, member.group).where(member.split_id == row["id"])
        members = list(self._connection.execute(query))
        parts = {segment: part for segment, part, _ in members}
        groups = {segment: group for segment, _, group in members}
        return cast(Split, SHAPES[Kind.SPLIT].from_row({**row, "parts": parts, "groups": groups}))
