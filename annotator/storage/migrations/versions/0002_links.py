"""Links between recordings that hold nearly the same sound."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

KEY = sa.String(32)


def upgrade() -> None:
    """Makes the table `link`."""
    op.create_table(
        "link",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("a", KEY, sa.ForeignKey("recording.id"), nullable=False),
        sa.Column("b", KEY, sa.ForeignKey("recording.id"), nullable=False),
        sa.Column("score", sa.Float, nullable=False),
        sa.Column("start_a", sa.BigInteger, nullable=False),
        sa.Column("end_a", sa.BigInteger, nullable=False),
        sa.Column("start_b", sa.BigInteger, nullable=False),
        sa.Column("end_b", sa.BigInteger, nullable=False),
        sa.Column("verdict", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("deleted", sa.Boolean, nullable=False),
    )
