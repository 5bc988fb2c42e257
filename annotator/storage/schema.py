"""The tables of a corpus, for SQLite and PostgreSQL alike.

Rules that hold for every table: uuid keys as 32 hexadecimal digits; positions in integer samples; deletions are
tombstones (`deleted`), so that copies can be merged and everything can be undone; annotations are only ever added.
"""

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    false,
    text,
)

#: Newest migration in `migrations/versions`; an older corpus is upgraded when it is opened.
HEAD = "0003"

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_KEY = String(32)
_NAME = String(200)


def _tombstone() -> Column[bool]:
    return Column("deleted", Boolean, nullable=False, default=False)


def _json(name: str, empty: str) -> Column[Any]:
    return Column(name, JSON, nullable=False, server_default=text(f"'{empty}'"))


meta = Table("meta", metadata, Column("key", _NAME, primary_key=True), Column("value", Text, nullable=False))

recording = Table(
    "recording",
    metadata,
    Column("id", _KEY, primary_key=True),
    Column("path", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("pcm_hash", String(64), nullable=False),
    Column("sample_rate", Integer, nullable=False),
    Column("samples", BigInteger, nullable=False),
    Column("channels", Integer, nullable=False),
    Column("groups", JSON, nullable=False),
    Column("warning", Text, nullable=False),
    _tombstone(),
)

tier = Table(
    "tier",
    metadata,
    Column("id", _KEY, primary_key=True),
    Column("name", _NAME, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("overlaps", Boolean, nullable=False),
    _json("made", "{}"),
    _tombstone(),
)

segment = Table(
    "segment",
    metadata,
    Column("id", _KEY, primary_key=True),
    Column("recording_id", _KEY, ForeignKey("recording.id"), nullable=False),
    Column("tier_id", _KEY, ForeignKey("tier.id"), nullable=False),
    Column("start", BigInteger, nullable=False),
    Column("end", BigInteger, nullable=False),
    Column("text", Text, nullable=False),
    Column("speaker", Text, nullable=False),
    Column("origin", String(50), nullable=False),
    Column("status", String(50), nullable=False),
    _tombstone(),
    CheckConstraint('start >= 0 AND "end" > start', name="span"),
    Index(None, "recording_id", "tier_id", "start"),
)

scheme = Table(
    "scheme",
    metadata,
    Column("id", _NAME, primary_key=True),  # its name: schemes of one name are one instrument
    Column("definition", JSON, nullable=False),
    _tombstone(),
)

rater = Table(
    "rater",
    metadata,
    Column("id", _KEY, primary_key=True),
    Column("name", _NAME, nullable=False),
    Column("kind", String(20), nullable=False),
    _json("profile", "{}"),
    _tombstone(),
)

annotation = Table(
    "annotation",
    metadata,
    Column("id", _KEY, primary_key=True),
    Column("segment_id", _KEY, ForeignKey("segment.id"), nullable=False),
    Column("rater_id", _KEY, ForeignKey("rater.id"), nullable=False),
    Column("scheme", _NAME, ForeignKey("scheme.id"), nullable=False),
    Column("values", JSON, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("repeat", Integer, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    Column("confidence", Float),
    Column("comment", Text, nullable=False),
    Column("started", String(40), nullable=False),
    Column("finished", String(40), nullable=False),
    Column("listens", Integer, nullable=False),
    Column("flagged", Boolean, nullable=False, server_default=false()),
    Index(None, "scheme", "rater_id"),
    Index(None, "segment_id"),
)

task = Table(
    "task",
    metadata,
    Column("id", _KEY, primary_key=True),
    Column("rater_id", _KEY, ForeignKey("rater.id"), nullable=False),
    Column("scheme", _NAME, ForeignKey("scheme.id"), nullable=False),
    Column("entries", JSON, nullable=False),
    Column("seed", Integer, nullable=False),
    _json("options", "{}"),
    _tombstone(),
)

consensus = Table(
    "consensus",
    metadata,
    Column("id", _KEY, primary_key=True),  # derived from segment, scheme and method: one result each
    Column("segment_id", _KEY, ForeignKey("segment.id"), nullable=False),
    Column("scheme", _NAME, ForeignKey("scheme.id"), nullable=False),
    Column("method", String(50), nullable=False),
    Column("values", JSON, nullable=False),
    Column("distributions", JSON, nullable=False),
    Column("counts", JSON, nullable=False),
    Column("ties", JSON, nullable=False),
    _json("uncertainty", "{}"),
    _json("sources", "[]"),
    _tombstone(),
    Index(None, "scheme", "method"),
)

split = Table(
    "split",
    metadata,
    Column("id", _KEY, primary_key=True),
    Column("name", _NAME, nullable=False),
    Column("method", String(50), nullable=False),
    Column("seed", BigInteger, nullable=False),
    Column("group_keys", JSON, nullable=False),
    Column("options", JSON, nullable=False),
    Column("created", String(40), nullable=False),
    _tombstone(),
)

link = Table(
    "link",
    metadata,
    Column("id", _KEY, primary_key=True),  # derived from kind, a and b: one link each
    Column("kind", String(20), nullable=False),
    Column("a", _KEY, ForeignKey("recording.id"), nullable=False),
    Column("b", _KEY, ForeignKey("recording.id"), nullable=False),
    Column("score", Float, nullable=False),
    Column("start_a", BigInteger, nullable=False),
    Column("end_a", BigInteger, nullable=False),
    Column("start_b", BigInteger, nullable=False),
    Column("end_b", BigInteger, nullable=False),
    Column("verdict", String(20), nullable=False),
    Column("reason", Text, nullable=False),
    _tombstone(),
)

split_member = Table(
    "split_member",
    metadata,
    Column("split_id", _KEY, ForeignKey("split.id"), primary_key=True),
    Column("segment_id", _KEY, ForeignKey("segment.id"), primary_key=True),
    Column("part", _NAME, nullable=False),
    Column("group", Text, nullable=False),
)

run = Table(
    "run",
    metadata,
    Column("id", _KEY, primary_key=True),
    Column("name", _NAME, nullable=False),
    Column("options", JSON, nullable=False),
    Column("results", JSON, nullable=False),
    Column("created", String(40), nullable=False),
    _tombstone(),
)
