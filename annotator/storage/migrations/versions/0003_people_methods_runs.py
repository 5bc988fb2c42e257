"""Profiles of raters, what a task asks besides, flags, how tiers and consensus came about, and training runs."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

KEY = sa.String(32)
NAME = sa.String(200)


def _json(name: str, empty: str) -> sa.Column[Any]:
    return sa.Column(name, sa.JSON, nullable=False, server_default=sa.text(f"'{empty}'"))


def upgrade() -> None:
    """Adds columns, empty for what is there already, and the table `run`."""
    op.add_column("rater", _json("profile", "{}"))
    op.add_column("tier", _json("made", "{}"))
    op.add_column("task", _json("options", "{}"))
    op.add_column("consensus", _json("uncertainty", "{}"))
    op.add_column("consensus", _json("sources", "[]"))
    op.add_column("annotation", sa.Column("flagged", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_table(
        "run",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("name", NAME, nullable=False),
        sa.Column("options", sa.JSON, nullable=False),
        sa.Column("results", sa.JSON, nullable=False),
        sa.Column("created", sa.String(40), nullable=False),
        sa.Column("deleted", sa.Boolean, nullable=False),
    )
