"""Connections: everything that is special to SQLite stands here.

WAL, foreign keys and `synchronous=FULL`: when a commit has returned it survives `kill -9` and a power cut.
A transaction that is going to write takes the lock when it begins, so that two programs on one corpus wait for
one another instead of failing halfway.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr

#: How long a write waits for another program that holds the corpus, in seconds.
LOCK_TIMEOUT = 5.0

#: Pages kept in memory: keys are random, so an import touches all of an index again and again.
CACHE_KIB = 64 * 1024


def sqlite_engine(database: Path, *, writable: bool = True) -> Engine:
    """An engine on one SQLite file; `writable=False` never touches the file, nor makes files beside it."""

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{database.resolve().as_uri()}?mode=rwc" if writable else _quiet_uri(database),
            uri=True,
            timeout=LOCK_TIMEOUT,
            isolation_level=None,  # transactions are begun below, not by the driver
            check_same_thread=True,
        )
        if writable:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
        return connection

    # One connection per operation: SQLite connections belong to the thread that made them.
    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _quiet_uri(database: Path) -> str:
    """How to open a database without touching it."""
    # Where a log from another program lies beside it, it must be read too; else nothing may be created.
    logged = database.with_name(database.name + "-wal").exists()
    return f"{database.resolve().as_uri()}?mode=ro{'' if logged else '&immutable=1'}"


def has_tables(database: Path) -> bool:
    """Whether a file is an SQLite database that can be read; looks without touching it.

    A program that was killed while it brought its log into the database leaves a file that only makes sense together
    with that log. What is merely hindered (locked, no rights) is left to who opens it to explain.
    """
    connection = sqlite3.connect(_quiet_uri(database), uri=True, timeout=LOCK_TIMEOUT)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        return True
    except sqlite3.DatabaseError:
        return False
    finally:
        connection.close()
    return True


def back_up(database: Path, copy: Path) -> None:
    """Copies a whole database, log included, as it is at this moment."""
    aside = copy.with_name(copy.name + ".part")
    source = sqlite3.connect(_quiet_uri(database), uri=True, timeout=LOCK_TIMEOUT)
    target = sqlite3.connect(aside)
    try:
        source.backup(target)
        target.close()
        aside.replace(copy)
    finally:
        target.close()
        source.close()
        aside.unlink(missing_ok=True)


def integrity_problems(connection: Connection) -> list[str]:
    """What SQLite itself finds wrong with the file; empty where it is sound."""
    found: list[str] = []
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql("PRAGMA integrity_check").scalars()
        found += [str(row) for row in rows if row != "ok"]
        broken: list[Any] = list(connection.exec_driver_sql("PRAGMA foreign_key_check"))
        found += [f"{row[0]}: missing {row[2]}" for row in broken]
    return found


@contextmanager
def explained(database: Path) -> Iterator[None]:
    """Turns what the database driver raises into one sentence about this corpus."""
    try:
        yield
    except DBAPIError as error:
        raise _explain(database, str(error.orig).lower()) from error
    except sqlite3.Error as error:
        raise _explain(database, str(error).lower()) from error


def _explain(database: Path, reason: str) -> AnnotatorError:
    corpus = database.parent
    if "locked" in reason or "busy" in reason:
        return AnnotatorError(
            tr("The corpus {corpus} is locked by another program.", corpus=corpus),
            tr("Close it there or wait until it has finished, then try again."),
        )
    if "readonly" in reason or "read-only" in reason:
        return AnnotatorError(
            tr("The corpus {corpus} is read-only.", corpus=corpus),
            tr("Give yourself the right to write there, or work on a copy."),
        )
    if "disk is full" in reason or "full" in reason:
        return AnnotatorError(
            tr("The disk that holds {corpus} is full; nothing was changed.", corpus=corpus),
            tr("Make room and try again."),
        )
    if "unable to open" in reason:
        return AnnotatorError(
            tr("The database {database} cannot be opened.", database=database),
            tr("Check that you may read and write in that folder."),
        )
    return AnnotatorError(
        tr("The database {database} is damaged ({reason}).", database=database, reason=reason),
        tr('Run "annotator check" on it, or restore a copy.'),
    )
