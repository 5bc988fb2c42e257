"""Bringing a database to the newest schema, and telling which one it has."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from annotator.storage.schema import HEAD

_SCRIPTS = Path(__file__).parent / "migrations"


def upgrade(connection: Connection) -> None:
    """Runs all migrations that the database has not seen, inside the caller's transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)


def known(found: str) -> bool:
    """Whether this version of the program has the migration that a database stands at."""
    return any(path.name.startswith(f"{found}_") for path in (_SCRIPTS / "versions").glob("*.py"))


def version(connection: Connection) -> str | None:
    """The migration a database stands at; `None` where it is no corpus."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return str(found) if found is not None else None
