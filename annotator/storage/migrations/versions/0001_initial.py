"""The first schema.

Written out, not derived from `schema.metadata`: a migration stays what it was when the schema moves on.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

KEY = sa.String(32)
NAME = sa.String(200)


def upgrade() -> None:
    """Makes all tables."""
    op.create_table(
        "meta", sa.Column("key", NAME, primary_key=True), sa.Column("value", sa.Text, nullable=False)
    )
    op.create_table(
        "recording",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("pcm_hash", sa.String(64), nullable=False),
        sa.Column("sample_rate", sa.Integer, nullable=False),
        sa.Column("samples", sa.BigInteger, nullable=False),
        sa.Column("channels", sa.Integer, nullable=False),
        sa.Column("groups", sa.JSON, nullable=False),
        sa.Column("warning", sa.Text, nullable=False),
        sa.Column("deleted", sa.Boolean, nullable=False),
    )
    op.create_table(
        "tier",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("name", NAME, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("overlaps", sa.Boolean, nullable=False),
        sa.Column("deleted", sa.Boolean, nullable=False),
    )
    op.create_table(
        "segment",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("recording_id", KEY, sa.ForeignKey("recording.id"), nullable=False),
        sa.Column("tier_id", KEY, sa.ForeignKey("tier.id"), nullable=False),
        sa.Column("start", sa.BigInteger, nullable=False),
        sa.Column("end", sa.BigInteger, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("speaker", sa.Text, nullable=False),
        sa.Column("origin", sa.String(50), nullable=False),
        sa.Column("status", sa.String(50), nullable=False),
        sa.Column("deleted", sa.Boolean, nullable=False),
        sa.CheckConstraint('start >= 0 AND "end" > start', name="ck_segment_span"),
    )
    op.create_index("ix_segment_recording_id_tier_id_start", "segment", ["recording_id", "tier_id", "start"])
    op.create_table(
        "scheme",
        sa.Column("id", NAME, primary_key=True),
        sa.Column("definition", sa.JSON, nullable=False),
        sa.Column("deleted", sa.Boolean, nullable=False),
    )
    op.create_table(
        "rater",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("name", NAME, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("deleted", sa.Boolean, nullable=False),
    )
    op.create_table(
        "annotation",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("segment_id", KEY, sa.ForeignKey("segment.id"), nullable=False),
        sa.Column("rater_id", KEY, sa.ForeignKey("rater.id"), nullable=False),
        sa.Column("scheme", NAME, sa.ForeignKey("scheme.id"), nullable=False),
        sa.Column("values", sa.JSON, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("repeat", sa.Integer, nullable=False),
        sa.Column("withdrawn", sa.Boolean, nullable=False),
        sa.Column("confidence", sa.Float),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("started", sa.String(40), nullable=False),
        sa.Column("finished", sa.String(40), nullable=False),
        sa.Column("listens", sa.Integer, nullable=False),
    )
    op.create_index("ix_annotation_scheme_rater_id", "annotation", ["scheme", "rater_id"])
    op.create_index("ix_annotation_segment_id", "annotation", ["segment_id"])
    op.create_table(
        "task",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("rater_id", KEY, sa.ForeignKey("rater.id"), nullable=False),
        sa.Column("scheme", NAME, sa.ForeignKey("scheme.id"), nullable=False),
        sa.Column("entries", sa.JSON, nullable=False),
        sa.Column("seed", sa.Integer, nullable=False),
        sa.Column("deleted", sa.Boolean, nullable=False),
    )
    op.create_table(
        "consensus",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("segment_id", KEY, sa.ForeignKey("segment.id"), nullable=False),
        sa.Column("scheme", NAME, sa.ForeignKey("scheme.id"), nullable=False),
        sa.Column("method", sa.String(50), nullable=False),
        sa.Column("values", sa.JSON, nullable=False),
        sa.Column("distributions", sa.JSON, nullable=False),
        sa.Column("counts", sa.JSON, nullable=False),
        sa.Column("ties", sa.JSON, nullable=False),
        sa.Column("deleted", sa.Boolean, nullable=False),
    )
    op.create_index("ix_consensus_scheme_method", "consensus", ["scheme", "method"])
    op.create_table(
        "split",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("name", NAME, nullable=False),
        sa.Column("method", sa.String(50), nullable=False),
        sa.Column("seed", sa.BigInteger, nullable=False),
        sa.Column("group_keys", sa.JSON, nullable=False),
        sa.Column("options", sa.JSON, nullable=False),
        sa.Column("created", sa.String(40), nullable=False),
        sa.Column("deleted", sa.Boolean, nullable=False),
    )
    op.create_table(
        "split_member",
        sa.Column("split_id", KEY, sa.ForeignKey("split.id"), primary_key=True),
        sa.Column("segment_id", KEY, sa.ForeignKey("segment.id"), primary_key=True),
        sa.Column("part", NAME, nullable=False),
        sa.Column("group", sa.Text, nullable=False),
    )
