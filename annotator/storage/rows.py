"""Each kind of thing, its table, and the way between dataclass and row."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from sqlalchemy import Table

from annotator.domain.corpus import (
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

Row = dict[str, Any]


class Kind(StrEnum):
    """The kinds of thing a corpus holds; changes are announced by kind."""

    RECORDING = "recording"
    TIER = "tier"
    SEGMENT = "segment"
    SCHEME = "scheme"
    RATER = "rater"
    ANNOTATION = "annotation"
    TASK = "task"
    CONSENSUS = "consensus"
    SPLIT = "split"
    LINK = "link"
    RUN = "run"
    META = "meta"


Thing = Recording | Tier | Segment | Scheme | Rater | Annotation | Task | Consensus | Split | Link | Run


@dataclass(frozen=True)
class Shape:
    """How one kind is kept: its table, its row as made from the dataclass, and back."""

    table: Table
    to_row: Callable[[Any], Row]
    from_row: Callable[[Mapping[str, Any]], Any]


def _plain(kind: type) -> tuple[Callable[[Any], Row], Callable[[Mapping[str, Any]], Any]]:
    """For dataclasses whose fields are the table's columns."""
    names = [field.name for field in fields(kind)]

    def to_row(thing: Any) -> Row:
        return {name: getattr(thing, name) for name in names}

    def from_row(row: Mapping[str, Any]) -> Any:
        return kind(**{name: row[name] for name in names})

    return to_row, from_row


def consensus_id(segment_id: str, scheme: str, method: str) -> str:
    """The key of a consensus: the same on every copy of the corpus."""
    return uuid.uuid5(uuid.UUID(segment_id), f"{scheme}\n{method}").hex


def _recording_row(thing: Recording) -> Row:
    return {**_plain_recording[0](thing), "groups": dict(thing.groups)}


def annotation_row(thing: Annotation) -> Row:
    """The row of one revision; written out, as there can be hundreds of thousands at once."""
    return {
        "id": thing.id,
        "segment_id": thing.segment_id,
        "rater_id": thing.rater_id,
        "scheme": thing.scheme,
        "values": dict(thing.values),
        "revision": thing.revision,
        "repeat": thing.repeat,
        "withdrawn": thing.withdrawn,
        "confidence": thing.confidence,
        "comment": thing.comment,
        "started": thing.started,
        "finished": thing.finished,
        "listens": thing.listens,
        "flagged": thing.flagged,
    }


def _task_row(thing: Task) -> Row:
    return {**_plain_task[0](thing), "entries": [list(entry) for entry in thing.entries]}


def _task(row: Mapping[str, Any]) -> Task:
    entries = tuple((str(segment), int(repeat)) for segment, repeat in row["entries"])
    return Task(row["id"], row["rater_id"], row["scheme"], entries, row["seed"], row["options"])


def _consensus_row(thing: Consensus) -> Row:
    return {
        "id": consensus_id(thing.segment_id, thing.scheme, thing.method),
        **_plain_consensus[0](thing),
        "ties": list(thing.ties),
        "sources": list(thing.sources),
    }


def _consensus(row: Mapping[str, Any]) -> Consensus:
    made: Consensus = _plain_consensus[1](
        {**row, "ties": tuple(row["ties"]), "sources": tuple(row["sources"])}
    )
    return made


def _link_row(thing: Link) -> Row:
    return {"id": thing.id, **_plain_link[0](thing)}


def _split_row(thing: Split) -> Row:
    names = ("id", "name", "method", "seed", "options", "created")
    return {**{name: getattr(thing, name) for name in names}, "group_keys": list(thing.group_keys)}


def _split(row: Mapping[str, Any]) -> Split:
    """`row` carries the members too, as `parts` and `groups`."""
    made: Split = _plain(Split)[1]({**row, "group_keys": tuple(row["group_keys"])})
    return made


_plain_recording = _plain(Recording)
_plain_annotation = _plain(Annotation)
_plain_task = _plain(Task)
_plain_consensus = _plain(Consensus)
_plain_link = _plain(Link)

SHAPES: dict[Kind, Shape] = {
    Kind.RECORDING: Shape(schema.recording, _recording_row, _plain_recording[1]),
    Kind.TIER: Shape(schema.tier, *_plain(Tier)),
    Kind.SEGMENT: Shape(schema.segment, *_plain(Segment)),
    Kind.SCHEME: Shape(
        schema.scheme,
        lambda thing: {"id": thing.name, "definition": thing.to_dict()},
        lambda row: Scheme.from_dict(row["definition"], origin=row["id"]),
    ),
    Kind.RATER: Shape(schema.rater, *_plain(Rater)),
    Kind.ANNOTATION: Shape(schema.annotation, annotation_row, _plain_annotation[1]),
    Kind.TASK: Shape(schema.task, _task_row, _task),
    Kind.CONSENSUS: Shape(schema.consensus, _consensus_row, _consensus),
    Kind.SPLIT: Shape(schema.split, _split_row, _split),
    Kind.LINK: Shape(schema.link, _link_row, _plain_link[1]),
    Kind.RUN: Shape(schema.run, *_plain(Run)),
    Kind.META: Shape(schema.meta, dict, dict),
}

KIND_OF: dict[type, Kind] = {
    Recording: Kind.RECORDING,
    Tier: Kind.TIER,
    Segment: Kind.SEGMENT,
    Scheme: Kind.SCHEME,
    Rater: Kind.RATER,
    Annotation: Kind.ANNOTATION,
    Task: Kind.TASK,
    Consensus: Kind.CONSENSUS,
    Split: Kind.SPLIT,
    Link: Kind.LINK,
    Run: Kind.RUN,
}
